//! What can be done with a coupon of a store that has a file and no API: everything by hand, in the shop's own pages.

use crate::domain::{
    Abilities, Ability, BackOffice, Confidence, Coupon, Limits, Message, Platform, Rule, Status, Verb, Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, SCHEDULED, rule};

/// Neither over nor deleted; of a status that nobody knows a person sees on the page what it is.
const OPEN: &[Status] =
    &[Status::Scheduled, Status::Active, Status::Paused, Status::InReview, Status::Rejected, Status::Unknown];
const STOPPED: &[Status] = &[Status::Paused, Status::InReview, Status::Rejected, Status::Unknown];
const RUNNING: &[Status] = &[Status::Scheduled, Status::Active, Status::InReview, Status::Rejected, Status::Unknown];
const PAUSED: &[Status] = &[Status::Paused];
const ALL: &[Status] = &[
    Status::Scheduled,
    Status::Active,
    Status::Paused,
    Status::InReview,
    Status::Rejected,
    Status::Unknown,
    Status::Ended,
];

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("sheet"),
    name: "Sheet",
    rules: RULES,
    // They bind what is sent, and nothing is.
    limits: Limits { code_letters_max: 64, code_hyphen: true, ..Limits::NONE },
    platform_owned: "",
    impossible,
    terms,
};

const FILE: &str = "a file can only be read";
const OVER: &str = "what has ended stays so on every platform that is known";

// A table, a line a rule.
#[rustfmt::skip]
const RULES: &[Rule] = {
    use Ability::{Already, ByHand, Never};
    use Confidence::Inferred;
    &[
        rule(Verb::Extend, OPEN, ByHand, Inferred, FILE, "reason-sheet-end"),
        rule(Verb::Extend, ENDED, Never, Inferred, OVER, "reason-sheet-over"),
        rule(Verb::Shorten, OPEN, ByHand, Inferred, FILE, "reason-sheet-end"),
        rule(Verb::Shorten, ENDED, Never, Inferred, OVER, "reason-ended-already"),
        rule(Verb::Restock, OPEN, ByHand, Inferred, FILE, "reason-sheet-total"),
        rule(Verb::Restock, ENDED, Never, Inferred, OVER, "reason-sheet-over"),
        rule(Verb::AdjustMinSpend, OPEN, ByHand, Inferred, FILE, "reason-sheet-min-spend"),
        rule(Verb::AdjustMinSpend, ENDED, Never, Inferred, OVER, "reason-sheet-over"),
        rule(Verb::End, OPEN, ByHand, Inferred, FILE, "reason-sheet-switch"),
        rule(Verb::End, ENDED, Already, Inferred, OVER, "reason-ended-already"),
        rule(Verb::Pause, RUNNING, ByHand, Inferred, FILE, "reason-sheet-switch"),
        rule(Verb::Pause, PAUSED, Already, Inferred, FILE, "reason-paused-already"),
        rule(Verb::Pause, ENDED, Never, Inferred, OVER, "reason-ended-already"),
        rule(Verb::Enable, STOPPED, ByHand, Inferred, FILE, "reason-sheet-switch"),
        rule(Verb::Enable, SCHEDULED, Never, Inferred, FILE, "reason-starts-itself-when-start"),
        rule(Verb::Enable, ACTIVE, Already, Inferred, FILE, "reason-running-already"),
        rule(Verb::Enable, ENDED, Never, Inferred, OVER, "reason-sheet-over"),
        rule(Verb::Delete, ALL, ByHand, Inferred, FILE, "reason-sheet-delete"),
        rule(Verb::Create, ALL, ByHand, Inferred, FILE, "reason-sheet-create"),
    ]
};

/// Nobody knows what these shops call their buttons: words of ours, in the reader's language.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "office-menu",
    end_field: "office-end",
    total_field: "office-total",
    minimum_field: "office-minimum",
    moment: "%Y-%m-%d %H:%M",
    moment_elsewhere: ("", &[]),
    end_is_included: true,
    edit: "office-edit",
    stop: "office-stop",
    enable: "office-enable",
    delete: "office-delete",
    copy: "office-copy",
    save: "office-save",
    mark: Confidence::Inferred,
    source: "plain words; the names of menus and buttons differ from shop to shop",
};

/// There is nothing to send it to.
fn impossible(_: &Write, _: &Coupon) -> Option<Message> {
    Some(message!("impossible-sheet"))
}

/// What the file does not tell is an unread rule; see [`crate::domain::unread_rule`].
fn terms(_: &Coupon) -> Vec<Message> {
    Vec::new()
}
