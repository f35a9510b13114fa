//! Two charts side by side, the coupons to look at by store and the findings of the last weeks; below them the same numbers as
//! tables, for those who cannot see a chart and as what the charts are drawn from.

use std::cmp::Reverse;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{NAMES, RIGHT_FIRST, head_across};
use crate::domain::{Severity, WeekTrend};
use crate::language::Language;
use crate::say;
use crate::workbook::words::severity_words;
use crate::workbook::write::chart::{self, Bars, Cells, Numbers};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::style::{BODY, CELL, Number};
use crate::workbook::write::tally::{StoreTally, Tally};
use crate::workbook::write::writer::{CellWriter, Span, Written};

/// One table of numbers: the name of a line over some columns, each count over two.
struct Columns {
    name: Span,
    counts: [(Severity, ColNum); 3],
}

const BY_STORE: Columns =
    Columns { name: (NAMES, 3), counts: [(Severity::Critical, 4), (Severity::Warning, 6), (Severity::Notice, 8)] };
const BY_WEEK: Columns = Columns {
    name: (RIGHT_FIRST, 13),
    counts: [(Severity::Critical, 14), (Severity::Warning, 16), (Severity::Notice, 18)],
};

impl Columns {
    /// The cells of a chart's numbers, from the row `first` on.
    fn of<'a>(&self, sheet: &'a str, first: RowNum, lines: usize) -> Numbers<'a> {
        let last = first + (lines.saturating_sub(1)) as RowNum;
        let cells = |column| Cells { first: (first, column), last: (last, column) };
        Numbers { sheet, names: cells(self.name.0), counts: self.counts.map(|(_, column)| cells(column)) }
    }
}

/// Those with the most to look at; all are in the heat map. Where that fills the page, there is room for fewer.
const STORES_MAX: usize = 14;
const STORES_MAX_OF_MANY: usize = 8;
/// One week is no trend.
const WEEKS_MIN: usize = 2;
const STORES_WIDTH_PIXELS: u32 = 590;
const WEEKS_WIDTH_PIXELS: u32 = 545;
const BAR_PIXELS: usize = 19;
const LEGEND_PIXELS: usize = 55;
const WEEKS_HEIGHT_PIXELS: usize = 200;
/// Of the default row, on which charts lie.
const ROW_PIXELS: usize = 17;

/// Nothing where there is nothing to draw.
pub(super) fn write(writer: &mut CellWriter, layout: &Layout, tally: &Tally, row: RowNum) -> Written {
    let language = layout.book.language;
    let sheet = language.say("sheet-summary");
    let (stores, all_shown) = stores(tally);
    let weeks = &layout.book.overview.trend;
    let shows_weeks = weeks.len() >= WEEKS_MIN;
    if stores.is_empty() && !shows_weeks {
        return Ok(());
    }
    if !stores.is_empty() {
        let words = match all_shown {
            true => language.say("summary-chart-stores"),
            false => say!(language, "summary-chart-stores-some", count = stores.len()),
        };
        writer.section_in_words(row, NAMES, &words)?;
    }
    // Results and parts of an export have no trend of their own.
    if shows_weeks || !(layout.book.results.is_some() || layout.book.is_part) {
        let head = writer.section(row, RIGHT_FIRST, "summary-chart-weeks")?;
        if !shows_weeks {
            writer.say(head, RIGHT_FIRST, "summary-chart-no-weeks", BODY.muted())?;
        }
    }
    let stores_height = if stores.is_empty() { 0 } else { stores.len() * BAR_PIXELS + LEGEND_PIXELS };
    let weeks_height = if shows_weeks { WEEKS_HEIGHT_PIXELS } else { 0 };
    let numbers = row + 2 + (stores_height.max(weeks_height) / ROW_PIXELS) as RowNum;
    writer.height(numbers, 20)?;
    writer.say(numbers, NAMES, "summary-chart-numbers", BODY.muted().points(9).bold())?;
    if !stores.is_empty() {
        let alt = language.say("summary-chart-stores-alt");
        let size = (STORES_WIDTH_PIXELS, stores_height as u32);
        let chart =
            chart::severities(language, Bars::Lying, &BY_STORE.of(&sheet, numbers + 2, stores.len()), &alt, size);
        writer.sheet.insert_chart_with_offset(row + 1, NAMES, &chart, 0, 4)?;
        store_numbers(writer, language, numbers + 1, &stores)?;
    }
    if shows_weeks {
        let alt = language.say("summary-chart-weeks-alt");
        let size = (WEEKS_WIDTH_PIXELS, WEEKS_HEIGHT_PIXELS as u32);
        let chart =
            chart::severities(language, Bars::Upright, &BY_WEEK.of(&sheet, numbers + 2, weeks.len()), &alt, size);
        writer.sheet.insert_chart_with_offset(row + 1, RIGHT_FIRST, &chart, 0, 4)?;
        week_numbers(writer, language, numbers + 1, weeks)?;
    }
    Ok(())
}

/// Those with something to look at, in the config's order; the worst of them where there are too many. And whether these are all.
fn stores<'t, 'a>(tally: &'t Tally<'a>) -> (Vec<&'t StoreTally<'a>>, bool) {
    let count = |store: &StoreTally| store.coupons.values().sum::<usize>();
    let mut stores: Vec<&StoreTally> = tally.stores.iter().filter(|store| count(store) > 0).collect();
    if stores.len() <= STORES_MAX {
        return (stores, true);
    }
    stores.sort_by_key(|store| Reverse(count(store)));
    stores.truncate(STORES_MAX_OF_MANY);
    (stores, false)
}

fn store_numbers(writer: &mut CellWriter, language: Language, head: RowNum, stores: &[&StoreTally]) -> Written {
    numbers_head(writer, language, head, &BY_STORE, "summary-head-store")?;
    for (row, store) in (head + 1..).zip(stores) {
        let name = store.load.store.id.as_str();
        numbers_line(writer, row, &BY_STORE, name, |severity| store.coupons_count(severity) as f64)?;
    }
    Ok(())
}

fn week_numbers(writer: &mut CellWriter, language: Language, head: RowNum, weeks: &[WeekTrend]) -> Written {
    numbers_head(writer, language, head, &BY_WEEK, "summary-head-week")?;
    for (row, week) in (head + 1..).zip(weeks) {
        let name = say!(language, "summary-week", week = format!("{:02}", week.week.number()));
        numbers_line(writer, row, &BY_WEEK, &name, |severity| week.count(severity) as f64)?;
    }
    Ok(())
}

fn numbers_head(writer: &mut CellWriter, language: Language, row: RowNum, numbers: &Columns, name: &str) -> Written {
    let counts =
        numbers.counts.map(|(severity, column)| ((column, column + 1), severity_words(language, Some(severity)), true));
    let [critical, warning, notice] = counts;
    head_across(writer, row, &[(numbers.name, language.say(name), false), critical, warning, notice])
}

fn numbers_line(
    writer: &mut CellWriter,
    row: RowNum,
    numbers: &Columns,
    name: &str,
    count: impl Fn(Severity) -> f64,
) -> Written {
    writer.height(row, 16)?;
    writer.across(row, numbers.name.0, numbers.name.1, name, CELL.muted())?;
    for (severity, column) in numbers.counts {
        let style = CELL.muted().right().number(Number::Whole);
        writer.number_across(row, (column, column + 1), count(severity), style)?;
    }
    Ok(())
}
