//! The list of stores: a CSV for teams with more stores than anybody wants to write into a config.
//!
//! A row a store, a column a key of `[[store]]`. Each row becomes what a `[[store]]` would have been, so that both are checked
//! by the same rules.

use std::path::Path;

use super::complaints::{Cells, Complaints, Places, Problem};
use super::section::Section;
use super::stores::Gathering;
use super::table::{Shape, Table};
use super::typed::{NEEDED, TypedStore};

/// The keys of `[[store]]`.
const COLUMNS: [&str; 35] = [
    "id",
    "platform",
    "endpoint",
    "currency",
    "time_zone",
    "access",
    "owner",
    "language",
    "region",
    "group",
    "tags",
    "proxy",
    "allow_http",
    "app_calls_per_second",
    "app_calls_per_day",
    "calls_per_second",
    "calls_at_once",
    "shop_id",
    "partner_id",
    "partner_key",
    "refresh_token",
    "app_key",
    "app_secret",
    "shop_cipher",
    "consent_link",
    "country",
    "seller_id",
    "access_token",
    "shop",
    "client_id",
    "client_secret",
    "consumer_key",
    "consumer_secret",
    "keys_in_query",
    "delete_permanently",
];

/// Adds the stores of the file at `path` to those of the config. Rows with a mistake are left out and complained about.
pub(super) fn read(path: &Path, gathering: &mut Gathering, problems: &mut Vec<Problem>) {
    let shape = Shape {
        name: "the list of stores",
        key: "stores_file",
        columns: &COLUMNS,
        needed: &NEEDED,
        also: &[],
        has_own_columns: false,
    };
    let Some(table) = Table::read(path, &shape, problems) else { return };
    let lines = table.rows.iter().map(|row| row.line).collect();
    let cells = Cells { headers: &table.headers, lines };
    let complaints = Complaints::new(path, Places::Cells(&cells));
    let mut typed = Vec::with_capacity(table.rows.len());
    for (number, row) in table.rows.iter().enumerate() {
        let place = |column| cells.place(number, column);
        let filled = table.headers.iter().zip(&row.cells).enumerate();
        let row = filled.map(|(column, (header, text))| (header.as_str(), text, place(column)));
        typed.extend(TypedStore::read(Section::of_row(place(0), row, &complaints)));
    }
    if table.rows.is_empty() {
        complaints.near(0, "the list of stores has no row", "write a row for each store, or leave stores_file out");
    }
    gathering.add(typed, &complaints);
    problems.append(&mut complaints.into_problems());
}
