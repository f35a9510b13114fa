//! What customer service answers about the coupons that are in trouble: click, copy, paste.

use super::Page;
use super::cell::{Written, lines_in};
use super::page::HEAD_ROW;
use super::style::{BODY, CELL, Number, RULE, TO_COPY};
use super::table::Columns;
use crate::domain::{Finding, Reply};
use crate::language::Language;
use crate::say;
use crate::workbook::words::Named;

const REPLY_WIDTH: f64 = 80.0;
/// Two lines with room around them; a longer reply gets its lines.
const ROW_POINTS: u16 = 36;
const LINE_POINTS: u16 = 14;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, replies) = (page.book, page.language, page.book.replies);
    let line = format!("replies-line-{}", <&str>::from(book.export.slot));
    page.begin("sheet-replies", &language.say("sheet-replies"), &language.say(&line), RULE)?;
    let why = |reply: &Reply| language.render_within(&reply.why, Finding::WHY_COLUMNS);
    // Nothing but the reply, and as it is: it is copied into a chat.
    let copied = CELL.wrap().fill(TO_COPY).number(Number::Text);
    let columns = Columns::<&Reply>::new(language)
        .left("replies-head-situation", 18.0, |it| CELL.wrap().bold().with(it.situation.name(language)))
        .left("replies-head-store", 14.0, |it| CELL.wrap().with(it.store.as_str()))
        .left("replies-head-coupon", 26.0, |it| CELL.wrap().number(Number::Text).with(it.label.as_str()))
        .left("replies-head-language", 14.0, |it| CELL.muted().with(language_name(language, &it.language)))
        .left("replies-head-reply", REPLY_WIDTH, |it| copied.with(it.text.as_str()))
        .left("replies-head-why", 50.0, |it| CELL.wrap().muted().indent(1).with(why(it)));
    let height = |reply: &&Reply| f64::from(ROW_POINTS.max(LINE_POINTS * lines_in(&reply.text, REPLY_WIDTH) + 8));
    let next = page.main_table(&columns, 0, &replies.rows, height)?;
    if replies.rows.is_empty() {
        return page.say(HEAD_ROW + 1, 0, "replies-none", CELL);
    }
    if replies.more == 0 {
        return Ok(());
    }
    let words = say!(language, "replies-more", shown = replies.rows.len(), more = replies.more);
    page.text(next + 1, 0, &words, BODY.bold())
}

/// The language's name; of one that has none here, its tag.
fn language_name(language: Language, tag: &str) -> String {
    let id = format!("replies-language-{}", tag.to_lowercase());
    let name = language.say(&id);
    if name == id { tag.to_string() } else { name }
}
