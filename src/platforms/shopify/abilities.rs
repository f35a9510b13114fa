//! What Shopify can do with a discount code.
//!
//! Sources: "schema" is the Admin API's schema of 2026-04; "recorded" are answers of a real shop of that version that others
//! published.

use super::coupon::CODE_LETTERS_MAX;
use crate::domain::{Abilities, Ability, BackOffice, Confidence, Limits, Platform, Rule, Verb};
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, NOT_ENDED, SCHEDULED, rule};

pub const PLATFORM: Platform = Platform::new("shopify");

pub static ABILITIES: Abilities = Abilities {
    platform: PLATFORM,
    name: "Shopify",
    rules: RULES,
    limits: Limits { code_letters_max: CODE_LETTERS_MAX, code_hyphen: true, ..Limits::NONE },
    platform_owned: "reason-an-app-made-this-discount-and-works-it-out-and-a-change-from-outside-would-reset-some-of-its-rules-change-it-in-that-app",
};

const UPDATE: &str = "schema, discountCode…Update";
const DEACTIVATE: &str = "recorded, discountCodeDeactivate";
const ACTIVATE: &str = "recorded, discountCodeActivate";
const DELETE: &str = "recorded, discountCodeDelete";
const CREATE: &str = "recorded, discountCodeBasicCreate";
const STATUS: &str = "schema, DiscountStatus";

const RULES: &[Rule] = {
    use Ability::{Already, Instead, Yes};
    use Confidence::{Documented, Inferred, Observed};
    &[
        rule(
            Verb::Extend,
            NOT_ENDED,
            Yes,
            Documented,
            UPDATE,
            "reason-the-end-can-be-set-to-any-later-date-or-removed",
        ),
        rule(Verb::Extend, ENDED, Yes, Observed, UPDATE, "reason-with-a-later-end-it-works-again-at-once"),
        rule(
            Verb::Shorten,
            NOT_ENDED,
            Yes,
            Documented,
            UPDATE,
            "reason-the-end-can-be-set-to-any-date-after-the-start",
        ),
        rule(Verb::Shorten, ENDED, Yes, Inferred, UPDATE, "reason-the-end-can-be-set-to-any-date-after-the-start"),
        rule(
            Verb::Restock,
            EVERY,
            Yes,
            Documented,
            UPDATE,
            "reason-the-limit-of-uses-can-be-set-to-any-number-or-removed",
        ),
        rule(
            Verb::AdjustMinSpend,
            EVERY,
            Yes,
            Documented,
            UPDATE,
            "reason-the-min-spend-can-be-changed-at-any-time-removing-it-is-done-in-the-admin",
        ),
        rule(
            Verb::End,
            ACTIVE,
            Yes,
            Observed,
            DEACTIVATE,
            "reason-it-is-deactivated-its-end-is-set-to-now-it-stays-in-the-list-and-can-be-enabled-again",
        ),
        rule(
            Verb::End,
            SCHEDULED,
            Yes,
            Observed,
            DEACTIVATE,
            "reason-it-is-deactivated-its-start-and-its-end-are-both-set-to-now-it-stays-in-the-list-and-can-be-enabled-again",
        ),
        rule(Verb::End, ENDED, Already, Observed, DEACTIVATE, "reason-it-has-ended-already"),
        rule(
            Verb::Pause,
            NOT_ENDED,
            Instead(Verb::End),
            Observed,
            DEACTIVATE,
            "reason-shopify-has-no-pause-a-deactivated-discount-is-one-that-ended-now-and-its-dates-are-kept-here-to-enable-it-again",
        ),
        rule(
            Verb::Pause,
            ENDED,
            Already,
            Documented,
            STATUS,
            "reason-it-has-ended-and-shopify-has-no-other-kind-of-pause",
        ),
        rule(Verb::Enable, SCHEDULED, Yes, Observed, ACTIVATE, "reason-it-starts-at-once-and-keeps-its-end"),
        rule(Verb::Enable, ACTIVE, Already, Observed, ACTIVATE, "reason-it-is-active-already"),
        rule(
            Verb::Enable,
            ENDED,
            Yes,
            Inferred,
            UPDATE,
            "reason-the-dates-that-it-had-before-it-was-stopped-here-are-put-back-any-other-needs-a-later-end",
        ),
        rule(Verb::Delete, EVERY, Yes, Observed, DELETE, "reason-it-is-deleted-for-good"),
        rule(
            Verb::Create,
            EVERY,
            Yes,
            Observed,
            CREATE,
            "reason-a-new-discount-with-the-same-rules-and-another-code-where-it-is-for-the-whole-order-and-for-everybody",
        ),
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
