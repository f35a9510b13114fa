//! Which row of the export stands where on the Coupons sheets.

use std::collections::HashMap;
use std::ops::Deref;

use rust_xlsxwriter::RowNum;

use super::WriteError;
use crate::domain::{Outcome, OutcomeKind, Row, RowKey, Store, StoreId, TaskRow, Urgency};
use crate::language::Language;
use crate::say;
use crate::workbook::columns::{BLUE, Field};
use crate::workbook::{BadRow, Book};

/// Title, banner and header stand above the first coupon.
pub const FIRST_ROW: RowNum = 3;
/// What one sheet holds below its header: Excel has 1,048,576 rows.
pub const SHEET_ROWS_MAX: usize = 1_048_576 - FIRST_ROW as usize;

pub struct Layout<'a> {
    book: &'a Book<'a>,
    /// In the order of the sheets. The export's own order (exceptions first), but in a results workbook the rows that still
    /// need a person come first, worst result first, since a manager opens it to see what is left; then the others by how urgent
    /// they are now.
    pub rows: Vec<&'a Row>,
    /// Where the open work by hand on a coupon stands in [`Book::by_hand`].
    tasks: HashMap<&'a RowKey, usize>,
    rows_per_sheet: usize,
    stores: HashMap<&'a StoreId, &'a Store>,
}

/// Where a row stands: the sheet as counted from 0, the row as counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub sheet: usize,
    pub row: RowNum,
    language: Language,
}

impl<'a> Deref for Layout<'a> {
    type Target = Book<'a>;
    fn deref(&self) -> &Book<'a> {
        self.book
    }
}

impl<'a> Layout<'a> {
    /// An export whose row belongs to none of its stores is refused. A sheet holds `rows_per_sheet` coupons, at most
    /// [`SHEET_ROWS_MAX`].
    pub fn of(book: &'a Book<'a>, rows_per_sheet: usize) -> Result<Self, WriteError> {
        let stores: HashMap<_, _> = book.export.stores.iter().map(|load| (&load.store.id, &load.store)).collect();
        if let Some(lost) = book.export.rows.iter().find(|row| !stores.contains_key(&row.coupon.store)) {
            return Err(WriteError::StoreMissing { row: lost.key.clone(), store: lost.coupon.store.clone() });
        }
        let mut rows: Vec<&Row> = book.export.rows.iter().collect();
        if book.results.is_some() {
            rows.sort_by_cached_key(|row| (left_to_do(book.outcome(&row.key)), Urgency::of(row)));
        }
        let open = book.by_hand.iter().enumerate().rev().filter(|(_, shown)| shown.is_open());
        let tasks = open.map(|(index, shown)| (&shown.task.row, index)).collect();
        Ok(Self { book, rows, tasks, rows_per_sheet: rows_per_sheet.clamp(1, SHEET_ROWS_MAX), stores })
    }

    pub fn bad_row(&self, key: &RowKey) -> Option<&'a BadRow> {
        self.book.carried.bad_rows?.get(key)
    }

    /// Where the first cell to mend stands, and in which column.
    pub fn first_to_mend(&self) -> Option<(Place, Field)> {
        let bad_rows = self.book.carried.bad_rows?;
        let (index, bad) =
            self.rows.iter().enumerate().find_map(|(index, row)| Some((index, bad_rows.get(&row.key)?)))?;
        let is_bad = |field: &Field| bad.faults.iter().any(|(at, _)| at == field);
        let field = BLUE.into_iter().find(is_bad).unwrap_or(Field::Action);
        Some((self.place(index), field))
    }

    /// How many cells are marked.
    pub fn cells_to_mend(&self) -> usize {
        let bad = self.rows.iter().filter_map(|row| self.bad_row(&row.key));
        bad.map(|bad| bad.faults.iter().map(|(field, _)| field).collect::<std::collections::BTreeSet<_>>().len()).sum()
    }

    pub fn store(&self, row: &Row) -> Option<&'a Store> {
        self.stores.get(&row.coupon.store).copied()
    }

    /// The open work by hand on a coupon, and where it stands among all.
    pub fn task(&self, key: &RowKey) -> Option<(usize, &'a TaskRow)> {
        let index = *self.tasks.get(key)?;
        Some((index, self.book.by_hand.get(index)?))
    }

    /// Each Coupons sheet with its rows; one sheet without rows where there are none.
    pub fn sheets(&self) -> Vec<&[&'a Row]> {
        if self.rows.is_empty() { vec![&[]] } else { self.rows.chunks(self.rows_per_sheet).collect() }
    }

    /// The place of a sheet's row among all rows, as people count.
    pub fn rank(&self, sheet: usize, offset: usize) -> usize {
        sheet * self.rows_per_sheet + offset + 1
    }

    /// Where the row that is the `index`th in [`Layout::rows`] stands.
    pub fn place(&self, index: usize) -> Place {
        Place::of(index, self.rows_per_sheet, self.book.language)
    }

    pub fn place_of(&self, key: &RowKey) -> Option<Place> {
        self.rows.iter().position(|row| row.key == *key).map(|index| self.place(index))
    }
}

impl Place {
    fn of(index: usize, rows_per_sheet: usize, language: Language) -> Self {
        Self { sheet: index / rows_per_sheet, row: (index % rows_per_sheet) as RowNum + FIRST_ROW, language }
    }

    /// A link to column A of the row.
    pub fn address(self) -> String {
        format!("internal:'{}'!A{}", sheet_name(self.language, self.sheet), self.row + 1)
    }

    /// `Row 8`; on a further sheet `Coupons 2, row 8`.
    pub fn words(self) -> String {
        let row = (self.row + 1).to_string();
        match self.sheet {
            0 => say!(self.language, "place-row", row = row),
            further => say!(self.language, "place-row-of", sheet = sheet_name(self.language, further), row = row),
        }
    }
}

/// `Coupons`, `Coupons 2`, …
pub fn sheet_name(language: Language, index: usize) -> String {
    let coupons = language.say("sheet-coupons");
    if index == 0 { coupons } else { format!("{coupons} {}", index + 1) }
}

impl<'a> Book<'a> {
    pub(super) fn outcome(&self, key: &RowKey) -> Option<&'a Outcome> {
        self.results?.get(key)
    }
}

/// What still needs a person first.
fn left_to_do(outcome: Option<&Outcome>) -> u8 {
    match outcome.map(|outcome| outcome.kind) {
        Some(OutcomeKind::Failed) => 0,
        Some(OutcomeKind::Unknown | OutcomeKind::NotShown) => 1,
        Some(OutcomeKind::Refused) => 2,
        Some(OutcomeKind::Conflict) => 3,
        Some(OutcomeKind::NotReached) => 4,
        Some(OutcomeKind::ByHand) => 5,
        Some(OutcomeKind::Done | OutcomeKind::AlreadyDone) | None => u8::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::Place;
    use crate::language::Language;

    #[test]
    fn rows_beyond_one_sheet_are_found_on_the_next() {
        let place = |index| Place::of(index, 10, Language::ENGLISH);
        assert_eq!(place(0).words(), "Row 4");
        assert_eq!(place(9).address(), "internal:'Coupons'!A13");
        assert_eq!(place(10).words(), "Coupons 2, row 4");
        assert_eq!(place(10).address(), "internal:'Coupons 2'!A4");
        let chinese = Place::of(10, 10, Language::parse("zh-CN").unwrap());
        assert_eq!(
            (chinese.words().as_str(), chinese.address().as_str()),
            ("优惠券 2 第 4 行", "internal:'优惠券 2'!A4")
        );
    }
}
