//! Why a call brought nothing.

use std::collections::BTreeSet;

use crate::domain::{Argument, Message};
use crate::message;

/// Three answers to a send, because they ask for three different next steps.
#[derive(Debug, Clone)]
pub enum SendError {
    /// The platform said no; nothing changed.
    Refused(CallError),
    /// It never left, or the platform said that it did nothing yet; it may be sent again.
    NotSent(CallError),
    /// It may have arrived; ask the platform first.
    Unknown(CallError),
}

impl SendError {
    pub fn cause(&self) -> &CallError {
        match self {
            Self::Refused(cause) | Self::NotSent(cause) | Self::Unknown(cause) => cause,
        }
    }
}

/// A call that did not bring what was asked for. Holds no secret and no address with a query.
#[derive(Debug, Clone)]
pub struct CallError {
    pub kind: CallErrorKind,
    /// What happened, at which store's platform, and what to do: one sentence or two.
    pub sentence: Message,
    /// The platform's own words and code, shortened to a line.
    pub platform_words: Option<String>,
    pub request_id: Option<String>,
}

impl CallError {
    /// The sentence with the platform's own words behind it.
    pub fn in_full(&self) -> Message {
        match &self.platform_words {
            Some(words) => message!(IN_FULL, sentence = &self.sentence, words = words),
            None => self.sentence.clone(),
        }
    }
}

/// `message` without the words of web pages that were told before (`told`, which hears of new ones): the same page stands before every
/// call of a store, and is read once.
pub fn without_known_pages(message: &Message, told: &mut BTreeSet<String>) -> Message {
    message.with_parts(&mut |part| {
        let argument = |wanted: &str| part.arguments().find(|(name, _)| *name == wanted).map(|(_, argument)| argument);
        let sentence = argument("sentence").filter(|_| part.id() == IN_FULL);
        let Some(Argument::Message(sentence)) = sentence else { return None };
        let is_page = PAGES.contains(&sentence.id());
        let words = argument("words").and_then(Argument::name_or_text).filter(|_| is_page)?;
        (!told.insert(words)).then(|| (**sentence).clone())
    })
}

/// A sentence with the platform's own words behind it.
const IN_FULL: &str = "call-in-full";

/// What is said where a web page came in place of an answer.
const PAGES: [&str; 4] = ["call-blocked", "call-web-page", "call-not-data", "call-redirected"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// No connection, a time-out, a broken or unreadable answer, a server error that outlasted the retries.
    Unreachable,
    /// The sign-in is refused: key, secret, token, signature or clock.
    SignIn,
    /// Signed in, but not allowed.
    NotAllowed,
    /// Signed in, and allowed to read only: no change of this store will be accepted.
    ReadOnly,
    /// The platform tells another shop than the config.
    WrongShop,
    /// The platform has closed the shop for everybody: banned, frozen, locked.
    Restricted,
    /// Throttled beyond the retries, or a quota is used up.
    Throttled,
    /// The platform refuses what was asked for.
    Rejected,
    /// No such coupon.
    NotFound,
}
