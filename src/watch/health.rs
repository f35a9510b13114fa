//! What a watcher is doing, in one small file that monitoring reads: how old it is says whether anybody is there.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::lock::Watcher;
use super::looks::Waits;
use super::slots::SlotState;
use crate::domain::{ExportId, Timestamp};
use crate::durable::{self, DurableError};

const FILE: &str = "health.json";
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What it does at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Doing {
    Waiting,
    Exporting,
    Planning,
    Applying,
    Stopped,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    pub version: String,
    /// Of the zones' data that due times are worked out with.
    pub zone_data: String,
    pub watcher: Watcher,
    pub doing: Doing,
    /// When this was written.
    pub at: Timestamp,
    pub last_export: Option<ExportTold>,
    pub next_export: Option<Next>,
    pub inbox: InboxTold,
    /// Files that are not taken yet.
    pub waiting: Vec<FileTold>,
    /// Plans that wait for somebody's word.
    pub plans: Vec<PlanTold>,
    /// What goes wrong and is tried again.
    pub troubles: Vec<String>,
    /// How many messages are still to be sent.
    pub unsent: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportTold {
    pub slot: String,
    pub state: SlotState,
    pub since: Timestamp,
    pub export: Option<ExportId>,
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Next {
    pub slot: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxTold {
    pub folder: String,
    /// Since when it is not there; none while it is.
    pub away_since: Option<Timestamp>,
    /// Why.
    pub why: Option<String>,
    /// When its files were last looked at.
    pub looked_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileTold {
    pub name: String,
    pub since: Timestamp,
    #[serde(flatten)]
    pub waits: Waits,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanTold {
    pub workbook: String,
    pub plan: String,
    pub changes: usize,
    pub since: Timestamp,
    /// Who can approve it; nobody where the operator has to apply it.
    pub people: Vec<String>,
}

impl Health {
    /// What was last written in `folder`; none where nothing was.
    pub fn read(folder: &Path) -> Option<Self> {
        let bytes = durable::read_small(&folder.join(FILE), BYTES_MAX).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), DurableError> {
        durable::replace(&folder.join(FILE), &serde_json::to_vec_pretty(self).unwrap_or_default(), true)
    }
}
