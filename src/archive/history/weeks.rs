//! Weeks in counts: what stood in each on average and at most.

use std::collections::BTreeMap;

use super::standing::{Coupons, Found, Worst};
use super::{Asked, History};
use crate::archive::ArchiveError;
use crate::domain::{Counted, FindingCode, IsoWeek, Severity, WeekCounts, WeekTrend};

impl History {
    /// Counts of each of `weeks` that has an export, in their order.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn weeks(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<Vec<WeekCounts>, ArchiveError> {
        let states = self.states(weeks, asked)?;
        let found = self.found(&states, asked)?;
        let worst = self.worst(&states, asked)?;
        let coupons = self.coupons(&states)?;
        let mut counted = Vec::new();
        for week in weeks {
            let (moments, number) = states.of_week(*week);
            let Some(last) = moments.last().copied() else { continue };
            let mut counts = WeekCounts::of(*week, number);
            counts.add_found(found.iter().filter(|found| moments.contains(&found.moment)));
            counts.add_worst(worst.iter().filter(|worst| moments.contains(&worst.moment)));
            counts.add_coupons(coupons.iter().filter(|coupons| moments.contains(&coupons.moment)), last);
            let of_week = states.exports.iter().zip(&states.looks).filter(|(export, _)| export.week() == *week);
            for store in
                of_week.flat_map(|(_, looks)| looks).filter(|look| !look.loaded).filter_map(|look| look.store.as_ref())
            {
                if asked.stores.as_ref().is_none_or(|stores| stores.contains(store)) {
                    *counts.not_loaded.entry(store.clone()).or_default() += 1;
                }
            }
            counted.push(counts);
        }
        Ok(counted)
    }

    /// How much there was to look at in each of `weeks` on average; weeks without an export are left out.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn trend(&self, weeks: &[IsoWeek]) -> Result<Vec<WeekTrend>, ArchiveError> {
        let asked = Asked::default();
        let states = self.states(weeks, &asked)?;
        let worst = self.worst(&states, &asked)?;
        let of_week = |week: &IsoWeek| {
            let (moments, exports) = states.of_week(*week);
            if moments.is_empty() {
                return None;
            }
            let average = |severity| {
                let own = worst.iter().filter(|it| it.severity == severity && moments.contains(&it.moment));
                own.map(|worst| worst.share).sum::<f64>().round() as u64
            };
            Some(WeekTrend {
                week: *week,
                exports: exports as u64,
                critical: average(Severity::Critical),
                warning: average(Severity::Warning),
                notice: average(Severity::Notice),
            })
        };
        Ok(weeks.iter().filter_map(of_week).collect())
    }
}

impl WeekCounts {
    pub(super) fn of(week: IsoWeek, exports: usize) -> Self {
        Self {
            week,
            exports: exports as u64,
            coupons: Counted::default(),
            coupons_live: Counted::default(),
            severities: BTreeMap::new(),
            findings: BTreeMap::new(),
            worst: BTreeMap::new(),
            not_loaded: BTreeMap::new(),
            money_at_risk: BTreeMap::new(),
            no_limit: 0,
            not_known: 0,
            missed_sign_offs: None,
        }
    }

    pub(super) fn add_found<'a>(&mut self, found: impl Iterator<Item = &'a Found>) {
        let mut codes: BTreeMap<FindingCode, Sums> = BTreeMap::new();
        for found in found {
            codes.entry(found.code).or_default().add(found.moment, found.count, found.share);
            let worst = self.worst.entry(found.code).or_insert(found.severity);
            *worst = found.severity.max(*worst);
        }
        self.findings = codes.into_iter().map(|(key, sums)| (key, sums.counted())).collect();
    }

    pub(super) fn add_worst<'a>(&mut self, worst: impl Iterator<Item = &'a Worst>) {
        let mut severities: BTreeMap<Severity, Sums> = BTreeMap::new();
        for worst in worst {
            severities.entry(worst.severity).or_default().add(worst.moment, worst.count, worst.share);
        }
        self.severities = severities.into_iter().map(|(key, sums)| (key, sums.counted())).collect();
    }

    pub(super) fn add_coupons<'a>(&mut self, coupons: impl Iterator<Item = &'a Coupons>, last: usize) {
        let (mut sums, mut live) = (Sums::default(), Sums::default());
        for coupons in coupons {
            sums.add(coupons.moment, coupons.count, coupons.share);
            live.add(coupons.moment, coupons.live, coupons.live_share);
            if coupons.moment != last {
                continue;
            }
            self.no_limit += coupons.money.no_limit;
            self.not_known += coupons.money.not_known;
            if let Some(currency) = coupons.currency {
                self.money_at_risk.entry(currency).or_default().add(&coupons.money);
            }
        }
        (self.coupons, self.coupons_live) = (sums.counted(), live.counted());
    }
}

/// Counts at moments, and the shares of their average.
#[derive(Default)]
struct Sums {
    by_moment: BTreeMap<usize, u64>,
    average: f64,
}

impl Sums {
    fn add(&mut self, moment: usize, count: u64, share: f64) {
        *self.by_moment.entry(moment).or_default() += count;
        self.average += share;
    }

    fn counted(&self) -> Counted {
        // What is nothing but the rounding of shares is left out.
        const STEPS: f64 = 1e9;
        let average = (self.average * STEPS).round() / STEPS;
        Counted { average, most: self.by_moment.values().copied().max().unwrap_or_default() }
    }
}
