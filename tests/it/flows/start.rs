//! One beginning from which many runs start, and the running of them side by side.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value};

use super::paper::Line;
use super::shops::Shops;
use super::tool::{Clock, Tool};

/// A folder with an export and its handed-back workbook, from which every broken run starts.
pub struct Start {
    tool: Tool,
}

impl Start {
    pub fn with(scenario: &str, lines: &[Line], clock: Clock) -> Self {
        let mut tool = Tool::by(clock);
        let shops = Shops::of(scenario, &tool.path("shops"), &tool.clock);
        tool.against(&shops, "");
        tool.hand_back(lines);
        Self { tool }
    }

    /// The same folder and the same shops, as if nothing had happened yet.
    pub fn again(&self, clock: Clock) -> (Tool, Shops, PathBuf) {
        let mut tool = self.tool.copied(clock);
        let shops = Shops::opened(&tool.path("shops"), &tool.clock);
        tool.against(&shops, "");
        let back = tool.path("back.xlsx");
        (tool, shops, back)
    }
}

/// Every one of `of` places where something can break, or in a usual run those that are `step` apart. The whole is
/// `COUPONBOOK_FAULTS=all cargo test --locked --test it flows::every_`.
pub fn places(of: u64, step: usize) -> Vec<u64> {
    let is_whole = std::env::var("COUPONBOOK_FAULTS").is_ok_and(|what| what == "all");
    (1..=of).step_by(if is_whole { 1 } else { step }).collect()
}

/// What a run leaves at the shops; ids of new coupons are the same in every run.
pub type End = (Vec<String>, BTreeMap<String, Map<String, Value>>);

pub fn end_of(shops: &Shops) -> End {
    (shops.writes(), shops.picture())
}

/// Does `work` on each item, some at the same time: most of a broken run is waiting.
pub fn side_by_side<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    const LANES: usize = 4;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    work(item);
                }
            });
        }
    });
}
