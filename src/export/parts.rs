//! One workbook per group of stores, so that each manager gets only their own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::domain::{self, Changed, Export, SeenFinding, StoreId, TaskRow};
use crate::workbook::Overview;

/// Some of an export's stores, as one manager sees them.
pub struct Part {
    /// Of the group: an owner, a region, a platform, a store.
    pub name: String,
    pub stores: BTreeSet<StoreId>,
    /// What its workbook alone says; nobody can guess it.
    pub word: String,
}

impl Part {
    /// As the snapshot keeps it: who reads that still does not know the word.
    pub(super) fn kept(&self) -> domain::Part {
        domain::Part {
            name: self.name.clone(),
            stores: self.stores.clone(),
            word_sha256: domain::Part::sha256_of(&self.word),
        }
    }
}

/// The export as it is for these stores: the same id, only their loads and rows.
pub fn only(export: &Export, stores: &BTreeSet<StoreId>) -> Export {
    Export {
        id: export.id.clone(),
        follows: export.follows.clone(),
        stores: export.stores.iter().filter(|load| stores.contains(&load.store.id)).cloned().collect(),
        findings: export.findings.clone(),
        parts: export.parts.clone(),
        rows: export.rows.iter().filter(|row| stores.contains(&row.coupon.store)).cloned().collect::<Vec<_>>().into(),
        ..*export
    }
}

/// The work by hand of these stores.
pub fn only_tasks(tasks: &[TaskRow], stores: &BTreeSet<StoreId>) -> Vec<TaskRow> {
    tasks.iter().filter(|row| stores.contains(&row.task.store)).cloned().collect()
}

/// What changed and what is open in these stores. The trend is that of all stores, and left out.
pub fn only_overview(overview: &Overview, stores: &BTreeSet<StoreId>) -> Overview {
    // The campaign plan is everybody's.
    let is_theirs = |finding: &SeenFinding| finding.key.store.as_ref().is_none_or(|store| stores.contains(store));
    let changed = overview.changed.as_ref().map(|changed| Changed {
        since: changed.since,
        new: changed.new.iter().filter(|it| is_theirs(it)).cloned().collect(),
        ended: changed.ended.iter().filter(|it| is_theirs(&it.finding)).cloned().collect(),
        not_compared: changed.not_compared.iter().filter(|id| stores.contains(*id)).cloned().collect(),
    });
    let open_actions = overview.open_actions.iter().filter(|it| stores.contains(&it.store)).cloned().collect();
    Overview {
        changed,
        trend: Vec::new(),
        open_actions,
        first_seen: overview.first_seen.clone(),
        approved_by: overview.approved_by.clone(),
    }
}

/// Where a part's workbook lies: `reports/2026-W47/2026-11-22-am/2026-11-22-am-Mei.xlsx` for `…/2026-11-22-am.xlsx`.
pub(super) fn path_of(whole: &Path, part: &Part) -> PathBuf {
    let stem = whole.file_stem().map_or_else(|| "workbook".to_string(), |stem| stem.to_string_lossy().into_owned());
    folder_of(whole).join(format!("{stem}-{}.xlsx", file_word(&part.name)))
}

/// The folder of all parts.
pub(super) fn folder_of(whole: &Path) -> PathBuf {
    whole.with_extension("")
}

/// A name that every system allows in a file's: Windows forbids these signs, and a dot or space at the end.
fn file_word(name: &str) -> String {
    const LETTERS_MAX: usize = 60;
    let allowed = |letter: char| if letter.is_control() || "<>:\"/\\|?*".contains(letter) { '-' } else { letter };
    let word: String = name.trim().chars().map(allowed).take(LETTERS_MAX).collect();
    word.trim_end_matches(['.', ' ']).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_with_any_name_has_a_file_that_windows_can_keep() {
        let file = |name: &str| {
            let part = Part { name: name.to_string(), stores: BTreeSet::new(), word: String::new() };
            path_of(Path::new("reports/2026-11-22-am.xlsx"), &part)
        };
        let folder = Path::new("reports").join("2026-11-22-am");
        assert_eq!(file("Mei"), folder.join("2026-11-22-am-Mei.xlsx"));
        assert_eq!(file("东南亚"), folder.join("2026-11-22-am-东南亚.xlsx"));
        assert_eq!(file("../a:b*?. "), folder.join("2026-11-22-am-..-a-b--.xlsx"));
        assert_eq!(file("con"), folder.join("2026-11-22-am-con.xlsx"));
    }
}
