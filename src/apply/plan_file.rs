//! A plan as it lies in a file, with what the results workbook needs of the handed-back one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{ApplyError, NoPlan};
use super::handed_back::Returned;
use super::seen::Seen;
use crate::domain::RowKey;
use crate::language::Language;
use crate::plan::{Allowed, OLDEST_PLAN_VERSION, PLAN_VERSION, Plan};
use crate::workbook::{BadRow, Decision};

#[derive(Debug, Serialize, Deserialize)]
pub struct PlanFile {
    pub plan: Plan,
    pub workbook: PathBuf,
    pub decisions: Vec<Decision>,
    pub own_columns: Vec<(String, BTreeMap<RowKey, String>)>,
    pub author_hint: Option<String>,
    /// What the workbook was written in.
    #[serde(default)]
    pub language: Option<Language>,
    /// Of a workbook that is one of several: the word that it is known by.
    #[serde(default)]
    pub part: Option<String>,
    /// On rows without an action.
    #[serde(default)]
    pub notes: BTreeMap<RowKey, String>,
    /// Rows that could not be read as meant and were left out: they go on into the results, to be mended there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bad_rows: BTreeMap<RowKey, BadRow>,
    /// None in those of earlier versions.
    #[serde(default)]
    pub made_with: Option<MadeWith>,
}

/// What a plan was made with besides workbook, snapshot, journal and config.
#[derive(Debug, Serialize, Deserialize)]
pub struct MadeWith {
    pub allowed: Allowed,
    /// Whose the work by hand is in a store that names no owner.
    pub operator: String,
    pub seen: Seen,
}

impl PlanFile {
    pub fn of(plan: Plan, returned: &Returned, made_with: MadeWith) -> Self {
        let handed_back = &returned.handed_back;
        Self {
            plan,
            // It can be applied from another folder.
            workbook: std::path::absolute(&handed_back.path).unwrap_or_else(|_| handed_back.path.clone()),
            decisions: handed_back.decisions.clone(),
            own_columns: handed_back.own_columns.clone(),
            author_hint: handed_back.last_author.clone(),
            language: Some(handed_back.language),
            part: handed_back.part.clone(),
            notes: handed_back.notes.clone(),
            bad_rows: handed_back.bad_rows.clone(),
            made_with: Some(made_with),
        }
    }

    pub fn to_json(&self) -> Result<Vec<u8>, ApplyError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Reads the `bytes` of the file at `path`.
    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, ApplyError> {
        let wrong = |source| ApplyError::NoPlan { path: path.to_path_buf(), source };
        let file: Self = serde_json::from_slice(bytes).map_err(|error| wrong(error.into()))?;
        let found = file.plan.version;
        if !(OLDEST_PLAN_VERSION..=PLAN_VERSION).contains(&found) {
            return Err(wrong(NoPlan::Version { found, oldest: OLDEST_PLAN_VERSION, newest: PLAN_VERSION }));
        }
        Ok(file)
    }
}
