//! Why a call brought nothing.

use crate::domain::Message;
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
            Some(words) => message!("call-in-full", sentence = &self.sentence, words = words),
            None => self.sentence.clone(),
        }
    }
}

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
