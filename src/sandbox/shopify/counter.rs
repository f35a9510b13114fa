//! The fields of the two roots: what each reads and does. Sheet sections 2 and 3.

use serde_json::{Map, Value, json};

use super::discount::{self, BASIC, BUY_X_GET_Y, Discount, FREE_SHIPPING, Status};
use super::graphql::{CURSOR, Problem, Selected, cursor};
use super::search::Search;
use super::write::{Refusal, Setting, UserError};
use crate::domain::{Platform, Timestamp};
use crate::sandbox::AuditLine;
use crate::sandbox::scenario::{Settings, Shop, ShopifyShop, hash_hex};
use crate::sandbox::state::{Act, Stored};

const COUNT_LIMIT: u64 = 10_000;
const CODES_AT_ONCE_MAX: usize = 250;
const NOT_THERE: &str = "Code discount does not exist.";

/// What a field of a root answers: a value, or an error beside `data`.
type Answered = Result<Value, Problem>;

/// Serves one shop's calls.
pub(super) struct Counter<'c> {
    pub shop: &'c Shop,
    pub own: &'c ShopifyShop,
    pub settings: &'c Settings,
    pub act: &'c Act<'c>,
    pub now: Timestamp,
}

impl Counter<'_> {
    pub fn serve(&self, field: &Selected) -> Stored<Answered> {
        let id = text(field, "id").unwrap_or_default();
        match field.name.as_str() {
            "shop" => Ok(Ok(self.shop_fields())),
            "currentAppInstallation" => Ok(Ok(self.installation())),
            "discountNodes" => self.list(field, "discount"),
            "codeDiscountNodes" => self.list(field, "codeDiscount"),
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
            "discountCodeActivate" => self.switch(field, id, activated),
            "discountCodeDeactivate" => self.switch(field, id, deactivated),
            "discountCodeDelete" => self.delete(field, id),
            "discountCodeBulkActivate" => self.bulk(field, &|id, found| self.keep_switched(id, found, activated)),
            "discountCodeBulkDeactivate" => self.bulk(field, &|id, found| self.keep_switched(id, found, deactivated)),
            "discountCodeBulkDelete" => self.bulk(field, &|id, _| self.act.remove_coupon(self.shop.id.as_str(), id)),
            "discountRedeemCodeBulkAdd" => self.add_codes(field),
            "discountCodeRedeemCodeBulkDelete" => self.remove_codes(field),
            _ => Ok(Ok(Value::Null)),
        }
    }

    fn shop_fields(&self) -> Value {
        json!({
            "id": format!("gid://shopify/Shop/{}", self.own.shop_number), "name": self.shop.name,
            "currencyCode": self.shop.currency.code(), "ianaTimezone": self.shop.zone.name(),
            "myshopifyDomain": self.own.domain, "url": format!("https://{}", self.own.domain),
        })
    }

    fn installation(&self) -> Value {
        let scopes = self.own.scopes.iter().map(|scope| json!({ "handle": scope, "description": scope }));
        let id = format!("gid://shopify/AppInstallation/{}", self.own.shop_number);
        json!({ "id": id, "accessScopes": scopes.collect::<Vec<_>>() })
    }

    // Reading.

    fn list(&self, field: &Selected, inner: &str) -> Stored<Answered> {
        let has_lag = inner == "discount";
        let search = Search::of(text(field, "query"));
        let sort = text(field, "sortKey").unwrap_or("ID");
        let mut nodes = Vec::new();
        for (id, found) in self.found(&search, has_lag)? {
            if inner == "discount" || !discount::is_automatic(&found) {
                let mut node = self.shown(id, &found, inner);
                node[CURSOR] = cursor(id, &sort_value(sort, id, &found));
                nodes.push(node);
            }
        }
        Ok(Ok(Value::Array(nodes)))
    }

    fn count(&self, field: &Selected) -> Stored<Answered> {
        let search = Search::of(text(field, "query"));
        let count = self.found(&search, false)?.len() as u64;
        let limit = match field.arguments.get("limit") {
            None => Some(COUNT_LIMIT),
            Some(limit) => limit.as_u64(),
        };
        let shown = limit.map_or(count, |limit| count.min(limit));
        let precision = if shown < count { "AT_LEAST" } else { "EXACT" };
        Ok(Ok(json!({ "count": shown, "precision": precision })))
    }

    /// Where `has_lag`, without those that are too fresh for the list.
    fn found(&self, search: &Search, has_lag: bool) -> Stored<Vec<(u64, Discount)>> {
        let mut all = self.act.coupons(self.shop.id.as_str())?;
        let now = self.now.timestamp_millis();
        all.retain(|(id, found)| {
            let is_listed = found.get("listedFrom").and_then(Value::as_i64).is_none_or(|from| from <= now);
            (is_listed || !has_lag) && search.finds(*id, found, self.shop.zone, self.now)
        });
        Ok(all)
    }

    fn node(&self, id: &str, inner: &str) -> Stored<Answered> {
        let Some(number) = discount::number_of(id) else { return Ok(Err(wrong_family(id))) };
        let found = self.discount(number)?.filter(|found| inner == "discount" || !discount::is_automatic(found));
        Ok(Ok(found.map_or(Value::Null, |found| self.shown(number, &found, inner))))
    }

    fn by_code(&self, code: Option<&str>) -> Stored<Answered> {
        let code = code.unwrap_or_default();
        let all = self.act.coupons(self.shop.id.as_str())?;
        let found = all.into_iter().find(|(_, found)| discount::has_code(found, code));
        Ok(Ok(found.map_or(Value::Null, |(id, found)| self.shown(id, &found, "codeDiscount"))))
    }

    fn discount(&self, number: u64) -> Stored<Option<Discount>> {
        if i64::try_from(number).is_err() {
            return Ok(None);
        }
        self.act.coupon(self.shop.id.as_str(), number)
    }

    fn shown(&self, id: u64, found: &Discount, inner: &str) -> Value {
        json!({ "id": discount::id_text(id, found), inner: discount::shown(self.shop, self.own, found, self.now) })
    }

    // Writing.

    fn create(&self, field: &Selected, type_name: &'static str, wrapper: &str) -> Stored<Answered> {
        let input = object(field, wrapper);
        let setting = Setting { shop: self.shop, now: self.now, wrapper, type_name, is_new: true };
        let code = input.get("code").and_then(Value::as_str);
        let mut errors = setting.code_errors(code);
        let code = code.unwrap_or_default();
        if errors.is_empty() && self.is_taken(code, None)? {
            errors.push(taken(&setting));
        }
        let mut made = match setting.changed(&discount::blank(type_name, self.now), &input) {
            Ok(made) => made,
            Err(Refusal::Top(problem)) => return Ok(Err(problem)),
            Err(Refusal::User(more)) => {
                errors.extend(more);
                Discount::new()
            }
        };
        if !errors.is_empty() {
            return Ok(Ok(refused("codeDiscountNode", &errors)));
        }
        let id = self.act.new_coupon_id(self.shop.id.as_str())?;
        let lag = i64::from(self.settings.shopify_list_lag_seconds) * 1000;
        made.insert("redeemCodes".to_string(), json!([discount::new_redeem_code(id, code)]));
        made.insert("listedFrom".to_string(), json!(self.now.timestamp_millis() + lag));
        self.keep(field, id, &made, Value::Object(input))
    }

    fn update(&self, field: &Selected, type_name: &'static str, wrapper: &str) -> Stored<Answered> {
        let id = text(field, "id").unwrap_or_default();
        let Some(number) = discount::number_of(id) else { return Ok(Err(wrong_family(id))) };
        let found = self.discount(number)?.filter(|found| !discount::is_automatic(found));
        let Some(before) = found else {
            let error = UserError::new(&["id"], "INVALID", "Discount does not exist").without_code();
            return Ok(Ok(refused("codeDiscountNode", &[error])));
        };
        let input = object(field, wrapper);
        let setting = Setting { shop: self.shop, now: self.now, wrapper, type_name, is_new: false };
        let mut changed = match setting.changed(&before, &input) {
            Ok(changed) => changed,
            Err(Refusal::Top(problem)) => return Ok(Err(problem)),
            Err(Refusal::User(errors)) => return Ok(Ok(refused("codeDiscountNode", &errors))),
        };
        if let Some(code) = input.get("code") {
            let errors = self.set_code(&setting, &mut changed, number, code.as_str())?;
            if !errors.is_empty() {
                return Ok(Ok(refused("codeDiscountNode", &errors)));
            }
        }
        changed.insert("updatedAt".to_string(), json!(discount::written(self.now)));
        self.keep(field, number, &changed, Value::Object(input))
    }

    fn set_code(
        &self,
        setting: &Setting,
        changed: &mut Discount,
        id: u64,
        code: Option<&str>,
    ) -> Stored<Vec<UserError>> {
        let mut errors = setting.code_errors(code);
        let code = code.unwrap_or_default();
        let is_bulk = discount::redeem_codes(changed).len() > 1;
        if is_bulk && !discount::has_code(changed, code) {
            let message = "Cannot update the code of a bulk discount.";
            return Ok(vec![UserError::new(&["id"], "INVALID", message).without_code()]);
        }
        if errors.is_empty() && self.is_taken(code, Some(id))? {
            errors.push(taken(setting));
        }
        if errors.is_empty() && !is_bulk {
            let mut kept = discount::redeem_codes(changed).first().cloned();
            if let Some(Value::Object(fields)) = &mut kept {
                fields.insert("code".to_string(), json!(code));
            }
            let code = kept.unwrap_or_else(|| discount::new_redeem_code(id, code));
            changed.insert("redeemCodes".to_string(), json!([code]));
        }
        Ok(errors)
    }

    fn switch(&self, field: &Selected, id: &str, switched: Switch) -> Stored<Answered> {
        let Some(number) = discount::number_of(id) else { return Ok(Err(wrong_family(id))) };
        let found = self.discount(number)?.filter(|found| !discount::is_automatic(found));
        let Some(found) = found else { return Ok(Ok(refused("codeDiscountNode", &[not_there(&["id"])]))) };
        self.keep(field, number, &switched(found, self.now), json!({}))
    }

    fn delete(&self, field: &Selected, id: &str) -> Stored<Answered> {
        let Some(number) = discount::number_of(id) else { return Ok(Err(wrong_family(id))) };
        if self.discount(number)?.is_none_or(|found| discount::is_automatic(&found)) {
            return Ok(Ok(refused("deletedCodeDiscountId", &[not_there(&["id"])])));
        }
        self.act.remove_coupon(self.shop.id.as_str(), number)?;
        self.note(field, id, json!({}))?;
        Ok(Ok(json!({ "deletedCodeDiscountId": id, "userErrors": [] })))
    }

    /// A job that is done before anybody can ask for it; it tells nothing of single discounts.
    fn bulk(&self, field: &Selected, deed: &dyn Fn(u64, Discount) -> Stored<()>) -> Stored<Answered> {
        let search = match bulk_search(field) {
            Ok(search) => search,
            Err(error) => return Ok(Ok(refused("job", &[error]))),
        };
        let ids: Option<Vec<u64>> = field.arguments.get("ids").and_then(Value::as_array).map(|ids| numbers(ids));
        for (id, found) in self.act.coupons(self.shop.id.as_str())? {
            let is_meant = match (&ids, &search) {
                (Some(ids), _) => ids.contains(&id),
                (None, Some(search)) => search.finds(id, &found, self.shop.zone, self.now),
                (None, None) => false,
            };
            if is_meant && !discount::is_automatic(&found) {
                let name = discount::id_text(id, &found);
                deed(id, found)?;
                self.note(field, &name, json!({}))?;
            }
        }
        self.job()
    }

    fn keep_switched(&self, id: u64, found: Discount, switched: Switch) -> Stored<()> {
        self.act.put_coupon(self.shop.id.as_str(), id, &switched(found, self.now))
    }

    fn add_codes(&self, field: &Selected) -> Stored<Answered> {
        let codes = field.arguments.get("codes").and_then(Value::as_array).cloned().unwrap_or_default();
        if codes.len() > CODES_AT_ONCE_MAX {
            let message = format!(
                "The input array size of {} is greater than the maximum allowed of {CODES_AT_ONCE_MAX}.",
                codes.len()
            );
            return Ok(Err(Problem::new("MAX_INPUT_SIZE_EXCEEDED", message)));
        }
        let (id, number, mut found) = match self.with_codes(field)? {
            Ok(found) => found,
            Err(error) => return Ok(Ok(refused("bulkCreation", &[error]))),
        };
        let mut all = discount::redeem_codes(&found).to_vec();
        let before = all.len();
        for code in codes.iter().filter_map(|code| code["code"].as_str()) {
            found.insert("redeemCodes".to_string(), json!(all));
            if !code.trim().is_empty() && !self.is_taken(code, None)? && !discount::has_code(&found, code) {
                all.push(discount::new_redeem_code(self.act.new_coupon_id(self.shop.id.as_str())?, code));
            }
        }
        let imported = all.len() - before;
        found.insert("redeemCodes".to_string(), json!(all));
        self.act.put_coupon(self.shop.id.as_str(), number, &found)?;
        self.note(field, &id, json!({ "codes": codes }))?;
        let creation = format!("gid://shopify/DiscountRedeemCodeBulkCreation/{}", self.next_number()?);
        let done = json!({
            "id": creation, "done": true, "codesCount": codes.len(), "importedCount": imported,
            "failedCount": codes.len() - imported,
        });
        self.act.set_fact(&self.fact(&creation), &done.to_string())?;
        let begun = json!({
            "id": creation, "done": false, "codesCount": codes.len(), "importedCount": 0, "failedCount": 0,
        });
        Ok(Ok(json!({ "bulkCreation": begun, "userErrors": [] })))
    }

    fn remove_codes(&self, field: &Selected) -> Stored<Answered> {
        let search = match bulk_search(field) {
            Ok(search) => search,
            Err(error) => return Ok(Ok(refused("job", &[error]))),
        };
        let (id, number, mut found) = match self.with_codes(field)? {
            Ok(found) => found,
            Err(error) => return Ok(Ok(refused("job", &[error]))),
        };
        let ids = field.arguments.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
        let named: Vec<u64> = ids.iter().filter_map(Value::as_str).filter_map(discount::redeem_code_number).collect();
        let mut codes = discount::redeem_codes(&found).to_vec();
        codes.retain(|code| {
            let is_found =
                search.as_ref().is_some_and(|search| search.names(code["code"].as_str().unwrap_or_default()));
            !is_found && !code["number"].as_u64().is_some_and(|number| named.contains(&number))
        });
        found.insert("redeemCodes".to_string(), json!(codes));
        self.act.put_coupon(self.shop.id.as_str(), number, &found)?;
        self.note(field, &id, json!({ "ids": ids }))?;
        self.job()
    }

    /// The discount that a mutation of its codes names.
    fn with_codes(&self, field: &Selected) -> Stored<Result<(String, u64, Discount), UserError>> {
        let id = text(field, "discountId").unwrap_or_default();
        let number = discount::number_of(id).unwrap_or_default();
        let found = self.discount(number)?.filter(|found| !discount::is_automatic(found));
        Ok(found.map(|found| (id.to_string(), number, found)).ok_or_else(|| not_there(&["discountId"])))
    }

    fn is_taken(&self, code: &str, by_other_than: Option<u64>) -> Stored<bool> {
        let all = self.act.coupons(self.shop.id.as_str())?;
        Ok(all.iter().any(|(id, found)| Some(*id) != by_other_than && discount::has_code(found, code)))
    }

    /// Stores, notes, and shows as every mutation of one discount does.
    fn keep(&self, field: &Selected, id: u64, changed: &Discount, asked: Value) -> Stored<Answered> {
        self.act.put_coupon(self.shop.id.as_str(), id, changed)?;
        self.note(field, &discount::id_text(id, changed), asked)?;
        Ok(Ok(json!({ "codeDiscountNode": self.shown(id, changed, "codeDiscount"), "userErrors": [] })))
    }

    fn note(&self, field: &Selected, id: &str, fields: Value) -> Stored<()> {
        self.act.note(&AuditLine {
            at: self.now,
            platform: Platform::Shopify,
            store: self.shop.id.to_string(),
            call: field.name.clone(),
            coupon_id: id.to_string(),
            fields,
        })
    }

    fn job(&self) -> Stored<Answered> {
        let number = self.next_number()?.to_string();
        let id = format!(
            "gid://shopify/Job/{}",
            hash_hex(&[&self.settings.seed, self.shop.id.as_str(), "job", &number], 32)
        );
        self.act.set_fact(&self.fact(&id), &json!({ "id": id, "done": true }).to_string())?;
        Ok(Ok(json!({ "job": { "id": id, "done": false }, "userErrors": [] })))
    }

    fn remembered(&self, id: &str) -> Stored<Answered> {
        let found = self.act.fact(&self.fact(id))?;
        Ok(Ok(found.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or(Value::Null)))
    }

    fn fact(&self, id: &str) -> String {
        format!("{} {id}", self.shop.id)
    }

    fn next_number(&self) -> Stored<u64> {
        self.act.new_coupon_id(self.shop.id.as_str())
    }
}

fn text<'a>(field: &'a Selected, name: &str) -> Option<&'a str> {
    field.arguments.get(name).and_then(Value::as_str)
}

fn object(field: &Selected, name: &str) -> Map<String, Value> {
    field.arguments.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

type Switch = fn(Discount, Timestamp) -> Discount;

/// Sheet section 3.1. An end that was past is lost; a coming one is kept. (The latter is inferred.)
fn activated(mut found: Discount, now: Timestamp) -> Discount {
    let (name, value) = match Status::of(&found, now) {
        Status::Active => return found,
        Status::Scheduled => ("startsAt", json!(discount::written(now))),
        Status::Expired => ("endsAt", Value::Null),
    };
    found.insert(name.to_string(), value);
    found.insert("updatedAt".to_string(), json!(discount::written(now)));
    found
}

/// Sheet section 3.1.
fn deactivated(mut found: Discount, now: Timestamp) -> Discount {
    let at = json!(discount::written(now));
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
    let of = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
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
fn bulk_search(field: &Selected) -> Result<Option<Search>, UserError> {
    let given = |name: &&str| field.arguments.get(*name).is_some_and(|value| !value.is_null());
    let about: Vec<&str> = ["ids", "search", "savedSearchId"].into_iter().filter(given).collect();
    match about.as_slice() {
        [] => {
            let message = "Missing expected argument key: 'ids', 'search' or 'saved_search_id'.";
            Err(UserError::new(&[], "MISSING_ARGUMENT", message).without_field())
        }
        ["search"] => {
            let query = text(field, "search").unwrap_or_default();
            if query.trim().is_empty() {
                return Err(UserError::new(&["search"], "BLANK", "'Search' can't be blank."));
            }
            let search = Search::of(Some(query));
            // In the codes of one discount it is the one thing to search by.
            let unknown =
                if field.name == "discountCodeRedeemCodeBulkDelete" { Vec::new() } else { search.unknown_fields() };
            if !unknown.is_empty() {
                let message = format!("Invalid search field(s): {}. Check the query syntax.", unknown.join(", "));
                return Err(UserError::new(&["search"], "INVALID", &message));
            }
            Ok(Some(search))
        }
        [_] => Ok(None),
        _ => {
            let message = "Only one of 'ids', 'search' or 'saved_search_id' is allowed.";
            Err(UserError::new(&[], "TOO_MANY_ARGUMENTS", message).without_field())
        }
    }
}

fn numbers(ids: &[Value]) -> Vec<u64> {
    ids.iter().filter_map(Value::as_str).filter_map(discount::number_of).collect()
}

fn refused(subject: &str, errors: &[UserError]) -> Value {
    json!({ subject: null, "userErrors": errors.iter().map(UserError::body).collect::<Vec<_>>() })
}

fn not_there(field: &[&str]) -> UserError {
    UserError::new(field, "INVALID", NOT_THERE)
}

fn taken(setting: &Setting) -> UserError {
    setting.error(&["code"], "TAKEN", "Code must be unique. Please try a different code.")
}

fn wrong_family(id: &str) -> Problem {
    Problem::new("RESOURCE_NOT_FOUND", format!("Invalid id: {id}"))
}
