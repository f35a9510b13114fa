//! Faults of the mock shops as tests write them, and what came of them.

use couponbook::sandbox::{CallCount, Counts, Fault, FaultKind, Matching, Nth};

/// Hits the first request that matches, once.
pub fn once(matching: Matching, kind: FaultKind) -> Fault {
    Fault { matching, nth: Nth::Number(1), times: None, kind }
}

/// Hits every request that matches.
pub fn always(matching: Matching, kind: FaultKind) -> Fault {
    Fault { matching, nth: Nth::Every, times: None, kind }
}

/// The requests of one store to one call, such as `("woo-de-1", "update")`.
pub fn requests(counts: &Counts, store: &str, call: &str) -> u64 {
    let is_meant = |count: &&CallCount| count.store.as_deref() == Some(store) && count.call == call;
    counts.calls.iter().find(is_meant).map_or(0, |count| count.requests)
}
