//! Where the coupons stand in a file: below each row of headings that says enough, up to the next. A header row is known by its words
//! and not by its place, and one sheet may have several.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;

use super::layout::{Field, Layout};
use crate::domain::{Argument, Message};
use crate::message;
use crate::workbook::read::{Datum, Grid, GridRow, Grids};

/// A heading of a block and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub text: String,
    /// None where nobody said what it means.
    pub field: Option<Field>,
}

/// The rows of coupons of a file.
#[derive(Debug, Default)]
pub(super) struct Table<'g> {
    /// Of all header rows, each once.
    pub headings: Vec<Heading>,
    pub lines: Vec<Line<'g>>,
    /// Where rows stand that belong to no header row: left unread.
    pub aside: Vec<Message>,
}

/// A row below a header row.
#[derive(Debug)]
pub(super) struct Line<'g> {
    /// Where it stands, in words: `row 12`, `sheet Vouchers, row 12`.
    pub place: Message,
    pub cells: BTreeMap<Field, &'g Datum>,
    /// Whether the dates of its block carry times: then a date cell at midnight is that moment, and not a day.
    pub has_times: bool,
}

/// The coupons' rows of `grids`.
///
/// # Errors
/// Where no row has headings that say enough, or two columns have one meaning.
pub(super) fn table<'g>(grids: &'g Grids, layout: &Layout) -> Result<Table<'g>, Message> {
    let mut table = Table::default();
    for grid in &grids.sheets {
        read_sheet(grid, layout, &mut table)?;
    }
    if !table.headings.is_empty() {
        return Ok(table);
    }
    let first =
        grids.sheets.iter().find_map(|grid| grid.rows.iter().find(|row| row.cells.len() > 1).or(grid.rows.first()));
    let there =
        first.map(|row| row.cells.iter().take(12).map(|(_, cell)| cell.words()).collect::<Vec<_>>().join(" | "));
    Err(match there {
        Some(there) => message!("sheet-no-headings", there = there.chars().take(200).collect::<String>()),
        None => message!("sheet-empty"),
    })
}

fn read_sheet<'g>(grid: &'g Grid, layout: &Layout, table: &mut Table<'g>) -> Result<(), Message> {
    let mut columns: BTreeMap<u32, Field> = BTreeMap::new();
    let mut begins = table.lines.len();
    let (mut has_headings, mut row_before) = (false, 0);
    for row in &grid.rows {
        let is_after_gap = row.number > row_before + 1;
        row_before = row.number;
        match role_of(row, layout, is_after_gap, &columns) {
            Role::Headings => {
                mark_times(table, begins);
                begins = table.lines.len();
                columns = headings(grid, row, layout, table)?;
                has_headings = true;
            }
            Role::Coupon => table.lines.push(line(grid, row, &columns)),
            Role::End => {
                columns.clear();
                table.aside.push(place(grid, row.number));
            }
            // Above the headings people write a title and what to do.
            Role::Aside if has_headings => table.aside.push(place(grid, row.number)),
            Role::Aside => {}
        }
    }
    mark_times(table, begins);
    Ok(())
}

/// What a row is.
enum Role {
    Headings,
    Coupon,
    /// It ends the block above it: a title, or the headings of something that is no list of coupons.
    End,
    /// It belongs to no block.
    Aside,
}

fn role_of(row: &GridRow, layout: &Layout, is_after_gap: bool, columns: &BTreeMap<u32, Field>) -> Role {
    let named: BTreeSet<Field> = row.cells.iter().filter_map(|(_, cell)| layout.field_of(&cell.words())).collect();
    if named.len() >= layout.headings_needed() {
        return if has_identity(&named) && has_end(&named) { Role::Headings } else { Role::End };
    }
    let filled: BTreeSet<Field> = row.cells.iter().filter_map(|(column, _)| columns.get(column).copied()).collect();
    if filled.is_empty() {
        return Role::Aside;
    }
    let is_title = row.cells.len() == 1 || named.len() > 1 || !(has_identity(&filled) || has_end(&filled));
    if is_after_gap && is_title { Role::End } else { Role::Coupon }
}

fn has_identity(fields: &BTreeSet<Field>) -> bool {
    [Field::Code, Field::Id, Field::Name].iter().any(|field| fields.contains(field))
}

fn has_end(fields: &BTreeSet<Field>) -> bool {
    [Field::Ends, Field::Period].iter().any(|field| fields.contains(field))
}

/// Which column means what; what is found is told once.
fn headings(grid: &Grid, row: &GridRow, layout: &Layout, table: &mut Table) -> Result<BTreeMap<u32, Field>, Message> {
    let mut columns: BTreeMap<u32, Field> = BTreeMap::new();
    for (column, cell) in &row.cells {
        let heading = Heading { text: cell.words(), field: layout.field_of(&cell.words()) };
        if let Some(field) = heading.field {
            if columns.values().any(|known| *known == field) {
                let place = place(grid, row.number);
                return Err(message!("sheet-two-columns", place = place, field = field.word(), heading = heading.text));
            }
            columns.insert(*column, field);
        }
        if !table.headings.contains(&heading) {
            table.headings.push(heading);
        }
    }
    Ok(columns)
}

fn line<'g>(grid: &Grid, row: &'g GridRow, columns: &BTreeMap<u32, Field>) -> Line<'g> {
    let cells = row.cells.iter().filter_map(|(column, cell)| Some((*columns.get(column)?, cell))).collect();
    Line { place: place(grid, row.number), cells, has_times: false }
}

/// A block whose date cells are not all at midnight has times in them.
fn mark_times(table: &mut Table, begins: usize) {
    let block = table.lines.get_mut(begins..).unwrap_or_default();
    let has_time = |cell: &&Datum| matches!(cell, Datum::Moment(at) if at.time() != NaiveTime::MIN);
    let has_times = block.iter().any(|line| line.cells.values().any(has_time));
    block.iter_mut().for_each(|line| line.has_times = has_times);
}

fn place(grid: &Grid, row: u32) -> Message {
    let row = row.to_string();
    match &grid.name {
        Some(sheet) => message!("sheet-row-of", sheet = Argument::name(sheet), row = row),
        None => message!("sheet-row", row = row),
    }
}
