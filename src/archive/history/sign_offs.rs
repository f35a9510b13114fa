//! What was to be signed in each slot, and who did.

use std::collections::BTreeMap;

use super::History;
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{DueSignOff, ExportId, IsoWeek, RoutineItem, Slot};

impl History {
    /// What was to be signed in each slot that had an export, and who did. None where the archive holds no sign-off at all: then
    /// nobody can tell a missed one from one that was never asked for.
    pub fn due_sign_offs(
        &self,
        routine: &[RoutineItem],
        wanted: impl Fn(&KnownExport) -> bool,
    ) -> Result<Option<Vec<DueSignOff>>, ArchiveError> {
        let signed = self.sign_offs()?;
        if signed.is_empty() {
            return Ok(None);
        }
        let mut slots: BTreeMap<_, Vec<&ExportId>> = BTreeMap::new();
        for export in self.exports().iter().filter(|export| export.is_whole() && wanted(export)) {
            if let Some(slot) = export.slot() {
                slots.entry((export.day, slot)).or_default();
            }
        }
        // A cell of the morning can be signed in the afternoon's workbook: every workbook of the day counts.
        for export in self.exports() {
            for slot in Slot::ALL {
                if let Some(exports) = slots.get_mut(&(export.day, *slot)) {
                    exports.push(&export.id);
                }
            }
        }
        let mut due = Vec::new();
        for ((day, slot), exports) in slots {
            for item in routine.iter().filter(|item| item.how_often.is_due(day, slot)) {
                let cells = exports.iter().filter_map(|export| signed.get(*export)).flatten();
                let cell = cells
                    .filter(|cell| cell.slot == slot && cell.item == item.key)
                    .filter(|cell| !cell.name.trim().is_empty())
                    .max_by_key(|cell| cell.read_at);
                due.push(DueSignOff {
                    day,
                    slot,
                    what: item.what_words(),
                    whose: item.whose.clone(),
                    signed_by: cell.map(|cell| cell.name.trim().to_string()),
                    remark: cell.map_or(String::new(), |cell| cell.remark.clone()),
                });
            }
        }
        Ok(Some(due))
    }
}

/// How many of what was due were missed, by ISO week.
pub fn missed_by_week(due: &[DueSignOff]) -> BTreeMap<IsoWeek, u64> {
    let mut missed = BTreeMap::new();
    for due in due {
        *missed.entry(IsoWeek::of(due.day)).or_default() += u64::from(due.signed_by.is_none());
    }
    missed
}
