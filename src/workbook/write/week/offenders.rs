//! Which coupons and which stores came up again and again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use rust_xlsxwriter::RowNum;

use super::{Page, span};
use crate::domain::{FindingCode, FindingLife, RowKey, Severity, StoreId};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, severity_words};
use crate::workbook::write::cell::{Cell, NextRow, Written};
use crate::workbook::write::page::whole;
use crate::workbook::write::style::{BODY, CELL, Edge, Number, RULE};
use crate::workbook::write::table::Columns;

const COUPONS_MAX: usize = 25;
const STORES_MAX: usize = 25;

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
    page.begin("week-sheet-offenders", &language.say("week-offenders-title"), &line, RULE)?;
    let columns = coupon_columns(language);
    page.widths(&columns)?;
    if book.lives.is_empty() {
        return page.say(3, 0, "week-open-times-nothing", BODY);
    }
    let row = page.section(3, 0, "week-offenders-coupons")?;
    let row = coupons(page, row, &columns)? + 1;
    let row = page.section(row, 0, "week-offenders-stores")?;
    stores(page, row)
}

/// Those with the most findings, the longest open first among equals.
fn ranked<K: Ord + Copy>(offenders: BTreeMap<K, Offender>) -> Vec<(K, Offender)> {
    let mut offenders: Vec<(K, Offender)> = offenders.into_iter().collect();
    offenders.sort_by_key(|(key, offender)| (Reverse((offender.findings, offender.open_for)), *key));
    offenders
}

fn gathered<'a, K: Ord>(page: &Page<'_, 'a>, key: impl Fn(&'a FindingLife) -> Option<K>) -> BTreeMap<K, Offender<'a>> {
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

type OfCoupon<'a> = ((&'a StoreId, &'a RowKey), Offender<'a>);

fn coupon_columns<'a>(language: Language) -> Columns<'static, OfCoupon<'a>> {
    let hours = |offender: &Offender| offender.open_for.num_hours() as f64;
    Columns::<OfCoupon>::new(language)
        .left("week-head-worst", 13.0, move |(_, it)| worst(language, it))
        .left("week-head-store", 15.0, |((store, _), _)| CELL.with(store.as_str()))
        .codes("week-head-coupon", 26.0, |(_, it)| CELL.wrap().number(Number::Text).with(it.label))
        .right("week-head-findings", 12.0, |(_, it)| whole(it.findings))
        .left("week-head-kinds", 52.0, move |(_, it)| kinds(language, it))
        .right("week-head-hours", 13.0, move |(_, it)| CELL.right().number(Number::Whole).with(hours(it)))
        .left("week-head-open-for", 18.0, move |(_, it)| CELL.indent(1).with(span(language, it.open_for)))
        .right("week-head-still-open", 14.0, |(_, it)| whole(it.still_open))
}

fn coupons<'a>(page: &mut Page<'_, 'a>, head: RowNum, columns: &Columns<OfCoupon<'a>>) -> NextRow {
    let language = page.language;
    let mut all = ranked(gathered(page, |life| Some((life.key.store.as_ref()?, life.key.row.as_ref()?))));
    // Once is no repetition.
    all.retain(|(_, offender)| offender.findings > 1);
    if all.is_empty() {
        page.say(head, 0, "week-offenders-none", BODY)?;
        return Ok(head + 1);
    }
    let more = all.len().saturating_sub(COUPONS_MAX);
    let row = page.table(head, 0, columns, all.into_iter().take(COUPONS_MAX), |(_, offender)| height(offender))?;
    if more > 0 {
        page.text(row, 0, &say!(language, "week-offenders-more", count = more), BODY.muted())?;
        return Ok(row + 1);
    }
    Ok(row)
}

fn stores(page: &mut Page, head: RowNum) -> Written {
    let language = page.language;
    let all = ranked(gathered(page, |life| life.key.store.as_ref()));
    let coupons = |offender: &Offender| say!(language, "count-coupons", count = offender.coupons.len());
    let columns = Columns::<(&StoreId, Offender)>::new(language)
        .left("week-head-worst", 0.0, |(_, it)| worst(language, it))
        .left("week-head-store", 0.0, |(store, _)| CELL.with(store.as_str()))
        .left("week-head-coupons", 0.0, |(_, it)| CELL.with(coupons(it)))
        .right("week-head-findings", 0.0, |(_, it)| whole(it.findings))
        .left("week-head-kinds", 0.0, |(_, it)| kinds(language, it));
    page.table(head, 0, &columns, all.into_iter().take(STORES_MAX), |(_, offender)| height(offender))?;
    Ok(())
}

fn height(offender: &Offender) -> f64 {
    if offender.kinds.len() > 3 { 30.0 } else { 20.0 }
}

fn worst(language: Language, offender: &Offender) -> Cell<'static> {
    CELL.severity(offender.worst).edge(Edge::White).with(severity_words(language, offender.worst))
}

/// `Low stock, Expires soon (2)`: a number where one came back.
fn kinds(language: Language, offender: &Offender) -> Cell<'static> {
    let kind = |(code, times): (&FindingCode, &usize)| match times {
        1 => code.name(language),
        _ => say!(language, "week-kind-times", finding = code.name(language), times = *times),
    };
    let comma = language.say("week-list-comma").replace('_', " ");
    CELL.wrap().indent(1).with(offender.kinds.iter().map(kind).collect::<Vec<_>>().join(&comma))
}
