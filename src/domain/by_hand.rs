//! What only a person can do, in a platform's back office: the task, how an export sees that it was done, and where to click.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::{
    ActionWord, ChangeId, Confidence, Coupon, CouponId, Discount, ExpectedState, Message, Minimum, RowKey, Severity,
    Status, StoreId, Timestamp,
};
use crate::message;

/// One piece of work for a person, made by a plan and kept until an export sees it done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The decision it comes from: a decision leaves at most one task.
    pub change: ChangeId,
    pub row: RowKey,
    pub store: StoreId,
    pub coupon: CouponId,
    /// What people call the coupon.
    pub label: String,
    pub action: ActionWord,
    /// What is to be true afterwards.
    pub goal: Goal,
    /// In a few words, verb first: `Raise total by 50 to 750`.
    #[serde(rename = "deed")]
    pub to_do: Message,
    /// Why the program cannot do it itself.
    pub why: Message,
    /// What to click, in order; without numbers.
    pub steps: Vec<Message>,
    /// What to type, each with the name of its field, in the platform's spelling and the store's own time:
    /// `End: 30/11/2026 23:59 (WIB)`.
    pub values: Vec<Message>,
    /// The coupon's page in the back office.
    pub page: Option<String>,
    pub owner: String,
    /// A day of the store's own calendar.
    pub due: NaiveDate,
}

/// What an export looks for to see that a task was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The coupon agrees with these.
    #[serde(rename = "facts")]
    State(ExpectedState),
    /// Buyers can use it: it runs, or will by itself.
    Usable,
    /// Buyers can no longer use it: it ended, is held, or is gone.
    Stopped,
    /// Somebody changed it, or the platform's review went on: one of these is different now.
    Changed { status: Status, discount: Discount, minimum: Minimum },
    /// Another coupon of the store has these rules.
    Copied(Box<Likeness>),
}

/// What a copy that a person makes has in common with what was asked for. Its code and name are the person's choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    pub discount: Discount,
    pub minimum: Minimum,
    /// Exclusive.
    pub ends: Option<Timestamp>,
    /// None where nobody asked for a certain total.
    pub total: Option<u64>,
    /// The model, and the coupons that were alike before anybody was asked.
    pub known: BTreeSet<CouponId>,
}

/// How a task stands by what one export saw.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskStatus {
    Open,
    /// The coupon is not in its store any more, so that this can never be done as it was asked for; nothing is left to do.
    Gone,
    /// The coupon has ended, so that this may never be done as it was asked for.
    Over,
    /// Nothing is known: the store, or this coupon of it, did not load.
    NotSeen,
    Done,
}

/// A task as one export shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRow {
    pub task: Task,
    pub status: TaskStatus,
}

/// What a change leaves to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FollowUp {
    Task(Box<Task>),
    /// Advice that nobody has to follow; not kept. Journals of format 1 hold such words for every follow-up.
    Advice(Message),
}

/// A platform's own pages for sellers, as guidance: what menus and buttons are called differs by market and changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOffice {
    /// From its start page to its coupons.
    pub menu: &'static str,
    pub end_field: &'static str,
    pub total_field: &'static str,
    pub minimum_field: &'static str,
    /// How a moment is typed, in chrono's letters.
    pub moment: &'static str,
    /// The same in shops of these currencies, where it differs.
    pub moment_elsewhere: (&'static str, &'static [&'static str]),
    /// Whether the last minute that still counts is typed as the end; else the first that does not.
    pub end_is_included: bool,
    /// What the buttons are called.
    pub edit: &'static str,
    pub stop: &'static str,
    pub enable: &'static str,
    pub delete: &'static str,
    pub copy: &'static str,
    pub save: &'static str,
    pub mark: Confidence,
    pub source: &'static str,
}

impl BackOffice {
    /// What begins so is the id of a message in place of a name that nobody knows.
    pub const OURS: &'static str = "office-";

    /// Of a platform that is not known.
    pub const UNKNOWN: Self = Self {
        menu: "its coupons",
        end_field: "end",
        total_field: "total",
        minimum_field: "minimum",
        moment: "%Y-%m-%d %H:%M",
        moment_elsewhere: ("", &[]),
        end_is_included: true,
        edit: "edit",
        stop: "stop",
        enable: "enable",
        delete: "delete",
        copy: "copy",
        save: "save",
        mark: Confidence::Inferred,
        source: "nothing is known of it",
    };
}

impl Task {
    /// The task in one line.
    pub fn message(&self) -> Message {
        let line = match self.values.as_slice() {
            [] => message!("results-task", to_do = &self.to_do, why = &self.why),
            values => {
                message!("results-task-values", to_do = &self.to_do, why = &self.why, values = values.to_vec())
            }
        };
        match &self.page {
            Some(page) => message!("results-task-page", words = line, page = page),
            None => line,
        }
    }

    /// How it stands, where the store loaded whole: `coupon` is the task's own, none where it is not there; `others` are all
    /// coupons of the store.
    pub fn status<'a>(&self, coupon: Option<&Coupon>, mut others: impl Iterator<Item = &'a Coupon>) -> TaskStatus {
        if self.goal.is_reached(coupon, &mut others) {
            return TaskStatus::Done;
        }
        match (coupon.map(|coupon| coupon.status), &self.goal) {
            // A copy can be made of a model that is over or gone: its rules are in the task.
            (_, Goal::Copied(_)) => TaskStatus::Open,
            (None | Some(Status::Trashed), _) => TaskStatus::Gone,
            // What has ended can still be deleted.
            (Some(Status::Ended), Goal::State(facts)) if facts.exists != Some(false) => TaskStatus::Over,
            (Some(Status::Ended), Goal::Usable) => TaskStatus::Over,
            _ => TaskStatus::Open,
        }
    }
}

impl Goal {
    fn is_reached<'a>(&self, coupon: Option<&Coupon>, others: &mut impl Iterator<Item = &'a Coupon>) -> bool {
        match self {
            Self::State(facts) => to_the_minute(facts, coupon).hold_for(coupon),
            Self::Usable => coupon.is_some_and(|coupon| matches!(coupon.status, Status::Active | Status::Scheduled)),
            Self::Stopped => coupon.is_none_or(|coupon| {
                matches!(coupon.status, Status::Ended | Status::Paused | Status::Rejected | Status::Trashed)
            }),
            Self::Changed { status, discount, minimum } => coupon.is_some_and(|coupon| {
                (coupon.status, &coupon.discount, &coupon.minimum) != (*status, discount, minimum)
            }),
            Self::Copied(likeness) => others.any(|other| likeness.fits(other)),
        }
    }
}

// A person types 23:59 where we mean the whole of that minute.
fn to_the_minute(facts: &ExpectedState, coupon: Option<&Coupon>) -> ExpectedState {
    let mut facts = facts.clone();
    if let (Some(wanted), Some(coupon)) = (facts.ends, coupon)
        && same_minute(wanted, coupon.usable.ends())
    {
        facts.ends = Some(coupon.usable.ends());
    }
    facts
}

fn same_minute(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.zip(other).map_or(one == other, |(one, other)| (one - other).num_seconds().abs() <= 60)
}

impl Likeness {
    /// Whether `coupon` is such a copy, and not one that was there before.
    pub fn fits(&self, coupon: &Coupon) -> bool {
        // Of a discount that nobody knows, no coupon can be said to be a copy.
        self.discount != Discount::Other(String::new())
            && matches!(coupon.status, Status::Active | Status::Scheduled | Status::InReview)
            && !self.known.contains(&coupon.id)
            && coupon.discount == self.discount
            && coupon.minimum == self.minimum
            && same_minute(coupon.usable.ends(), self.ends)
            && self.total.is_none_or(|total| coupon.total == Some(total))
    }
}

impl TaskRow {
    pub fn is_open(&self) -> bool {
        !matches!(self.status, TaskStatus::Done | TaskStatus::Gone)
    }

    /// How urgent it is on `today`, a day of the store: critical when it is due, warning when it is within the week; none when
    /// nothing is left to do.
    pub fn severity(&self, today: NaiveDate) -> Option<Severity> {
        if !self.is_open() {
            return None;
        }
        let days_left = (self.task.due - today).num_days();
        Some(match days_left {
            ..=0 => Severity::Critical,
            1..=7 => Severity::Warning,
            _ => Severity::Notice,
        })
    }
}

impl FollowUp {
    /// In one line.
    pub fn message(&self) -> Message {
        match self {
            Self::Task(task) => task.message(),
            Self::Advice(advice) => advice.clone(),
        }
    }

    pub fn task(&self) -> Option<&Task> {
        match self {
            Self::Task(task) => Some(task),
            Self::Advice(_) => None,
        }
    }
}
