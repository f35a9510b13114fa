//! WooCommerce's JSON and its error words.

use rust_decimal::Decimal;
use serde_json::Value;

use super::text::first_line;
use crate::platforms::client::{Answer, Judgement, Verdict};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::lenient_fields;

/// What is asked for of each coupon. Without `used_by`, which holds customers' e-mail addresses: they are never loaded.
pub(super) const FIELDS: &str = "id,code,amount,status,discount_type,description,date_expires,date_expires_gmt,usage_count,\
individual_use,product_ids,excluded_product_ids,usage_limit,usage_limit_per_user,limit_usage_to_x_items,free_shipping,\
product_categories,excluded_product_categories,exclude_sale_items,minimum_amount,maximum_amount,email_restrictions,meta_data";

/// The fields beyond discount, minimum, dates and counts that make up a coupon's rules. All of them can be written back as read.
pub(super) const OTHER_RULES: [&str; 10] = [
    "email_restrictions",
    "exclude_sale_items",
    "excluded_product_categories",
    "excluded_product_ids",
    "free_shipping",
    "individual_use",
    "limit_usage_to_x_items",
    "maximum_amount",
    "product_categories",
    "product_ids",
];

/// Those of them that are lists.
pub(super) const LISTS: [&str; 5] =
    ["email_restrictions", "excluded_product_categories", "excluded_product_ids", "product_categories", "product_ids"];

/// Where a creation keeps our change id. The underscore keeps it out of the shop's custom-field boxes.
pub(super) const CHANGE_KEY: &str = "_couponbook_change";

lenient_fields! {
    pub(super) struct Coupon {
        pub id: Option<String>,
        pub code: Option<String>,
        pub amount: Option<Decimal>,
        /// In answers since 6.2 only.
        pub status: Option<String>,
        pub discount_type: Option<String>,
        pub description: Option<String>,
        pub date_expires: Option<String>,
        pub date_expires_gmt: Option<String>,
        pub usage_count: Option<i64>,
        pub usage_limit: Option<i64>,
        pub usage_limit_per_user: Option<i64>,
        pub free_shipping: bool,
        pub minimum_amount: Option<Decimal>,
        pub meta_data: Vec<Value>,
    }

    /// Of `GET /wp-json/`.
    pub(super) struct Index {
        pub name: Option<String>,
        pub timezone_string: Option<String>,
        /// Hours, where the shop names no zone.
        pub gmt_offset: Option<Decimal>,
    }
}

/// Messages come in the shop's language, so the code decides.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let said = |field: &str| answer.body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    // A coupon has a `code` too: only an answer that is no success is read for one.
    let code = said("code").filter(|_| !answer.status.is_success());
    let (verdict, advice) = match answer.status.as_u16() {
        200..=299 => (Verdict::Accepted, ""),
        429 => (Verdict::NotNow, ""),
        status => meaning(status, code.unwrap_or_default(), answer.is_to_write),
    };
    Judgement {
        verdict,
        code: code.map(str::to_string),
        // Messages hold entities and even tags.
        message: said("message").filter(|_| code.is_some()).map(first_line),
        request_id: None,
        advice,
    }
}

/// Nothing is written that was not read a moment before, with the same keys: refused then, they may only read.
fn meaning(status: u16, code: &str, is_to_write: bool) -> (Verdict, &'static str) {
    use CallErrorKind::{NotAllowed, NotFound, ReadOnly, Rejected, SignIn};
    let refused = |kind, advice| (Verdict::Refused(kind), advice);
    match (status, code) {
        (_, "woocommerce_rest_shop_coupon_invalid_id") => refused(NotFound, "advice-woo-no-coupon"),
        (_, "woocommerce_rest_coupon_code_already_exists") => refused(Rejected, "advice-woo-code-taken"),
        (_, "woocommerce_rest_already_trashed") => refused(Rejected, "advice-woo-in-bin"),
        (_, "woocommerce_rest_trash_not_supported") => refused(Rejected, "advice-woo-no-bin"),
        (_, "coupon_invalid_amount" | "coupon_invalid_maximum_amount") => refused(Rejected, "advice-woo-amount"),
        (401, "woocommerce_rest_authentication_error") if is_to_write => refused(ReadOnly, "advice-woo-read-only"),
        (401, "woocommerce_rest_authentication_error") => refused(SignIn, "advice-woo-keys"),
        (401, _) => refused(SignIn, "advice-woo-not-recognised"),
        (403, _) => refused(NotAllowed, "advice-woo-user"),
        (404, "rest_no_route") => refused(Rejected, "advice-woo-no-route"),
        (408 | 425 | 500.., _) => (Verdict::Trouble, ""),
        _ => refused(Rejected, ""),
    }
}
