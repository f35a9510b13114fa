//! Shopify's JSON and its error words, which come in four layers.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::domain::Timestamp;
use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::lenient_fields;

lenient_fields! {
    /// A discount with its id, from a list (`discount`) or alone (`codeDiscount`).
    pub(super) struct Node {
        pub id: String,
        #[serde(alias = "codeDiscount")]
        pub discount: Discount,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Discount {
        #[serde(rename = "__typename")]
        pub typename: String,
        pub title: Option<String>,
        pub status: Option<String>,
        pub starts_at: Option<Timestamp>,
        pub ends_at: Option<Timestamp>,
        pub usage_limit: Option<i64>,
        pub async_usage_count: Option<i64>,
        pub applies_once_per_customer: bool,
        pub summary: Option<String>,
        #[serde(alias = "automaticCycleLimit")]
        pub recurring_cycle_limit: Option<i64>,
        pub tags: Option<Value>,
        pub codes_count: Option<Count>,
        pub codes: Codes,
        pub combines_with: Option<Value>,
        pub context: Option<Context>,
        pub minimum_requirement: Option<MinimumRequirement>,
        pub customer_gets: Option<CustomerGets>,
    }

    pub(super) struct Count {
        pub count: Option<i64>,
        pub precision: Option<String>,
    }

    pub(super) struct Codes {
        pub nodes: Vec<Code>,
    }

    pub(super) struct Code {
        pub code: Option<String>,
    }

    /// Whom it is for. The ids are there only where they were asked for.
    pub(super) struct Context {
        #[serde(rename = "__typename")]
        pub typename: String,
        pub customers: Vec<Identified>,
        pub segments: Vec<Identified>,
        pub markets: Option<Markets>,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Markets {
        pub nodes: Vec<Identified>,
        pub page_info: PageInfo,
    }

    pub(super) struct Identified {
        pub id: Option<String>,
    }

    /// A member of a union of which only the kind is read.
    pub(super) struct Typed {
        #[serde(rename = "__typename")]
        pub typename: String,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct MinimumRequirement {
        pub greater_than_or_equal_to_subtotal: Option<Amount>,
        pub greater_than_or_equal_to_quantity: Option<i64>,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Amount {
        pub amount: Option<Decimal>,
        pub currency_code: Option<String>,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct CustomerGets {
        pub value: Worth,
        pub items: Typed,
        pub applies_on_one_time_purchase: Option<bool>,
        pub applies_on_subscription: Option<bool>,
    }

    /// What a discount takes off.
    #[serde(rename_all = "camelCase")]
    pub(super) struct Worth {
        #[serde(rename = "__typename")]
        pub typename: String,
        /// A fraction: 0.1 is 10 %.
        pub percentage: Option<Decimal>,
        pub amount: Option<Amount>,
        pub applies_on_each_item: bool,
    }

    /// One page of the list. Each discount is read on its own, so that one odd one does not hide the others.
    #[serde(rename_all = "camelCase")]
    pub(super) struct Page {
        pub page_info: PageInfo,
        pub nodes: Vec<Value>,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct PageInfo {
        pub has_next_page: bool,
        pub end_cursor: Option<String>,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Shop {
        pub name: Option<String>,
        pub currency_code: Option<String>,
        pub iana_timezone: Option<String>,
    }
}

/// `data.<root>`, which may be null; none where the answer does not speak of it.
pub(super) fn root<'a>(answer: &'a Answer, name: &str) -> Option<&'a Value> {
    answer.body.get("data")?.get(name)
}

/// As Shopify's support asks for it.
pub(super) fn request_id(answer: &Answer) -> Option<String> {
    let told = answer.body.pointer("/errors/0/extensions/requestId").and_then(Value::as_str);
    answer.header("x-request-id").or(told).filter(|id| !id.is_empty()).map(str::to_string)
}

/// In the documented order: HTTP status, `errors`, `userErrors`. The fourth, a missing `data.<root>`, is for whoever asked.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let said = of_status(answer).or_else(|| of_errors(&answer.body)).or_else(|| of_user_errors(&answer.body));
    Judgement { request_id: request_id(answer), ..said.unwrap_or_default() }
}

fn of_status(answer: &Answer) -> Option<Judgement> {
    use CallErrorKind::{NotAllowed, Rejected, Restricted, SignIn};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    let oauth = answer.body.get("error").and_then(Value::as_str);
    let (verdict, advice) = match answer.status.as_u16() {
        200..=299 if answer.body.is_object() => return None,
        200..=299 => (Verdict::Trouble, ""),
        400 if oauth.is_some() => refused(SignIn, "advice-shopify-oauth"),
        401 => refused(SignIn, "advice-shopify-token"),
        402 => refused(Restricted, "advice-shopify-frozen"),
        403 => refused(NotAllowed, "advice-shopify-denied"),
        404 => refused(Rejected, "advice-shopify-no-shop"),
        423 => refused(Restricted, "advice-shopify-locked"),
        429 => (Verdict::NotNow, ""),
        430 => refused(NotAllowed, "advice-shopify-attack"),
        status if status >= 500 => (Verdict::Trouble, ""),
        _ => refused(Rejected, ""),
    };
    let errors = answer.body.get("errors");
    let first = errors.and_then(|errors| errors.get(0)).and_then(|error| error.get("message"));
    let described = answer.body.get("error_description");
    let message = described.or(first).or(errors).and_then(Value::as_str).map(str::to_string);
    let code = oauth.map_or_else(|| answer.status.as_u16().to_string(), str::to_string);
    Some(Judgement { verdict, code: Some(code), message, advice, ..Judgement::default() })
}

fn of_errors(body: &Value) -> Option<Judgement> {
    use CallErrorKind::{NotAllowed, NotFound, Rejected, Restricted};
    let errors = body.get("errors").filter(|errors| !errors.is_null())?;
    let first = errors.get(0).unwrap_or(errors);
    let message = first.get("message").unwrap_or(first).as_str().map(str::to_string);
    let code = first.pointer("/extensions/code").and_then(Value::as_str);
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    let (verdict, advice) = match code {
        Some("THROTTLED") => (Verdict::NotNow, ""),
        None if message.as_deref() == Some("Throttled") => (Verdict::NotNow, ""),
        // A field of the answer could not be told, but the change behind it was made or not: that is to be asked.
        _ if was_carried_out(body) => (Verdict::Trouble, ""),
        Some("INTERNAL_SERVER_ERROR" | "TIMEOUT") => (Verdict::Trouble, ""),
        Some("ACCESS_DENIED") => refused(NotAllowed, "advice-shopify-no-right"),
        Some("SHOP_INACTIVE") => refused(Restricted, "advice-shopify-inactive"),
        Some("RESOURCE_NOT_FOUND") => refused(NotFound, "advice-shopify-no-discount"),
        _ => refused(Rejected, ""),
    };
    Some(Judgement { verdict, code: code.map(str::to_string), message, advice, ..Judgement::default() })
}

/// Whether a mutation's payload is there although something went wrong.
fn was_carried_out(body: &Value) -> bool {
    body.get("data").and_then(Value::as_object).is_some_and(|data| {
        data.values().any(|payload| payload.get("userErrors").and_then(Value::as_array).is_some_and(Vec::is_empty))
    })
}

/// Nothing was changed where a mutation has any.
fn of_user_errors(body: &Value) -> Option<Judgement> {
    let data = body.get("data")?.as_object()?;
    let errors: Vec<_> = data.values().filter_map(|payload| payload.get("userErrors")?.as_array()).flatten().collect();
    let first = errors.first()?;
    let said = |error: &Value| error.get("message").and_then(Value::as_str).map(str::to_string);
    let message = errors.iter().filter_map(|error| said(error)).collect::<Vec<_>>().join(" ");
    let code = first.get("code").and_then(Value::as_str);
    let field = first.get("field").and_then(Value::as_array).and_then(|path| path.last()?.as_str());
    let (verdict, advice) = meaning(field.unwrap_or_default(), code.unwrap_or_default(), &message);
    Some(Judgement { verdict, code: code.map(str::to_string), message: Some(message), advice, ..Judgement::default() })
}

/// Source: recorded answers of 2026-04, and the schema's list of codes. Codes that are not known are final.
fn meaning(field: &str, code: &str, message: &str) -> (Verdict, &'static str) {
    use CallErrorKind::{NotFound, Rejected};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    match (field, code) {
        (_, "INTERNAL_ERROR") => (Verdict::Trouble, ""),
        ("id", _) if message.contains("does not exist") => refused(NotFound, "advice-shopify-no-discount"),
        (_, "ACTIVE_PERIOD_OVERLAP") => refused(Rejected, "advice-shopify-automatic-many"),
        (_, "TAKEN") => refused(Rejected, "advice-shopify-code-taken"),
        ("code", _) => refused(Rejected, "advice-shopify-code-letters"),
        ("title", _) => refused(Rejected, "advice-shopify-name-letters"),
        ("endsAt", _) | (_, "END_DATE_BEFORE_START_DATE") => refused(Rejected, "advice-shopify-end"),
        ("usageLimit", _) => refused(Rejected, "advice-shopify-total"),
        ("percentage", _) => refused(Rejected, "advice-shopify-share"),
        (_, "MAX_APP_DISCOUNTS") => refused(Rejected, "advice-shopify-app-discounts"),
        _ => refused(Rejected, ""),
    }
}
