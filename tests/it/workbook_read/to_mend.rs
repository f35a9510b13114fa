//! The copy of a workbook with its bad cells marked: each note says what is wrong with this very cell, in the workbook's language.

use std::collections::BTreeMap;

use couponbook::domain::{ActionWord, Export, RowKey};
use couponbook::language::Language;
use couponbook::workbook::columns::{Column, ColumnUse, Field, columns_of};
use couponbook::workbook::{BadRow, Book, Carried};
use rust_xlsxwriter::{Format, Workbook};

use super::{Fixture, HEADER_ROW, column_of, fixture, write_to};
use crate::chinese;
use crate::workbook_write::opened::Opened;

/// The headers of `language`, and rows of the export with what stands in their Action and Note.
fn handed_back(language: Language, export: &Export, rows: &[(&str, &str)]) -> Workbook {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(language.say("sheet-coupons")).unwrap();
    let columns: Vec<&Column> = couponbook::workbook::columns::COLUMNS.iter().collect();
    for (index, column) in columns.iter().enumerate() {
        sheet.write(HEADER_ROW, index as u16, column.name(language)).unwrap();
    }
    for (place, (action, note)) in (HEADER_ROW + 1..).zip(rows) {
        let key = &export.rows[(place - HEADER_ROW - 1) as usize].key;
        sheet.write(place, column_of(Field::RowKey), key.as_str()).unwrap();
        for (field, text) in [(Field::Action, action), (Field::Note, note)] {
            sheet.write(place, column_of(field), *text).unwrap();
        }
    }
    workbook
}

/// The notes of the copy's cells, with what they name.
fn notes(export: &Export, language: Language, bad_rows: &BTreeMap<RowKey, BadRow>) -> String {
    let carried = Carried { bad_rows: Some(bad_rows), ..Carried::default() };
    let fixture = Fixture::new();
    let book = Book { language, carried, ..fixture::book(export, &[]) };
    write_to(&book, std::fs::File::create(fixture.path()).unwrap()).unwrap();
    Opened::of(std::fs::read(fixture.path()).unwrap()).xml("xl/comments1.xml")
}

#[test]
fn a_chinese_note_says_what_is_wrong_with_this_cell_and_not_what_its_column_takes() {
    let export = fixture::export();
    let mut workbook =
        handed_back(chinese(), &export, &[("延期", "问过仓库"), ("延期", ""), ("renew", ""), ("删除", "")]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    let [action, note] = [Field::Action, Field::Note].map(column_of);
    sheet.merge_range(HEADER_ROW + 1, note, HEADER_ROW + 2, note, "问过仓库", &Format::new()).unwrap();
    sheet.merge_range(HEADER_ROW + 3, action, HEADER_ROW + 4, action, "renew", &Format::new()).unwrap();
    let back = Fixture::new().read(workbook);
    assert_eq!(back.language, chinese());
    let notes = notes(&export, back.language, &back.bad_rows);
    assert!(notes.contains("M4:M5 是合并单元格；请取消合并，并在每一行分别填写。"), "{notes}");
    assert!(notes.contains("I6:I7 是合并单元格；请取消合并，并在每一行分别填写。"), "{notes}");
    assert!(!notes.contains("请写明为什么可以保持现状"), "the note is there, only merged: {notes}");
    assert!(!notes.contains("请填写以下之一"), "renew is an action: {notes}");
}

#[test]
fn an_english_note_is_the_readers_sentence_with_a_capital_and_a_full_stop() {
    let export = fixture::export();
    let back = Fixture::new().read(handed_back(Language::ENGLISH, &export, &[("keep", ""), ("renw", "")]));
    let notes = notes(&export, back.language, &back.bad_rows);
    assert!(notes.contains("Keep needs a note: write why the finding is accepted."), "{notes}");
    assert!(notes.contains("Write one of accept, renew,"), "{notes}");
}

#[test]
fn two_rows_that_decide_otherwise_name_each_other_in_chinese() {
    let export = fixture::export();
    let mut workbook = handed_back(chinese(), &export, &[("延期", ""), ("删除", "")]);
    let key = export.rows[0].key.as_str();
    workbook.worksheet_from_index(0).unwrap().write(HEADER_ROW + 2, column_of(Field::RowKey), key).unwrap();
    let back = Fixture::new().read(workbook);
    let notes = notes(&export, back.language, &back.bad_rows);
    assert!(notes.contains("“优惠券”第 5 行对同一张券填了不同的操作，请只保留其中一行。"), "{notes}");
}

#[test]
fn what_an_action_needs_is_asked_for_in_every_language() {
    for action in ActionWord::ALL {
        let needs_something =
            columns_of(*action).iter().any(|(_, how)| matches!(how, ColumnUse::Required | ColumnUse::OneOf));
        for language in Language::all() {
            let has = language.ids().contains(&format!("read-needed-by-{action}"));
            assert_eq!(has, needs_something, "{language}: read-needed-by-{action}");
        }
    }
}
