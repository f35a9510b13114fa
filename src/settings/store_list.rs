//! The list of stores: a CSV for teams with more stores than anybody wants to write into a config.
//!
//! A row a store, a column a key of `[[store]]`. Each row is read as a `[[store]]` would be, by the same rules.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::complaints::{Cells, Complaints, Places, Problem};
use super::section::Section;
use super::stores::{Gathering, NEEDED, keys};
use super::table::{GUESSED, Shape, Table};

/// Adds the stores of the file at `path` to those of the config. Rows with a mistake are left out and complained about.
pub(super) fn read(path: &Path, gathering: &mut Gathering, problems: &mut Vec<Problem>) {
    let columns = keys(gathering.platforms);
    let shape = Shape {
        name: "the list of stores",
        key: "stores_file",
        columns: &columns,
        needed: &NEEDED,
        also: &[],
        has_own_columns: false,
    };
    let Some(table) = Table::read(path, &shape, problems) else { return };
    if table.is_guessed {
        let (what, wanted) = GUESSED;
        gathering.remarks.push(format!("{}: {what}; {wanted}", path.display()));
    }
    let lines = table.rows.iter().map(|row| row.line).collect();
    let cells = Cells { headers: &table.headers, lines };
    let complaints = Complaints::new(path, Places::Cells(&cells));
    for (number, row) in table.rows.iter().enumerate() {
        let span = |column| cells.place(number, column)..cells.place(number, column) + 1;
        let filled = table.headers.iter().zip(&row.cells).enumerate().filter(|(_, (_, text))| !text.is_empty());
        let row: DeTable = filled
            .map(|(column, (header, text))| {
                let text = DeValue::String(text.into());
                (Spanned::new(span(column), header.into()), Spanned::new(span(column), text))
            })
            .collect();
        gathering.add(Section::new(String::new(), span(0).start, &row, &complaints));
    }
    if table.rows.is_empty() {
        complaints.near(0, "the list of stores has no row", "write a row for each store, or leave stores_file out");
    }
    problems.append(&mut complaints.into_problems());
}
