//! Findings by severity as stacked columns, over days or weeks; the numbers stand in the sheet.

use rust_xlsxwriter::{
    Chart, ChartAxisTickType, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill,
    ChartType, ColNum, Color, RowNum,
};

use crate::domain::Severity;
use crate::language::Language;
use crate::workbook::words::severity_words;
use crate::workbook::write::style::{CHART_GREY, CRITICAL, INK, RULE, WARNING, font as face};

/// Where the numbers stand.
pub(super) struct Numbers<'a> {
    pub sheet: &'a str,
    /// A cell for each column of the chart: its name, and the count of each severity, worst first.
    pub names: Cells,
    pub counts: [Cells; 3],
}

/// A run of cells, from the first to the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    pub first: (RowNum, ColNum),
    pub last: (RowNum, ColNum),
}

pub(super) fn severities(language: Language, numbers: &Numbers, alt_text: &str, (width, height): (u32, u32)) -> Chart {
    let mut chart = Chart::new(ChartType::ColumnStacked);
    let range = |cells: Cells| (numbers.sheet, cells.first.0, cells.first.1, cells.last.0, cells.last.1);
    for (severity, counts) in Severity::WORST_FIRST.into_iter().zip(numbers.counts) {
        let (fill, label) = match severity {
            Severity::Critical => (CRITICAL, Color::RGB(0xFFFFFF)),
            Severity::Warning => (WARNING, INK),
            Severity::Notice => (CHART_GREY, INK),
        };
        let mut labels = ChartDataLabel::new();
        // Zero is left out: a label without a column points at nothing.
        labels.show_value().set_num_format("#,##0;;").set_font(&font(language, label));
        chart
            .add_series()
            .set_name(severity_words(language, Some(severity)).as_str())
            .set_categories(range(numbers.names))
            .set_values(range(counts))
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
