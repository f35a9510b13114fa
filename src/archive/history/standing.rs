//! What stands at each moment, in counts: findings, coupons by their worst one, and what they come to.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::path::Path;

use super::states::{Stand, StandKind, States};
use super::{Asked, History};
use crate::archive::ArchiveError;
use crate::archive::scan::{Cells, Which, of_each};
use crate::domain::{
    Currency, Exposure, FindingCode, IsoWeek, MoneyAtRisk, Severity, Status, StoreId, StoreWeek, StoreWeeks,
};

/// How many findings of one code and severity stand at one moment.
pub(super) struct Found {
    pub(super) moment: usize,
    pub(super) code: FindingCode,
    pub(super) severity: Severity,
    pub(super) count: u64,
    /// The share of the average of its week.
    pub(super) share: f64,
}

/// How many coupons, stores and lines of the campaign plan have this as their worst finding at one moment.
pub(super) struct Worst {
    pub(super) moment: usize,
    pub(super) severity: Severity,
    pub(super) count: u64,
    /// The share of the average of its week.
    pub(super) share: f64,
}

/// What the coupons of one currency come to at one moment.
pub(super) struct Coupons {
    pub(super) moment: usize,
    /// None where a store does not say in what it sells.
    pub(super) currency: Option<Currency>,
    pub(super) count: u64,
    pub(super) share: f64,
    pub(super) live: u64,
    pub(super) live_share: f64,
    pub(super) money: MoneyAtRisk,
}

/// What is found on a store itself at one moment, or on a line of the campaign plan (which has no store).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OnItself {
    moment: usize,
    store: Option<StoreId>,
    line: Option<String>,
    /// None of one that this version does not know.
    code: Option<FindingCode>,
    severity: Severity,
}

/// How many of a kind stand at one moment of one store.
struct Standing<'s> {
    moment: usize,
    store: Option<&'s StoreId>,
    code: Option<FindingCode>,
    severity: Severity,
    count: Standings,
}

#[derive(Clone, Copy, Default)]
struct Standings {
    count: u64,
    /// Of the average of its week.
    weight: f64,
    /// Whether the store was loaded in the moment's own slot.
    is_fresh: bool,
}

impl History {
    /// The findings that stand at each moment.
    pub(super) fn found(&self, states: &States, asked: &Asked) -> Result<Vec<Found>, ArchiveError> {
        let mut found: BTreeMap<(usize, FindingCode, Severity), (u64, f64)> = BTreeMap::new();
        self.standing_findings(states, asked, &mut |standing| {
            if let Some(code) = standing.code {
                standing.count.add_to(found.entry((standing.moment, code, standing.severity)).or_default());
            }
        })?;
        let found = found.into_iter();
        Ok(found
            .map(|((moment, code, severity), (count, share))| Found { moment, code, severity, count, share })
            .collect())
    }

    /// What is seen at each moment by its worst finding: each coupon once, each store, each line of the campaign plan.
    pub(super) fn worst(&self, states: &States, asked: &Asked) -> Result<Vec<Worst>, ArchiveError> {
        let mut worst: BTreeMap<(usize, Severity), (u64, f64)> = BTreeMap::new();
        self.standing_by_worst(states, asked, |_| true, &mut |standing| {
            standing.count.add_to(worst.entry((standing.moment, standing.severity)).or_default());
        })?;
        let worst = worst.into_iter();
        Ok(worst.map(|((moment, severity), (count, share))| Worst { moment, severity, count, share }).collect())
    }

    /// As [`Export::count`](crate::domain::Export::count) has it; where one finding is asked for, what has it by its severity. Of what
    /// stands that for which `which` holds.
    fn standing_by_worst(
        &self,
        states: &States,
        asked: &Asked,
        which: impl Fn(&Standings) -> bool,
        take: &mut dyn FnMut(Standing),
    ) -> Result<(), ArchiveError> {
        let mut take = |standing: Standing| {
            if which(&standing.count) {
                take(standing)
            }
        };
        if asked.finding.is_some() {
            return self.standing_findings(states, asked, &mut take);
        }
        // A coupon's worst is written beside it.
        let severity = |cells: &Cells| cells.text("severity").map(|_| severity_of(cells));
        let table = ("coupons.parquet", "store severity");
        self.count(states, table, severity, |stand, severity, count| take(stand.standing(None, *severity, count)))?;
        // A list that did not come whole is never less than critical.
        let is_of_load = |code: Option<FindingCode>| code.is_some_and(|code| FindingCode::OF_LOAD.contains(&code));
        let itself = self.standing_on_stores(states, asked)?;
        // A store is one, whatever was found on it; a line of the plan has one finding.
        let lines = |one: &OnItself, other: &OnItself| {
            (one.moment, &one.store, &one.line) == (other.moment, &other.store, &other.line)
        };
        let itself: Vec<(&OnItself, &Standings)> = itself.iter().filter(|(_, count)| which(count)).collect();
        for of_one in itself.chunk_by(|(one, _), (other, _)| lines(one, other)) {
            let Some((OnItself { moment, store, .. }, _)) = of_one.first() else { continue };
            let ranks = of_one.iter().map(|(on, _)| if is_of_load(on.code) { Severity::Critical } else { on.severity });
            let mut count = of_one.iter().fold(Standings::default(), |most, (_, count)| most.max(**count));
            if store.is_some() {
                count.count = 1;
            }
            let severity = ranks.max().unwrap_or(Severity::Notice);
            take(Standing { moment: *moment, store: store.as_ref(), code: None, severity, count });
        }
        Ok(())
    }

    fn standing_findings(
        &self,
        states: &States,
        asked: &Asked,
        take: &mut dyn FnMut(Standing),
    ) -> Result<(), ArchiveError> {
        let finding = |cells: &Cells| {
            cells.text("row_key").filter(|_| asked.has(cells))?;
            Some((cells.word("finding"), severity_of(cells)))
        };
        let table = ("findings.parquet", "store row_key finding severity");
        self.count(states, table, finding, |stand, (code, severity), count| {
            take(stand.standing(*code, *severity, count));
        })?;
        for (OnItself { moment, store, code, severity, .. }, count) in &self.standing_on_stores(states, asked)? {
            let (code, severity, count) = (*code, *severity, *count);
            take(Standing { moment: *moment, store: store.as_ref(), code, severity, count });
        }
        Ok(())
    }

    /// What is found on stores themselves and on the lines of the campaign plan (which have no store), each once: the last load and the
    /// last failure of a store may both tell it.
    fn standing_on_stores(
        &self,
        states: &States,
        asked: &Asked,
    ) -> Result<BTreeMap<OnItself, Standings>, ArchiveError> {
        type Found = (Option<StoreId>, Option<String>, Option<FindingCode>, Severity);
        let mut standing: BTreeMap<OnItself, Standings> = BTreeMap::new();
        if states.stands.is_empty() {
            return Ok(standing);
        }
        let is_of_itself = |cells: &Cells| cells.text("row_key").is_none() && asked.has(cells);
        let which = Which::Where("row_key finding", &is_of_itself);
        let tables = self.fetched(&states.exports, "findings.parquet")?;
        let of_table = |_, table: &Path| {
            let mut found: BTreeMap<Found, u64> = BTreeMap::new();
            which.each(table, "store finding severity why", |cells| {
                let store: Option<StoreId> = cells.word("store");
                let line = if store.is_none() { cells.owned("why") } else { None };
                *found.entry((store, line, cells.word("finding"), severity_of(cells))).or_default() += 1;
                Ok(())
            })?;
            Ok(found)
        };
        of_each(&tables, of_table, |place, found| {
            for ((store, line, code, severity), count) in found {
                for stand in states.of_store(place, store.as_ref()) {
                    let (moment, store, line) = (stand.moment, store.clone(), line.clone());
                    let most = standing.entry(OnItself { moment, store, line, code, severity }).or_default();
                    let own = Standings { count, weight: stand.own_weight, is_fresh: stand.is == StandKind::Fresh };
                    *most = most.max(own);
                }
            }
        })?;
        Ok(standing)
    }

    /// [`History::fold`] that only counts.
    fn count<K: Ord + Hash + Send>(
        &self,
        states: &States,
        table: (&str, &str),
        key: impl Fn(&Cells) -> Option<K> + Sync,
        mut take: impl FnMut(&Stand, &K, u64),
    ) -> Result<(), ArchiveError> {
        let one_more = |count: &mut u64, _: &Cells| *count += 1;
        self.fold(states, table, key, one_more, |stand, key, count| take(stand, key, *count))
    }

    /// Adds up the rows of the coupons of one table of each export, by store and `key` (none of a row that does not count), and hands
    /// the sums to `take` once for each moment at which they stand.
    fn fold<K: Ord + Hash + Send, S: Default + Send>(
        &self,
        states: &States,
        (table, columns): (&str, &str),
        key: impl Fn(&Cells) -> Option<K> + Sync,
        add: impl Fn(&mut S, &Cells) + Sync,
        mut take: impl FnMut(&Stand, &K, &S),
    ) -> Result<(), ArchiveError> {
        if states.stands.is_empty() {
            return Ok(());
        }
        let of_table = |place, table: &Path| {
            let stores: HashMap<&str, usize> = states.stores_at(place).collect();
            let mut sums: HashMap<(usize, K), S> = HashMap::new();
            Which::All.each(table, columns, |cells| {
                if let Some(first) = cells.text("store").and_then(|store| stores.get(store))
                    && let Some(key) = key(cells)
                {
                    add(sums.entry((*first, key)).or_default(), cells);
                }
                Ok(())
            })?;
            // What is averaged is added up in one order, or the last digit would hang on it.
            let mut sums: Vec<((usize, K), S)> = sums.into_iter().collect();
            sums.sort_by(|(one, _), (other, _)| one.cmp(other));
            Ok(sums)
        };
        of_each(&self.fetched(&states.exports, table)?, of_table, |place, sums| {
            for ((first, key), sum) in &sums {
                let store = states.stands.get(*first).and_then(|stand| stand.store.as_ref());
                // What is found on a store itself may come of an export that could not load it; its coupons do not.
                let stands = states.of_store(place, store).iter().filter(|stand| stand.is != StandKind::Failed);
                stands.for_each(|stand| take(stand, key, sum));
            }
        })
    }

    /// What the coupons come to at each moment.
    pub(super) fn coupons(&self, states: &States) -> Result<Vec<Coupons>, ArchiveError> {
        #[derive(Default)]
        struct Sums {
            count: u64,
            live: u64,
            money: MoneyAtRisk,
        }
        let currency =
            |cells: &Cells| Some(cells.text("money_at_risk_currency").and_then(|code| Currency::of_letters(code).ok()));
        let add = |sums: &mut Sums, cells: &Cells| {
            let status = cells.word("status").unwrap_or(Status::Unknown);
            sums.count += 1;
            // As `Coupon::is_live` has it.
            sums.live += u64::from(status == Status::Active && cells.count("remaining") != Some(0));
            let exposure = cells.exposure(["risk_kind", "money_at_risk", "money_at_risk_currency"]);
            if let Some(exposure) = exposure.unwrap_or(Exposure::NotKnown).at_risk(status) {
                sums.money.count(exposure, cells.text("severity").is_some());
            }
        };
        let columns = "store status remaining severity risk_kind money_at_risk money_at_risk_currency";
        let mut coupons: BTreeMap<(usize, Option<Currency>), Coupons> = BTreeMap::new();
        self.fold(states, ("coupons.parquet", columns), currency, add, |stand, currency, sums| {
            // What is no sum is told beside those of the store's own currency.
            let (moment, currency) = (stand.moment, currency.or(stand.currency));
            let money = MoneyAtRisk::default();
            let (count, share, live, live_share) = (0, 0.0, 0, 0.0);
            let none = Coupons { moment, currency, count, share, live, live_share, money };
            let all = coupons.entry((moment, currency)).or_insert(none);
            all.count += sums.count;
            all.share += sums.count as f64 * stand.weight;
            all.live += sums.live;
            all.live_share += sums.live as f64 * stand.weight;
            all.money.add(&sums.money);
        })?;
        Ok(coupons.into_values().collect())
    }

    /// Each store in each of `weeks`.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn stores_by_week(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<StoreWeeks, ArchiveError> {
        let exports = self.whole(|export| weeks.contains(&export.week()));
        let looks = self.looks(&exports)?;
        let mut stores = StoreWeeks::new();
        for (export, looks) in exports.iter().zip(&looks) {
            for (store, look) in looks.iter().filter_map(|look| Some((look.store.as_ref()?, look))) {
                if asked.stores.as_ref().is_none_or(|stores| stores.contains(store)) {
                    let week = stores.entry(store.clone()).or_default().entry(export.week()).or_default();
                    week.exports += 1;
                    week.loaded += u64::from(look.loaded);
                }
            }
        }
        let states = States::of(exports, looks, weeks, asked);
        if states.stands.is_empty() {
            return Ok(stores);
        }
        let mut found: BTreeMap<(usize, StoreId, Severity), u64> = BTreeMap::new();
        self.standing_by_worst(&states, asked, |count| count.is_fresh, &mut |standing| {
            if let Some(store) = standing.store {
                *found.entry((standing.moment, store.clone(), standing.severity)).or_default() += standing.count.count;
            }
        })?;
        let mut of_week = |moment: usize, store: &StoreId, add: &mut dyn FnMut(&mut StoreWeek)| {
            let week = states.moments.get(moment).map(|moment| moment.export.week());
            let found = week.and_then(|week| stores.get_mut(store)?.get_mut(&week));
            found.into_iter().for_each(add);
        };
        for stand in states.stands.iter().filter(|stand| stand.is == StandKind::Fresh) {
            if let Some(store) = &stand.store {
                of_week(stand.moment, store, &mut |week| week.looks += 1);
            }
        }
        for ((moment, store, severity), count) in found {
            of_week(moment, &store, &mut |week| *week.severities.entry(severity).or_default() += count);
        }
        Ok(stores)
    }
}

impl Asked {
    fn has(&self, finding: &Cells) -> bool {
        self.finding.is_none_or(|code| finding.text("finding") == Some(code.code()))
    }
}

impl Stand {
    /// Of so many of its coupons.
    fn standing(&self, code: Option<FindingCode>, severity: Severity, count: u64) -> Standing<'_> {
        let count = Standings { count, weight: self.weight, is_fresh: self.is == StandKind::Fresh };
        Standing { moment: self.moment, store: self.store.as_ref(), code, severity, count }
    }
}

impl Standings {
    fn add_to(&self, (count, share): &mut (u64, f64)) {
        *count += self.count;
        *share += self.count as f64 * self.weight;
    }

    fn max(self, other: Self) -> Self {
        Self {
            count: self.count.max(other.count),
            weight: self.weight.max(other.weight),
            is_fresh: self.is_fresh || other.is_fresh,
        }
    }
}

/// One that this version does not know is the mildest.
fn severity_of(cells: &Cells) -> Severity {
    cells.word("severity").unwrap_or(Severity::Notice)
}
