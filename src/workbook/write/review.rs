//! A plan for the eyes of whoever approves it: one page of what will happen, in which stores, what it can cost and what cannot be
//! undone; and every row. What is approved is the plan file itself; of this page only the approver's one-time code is read back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum};

use super::cell::{Cell, NextRow, Written};
use super::page::{Pages, whole};
use super::style::{BODY, CELL, HEAD, INK, Number, RULE, YOURS_CELL};
use super::table::Columns;
use super::{WriteError, page};
use crate::domain::{Change, Currency, Exposure, Message, Money, OutcomeKind, Severity, StoreId, Timestamp};
use crate::language::{Language, instant_words};
use crate::say;
use crate::workbook::read::{CODE_LABEL, FINGERPRINT_LABEL, PLAN_LABEL};
use crate::workbook::words::{Named, severity_mark};

/// Everything that the page shows.
pub struct ReviewBook<'a> {
    pub language: Language,
    /// The team's own.
    pub zone: Tz,
    pub made_at: Timestamp,
    /// Who made the plan.
    pub by: &'a str,
    /// The file of the plan, and that of the workbook that it was made from.
    pub plan: &'a str,
    pub workbook: &'a str,
    /// SHA-256 of the plan's file, in hexadecimal digits.
    pub plan_sha256: &'a str,
    /// Why a second person has to look at it; empty where nobody has to.
    pub why: &'a [Message],
    /// Who was sent a code for it.
    pub code_went_to: &'a [String],
    /// In the order of the workbook's rows.
    pub rows: Vec<ReviewRow<'a>>,
}

/// One decision and what becomes of it.
pub struct ReviewRow<'a> {
    pub store: &'a StoreId,
    pub label: &'a str,
    pub kind: ReviewKind<'a>,
}

pub enum ReviewKind<'a> {
    Change(&'a Change),
    /// Nothing is sent: what it came to, and why.
    Left(OutcomeKind, Message),
}

type Page<'a, 'b> = page::Page<'a, ReviewBook<'b>>;

const NAMES: ColNum = 1;
const LAST: ColNum = 6;
const LINE_POINTS: f64 = 18.0;

/// Writes the workbook's bytes; the same book gives the same bytes.
///
/// # Errors
/// Where the bytes cannot be written.
pub fn write_review(book: &ReviewBook, to: impl Write + Send) -> Result<(), WriteError> {
    let language = book.language;
    let footer = say!(language, "review-footer", plan = book.plan.replace('&', "&&"));
    let mut pages = Pages::new(book, language, &language.say("review-title"), book.made_at, footer)?;
    pages.add(summary)?;
    pages.add(rows)?;
    pages.save(to)
}

/// What one store comes to.
#[derive(Default)]
struct StoreSum {
    operations: BTreeMap<&'static str, usize>,
    changes: usize,
    for_good: usize,
    money: BTreeMap<Currency, Money>,
    without_limit: usize,
}

fn summary(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin("review-sheet", &language.say("review-title"), &line(book), INK)?;
    page.sheet.set_active(true);
    page.width(0, 1.5)?;
    for (column, width) in (NAMES..=LAST).zip([18.0, 10.0, 44.0, 26.0, 18.0, 14.0]) {
        page.width(column, width)?;
    }
    let mut blocks = vec![3];
    let mut row = page.section(3, NAMES, "review-second-person")?;
    if book.why.is_empty() {
        page.say(row, NAMES, "review-nobody-needed", BODY)?;
        row += 1;
    }
    for why in book.why {
        let words = format!("{} {}", severity_mark(Some(Severity::Warning)), language.render_in_cell(why));
        page.height(row, LINE_POINTS)?;
        page.across(row, (NAMES, LAST), CELL.words_of(Severity::Warning).with(words))?;
        row += 1;
    }
    row += 1;
    blocks.push(row);
    row = by_store(page, row)? + 1;
    blocks.push(row);
    row = for_good(page, row)? + 1;
    blocks.push(row);
    answer(page, row)?;
    page.print_in_blocks(LAST, &blocks)
}

/// How it is approved, and the one cell for that. Its words are what the reader looks for.
fn answer(page: &mut Page, row: RowNum) -> Written {
    let (book, language) = (page.book, page.language);
    let mut row = page.section(row, NAMES, "review-answer")?;
    for (label, value) in [(PLAN_LABEL, book.plan), (FINGERPRINT_LABEL, book.plan_sha256)] {
        page.text(row, NAMES, &language.say(label), BODY)?;
        page.across(row, (NAMES + 1, NAMES + 2), CELL.muted().number(Number::Text).with(value))?;
        row += 1;
    }
    let words = if book.code_went_to.is_empty() {
        say!(language, "review-how-to-sign", plan = book.plan)
    } else {
        page.height(row, LINE_POINTS)?;
        page.text(row, NAMES, &language.say(CODE_LABEL), BODY.bold())?;
        page.across(row, (NAMES + 1, NAMES + 2), YOURS_CELL.number(Number::Text).with(""))?;
        row += 1;
        let people = book.code_went_to.join(&language.say("comma"));
        say!(language, "review-how-to-type", people = people, plan = book.plan)
    };
    page.sentence(row, (NAMES, LAST), BODY.with(words))
}

/// `Made by Mei, Sun 22 Nov 12:00, from 2026-11-22-am.xlsx · 41 changes in 3 stores · 2 rows are left out`
fn line(book: &ReviewBook) -> String {
    let language = book.language;
    let stores: BTreeSet<&StoreId> = changes(book).map(|change| &change.store).collect();
    let left = book.rows.iter().filter(|row| matches!(row.kind, ReviewKind::Left(..))).count();
    say!(
        language,
        "review-line",
        by = book.by,
        at = instant_words(language, book.made_at, book.zone, book.made_at),
        workbook = book.workbook,
        changes = changes(book).count(),
        stores = say!(language, "count-stores", count = stores.len()),
        left = left,
    )
}

fn changes<'b>(book: &'b ReviewBook) -> impl Iterator<Item = &'b Change> {
    book.rows.iter().filter_map(|row| if let ReviewKind::Change(change) = row.kind { Some(change) } else { None })
}

fn by_store(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let mut stores: BTreeMap<&StoreId, StoreSum> = BTreeMap::new();
    for change in changes(book) {
        let sum = stores.entry(&change.store).or_default();
        sum.changes += 1;
        sum.for_good += usize::from(change.cannot_undo.is_some());
        for operation in change.operations() {
            *sum.operations.entry(operation.into()).or_default() += 1;
        }
        match change.exposure {
            Some(Exposure::Known(money)) => {
                let total = sum.money.entry(money.currency).or_insert_with(|| Money::zero(money.currency));
                total.amount = total.amount.checked_add(money.amount).unwrap_or(Decimal::MAX);
            }
            Some(Exposure::NoLimit | Exposure::NotKnown) => sum.without_limit += 1,
            None => {}
        }
    }
    let next = page.section(row, NAMES, "review-by-store")?;
    if stores.is_empty() {
        page.say(next, NAMES, "review-no-change", BODY)?;
        return Ok(next + 1);
    }
    let operations = |sum: &StoreSum| {
        let of = |(name, count): (&&'static str, &usize)| {
            let what = language.say(&format!("results-becomes-{name}"));
            say!(language, "review-count", count = *count, what = what)
        };
        sum.operations.iter().map(of).collect::<Vec<_>>().join(&language.say("comma"))
    };
    let cost = |sum: &StoreSum| {
        let mut parts: Vec<String> =
            sum.money.values().filter(|money| !money.is_zero()).map(ToString::to_string).collect();
        if sum.without_limit > 0 {
            parts.push(say!(language, "review-no-limit", count = sum.without_limit));
        }
        if parts.is_empty() { language.say("review-nothing-more") } else { parts.join("\n") }
    };
    let columns = Columns::<(&StoreId, StoreSum)>::new(language)
        .left("review-head-store", 0.0, |(store, _)| CELL.bold().with(store.as_str()))
        .right("review-head-changes", 0.0, |(_, sum)| whole(sum.changes))
        .left("review-head-what", 0.0, |(_, sum)| CELL.wrap().with(operations(sum)))
        .left("review-head-cost", 0.0, |(_, sum)| CELL.wrap().with(cost(sum)))
        .right("review-head-for-good", 0.0, |(_, sum)| whole(sum.for_good));
    page.table(next, NAMES, &columns, stores, |_| LINE_POINTS)
}

/// What nobody can take back, before it is sent.
fn for_good(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let next = page.section(row, NAMES, "review-for-good")?;
    let lines: Vec<&Change> = changes(book).filter(|change| change.cannot_undo.is_some()).collect();
    if lines.is_empty() {
        page.say(next, NAMES, "review-all-can-be-undone", BODY)?;
        return Ok(next + 1);
    }
    let why = |change: &Change| change.cannot_undo.as_ref().map(|why| language.render_in_cell(why));
    let columns = Columns::<&Change>::new(language)
        .left("review-head-store", 0.0, |it| CELL.wrap().with(it.store.as_str()))
        .over(2, HEAD, "review-head-coupon", |it| CELL.number(Number::Text).wrap().with(it.label.as_str()))
        .left("review-head-becomes", 0.0, |it| CELL.wrap().with(language.render_in_cell(&it.operations_message())))
        .over(2, HEAD, "review-head-why", |it| CELL.wrap().with(why(it)));
    page.table(next, NAMES, &columns, lines, |_| LINE_POINTS)
}

fn rows(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin("review-sheet-rows", &language.say("review-rows"), &line(book), RULE)?;
    let words = |message: &Message| language.render_in_cell(message);
    let becomes = |it: &&ReviewRow| match &it.kind {
        ReviewKind::Change(change) => CELL.bold().wrap().with(words(&change.operations_message())),
        ReviewKind::Left(kind, _) => CELL.muted().wrap().with(kind.name(language)),
    };
    let before = |it: &&ReviewRow| match &it.kind {
        ReviewKind::Change(change) => CELL.wrap().with(words(&change.before)),
        ReviewKind::Left(..) => CELL.empty(),
    };
    let after = |it: &&ReviewRow| match &it.kind {
        ReviewKind::Change(change) => CELL.wrap().with(words(&change.after)),
        ReviewKind::Left(_, why) => CELL.wrap().with(words(why)),
    };
    let for_good = |it: &&ReviewRow| -> Cell<'static> {
        match &it.kind {
            ReviewKind::Change(Change { cannot_undo: Some(why), .. }) => {
                CELL.wrap().words_of(Severity::Warning).with(words(why))
            }
            ReviewKind::Change(_) | ReviewKind::Left(..) => CELL.empty(),
        }
    };
    let columns = Columns::<&ReviewRow>::new(language)
        .left("review-head-store", 16.0, |it| CELL.wrap().with(it.store.as_str()))
        .codes("review-head-coupon", 28.0, |it| CELL.number(Number::Text).wrap().with(it.label))
        .left("review-head-becomes", 24.0, move |it| becomes(it))
        .left("review-head-before", 34.0, move |it| before(it))
        .left("review-head-after", 48.0, move |it| after(it))
        .left("review-head-why", 34.0, move |it| for_good(it));
    page.filtered_table(&columns, 2, &book.rows, |_| 30.0, "review-no-change")
}
