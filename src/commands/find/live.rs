//! Asking the stores: few calls for what is known, whole lists only where they were asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt};

use super::past::{Hit, Now, Past};
use super::word::{NamedBy, Word};
use crate::archive::ArchiveError;
use crate::commands::connections::Connections;
use crate::domain::{Coupon, CouponId, Message, Store, StoreId};
use crate::message;
use crate::platforms::{CallError, Connector};
use crate::settings::{Settings, StoreSettings};

/// Who asks, and how long for; without connections nobody is asked.
#[derive(Clone, Copy)]
pub struct Live<'c> {
    pub connections: Option<&'c Connections>,
    /// One store's answer about single coupons.
    pub within: Duration,
    /// One store's whole list.
    pub deadline: Duration,
}

/// What came of it.
#[derive(Default)]
pub struct Asked {
    /// The best first.
    pub hits: Vec<Hit>,
    /// How many more the word names as surely.
    pub more: usize,
    /// How many stores were asked.
    pub stores: usize,
    pub not_reached: BTreeMap<StoreId, Message>,
}

type Answer<T> = Result<T, Message>;

impl Asked {
    pub fn nobody(hits: Vec<Hit>) -> Self {
        Self { hits, ..Self::default() }
    }
}

impl Live<'static> {
    pub const OFFLINE: Self = Self { connections: None, within: Duration::ZERO, deadline: Duration::ZERO };
}

impl Live<'_> {
    /// Looks at coupons that the archive knows, by their ids. Where a code's coupon is gone, another may have it by now.
    pub async fn look_at(self, settings: &Settings, word: &Word, known: Vec<Hit>) -> Result<Asked, ArchiveError> {
        let mut by_store: BTreeMap<StoreId, Vec<Hit>> = BTreeMap::new();
        let places: HashMap<_, usize> = known.iter().enumerate().map(|(place, hit)| (hit.key.clone(), place)).collect();
        for hit in known {
            by_store.entry(hit.store.id.clone()).or_default().push(hit);
        }
        let mut asked = Asked { stores: by_store.len(), ..Asked::default() };
        let looks = by_store.into_values().map(|hits| self.look_in_store(word, hits));
        let mut looks = stream::iter(looks).buffer_unordered(settings.stores_at_once.max(1));
        while let Some(hits) = looks.next().await {
            for hit in &hits {
                if let Now::NotReached(why) = &hit.now {
                    asked.not_reached.entry(hit.store.id.clone()).or_insert_with(|| why.clone());
                }
            }
            asked.hits.extend(hits);
        }
        asked.hits.sort_by_key(|hit| places.get(&hit.key).copied().unwrap_or_default());
        Ok(asked)
    }

    async fn look_in_store(self, word: &Word, mut hits: Vec<Hit>) -> Vec<Hit> {
        let Some(store) = hits.first().map(|hit| hit.store.clone()) else { return hits };
        let connector = match self.connector(&store.id) {
            Ok(connector) => connector,
            Err(why) => {
                hits.iter_mut().for_each(|hit| hit.now = Now::NotReached(why.clone()));
                return hits;
            }
        };
        let ids: Vec<&CouponId> = hits.iter().map(|hit| &hit.id).collect();
        let answers = tokio::time::timeout(self.within, connector.get_several(&ids)).await;
        let mut answers: HashMap<CouponId, Result<Option<Coupon>, CallError>> =
            answers.map(|answers| answers.into_iter().collect()).unwrap_or_default();
        let silent = || Now::NotReached(no_answer(self.within));
        for hit in &mut hits {
            hit.now = answers.remove(&hit.id).map_or_else(silent, |answer| now(&*connector, answer));
        }
        let is_gone = |hit: &Hit| hit.named_by == NamedBy::Code && matches!(hit.now, Now::Gone);
        if hits.iter().any(is_gone)
            && let Ok(found) = self.of_code(&*connector, word).await
        {
            let known: Vec<CouponId> = hits.iter().map(|hit| hit.id.clone()).collect();
            let others = found.into_iter().filter(|coupon| !known.contains(&coupon.id));
            hits.extend(others.map(|coupon| shown(&*connector, &store, coupon, NamedBy::Code)));
        }
        hits
    }

    /// Asks every store for the whole code, and for the id where the word looks like one.
    pub async fn look_for_code(self, settings: &Settings, word: &Word) -> Result<Asked, ArchiveError> {
        let look = |store: &StoreSettings| {
            let store = store.store.clone();
            async move {
                let found = self.search_in_store(&store, word).await;
                (store, found)
            }
        };
        let mut asked = Asked { stores: settings.stores.len(), ..Asked::default() };
        let looks: Vec<_> = settings.stores.iter().map(look).collect();
        let mut looks = stream::iter(looks).buffer_unordered(settings.stores_at_once.max(1));
        while let Some((store, found)) = looks.next().await {
            match found {
                Ok(hits) => asked.hits.extend(hits),
                Err(why) => drop(asked.not_reached.insert(store.id, why)),
            }
        }
        asked.hits.sort_by(|one, other| (one.named_by, &one.store.id).cmp(&(other.named_by, &other.store.id)));
        Ok(asked)
    }

    async fn search_in_store(self, store: &Store, word: &Word) -> Answer<Vec<Hit>> {
        let connector = self.connector(&store.id)?;
        let found = self.of_code(&*connector, word).await?;
        let mut hits: Vec<Hit> =
            found.into_iter().map(|coupon| shown(&*connector, store, coupon, NamedBy::Code)).collect();
        if let Some(id) = word.as_id().filter(|_| hits.is_empty()) {
            let coupon = self.in_time(self.within, connector.get(&id)).await?;
            hits.extend(coupon.map(|coupon| shown(&*connector, store, coupon, NamedBy::Id)));
        }
        Ok(hits)
    }

    async fn of_code(self, connector: &dyn Connector, word: &Word) -> Answer<Vec<Coupon>> {
        self.in_time(self.within, connector.find_code(word.typed())).await
    }

    /// Loads every store's list, and looks for the word in all of them.
    pub async fn load_all(
        self,
        context: &super::Context<'_>,
        settings: &Settings,
        word: &Word,
        past: &Past,
        limit: usize,
    ) -> Result<Asked, ArchiveError> {
        let bar = context.bar(settings.stores.len(), "loading stores");
        let look = |store: &StoreSettings| {
            let (store, bar) = (store.store.clone(), bar.clone());
            let letters = settings.platforms.abilities(store.platform).limits.code_prefix_letters;
            async move {
                let found = self.list_of_store(&store, word, letters).await;
                bar.inc(1);
                (store, found)
            }
        };
        let mut asked = Asked { stores: settings.stores.len(), ..Asked::default() };
        let looks: Vec<_> = settings.stores.iter().map(look).collect();
        let mut looks = stream::iter(looks).buffer_unordered(settings.stores_at_once.max(1));
        while let Some((store, found)) = looks.next().await {
            match found {
                Ok(hits) => asked.hits.extend(hits),
                Err(why) => drop(asked.not_reached.insert(store.id, why)),
            }
        }
        drop(looks);
        bar.finish_and_clear();
        // What the archive knows and no list has any more is looked at by its id.
        let listed: Vec<_> = asked.hits.iter().map(|hit| hit.key.clone()).collect();
        let unlisted = past.best(limit)?.into_iter().filter(|hit| !listed.contains(&hit.key)).collect();
        let looked = self.look_at(settings, word, unlisted).await?;
        asked.hits.extend(looked.hits);
        let place = |hit: &Hit| (hit.named_by, !hit.coupon().is_some_and(Coupon::is_live), hit.store.id.clone());
        asked.hits.sort_by_cached_key(|hit| (place(hit), hit.key.clone()));
        if asked.hits.iter().any(|hit| hit.named_by.is_exact()) {
            asked.hits.retain(|hit| hit.named_by.is_exact());
        }
        asked.more = asked.hits.len().saturating_sub(limit);
        asked.hits.truncate(limit);
        Ok(asked)
    }

    async fn list_of_store(self, store: &Store, word: &Word, prefix_letters: usize) -> Answer<Vec<Hit>> {
        let connector = self.connector(&store.id)?;
        let listing = self.in_time(self.deadline, connector.list()).await?;
        let hit = |coupon: Coupon| {
            let key = Hit::new(store, &coupon.id, NamedBy::Part).key;
            let names = (coupon.id.as_str(), key.as_str());
            let named_by = word.names(names, coupon.code.as_deref(), &coupon.name, prefix_letters)?;
            Some(shown(&*connector, store, coupon, named_by))
        };
        Ok(listing.coupons.into_iter().filter_map(hit).collect())
    }

    /// One coupon as its store shows it now; none where that cannot be told.
    pub async fn get(self, store: &StoreId, coupon: &CouponId) -> Option<Coupon> {
        let connector = self.connector(store).ok()?;
        self.in_time(self.within, connector.get(coupon)).await.ok().flatten()
    }

    fn connector(self, store: &StoreId) -> Answer<Arc<dyn Connector>> {
        let connections = self.connections.ok_or_else(|| message!("call-not-connected"))?;
        connections.connector(store)
    }

    async fn in_time<T>(self, within: Duration, call: impl Future<Output = Result<T, CallError>>) -> Answer<T> {
        match tokio::time::timeout(within, call).await {
            Ok(answer) => answer.map_err(|error| error.in_full()),
            Err(_) => Err(no_answer(within)),
        }
    }
}

fn no_answer(within: Duration) -> Message {
    message!("check-no-answer", seconds = within.as_secs())
}

fn now(connector: &dyn Connector, answer: Result<Option<Coupon>, CallError>) -> Now {
    match answer {
        Ok(Some(coupon)) => {
            let file = connector.source().map(|source| (source.as_of, source.file));
            Now::Shown { coupon: Box::new(coupon), file }
        }
        Ok(None) => Now::Gone,
        Err(error) => Now::NotReached(error.in_full()),
    }
}

fn shown(connector: &dyn Connector, store: &Store, coupon: Coupon, named_by: NamedBy) -> Hit {
    let hit = Hit::new(store, &coupon.id, named_by);
    Hit { now: now(connector, Ok(Some(coupon))), ..hit }
}
