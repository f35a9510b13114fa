//! The life of one change at a platform: written down, sent, asked about, proved.
//!
//! What the journal says decides what happens first: nothing is sent while an earlier sending is in doubt, and what is proved is
//! never sent again. This is the heart of the program; every line of it is there because something was once done twice somewhere.

use std::time::Duration;

use super::Run;
use super::witness::{Look, Witness, connector_of};
use super::words::{Said, Shown, Speaker, facts_words, set_after, set_read_back};
use crate::domain::{
    Change, Coupon, CouponId, Draft, ExpectedState, Operation, Outcome, OutcomeKind, Start, Status, Step, Timestamp,
    Write,
};
use crate::journal::{Found, JournalError, Made, StepEnd, StepRecord, StepState, StoreClaim};
use crate::language::Language;
use crate::plan::becomes_words;
use crate::platforms::{CallError, CallErrorKind, SendError};
use crate::say;

/// How often one step is sent in a run, where each earlier sending is known not to have happened.
const SENDINGS_MAX: u32 = 3;
/// How often an accepted change is looked for before we say that it is not shown.
const LOOKS_MAX: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

pub(super) struct Deed {
    pub outcome: Outcome,
    /// Why the rest of this store's rows need not be tried.
    pub store_is_down: Option<Said>,
}

impl Deed {
    /// Told where an earlier step of the same change did make a coupon.
    fn after_making(mut self, made: Option<CouponId>) -> Self {
        if let Some(made) = &made {
            let but = |language: Language, message: &str| {
                say!(language, "results-made-but", coupon = made.as_str(), message = message)
            };
            self.outcome.message = but(Language::ENGLISH, &self.outcome.message);
            if let Some(told) = &mut self.outcome.told {
                told.message = but(Language::parse(&told.language).unwrap_or_default(), &told.message);
            }
        }
        self.outcome.created = made;
        self
    }
}

/// What became of one step.
enum Fate {
    Done(Proof),
    /// It was so before anything was sent.
    AlreadySo(Proof),
    Failed {
        message: Said,
        request_id: Option<String>,
    },
    Conflict {
        live: Shown,
    },
    Unknown {
        message: Said,
        request_id: Option<String>,
    },
    StoreIsDown {
        message: Said,
    },
}

struct Proof {
    coupon: Option<Box<Coupon>>,
    created: Option<CouponId>,
    request_id: Option<String>,
    /// The answer was lost and the platform was asked.
    found_later: bool,
}

/// `planned_at` is when the plan looked at the platform.
pub(super) async fn carry_out(
    run: &Run<'_>,
    claim: &StoreClaim,
    speaker: Speaker<'_>,
    planned_at: Timestamp,
) -> Result<Deed, JournalError> {
    let change = speaker.change;
    if change.steps.is_empty() {
        let outcome = speaker.outcome(run, OutcomeKind::Done, &speaker.after(), &Said::default());
        return Ok(Deed { outcome, store_is_down: None });
    }
    let connector = match connector_of(run.connectors, &change.store) {
        Ok(connector) => connector,
        Err(message) => return Ok(down(run, speaker, Said::plain(message))),
    };
    let witness = Witness::of(change, connector, run.journal)?;
    let doer = Doer { run, claim, change, speaker, witness, planned_at };
    let (mut last, mut made) = (None, None);
    for (ordinal, step) in (0_u32..).zip(&change.steps) {
        let (kind, proof) = match doer.step(ordinal, &step.about(made.as_ref())).await? {
            Fate::Done(proof) => (OutcomeKind::Done, proof),
            Fate::AlreadySo(proof) => (OutcomeKind::AlreadyDone, proof),
            fate => return Ok(doer.stopped(fate).after_making(made)),
        };
        made = made.or(proof.created.clone());
        // What one step did is done, whatever was so already at the others.
        last = Some((last.map_or(kind, |(before, _)| kind.min(before)), Proof { created: made.clone(), ..proof }));
    }
    Ok(Deed { outcome: doer.finished(last), store_is_down: None })
}

struct Doer<'a> {
    run: &'a Run<'a>,
    claim: &'a StoreClaim,
    change: &'a Change,
    speaker: Speaker<'a>,
    witness: Witness<'a>,
    planned_at: Timestamp,
}

impl Doer<'_> {
    async fn step(&self, ordinal: u32, step: &Step) -> Result<Fate, JournalError> {
        let record = self.record(ordinal)?;
        match record {
            Some(record) if record.state == StepState::Proved => Ok(Fate::Done(Proof {
                coupon: record.read_back.map(Box::new),
                created: record.created,
                request_id: record.request_id,
                found_later: false,
            })),
            Some(record) if record.state == StepState::Done => {
                self.prove(ordinal, step, &record.write, record.created, record.request_id).await
            }
            Some(record) if record.state.is_in_doubt() => self.clear_up(ordinal, step, record).await,
            _ => self.send_checked(ordinal, step).await,
        }
    }

    /// An earlier run did not learn what came of it. Asked too soon, the platform may not have got to it yet.
    async fn clear_up(&self, ordinal: u32, step: &Step, record: StepRecord) -> Result<Fate, JournalError> {
        let since = self.now() - record.finished_at.unwrap_or(record.begun_at);
        let settle = (self.run.settle)(&self.change.store);
        // A clock that was set back must not make us wait for ever.
        tokio::time::sleep(settle.saturating_sub(since.to_std().unwrap_or_default()).min(settle)).await;
        self.ask(ordinal, step, &record.write, record.request_id, 1).await
    }

    /// Before the first sending: is it still as it was when it was planned?
    async fn send_checked(&self, ordinal: u32, step: &Step) -> Result<Fate, JournalError> {
        if let Some(coupon) = step.write.coupon() {
            match self.witness.look(step, &step.write, None).await {
                Err(error) => return Ok(self.unasked(error)),
                Ok(Look::Happened { coupon, created }) => {
                    return Ok(Fate::AlreadySo(Proof { coupon, created, request_id: None, found_later: false }));
                }
                Ok(Look::Other(live)) => return Ok(Fate::Conflict { live }),
                Ok(Look::NotYet) => {}
            }
            tracing::debug!(store = %self.change.store, %coupon, "as planned; sending");
        }
        if let Write::Create { draft } = &step.write
            && let Some(stopped) = self.model_changed(draft, step).await
        {
            return Ok(stopped);
        }
        if let Write::Create { draft } = &step.write
            && let Some(stopped) = self.made_meanwhile(draft).await?
        {
            return Ok(stopped);
        }
        self.send(ordinal, step, 1).await
    }

    /// A copy of a coupon that somebody changed meanwhile is not what was decided.
    async fn model_changed(&self, draft: &Draft, step: &Step) -> Option<Fate> {
        if step.before == ExpectedState::default() {
            return None;
        }
        match self.witness.connector.get(&draft.model).await {
            Err(error) => Some(self.unasked(error)),
            Ok(model) => {
                let same =
                    step.before.hold_for(model.as_ref()) && model.as_ref().is_some_and(|model| draft.repeats(model));
                (!same).then_some(Fate::Conflict { live: Shown::of(model.as_ref()) })
            }
        }
    }

    /// What another workbook made of the same coupon since this was planned: a second one is not wanted.
    async fn made_meanwhile(&self, draft: &Draft) -> Result<Option<Fate>, JournalError> {
        let Change { store, becomes, id, .. } = self.change;
        let is_alike = |made: &Made| match (*becomes, made.becomes) {
            // Several coupons of the campaign plan may have one model.
            (Operation::Planned, Operation::Planned) => made.draft.name == draft.name,
            (one, other) => one != Operation::Planned && other != Operation::Planned,
        };
        let made = self.run.journal.made_of(store, &draft.model, self.planned_at)?;
        for made in made.iter().filter(|made| made.change != *id && is_alike(made)) {
            match self.witness.connector.get(&made.coupon).await {
                Err(error) => return Ok(Some(self.unasked(error))),
                Ok(Some(there)) if matches!(there.status, Status::Scheduled | Status::Active) => {
                    return Ok(Some(made_by_another(draft, there)));
                }
                Ok(_) => {}
            }
        }
        Ok(None)
    }

    async fn send(&self, ordinal: u32, step: &Step, sending: u32) -> Result<Fate, JournalError> {
        let write = self.made_absolute(&step.write);
        if let Write::Create { draft } = &write
            && !draft.code.is_empty()
            && !self.run.journal.reserve_code(&self.change.store, &draft.code, &self.change.id)?
        {
            let message = self.speaker.both(|language| say!(language, "results-code-taken", code = &draft.code));
            return Ok(Fate::Failed { message, request_id: None });
        }
        let begun = self.run.journal.begin(self.claim, &self.run.id, self.change, ordinal, &write, self.now())?;
        match self.witness.connector.send(&write, &self.change.id).await {
            Ok(receipt) => {
                let (request_id, created) = (receipt.request_id, receipt.created);
                begun
                    .finish(&StepEnd::Done { request_id: request_id.clone(), created: created.clone() }, self.now())?;
                self.prove(ordinal, step, &write, created, request_id).await
            }
            Err(SendError::Refused(error)) => {
                let message = in_full(&error);
                let end = StepEnd::Refused { message: message.clone(), request_id: error.request_id.clone() };
                begun.finish(&end, self.now())?;
                self.refused(step, &write, error, message).await
            }
            Err(SendError::NotSent(error)) => {
                begun.finish(&StepEnd::NotSent { message: in_full(&error) }, self.now())?;
                if sending < SENDINGS_MAX && error.kind != CallErrorKind::SignIn {
                    tokio::time::sleep(BETWEEN_LOOKS * sending).await;
                    return Box::pin(self.send(ordinal, step, sending + 1)).await;
                }
                Ok(self.unasked(error))
            }
            Err(SendError::Unknown(error)) => {
                let end = StepEnd::Unknown { message: in_full(&error), request_id: error.request_id.clone() };
                begun.finish(&end, self.now())?;
                tokio::time::sleep((self.run.settle)(&self.change.store)).await;
                Box::pin(self.ask(ordinal, step, &write, error.request_id, sending)).await
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
        sending: u32,
    ) -> Result<Fate, JournalError> {
        match self.witness.look(step, write, None).await {
            Ok(Look::Happened { coupon, created }) => {
                self.settle_happened(ordinal, &coupon, &created)?;
                Ok(Fate::Done(Proof { coupon, created, request_id, found_later: true }))
            }
            Ok(Look::NotYet) => {
                let message = "asked afterwards: it had not happened".to_string();
                self.run.journal.settle(
                    self.claim,
                    &self.change.id,
                    ordinal,
                    &Found::DidNotHappen { message },
                    self.now(),
                )?;
                if sending < SENDINGS_MAX {
                    return Box::pin(self.send(ordinal, step, sending + 1)).await;
                }
                let message = self.speaker.say("results-lost-three-times");
                Ok(Fate::Failed { message, request_id })
            }
            Ok(Look::Other(live)) => {
                let message =
                    self.speaker.both(|language| say!(language, "results-lost-neither", live = live.words(language)));
                Ok(Fate::Unknown { message, request_id })
            }
            Err(error) => {
                let error = in_full(&error);
                let message =
                    self.speaker.both(|language| say!(language, "results-lost-asking-failed", error = &error));
                Ok(Fate::Unknown { message, request_id })
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
    ) -> Result<Fate, JournalError> {
        let mut message = self.speaker.say("results-accepted-old");
        for look in 1..=LOOKS_MAX {
            match self.witness.look(step, write, created.as_ref()).await {
                Ok(Look::Happened { coupon, created }) => {
                    self.settle_happened(ordinal, &coupon, &created)?;
                    return Ok(Fate::Done(Proof { coupon, created, request_id, found_later: false }));
                }
                Ok(Look::NotYet) => message = self.speaker.say("results-accepted-old"),
                Ok(Look::Other(live)) => {
                    message = self
                        .speaker
                        .both(|language| say!(language, "results-accepted-other", live = live.words(language)));
                }
                Err(error) => {
                    let error = in_full(&error);
                    message = self.speaker.both(|language| say!(language, "results-accepted-unread", error = &error));
                }
            }
            // Platforms may show a change some seconds late.
            tokio::time::sleep(BETWEEN_LOOKS * look).await;
        }
        Ok(Fate::Unknown { message, request_id })
    }

    /// Refused because it is so already is not a failure: an earlier sending may have arrived after all.
    async fn refused(
        &self,
        step: &Step,
        write: &Write,
        error: CallError,
        message: String,
    ) -> Result<Fate, JournalError> {
        if let Ok(Look::Happened { coupon, created }) = self.witness.look(step, write, None).await {
            return Ok(Fate::AlreadySo(Proof { coupon, created, request_id: error.request_id, found_later: true }));
        }
        if error.kind == CallErrorKind::SignIn {
            return Ok(Fate::StoreIsDown { message: Said::plain(message) });
        }
        Ok(Fate::Failed { message: Said::plain(message), request_id: error.request_id })
    }

    /// What is journaled and sent has no "soonest" in it, so that a read-back can be compared to the second.
    fn made_absolute(&self, write: &Write) -> Write {
        let mut write = write.clone();
        if let Write::Create { draft } = &mut write {
            let limits = &self.witness.connector.abilities().limits;
            let soonest = whole_second(self.now() + limits.start_lead);
            draft.start = match draft.start {
                // The planned start may have passed while somebody thought about the plan.
                Start::At(at) if at >= soonest => Start::At(at),
                _ => Start::At(soonest),
            };
            if let (Some(longest), Some(ends), Start::At(starts)) = (limits.longest_period, draft.ends, draft.start) {
                draft.ends = Some(ends.min(starts + longest));
            }
        }
        write
    }

    fn record(&self, ordinal: u32) -> Result<Option<StepRecord>, JournalError> {
        Ok(self.run.journal.steps(&self.change.id)?.into_iter().find(|record| record.ordinal == ordinal))
    }

    fn settle_happened(
        &self,
        ordinal: u32,
        coupon: &Option<Box<Coupon>>,
        created: &Option<CouponId>,
    ) -> Result<(), JournalError> {
        let found = Found::Happened { coupon: coupon.clone(), created: created.clone() };
        self.run.journal.settle(self.claim, &self.change.id, ordinal, &found, self.now())
    }

    // Nothing was sent, so nothing is in doubt.
    fn unasked(&self, error: CallError) -> Fate {
        let message = Said::plain(in_full(&error));
        match error.kind {
            CallErrorKind::Unreachable | CallErrorKind::SignIn | CallErrorKind::Throttled => {
                Fate::StoreIsDown { message }
            }
            _ => Fate::Failed { message, request_id: error.request_id },
        }
    }

    fn stopped(&self, fate: Fate) -> Deed {
        let speaker = self.speaker;
        let (kind, message, next, request_id) = match fate {
            Fate::Failed { message, request_id } => (OutcomeKind::Failed, message, "results-next-correct", request_id),
            Fate::Conflict { live } => {
                let message =
                    speaker.both(|language| say!(language, "results-conflict-late", live = live.words(language)));
                (OutcomeKind::Conflict, message, "results-next-export", None)
            }
            Fate::Unknown { message, request_id } => {
                (OutcomeKind::Unknown, message, "results-next-same-again", request_id)
            }
            Fate::StoreIsDown { message } => return down(self.run, speaker, message),
            // Both are told by `finished`.
            Fate::Done(_) | Fate::AlreadySo(_) => {
                let outcome = speaker.outcome(self.run, OutcomeKind::Done, &Said::default(), &Said::default());
                return Deed { outcome, store_is_down: None };
            }
        };
        let mut outcome = speaker.outcome(self.run, kind, &message.sentence(), &speaker.say(next));
        outcome.request_id = request_id;
        Deed { outcome, store_is_down: None }
    }

    fn finished(&self, last: Option<(OutcomeKind, Proof)>) -> Outcome {
        let speaker = self.speaker;
        let Some((kind, proof)) = last else {
            return speaker.outcome(self.run, OutcomeKind::Done, &Said::default(), &Said::default());
        };
        let done = |id: &str| {
            let becomes = |language| becomes_words(language, self.change.becomes);
            speaker.both(|language| say!(language, id, becomes = becomes(language))).sentence()
        };
        let message = match (kind, proof.found_later) {
            (OutcomeKind::Done, false) => done("results-done"),
            (OutcomeKind::Done, true) => done("results-done-asked"),
            _ => speaker.say("results-already-so"),
        };
        let mut outcome = speaker.outcome(self.run, kind, &message, &speaker.rest());
        set_after(&mut outcome, &speaker.after());
        outcome.request_id = proof.request_id;
        let read_back = match (&proof.coupon, self.change.becomes) {
            (_, Operation::Delete | Operation::Trash) | (None, _) => speaker.say("results-gone"),
            (Some(coupon), _) => speaker.both(|language| facts_words(language, coupon)),
        };
        set_read_back(&mut outcome, &read_back);
        outcome.present = proof.coupon.map(|coupon| *coupon);
        outcome.created = proof.created;
        outcome
    }

    fn now(&self) -> Timestamp {
        (self.run.clock)()
    }
}

/// The same coupon is what was asked for; another is a conflict.
fn made_by_another(draft: &Draft, there: Coupon) -> Fate {
    let ends = |ends: Option<Timestamp>| ends.map(|at| at.timestamp());
    let is_the_same = there.discount == draft.discount
        && there.minimum == draft.minimum
        && there.total == draft.total
        && ends(there.usable.ends()) == ends(draft.ends);
    if is_the_same {
        let coupon = Some(Box::new(there));
        return Fate::AlreadySo(Proof { coupon, created: None, request_id: None, found_later: false });
    }
    let label = there.label().to_string();
    Fate::Conflict { live: Shown::Another { label, coupon: Box::new(there) } }
}

fn down(run: &Run<'_>, speaker: Speaker<'_>, message: Said) -> Deed {
    let next = speaker.say("results-next-connection");
    let outcome = speaker.outcome(run, OutcomeKind::Failed, &message.sentence(), &next);
    let rest = speaker.both(|language| say!(language, "results-store-down", message = message.text(language)));
    Deed { outcome, store_is_down: Some(rest) }
}

fn in_full(error: &CallError) -> String {
    match &error.platform_words {
        Some(words) if !error.sentence.contains(words.as_str()) => format!("{} ({words})", error.sentence),
        _ => error.sentence.clone(),
    }
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_timestamp(at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0), 0).unwrap_or(at)
}
