//! What earlier exports saw of each store: what the next one is compared with.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::PoisonError;

use chrono::{Duration, NaiveDate};

use super::history::History;
use super::{Archive, ArchiveError, Flaw, KnownExport, read_head};
use crate::domain::{
    Coupon, CouponFacts, Export, FirstSeen, HOLDS_DAYS, IsoWeek, Load, Look, RowKey, Seen, Since, Slot, StoreId,
    Timestamp, WeekTrend,
};

/// So many exports are looked through for a store that only some of them asked.
const LOADS_MAX: usize = 20;
/// So far back the beginning of a finding is looked for: the weeks of the trend, whose tables are at hand.
const FIRST_SEEN_WEEKS: u64 = 7;

/// What is known of each store before an export: what its last load saw.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// The oldest first; each with the stores that it tells of.
    pub looks: Vec<Look>,
    /// Of each store, the export that loaded it last.
    pub since: BTreeMap<StoreId, Since>,
    /// Of each coupon with a finding.
    pub facts: HashMap<RowKey, CouponFacts>,
}

impl Earlier {
    /// As one export alone has it.
    pub fn of(export: &Export) -> Self {
        let since = Since { at: export.at, day: export.day, slot: export.slot };
        let loaded = export.stores.iter().filter(|load| load.load.is_loaded());
        let label = |coupon: &Coupon| coupon.code.clone().unwrap_or_else(|| coupon.id.to_string());
        let with_findings = export.rows.iter().filter(|row| !row.findings.is_empty());
        Self {
            looks: vec![Look { is_sample: true, ..export.look(0, label) }],
            since: loaded.map(|load| (load.store.id.clone(), since)).collect(),
            facts: with_findings.map(|row| (row.key.clone(), CouponFacts::of(&row.coupon))).collect(),
        }
    }
}

impl Archive {
    /// The exports from the day `from` on of which these tables are what was sealed; a suggestion rests on what they saw.
    pub(super) fn proved_since(&self, from: NaiveDate, tables: &[&str]) -> Result<History, ArchiveError> {
        let history = History::open_proved(self, Some(from), |file, _| tables.contains(&file))?;
        let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        for flaw in history.flaws() {
            if left_out.iter().all(|known| known.path != flaw.path) {
                left_out.push(flaw);
            }
        }
        drop(left_out);
        Ok(history)
    }

    /// What the comparisons with earlier exports did without so far, since it is not what was sealed.
    pub fn left_out(&self) -> Vec<Flaw> {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the exports before `now` saw of each store: its last load of the last days, whatever stores others were of. Not those
    /// that only hold the results of a run. None where there is no such export.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn earlier(&self, now: Timestamp) -> Result<Option<Earlier>, ArchiveError> {
        let holds = Duration::days(HOLDS_DAYS);
        let tables = &["stores.parquet", "findings.parquet", "coupons.parquet"];
        let history = self.proved_since(self.local_day(now - holds), tables)?;
        let exports = history.whole(|export| now - export.at <= holds);
        if exports.is_empty() {
            return Ok(None);
        }
        let looks = history.seen(&exports, |_| true)?;
        let mut earlier = Earlier::default();
        for look in &looks {
            let Some(export) = exports.iter().find(|export| export.at == look.at) else { continue };
            let slot = export.slot().unwrap_or(Slot::Am);
            let since = Since { at: export.at, day: export.day, slot };
            let loaded = look.stores.iter().filter(|(_, seen)| **seen != Seen::Nothing);
            earlier.since.extend(loaded.filter_map(|(store, _)| Some((store.clone()?, since))));
        }
        let telling: Vec<&KnownExport> =
            exports.into_iter().filter(|export| looks.iter().any(|look| look.at == export.at)).collect();
        earlier.facts = history.facts_with_findings(&telling)?;
        Ok(Some(Earlier { looks, ..earlier }))
    }

    /// Since when each row of `export` has had its worst finding, as far as the last [`FIRST_SEEN_WEEKS`] tell; see
    /// [`History::first_seen`].
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn first_seen(&self, export: &Export) -> Result<BTreeMap<RowKey, FirstSeen>, ArchiveError> {
        let first = IsoWeek::of(export.day).back(FIRST_SEEN_WEEKS).monday();
        self.proved_since(first, &["stores.parquet", "findings.parquet"])?.first_seen(export)
    }

    /// How each of `stores` loaded last, and when, as far as the last few exports asked it.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn last_loads(&self, stores: &BTreeSet<StoreId>) -> Result<BTreeMap<StoreId, (Timestamp, Load)>, ArchiveError> {
        let mut loads = BTreeMap::new();
        for known in self.known_exports()?.into_iter().filter(|known| known.follows.is_none()).take(LOADS_MAX) {
            let head = read_head(&self.known_folder(&known.id)?.join("export.json"))?;
            let asked = head.export.stores.into_iter().filter(|load| stores.contains(&load.store.id));
            for load in asked {
                loads.entry(load.store.id).or_insert((head.export.finished, load.load));
            }
            if loads.len() == stores.len() {
                break;
            }
        }
        Ok(loads)
    }

    /// The last `weeks` ISO weeks up to that of `until`, a day of the team's calendar; see [`History::trend`].
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn trend(&self, weeks: u64, until: NaiveDate) -> Result<Vec<WeekTrend>, ArchiveError> {
        let last = IsoWeek::of(until);
        let weeks: Vec<IsoWeek> = (0..weeks).rev().map(|back| last.back(back)).collect();
        // What was seen before still stands.
        let first = weeks.first().unwrap_or(&last).monday();
        let from = first.checked_sub_signed(Duration::days(HOLDS_DAYS + 1)).unwrap_or(first);
        self.proved_since(from, &["stores.parquet", "findings.parquet", "coupons.parquet"])?.trend(&weeks)
    }
}
