//! Charts: counts by severity on top of each other, amounts of one currency. Their numbers stand in the sheet, for those who cannot
//! see a chart and as what it is drawn from.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSeries,
    ChartSolidFill, ChartType, ColNum, Color, RowNum,
};

use crate::domain::{Currency, MoneyAtRisk, Severity};
use crate::language::Language;
use crate::workbook::words::severity_words;
use crate::workbook::write::cell::as_float;
use crate::workbook::write::style::{CHART_GREY, CRITICAL, INK, RULE, WARNING, font as face};

/// Where the numbers stand.
pub struct Numbers {
    /// A cell for each column of the chart: its name, and the count of each severity, worst first.
    pub names: Cells,
    pub counts: [Cells; 3],
}

/// A run of cells of one row or column, from the first to the last.
#[derive(Debug, Clone, Copy)]
pub struct Cells {
    pub first: (RowNum, ColNum),
    pub last: (RowNum, ColNum),
}

/// Which way its bars go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bars {
    /// A column for each name, side by side.
    Upright,
    /// A bar for each name, the first on top.
    Lying,
}

/// Critical, warning and notice on top of each other, with their numbers in them: readable without colour.
pub fn severities(
    (language, sheet): (Language, &str),
    bars: Bars,
    numbers: &Numbers,
    alt_text: &str,
    size: (u32, u32),
) -> Chart {
    let mut chart = Chart::new(match bars {
        Bars::Upright => ChartType::ColumnStacked,
        Bars::Lying => ChartType::BarStacked,
    });
    for (severity, counts) in Severity::WORST_FIRST.into_iter().zip(numbers.counts) {
        let (fill, label) = match severity {
            Severity::Critical => (CRITICAL, Color::RGB(0xFFFFFF)),
            Severity::Warning => (WARNING, INK),
            Severity::Notice => (CHART_GREY, INK),
        };
        let mut format = ChartFormat::new()
            .set_solid_fill(ChartSolidFill::new().set_color(fill))
            .set_border(ChartLine::new().set_color(Color::RGB(0xFFFFFF)))
            .clone();
        let series = chart.add_series();
        series.set_name(severity_words(language, Some(severity)).as_str()).set_format(&mut format).set_overlap(100);
        // What rounds to zero is left out: a label without a column points at nothing.
        set_values(series, language, sheet, (numbers.names, counts), (label, "[>=0.5]#,##0;;"));
    }
    chart.title().set_hidden();
    chart.legend().set_position(ChartLegendPosition::Top).set_font(&font(language, INK));
    finished(chart, language, bars, alt_text, size)
}

fn set_values(
    series: &mut ChartSeries,
    language: Language,
    sheet: &str,
    (names, values): (Cells, Cells),
    (ink, code): (Color, &str),
) {
    let range = |cells: Cells| (sheet, cells.first.0, cells.first.1, cells.last.0, cells.last.1);
    series.set_categories(range(names)).set_values(range(values)).set_gap(45);
    if names.count() <= LABELLED_MAX {
        let mut labels = ChartDataLabel::new();
        labels.show_value().set_num_format(code).set_font(&font(language, ink));
        series.set_data_label(&labels);
    }
}

/// One currency's amounts as columns, under the currency's code.
pub struct Amounts {
    pub currency: Currency,
    pub names: Cells,
    pub amounts: Cells,
    /// The largest of them: it decides in what unit the columns are labelled.
    pub largest: Decimal,
}

pub fn amounts((language, sheet): (Language, &str), amounts: &Amounts, alt_text: &str, size: (u32, u32)) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    let in_millions = amounts.largest >= Decimal::from(MILLIONS_FROM);
    let millions = language.say("week-chart-millions");
    let code = if in_millions { format!("#,##0.0,,\"{millions}\"") } else { "#,##0".to_string() };
    let series = chart.add_series();
    series
        .set_name(amounts.currency.code())
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(CHART_GREY)));
    set_values(series, language, sheet, (amounts.names, amounts.amounts), (INK, &code));
    let mut bold = font(language, INK);
    bold.set_bold();
    chart.title().set_name(amounts.currency.code()).set_font(&bold);
    chart.legend().set_hidden();
    // From zero, or a small difference looks like a large one; with room for the numbers over the columns.
    chart.y_axis().set_min(0).set_max((as_float(amounts.largest) * 1.2).max(1.0));
    finished(chart, language, Bars::Upright, alt_text, size)
}

/// The largest of a currency's sums: see [`Amounts::largest`].
pub fn largest<'a>(sums: impl Iterator<Item = &'a BTreeMap<Currency, MoneyAtRisk>>, currency: Currency) -> Decimal {
    sums.filter_map(|sums| sums.get(&currency)).map(|money| money.all).max().unwrap_or_default()
}

/// More columns than this leave no room for numbers over them.
const LABELLED_MAX: u32 = 16;
const MILLIONS_FROM: i64 = 1_000_000;

impl Cells {
    fn count(self) -> u32 {
        let columns = u32::from(self.last.1.saturating_sub(self.first.1));
        self.last.0.saturating_sub(self.first.0).max(columns) + 1
    }
}

/// Axes, frame, size and words that all charts share.
fn finished(mut chart: Chart, language: Language, bars: Bars, alt_text: &str, (width, height): (u32, u32)) -> Chart {
    let mut line = ChartFormat::new().set_line(ChartLine::new().set_color(RULE)).clone();
    let names = match bars {
        Bars::Upright => chart.x_axis(),
        Bars::Lying => chart.y_axis().set_reverse().set_major_gridlines(false),
    };
    names.set_major_tick_type(ChartAxisTickType::None).set_font(&font(language, INK)).set_format(&mut line);
    let values = match bars {
        Bars::Upright => chart.y_axis(),
        Bars::Lying => chart.x_axis(),
    };
    values.set_hidden(true).set_major_gridlines(false);
    chart.chart_area().set_format(ChartFormat::new().set_no_border());
    chart.set_width(width).set_height(height).set_alt_text(alt_text);
    chart
}

fn font(language: Language, color: Color) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(face(language)).set_size(9).set_color(color);
    font
}
