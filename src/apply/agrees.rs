//! Whether a reviewed plan is what its workbook and its snapshot come to: made once more by the config of today, from what the
//! platforms showed when it was made, and compared with what the file says. So nothing that is sent, and no word, brake or target of
//! it, is the file's own.

use std::collections::BTreeMap;

use super::error::ApplyError;
use super::parts::{part_of, refuse_others};
use super::plan_file::PlanFile;
use super::prepare::{Terms, planned, refused_while_in_doubt, resolve_decisions, rules_sha256};
use super::rights::refuse_without_right;
use super::setup::Setup;
use crate::domain::{ChangeId, Export, Message};
use crate::foreign::one_line;
use crate::journal::{Journal, JournalError};
use crate::language::Language;
use crate::plan::{Plan, PlanRow, PriorRun, Refusal, ResolvedDecision, Verdict};
use crate::workbook::HandedBack;

/// `export` is the snapshot with the present access; `workbook` the one that the plan was made from, where it is still there.
///
/// # Errors
/// Where it comes to something else, with the first difference; and where the journal cannot be read.
pub(super) fn must_agree(
    setup: &Setup,
    file: &PlanFile,
    export: &Export,
    workbook: Option<&HandedBack>,
) -> Result<(), ApplyError> {
    let Some(made_with) = &file.made_with else {
        return Err(ApplyError::Stale("an earlier version of the program made it".to_string()));
    };
    if let Some(back) = workbook {
        same_decisions(file, back)?;
    }
    let mut decisions = resolve_decisions(export, &file.decisions);
    let part = part_of(export, file.part.as_deref(), (&file.workbook, &made_with.allowed))?;
    if let Some(part) = part.filter(|_| !made_with.allowed.whole) {
        refuse_others(&mut decisions, &part);
    }
    refuse_without_right(&mut decisions, &setup.all.people, &file.plan.by);
    let is_same_row = |(decision, row): (&ResolvedDecision, &PlanRow)| decision.row.key == row.action.row;
    if decisions.len() != file.plan.rows.len() || !decisions.iter().zip(&file.plan.rows).all(is_same_row) {
        return Err(disagrees("its rows are not those of the workbook"));
    }
    let prior_runs = told_before(setup.journal, &file.plan, &mut decisions)?;
    let known = made_with.seen.known(export, prior_runs);
    let terms = Terms {
        allowed: &made_with.allowed,
        operator: &made_with.operator,
        by: &file.plan.by,
        now: file.plan.made_at,
        workbook_sha256: &file.plan.workbook_sha256,
        snapshot_sha256: &file.plan.snapshot_sha256,
        rules_sha256: rules_sha256(setup.settings),
    };
    let again = planned(setup, export, decisions, &known, terms)?;
    compared(&file.plan, &again)
}

/// A filter may have left some of the workbook's out; none is the plan's own.
fn same_decisions(file: &PlanFile, back: &HandedBack) -> Result<(), ApplyError> {
    if back.sha256 != file.plan.workbook_sha256 {
        return Err(ApplyError::Stale(format!("{} was changed since", file.workbook.display())));
    }
    match file.decisions.iter().find(|decision| !back.decisions.contains(decision)) {
        Some(other) => Err(disagrees(&format!("{} row {} is otherwise in the workbook", other.sheet, other.row))),
        None if file.part != back.part => Err(disagrees("the workbook is another part of its export")),
        None => Ok(()),
    }
}

/// What the plan goes on with. A change that the journal holds was compared before it was first sent; one that is settled, or waits
/// for an answer that was lost, is not sent at all.
fn told_before(
    journal: &Journal,
    plan: &Plan,
    decisions: &mut [ResolvedDecision],
) -> Result<BTreeMap<ChangeId, PriorRun>, JournalError> {
    let mut prior_runs = BTreeMap::new();
    for (row, decision) in plan.rows.iter().zip(decisions) {
        let Ok(intent) = &decision.intent else { continue };
        let id = intent.id.clone();
        match &row.verdict {
            Verdict::Change { change, .. } => {
                let is_told = journal.change(&id)?.as_ref() == Some(&**change) || journal.settled(&id)?.is_some();
                if is_told && change.id == id {
                    prior_runs.insert(id, PriorRun::Begun(change.clone()));
                }
            }
            Verdict::AlreadyDone { why, by: Some(by) } => {
                prior_runs.insert(id, PriorRun::Settled { what: why.clone(), by: by.clone() });
            }
            Verdict::Refused { reason, next } if refused_while_in_doubt(reason) => {
                decision.intent = Err(Refusal { reason: reason.clone(), next: next.clone() });
            }
            Verdict::AlreadyDone { by: None, .. }
            | Verdict::ByHand { .. }
            | Verdict::Conflict { .. }
            | Verdict::Refused { .. } => {}
        }
    }
    Ok(prior_runs)
}

fn compared(said: &Plan, again: &Plan) -> Result<(), ApplyError> {
    for (said, again) in said.rows.iter().zip(&again.rows) {
        let is_same = match (&said.verdict, &again.verdict) {
            (Verdict::Change { change, .. }, Verdict::Change { change: other, .. }) => change == other,
            (said, again) => said == again,
        };
        let of_row = |row: &PlanRow| (row.place.clone(), row.store.clone(), row.label.clone(), row.action.clone());
        if !is_same || of_row(said) != of_row(again) {
            let PlanRow { place, store, label, .. } = again;
            let (says, comes_to) = (told(said), told(again));
            let how = match says == comes_to {
                true => format!("it says \"{says}\" in the same words, and means something else"),
                false => format!("it says \"{says}\", they come to \"{comes_to}\""),
            };
            return Err(disagrees(&format!("{} of {store} ({place}): {how}", one_line(label))));
        }
    }
    let rest = |plan: &Plan| (plan.brakes.clone(), plan.export.clone(), plan.rows.len());
    if rest(said) != rest(again) {
        return Err(disagrees("the brakes are others"));
    }
    Ok(())
}

fn told(row: &PlanRow) -> String {
    let english = |message: &Message| Language::ENGLISH.render(message);
    let words = match &row.verdict {
        Verdict::Change { change, .. } => {
            format!("{}: {}", english(&change.operations_message()), english(&change.after))
        }
        Verdict::ByHand { task } => english(&task.to_do),
        Verdict::AlreadyDone { why, .. } => english(why),
        Verdict::Conflict { live, .. } => english(live),
        Verdict::Refused { reason, .. } => english(reason),
    };
    format!("{}, {}", row.verdict.word(), one_line(&words))
}

fn disagrees(how: &str) -> ApplyError {
    ApplyError::Disagrees(how.to_string())
}
