//! What the platforms' tables of abilities are written with.

use crate::domain::{Ability, Confidence, Rule, Status, Verb};

pub(super) const SCHEDULED: &[Status] = &[Status::Scheduled];
pub(super) const ACTIVE: &[Status] = &[Status::Active];
pub(super) const PAUSED: &[Status] = &[Status::Paused];
pub(super) const ENDED: &[Status] = &[Status::Ended];
/// Coming or running.
pub(super) const NOT_ENDED: &[Status] = &[Status::Scheduled, Status::Active];
pub(super) const EVERY: &[Status] = Status::ALL;

/// One line of a table; `reason` is the id of a message.
pub(super) const fn rule(
    verb: Verb,
    statuses: &'static [Status],
    ability: Ability,
    mark: Confidence,
    source: &'static str,
    reason: &'static str,
) -> Rule {
    Rule { verb, statuses, ability, reason, mark, source }
}
