//! Shopee's JSON and its error words. Everything peculiar to their spelling ends here.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient;

/// A voucher as `get_voucher_list` and `get_voucher` send it; the list lacks what `get_voucher` adds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Voucher {
    #[serde(deserialize_with = "lenient::text")]
    pub voucher_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub voucher_code: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub voucher_name: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    pub voucher_type: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub reward_type: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub usage_quantity: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub current_usage: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub start_time: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub end_time: Option<i64>,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_admin: bool,
    #[serde(deserialize_with = "lenient::whole")]
    pub voucher_purpose: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub usecase: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub target_voucher: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    pub cmt_voucher_status: Option<i64>,
    #[serde(deserialize_with = "lenient::decimal")]
    pub discount_amount: Option<Decimal>,
    #[serde(deserialize_with = "lenient::decimal")]
    pub percentage: Option<Decimal>,
    #[serde(deserialize_with = "lenient::decimal")]
    pub min_basket_price: Option<Decimal>,
    #[serde(deserialize_with = "lenient::decimal")]
    pub max_price: Option<Decimal>,
    #[serde(deserialize_with = "lenient::list")]
    pub display_channel_list: Vec<Value>,
    #[serde(deserialize_with = "lenient::list")]
    pub item_id_list: Vec<Value>,
}

/// One page of `get_voucher_list`. Each voucher is read on its own, so that one odd one does not hide the others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Page {
    #[serde(deserialize_with = "lenient::flag")]
    pub more: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub voucher_list: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShopInfo {
    #[serde(deserialize_with = "lenient::text")]
    pub shop_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub region: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// When the shop's authorization ends.
    #[serde(deserialize_with = "lenient::whole")]
    pub expire_time: Option<i64>,
}

/// Markets by region: currency, and the ending of the seller centre's host. Source: the fact that a shop sells in its market's
/// currency is inferred; no voucher field carries one.
pub(super) const MARKETS: [(&str, &str, &str); 11] = [
    ("SG", "SGD", "sg"),
    ("MY", "MYR", "com.my"),
    ("TH", "THB", "co.th"),
    ("TW", "TWD", "tw"),
    ("ID", "IDR", "co.id"),
    ("VN", "VND", "vn"),
    ("PH", "PHP", "ph"),
    ("BR", "BRL", "com.br"),
    ("MX", "MXN", "com.mx"),
    ("CO", "COP", "com.co"),
    ("CL", "CLP", "cl"),
];

/// `response` of an answer, as far as it is an object (on failures it is often an empty text).
pub(super) fn response(answer: &Answer) -> Map<String, Value> {
    answer.body.get("response").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// `error` decides; Shopee documents no HTTP statuses.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let said = |field: &str| answer.body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (code, message) = (said("error"), said("message"));
    let (verdict, advice) = match code {
        // A day that is used up is not waited out, whatever the status.
        Some("error_limit") => meaning("error_limit", "", false),
        _ if answer.status.as_u16() == 429 => (Verdict::NotNow, ""),
        None if answer.status.is_success() && answer.body.is_object() => (Verdict::Accepted, ""),
        Some(code) => meaning(code, message.unwrap_or_default(), answer.status.is_server_error()),
        None if answer.status.is_client_error() => (Verdict::Refused(CallErrorKind::Rejected), ""),
        None => (Verdict::Trouble, ""),
    };
    Judgement {
        verdict,
        code: code.map(str::to_string),
        message: message.filter(|_| verdict != Verdict::Accepted).map(str::to_string),
        request_id: answer.request_id(),
        advice,
    }
}

/// Whether a refusal only says that the access token has run out.
pub(super) fn is_token_refusal(code: Option<&str>, words: Option<&str>) -> bool {
    match code {
        // Both spellings are in use; the first is the documented one.
        Some("invalid_acceess_token" | "invalid_access_token") => true,
        Some("error_auth") => words.is_some_and(|words| words.contains("Invalid access_token")),
        _ => false,
    }
}

fn meaning(code: &str, message: &str, server_error: bool) -> (Verdict, &'static str) {
    use CallErrorKind::{NotAllowed, NotFound, Rejected, Restricted, SignIn, Throttled};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    match code {
        "error_rate_limit" => (Verdict::NotNow, ""),
        "error_limit" => refused(Throttled, "the app's calls for today are used up; they begin anew at 00:00 UTC+8"),
        "error_server"
        | "common.error_server"
        | "error_network"
        | "error_data"
        | "error_inner"
        | "error_system_busy" => (Verdict::Trouble, ""),
        "error_sign" => {
            refused(SignIn, "the signature is wrong; check partner id, partner key and host (live or sandbox)")
        }
        "error_auth" if message.contains("No permission") => {
            refused(NotAllowed, "the app lacks the right for this call; ask for it in Shopee's developer console")
        }
        "error_auth" | "invalid_acceess_token" | "invalid_access_token" => {
            refused(SignIn, "the sign-in has ended; authorize the shop anew: {sign in again}")
        }
        "error_param" if message.to_ascii_lowercase().contains("timestamp") => {
            refused(SignIn, "this computer's clock is wrong; set it and try again")
        }
        "invalid_partner_id"
        | "partner_shop_no_link"
        | "shop_no_linked"
        | "refresh_token_expired"
        | "error_shop_refresh_token"
        | "shop_access_expired"
        | "invalid_shop_id" => {
            refused(SignIn, "the shop is not linked to the app any more; authorize it anew: {sign in again}")
        }
        "invalid_code" | "invalid_main_acount_id" | "invalid_main_account_id" => refused(
            SignIn,
            "the code was used already, has run out or is for another shop; {sign in again} for a new one",
        ),
        "error_partner_key_expired" => {
            refused(SignIn, "the app's partner key has ended; make a new one in the console")
        }
        "shop_banned" => refused(Restricted, "the shop is banned; see the seller centre"),
        "error_kyc_auth" | "error_api_call_restricted" | "error_api_permission" => {
            refused(NotAllowed, "Shopee restricts the app or the shop; see its developer console")
        }
        "source_ip_undeclared" => refused(NotAllowed, "this computer's address is not on the app's list; add it there"),
        "common.error_not_found" => refused(NotFound, "there is no such voucher in this shop"),
        _ => match VOUCHER_REFUSALS.iter().find(|(known, _)| *known == code) {
            Some((_, advice)) => refused(Rejected, advice),
            None if server_error => (Verdict::Trouble, ""),
            None => refused(Rejected, ""),
        },
    }
}

/// The refusals that a manager meets, in their words. Source: the error lists of the six voucher operations.
const VOUCHER_REFUSALS: [(&str, &str); 15] = [
    ("voucher.voucher_code_duplicate_error", "the shop has used this code already; choose another"),
    ("voucher.voucher_code_error", "a code is 1 to 5 letters or digits"),
    ("voucher.voucher_coin_error", "this shop cannot give coins back"),
    ("voucher.voucher_over_limit", "the shop has 1000 coming and running vouchers, which is the most; end some first"),
    ("voucher.voucher_min_price_error", "the min spend must be higher than the discount"),
    ("voucher.voucher_start_time_error", "the start has passed"),
    ("voucher.voucher_time_period_error", "a voucher must run for an hour or more"),
    ("voucher.voucher_end_time_error", "a voucher can run for 3 months at most"),
    ("voucher.voucher_end_time_reduce_error", "an end can only be moved earlier; recreate the voucher instead"),
    ("voucher.voucher_quantity_reduce_error", "a total can only be raised"),
    ("voucher.voucher_ongoing_param_error", "this cannot be changed while the voucher runs; recreate it instead"),
    ("voucher.operate_voucher_permission_error", "Shopee or one of its tools made this voucher; change it there"),
    ("voucher.delete_voucher_error", "only a coming voucher can be deleted; end a running one"),
    ("voucher.end_voucher_status_error", "only a running voucher can be ended; delete a coming one"),
    ("voucher.update_end_voucher_error", "the voucher has ended already"),
];
