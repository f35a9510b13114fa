//! Counts over the whole export: what Summary shows, gathered in one pass.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::layout::Layout;
use crate::domain::{Finding, FindingCode, Severity, StoreLoad};

pub struct Tally<'a> {
    /// In the config's order.
    pub stores: Vec<StoreTally<'a>>,
}

pub struct StoreTally<'a> {
    pub load: &'a StoreLoad,
    /// Its coupons and itself by their worst finding.
    pub by_worst: BTreeMap<Severity, usize>,
    pub findings: BTreeMap<FindingCode, FindingTally>,
}

#[derive(Debug, Clone, Copy)]
pub struct FindingTally {
    pub count: usize,
    pub worst: Severity,
    /// The first row with it, as counted in the layout; none where the store itself has it.
    pub first: Option<usize>,
}

impl<'a> Tally<'a> {
    pub fn of(layout: &Layout<'a>) -> Self {
        let mut stores: Vec<StoreTally<'a>> = layout.export.stores.iter().map(StoreTally::of).collect();
        let places: HashMap<_, _> = stores.iter().enumerate().map(|(at, tally)| (&tally.load.store.id, at)).collect();
        for (index, row) in layout.rows.iter().enumerate() {
            let Some(tally) = places.get(&row.coupon.store).and_then(|at| stores.get_mut(*at)) else { continue };
            for finding in &row.findings {
                tally.add(finding, Some(index));
            }
        }
        for (store, severity) in layout.export.by_worst() {
            let tally = store.and_then(|store| stores.get_mut(*places.get(store)?));
            if let Some(tally) = tally {
                *tally.by_worst.entry(severity).or_default() += 1;
            }
        }
        Self { stores }
    }

    /// The findings that occur, those with the worst severity first.
    pub fn codes(&self) -> Vec<FindingCode> {
        let seen = self.stores.iter().flat_map(|store| &store.findings).map(|(code, tally)| (*code, tally.worst));
        worst_first(seen).into_iter().map(|(code, _)| code).collect()
    }
}

/// Each finding once with the worst severity that it was seen with, the worst first.
pub fn worst_first(seen: impl Iterator<Item = (FindingCode, Severity)>) -> Vec<(FindingCode, Severity)> {
    let mut worst: BTreeMap<FindingCode, Severity> = BTreeMap::new();
    for (code, severity) in seen {
        let so_far = worst.entry(code).or_insert(severity);
        *so_far = severity.max(*so_far);
    }
    let mut codes: Vec<(FindingCode, Severity)> = worst.into_iter().collect();
    codes.sort_by_key(|(code, worst)| (Reverse(*worst), *code));
    codes
}

impl<'a> StoreTally<'a> {
    fn of(load: &'a StoreLoad) -> Self {
        let mut tally = Self { load, by_worst: BTreeMap::new(), findings: BTreeMap::new() };
        // That a store did not load is said across its whole line, not as one finding among others.
        for finding in load.findings.iter().filter(|finding| finding.code != FindingCode::StoreNotLoaded) {
            tally.add(finding, None);
        }
        tally
    }

    fn add(&mut self, finding: &Finding, first: Option<usize>) {
        let so_far = FindingTally { count: 0, worst: finding.severity, first };
        let entry = self.findings.entry(finding.code).or_insert(so_far);
        entry.count += 1;
        entry.worst = entry.worst.max(finding.severity);
    }

    pub fn failed(&self) -> bool {
        !self.load.load.is_loaded()
    }

    /// How much there is to look at: each of its coupons once, and itself.
    pub fn count(&self) -> usize {
        self.by_worst.values().sum()
    }
}
