//! Carrying a plan out: exactly once, whatever breaks.
//!
//! `flow` is the whole of a plan and of an apply, a step a line. `prepare` loads the present state and makes the plan, `seen` keeps that
//! state with it, `agrees` makes a reviewed one again, `parts` says which rows a workbook may decide, `execute` is
//! the life of one write (journal, send, ask, prove), `stopped` why it goes no further, `reconcile` what a platform shows of it, `look` what it shows of a row after
//! its outcome, `looks` how one call shows two coupons, `settle` how long what was sent may still arrive, `unresolved` clears up what an earlier run left without an answer,
//! `forgotten` finds runs that the archive has and the journal has not, `rebuild` takes them over, `archived` tells the archive what
//! came of a run, also of one that was killed, `undo` what takes a run back; `rights` says what whoever decides may decide, `approval` whether a second
//! person agreed, `codes` what they were sent for it, `proof` what that proves later; `seats` says how many stores are talked to at once; this file walks the rows: stores side
//! by side, one store's rows in order. `round` makes
//! the results a starting point for the next.

#![warn(clippy::wildcard_enum_match_arm)]

mod agrees;
mod approval;
mod archived;
mod codes;
mod error;
mod execute;
mod flow;
mod forgotten;
mod handed_back;
mod lines;
mod look;
mod looks;
mod parts;
mod plan_file;
mod prepare;
mod proof;
mod rebuild;
mod reconcile;
mod results;
mod rights;
mod round;
mod seats;
mod seen;
mod settle;
mod setup;
mod stopped;
mod undo;
mod unresolved;
mod word;

pub use approval::{Approval, NoPrivateKey, PrivateKey, approval_path, may_not_approve};
pub use archived::{Interrupted, archive_interrupted, interrupted};
pub use codes::{CodeError, OneTimeCode, code_readers, make_code, redeem_code};
pub use error::{ApplyError, MissingRun, NoPlan};
pub use flow::{APPROVALS_FILE, Applied, ApplyInput, Planned, apply, is_plan, plan};
pub use lines::applied_changes;
pub use plan_file::PlanFile;
pub use proof::{Proof, proof};
pub use rebuild::{TakenOver, missing_runs, rebuild};
pub use results::beside;
pub use setup::{Came, Event, Resolution, Settle, Setup};
pub use undo::{PastChanges, changes_of};
pub use word::{approved_by, approvers};

use chrono_tz::Tz;
use futures::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::domain::{
    Change, ChangeId, CouponId, Memory, Message, Outcome, OutcomeKind, RowKey, RunId, StoreId, Timestamp,
};
use crate::journal::{ApplyLock, Journal, JournalError, Settled, StepRecord};
use crate::message;
use crate::plan::{Plan, PlanRow, Verdict};
use crate::platforms::{Connector, without_known_pages};
use execute::execute;
use look::look;
use seats::{AtStore, Seats, UNDER_WAY_A_SEAT};
use stopped::ChangeResult;

/// Connectors by store; a store that cannot be connected has its reason instead.
pub type Connectors = BTreeMap<StoreId, Result<Arc<dyn Connector>, Message>>;

/// What a run works with.
pub struct Run<'a> {
    pub id: RunId,
    pub journal: &'a Journal,
    pub lock: &'a ApplyLock,
    pub connectors: &'a Connectors,
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// How long a request whose sender died may still be under way, by store: nothing in doubt is asked about sooner.
    pub settle: &'a (dyn Fn(&StoreId) -> Settle + Send + Sync),
    /// When the command began that this run is part of.
    pub started: Instant,
    pub tell: &'a (dyn Fn(Event) + Send + Sync),
    /// The coupon of a row.
    pub coupon_of: &'a (dyn Fn(&RowKey) -> Option<CouponId> + Send + Sync),
    /// Each store's own zone: what was read back is told on its clock.
    pub zone: &'a (dyn Fn(&StoreId) -> Tz + Send + Sync),
    /// How many are talked to at the same time.
    pub stores_at_once: usize,
    /// Set when the user wants to stop: what is begun is finished, the rest is "not reached".
    pub stop: &'a AtomicBool,
    /// Called after each row.
    pub progress: &'a (dyn Fn(&PlanRow, &Outcome) + Send + Sync),
}

/// Applies every row of the plan. Each row has one outcome, also where the run is stopped.
///
/// Fails only where the journal cannot be written: then nothing more is sent.
pub async fn carry_out(run: &Run<'_>, plan: &Plan) -> Result<BTreeMap<RowKey, Outcome>, JournalError> {
    let mut by_store: BTreeMap<&StoreId, Vec<&PlanRow>> = BTreeMap::new();
    for row in &plan.rows {
        by_store.entry(&row.store).or_default().push(row);
    }
    let begun = plan.rows.iter().filter_map(|row| row.verdict.change()).map(|change| &change.id);
    let known = Known { planned_at: plan.made_at, memory: run.journal.memory()?, steps: run.journal.steps_of(begun)? };
    let at_once = run.stores_at_once.max(1);
    let seats = Seats::new(at_once);
    let units = by_store.into_iter().map(|(store, rows)| one_store(run, &seats, store, rows, &known));
    let finished: Vec<_> = stream::iter(units).buffer_unordered(at_once * UNDER_WAY_A_SEAT).collect().await;
    let mut outcomes = BTreeMap::new();
    for unit in finished {
        outcomes.extend(unit?);
    }
    Ok(outcomes)
}

/// What was known before a run.
struct Known {
    /// When the plan looked at the platforms.
    planned_at: Timestamp,
    memory: Memory,
    /// What earlier runs wrote down of the plan's changes.
    steps: BTreeMap<ChangeId, Vec<StepRecord>>,
}

/// The unit of work: one store's rows. Shares nothing with the other units. What came of them is told, and the store given up, once it
/// is on the disk.
async fn one_store(
    run: &Run<'_>,
    seats: &Arc<Seats>,
    store: &StoreId,
    rows: Vec<&PlanRow>,
    known: &Known,
) -> Result<Vec<(RowKey, Outcome)>, JournalError> {
    let at = AtStore::new(run.lock.claim(store)?, seats);
    let outcomes = in_order(run, &at, rows, known).await;
    at.rise();
    let on_disk = run.journal.on_disk(&at.claim).await;
    let outcomes = outcomes?;
    on_disk.map(|()| outcomes)
}

/// One store's rows, in the order of the workbook.
async fn in_order(
    run: &Run<'_>,
    at: &AtStore,
    rows: Vec<&PlanRow>,
    known: &Known,
) -> Result<Vec<(RowKey, Outcome)>, JournalError> {
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut store_is_down: Option<Message> = None;
    let mut pages_told = BTreeSet::new();
    for (place, row) in rows.iter().enumerate() {
        at.sit().await;
        let mut later = rows.iter().skip(place + 1).filter_map(|row| row.verdict.change());
        at.looks.expect(later.find(|change| !change.steps.is_empty()));
        let outcome = match &row.verdict {
            Verdict::Change { change, .. } => one_change(run, at, change, known, &mut store_is_down).await?,
            Verdict::AlreadyDone { why, by: None } => {
                run.outcome(OutcomeKind::AlreadyDone, message!("results-already", why = why), None)
            }
            Verdict::AlreadyDone { why, by: Some(by) } => run.done_before(&row.action.row, why, by)?,
            Verdict::ByHand { task } => {
                run.outcome(OutcomeKind::ByHand, message!("results-by-hand"), Some(task.message()))
            }
            Verdict::Conflict { exported, wanted, live } => {
                let message = message!("results-conflict", exported = exported, wanted = wanted, live = live);
                let outcome = run.outcome(OutcomeKind::Conflict, message, Some(message!("results-next-export")));
                Outcome { before: Some(exported.clone()), ..outcome }
            }
            Verdict::Refused { reason, next } => {
                let [reason, next] = [reason, next].map(|part| Message::sentence(part.clone()));
                run.outcome(OutcomeKind::Refused, reason, Some(next))
            }
        };
        let outcome = Outcome { message: without_known_pages(&outcome.message, &mut pages_told), ..outcome };
        if outcome.kind != OutcomeKind::NotReached {
            let task = row.verdict.task_left(outcome.kind);
            run.journal.put_outcome(&at.claim, &run.id, &row.action.row, &outcome, task);
        }
        let outcome = match store_is_down {
            None => look(run, row, outcome, &known.memory).await,
            Some(_) => outcome,
        };
        (run.progress)(row, &outcome);
        outcomes.push((row.action.row.clone(), outcome));
    }
    Ok(outcomes)
}

async fn one_change(
    run: &Run<'_>,
    at: &AtStore,
    change: &Change,
    known: &Known,
    store_is_down: &mut Option<Message>,
) -> Result<Outcome, JournalError> {
    // What only accepts a finding needs no store.
    if change.steps.is_empty() {
        // Before the outcome, which settles the row: a manager's word must not be lost between the two.
        run.journal.record_kept(&at.claim, change);
    } else {
        let stopped = run.stop.load(Ordering::SeqCst).then(|| message!("results-stopped"));
        if let Some(why) = stopped.or_else(|| store_is_down.clone()) {
            return Ok(run.outcome_of(change, OutcomeKind::NotReached, why, Some(message!("results-next-rest"))));
        }
    }
    let ChangeResult { outcome, store_is_down: down } = execute(run, at, change, known).await?;
    *store_is_down = store_is_down.take().or(down);
    Ok(outcome)
}

impl Run<'_> {
    /// Of a row that nothing is sent for.
    fn outcome(&self, kind: OutcomeKind, message: Message, next: Option<Message>) -> Outcome {
        outcome_at((self.clock)(), kind, message, next)
    }

    /// What an earlier run did on this row, `why` being what it came to: with its values and its credit.
    fn done_before(&self, row: &RowKey, why: &Message, by: &Message) -> Result<Outcome, JournalError> {
        let message = message!("results-already-by", why = why, by = by);
        let outcome = self.outcome(OutcomeKind::AlreadyDone, message, None);
        for change in self.journal.done_on(row)? {
            let Some(Settled { outcome: before, credit }) = self.journal.settled(&change)? else { continue };
            if before.after.as_ref() == Some(why) {
                let (change, credit) = (Some(change), Some(credit));
                let Outcome { before, after, request_id, .. } = before;
                return Ok(Outcome { change, before, after, request_id, credit, ..outcome });
            }
        }
        Ok(outcome)
    }

    fn outcome_of(&self, change: &Change, kind: OutcomeKind, message: Message, next: Option<Message>) -> Outcome {
        Outcome {
            change: Some(change.id.clone()),
            before: Some(change.before.clone()),
            after: (kind == OutcomeKind::Done).then(|| change.after.clone()),
            ..self.outcome(kind, message, next)
        }
    }
}

fn outcome_at(at: Timestamp, kind: OutcomeKind, message: Message, next: Option<Message>) -> Outcome {
    Outcome {
        kind,
        change: None,
        before: None,
        after: None,
        message,
        next,
        request_id: None,
        at,
        read_back: None,
        present: None,
        created: None,
        also_created: Vec::new(),
        also_read: Vec::new(),
        is_gone: false,
        credit: None,
    }
}

/// planned = done + already done + by hand + failed + refused + conflict + unknown + not reached: every kind, also those at 0.
pub fn totals(outcomes: &BTreeMap<RowKey, Outcome>) -> BTreeMap<OutcomeKind, usize> {
    let mut totals: BTreeMap<_, _> = OutcomeKind::ALL.iter().map(|kind| (*kind, 0)).collect();
    for outcome in outcomes.values() {
        *totals.entry(outcome.kind).or_default() += 1;
    }
    totals
}
