//! What people call the coupons that findings are about.

use std::collections::BTreeMap;

use super::History;
use crate::archive::ArchiveError;
use crate::archive::scan::Which;
use crate::domain::{FindingLife, IsoWeek, RowKey};

impl History {
    /// Calls each coupon as the runs and the workbooks do: by its code, or by its name where it has none. The table of findings
    /// knows it by code and id.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn name_coupons(&self, week: IsoWeek, lives: &mut [FindingLife]) -> Result<(), ArchiveError> {
        let exports = self.whole(|export| export.week() == week);
        let rows = lives.iter().filter_map(|life| Some(life.key.row.as_ref()?.as_str()));
        let which = Which::Having("row_key", rows.collect());
        let found = self.rows(&exports, ("coupons.parquet", "row_key code name"), &which, |cell, _| {
            let label = cell.owned("code").or(cell.owned("name")).filter(|label| !label.is_empty())?;
            Some((cell.word("row_key")?, label))
        })?;
        // What the last export called it.
        let labels: BTreeMap<RowKey, String> = found.into_iter().collect();
        for life in lives {
            if let Some(label) = life.key.row.as_ref().and_then(|row| labels.get(row)) {
                life.label.clone_from(label);
            }
        }
        Ok(())
    }
}
