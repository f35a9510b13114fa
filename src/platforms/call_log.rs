//! One line for each request that was sent: for talks with a platform's support, and for the archive.
//!
//! JSON lines. Never a secret, never a query (signatures and tokens stand there), never a body.

use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{Message, Platform, StoreId, Timestamp};
use crate::durable;

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// When it was sent.
    pub at: Timestamp,
    pub store: StoreId,
    pub platform: Platform,
    /// The platform's own name for the operation, such as `get_voucher_list`.
    pub call: String,
    pub method: String,
    /// Of the address, without host and query.
    pub path: String,
    /// HTTP status; none where no answer came.
    pub status: Option<u16>,
    /// The platform's own error code.
    pub platform_code: Option<String>,
    pub request_id: Option<String>,
    pub milliseconds: u64,
    /// 1 for the first try.
    pub attempt: u32,
    pub outcome: CallOutcome,
    /// What went wrong, shortened to a line, secrets masked.
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    /// The platform said no.
    Refused,
    /// The platform asked to come back later.
    Throttled,
    /// It never left this machine.
    NotSent,
    /// A time-out, a dropped connection, a broken answer, a server error.
    Broken,
}

/// The words of a message, in the language of the log.
pub type Words = fn(&Message) -> String;

/// Where the lines go, and how they are worded. Clones share one target.
#[derive(Clone, Default)]
pub struct CallLog(Option<(Target, Words)>);

type Target = Arc<Mutex<Box<dyn Write + Send>>>;

impl CallLog {
    /// Keeps nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Appends to a file, made where it is missing. Several processes may share one.
    ///
    /// # Errors
    /// If the file cannot be opened for appending.
    pub fn to_file(path: &Path, words: Words) -> io::Result<Self> {
        Ok(Self::to_writer(durable::open_to_append(path)?, words))
    }

    pub fn to_writer(writer: impl Write + Send + 'static, words: Words) -> Self {
        Self(Some((Arc::new(Mutex::new(Box::new(writer))), words)))
    }

    /// Nothing where nothing is kept.
    pub(super) fn words_of(&self, message: &Message) -> String {
        self.0.as_ref().map_or(String::new(), |(_, words)| words(message))
    }

    /// A log that cannot be written never fails a call: the call has already happened.
    pub fn record(&self, record: &CallRecord) {
        let Some((target, _)) = &self.0 else { return };
        let written = serde_json::to_vec(record).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            // One write call a line, so that processes which append to one file do not mix their lines.
            target.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
        });
        if let Err(error) = written {
            tracing::warn!("the call log could not be written: {error}");
        }
    }
}
