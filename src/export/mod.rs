//! An export: every store loaded and judged, compared with what was, kept in the archive, written as a workbook.
//!
//! `flow` is the whole of it, a step a line; `load` and `judged` are its first two steps, `book` puts a workbook together (for
//! exports and for all that follows them), `parts` makes several of it. One store's failure never stops the others, and a store
//! that did not load is never shown as clean.

#![warn(clippy::wildcard_enum_match_arm)]

mod book;
mod changed;
mod checklist;
mod coverage;
mod estimate;
mod flow;
mod judged;
mod load;
mod parts;

pub use book::{BookError, BookInput, Choices, save_with};
pub use changed::{changed, tasks_done, tasks_seen};
pub use checklist::{CampaignsSeen, ChecklistInput, checklist, sign_offs};
pub use coverage::{CoverageInput, campaigns_unmatched, coverage, coverage_attention, models_unmatched};
pub use estimate::{
    EarlierLoad, Estimate, PlatformEstimate, QuotaEstimate, StoreForecast, earlier_loads, estimate, forecasts,
};
pub use flow::{ExportError, ExportInput, Exported, Fill, UNDO_FILE, Undoing, accepted, export, open_actions};
pub use judged::{ExportFacts, KeysCollide, judged};
pub use load::{Loaded, ToLoad, load};
pub use parts::{Part, only, only_overview, only_tasks};
