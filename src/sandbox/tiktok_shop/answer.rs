//! TikTok Shop's envelope and its codes. The sheet's section 5.

use serde_json::{Value, json};
use std::borrow::Cow;
use url::Url;

use super::shop::Settings;
use crate::domain::Timestamp;
use crate::sandbox::entry::{CallError, Refused};
use crate::sandbox::exchange::Answer;

/// What a call that was carried out answers with, under `data`.
pub(super) enum Reply {
    Api(Value),
    /// The token host writes its success in small letters.
    Token(Value),
    /// The browser is sent on.
    Redirect(Url),
}

/// A call that TikTok Shop does not carry out.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u64,
    status: Status,
    message: Cow<'static, str>,
}

impl Refused for Refusal {}

/// What comes of a call.
pub(super) type Done<T> = Result<T, CallError<Refusal>>;

/// What decides the HTTP status, which the platform publishes for no code.
type Status = fn(&Settings) -> u16;

const SIGN_IN: Status = |settings| settings.sign_in_status;
const DENIED: Status = |settings| settings.denied_status;
const PATH: Status = |settings| settings.path_status;
const PACE: Status = |settings| settings.rate_limit_status;
const BUSINESS: Status = |settings| settings.error_status;

const fn refusal(code: u64, status: Status, message: &'static str) -> Refusal {
    Refusal { code, status, message: Cow::Borrowed(message) }
}

/// One code for many faults: only the message tells them apart.
const MIXED: u64 = 36009004;

pub(super) const INVALID_PATH: Refusal = refusal(36009009, PATH, "Invalid path. Please check the request path.");
pub(super) const INVALID_METHOD: Refusal = refusal(36009010, PATH, "Invalid method. Please check the request method.");
pub(super) const INVALID_VERSION: Refusal =
    refusal(36009014, PATH, "Invalid API version. Please check the version in the request path.");
pub(super) const INVALID_FORMAT: Refusal =
    refusal(36009022, BUSINESS, "Invalid request format. The request body must be in JSON format.");
pub(super) const TOO_MANY_REQUESTS: Refusal =
    refusal(36009002, PACE, "Too many requests. You've made too many requests in a short period of time.");

pub(super) const INVALID_APP_KEY: Refusal =
    refusal(MIXED, SIGN_IN, "Invalid credentials. Invalid `app_key` query parameter.");
/// Not documented; worded as its sister.
pub(super) const INVALID_APP_SECRET: Refusal =
    refusal(MIXED, SIGN_IN, "Invalid credentials. Invalid `app_secret` query parameter.");
pub(super) const TIMESTAMP_NEGATIVE: Refusal =
    refusal(MIXED, SIGN_IN, "Invalid timestamp. The `timestamp` query parameter is lesser than 0.");
pub(super) const TIMESTAMP_OLD: Refusal = refusal(
    MIXED,
    SIGN_IN,
    "Invalid timestamp. The `timestamp` query parameter is earlier than 5 minutes before the current time.",
);
pub(super) const TIMESTAMP_EARLY: Refusal = refusal(
    MIXED,
    SIGN_IN,
    "Invalid timestamp. The `timestamp` query parameter is more than 30 seconds after the current time.",
);
pub(super) const MISSING_SIGN: Refusal =
    refusal(MIXED, SIGN_IN, "Missing credentials. The `sign` query parameter is required.");
pub(super) const WRONG_SIGN: Refusal =
    refusal(106001, SIGN_IN, "Invalid credentials. The `sign` query parameter is invalid.");
pub(super) const INVALID_TOKEN: Refusal =
    refusal(MIXED, SIGN_IN, "Invalid credentials. The `x-tts-access-token` header is invalid.");
pub(super) const EXPIRED_TOKEN: Refusal =
    refusal(105002, SIGN_IN, "Expired credentials. The `access_token` or `x-tts-access-token` header has expired.");

pub(super) const INVALID_AUTH_CODE: Refusal = refusal(36004004, SIGN_IN, "Invalid auth code.");
/// What a refresh token that was replaced, or never was, is answered with is not documented; worded as its sisters.
pub(super) const INVALID_REFRESH_TOKEN: Refusal =
    refusal(MIXED, SIGN_IN, "Invalid credentials. The `refresh_token` query parameter is invalid.");
/// Not documented; worded as its sister.
pub(super) const EXPIRED_REFRESH_TOKEN: Refusal =
    refusal(105002, SIGN_IN, "Expired credentials. The `refresh_token` query parameter has expired.");

pub(super) const OUT_OF_SCOPE: Refusal = refusal(
    105005,
    DENIED,
    "Access denied. The app is not authorized to access the endpoint. Please check the scopes granted by the seller.",
);
pub(super) const FOREIGN_SHOP: Refusal = refusal(
    101000,
    DENIED,
    "Invalid query or header. The `x-tts-access-token` header and the `shop_cipher` query parameter do not match.",
);
pub(super) const MISSING_CIPHER: Refusal =
    refusal(106013, BUSINESS, "Missing identifier. The `shop_cipher` query parameter is required.");
pub(super) const UNEXPECTED_CIPHER: Refusal =
    refusal(MIXED, BUSINESS, "Unexpected identifier. The `shop_cipher` query parameter is not required.");
pub(super) const INVALID_SHOP_ID: Refusal =
    refusal(MIXED, BUSINESS, "Invalid identifier. The `shop_id` query parameter is invalid.");

const ADDRESS_NOT_ALLOWED: Refusal =
    refusal(36009033, DENIED, "Access denied. Your IP address is not in the IP allow list of the app.");
const INTERNAL_ERROR: Refusal = refusal(36009003, |_| 500, "Internal error. Please try again later.");
const TIMED_OUT: Refusal = refusal(36009007, |_| 408, "Request timeout. Please try again later.");

/// Which fault of a parameter has which code is documented for no coupon call; the mixed code is the gateway's own.
pub(super) fn invalid_parameter(name: &str, wanted: &str) -> Refusal {
    let message = Cow::Owned(format!("Invalid parameter. The `{name}` parameter is invalid: {wanted}."));
    Refusal { code: MIXED, status: BUSINESS, message }
}

/// What a shop that refuses every call says.
pub(super) fn of_code(code: u64) -> Refusal {
    let known = [
        ADDRESS_NOT_ALLOWED,
        INTERNAL_ERROR,
        TIMED_OUT,
        TOO_MANY_REQUESTS,
        OUT_OF_SCOPE,
        FOREIGN_SHOP,
        EXPIRED_TOKEN,
        WRONG_SIGN,
    ];
    let unknown = || refusal(code, BUSINESS, "The request is refused.");
    known.into_iter().find(|refusal| refusal.code == code).unwrap_or_else(unknown)
}

/// The answer for a coupon id that the shop does not have: a code of the scenario's choice, for the documents have none.
pub(super) fn no_such_coupon(settings: &Settings) -> Refusal {
    refusal(settings.missing_coupon_code, BUSINESS, "The coupon does not exist.")
}

/// `request_id` (32 hex digits) ends what a seller quotes to the platform's support.
pub(super) fn answer(result: Result<Reply, Refusal>, settings: &Settings, now: Timestamp, request_id: &str) -> Answer {
    let tail = request_id.get(..20).unwrap_or(request_id).to_ascii_uppercase();
    let request_id = format!("{}{tail}", now.format("%Y%m%d%H%M%S"));
    let body = |code: u64, message: &str, data: Value| json!({ "code": code, "message": message, "data": data, "request_id": request_id });
    match result {
        Ok(Reply::Api(data)) => Answer::json(200, &body(0, "Success", data)),
        Ok(Reply::Token(data)) => Answer::json(200, &body(0, "success", data)),
        Ok(Reply::Redirect(address)) => Answer::redirect(&address),
        Err(Refusal { code, status, message }) => {
            // Live messages go on like this, so that none can be matched whole.
            let message = format!("{message} For more details: https://m.tiktok.shop/s/{code}");
            Answer::json(status(settings), &body(code, &message, Value::Null))
        }
    }
}
