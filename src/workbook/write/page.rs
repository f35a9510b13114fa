//! A workbook being written, and one sheet of it: paper, tables, cells that several sheets have, charts of money.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;

use chrono::{Datelike, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, Color, DocProperties, ExcelDateTime, RowNum, Url, Workbook, Worksheet, XlsxError};

use super::WriteError;
use super::cell::{Cell, NextRow, Span, Value, Written, can_be_linked, clean};
use super::chart::{self, Amounts, Bars, Numbers};
use super::looks::{FormatOf, Looks};
use super::style::{BODY, CELL, CellStyle, CellStyles, INK, LINK, Number, SECTION, SUBTITLE, TITLE};
use crate::domain::{Message, Severity, Timestamp};
use crate::language::{Language, Script};
use crate::say;
use crate::workbook::words::severity_mark;

// Arial 10 as Excel measures it; Microsoft YaHei has the same digits' width, and rows get heights of their own.
const DEFAULT_ROW_PIXELS: u32 = 17;
const DEFAULT_COLUMN_PIXELS: u32 = 64;
/// The same in characters, and the edges of a column in them.
const DEFAULT_WIDTH: f64 = 8.43;
const COLUMN_EDGE: f64 = 0.71;
const COLUMN_EDGE_PIXELS: f64 = 5.0;
const CHARACTER_PIXELS: f64 = 7.0;
const POINTS_OF_A_PIXEL: f64 = 0.75;
/// Of A4 on its side, within the margins of [`Page::print_in_blocks`].
const PAPER_WIDTH_PIXELS: f64 = 1064.0;
/// LibreOffice draws columns so much wider than Excel, most of all where it has no face for Chinese but one with wider digits.
const WIDER_LATIN: f64 = 1.06;
const WIDER_HAN: f64 = 1.23;
const PAPER_HEIGHT_POINTS: f64 = 510.0;
const SCALE_MIN: f64 = 0.3;
const BLOCKS_HEAD_ROWS: RowNum = 3;
/// Half the time of level 6 for 10 to 17 % more bytes.
const COMPRESSION_LEVEL: u8 = 3;
const A4: u8 = 9;

/// A workbook that shows `book`, sheet after sheet.
pub struct Pages<'a, B> {
    workbook: Workbook,
    styles: CellStyles,
    book: &'a B,
    language: Language,
    footer: String,
}

impl<'a, B> Pages<'a, B> {
    /// `footer` stands at the foot of each page, on the left.
    pub fn new(
        book: &'a B,
        language: Language,
        title: &str,
        made_at: Timestamp,
        footer: String,
    ) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        // Before the first sheet: cells without a style of their own would fall back to another face.
        workbook.set_default_format(&BODY.format(language), DEFAULT_ROW_PIXELS, DEFAULT_COLUMN_PIXELS)?;
        let year = u16::try_from(made_at.year()).unwrap_or(1900);
        let made_at = ExcelDateTime::from_ymd(year, made_at.month() as u8, made_at.day() as u8)?.and_hms(
            made_at.hour() as u16,
            made_at.minute() as u8,
            made_at.second() as u8,
        )?;
        let properties = DocProperties::new().set_title(title).set_author("couponbook");
        workbook.set_properties(&properties.set_creation_datetime(&made_at));
        workbook.set_zip_compression_level(COMPRESSION_LEVEL);
        Ok(Self { workbook, styles: CellStyles::new(language), book, language, footer })
    }

    pub fn add(&mut self, write: impl FnOnce(&mut Page<B>) -> Written) -> Written {
        self.add_held(true, write)
    }

    /// Where it is not `held` in memory, the sheet is written row by row.
    pub fn add_held(&mut self, held: bool, write: impl FnOnce(&mut Page<B>) -> Written) -> Written {
        let (book, language, footer, styles) = (self.book, self.language, &self.footer, &mut self.styles);
        let workbook = &mut self.workbook;
        let sheet = if held { workbook.add_worksheet() } else { workbook.add_worksheet_with_constant_memory()? };
        let (widths, number_widths, heights) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut page =
            Page { sheet, styles, book, language, footer, widths, number_widths, heights, looks: None, last_row: 0 };
        write(&mut page)?;
        page.forget_looks()?;
        page.widen_for_numbers()
    }

    pub fn save(mut self, to: impl Write + Send) -> Result<(), WriteError> {
        Ok(self.workbook.save_to_writer(to)?)
    }
}

/// One sheet being written, with the book that it is of.
pub struct Page<'a, B> {
    pub sheet: &'a mut Worksheet,
    pub styles: &'a mut CellStyles,
    pub book: &'a B,
    pub language: Language,
    footer: &'a str,
    /// As asked for, in characters of the default font.
    widths: BTreeMap<ColNum, f64>,
    /// What the widest number of each column needs.
    number_widths: BTreeMap<ColNum, f64>,
    /// Of the rows that are not as high as usual, in points.
    heights: BTreeMap<RowNum, f64>,
    /// Of a sheet that is written row by row: what its columns look like while their rows are written.
    looks: Option<Looks>,
    last_row: RowNum,
}

/// The rows of a sheet that is one table: title, line, a gap, the header.
pub const HEAD_ROW: RowNum = 3;

/// So many flaws of the archive are named; `archive verify` names all.
const FLAWS_MAX: usize = 8;

/// A sentence on a summary: how bad it is, the words, and the sheet that tells more.
pub type Sentence = (Option<Severity>, String, &'static str);

impl<B> Page<'_, B> {
    /// Name, paper, tab, title and the line under it.
    pub fn begin(&mut self, name: &str, heading: &str, line: &str, tab: Color) -> Written {
        self.paper(&self.language.say(name), tab)?;
        self.heading(ColNum::from(tab == INK), heading, line)
    }

    /// The sheet's name, margins, footer, tab: a summary's is of ink, stands upright and has a margin column.
    pub fn paper(&mut self, name: &str, tab: Color) -> Written {
        let pages = say!(self.language, "footer-right", page = "&P", pages = "&N");
        // &A is the sheet's name, &P the page, &N their number.
        let footer = format!("&L&9{}&C&9&A&R&9{pages}", self.footer);
        let sheet = self.sheet.set_name(name)?;
        let sheet = if tab == INK { sheet.set_portrait() } else { sheet.set_landscape() };
        sheet
            .set_paper_size(A4)
            .set_margins(0.4, 0.4, 0.55, 0.6, 0.3, 0.3)
            .set_print_fit_to_pages(1, 0)
            .set_footer(footer)
            .set_screen_gridlines(false)
            .set_tab_color(tab);
        Ok(())
    }

    pub fn width(&mut self, column: ColNum, width: f64) -> Written {
        self.sheet.set_column_width(column, width)?;
        self.widths.insert(column, width);
        Ok(())
    }

    /// That of some columns side by side, in characters; between two there is the room of the cells' edges.
    pub fn width_of(&self, (first, last): Span) -> f64 {
        let widths = (first..=last).map(|column| self.widths.get(&column).copied().unwrap_or(DEFAULT_WIDTH));
        widths.sum::<f64>() + f64::from(last - first) * COLUMN_EDGE
    }

    /// A number that is wider than its column would print as `####`: such a column is made as wide as its widest number.
    fn widen_for_numbers(&mut self) -> Written {
        for (column, needed) in std::mem::take(&mut self.number_widths) {
            if self.widths.get(&column).is_some_and(|width| *width < needed) {
                self.width(column, needed)?;
            }
        }
        Ok(())
    }

    /// Of a sheet that is written row by row: `rows` are many, each written from its first column on.
    pub fn many_rows(&mut self, rows: Range<RowNum>) {
        self.looks = Some(Looks::of(rows));
    }

    /// What is empty below the rows looks as everywhere.
    fn forget_looks(&mut self) -> Written {
        for column in self.looks.take().into_iter().flat_map(Looks::columns) {
            self.sheet.set_column_format(column, self.styles.format(BODY))?;
        }
        Ok(())
    }

    pub fn cell(&mut self, row: RowNum, column: ColNum, Cell { value, style }: Cell) -> Written {
        if let Value::Number(number) = value {
            let widest = self.number_widths.entry(column).or_default();
            *widest = widest.max(style.number_width(number, self.language.script()));
        }
        self.write(row, column, Cell { value, style })
    }

    fn write(&mut self, row: RowNum, column: ColNum, Cell { value, style }: Cell) -> Written {
        self.last_row = self.last_row.max(row);
        let has_own_look = matches!(value, Value::Empty | Value::Link { .. }) && style != BODY;
        let looks = self.looks.as_mut().filter(|_| !has_own_look);
        let format_of = looks.map_or(FormatOf::Itself, |looks| looks.format_of(row, column, style));
        self.looks.iter_mut().for_each(|looks| looks.begin(row));
        let format = self.styles.format_in(column, style);
        if format_of == FormatOf::NewOfColumn {
            self.sheet.set_column_format(column, format)?;
        }
        match value {
            Value::Text(text) if !text.is_empty() && format_of != FormatOf::Itself => {
                self.sheet.write_string(row, column, clean(text))?;
            }
            Value::Number(number) if format_of != FormatOf::Itself => {
                self.sheet.write_number(row, column, number)?;
            }
            Value::Text(text) if !text.is_empty() => {
                self.sheet.write_string_with_format(row, column, clean(text), format)?;
            }
            Value::Text(_) | Value::Empty => {
                self.sheet.write_blank(row, column, format)?;
            }
            Value::Number(number) => {
                self.sheet.write_number_with_format(row, column, number, format)?;
            }
            Value::Link { address, words, tip } if can_be_linked(&address) => {
                let url = Url::new(clean(address)).set_text(clean(words)).set_tip(tip);
                self.sheet.write_url_with_format(row, column, url, format)?;
            }
            Value::Link { words, .. } => return self.write(row, column, style.with(Value::Text(words))),
        }
        Ok(())
    }

    /// From the sheet's first column on.
    pub fn cells<'c>(&mut self, row: RowNum, cells: impl IntoIterator<Item = Cell<'c>>) -> Written {
        (0..).zip(cells).try_for_each(|(column, cell)| self.cell(row, column, cell))
    }

    /// One cell over several columns of a row. Only where nobody sorts and nothing is read back.
    pub fn across(&mut self, row: RowNum, (first, last): Span, cell: Cell) -> Written {
        if first < last {
            self.sheet.merge_range(row, first, row, last, "", self.styles.format(cell.style))?;
            return self.write(row, first, cell);
        }
        self.cell(row, first, cell)
    }

    /// The message `id`, which names no facts.
    pub fn say(&mut self, row: RowNum, column: ColNum, id: &str, style: CellStyle) -> Written {
        let words = self.language.say(id);
        self.cell(row, column, style.with(words))
    }

    pub fn text(&mut self, row: RowNum, column: ColNum, text: &str, style: CellStyle) -> Written {
        self.cell(row, column, style.with(text))
    }

    pub fn blank(&mut self, row: RowNum, column: ColNum, style: CellStyle) -> Written {
        self.cell(row, column, style.empty())
    }

    /// Title and muted line of a sheet.
    pub fn heading(&mut self, column: ColNum, title: &str, line: &str) -> Written {
        self.height(0, 30)?;
        self.text(0, column, title, TITLE)?;
        self.text(1, column, line, SUBTITLE)
    }

    pub fn height(&mut self, row: RowNum, points: impl Into<f64>) -> Written {
        let points = points.into();
        self.sheet.set_row_height(row, points)?;
        self.heights.insert(row, points);
        Ok(())
    }

    /// A section's heading, by the id of its message; the row after it.
    pub fn section(&mut self, row: RowNum, column: ColNum, id: &str) -> NextRow {
        let words = self.language.say(id);
        self.section_in_words(row, column, &words)
    }

    pub fn section_in_words(&mut self, row: RowNum, column: ColNum, words: &str) -> NextRow {
        self.height(row, 22)?;
        self.text(row, column, words, SECTION)?;
        Ok(row + 1)
    }

    /// How the archive is not what was sealed, each in a line, before anything else; the row after a gap, `row` itself where all is well.
    pub fn flaws(&mut self, row: RowNum, span: Span, flaws: &[Message]) -> NextRow {
        if flaws.is_empty() {
            return Ok(row);
        }
        let language = self.language;
        let mut lines = vec![say!(language, "flaws-head", count = flaws.len())];
        lines.extend(flaws.iter().take(FLAWS_MAX).map(|flaw| language.render(flaw)));
        let more = flaws.len().saturating_sub(FLAWS_MAX);
        lines.extend((more > 0).then(|| say!(language, "flaws-more", count = more)));
        let mut next = row;
        for line in lines {
            self.height(next, 30)?;
            self.across(next, span, BODY.at_fault(Severity::Critical).wrap().with(line))?;
            next += 1;
        }
        Ok(next + 1)
    }

    /// The rows through `head` and `columns` columns stay in sight; the head is printed on every page.
    pub fn freeze(&mut self, head: RowNum, columns: ColNum) -> Written {
        self.sheet.set_freeze_panes(head + 1, columns)?;
        self.sheet.set_repeat_rows(head, head)?;
        Ok(())
    }

    /// A sheet of blocks on paper that lies on its side, as wide as its columns up to `last`: each block, which begins in one of
    /// these rows, stays on one page where it fits. Office programs leave breaks out where they fit a sheet to a page's width
    /// themselves, so the scale is ours. Title, line and the gap below them are printed on every page.
    pub fn print_in_blocks(&mut self, last: ColNum, blocks: &[RowNum]) -> Written {
        let (scale, page_points) = (self.scale(last), self.paper_points(last));
        let ends = blocks.iter().skip(1).copied().chain([self.last_row + 1]);
        let head = self.points(0..BLOCKS_HEAD_ROWS);
        let mut used = self.points(0..blocks.first().copied().unwrap_or_default());
        let (mut breaks, mut is_first) = (Vec::new(), true);
        for (first, end) in blocks.iter().copied().zip(ends) {
            let points = self.points(first..end);
            if !is_first && used + points > page_points {
                breaks.push(first);
                used = head;
            }
            is_first = false;
            used += points;
        }
        self.sheet.set_landscape().set_print_scale((scale * 100.0) as u16).set_page_breaks(&breaks)?;
        self.sheet.set_margins(0.3, 0.3, 0.55, 0.6, 0.3, 0.3).set_repeat_rows(0, BLOCKS_HEAD_ROWS - 1)?;
        Ok(())
    }

    /// [`Page::width_of`] in pixels.
    pub fn pixels_of(&self, span: Span) -> f64 {
        self.width_of(span) * CHARACTER_PIXELS + COLUMN_EDGE_PIXELS
    }

    /// What fits on a page of [`Page::print_in_blocks`], in points of the sheet.
    pub fn paper_points(&self, last: ColNum) -> f64 {
        PAPER_HEIGHT_POINTS / self.scale(last)
    }

    fn scale(&self, last: ColNum) -> f64 {
        let width_pixels = self.pixels_of((0, last));
        let wider = match self.language.script() {
            Script::Latin => WIDER_LATIN,
            Script::Han => WIDER_HAN,
        };
        (PAPER_WIDTH_PIXELS / wider / width_pixels).clamp(SCALE_MIN, 1.0)
    }

    fn points(&self, rows: Range<RowNum>) -> f64 {
        let usual = f64::from(DEFAULT_ROW_PIXELS) * POINTS_OF_A_PIXEL;
        rows.map(|row| self.heights.get(&row).copied().unwrap_or(usual)).sum()
    }

    /// A section of sentences, each with a link to the sheet that tells more; the row after them. Without any the message
    /// `nothing` says so.
    pub fn sentences(
        &mut self,
        row: RowNum,
        (section, nothing): (&str, &str),
        (span, link_span): (Span, Span),
        sentences: &[Sentence],
    ) -> NextRow {
        let mut row = self.section(row, span.0, section)?;
        if sentences.is_empty() {
            self.say(row, span.0, nothing, BODY)?;
            return Ok(row + 1);
        }
        for (severity, words, sheet) in sentences {
            let style = severity.map_or(CELL, |severity| CELL.words_of(severity).regular());
            let mark = severity.map_or("✓", |severity| severity_mark(Some(severity)));
            let name = self.language.say(sheet);
            let more = link(self.language, sheet_address(self.language, sheet), &name, "week-tip-sheet");
            self.height(row, 18)?;
            self.across(row, span, style.with(format!("{mark} {words}")))?;
            self.across(row, link_span, more)?;
            row += 1;
        }
        Ok(row)
    }

    /// A chart of counts by severity, some pixels below the top of its cell; `alt` is the message of what it shows.
    pub fn severity_chart(
        &mut self,
        (row, column, below): (RowNum, ColNum, u32),
        bars: Bars,
        numbers: &Numbers,
        alt: &str,
        size: (u32, u32),
    ) -> Written {
        self.last_row = self.last_row.max(row + (below + size.1) / DEFAULT_ROW_PIXELS);
        let of = (self.language, self.sheet.name());
        let chart = chart::severities((of.0, &of.1), bars, numbers, &self.language.say(alt), size);
        self.sheet.insert_chart_with_offset(row, column, &chart, 0, below)?;
        Ok(())
    }

    /// A chart a currency, since no exchange rate is known here that would let them stand in one; how many rows they cover.
    /// `alt` is the message of what each shows.
    pub fn amount_charts(
        &mut self,
        row: RowNum,
        rows_each: RowNum,
        size: (u32, u32),
        alt: &str,
        charts: &[Amounts],
    ) -> NextRow {
        for (place, amounts) in charts.iter().enumerate() {
            let alt = say!(self.language, alt, currency = amounts.currency.code());
            let chart = chart::amounts((self.language, &self.sheet.name()), amounts, &alt, size);
            let down = row + (place / CHARTS_ABREAST) as RowNum * rows_each;
            self.sheet.insert_chart(down, (place % CHARTS_ABREAST) as ColNum * CHART_COLUMNS, &chart)?;
        }
        Ok(charts.len().div_ceil(CHARTS_ABREAST) as RowNum * rows_each)
    }
}

/// A moment on the clock of `zone`, as a date that sorts; blank where there is none.
pub fn moment(zone: Tz, at: Option<Timestamp>) -> Cell<'static> {
    at.map_or(CELL.empty(), |at| CELL.number(Number::DayTime).with(local(zone, at)))
}

pub fn local(zone: Tz, at: Timestamp) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// `tip` is the id of its message.
pub fn link(language: Language, address: String, words: &str, tip: &str) -> Cell<'static> {
    LINK.with(Value::Link { address: address.into(), words: words.to_string().into(), tip: language.say(tip).into() })
}

/// A count in a table.
pub fn whole(count: usize) -> Cell<'static> {
    CELL.right().number(Number::Whole).with(count)
}

/// A count with the mark and the fill of the worst that it counts.
pub fn heat(worst: Severity, words: &str) -> Cell<'static> {
    CellStyle::heat(worst).with(format!("{} {words}", severity_mark(Some(worst))))
}

/// Nothing is known of that day or week.
pub fn not_known() -> Cell<'static> {
    CELL.muted().centre().with("?")
}

/// A link to the top of another sheet, by the id of its name's message: `sheet-stores`.
pub fn sheet_address(language: Language, id: &str) -> String {
    format!("internal:'{}'!A1", language.say(id))
}

/// Charts beside each other, and how far apart.
const CHARTS_ABREAST: usize = 2;
const CHART_COLUMNS: ColNum = 4;
/// Charts of more currencies than any region has are left out.
pub const CHARTS_MAX: usize = 12;
