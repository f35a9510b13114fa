//! What Shopee can do with a voucher.
//!
//! Sources: "voucher API" is the official documents of the six voucher operations with their error lists; "no such operation"
//! means that the voucher module has just those six.

use chrono::Duration;

use super::voucher::{PREFIX_LETTERS, START_LEAD, SUFFIX_LETTERS_MAX};
use crate::domain::{Abilities, Ability, BackOffice, Confidence, Limits, Platform, Rule, Verb};
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, SCHEDULED, rule};

pub const PLATFORM: Platform = Platform::new("shopee");

pub static ABILITIES: Abilities = Abilities {
    platform: PLATFORM,
    name: "Shopee",
    rules: RULES,
    limits: Limits {
        // The documents say "3 months"; 90 days is never more than that.
        longest_period: Some(Duration::days(90)),
        shortest_period: Some(Duration::hours(1)),
        start_lead: START_LEAD,
        code_letters_max: SUFFIX_LETTERS_MAX,
        code_prefix_letters: PREFIX_LETTERS,
        ..Limits::NONE
    },
    platform_owned: "reason-shopee-or-one-of-its-tools-made-this-voucher-and-no-change-through-the-api-is-accepted-change-it-where-it-was-made",
};

const UPDATE: &str = "voucher API, update_voucher";
const END: &str = "voucher API, end_voucher";
const DELETE: &str = "voucher API, delete_voucher";
const ADD: &str = "voucher API, add_voucher";
const NONE: &str = "voucher API: no such operation";

// A table, a line a rule.
#[rustfmt::skip]
const RULES: &[Rule] = {
    use Ability::{Already, FollowOn, Instead, Never, Yes};
    use Confidence::{Documented, Inferred};
    &[
        rule(Verb::Extend, SCHEDULED, Yes, Inferred, UPDATE, "reason-a-voucher-that-has-not-started-can-end-later-up-to-3-months-after-its-start"),
        rule(Verb::Extend, ACTIVE, FollowOn, Documented, UPDATE, "reason-the-end-of-a-running-voucher-can-only-be-moved-earlier-a-new-voucher-with-the-same-rules-takes-over-when-it-ends"),
        rule(Verb::Extend, ENDED, FollowOn, Inferred, UPDATE, "reason-an-ended-voucher-cannot-be-changed-a-new-voucher-with-the-same-rules-replaces-it"),
        rule(Verb::Shorten, SCHEDULED, Yes, Inferred, UPDATE, "reason-a-voucher-that-has-not-started-can-end-earlier-an-hour-after-its-start-or-later"),
        rule(Verb::Shorten, ACTIVE, Yes, Documented, UPDATE, "reason-the-end-of-a-running-voucher-can-be-moved-earlier"),
        rule(Verb::Shorten, ENDED, Never, Inferred, UPDATE, "reason-an-ended-voucher-cannot-be-changed"),
        rule(Verb::Restock, SCHEDULED, Yes, Inferred, UPDATE, "reason-the-total-can-be-raised-never-lowered"),
        rule(Verb::Restock, ACTIVE, Yes, Documented, UPDATE, "reason-the-total-can-be-raised-never-lowered"),
        rule(Verb::Restock, ENDED, Never, Inferred, UPDATE, "reason-an-ended-voucher-cannot-be-changed-recreate-it-instead"),
        rule(Verb::AdjustMinSpend, SCHEDULED, Yes, Inferred, UPDATE, "reason-the-min-spend-can-be-changed-until-the-voucher-starts"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Documented, UPDATE, "reason-the-min-spend-of-a-running-voucher-cannot-be-changed-recreate-it-instead"),
        rule(Verb::AdjustMinSpend, ENDED, Never, Inferred, UPDATE, "reason-an-ended-voucher-cannot-be-changed-recreate-it-instead"),
        rule(Verb::End, SCHEDULED, Instead(Verb::Delete), Documented, END, "reason-only-a-running-voucher-can-be-ended-one-that-has-not-started-can-be-deleted"),
        rule(Verb::End, ACTIVE, Yes, Documented, END, "reason-a-running-voucher-can-be-ended-at-once-it-stays-in-the-list-and-cannot-be-started-again"),
        rule(Verb::End, ENDED, Already, Documented, END, "reason-it-has-ended-already"),
        rule(Verb::Pause, SCHEDULED, Never, Documented, NONE, "reason-shopee-has-no-pause-delete-the-voucher-or-move-its-start"),
        rule(Verb::Pause, ACTIVE, Never, Documented, NONE, "reason-shopee-has-no-pause-end-the-voucher-and-recreate-it-later"),
        rule(Verb::Pause, ENDED, Never, Documented, NONE, "reason-it-has-ended-already"),
        rule(Verb::Enable, SCHEDULED, Never, Documented, NONE, "reason-it-starts-by-itself-when-its-start-comes"),
        rule(Verb::Enable, ACTIVE, Already, Documented, NONE, "reason-it-is-running-already"),
        rule(Verb::Enable, ENDED, Instead(Verb::Create), Documented, NONE, "reason-an-ended-voucher-cannot-be-started-again-recreate-it"),
        rule(Verb::Delete, SCHEDULED, Yes, Documented, DELETE, "reason-a-voucher-that-has-not-started-can-be-deleted-for-good"),
        rule(Verb::Delete, ACTIVE, Instead(Verb::End), Documented, DELETE, "reason-only-a-voucher-that-has-not-started-can-be-deleted-a-running-one-can-be-ended"),
        rule(Verb::Delete, ENDED, Never, Documented, DELETE, "reason-an-ended-voucher-stays-in-the-list-it-cannot-be-deleted"),
        rule(Verb::Create, EVERY, Yes, Documented, ADD, "reason-a-new-voucher-with-the-same-rules-and-another-code"),
    ]
};

/// Guidance for people: what the pages of another market call things differs, and nothing is refused because of it.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "Marketing Centre > Vouchers",
    end_field: "Usage period, end",
    total_field: "Usage quantity",
    minimum_field: "Minimum basket price",
    moment: "%d/%m/%Y %H:%M",
    moment_elsewhere: ("", &[]),
    end_is_included: true,
    edit: "Edit",
    stop: "End",
    enable: "Edit > usage period",
    delete: "Delete",
    copy: "Create a new voucher",
    save: "Confirm",
    mark: Confidence::Inferred,
    source: "menu: Seller Education Hub, voucher user guide; fields and dates: inferred",
};
