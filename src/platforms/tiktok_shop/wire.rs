//! TikTok Shop's JSON and its error codes. Everything peculiar to their spelling ends here.

use chrono::DateTime;
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::domain::Timestamp;
use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::{Lenient, lenient_fields};

lenient_fields! {
    by "word";

    /// What a search is read for; the rest is in the detail.
    pub(super) struct Found {
        pub id: Option<String>,
        pub promo_code: Option<String>,
    }

    /// A coupon as the detail sends it. The search sends the same without counters, channels and products.
    pub(super) struct WireCoupon {
        pub id: Option<String>,
        pub title: Option<String>,
        pub display_type: Option<String>,
        pub status: Option<String>,
        pub claim_duration: Option<Window>,
        pub redemption_duration: Option<Redemption>,
        pub promo_code: Option<String>,
        pub target_buyer_segment: Option<String>,
        pub usage_limits: Option<UsageLimits>,
        pub discount: Option<WireDiscount>,
        pub threshold: Option<Threshold>,
        pub product_scope: Option<String>,
        pub display_channels: Vec<Value>,
        pub usage_stats: Option<UsageStats>,
        pub product_ids: Vec<Value>,
        pub seller_tnc: Option<String>,
        pub live_tasks: Vec<Value>,
    }

    /// From the first to the last second, both included.
    pub(super) struct Window {
        pub start_time: Option<i64>,
        pub end_time: Option<i64>,
    }

    /// When a claimed coupon can be used: within a window, or for some days after its claim.
    pub(super) struct Redemption {
        #[serde(rename = "type")]
        pub kind: Option<String>,
        pub start_time: Option<i64>,
        pub end_time: Option<i64>,
        /// Days.
        pub relative_time: Option<i64>,
    }

    pub(super) struct UsageLimits {
        pub single_buyer_claim_limit: Option<i64>,
        pub total_claim_limit: Option<i64>,
        /// In South-East Asia only.
        pub redemption_limit: Option<i64>,
    }

    pub(super) struct UsageStats {
        pub claimed_count: Option<i64>,
        pub redeemed_count: Option<i64>,
    }

    pub(super) struct WireDiscount {
        #[serde(rename = "type")]
        pub kind: Option<String>,
        pub reduction_amount: Option<Amount>,
        pub percentage: Option<Decimal>,
        pub max_discount: Option<Amount>,
    }

    pub(super) struct Threshold {
        #[serde(rename = "type")]
        pub kind: Option<String>,
        pub min_spend: Option<Amount>,
    }

    /// In major units.
    pub(super) struct Amount {
        pub amount: Option<Decimal>,
        pub currency: Option<String>,
    }

    /// A shop that the seller's authorization covers.
    pub(super) struct Shop {
        pub id: Option<String>,
        pub name: Option<String>,
        pub region: Option<String>,
        pub cipher: Option<String>,
    }
}

/// Text without the line ends that TikTok's own samples carry; none for null and empty text.
fn word<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    let value = match Value::deserialize(deserializer)? {
        Value::String(text) if text.trim().is_empty() => Value::Null,
        Value::String(text) => Value::String(text.trim().to_string()),
        other => other,
    };
    T::read(value).map_err(D::Error::custom)
}

lenient_fields! {
    /// One page of the search. Each coupon is read on its own, so that one odd one does not hide the others.
    pub(super) struct Page {
        pub total_count: Option<i64>,
        pub next_page_token: Option<String>,
        pub coupons: Vec<Value>,
    }
}

/// Above this an instant is in milliseconds: the same answer has both. Inferred from the samples.
const SMALLEST_MILLISECONDS: i64 = 100_000_000_000;

/// None for 0, which stands for "none", and for an instant beyond any calendar.
pub(super) fn instant(wire: i64) -> Option<Timestamp> {
    let seconds = if wire > SMALLEST_MILLISECONDS { wire / 1000 } else { wire };
    DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0)
}

/// `data` of an answer, as far as it is an object (on failures it is null, empty or missing).
pub(super) fn data(answer: &Answer) -> Map<String, Value> {
    answer.body.get("data").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// `code` decides wherever there is one; which HTTP status comes with which code is not documented.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let code = answer.body.get("code").and_then(|code| code.as_i64().or_else(|| code.as_str()?.trim().parse().ok()));
    let message = answer.body.get("message").and_then(Value::as_str).unwrap_or_default();
    let (verdict, advice) = match code {
        _ if answer.status.as_u16() == 429 => (Verdict::NotNow, ""),
        Some(0) if answer.status.is_success() => (Verdict::Accepted, ""),
        Some(code) if code != 0 => meaning(code, message, answer.status.is_server_error()),
        None if answer.status.is_client_error() => (Verdict::Refused(CallErrorKind::Rejected), ""),
        _ => (Verdict::Trouble, ""),
    };
    let failed = verdict != Verdict::Accepted;
    Judgement {
        verdict,
        code: code.filter(|_| failed).map(|code| code.to_string()),
        message: Some(message.to_string()).filter(|message| failed && !message.is_empty()),
        request_id: answer.request_id(),
        advice,
    }
}

/// Whether a refusal only says that the access token has run out.
pub(super) fn is_token_refusal(code: Option<&str>, words: Option<&str>) -> bool {
    match code {
        Some("105002") => true,
        Some(SHARED_CODE_TEXT) => words.is_some_and(|words| words.contains("x-tts-access-token")),
        _ => false,
    }
}

/// One code for many faults; the message tells which. Source: "Common errors" of the Partner Center.
const SHARED_CODE: i64 = 36_009_004;
const SHARED_CODE_TEXT: &str = "36009004";

const TOO_OLD: &str = "advice-tiktok-too-old";
const ENDED: &str = "advice-tiktok-ended";

/// Source: "Common errors" and the error lists of the promotion operations.
fn meaning(code: i64, message: &str, server_error: bool) -> (Verdict, &'static str) {
    use CallErrorKind::{NotAllowed, Rejected, SignIn};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    match code {
        36_009_002 | 17_029_054 => (Verdict::NotNow, ""),
        36_009_003 | 36_009_007 | 17_029_055 => (Verdict::Trouble, ""),
        105_002 => refused(SignIn, ENDED),
        106_001 => refused(SignIn, "advice-signature"),
        36_004_004 => refused(SignIn, "advice-tiktok-code"),
        101_000 => refused(SignIn, "advice-tiktok-other-shop"),
        105_005 => refused(NotAllowed, "advice-tiktok-no-right"),
        36_009_033 => refused(NotAllowed, "advice-ip-tiktok"),
        36_009_009 | 36_009_010 | 36_009_014 | 36_009_022 | 106_013 => refused(Rejected, TOO_OLD),
        SHARED_CODE => shared_meaning(&message.to_ascii_lowercase()),
        _ if server_error => (Verdict::Trouble, ""),
        _ => refused(Rejected, ""),
    }
}

/// By keyword: a sentence with a link follows the documented words.
fn shared_meaning(message: &str) -> (Verdict, &'static str) {
    let says = |keyword| message.contains(keyword);
    let (kind, advice) = if says("x-tts-access-token") {
        (CallErrorKind::SignIn, ENDED)
    } else if says("timestamp") {
        (CallErrorKind::SignIn, "advice-clock")
    } else if says("app_key") {
        (CallErrorKind::SignIn, "advice-tiktok-app-key")
    } else if says("missing credentials") || says("invalid api version") {
        (CallErrorKind::Rejected, TOO_OLD)
    } else if says("identifier") {
        (CallErrorKind::Rejected, "advice-tiktok-shop-id")
    } else {
        (CallErrorKind::Rejected, "")
    };
    (Verdict::Refused(kind), advice)
}
