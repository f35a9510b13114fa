//! What a create or an update makes of a discount, and what it refuses. Sheet sections 3 and 4.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::discount::{self, Discount, FREE_SHIPPING};
use super::graphql::Problem;
use super::site::Shop;
use crate::domain::Timestamp;
use crate::sandbox::fields::{Fields, decimal};

const LETTERS_MAX: usize = 255;
const USAGE_LIMIT_MAX: i64 = 2_147_483_647;

/// One of the `userErrors`: the change is refused, the request is not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UserError {
    pub field: Option<Vec<String>>,
    pub message: String,
    /// Null on the wire for some.
    pub code: Option<&'static str>,
}

impl UserError {
    pub fn new(field: &[&str], code: &'static str, message: &str) -> Self {
        let field = field.iter().map(|step| step.to_string()).collect();
        Self { field: Some(field), message: message.to_string(), code: Some(code) }
    }

    pub fn without_code(self) -> Self {
        Self { code: None, ..self }
    }

    pub fn without_field(self) -> Self {
        Self { field: None, ..self }
    }

    pub fn body(&self) -> Value {
        json!({ "field": self.field, "message": self.message, "code": self.code, "extraInfo": null })
    }
}

/// Why nothing is written.
#[derive(Debug)]
pub(super) enum Refusal {
    User(Vec<UserError>),
    Top(Problem),
}

/// The shop and the moment that a write happens in.
pub(super) struct DiscountWriter<'s> {
    pub shop: &'s Shop,
    pub now: Timestamp,
    /// The argument that holds the fields, as every error's path begins.
    pub wrapper: &'s str,
    pub type_name: &'static str,
    pub is_new: bool,
}

impl DiscountWriter<'_> {
    /// `discount` with the fields of `input` laid over it: what is left out keeps its value. Codes are the caller's business.
    pub fn changed(&self, discount: &Discount, input: &Fields) -> Result<Discount, Refusal> {
        let mut errors = Vec::new();
        let mut changed = discount.clone();
        // Recorded: the mutation decides the type, without a word, whatever the discount was before.
        changed.insert("__typename".to_string(), json!(self.type_name));
        if self.type_name == FREE_SHIPPING {
            changed.insert("customerGets".to_string(), Value::Null);
        } else if changed.get("customerGets").is_none_or(Value::is_null) {
            changed.extend(discount::blank(self.type_name, self.now).remove_entry("customerGets"));
        }
        self.set_title(&mut changed, input, &mut errors);
        self.set_dates(&mut changed, input, &mut errors);
        self.set_limit(&mut changed, input, &mut errors);
        self.set_minimum(&mut changed, input, &mut errors);
        if let Some(gets) = input.get("customerGets").and_then(Value::as_object) {
            self.set_gets(&mut changed, gets, &mut errors).map_err(Refusal::Top)?;
        } else if self.is_new && self.type_name != FREE_SHIPPING {
            errors.push(self.error(&["customerGets"], "BLANK", "Customer gets can't be blank"));
        }
        self.set_context(&mut changed, input, &mut errors);
        self.set_plain(&mut changed, input);
        if errors.is_empty() { Ok(changed) } else { Err(Refusal::User(errors)) }
    }

    /// What is wrong with a code that is asked for.
    pub fn code_errors(&self, code: Option<&str>) -> Vec<UserError> {
        let mut errors = Vec::new();
        let is_left_out = code.is_none();
        let code = code.unwrap_or_default();
        if code.trim().is_empty() {
            errors.push(self.error(&["code"], "BLANK", "Code can't be blank"));
        }
        if code.is_empty() && !is_left_out {
            errors.push(self.error(&["code"], "TOO_SHORT", "Code is too short (minimum is 1 character)"));
        }
        if code.chars().count() > LETTERS_MAX {
            errors.push(self.error(&["code"], "TOO_LONG", "Code is too long (maximum is 255 characters)"));
        }
        if code.contains(['\n', '\r']) {
            errors.push(self.error(&["code"], "INVALID", "Code cannot contain newline characters."));
        }
        errors
    }

    pub fn error(&self, inside: &[&str], code: &'static str, message: &str) -> UserError {
        UserError::new(&[&[self.wrapper], inside].concat(), code, message)
    }

    fn set_title(&self, changed: &mut Discount, input: &Fields, errors: &mut Vec<UserError>) {
        let Some(title) = input.get("title").or(self.is_new.then_some(&Value::Null)) else { return };
        let text = title.as_str().unwrap_or_default();
        if text.trim().is_empty() {
            errors.push(self.error(&["title"], "BLANK", "Title can't be blank"));
        }
        if text.chars().count() > LETTERS_MAX {
            errors.push(self.error(&["title"], "TOO_LONG", "Title is too long (maximum is 255 characters)"));
        }
        changed.insert("title".to_string(), json!(text));
    }

    fn set_dates(&self, changed: &mut Discount, input: &Fields, errors: &mut Vec<UserError>) {
        match input.get("startsAt").or(self.is_new.then_some(&Value::Null)) {
            Some(Value::Null) => errors.push(self.error(&["startsAt"], "BLANK", "Starts at can't be blank")),
            Some(starts) => drop(changed.insert("startsAt".to_string(), starts.clone())),
            None => {}
        }
        // Null clears it.
        if let Some(ends) = input.get("endsAt") {
            changed.insert("endsAt".to_string(), ends.clone());
        }
        // Only dates that are sent are held against each other: a discount deactivated before its start has both at once.
        let is_asked = input.contains_key("startsAt") || input.contains_key("endsAt");
        let (starts, ends) = (discount::time(changed, "startsAt"), discount::time(changed, "endsAt"));
        if is_asked && starts.zip(ends).is_some_and(|(starts, ends)| ends <= starts) {
            errors.push(self.error(&["endsAt"], "INVALID", "Ends at needs to be after starts_at"));
        }
    }

    fn set_limit(&self, changed: &mut Discount, input: &Fields, errors: &mut Vec<UserError>) {
        let Some(limit) = input.get("usageLimit") else { return };
        match limit.as_i64() {
            Some(limit) if limit < 1 => {
                errors.push(self.error(&["usageLimit"], "GREATER_THAN", "Usage limit must be greater than 0"));
            }
            Some(limit) if limit > USAGE_LIMIT_MAX => {
                let message = "Usage limit must be less than or equal to 2147483647";
                errors.push(self.error(&["usageLimit"], "LESS_THAN_OR_EQUAL_TO", message));
            }
            _ => {}
        }
        // Null means unlimited. One below what is used already is accepted. (Inferred.)
        changed.insert("usageLimit".to_string(), limit.clone());
    }

    /// Null leaves it alone: no value is documented that removes a minimum.
    fn set_minimum(&self, changed: &mut Discount, input: &Fields, errors: &mut Vec<UserError>) {
        let Some(asked) = input.get("minimumRequirement") else { return };
        let subtotal = &asked["subtotal"]["greaterThanOrEqualToSubtotal"];
        let quantity = &asked["quantity"]["greaterThanOrEqualToQuantity"];
        if !subtotal.is_null() && !quantity.is_null() {
            // Recorded as CONFLICT, twice; the words are inferred.
            for (kind, field, other) in [
                ("subtotal", "greaterThanOrEqualToSubtotal", "quantity"),
                ("quantity", "greaterThanOrEqualToQuantity", "subtotal"),
            ] {
                let message = format!("Minimum {kind} cannot be defined when minimum {other} is.");
                errors.push(self.error(&["minimumRequirement", kind, field], "CONFLICT", &message));
            }
        } else if let Some(amount) = amount(subtotal) {
            let minimum = discount::minimum_subtotal(self.shop, amount);
            changed.insert("minimumRequirement".to_string(), minimum);
        } else if quantity.is_string() {
            let minimum = json!({ "__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": quantity });
            changed.insert("minimumRequirement".to_string(), minimum);
        }
    }

    fn set_gets(&self, changed: &mut Discount, gets: &Fields, errors: &mut Vec<UserError>) -> Result<(), Problem> {
        let mut new = changed.get("customerGets").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(asked) = gets.get("value").and_then(Value::as_object) {
            let given: Vec<(&String, &Value)> = asked.iter().filter(|(_, value)| !value.is_null()).collect();
            match given.as_slice() {
                [] => {}
                [(branch, value)] => {
                    new.extend(self.value(branch, value, errors).map(|value| ("value".to_string(), value)))
                }
                _ => {
                    let message = "A discount can only have one of percentage, discountOnQuantity or discountAmount.";
                    return Err(Problem::new("BAD_REQUEST", message));
                }
            }
        }
        if let Some(asked) = gets.get("items").filter(|asked| !asked.is_null()) {
            let items = items(asked, new.get("items").unwrap_or(&Value::Null));
            new.insert("items".to_string(), items);
        }
        for name in ["appliesOnOneTimePurchase", "appliesOnSubscription"] {
            new.extend(
                gets.get(name).filter(|asked| asked.is_boolean()).map(|asked| (name.to_string(), asked.clone())),
            );
        }
        changed.insert("customerGets".to_string(), Value::Object(new));
        Ok(())
    }

    fn value(&self, branch: &str, asked: &Value, errors: &mut Vec<UserError>) -> Option<Value> {
        let path = ["customerGets", "value"];
        match branch {
            "percentage" => {
                let share = asked.as_f64().unwrap_or_default();
                if !(0.0..=1.0).contains(&share) {
                    let path = [path.as_slice(), &["percentage"]].concat();
                    errors.push(self.error(&path, "VALUE_OUTSIDE_RANGE", "Value must be between 0.0 and 1.0"));
                }
                Some(json!({ "__typename": "DiscountPercentage", "percentage": share }))
            }
            "discountAmount" => {
                let amount = amount(&asked["amount"]).unwrap_or_default();
                if amount < Decimal::ZERO {
                    let path = [path.as_slice(), &["discountAmount", "amount"]].concat();
                    // The platform's own words, though they say the opposite.
                    errors.push(self.error(&path, "LESS_THAN_OR_EQUAL_TO", "Value must be less than or equal to 0"));
                }
                let on_each = asked["appliesOnEachItem"].as_bool().unwrap_or(true);
                Some(discount::amount_value(self.shop, amount, on_each))
            }
            "discountOnQuantity" => {
                let effect = match amount(&asked["effect"]["amount"]) {
                    Some(amount) => discount::amount_value(self.shop, amount, false),
                    None => json!({ "__typename": "DiscountPercentage", "percentage": asked["effect"]["percentage"] }),
                };
                let quantity = json!({ "quantity": asked["quantity"] });
                Some(json!({ "__typename": "DiscountOnQuantity", "effect": effect, "quantity": quantity }))
            }
            _ => None,
        }
    }

    fn set_context(&self, changed: &mut Discount, input: &Fields, errors: &mut Vec<UserError>) {
        let given = |name: &str| input.get(name).filter(|value| !value.is_null());
        let asked = match (given("context"), given("customerSelection")) {
            (Some(_), Some(_)) => {
                let message = "Only one of context or customerSelection can be provided.";
                return errors.push(self.error(&["context"], "INVALID", message));
            }
            (None, None) if self.is_new => {
                return errors.push(self.error(&["context"], "BLANK", "Context can't be blank"));
            }
            (asked, other) => asked.or(other),
        };
        let Some(asked) = asked else { return };
        let present = changed.get("context").cloned().unwrap_or_default();
        let context = if asked["customers"].is_object() {
            let customers = moved(&present["customers"], &asked["customers"]["add"], &asked["customers"]["remove"]);
            json!({ "__typename": "DiscountCustomers", "customers": customers })
        } else if asked["customerSegments"].is_object() {
            let asked = &asked["customerSegments"];
            let segments = moved(&present["segments"], &asked["add"], &asked["remove"]);
            json!({ "__typename": "DiscountCustomerSegments", "segments": segments })
        } else {
            json!({ "__typename": "DiscountBuyerSelectionAll", "all": "ALL" })
        };
        changed.insert("context".to_string(), context);
    }

    fn set_plain(&self, changed: &mut Discount, input: &Fields) {
        for name in ["appliesOncePerCustomer", "recurringCycleLimit", "usesPerOrderLimit", "tags"] {
            let asked = input.get(name).filter(|asked| !asked.is_null());
            changed.extend(asked.map(|asked| (name.to_string(), asked.clone())));
        }
        if let Some(price) = input.get("maximumShippingPrice") {
            let price = amount(price).map(|price| discount::money(self.shop, price));
            changed.insert("maximumShippingPrice".to_string(), json!(price));
        }
        if let (Some(asked), Some(present)) = (
            input.get("combinesWith").and_then(Value::as_object),
            changed.get_mut("combinesWith").and_then(Value::as_object_mut),
        ) {
            present.extend(
                asked.iter().filter(|(_, value)| value.is_boolean()).map(|(name, value)| (name.clone(), value.clone())),
            );
        }
    }
}

fn items(asked: &Value, present: &Value) -> Value {
    if asked["products"].is_object() {
        let asked = &asked["products"];
        let products = moved(&present["products"], &asked["productsToAdd"], &asked["productsToRemove"]);
        json!({ "__typename": "DiscountProducts", "products": products })
    } else if asked["collections"].is_object() {
        let asked = &asked["collections"];
        let collections = moved(&present["collections"], &asked["add"], &asked["remove"]);
        json!({ "__typename": "DiscountCollections", "collections": collections })
    } else {
        json!({ "__typename": "AllDiscountItems", "allItems": true })
    }
}

/// The things of `present`, each an object with its id, with some more and some less.
fn moved(present: &Value, add: &Value, remove: &Value) -> Value {
    let ids = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let mut things = ids(present);
    things.retain(|thing| !ids(remove).contains(&thing["id"]));
    for id in ids(add) {
        if !things.iter().any(|thing| thing["id"] == id) {
            things.push(json!({ "id": id }));
        }
    }
    Value::Array(things)
}

fn amount(value: &Value) -> Option<Decimal> {
    decimal(value.as_str()?)
}
