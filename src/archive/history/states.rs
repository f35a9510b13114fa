//! How it stood, moment by moment: for each store what its own last export saw, whatever other exports were filtered to.
//!
//! A moment is the end of a slot (the morning or the afternoon of a day) that has an export. A store that the slot's exports did
//! not ask for, or that did not load, stands as it was last seen, at most [`HOLDS_DAYS`] long: it is neither zero nor resolved.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};

use super::{Asked, History};
use crate::archive::scan::Which;
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{Currency, HOLDS_DAYS, IsoWeek, StoreId, Timestamp};

/// One store in one export; no store: the campaign plan, which is loaded where all known stores are.
#[derive(Debug, Clone)]
pub(super) struct StoreLook {
    pub(super) store: Option<StoreId>,
    pub(super) loaded: bool,
    /// Whether all came that the platform says there is.
    pub(super) is_whole: bool,
    currency: Option<Currency>,
}

/// The end of a slot with an export.
pub(super) struct Moment<'e> {
    /// The last of the slot.
    pub(super) export: &'e KnownExport,
    exports: usize,
}

/// Which export tells of a store at a moment.
pub(super) struct Stand {
    pub(super) moment: usize,
    place: usize,
    pub(super) store: Option<StoreId>,
    pub(super) currency: Option<Currency>,
    pub(super) is: StandKind,
    /// Whether an export of the moment's own slot asked for the store.
    asked_now: bool,
    /// Of the average of the moment's week: what is told of its coupons, and what of the store itself.
    pub(super) weight: f64,
    pub(super) own_weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StandKind {
    /// The store was loaded in the moment's own slot.
    Fresh,
    /// It stands as it was seen before.
    Carried,
    /// The last export that asked for it could not load it: what is found on the store itself.
    Failed,
}

/// All moments of some weeks, and who tells of what.
pub(super) struct States<'e> {
    pub(super) exports: Vec<&'e KnownExport>,
    /// Of each of these.
    pub(super) looks: Vec<Vec<StoreLook>>,
    pub(super) moments: Vec<Moment<'e>>,
    /// By the place of their export and their store, and by their moment.
    pub(super) stands: Vec<Stand>,
}

impl History {
    /// The moments of `weeks`. What was before them is looked at as far as it still stands.
    pub(super) fn states(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<States<'_>, ArchiveError> {
        let first = weeks.iter().min().map_or(NaiveDate::MAX, |week| week.monday());
        let from = first.checked_sub_signed(Duration::days(HOLDS_DAYS + 1)).unwrap_or(first);
        let last = weeks.iter().max().map_or(NaiveDate::MIN, |week| week.sunday());
        let exports = self.whole(|export| (from..=last).contains(&export.day));
        let looks = self.looks(&exports)?;
        Ok(States::of(exports, looks, weeks, asked))
    }

    /// What each export asked for, and what came of it.
    pub(super) fn looks(&self, exports: &[&KnownExport]) -> Result<Vec<Vec<StoreLook>>, ArchiveError> {
        let table = ("stores.parquet", "store loaded currency coupons expected unreadable source_is_part");
        let mut looks: Vec<Vec<StoreLook>> = self.rows_by_export(exports, table, &Which::All, |cell| {
            let loaded = cell.yes("loaded")?;
            let came_short = cell.count("expected") > cell.count("coupons")
                || cell.text("unreadable").is_some()
                || cell.yes("source_is_part") == Some(true);
            Some(StoreLook {
                store: Some(cell.word("store")?),
                loaded,
                is_whole: loaded && !came_short,
                currency: cell.text("currency").and_then(|code| Currency::of_letters(code).ok()),
            })
        })?;
        // An export of some stores cannot tell that a row of the plan is answered again.
        let mut known: BTreeMap<StoreId, Timestamp> = BTreeMap::new();
        for (export, looks) in exports.iter().zip(&mut looks) {
            known.retain(|_, at| export.at - *at <= Duration::days(HOLDS_DAYS));
            let loaded = looks.iter().filter(|look| look.loaded).filter_map(|look| look.store.clone());
            let known_before = known.len();
            known.extend(loaded.map(|store| (store, export.at)));
            let all = looks.iter().all(|look| look.loaded) && looks.len() >= known_before;
            looks.push(StoreLook { store: None, loaded: all, is_whole: all, currency: None });
        }
        Ok(looks)
    }
}

/// What is known of a store while exports go by: where it was last loaded, and where it was last asked for.
#[derive(Clone, Copy)]
struct Known {
    loaded: Option<usize>,
    asked: usize,
    currency: Option<Currency>,
}

impl<'e> States<'e> {
    pub(super) fn of(
        exports: Vec<&'e KnownExport>,
        looks: Vec<Vec<StoreLook>>,
        weeks: &[IsoWeek],
        asked: &Asked,
    ) -> Self {
        let is_asked = |store: &Option<StoreId>| match (&asked.stores, store) {
            (None, _) => true,
            (Some(stores), Some(store)) => stores.contains(store),
            (Some(_), None) => false,
        };
        let weeks: BTreeSet<IsoWeek> = weeks.iter().copied().collect();
        let (mut moments, mut stands): (Vec<Moment>, Vec<Stand>) = (Vec::new(), Vec::new());
        let mut known: BTreeMap<&Option<StoreId>, Known> = BTreeMap::new();
        let mut first = 0;
        for slot in exports.chunk_by(|one, other| (one.day, one.slot()) == (other.day, other.slot())) {
            let places = first..first + slot.len();
            first = places.end;
            for (place, look) in
                places.clone().flat_map(|place| looks.get(place).into_iter().flatten().map(move |look| (place, look)))
            {
                let before = known.get(&look.store).and_then(|known| known.loaded);
                let loaded = if look.loaded { Some(place) } else { before };
                known.insert(&look.store, Known { loaded, asked: place, currency: look.currency });
            }
            let Some(export) = slot.last().filter(|export| weeks.contains(&export.week())) else { continue };
            let moment = moments.len();
            moments.push(Moment { export, exports: slot.len() });
            let still_stands = |place: &usize| {
                exports.get(*place).is_some_and(|seen| export.at - seen.at <= Duration::days(HOLDS_DAYS))
            };
            for (store, known) in known.iter().filter(|(store, _)| is_asked(store)) {
                let mut stand = |place, is| {
                    let (store, currency) = ((*store).clone(), known.currency);
                    let asked_now = places.contains(&known.asked);
                    stands.push(Stand { moment, place, store, currency, is, asked_now, weight: 0.0, own_weight: 0.0 });
                };
                if let Some(place) = known.loaded.filter(still_stands) {
                    stand(place, if places.contains(&place) { StandKind::Fresh } else { StandKind::Carried });
                }
                if Some(known.asked) != known.loaded && still_stands(&known.asked) {
                    stand(known.asked, StandKind::Failed);
                }
            }
        }
        let mut states = Self { exports, looks, moments, stands };
        states.weigh();
        states
    }

    /// Each store is averaged over its own slots of a week, so that no export of others changes what is told of it: its coupons over
    /// those in which it loaded, itself over those that asked for it. One that had none is told once, as it stood at the week's end.
    fn weigh(&mut self) {
        let week = |moment: usize| self.moments.get(moment).map(|moment| moment.export.week());
        let mut slots: BTreeMap<(Option<IsoWeek>, Option<StoreId>), OwnSlots> = BTreeMap::new();
        for stand in &self.stands {
            let own = slots.entry((week(stand.moment), stand.store.clone())).or_default();
            own.loaded += usize::from(stand.is == StandKind::Fresh);
            own.asked.extend(stand.asked_now.then_some(stand.moment));
            own.last = stand.moment;
        }
        let weights = self.stands.iter().map(|stand| {
            let own = slots.get(&(week(stand.moment), stand.store.clone()));
            own.map_or((0.0, 0.0), |own| (own.weight(stand), own.weight_of_itself(stand)))
        });
        let weights: Vec<(f64, f64)> = weights.collect();
        self.stands.iter_mut().zip(weights).for_each(|(stand, weights)| (stand.weight, stand.own_weight) = weights);
        self.stands.sort_by(|one, other| (one.place, &one.store).cmp(&(other.place, &other.store)));
    }

    /// Where the stands of each store begin that the export at `place` tells of.
    pub(super) fn stores_at(&self, place: usize) -> impl Iterator<Item = (&str, usize)> {
        let first = self.stands.partition_point(|stand| stand.place < place);
        let here = (first..).zip(self.stands.get(first..).unwrap_or_default());
        let stores = here.take_while(move |(_, stand)| stand.place == place);
        let mut last = None;
        stores.filter_map(move |(at, stand)| {
            let store = stand.store.as_ref()?;
            (last.replace(store) != Some(store)).then_some((store.as_str(), at))
        })
    }

    /// When the export at `place` tells of `store`.
    pub(super) fn of_store(&self, place: usize, store: Option<&StoreId>) -> &[Stand] {
        let order = |stand: &Stand| (stand.place, stand.store.as_ref()).cmp(&(place, store));
        let first = self.stands.partition_point(|stand| order(stand).is_lt());
        let own = self.stands.get(first..).unwrap_or_default();
        own.get(..own.partition_point(|stand| order(stand).is_eq())).unwrap_or_default()
    }

    /// Where the moments of a week stand, and how many exports they have.
    pub(super) fn of_week(&self, week: IsoWeek) -> (BTreeSet<usize>, usize) {
        let own = self.moments.iter().enumerate().filter(|(_, moment)| moment.export.week() == week);
        own.fold((BTreeSet::new(), 0), |(mut places, exports), (place, moment)| {
            places.insert(place);
            (places, exports + moment.exports)
        })
    }
}

/// The slots of one week that tell of one store.
#[derive(Default)]
struct OwnSlots {
    loaded: usize,
    /// Their moments.
    asked: BTreeSet<usize>,
    /// The last moment at which the store stands.
    last: usize,
}

impl OwnSlots {
    fn weight(&self, stand: &Stand) -> f64 {
        match stand.is {
            StandKind::Fresh => 1.0 / self.loaded as f64,
            StandKind::Carried if self.loaded == 0 && stand.moment == self.last => 1.0,
            StandKind::Carried | StandKind::Failed => 0.0,
        }
    }

    fn weight_of_itself(&self, stand: &Stand) -> f64 {
        match self.asked.len() {
            0 if stand.moment == self.last => 1.0,
            some if self.asked.contains(&stand.moment) => 1.0 / some as f64,
            _ => 0.0,
        }
    }
}
