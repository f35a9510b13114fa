//! What a write makes of a coupon. Sheet sections 2.2 and 4, and the measured traps.
//!
//! A single request's fields are first held against the schema; a batch's items are not, and what does not fit is bent until
//! it does, without a word.

use serde_json::Value;

use super::coupon::{Coupon, Meta};
use super::dates;
use super::error::{BadParameter, WooError, error, invalid_parameters};
use super::list::CouponReader;
use super::text::{amount, stored_amount, stored_code, stored_description};
use crate::sandbox::entry::refuse_if;
use crate::sandbox::fields::Fields;

const DISCOUNT_TYPES: [&str; 3] = ["percent", "fixed_cart", "fixed_product"];
const STRINGS: [&str; 3] = ["code", "description", "status"];
const AMOUNTS: [&str; 3] = ["amount", "minimum_amount", "maximum_amount"];
const LIMITS: [&str; 3] = ["usage_limit", "usage_limit_per_user", "limit_usage_to_x_items"];
const SWITCHES: [&str; 3] = ["individual_use", "free_shipping", "exclude_sale_items"];
const ID_LISTS: [&str; 4] =
    ["product_ids", "excluded_product_ids", "product_categories", "excluded_product_categories"];

/// Holds a single request's fields against the schema. `null` passes everywhere: WordPress does not look at it.
pub(super) fn check_schema(fields: &Fields, is_modern: bool) -> Result<(), WooError> {
    let mut bad = Vec::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        if let Some(wanted) = breached_type(name, value, is_modern) {
            let message = format!("{name} is not of type {wanted}.");
            bad.push(BadParameter { name: name.clone(), code: "rest_invalid_type", message });
        }
    }
    if let Some(text) = fields.get("discount_type").filter(|value| !value.is_null())
        && !text.as_str().is_some_and(|text| DISCOUNT_TYPES.contains(&text))
    {
        let message = "discount_type is not one of percent, fixed_cart, and fixed_product.".to_string();
        bad.push(BadParameter { name: "discount_type".to_string(), code: "rest_not_in_enum", message });
    }
    refuse_if(!bad.is_empty(), || invalid_parameters(&bad))
}

/// The type that `name` should have had.
fn breached_type(name: &str, value: &Value, is_modern: bool) -> Option<&'static str> {
    let (fits, wanted) = match name {
        "date_expires" => (value.is_string(), "string,null"),
        "meta_data" => (value.is_array(), "array"),
        "email_restrictions" => (list(value).is_some(), "array"),
        name if ID_LISTS.contains(&name) => (list(value).is_some(), "array"),
        name if STRINGS.contains(&name) => (value.is_string(), "string"),
        name if AMOUNTS.contains(&name) => (value.is_string() || (is_modern && value.is_number()), "string"),
        name if LIMITS.contains(&name) => (whole(value).is_some(), "integer,null"),
        name if SWITCHES.contains(&name) => (switch(value).is_some(), "boolean"),
        _ => return None,
    };
    (!fits).then_some(wanted)
}

impl CouponReader<'_> {
    /// `coupon` with `fields` laid over it, in the order of the schema. Fields that nobody can set are passed over.
    pub fn changed(&self, mut coupon: Coupon, fields: &Fields) -> Result<Coupon, WooError> {
        let before = coupon.clone();
        if let Some(code) = text(fields, "code") {
            coupon.code = stored_code(&code);
        }
        self.set_discount(&mut coupon, fields)?;
        if let Some(status) = text(fields, "status").filter(|_| self.shop.own.is_modern()) {
            // Not held against any list. WordPress publishes at once what would be due already.
            coupon.status = if status == "future" { "publish".to_string() } else { status };
        }
        if let Some(description) = text(fields, "description") {
            coupon.description = stored_description(&description);
        }
        self.set_expiry(&mut coupon, fields);
        set_limits(&mut coupon, fields);
        set_switches(&mut coupon, fields);
        set_lists(&mut coupon, fields)?;
        self.set_spend(&mut coupon, fields)?;
        set_meta(&mut coupon, fields);
        // Measured: new limits, amounts and expiries leave it alone.
        let moves =
            coupon.code != before.code || coupon.description != before.description || coupon.status != before.status;
        if moves {
            coupon.modified = self.context.now.timestamp();
        }
        Ok(coupon)
    }

    fn set_discount(&self, coupon: &mut Coupon, fields: &Fields) -> Result<(), WooError> {
        if let Some(kind) = text(fields, "discount_type") {
            refuse_if(!DISCOUNT_TYPES.contains(&kind.as_str()), || {
                error("coupon_invalid_discount_type", "Invalid discount type", 400)
            })?;
            coupon.discount_type = kind;
        }
        let Some(wanted) = text(fields, "amount") else { return Ok(()) };
        let stored = stored_amount(&wanted, self.shop.own.is_modern());
        let value = amount(&stored);
        let is_over = coupon.discount_type == "percent" && value > 100.into();
        refuse_if(value.is_sign_negative() && !value.is_zero() || (is_over && self.shop.own.is_modern()), || {
            error("coupon_invalid_amount", "Invalid discount amount", 400)
        })?;
        // Measured on 7.9: accepted, and the coupon gives nothing.
        coupon.amount = if is_over { "0.00".to_string() } else { stored };
        Ok(())
    }

    /// `null` is passed over and `""` clears. `date_expires_gmt` has no setter at all.
    fn set_expiry(&self, coupon: &mut Coupon, fields: &Fields) {
        if let Some(wanted) = text(fields, "date_expires") {
            coupon.expires = dates::read(&wanted, self.shop.zone, self.context.now);
        }
    }

    fn set_spend(&self, coupon: &mut Coupon, fields: &Fields) -> Result<(), WooError> {
        if let Some(wanted) = text(fields, "minimum_amount") {
            coupon.minimum_amount = stored_amount(&wanted, self.shop.own.is_modern());
        }
        if let Some(wanted) = text(fields, "maximum_amount") {
            let maximum = stored_amount(&wanted, self.shop.own.is_modern());
            let value = amount(&maximum);
            refuse_if(self.shop.own.is_modern() && !value.is_zero() && value < amount(&coupon.minimum_amount), || {
                error("coupon_invalid_maximum_amount", "Invalid maximum spend value", 400)
            })?;
            coupon.maximum_amount = maximum;
        }
        Ok(())
    }
}

/// Unlike the date, a limit is cleared by `null`; 0 means none; a negative one loses its sign.
fn set_limits(coupon: &mut Coupon, fields: &Fields) {
    let limits = [&mut coupon.usage_limit, &mut coupon.usage_limit_per_user, &mut coupon.limit_usage_to_x_items];
    for (limit, name) in limits.into_iter().zip(LIMITS) {
        if let Some(value) = fields.get(name) {
            *limit = whole(value).map(i64::unsigned_abs).filter(|limit| *limit > 0);
        }
    }
}

fn set_switches(coupon: &mut Coupon, fields: &Fields) {
    let switches = [&mut coupon.individual_use, &mut coupon.free_shipping, &mut coupon.exclude_sale_items];
    for (is_on, name) in switches.into_iter().zip(SWITCHES) {
        if let Some(value) = fields.get(name).filter(|value| !value.is_null()) {
            // What is no yes or no counts as yes; only a batch brings such here.
            *is_on = switch(value).unwrap_or(true);
        }
    }
}

fn set_lists(coupon: &mut Coupon, fields: &Fields) -> Result<(), WooError> {
    let texts = |name: &str| fields.get(name).and_then(list);
    let id_lists = [
        &mut coupon.product_ids,
        &mut coupon.excluded_product_ids,
        &mut coupon.product_categories,
        &mut coupon.excluded_product_categories,
    ];
    for (ids, name) in id_lists.into_iter().zip(ID_LISTS) {
        if let Some(texts) = texts(name) {
            *ids = texts.iter().filter_map(|text| text.parse().ok()).collect();
        }
    }
    if let Some(emails) = texts("email_restrictions") {
        let emails: Vec<String> = emails.into_iter().filter(|email| !email.is_empty()).collect();
        refuse_if(emails.iter().any(|email| !email.contains('@')), || {
            error("coupon_invalid_email_address", "Invalid email address restriction", 400)
        })?;
        coupon.email_restrictions = emails;
    }
    Ok(())
}

/// Entries without an id replace those of the same key; the value `null` removes one.
fn set_meta(coupon: &mut Coupon, fields: &Fields) {
    let Some(entries) = fields.get("meta_data").and_then(Value::as_array) else { return };
    for entry in entries {
        let id = entry.get("id").and_then(Value::as_u64);
        let Some(key) = entry.get("key").and_then(Value::as_str) else { continue };
        let value = entry.get("value").cloned().unwrap_or(Value::Null);
        let found = coupon.meta_data.iter().position(|meta| match id {
            Some(id) => meta.id == id,
            None => meta.key == key,
        });
        match (found, value.is_null()) {
            (Some(place), true) => drop(coupon.meta_data.remove(place)),
            (None, true) => {}
            (Some(place), false) => {
                if let Some(meta) = coupon.meta_data.get_mut(place) {
                    (meta.key, meta.value) = (key.to_string(), value);
                }
            }
            (None, false) => {
                coupon.meta_data.push(Meta { id: coupon.next_meta_id, key: key.to_string(), value });
                coupon.next_meta_id += 1;
            }
        }
    }
}

/// A text, or a number written as one; `null` and anything else is as if absent.
fn text(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An integer, also when written as a text or as 5.0.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(switch) => Some(*switch),
        Value::Number(number) => number.as_i64().filter(|number| (0..=1).contains(number)).map(|number| number == 1),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A JSON list, or a text with commas.
fn list(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => text.trim().to_string(),
        other => other.to_string(),
    };
    match value {
        Value::Array(values) => Some(values.iter().map(text).collect()),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        Value::String(text) => Some(text.split(',').map(|part| part.trim().to_string()).collect()),
        _ => None,
    }
}
