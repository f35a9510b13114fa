//! What a shop does for a caller who has shown a key. Sheet sections 2 and 4.

use serde_json::{Map, Value, json};

use super::coupon::Coupon;
use super::error::{WooError, error, invalid_id, no_route};
use super::{Route, is_forced, list, sign_in, write};
use crate::domain::{Platform, Timestamp};
use crate::sandbox::AuditLine;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::scenario::{Shop, WooShop};
use crate::sandbox::state::{Act, Stored};

const BATCH_MAX: usize = 100;

/// Serves one shop's signed calls.
pub(super) struct Counter<'c> {
    pub shop: &'c Shop,
    pub own: &'c WooShop,
    pub act: &'c Act<'c>,
    pub now: Timestamp,
}

impl Counter<'_> {
    pub fn serve(&self, route: Route, request: &Request) -> Stored<Answer> {
        let done = match (route, request.method.as_str()) {
            (Route::Coupons, "GET" | "HEAD") => return self.list(request),
            (Route::Coupons, "POST") => self.create_one(request)?,
            (Route::Batch, "POST" | "PUT" | "PATCH") => self.batch(request)?,
            (Route::Coupon(id), "GET" | "HEAD") => self.get(request, id)?,
            (Route::Coupon(id), "POST" | "PUT" | "PATCH") => self.update_one(request, id)?,
            (Route::Coupon(id), "DELETE") if is_forced(request) => self.delete(request, id)?.map(whole_answer),
            (Route::Coupon(id), "DELETE") => self.trash(request, id)?,
            (Route::Currency, "GET") => Ok(Answer::json(200, &self.currency())),
            (Route::Totals, "GET") => Ok(Answer::json(200, &list::totals(&self.all()?))),
            (Route::SystemStatus, "GET") => Ok(Answer::json(200, &self.system_status(request))),
            _ => Err(no_route()),
        };
        Ok(done.unwrap_or_else(|error| error.answer()))
    }

    fn get(&self, request: &Request, id: u64) -> Stored<Result<Answer, WooError>> {
        let Some((id, coupon)) = self.find(id)? else { return Ok(Err(invalid_id(404))) };
        let shown = list::only_fields(request, self.shown(request, id, &coupon));
        Ok(Ok(whole_answer(shown)))
    }

    fn create_one(&self, request: &Request) -> Stored<Result<Answer, WooError>> {
        let fields = match body(request) {
            Ok(fields) => fields,
            Err(error) => return Ok(Err(error)),
        };
        if fields.get("code").is_none_or(Value::is_null) {
            let mut missing = error("rest_missing_callback_param", "Missing parameter(s): code", 400);
            missing.data.insert("params".to_string(), json!(["code"]));
            return Ok(Err(missing));
        }
        if let Err(error) = write::check_schema(&fields, self.own.version.is_modern()) {
            return Ok(Err(error));
        }
        Ok(self.create(request, &fields)?.map(|shown| {
            let id = shown.get("id").cloned().unwrap_or_default();
            let place = format!("{}/wp-json/wc/v3/coupons/{id}", sign_in::home(self.own, request));
            Answer::json(201, &Value::Object(shown)).with_header("location", place)
        }))
    }

    fn update_one(&self, request: &Request, id: u64) -> Stored<Result<Answer, WooError>> {
        let fields = match body(request) {
            Ok(fields) => fields,
            Err(error) => return Ok(Err(error)),
        };
        if let Err(error) = write::check_schema(&fields, self.own.version.is_modern()) {
            return Ok(Err(error));
        }
        Ok(self.update(request, id, &fields)?.map(whole_answer))
    }

    fn create(&self, request: &Request, fields: &Map<String, Value>) -> Stored<Result<Map<String, Value>, WooError>> {
        if fields.get("id").and_then(Value::as_u64).is_some_and(|id| id > 0) {
            return Ok(Err(error("woocommerce_rest_shop_coupon_exists", "Cannot create existing shop_coupon.", 400)));
        }
        let coupon = match self.setting().changed(Coupon::blank(self.now.timestamp()), fields) {
            Ok(coupon) => coupon,
            Err(error) => return Ok(Err(error)),
        };
        if coupon.code.is_empty() {
            return Ok(Err(error("woocommerce_rest_empty_coupon_code", "The coupon code cannot be empty.", 400)));
        }
        if self.is_taken(&coupon.code, None)? {
            return Ok(Err(code_taken()));
        }
        let id = self.act.new_coupon_id(self.shop.id.as_str())?;
        self.keep("create", id, &coupon, fields.clone())?;
        Ok(Ok(self.shown(request, id, &coupon)))
    }

    fn update(
        &self,
        request: &Request,
        id: u64,
        fields: &Map<String, Value>,
    ) -> Stored<Result<Map<String, Value>, WooError>> {
        let Some((id, before)) = self.find(id)? else { return Ok(Err(invalid_id(400))) };
        let coupon = match self.setting().changed(before, fields) {
            Ok(coupon) => coupon,
            Err(error) => return Ok(Err(error)),
        };
        // Only a code that is sent is looked at: publishing a draft whose code is taken passes.
        let sends_code = fields.get("code").is_some_and(|code| !code.is_null());
        if sends_code && coupon.code.is_empty() {
            return Ok(Err(error("woocommerce_rest_empty_coupon_code", "The coupon code cannot be empty.", 400)));
        }
        if sends_code && self.is_taken(&coupon.code, Some(id))? {
            return Ok(Err(code_taken()));
        }
        self.keep("update", id, &coupon, fields.clone())?;
        Ok(Ok(self.shown(request, id, &coupon)))
    }

    fn trash(&self, request: &Request, id: u64) -> Stored<Result<Answer, WooError>> {
        let Some((id, before)) = self.find(id)? else { return Ok(Err(invalid_id(404))) };
        if before.status == "trash" {
            return Ok(Err(error("woocommerce_rest_already_trashed", "The coupon has already been deleted.", 410)));
        }
        let trashed = Coupon { status: "trash".to_string(), ..before.clone() };
        self.keep("trash", id, &trashed, Map::new())?;
        if !self.own.version.is_modern() {
            // Measured on 7.9: it is in the bin, and the answer says that it is not.
            return Ok(Err(error("woocommerce_rest_cannot_delete", "The shop_coupon cannot be deleted.", 500)));
        }
        Ok(Ok(whole_answer(self.shown(request, id, &before))))
    }

    fn delete(&self, request: &Request, id: u64) -> Stored<Result<Map<String, Value>, WooError>> {
        let Some((id, coupon)) = self.find(id)? else { return Ok(Err(invalid_id(404))) };
        self.act.remove_coupon(self.shop.id.as_str(), id)?;
        self.note("delete", id, json!({ "force": true }))?;
        Ok(Ok(self.shown(request, id, &coupon)))
    }

    /// Creates, then updates, then deletes for good; each item on its own.
    fn batch(&self, request: &Request) -> Stored<Result<Answer, WooError>> {
        let asked = match body(request) {
            Ok(asked) => asked,
            Err(error) => return Ok(Err(error)),
        };
        let items = |name: &str| asked.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let (creates, updates, deletes) = (items("create"), items("update"), items("delete"));
        if creates.len() + updates.len() + deletes.len() > BATCH_MAX {
            let words = format!("Unable to accept more than {BATCH_MAX} items for this request.");
            return Ok(Err(error("woocommerce_rest_request_entity_too_large", words, 413)));
        }
        let mut done = Map::new();
        for (name, items) in [("create", creates), ("update", updates), ("delete", deletes)] {
            let answers = items.iter().map(|item| self.batch_item(request, name, item)).collect::<Stored<Vec<_>>>()?;
            if !answers.is_empty() {
                done.insert(name.to_string(), Value::Array(answers));
            }
        }
        // Nothing to do is an empty list, not an empty object: PHP knows no difference.
        let answer = if done.is_empty() { json!([]) } else { Value::Object(done) };
        Ok(Ok(Answer::json(200, &answer)))
    }

    fn batch_item(&self, request: &Request, name: &str, item: &Value) -> Stored<Value> {
        let fields = item.as_object().cloned().unwrap_or_default();
        let asked_id = if name == "delete" { item.clone() } else { fields.get("id").cloned().unwrap_or(Value::Null) };
        let id = asked_id.as_u64().or_else(|| asked_id.as_str().and_then(|id| id.parse().ok())).unwrap_or(0);
        let (done, id_on_error) = match name {
            "create" => (self.create(request, &fields)?, json!(0)),
            "update" => (self.update(request, id, &fields)?, asked_id),
            _ => (self.delete(request, id)?, asked_id),
        };
        Ok(match done {
            Ok(shown) => Value::Object(shown),
            Err(error) => json!({ "id": id_on_error, "error": error.body() }),
        })
    }

    /// The coupon with this id. Old releases take an id that is no coupon's for a code.
    fn find(&self, id: u64) -> Stored<Option<(u64, Coupon)>> {
        let Ok(_) = i64::try_from(id) else { return Ok(None) };
        if let Some(fields) = self.act.coupon(self.shop.id.as_str(), id)? {
            return Ok(Some((id, Coupon::from_fields(fields)?)));
        }
        if self.own.version.is_modern() {
            return Ok(None);
        }
        let all = self.all()?;
        let found = list::published_with(&all, &id.to_string());
        Ok(all.into_iter().find(|(id, _)| Some(*id) == found))
    }

    /// Codes are only held against published coupons.
    fn is_taken(&self, code: &str, by_other_than: Option<u64>) -> Stored<bool> {
        let is_taking =
            |(id, coupon): &(u64, Coupon)| Some(*id) != by_other_than && coupon.is_published() && coupon.code == code;
        Ok(self.all()?.iter().any(is_taking))
    }

    fn keep(&self, call: &str, id: u64, coupon: &Coupon, fields: Map<String, Value>) -> Stored<()> {
        self.act.put_coupon(self.shop.id.as_str(), id, &coupon.to_fields()?)?;
        self.note(call, id, Value::Object(fields))
    }

    fn note(&self, call: &str, id: u64, fields: Value) -> Stored<()> {
        self.act.note(&AuditLine {
            at: self.now,
            platform: Platform::WooCommerce,
            store: self.shop.id.to_string(),
            call: call.to_string(),
            coupon_id: id.to_string(),
            fields,
        })
    }

    pub(super) fn shown(&self, request: &Request, id: u64, coupon: &Coupon) -> Map<String, Value> {
        coupon.shown(id, self.shop.zone, self.own, &sign_in::home(self.own, request))
    }

    fn setting(&self) -> write::Setting {
        write::Setting { zone: self.shop.zone, now: self.now, is_modern: self.own.version.is_modern() }
    }

    pub fn index(&self, request: &Request) -> Value {
        use chrono::Offset;
        let home = sign_in::home(self.own, request);
        let offset = self.now.with_timezone(&self.shop.zone).offset().fix().local_minus_utc();
        json!({
            "name": self.shop.name, "description": "", "url": home, "home": home,
            "gmt_offset": f64::from(offset) / 3600.0, "timezone_string": self.shop.zone.name(),
            "namespaces": ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"], "authentication": {}, "routes": {},
        })
    }

    fn currency(&self) -> Value {
        json!({ "code": self.shop.currency.code(), "name": self.shop.currency.code(), "symbol": self.shop.currency.code() })
    }

    fn system_status(&self, request: &Request) -> Value {
        json!({
            "environment": {
                "home_url": sign_in::home(self.own, request), "version": self.own.version,
                "wp_version": if self.own.version.is_modern() { "7.0.4" } else { "6.1.9" },
            },
            "settings": { "currency": self.shop.currency, "api_enabled": true },
        })
    }
}

/// The parameters of a write: a JSON object. Without the JSON content type WordPress does not look at the body.
fn body(request: &Request) -> Result<Map<String, Value>, WooError> {
    if !request.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
        return Ok(Map::new());
    }
    request.json_object().ok_or_else(|| {
        let mut invalid = error("rest_invalid_json", "Invalid JSON body passed.", 400);
        invalid.data.insert("json_error_code".to_string(), json!(4));
        invalid.data.insert("json_error_message".to_string(), json!("Syntax error"));
        invalid
    })
}

fn code_taken() -> WooError {
    error("woocommerce_rest_coupon_code_already_exists", "The coupon code already exists", 400)
}

fn whole_answer(shown: Map<String, Value>) -> Answer {
    Answer::json(200, &Value::Object(shown))
}
