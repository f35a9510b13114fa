//! Tables: a column is its head, its width, and what stands in it of each line.

use rust_xlsxwriter::{ColNum, IgnoreError, RowNum};

use super::cell::{Cell, NextRow, Span, Written};
use super::page::{HEAD_ROW, Page};
use super::style::{BODY, CellStyle, HEAD, YOURS_HEAD};
use crate::language::Language;

/// The columns of a table whose lines are each an `L`.
pub struct Columns<'a, L> {
    language: Language,
    columns: Vec<Column<'a, L>>,
}

struct Column<'a, L> {
    title: String,
    head: CellStyle,
    /// In characters of the default font; not looked at where the table lies under the columns of another one.
    width: f64,
    /// How many of the sheet's columns it takes up.
    breadth: ColNum,
    /// Whether digits in it are text, and nothing to warn about.
    is_codes: bool,
    cell: Box<dyn Fn(&L) -> Cell<'_> + 'a>,
}

/// A line of the body's face, and what is above and below the lines of a cell.
const LINE_POINTS: f64 = 13.0;
const EDGES_POINTS: f64 = 4.0;
const TWO_LINES_POINTS: f64 = lines_points(2);

const fn lines_points(lines: u16) -> f64 {
    lines as f64 * LINE_POINTS + EDGES_POINTS
}

/// Of a line that is as high as its words need it.
pub const ANY_HEIGHT: f64 = 0.0;

impl<'a, L> Columns<'a, L> {
    pub fn new(language: Language) -> Self {
        Self { language, columns: Vec::new() }
    }

    /// One that begins at the left, as words do; `id` is that of its head's message.
    pub fn left(self, id: &str, width: f64, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        self.headed(HEAD, id, width, cell)
    }

    /// Its head stands at the right, as its numbers do.
    pub fn right(self, id: &str, width: f64, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        self.headed(HEAD.right(), id, width, cell)
    }

    /// The manager fills it in.
    pub fn yours(self, id: &str, width: f64, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        self.headed(YOURS_HEAD, id, width, cell)
    }

    /// One whose digits are text.
    pub fn codes(self, id: &str, width: f64, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        let mut all = self.left(id, width, cell);
        all.columns.last_mut().into_iter().for_each(|column| column.is_codes = true);
        all
    }

    pub fn headed(self, head: CellStyle, id: &str, width: f64, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        let title = self.language.say(id);
        self.titled(head, title, (width, 1), cell)
    }

    /// One that takes up several of the sheet's columns, as wide as these are.
    pub fn over(self, breadth: ColNum, head: CellStyle, id: &str, cell: impl Fn(&L) -> Cell<'_> + 'a) -> Self {
        let title = self.language.say(id);
        self.titled(head, title, (0.0, breadth), cell)
    }

    /// One whose head no message says.
    pub fn titled(
        mut self,
        head: CellStyle,
        title: String,
        (width, breadth): (f64, ColNum),
        cell: impl Fn(&L) -> Cell<'_> + 'a,
    ) -> Self {
        self.columns.push(Column { title, head, width, breadth, is_codes: false, cell: Box::new(cell) });
        self
    }

    pub fn len(&self) -> usize {
        self.columns.len()
    }
}

impl<B> Page<'_, B> {
    /// The one table of a sheet: its upper rows and `frozen` columns stay in sight.
    pub fn main_table<L>(
        &mut self,
        columns: &Columns<L>,
        frozen: ColNum,
        lines: impl IntoIterator<Item = L>,
        height: impl Fn(&L) -> f64,
    ) -> NextRow {
        self.widths(columns)?;
        self.freeze(HEAD_ROW, frozen)?;
        self.table(HEAD_ROW, 0, columns, lines, height)
    }

    /// [`Page::main_table`] with filter buttons; without lines the message `nothing` says so.
    pub fn filtered_table<L>(
        &mut self,
        columns: &Columns<L>,
        frozen: ColNum,
        lines: impl IntoIterator<Item = L>,
        height: impl Fn(&L) -> f64,
        nothing: &str,
    ) -> Written {
        match self.main_table(columns, frozen, lines, height)? {
            next if next == HEAD_ROW + 1 => self.say(next, 0, nothing, BODY),
            next => self.filter(HEAD_ROW, columns.len(), next),
        }
    }

    /// A sentence of any length over several columns, in a row as high as it needs.
    pub fn sentence(&mut self, row: RowNum, span: Span, cell: Cell) -> Written {
        let cell = Cell { style: cell.style.wrap(), ..cell };
        self.height(row, lines_points(cell.lines(self.width_of(span))))?;
        self.across(row, span, cell)
    }

    /// Filter buttons over the `columns` from the row `head` to that before `next`.
    pub fn filter(&mut self, head: RowNum, columns: usize, next: RowNum) -> Written {
        self.sheet.autofilter(head, 0, next - 1, columns as ColNum - 1)?;
        Ok(())
    }

    pub fn widths<L>(&mut self, columns: &Columns<L>) -> Written {
        for (place, column) in (0..).zip(&columns.columns) {
            self.width(place, column.width)?;
        }
        Ok(())
    }

    /// The head in the row `head`, from the sheet's column `first` on, and below it each line: as high as `height` says, in points,
    /// or higher where its words need it. The row after them.
    pub fn table<L>(
        &mut self,
        head: RowNum,
        first: ColNum,
        columns: &Columns<L>,
        lines: impl IntoIterator<Item = L>,
        height: impl Fn(&L) -> f64,
    ) -> NextRow {
        self.height(head, 20)?;
        let mut next = first;
        let mut spans = Vec::with_capacity(columns.len());
        for column in &columns.columns {
            let span = (next, next + column.breadth - 1);
            self.across(head, span, column.head.with(column.title.as_str()))?;
            spans.push((span, column));
            next = span.1 + 1;
        }
        let mut row = head + 1;
        for line in lines {
            let cells: Vec<(Span, Cell)> = spans.iter().map(|(span, column)| (*span, (column.cell)(&line))).collect();
            let lines = cells.iter().map(|(span, cell)| cell.lines(self.width_of(*span))).max().unwrap_or(1);
            let points = match lines {
                1 => height(&line),
                several => height(&line).max(lines_points(several)),
            };
            if points != ANY_HEIGHT {
                self.height(row, points)?;
            }
            // Where one cell has several lines, all begin at the top, and are read along one line.
            for (span, Cell { value, style }) in cells {
                let style = CellStyle { top: style.top || points >= TWO_LINES_POINTS, ..style };
                self.across(row, span, Cell { value, style })?;
            }
            row += 1;
        }
        for ((place, _), _) in spans.iter().filter(|(_, column)| column.is_codes && row > head + 1) {
            self.sheet.ignore_error_range(head + 1, *place, row - 1, *place, IgnoreError::NumberStoredAsText)?;
        }
        Ok(row)
    }
}
