//! What Lazada can do with a voucher.
//!
//! Sources: "voucher API" is the official documents of the nine voucher calls; "no such call" means that there are just those
//! nine; "edit form" is the form of an integrator's shop system, which allows per status what Lazada took in 2021 and 2022.

use chrono::Duration;

use super::voucher::{SKU_IDS, START_LEAD};
use crate::domain::{Abilities, Ability, BackOffice, Confidence, Limits, Platform, Rule, Verb};
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, PAUSED, SCHEDULED, rule};

pub const PLATFORM: Platform = Platform::new("lazada");

pub static ABILITIES: Abilities = Abilities {
    platform: PLATFORM,
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
        rule(Verb::Extend, SCHEDULED, Yes, Observed, FORM, "reason-a-voucher-that-has-not-started-can-end-later"),
        rule(
            Verb::Extend,
            ACTIVE,
            FollowOn,
            Observed,
            FORM,
            "reason-the-end-of-a-running-voucher-cannot-be-moved-a-new-voucher-with-the-same-rules-takes-over-when-it-ends",
        ),
        rule(
            Verb::Extend,
            PAUSED,
            Never,
            Observed,
            FORM,
            "reason-a-paused-voucher-cannot-be-changed-enable-it-first-or-recreate-it",
        ),
        rule(
            Verb::Extend,
            ENDED,
            FollowOn,
            Observed,
            FORM,
            "reason-an-ended-voucher-cannot-be-changed-a-new-voucher-with-the-same-rules-replaces-it",
        ),
        rule(Verb::Shorten, SCHEDULED, Yes, Observed, FORM, "reason-a-voucher-that-has-not-started-can-end-earlier"),
        rule(
            Verb::Shorten,
            ACTIVE,
            Never,
            Observed,
            FORM,
            "reason-the-end-of-a-running-voucher-cannot-be-moved-pause-stops-it",
        ),
        rule(Verb::Shorten, PAUSED, Never, Observed, FORM, "reason-a-paused-voucher-cannot-be-changed"),
        rule(Verb::Shorten, ENDED, Never, Observed, FORM, "reason-an-ended-voucher-cannot-be-changed"),
        rule(Verb::Restock, SCHEDULED, Yes, Documented, UPDATE, "reason-the-total-can-be-raised-never-lowered"),
        rule(Verb::Restock, ACTIVE, Yes, Documented, UPDATE, "reason-the-total-can-be-raised-never-lowered"),
        rule(
            Verb::Restock,
            PAUSED,
            Never,
            Observed,
            FORM,
            "reason-a-paused-voucher-cannot-be-changed-enable-it-raise-the-total-and-pause-it-again",
        ),
        rule(
            Verb::Restock,
            ENDED,
            Never,
            Observed,
            FORM,
            "reason-an-ended-voucher-cannot-be-changed-recreate-it-instead",
        ),
        rule(
            Verb::AdjustMinSpend,
            SCHEDULED,
            Yes,
            Observed,
            FORM,
            "reason-the-min-spend-can-be-changed-until-the-voucher-starts",
        ),
        rule(
            Verb::AdjustMinSpend,
            ACTIVE,
            Never,
            Observed,
            FORM,
            "reason-the-min-spend-of-a-running-voucher-cannot-be-changed-recreate-it-instead",
        ),
        rule(
            Verb::AdjustMinSpend,
            PAUSED,
            Never,
            Observed,
            FORM,
            "reason-a-paused-voucher-cannot-be-changed-recreate-it-instead",
        ),
        rule(
            Verb::AdjustMinSpend,
            ENDED,
            Never,
            Observed,
            FORM,
            "reason-an-ended-voucher-cannot-be-changed-recreate-it-instead",
        ),
        rule(
            Verb::End,
            SCHEDULED,
            ByHand,
            Observed,
            FORM,
            "reason-the-api-can-neither-end-nor-deactivate-a-voucher-that-has-not-started",
        ),
        rule(
            Verb::End,
            ACTIVE,
            Instead(Verb::Pause),
            Documented,
            NONE,
            "reason-lazada-has-no-end-deactivated-nobody-can-use-the-voucher-and-it-can-be-activated-again-until-its-end",
        ),
        rule(
            Verb::End,
            PAUSED,
            Already,
            Documented,
            NONE,
            "reason-lazada-has-no-end-it-is-paused-so-nobody-can-use-it",
        ),
        rule(Verb::End, ENDED, Already, Documented, NONE, "reason-it-has-ended-already"),
        rule(
            Verb::Pause,
            SCHEDULED,
            ByHand,
            Observed,
            FORM,
            "reason-the-api-cannot-deactivate-a-voucher-that-has-not-started",
        ),
        rule(Verb::Pause, ACTIVE, Yes, Documented, DEACTIVATE, "reason-a-running-voucher-can-be-deactivated"),
        rule(Verb::Pause, PAUSED, Already, Documented, DEACTIVATE, "reason-it-is-paused-already"),
        rule(Verb::Pause, ENDED, Never, Inferred, DEACTIVATE, "reason-it-has-ended-already"),
        rule(
            Verb::Enable,
            SCHEDULED,
            Never,
            Inferred,
            ACTIVATE,
            "reason-it-starts-by-itself-lazada-cannot-start-it-sooner-than-its-start",
        ),
        rule(Verb::Enable, ACTIVE, Already, Inferred, ACTIVATE, "reason-it-is-running-already"),
        rule(Verb::Enable, PAUSED, Yes, Documented, ACTIVATE, "reason-a-paused-voucher-can-be-activated-until-its-end"),
        rule(
            Verb::Enable,
            ENDED,
            Instead(Verb::Create),
            Inferred,
            ACTIVATE,
            "reason-an-ended-voucher-cannot-be-started-again-recreate-it",
        ),
        rule(
            Verb::Delete,
            SCHEDULED,
            ByHand,
            Documented,
            NONE,
            "reason-the-api-can-neither-delete-nor-deactivate-a-voucher-that-has-not-started",
        ),
        rule(
            Verb::Delete,
            ACTIVE,
            Instead(Verb::Pause),
            Documented,
            NONE,
            "reason-the-api-cannot-delete-deactivated-nobody-can-use-the-voucher-and-it-stays-in-the-list",
        ),
        rule(
            Verb::Delete,
            PAUSED,
            ByHand,
            Documented,
            NONE,
            "reason-the-api-cannot-delete-it-is-paused-so-nobody-can-use-it",
        ),
        rule(
            Verb::Delete,
            ENDED,
            Never,
            Documented,
            NONE,
            "reason-an-ended-voucher-stays-in-the-list-the-api-cannot-delete",
        ),
        rule(
            Verb::Create,
            EVERY,
            Yes,
            Documented,
            CREATE,
            "reason-a-new-voucher-with-the-same-rules-one-with-a-code-cannot-be-made-through-the-api",
        ),
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
