//! The header row: found by its words in any of our languages, whatever their case, spaces and order.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::text::{fold, shorten, word};
use super::trouble::Reason;
use crate::domain::Message;
use crate::language::Language;
use crate::message;
use crate::workbook::CellProblem;
use crate::workbook::columns::{ADDED, COLUMNS, Field, READ, VALUES, cell_address};

/// The header row must be among these.
pub(super) const HEADER_ROWS: u32 = 20;

const FOUND_LETTERS: usize = 60;

/// The columns of one sheet.
#[derive(Debug)]
pub(super) struct Headers {
    pub sheet: String,
    /// As people count.
    pub row: u32,
    /// By column from zero, each with what it is called here.
    pub ours: BTreeMap<u32, (Field, String)>,
    /// What most of our headers are written in.
    pub language: Language,
    /// The managers' own columns, with their header as it stands.
    pub own: BTreeMap<u32, String>,
}

impl Headers {
    pub fn column(&self, wanted: Field) -> Option<u32> {
        self.ours.iter().find(|(_, (field, _))| *field == wanted).map(|(column, _)| *column)
    }

    /// The text of a header as it stands in this sheet.
    pub fn title(&self, wanted: Field) -> String {
        let title = self.ours.values().find(|(field, _)| *field == wanted).map(|(_, title)| title.clone());
        title.unwrap_or_else(|| wanted.column().name(self.language))
    }

    /// What is wrong with a cell, or was read otherwise than it stands.
    pub fn problem(&self, row: u32, field: Field, found: &str, wanted: Message) -> CellProblem {
        CellProblem {
            sheet: self.sheet.clone(),
            row,
            column: self.column(field),
            field,
            header: self.title(field),
            found: shorten(found, FOUND_LETTERS),
            wanted,
        }
    }

    /// Reads a row as headers; none where it is no header row of coupons.
    pub fn of(sheet: &str, row: u32, cells: &[(u32, String)]) -> Result<Option<Self>, Reason> {
        let mut named: Vec<(u32, Field, &str)> =
            cells.iter().filter_map(|(column, text)| Some((*column, field_named(text)?, text.as_str()))).collect();
        if !named.iter().any(|(_, field, _)| ADDED.first() == Some(field)) {
            named.retain(|(_, field, _)| !ADDED.contains(field));
        }
        let has = |field: Field| named.iter().any(|(_, found, _)| *found == field);
        let edits = VALUES.into_iter().filter(|field| has(*field)).count();
        let is_header = has(Field::Action) && has(Field::RowKey);
        let is_nearly = (has(Field::Action) || has(Field::RowKey)) && edits >= 2;
        if !is_header && !is_nearly {
            return Ok(None);
        }
        let language = language_of(&named);
        // Without one of these a decision could be read wrongly: a value under a renamed header would silently be none.
        if let Some(missing) = READ.into_iter().find(|field| !has(*field)) {
            let header = missing.column().name(language);
            return Err(message!("read-missing-column", sheet = sheet, header = header, row = row.to_string()).into());
        }
        let mut headers = Self { sheet: sheet.to_string(), row, ours: BTreeMap::new(), language, own: BTreeMap::new() };
        for (column, field, title) in named {
            match headers.column(field) {
                None => {
                    headers.ours.insert(column, (field, fold(title)));
                }
                Some(first) if READ.contains(&field) => {
                    let [first, second] = [first, column].map(|column| cell_address(column, row));
                    let header = headers.title(field);
                    let doubled =
                        message!("read-doubled-column", sheet = sheet, header = header, first = first, second = second);
                    return Err(doubled.into());
                }
                // A second column of facts harms nothing: it is the manager's own.
                Some(_) => {}
            }
        }
        let own = cells.iter().filter(|(column, _)| !headers.ours.contains_key(column));
        headers.own = own.map(|(column, text)| (*column, text.trim().to_string())).collect();
        Ok(Some(headers))
    }
}

/// Every header in every language, plain; those of earlier versions too.
static SPELLINGS: LazyLock<HashMap<String, (Field, Language)>> = LazyLock::new(|| {
    let mut spellings = HashMap::new();
    for language in Language::all() {
        for column in &COLUMNS {
            for name in column.spellings(language) {
                spellings.entry(plain(&name)).or_insert((column.field, language));
            }
        }
    }
    spellings
});

fn field_named(text: &str) -> Option<Field> {
    SPELLINGS.get(&plain(text)).map(|(field, _)| *field)
}

/// Whether `text` is the header of `field` in any language.
pub(super) fn is_named(text: &str, field: Field) -> bool {
    field_named(text) == Some(field)
}

fn language_of(named: &[(u32, Field, &str)]) -> Language {
    let languages: Vec<Language> = named.iter().filter_map(|(.., text)| Some(SPELLINGS.get(&plain(text))?.1)).collect();
    let count = |wanted: &Language| languages.iter().filter(|language| *language == wanted).count();
    let mut most = Language::default();
    for language in Language::all() {
        most = if count(&language) > count(&most) { language } else { most };
    }
    most
}

fn plain(text: &str) -> String {
    word(text).replace(' ', "")
}
