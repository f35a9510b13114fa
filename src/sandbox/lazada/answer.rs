//! Lazada's envelope, its three shapes of failure and its two spellings of scalars. The sheet's sections 2.1 and 4.

use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt::Display;
use url::Url;

use super::shop::{Refusals, Scalars, Settings};
use crate::sandbox::entry::{CallError, Refused};
use crate::sandbox::exchange::Answer;
use crate::sandbox::fields::Fields;

/// What a call that was carried out answers with.
pub(super) enum Reply {
    /// Under `data`, as voucher calls have it.
    Data(Value),
    /// Without `data`, as activating has it.
    Done,
    /// Beside `code`, as token calls have it.
    TopLevel(Fields),
    /// The browser is sent on.
    Redirect(Url),
}

/// A call that Lazada does not carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// By the gateway, before any service saw it.
    Gateway { code: Cow<'static, str>, message: Cow<'static, str> },
    /// By the voucher service: a number of the table and a text.
    Business { code: i64, message: Cow<'static, str> },
}

impl Refused for Refusal {}

/// What comes of a call.
pub(super) type Done<T> = Result<T, CallError<Refusal>>;

const fn gateway(code: &'static str, message: &'static str) -> Refusal {
    Refusal::Gateway { code: Cow::Borrowed(code), message: Cow::Borrowed(message) }
}

pub(super) const WRONG_SIGNATURE: Refusal =
    gateway("IncompleteSignature", "The request signature does not conform to lazop standards");
/// No document names the error of a stale timestamp; this is in the manner of its sisters.
pub(super) const ILLEGAL_TIMESTAMP: Refusal =
    gateway("IllegalTimestamp", "The specified timestamp is invalid or expired");
/// Only third-party lists have this name, and `InvalidApi`.
pub(super) const INVALID_APP_KEY: Refusal = gateway("InvalidAppKey", "The specified app_key is invalid");
pub(super) const ILLEGAL_ACCESS_TOKEN: Refusal =
    gateway("IllegalAccessToken", "The specified access token is invalid or expired");
pub(super) const ILLEGAL_REFRESH_TOKEN: Refusal =
    gateway("IllegalRefreshToken", "The specified refresh token is invalid or expired");
pub(super) const INVALID_CODE: Refusal = gateway("InvalidCode", "Invalid authorization code");
pub(super) const NO_REFRESH: Refusal =
    gateway("AUTH_TYPE_UNSUPPORTED", "The authorization type of this app does not support refresh");
pub(super) const WRONG_VOUCHER_TYPE: Refusal =
    Refusal::Business { code: 21, message: Cow::Borrowed("E021: wrong voucher_type") };

fn named(code: impl Into<Cow<'static, str>>, message: String) -> Refusal {
    Refusal::Gateway { code: code.into(), message: Cow::Owned(message) }
}

pub(super) fn missing_parameter(name: &str) -> Refusal {
    let is_mandatory = "that is mandatory for processing this request is not supplied";
    named("MissingParameter", format!("The input parameter \"{name}\" {is_mandatory}"))
}

pub(super) fn invalid_api(method: &str, path: &str) -> Refusal {
    named("InvalidApi", format!("The specified API is invalid: {method} {path}"))
}

pub(super) fn call_limit(ban_seconds: u64) -> Refusal {
    let lasts = format!("this ban will last {ban_seconds} seconds");
    named("ApiCallLimit", format!("Api access frequency exceeds the limit. {lasts}"))
}

/// A breach of a rule, 23 in section 4's table. The texts are not documented.
pub(super) fn invalid(what: impl Display) -> Refusal {
    Refusal::Business { code: 23, message: Cow::Owned(format!("E023: {what}")) }
}

/// 24 in section 4's table.
pub(super) fn illegal_parameter(what: impl Display) -> Refusal {
    Refusal::Business { code: 24, message: Cow::Owned(format!("E024: parameter illegal, {what}")) }
}

/// What a scenario's `refuse_with` ends every voucher call in: a number of the table, or a gateway's name.
pub(super) fn named_refusal(error: &str) -> Refusal {
    match error.parse::<i64>() {
        Ok(code @ 21..=26) => {
            Refusal::Business { code, message: Cow::Owned(format!("E0{code}: refused by the scenario")) }
        }
        _ => named(error.to_string(), format!("{error}: this call is refused for this seller")),
    }
}

/// `request_id` is what a seller quotes to the platform's support.
pub(super) fn answer(result: Result<Reply, Refusal>, is_write: bool, settings: &Settings, request_id: &str) -> Answer {
    let success =
        || json!({ "code": "0", "success": true, "error_code": null, "error_msg": null, "request_id": request_id });
    let (status, body) = match result {
        Ok(Reply::Redirect(address)) => return Answer::redirect(&address),
        Ok(Reply::Done) => (200, success()),
        Ok(Reply::Data(data)) => {
            let mut body = success();
            body["data"] = data;
            (200, body)
        }
        Ok(Reply::TopLevel(mut fields)) => {
            fields.insert("code".to_string(), json!("0"));
            fields.insert("request_id".to_string(), json!(request_id));
            (200, Value::Object(fields))
        }
        Err(Refusal::Gateway { code, message }) => {
            let body = json!({ "type": origin(&code), "code": code, "message": message, "request_id": request_id });
            (settings.gateway_status, body)
        }
        Err(Refusal::Business { code, message }) => (200, refused(code, &message, is_write, settings, request_id)),
    };
    Answer::json(status, &rendered(body, settings.scalars))
}

/// Integrators saw refusals inside a success of the gateway; the documents' table reads as if the number were `code`.
fn refused(code: i64, message: &str, is_write: bool, settings: &Settings, request_id: &str) -> Value {
    match settings.refusals {
        Refusals::Code => {
            json!({ "type": "ISP", "code": code.to_string(), "message": message, "request_id": request_id })
        }
        Refusals::Success => {
            // Documented as a String on reads and an Integer on writes.
            let error_code = if is_write { json!(code) } else { json!(code.to_string()) };
            json!({
                "code": "0", "success": false, "data": null, "error_code": error_code, "error_msg": message,
                "request_id": request_id,
            })
        }
    }
}

/// Who is at fault: the caller, a service behind the gateway, or the gateway.
fn origin(code: &str) -> &'static str {
    match code {
        "901" | "998" => "SYSTEM",
        "ServiceTimeout" => "ISP",
        _ => "ISV",
    }
}

/// The official samples print every scalar as text and nothing as the text `null`; one public client reads native values and
/// finds empty fields absent.
fn rendered(value: Value, scalars: Scalars) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| scalars != Scalars::Sparse || !value.is_null())
            .map(|(name, value)| (name, rendered(value, scalars)))
            .collect(),
        Value::Array(values) => values.into_iter().map(|value| rendered(value, scalars)).collect(),
        Value::String(text) => Value::String(text),
        scalar if scalars == Scalars::Text => Value::String(scalar.to_string()),
        scalar => scalar,
    }
}
