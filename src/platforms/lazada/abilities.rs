//! What Lazada can do with a voucher.
//!
//! Sources: "voucher API" is the official documents of the nine voucher calls; "no such call" means that there are just those
//! nine; "edit form" is the form of an integrator's shop system, which allows per status what Lazada took in 2021 and 2022.

use chrono::Duration;

use super::voucher::{self, SKU_IDS, START_LEAD};
use crate::domain::{
    Abilities, Ability, Argument, BackOffice, Confidence, Coupon, Limits, Message, Platform, Rule, Timestamp, Verb,
    Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, PAUSED, SCHEDULED, rule};

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("lazada"),
    name: "Lazada",
    rules: RULES,
    limits: Limits {
        // Both bounds are those of the edit form.
        longest_period: Some(Duration::days(180)),
        shortest_period: Some(Duration::minutes(10)),
        start_lead: START_LEAD,
        // Buyers collect what the API can make; a voucher with a code can only be read.
        code_letters_max: 0,
        products_rule: Some(SKU_IDS),
        ..Limits::NONE
    },
    platform_owned: "",
    impossible,
    terms,
};

const UPDATE: &str = "voucher API, voucher/update";
const CREATE: &str = "voucher API, voucher/create";
const ACTIVATE: &str = "voucher API, voucher/activate";
const DEACTIVATE: &str = "voucher API, voucher/deactivate";
const FORM: &str = "edit form";
const NONE: &str = "voucher API: no such call";

const RULES: &[Rule] = {
    use Ability::{Already, ByHand, FollowOn, Instead, Never, Yes};
    use Confidence::{Documented, Inferred, Observed};
    &[
        rule(Verb::Extend, SCHEDULED, Yes, Observed, FORM, "reason-voucher-not-started-end-later"),
        rule(Verb::Extend, ACTIVE, FollowOn, Observed, FORM, "reason-end-running-voucher-cannot-moved-new"),
        rule(Verb::Extend, PAUSED, Never, Observed, FORM, "reason-paused-voucher-cannot-changed-enable-first"),
        rule(Verb::Extend, ENDED, FollowOn, Observed, FORM, "reason-ended-voucher-cannot-changed-new"),
        rule(Verb::Shorten, SCHEDULED, Yes, Observed, FORM, "reason-voucher-not-started-end-earlier"),
        rule(Verb::Shorten, ACTIVE, Never, Observed, FORM, "reason-end-running-voucher-cannot-moved-pause"),
        rule(Verb::Shorten, PAUSED, Never, Observed, FORM, "reason-paused-voucher-cannot-changed"),
        rule(Verb::Shorten, ENDED, Never, Observed, FORM, "reason-ended-voucher-cannot-changed"),
        rule(Verb::Restock, SCHEDULED, Yes, Documented, UPDATE, "reason-total-raised-never-lowered"),
        rule(Verb::Restock, ACTIVE, Yes, Documented, UPDATE, "reason-total-raised-never-lowered"),
        rule(Verb::Restock, PAUSED, Never, Observed, FORM, "reason-paused-voucher-cannot-changed-enable-raise"),
        rule(Verb::Restock, ENDED, Never, Observed, FORM, "reason-ended-voucher-cannot-changed-recreate"),
        rule(Verb::AdjustMinSpend, SCHEDULED, Yes, Observed, FORM, "reason-min-spend-changed-until"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Observed, FORM, "reason-min-spend-running-voucher"),
        rule(Verb::AdjustMinSpend, PAUSED, Never, Observed, FORM, "reason-paused-voucher-cannot-changed-recreate"),
        rule(Verb::AdjustMinSpend, ENDED, Never, Observed, FORM, "reason-ended-voucher-cannot-changed-recreate"),
        rule(Verb::End, SCHEDULED, ByHand, Observed, FORM, "reason-api-neither-end-nor"),
        rule(Verb::End, ACTIVE, Instead(Verb::Pause), Documented, NONE, "reason-lazada-no-end-deactivated"),
        rule(Verb::End, PAUSED, Already, Documented, NONE, "reason-lazada-no-end-paused"),
        rule(Verb::End, ENDED, Already, Documented, NONE, "reason-ended-already"),
        rule(Verb::Pause, SCHEDULED, ByHand, Observed, FORM, "reason-api-cannot-deactivate-voucher"),
        rule(Verb::Pause, ACTIVE, Yes, Documented, DEACTIVATE, "reason-running-voucher-deactivated"),
        rule(Verb::Pause, PAUSED, Already, Documented, DEACTIVATE, "reason-paused-already"),
        rule(Verb::Pause, ENDED, Never, Inferred, DEACTIVATE, "reason-ended-already"),
        rule(Verb::Enable, SCHEDULED, Never, Inferred, ACTIVATE, "reason-starts-itself-lazada-cannot"),
        rule(Verb::Enable, ACTIVE, Already, Inferred, ACTIVATE, "reason-running-already"),
        rule(Verb::Enable, PAUSED, Yes, Documented, ACTIVATE, "reason-paused-voucher-activated-until"),
        rule(Verb::Enable, ENDED, Instead(Verb::Create), Inferred, ACTIVATE, "reason-ended-voucher-cannot-started"),
        rule(Verb::Delete, SCHEDULED, ByHand, Documented, NONE, "reason-api-neither-delete-nor"),
        rule(Verb::Delete, ACTIVE, Instead(Verb::Pause), Documented, NONE, "reason-api-cannot-delete-deactivated"),
        rule(Verb::Delete, PAUSED, ByHand, Documented, NONE, "reason-api-cannot-delete-paused"),
        rule(Verb::Delete, ENDED, Never, Documented, NONE, "reason-ended-voucher-stays-list-api"),
        rule(Verb::Create, EVERY, Yes, Documented, CREATE, "reason-new-voucher-same-rules-code"),
    ]
};

/// Guidance for people: what the pages of another market call things differs, and nothing is refused because of it.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "Promotions > Seller Voucher",
    end_field: "Redeem period, end",
    total_field: "Total vouchers",
    minimum_field: "Minimum order value",
    moment: "%d/%m/%Y %H:%M",
    moment_elsewhere: ("", &[]),
    end_is_included: true,
    edit: "Edit",
    stop: "Deactivate",
    enable: "Activate",
    delete: "Delete, where it is offered",
    copy: "Add new voucher",
    save: "Submit",
    mark: Confidence::Inferred,
    source: "menu: Lazada community, tips on seller vouchers; fields and dates: inferred",
};

/// As [`super::Lazada`] sends them, so far as the loaded voucher tells.
fn impossible(write: &Write, coupon: &Coupon) -> Option<Message> {
    let reason = match write {
        Write::SetEnd { ends: None, .. } => "impossible-lazada-no-end",
        Write::SetTotal { total: None, .. } => "impossible-lazada-no-total",
        Write::SetTotal { total: Some(total), .. } => {
            let issued = coupon.total.filter(|issued| total <= issued)?;
            return Some(message!("impossible-total-raised", total = Argument::Digits(issued)));
        }
        Write::SetMinimum { minimum, .. } => voucher::minimum_amount(minimum).err()?,
        // When it starts has no part in whether it can be made.
        Write::Create { draft } => voucher::create(draft, Timestamp::UNIX_EPOCH).err()?,
        Write::End { .. } => "impossible-lazada-end",
        Write::Delete { .. } => "impossible-lazada-delete",
        Write::Trash { .. } => "impossible-lazada-bin",
        // The voucher is made by the step before.
        Write::SetEnd { .. } | Write::Pause { .. } | Write::Enable { .. } | Write::AddProducts { .. } => return None,
    };
    Some(message!(reason))
}

/// Which products a voucher is for, and where buyers get it. Source: voucher API, `apply` and `display_area`.
fn terms(voucher: &Coupon) -> Vec<Message> {
    let products = match voucher::rule(&voucher.other_rules, "apply") {
        "ENTIRE_SHOP" => None,
        "" => Some(message!("terms-items-not-told")),
        _ => Some(message!("terms-certain-items")),
    };
    let area = match voucher::rule(&voucher.other_rules, "display_area") {
        "STORE_FOLLOWER" => Some(message!("terms-followers")),
        "LIVE_STREAM" => Some(message!("terms-in-live")),
        "REGULAR_CHANNEL" | "" => None,
        _ => Some(message!("terms-of-its-kind", kind = &voucher.kind)),
    };
    area.into_iter().chain(products).collect()
}
