//! Tells people's channels what a command did. [`Messenger`] puts what happened in line, for each channel what it is to hear (`events`),
//! and then sends what is due (`deliver`).
//!
//! Whoever calls it does so when its own work is done and kept: a channel that is away, or an outbox that cannot be written, is said
//! and changes nothing of what the command came to. What is in line stays there until it was sent, however the program ends.

mod deliver;
mod events;

use std::sync::{Mutex, PoisonError};

pub use deliver::ChannelTold;

use super::context::Context;
use crate::domain::{Event, FailedNews, Timestamp};
use crate::messages::{ChannelId, Outbox, OutboxError, Record};
use crate::settings::{MessageSettings, Settings};

/// The channels of the config, and their outboxes; none where the command tells nobody ([`Context::tell_nobody`]): what such an export saw
/// is told by the next one that tells. `watch` and every command use it in the same way:
///
/// ```ignore
/// let messenger = Messenger::of(context, &settings);
/// messenger.queue("inbox-9f2c", &|channel| channel.listener.hears(Topic::Results).then(|| event.clone()));
/// messenger.tell().await;
/// ```
///
/// `tell` alone sends what is due from before: what a channel did not take, and what waited for the end of quiet hours.
pub struct Messenger<'a> {
    context: &'a Context<'a>,
    settings: &'a Settings,
    outbox: Outbox,
    /// What could not be put in line.
    troubles: Mutex<Vec<(ChannelId, String)>>,
}

impl<'a> Messenger<'a> {
    pub fn of(context: &'a Context<'a>, settings: &'a Settings) -> Self {
        let outbox = Outbox::of(&settings.state);
        Self { context, settings, outbox, troubles: Mutex::default() }
    }

    /// Puts in line what `event_for` makes of one thing that happened, for each channel; none for one that is not to hear of it. `key`
    /// names it (letters, digits, `_` and `-`): what is in line or was sent under a key is not put in line again, so that whoever is
    /// killed may say it once more. What can wait is held until the channel's quiet hours are over.
    pub fn queue(&self, key: &str, event_for: &dyn Fn(&MessageSettings) -> Option<Event>) {
        let now = self.context.now();
        for channel in self.channels() {
            let Some(event) = event_for(channel) else { continue };
            let held = held_until(channel, &event, now);
            self.change(channel, |record| record.queue(key, event, now, held));
        }
    }

    /// The same for a failure; one that a channel was told of is told it again only after its `repeat_after`.
    fn queue_failure(&self, key: &str, news: &FailedNews, hears: &dyn Fn(&MessageSettings) -> bool) {
        let now = self.context.now();
        for channel in self.channels().filter(|channel| hears(channel)) {
            let repeat_after = channel.listener.repeat_after;
            self.change(channel, |record| record.queue_failure(key, news.clone(), now, repeat_after));
        }
    }

    fn channels(&self) -> impl Iterator<Item = &'a MessageSettings> {
        let channels = &self.settings.messages;
        channels.iter().filter(|_| !self.context.tells_nobody())
    }

    /// Changes what is kept of a channel. Where that cannot be, it is told with what else became of the channel's messages.
    fn change<T>(&self, channel: &MessageSettings, change: impl FnOnce(&mut Record) -> T) {
        let changed: Result<T, OutboxError> = self.outbox.change(&channel.id, change);
        if let Err(error) = changed {
            let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
            troubles.push((channel.id.clone(), format!("this message is in no line: {error}")));
        }
    }

    fn take_troubles(&self, channel: &ChannelId) -> Vec<String> {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.extract_if(.., |(of, _)| of == channel).map(|(_, told)| told).collect()
    }
}

fn held_until(channel: &MessageSettings, event: &Event, now: Timestamp) -> Option<Timestamp> {
    channel.listener.quiet.filter(|_| event.can_wait())?.over_at(now)
}
