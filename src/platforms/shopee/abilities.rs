//! What Shopee can do with a voucher.
//!
//! Sources: "voucher API" is the official documents of the six voucher operations with their error lists; "no such operation"
//! means that the voucher module has just those six.

use chrono::Duration;

use super::spelling::spelled;
use super::voucher::{ITEMS, PREFIX_LETTERS, START_LEAD, SUFFIX_LETTERS_MAX};
use crate::domain::{
    Abilities, Ability, BackOffice, Confidence, Coupon, Limits, Message, Platform, Rule, Timestamp, Verb, Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, SCHEDULED, rule};

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("shopee"),
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
    platform_owned: "reason-shopee-tools-made-voucher",
    impossible,
    terms,
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
        rule(Verb::Extend, SCHEDULED, Yes, Inferred, UPDATE, "reason-voucher-not-started-end-later-up"),
        rule(Verb::Extend, ACTIVE, FollowOn, Documented, UPDATE, "reason-end-running-voucher-only"),
        rule(Verb::Extend, ENDED, FollowOn, Inferred, UPDATE, "reason-ended-voucher-cannot-changed-new"),
        rule(Verb::Shorten, SCHEDULED, Yes, Inferred, UPDATE, "reason-voucher-not-started-end-earlier-hour"),
        rule(Verb::Shorten, ACTIVE, Yes, Documented, UPDATE, "reason-end-running-voucher-moved"),
        rule(Verb::Shorten, ENDED, Never, Inferred, UPDATE, "reason-ended-voucher-cannot-changed"),
        rule(Verb::Restock, SCHEDULED, Yes, Inferred, UPDATE, "reason-total-raised-never-lowered"),
        rule(Verb::Restock, ACTIVE, Yes, Documented, UPDATE, "reason-total-raised-never-lowered"),
        rule(Verb::Restock, ENDED, Never, Inferred, UPDATE, "reason-ended-voucher-cannot-changed-recreate"),
        rule(Verb::AdjustMinSpend, SCHEDULED, Yes, Inferred, UPDATE, "reason-min-spend-changed-until"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Documented, UPDATE, "reason-min-spend-running-voucher"),
        rule(Verb::AdjustMinSpend, ENDED, Never, Inferred, UPDATE, "reason-ended-voucher-cannot-changed-recreate"),
        rule(Verb::End, SCHEDULED, Instead(Verb::Delete), Documented, END, "reason-only-running-voucher-ended"),
        rule(Verb::End, ACTIVE, Yes, Documented, END, "reason-running-voucher-ended-once"),
        rule(Verb::End, ENDED, Already, Documented, END, "reason-ended-already"),
        rule(Verb::Pause, SCHEDULED, Never, Documented, NONE, "reason-shopee-no-pause-delete"),
        rule(Verb::Pause, ACTIVE, Never, Documented, NONE, "reason-shopee-no-pause-end"),
        rule(Verb::Pause, ENDED, Never, Documented, NONE, "reason-ended-already"),
        rule(Verb::Enable, SCHEDULED, Never, Documented, NONE, "reason-starts-itself-when-start"),
        rule(Verb::Enable, ACTIVE, Already, Documented, NONE, "reason-running-already"),
        rule(Verb::Enable, ENDED, Instead(Verb::Create), Documented, NONE, "reason-ended-voucher-cannot-started"),
        rule(Verb::Delete, SCHEDULED, Yes, Documented, DELETE, "reason-voucher-not-started-deleted"),
        rule(Verb::Delete, ACTIVE, Instead(Verb::End), Documented, DELETE, "reason-only-voucher-not-started"),
        rule(Verb::Delete, ENDED, Never, Documented, DELETE, "reason-ended-voucher-stays-list-cannot"),
        rule(Verb::Create, EVERY, Yes, Documented, ADD, "reason-new-voucher-same-rules-another"),
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

/// By the very spelling that would be sent, so that both say the same.
fn impossible(write: &Write, _: &Coupon) -> Option<Message> {
    // When it starts has no part in whether it can be made.
    spelled(write, Timestamp::UNIX_EPOCH).err().map(|reason| message!(reason))
}

/// By whom and where a voucher can be used. Source: voucher API, `usecase` and `target_voucher`.
fn terms(voucher: &Coupon) -> Vec<Message> {
    let number = |name: &str| voucher.other_rules.get(name).and_then(serde_json::Value::as_i64);
    let by_use = match number("usecase") {
        None | Some(0..=2) => None,
        Some(3) => Some("terms-new-buyers"),
        Some(4) => Some("terms-repeat-buyers"),
        Some(5) => Some("terms-told-the-code"),
        Some(6) => Some("terms-in-live"),
        Some(7) => Some("terms-in-videos"),
        Some(9) => Some("terms-followers"),
        Some(10) => Some("terms-members"),
        Some(_) => Some("terms-of-its-kind"),
    };
    let by_target = match number("target_voucher") {
        None | Some(0) => None,
        Some(1) => Some("terms-new-buyers"),
        Some(2 | 3) => Some("terms-repeat-buyers"),
        Some(_) => Some("terms-certain-buyers"),
    };
    let items = voucher.other_rules.get(ITEMS).map(|items| match items.is_null() {
        true => "terms-items-not-asked",
        false => "terms-certain-items",
    });
    let mut told: Vec<Message> = Vec::new();
    for id in [by_use, by_target.filter(|id| Some(*id) != by_use), items].into_iter().flatten() {
        told.push(if id == "terms-of-its-kind" { message!(id, kind = &voucher.kind) } else { message!(id) });
    }
    told
}
