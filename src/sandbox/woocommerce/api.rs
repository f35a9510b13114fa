//! What a shop does for a caller who has shown a key. Sheet sections 2 and 4.

use chrono::Offset;
use serde_json::{Value, json};

use super::coupon::Coupon;
use super::error::{Done, WooError, error, invalid_id, no_route};
use super::list::{self, CouponReader};
use super::route::{Route, writes};
use super::write;
use crate::sandbox::entry::{refuse_if, settled};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::fields::Fields;
use crate::sandbox::state::Stored;

const BATCH_MAX: usize = 100;

/// Serves one shop's signed calls.
pub(super) struct CouponApi<'c> {
    pub reader: CouponReader<'c>,
    pub request: &'c Request,
}

impl CouponApi<'_> {
    pub fn serve(&self, route: Route) -> Done<Answer> {
        let method = self.request.method.as_str();
        match route {
            Route::List if matches!(method, "GET" | "HEAD") => self.reader.list(self.request),
            Route::Create => self.create_one(),
            Route::Batch if writes(self.request) => self.batch(),
            Route::Get(id) => {
                let (id, coupon) = self.reader.find(id)?.ok_or_else(|| invalid_id(404))?;
                Ok(whole_answer(list::only_fields(self.request, self.shown(id, &coupon))))
            }
            Route::Update(id) if writes(self.request) => {
                let fields = body(self.request)?;
                write::check_schema(&fields, self.reader.shop.own.is_modern())?;
                Ok(whole_answer(self.update(id, &fields)?))
            }
            Route::Delete(id) => Ok(whole_answer(self.delete(id)?)),
            Route::Trash(id) => self.trash(id),
            Route::Currency if method == "GET" => Ok(Answer::json(200, &self.currency())),
            Route::Totals if method == "GET" => Ok(Answer::json(200, &list::totals(&self.reader.all()?))),
            Route::SystemStatus if method == "GET" => Ok(Answer::json(200, &self.system_status())),
            _ => Err(no_route().into()),
        }
    }

    fn create_one(&self) -> Done<Answer> {
        let fields = body(self.request)?;
        if fields.get("code").is_none_or(Value::is_null) {
            let missing = error("rest_missing_callback_param", "Missing parameter(s): code", 400);
            return Err(missing.with("params", json!(["code"])).into());
        }
        write::check_schema(&fields, self.reader.shop.own.is_modern())?;
        let shown = self.create(&fields)?;
        let id = shown.get("id").cloned().unwrap_or_default();
        let place = format!("{}/wp-json/wc/v3/coupons/{id}", self.reader.shop.own.home(self.request));
        Ok(Answer::json(201, &Value::Object(shown)).with_header("location", place))
    }

    fn create(&self, fields: &Fields) -> Done<Fields> {
        if fields.get("id").and_then(Value::as_u64).is_some_and(|id| id > 0) {
            let message = "Cannot create existing shop_coupon.";
            return Err(error("woocommerce_rest_shop_coupon_exists", message, 400).into());
        }
        let coupon = self.reader.changed(Coupon::blank(self.reader.context.now.timestamp()), fields)?;
        self.check_code(&coupon.code, None)?;
        let id = self.reader.context.act.new_coupon_id(self.reader.shop.id.as_str())?;
        self.keep("create", id, &coupon, fields.clone())?;
        Ok(self.shown(id, &coupon))
    }

    fn update(&self, id: u64, fields: &Fields) -> Done<Fields> {
        let (id, before) = self.reader.find(id)?.ok_or_else(|| invalid_id(400))?;
        let coupon = self.reader.changed(before, fields)?;
        // Only a code that is sent is looked at: publishing a draft whose code is taken passes.
        if fields.get("code").is_some_and(|code| !code.is_null()) {
            self.check_code(&coupon.code, Some(id))?;
        }
        self.keep("update", id, &coupon, fields.clone())?;
        Ok(self.shown(id, &coupon))
    }

    /// Codes are only held against published coupons.
    fn check_code(&self, code: &str, of: Option<u64>) -> Done<()> {
        refuse_if(code.is_empty(), || {
            error("woocommerce_rest_empty_coupon_code", "The coupon code cannot be empty.", 400)
        })?;
        let has_it = |(id, coupon): &(u64, Coupon)| Some(*id) != of && coupon.is_published() && coupon.code == code;
        if self.reader.all()?.iter().any(has_it) {
            let message = "The coupon code already exists";
            return Err(error("woocommerce_rest_coupon_code_already_exists", message, 400).into());
        }
        Ok(())
    }

    fn trash(&self, id: u64) -> Done<Answer> {
        let (id, before) = self.reader.find(id)?.ok_or_else(|| invalid_id(404))?;
        if before.status == "trash" {
            let message = "The coupon has already been deleted.";
            return Err(error("woocommerce_rest_already_trashed", message, 410).into());
        }
        let trashed = Coupon { status: "trash".to_string(), ..before.clone() };
        self.keep("trash", id, &trashed, Fields::new())?;
        if !self.reader.shop.own.is_modern() {
            // Measured on 7.9: it is in the bin, and the answer says that it is not.
            return Err(error("woocommerce_rest_cannot_delete", "The shop_coupon cannot be deleted.", 500).into());
        }
        Ok(whole_answer(self.shown(id, &before)))
    }

    fn delete(&self, id: u64) -> Done<Fields> {
        let (id, coupon) = self.reader.find(id)?.ok_or_else(|| invalid_id(404))?;
        self.reader.context.act.remove_coupon(self.reader.shop.id.as_str(), id)?;
        self.reader.context.note(self.reader.shop, "delete", id, json!({ "force": true }))?;
        Ok(self.shown(id, &coupon))
    }

    /// Creates, then updates, then deletes for good; each item on its own.
    fn batch(&self) -> Done<Answer> {
        let items = body(self.request)?;
        let items = |name: &str| items.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let parts = ["create", "update", "delete"].map(|name| (name, items(name)));
        if parts.iter().map(|(_, items)| items.len()).sum::<usize>() > BATCH_MAX {
            let words = format!("Unable to accept more than {BATCH_MAX} items for this request.");
            return Err(error("woocommerce_rest_request_entity_too_large", words, 413).into());
        }
        let mut done = Fields::new();
        for (name, items) in parts {
            let answers = items.iter().map(|item| self.batch_item(name, item)).collect::<Stored<Vec<_>>>()?;
            if !answers.is_empty() {
                done.insert(name.to_string(), Value::Array(answers));
            }
        }
        // Nothing to do is an empty list, not an empty object: PHP knows no difference.
        let answer = if done.is_empty() { json!([]) } else { Value::Object(done) };
        Ok(Answer::json(200, &answer))
    }

    fn batch_item(&self, name: &str, item: &Value) -> Stored<Value> {
        let fields = item.as_object().cloned().unwrap_or_default();
        let named = if name == "delete" { item.clone() } else { fields.get("id").cloned().unwrap_or(Value::Null) };
        let id = named.as_u64().or_else(|| named.as_str().and_then(|id| id.parse().ok())).unwrap_or(0);
        let (done, id_on_error) = match name {
            "create" => (self.create(&fields), json!(0)),
            "update" => (self.update(id, &fields), named),
            _ => (self.delete(id), named),
        };
        Ok(match settled(done)? {
            Ok(shown) => Value::Object(shown),
            Err(error) => json!({ "id": id_on_error, "error": error.body() }),
        })
    }

    fn keep(&self, call: &str, id: u64, coupon: &Coupon, fields: Fields) -> Stored<()> {
        self.reader.context.act.put_coupon(self.reader.shop.id.as_str(), id, &coupon.to_fields()?)?;
        self.reader.context.note(self.reader.shop, call, id, Value::Object(fields))
    }

    fn shown(&self, id: u64, coupon: &Coupon) -> Fields {
        self.reader.shown(self.request, id, coupon)
    }

    pub fn index(&self) -> Value {
        let CouponReader { context, shop } = self.reader;
        let home = shop.own.home(self.request);
        let offset = context.now.with_timezone(&shop.zone).offset().fix().local_minus_utc();
        json!({
            "name": shop.name, "description": "", "url": home, "home": home,
            "gmt_offset": f64::from(offset) / 3600.0, "timezone_string": shop.zone.name(),
            "namespaces": ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"], "authentication": {}, "routes": {},
        })
    }

    fn currency(&self) -> Value {
        let code = self.reader.shop.currency.code();
        json!({ "code": code, "name": code, "symbol": code })
    }

    fn system_status(&self) -> Value {
        let shop = self.reader.shop;
        json!({
            "environment": {
                "home_url": shop.own.home(self.request), "version": shop.own.version,
                "wp_version": if shop.own.is_modern() { "7.0.4" } else { "6.1.9" },
            },
            "settings": { "currency": shop.currency, "api_enabled": true },
        })
    }
}

/// The parameters of a write: a JSON object. Without the JSON content type WordPress does not look at the body.
fn body(request: &Request) -> Result<Fields, WooError> {
    if !request.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
        return Ok(Fields::new());
    }
    request.json_object().ok_or_else(|| {
        error("rest_invalid_json", "Invalid JSON body passed.", 400)
            .with("json_error_code", json!(4))
            .with("json_error_message", json!("Syntax error"))
    })
}

fn whole_answer(shown: Fields) -> Answer {
    Answer::json(200, &Value::Object(shown))
}
