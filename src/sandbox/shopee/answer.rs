//! Shopee's envelope and its error names. The sheet's section 4, documented unless marked.

use serde_json::{Value, json};
use url::Url;

use super::shop::Settings;
use crate::sandbox::entry::{CallError, Refused};
use crate::sandbox::exchange::Answer;
use crate::sandbox::fields::Fields;

/// What a call that was carried out answers with.
pub(super) enum Reply {
    /// Under `response`, as every voucher call has it.
    Wrapped(Value),
    /// Beside `error`, as token and shop calls have it.
    TopLevel(Fields),
    /// The browser is sent on.
    Redirect(Url),
}

/// A call that Shopee does not carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub error: String,
    pub message: String,
}

impl Refused for Refusal {}

/// What comes of a call.
pub(super) type Done<T> = Result<T, CallError<Refusal>>;

pub(super) fn refusal(error: &str, message: impl Into<String>) -> Refusal {
    Refusal { error: error.to_string(), message: message.into() }
}

pub(super) fn wrong_parameters(detail: impl std::fmt::Display) -> Refusal {
    refusal("error_param", format!("Wrong parameters, detail: {detail}."))
}

pub(super) fn rate_limited() -> Refusal {
    refusal("error_rate_limit", "Too many requests. You have reached the rate limit. Please try again later.")
}

pub(super) fn not_found() -> Refusal {
    refusal("common.error_not_found", "The information you queried is not found.")
}

/// `request_id` is what a seller quotes to the platform's support.
pub(super) fn answer(result: Result<Reply, Refusal>, settings: &Settings, request_id: &str) -> Answer {
    match result {
        Ok(Reply::Wrapped(response)) => {
            Answer::json(200, &json!({ "error": "", "message": "", "request_id": request_id, "response": response }))
        }
        Ok(Reply::TopLevel(mut fields)) => {
            for (name, value) in [("error", ""), ("message", ""), ("request_id", request_id)] {
                fields.insert(name.to_string(), json!(value));
            }
            Answer::json(200, &Value::Object(fields))
        }
        Ok(Reply::Redirect(address)) => Answer::redirect(&address),
        Err(Refusal { error, message }) => Answer::json(
            status(&error, settings),
            &json!({ "error": error, "message": message, "request_id": request_id, "response": "" }),
        ),
    }
}

/// The platform documents no HTTP status, so these come from the scenario.
fn status(error: &str, settings: &Settings) -> u16 {
    match error {
        "error_auth" | "error_sign" | "invalid_acceess_token" => settings.sign_in_status,
        "error_rate_limit" => settings.rate_limit_status,
        _ => settings.error_status,
    }
}
