//! What one channel is to hear of a run: what it did in the channel's stores, what needs somebody, what it left to people.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::domain::{
    Listener, NewsFile, NewsRow, NewsTask, Outcome, OutcomeKind, RowKey, RunId, RunNews, Timestamp, Topic,
};
use crate::plan::{Plan, PlanRow};
use crate::rules::NAMED_MAX;

/// A run that came to its end, and who listens.
pub struct RunInput<'a> {
    pub run: &'a RunId,
    pub plan: &'a Plan,
    pub outcomes: &'a BTreeMap<RowKey, Outcome>,
    /// The run that it took back.
    pub undid: Option<&'a RunId>,
    pub approved_by: &'a [String],
    /// The team's own.
    pub zone: Tz,
    pub finished: Timestamp,
    pub listener: &'a Listener,
    pub results: NewsFile,
    /// Whether the results workbook holds no store that the listener does not hear of.
    pub may_attach: bool,
}

/// None where the run did nothing that the listener is to hear of.
pub fn run_news(input: &RunInput) -> Option<RunNews> {
    let (hears_results, hears_tasks) = (input.listener.hears(Topic::Results), input.listener.hears(Topic::ByHand));
    let is_theirs = |row: &&PlanRow| input.listener.covers(&row.store);
    let outcome = |row: &'_ PlanRow| input.outcomes.get(&row.action.row);
    let rows: Vec<(&PlanRow, &Outcome)> =
        input.plan.rows.iter().filter(is_theirs).filter_map(|row| Some((row, outcome(row)?))).collect();
    let mut by_hand: Vec<NewsTask> = match hears_tasks {
        true => rows.iter().filter_map(|(row, outcome)| task(row, outcome)).collect(),
        false => Vec::new(),
    };
    if rows.is_empty() || !hears_results && by_hand.is_empty() {
        return None;
    }
    let mut needing: Vec<NewsRow> = match hears_results {
        true => {
            rows.iter().filter(|(_, outcome)| needs_somebody(outcome.kind)).map(|(row, it)| named(row, it)).collect()
        }
        false => Vec::new(),
    };
    // What was tried before what was not; else in the order of the workbook.
    needing.sort_by_key(|row| !row.kind.is_failure());
    by_hand.sort_by_key(|task| task.due);
    let rows_more = needing.split_off(needing.len().min(NAMED_MAX)).len();
    let by_hand_more = by_hand.split_off(by_hand.len().min(NAMED_MAX)).len();
    Some(RunNews {
        run: input.run.clone(),
        undid: input.undid.cloned(),
        by: input.plan.by.clone(),
        approved_by: input.approved_by.to_vec(),
        zone: input.zone,
        finished: input.finished,
        planned: rows.len(),
        totals: totals(&rows),
        rows: needing,
        rows_more,
        by_hand,
        by_hand_more,
        results: input.results.clone(),
        may_attach: input.may_attach,
    })
}

fn totals(rows: &[(&PlanRow, &Outcome)]) -> Vec<(OutcomeKind, usize)> {
    let count = |kind: &OutcomeKind| rows.iter().filter(|(_, outcome)| outcome.kind == *kind).count();
    OutcomeKind::ALL.iter().map(|kind| (*kind, count(kind))).filter(|(_, count)| *count > 0).collect()
}

/// What nobody does anything about by itself.
fn needs_somebody(kind: OutcomeKind) -> bool {
    match kind {
        OutcomeKind::Failed
        | OutcomeKind::Refused
        | OutcomeKind::Conflict
        | OutcomeKind::Unknown
        | OutcomeKind::NotShown
        | OutcomeKind::NotReached => true,
        OutcomeKind::Done | OutcomeKind::AlreadyDone | OutcomeKind::ByHand => false,
    }
}

fn named(row: &PlanRow, outcome: &Outcome) -> NewsRow {
    NewsRow {
        store: row.store.clone(),
        label: row.label.clone(),
        action: row.action.word,
        kind: outcome.kind,
        message: outcome.message.clone(),
        next: outcome.next.clone(),
    }
}

fn task(row: &PlanRow, outcome: &Outcome) -> Option<NewsTask> {
    let task = row.verdict.task_left(outcome.kind)?;
    Some(NewsTask {
        store: task.store.clone(),
        label: task.label.clone(),
        to_do: task.to_do.clone(),
        owner: task.owner.clone(),
        due: task.due,
        page: task.page.clone(),
    })
}
