//! Trouble on request: what a fault is, which requests it hits, and how often.

use serde::{Deserialize, Serialize};
use std::sync::Mutex;

use super::exchange::Request;
use super::seed::Shop;
use super::state::lock;
use crate::domain::Platform;

/// One planned trouble. In TOML and JSON:
/// `{ match = { store = "shopee-sg-1", writes_only = true }, nth = 2, times = 1, kind = "lose_answer" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it looks at; without conditions, all of them.
    #[serde(rename = "match", default)]
    pub matching: Matching,
    /// The first matching request that it hits, counted from 1 since the fault was added; or every one.
    #[serde(default)]
    pub nth: Nth,
    /// How many matching requests in a row it hits; without it one, or all of them with `nth = "every"`.
    #[serde(default)]
    pub times: Option<u64>,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// Whether it hits the matching request with this number (from 1).
    fn hits(&self, number: u64) -> bool {
        let (first, times) = match self.nth {
            Nth::Number(first) => (first, self.times.unwrap_or(1)),
            Nth::Every => (1, self.times.unwrap_or(u64::MAX)),
        };
        number >= first && number - first < times
    }
}

/// The conditions of a fault; each that is absent holds for every request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    pub platform: Option<Platform>,
    /// The store's id in the scenario.
    pub store: Option<String>,
    /// A part of the path, or the whole logical name of a call (`add_voucher`, `update`, `batch`, `list`).
    pub call: Option<String>,
    #[serde(default)]
    pub writes_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nth {
    Every,
    #[serde(untagged)]
    Number(u64),
}

impl Default for Nth {
    fn default() -> Self {
        Self::Number(1)
    }
}

/// What goes wrong. `{ "status": { "code": 503 } }`, or just `"lose_answer"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// A host's error page in HTML. Nothing is done, unless `carried_out` says that it was done before the host failed.
    Status {
        code: u16,
        #[serde(default)]
        retry_after_seconds: Option<u64>,
        #[serde(default)]
        carried_out: bool,
    },
    /// Carried out, then the connection is dropped without an answer.
    LoseAnswer,
    /// The connection is dropped before anything is done.
    LoseRequest,
    /// Refused for too many calls, in the platform's own way; nothing is done.
    Throttle {
        #[serde(default)]
        retry_after_seconds: Option<u64>,
    },
    Slow {
        milliseconds: u64,
        when: When,
    },
    /// Carried out; half of the body is sent under the whole body's length, then the connection is dropped.
    Truncate,
    /// 200 with an error page in HTML; nothing is done.
    Html,
    /// Carried out; a notice of PHP stands before the JSON.
    PhpNotice,
    /// Answered as if it were done; nothing is.
    Ignore,
    /// The access tokens of the request's store have just run out, as if they had lived too long; the request itself is then looked at.
    /// Tokens without an end, and stores that sign in without any, are as they were.
    ExpireToken,
}

/// Where the waiting of [`FaultKind::Slow`] lies. A client that leaves while waiting before the commit leaves no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    BeforeCommit,
    /// As before the commit, of a host that goes on with its work although the client has left.
    BeforeCommitAlone,
    AfterCommit,
}

/// What a request is, as far as faults, counts and the audit care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub platform: Platform,
    /// The store's id; none where the request does not say, or names a shop that does not exist.
    pub store: Option<String>,
    /// The logical name, such as `update_voucher` or `batch`.
    pub name: String,
    pub is_write: bool,
    pub path: String,
}

impl Call {
    pub fn new<O>(
        platform: Platform,
        shop: Option<&Shop<O>>,
        name: impl Into<String>,
        is_write: bool,
        request: &Request,
    ) -> Self {
        let store = shop.map(|shop| shop.id.to_string());
        Self { platform, store, name: name.into(), is_write, path: request.path.clone() }
    }
}

impl Matching {
    fn covers(&self, call: &Call) -> bool {
        self.platform.is_none_or(|platform| platform == call.platform)
            && self.store.as_ref().is_none_or(|store| call.store.as_ref() == Some(store))
            && self.call.as_ref().is_none_or(|part| call.name == *part || call.path.contains(part.as_str()))
            && (call.is_write || !self.writes_only)
    }
}

/// The faults in force, each with the number of matching requests it has seen.
#[derive(Debug, Default)]
pub struct Faults {
    listed: Mutex<Vec<(Fault, u64)>>,
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self { listed: Mutex::new(faults.into_iter().map(|fault| (fault, 0)).collect()) }
    }

    pub fn add(&self, fault: Fault) {
        lock(&self.listed).push((fault, 0));
    }

    pub fn clear(&self) {
        lock(&self.listed).clear();
    }

    pub(super) fn all(&self) -> Vec<Fault> {
        lock(&self.listed).iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// Counts `call` and says what hits it, in the order in which the faults were added.
    pub(super) fn hitting(&self, call: &Call) -> Vec<FaultKind> {
        let mut hitting = Vec::new();
        for (fault, seen) in lock(&self.listed).iter_mut().filter(|(fault, _)| fault.matching.covers(call)) {
            *seen += 1;
            if fault.hits(*seen) {
                hitting.push(fault.kind.clone());
            }
        }
        hitting
    }
}
