//! WordPress's error bodies: `{code, message, data: {status}}`, the HTTP status being the same.

use serde_json::{Value, json};

use crate::sandbox::entry::{CallError, Refused};
use crate::sandbox::exchange::Answer;
use crate::sandbox::fields::Fields;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct WooError {
    pub code: &'static str,
    pub message: String,
    pub status: u16,
    /// Further members of `data`.
    pub data: Fields,
}

pub(super) fn error(code: &'static str, message: impl Into<String>, status: u16) -> WooError {
    WooError { code, message: message.into(), status, data: Fields::new() }
}

impl Refused for WooError {}

/// What comes of a call.
pub(super) type Done<T> = Result<T, CallError<WooError>>;

impl WooError {
    /// With a further member of `data`.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.data.insert(name.to_string(), value);
        self
    }

    pub fn body(&self) -> Value {
        let mut data = self.data.clone();
        data.insert("status".to_string(), json!(self.status));
        json!({ "code": self.code, "message": self.message, "data": data })
    }

    pub fn answer(&self) -> Answer {
        Answer::json(self.status, &self.body())
    }
}

pub(super) fn authentication(message: &str) -> WooError {
    error("woocommerce_rest_authentication_error", message, 401)
}

pub(super) fn invalid_id(status: u16) -> WooError {
    error("woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.", status)
}

pub(super) fn no_route() -> WooError {
    error("rest_no_route", "No route was found matching the URL and request method.", 404)
}

/// One parameter that the schema refuses.
#[derive(Debug)]
pub(super) struct BadParameter {
    pub name: String,
    pub code: &'static str,
    pub message: String,
}

/// One 400 that names all of them.
pub(super) fn invalid_parameters(bad: &[BadParameter]) -> WooError {
    let names: Vec<&str> = bad.iter().map(|parameter| parameter.name.as_str()).collect();
    let (mut params, mut details) = (Fields::new(), Fields::new());
    for BadParameter { name, code, message } in bad {
        params.insert(name.clone(), json!(message));
        details.insert(name.clone(), json!({ "code": code, "message": message, "data": null }));
    }
    error("rest_invalid_param", format!("Invalid parameter(s): {}", names.join(", ")), 400)
        .with("params", Value::Object(params))
        .with("details", Value::Object(details))
}
