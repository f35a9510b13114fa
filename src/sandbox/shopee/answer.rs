//! Shopee's envelope and its error names. The sheet's section 4, documented unless marked.

use serde_json::{Value, json};
use std::borrow::Cow;
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
#[derive(Debug)]
pub(super) struct Refusal {
    error: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl Refused for Refusal {}

/// What comes of a call.
pub(super) type Done<T> = Result<T, CallError<Refusal>>;

pub(super) const fn known(error: &'static str, message: &'static str) -> Refusal {
    Refusal { error: Cow::Borrowed(error), message: Cow::Borrowed(message) }
}

pub(super) const RATE_LIMITED: Refusal =
    known("error_rate_limit", "Too many requests. You have reached the rate limit. Please try again later.");
pub(super) const NOT_FOUND: Refusal = known("common.error_not_found", "The information you queried is not found.");

pub(super) fn refusal(error: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal { error: error.into(), message: message.into() }
}

pub(super) fn wrong_parameters(detail: impl std::fmt::Display) -> Refusal {
    refusal("error_param", format!("Wrong parameters, detail: {detail}."))
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
