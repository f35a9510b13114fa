//! What is known of one channel: what it was told, what is still to be sent, what came of the rest.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::{Event, ExportNews, Message, Timestamp, Told};

/// The form that this program writes.
const FORM: u32 = 1;
/// So many that are done with are remembered: the same key is not sent again.
const PAST_MAX: usize = 50;
/// Whether it arrived is not known: so often is it sent, and then told in the next message.
const UNKNOWN_MAX: usize = 2;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    form: u32,
    /// As far as the channel is known to have it.
    pub told: Told,
    /// In the order of their sending.
    pub unsent: Vec<Unsent>,
    /// The newest last.
    pub past: Vec<Past>,
    /// The keys of those that may not have arrived; whoever reads the next message is told.
    pub uncertain: Vec<String>,
    /// When something was last sent, or tried to be: the channel's pace goes on from there.
    pub last_try: Option<Timestamp>,
}

/// Something to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    /// The same at every try.
    pub key: String,
    pub event: Event,
    pub queued: Timestamp,
    /// Not before: the channel's quiet hours.
    pub held_until: Option<Timestamp>,
    pub tries: Vec<Try>,
    /// What the channel knows of findings once it has this; none where this is about something else.
    pub told: Option<Told>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Try {
    pub at: Timestamp,
    /// None while it is under way.
    pub came: Option<Came>,
}

/// What came of a try that is not known to have arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// The channel said no, and will again unless something is done.
    Refused { why: Message, repair: Message },
    /// The channel does not have it, and may take it later.
    NotSent { why: Message },
    /// The channel may have it or not.
    Unknown { why: Message },
}

/// What was done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub key: String,
    pub kind: String,
    pub at: Timestamp,
    pub how: PastKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastKind {
    Delivered,
    /// It may have arrived.
    Uncertain,
    /// It was of no use any more.
    TooOld,
    /// A newer export tells what it would have told.
    Replaced,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            form: FORM,
            told: Told::default(),
            unsent: Vec::new(),
            past: Vec::new(),
            uncertain: Vec::new(),
            last_try: None,
        }
    }
}

impl Record {
    pub(super) fn is_of_this_form(&self) -> bool {
        self.form <= FORM
    }

    /// Puts something in line, once: not what is there, or was there, under its key.
    pub fn queue(&mut self, key: &str, event: Event, now: Timestamp, held_until: Option<Timestamp>) {
        if !self.knows(key) {
            let (key, tries) = (key.to_string(), Vec::new());
            self.unsent.push(Unsent { key, event, queued: now, held_until, tries, told: None });
        }
    }

    /// Puts the news of an export in line, and takes those of earlier ones out: what they would have told is told by these, or is over.
    /// `told_now` is what the channel holds whether anything is said or not, `told_after` what it knows once it has `news`.
    pub fn queue_export(
        &mut self,
        (key, news): (&str, Option<ExportNews>),
        (told_now, told_after): (Told, Told),
        now: Timestamp,
        held_until: Option<Timestamp>,
    ) {
        let is_export = |unsent: &mut Unsent| matches!(unsent.event, Event::Export(_));
        let replaced: Vec<Unsent> = self.unsent.extract_if(.., is_export).collect();
        for earlier in replaced {
            self.remember(&earlier, PastKind::Replaced, now);
        }
        self.told = told_now;
        if let Some(news) = news {
            self.queue(key, Event::Export(Box::new(news)), now, held_until);
            if let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.key == key) {
                unsent.told = Some(told_after);
            }
        }
    }

    fn knows(&self, key: &str) -> bool {
        self.unsent.iter().any(|unsent| unsent.key == key) || self.past.iter().any(|past| past.key == key)
    }

    /// Takes out what is of no use any more.
    pub fn drop_too_old(&mut self, now: Timestamp) -> Vec<Unsent> {
        let is_too_old = |unsent: &mut Unsent| {
            let age = now - unsent.held_until.unwrap_or(unsent.queued);
            age > TimeDelta::hours(unsent.event.use_hours())
        };
        let old: Vec<Unsent> = self.unsent.extract_if(.., is_too_old).collect();
        old.iter().for_each(|unsent| self.remember(unsent, PastKind::TooOld, now));
        old
    }

    /// Takes it out of the line, as if it had never been in it.
    pub fn forget(&mut self, key: &str) {
        self.unsent.retain(|unsent| unsent.key != key);
    }

    /// Writes down that it is about to be sent.
    pub fn begin(&mut self, key: &str, now: Timestamp) {
        self.last_try = Some(now);
        if let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.key == key) {
            unsent.tries.push(Try { at: now, came: None });
        }
    }

    /// Writes down that the channel has it.
    pub fn delivered(&mut self, key: &str, now: Timestamp) {
        let Some(unsent) = self.take(key) else { return };
        self.remember(&unsent, PastKind::Delivered, now);
        self.uncertain.clear();
        if let Some(told) = unsent.told {
            self.told = told;
        }
    }

    /// Writes down what else came of it; true where it is not sent any more, since nobody knows whether it arrived.
    pub fn failed(&mut self, key: &str, now: Timestamp, came: Came) -> bool {
        let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.key == key) else { return false };
        if let Some(last) = unsent.tries.last_mut() {
            last.came = Some(came);
        }
        self.give_up_unknown(now)
    }

    /// After a process that died.
    pub(super) fn close_open_tries(&mut self) {
        let mut last = None;
        for open in self.unsent.iter_mut().flat_map(|unsent| &mut unsent.tries).filter(|one| one.came.is_none()) {
            open.came = Some(Came::Unknown { why: Message::new("messages-sender-died", Vec::new()) });
            last = Some(open.at);
        }
        if let Some(at) = last {
            self.give_up_unknown(at);
        }
    }

    fn give_up_unknown(&mut self, now: Timestamp) -> bool {
        let is_given_up = |unsent: &mut Unsent| unsent.unknown() >= UNKNOWN_MAX;
        let given_up: Vec<Unsent> = self.unsent.extract_if(.., is_given_up).collect();
        for unsent in &given_up {
            self.remember(unsent, PastKind::Uncertain, now);
            // Findings are told by the next export, which does not know them to be told; a test is of use at once or never.
            if !matches!(unsent.event, Event::Export(_) | Event::Test(_)) {
                self.uncertain.push(unsent.key.clone());
            }
        }
        !given_up.is_empty()
    }

    fn take(&mut self, key: &str) -> Option<Unsent> {
        let place = self.unsent.iter().position(|unsent| unsent.key == key)?;
        Some(self.unsent.remove(place))
    }

    fn remember(&mut self, unsent: &Unsent, how: PastKind, at: Timestamp) {
        let kind = unsent.event.kind().to_string();
        self.past.push(Past { key: unsent.key.clone(), kind, at, how });
        self.past.drain(..self.past.len().saturating_sub(PAST_MAX));
    }
}

impl Unsent {
    /// How often it was sent, and nobody knows whether it arrived.
    fn unknown(&self) -> usize {
        self.tries.iter().filter(|one| matches!(one.came, Some(Came::Unknown { .. }))).count()
    }

    /// What came of it last.
    pub fn came(&self) -> Option<&Came> {
        self.tries.iter().rev().find_map(|one| one.came.as_ref())
    }
}

impl Came {
    pub fn why(&self) -> &Message {
        match self {
            Self::Refused { why, .. } | Self::NotSent { why } | Self::Unknown { why } => why,
        }
    }
}
