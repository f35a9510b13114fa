//! Which row of the export stands where on the Coupons sheets.

use std::collections::HashMap;

use rust_xlsxwriter::RowNum;

use super::WriteError;
use crate::domain::{Outcome, OutcomeKind, Row, RowKey, Store, StoreId};
use crate::workbook::{Book, Decision};

/// Title, banner and header stand above the first coupon.
pub const FIRST_ROW: RowNum = 3;
/// What one sheet holds below its header: Excel has 1,048,576 rows.
pub const SHEET_ROWS_MAX: usize = 1_048_576 - FIRST_ROW as usize;

pub struct Layout<'a> {
    pub book: &'a Book<'a>,
    /// In the order of the sheets. The export's own order (exceptions first), but in a results workbook the rows that still
    /// need a person come first, worst result first: a manager opens it to see what is left.
    pub rows: Vec<&'a Row>,
    stores: HashMap<&'a StoreId, &'a Store>,
}

/// Where a row stands: the sheet as counted from 0, the row as counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub sheet: usize,
    pub row: RowNum,
}

impl<'a> Layout<'a> {
    /// An export whose row belongs to none of its stores is refused.
    pub fn of(book: &'a Book<'a>) -> Result<Self, WriteError> {
        let stores: HashMap<_, _> = book.export.stores.iter().map(|load| (&load.store.id, &load.store)).collect();
        if let Some(lost) = book.export.rows.iter().find(|row| !stores.contains_key(&row.coupon.store)) {
            return Err(WriteError::StoreMissing { row: lost.key.clone(), store: lost.coupon.store.clone() });
        }
        let mut rows: Vec<&Row> = book.export.rows.iter().collect();
        if book.results.is_some() {
            rows.sort_by_key(|row| urgency(outcome(book, &row.key)));
        }
        Ok(Self { book, rows, stores })
    }

    pub fn outcome(&self, key: &RowKey) -> Option<&'a Outcome> {
        outcome(self.book, key)
    }

    pub fn decision(&self, key: &RowKey) -> Option<&'a Decision> {
        self.book.decisions.get(key)
    }

    pub fn store(&self, row: &Row) -> Option<&'a Store> {
        self.stores.get(&row.coupon.store).copied()
    }

    /// Each Coupons sheet with its rows; one sheet without rows where there are none.
    pub fn sheets(&self) -> Vec<&[&'a Row]> {
        if self.rows.is_empty() { vec![&[]] } else { self.rows.chunks(SHEET_ROWS_MAX).collect() }
    }

    /// Where the row that is the `index`th in [`Layout::rows`] stands.
    pub fn place(&self, index: usize) -> Place {
        Place::of(index, SHEET_ROWS_MAX)
    }

    pub fn place_of(&self, key: &RowKey) -> Option<Place> {
        self.rows.iter().position(|row| row.key == *key).map(|index| self.place(index))
    }
}

impl Place {
    fn of(index: usize, rows_per_sheet: usize) -> Self {
        Self { sheet: index / rows_per_sheet, row: (index % rows_per_sheet) as RowNum + FIRST_ROW }
    }

    /// A link to column A of the row.
    pub fn address(self) -> String {
        format!("internal:'{}'!A{}", sheet_name(self.sheet), self.row + 1)
    }

    /// `Row 8`; on a further sheet `Coupons 2, row 8`.
    pub fn words(self) -> String {
        match self.sheet {
            0 => format!("Row {}", self.row + 1),
            further => format!("{}, row {}", sheet_name(further), self.row + 1),
        }
    }
}

/// `Coupons`, `Coupons 2`, …
pub fn sheet_name(index: usize) -> String {
    if index == 0 { "Coupons".to_string() } else { format!("Coupons {}", index + 1) }
}

fn outcome<'a>(book: &'a Book, key: &RowKey) -> Option<&'a Outcome> {
    book.results.as_ref()?.outcomes.get(key)
}

/// What still needs a person first; the rest keeps the export's order.
fn urgency(outcome: Option<&Outcome>) -> u8 {
    let needs_a_person = [
        OutcomeKind::Failed,
        OutcomeKind::Unknown,
        OutcomeKind::Refused,
        OutcomeKind::Conflict,
        OutcomeKind::NotReached,
        OutcomeKind::ByHand,
    ];
    let place = outcome.and_then(|outcome| needs_a_person.iter().position(|kind| *kind == outcome.kind));
    place.map_or(u8::MAX, |place| place as u8)
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn rows_beyond_one_sheet_are_found_on_the_next() {
        assert_eq!(Place::of(0, 10).words(), "Row 4");
        assert_eq!(Place::of(9, 10).address(), "internal:'Coupons'!A13");
        assert_eq!(Place::of(10, 10).words(), "Coupons 2, row 4");
        assert_eq!(Place::of(10, 10).address(), "internal:'Coupons 2'!A4");
    }
}
