//! The replies of a workbook, with what was wrong with their templates.

use crate::domain::{Export, Memory, Replies, Row, Store};
use crate::replies::{Templates, Tongue, Writing, replies};
use crate::settings::Settings;

/// Replies for the coupons of `export`; the sentences say which of the team's templates could not be used.
pub fn written(settings: &Settings, export: &Export, memory: &Memory) -> (Replies, Vec<String>) {
    let (templates, mut problems) = settings.replies.as_deref().map(Templates::read).unwrap_or_default();
    let campaign_runs = |store: &Store, row: &Row| {
        let named = settings.campaigns.campaigns().filter(|campaign| Some(&campaign.name) == row.campaign.as_ref());
        named.into_iter().any(|campaign| campaign.runs_at(export.finished, store.zone))
    };
    let tongue = |store: &Store| {
        let told = settings.store(&store.id).and_then(|settings| settings.tongue.clone());
        told.unwrap_or_else(|| Tongue::of(store))
    };
    let writing = Writing { export, templates: &templates, memory, campaign_runs: &campaign_runs, tongue: &tongue };
    let (replies, more) = replies(&writing);
    problems.extend(more);
    (replies, problems)
}
