//! What WooCommerce can do with a coupon.
//!
//! Sources: "source code" is WooCommerce's own, which is open; "measured" is WooCommerce 11.0.1 and 7.9.0 driven on loopback.

use super::coupon::{
    CODE_LETTERS_MAX, above_maximum, create_body, has_extensions, ignores_a_status, kept_by_extensions, minimum_text,
};
use crate::domain::{
    Abilities, Ability, BackOffice, Confidence, Coupon, Limits, Message, Platform, Rule, Status, Verb, Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, PAUSED, rule};

/// All but the bin.
const KEPT: &[Status] = &[
    Status::Scheduled,
    Status::Active,
    Status::Paused,
    Status::InReview,
    Status::Rejected,
    Status::Ended,
    Status::Unknown,
];
/// Not paused and not past its end.
const PAUSABLE: &[Status] = &[Status::Scheduled, Status::Active, Status::InReview, Status::Unknown];
/// Not published yet.
const ENABLABLE: &[Status] = &[Status::Scheduled, Status::Paused, Status::InReview, Status::Unknown];
const TRASHED: &[Status] = &[Status::Trashed];

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("woocommerce"),
    name: "WooCommerce",
    rules: RULES,
    limits: Limits {
        code_letters_max: CODE_LETTERS_MAX,
        code_hyphen: true,
        has_bin: true,
        has_start: false,
        // To any value, also below the count of uses (measured).
        total_may_fall: true,
        ..Limits::NONE
    },
    platform_owned: "",
    impossible,
    terms,
};

const MEASURED: &str = "measured on 11.0.1 and 7.9.0";
const CODE: &str = "source code, REST coupons controller";
const STATUS: &str = "source code (woocommerce/woocommerce #61310), measured on 11.0.1";
const IN_BIN: &str = "reason-shop-s-bin-take";

// A table, a line a rule.
#[rustfmt::skip]
const RULES: &[Rule] = {
    use Ability::{Already, Instead, Never, Yes};
    use Confidence::{Documented, Inferred, Observed};
    &[
        rule(Verb::Extend, KEPT, Yes, Observed, MEASURED, "reason-end-set-date-ended"),
        rule(Verb::Extend, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::Shorten, KEPT, Yes, Observed, MEASURED, "reason-end-set-date"),
        rule(Verb::Shorten, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::Restock, KEPT, Yes, Observed, MEASURED, "reason-limit-uses-set-number"),
        rule(Verb::Restock, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::AdjustMinSpend, KEPT, Yes, Observed, MEASURED, "reason-min-spend-changed-time"),
        rule(Verb::AdjustMinSpend, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::End, PAUSABLE, Yes, Observed, MEASURED, "reason-end-set-now-stays-shop-extended"),
        rule(Verb::End, PAUSED, Yes, Observed, MEASURED, "reason-end-set-now-stays-shop-paused"),
        rule(Verb::End, ENDED, Already, Observed, MEASURED, "reason-ended-already"),
        rule(Verb::End, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::Pause, PAUSABLE, Yes, Observed, STATUS, "reason-becomes-draft-shops-older"),
        rule(Verb::Pause, PAUSED, Already, Documented, CODE, "reason-paused-already"),
        rule(Verb::Pause, ENDED, Yes, Observed, STATUS, "reason-becomes-draft-shops-older"),
        rule(Verb::Pause, TRASHED, Never, Documented, CODE, IN_BIN),
        rule(Verb::Enable, ENABLABLE, Yes, Observed, STATUS, "reason-published-shops-older-about"),
        rule(Verb::Enable, ACTIVE, Already, Documented, CODE, "reason-published-already"),
        rule(Verb::Enable, ENDED, Instead(Verb::Extend), Observed, MEASURED, "reason-published-but-past-end"),
        rule(Verb::Enable, TRASHED, Yes, Observed, STATUS, "reason-woo-back-from-bin"),
        rule(Verb::Delete, KEPT, Yes, Observed, MEASURED, "reason-goes-shop-s-bin"),
        rule(Verb::Delete, TRASHED, Already, Documented, CODE, "reason-shop-s-bin-already"),
        rule(Verb::Create, KEPT, Yes, Documented, CODE, "reason-new-coupon-same-rules"),
        rule(Verb::Create, TRASHED, Never, Inferred, CODE, IN_BIN),
    ]
};

/// Guidance for people: what the pages of another market call things differs, and nothing is refused because of it.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "Marketing > Coupons",
    end_field: "Coupon expiry date",
    total_field: "Usage limit per coupon",
    minimum_field: "Minimum spend",
    moment: "%Y-%m-%d",
    moment_elsewhere: ("", &[]),
    // A coupon expires when the day that is typed begins.
    end_is_included: false,
    edit: "Edit",
    stop: "Edit > status Draft",
    enable: "Publish",
    delete: "Move to trash",
    copy: "Add coupon",
    save: "Update",
    mark: Confidence::Observed,
    source: "WooCommerce's own coupon form",
};

/// As the connector sends them, so far as the loaded coupon tells.
fn impossible(write: &Write, coupon: &Coupon) -> Option<Message> {
    let reason = match write {
        Write::SetTotal { total: Some(0), .. } => "impossible-woo-zero",
        Write::SetMinimum { minimum, .. } => match minimum_text(minimum) {
            Ok(_) => return above_maximum(minimum, &coupon.other_rules),
            Err(reason) => reason,
        },
        // WordPress makes it scheduled again: its date would have to be changed, which the API cannot.
        Write::Enable { .. } if coupon.status == Status::Scheduled => "impossible-woo-scheduled",
        Write::Pause { .. } | Write::Enable { .. } => {
            let version = ignores_a_status(coupon)?;
            return Some(message!("impossible-woo-status", version = version));
        }
        Write::AddProducts { .. } => "impossible-woo-products",
        Write::Create { draft } => match create_body(draft, "") {
            Ok(_) => {
                return kept_by_extensions(draft).or_else(|| above_maximum(&draft.minimum, &draft.other_rules));
            }
            Err(reason) => reason,
        },
        Write::SetTotal { .. }
        | Write::SetEnd { .. }
        | Write::End { .. }
        | Write::Trash { .. }
        | Write::Delete { .. } => return None,
    };
    Some(message!(reason))
}

/// For whom, for which items and beside what a coupon is. Source: source code, `WC_Discounts::is_coupon_valid`.
fn terms(coupon: &Coupon) -> Vec<Message> {
    let rule = |name: &str| coupon.other_rules.get(name);
    let any = |names: &[&str]| names.iter().any(|name| rule(name).is_some());
    let items = ["product_ids", "product_categories", "excluded_product_ids", "excluded_product_categories"];
    let most = rule("maximum_amount").and_then(|most| Some(most.as_str()?.to_string()));
    let told = [
        any(&["email_restrictions"]).then(|| message!("terms-certain-buyers")),
        any(&items).then(|| message!("terms-certain-items")),
        any(&["exclude_sale_items"]).then(|| message!("terms-not-on-sale")),
        any(&["individual_use"]).then(|| message!("terms-not-with-others")),
        most.map(|most| message!("terms-orders-up-to", most = most)),
        any(&["limit_usage_to_x_items"]).then(|| message!("terms-for-some-of-the-items")),
        has_extensions(coupon).then(|| message!("terms-of-extensions")),
    ];
    told.into_iter().flatten().collect()
}
