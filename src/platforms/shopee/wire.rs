//! Shopee's JSON and its error words. Everything peculiar to their spelling ends here.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::lenient_fields;

lenient_fields! {
    /// A voucher as `get_voucher_list` and `get_voucher` send it; the list lacks what `get_voucher` adds.
    #[derive(Debug)]
    pub(super) struct Voucher {
        pub voucher_id: Option<String>,
        pub voucher_code: Option<String>,
        pub voucher_name: Option<String>,
        pub voucher_type: Option<i64>,
        pub reward_type: Option<i64>,
        pub usage_quantity: Option<i64>,
        pub current_usage: Option<i64>,
        pub start_time: Option<i64>,
        pub end_time: Option<i64>,
        pub is_admin: bool,
        pub voucher_purpose: Option<i64>,
        pub usecase: Option<i64>,
        pub target_voucher: Option<i64>,
        pub cmt_voucher_status: Option<i64>,
        pub discount_amount: Option<Decimal>,
        pub percentage: Option<Decimal>,
        pub min_basket_price: Option<Decimal>,
        pub max_price: Option<Decimal>,
        pub display_channel_list: Vec<Value>,
        pub item_id_list: Vec<Value>,
    }

    /// One page of `get_voucher_list`. Each voucher is read on its own, so that one odd one does not hide the others.
    pub(super) struct Page {
        pub more: bool,
        pub voucher_list: Vec<Value>,
    }

    pub(super) struct ShopInfo {
        pub shop_name: Option<String>,
        pub region: Option<String>,
        pub status: Option<String>,
        /// When the shop's authorization ends.
        pub expire_time: Option<i64>,
    }
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
        "error_limit" => refused(Throttled, "advice-shopee-used-up"),
        "error_server"
        | "common.error_server"
        | "error_network"
        | "error_data"
        | "error_inner"
        | "error_system_busy" => (Verdict::Trouble, ""),
        "error_sign" => refused(SignIn, "advice-shopee-signature"),
        "error_auth" if message.contains("No permission") => refused(NotAllowed, "advice-shopee-no-right"),
        "error_auth" | "invalid_acceess_token" | "invalid_access_token" => refused(SignIn, "advice-shopee-ended"),
        "error_param" if message.to_ascii_lowercase().contains("timestamp") => refused(SignIn, "advice-clock"),
        "invalid_partner_id"
        | "partner_shop_no_link"
        | "shop_no_linked"
        | "refresh_token_expired"
        | "error_shop_refresh_token"
        | "shop_access_expired"
        | "invalid_shop_id" => refused(SignIn, "advice-shopee-not-linked"),
        "invalid_code" | "invalid_main_acount_id" | "invalid_main_account_id" => refused(SignIn, "advice-shopee-code"),
        "error_partner_key_expired" => refused(SignIn, "advice-shopee-partner-key"),
        "shop_banned" => refused(Restricted, "advice-shopee-banned"),
        "error_kyc_auth" | "error_api_call_restricted" | "error_api_permission" => {
            refused(NotAllowed, "advice-shopee-restricted")
        }
        "source_ip_undeclared" => refused(NotAllowed, "advice-ip"),
        "common.error_not_found" => refused(NotFound, "advice-no-voucher"),
        _ => match VOUCHER_REFUSALS.iter().find(|(known, _)| *known == code) {
            Some((_, advice)) => refused(Rejected, advice),
            None if server_error => (Verdict::Trouble, ""),
            None => refused(Rejected, ""),
        },
    }
}

/// The refusals that a manager meets, in their words. Source: the error lists of the six voucher operations.
const VOUCHER_REFUSALS: [(&str, &str); 15] = [
    ("voucher.voucher_code_duplicate_error", "advice-shopee-code-taken"),
    ("voucher.voucher_code_error", "advice-shopee-code-letters"),
    ("voucher.voucher_coin_error", "advice-shopee-coins"),
    ("voucher.voucher_over_limit", "advice-shopee-over-limit"),
    ("voucher.voucher_min_price_error", "advice-shopee-min-price"),
    ("voucher.voucher_start_time_error", "advice-shopee-start"),
    ("voucher.voucher_time_period_error", "advice-shopee-hour"),
    ("voucher.voucher_end_time_error", "advice-shopee-months"),
    ("voucher.voucher_end_time_reduce_error", "advice-shopee-end-earlier"),
    ("voucher.voucher_quantity_reduce_error", "advice-shopee-total"),
    ("voucher.voucher_ongoing_param_error", "advice-shopee-running"),
    ("voucher.operate_voucher_permission_error", "advice-shopee-tools"),
    ("voucher.delete_voucher_error", "advice-shopee-delete"),
    ("voucher.end_voucher_status_error", "advice-shopee-end"),
    ("voucher.update_end_voucher_error", "advice-shopee-ended-voucher"),
];
