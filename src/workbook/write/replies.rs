//! What customer service answers about the coupons that are in trouble: click, copy, paste.

use rust_xlsxwriter::{RowNum, Worksheet};

use super::pen::{Pen, Written, lines_in};
use super::style::{BODY, CELL, Fill, HEAD, Look, Looks, Number};
use super::{Tab, set_page};
use crate::domain::{Reply, Situation, Slot};
use crate::language::Language;
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::tied;

/// Message of the header, width in characters.
const HEADS: [(&str, f64); 6] = [
    ("replies-head-situation", 18.0),
    ("replies-head-store", 14.0),
    ("replies-head-coupon", 26.0),
    ("replies-head-language", 14.0),
    ("replies-head-reply", REPLY_WIDTH),
    ("replies-head-why", 50.0),
];
const HEAD_ROW: RowNum = 3;
const REPLY_WIDTH: f64 = 80.0;
/// Two lines with room around them; a longer reply gets its lines.
const ROW_POINTS: u16 = 36;
const LINE_POINTS: u16 = 14;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, book: &Book) -> Written {
    let language = book.language;
    sheet.set_name(language.say("sheet-replies"))?.set_landscape();
    set_page(sheet, book, Tab::Read);
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let mut pen = Pen { sheet, looks };
    let line = match book.export.slot {
        Slot::Am => "replies-line-morning",
        Slot::Pm => "replies-line-afternoon",
    };
    pen.heading(0, &language.say("sheet-replies"), &language.say(line))?;
    header(&mut pen, language)?;
    let replies = book.replies;
    if replies.rows.is_empty() {
        return pen.text(HEAD_ROW + 1, 0, &language.say("replies-none"), Look { wrap: false, ..CELL });
    }
    for (row, reply) in (HEAD_ROW + 1..).zip(&replies.rows) {
        write_reply(&mut pen, row, reply, language)?;
    }
    if replies.more == 0 {
        return Ok(());
    }
    let words = say!(language, "replies-more", shown = replies.rows.len(), more = replies.more);
    pen.text(HEAD_ROW + 2 + replies.rows.len() as RowNum, 0, &words, Look { wrap: false, ..BODY.bold() })
}

fn header(pen: &mut Pen, language: Language) -> Written {
    for (column, (words, width)) in (0..).zip(HEADS) {
        pen.sheet.set_column_width(column, width)?;
        pen.text(HEAD_ROW, column, &language.say(words), HEAD)?;
    }
    pen.sheet.set_row_height(HEAD_ROW, 20)?;
    Ok(())
}

fn write_reply(pen: &mut Pen, row: RowNum, reply: &Reply, language: Language) -> Written {
    pen.sheet.set_row_height(row, ROW_POINTS.max(LINE_POINTS * lines_in(&reply.text, REPLY_WIDTH) + 8))?;
    pen.text(row, 0, &language.say(situation_words(reply.situation)), CELL.wrap().bold())?;
    pen.text(row, 1, reply.store.as_str(), CELL.wrap())?;
    pen.text(row, 2, &reply.label, CELL.wrap().number(Number::Text))?;
    pen.text(row, 3, &tongue_words(language, &reply.tongue), CELL.muted())?;
    // Nothing but the reply, and as it is: it is copied into a chat.
    pen.text(row, 4, &reply.text, CELL.wrap().fill(Fill::ToCopy).number(Number::Text))?;
    pen.text(row, 5, &tied(&reply.why), CELL.wrap().muted().indent(1))
}

fn situation_words(situation: Situation) -> &'static str {
    match situation {
        Situation::CannotClaim => "replies-cannot-claim",
        Situation::NotWorking => "replies-not-working",
        Situation::Expired => "replies-expired",
    }
}

/// The language's name; of one that has none here, its tag.
fn tongue_words(language: Language, tag: &str) -> String {
    match tag {
        "en" => language.say("replies-english"),
        "zh" => language.say("replies-chinese"),
        "zh-TW" => language.say("replies-chinese-traditional"),
        "ms" => language.say("replies-malay"),
        "id" => language.say("replies-indonesian"),
        "th" => language.say("replies-thai"),
        "vi" => language.say("replies-vietnamese"),
        "fil" => language.say("replies-filipino"),
        other => other.to_string(),
    }
}
