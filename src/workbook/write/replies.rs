//! What customer service answers about the coupons that are in trouble: click, copy, paste.

use rust_xlsxwriter::RowNum;

use super::style::{BODY, CELL, CellStyle, Fill, Number};
use super::writer::{CellWriter, Head, Written, lines_in};
use super::{Tab, begin};
use crate::domain::{Finding, Reply};
use crate::language::Language;
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::Named;

const HEADS: [Head; 6] = [
    Head::new("replies-head-situation", 18.0),
    Head::new("replies-head-store", 14.0),
    Head::new("replies-head-coupon", 26.0),
    Head::new("replies-head-language", 14.0),
    Head::new("replies-head-reply", REPLY_WIDTH),
    Head::new("replies-head-why", 50.0),
];
const HEAD_ROW: RowNum = 3;
const REPLY_WIDTH: f64 = 80.0;
/// Two lines with room around them; a longer reply gets its lines.
const ROW_POINTS: u16 = 36;
const LINE_POINTS: u16 = 14;

pub(super) fn write(writer: &mut CellWriter, book: &Book) -> Written {
    let language = book.language;
    begin(writer, book, "sheet-replies", Tab::Read)?;
    let line = format!("replies-line-{}", <&str>::from(book.export.slot));
    writer.heading(0, &language.say("sheet-replies"), &language.say(&line))?;
    writer.table(HEAD_ROW, &HEADS, 0)?;
    let replies = book.replies;
    if replies.rows.is_empty() {
        return writer.say(HEAD_ROW + 1, 0, "replies-none", CellStyle { wrap: false, ..CELL });
    }
    for (row, reply) in (HEAD_ROW + 1..).zip(&replies.rows) {
        write_reply(writer, row, reply, language)?;
    }
    if replies.more == 0 {
        return Ok(());
    }
    let words = say!(language, "replies-more", shown = replies.rows.len(), more = replies.more);
    writer.text(HEAD_ROW + 2 + replies.rows.len() as RowNum, 0, &words, CellStyle { wrap: false, ..BODY.bold() })
}

fn write_reply(writer: &mut CellWriter, row: RowNum, reply: &Reply, language: Language) -> Written {
    writer.height(row, ROW_POINTS.max(LINE_POINTS * lines_in(&reply.text, REPLY_WIDTH) + 8))?;
    writer.text(row, 0, &reply.situation.name(language), CELL.wrap().bold())?;
    writer.text(row, 1, reply.store.as_str(), CELL.wrap())?;
    writer.text(row, 2, &reply.label, CELL.wrap().number(Number::Text))?;
    writer.text(row, 3, &language_name(language, &reply.language), CELL.muted())?;
    // Nothing but the reply, and as it is: it is copied into a chat.
    writer.text(row, 4, &reply.text, CELL.wrap().fill(Fill::ToCopy).number(Number::Text))?;
    writer.text(row, 5, &language.render_within(&reply.why, Finding::WHY_COLUMNS), CELL.wrap().muted().indent(1))
}

/// The language's name; of one that has none here, its tag.
fn language_name(language: Language, tag: &str) -> String {
    let id = format!("replies-language-{}", tag.to_lowercase());
    let name = language.say(&id);
    if name == id { tag.to_string() } else { name }
}
