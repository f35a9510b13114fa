//! Which coupons and which stores came up again and again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use rust_xlsxwriter::{IgnoreError, RowNum};

use super::Page;
use super::words;
use crate::domain::{FindingCode, FindingLife, RowKey, Severity, StoreId};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, severity_words};
use crate::workbook::write::style::{BODY, CELL, Edge, Number};
use crate::workbook::write::writer::{Head, NextRow, Written};

const COUPONS_MAX: usize = 25;
const STORES_MAX: usize = 25;
const HEADS: [Head; 8] = [
    Head::new("week-head-worst", 13.0),
    Head::new("week-head-store", 15.0),
    Head::new("week-head-coupon", 26.0),
    Head::right("week-head-findings", 12.0),
    Head::new("week-head-kinds", 52.0),
    Head::right("week-head-hours", 13.0),
    Head::new("week-head-open-for", 18.0),
    Head::right("week-head-still-open", 14.0),
];
const STORE_HEADS: [Head; 5] = [
    Head::new("week-head-worst", 0.0),
    Head::new("week-head-store", 0.0),
    Head::new("week-head-coupons", 0.0),
    Head::right("week-head-findings", 0.0),
    Head::new("week-head-kinds", 0.0),
];

/// What came up on one coupon or store.
#[derive(Default)]
struct Offender<'a> {
    label: &'a str,
    worst: Option<Severity>,
    findings: usize,
    coupons: BTreeSet<&'a RowKey>,
    kinds: BTreeMap<FindingCode, usize>,
    open_for: Duration,
    still_open: usize,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let line = language.say("week-offenders-line");
    page.begin("week-sheet-offenders", &language.say("week-offenders-title"), &line, true)?;
    page.widths(&HEADS)?;
    if book.lives.is_empty() {
        return page.say(3, 0, "week-open-times-nothing", BODY);
    }
    let row = page.section(3, 0, "week-offenders-coupons")?;
    let row = coupons(page, row)? + 1;
    let row = page.section(row, 0, "week-offenders-stores")?;
    stores(page, row)
}

/// Those with the most findings, the longest open first among equals.
fn ranked<K: Ord + Copy, T>(offenders: BTreeMap<K, T>, rank: impl Fn(&T) -> (usize, Duration)) -> Vec<(K, T)> {
    let mut offenders: Vec<(K, T)> = offenders.into_iter().collect();
    offenders.sort_by_key(|(key, offender)| (Reverse(rank(offender)), *key));
    offenders
}

fn gathered<'a, K: Ord>(page: &Page<'a>, key: impl Fn(&'a FindingLife) -> Option<K>) -> BTreeMap<K, Offender<'a>> {
    let until = page.book.until();
    let mut offenders: BTreeMap<K, Offender<'a>> = BTreeMap::new();
    for life in page.book.lives {
        let Some(key) = key(life) else { continue };
        let offender = offenders.entry(key).or_default();
        offender.label = &life.label;
        offender.worst = offender.worst.max(Some(life.severity));
        offender.findings += 1;
        offender.coupons.extend(&life.key.row);
        *offender.kinds.entry(life.key.code).or_default() += 1;
        offender.open_for = offender.open_for.max(life.open_for(until));
        offender.still_open += usize::from(life.is_open());
    }
    offenders
}

fn coupons(page: &mut Page, head: RowNum) -> NextRow {
    let language = page.language;
    let all = gathered(page, |life| Some((&life.key.store, life.key.row.as_ref()?)));
    let mut all: Vec<((&StoreId, &RowKey), Offender)> = ranked(all, |offender| (offender.findings, offender.open_for));
    // Once is no repetition.
    all.retain(|(_, offender)| offender.findings > 1);
    if all.is_empty() {
        page.say(head, 0, "week-offenders-none", BODY)?;
        return Ok(head + 1);
    }
    page.head(head, 0, &HEADS)?;
    let mut row = head + 1;
    for ((store, _), offender) in all.iter().take(COUPONS_MAX) {
        worst(page, row, offender)?;
        page.text(row, 1, store.as_str(), CELL)?;
        page.text(row, 2, offender.label, CELL.wrap().number(Number::Text))?;
        page.whole(row, 3, offender.findings)?;
        page.text(row, 4, &kinds(language, offender), CELL.wrap().indent(1))?;
        page.number(row, 5, offender.open_for.num_hours() as f64, CELL.right().number(Number::Whole))?;
        page.text(row, 6, &words::span(language, offender.open_for), CELL.indent(1))?;
        page.whole(row, 7, offender.still_open)?;
        row += 1;
    }
    page.sheet.ignore_error_range(head, 2, row, 2, IgnoreError::NumberStoredAsText)?;
    if all.len() > COUPONS_MAX {
        page.text(row, 0, &say!(language, "week-offenders-more", count = all.len() - COUPONS_MAX), BODY.muted())?;
        row += 1;
    }
    Ok(row)
}

fn stores(page: &mut Page, head: RowNum) -> Written {
    let language = page.language;
    let all = gathered(page, |life| Some(&life.key.store));
    let all = ranked(all, |offender| (offender.findings, offender.open_for));
    page.head(head, 0, &STORE_HEADS)?;
    for (row, (store, offender)) in (head + 1..).zip(all.iter().take(STORES_MAX)) {
        worst(page, row, offender)?;
        page.text(row, 1, store.as_str(), CELL)?;
        page.text(row, 2, &say!(language, "count-coupons", count = offender.coupons.len()), CELL)?;
        page.whole(row, 3, offender.findings)?;
        page.text(row, 4, &kinds(language, offender), CELL.wrap().indent(1))?;
    }
    Ok(())
}

fn worst(page: &mut Page, row: RowNum, offender: &Offender) -> Written {
    let words = severity_words(page.language, offender.worst);
    page.height(row, if offender.kinds.len() > 3 { 30 } else { 20 })?;
    page.text(row, 0, &words, CELL.severity(offender.worst).edge(Edge::White))
}

/// `Low stock, Expires soon (2)`: a number where one came back.
fn kinds(language: Language, offender: &Offender) -> String {
    let kind = |(code, times): (&FindingCode, &usize)| match times {
        1 => code.name(language),
        _ => say!(language, "week-kind-times", finding = code.name(language), times = *times),
    };
    offender.kinds.iter().map(kind).collect::<Vec<_>>().join(&language.say("week-list-comma").replace('_', " "))
}
