//! A run for the archive: a line a row of its plan, with what became of it.

use std::collections::BTreeMap;

use super::past::applied_change;
use crate::archive::{ChangeLine, RunFacts, Values};
use crate::domain::{AppliedChange, Change, ExpectedState, Export, Outcome, RowKey, Step};
use crate::plan::{Plan, PlanRow};

/// The lines of `plan`, in its order; a row that has no outcome has no line.
pub fn change_lines(
    run: &RunFacts,
    plan: &Plan,
    export: &Export,
    outcomes: &BTreeMap<RowKey, Outcome>,
) -> Vec<ChangeLine> {
    let line = |row: &PlanRow| line(run, (plan, row), export, outcomes.get(&row.action.row)?);
    plan.rows.iter().filter_map(line).collect()
}

fn line(run: &RunFacts, (plan, row): (&Plan, &PlanRow), export: &Export, outcome: &Outcome) -> Option<ChangeLine> {
    let exported = &export.row(&row.action.row)?.coupon;
    let change = row.verdict.change();
    Some(ChangeLine {
        applied: AppliedChange {
            by: run.by.clone(),
            coupon: Some(exported.id.clone()),
            ..applied_change(&run.id, plan, row, outcome)
        },
        code: exported.code.clone(),
        name: exported.name.clone(),
        change: change.map(|change| change.id.clone()),
        before: change.map(before).unwrap_or_default(),
        after: change.map(after).unwrap_or_default(),
        currency: export.store(&row.store).map(|store| store.currency),
        note: row.action.note.clone(),
        next: outcome.next.clone(),
    })
}

/// What was true before the first step that is about it.
fn before(change: &Change) -> Values {
    change.steps.iter().rev().fold(Values::default(), |known, step| over(values(&step.before), known))
}

/// What is true after the last step that is about it. Of a coupon that is made, its draft says it.
fn after(change: &Change) -> Values {
    change.steps.iter().fold(Values::default(), |known, step| over(after_step(step), known))
}

fn after_step(step: &Step) -> Values {
    match step.write.draft() {
        Some(draft) => Values { status: None, ends: draft.ends, total: draft.total, min_spend: draft.minimum.spend() },
        None => values(&step.after),
    }
}

fn values(facts: &ExpectedState) -> Values {
    Values {
        status: facts.status,
        ends: facts.ends.flatten(),
        total: facts.total.flatten(),
        min_spend: facts.minimum.as_ref().and_then(|minimum| minimum.spend()),
    }
}

fn over(these: Values, those: Values) -> Values {
    Values {
        status: these.status.or(those.status),
        ends: these.ends.or(those.ends),
        total: these.total.or(those.total),
        min_spend: these.min_spend.or(those.min_spend),
    }
}
