//! One beginning from which many runs start, and the running of them side by side.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

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
