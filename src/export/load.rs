//! Loading every store side by side. One store's failure never stops the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};

use crate::domain::{Argument, LoadProblem, Message, Platform, SharedFields, Source, Store, Timestamp};
use crate::message;
use crate::platforms::{CallError, CallErrorKind, Connector, Listing, Tally, wrong_clock, wrong_shop};

/// One store to load, or the reason why it cannot even be asked.
pub struct ToLoad {
    pub store: Store,
    pub connector: Result<Arc<dyn Connector>, Message>,
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
    /// What kind of error the load ended in, where it was a call's.
    pub failed_by: Option<CallErrorKind>,
    /// Why its days cannot be told by this machine's clock, where its answers show another time.
    pub wrong_clock: Option<Message>,
    /// The file that it was read from, where it has no API.
    pub source: Option<Source>,
    /// That its platform answers in another version of its API than it was asked in.
    pub other_version: Option<Message>,
}

/// How long a store is asked about itself and its sign-in, after its coupons have come.
const AFTERWARDS_MAX: Duration = Duration::from_secs(60);

/// Loads all stores, `at_once` of each platform at a time, each within `deadline` of its own beginning. A platform's slow stores
/// hold up no other platform. The order of the stores is kept.
pub async fn load(
    stores: Vec<ToLoad>,
    at_once: usize,
    deadline: Duration,
    now: Timestamp,
    progress: &(dyn Fn(&Loaded) + Sync),
) -> Vec<Loaded> {
    let mut lanes: BTreeMap<Platform, Vec<(usize, ToLoad)>> = BTreeMap::new();
    for (place, to_load) in stores.into_iter().enumerate() {
        lanes.entry(to_load.store.platform).or_default().push((place, to_load));
    }
    let lanes = lanes.into_values().map(|lane| {
        let loads =
            lane.into_iter().map(|(place, to_load)| async move { (place, load_apart(to_load, deadline, now).await) });
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
async fn load_apart(to_load: ToLoad, deadline: Duration, now: Timestamp) -> Loaded {
    let store = to_load.store.clone();
    match tokio::spawn(load_one(to_load, deadline, now)).await {
        Ok(loaded) => loaded,
        Err(error) => {
            let sentence = message!("load-broke", store = store.id.as_str(), error = error.to_string());
            failed(store, sentence)
        }
    }
}

fn failed(store: Store, sentence: Message) -> Loaded {
    Loaded {
        store,
        listing: Err(problem(sentence)),
        calls: 0,
        retries: 0,
        seconds: 0.0,
        sign_in_again_by: None,
        failed_by: None,
        wrong_clock: None,
        source: None,
        other_version: None,
    }
}

async fn load_one(to_load: ToLoad, deadline: Duration, now: Timestamp) -> Loaded {
    let began = Instant::now();
    let ToLoad { store, connector, calls_expected } = to_load;
    let connector = match connector {
        Ok(connector) => connector,
        Err(reason) => return failed(store, reason),
    };
    // Half a store is of no use, and its calls would be lost to the others.
    if let Some(used_up) = connector.pace().and_then(|pace| pace.refuses(calls_expected)) {
        let sentence = message!("load-not-begun", store = store.id.as_str(), why = used_up.refusal());
        return failed(store, sentence);
    }
    let answer = tokio::time::timeout(deadline, connector.list()).await;
    let answer = match answer {
        Ok(Ok(mut listing)) => {
            let told = tokio::time::timeout(AFTERWARDS_MAX, connector.shop_told()).await.unwrap_or(Ok(None));
            if let Ok(Some(shop)) = &told {
                shop.complete(&mut listing.coupons);
            }
            let mut shared = SharedFields::default();
            listing.coupons.iter_mut().for_each(|coupon| shared.share(coupon));
            Ok(wrong_shop(&store, told, &listing.coupons, now).map_or(Ok(listing), Err))
        }
        answer => answer,
    };
    let failed_by = answer.as_ref().ok().and_then(|answer| answer.as_ref().err()).map(|error| error.kind);
    let listing = match answer {
        Ok(listing) => listing.map_err(problem_of),
        Err(_) => {
            let minutes = Argument::Digits(deadline.as_secs() / 60);
            Err(problem(message!("load-took-too-long", store = store.id.as_str(), minutes = minutes)))
        }
    };
    let sign_in_again_by = match listing {
        Ok(_) => tokio::time::timeout(AFTERWARDS_MAX, connector.sign_in_again_by()).await.ok().flatten(),
        Err(_) => None,
    };
    let seconds = began.elapsed().as_secs_f64();
    let (wrong_clock, other_version) = (wrong_clock(connector.as_ref()), connector.other_version());
    let Tally { calls, retries } = connector.tally();
    let source = connector.source().filter(|_| listing.is_ok());
    Loaded { store, listing, calls, retries, seconds, sign_in_again_by, failed_by, wrong_clock, other_version, source }
}

/// One of our own, of which no platform has said anything.
fn problem(sentence: Message) -> LoadProblem {
    LoadProblem { sentence, platform_words: None, request_id: None, is_sign_in: false }
}

fn problem_of(error: CallError) -> LoadProblem {
    let is_sign_in = error.kind == CallErrorKind::SignIn;
    let CallError { sentence, platform_words, request_id, .. } = error;
    LoadProblem { sentence, platform_words, request_id, is_sign_in }
}
