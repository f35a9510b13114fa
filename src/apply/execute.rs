//! The life of one change at a platform: written down, sent, asked about, proved.
//!
//! What the journal says decides what happens first: nothing is sent while an earlier sending is in doubt, and what is proved is
//! never sent again. This is the heart of the program; every line of it is there because something was once done twice somewhere.

use std::time::Duration;

use super::looks::Purpose;
use super::prepare::settled_by;
use super::reconcile::{ObservedState, Reconciler, did_not_happen, not_shown};
use super::seats::AtStore;
use super::settle::wait_to_settle;
use super::stopped::{ChangeResult, Reached, StepError, Stopped};
use super::{Known, Run};
use crate::domain::{
    Change, Coupon, CouponId, Draft, ExpectedState, Message, Operation, Outcome, OutcomeKind, RunId, Start, Status,
    Step, Timestamp, Write, next_whole_second, same_second,
};
use crate::journal::{Begun, Found, JournalError, Made, StepEnd, StepRecord, StepState};
use crate::language::Language;
use crate::message;
use crate::platforms::{CallError, CallErrorKind, SendError, wrong_clock};

/// How often one step is sent in a run, where each earlier sending is known not to have happened.
const SENDINGS_MAX: u32 = 3;
/// How often an accepted change is looked for before we say that it is not shown.
const LOOKS_MAX: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// The platform shows a step as it is to be.
#[derive(Default)]
struct ReadBack {
    /// None where the coupon is gone, as it should be.
    coupon: Option<Box<Coupon>>,
    created: Option<CouponId>,
    request_id: Option<String>,
    /// The run that sent it, and when; none: it was so before anything was sent.
    sent: Option<(RunId, Timestamp)>,
    /// Whether an earlier run proved it too, so that this one had nothing to do.
    proved_before: bool,
    /// The answer was lost and the platform was asked.
    found_later: bool,
}

type StepOutcome<T = ReadBack> = Result<T, StepError>;

pub(super) async fn execute(
    run: &Run<'_>,
    at: &AtStore,
    change: &Change,
    known: &Known,
) -> Result<ChangeResult, JournalError> {
    if change.steps.is_empty() {
        let outcome = run.outcome_of(change, OutcomeKind::Done, change.after.clone(), None);
        return Ok(ChangeResult { outcome, store_is_down: None });
    }
    let mut reached = Reached::default();
    match execute_steps(run, at, change, known, &mut reached).await {
        Ok(outcome) => Ok(ChangeResult { outcome, store_is_down: None }),
        Err(StepError::Stopped(stopped)) => Ok(stopped.result(run, change, reached)),
        Err(StepError::Journal(error)) => Err(error),
    }
}

async fn execute_steps(
    run: &Run<'_>,
    at: &AtStore,
    change: &Change,
    known: &Known,
    reached: &mut Reached,
) -> StepOutcome<Outcome> {
    let connector = run.connector(&change.store).map_err(Stopped::store_down)?;
    if change.steps.iter().any(|step| step.write.draft().is_some()) {
        // What earlier rows of this store made is looked for in the journal.
        at.away(run.journal.on_disk(&at.claim)).await?;
    }
    let reconciler = Reconciler::of(
        change,
        (connector, Some(&at.looks)),
        run.journal,
        ((run.zone)(&change.store), known.planned_at),
    )?;
    let executor = StepExecutor { run, at, change, reconciler, known };
    let mut last = ReadBack { proved_before: true, ..ReadBack::default() };
    // What a step that completes a creation is about: the coupon of the one before it, also where that was there already.
    let mut newest: Option<CouponId> = None;
    for (ordinal, step) in (0_u32..).zip(&change.steps) {
        let read_back = executor.step(ordinal, &step.about(newest.as_ref())).await?;
        if step.write.draft().is_some() {
            newest = read_back.created.clone().or_else(|| Some(read_back.coupon.as_ref()?.id.clone()));
        }
        reached.made.extend(read_back.created.clone());
        reached.done.extend(change.operation_of(step));
        // What one step did is done, whatever was so already at the others.
        let own = |sent: &Option<(RunId, Timestamp)>| sent.as_ref().is_some_and(|(by, _)| *by == run.id);
        let sent = if own(&last.sent) { last.sent } else { read_back.sent.clone().or(last.sent) };
        let proved_before = last.proved_before && read_back.proved_before;
        last = ReadBack { sent, proved_before, ..read_back };
    }
    executor.finished(last, &reached.made)
}

struct StepExecutor<'a> {
    run: &'a Run<'a>,
    at: &'a AtStore,
    change: &'a Change,
    reconciler: Reconciler<'a>,
    known: &'a Known,
}

impl StepExecutor<'_> {
    async fn step(&self, ordinal: u32, step: &Step) -> StepOutcome {
        match self.record(ordinal) {
            Some(record) if record.state == StepState::Proved => Ok(ReadBack {
                sent: Some(sending(&record)),
                proved_before: record.run != self.run.id,
                coupon: record.read_back.map(Box::new),
                created: record.created,
                request_id: record.request_id,
                found_later: false,
            }),
            Some(record) if record.state == StepState::Done => {
                let sent = sending(&record);
                self.prove(ordinal, step, &record.write, record.created, record.request_id, sent).await
            }
            Some(record) if record.state == StepState::NotShown => {
                let message = Message::as_written(record.message.unwrap_or_default());
                Err(Stopped::not_shown(message, record.request_id).into())
            }
            Some(record) if record.state.is_in_doubt() => {
                // An earlier run did not learn what came of it.
                let (run, store) = (self.run, &self.change.store);
                wait_to_settle(store, run.settle_of(store, &record.write), run.started, run.tell).await;
                let sent = sending(&record);
                self.ask(ordinal, step, &record.write, record.request_id, (1, sent)).await
            }
            Some(_) | None => self.send_checked(ordinal, step).await,
        }
    }

    /// Before the first sending: is it still as it was when it was planned?
    async fn send_checked(&self, ordinal: u32, step: &Step) -> StepOutcome {
        if let Some(coupon) = step.write.coupon() {
            match self
                .reconciler
                .observe(step, &step.write, None, Purpose::BeforeSending)
                .await
                .map_err(Stopped::unasked)?
            {
                ObservedState::Applied { coupon, created } => {
                    return Ok(ReadBack { coupon, created, ..ReadBack::default() });
                }
                ObservedState::Other(live) => return Err(Stopped::conflict(live).into()),
                ObservedState::NotYet(live) => self.still_possible(&step.write, live.as_deref())?,
            }
            tracing::debug!(store = %self.change.store, %coupon, "as planned; sending");
        }
        if let Some(draft) = step.write.draft() {
            self.check_model(draft, step).await?;
            if let Some(there) = self.made_meanwhile(draft).await? {
                return Ok(ReadBack { coupon: Some(Box::new(there)), ..ReadBack::default() });
            }
        }
        self.send(ordinal, step, 1).await
    }

    /// What the plan held against the coupon as it was then holds against it as it is now.
    fn still_possible(&self, write: &Write, live: Option<&Coupon>) -> StepOutcome<()> {
        let against = live.and_then(|live| self.reconciler.connector.impossible(write, live));
        against.map_or(Ok(()), |reason| Err(Stopped::failed(reason, None).into()))
    }

    /// A copy of a coupon that somebody changed meanwhile is not what was decided.
    async fn check_model(&self, draft: &Draft, step: &Step) -> StepOutcome<()> {
        if step.before == ExpectedState::default() {
            return Ok(());
        }
        let model = self.reconciler.get(&draft.model, Purpose::BeforeSending).await.map_err(Stopped::unasked)?;
        let model = model.as_ref();
        if step.before.hold_for(model) && model.is_some_and(|model| draft.repeats(model)) {
            return self.still_possible(&step.write, model);
        }
        Err(Stopped::conflict(self.reconciler.shown(model)).into())
    }

    /// What another workbook made of the same coupon since this was planned: a second one is not wanted. A conflict where it is
    /// not the one that was asked for.
    async fn made_meanwhile(&self, draft: &Draft) -> StepOutcome<Option<Coupon>> {
        let Change { store, becomes, id, .. } = self.change;
        let is_alike = |made: &Made| match (*becomes, made.becomes) {
            // Several coupons of the campaign plan may have one model.
            (Operation::Planned, Operation::Planned) => made.draft.name == draft.name,
            (one, other) => one != Operation::Planned && other != Operation::Planned,
        };
        let made = self.run.journal.made_of(store, &draft.model, self.known.planned_at)?;
        for made in made.iter().filter(|made| made.change != *id && is_alike(made)) {
            let found = self.reconciler.connector.get(&made.coupon).await.map_err(Stopped::unasked)?;
            let is_there = |coupon: &Coupon| matches!(coupon.status, Status::Scheduled | Status::Active);
            let Some(there) = found.filter(is_there) else { continue };
            let is_the_same = there.discount == draft.discount
                && there.minimum == draft.minimum
                && there.total == draft.total
                && same_second(there.usable.ends(), draft.ends);
            return match is_the_same {
                true => Ok(Some(there)),
                false => Err(Stopped::conflict(self.reconciler.another(there.label(), &there)).into()),
            };
        }
        Ok(None)
    }

    async fn send(&self, ordinal: u32, step: &Step, sending: u32) -> StepOutcome {
        // The looks before it told the platform's time.
        if let Some(problem) = wrong_clock(self.reconciler.connector) {
            return Err(Stopped::store_down(message!("results-wrong-clock", problem = problem)).into());
        }
        let write = self.made_absolute(&step.write);
        let sent = (self.run.id.clone(), self.now());
        // Sent only once this, and all that was recorded of this store before, is on the disk. What is recorded from here on is in
        // line behind it, and waits with the next.
        let begun = self.begin(ordinal, &write, sent.1).await?;
        self.at.looks.forget(write.coupon());
        match self.reconciler.connector.send(&write, &self.change.id).await {
            Ok(receipt) => {
                let (request_id, created) = (receipt.request_id, receipt.created);
                begun.finish(&StepEnd::Done { request_id: request_id.clone(), created: created.clone() }, self.now());
                if created.is_some() {
                    // Its id is the surest way to find it again.
                    self.at.away(self.run.journal.on_disk(&self.at.claim)).await?;
                }
                self.prove(ordinal, step, &write, created, request_id, sent).await
            }
            Err(SendError::Refused(error)) => {
                let (message, request_id) = (in_journal(&error), error.request_id.clone());
                begun.finish(&StepEnd::Refused { message, request_id }, self.now());
                self.refused(step, &write, error).await
            }
            Err(SendError::NotSent(error)) => {
                begun.finish(&StepEnd::NotSent { message: in_journal(&error) }, self.now());
                if sending < SENDINGS_MAX && error.kind != CallErrorKind::SignIn {
                    tokio::time::sleep(BETWEEN_LOOKS * sending).await;
                    return Box::pin(self.send(ordinal, step, sending + 1)).await;
                }
                Err(Stopped::unasked(error).into())
            }
            Err(SendError::Unknown(error)) => {
                let end = StepEnd::Unknown { message: in_journal(&error), request_id: error.request_id.clone() };
                begun.finish(&end, self.now());
                tokio::time::sleep(self.run.settle_of(&self.change.store, &write)).await;
                Box::pin(self.ask(ordinal, step, &write, error.request_id, (sending, sent))).await
            }
        }
    }

    /// The answer is lost: the platform's present state tells what to do.
    async fn ask(
        &self,
        ordinal: u32,
        step: &Step,
        write: &Write,
        request_id: Option<String>,
        (sending, sent): (u32, (RunId, Timestamp)),
    ) -> StepOutcome {
        match self.reconciler.observe(step, write, None, Purpose::InDoubt).await {
            Ok(ObservedState::Applied { coupon, created }) => {
                self.settle(ordinal, Found::Happened { coupon: coupon.clone(), created: created.clone() });
                Ok(ReadBack { coupon, created, request_id, sent: Some(sent), proved_before: false, found_later: true })
            }
            Ok(ObservedState::NotYet(_)) => {
                self.settle(ordinal, did_not_happen("it had not happened"));
                if sending < SENDINGS_MAX {
                    return Box::pin(self.send(ordinal, step, sending + 1)).await;
                }
                Err(Stopped::unanswered(message!("results-lost-three-times"), request_id).into())
            }
            Ok(ObservedState::Other(live)) if sent.0 == self.run.id => {
                Err(Stopped::unknown(message!("results-lost-neither", live = live), request_id).into())
            }
            // By now it would have arrived: somebody decided since, or it is there in another shape.
            Ok(ObservedState::Other(live)) if write.coupon().is_some() => {
                self.settle(ordinal, did_not_happen("it showed neither before nor after; somebody changed it since"));
                Err(Stopped::conflict(live).into())
            }
            Ok(ObservedState::Other(live)) => self.not_shown(ordinal, live, request_id),
            Err(error) => {
                let message = message!("results-lost-asking-failed", error = error.in_full());
                Err(Stopped::unknown(message, request_id).into())
            }
        }
    }

    /// The platform said yes; seen is believed.
    async fn prove(
        &self,
        ordinal: u32,
        step: &Step,
        write: &Write,
        created: Option<CouponId>,
        request_id: Option<String>,
        sent: (RunId, Timestamp),
    ) -> StepOutcome {
        let mut shown = Ok(message!("results-shows-old"));
        for look in 1..=LOOKS_MAX {
            let purpose = if look == 1 { Purpose::ReadBack } else { Purpose::InDoubt };
            shown = match self.reconciler.observe(step, write, created.as_ref(), purpose).await {
                Ok(ObservedState::Applied { coupon, created }) => {
                    self.settle(ordinal, Found::Happened { coupon: coupon.clone(), created: created.clone() });
                    let sent = Some(sent);
                    return Ok(ReadBack { coupon, created, request_id, sent, ..ReadBack::default() });
                }
                Ok(ObservedState::NotYet(_)) => Ok(message!("results-shows-old")),
                Ok(ObservedState::Other(live)) => Ok(live),
                Err(error) => Err(message!("results-accepted-unread", error = error.in_full())),
            };
            // Platforms may show a change some seconds late.
            tokio::time::sleep(BETWEEN_LOOKS * look).await;
        }
        match shown {
            Ok(live) if sent.0 != self.run.id => self.not_shown(ordinal, live, request_id),
            Ok(live) => Err(Stopped::unknown(message!("results-accepted-other", live = live), request_id).into()),
            Err(unread) => Err(Stopped::unknown(unread, request_id).into()),
        }
    }

    /// An unknown has an end: what an earlier run sent, and this one looked for as often as it does, is a person's.
    fn not_shown(&self, ordinal: u32, live: Message, request_id: Option<String>) -> StepOutcome {
        self.settle(ordinal, not_shown(self.change, live.clone()));
        let message = message!("results-not-shown", live = live, after = &self.change.after);
        Err(Stopped::not_shown(message, request_id).into())
    }

    /// Refused because it is so already is not a failure: an earlier sending may have arrived after all.
    async fn refused(&self, step: &Step, write: &Write, error: CallError) -> StepOutcome {
        if let Ok(ObservedState::Applied { coupon, created }) =
            self.reconciler.observe(step, write, None, Purpose::InDoubt).await
        {
            let request_id = error.request_id;
            return Ok(ReadBack { coupon, created, request_id, found_later: true, ..ReadBack::default() });
        }
        Err(match error.kind {
            CallErrorKind::SignIn => Stopped::store_down_by(&error),
            CallErrorKind::ReadOnly => Stopped::read_only(&error),
            CallErrorKind::Unreachable
            | CallErrorKind::Throttled
            | CallErrorKind::NotAllowed
            | CallErrorKind::WrongShop
            | CallErrorKind::Restricted
            | CallErrorKind::Rejected
            | CallErrorKind::NotFound => Stopped::failed(error.in_full(), error.request_id),
        }
        .into())
    }

    /// What is journaled and sent has no "soonest" in it, so that a read-back can be compared to the second.
    fn made_absolute(&self, write: &Write) -> Write {
        let mut write = write.clone();
        if let Write::Create { draft } = &mut write {
            let limits = &self.reconciler.connector.abilities().limits;
            let soonest = next_whole_second(self.now() + limits.start_lead);
            draft.start = match draft.start {
                // The planned start may have passed while somebody thought about the plan.
                Start::At(at) if at >= soonest => Start::At(at),
                Start::At(_) | Start::Soonest => Start::At(soonest),
            };
            if let (Some(longest), Some(ends), Start::At(starts)) = (limits.longest_period, draft.ends, draft.start) {
                draft.ends = Some(ends.min(starts + longest));
            }
        }
        write
    }

    /// What earlier runs wrote down of a step; this one has not begun it yet.
    fn record(&self, ordinal: u32) -> Option<StepRecord> {
        self.known.steps.get(&self.change.id)?.iter().find(|record| record.ordinal == ordinal).cloned()
    }

    async fn begin(&self, ordinal: u32, write: &Write, at: Timestamp) -> StepOutcome<Begun> {
        let begun = self.run.journal.begin(&self.at.claim, &self.run.id, self.change, ordinal, write, at);
        match self.at.away(begun).await {
            Err(JournalError::CodeTaken { code, .. }) => {
                Err(Stopped::failed(message!("results-code-taken", code = code.as_str()), None).into())
            }
            begun => Ok(begun?),
        }
    }

    fn settle(&self, ordinal: u32, found: Found) {
        self.run.journal.settle(&self.at.claim, &self.change.id, ordinal, found, self.now());
    }

    fn finished(&self, read_back: ReadBack, made: &[CouponId]) -> StepOutcome<Outcome> {
        let change = self.change;
        let done = |id: &'static str| Message::sentence(message!(id, becomes = change.operations_message()));
        let anothers = read_back.sent.as_ref().filter(|(run, _)| *run != self.run.id);
        let credit = anothers.map(|(run, at)| self.run.journal.credit(run, *at)).transpose()?.flatten();
        let (kind, message) = match (&read_back.sent, &credit) {
            (None, _) => (OutcomeKind::AlreadyDone, message!("results-already-so")),
            (Some(_), Some(credit)) if read_back.proved_before => {
                let by = settled_by(credit);
                (OutcomeKind::AlreadyDone, message!("results-already-by", why = change.after.clone(), by = by))
            }
            (Some(_), _) if read_back.found_later => (OutcomeKind::Done, done("results-done-asked")),
            (Some(_), _) => (OutcomeKind::Done, done("results-done")),
        };
        let next = change.follow_up.as_ref().map(|follow_up| follow_up.message());
        let gone = matches!(change.becomes, Operation::Delete | Operation::Trash);
        let shown = read_back.coupon.as_ref().filter(|_| !gone).map(|coupon| self.reconciler.facts(coupon));
        Ok(Outcome {
            after: Some(change.after.clone()),
            request_id: read_back.request_id,
            read_back: Some(shown.unwrap_or_else(|| message!("results-gone"))),
            present: read_back.coupon.map(|coupon| *coupon),
            is_gone: gone,
            credit,
            ..self.run.outcome_of(change, kind, message, next).having_made(made)
        })
    }

    fn now(&self) -> Timestamp {
        (self.run.clock)()
    }
}

/// Who sent a step, and when.
fn sending(record: &StepRecord) -> (RunId, Timestamp) {
    (record.run.clone(), record.begun_at)
}

/// What the journal keeps of each sending, for who looks into it.
fn in_journal(error: &CallError) -> String {
    Language::ENGLISH.render(&error.in_full())
}
