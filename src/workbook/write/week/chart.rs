//! Charts over days or weeks: findings by severity as stacked columns, amounts of one currency. The numbers stand in the sheet.

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill,
    ChartType, ColNum, Color, RowNum,
};

use crate::domain::{Currency, Severity};
use crate::language::Language;
use crate::workbook::words::severity_words;
use crate::workbook::write::pen::as_float;
use crate::workbook::write::style::{CHART_GREY, CRITICAL, INK, RULE, WARNING, font as face};

/// Where the numbers stand.
pub(in crate::workbook::write) struct Numbers<'a> {
    pub sheet: &'a str,
    /// A cell for each column of the chart: its name, and the count of each severity, worst first.
    pub names: Cells,
    pub counts: [Cells; 3],
}

/// A run of cells of one row or column, from the first to the last.
#[derive(Debug, Clone, Copy)]
pub(in crate::workbook::write) struct Cells {
    pub first: (RowNum, ColNum),
    pub last: (RowNum, ColNum),
}

pub(in crate::workbook::write) fn severities(
    language: Language,
    numbers: &Numbers,
    alt_text: &str,
    (width, height): (u32, u32),
) -> Chart {
    let mut chart = Chart::new(ChartType::ColumnStacked);
    let range = |cells: Cells| (numbers.sheet, cells.first.0, cells.first.1, cells.last.0, cells.last.1);
    for (severity, counts) in Severity::WORST_FIRST.into_iter().zip(numbers.counts) {
        let (fill, label) = match severity {
            Severity::Critical => (CRITICAL, Color::RGB(0xFFFFFF)),
            Severity::Warning => (WARNING, INK),
            Severity::Notice => (CHART_GREY, INK),
        };
        let mut labels = ChartDataLabel::new();
        // What rounds to zero is left out: a label without a column points at nothing.
        labels.show_value().set_num_format("[>=0.5]#,##0;;").set_font(&font(language, label));
        let series = chart.add_series();
        series
            .set_name(severity_words(language, Some(severity)).as_str())
            .set_categories(range(numbers.names))
            .set_values(range(counts))
            .set_format(
                ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(fill))
                    .set_border(ChartLine::new().set_color(Color::RGB(0xFFFFFF))),
            )
            .set_gap(45)
            .set_overlap(100);
        if numbers.names.count() <= LABELLED_MAX {
            series.set_data_label(&labels);
        }
    }
    chart.title().set_hidden();
    chart.legend().set_position(ChartLegendPosition::Top).set_font(&font(language, INK));
    finished(chart, language, alt_text, (width, height))
}

/// One currency's amounts as columns, under the currency's code.
pub(in crate::workbook::write) struct Amounts<'a> {
    pub sheet: &'a str,
    pub currency: Currency,
    pub names: Cells,
    pub amounts: Cells,
    /// The largest of them: it decides in what unit the columns are labelled.
    pub largest: Decimal,
}

pub(in crate::workbook::write) fn amounts(
    language: Language,
    amounts: &Amounts,
    alt_text: &str,
    size: (u32, u32),
) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    let range = |cells: Cells| (amounts.sheet, cells.first.0, cells.first.1, cells.last.0, cells.last.1);
    let in_millions = amounts.largest >= Decimal::from(MILLIONS_FROM);
    let millions = language.say("week-chart-millions");
    let code = if in_millions { format!("#,##0.0,,\"{millions}\"") } else { "#,##0".to_string() };
    let mut labels = ChartDataLabel::new();
    labels.show_value().set_num_format(code).set_font(&font(language, INK));
    let series = chart.add_series();
    series
        .set_name(amounts.currency.code())
        .set_categories(range(amounts.names))
        .set_values(range(amounts.amounts))
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(CHART_GREY)))
        .set_gap(45);
    if amounts.names.count() <= LABELLED_MAX {
        series.set_data_label(&labels);
    }
    let mut bold = font(language, INK);
    bold.set_bold();
    chart.title().set_name(amounts.currency.code()).set_font(&bold);
    chart.legend().set_hidden();
    // From zero, or a small difference looks like a large one; with room for the numbers over the columns.
    chart.y_axis().set_min(0).set_max((as_float(amounts.largest) * 1.2).max(1.0));
    finished(chart, language, alt_text, size)
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
fn finished(mut chart: Chart, language: Language, alt_text: &str, (width, height): (u32, u32)) -> Chart {
    chart
        .x_axis()
        .set_major_tick_type(ChartAxisTickType::None)
        .set_font(&font(language, INK))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(RULE)));
    chart.y_axis().set_hidden(true).set_major_gridlines(false);
    chart.chart_area().set_format(ChartFormat::new().set_no_border());
    chart.set_width(width).set_height(height).set_alt_text(alt_text);
    chart
}

fn font(language: Language, color: Color) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(face(language)).set_size(9).set_color(color);
    font
}
