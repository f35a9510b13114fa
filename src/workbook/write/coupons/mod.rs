//! Every coupon, exceptions first. The sheet that comes back: rows are found by Row key, columns by header, so both may move.

mod cells;
mod editing;

use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, Color, Format, IgnoreError, Note, RowNum, Table, TableColumn, TableStyle};

use super::Page;
use super::cell::{Cell, Value, Written, can_be_linked, clipped};
use super::layout::{FIRST_ROW, Layout, sheet_name};
use super::page::Pages;
use super::style::{
    BANNER, BODY, CELL, CRITICAL, CellStyle, HEAD, LINK, MUTED, SUBTITLE, TITLE, WARNING_DARK, YOURS, YOURS_BANNER,
    YOURS_HEAD,
};
use crate::domain::{Row, RowKey, Severity};
use crate::language::{Language, Script};
use crate::say;
use crate::workbook::Book;
use crate::workbook::columns::{Column, Field, Part, columns};
use cells::Line;

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
const BANNERS: [(Field, &str); 7] = [
    (Field::Severity, "coupons-banner-identity"),
    (Field::Findings, "coupons-banner-story"),
    (Field::Action, "coupons-banner-yours"),
    (Field::Result, "coupons-banner-result"),
    (Field::Time, "coupons-banner-clock"),
    (Field::Rank, "coupons-banner-facts"),
    (Field::Currency, "coupons-banner-program"),
];

/// What a header's note explains.
const NOTES: [Field; 9] = [
    Field::Severity,
    Field::Findings,
    Field::Suggested,
    Field::Action,
    Field::Rank,
    Field::Since,
    Field::Ends,
    Field::MoneyAtRisk,
    Field::RowKey,
];

/// The columns of this workbook's Coupons sheets: ours, then the managers' own.
pub(super) struct Grid<'a> {
    language: Language,
    /// Words and tip of the link to a coupon's page.
    page: (String, String),
    columns: Vec<&'static Column>,
    /// Each with its place and its header.
    own: Vec<(ColNum, String, &'a BTreeMap<RowKey, String>)>,
}

impl<'a> Grid<'a> {
    fn of(book: &'a Book) -> Self {
        let columns: Vec<_> = columns(book.results.is_some()).collect();
        let language = book.language;
        let mut taken: Vec<String> = columns.iter().map(|column| column.name(language).to_lowercase()).collect();
        let own = (columns.len() as ColNum..).zip(book.carried.own_columns);
        let own =
            own.map(|(column, (header, cells))| (column, free_header(language, header, &mut taken), cells)).collect();
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
        (0..).zip(self.columns.iter().copied())
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

pub(super) fn write(pages: &mut Pages<Layout>, layout: &Layout) -> Written {
    let grid = Grid::of(layout);
    let sheets = layout.sheets();
    let is_held = layout.rows.len() <= HELD_ROWS_MAX;
    for (index, rows) in sheets.iter().enumerate() {
        let of = (sheets.len() > 1).then_some((index + 1, sheets.len()));
        let write = |page: &mut Page| {
            set_up(page, &grid, (index, rows))?;
            // From here on strictly downwards: a row that was passed cannot be written again.
            top(page, &grid, of)?;
            header(page, &grid, (index, rows))?;
            if !is_held {
                page.many_rows(FIRST_ROW..last_row(rows) + 1);
            }
            for (offset, row) in rows.iter().enumerate() {
                line(page, &grid, row, offset, layout.rank(index, offset))?;
            }
            if rows.is_empty() { no_rows(page) } else { editing::add(page, &grid, last_row(rows)) }
        };
        pages.add_held(is_held, write)?;
    }
    Ok(())
}

fn last_row(rows: &[&Row]) -> RowNum {
    FIRST_ROW + rows.len().saturating_sub(1) as RowNum
}

fn set_up(page: &mut Page, grid: &Grid, (index, rows): (usize, &[&Row])) -> Written {
    let book = page.book;
    page.paper(&sheet_name(book.language, index), YOURS)?;
    let mut start = (FIRST_ROW, grid.at(Field::Action));
    if let Some((place, field)) = book.first_to_mend().filter(|(place, _)| place.sheet == index) {
        start = (place.row, grid.at(field));
        page.sheet.set_active(true);
    }
    page.sheet.set_default_row_height(row_points(book));
    page.sheet.set_freeze_panes(FIRST_ROW, grid.at(Field::Findings))?;
    page.sheet.set_freeze_panes_top_cell(start.0, grid.at(Field::Findings))?;
    page.sheet.set_selection(start.0, start.1, start.0, start.1)?;
    page.sheet.set_repeat_rows(1, 2)?;
    for (row, points) in [(0, 27), (1, 17), (2, 34)] {
        page.height(row, points)?;
    }
    print_exceptions(page, grid, rows)?;
    outline(page, grid)?;
    if !rows.is_empty() {
        for field in [Field::Code, Field::CouponId, Field::RowKey] {
            let column = grid.at(field);
            let last = last_row(rows);
            page.sheet.ignore_error_range(FIRST_ROW, column, last, column, IgnoreError::NumberStoredAsText)?;
        }
    }
    Ok(())
}

/// Two lines, or three where results tell what came of a row; Chinese faces are taller. All rows have one height, since sorting
/// does not move heights.
fn row_points(book: &Book) -> u16 {
    match (book.language.script(), book.results.is_some()) {
        (Script::Latin, false) => 30,
        (Script::Latin, true) => 43,
        (Script::Han, false) => 32,
        (Script::Han, true) => 46,
    }
}

/// A list to take to a meeting: the decisions' part, and only what needs a look.
fn print_exceptions(page: &mut Page, grid: &Grid, rows: &[&Row]) -> Written {
    let with_results = grid.columns.iter().any(|column| column.part == Part::Result);
    let last_column = grid.at(if with_results { Field::Result } else { Field::Note });
    // In a results workbook an OK row can stand above an exception, so the last exception counts, not their number.
    let exceptions = rows.iter().rposition(|row| row.severity().is_some()).map_or(0, |last| last + 1);
    // Two lines at least: they hold the sentence of an empty sheet.
    let last_row = FIRST_ROW + exceptions.max(2) as RowNum - 1;
    page.sheet.set_print_area(0, 0, last_row, last_column)?;
    Ok(())
}

fn outline(page: &mut Page, grid: &Grid) -> Written {
    let sheet = &mut *page.sheet;
    let last = grid.at(Field::TimeZone);
    sheet.group_symbols_to_left(true);
    sheet.group_columns(grid.at(Field::Rank), last)?;
    sheet.group_columns(grid.at(Field::Currency), last)?;
    for (index, column) in grid.numbered() {
        page.width(index, column.width_in(grid.language))?;
        if matches!(column.part, Part::Technical | Part::Key) {
            page.sheet.set_column_hidden(index)?;
        }
    }
    for (index, ..) in &grid.own {
        page.width(*index, 20.0)?;
    }
    Ok(())
}

fn top(page: &mut Page, grid: &Grid, part: Option<(usize, usize)>) -> Written {
    let export = page.book.export;
    let to_mend = page.book.cells_to_mend();
    page.say(0, 0, "coupons-title", TITLE)?;
    let mut count = match to_mend {
        0 => count_words(grid.language, export.rows.len(), export.count(None)),
        some => say!(grid.language, "coupons-mend-count", count = some),
    };
    if let Some((number, of)) = part {
        count = say!(grid.language, "coupons-sheet-of", count = count, number = number, sheets = of);
    }
    page.text(0, grid.at(Field::Code), &count, SUBTITLE)?;
    legend(page, grid.at(Field::Findings))?;
    for (column, kind) in grid.numbered() {
        let style = if kind.part == Part::Decision { YOURS_BANNER } else { BANNER };
        match BANNERS.iter().find(|(over, _)| *over == kind.field) {
            Some((_, words)) => page.say(1, column, words, style)?,
            None => page.blank(1, column, style)?,
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

fn legend(page: &mut Page, column: ColNum) -> Written {
    let language = page.language;
    let plain = BODY.format(language);
    let bold = BODY.bold().format(language);
    let mark = |ink: Color| BODY.ink(ink).bold().format(language);
    let marks = [mark(CRITICAL), mark(WARNING_DARK), mark(MUTED), mark(YOURS)];
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
    let style = page.styles.format(BODY);
    page.sheet.write_rich_string_with_format(0, column, &parts, style)?;
    Ok(())
}

fn header(page: &mut Page, grid: &Grid, (index, rows): (usize, &[&Row])) -> Written {
    let row = FIRST_ROW - 1;
    let own = grid.own.iter().map(|(_, header, _)| (header.clone(), HEAD.top().wrap()));
    let style = |column, kind| header_style(kind).indent(grid.indent(column));
    let ours = grid.numbered().map(|(column, kind)| (kind.name(grid.language), style(column, kind)));
    let headers = ours.chain(own);
    if !rows.is_empty() && page.book.rows.len() <= TABLE_ROWS_MAX {
        let columns: Vec<TableColumn> = headers
            .map(|(words, style)| TableColumn::new().set_header(words).set_header_format(page.styles.format(style)))
            .collect();
        let name = if index == 0 { TABLE_NAME.to_string() } else { format!("{TABLE_NAME}{}", index + 1) };
        let table = Table::new().set_name(name).set_style(TableStyle::None).set_columns(&columns);
        page.sheet.add_table(row, 0, last_row(rows), grid.last(), &table)?;
    } else {
        page.cells(row, headers.map(|(words, style)| style.with(words)))?;
        if !rows.is_empty() {
            page.sheet.autofilter(row, 0, last_row(rows), grid.last())?;
        }
    }
    for field in NOTES {
        let words = field.column().say(grid.language, "note");
        page.sheet.insert_note(row, grid.at(field), &note(grid.language, &words))?;
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

fn line(page: &mut Page, grid: &Grid, row: &Row, offset: usize, rank: usize) -> Written {
    let place = FIRST_ROW + offset as RowNum;
    // The layout has refused a row of no store.
    let Some(line) = Line::of(page.book, row, rank) else { return Ok(()) };
    let (page_words, page_tip) = &grid.page;
    for (column, kind) in grid.numbered() {
        let cell = match line.cell(kind, grid.indent(column)) {
            Cell { value: Value::Text(address), .. }
                if kind.field == Field::Page && offset < LINKS_MAX && can_be_linked(&address) =>
            {
                let (words, tip) = (page_words.as_str().into(), page_tip.as_str().into());
                LINK.top().with(Value::Link { address, words, tip })
            }
            cell => cell,
        };
        page.cell(place, column, cell)?;
        if let Some(words) = line.to_mend(kind.field) {
            page.sheet.insert_note(place, column, &note(grid.language, &words))?;
        }
    }
    for (column, _, cells) in &grid.own {
        page.cell(place, *column, CELL.wrap().with(cells.get(&row.key).map(String::as_str)))?;
    }
    Ok(())
}

/// Never a bare grid: a sentence, and the first store's error where one failed.
fn no_rows(page: &mut Page) -> Written {
    let book = page.book;
    let failed: Vec<_> = book.export.stores.iter().filter_map(|load| load.load.problem()).collect();
    page.say(FIRST_ROW, 0, "coupons-none", BODY)?;
    if let Some(problem) = failed.first() {
        let words = say!(book.language, "coupons-none-loaded", count = failed.len(), problem = &problem.sentence);
        page.text(FIRST_ROW + 1, 0, &words, BODY.words_of(Severity::Critical))?;
    }
    Ok(())
}
