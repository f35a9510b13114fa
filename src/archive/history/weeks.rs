//! Weeks in counts: what an export of each had on average and at most.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use polars::prelude::*;
use rust_decimal::Decimal;

use super::History;
use crate::archive::scan::{FILE, answer, having, scan, spelled};
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{
    Counted, Currency, FindingCode, IsoWeek, MoneyAtRisk, Severity, StoreId, StoreWeeks, WeekCounts, WeekTrend,
};

/// What is counted; nothing given means everything.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub stores: Option<BTreeSet<StoreId>>,
    pub finding: Option<FindingCode>,
}

/// How many findings of one code and severity one export has.
pub(super) struct Found {
    pub(super) export: usize,
    pub(super) code: FindingCode,
    pub(super) severity: Severity,
    pub(super) count: u64,
}

/// What the coupons of one export and currency come to. No currency: nothing bounds them, or nothing is known.
pub(super) struct Coupons {
    pub(super) export: usize,
    pub(super) currency: Option<Currency>,
    pub(super) count: u64,
    pub(super) money: MoneyAtRisk,
    pub(super) no_limit: u64,
}

/// Where in `exports` those of one week stand.
fn places_in(exports: &[&KnownExport], week: IsoWeek) -> BTreeSet<usize> {
    let own = exports.iter().enumerate().filter(|(_, export)| export.week() == week);
    own.map(|(place, _)| place).collect()
}

impl History {
    /// Counts of each of `weeks` that has an export, in their order.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn weeks(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<Vec<WeekCounts>, ArchiveError> {
        let exports = self.whole(|export| weeks.contains(&export.week()));
        let found = self.found(&exports, asked)?;
        let coupons = self.coupons(&exports, asked)?;
        let of_failed = |loads: LazyFrame| of_stores(loads.filter(col("loaded").not()), asked.stores.as_ref());
        let failed: Vec<(StoreId, usize)> =
            self.rows(&exports, ("stores.parquet", "store loaded"), of_failed, |cell, place| {
                Some((cell.word("store")?, place))
            })?;
        let mut counted = Vec::new();
        for week in weeks {
            let places = places_in(&exports, *week);
            let Some(last) = places.last().copied() else { continue };
            let mut counts = WeekCounts::of(*week, places.len());
            counts.add_found(found.iter().filter(|found| places.contains(&found.export)));
            counts.add_coupons(coupons.iter().filter(|coupons| places.contains(&coupons.export)), last);
            for (store, _) in failed.iter().filter(|(_, place)| places.contains(place)) {
                *counts.not_loaded.entry(store.clone()).or_default() += 1;
            }
            counted.push(counts);
        }
        Ok(counted)
    }

    /// How many findings an export of each of `weeks` had on average; weeks without an export are left out.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn trend(&self, weeks: &[IsoWeek]) -> Result<Vec<WeekTrend>, ArchiveError> {
        let exports = self.whole(|export| weeks.contains(&export.week()));
        let found = self.found(&exports, &Asked::default())?;
        let of_week = |week: &IsoWeek| {
            let places = places_in(&exports, *week);
            let exports = places.len() as u64;
            let average = |severity| {
                let own = found.iter().filter(|it| it.severity == severity && places.contains(&it.export));
                (own.map(|found| found.count).sum::<u64>() + exports / 2).checked_div(exports)
            };
            Some(WeekTrend {
                week: *week,
                exports,
                critical: average(Severity::Critical)?,
                warning: average(Severity::Warning)?,
                notice: average(Severity::Notice)?,
            })
        };
        Ok(weeks.iter().filter_map(of_week).collect())
    }

    /// Each store in each of `weeks`.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn stores_by_week(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<StoreWeeks, ArchiveError> {
        let exports = self.whole(|export| weeks.contains(&export.week()));
        let mut stores = StoreWeeks::new();
        if exports.is_empty() {
            return Ok(stores);
        }
        let (tables, _) = self.files(&exports, "stores.parquet")?;
        let query = scan(&tables, "store loaded").and_then(|loads| {
            let loads = with_weeks(of_stores(loads, asked.stores.as_ref())?, &tables, &exports)?;
            let counts = [len().alias("exports"), col("loaded").sum()];
            Ok(loads.group_by([col("week"), col("store")]).agg(counts))
        });
        let loads = answer(query, self.archive.root())?.rows(|cell| {
            let store: StoreId = cell.word("store")?;
            Some((store, cell.word("week")?, cell.count("exports")?, cell.count("loaded")?))
        });
        for (store, week, exports, loaded) in loads {
            let counts = stores.entry(store).or_default().entry(week).or_default();
            (counts.exports, counts.loaded) = (exports, loaded);
        }
        self.add_findings(&mut stores, &exports, asked)?;
        Ok(stores)
    }

    fn add_findings(
        &self,
        stores: &mut StoreWeeks,
        exports: &[&KnownExport],
        asked: &Asked,
    ) -> Result<(), ArchiveError> {
        let (tables, _) = self.files(exports, "findings.parquet")?;
        let query = scan(&tables, "store finding severity").and_then(|findings| {
            let wanted = match asked.finding {
                Some(code) => col("finding").eq(lit(code.code())),
                None => lit(true),
            };
            let not_loaded = col("finding").eq(lit(FindingCode::StoreNotLoaded.code()));
            let findings = findings.filter(wanted.and(not_loaded.not()));
            let findings = with_weeks(of_stores(findings, asked.stores.as_ref())?, &tables, exports)?;
            let keys = [col("week"), col("store"), col("severity")];
            Ok(findings.group_by(keys).agg([len().alias("count")]))
        });
        let found = answer(query, self.archive.root())?.rows(|cell| {
            let (store, week): (StoreId, IsoWeek) = (cell.word("store")?, cell.word("week")?);
            Some((store, week, cell.word("severity")?, cell.count("count")?))
        });
        for (store, week, severity, count) in found {
            *stores.entry(store).or_default().entry(week).or_default().findings.entry(severity).or_default() += count;
        }
        Ok(())
    }

    pub(super) fn found(&self, exports: &[&KnownExport], asked: &Asked) -> Result<Vec<Found>, ArchiveError> {
        let query = |findings: LazyFrame| {
            let findings = match asked.finding {
                Some(code) => findings.filter(col("finding").eq(lit(code.code()))),
                None => findings,
            };
            let keys = [col(FILE), col("finding"), col("severity")];
            Ok(of_stores(findings, asked.stores.as_ref())?.group_by(keys).agg([len().alias("count")]))
        };
        self.rows(exports, ("findings.parquet", "store finding severity"), query, |cell, export| {
            let (code, severity, count) = (cell.word("finding")?, cell.word("severity")?, cell.count("count")?);
            Some(Found { export, code, severity, count })
        })
    }

    pub(super) fn coupons(&self, exports: &[&KnownExport], asked: &Asked) -> Result<Vec<Coupons>, ArchiveError> {
        let query = |coupons: LazyFrame| {
            let with_finding = when(col("severity").is_not_null()).then(col("money_at_risk")).otherwise(lit(NULL));
            let counts = [
                len().alias("count"),
                col("money_at_risk").sum().alias("all"),
                with_finding.sum().alias("with_findings"),
                col("risk_kind").eq(lit("no_limit")).sum().alias("no_limit"),
            ];
            let keys = [col(FILE), col("money_at_risk_currency").alias("currency")];
            Ok(of_stores(coupons, asked.stores.as_ref())?.group_by(keys).agg(counts))
        };
        let table = ("coupons.parquet", "store severity risk_kind money_at_risk money_at_risk_currency");
        self.rows(exports, table, query, |cell, export| {
            Some(Coupons {
                export,
                currency: cell.text("currency").and_then(|code| Currency::of_letters(code).ok()),
                count: cell.count("count")?,
                money: MoneyAtRisk {
                    all: cell.decimal("all").unwrap_or_default(),
                    with_findings: cell.decimal("with_findings").unwrap_or_default(),
                },
                no_limit: cell.count("no_limit").unwrap_or_default(),
            })
        })
    }
}

/// With the week of each row's file.
fn with_weeks(rows: LazyFrame, tables: &[PathBuf], exports: &[&KnownExport]) -> PolarsResult<LazyFrame> {
    let tables = tables.iter().map(|table| spelled(table)).collect::<PolarsResult<Vec<String>>>()?;
    let weeks: Vec<String> = exports.iter().map(|export| export.week().to_string()).collect();
    let columns = vec![Column::new(FILE.into(), tables), Column::new("week".into(), weeks)];
    let weeks = DataFrame::new(exports.len(), columns)?.lazy();
    Ok(rows.join(weeks, [col(FILE)], [col(FILE)], JoinArgs::new(JoinType::Inner)))
}

/// Only the rows of these stores.
fn of_stores(rows: LazyFrame, stores: Option<&BTreeSet<StoreId>>) -> PolarsResult<LazyFrame> {
    match stores {
        Some(stores) => having(rows, "store", stores.iter().map(StoreId::as_str)),
        None => Ok(rows),
    }
}

impl WeekCounts {
    pub(super) fn of(week: IsoWeek, exports: usize) -> Self {
        Self {
            week,
            exports: exports as u64,
            coupons: Counted::default(),
            severities: BTreeMap::new(),
            findings: BTreeMap::new(),
            worst: BTreeMap::new(),
            not_loaded: BTreeMap::new(),
            money_at_risk: BTreeMap::new(),
            no_limit: 0,
            missed_sign_offs: None,
        }
    }

    pub(super) fn add_found<'a>(&mut self, found: impl Iterator<Item = &'a Found>) {
        let mut severities: BTreeMap<Severity, BTreeMap<usize, u64>> = BTreeMap::new();
        let mut codes: BTreeMap<FindingCode, BTreeMap<usize, u64>> = BTreeMap::new();
        for found in found {
            *severities.entry(found.severity).or_default().entry(found.export).or_default() += found.count;
            *codes.entry(found.code).or_default().entry(found.export).or_default() += found.count;
            let worst = self.worst.entry(found.code).or_insert(found.severity);
            *worst = found.severity.max(*worst);
        }
        let exports = self.exports;
        self.severities = severities.into_iter().map(|(key, counts)| (key, counted(&counts, exports))).collect();
        self.findings = codes.into_iter().map(|(key, counts)| (key, counted(&counts, exports))).collect();
    }

    fn add_coupons<'a>(&mut self, coupons: impl Iterator<Item = &'a Coupons>, last: usize) {
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        for coupons in coupons {
            *counts.entry(coupons.export).or_default() += coupons.count;
            if coupons.export != last {
                continue;
            }
            self.no_limit += coupons.no_limit;
            if let Some(currency) = coupons.currency {
                let sum = self.money_at_risk.entry(currency).or_default();
                sum.all = sum.all.checked_add(coupons.money.all).unwrap_or(Decimal::MAX);
                sum.with_findings = sum.with_findings.checked_add(coupons.money.with_findings).unwrap_or(Decimal::MAX);
            }
        }
        self.coupons = counted(&counts, self.exports);
    }
}

/// `counts` by export; exports that have none are not among them.
fn counted(counts: &BTreeMap<usize, u64>, exports: u64) -> Counted {
    let sum: u64 = counts.values().sum();
    Counted {
        average: if exports == 0 { 0.0 } else { sum as f64 / exports as f64 },
        most: counts.values().copied().max().unwrap_or_default(),
    }
}
