//! What managers decided through us, as `rules` and `plan` receive it.

use rusqlite::{Row, params};

use super::database::{json, word, word_of};
use super::{Journal, JournalError};
use crate::domain::{
    ActionWord, Change, ChangeId, Coupon, CouponId, Deliberate, Draft, Goal, Kept, Memory, Operation, StoreId, Task,
    Timestamp, Write,
};

/// One step that happened, with its change and who applied it.
struct DoneStep {
    change: Change,
    write: Write,
    created: Option<CouponId>,
    by: String,
    at: Timestamp,
}

/// A coupon that one of our changes made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    pub change: ChangeId,
    pub becomes: Operation,
    /// As it was sent.
    pub draft: Box<Draft>,
    pub coupon: CouponId,
}

/// A coupon, and who stopped it on purpose.
type Stop = ((StoreId, CouponId), Deliberate);

impl Journal {
    /// What was made of `model` since `since` (exclusive) and is known to be there, the oldest first.
    pub fn made_of(&self, store: &StoreId, model: &CouponId, since: Timestamp) -> Result<Vec<Made>, JournalError> {
        let query = "SELECT changes.record, steps.write, steps.created, steps.read_back, runs.by, steps.begun_at AS at
             FROM steps JOIN changes ON changes.id = steps.change JOIN runs ON runs.id = steps.run
             WHERE steps.state IN ('done', 'proved', 'not_shown') AND steps.store = ?1
               AND json_extract(steps.write, '$.draft.model') = ?2 AND julianday(steps.begun_at) > julianday(?3)
             ORDER BY steps.rowid";
        let steps = self.all(query, params![store.as_str(), model.as_str(), word_of(&since)], done_step)?;
        Ok(steps.into_iter().filter_map(made).collect())
    }

    /// Coupons ended or paused on purpose and not taken back since, coupons that we made to follow others, and findings that
    /// were accepted as they are. What a platform accepted and never showed stopped nothing, as far as anybody knows.
    pub fn memory(&self) -> Result<Memory, JournalError> {
        self.memory_of(None)
    }

    /// The same of one store alone; none: of all.
    pub fn memory_of(&self, store: Option<&StoreId>) -> Result<Memory, JournalError> {
        let store = store.map(StoreId::as_str);
        let query = "SELECT changes.record, steps.write, steps.created, steps.read_back, runs.by,
                    coalesce(steps.finished_at, steps.settled_at, steps.begun_at) AS at
             FROM steps JOIN changes ON changes.id = steps.change JOIN runs ON runs.id = steps.run
             WHERE (steps.state IN ('done', 'proved') OR steps.state = 'not_shown' AND steps.created IS NOT NULL)
               AND (?1 IS NULL OR steps.store = ?1)
             ORDER BY steps.rowid";
        let steps = self.all(query, params![store], done_step)?;
        let mut memory = Memory::default();
        let mut stops = self.stops_by_hand(store)?.into_iter().peekable();
        for step in steps {
            while let Some((coupon, stop)) = stops.next_if(|(_, stop)| stop.at <= step.at) {
                memory.on_purpose.insert(coupon, stop);
            }
            take_in(&mut memory, step);
        }
        memory.on_purpose.extend(stops);
        for (change, kept) in self.kept(store)? {
            memory.kept.entry((change.store, change.coupon)).or_default().push(kept);
        }
        Ok(memory)
    }

    /// Coupons that a person was asked to stop where no API can, the oldest first. Whether they are stopped, the live coupon says.
    fn stops_by_hand(&self, store: Option<&str>) -> Result<Vec<Stop>, JournalError> {
        let query = "SELECT tasks.record, tasks.asked_at AS at, runs.by FROM tasks JOIN runs ON runs.id = tasks.run
             WHERE tasks.replaced_by IS NULL AND (?1 IS NULL OR tasks.store = ?1)
             ORDER BY julianday(tasks.asked_at), tasks.rowid";
        Ok(self.all(query, params![store], stop_by_hand)?.into_iter().flatten().collect())
    }

    /// In the order in which they were applied.
    fn kept(&self, store: Option<&str>) -> Result<Vec<(Change, Kept)>, JournalError> {
        let query = "SELECT changes.record, runs.by, outcomes.at
             FROM outcomes JOIN changes ON changes.id = outcomes.change JOIN runs ON runs.id = outcomes.run
             WHERE outcomes.kind = 'done' AND json_extract(changes.record, '$.becomes') = 'keep'
               AND (?1 IS NULL OR changes.store = ?1)
             ORDER BY outcomes.rowid";
        Ok(self.all(query, params![store], kept)?.into_iter().flatten().collect())
    }
}

/// In the order in which the steps were begun: a later one overrules an earlier one on the same coupon.
fn take_in(memory: &mut Memory, step: DoneStep) {
    let on = |coupon: &CouponId| (step.change.store.clone(), coupon.clone());
    // A platform without a word for it ends a coupon by setting its end.
    let takes_away = matches!(step.change.becomes, Operation::End | Operation::Pause | Operation::Trash);
    match &step.write {
        // One that the plan names repeats another's rules and has a campaign of its own.
        Write::Create { .. } if step.change.becomes == Operation::Planned => {}
        Write::Create { draft } => {
            if let Some(created) = &step.created {
                memory.successors.insert(on(created), draft.model.clone());
            }
        }
        Write::End { coupon, .. } | Write::Pause { coupon } | Write::Trash { coupon } => {
            memory.on_purpose.insert(on(coupon), deliberate(&step));
        }
        Write::SetEnd { coupon, .. } if takes_away => {
            memory.on_purpose.insert(on(coupon), deliberate(&step));
        }
        Write::SetEnd { coupon, .. } | Write::Enable { coupon, .. } | Write::Delete { coupon } => {
            memory.on_purpose.remove(&on(coupon));
        }
        Write::SetTotal { .. } | Write::SetMinimum { .. } | Write::AddProducts { .. } => {}
    }
}

fn made(step: DoneStep) -> Option<Made> {
    let Write::Create { draft } = step.write else { return None };
    Some(Made { change: step.change.id, becomes: step.change.becomes, draft, coupon: step.created? })
}

fn deliberate(step: &DoneStep) -> Deliberate {
    Deliberate { becomes: step.change.becomes, by: step.by.clone(), at: step.at, replaced: step.change.replaced_period }
}

/// None of a task with another goal.
fn stop_by_hand(row: &Row) -> rusqlite::Result<Option<Stop>> {
    let Task { store, coupon, goal, action, .. } = json(row, "record")?;
    let becomes = if action == ActionWord::Pause { Operation::Pause } else { Operation::End };
    let deliberate = Deliberate { becomes, by: row.get("by")?, at: word(row, "at")?, replaced: None };
    Ok((goal == Goal::Stopped).then_some(((store, coupon), deliberate)))
}

/// None of one that says nothing of what it keeps.
fn kept(row: &Row) -> rusqlite::Result<Option<(Change, Kept)>> {
    let mut change: Change = json(row, "record")?;
    let (by, at) = (row.get("by")?, word(row, "at")?);
    Ok(change.keeping.take().map(|keeping| (change, Kept { by, at, keeping: *keeping })))
}

fn done_step(row: &Row) -> rusqlite::Result<DoneStep> {
    let read_back: Option<Coupon> = json(row, "read_back")?;
    Ok(DoneStep {
        change: json(row, "record")?,
        write: json(row, "write")?,
        // A creation whose answer was lost is known only by the coupon that was found.
        created: word::<Option<CouponId>>(row, "created")?.or(read_back.map(|coupon| coupon.id)),
        by: row.get("by")?,
        at: word(row, "at")?,
    })
}
