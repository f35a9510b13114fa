//! The coupons to look at, by store: a chart and, beside it, the same numbers as a table.

use std::cmp::Reverse;

use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill,
    ChartType, ColNum, Color, RowNum,
};

use super::heat::STORES_MAX;
use super::{LAST, NAMES, section};
use crate::domain::Severity;
use crate::language::Language;
use crate::workbook::words::severity_words;
use crate::workbook::write::pen::{Pen, Written};
use crate::workbook::write::style::{self, CELL, CHART_GREY, CRITICAL, HEAD, INK, Number, RULE, SECTION, WARNING};
use crate::workbook::write::tally::{StoreTally, Tally};

const HEADING: &str = "Coupons to look at, by store";
const NUMBERS_HEADING: &str = "The numbers behind the chart";
const ALT_TEXT: &str = "Bars: how many coupons of each store have a critical finding, a warning or a notice at worst. The same \
                        numbers stand in the table beside it.";

/// The table: the store's name over three columns, each count over two.
const STORE: (ColNum, ColNum) = (11, 13);
const COUNTS: [(Severity, ColNum); 3] = [(Severity::Critical, 14), (Severity::Warning, 16), (Severity::Notice, 18)];

const CHART_WIDTH_PIXELS: u32 = 620;
const BAR_PIXELS: usize = 21;
const LEGEND_PIXELS: usize = 60;

/// Nothing where no coupon has a finding.
pub(super) fn write(pen: &mut Pen, tally: &Tally, row: RowNum) -> Written {
    let stores = stores(tally);
    if stores.is_empty() {
        return Ok(());
    }
    let head = section(pen, row, HEADING)?;
    pen.text(row, STORE.0, NUMBERS_HEADING, SECTION)?;
    numbers(pen, head, &stores)?;
    let last = head + stores.len() as RowNum;
    pen.sheet.insert_chart_with_offset(head, NAMES, &chart(pen.language(), head + 1, last, stores.len()), 0, 4)?;
    Ok(())
}

/// Those with something to look at, in the config's order; the worst of them where there are too many.
fn stores<'t, 'a>(tally: &'t Tally<'a>) -> Vec<&'t StoreTally<'a>> {
    let count = |store: &StoreTally| store.coupons.values().sum::<usize>();
    let mut stores: Vec<&StoreTally> = tally.stores.iter().filter(|store| count(store) > 0).collect();
    if stores.len() > STORES_MAX {
        stores.sort_by_key(|store| Reverse(count(store)));
        stores.truncate(STORES_MAX);
    }
    stores
}

fn numbers(pen: &mut Pen, head: RowNum, stores: &[&StoreTally]) -> Written {
    pen.sheet.set_row_height(head, 20)?;
    pen.across(head, STORE.0, STORE.1, "Store", HEAD.points(9))?;
    for (severity, column) in COUNTS {
        pen.across(head, column, column + 1, &severity_words(pen.language(), Some(severity)), HEAD.points(9).right())?;
    }
    debug_assert_eq!(COUNTS.map(|(_, column)| column + 1).last(), Some(&LAST));
    for (index, store) in stores.iter().enumerate() {
        let row = head + 1 + index as RowNum;
        pen.sheet.set_row_height(row, 16)?;
        pen.across(row, STORE.0, STORE.1, store.load.store.id.as_str(), CELL.muted())?;
        for (severity, column) in COUNTS {
            let look = CELL.muted().right().number(Number::Whole);
            pen.across(row, column, column + 1, "", look)?;
            pen.number(row, column, store.coupons_count(severity) as f64, look)?;
        }
    }
    Ok(())
}

fn chart(language: Language, first: RowNum, last: RowNum, stores: usize) -> Chart {
    let name = language.say("sheet-summary");
    let font = |color: Color| font(language, color);
    let mut chart = Chart::new(ChartType::BarStacked);
    for (severity, column) in COUNTS {
        let (fill, label) = match severity {
            Severity::Critical => (CRITICAL, Color::RGB(0xFFFFFF)),
            Severity::Warning => (WARNING, INK),
            Severity::Notice => (CHART_GREY, INK),
        };
        let mut labels = ChartDataLabel::new();
        // Zero is left out: a label without a bar points at nothing.
        labels.show_value().set_num_format("0;;").set_font(&font(label));
        chart
            .add_series()
            .set_name(severity_words(language, Some(severity)).as_str())
            .set_categories((name.as_str(), first, STORE.0, last, STORE.0))
            .set_values((name.as_str(), first, column, last, column))
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
    chart.legend().set_position(ChartLegendPosition::Top).set_font(&font(INK));
    // In a bar chart the upright axis holds the stores; reversed, so that the first is on top.
    chart
        .y_axis()
        .set_reverse()
        .set_major_gridlines(false)
        .set_major_tick_type(ChartAxisTickType::None)
        .set_font(&font(INK))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(RULE)));
    chart.x_axis().set_hidden(true).set_major_gridlines(false);
    chart.chart_area().set_format(ChartFormat::new().set_no_border());
    chart.set_width(CHART_WIDTH_PIXELS).set_height((stores * BAR_PIXELS + LEGEND_PIXELS) as u32).set_alt_text(ALT_TEXT);
    chart
}

fn font(language: Language, color: Color) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(style::font(language)).set_size(9).set_color(color);
    font
}
