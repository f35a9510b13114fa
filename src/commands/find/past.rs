//! What the newest exports know of the coupons that a word may mean.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::word::{NamedBy, Word};
use crate::archive::{Archive, ArchiveError, Flaw, LastSeen, RowPlace, SeenRow, StoreSight};
use crate::domain::{Coupon, CouponId, Message, RowKey, Store, StoreId, Timestamp};
use crate::settings::Settings;

/// One coupon that the word may mean.
#[derive(Debug, Clone)]
pub struct Hit {
    pub store: Store,
    pub id: CouponId,
    pub key: RowKey,
    pub named_by: NamedBy,
    /// As the archive knows it.
    pub seen: Option<SeenRow>,
    pub now: Now,
}

/// What its store shows now.
#[derive(Debug, Clone)]
pub enum Now {
    NotAsked,
    Shown {
        coupon: Box<Coupon>,
        /// Of a store without an API: when its file was written, and what it is called.
        file: Option<(Timestamp, String)>,
    },
    /// The store has no such coupon.
    Gone,
    NotReached(Message),
}

impl Hit {
    pub fn new(store: &Store, coupon: &CouponId, named_by: NamedBy) -> Self {
        let key = RowKey::of(store.platform, &store.shop, coupon);
        Self { store: store.clone(), id: coupon.clone(), key, named_by, seen: None, now: Now::NotAsked }
    }

    /// The coupon as it is known best; none where its store has it no more.
    pub fn coupon(&self) -> Option<&Coupon> {
        match &self.now {
            Now::Shown { coupon, .. } => Some(coupon),
            Now::Gone => None,
            Now::NotAsked | Now::NotReached(_) => self.seen.as_ref().map(|seen| &seen.row.coupon),
        }
    }

    /// The same, and as it was last seen where it is gone.
    pub fn last_known(&self) -> Option<&Coupon> {
        self.coupon().or(self.seen.as_ref().map(|seen| &seen.row.coupon))
    }

    pub fn is_live(&self) -> bool {
        matches!(self.now, Now::Shown { .. } | Now::Gone)
    }
}

/// One coupon among those that the word may mean, before it is read.
struct Candidate {
    rank: (NamedBy, usize, RowPlace),
    key: String,
    store: StoreId,
    /// It may stand in the results of runs too.
    places: Vec<RowPlace>,
}

pub struct Past {
    seen: Option<LastSeen>,
    stores: BTreeMap<StoreId, Store>,
    /// The surest first.
    candidates: Vec<Candidate>,
}

impl Past {
    pub fn unknown() -> Self {
        Self { seen: None, stores: BTreeMap::new(), candidates: Vec::new() }
    }

    /// # Errors
    /// Where the archive cannot be read.
    pub fn read(archive: &Archive, settings: &Settings, word: &Word) -> Result<Self, ArchiveError> {
        let all: Vec<Store> = settings.stores.iter().map(|store| store.store.clone()).collect();
        let seen = archive.last_seen(&all)?;
        let stores: BTreeMap<StoreId, Store> = all.into_iter().map(|store| (store.id.clone(), store)).collect();
        let letters = |store: &Store| settings.platforms.abilities(store.platform).limits.code_prefix_letters;
        let known: HashMap<&str, (&StoreId, usize)> =
            stores.values().map(|store| (store.id.as_str(), (&store.id, letters(store)))).collect();
        let mut found: HashMap<String, Candidate> = HashMap::new();
        seen.each(&mut |named| {
            let Some((store, letters)) = known.get(named.store).copied() else { return };
            let Some(by) = word.names((named.id, named.key), named.code, named.name, letters) else { return };
            let rank = (by, rank_of_status(named.status), named.place);
            match found.get_mut(named.key) {
                Some(known) => {
                    known.rank = known.rank.min(rank);
                    known.places.push(named.place);
                }
                None => {
                    let (key, store) = (named.key.to_string(), store.clone());
                    found.insert(key.clone(), Candidate { rank, key, store, places: vec![named.place] });
                }
            }
        })?;
        let mut candidates: Vec<Candidate> = found.into_values().collect();
        candidates.sort_by_key(|candidate| candidate.rank);
        Ok(Self { seen: Some(seen), stores, candidates })
    }

    /// How many coupons the word names wholly, and of how many it is only a part.
    pub fn counts(&self) -> (usize, usize) {
        let exact = self.candidates.iter().filter(|candidate| candidate.rank.0.is_exact()).count();
        (exact, self.candidates.len() - exact)
    }

    /// The best `limit` that the word may mean: those that it names wholly, where there are any. What buyers could use comes first.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn best(&self, limit: usize) -> Result<Vec<Hit>, ArchiveError> {
        let (exact, parts) = self.counts();
        let meant = if exact > 0 { exact } else { parts };
        let chosen: Vec<&Candidate> = self.candidates.iter().take(meant.min(limit)).collect();
        let mut rows = self.newest(chosen.iter().flat_map(|candidate| candidate.places.iter().copied()).collect())?;
        let hit = |candidate: &Candidate| {
            let (store, seen) = (self.stores.get(&candidate.store)?, rows.remove(&candidate.key)?);
            let id = seen.row.coupon.id.clone();
            Some(Hit { seen: Some(seen), ..Hit::new(store, &id, candidate.rank.0) })
        };
        Ok(chosen.into_iter().filter_map(hit).collect())
    }

    /// What is known of a coupon that was found elsewhere.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn row(&self, hit: &Hit) -> Result<Option<SeenRow>, ArchiveError> {
        let Some(seen) = &self.seen else { return Ok(None) };
        let mut places = BTreeSet::new();
        seen.each(&mut |named| {
            if named.key == hit.key.as_str() {
                places.insert(named.place);
            }
        })?;
        Ok(self.newest(places)?.remove(hit.key.as_str()))
    }

    /// Each row as it was read last, by its key.
    fn newest(&self, places: BTreeSet<RowPlace>) -> Result<HashMap<String, SeenRow>, ArchiveError> {
        let mut newest: HashMap<String, SeenRow> = HashMap::new();
        let Some(seen) = &self.seen else { return Ok(newest) };
        for row in seen.rows(&places)? {
            let key = row.row.key.as_str().to_string();
            if newest.get(&key).is_none_or(|known| known.at < row.at) {
                newest.insert(key, row);
            }
        }
        Ok(newest)
    }

    /// The rows of `store` that may stand in for a coupon of `campaign`: those that buyers could use when they were seen.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn others(&self, store: &StoreId, campaign: Option<&str>) -> Result<Vec<SeenRow>, ArchiveError> {
        let Some(seen) = &self.seen else { return Ok(Vec::new()) };
        let mut places: BTreeSet<RowPlace> = BTreeSet::new();
        seen.each(&mut |named| {
            let is_meant = named.store == store.as_str() && named.campaign == campaign;
            if is_meant && named.status == "active" && places.len() < OTHERS_MAX {
                places.insert(named.place);
            }
        })?;
        Ok(self.newest(places)?.into_values().collect())
    }

    /// When each store was seen last.
    pub fn stores(&self) -> impl Iterator<Item = (&StoreId, &StoreSight)> {
        self.seen.iter().flat_map(|seen| seen.stores())
    }

    pub fn flaws(&self) -> Vec<Flaw> {
        self.seen.as_ref().map(LastSeen::flaws).unwrap_or_default()
    }
}

/// So many rows are read for one to offer instead.
const OTHERS_MAX: usize = 500;

/// What buyers can use now or later comes before what is over.
const STATUSES: [&str; 8] = ["active", "scheduled", "paused", "in_review", "rejected", "unknown", "ended", "trashed"];

fn rank_of_status(word: &str) -> usize {
    STATUSES.iter().position(|status| *status == word).unwrap_or(STATUSES.len())
}
