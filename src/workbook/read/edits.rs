//! What somebody changed outside the columns to fill in: nothing is done by it, so it is said.

use std::collections::{BTreeMap, HashMap};

use chrono::Timelike;
use rust_decimal::Decimal;

use super::cell::Value;
use super::dates::{self, Order};
use super::gather::{CouponSheet, Gathered, Shown};
use super::text::{fold, shorten};
use crate::domain::{Message, RowKey};
use crate::message;
use crate::workbook::CellProblem;
use crate::workbook::columns::Field;

/// So many cells of a column may differ, and at most half of its cells, for the column to have been edited by hand. More than that, and a
/// program wrote it anew.
const BY_HAND_MAX: usize = 50;
/// Dates lose digits on their way through other programs; nobody edits one by a second.
const SAME_MOMENT_DAYS: f64 = 1.5 / 86_400.0;
const SAME_NUMBER: f64 = 1e-9;
const WAS_LETTERS: usize = 60;

/// A cell that does not show what was written.
#[derive(Debug)]
pub(super) struct Edited {
    /// Into [`Gathered::sheets`].
    pub sheet: usize,
    pub row: u32,
    pub field: Field,
    pub found: String,
    pub was: String,
}

/// All that differs, with the cells of columns that a program wrote anew gathered into one remark.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub by_hand: Vec<Edited>,
    pub anew: Vec<CellProblem>,
    /// In how many rows the cells of such a column differ, at most.
    pub rows_anew: usize,
}

impl Edits {
    /// Compares what came back with the workbooks of its export as they were `written`: one, or each of its parts.
    pub fn between<'w>(returned: &Gathered, written: impl Iterator<Item = &'w Gathered>) -> Self {
        let known: HashMap<&RowKey, (&CouponSheet, &Shown)> =
            written.flat_map(rows_of).map(|row| (row.key, (row.of, row.shown))).collect();
        let mut found: BTreeMap<Field, Vec<Edited>> = BTreeMap::new();
        let mut compared: BTreeMap<Field, usize> = BTreeMap::new();
        for row in rows_of(returned) {
            let Some((of, was)) = known.get(row.key) else { continue };
            for (field, _) in row.of.headers.ours.values().filter(|(field, _)| of.headers.column(*field).is_some()) {
                let (is, was) = (row.shown.value(*field), was.value(*field));
                *compared.entry(*field).or_default() += 1;
                if is_same(is, was) {
                    continue;
                }
                let words = |value: Option<&Value>| value.map_or_else(String::new, Value::words);
                let edited =
                    Edited { sheet: row.sheet, row: row.row, field: *field, found: words(is), was: words(was) };
                found.entry(*field).or_default().push(edited);
            }
        }
        let mut edits = Self::default();
        for (field, cells) in found {
            let all = compared.get(&field).copied().unwrap_or_default();
            match cells.first() {
                Some(first) if cells.len() > BY_HAND_MAX && cells.len() * 2 > all => {
                    let Some(sheet) = returned.sheets.get(first.sheet) else { continue };
                    edits.rows_anew = edits.rows_anew.max(cells.len());
                    let wanted = message!("read-edited-anew", count = cells.len());
                    edits.anew.push(sheet.headers.problem(first.row, field, &first.found, wanted));
                }
                _ => edits.by_hand.extend(cells),
            }
        }
        edits
    }
}

impl Edited {
    /// What became of it, and where it is written instead.
    pub fn told(&self) -> Message {
        match self.instead() {
            Some(field) => message!("read-edited-use", was = self.was(), column = field.column().message()),
            None => message!("read-edited", was = self.was()),
        }
    }

    /// Why its row is refused. `is_named`: the export is known by its name alone.
    pub fn refused(&self, is_named: bool) -> Message {
        match self.instead().filter(|_| !is_named) {
            Some(field) => message!("read-edited-write", was = self.was(), column = field.column().message()),
            None => message!("read-edited-other-export", was = self.was()),
        }
    }

    /// The column in which a change of it is asked for.
    pub fn instead(&self) -> Option<Field> {
        instead_of(self.field)
    }

    /// Whether it is one of the numbers and dates of which a plan is made.
    pub fn is_a_fact(&self) -> bool {
        matches!(
            self.field,
            Field::Ends | Field::Starts | Field::Used | Field::Total | Field::MinSpend | Field::Suggested
        )
    }

    fn was(&self) -> Message {
        match self.was.is_empty() {
            true => message!("read-edit-empty"),
            false => Message::as_written(shorten(&self.was, WAS_LETTERS)),
        }
    }
}

/// The column in which a change of a fact is asked for.
fn instead_of(field: Field) -> Option<Field> {
    match field {
        Field::DaysLeft | Field::Ends => Some(Field::NewEnd),
        Field::Remaining | Field::Used | Field::Total => Some(Field::AddStock),
        Field::MinSpend => Some(Field::NewMinSpend),
        Field::Status | Field::Suggested => Some(Field::Action),
        Field::Severity | Field::Findings | Field::Why | Field::AllFindings => Some(Field::Note),
        Field::Store
        | Field::Code
        | Field::Name
        | Field::Action
        | Field::NewEnd
        | Field::AddStock
        | Field::NewMinSpend
        | Field::Note
        | Field::Result
        | Field::Before
        | Field::After
        | Field::Message
        | Field::Next
        | Field::RequestId
        | Field::Time
        | Field::ReadBack
        | Field::Page
        | Field::Rank
        | Field::Since
        | Field::Discount
        | Field::MoneyAtRisk
        | Field::Kind
        | Field::Starts
        | Field::Campaign
        | Field::Owner
        | Field::Region
        | Field::Platform
        | Field::CouponId
        | Field::Currency
        | Field::TimeZone
        | Field::RowKey => None,
    }
}

struct RowAtHand<'a> {
    sheet: usize,
    of: &'a CouponSheet,
    row: u32,
    key: &'a RowKey,
    shown: &'a Shown,
}

/// The rows of which all that they show was kept, by their keys; of two with one key the last.
fn rows_of(gathered: &Gathered) -> impl Iterator<Item = RowAtHand<'_>> {
    let decided = gathered.requests.iter().filter(|request| request.is_whole);
    let decided = decided.filter_map(|it| Some((it.sheet, it.row, it.parsed.as_ref()?, &it.shown)));
    let others = gathered.others.iter().map(|other| (other.sheet, other.row, &other.key, &other.shown));
    decided.chain(others).filter_map(|(sheet, row, key, shown)| {
        Some(RowAtHand { sheet, of: gathered.sheets.get(sheet)?, row, key, shown })
    })
}

fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let (one, other) = match (one, other) {
        (None, None) => return true,
        (Some(one), Some(other)) if one == other => return true,
        (Some(one), Some(other)) => (one, other),
        (Some(_), None) | (None, Some(_)) => return false,
    };
    match (number_of(one), number_of(other)) {
        (Some((one, is_moment)), Some((other, was_moment))) => {
            let near =
                if is_moment || was_moment { SAME_MOMENT_DAYS } else { SAME_NUMBER * one.abs().max(other.abs()) };
            (one - other).abs() <= near
        }
        (Some(_), None) => is_same_text(&one.words(), &other.words()) || is_shown_as(one, &other.words()),
        (None, Some(_)) => is_same_text(&one.words(), &other.words()) || is_shown_as(other, &one.words()),
        (None, None) => fold(&one.words()) == fold(&other.words()),
    }
}

/// The number that stands in the cell, and whether it is a moment.
fn number_of(value: &Value) -> Option<(f64, bool)> {
    match value {
        Value::Number(number) | Value::Span(number) => Some((*number, false)),
        Value::Serial(serial, _) => Some((*serial, true)),
        Value::Text(_) | Value::Yes(_) | Value::Error(_) => None,
    }
}

/// Whether a program that saves what is seen, as for a CSV, could write the value so: a date in the order of some country, to the
/// minute or to the second, a number with marks between its thousands.
fn is_shown_as(value: &Value, text: &str) -> bool {
    match value {
        Value::Serial(_, Some(at)) => {
            let text = dates::tidy(text);
            let (day, time) = dates::split_time(&text);
            let orders = [None, Some(Order::DayFirst), Some(Order::MonthFirst)];
            let is_day =
                orders.into_iter().any(|order| dates::read_day(&day, order).is_ok_and(|(day, _)| day == at.date()));
            let seconds = time.map_or(Some(0), |time| dates::read_time(&time).ok());
            is_day && seconds.is_some_and(|seconds| seconds / 60 == at.num_seconds_from_midnight() / 60)
        }
        Value::Number(number) => {
            let plain = |thousands: char, decimals: char| {
                let plain: String = fold(text).chars().filter(|sign| *sign != thousands && *sign != ' ').collect();
                plain.replace(decimals, ".").parse::<f64>().ok()
            };
            let is_near = |found: f64| (found - number).abs() <= SAME_NUMBER * number.abs();
            [plain(',', '.'), plain('.', ',')].into_iter().flatten().any(is_near)
        }
        Value::Serial(_, None) | Value::Span(_) | Value::Text(_) | Value::Yes(_) | Value::Error(_) => false,
    }
}

/// A number and its text, as some programs save one.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    let exact = |text: &str| fold(text).parse::<Decimal>().or_else(|_| Decimal::from_scientific(&fold(text))).ok();
    fold(one) == fold(other) || exact(one).zip(exact(other)).is_some_and(|(one, other)| one == other)
}
