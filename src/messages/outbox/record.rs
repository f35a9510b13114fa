//! What is known of one channel: what it was told, what is still to be sent, what came of the rest.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Event, ExportNews, FailedNews, FailedWork, FindingKey, Message, Timestamp, Told, ToldFailure, ToldFinding,
};

/// The form that this program writes.
const FORM: u32 = 1;
/// So many that are done with are remembered: the same key is not sent again.
const PAST_MAX: usize = 50;
/// Whether it arrived is not known: so often is it sent, and then told in the next message.
const UNKNOWN_MAX: usize = 2;
/// The same where only the program ended; the channel is not to blame, and whoever got it twice sees that by its key.
const INTERRUPTED_MAX: usize = 10;

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
    /// Until when the channel asked to be left alone.
    pub rests_until: Option<Timestamp>,
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
    /// The program ended while it was sent; the channel may have it or not.
    Interrupted { why: Message },
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
            rests_until: None,
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

    /// What the channel knows of once it has all that stays in line before the next export, which is compared with it. An export of
    /// all of the channel's stores (`is_whole`) tells anew what did not arrive; any other one goes on from it.
    pub fn expected(&self, is_whole: bool) -> &Told {
        let stays = self.unsent.iter().rev().filter(|unsent| !is_whole || unsent.may_have_arrived());
        stays.filter_map(|unsent| unsent.told.as_ref()).next().unwrap_or(&self.told)
    }

    /// Puts the news of an export in line. One of all of the channel's stores takes those of earlier ones out that did not arrive: what they
    /// would have told is told by these, or is over. One that may have arrived stays, so that it comes once more as itself and not as
    /// something new; these go on from it. `told_now` is what the channel holds whether anything is said or not, `told_after` what it knows once it has `news`;
    /// both were worked out from [`Self::expected`].
    pub fn queue_export(
        &mut self,
        (key, news): (&str, Option<ExportNews>),
        (told_now, told_after): (Told, Told),
        (now, held_until): (Timestamp, Option<Timestamp>),
        is_whole: bool,
    ) {
        let is_replaced =
            |unsent: &mut Unsent| is_whole && matches!(unsent.event, Event::Export(_)) && !unsent.may_have_arrived();
        let replaced: Vec<Unsent> = self.unsent.extract_if(.., is_replaced).collect();
        for earlier in replaced {
            self.remember(&earlier, PastKind::Replaced, now);
        }
        let mut may_be_there = self.unsent.iter_mut().rev().filter_map(|unsent| unsent.told.as_mut());
        match may_be_there.next() {
            Some(told) => *told = told_now,
            None => self.told = told_now,
        }
        if let Some(news) = news {
            self.queue(key, Event::Export(Box::new(news)), now, held_until);
            if let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.key == key) {
                unsent.told = Some(told_after);
            }
        }
    }

    /// Puts a failure in line; true where it is. One of exports that the channel knows of already, or is about to, is told again only
    /// after `repeat_after`.
    pub fn queue_failure(&mut self, key: &str, news: FailedNews, now: Timestamp, repeat_after: TimeDelta) -> bool {
        let is_same = |other: &FailedNews| other.what == news.what && other.why == news.why && other.file == news.file;
        let is_known = news.what == FailedWork::Export
            && self.expected(true).failing.as_ref().is_some_and(|told| {
                // A clock that was set back must not silence it.
                told.why == news.why && (now - told.at).abs() < repeat_after
            });
        let is_in_line = self.unsent.iter().any(|unsent| match &unsent.event {
            Event::Failed(other) => is_same(other),
            Event::Export(_) | Event::Run(_) | Event::Approval(_) | Event::Test(_) => false,
        });
        if is_known || is_in_line {
            return false;
        }
        self.queue(key, Event::Failed(news), now, None);
        true
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
        for unsent in &old {
            self.remember(unsent, PastKind::TooOld, now);
            self.take_back(unsent);
        }
        old
    }

    /// Until when the channel wants nothing, where it said so. More than an hour is none's own limit: then a clock was set back.
    pub fn rests_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.rests_until.filter(|until| *until > now && *until - now <= TimeDelta::hours(1))
    }

    /// Takes it out of the line, as if it had never been in it.
    pub fn forget(&mut self, key: &str) {
        self.unsent.retain(|unsent| unsent.key != key);
    }

    /// Writes down that it is about to be sent; false where it is not in line any more, since a newer export took its place: then it must
    /// not be sent.
    #[must_use]
    pub fn begin(&mut self, key: &str, now: Timestamp) -> bool {
        let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.key == key) else { return false };
        unsent.tries.push(Try { at: now, came: None });
        self.last_try = Some(now);
        true
    }

    /// Writes down that the channel has it.
    pub fn delivered(&mut self, key: &str, now: Timestamp) {
        let Some(unsent) = self.take(key) else { return };
        self.remember(&unsent, PastKind::Delivered, now);
        self.uncertain.clear();
        if let Some(told) = unsent.told {
            self.told = told;
        }
        if let Event::Failed(FailedNews { what: FailedWork::Export, why, at, .. }) = unsent.event {
            self.told.failing = Some(ToldFailure { why, at });
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
            open.came = Some(Came::Interrupted { why: Message::new("messages-sender-died", Vec::new()) });
            last = Some(open.at);
        }
        if let Some(at) = last {
            self.give_up_unknown(at);
        }
    }

    fn give_up_unknown(&mut self, now: Timestamp) -> bool {
        let is_given_up =
            |unsent: &mut Unsent| unsent.unknown() >= UNKNOWN_MAX || unsent.interrupted() >= INTERRUPTED_MAX;
        let given_up: Vec<Unsent> = self.unsent.extract_if(.., is_given_up).collect();
        for unsent in &given_up {
            self.remember(unsent, PastKind::Uncertain, now);
            self.take_back(unsent);
            // Findings are told by the next export, which does not know them to be told; a test is of use at once or never.
            if !matches!(unsent.event, Event::Export(_) | Event::Test(_)) {
                self.uncertain.push(unsent.key.clone());
            }
        }
        !given_up.is_empty()
    }

    /// What `lost` would have told is told by the next export: nobody knows it from `lost`, nor from those behind it. Where `lost` may have
    /// arrived, nobody knows what the channel was told: then what is so is told as new, and what is over as over.
    fn take_back(&mut self, lost: &Unsent) {
        let may_be_known = lost.may_have_arrived();
        let Some(lost) = &lost.told else { return };
        let (known, lost) = (by_key(&self.told), by_key(lost));
        let keys: BTreeSet<&FindingKey> = known.keys().chain(lost.keys()).collect();
        let apart: Vec<&FindingKey> = keys.into_iter().filter(|key| known.get(key) != lost.get(key)).collect();
        let in_doubt = |key: &FindingKey| {
            let told = known.get(key).or(lost.get(key).filter(|_| may_be_known))?;
            Some(ToldFinding { is_sure: told.is_sure && !may_be_known, ..told.clone() })
        };
        let behind = self.unsent.iter_mut().filter_map(|unsent| unsent.told.as_mut());
        for told in behind.chain([&mut self.told]) {
            let mut findings = by_key(told);
            for key in apart.iter().copied() {
                // What it tells of itself stands.
                if findings.get(key) != lost.get(key) && findings.get(key) != known.get(key) {
                    continue;
                }
                match in_doubt(key) {
                    Some(finding) => findings.insert(key.clone(), finding),
                    None => findings.remove(key),
                };
            }
            told.findings = findings.into_values().collect();
        }
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
    /// It is being sent, or was, and nobody knows whether it arrived.
    pub fn may_have_arrived(&self) -> bool {
        self.tries.iter().any(|one| matches!(one.came, None | Some(Came::Unknown { .. } | Came::Interrupted { .. })))
    }

    /// How often it was sent, and nobody knows whether it arrived.
    fn unknown(&self) -> usize {
        self.tries.iter().filter(|one| matches!(one.came, Some(Came::Unknown { .. }))).count()
    }

    /// How often the program ended while it was sent.
    fn interrupted(&self) -> usize {
        self.tries.iter().filter(|one| matches!(one.came, Some(Came::Interrupted { .. }))).count()
    }

    /// What came of it last.
    pub fn came(&self) -> Option<&Came> {
        self.tries.iter().rev().find_map(|one| one.came.as_ref())
    }
}

impl Came {
    pub fn why(&self) -> &Message {
        match self {
            Self::Refused { why, .. } | Self::NotSent { why } | Self::Unknown { why } | Self::Interrupted { why } => {
                why
            }
        }
    }
}

fn by_key(told: &Told) -> BTreeMap<FindingKey, ToldFinding> {
    told.findings.iter().map(|finding| (finding.key.clone(), finding.clone())).collect()
}
