//! Since when what an export found has been seen.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::History;
use crate::archive::scan::Which;
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{Export, FindingCode, FirstSeen, Row, RowKey, StoreId};

impl History {
    /// Since when each row of `export` has had its worst finding without a break, looking back from export to export. One that did
    /// not load the store tells nothing. A row is left out where no earlier export loaded its store.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn first_seen(&self, export: &Export) -> Result<BTreeMap<RowKey, FirstSeen>, ArchiveError> {
        let worst = |row: &Row| Some(((row.key.clone(), row.findings.first()?.code), row.coupon.store.clone()));
        let mut still: HashMap<(RowKey, FindingCode), StoreId> = export.rows.iter().filter_map(worst).collect();
        let mut earlier = self.whole(|known| known.id != export.id);
        earlier.reverse();
        let seen = self.seen_in(&earlier, &still)?;
        // In their order, as looks want them.
        earlier.reverse();
        let mut looks = self.looks(&earlier)?;
        earlier.reverse();
        looks.reverse();
        let mut first_seen: BTreeMap<RowKey, FirstSeen> = BTreeMap::new();
        for ((known, seen), looks) in earlier.iter().zip(&seen).zip(&looks) {
            let whole = looks.iter().filter(|look| look.is_whole).filter_map(|look| look.store.as_ref());
            let whole: HashSet<&StoreId> = whole.collect();
            still.retain(|key, store| {
                if seen.contains(key) {
                    first_seen.insert(key.0.clone(), FirstSeen { at: known.at, at_least: true });
                    return true;
                }
                // A list that came short does not tell what is not there.
                let was_looked_at = whole.contains(store);
                if was_looked_at {
                    let unseen = FirstSeen { at: export.at, at_least: false };
                    first_seen.entry(key.0.clone()).or_insert(unseen).at_least = false;
                }
                !was_looked_at
            });
        }
        Ok(first_seen)
    }

    /// Which of `wanted` each of these exports has.
    fn seen_in(
        &self,
        exports: &[&KnownExport],
        wanted: &HashMap<(RowKey, FindingCode), StoreId>,
    ) -> Result<Vec<HashSet<(RowKey, FindingCode)>>, ArchiveError> {
        let which = Which::Having("row_key", wanted.keys().map(|(row, _)| row.as_str()).collect());
        self.rows_by_export(exports, ("findings.parquet", "row_key finding"), &which, |cell| {
            Some((cell.word("row_key")?, cell.word("finding")?)).filter(|key| wanted.contains_key(key))
        })
    }
}
