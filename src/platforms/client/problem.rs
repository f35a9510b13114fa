//! Why a call brought nothing, in three answers and in words.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use std::error::Error;
use std::time::Duration;
use url::Url;

use super::answer::{asked_to_wait, page_words};
use crate::domain::{Argument, Message, Timestamp};
use crate::foreign::Secrets;
use crate::message;
use crate::platforms::call_log::CallOutcome;
use crate::platforms::errors::{CallError, CallErrorKind, SendError};

/// Why a call brought no accepted answer.
#[derive(Debug)]
pub(in crate::platforms) struct Problem {
    pub outcome: CallOutcome,
    /// The platform's own error code.
    pub code: Option<Box<str>>,
    pub error: Box<CallError>,
    pub(super) status: Option<u16>,
    /// Another try would end the same.
    pub(super) lasting: bool,
    pub(super) asked_to_wait: Option<Duration>,
}

impl Problem {
    /// One that is found before anything is sent.
    pub fn unsent(kind: CallErrorKind, sentence: Message) -> Self {
        let outcome = match kind {
            CallErrorKind::Unreachable | CallErrorKind::Throttled => CallOutcome::NotSent,
            _ => CallOutcome::Refused,
        };
        Self { lasting: true, ..Self::new(outcome, kind, sentence) }
    }

    /// One that leaves open whether a write was carried out, found in an answer that was accepted.
    pub fn doubtful(sentence: Message, request_id: Option<String>) -> Self {
        let mut problem =
            Self { lasting: true, ..Self::new(CallOutcome::Broken, CallErrorKind::Unreachable, sentence) };
        problem.error.request_id = request_id;
        problem
    }

    pub(super) fn new(outcome: CallOutcome, kind: CallErrorKind, sentence: Message) -> Self {
        let error = Box::new(CallError { kind, sentence, platform_words: None, request_id: None });
        Self { outcome, code: None, error, status: None, lasting: false, asked_to_wait: None }
    }

    /// What it says goes on with this advice.
    pub fn advise(&mut self, advice: Message) {
        self.error.sentence = message!("call-with-advice", what = &self.error.sentence, advice = advice);
    }

    /// The same for a step that comes before the write itself: whatever happened to it, the write was not sent.
    pub fn before_the_write(self) -> SendError {
        match self.outcome {
            CallOutcome::Refused => SendError::Refused(*self.error),
            _ => SendError::NotSent(*self.error),
        }
    }

    /// The last of `attempts` tries: the sentence says so.
    pub(super) fn given_up_after(mut self, attempts: u32) -> Self {
        if attempts > 1 {
            self.error.sentence = message!("call-tried", what = &self.error.sentence, attempts = attempts);
        }
        if let Some(asked) = self.asked_to_wait.filter(|_| self.outcome != CallOutcome::Refused) {
            let seconds = Argument::Digits(asked.as_secs());
            self.error.sentence = message!("call-come-back", what = &self.error.sentence, seconds = seconds);
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
    pub place: Message,
    pub call: &'a str,
    pub host: String,
    pub whole_call: Duration,
    pub secrets: &'a Secrets,
}

impl CallContext<'_> {
    /// The exchange itself failed.
    pub fn broken_exchange(&self, error: reqwest::Error) -> Problem {
        let (connecting, timed_out, building) = (error.is_connect(), error.is_timeout(), error.is_builder());
        let untrusted = is_untrusted(&error);
        let cause = self.secrets.tidy(&deepest_cause(&error.without_url()));
        let Self { place, call, host, .. } = self;
        let sentence = if untrusted {
            message!("call-untrusted", place = place, host = host, cause = cause)
        } else if connecting {
            message!("call-not-reached", place = place, host = host, cause = cause)
        } else if timed_out {
            let seconds = self.whole_call.as_secs_f32().to_string();
            message!("call-not-finished", place = place, call = *call, seconds = seconds)
        } else {
            message!("call-broke-off", place = place, call = *call, cause = cause)
        };
        let outcome = if connecting || building { CallOutcome::NotSent } else { CallOutcome::Broken };
        Problem { lasting: building, ..Problem::new(outcome, CallErrorKind::Unreachable, sentence) }
    }

    /// A web page, a cut-off answer, or nothing at all: what stands before the platform has answered, not the platform.
    pub fn not_data(&self, status: StatusCode, headers: &HeaderMap, bytes: &[u8], now: Timestamp) -> Problem {
        let Self { place, call, host, .. } = self;
        let words = Some(self.secrets.tidy(&page_words(bytes))).filter(|words| !words.is_empty());
        let asked = asked_to_wait(headers, now);
        let told = |id: &'static str| {
            message!(id, place = place, call = *call, host = host, status = Argument::Digits(status.as_u16().into()))
        };
        let passing = |id| Problem { asked_to_wait: asked, ..self.broken(status, told(id), words.clone()) };
        let lasting = |kind, sentence| {
            let mut problem = Problem { lasting: true, ..self.broken(status, sentence, words.clone()) };
            problem.error.kind = kind;
            problem
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let mut problem = Problem { outcome: CallOutcome::Throttled, ..passing("call-throttled") };
                problem.error.kind = CallErrorKind::Throttled;
                problem
            }
            status if status.is_redirection() => {
                let target = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| Url::parse(to).ok());
                let target = target.map_or_else(
                    || Argument::from(message!("call-elsewhere")),
                    |to| Argument::from(to.origin().ascii_serialization()),
                );
                let sentence = message!("call-redirected", host = host, call = *call, target = target);
                lasting(CallErrorKind::Rejected, sentence)
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                lasting(CallErrorKind::NotAllowed, told("call-blocked"))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => passing("call-not-waited"),
            status if status.is_client_error() => lasting(CallErrorKind::Rejected, told("call-web-page")),
            _ => passing("call-not-data"),
        }
    }

    /// An answer that came and cannot be used.
    pub fn broken(&self, status: StatusCode, sentence: Message, platform_words: Option<String>) -> Problem {
        let mut problem = Problem::new(CallOutcome::Broken, CallErrorKind::Unreachable, sentence);
        problem.error.platform_words = platform_words;
        Problem { status: Some(status.as_u16()), ..problem }
    }
}

impl From<Problem> for CallError {
    fn from(problem: Problem) -> Self {
        *problem.error
    }
}

impl From<Problem> for SendError {
    fn from(problem: Problem) -> Self {
        match problem.outcome {
            CallOutcome::Refused => Self::Refused(*problem.error),
            CallOutcome::NotSent | CallOutcome::Throttled => Self::NotSent(*problem.error),
            CallOutcome::Broken | CallOutcome::Answered => Self::Unknown(*problem.error),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platforms) enum Intent {
    Read,
    Write,
}

/// Whether the other side showed a certificate that this machine does not trust.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if matches!(this.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        // Its source is not what it holds, but the source of that.
        let held = this.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = held.map(|held| held as &(dyn Error + 'static)).or_else(|| this.source());
    }
    false
}

fn deepest_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
