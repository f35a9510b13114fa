//! Two charts side by side, the coupons to look at by store and the findings of the last weeks; below them the same numbers as
//! tables, for those who cannot see a chart and as what the charts are drawn from.

use std::cmp::Reverse;

use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill,
    ChartType, ColNum, Color, RowNum,
};

use super::{NAMES, RIGHT_FIRST, head_across, section, section_at};
use crate::domain::{Severity, WeekTrend};
use crate::language::Language;
use crate::say;
use crate::workbook::words::severity_words;
use crate::workbook::write::layout::Layout;
use crate::workbook::write::pen::{Pen, Written};
use crate::workbook::write::style::{self, BODY, CELL, CHART_GREY, CRITICAL, INK, Number, RULE, WARNING};
use crate::workbook::write::tally::{StoreTally, Tally};

/// One table of numbers: the name of a line over some columns, each count over two.
struct Numbers {
    name: (ColNum, ColNum),
    counts: [(Severity, ColNum); 3],
}

const BY_STORE: Numbers =
    Numbers { name: (NAMES, 3), counts: [(Severity::Critical, 4), (Severity::Warning, 6), (Severity::Notice, 8)] };
const BY_WEEK: Numbers = Numbers {
    name: (RIGHT_FIRST, 13),
    counts: [(Severity::Critical, 14), (Severity::Warning, 16), (Severity::Notice, 18)],
};

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
pub(super) fn write(pen: &mut Pen, layout: &Layout, tally: &Tally, row: RowNum) -> Written {
    let language = layout.book.language;
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
        section(pen, row, &words)?;
    }
    // Results and parts of an export have no trend of their own.
    if shows_weeks || !(layout.book.results.is_some() || layout.book.is_part) {
        let head = section_at(pen, row, RIGHT_FIRST, &language.say("summary-chart-weeks"))?;
        if !shows_weeks {
            pen.text(head, RIGHT_FIRST, &language.say("summary-chart-no-weeks"), BODY.muted())?;
        }
    }
    let stores_height = if stores.is_empty() { 0 } else { stores.len() * BAR_PIXELS + LEGEND_PIXELS };
    let weeks_height = if shows_weeks { WEEKS_HEIGHT_PIXELS } else { 0 };
    let numbers = row + 2 + (stores_height.max(weeks_height) / ROW_PIXELS) as RowNum;
    pen.sheet.set_row_height(numbers, 20)?;
    pen.text(numbers, NAMES, &language.say("summary-chart-numbers"), BODY.muted().points(9).bold())?;
    if !stores.is_empty() {
        let alt = language.say("summary-chart-stores-alt");
        let chart = by_store(language, numbers + 2, stores.len(), stores_height).set_alt_text(alt).clone();
        pen.sheet.insert_chart_with_offset(row + 1, NAMES, &chart, 0, 4)?;
        store_numbers(pen, language, numbers + 1, &stores)?;
    }
    if shows_weeks {
        let alt = language.say("summary-chart-weeks-alt");
        let chart = by_week(language, numbers + 2, weeks.len()).set_alt_text(alt).clone();
        pen.sheet.insert_chart_with_offset(row + 1, RIGHT_FIRST, &chart, 0, 4)?;
        week_numbers(pen, language, numbers + 1, weeks)?;
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

fn store_numbers(pen: &mut Pen, language: Language, head: RowNum, stores: &[&StoreTally]) -> Written {
    numbers_head(pen, language, head, &BY_STORE, "summary-head-store")?;
    for (row, store) in (head + 1..).zip(stores) {
        let name = store.load.store.id.as_str();
        numbers_line(pen, row, &BY_STORE, name, |severity| store.coupons_count(severity) as f64)?;
    }
    Ok(())
}

fn week_numbers(pen: &mut Pen, language: Language, head: RowNum, weeks: &[WeekTrend]) -> Written {
    numbers_head(pen, language, head, &BY_WEEK, "summary-head-week")?;
    for (row, week) in (head + 1..).zip(weeks) {
        let name = say!(language, "summary-week", week = format!("{:02}", week.week));
        numbers_line(pen, row, &BY_WEEK, &name, |severity| week.count(severity) as f64)?;
    }
    Ok(())
}

fn numbers_head(pen: &mut Pen, language: Language, row: RowNum, numbers: &Numbers, name: &str) -> Written {
    let counts =
        numbers.counts.map(|(severity, column)| ((column, column + 1), severity_words(language, Some(severity)), true));
    let [critical, warning, notice] = counts;
    head_across(pen, row, &[(numbers.name, language.say(name), false), critical, warning, notice])
}

fn numbers_line(pen: &mut Pen, row: RowNum, numbers: &Numbers, name: &str, count: impl Fn(Severity) -> f64) -> Written {
    pen.sheet.set_row_height(row, 16)?;
    pen.across(row, numbers.name.0, numbers.name.1, name, CELL.muted())?;
    for (severity, column) in numbers.counts {
        let look = CELL.muted().right().number(Number::Whole);
        pen.across(row, column, column + 1, "", look)?;
        pen.number(row, column, count(severity), look)?;
    }
    Ok(())
}

fn by_store(language: Language, first: RowNum, stores: usize, height: usize) -> Chart {
    let mut chart = stacked(language, ChartType::BarStacked, &BY_STORE, first, stores);
    // In a bar chart the upright axis holds the stores; reversed, so that the first is on top.
    chart
        .y_axis()
        .set_reverse()
        .set_major_gridlines(false)
        .set_major_tick_type(ChartAxisTickType::None)
        .set_font(&font(language, INK))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(RULE)));
    chart.x_axis().set_hidden(true).set_major_gridlines(false);
    chart.set_width(STORES_WIDTH_PIXELS).set_height(height as u32);
    chart
}

fn by_week(language: Language, first: RowNum, weeks: usize) -> Chart {
    let mut chart = stacked(language, ChartType::ColumnStacked, &BY_WEEK, first, weeks);
    chart
        .x_axis()
        .set_major_gridlines(false)
        .set_major_tick_type(ChartAxisTickType::None)
        .set_font(&font(language, INK))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(RULE)));
    chart.y_axis().set_hidden(true).set_major_gridlines(false);
    chart.set_width(WEEKS_WIDTH_PIXELS).set_height(WEEKS_HEIGHT_PIXELS as u32);
    chart
}

/// Critical, warning and notice on top of each other, with their numbers in them: readable without colour.
fn stacked(language: Language, kind: ChartType, numbers: &Numbers, first: RowNum, lines: usize) -> Chart {
    let sheet = language.say("sheet-summary");
    let last = first + (lines.saturating_sub(1)) as RowNum;
    let mut chart = Chart::new(kind);
    for (severity, column) in numbers.counts {
        let (fill, label) = match severity {
            Severity::Critical => (CRITICAL, Color::RGB(0xFFFFFF)),
            Severity::Warning => (WARNING, INK),
            Severity::Notice => (CHART_GREY, INK),
        };
        let mut labels = ChartDataLabel::new();
        // Zero is left out: a label without a bar points at nothing.
        labels.show_value().set_num_format("0;;").set_font(&font(language, label));
        chart
            .add_series()
            .set_name(severity_words(language, Some(severity)).as_str())
            .set_categories((sheet.as_str(), first, numbers.name.0, last, numbers.name.0))
            .set_values((sheet.as_str(), first, column, last, column))
            .set_format(
                ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(fill))
                    .set_border(ChartLine::new().set_color(Color::RGB(0xFFFFFF))),
            )
            .set_data_label(&labels)
            .set_gap(45)
            .set_overlap(100);
    }
    chart.title().set_hidden();
    chart.legend().set_position(ChartLegendPosition::Top).set_font(&font(language, INK));
    chart.chart_area().set_format(ChartFormat::new().set_no_border());
    chart
}

fn font(language: Language, color: Color) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(style::font(language)).set_size(9).set_color(color);
    font
}
