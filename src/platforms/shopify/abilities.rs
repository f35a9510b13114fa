//! What Shopify can do with a discount.
//!
//! Sources: "schema" is the Admin API's schema of 2026-07; "recorded" are answers of a real shop, of 2026-04, that others published. Automatic
//! discounts do alike by mutations of their own, but for what the reasons say.

use super::coupon::{CODE_LETTERS_MAX, CONTEXT, create_input, minimum_change};
use crate::domain::{
    Abilities, Ability, BackOffice, Confidence, Coupon, Discount, Limits, Message, Platform, Rule, Status, Timestamp,
    Verb, Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, NOT_ENDED, SCHEDULED, rule};

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("shopify"),
    name: "Shopify",
    rules: RULES,
    limits: Limits { code_letters_max: CODE_LETTERS_MAX, code_hyphen: true, total_may_fall: true, ..Limits::NONE },
    platform_owned: "reason-app-made-discount-works",
    impossible,
    terms,
};

const UPDATE: &str = "schema, discountCode…Update and discountAutomatic…Update";
const DEACTIVATE: &str = "recorded, discountCodeDeactivate and discountAutomaticDeactivate";
const ACTIVATE: &str = "recorded, discountCodeActivate and discountAutomaticActivate";
const DELETE: &str = "recorded, discountCodeDelete and discountAutomaticDelete";
const CREATE: &str = "recorded, discountCodeBasicCreate";
const STATUS: &str = "schema, DiscountStatus";

const RULES: &[Rule] = {
    use Ability::{Already, Instead, Yes};
    use Confidence::{Documented, Inferred, Observed};
    &[
        rule(Verb::Extend, NOT_ENDED, Yes, Documented, UPDATE, "reason-end-set-later-date"),
        rule(Verb::Extend, ENDED, Yes, Observed, UPDATE, "reason-later-end-works-again"),
        rule(Verb::Shorten, NOT_ENDED, Yes, Documented, UPDATE, "reason-end-set-date-after"),
        rule(Verb::Shorten, ENDED, Yes, Inferred, UPDATE, "reason-end-set-date-after"),
        rule(Verb::Restock, EVERY, Yes, Documented, UPDATE, "reason-limit-uses-set-number-removed"),
        rule(Verb::AdjustMinSpend, EVERY, Yes, Documented, UPDATE, "reason-min-spend-changed-time-removing"),
        rule(Verb::End, ACTIVE, Yes, Observed, DEACTIVATE, "reason-deactivated-end-set-now"),
        rule(Verb::End, SCHEDULED, Yes, Observed, DEACTIVATE, "reason-deactivated-start-end-both"),
        rule(Verb::End, ENDED, Already, Observed, DEACTIVATE, "reason-ended-already"),
        rule(Verb::Pause, NOT_ENDED, Instead(Verb::End), Observed, DEACTIVATE, "reason-shopify-no-pause-deactivated"),
        rule(Verb::Pause, ENDED, Already, Documented, STATUS, "reason-ended-shopify-no-other"),
        rule(Verb::Enable, SCHEDULED, Yes, Observed, ACTIVATE, "reason-starts-once-keeps-end"),
        rule(Verb::Enable, ACTIVE, Already, Observed, ACTIVATE, "reason-active-already"),
        rule(Verb::Enable, ENDED, Yes, Inferred, UPDATE, "reason-dates-had-before-stopped"),
        rule(Verb::Delete, EVERY, Yes, Observed, DELETE, "reason-deleted-good"),
        rule(Verb::Create, EVERY, Yes, Observed, CREATE, "reason-new-discount-same-rules"),
    ]
};

/// Guidance for people: what the pages of another market call things differs, and nothing is refused because of it.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "Discounts",
    end_field: "End date and time",
    total_field: "Limit on total uses",
    minimum_field: "Minimum purchase amount",
    moment: "%Y-%m-%d %H:%M",
    moment_elsewhere: ("", &[]),
    end_is_included: true,
    edit: "Open it",
    stop: "Deactivate",
    enable: "Activate",
    delete: "Delete discount",
    copy: "Duplicate",
    save: "Save",
    mark: Confidence::Inferred,
    source: "the admin's discounts page as merchants know it; dates: inferred",
};

/// As the connector sends them, so far as the loaded discount tells.
fn impossible(write: &Write, coupon: &Coupon) -> Option<Message> {
    let reason = match write {
        Write::SetTotal { .. } if coupon.code.is_none() => "impossible-shopify-automatic-total",
        Write::SetMinimum { .. } if matches!(coupon.discount, Discount::BuyXGetY(_)) => {
            "impossible-shopify-minimum-x-y"
        }
        Write::SetMinimum { minimum, .. } => minimum_change(minimum).err()?,
        Write::Enable { period: None, .. } if coupon.status == Status::Ended => "impossible-shopify-dates",
        Write::Trash { .. } => "impossible-shopify-bin",
        Write::AddProducts { .. } => "impossible-shopify-products",
        Write::Create { .. } if coupon.code.is_none() => "impossible-shopify-automatic-copy",
        // When it starts has no part in whether it can be made.
        Write::Create { draft } => create_input(draft, Timestamp::UNIX_EPOCH).err()?,
        Write::SetTotal { .. }
        | Write::SetEnd { .. }
        | Write::End { .. }
        | Write::Pause { .. }
        | Write::Enable { .. }
        | Write::Delete { .. } => return None,
    };
    Some(message!(reason))
}

/// For whom and for which items a discount is; where the kinds do not tell, Shopify's own summary does.
fn terms(discount: &Coupon) -> Vec<Message> {
    let rule = |name: &str| discount.other_rules.get(name).and_then(serde_json::Value::as_str);
    let buyers = rule(CONTEXT).map(|_| message!("terms-certain-buyers"));
    let items = rule("items").map(|_| message!("terms-certain-items"));
    let words = rule("summary").map(|summary| message!("terms-in-its-words", words = summary));
    buyers.into_iter().chain(items).chain(words).collect()
}
