//! The header row: found by its words, whatever their case, spaces and order.

use std::collections::BTreeMap;

use super::text::{address, word};
use super::trouble::Reason;
use crate::workbook::columns::{COLUMNS, Field};

/// Without these a decision could be read wrongly: a value under a renamed header would silently be none.
const NEEDED: [Field; 6] =
    [Field::Action, Field::NewEnd, Field::AddStock, Field::NewMinSpend, Field::Note, Field::RowKey];

/// The columns of one sheet.
#[derive(Debug)]
pub(super) struct Headers {
    /// As people count.
    pub row: u32,
    /// Columns from zero.
    column_of: BTreeMap<Field, u32>,
    pub ours: BTreeMap<u32, Field>,
    /// The managers' own columns, with their header as it stands.
    pub own: BTreeMap<u32, String>,
}

impl Headers {
    pub fn column(&self, wanted: Field) -> Option<u32> {
        self.column_of.get(&wanted).copied()
    }

    /// The text of a header as we spell it.
    pub fn title(field: Field) -> &'static str {
        COLUMNS.iter().find(|column| column.field == field).map_or("", |column| column.header)
    }

    /// Reads a row as headers; none where it is no header row of coupons.
    pub fn of(sheet: &str, row: u32, cells: &[(u32, String)]) -> Result<Option<Self>, Reason> {
        let named: Vec<(u32, Field)> =
            cells.iter().filter_map(|(column, text)| Some((*column, field_named(text)?))).collect();
        let has = |field: Field| named.iter().any(|(_, found)| *found == field);
        let edits =
            [Field::NewEnd, Field::AddStock, Field::NewMinSpend].into_iter().filter(|field| has(*field)).count();
        let is_header = has(Field::Action) && has(Field::RowKey);
        let is_nearly = (has(Field::Action) || has(Field::RowKey)) && edits >= 2;
        if !is_header && !is_nearly {
            return Ok(None);
        }
        if let Some(missing) = NEEDED.into_iter().find(|field| !has(*field)) {
            return Err(Reason::MissingColumn { sheet: sheet.to_string(), header: Self::title(missing), row });
        }
        Self::without_doubles(sheet, row, cells, &named).map(Some)
    }

    fn without_doubles(sheet: &str, row: u32, cells: &[(u32, String)], named: &[(u32, Field)]) -> Result<Self, Reason> {
        let mut headers = Self { row, column_of: BTreeMap::new(), ours: BTreeMap::new(), own: BTreeMap::new() };
        for (column, field) in named {
            match headers.column(*field) {
                None => {
                    headers.column_of.insert(*field, *column);
                    headers.ours.insert(*column, *field);
                }
                Some(first) if NEEDED.contains(field) => {
                    return Err(Reason::DoubledColumn {
                        sheet: sheet.to_string(),
                        header: Self::title(*field).to_string(),
                        first: address(first, row),
                        second: address(*column, row),
                    });
                }
                // A second column of facts harms nothing: it is the manager's own.
                Some(_) => {}
            }
        }
        let own = cells.iter().filter(|(column, _)| !headers.ours.contains_key(column));
        headers.own = own.map(|(column, text)| (*column, text.trim().to_string())).collect();
        Ok(headers)
    }
}

fn field_named(text: &str) -> Option<Field> {
    let plain = |text: &str| word(text).replace(' ', "");
    let wanted = plain(text);
    COLUMNS.iter().find(|column| plain(column.header) == wanted).map(|column| column.field)
}
