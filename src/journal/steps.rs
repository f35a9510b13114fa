//! Begin, finish, settle: the life of one write.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::codes::reserve;
use super::database::{Json, json, word, word_of};
use super::errors::Stop;
use super::together::{Trail, Work};
use super::{Journal, JournalError, StoreClaim};
use crate::domain::{Change, ChangeId, Coupon, CouponId, RunId, StoreId, Timestamp, Write};

/// Where a step stands; see the picture at the head of the journal.
///
/// As words they lie in the file: never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// The intention is written down; whether it was sent, nobody knows.
    Begun,
    /// The platform said yes; not read back yet.
    Done,
    /// The platform said no; nothing changed.
    Refused,
    /// It never left.
    NotSent,
    /// It may have arrived.
    Unknown,
    /// Read back from the platform: it happened.
    Proved,
    /// Asked of the platform: it did not happen.
    DidNotHappen,
    /// The platform said yes, and shows something else however often it is asked: a person has to look.
    NotShown,
}

impl StepState {
    pub fn words(self) -> &'static str {
        match self {
            Self::Begun => "in doubt: it has no answer",
            Self::Done => "done",
            Self::Refused => "refused by the platform",
            Self::NotSent => "not sent",
            Self::Unknown => "in doubt: its answer was lost",
            Self::Proved => "done and read back",
            Self::DidNotHappen => "known not to have happened",
            Self::NotShown => "accepted, and never shown",
        }
    }

    /// The platform has to be asked before anything else is done about it.
    pub fn is_in_doubt(self) -> bool {
        matches!(self, Self::Begun | Self::Unknown)
    }

    /// Nothing of it reached the platform's coupons, so that it may be sent again.
    pub fn may_begin_again(self) -> bool {
        matches!(self, Self::Refused | Self::NotSent | Self::DidNotHappen)
    }

    pub fn happened(self) -> bool {
        matches!(self, Self::Done | Self::Proved)
    }
}

/// The answer to a step that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum StepEnd {
    Done { request_id: Option<String>, created: Option<CouponId> },
    Refused { message: String, request_id: Option<String> },
    NotSent { message: String },
    Unknown { message: String, request_id: Option<String> },
}

/// What the platform showed when it was asked about a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It happened; the coupon as read back, none where it is gone as it should be.
    Happened {
        coupon: Option<Box<Coupon>>,
        created: Option<CouponId>,
    },
    DidNotHappen {
        message: String,
    },
    /// Neither, as often as it was asked, although the platform said yes or may have: there is no use in asking again.
    NotShown {
        message: String,
    },
}

/// Where one step stands: its last attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    pub run: RunId,
    pub change: ChangeId,
    pub store: StoreId,
    pub ordinal: u32,
    /// As it was sent: with the code reserved and the start fixed.
    pub write: Write,
    pub state: StepState,
    /// How often it was begun.
    pub attempts: u32,
    pub begun_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// When the platform was last asked about it.
    pub settled_at: Option<Timestamp>,
    pub request_id: Option<String>,
    pub message: Option<String>,
    pub created: Option<CouponId>,
    pub read_back: Option<Coupon>,
}

/// An intention that is on the disk. Dropped without [`Begun::finish`], the step stays in doubt, as after a kill.
#[derive(Debug)]
#[must_use = "a step that was begun must be finished"]
pub struct Begun {
    journal: Journal,
    trail: Arc<Trail>,
    change: ChangeId,
    ordinal: u32,
    attempt: u32,
}

impl Journal {
    /// Writes down that `write`, step `ordinal` of `change`, is about to be sent, and reserves the code of a creation; send only after
    /// this returned. By then all that was recorded before under `claim` is on the disk too; where something of it could not be
    /// written, that is the error.
    ///
    /// Refused where this step is in doubt or done, where an earlier step of the change is in doubt, where the claim is on
    /// another store, and where a creation's code is another change's ([`JournalError::CodeTaken`]).
    pub async fn begin(
        &self,
        claim: &StoreClaim,
        run: &RunId,
        change: &Change,
        ordinal: u32,
        write: &Write,
        at: Timestamp,
    ) -> Result<Begun, JournalError> {
        if *claim.store() != change.store {
            return Err(JournalError::WrongClaim { claimed: claim.store().clone(), wanted: change.store.clone() });
        }
        let attempt = Arc::new(AtomicU32::new(0));
        let work: Work = {
            let (run, change, write, attempt) = (run.clone(), change.clone(), write.clone(), Arc::clone(&attempt));
            Box::new(move |transaction| {
                attempt.store(start(transaction, &run, &change, (ordinal, &write), at)?, Ordering::SeqCst);
                Ok(())
            })
        };
        self.inner.writer.on_disk(claim.trail(), Some(work)).await?;
        let (trail, change) = (Arc::clone(claim.trail()), change.id.clone());
        Ok(Begun { journal: self.clone(), trail, change, ordinal, attempt: attempt.load(Ordering::SeqCst) })
    }

    /// Puts in line a change that accepts findings and sends nothing: [`Journal::memory`] tells it once its row is done.
    pub fn record_kept(&self, claim: &StoreClaim, change: &Change) {
        let change = change.clone();
        self.put(claim, Box::new(move |transaction| remember(transaction, &change)));
    }

    /// Puts in line what the platform showed when it was asked about a step: the proof of one that is done, the end of one that is
    /// in doubt. A proof may be taken again; a step that was refused or never sent has nothing to ask about.
    pub fn settle(&self, claim: &StoreClaim, change: &ChangeId, ordinal: u32, found: Found, at: Timestamp) {
        let (store, change) = (claim.store().clone(), change.clone());
        self.put(claim, Box::new(move |transaction| settle(transaction, &store, (&change, ordinal), &found, at)));
    }

    /// The steps of a change that were ever begun, in order, each as its last attempt stands.
    pub fn steps(&self, change: &ChangeId) -> Result<Vec<StepRecord>, JournalError> {
        Ok(self.steps_of([change])?.remove(change).unwrap_or_default())
    }

    /// The same of many changes, at one moment; those that were never begun are not in it.
    pub fn steps_of<'a>(
        &self,
        changes: impl IntoIterator<Item = &'a ChangeId>,
    ) -> Result<BTreeMap<ChangeId, Vec<StepRecord>>, JournalError> {
        let query = "SELECT *, max(attempt) AS attempts FROM steps WHERE change = ?1 GROUP BY ordinal ORDER BY ordinal";
        let mut reader = self.reader();
        let look = || {
            let moment = reader.transaction()?;
            let mut found = BTreeMap::new();
            for change in changes {
                let mut query = moment.prepare_cached(query)?;
                let steps = query.query_map([change.as_str()], step_record)?.collect::<rusqlite::Result<Vec<_>>>()?;
                if !steps.is_empty() {
                    found.insert(change.clone(), steps);
                }
            }
            Ok(found)
        };
        look().map_err(|source| JournalError::of(self.path(), source))
    }

    /// Every step that is in doubt, the oldest first.
    pub fn in_doubt(&self) -> Result<Vec<StepRecord>, JournalError> {
        let query = "SELECT *, attempt AS attempts FROM steps WHERE state IN ('begun', 'unknown') ORDER BY rowid";
        self.all(query, [], step_record)
    }
}

impl Begun {
    /// Puts the answer in line. Until it is on the disk, the step is in doubt.
    pub fn finish(self, end: &StepEnd, at: Timestamp) {
        let Self { journal, trail, change, ordinal, attempt } = self;
        let end = end.clone();
        journal
            .inner
            .writer
            .put(&trail, Box::new(move |transaction| finish(transaction, (&change, ordinal, attempt), &end, at)));
    }
}

/// The step begins; gives the number of the attempt.
fn start(
    transaction: &Transaction,
    run: &RunId,
    change: &Change,
    (ordinal, write): (u32, &Write),
    at: Timestamp,
) -> Result<u32, Stop> {
    must_know(transaction, run)?;
    must_be_clear_before(transaction, &change.id, ordinal)?;
    let attempt = next_attempt(transaction, &change.id, ordinal)?;
    // A coupon that buyers only collect has no code. Two runs must never create under one: after a lost answer, code and fields are
    // how a coupon is known to be ours.
    if let Some(code) = write.draft().map(|draft| &draft.code).filter(|code| !code.trim().is_empty())
        && !reserve(transaction, &change.store, code, &change.id)?
    {
        return Err(JournalError::CodeTaken { code: code.clone(), change: change.id.clone() }.into());
    }
    remember(transaction, change)?;
    let query = "INSERT INTO steps (change, ordinal, attempt, run, store, write, state, begun_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'begun', ?7)";
    transaction.prepare_cached(query)?.execute(params![
        change.id.as_str(),
        ordinal,
        attempt,
        run.as_str(),
        change.store.as_str(),
        Json(write),
        word_of(&at)
    ])?;
    Ok(attempt)
}

fn finish(
    transaction: &Transaction,
    (change, ordinal, attempt): (&ChangeId, u32, u32),
    end: &StepEnd,
    at: Timestamp,
) -> Result<(), Stop> {
    let (state, message, request_id, created) = match end {
        StepEnd::Done { request_id, created } => (StepState::Done, None, request_id.as_ref(), created.as_ref()),
        StepEnd::Refused { message, request_id } => (StepState::Refused, Some(message), request_id.as_ref(), None),
        StepEnd::NotSent { message } => (StepState::NotSent, Some(message), None, None),
        StepEnd::Unknown { message, request_id } => (StepState::Unknown, Some(message), request_id.as_ref(), None),
    };
    let query = "UPDATE steps SET state = ?4, finished_at = ?5, message = ?6, request_id = ?7, created = ?8
         WHERE change = ?1 AND ordinal = ?2 AND attempt = ?3 AND state = 'begun'";
    let finished = transaction.prepare_cached(query)?.execute(params![
        change.as_str(),
        ordinal,
        attempt,
        word_of(&state),
        word_of(&at),
        message,
        request_id,
        created.map(CouponId::as_str)
    ])?;
    if finished == 1 { Ok(()) } else { Err(has_its_end(transaction, change, ordinal)?.into()) }
}

fn has_its_end(transaction: &Transaction, change: &ChangeId, ordinal: u32) -> rusqlite::Result<JournalError> {
    let change = change.clone();
    Ok(match last_attempt(transaction, &change, ordinal)? {
        Some(last) => JournalError::HasItsEnd { change, ordinal, state: last.state },
        None => JournalError::NoSuchStep { change, ordinal },
    })
}

fn settle(
    transaction: &Transaction,
    store: &StoreId,
    (change, ordinal): (&ChangeId, u32),
    found: &Found,
    at: Timestamp,
) -> Result<(), Stop> {
    let (state, message, created, read_back) = match found {
        Found::Happened { coupon, created } => (StepState::Proved, None, created.as_ref(), coupon.as_deref()),
        Found::DidNotHappen { message } => (StepState::DidNotHappen, Some(message), None, None),
        Found::NotShown { message } => (StepState::NotShown, Some(message), None, None),
    };
    let last = last_attempt(transaction, change, ordinal)?
        .ok_or_else(|| JournalError::NoSuchStep { change: change.clone(), ordinal })?;
    if last.store != *store {
        return Err(JournalError::WrongClaim { claimed: store.clone(), wanted: last.store }.into());
    }
    if last.state.may_begin_again() {
        return Err(JournalError::HasItsEnd { change: change.clone(), ordinal, state: last.state }.into());
    }
    let query = "UPDATE steps SET state = ?4, settled_at = ?5, message = coalesce(?6, message),
                created = coalesce(?7, created), read_back = ?8
         WHERE change = ?1 AND ordinal = ?2 AND attempt = ?3";
    transaction.prepare_cached(query)?.execute(params![
        change.as_str(),
        ordinal,
        last.attempt,
        word_of(&state),
        word_of(&at),
        message,
        created.map(CouponId::as_str),
        read_back.map(Json)
    ])?;
    Ok(())
}

pub(super) fn must_know(connection: &Connection, run: &RunId) -> Result<(), Stop> {
    match connection.prepare_cached("SELECT 1 FROM runs WHERE id = ?1")?.exists([run.as_str()])? {
        true => Ok(()),
        false => Err(JournalError::NoSuchRun { run: run.clone() }.into()),
    }
}

/// A step may build on those before it (a coupon that is to get its products), so none is begun upon a doubt.
fn must_be_clear_before(transaction: &Transaction, change: &ChangeId, ordinal: u32) -> Result<(), Stop> {
    let query = "SELECT run, store, ordinal, attempt, state, begun_at FROM steps
         WHERE change = ?1 AND ordinal < ?2 AND state IN ('begun', 'unknown') ORDER BY ordinal LIMIT 1";
    let doubt = transaction.prepare_cached(query)?.query_row(params![change.as_str(), ordinal], attempt).optional()?;
    doubt.map_or(Ok(()), |step| Err(not_to_begin(change, step).into()))
}

fn next_attempt(transaction: &Transaction, change: &ChangeId, ordinal: u32) -> Result<u32, Stop> {
    match last_attempt(transaction, change, ordinal)? {
        None => Ok(1),
        Some(last) if last.state.may_begin_again() => Ok(last.attempt.saturating_add(1)),
        Some(last) => Err(not_to_begin(change, last).into()),
    }
}

fn not_to_begin(change: &ChangeId, step: Attempt) -> JournalError {
    let Attempt { ordinal, begun_at, state, .. } = step;
    JournalError::NotToBegin { change: change.clone(), ordinal, begun_at, state }
}

/// Keeps the change as it was planned. Once a step of it happened it stays so: planned again it would take the dates that it
/// has itself replaced for those to put back.
pub(super) fn remember(transaction: &Transaction, change: &Change) -> Result<(), Stop> {
    let query = "INSERT INTO changes (id, store, coupon, record) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET record = excluded.record
         WHERE NOT EXISTS (SELECT 1 FROM steps WHERE change = excluded.id AND state IN ('done', 'proved'))";
    let known = params![change.id.as_str(), change.store.as_str(), change.coupon.as_str(), Json(change)];
    Ok(transaction.prepare_cached(query)?.execute(known).map(drop)?)
}

/// One attempt at a step, without what was sent and what came back.
pub(super) struct Attempt {
    pub run: RunId,
    pub state: StepState,
    pub attempt: u32,
    store: StoreId,
    ordinal: u32,
    begun_at: Timestamp,
}

pub(super) fn last_attempt(
    connection: &Connection,
    change: &ChangeId,
    ordinal: u32,
) -> rusqlite::Result<Option<Attempt>> {
    let query = "SELECT run, store, ordinal, attempt, state, begun_at FROM steps
         WHERE change = ?1 AND ordinal = ?2 ORDER BY attempt DESC LIMIT 1";
    connection.prepare_cached(query)?.query_row(params![change.as_str(), ordinal], attempt).optional()
}

fn attempt(row: &Row) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        run: word(row, "run")?,
        state: word(row, "state")?,
        attempt: row.get("attempt")?,
        store: word(row, "store")?,
        ordinal: row.get("ordinal")?,
        begun_at: word(row, "begun_at")?,
    })
}

fn step_record(row: &Row) -> rusqlite::Result<StepRecord> {
    Ok(StepRecord {
        run: word(row, "run")?,
        change: word(row, "change")?,
        store: word(row, "store")?,
        ordinal: row.get("ordinal")?,
        write: json(row, "write")?,
        state: word(row, "state")?,
        attempts: row.get("attempts")?,
        begun_at: word(row, "begun_at")?,
        finished_at: word(row, "finished_at")?,
        settled_at: word(row, "settled_at")?,
        request_id: row.get("request_id")?,
        message: row.get("message")?,
        created: word(row, "created")?,
        read_back: json(row, "read_back")?,
    })
}
