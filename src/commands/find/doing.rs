//! What is being done about a coupon, as the journal of this machine knows it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde::Serialize;

use super::past::Hit;
use crate::commands::context::Context;
use crate::domain::{
    Argument, Kept, Memory, Message, OpenAction, OutcomeKind, RowChange, Store, StoreId, Task, Timestamp,
};
use crate::failure::Failure;
use crate::journal::{Journal, StepRecord};
use crate::message;
use crate::settings::Settings;

/// So far back what was done is told.
const DONE_DAYS: i64 = 7;

/// One thing that is, or was lately, done about a coupon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Doing {
    pub what: What,
    pub message: Message,
    pub by: Option<String>,
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A workbook that came back asks for it, and no run has settled it.
    Asked,
    ByHand,
    InDoubt,
    Done,
    /// Somebody stopped it on purpose.
    Stopped,
    /// Somebody accepted what is wrong with it.
    Kept,
}

/// What the journal knows of the stores in question.
#[derive(Default)]
pub struct Doings {
    open: Vec<OpenAction>,
    tasks: Vec<Task>,
    in_doubt: Vec<StepRecord>,
    done: Vec<RowChange>,
    memories: BTreeMap<StoreId, Memory>,
    /// Why nothing is known; none where the journal was read.
    pub unknown: Option<String>,
}

impl Doings {
    /// A journal that is not there, or cannot be read, leaves the question open: whoever asks may not be who applies.
    pub fn read(context: &Context, settings: &Settings, stores: &BTreeSet<StoreId>, now: Timestamp) -> Self {
        let path = settings.journal_path();
        if !path.exists() {
            let unknown = Some(format!("there is no journal on this machine ({})", path.display()));
            return Self { unknown, ..Self::default() };
        }
        let read = context.journal(settings).and_then(|journal| Self::of(&journal, settings, stores, now));
        read.unwrap_or_else(|failure| Self { unknown: Some(failure.line), ..Self::default() })
    }

    fn of(journal: &Journal, settings: &Settings, stores: &BTreeSet<StoreId>, now: Timestamp) -> Result<Self, Failure> {
        let hours = Duration::try_hours(settings.brakes.workbook_hours).unwrap_or(Duration::days(3));
        let mut memories = BTreeMap::new();
        for store in stores {
            memories.insert(store.clone(), journal.memory_of(Some(store))?);
        }
        Ok(Self {
            open: journal.open_actions(now - hours)?,
            tasks: journal.open_tasks()?,
            in_doubt: journal.in_doubt()?,
            done: journal.changes_since(now - Duration::days(DONE_DAYS))?,
            memories,
            unknown: None,
        })
    }

    pub fn memory(&self, store: &StoreId) -> Option<&Memory> {
        self.memories.get(store)
    }

    /// All that is known of one coupon, what is still to come first.
    pub fn about(&self, hit: &Hit, now: Timestamp) -> Vec<Doing> {
        let asked = self.open.iter().filter(|open| open.row == hit.key).map(asked);
        let tasks = self.tasks.iter().filter(|task| task.row == hit.key).map(by_hand);
        let is_it = |step: &&StepRecord| step.store == hit.store.id && step.write.coupon() == Some(&hit.id);
        let in_doubt = self.in_doubt.iter().filter(is_it).map(|step| in_doubt(step, &hit.store, now));
        let done = self.done.iter().filter(|change| change.row == hit.key).map(|change| done(change, &hit.store, now));
        let key = (hit.store.id.clone(), hit.id.clone());
        let memory = self.memories.get(&hit.store.id);
        let stopped = memory.and_then(|memory| memory.on_purpose.get(&key)).map(|deliberate| Doing {
            what: What::Stopped,
            message: message!(
                "find-doing-stopped",
                operation = deliberate.becomes.message(),
                by = Argument::name(&deliberate.by),
                at = instant(deliberate.at, &hit.store, now)
            ),
            by: Some(deliberate.by.clone()),
            at: Some(deliberate.at),
        });
        let kept = memory.and_then(|memory| memory.kept.get(&key)?.last());
        let kept = kept.filter(|kept| kept.keeping.until.is_none_or(|until| until > now));
        // What stopped it is told once.
        let stopped_at = stopped.as_ref().and_then(|stopped| stopped.at);
        let done = done.filter(|done| done.at != stopped_at);
        let now_or_later = asked.chain(tasks).chain(in_doubt).chain(stopped);
        now_or_later.chain(kept.map(|kept| self::kept(kept, &hit.store, now))).chain(done).collect()
    }
}

fn instant(at: Timestamp, store: &Store, near: Timestamp) -> Argument {
    Argument::Instant { at, zone: store.zone, near }
}

fn asked(open: &OpenAction) -> Doing {
    let action = open.action.message();
    let message = match open.outcome {
        None => message!("find-doing-asked", action = action),
        Some(outcome) => message!("find-doing-asked-again", action = action, outcome = outcome_words(outcome)),
    };
    Doing { what: What::Asked, message, by: None, at: None }
}

fn outcome_words(kind: OutcomeKind) -> Message {
    Message::new(format!("outcome-{}", kind.word().replace(' ', "-")), Vec::new())
}

fn by_hand(task: &Task) -> Doing {
    let day = Argument::Day { day: task.due, near: task.due };
    let message = message!("find-doing-by-hand", task = &task.to_do, owner = Argument::name(&task.owner), day = day);
    Doing { what: What::ByHand, message, by: Some(task.owner.clone()), at: None }
}

fn in_doubt(step: &StepRecord, store: &Store, now: Timestamp) -> Doing {
    let message = message!("find-doing-in-doubt", at = instant(step.begun_at, store, now));
    Doing { what: What::InDoubt, message, by: None, at: Some(step.begun_at) }
}

fn done(change: &RowChange, store: &Store, now: Timestamp) -> Doing {
    let message = message!(
        "find-doing-done",
        operation = change.becomes.message(),
        by = Argument::name(&change.by),
        at = instant(change.at, store, now)
    );
    Doing { what: What::Done, message, by: Some(change.by.clone()), at: Some(change.at) }
}

fn kept(kept: &Kept, store: &Store, now: Timestamp) -> Doing {
    let (by, note) = (Argument::name(&kept.by), kept.keeping.note.trim());
    let message = match kept.keeping.until {
        Some(at) => {
            let until = Argument::End { at, zone: store.zone, near: now };
            message!("rules-kept-until", by = by, until = until, note = note)
        }
        None => message!("rules-kept", by = by, note = note),
    };
    Doing { what: What::Kept, message, by: Some(kept.by.clone()), at: Some(kept.at) }
}
