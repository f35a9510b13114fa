//! Why a call brought nothing, in three answers and in words.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use std::error::Error;
use std::time::Duration;
use url::Url;

use super::answer::{asked_to_wait, page_words};
use crate::domain::Timestamp;
use crate::platforms::call_log::CallOutcome;
use crate::platforms::errors::{CallError, CallErrorKind, SendError};
use crate::platforms::secrets::Secrets;

/// Why a call brought no accepted answer.
#[derive(Debug)]
pub(in crate::platforms) struct Problem {
    pub outcome: CallOutcome,
    /// The platform's own error code.
    pub code: Option<Box<str>>,
    pub error: CallError,
    pub(super) status: Option<u16>,
    /// Another try would end the same.
    pub(super) lasting: bool,
    pub(super) asked_to_wait: Option<Duration>,
}

impl Problem {
    /// One that is found before anything is sent.
    pub fn unsent(kind: CallErrorKind, sentence: String) -> Self {
        let outcome = match kind {
            CallErrorKind::Unreachable | CallErrorKind::Throttled => CallOutcome::NotSent,
            _ => CallOutcome::Refused,
        };
        let error = CallError { kind, sentence, platform_words: None, request_id: None };
        Self { outcome, code: None, error, status: None, lasting: true, asked_to_wait: None }
    }

    /// One that leaves open whether a write was carried out, found in an answer that was accepted.
    pub fn doubtful(sentence: String, request_id: Option<String>) -> Self {
        let error = CallError { kind: CallErrorKind::Unreachable, sentence, platform_words: None, request_id };
        Self { outcome: CallOutcome::Broken, code: None, error, status: None, lasting: true, asked_to_wait: None }
    }

    /// The same for a step that comes before the write itself: whatever happened to it, the write was not sent.
    pub fn before_the_write(self) -> SendError {
        match self.outcome {
            CallOutcome::Refused => SendError::Refused(self.error),
            _ => SendError::NotSent(self.error),
        }
    }

    /// The last of `attempts` tries: the sentence says so.
    pub(super) fn given_up_after(mut self, attempts: u32) -> Self {
        if attempts > 1 {
            self.error.sentence.push_str(&format!("; tried {attempts} times"));
        }
        if let Some(asked) = self.asked_to_wait.filter(|_| self.outcome != CallOutcome::Refused) {
            self.error.sentence.push_str(&format!("; it asks to come back in {} s", asked.as_secs()));
        }
        self
    }

    pub(super) fn may_be_tried_again(&self, intent: Intent) -> bool {
        match self.outcome {
            CallOutcome::Throttled => true,
            CallOutcome::NotSent | CallOutcome::Broken => intent == Intent::Read && !self.lasting,
            CallOutcome::Refused | CallOutcome::Answered => false,
        }
    }
}

/// What a problem is told about: which call, at which store's platform.
pub(super) struct CallContext<'a> {
    /// `Shopee (store shopee-sg-1)`.
    pub place: String,
    pub call: &'a str,
    pub host: String,
    pub whole_call: Duration,
    pub secrets: &'a Secrets,
}

impl CallContext<'_> {
    /// The exchange itself failed.
    pub fn broken_exchange(&self, error: reqwest::Error) -> Problem {
        let (connecting, timed_out, building) = (error.is_connect(), error.is_timeout(), error.is_builder());
        let cause = self.secrets.tidy(&deepest_cause(&error.without_url()));
        let Self { place, call, host, .. } = self;
        let sentence = if connecting {
            format!("{place} could not be reached at {host} ({cause}); check the address, the network and the proxy")
        } else if timed_out {
            format!("{place} did not finish its answer to {call} within {} s", self.whole_call.as_secs_f32())
        } else {
            format!("the connection to {place} broke off during {call} ({cause})")
        };
        let outcome = if connecting || building { CallOutcome::NotSent } else { CallOutcome::Broken };
        let error = CallError { kind: CallErrorKind::Unreachable, sentence, platform_words: None, request_id: None };
        Problem { outcome, code: None, error, status: None, lasting: building, asked_to_wait: None }
    }

    /// A web page, a cut-off answer, or nothing at all: what stands before the platform has answered, not the platform.
    pub fn not_data(&self, status: StatusCode, headers: &HeaderMap, bytes: &[u8], now: Timestamp) -> Problem {
        let Self { place, call, host, .. } = self;
        let words = Some(self.secrets.tidy(&page_words(bytes))).filter(|words| !words.is_empty());
        let asked = asked_to_wait(headers, now);
        let number = status.as_u16();
        let passing = |sentence| Problem { asked_to_wait: asked, ..self.broken(status, sentence, words.clone()) };
        let lasting = |kind, sentence| {
            let mut problem = Problem { lasting: true, ..self.broken(status, sentence, words.clone()) };
            problem.error.kind = kind;
            problem
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let sentence = format!("{place} asks for fewer calls and did not carry out {call}");
                let mut problem = Problem { outcome: CallOutcome::Throttled, ..passing(sentence) };
                problem.error.kind = CallErrorKind::Throttled;
                problem
            }
            status if status.is_redirection() => {
                let target = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| Url::parse(to).ok());
                let target = target.map_or("elsewhere".to_string(), |to| to.origin().ascii_serialization());
                let sentence = format!("{host} sends {call} on to {target}; write that address into the config");
                lasting(CallErrorKind::Rejected, sentence)
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let sentence = format!(
                    "something before {place} blocked {call} with a web page (status {number}): a firewall, a security plugin or a password on the site"
                );
                lasting(CallErrorKind::NotAllowed, sentence)
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => {
                passing(format!("{place} did not wait for {call} (status {number})"))
            }
            status if status.is_client_error() => {
                let sentence = format!(
                    "{host} answered {call} with a web page (status {number}) instead of data; check the address"
                );
                lasting(CallErrorKind::Rejected, sentence)
            }
            _ => passing(format!("{place} answered {call} with status {number} and something that is not data")),
        }
    }

    /// An answer that came and cannot be used.
    pub fn broken(&self, status: StatusCode, sentence: String, platform_words: Option<String>) -> Problem {
        let error = CallError { kind: CallErrorKind::Unreachable, sentence, platform_words, request_id: None };
        Problem {
            outcome: CallOutcome::Broken,
            code: None,
            error,
            status: Some(status.as_u16()),
            lasting: false,
            asked_to_wait: None,
        }
    }
}

impl From<Problem> for CallError {
    fn from(problem: Problem) -> Self {
        problem.error
    }
}

impl From<Problem> for SendError {
    fn from(problem: Problem) -> Self {
        match problem.outcome {
            CallOutcome::Refused => Self::Refused(problem.error),
            CallOutcome::NotSent | CallOutcome::Throttled => Self::NotSent(problem.error),
            CallOutcome::Broken | CallOutcome::Answered => Self::Unknown(problem.error),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platforms) enum Intent {
    Read,
    Write,
}

fn deepest_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
