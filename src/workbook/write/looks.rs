//! What the columns of a sheet of many rows look like while these are written.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_xlsxwriter::{ColNum, RowNum};

use super::style::{BODY, CellStyle};

/// The library looks a cell's format up by all that it says of fonts, borders and fills, which costs as much as the rest of the cell; a
/// cell without one has its column's. So on a sheet of many rows each column has a format while the rows between are written: that of
/// the cells that follow each other in it.
pub struct Looks {
    /// The last of them is left out: it is written when the sheet is saved, and its columns have no format any more.
    rows: Range<RowNum>,
    /// In which row there is a cell already: those before it are written, and are not touched by a column's new format.
    begun: Option<RowNum>,
    columns: BTreeMap<ColNum, Look>,
}

struct Look {
    of_column: CellStyle,
    /// Of the last cell that had another.
    other: CellStyle,
}

/// Where a cell's format comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FormatOf {
    Itself,
    Column,
    /// From its column, which is to have it from now on.
    NewOfColumn,
}

impl Looks {
    /// `rows` are written from their first column on.
    pub fn of(rows: Range<RowNum>) -> Self {
        let but_the_last = rows.start..rows.end.saturating_sub(1);
        Self { rows: but_the_last, begun: None, columns: BTreeMap::new() }
    }

    /// How a cell with something in it, or one of the workbook's default style, gets its `style`. The default one counts as none, so that
    /// its column must have it too.
    pub fn format_of(&mut self, row: RowNum, column: ColNum, style: CellStyle) -> FormatOf {
        if !self.rows.contains(&row) || self.begun != Some(row) {
            return FormatOf::Itself;
        }
        let look = self.columns.entry(column).or_insert(Look { of_column: BODY, other: BODY });
        if look.of_column == style {
            return FormatOf::Column;
        }
        if look.other == style || style == BODY {
            look.of_column = style;
            return FormatOf::NewOfColumn;
        }
        look.other = style;
        FormatOf::Itself
    }

    /// There is a cell in `row`.
    pub fn begin(&mut self, row: RowNum) {
        self.begun = Some(row);
    }

    /// Those that had a format for a while.
    pub fn columns(self) -> impl Iterator<Item = ColNum> {
        self.columns.into_keys()
    }
}

#[cfg(test)]
mod tests {
    use super::super::style::CELL;
    use super::*;

    #[test]
    fn a_column_has_the_look_that_follows_in_it_and_none_where_a_cell_has_none() {
        let wrapped = CELL.wrap();
        let mut looks = Looks::of(3..9);
        let written = [(3, CELL), (4, CELL), (5, CELL), (6, BODY), (7, wrapped), (8, CELL)];
        let formats: Vec<FormatOf> = written
            .map(|(row, style)| {
                // A row's first cell, before which the last one is not written yet.
                assert!(looks.format_of(row, 0, CELL) == FormatOf::Itself);
                looks.begin(row);
                looks.format_of(row, 1, style)
            })
            .into();
        use FormatOf::{Column, Itself, NewOfColumn};
        // The last row is written when its columns have no format any more.
        assert!(formats == [Itself, NewOfColumn, Column, NewOfColumn, Itself, Itself]);
        assert!(looks.columns().eq([1]));
    }
}
