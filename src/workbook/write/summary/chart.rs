//! Two charts side by side, what there is to look at by store and in the last weeks; below them the same numbers as
//! tables, for those who cannot see a chart and as what the charts are drawn from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{LAST, NAMES, RIGHT_FIRST, SMALL_HEAD};
use crate::domain::{Severity, WeekTrend};
use crate::say;
use crate::workbook::words::severity_words;
use crate::workbook::write::Page;
use crate::workbook::write::cell::Written;
use crate::workbook::write::chart::{Bars, Cells, Numbers};
use crate::workbook::write::style::{BODY, CELL, Number};
use crate::workbook::write::table::Columns;
use crate::workbook::write::tally::{StoreTally, Tally};

/// A name and how many there are of each severity.
type Line = (String, BTreeMap<Severity, usize>);

/// A chart of lines.
struct Drawn {
    lines: Vec<Line>,
    bars: Bars,
    width_pixels: u32,
    height_pixels: usize,
    /// Where its table stands, and the message of what it is of.
    first: ColNum,
    names: &'static str,
    alt: &'static str,
}

/// Those with the most to look at; all are in the heat map. Where that fills the page, there is room for fewer.
const STORES_MAX: usize = 14;
const STORES_MAX_OF_MANY: usize = 8;
/// One week is no trend.
const WEEKS_MIN: usize = 2;
const GAP_PIXELS: f64 = 10.0;
const BAR_PIXELS: usize = 19;
const LEGEND_PIXELS: usize = 55;
const WEEKS_HEIGHT_PIXELS: usize = 200;
/// Of the default row, on which charts lie.
const ROW_PIXELS: usize = 17;

/// Nothing where there is nothing to draw.
pub(super) fn write(page: &mut Page, tally: &Tally, row: RowNum) -> Written {
    let (book, language) = (page.book, page.language);
    let (stores, all_shown) = stores(tally);
    let by_store = Drawn {
        bars: Bars::Lying,
        width_pixels: (page.pixels_of((NAMES, RIGHT_FIRST - 1)) - GAP_PIXELS) as u32,
        height_pixels: stores.len() * BAR_PIXELS + LEGEND_PIXELS,
        lines: stores.iter().map(|store| (store.load.store.id.to_string(), store.by_worst.clone())).collect(),
        first: NAMES,
        names: "summary-head-store",
        alt: "summary-chart-stores-alt",
    };
    let week_line = |week: &WeekTrend| {
        let name = say!(language, "summary-week", week = format!("{:02}", week.week.number()));
        (name, Severity::WORST_FIRST.map(|severity| (severity, week.count(severity) as usize)).into())
    };
    let by_week = Drawn {
        bars: Bars::Upright,
        width_pixels: page.pixels_of((RIGHT_FIRST, LAST)) as u32,
        height_pixels: WEEKS_HEIGHT_PIXELS,
        lines: book.overview.trend.iter().map(week_line).collect(),
        first: RIGHT_FIRST,
        names: "summary-head-week",
        alt: "summary-chart-weeks-alt",
    };
    let shows_weeks = by_week.lines.len() >= WEEKS_MIN;
    if stores.is_empty() && !shows_weeks {
        return Ok(());
    }
    if !stores.is_empty() {
        let words = match all_shown {
            true => language.say("summary-chart-stores"),
            false => say!(language, "summary-chart-stores-some", count = stores.len()),
        };
        page.section_in_words(row, NAMES, &words)?;
    }
    // Results and parts of an export have no trend of their own.
    if shows_weeks || !(book.results.is_some() || book.part.is_some()) {
        let head = page.section(row, RIGHT_FIRST, "summary-chart-weeks")?;
        if !shows_weeks {
            page.say(head, RIGHT_FIRST, "summary-chart-no-weeks", BODY.muted())?;
        }
    }
    let shown = [(!stores.is_empty(), by_store), (shows_weeks, by_week)];
    let shown: Vec<Drawn> = shown.into_iter().filter(|(is_shown, _)| *is_shown).map(|(_, drawn)| drawn).collect();
    let highest = shown.iter().map(|drawn| drawn.height_pixels).max().unwrap_or(0);
    let numbers = row + 2 + (highest / ROW_PIXELS) as RowNum;
    page.height(numbers, 20)?;
    page.say(numbers, NAMES, "summary-chart-numbers", BODY.muted().points(9).bold())?;
    shown.into_iter().try_for_each(|drawn| draw(page, row + 1, numbers + 1, drawn))
}

/// A chart, and the table of its numbers.
fn draw(page: &mut Page, row: RowNum, head: RowNum, drawn: Drawn) -> Written {
    let language = page.language;
    let last = head + drawn.lines.len() as RowNum;
    let cells = |column| Cells { first: (head + 1, column), last: (last, column) };
    let counts = [3, 5, 7].map(|columns| cells(drawn.first + columns));
    let numbers = Numbers { names: cells(drawn.first), counts };
    let size = (drawn.width_pixels, drawn.height_pixels as u32);
    page.severity_chart((row, drawn.first, 4), drawn.bars, &numbers, drawn.alt, size)?;
    let count = CELL.muted().right().number(Number::Whole);
    let columns = Columns::<Line>::new(language);
    let mut columns = columns.over(3, SMALL_HEAD, drawn.names, |(name, _)| CELL.muted().with(name.as_str()));
    for severity in Severity::WORST_FIRST {
        let title = severity_words(language, Some(severity));
        columns = columns.titled(SMALL_HEAD.right(), title, (0.0, 2), move |(_, counts)| {
            count.with(counts.get(&severity).copied().unwrap_or_default())
        });
    }
    page.table(head, drawn.first, &columns, drawn.lines, |_| 16.0)?;
    Ok(())
}

/// Those with something to look at, in the config's order; the worst of them where there are too many. And whether these are all.
fn stores<'t, 'a>(tally: &'t Tally<'a>) -> (Vec<&'t StoreTally<'a>>, bool) {
    let mut stores: Vec<&StoreTally> = tally.stores.iter().filter(|store| store.count() > 0).collect();
    if stores.len() <= STORES_MAX {
        return (stores, true);
    }
    stores.sort_by_key(|store| Reverse(store.count()));
    stores.truncate(STORES_MAX_OF_MANY);
    (stores, false)
}
