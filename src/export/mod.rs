//! Loading every store side by side and judging what came.
//!
//! One store's failure never stops the others, and a store that did not load is never shown as clean.

mod by_hand;
mod changed;
mod checklist;
mod coverage;
mod estimate;
mod known;
mod sign_offs;

pub use by_hand::{tasks_done, tasks_seen};
pub use changed::changed;
pub use checklist::{Inspection, checklist};
pub use coverage::{Covering, coverage, coverage_attention, models_unmatched};
pub use estimate::{Estimate, PlatformEstimate, QuotaEstimate, StoreForecast, estimate, forecasts};
pub use known::known_coupons;
pub use sign_offs::sign_offs;

use futures::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::domain::{
    Abilities, Export, ExportId, Load, LoadProblem, Memory, Platform, Row, RowKey, Slot, StockHistory, Store,
    StoreLoad, Timestamp,
};
use crate::language::Language;
use crate::platforms::{CallError, CallErrorKind, Connector, Listing};
use crate::rules::{
    Bench, LoadFacts, Matcher, Policies, StoreFacts, Tie, findings_of_store, judge, order_for_display, store_findings,
};

/// One store to load, or the reason why it cannot even be asked.
pub struct ToLoad {
    pub store: Store,
    pub connector: Result<Arc<dyn Connector>, String>,
    /// What the load is expected to take; it is not begun where the day's quota does not last for it.
    pub calls_expected: u64,
}

/// What came of one store.
pub struct Loaded {
    pub store: Store,
    pub listing: Result<Listing, LoadProblem>,
    pub calls: u64,
    pub retries: u64,
    pub seconds: f64,
    /// When somebody has to sign in again, where the platform told.
    pub sign_in_again_by: Option<Timestamp>,
    /// Not loaded, since the platform has closed the shop.
    pub is_restricted: bool,
}

/// How long a store is asked about its sign-in, after its coupons have come.
const SIGN_IN_PATIENCE: Duration = Duration::from_secs(60);

/// Loads all stores, `at_once` of each platform at a time, each within `deadline` of its own beginning. A platform's slow stores
/// hold up no other platform. The order of the stores is kept.
pub async fn load(
    stores: Vec<ToLoad>,
    at_once: usize,
    deadline: Duration,
    progress: &(dyn Fn(&Loaded) + Sync),
) -> Vec<Loaded> {
    let mut lanes: BTreeMap<Platform, Vec<(usize, ToLoad)>> = BTreeMap::new();
    for (place, to_load) in stores.into_iter().enumerate() {
        lanes.entry(to_load.store.platform).or_default().push((place, to_load));
    }
    let lanes = lanes.into_values().map(|lane| {
        let loads =
            lane.into_iter().map(|(place, to_load)| async move { (place, load_apart(to_load, deadline).await) });
        stream::iter(loads).buffer_unordered(at_once.max(1)).boxed()
    });
    let mut loaded = Vec::new();
    let mut all = stream::select_all(lanes);
    while let Some((place, one)) = all.next().await {
        progress(&one);
        loaded.push((place, one));
    }
    loaded.sort_by_key(|(place, _)| *place);
    loaded.into_iter().map(|(_, loaded)| loaded).collect()
}

/// On a thread of its own turn, so that what comes of several stores is read side by side; and one that fails in a way that
/// nobody foresaw is one store that did not load.
async fn load_apart(to_load: ToLoad, deadline: Duration) -> Loaded {
    let store = to_load.store.clone();
    match tokio::spawn(load_one(to_load, deadline)).await {
        Ok(loaded) => loaded,
        Err(error) => {
            let sentence = format!("{}: loading it failed unexpectedly ({error}); please report this", store.id);
            failed(store, sentence)
        }
    }
}

fn failed(store: Store, sentence: String) -> Loaded {
    let problem = LoadProblem { sentence, platform_words: None, request_id: None };
    Loaded {
        store,
        listing: Err(problem),
        calls: 0,
        retries: 0,
        seconds: 0.0,
        sign_in_again_by: None,
        is_restricted: false,
    }
}

async fn load_one(to_load: ToLoad, deadline: Duration) -> Loaded {
    let began = Instant::now();
    let ToLoad { store, connector, calls_expected } = to_load;
    let connector = match connector {
        Ok(connector) => connector,
        Err(reason) => return failed(store, reason),
    };
    // Half a store is of no use, and its calls would be lost to the others.
    if let Some(used_up) = connector.pace().and_then(|pace| pace.refuses(calls_expected)) {
        let sentence = format!("{}: not begun, since {used_up}", store.id);
        return failed(store, sentence);
    }
    let answer = tokio::time::timeout(deadline, connector.list()).await;
    let is_restricted = matches!(&answer, Ok(Err(error)) if error.kind == CallErrorKind::Restricted);
    let listing = match answer {
        Ok(listing) => listing.map_err(problem_of),
        Err(_) => Err(LoadProblem {
            sentence: format!(
                "{}: not loaded within {} minutes; export again, or raise store_deadline_minutes in [export]",
                store.id,
                deadline.as_secs() / 60
            ),
            platform_words: None,
            request_id: None,
        }),
    };
    let sign_in_again_by = match listing {
        Ok(_) => tokio::time::timeout(SIGN_IN_PATIENCE, connector.sign_in_again_by()).await.ok().flatten(),
        Err(_) => None,
    };
    let tally = connector.tally();
    let seconds = began.elapsed().as_secs_f64();
    Loaded { store, listing, calls: tally.calls, retries: tally.retries, seconds, sign_in_again_by, is_restricted }
}

fn problem_of(error: CallError) -> LoadProblem {
    LoadProblem { sentence: error.sentence, platform_words: error.platform_words, request_id: error.request_id }
}

/// What an export is named and judged with.
pub struct Judging<'a> {
    pub id: ExportId,
    pub at: Timestamp,
    pub finished: Timestamp,
    pub day: chrono::NaiveDate,
    pub slot: Slot,
    pub zone: chrono_tz::Tz,
    pub policies: &'a Policies,
    pub campaigns: &'a Matcher,
    pub memory: &'a Memory,
    /// What earlier exports saw.
    pub stock: &'a StockHistory,
    pub abilities: &'a dyn Fn(Platform) -> &'static Abilities,
    /// What Why is said in.
    pub language: Language,
}

/// Two coupons with one row key: the hash of (platform, shop, coupon) met itself. Told instead of mixing two coupons up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two coupons have the row key {key}: {one} and {other}; please report this, nothing was written")]
pub struct KeysCollide {
    pub key: RowKey,
    pub one: String,
    pub other: String,
}

/// The loaded stores as one export, and the ties between campaigns.
pub fn judged(judging: Judging, loaded: Vec<Loaded>) -> Result<(Export, Vec<Tie>), KeysCollide> {
    let mut ties = Vec::new();
    let mut rows = Vec::new();
    let mut stores = Vec::with_capacity(loaded.len());
    for Loaded { store, listing, calls, retries, seconds, sign_in_again_by, is_restricted } in loaded {
        let policy = judging.policies.of(&store.id);
        let mut missing = Vec::new();
        let load = match listing {
            Ok(listing) => {
                let bench = Bench {
                    store: &store,
                    abilities: (judging.abilities)(store.platform),
                    policy,
                    campaigns: judging.campaigns,
                    memory: judging.memory,
                    stock: judging.stock,
                    now: judging.finished,
                    language: judging.language,
                };
                let count = listing.coupons.len() as u64;
                // In a list that is not whole, what is missing may only not have come.
                let is_whole =
                    listing.unreadable.is_empty() && listing.expected.is_none_or(|expected| expected <= count);
                if is_whole {
                    missing = findings_of_store(&bench, &listing.coupons);
                }
                rows.extend(judge(&bench, listing.coupons, &mut ties));
                Load::Loaded { count, expected: listing.expected, unreadable: listing.unreadable }
            }
            Err(problem) => Load::Failed(problem),
        };
        let load_facts = facts_of(&load, is_restricted);
        let facts = StoreFacts { store: &store, load: load_facts, sign_in_again_by, now: judging.finished };
        let mut findings = store_findings(&facts, policy, judging.language);
        findings.extend(missing.into_iter().filter_map(|finding| policy.weighed(finding)));
        stores.push(StoreLoad { store, load, findings, calls, retries, seconds, token_ends: sign_in_again_by });
    }
    collisions(&rows)?;
    order_for_display(&mut rows);
    let export = Export {
        id: judging.id,
        follows: None,
        at: judging.at,
        finished: judging.finished,
        day: judging.day,
        slot: judging.slot,
        zone: judging.zone,
        stores,
        rows,
    };
    Ok((export, ties))
}

fn facts_of(load: &Load, is_restricted: bool) -> LoadFacts<'_> {
    match load {
        Load::Loaded { count, expected, unreadable } => {
            LoadFacts::Loaded { count: *count, expected: *expected, unreadable }
        }
        Load::Failed(problem) if is_restricted => LoadFacts::Restricted(problem),
        Load::Failed(problem) => LoadFacts::Failed(problem),
    }
}

fn collisions(rows: &[Row]) -> Result<(), KeysCollide> {
    let mut seen = std::collections::HashMap::with_capacity(rows.len());
    for row in rows {
        let name = || format!("{} {}", row.coupon.store, row.coupon.id);
        if let Some(other) = seen.insert(&row.key, row) {
            let one = format!("{} {}", other.coupon.store, other.coupon.id);
            return Err(KeysCollide { key: row.key.clone(), one, other: name() });
        }
    }
    Ok(())
}
