//! What a query costs, and the leaky bucket of points that pays for it. Sheet section 4.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::graphql::{Operation, Problem, SelectedField};
use super::shop::Settings;
use crate::sandbox::state::lock;

/// No query may cost more than this, whatever is in the bucket.
const QUERY_COST_MAX: u64 = 1000;
const MUTATION_COST: u64 = 10;
/// Objects with an id of their own cost a point; those that only hold scalars together are free. (Inferred, from the recorded
/// costs: delete 10, activate 11, a lookup by code 1.)
const PRICED_TYPES: [&str; 10] = [
    "DiscountNode",
    "DiscountCodeNode",
    "DiscountAutomaticNode",
    "DiscountRedeemCode",
    "Shop",
    "Product",
    "Collection",
    "Customer",
    "Segment",
    "Market",
];

/// In memory and by the machine's steady clock, as the other platforms' limits are.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    levels: Mutex<BTreeMap<String, Level>>,
    refused: AtomicU64,
}

#[derive(Debug)]
struct Level {
    points: f64,
    seen: Instant,
}

/// The numbers of `extensions.cost`.
pub(super) struct QueryCost {
    pub requested: u64,
    /// None where nothing was carried out.
    pub actual: Option<u64>,
    pub available: u64,
}

impl Buckets {
    /// Takes `requested` points of a store, if they are there; says how many are left, or how many there are.
    pub fn take(&self, store: &str, requested: u64, settings: &Settings) -> Result<u64, u64> {
        let mut levels = lock(&self.levels);
        let points = refilled(&mut levels, store, settings);
        if (requested as f64) > *points {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(*points as u64);
        }
        *points -= requested as f64;
        Ok(*points as u64)
    }

    /// Puts `points` back that were taken and not used; says how many there are then.
    pub fn give_back(&self, store: &str, points: u64, settings: &Settings) -> u64 {
        let mut levels = lock(&self.levels);
        let level = refilled(&mut levels, store, settings);
        *level = (*level + points as f64).min(settings.bucket_points as f64);
        *level as u64
    }

    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

fn refilled<'l>(levels: &'l mut BTreeMap<String, Level>, store: &str, settings: &Settings) -> &'l mut f64 {
    let (size, restored) = (settings.bucket_points as f64, settings.restore_points_per_second as f64);
    let now = Instant::now();
    let level = levels.entry(store.to_string()).or_insert(Level { points: size, seen: now });
    level.points = (level.points + restored * now.duration_since(level.seen).as_secs_f64()).min(size);
    level.seen = now;
    &mut level.points
}

impl QueryCost {
    /// `extensions` of every answer.
    pub fn extensions(&self, settings: &Settings) -> Value {
        json!({ "cost": {
            "requestedQueryCost": self.requested,
            "actualQueryCost": self.actual,
            "throttleStatus": {
                "maximumAvailable": settings.bucket_points,
                "currentlyAvailable": self.available,
                "restoreRate": settings.restore_points_per_second,
            },
        }})
    }
}

/// What `operation` may cost at most.
pub(super) fn requested(operation: &Operation) -> u64 {
    cost_of(operation, &Value::Null)
}

/// What it did cost, by what was found.
pub(super) fn actual(operation: &Operation, data: &Value) -> u64 {
    let found = operation.selected.iter().any(|field| !data[&field.key].is_null());
    if found || operation.is_mutation { cost_of(operation, data) } else { 0 }
}

fn cost_of(operation: &Operation, data: &Value) -> u64 {
    let own = if operation.is_mutation { MUTATION_COST } else { 0 };
    operation.selected.iter().map(|field| own + cost(field, data.get(&field.key))).sum()
}

/// Without an answer, the most that it can be.
fn cost(field: &SelectedField, answered: Option<&Value>) -> u64 {
    if answered.is_some_and(Value::is_null) {
        return 0;
    }
    let inside = inside(field, answered);
    if field.type_name.ends_with("Connection") {
        let asked = field.arguments.get("first").or(field.arguments.get("last")).and_then(Value::as_u64).unwrap_or(0);
        let shown = answered.and_then(Value::as_object).and_then(|page| page.values().find_map(Value::as_array));
        let nodes = shown.map_or(asked, |nodes| nodes.len() as u64);
        return 1 + root(nodes) * inside;
    }
    inside + u64::from(PRICED_TYPES.contains(&field.type_name.as_str()))
}

/// The most that is asked of any one of the types that a value can be.
fn inside(field: &SelectedField, answered: Option<&Value>) -> u64 {
    let mut by_type: BTreeMap<&str, u64> = BTreeMap::new();
    for inner in &field.selected {
        let answered = answered.and_then(|answer| answer.get(&inner.key)).filter(|answer| !answer.is_array());
        let cost = cost(inner, answered);
        for type_name in &inner.on {
            *by_type.entry(type_name).or_default() += cost;
        }
    }
    by_type.into_values().max().unwrap_or(0)
}

/// A connection's cost grows more slowly than its page: its square root, rounded up. (Inferred: the rule is not published.)
fn root(nodes: u64) -> u64 {
    (nodes as f64).sqrt().ceil() as u64
}

/// Refused whatever is in the bucket.
pub(super) fn check_size(requested: u64) -> Result<(), Problem> {
    if requested <= QUERY_COST_MAX {
        return Ok(());
    }
    let message =
        format!("Query cost is {requested}, which exceeds the single query max cost limit ({QUERY_COST_MAX}).");
    Err(Problem::new("MAX_COST_EXCEEDED", message)
        .with("cost", json!(requested))
        .with("maxCost", json!(QUERY_COST_MAX)))
}

pub(super) fn throttled() -> Problem {
    let page = json!("https://shopify.dev/api/usage/rate-limits");
    Problem::new("THROTTLED", "Throttled").with("documentation", page)
}
