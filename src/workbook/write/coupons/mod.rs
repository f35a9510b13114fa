//! Every coupon, exceptions first. The sheet that comes back: rows are found by Row key, columns by header, so both may move.

mod cells;
mod editing;

use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, Format, IgnoreError, Note, RowNum, Table, TableColumn, TableStyle, Workbook};

use super::layout::{FIRST_ROW, Layout, sheet_name};
use super::style::{
    BANNER, BODY, CELL, CellStyle, CellStyles, HEAD, Ink, LINK, SUBTITLE, TITLE, YOURS_BANNER, YOURS_HEAD,
};
use super::writer::{CellWriter, Written, can_be_linked, clipped};
use super::{Tab, WriteError, set_page};
use crate::domain::{Load, Row, RowKey, Severity};
use crate::language::{Language, Script};
use crate::say;
use crate::workbook::Book;
use crate::workbook::columns::{Column, Field, Part, columns};
use cells::{Line, Value};

/// Up to this many coupons the sheet is an Excel table. Above it, the same look with a plain filter: a table remembers each of
/// its cells while it is written, which costs 100 MB at 100,000 rows.
const TABLE_ROWS_MAX: usize = 50_000;
/// Above this many coupons the sheet is written row by row without being held in memory.
const HELD_ROWS_MAX: usize = 5_000;
/// Excel takes 65,530 links a sheet. Exceptions come first, so they get them; below, the address is plain text.
const LINKS_MAX: usize = 65_000;

/// In a table's name, which is the same in every language: formulas of the managers' own refer to it.
const TABLE_NAME: &str = "Coupons";

/// The words over the first column of each part.
const BANNERS: [(Field, &str); 6] = [
    (Field::Severity, "coupons-banner-identity"),
    (Field::Findings, "coupons-banner-story"),
    (Field::Action, "coupons-banner-yours"),
    (Field::Result, "coupons-banner-result"),
    (Field::DaysLeft, "coupons-banner-facts"),
    (Field::Currency, "coupons-banner-program"),
];

/// What a header's note explains.
const NOTES: [Field; 7] =
    [Field::Severity, Field::Findings, Field::Suggested, Field::Action, Field::Ends, Field::MoneyAtRisk, Field::RowKey];

/// The columns of this workbook's Coupons sheets: ours, then the managers' own.
pub(super) struct Grid<'a> {
    language: Language,
    /// Words and tip of the link to a coupon's page.
    page: (String, String),
    columns: Vec<&'static Column>,
    own: Vec<(String, &'a BTreeMap<RowKey, String>)>,
}

impl<'a> Grid<'a> {
    fn of(book: &'a Book) -> Self {
        let columns: Vec<_> = columns(book.results.is_some()).collect();
        let language = book.language;
        let mut taken: Vec<String> = columns.iter().map(|column| column.name(language).to_lowercase()).collect();
        let own_columns = book.results.as_ref().map_or(book.carried.own_columns, |results| results.own_columns);
        let own =
            own_columns.iter().map(|(header, cells)| (free_header(language, header, &mut taken), cells)).collect();
        let page = (language.say("coupons-open-page"), language.say("coupons-open-page-tip"));
        Self { language, page, columns, own }
    }

    pub(super) fn at(&self, field: Field) -> ColNum {
        self.columns.iter().take_while(|column| column.field != field).count() as ColNum
    }

    /// Text after a number is indented: LibreOffice drops the number's own indent, and the two would touch.
    fn indent(&self, column: ColNum) -> u8 {
        let part_and_side = |index: usize| self.columns.get(index).map(|kind| (kind.part, kind.right));
        let before = usize::from(column).checked_sub(1).and_then(part_and_side);
        let here = part_and_side(usize::from(column));
        u8::from(before == Some((Part::Fact, true)) && here == Some((Part::Fact, false)))
    }

    fn last(&self) -> ColNum {
        (self.columns.len() + self.own.len()) as ColNum - 1
    }

    fn numbered(&self) -> impl Iterator<Item = (ColNum, &'static Column)> {
        self.columns.iter().enumerate().map(|(index, column)| (index as ColNum, *column))
    }

    fn numbered_own(&self) -> impl Iterator<Item = (ColNum, &str, &'a BTreeMap<RowKey, String>)> {
        let first = self.columns.len();
        self.own
            .iter()
            .enumerate()
            .map(move |(index, (header, cells))| ((first + index) as ColNum, header.as_str(), *cells))
    }
}

/// A table wants each header once, whatever its case, and not empty.
fn free_header(language: Language, wanted: &str, taken: &mut Vec<String>) -> String {
    let tidy: String = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    let base = if tidy.is_empty() { language.say("coupons-column-own") } else { clipped(&tidy, 200) };
    let numbered = (2..).map(|number| format!("{base} {number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    let free = names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or(base);
    taken.push(free.to_lowercase());
    free
}

pub(super) fn write(workbook: &mut Workbook, styles: &mut CellStyles, layout: &Layout) -> Result<(), WriteError> {
    let grid = Grid::of(layout.book);
    let sheets = layout.sheets();
    for (index, rows) in sheets.iter().enumerate() {
        let held = layout.rows.len() <= HELD_ROWS_MAX;
        let sheet = if held { workbook.add_worksheet() } else { workbook.add_worksheet_with_constant_memory()? };
        sheet.set_name(sheet_name(layout.book.language, index))?;
        let mut writer = CellWriter { sheet, styles };
        set_up(&mut writer, layout, &grid, (index, rows))?;
        // From here on strictly downwards: a row that was passed cannot be written again.
        top(&mut writer, layout, &grid, (sheets.len() > 1).then_some((index + 1, sheets.len())))?;
        header(&mut writer, layout, &grid, (index, rows))?;
        for (offset, row) in rows.iter().enumerate() {
            line(&mut writer, layout, &grid, row, offset)?;
        }
        if rows.is_empty() {
            no_rows(&mut writer, layout.book)?;
        } else {
            editing::add(&mut writer, &grid, last_row(rows))?;
        }
    }
    Ok(())
}

fn last_row(rows: &[&Row]) -> RowNum {
    FIRST_ROW + rows.len().saturating_sub(1) as RowNum
}

fn set_up(writer: &mut CellWriter, layout: &Layout, grid: &Grid, (index, rows): (usize, &[&Row])) -> Written {
    let book = layout.book;
    set_page(writer.sheet, book, Tab::Yours);
    let mut start = (FIRST_ROW, grid.at(Field::Action));
    if let Some((place, field)) = layout.first_to_mend().filter(|(place, _)| place.sheet == index) {
        start = (place.row, grid.at(field));
        writer.sheet.set_active(true);
    }
    writer.sheet.set_landscape().set_default_row_height(row_points(book.language));
    writer.sheet.set_freeze_panes(FIRST_ROW, grid.at(Field::Findings))?;
    writer.sheet.set_freeze_panes_top_cell(start.0, grid.at(Field::Findings))?;
    writer.sheet.set_selection(start.0, start.1, start.0, start.1)?;
    writer.sheet.set_repeat_rows(1, 2)?;
    for (row, points) in [(0, 27), (1, 17), (2, 34)] {
        writer.height(row, points)?;
    }
    print_exceptions(writer, grid, rows)?;
    outline(writer, grid)?;
    if !rows.is_empty() {
        for field in [Field::Code, Field::CouponId, Field::RowKey] {
            let column = grid.at(field);
            writer.sheet.ignore_error_range(
                FIRST_ROW,
                column,
                last_row(rows),
                column,
                IgnoreError::NumberStoredAsText,
            )?;
        }
    }
    Ok(())
}

/// Two lines; Chinese faces are taller.
fn row_points(language: Language) -> u16 {
    match language.script() {
        Script::Latin => 30,
        Script::Han => 32,
    }
}

/// A list to take to a meeting: the decisions' part, and only what needs a look.
fn print_exceptions(writer: &mut CellWriter, grid: &Grid, rows: &[&Row]) -> Written {
    let with_results = grid.columns.iter().any(|column| column.part == Part::Result);
    let last_column = grid.at(if with_results { Field::Result } else { Field::Note });
    // In a results workbook an OK row can stand above an exception, so the last exception counts, not their number.
    let exceptions = rows.iter().rposition(|row| row.severity().is_some()).map_or(0, |last| last + 1);
    // Two lines at least: they hold the sentence of an empty sheet.
    let last_row = FIRST_ROW + exceptions.max(2) as RowNum - 1;
    writer.sheet.set_print_area(0, 0, last_row, last_column)?;
    Ok(())
}

fn outline(writer: &mut CellWriter, grid: &Grid) -> Written {
    let sheet = &mut *writer.sheet;
    let last = grid.at(Field::RowKey);
    sheet.group_symbols_to_left(true);
    sheet.group_columns(grid.at(Field::DaysLeft), last)?;
    sheet.group_columns(grid.at(Field::Currency), last)?;
    for (index, column) in grid.numbered() {
        sheet.set_column_width(index, column.width_in(grid.language))?;
        if column.part == Part::Technical {
            sheet.set_column_hidden(index)?;
        }
    }
    for (index, _, _) in grid.numbered_own() {
        sheet.set_column_width(index, 20)?;
    }
    Ok(())
}

fn top(writer: &mut CellWriter, layout: &Layout, grid: &Grid, part: Option<(usize, usize)>) -> Written {
    let export = layout.book.export;
    let to_mend = layout.cells_to_mend();
    writer.say(0, 0, "coupons-title", TITLE)?;
    let mut count = match to_mend {
        0 => count_words(grid.language, export.rows.len(), export.count(None)),
        some => say!(grid.language, "coupons-mend-count", count = some),
    };
    if let Some((number, of)) = part {
        count = say!(grid.language, "coupons-sheet-of", count = count, number = number, sheets = of);
    }
    writer.text(0, grid.at(Field::Code), &count, SUBTITLE)?;
    legend(writer, grid.at(Field::Findings))?;
    for (column, kind) in grid.numbered() {
        let style = if kind.part == Part::Decision { YOURS_BANNER } else { BANNER };
        match BANNERS.iter().find(|(over, _)| *over == kind.field) {
            Some((_, words)) => writer.say(1, column, words, style)?,
            None => writer.blank(1, column, style)?,
        }
    }
    Ok(())
}

fn count_words(language: Language, all: usize, ok: usize) -> String {
    match all - ok {
        0 if all == 0 => String::new(),
        0 => say!(language, "coupons-all-good", all = all),
        some => say!(language, "coupons-need-a-look", some = some, all = all),
    }
}

fn legend(writer: &mut CellWriter, column: ColNum) -> Written {
    let language = writer.language();
    let plain = BODY.format(language);
    let bold = BODY.bold().format(language);
    let mark = |ink: Ink| BODY.ink(ink).bold().format(language);
    let marks = [mark(Ink::Critical), mark(Ink::Warning), mark(Ink::Muted), mark(Ink::Yours)];
    let [critical, warning, notice, yours] = &marks;
    let said = |id: &str| language.say(&format!("coupons-legend-{id}"));
    let gap = "    ";
    let words = [
        (critical, "● ".to_string()),
        (&plain, said("critical") + gap),
        (warning, "▲ ".to_string()),
        (&plain, said("warning") + gap),
        (notice, "○ ".to_string()),
        (&plain, said("notice") + gap),
        (&bold, said("tint")),
        (&plain, format!(" {}{gap}", said("tint-means"))),
        (yours, "► ".to_string()),
        (&plain, said("missing") + gap + &said("struck")),
    ];
    let parts: Vec<(&Format, &str)> = words.iter().map(|(format, words)| (*format, words.as_str())).collect();
    writer.sheet.write_rich_string_with_format(0, column, &parts, writer.styles.format(BODY))?;
    Ok(())
}

fn header(writer: &mut CellWriter, layout: &Layout, grid: &Grid, (index, rows): (usize, &[&Row])) -> Written {
    let row = FIRST_ROW - 1;
    let own = grid.numbered_own().map(|(column, header, _)| (column, header.to_string(), HEAD.top().wrap()));
    let ours = grid
        .numbered()
        .map(|(column, kind)| (column, kind.name(grid.language), header_style(kind).indent(grid.indent(column))));
    let headers: Vec<(ColNum, String, CellStyle)> = ours.chain(own).collect();
    if !rows.is_empty() && layout.rows.len() <= TABLE_ROWS_MAX {
        let columns: Vec<TableColumn> = headers
            .iter()
            .map(|(_, words, style)| {
                TableColumn::new().set_header(words).set_header_format(writer.styles.format(*style))
            })
            .collect();
        let name = if index == 0 { TABLE_NAME.to_string() } else { format!("{TABLE_NAME}{}", index + 1) };
        let table = Table::new().set_name(name).set_style(TableStyle::None).set_columns(&columns);
        writer.sheet.add_table(row, 0, last_row(rows), grid.last(), &table)?;
    } else {
        for (column, words, style) in headers {
            writer.text(row, column, &words, style)?;
        }
        if !rows.is_empty() {
            writer.sheet.autofilter(row, 0, last_row(rows), grid.last())?;
        }
    }
    for field in NOTES {
        let words = field.column().say(grid.language, "note");
        writer.sheet.insert_note(row, grid.at(field), &note(grid.language, &words))?;
    }
    Ok(())
}

fn note(language: Language, words: &str) -> Note {
    Note::new(words)
        .add_author_prefix(false)
        .set_background_color(0xFFFFFF)
        .set_font_name(super::style::font(language))
        .set_font_size(9)
        .set_width(220)
        .set_height(64)
}

/// The words at the top: the filter's button stands below them. Blue headers begin at the left, where there is room for them.
fn header_style(column: &Column) -> CellStyle {
    let style = if column.part == Part::Decision { YOURS_HEAD } else { HEAD }.top().wrap();
    if column.right && column.part != Part::Decision { style.right() } else { style }
}

fn line(writer: &mut CellWriter, layout: &Layout, grid: &Grid, row: &Row, offset: usize) -> Result<(), WriteError> {
    let place = FIRST_ROW + offset as RowNum;
    let line = Line::of(layout, row)?;
    let (page_words, page_tip) = &grid.page;
    for (column, kind) in grid.numbered() {
        let (value, style) = line.cell(kind, grid.indent(column));
        match value {
            Value::Empty => writer.blank(place, column, style)?,
            Value::Text(text) => writer.text(place, column, &text, style)?,
            Value::Number(number) => writer.number(place, column, number, style)?,
            Value::Page(address) if offset < LINKS_MAX && can_be_linked(address) => {
                writer.link(place, column, address, page_words, page_tip, LINK)?;
            }
            Value::Page(address) => writer.text(place, column, address, style)?,
        }
        if let Some(words) = line.to_mend(kind.field) {
            writer.sheet.insert_note(place, column, &note(grid.language, &words))?;
        }
    }
    for (column, _, cells) in grid.numbered_own() {
        let text = cells.get(&row.key).map_or("", String::as_str);
        writer.text(place, column, text, CELL.wrap())?;
    }
    Ok(())
}

/// Never a bare grid: a sentence, and the first store's error where one failed.
fn no_rows(writer: &mut CellWriter, book: &Book) -> Written {
    let failed: Vec<_> = book.export.stores.iter().filter(|load| matches!(load.load, Load::Failed(_))).collect();
    writer.say(FIRST_ROW, 0, "coupons-none", BODY)?;
    if let Some(Load::Failed(problem)) = failed.first().map(|load| &load.load) {
        let words = say!(book.language, "coupons-none-loaded", count = failed.len(), problem = &problem.sentence);
        writer.text(FIRST_ROW + 1, 0, &words, BODY.words_of(Severity::Critical))?;
    }
    Ok(())
}
