//! What stands in the columns of coupons, findings and stores. Words are those of our JSON, never translated.

use std::collections::HashMap;
use std::path::Path;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::ArchiveError;
use super::parquet::{Table, write};
use crate::domain::{
    Advice, Currency, Export, ExportId, Exposure, Finding, Load, Minimum, Money, Row, Store, StoreId, StoreLoad,
};
use crate::language::Language;

/// A coupon's row with its store.
struct CouponLine<'a> {
    row: &'a Row,
    store: Option<&'a Store>,
}

pub(super) fn write_coupons(export: &Export, path: &Path) -> Result<(), ArchiveError> {
    let stores: HashMap<&StoreId, &Store> = export.stores.iter().map(|load| (&load.store.id, &load.store)).collect();
    let line = |row| CouponLine { row, store: stores.get(&row.coupon.store).copied() };
    let lines: Vec<CouponLine> = export.rows.iter().map(line).collect();
    // The domain's types always have a JSON form; were there none, loading would refuse the blank.
    let record = |line: &CouponLine| serde_json::to_string(line.row).ok();
    write(path, &lines, &facts_of("export", export.id.as_str()), |table| {
        judgement(rules(identity(of_export(table, export)))).text("record", record)
    })
}

/// What every row says of its export, so that any engine can tell whole exports and rounds of results apart.
fn of_export<'a, R>(table: Table<'a, R>, export: &Export) -> Table<'a, R> {
    table
        .instant("exported_at", |_| Some(export.at))
        .fixed_text("slot", Some(export.slot.word()))
        .fixed_text("results_of", export.follows.as_ref().map(ExportId::as_str))
}

fn identity<'a, 'e>(table: Table<'a, CouponLine<'e>>) -> Table<'a, CouponLine<'e>> {
    table
        .text("row_key", |line| Some(line.row.key.as_str()))
        .text("store", |line| Some(line.row.coupon.store.as_str()))
        .text("platform", |line| line.store.map(|store| store.platform.word()))
        .text("shop", |line| line.store.map(|store| store.shop.as_str()))
        .text("time_zone", |line| line.store.map(|store| store.zone.name()))
        .text("coupon_id", |line| Some(line.row.coupon.id.as_str()))
        .text("code", |line| line.row.coupon.code.as_deref())
        .text("name", |line| Some(&line.row.coupon.name))
        .text("status", |line| word(&line.row.coupon.status))
        .text("raw_status", |line| Some(&line.row.coupon.raw_status))
        .text("kind", |line| Some(&line.row.coupon.kind))
        .text("owner", |line| word(&line.row.coupon.owner))
        .text("page", |line| line.row.coupon.page.as_deref())
}

fn rules<'a, 'e>(table: Table<'a, CouponLine<'e>>) -> Table<'a, CouponLine<'e>> {
    table
        .text("discount", |line| Some(line.row.coupon.discount.to_string()))
        .text("discount_kind", |line| Some(<&str>::from(&line.row.coupon.discount)))
        .decimal("discount_amount", |line| amount(line.row.coupon.discount.parts().0))
        .decimal("discount_percent", |line| line.row.coupon.discount.parts().1.map(|percent| percent.0))
        .decimal("discount_cap", |line| amount(line.row.coupon.discount.parts().2))
        .text("discount_currency", |line| currency(line.row.coupon.discount.worst_case()))
        .text("minimum_kind", |line| Some(<&str>::from(line.row.coupon.minimum)))
        .decimal("min_spend", |line| line.row.coupon.minimum.spend())
        .text("min_spend_currency", |line| match &line.row.coupon.minimum {
            Minimum::Spend(money) => currency(Some(*money)),
            Minimum::None | Minimum::Quantity(_) | Minimum::NotKnown => None,
        })
        .count("min_quantity", |line| match line.row.coupon.minimum {
            Minimum::Quantity(items) => Some(items),
            Minimum::None | Minimum::Spend(_) | Minimum::NotKnown => None,
        })
        .instant("starts", |line| line.row.coupon.usable.starts())
        .instant("ends", |line| line.row.coupon.usable.ends())
        .instant("claim_starts", |line| line.row.coupon.claimable.and_then(|period| period.starts()))
        .instant("claim_ends", |line| line.row.coupon.claimable.and_then(|period| period.ends()))
        .count("total", |line| line.row.coupon.total)
        .count("used", |line| line.row.coupon.used)
        .count("claimed", |line| line.row.coupon.claimed)
        .count("remaining", |line| line.row.coupon.remaining())
        .count("per_buyer", |line| line.row.coupon.per_buyer)
        // What its source leaves open: of the columns above a blank means so.
        .text("untold", |line| words(&line.row.coupon.untold.iter().collect::<Vec<_>>()))
}

fn judgement<'a, 'e>(table: Table<'a, CouponLine<'e>>) -> Table<'a, CouponLine<'e>> {
    table
        .text("campaign", |line| line.row.campaign.as_deref())
        .text("severity", |line| line.row.severity().and_then(|severity| word(&severity)))
        .text("finding_codes", |line| Some(finding_codes(&line.row.findings)))
        .text("suggestion", |line| Some(line.row.suggestion.advices().map(<&str>::from).collect::<Vec<_>>().join(",")))
        .text("suggestion_way", |line| word(&line.row.suggestion.way))
        .instant("suggested_end", |line| line.row.suggestion.renew_until)
        .count("suggested_stock", |line| line.row.suggestion.restock_by)
        .decimal("suggested_min_spend", |line| line.row.suggestion.advices().find_map(Advice::min_spend))
        .text("risk_kind", |line| Some(<&str>::from(&line.row.money_at_risk)))
        .decimal("money_at_risk", |line| amount(exposure_money(&line.row.money_at_risk)))
        .text("money_at_risk_currency", |line| currency(exposure_money(&line.row.money_at_risk)))
}

pub(super) fn write_findings(export: &Export, path: &Path) -> Result<(), ArchiveError> {
    let of_plan = export.findings.iter().map(|finding| (None, None, finding));
    let of_stores = export.findings().map(|(store, row, finding)| (Some(store), row, finding));
    let lines: Vec<(Option<&StoreId>, Option<&Row>, &Finding)> = of_plan.chain(of_stores).collect();
    write(path, &lines, &facts_of("export", export.id.as_str()), |table| {
        of_export(table, export)
            // None: on the campaign plan.
            .text("store", |(store, ..)| store.map(StoreId::as_str))
            .text("row_key", |(_, row, _)| row.map(|row| row.key.as_str()))
            .text("coupon_id", |(_, row, _)| row.map(|row| row.coupon.id.as_str()))
            .text("coupon_code", |(_, row, _)| row.and_then(|row| row.coupon.code.as_deref()))
            .text("coupon_name", |(_, row, _)| row.map(|row| row.coupon.name.as_str()))
            .text("finding", |(.., finding)| Some(finding.code.code()))
            .text("severity", |(.., finding)| word(&finding.severity))
            .message(["why", "why_message"], |(.., finding)| Some(&finding.why))
    })
}

pub(super) fn write_stores(export: &Export, path: &Path) -> Result<(), ArchiveError> {
    write(path, &export.stores, &facts_of("export", export.id.as_str()), |table| {
        of_export(table, export)
            .text("store", |load| Some(load.store.id.as_str()))
            .text("platform", |load| Some(load.store.platform.word()))
            .text("shop", |load| Some(load.store.shop.as_str()))
            .text("currency", |load| Some(load.store.currency.code()))
            .text("time_zone", |load| Some(load.store.zone.name()))
            .text("access", |load| word(&load.store.access))
            .text("owner", |load| load.store.owner.as_deref())
            .yes_or_no("loaded", |load| load.load.is_loaded())
            .count("coupons", |load| coupons(load).map(|(count, _)| count))
            .count("expected", |load| coupons(load).and_then(|(_, expected)| expected))
            .text("unreadable", unreadable)
            .text("problem", |load| load.load.problem().map(|problem| Language::ENGLISH.render(&problem.sentence)))
            .text("platform_words", |load| load.load.problem().and_then(|problem| problem.platform_words.as_deref()))
            .text("request_id", |load| load.load.problem().and_then(|problem| problem.request_id.as_deref()))
            .text("finding_codes", |load| Some(finding_codes(&load.findings)))
            .count("calls", |load| Some(load.calls))
            .count("retries", |load| Some(load.retries))
            .seconds("seconds", |load| load.seconds)
            .instant("token_ends", |load| load.token_ends)
            // The file that the store was read from, where it has no API; whether such a file holds a part of its coupons only.
            .text("source_file", |load| load.source.as_ref().map(|source| source.file.as_str()))
            .instant("source_as_of", |load| load.source.as_ref().map(|source| source.as_of))
            .yes_or_no("source_is_part", |load| load.source.as_ref().is_some_and(|source| !source.has_everything))
            .text("record", |load| serde_json::to_string(load).ok())
    })
}

/// What a file tells of itself when it is found alone.
pub(super) fn facts_of(what: &'static str, id: &str) -> [(&'static str, String); 3] {
    [
        (what, id.to_string()),
        ("schema_version", super::SCHEMA_VERSION.to_string()),
        ("written_by", concat!("couponbook ", env!("CARGO_PKG_VERSION")).to_string()),
    ]
}

/// The word that stands for a plain value in our JSON: `in_review`, `woocommerce`.
pub(super) fn word(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}

/// Several in one cell, as [`Cells::words`](super::scan::Cells::words) reads them; none of an empty list.
pub(super) fn words(values: &[impl Serialize]) -> Option<String> {
    let words: Vec<String> = values.iter().filter_map(word).collect();
    (!words.is_empty()).then(|| words.join(","))
}

pub(super) fn amount(money: Option<Money>) -> Option<Decimal> {
    money.map(|money| money.amount)
}

pub(super) fn currency(money: Option<Money>) -> Option<String> {
    money.map(|money| Currency::code(&money.currency).to_string())
}

fn finding_codes(findings: &[Finding]) -> String {
    findings.iter().map(|finding| finding.code.code()).collect::<Vec<_>>().join(" ")
}

pub(super) fn exposure_money(exposure: &Exposure) -> Option<Money> {
    match exposure {
        Exposure::Known(money) => Some(*money),
        Exposure::NoLimit | Exposure::NotKnown => None,
    }
}

fn coupons(load: &StoreLoad) -> Option<(u64, Option<u64>)> {
    match load.load {
        Load::Loaded { count, expected, .. } => Some((count, expected)),
        Load::Failed(_) => None,
    }
}

fn unreadable(load: &StoreLoad) -> Option<String> {
    let Load::Loaded { unreadable, .. } = &load.load else { return None };
    let lines: Vec<String> = unreadable.iter().map(|message| Language::ENGLISH.render(message)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
