//! Whose word a plan waits for, whatever it waits for it for, and whether it was given.

use std::path::Path;

use super::approval::{Judged, approvals, may_not_approve};
use super::codes::is_by_code;
use super::plan_file::PlanFile;
use crate::domain::{People, Person, Timestamp};
use crate::journal::Journal;
use crate::plan::Plan;

/// Those who can approve `plan` and have what they need for that: a key, or a channel for a code.
pub fn approvers<'p>(plan: &Plan, people: &'p People) -> Vec<&'p Person> {
    let can = |person: &&Person| {
        (person.key.is_some() || person.channel.is_some()) && may_not_approve(person, plan).is_none()
    };
    people.0.iter().filter(can).collect()
}

/// Who approved the plan at `path`, as far as their word counts at `now`; nobody where it waits on.
pub fn approved_by(
    (path, file): (&Path, &PlanFile),
    plan_sha256: &str,
    people: &People,
    journal: &Journal,
    now: Timestamp,
) -> Vec<String> {
    let is_by_code = |approval: &super::Approval| is_by_code(journal, approval).unwrap_or(false);
    let judged = Judged { plan: &file.plan, plan_sha256, people, now, is_by_code: &is_by_code };
    let counted = approvals(path, &judged, &[]).unwrap_or_default();
    counted.into_iter().map(|approval| approval.person).collect()
}
