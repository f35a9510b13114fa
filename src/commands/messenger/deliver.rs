//! What is due goes out on every channel, side by side, and what became of it is told.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono_tz::Tz;
use futures::future::join_all;
use serde::Serialize;
use tokio::time::sleep;

use super::Messenger;
use crate::commands::say::{self, counted};
use crate::domain::{Message, Notice, Timestamp};
use crate::language::Language;
use crate::messages::{self, Answer, Came, Channel, Letter, OutboxError, Record, Turn, Unsent, Wire};
use crate::news::{Delivery, MessageTemplates, Outcome, Patience, Post, Trouble, Writing, deliver, letter};
use crate::settings::MessageSettings;

/// Who sends on a channel at the moment is soon done.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of one channel's messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelTold {
    pub channel: String,
    /// How many it has got now.
    pub sent: usize,
    /// How many are still to be sent, without those that only wait for the end of quiet hours.
    pub unsent: usize,
    /// How many wait for the end of quiet hours.
    pub held: usize,
    /// Since when the oldest of the unsent ones is in line.
    pub since: Option<Timestamp>,
    /// What went wrong and what to do, in English, a sentence each.
    pub told: Vec<String>,
}

impl ChannelTold {
    fn of(channel: &MessageSettings) -> Self {
        let channel = channel.id.0.clone();
        Self { channel, sent: 0, unsent: 0, held: 0, since: None, told: Vec::new() }
    }

    /// For the terminal: what went wrong, and what is still to be sent.
    pub fn lines(&self, zone: Tz) -> Vec<String> {
        let mut lines: Vec<String> =
            self.told.iter().map(|told| format!("note: channel {}: {told}", self.channel)).collect();
        if let (Some(since), 1..) = (self.since, self.unsent) {
            lines.push(format!(
                "note: channel {}: {} still unsent, the oldest since {}; the next export or apply tries again, and so does `couponbook messages send`",
                self.channel,
                counted(self.unsent, "message is", "messages are"),
                since.with_timezone(&zone).format("%Y-%m-%d %H:%M"),
            ));
        }
        lines
    }

    fn count(&mut self, record: &Record, now: Timestamp) {
        let is_held = |unsent: &&Unsent| unsent.held_until.is_some_and(|until| until > now);
        self.held = record.unsent.iter().filter(is_held).count();
        let unsent = || record.unsent.iter().filter(|unsent| !is_held(unsent));
        (self.unsent, self.since) = (unsent().count(), unsent().map(|unsent| unsent.queued).min());
    }
}

/// The channels themselves.
struct Wires;

#[async_trait]
impl Post for Wires {
    async fn send(&self, channel: &Channel, letter: &Letter, now: Timestamp) -> Answer {
        messages::send(channel, letter, now).await
    }

    fn pace(&self, wire: &Wire) -> Duration {
        messages::pace(wire)
    }
}

impl Messenger<'_> {
    /// Sends what is due on every channel, within the patience of this world, and says what became of it.
    pub async fn deliver(&self) -> Vec<ChannelTold> {
        join_all(self.channels().map(|channel| self.deliver_to(channel, None))).await
    }

    /// The same, and tells on the terminal what went wrong and what is still to be sent: also whoever asked for quiet, since a message
    /// that nobody gets looks like good news.
    pub async fn tell(&self) -> Vec<ChannelTold> {
        let told = self.deliver().await;
        let sent: Vec<&str> = told.iter().filter(|told| told.sent > 0).map(|told| told.channel.as_str()).collect();
        if !sent.is_empty() {
            self.context.note(&format!("Told {}.", sent.join(", ")));
        }
        let lines = told.iter().flat_map(|told| told.lines(self.settings.team_zone));
        lines.for_each(|line| self.context.world.note(&line));
        told
    }

    /// The same on one channel; `only` the message with that key.
    pub async fn deliver_to(&self, channel: &MessageSettings, only: Option<&str>) -> ChannelTold {
        let mut told = ChannelTold::of(channel);
        told.told = self.take_troubles(&channel.id);
        if let Err(error) = self.deliver_within(channel, only, &mut told).await {
            told.told.push(error.to_string());
        }
        told
    }

    async fn deliver_within(
        &self,
        channel: &MessageSettings,
        only: Option<&str>,
        told: &mut ChannelTold,
    ) -> Result<(), OutboxError> {
        told.count(&self.outbox.read(&channel.id)?, self.context.now());
        if told.unsent == 0 {
            return Ok(());
        }
        match &channel.channel {
            Err(why) => told.told.push(format!("nothing can be sent: {why}")),
            Ok(wire) => {
                let patience = self.context.world.message_patience;
                match self.turn(channel, patience.budget).await? {
                    None => told.told.push("another couponbook is sending there".to_string()),
                    Some(turn) => {
                        let outcome = self.sent((channel, wire), &turn, only, patience).await;
                        told.sent = outcome.delivered.len();
                        told.told.extend(outcome.troubles.iter().map(|trouble| self.words(trouble)));
                    }
                }
            }
        }
        told.count(&self.outbox.read(&channel.id)?, self.context.now());
        Ok(())
    }

    /// Waits for whoever is sending there.
    async fn turn(&self, channel: &MessageSettings, patience: Duration) -> Result<Option<Turn>, OutboxError> {
        let began = Instant::now();
        loop {
            let turn = self.outbox.turn(&channel.id)?;
            if turn.is_some() || began.elapsed() >= patience {
                return Ok(turn);
            }
            sleep(PAUSE).await;
        }
    }

    async fn sent(
        &self,
        (channel, wire): (&MessageSettings, &Channel),
        turn: &Turn,
        only: Option<&str>,
        patience: Patience,
    ) -> Outcome {
        let (templates, notices) = match &channel.templates {
            Some(folder) => MessageTemplates::read(folder, channel.language),
            None => Default::default(),
        };
        let notices: Mutex<Vec<Notice>> = Mutex::new(notices);
        let writing = Writing {
            language: channel.language,
            templates: &templates,
            platforms: self.settings.platforms,
            attach: channel.attach,
        };
        let write = |unsent: &Unsent, uncertain: &[String]| {
            let (letter, notice) = letter(unsent, uncertain, &writing);
            notices.lock().unwrap_or_else(PoisonError::into_inner).extend(notice);
            letter
        };
        let clock = self.context.world.clock.clone();
        let outcome = deliver(&Delivery {
            channel: wire,
            turn,
            post: &Wires,
            write: &write,
            now: &|| clock(),
            secrets: &self.context.world.secrets,
            patience,
            only,
        })
        .await;
        let mut notices = notices.into_inner().unwrap_or_else(PoisonError::into_inner);
        notices.dedup();
        notices.iter().for_each(|notice| self.context.note(&say::notice(notice)));
        outcome
    }

    fn words(&self, trouble: &Trouble) -> String {
        let english = |message: &Message| Language::ENGLISH.render(message);
        match trouble {
            Trouble::Unsent { came: Came::Refused { why, repair }, .. } => {
                format!("{}; {}", english(why), english(repair))
            }
            Trouble::Unsent { came, .. } => english(came.why()),
            Trouble::Uncertain { key, why } => {
                format!("whether message {key} arrived is not known, and it is not sent again: {}", english(why))
            }
            Trouble::WithoutFile { why, .. } => english(why),
            Trouble::TooOld { kind, queued } => {
                let queued = queued.with_timezone(&self.settings.team_zone).format("%Y-%m-%d %H:%M");
                format!("a message of {queued} ({kind}) could not be sent in time to be of use, and was dropped")
            }
            Trouble::Rests { until } => {
                let until = until.with_timezone(&self.settings.team_zone).format("%Y-%m-%d %H:%M");
                format!("it takes nothing more before {until}, as it said itself")
            }
            Trouble::Outbox(error) => error.to_string(),
        }
    }
}
