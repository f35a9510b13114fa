//! What the person who decides may decide: the config's people, store by store. The access of a store stays the last word.

use super::error::ApplyError;
use crate::domain::{Argument, People, StoreId};
use crate::message;
use crate::plan::{Plan, Refusal, ResolvedDecision};

/// Refuses the decisions on stores that `by` may not change; where the config names nobody, everybody may.
pub(super) fn refuse_without_right(decisions: &mut [ResolvedDecision], people: &People, by: &str) {
    if !people.is_any() {
        return;
    }
    let person = people.named(by);
    for decision in decisions.iter_mut() {
        if person.is_some_and(|person| person.may_change(&decision.store.id)) {
            continue;
        }
        let store = decision.store.id.as_str();
        let reason = match person {
            Some(person) => message!("results-no-right", person = Argument::name(&person.name), store = store),
            None => message!("results-no-person", person = Argument::name(by)),
        };
        decision.intent = Err(Refusal { reason, next: message!("results-next-ask-editor", store = store) });
    }
}

/// Whether `by` may send `plan`.
///
/// # Errors
/// Where a store of it is not theirs to change.
pub(super) fn may_send(plan: &Plan, people: &People, by: &str) -> Result<(), ApplyError> {
    let may_change = |store: &StoreId| people.named(by).is_some_and(|person| person.may_change(store));
    match plan.stores().into_iter().find(|store| people.is_any() && !may_change(store)) {
        Some(store) => Err(ApplyError::NotAllowed { by: by.to_string(), store }),
        None => Ok(()),
    }
}
