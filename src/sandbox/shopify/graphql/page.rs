//! Connections: a list of nodes, cut into pages by cursors. Sheet section 2.

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

use super::problem::Problem;

/// The key under which a node of a list keeps its place in it; never shown.
pub(in crate::sandbox::shopify) const CURSOR: &str = "_cursor";

const PAGE_SIZE_MAX: i64 = 250;

/// Where a node stands: its number, and the value that the list is sorted by.
pub(in crate::sandbox::shopify) fn cursor(id: u64, value: &str) -> Value {
    json!({ "last_id": id, "last_value": value })
}

/// Whether the page asked for is one that the platform gives.
pub(super) fn check(arguments: &Map<String, Value>) -> Result<(), Problem> {
    let size = |name: &str| arguments.get(name).and_then(Value::as_i64);
    let asked = match (size("first"), size("last")) {
        // The two texts and this code are inferred.
        (None, None) => return Err(Problem::new("BAD_REQUEST", "you must provide one of first or last")),
        (Some(_), Some(_)) => {
            return Err(Problem::new("BAD_REQUEST", "providing both first and last is not supported"));
        }
        (Some(first), None) => first,
        (None, Some(last)) => last,
    };
    if asked > PAGE_SIZE_MAX {
        let message = format!("The input size of {asked} is greater than the maximum allowed of {PAGE_SIZE_MAX}.");
        return Err(Problem::new("MAX_INPUT_SIZE_EXCEEDED", message));
    }
    if asked < 0 {
        return Err(Problem::new("BAD_REQUEST", "the size of a page cannot be negative"));
    }
    let is_readable = |name: &str| match arguments.get(name).and_then(Value::as_str) {
        Some(text) => read(text).is_some(),
        None => true,
    };
    if is_readable("after") && is_readable("before") {
        Ok(())
    } else {
        Err(Problem::new("BAD_REQUEST", "Invalid cursor for current pagination sort."))
    }
}

/// The page of `nodes` that the arguments ask for, as a connection.
pub(super) fn page(mut nodes: Vec<Value>, arguments: &Map<String, Value>) -> Value {
    nodes.sort_by(|one, other| in_order(&place_of(one), &place_of(other)));
    let is_reversed = arguments.get("reverse").and_then(Value::as_bool).unwrap_or(false);
    if is_reversed {
        nodes.reverse();
    }
    let place = |name: &str| arguments.get(name).and_then(Value::as_str).and_then(read);
    let from = place("after")
        .map_or(0, |after| nodes.iter().take_while(|node| !is_behind(&place_of(node), &after, is_reversed)).count());
    let to = place("before").map_or(nodes.len(), |before| {
        nodes.iter().take_while(|node| is_behind(&before, &place_of(node), is_reversed)).count()
    });
    let size = |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let (mut from, mut to) = (from, to.max(from));
    let whole = nodes.len();
    if let Some(first) = size("first") {
        to = to.min(from.saturating_add(first));
    } else if let Some(last) = size("last") {
        from = from.max(to.saturating_sub(last));
    }
    let shown: Vec<Value> = nodes.drain(from..to).collect();
    let cursors: Vec<String> = shown.iter().map(|node| BASE64.encode(place_of(node).to_string().as_bytes())).collect();
    let edges: Vec<Value> =
        shown.iter().zip(&cursors).map(|(node, cursor)| json!({ "cursor": cursor, "node": node })).collect();
    json!({
        "pageInfo": {
            "hasNextPage": to < whole, "hasPreviousPage": from > 0,
            "startCursor": cursors.first(), "endCursor": cursors.last(),
        },
        "nodes": shown,
        "edges": edges,
    })
}

fn read(text: &str) -> Option<Value> {
    let place: Value = serde_json::from_slice(&BASE64.decode(text.as_bytes()).ok()?).ok()?;
    (place["last_id"].is_u64() && place["last_value"].is_string()).then_some(place)
}

fn place_of(node: &Value) -> Value {
    node.get(CURSOR).cloned().unwrap_or_else(|| cursor(0, ""))
}

/// Whether `one` comes behind `other`, which may have been deleted meanwhile.
fn is_behind(one: &Value, other: &Value, is_reversed: bool) -> bool {
    let order = in_order(one, other);
    if is_reversed { order == Ordering::Less } else { order == Ordering::Greater }
}

/// Numbers by size and before all else, other values by their letters, equal ones by id.
fn in_order(one: &Value, other: &Value) -> Ordering {
    let value = |place: &Value| place["last_value"].as_str().unwrap_or_default().to_string();
    let key = |place: &Value| {
        let value = value(place);
        let number = value.parse::<u64>().ok();
        (number.is_none(), number, value, place["last_id"].as_u64())
    };
    key(one).cmp(&key(other))
}
