//! What is odd about a store itself, by how its load went.

use super::policy::Policy;
use crate::domain::{Argument, Finding, FindingCode, LoadProblem, Message, Severity, Store, Timestamp, local_day};
use crate::message;

/// What a load told of a store.
#[derive(Debug, Clone, Copy)]
pub struct StoreFacts<'a> {
    pub store: &'a Store,
    pub load: LoadFacts<'a>,
    /// What is otherwise at it than is reckoned with, each a sentence.
    pub differs: &'a [Message],
    /// When somebody has to sign in again, where the platform told.
    pub sign_in_again_by: Option<Timestamp>,
    pub now: Timestamp,
}

#[derive(Debug, Clone, Copy)]
pub enum LoadFacts<'a> {
    Loaded {
        count: u64,
        /// How many the platform says there are, where it says.
        expected: Option<u64>,
        unreadable: &'a [Message],
    },
    Failed(&'a LoadProblem),
    /// Not loaded, since the platform has closed the shop: banned, frozen, locked.
    Restricted(&'a LoadProblem),
    /// Kept out, since the platform tells another shop than the config.
    WrongShop(&'a LoadProblem),
}

/// Worst first. A store that did not load whole is told so whatever the policy switches off: it must never look clean.
pub fn store_findings(facts: &StoreFacts, policy: &Policy) -> Vec<Finding> {
    let load = load(facts).map(|finding| {
        let severity = policy.severity.get(&finding.code).copied().unwrap_or(finding.severity);
        Finding { severity, ..finding }
    });
    let sign_in = sign_in(facts, policy).and_then(|finding| policy.weighed(finding));
    let differs = differs(facts).and_then(|finding| policy.weighed(finding));
    let mut found: Vec<Finding> = [load, differs, sign_in].into_iter().flatten().collect();
    found.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    found
}

fn load(facts: &StoreFacts) -> Option<Finding> {
    let (code, why) = match facts.load {
        LoadFacts::Failed(problem) => {
            (FindingCode::StoreNotLoaded, message!("rules-store-not-loaded", problem = &problem.sentence))
        }
        LoadFacts::Restricted(problem) => {
            (FindingCode::StoreRestricted, message!("rules-store-restricted", problem = &problem.sentence))
        }
        LoadFacts::WrongShop(problem) => {
            (FindingCode::WrongShop, message!("rules-store-wrong", problem = &problem.sentence))
        }
        LoadFacts::Loaded { count, expected, unreadable } => {
            let why = match (expected, unreadable) {
                (_, [first, ..]) => message!("rules-coupons-unreadable", count = unreadable.len(), first = first),
                (Some(expected), []) if count < expected => {
                    message!("rules-list-incomplete", count = count, expected = expected)
                }
                (_, []) => return None,
            };
            (FindingCode::ListIncomplete, why)
        }
    };
    Some(Finding { code, severity: Severity::Critical, why })
}

/// Of a store that loaded.
fn differs(facts: &StoreFacts) -> Option<Finding> {
    let is_loaded = matches!(facts.load, LoadFacts::Loaded { .. });
    let both = |one, other| message!("check-both", one = one, other = other);
    let told = facts.differs.iter().filter(|_| is_loaded).cloned().reduce(both)?;
    let why = message!("rules-store-differs", problem = told);
    Some(Finding { code: FindingCode::StoreDiffers, severity: Severity::Warning, why })
}

fn sign_in(facts: &StoreFacts, policy: &Policy) -> Option<Finding> {
    let soon = facts.now + chrono::Duration::try_days(policy.sign_in_days)?;
    let ends = facts.sign_in_again_by.filter(|ends| *ends < soon)?;
    let zone = facts.store.zone;
    let day = Argument::Day { day: local_day(ends, zone), near: local_day(facts.now, zone) };
    let why = message!("rules-sign-in-ends", day = day, store = facts.store.id.as_str());
    Some(Finding { code: FindingCode::TokenExpiring, severity: Severity::Warning, why })
}
