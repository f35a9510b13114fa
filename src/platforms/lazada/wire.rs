//! Lazada's JSON and its error words. Everything peculiar to their spelling ends here.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::time::Duration;

use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::{self, lenient_fields};

pub(super) const COLLECTIBLE: &str = "COLLECTIBLE_VOUCHER";
pub(super) const WITH_CODE: &str = "CODE_VOUCHER";
/// Every read asks for one of them; there is no word for both.
pub(super) const VOUCHER_TYPES: [&str; 2] = [COLLECTIBLE, WITH_CODE];

lenient_fields! {
    /// A voucher as list and detail send it; the detail's count of uses may be null.
    pub(super) struct Voucher {
        pub id: Option<String>,
        pub voucher_type: Option<String>,
        pub voucher_name: Option<String>,
        pub voucher_code: Option<String>,
        pub status: Option<String>,
        pub apply: Option<String>,
        pub display_area: Option<String>,
        pub collect_start: Option<i64>,
        pub period_start_time: Option<i64>,
        pub period_end_time: Option<i64>,
        pub voucher_discount_type: Option<String>,
        pub criteria_over_money: Option<Decimal>,
        pub offering_money_value_off: Option<Decimal>,
        pub offering_percentage_discount_off: Option<Decimal>,
        pub max_discount_offering_money_value: Option<Decimal>,
        pub limit: Option<i64>,
        pub issued: Option<i64>,
        pub order_used_budget: Option<i64>,
        pub currency: Option<String>,
    }

    /// One page of a list. Each row is read on its own, so that one odd one does not hide the others.
    pub(super) struct Page {
        pub total: Option<i64>,
        pub page_size: Option<i64>,
        pub data_list: Vec<Value>,
    }

    /// The products of a voucher: one row a product, with those of its variants that the voucher is for.
    pub(super) struct Product {
        pub sku_ids: Vec<Value>,
    }

    pub(super) struct Seller {
        pub seller_id: Option<String>,
        pub name: Option<String>,
        pub status: Option<String>,
        #[serde(rename = "marketplaceEaseMode")]
        pub marketplace_ease_mode: bool,
    }

    pub(super) struct Refreshed {
        pub access_token: Option<String>,
        pub refresh_token: Option<String>,
        /// Seconds.
        pub expires_in: Option<i64>,
        /// Seconds; text on one of the two token calls.
        pub refresh_expires_in: Option<i64>,
        /// The seller's account, commonly a mail address.
        pub account: Option<String>,
        country_user_info: Value,
        country_user_info_list: Value,
    }
}

impl Refreshed {
    /// Whom the tokens are for. The documents show a list and an object by country, under two names.
    pub fn seller_ids(&self) -> Vec<String> {
        let of = |info: &Value| match info {
            Value::Array(users) => users.clone(),
            Value::Object(users) => users.values().cloned().collect(),
            _ => Vec::new(),
        };
        let users = of(&self.country_user_info).into_iter().chain(of(&self.country_user_info_list));
        users.filter_map(|user| user.get("seller_id").map(lenient::id)).filter(|id| !id.is_empty()).collect()
    }
}

/// Lazada's own samples print null as the text `"null"`; only a name may really be that word.
pub(super) fn plain(value: Value) -> Value {
    match value {
        Value::String(text) if text == "null" => Value::Null,
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(fields) => {
            let read = |(name, value): (String, Value)| {
                let value = if name == "voucher_name" { value } else { plain(value) };
                (name, value)
            };
            Value::Object(fields.into_iter().map(read).collect())
        }
        other => other,
    }
}

/// `data` of an answer, null where there is none.
pub(super) fn data(answer: &Answer) -> Value {
    plain(answer.body.get("data").cloned().unwrap_or_default())
}

/// `code` decides, then `success`, then `error_code`; the HTTP status is 200 for refusals too.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let nothing = Map::new();
    let body = answer.body.as_object().unwrap_or(&nothing);
    let code = said(body, "code");
    let is_no = said(body, "success").is_some_and(|success| success.eq_ignore_ascii_case("false"));
    let error_code = said(body, "error_code").filter(|code| code != "0");
    let (code, message) = match code {
        Some(zero) if zero == "0" && !is_no && error_code.is_none() => (None, None),
        Some(zero) if zero == "0" => (Some(error_code.unwrap_or_default()), said(body, "error_msg")),
        code => (Some(code.unwrap_or_default()), said(body, "message")),
    };
    let (verdict, advice) = match &code {
        _ if answer.status.as_u16() == 429 => (Verdict::NotNow, ""),
        None if answer.status.is_success() => (Verdict::Accepted, ""),
        Some(code) if !code.is_empty() => {
            let own_trouble = matches!(said(body, "type").as_deref(), Some("ISP" | "SYSTEM"));
            meaning(code, message.as_deref().unwrap_or_default(), own_trouble || answer.status.is_server_error())
        }
        _ if is_no || answer.status.is_client_error() => (Verdict::Refused(CallErrorKind::Rejected), ""),
        _ => (Verdict::Trouble, ""),
    };
    Judgement { verdict, code: code.filter(|code| !code.is_empty()), message, request_id: answer.request_id(), advice }
}

/// A field as text, whatever it came as; none for null, `"null"` and empty text.
fn said(body: &Map<String, Value>, field: &str) -> Option<String> {
    let text = match body.get(field)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty() && text != "null")
}

/// Whether a refusal only says that the access token has run out.
pub(super) fn is_token_refusal(code: Option<&str>) -> bool {
    code == Some("IllegalAccessToken")
}

fn meaning(code: &str, message: &str, own_trouble: bool) -> (Verdict, &'static str) {
    use CallErrorKind::{NotAllowed, NotFound, Rejected, SignIn, Throttled};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    let message = message.to_ascii_lowercase();
    match code {
        "ApiCallLimit" | "AppCallLimit" => (Verdict::NotBefore(ban(&message)), ""),
        "901" => (Verdict::NotNow, ""),
        "998" => refused(Throttled, "advice-lazada-campaign"),
        "IllegalAccessToken" | "IllegalRefreshToken" => refused(SignIn, "advice-lazada-ended"),
        "InvalidCode" => refused(SignIn, "advice-lazada-code"),
        "AUTH_TYPE_UNSUPPORTED" => refused(SignIn, "advice-lazada-auth-type"),
        "IncompleteSignature" => refused(SignIn, "advice-signature"),
        // No document names the error of a clock that is off; whatever it is called, it speaks of the timestamp.
        _ if code.contains("Timestamp") || message.contains("timestamp") => refused(SignIn, "advice-clock"),
        "InvalidAppKey" => refused(SignIn, "advice-lazada-app-key"),
        "AppWhiteIpLimit" => refused(NotAllowed, "advice-ip"),
        "Mp3SellerApiLimit" => refused(NotAllowed, "advice-lazada-ease-mode"),
        "26" => refused(NotAllowed, "advice-lazada-not-allowed"),
        "MissingParameter" | "24" => refused(Rejected, "advice-mistake"),
        // Two meanings under one number; that of the wrong type names it.
        "21" if message.contains("type") => refused(Rejected, ""),
        "ServiceTimeout" | "21" | "25" => (Verdict::Trouble, ""),
        "23" if message.contains("not exist") || message.contains("not found") => {
            refused(NotFound, "advice-no-voucher")
        }
        "23" => refused(Rejected, ""),
        _ if own_trouble => (Verdict::Trouble, ""),
        _ => refused(Rejected, ""),
    }
}

/// "… this ban will last 1 seconds": the last number of the sentence; a second where it names none.
fn ban(message: &str) -> Duration {
    let seconds = message.split_whitespace().filter_map(|word| word.parse().ok()).next_back();
    Duration::from_secs(seconds.unwrap_or(1))
}
