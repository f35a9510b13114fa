//! A channel's turn: what is due goes out in its order, at the channel's pace, and every step is on disk before the next one.
//!
//! Within a small budget, so that no export waits long for a chat: what does not get through stays in the outbox, for the next turn.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::TimeDelta;
use tokio::time::{sleep, timeout};

use crate::domain::{Event, Message, Timestamp};
use crate::foreign::Secrets;
use crate::messages::{Answer, Came, Channel, Letter, OutboxError, Record, Turn, Unsent, Wire};

/// What carries letters: the channels themselves, or a test's own.
#[async_trait]
pub trait Post: Send + Sync {
    /// Sends it once.
    async fn send(&self, channel: &Channel, letter: &Letter, now: Timestamp) -> Answer;
    /// How long to wait between two letters.
    fn pace(&self, wire: &Wire) -> Duration;
}

/// How much is done for one channel in one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub budget: Duration,
    /// Of one letter.
    pub tries: usize,
    /// Before the second try; then twice as long each time.
    pub first_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { budget: Duration::from_secs(60), tries: 3, first_wait: Duration::from_secs(2) }
    }
}

/// Two letters that are refused are no accident: the rest would be too.
const REFUSALS_MAX: usize = 2;

/// What one turn works with.
pub struct Delivery<'a> {
    pub channel: &'a Channel,
    pub turn: &'a Turn,
    pub post: &'a dyn Post,
    /// The letter of what is to be sent; the keys are those of earlier ones that may not have arrived.
    pub write: &'a (dyn Fn(&Unsent, &[String]) -> Letter + Sync),
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// What a channel says is kept without them.
    pub secrets: &'a Secrets,
    pub patience: Patience,
    /// This one alone.
    pub only: Option<&'a str>,
}

/// What came of a turn.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The keys of what the channel has now.
    pub delivered: Vec<String>,
    pub troubles: Vec<Trouble>,
}

/// What did not go as it should; told to whoever runs the program.
#[derive(Debug)]
pub enum Trouble {
    /// It is still to be sent.
    Unsent { key: String, came: Came },
    /// It was sent twice, and nobody knows whether it arrived.
    Uncertain { key: String, why: Message },
    /// The channel has it, without the workbook.
    WithoutFile { key: String, why: Message },
    /// It was never sent, and nobody needs it any more.
    TooOld { kind: &'static str, queued: Timestamp },
    /// The channel asked to be left alone until then.
    Rests { until: Timestamp },
    /// The outbox cannot be read or written: nothing more is sent, since nobody would know that it was.
    Outbox(OutboxError),
}

/// Sends what is due on a channel.
pub async fn deliver(delivery: &Delivery<'_>) -> Outcome {
    let mut round = Round {
        delivery,
        deadline: Instant::now() + delivery.patience.budget,
        outcome: Outcome::default(),
        tries: BTreeMap::new(),
        left: BTreeSet::new(),
    };
    if let Err(error) = round.run().await {
        round.outcome.troubles.push(Trouble::Outbox(error));
    }
    round.outcome
}

struct Round<'a> {
    delivery: &'a Delivery<'a>,
    deadline: Instant,
    outcome: Outcome,
    /// How often each was tried in this turn.
    tries: BTreeMap<String, usize>,
    /// Not tried any more in this turn.
    left: BTreeSet<String>,
}

/// What is due, and what its sending needs of the record.
struct Due {
    unsent: Unsent,
    uncertain: Vec<String>,
    last_try: Option<Timestamp>,
}

enum Next {
    Goes,
    /// The channel does not take anything now.
    Ends,
}

impl Round<'_> {
    async fn run(&mut self) -> Result<(), OutboxError> {
        while let Some(due) = self.due()? {
            let pause = self.pace_left(&due);
            if !self.has_time_for(pause) {
                return Ok(());
            }
            sleep(pause).await;
            if matches!(self.one(due).await?, Next::Ends) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next one; what is too old goes.
    fn due(&mut self) -> Result<Option<Due>, OutboxError> {
        let (now, only, left) = ((self.delivery.now)(), self.delivery.only, &self.left);
        let is_due = |unsent: &&Unsent| {
            !left.contains(&unsent.key)
                && unsent.held_until.is_none_or(|until| until <= now)
                && only.is_none_or(|key| key == unsent.key)
        };
        let look = |record: &mut Record| {
            let old = record.drop_too_old(now);
            // What was refused before must not keep the others from going.
            let was_refused = |unsent: &&Unsent| matches!(unsent.came(), Some(Came::Refused { .. }));
            // An export goes on from the one before it.
            let is_export = |unsent: &Unsent| matches!(unsent.event, Event::Export(_));
            let first_export = record.unsent.iter().find(|unsent| is_export(unsent)).map(|unsent| &unsent.key);
            let is_next = |unsent: &&Unsent| !is_export(unsent) || first_export == Some(&unsent.key);
            let due = || record.unsent.iter().filter(is_due).filter(is_next);
            let next = due().find(|unsent| !was_refused(unsent)).or_else(|| due().next()).cloned();
            let (uncertain, last_try) = (record.uncertain.clone(), record.last_try);
            let due = next.map(|unsent| Due { unsent, uncertain, last_try });
            match (due, record.rests_at(now)) {
                (Some(_), Some(until)) => (old, Err(until)),
                (due, _) => (old, Ok(due)),
            }
        };
        let (old, due) = self.delivery.turn.change(look)?;
        let told = old.into_iter().map(|unsent| Trouble::TooOld { kind: unsent.event.kind(), queued: unsent.queued });
        self.outcome.troubles.extend(told);
        Ok(due.unwrap_or_else(|until| {
            self.outcome.troubles.push(Trouble::Rests { until });
            None
        }))
    }

    /// What is left of the pause since the last letter, whoever sent it.
    fn pace_left(&self, due: &Due) -> Duration {
        let pace = self.delivery.post.pace(&self.delivery.channel.wire);
        let since = due.last_try.map(|last| (self.delivery.now)() - last);
        // A clock that was set back tells nothing.
        let since = since.and_then(|since| since.to_std().ok()).unwrap_or(if due.last_try.is_some() {
            Duration::ZERO
        } else {
            pace
        });
        pace.saturating_sub(since)
    }

    fn has_time_for(&self, pause: Duration) -> bool {
        Instant::now() + pause < self.deadline
    }

    async fn one(&mut self, due: Due) -> Result<Next, OutboxError> {
        let Delivery { channel, turn, post, write, now, .. } = *self.delivery;
        let key = due.unsent.key.clone();
        let letter = write(&due.unsent, &due.uncertain);
        if !turn.change(|record| record.begin(&key, now()))? {
            return Ok(Next::Goes);
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        let answer = timeout(left, post.send(channel, &letter, now())).await;
        let answer = answer.unwrap_or_else(|_| Answer::Unknown { why: message_too_slow() });
        *self.tries.entry(key.clone()).or_default() += 1;
        match answer {
            Answer::Delivered => {
                turn.change(|record| record.delivered(&key, now()))?;
                self.outcome.delivered.push(key);
                Ok(Next::Goes)
            }
            Answer::DeliveredWithoutFile { why } => {
                turn.change(|record| record.delivered(&key, now()))?;
                self.outcome.troubles.push(Trouble::WithoutFile { key: key.clone(), why: self.clean(why) });
                self.outcome.delivered.push(key);
                Ok(Next::Goes)
            }
            Answer::Refused { why, repair } => {
                let came = Came::Refused { why: self.clean(why), repair: self.clean(repair) };
                self.written_down(&key, &came)?;
                self.leave(key, came);
                Ok(if self.left.len() < REFUSALS_MAX { Next::Goes } else { Next::Ends })
            }
            Answer::NotSent { why, after } => {
                let came = Came::NotSent { why: self.clean(why) };
                self.written_down(&key, &came)?;
                self.again_later(key, came, after).await
            }
            Answer::Unknown { why } => {
                let came = Came::Unknown { why: self.clean(why) };
                if self.written_down(&key, &came)? {
                    let why = came.why().clone();
                    self.outcome.troubles.push(Trouble::Uncertain { key, why });
                    return Ok(Next::Ends);
                }
                self.again_later(key, came, None).await
            }
        }
    }

    /// Waits before the next try; where there is none, or no time for it, this channel's turn is over.
    async fn again_later(&mut self, key: String, came: Came, after: Option<Duration>) -> Result<Next, OutboxError> {
        let tries = self.tries.get(&key).copied().unwrap_or_default();
        let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
        let pause = after.unwrap_or_default().max(self.delivery.patience.first_wait * 2_u32.pow(doublings));
        if tries >= self.delivery.patience.tries || !self.has_time_for(pause) {
            if let Some(after) = after.and_then(|after| TimeDelta::from_std(after).ok()) {
                // Whoever comes too early makes it longer.
                let until = (self.delivery.now)() + after;
                self.delivery.turn.change(|record| record.rests_until = Some(until))?;
            }
            self.leave(key, came);
            return Ok(Next::Ends);
        }
        sleep(pause).await;
        Ok(Next::Goes)
    }

    /// True where it is not sent any more.
    fn written_down(&self, key: &str, came: &Came) -> Result<bool, OutboxError> {
        let now = (self.delivery.now)();
        self.delivery.turn.change(|record| record.failed(key, now, came.clone()))
    }

    fn leave(&mut self, key: String, came: Came) {
        self.left.insert(key.clone());
        self.outcome.troubles.push(Trouble::Unsent { key, came });
    }

    /// What a channel said, without secrets: it is kept, and told.
    fn clean(&self, message: Message) -> Message {
        let mut data = serde_json::to_value(&message).unwrap_or_default();
        self.delivery.secrets.mask_data(&mut data);
        serde_json::from_value(data).unwrap_or_else(|_| Message::as_written(""))
    }
}

fn message_too_slow() -> Message {
    Message::new("messages-too-slow", Vec::new())
}
