//! What came of the stores as one export: findings, suggestions, display order.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::domain::{
    Abilities, Argument, Export, ExportId, Load, Memory, Notice, Platform, Row, RowKey, Slot, StockHistory, StoreLoad,
    Timestamp,
};
use crate::message;
use crate::platforms::CallErrorKind;
use crate::rules::{
    JudgeInput, LoadFacts, Matcher, Policies, StoreFacts, Tie, by_hand, findings_by_campaigns, judge,
    order_for_display, store_findings,
};

use super::load::Loaded;

/// What an export is named and judged with.
pub struct ExportFacts<'a> {
    pub id: ExportId,
    /// When loading began, and when it ended.
    pub at: Timestamp,
    pub finished: Timestamp,
    /// Date and slot in the team's own zone.
    pub day: chrono::NaiveDate,
    pub slot: Slot,
    pub zone: chrono_tz::Tz,
    pub policies: &'a Policies,
    pub campaigns: &'a Matcher,
    pub memory: &'a Memory,
    /// What earlier exports saw.
    pub stock: &'a StockHistory,
    pub abilities: &'a (dyn Fn(Platform) -> &'static Abilities + Sync),
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
///
/// # Errors
/// Where two coupons have one row key.
pub fn judged(facts: ExportFacts, loaded: Vec<Loaded>) -> Result<(Export, Vec<Notice>), KeysCollide> {
    let coupons = |loaded: &Loaded| loaded.listing.as_ref().map_or(0, |listing| listing.coupons.len());
    // Made as long as it will be: growing, it would take up to twice its room.
    let mut rows = Vec::with_capacity(loaded.iter().map(coupons).sum());
    let (mut stores, mut ties) = (Vec::with_capacity(loaded.len()), Vec::new());
    // A store's coupons are judged among themselves, so that all cores can; of a few stores at a time, since rows lie twice until they
    // are among all.
    let stores_at_once = 2 * rayon::current_num_threads();
    let mut left = loaded.into_iter();
    loop {
        let some: Vec<Loaded> = left.by_ref().take(stores_at_once).collect();
        if some.is_empty() {
            break;
        }
        let judged: Vec<_> = some.into_par_iter().map(|loaded| judged_store(&facts, loaded)).collect();
        for (store, of_store, of_campaigns) in judged {
            stores.push(store);
            rows.extend(of_store);
            ties.extend(of_campaigns);
        }
    }
    collisions(&rows)?;
    order_for_display(&mut rows);
    let ExportFacts { id, at, finished, day, slot, zone, .. } = facts;
    let (findings, parts) = (Vec::new(), Vec::new());
    let export =
        Export { id, follows: None, at, finished, day, slot, zone, stores, findings, parts, rows: rows.into() };
    Ok((export, tie_notices(&ties)))
}

fn judged_store(facts: &ExportFacts, loaded: Loaded) -> (StoreLoad, Vec<Row>, Vec<Tie>) {
    let Loaded {
        store,
        listing,
        calls,
        retries,
        seconds,
        sign_in_again_by,
        failed_by,
        source,
        wrong_clock,
        other_version,
    } = loaded;
    let policy = facts.policies.of(&store.id);
    // Counts of a file are as old as the file, whenever it is read: what exports saw of them tells no pace.
    let no_stock = StockHistory::new();
    let stock = if source.is_some() { &no_stock } else { facts.stock };
    let holds_all = source.as_ref().is_none_or(|source| source.has_everything);
    let (mut rows, mut missing, mut ties) = (Vec::new(), Vec::new(), Vec::new());
    let load = match listing {
        Ok(listing) => {
            let input = JudgeInput {
                store: &store,
                abilities: (facts.abilities)(store.platform),
                policy,
                campaigns: facts.campaigns,
                memory: facts.memory,
                stock,
                now: facts.finished,
            };
            let count = listing.coupons.len() as u64;
            let load = Load::Loaded { count, expected: listing.expected, unreadable: listing.unreadable };
            // In a list that is not whole, what is missing may only not have come.
            if load.is_whole() && holds_all {
                missing = by_hand(&input, &listing.coupons);
            }
            rows = judge(&input, listing.coupons, &mut ties);
            if load.is_whole() && holds_all {
                missing.extend(findings_by_campaigns(&input, &rows));
            }
            load
        }
        Err(problem) => Load::Failed(problem),
    };
    let load_facts = match &load {
        Load::Loaded { count, expected, unreadable } => {
            LoadFacts::Loaded { count: *count, expected: *expected, unreadable }
        }
        Load::Failed(problem) => match failed_by {
            Some(CallErrorKind::Restricted) => LoadFacts::Restricted(problem),
            Some(CallErrorKind::WrongShop) => LoadFacts::WrongShop(problem),
            _ => LoadFacts::Failed(problem),
        },
    };
    let differs: Vec<_> = wrong_clock.into_iter().chain(other_version).collect();
    let store_facts =
        StoreFacts { store: &store, load: load_facts, differs: &differs, sign_in_again_by, now: facts.finished };
    let mut findings = store_findings(&store_facts, policy);
    findings.extend(missing.into_iter().filter_map(|finding| policy.weighed(finding)));
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    (StoreLoad { store, load, findings, calls, retries, seconds, token_ends: sign_in_again_by, source }, rows, ties)
}

/// Coupons that two campaigns claim: each pair of campaigns once, with one example.
fn tie_notices(ties: &[Tie]) -> Vec<Notice> {
    let mut by_pair: BTreeMap<&[String; 2], Vec<&Tie>> = BTreeMap::new();
    for tie in ties {
        by_pair.entry(&tie.campaigns).or_default().push(tie);
    }
    let notice = |([winner, rival], ties): (&[String; 2], Vec<&Tie>)| {
        let first = ties.first()?;
        Some(Notice::of_export(message!(
            "notice-tie",
            coupon = Argument::name(&first.coupon),
            store = &first.store,
            more = ties.len() - 1,
            winner = Argument::name(winner),
            rival = Argument::name(rival)
        )))
    };
    by_pair.into_iter().filter_map(notice).collect()
}

fn collisions(rows: &[Row]) -> Result<(), KeysCollide> {
    let mut seen = HashMap::with_capacity(rows.len());
    let name = |row: &Row| format!("{} {}", row.coupon.store, row.coupon.id);
    match rows.iter().find_map(|row| Some((row, seen.insert(&row.key, row)?))) {
        Some((row, other)) => Err(KeysCollide { key: row.key.clone(), one: name(other), other: name(row) }),
        None => Ok(()),
    }
}
