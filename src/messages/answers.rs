//! The words of what became of a letter.

use std::time::Duration;

use super::channel::Answer;
use crate::domain::{Argument, Message};
use crate::message;

/// What a service's error code means: a line of data in its channel's table.
#[derive(Debug, Clone, Copy)]
pub enum Meaning {
    /// For a reason that lasts; the id of the message that says what to do.
    Refused(&'static str),
    /// Later, where it is known after what time.
    NotNow(Option<Duration>),
}

/// [`Meaning::NotNow`], in a table.
pub const fn not_now_for_seconds(seconds: u64) -> Meaning {
    Meaning::NotNow(Some(Duration::from_secs(seconds)))
}

/// `words` are the service's own, tidied.
pub fn refused(place: Message, words: impl Into<Argument>, repair: Message) -> Answer {
    let words: Argument = words.into();
    Answer::Refused { why: message!("channel-refused", place = place, words = words), repair }
}

/// `words` are the service's own, tidied.
pub fn not_sent(place: Message, words: impl Into<Argument>, after: Option<Duration>) -> Answer {
    let words: Argument = words.into();
    Answer::NotSent { why: message!("channel-not-now", place = place, words = words), after }
}

pub fn unknown(why: Message) -> Answer {
    Answer::Unknown { why }
}

/// What became of the file of a letter whose text is there.
pub fn without_file(of_file: Answer) -> Answer {
    let why = match of_file {
        Answer::Delivered => return Answer::Delivered,
        Answer::DeliveredWithoutFile { why } => return Answer::DeliveredWithoutFile { why },
        Answer::Refused { why, repair } => message!("channel-file-refused", why = why, repair = repair),
        Answer::NotSent { why, .. } | Answer::Unknown { why } => why,
    };
    Answer::DeliveredWithoutFile { why: message!("channel-without-file", why = why) }
}
