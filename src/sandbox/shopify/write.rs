//! What a create or an update makes of a discount, and what it refuses. Sheet sections 3 and 4.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::discount::{self, Discount, is_free_shipping};
use super::graphql::Problem;
use super::shop::Shop;
use crate::domain::Timestamp;
use crate::sandbox::fields::{Fields, decimal};

const LETTERS_MAX: usize = 255;
const SAME_CART_LINE: &str = "productDiscountsWithTagsOnSameCartLine";
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
        let mut changed = discount.clone();
        // Recorded: the mutation decides the type, without a word, whatever the discount was before.
        changed.insert("__typename".to_string(), json!(self.type_name));
        if is_free_shipping(self.type_name) {
            changed.insert("customerGets".to_string(), Value::Null);
        } else if changed.get("customerGets").is_none_or(Value::is_null) {
            changed.extend(discount::blank(self.type_name, self.now).remove_entry("customerGets"));
        }
        let mut write = Write { writer: self, input, changed, errors: Vec::new() };
        write.set_title();
        write.set_dates();
        write.set_limit();
        write.set_minimum();
        write.set_gets().map_err(Refusal::Top)?;
        write.set_context();
        write.set_plain();
        if write.errors.is_empty() { Ok(write.changed) } else { Err(Refusal::User(write.errors)) }
    }

    /// What is wrong with a code that is asked for.
    pub fn code_errors(&self, code: Option<&str>) -> Vec<UserError> {
        let is_left_out = code.is_none();
        let code = code.unwrap_or_default();
        let breaches = [
            (code.trim().is_empty(), "BLANK", "Code can't be blank"),
            (code.is_empty() && !is_left_out, "TOO_SHORT", "Code is too short (minimum is 1 character)"),
            (code.chars().count() > LETTERS_MAX, "TOO_LONG", "Code is too long (maximum is 255 characters)"),
            (code.contains(['\n', '\r']), "INVALID", "Code cannot contain newline characters."),
        ];
        let breached = breaches.into_iter().filter(|(is_breached, ..)| *is_breached);
        breached.map(|(_, error, message)| self.error(&["code"], error, message)).collect()
    }

    pub fn error(&self, inside: &[&str], code: &'static str, message: &str) -> UserError {
        UserError::new(&[&[self.wrapper], inside].concat(), code, message)
    }
}

/// One write on its way: what it has made of the discount so far, and what it refuses.
struct Write<'w> {
    writer: &'w DiscountWriter<'w>,
    input: &'w Fields,
    changed: Discount,
    errors: Vec<UserError>,
}

impl Write<'_> {
    fn refuse(&mut self, inside: &[&str], code: &'static str, message: &str) {
        self.errors.push(self.writer.error(inside, code, message));
    }

    fn set(&mut self, name: &str, value: Value) {
        self.changed.insert(name.to_string(), value);
    }

    /// What the input says under `name`; null where a new discount lacks it.
    fn needed(&self, name: &str) -> Option<Value> {
        self.input.get(name).or(self.writer.is_new.then_some(&Value::Null)).cloned()
    }

    fn is_automatic(&self) -> bool {
        self.writer.type_name.starts_with("DiscountAutomatic")
    }

    fn set_title(&mut self) {
        let Some(title) = self.needed("title") else { return };
        let text = title.as_str().unwrap_or_default();
        if text.trim().is_empty() {
            self.refuse(&["title"], "BLANK", "Title can't be blank");
        }
        if text.chars().count() > LETTERS_MAX {
            self.refuse(&["title"], "TOO_LONG", "Title is too long (maximum is 255 characters)");
        }
        self.set("title", json!(text));
    }

    fn set_dates(&mut self) {
        match self.needed("startsAt") {
            Some(Value::Null) => self.refuse(&["startsAt"], "BLANK", "Starts at can't be blank"),
            Some(starts) => self.set("startsAt", starts),
            None => {}
        }
        // Null clears it.
        if let Some(ends) = self.input.get("endsAt") {
            self.set("endsAt", ends.clone());
        }
        // Only dates that are sent are held against each other: a discount deactivated before its start has both at once.
        let is_sent = self.input.contains_key("startsAt") || self.input.contains_key("endsAt");
        let (starts, ends) = (discount::time(&self.changed, "startsAt"), discount::time(&self.changed, "endsAt"));
        if is_sent && starts.zip(ends).is_some_and(|(starts, ends)| ends <= starts) {
            self.refuse(&["endsAt"], "INVALID", "Ends at needs to be after starts_at");
        }
    }

    fn set_limit(&mut self) {
        let Some(limit) = self.input.get("usageLimit") else { return };
        match limit.as_i64() {
            Some(limit) if limit < 1 => {
                self.refuse(&["usageLimit"], "GREATER_THAN", "Usage limit must be greater than 0");
            }
            Some(limit) if limit > USAGE_LIMIT_MAX => {
                let message = "Usage limit must be less than or equal to 2147483647";
                self.refuse(&["usageLimit"], "LESS_THAN_OR_EQUAL_TO", message);
            }
            _ => {}
        }
        // Null means unlimited. One below what is used already is accepted. (Inferred.)
        self.set("usageLimit", limit.clone());
    }

    /// A null inside takes that kind of minimum away, as three clients do it. (Inferred.) A null in its place leaves it alone: untested.
    fn set_minimum(&mut self) {
        let Some(wanted) = self.input.get("minimumRequirement") else { return };
        let subtotal = &wanted["subtotal"]["greaterThanOrEqualToSubtotal"];
        let quantity = &wanted["quantity"]["greaterThanOrEqualToQuantity"];
        if !subtotal.is_null() && !quantity.is_null() {
            // Recorded as CONFLICT, twice; the words are inferred.
            for (kind, field, other) in [
                ("subtotal", "greaterThanOrEqualToSubtotal", "quantity"),
                ("quantity", "greaterThanOrEqualToQuantity", "subtotal"),
            ] {
                let message = format!("Minimum {kind} cannot be defined when minimum {other} is.");
                self.refuse(&["minimumRequirement", kind, field], "CONFLICT", &message);
            }
        } else if let Some(amount) = amount(subtotal) {
            self.set("minimumRequirement", discount::minimum_subtotal(self.writer.shop, amount));
        } else if quantity.is_string() {
            let minimum = json!({ "__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": quantity });
            self.set("minimumRequirement", minimum);
        } else {
            let is_cleared = |kind: &str, field: &str| wanted[kind].get(field).is_some_and(Value::is_null);
            let present = self.changed.get("minimumRequirement").and_then(|present| present["__typename"].as_str());
            if match present {
                Some("DiscountMinimumSubtotal") => is_cleared("subtotal", "greaterThanOrEqualToSubtotal"),
                Some("DiscountMinimumQuantity") => is_cleared("quantity", "greaterThanOrEqualToQuantity"),
                _ => false,
            } {
                self.set("minimumRequirement", Value::Null);
            }
        }
    }

    fn set_gets(&mut self) -> Result<(), Problem> {
        let Some(gets) = self.input.get("customerGets").and_then(Value::as_object) else {
            if self.writer.is_new && !is_free_shipping(self.writer.type_name) {
                self.refuse(&["customerGets"], "BLANK", "Customer gets can't be blank");
            }
            return Ok(());
        };
        let mut new = self.changed.get("customerGets").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(wanted) = gets.get("value").and_then(Value::as_object) {
            let given: Vec<(&String, &Value)> = wanted.iter().filter(|(_, value)| !value.is_null()).collect();
            match given.as_slice() {
                [] => {}
                [(branch, value)] => new.extend(self.value(branch, value).map(|value| ("value".to_string(), value))),
                _ => {
                    let message = "A discount can only have one of percentage, discountOnQuantity or discountAmount.";
                    return Err(Problem::new("BAD_REQUEST", message));
                }
            }
        }
        if let Some(wanted) = gets.get("items").filter(|wanted| !wanted.is_null()) {
            let items = items(wanted, new.get("items").unwrap_or(&Value::Null));
            new.insert("items".to_string(), items);
        }
        for name in ["appliesOnOneTimePurchase", "appliesOnSubscription"] {
            copy(gets, name, &mut new, Value::is_boolean);
        }
        self.set("customerGets", Value::Object(new));
        Ok(())
    }

    fn value(&mut self, branch: &str, wanted: &Value) -> Option<Value> {
        let shop = self.writer.shop;
        match branch {
            "percentage" => {
                let share = wanted.as_f64().unwrap_or_default();
                if !(0.0..=1.0).contains(&share) || self.is_automatic() && share == 0.0 {
                    let path = ["customerGets", "value", "percentage"];
                    self.refuse(&path, "VALUE_OUTSIDE_RANGE", "Value must be between 0.0 and 1.0");
                }
                Some(json!({ "__typename": "DiscountPercentage", "percentage": share }))
            }
            "discountAmount" => {
                let amount = amount(&wanted["amount"]).unwrap_or_default();
                if amount < Decimal::ZERO {
                    let path = ["customerGets", "value", "discountAmount", "amount"];
                    // The platform's own words, though they say the opposite.
                    self.refuse(&path, "LESS_THAN_OR_EQUAL_TO", "Value must be less than or equal to 0");
                }
                if amount.is_zero() && self.is_automatic() {
                    let path = ["customerGets", "value", "discountAmount", "amount"];
                    // The platform's own words again.
                    self.refuse(&path, "GREATER_THAN", "Value must be less than 0");
                }
                let on_each = wanted["appliesOnEachItem"].as_bool().unwrap_or(true);
                Some(discount::amount_value(shop, amount, on_each))
            }
            "discountOnQuantity" => {
                let effect = match amount(&wanted["effect"]["amount"]) {
                    Some(amount) => discount::amount_value(shop, amount, false),
                    None => json!({ "__typename": "DiscountPercentage", "percentage": wanted["effect"]["percentage"] }),
                };
                let quantity = json!({ "quantity": wanted["quantity"] });
                Some(json!({ "__typename": "DiscountOnQuantity", "effect": effect, "quantity": quantity }))
            }
            _ => None,
        }
    }

    fn set_context(&mut self) {
        let given = |name: &str| self.input.get(name).filter(|value| !value.is_null());
        let wanted = match (given("context"), given("customerSelection")) {
            (Some(_), Some(_)) => {
                let message = "Only one of context or customerSelection can be provided.";
                return self.refuse(&["context"], "INVALID", message);
            }
            (None, None) if self.writer.is_new => {
                return self.refuse(&["context"], "BLANK", "Context can't be blank");
            }
            (wanted, other) => wanted.or(other),
        };
        let Some(wanted) = wanted else { return };
        let present = self.changed.get("context").cloned().unwrap_or_default();
        let moved = |kept: &str, sent: &str| moved(&present[kept], &wanted[sent]["add"], &wanted[sent]["remove"]);
        let context = if wanted["customers"].is_object() {
            json!({ "__typename": "DiscountCustomers", "customers": moved("customers", "customers") })
        } else if wanted["customerSegments"].is_object() {
            json!({ "__typename": "DiscountCustomerSegments", "segments": moved("segments", "customerSegments") })
        } else if wanted["markets"].is_object() {
            json!({ "__typename": "DiscountMarkets", "markets": moved("markets", "markets") })
        } else {
            json!({ "__typename": "DiscountBuyerSelectionAll", "all": "ALL" })
        };
        self.set("context", context);
    }

    fn set_plain(&mut self) {
        for name in ["appliesOncePerCustomer", "recurringCycleLimit", "usesPerOrderLimit", "tags"] {
            copy(self.input, name, &mut self.changed, |value| !value.is_null());
        }
        if let Some(price) = self.input.get("maximumShippingPrice") {
            let price = amount(price).map(|price| discount::money(self.writer.shop, price));
            self.set("maximumShippingPrice", json!(price));
        }
        self.set_tags_on_same_cart_line();
        let wanted = self.input.get("combinesWith").and_then(Value::as_object);
        let present = self.changed.get_mut("combinesWith").and_then(Value::as_object_mut);
        if let Some((wanted, present)) = wanted.zip(present) {
            for name in wanted.keys() {
                copy(wanted, name, present, Value::is_boolean);
            }
        }
    }
}

impl Write<'_> {
    /// Only large plans may combine by tags.
    fn set_tags_on_same_cart_line(&mut self) {
        let Some(wanted) = self.input.get("combinesWith").and_then(|with| with.get(SAME_CART_LINE)) else { return };
        if wanted.is_null() {
            return;
        }
        if !self.writer.shop.own.plus {
            let code = "PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_NOT_ENTITLED";
            let message = "The shop's plan does not allow setting product discounts with tags on the same cart line.";
            return self.refuse(&["combinesWith", SAME_CART_LINE], code, message);
        }
        let tags = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let Some(present) = self.changed.get_mut("combinesWith").and_then(Value::as_object_mut) else { return };
        let mut kept = present.get(SAME_CART_LINE).map(tags).unwrap_or_default();
        kept.retain(|tag| !tags(&wanted["remove"]).contains(tag));
        kept.extend(tags(&wanted["add"]));
        present.insert(SAME_CART_LINE.to_string(), json!(kept));
    }
}

/// Lays the field `name` over that of `changed`, where its value `is_fit`.
fn copy(input: &Fields, name: &str, changed: &mut Fields, is_fit: impl Fn(&Value) -> bool) {
    changed.extend(input.get(name).filter(|value| is_fit(value)).map(|value| (name.to_string(), value.clone())));
}

fn items(wanted: &Value, present: &Value) -> Value {
    if wanted["products"].is_object() {
        let wanted = &wanted["products"];
        let products = moved(&present["products"], &wanted["productsToAdd"], &wanted["productsToRemove"]);
        json!({ "__typename": "DiscountProducts", "products": products })
    } else if wanted["collections"].is_object() {
        let wanted = &wanted["collections"];
        let collections = moved(&present["collections"], &wanted["add"], &wanted["remove"]);
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
