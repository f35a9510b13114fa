//! The signed cells of a checklist that came back, as sign-offs of our items.

use crate::domain::{RoutineItem, SignOff, Slot, Timestamp};
use crate::language::Language;
use crate::workbook::SignedRow;

/// What was signed, an item and slot each. A remark belongs to the last slot that was signed, or to `slot`, the export's own,
/// where nobody signed. A row that is none of ours is kept under its own words: people add lines to look at.
pub fn sign_offs(rows: &[SignedRow], routine: &[RoutineItem], slot: Slot, read_at: Timestamp) -> Vec<SignOff> {
    rows.iter().flat_map(|row| of_row(row, routine, slot, read_at)).collect()
}

fn of_row(row: &SignedRow, routine: &[RoutineItem], slot: Slot, read_at: Timestamp) -> Vec<SignOff> {
    let signed = [(Slot::Am, &row.am), (Slot::Pm, &row.pm)].into_iter().filter(|(_, name)| !name.is_empty());
    let mut cells: Vec<(Slot, String)> = signed.map(|(slot, name)| (slot, name.clone())).collect();
    if cells.is_empty() && !row.remark.is_empty() {
        cells.push((slot, String::new()));
    }
    let last = cells.len().saturating_sub(1);
    let item = item_of(row, routine);
    let sign_off = |(place, (slot, name)): (usize, (Slot, String))| SignOff {
        item: item.clone(),
        slot,
        name,
        remark: if place == last { row.remark.clone() } else { String::new() },
        read_at,
    };
    cells.into_iter().enumerate().map(sign_off).collect()
}

/// By its key; where that column was lost, by What in whatever language it was written.
fn item_of(row: &SignedRow, routine: &[RoutineItem]) -> String {
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    let by_key = routine.iter().find(|item| same(&item.key, &row.key));
    let says = |item: &RoutineItem, language: Language| same(&language.render(&item.what_words()), &row.what);
    let by_what = || routine.iter().find(|item| Language::all().any(|language| says(item, language)));
    match by_key.or_else(by_what) {
        Some(item) => item.key.clone(),
        None if !row.key.is_empty() => row.key.clone(),
        None => row.what.clone(),
    }
}
