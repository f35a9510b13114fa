//! Resolves the fields of the two roots: what each reads and does. Sheet sections 2 and 3.

use chrono::Duration;
use serde_json::{Value, json};

use super::discount::{
    self, AUTOMATIC_BASIC, AUTOMATIC_BUY_X_GET_Y, AUTOMATIC_FREE_SHIPPING, BASIC, BUY_X_GET_Y, Discount, FREE_SHIPPING,
    Status,
};
use super::graphql::{CURSOR, Problem, SelectedField, cursor, written};
use super::search::Search;
use super::shop::{Shop, ShopifyShops};
use super::write::{DiscountWriter, Refusal, UserError};
use crate::domain::Timestamp;
use crate::sandbox::entry::{CallError, Context, Refused, refuse_if, settled};
use crate::sandbox::fields::{self, Fields, whole};
use crate::sandbox::seed::hash_hex;
use crate::sandbox::state::Stored;

const COUNT_LIMIT: u64 = 10_000;
const CODES_AT_ONCE_MAX: usize = 250;
/// Automatic discounts that may be active at a time. (Whether coming ones count is told both ways; here they do not.)
const AUTOMATIC_ACTIVE_MAX: usize = 25;

type Done<T> = Result<T, CallError<Refusal>>;

impl Refused for Refusal {}

/// Serves one shop's calls.
pub(super) struct Resolver<'c> {
    pub platform: &'c ShopifyShops,
    pub context: &'c Context<'c>,
    pub shop: &'c Shop,
    /// Whether the version that is asked knows of discounts for markets.
    pub sees_markets: bool,
}

impl Resolver<'_> {
    /// What a field of a root answers: a value, or an error beside `data`.
    pub fn resolve(&self, field: &SelectedField) -> Stored<Result<Value, Problem>> {
        match settled(self.answer(field))? {
            Ok(value) => Ok(Ok(value)),
            Err(Refusal::Top(problem)) => Ok(Err(problem)),
            Err(Refusal::User(errors)) => {
                let errors: Vec<Value> = errors.iter().map(UserError::body).collect();
                Ok(Ok(json!({ subject(&field.name): null, "userErrors": errors })))
            }
        }
    }

    fn answer(&self, field: &SelectedField) -> Done<Value> {
        let id = text(field, "id");
        match field.name.as_str() {
            "shop" => Ok(self.shop_fields()),
            "currentAppInstallation" => Ok(self.installation()),
            "discountNodes" => self.list(field, "discount"),
            "codeDiscountNodes" => self.list(field, "codeDiscount"),
            "automaticDiscountNodes" => self.list(field, "automaticDiscount"),
            "automaticDiscountNode" => self.node(id, "automaticDiscount"),
            "discountNodesCount" => self.count(field),
            "discountNode" => self.node(id, "discount"),
            "codeDiscountNode" => self.node(id, "codeDiscount"),
            "codeDiscountNodeByCode" => self.by_code(text(field, "code")),
            "job" | "discountRedeemCodeBulkCreation" => self.remembered(id),
            "discountCodeBasicCreate" => self.create(field, BASIC, "basicCodeDiscount"),
            "discountCodeBasicUpdate" => self.update(field, BASIC, "basicCodeDiscount"),
            "discountCodeFreeShippingCreate" => self.create(field, FREE_SHIPPING, "freeShippingCodeDiscount"),
            "discountCodeFreeShippingUpdate" => self.update(field, FREE_SHIPPING, "freeShippingCodeDiscount"),
            "discountCodeBxgyCreate" => self.create(field, BUY_X_GET_Y, "bxgyCodeDiscount"),
            "discountCodeBxgyUpdate" => self.update(field, BUY_X_GET_Y, "bxgyCodeDiscount"),
            "discountAutomaticBasicCreate" => self.create(field, AUTOMATIC_BASIC, "automaticBasicDiscount"),
            "discountAutomaticBasicUpdate" => self.update(field, AUTOMATIC_BASIC, "automaticBasicDiscount"),
            "discountAutomaticFreeShippingCreate" => {
                self.create(field, AUTOMATIC_FREE_SHIPPING, "freeShippingAutomaticDiscount")
            }
            "discountAutomaticFreeShippingUpdate" => {
                self.update(field, AUTOMATIC_FREE_SHIPPING, "freeShippingAutomaticDiscount")
            }
            "discountAutomaticBxgyCreate" => self.create(field, AUTOMATIC_BUY_X_GET_Y, "automaticBxgyDiscount"),
            "discountAutomaticBxgyUpdate" => self.update(field, AUTOMATIC_BUY_X_GET_Y, "automaticBxgyDiscount"),
            "discountAutomaticActivate" => self.switch(field, id, activated),
            "discountAutomaticDeactivate" => self.switch(field, id, deactivated),
            "discountAutomaticDelete" => self.delete(field, id),
            "discountCodeActivate" => self.switch(field, id, activated),
            "discountCodeDeactivate" => self.switch(field, id, deactivated),
            "discountCodeDelete" => self.delete(field, id),
            "discountCodeBulkActivate" => self.bulk(field, Some(activated)),
            "discountCodeBulkDeactivate" => self.bulk(field, Some(deactivated)),
            "discountCodeBulkDelete" => self.bulk(field, None),
            "discountRedeemCodeBulkAdd" => self.add_codes(field),
            "discountCodeRedeemCodeBulkDelete" => self.remove_codes(field),
            _ => Ok(Value::Null),
        }
    }

    fn shop_fields(&self) -> Value {
        let own = &self.shop.own;
        json!({
            "id": format!("gid://shopify/Shop/{}", own.shop_number), "name": self.shop.name,
            "currencyCode": self.shop.currency.code(), "ianaTimezone": self.shop.zone.name(),
            "myshopifyDomain": own.domain, "url": format!("https://{}", own.domain),
        })
    }

    fn installation(&self) -> Value {
        let scopes = self.shop.own.scopes.iter().map(|scope| json!({ "handle": scope, "description": scope }));
        let id = format!("gid://shopify/AppInstallation/{}", self.shop.own.shop_number);
        json!({ "id": id, "accessScopes": scopes.collect::<Vec<_>>() })
    }

    // Reading.

    fn list(&self, field: &SelectedField, inner: &str) -> Done<Value> {
        let search = Search::of(text(field, "query"));
        let sort = field.arguments.get("sortKey").and_then(Value::as_str).unwrap_or("ID");
        let mut nodes = Vec::new();
        for (id, found) in self.found(&search, inner == "discount")? {
            if is_shown_as(inner, &found) {
                let mut node = self.shown(id, &found, inner);
                node[CURSOR] = cursor(id, &sort_value(sort, id, &found));
                nodes.push(node);
            }
        }
        Ok(Value::Array(nodes))
    }

    fn count(&self, field: &SelectedField) -> Done<Value> {
        let count = self.found(&Search::of(text(field, "query")), false)?.len() as u64;
        let limit = match field.arguments.get("limit") {
            None => Some(COUNT_LIMIT),
            Some(limit) => limit.as_u64(),
        };
        let shown = limit.map_or(count, |limit| count.min(limit));
        let precision = if shown < count { "AT_LEAST" } else { "EXACT" };
        Ok(json!({ "count": shown, "precision": precision }))
    }

    /// Where `has_lag`, without those that are too fresh for the list.
    fn found(&self, search: &Search, has_lag: bool) -> Stored<Vec<(u64, Discount)>> {
        let mut all = self.all()?;
        let now = self.context.now.timestamp_millis();
        all.retain(|(id, found)| {
            let is_listed = whole(found, "listedFrom") <= now;
            (is_listed || !has_lag) && self.sees(found) && search.finds(*id, found, self.shop.zone, self.context.now)
        });
        Ok(all)
    }

    fn node(&self, id: &str, inner: &str) -> Done<Value> {
        let number = number_of(id)?;
        let found = self.discount(number)?.filter(|found| self.sees(found) && is_shown_as(inner, found));
        Ok(found.map_or(Value::Null, |found| self.shown(number, &found, inner)))
    }

    fn by_code(&self, code: &str) -> Done<Value> {
        let found = self.all()?.into_iter().find(|(_, found)| self.sees(found) && discount::has_code(found, code));
        Ok(found.map_or(Value::Null, |(id, found)| self.shown(id, &found, "codeDiscount")))
    }

    fn all(&self) -> Stored<Vec<(u64, Discount)>> {
        self.context.act.coupons(self.shop.id.as_str())
    }

    fn discount(&self, number: u64) -> Stored<Option<Discount>> {
        if i64::try_from(number).is_err() {
            return Ok(None);
        }
        self.context.act.coupon(self.shop.id.as_str(), number)
    }

    fn sees(&self, found: &Discount) -> bool {
        self.sees_markets || !discount::is_for_markets(found)
    }

    /// The discount that this number is, of the kind that the mutation is for; `missing` otherwise.
    fn of_kind(&self, field: &SelectedField, number: u64, missing: UserError) -> Done<Discount> {
        let is_meant = |found: &Discount| discount::is_automatic(found) == is_about_automatic(&field.name);
        let found = self.discount(number)?.filter(|found| self.sees(found) && is_meant(found));
        Ok(found.ok_or_else(|| Refusal::User(vec![missing]))?)
    }

    fn shown(&self, id: u64, found: &Discount, inner: &str) -> Value {
        json!({ "id": discount::id_text(id, found), inner: discount::shown(self.shop, found, self.context.now) })
    }

    // Writing.

    fn writer<'w>(&'w self, type_name: &'static str, wrapper: &'w str, is_new: bool) -> DiscountWriter<'w> {
        DiscountWriter { shop: self.shop, now: self.context.now, wrapper, type_name, is_new }
    }

    fn create(&self, field: &SelectedField, type_name: &'static str, wrapper: &str) -> Done<Value> {
        let input = object(field, wrapper);
        let writer = self.writer(type_name, wrapper, true);
        let code = input.get("code").and_then(Value::as_str);
        let is_automatic = is_about_automatic(&field.name);
        let mut errors = if is_automatic { Vec::new() } else { self.code_errors(&writer, code, None)? };
        let mut made = match writer.changed(&discount::blank(type_name, self.context.now), &input) {
            Err(Refusal::User(more)) => {
                errors.extend(more);
                Discount::new()
            }
            made => made?,
        };
        refuse_if(!errors.is_empty(), || Refusal::User(errors))?;
        self.check_active(&made, None, &[wrapper, "startsAt"])?;
        let id = self.next_number()?;
        let listed_from = self.context.now + Duration::seconds(self.platform.settings.list_lag_seconds.into());
        if !is_automatic {
            made.insert("redeemCodes".to_string(), json!([discount::new_redeem_code(id, code.unwrap_or_default())]));
        }
        made.insert("listedFrom".to_string(), json!(listed_from.timestamp_millis()));
        self.keep(field, id, &made, Value::Object(input))
    }

    fn update(&self, field: &SelectedField, type_name: &'static str, wrapper: &str) -> Done<Value> {
        let number = number_of(text(field, "id"))?;
        let missing = match is_about_automatic(&field.name) {
            true => not_there(field, "id"),
            false => UserError::new(&["id"], "INVALID", "Discount does not exist").without_code(),
        };
        let before = self.of_kind(field, number, missing)?;
        let input = object(field, wrapper);
        let writer = self.writer(type_name, wrapper, false);
        let mut changed = writer.changed(&before, &input)?;
        if let Some(code) = input.get("code") {
            self.set_code(&writer, &mut changed, number, code.as_str())?;
        }
        self.check_active(&changed, Some(number), &[wrapper, "startsAt"])?;
        changed.insert("updatedAt".to_string(), json!(written(self.context.now)));
        self.keep(field, number, &changed, Value::Object(input))
    }

    fn set_code(&self, writer: &DiscountWriter, changed: &mut Discount, id: u64, code: Option<&str>) -> Done<()> {
        let is_bulk = discount::redeem_codes(changed).len() > 1;
        if is_bulk && !discount::has_code(changed, code.unwrap_or_default()) {
            let message = "Cannot update the code of a bulk discount.";
            let error = UserError::new(&["id"], "INVALID", message).without_code();
            return Err(Refusal::User(vec![error]).into());
        }
        let errors = self.code_errors(writer, code, Some(id))?;
        refuse_if(!errors.is_empty(), || Refusal::User(errors))?;
        if !is_bulk {
            let code = code.unwrap_or_default();
            let mut kept =
                discount::redeem_codes(changed).first().cloned().unwrap_or_else(|| discount::new_redeem_code(id, code));
            kept["code"] = json!(code);
            changed.insert("redeemCodes".to_string(), json!([kept]));
        }
        Ok(())
    }

    /// What is wrong with a code for the discount `of`, or for a new one.
    fn code_errors(&self, writer: &DiscountWriter, code: Option<&str>, of: Option<u64>) -> Stored<Vec<UserError>> {
        let mut errors = writer.code_errors(code);
        if errors.is_empty() && self.is_taken(code.unwrap_or_default(), of)? {
            errors.push(writer.error(&["code"], "TAKEN", "Code must be unique. Please try a different code."));
        }
        Ok(errors)
    }

    fn switch(&self, field: &SelectedField, id: &str, switched: Switch) -> Done<Value> {
        let number = number_of(id)?;
        let switched = switched(self.of_kind(field, number, not_there(field, "id"))?, self.context.now);
        self.check_active(&switched, Some(number), &["id"])?;
        self.keep(field, number, &switched, json!({}))
    }

    /// Whether one more automatic discount may be active.
    fn check_active(&self, changed: &Discount, id: Option<u64>, at: &[&str]) -> Done<()> {
        let now = self.context.now;
        let counts = |found: &Discount| discount::is_automatic(found) && Status::of(found, now) == Status::Active;
        if !counts(changed) {
            return Ok(());
        }
        let others = self.all()?.iter().filter(|(other, found)| Some(*other) != id && counts(found)).count();
        // The code is documented, the words are not.
        let full =
            || UserError::new(at, "ACTIVE_PERIOD_OVERLAP", "Active period overlaps with another automatic discount");
        refuse_if(others >= AUTOMATIC_ACTIVE_MAX, || Refusal::User(vec![full()]))?;
        Ok(())
    }

    fn delete(&self, field: &SelectedField, id: &str) -> Done<Value> {
        let number = number_of(id)?;
        self.of_kind(field, number, not_there(field, "id"))?;
        self.context.act.remove_coupon(self.shop.id.as_str(), number)?;
        self.note(field, id, json!({}))?;
        Ok(json!({ subject(&field.name): id, "userErrors": [] }))
    }

    /// A job that is done before anybody can ask for it; it tells nothing of single discounts. What is not switched is deleted.
    fn bulk(&self, field: &SelectedField, switched: Option<Switch>) -> Done<Value> {
        let (act, store) = (self.context.act, self.shop.id.as_str());
        let search = bulk_search(field)?;
        let ids = field.arguments.get("ids").and_then(Value::as_array);
        let ids = ids.map(|ids| ids.iter().filter_map(Value::as_str).filter_map(discount::number_of).collect());
        let ids: Option<Vec<u64>> = ids;
        for (id, found) in self.all()? {
            let is_meant = match (&ids, &search) {
                (Some(ids), _) => ids.contains(&id),
                (None, Some(search)) => search.finds(id, &found, self.shop.zone, self.context.now),
                (None, None) => false,
            };
            if is_meant && !discount::is_automatic(&found) {
                let name = discount::id_text(id, &found);
                match switched {
                    Some(switched) => act.put_coupon(store, id, &switched(found, self.context.now))?,
                    None => act.remove_coupon(store, id)?,
                }
                self.note(field, &name, json!({}))?;
            }
        }
        self.job()
    }

    fn add_codes(&self, field: &SelectedField) -> Done<Value> {
        let codes = field.arguments.get("codes").and_then(Value::as_array).cloned().unwrap_or_default();
        let count = codes.len();
        if count > CODES_AT_ONCE_MAX {
            let message =
                format!("The input array size of {count} is greater than the maximum allowed of {CODES_AT_ONCE_MAX}.");
            return Err(Refusal::Top(Problem::new("MAX_INPUT_SIZE_EXCEEDED", message)).into());
        }
        let (number, mut found) = self.with_codes(field)?;
        let mut all = discount::redeem_codes(&found).to_vec();
        let before = all.len();
        for code in codes.iter().filter_map(|code| code["code"].as_str()) {
            found.insert("redeemCodes".to_string(), json!(all));
            if !code.trim().is_empty() && !self.is_taken(code, None)? && !discount::has_code(&found, code) {
                all.push(discount::new_redeem_code(self.next_number()?, code));
            }
        }
        let imported = all.len() - before;
        self.keep_codes(field, (number, found), all, json!({ "codes": codes }))?;
        let id = format!("gid://shopify/DiscountRedeemCodeBulkCreation/{}", self.next_number()?);
        let creation = |done: bool, imported: usize, failed: usize| {
            json!({
                "id": id, "done": done, "codesCount": count, "importedCount": imported, "failedCount": failed,
            })
        };
        self.context.act.set_fact(&self.fact(&id), &creation(true, imported, count - imported))?;
        Ok(json!({ "bulkCreation": creation(false, 0, 0), "userErrors": [] }))
    }

    fn remove_codes(&self, field: &SelectedField) -> Done<Value> {
        let search = bulk_search(field)?;
        let (number, found) = self.with_codes(field)?;
        let ids = field.arguments.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
        let named: Vec<u64> = ids.iter().filter_map(Value::as_str).filter_map(discount::redeem_code_number).collect();
        let mut codes = discount::redeem_codes(&found).to_vec();
        codes.retain(|code| {
            let is_found =
                search.as_ref().is_some_and(|search| search.names(code["code"].as_str().unwrap_or_default()));
            !is_found && !code["number"].as_u64().is_some_and(|number| named.contains(&number))
        });
        self.keep_codes(field, (number, found), codes, json!({ "ids": ids }))?;
        self.job()
    }

    /// The discount that a mutation of its codes names.
    fn with_codes(&self, field: &SelectedField) -> Done<(u64, Discount)> {
        let number = discount::number_of(text(field, "discountId")).unwrap_or_default();
        Ok((number, self.of_kind(field, number, not_there(field, "discountId"))?))
    }

    fn keep_codes(&self, field: &SelectedField, of: (u64, Discount), codes: Vec<Value>, wanted: Value) -> Stored<()> {
        let (number, mut found) = of;
        found.insert("redeemCodes".to_string(), Value::Array(codes));
        self.context.act.put_coupon(self.shop.id.as_str(), number, &found)?;
        self.note(field, text(field, "discountId"), wanted)
    }

    fn is_taken(&self, code: &str, by_other_than: Option<u64>) -> Stored<bool> {
        let has_it = |(id, found): &(u64, Discount)| Some(*id) != by_other_than && discount::has_code(found, code);
        Ok(self.all()?.iter().any(has_it))
    }

    /// Stores, notes, and shows as every mutation of one discount does.
    fn keep(&self, field: &SelectedField, id: u64, changed: &Discount, wanted: Value) -> Done<Value> {
        self.context.act.put_coupon(self.shop.id.as_str(), id, changed)?;
        self.note(field, &discount::id_text(id, changed), wanted)?;
        let inner = if discount::is_automatic(changed) { "automaticDiscount" } else { "codeDiscount" };
        Ok(json!({ subject(&field.name): self.shown(id, changed, inner), "userErrors": [] }))
    }

    fn note(&self, field: &SelectedField, id: &str, fields: Value) -> Stored<()> {
        self.context.note(self.shop, &field.name, id, fields)
    }

    fn job(&self) -> Done<Value> {
        let number = self.next_number()?.to_string();
        let id = hash_hex(&[&self.platform.seed, self.shop.id.as_str(), "job", &number], 32);
        let id = format!("gid://shopify/Job/{id}");
        self.context.act.set_fact(&self.fact(&id), &json!({ "id": id, "done": true }))?;
        Ok(json!({ "job": { "id": id, "done": false }, "userErrors": [] }))
    }

    fn remembered(&self, id: &str) -> Done<Value> {
        Ok(self.context.act.fact(&self.fact(id))?.unwrap_or(Value::Null))
    }

    fn fact(&self, id: &str) -> String {
        format!("{} {id}", self.shop.id)
    }

    fn next_number(&self) -> Stored<u64> {
        self.context.act.new_coupon_id(self.shop.id.as_str())
    }
}

/// What a mutation answers about, beside its errors.
fn subject(mutation: &str) -> &'static str {
    match mutation {
        "discountCodeDelete" => "deletedCodeDiscountId",
        "discountAutomaticDelete" => "deletedAutomaticDiscountId",
        "discountRedeemCodeBulkAdd" => "bulkCreation",
        name if name.contains("Bulk") => "job",
        name if is_about_automatic(name) => "automaticDiscountNode",
        _ => "codeDiscountNode",
    }
}

/// An argument's text, empty where it has none.
fn text<'a>(field: &'a SelectedField, name: &str) -> &'a str {
    fields::text(&field.arguments, name)
}

fn object(field: &SelectedField, name: &str) -> Fields {
    field.arguments.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn number_of(id: &str) -> Result<u64, Refusal> {
    let wrong_family = || Refusal::Top(Problem::new("RESOURCE_NOT_FOUND", format!("Invalid id: {id}")));
    discount::number_of(id).ok_or_else(wrong_family)
}

/// An id of the other kind is none either, and nothing changes.
fn not_there(field: &SelectedField, argument: &str) -> UserError {
    let kind = if is_about_automatic(&field.name) { "Automatic" } else { "Code" };
    UserError::new(&[argument], "INVALID", &format!("{kind} discount does not exist."))
}

fn is_about_automatic(mutation: &str) -> bool {
    mutation.starts_with("discountAutomatic")
}

/// Whether a root that shows discounts under `inner` has it.
fn is_shown_as(inner: &str, found: &Discount) -> bool {
    match inner {
        "codeDiscount" => !discount::is_automatic(found),
        "automaticDiscount" => discount::is_automatic(found),
        _ => true,
    }
}

type Switch = fn(Discount, Timestamp) -> Discount;

/// Sheet section 3.1. An end that was past is lost; a coming one is kept. (The latter is inferred.)
fn activated(mut found: Discount, now: Timestamp) -> Discount {
    let (name, value) = match Status::of(&found, now) {
        Status::Active => return found,
        Status::Scheduled => ("startsAt", json!(written(now))),
        Status::Expired => ("endsAt", Value::Null),
    };
    found.insert(name.to_string(), value);
    found.insert("updatedAt".to_string(), json!(written(now)));
    found
}

/// Sheet section 3.1.
fn deactivated(mut found: Discount, now: Timestamp) -> Discount {
    let at = json!(written(now));
    match Status::of(&found, now) {
        Status::Expired => return found,
        Status::Scheduled => drop(found.insert("startsAt".to_string(), at.clone())),
        Status::Active => {}
    }
    found.insert("endsAt".to_string(), at.clone());
    found.insert("updatedAt".to_string(), at);
    found
}

fn sort_value(sort: &str, id: u64, found: &Discount) -> String {
    let of = |name: &str| fields::text(found, name).to_string();
    match sort {
        "CREATED_AT" => of("createdAt"),
        "UPDATED_AT" => of("updatedAt"),
        "STARTS_AT" => of("startsAt"),
        "ENDS_AT" => of("endsAt"),
        "TITLE" => of("title").to_lowercase(),
        _ => id.to_string(),
    }
}

/// What a bulk mutation is about, by exactly one of its arguments; none where it names ids or a saved search.
fn bulk_search(field: &SelectedField) -> Result<Option<Search>, Refusal> {
    let refused = |error: UserError| Err(Refusal::User(vec![error]));
    let given = |name: &&str| field.arguments.get(*name).is_some_and(|value| !value.is_null());
    let about: Vec<&str> = ["ids", "search", "savedSearchId"].into_iter().filter(given).collect();
    match about.as_slice() {
        [] => {
            let message = "Missing expected argument key: 'ids', 'search' or 'saved_search_id'.";
            refused(UserError::new(&[], "MISSING_ARGUMENT", message).without_field())
        }
        ["search"] => {
            let query = text(field, "search");
            if query.trim().is_empty() {
                return refused(UserError::new(&["search"], "BLANK", "'Search' can't be blank."));
            }
            let search = Search::of(query);
            let unknown = search.unknown_fields();
            // In the codes of one discount it is the one thing to search by.
            if !unknown.is_empty() && field.name != "discountCodeRedeemCodeBulkDelete" {
                let message = format!("Invalid search field(s): {}. Check the query syntax.", unknown.join(", "));
                return refused(UserError::new(&["search"], "INVALID", &message));
            }
            Ok(Some(search))
        }
        [_] => Ok(None),
        _ => {
            let message = "Only one of 'ids', 'search' or 'saved_search_id' is allowed.";
            refused(UserError::new(&[], "TOO_MANY_ARGUMENTS", message).without_field())
        }
    }
}
