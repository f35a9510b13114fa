//! What a row says to a person, in the language that it is asked for: the values of a coupon, and the parts of a verdict.

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::domain::{ActionWord, Coupon, Discount, Finding, FollowUp, Minimum, Operation, Status, Task};
use crate::language::{Language, discount_words};
use crate::say;

/// A row's words in the language of the team's workbooks, where that is not English.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub language: Language,
    pub words: Words,
}

/// What a verdict says, without what it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Words {
    Change {
        before: String,
        after: String,
        /// What it leaves to a person.
        rest: Option<String>,
    },
    AlreadyDone {
        why: String,
        by: Option<String>,
    },
    ByHand {
        task: String,
    },
    Conflict {
        exported: String,
        wanted: String,
        live: String,
    },
    Refused {
        reason: String,
        next: String,
    },
}

impl Words {
    /// Of a verdict whose sentences are in `language`.
    pub fn of(verdict: &Verdict, language: Language) -> Self {
        match verdict.clone() {
            Verdict::Change { change, .. } => Self::Change {
                before: change.before_words,
                after: change.after_words,
                rest: change.by_hand.as_ref().map(|rest| rest_words(language, rest)),
            },
            Verdict::AlreadyDone { why, by } => Self::AlreadyDone { why, by },
            Verdict::ByHand { task } => Self::ByHand { task: task_words(language, &task) },
            Verdict::Conflict { exported, wanted, live } => Self::Conflict { exported, wanted, live },
            Verdict::Refused { reason, next } => Self::Refused { reason, next },
        }
    }
}

fn rest_words(language: Language, rest: &FollowUp) -> String {
    match rest {
        FollowUp::Task(task) => task_words(language, task),
        FollowUp::Advice(words) => words.clone(),
    }
}

/// A task in one line.
fn task_words(language: Language, task: &Task) -> String {
    if language == Language::ENGLISH {
        return task.words();
    }
    let mut words = match task.values.as_slice() {
        [] => say!(language, "results-task", deed = &task.deed, why = &task.why),
        values => {
            say!(language, "results-task-values", deed = &task.deed, why = &task.why, values = values.join(", "))
        }
    };
    if let Some(page) = &task.page {
        words = say!(language, "results-task-page", words = words, page = page);
    }
    words
}

/// `active`, `in review`: within a sentence.
pub fn status_words(language: Language, status: Status) -> String {
    language.say(match status {
        Status::Scheduled => "results-status-scheduled",
        Status::Active => "results-status-active",
        Status::Paused => "results-status-paused",
        Status::InReview => "results-status-in-review",
        Status::Rejected => "results-status-rejected",
        Status::Ended => "results-status-ended",
        Status::Trashed => "results-status-trashed",
        Status::Unknown => "results-status-unknown",
    })
}

/// What an action turned into: `extend in place`.
pub fn becomes_words(language: Language, becomes: Operation) -> String {
    language.say(match becomes {
        Operation::ExtendInPlace => "results-becomes-extend-in-place",
        Operation::ShortenInPlace => "results-becomes-shorten-in-place",
        Operation::FollowOn => "results-becomes-follow-on",
        Operation::RaiseTotal => "results-becomes-raise-total",
        Operation::ChangeMinSpend => "results-becomes-change-min-spend",
        Operation::End => "results-becomes-end",
        Operation::Pause => "results-becomes-pause",
        Operation::Enable => "results-becomes-enable",
        Operation::Delete => "results-becomes-delete",
        Operation::Trash => "results-becomes-trash",
        Operation::Create => "results-becomes-create",
        Operation::Planned => "results-becomes-planned",
        Operation::Keep => "results-becomes-keep",
    })
}

pub fn total_words(language: Language, total: Option<u64>) -> String {
    match total {
        // As it stands in the cell of the platform, without separators.
        Some(total) => say!(language, "results-total", total = total.to_string()),
        None => language.say("results-no-limit"),
    }
}

/// `SGD 30.00`, `no minimum`.
pub fn minimum_value(language: Language, minimum: Minimum) -> String {
    match minimum {
        Minimum::None => language.say("results-no-minimum"),
        Minimum::Spend(money) => money.to_string(),
        Minimum::Quantity(items) => say!(language, "results-minimum-items", items = items.to_string()),
        Minimum::NotKnown => language.say("results-not-known"),
    }
}

/// `min spend SGD 30.00`, `no minimum`.
pub(super) fn minimum_words(language: Language, minimum: Minimum) -> String {
    let value = minimum_value(language, minimum);
    match minimum {
        Minimum::Spend(_) => say!(language, "results-min-spend", amount = value),
        _ => value,
    }
}

/// What a coupon of these rules gives and asks for.
pub(super) fn rules_words(language: Language, coupon: &Coupon) -> String {
    let minimum = minimum_words(language, coupon.minimum);
    say!(language, "results-rules", discount = discount_within(language, &coupon.discount), minimum = minimum)
}

/// What a coupon gives: within a sentence.
pub(super) fn discount_within(language: Language, discount: &Discount) -> String {
    // English begins its cells with a capital, and goes on in small letters within a sentence.
    if language == Language::ENGLISH { discount.to_string() } else { discount_words(language, discount) }
}

/// The names of what was found, as one list; said so where nothing was.
pub(super) fn found_words(language: Language, findings: &[Finding]) -> String {
    let name = |finding: &Finding| language.say(&format!("finding-{}", finding.code.code().replace('_', "-")));
    let mut names = findings.iter().map(name);
    let Some(first) = names.next() else { return language.say("results-nothing-found") };
    names.fold(first, |list, name| say!(language, "results-and-also", list = list, name = name))
}

/// The action as it was asked for.
pub(super) fn wanted_words(language: Language, word: ActionWord) -> String {
    language.say(match word {
        ActionWord::Accept => "results-wanted-accept",
        ActionWord::Renew => "results-wanted-renew",
        ActionWord::Restock => "results-wanted-restock",
        ActionWord::Delete => "results-wanted-delete",
        ActionWord::End => "results-wanted-end",
        ActionWord::Enable => "results-wanted-enable",
        ActionWord::Pause => "results-wanted-pause",
        ActionWord::Adjust => "results-wanted-adjust",
        ActionWord::Recreate => "results-wanted-recreate",
        ActionWord::Keep => "results-wanted-keep",
    })
}

/// What to write instead of an action that the platform cannot do.
pub(super) fn alternative(language: Language, word: ActionWord) -> String {
    language.say(match word {
        ActionWord::Renew | ActionWord::Adjust | ActionWord::Restock | ActionWord::Enable => "results-next-recreate",
        ActionWord::Pause => "results-next-end",
        _ => "results-next-help",
    })
}
