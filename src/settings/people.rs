//! Who may do what, and above which limits a second person is needed.

use std::collections::BTreeSet;
use std::str::FromStr;

use strum::VariantArray;

use super::asked::Form;
use super::bounds;
use super::section::Section;
use super::{MessageSettings, StoreSettings};
use crate::domain::{People, Person, PublicKey, Role, StoreId};
use crate::plan::ApprovalLimits;
use crate::rules::Pattern;

const KEY: Form = Form::Like("the key of one who approves, as `couponbook person add` prints it", "^\\s*ed25519:");

/// The `[[person]]`s, each with the stores that they may see to.
pub(super) fn people(sections: Vec<Section>, stores: &[StoreSettings], channels: &[MessageSettings]) -> People {
    let mut people: Vec<Person> = Vec::new();
    for section in sections {
        let (at, complaints) = (section.at, section.complaints);
        let Some(person) = person(section, stores, channels) else { continue };
        match people.iter().find(|other| is_other_self(other, &person)) {
            Some(other) => {
                let what = format!("{} and {} are one and the same", other.name, person.name);
                complaints.near(at, what, "give each person a name, key and login of their own");
            }
            None => people.push(person),
        }
    }
    People(people)
}

/// Whether one of them could act for the other.
fn is_other_self(one: &Person, other: &Person) -> bool {
    let shares_login = one.logins.iter().any(|login| other.logins.iter().any(|it| it.eq_ignore_ascii_case(login)));
    one.name.eq_ignore_ascii_case(&other.name) || shares_login || one.key.is_some() && one.key == other.key
}

fn person(mut section: Section, stores: &[StoreSettings], channels: &[MessageSettings]) -> Option<Person> {
    let (at, complaints) = (section.at, section.complaints);
    section.declare_needed("name");
    section.declare_needed("role");
    let name = section.word("name");
    let roles = Role::VARIANTS.iter().map(|role| (role.into(), *role));
    let role = section.choice("role", "anything that a person can be", roles);
    let is_role_given = section.is_given("role");
    let (wanted, groups) = (section.texts("stores"), section.texts("groups"));
    let key = section.text_as("key", KEY).and_then(|typed| match PublicKey::from_str(typed.get_ref()) {
        Ok(key) => Some(key),
        Err(error) => {
            complaints.at(typed.span().start, "the key cannot be read", error.to_string());
            None
        }
    });
    let logins = section.texts("logins").unwrap_or_default();
    let channel = section.text("channel").and_then(|typed| {
        let known = channels.iter().map(|channel| channel.id.0.as_str());
        let found = known.clone().find(|id| *id == typed.get_ref().trim()).map(str::to_string);
        let wanted = match known.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "add a [[message]] with that channel first".to_string(),
            known => format!("write one of {known}"),
        };
        complaints.read(found, typed.span().start, format!("no channel is called {}", typed.get_ref()), wanted)
    });
    section.end();
    let is_limited = wanted.is_some() || groups.is_some();
    let mut may_see: BTreeSet<StoreId> = BTreeSet::new();
    for typed in wanted.iter().flatten() {
        let pattern = Pattern::parse(typed.get_ref());
        let answers = |store: &&StoreSettings| {
            pattern.as_ref().is_some_and(|pattern| pattern.matches(&store.store.id.as_str().to_lowercase()))
        };
        let found: Vec<StoreId> = stores.iter().filter(answers).map(|it| it.store.id.clone()).collect();
        if found.is_empty() {
            complaints.at(
                typed.span().start,
                format!("no store is called {}", typed.get_ref()),
                "name a store, or shopee-*",
            );
        }
        may_see.extend(found);
    }
    for typed in groups.iter().flatten() {
        let answers = |store: &&StoreSettings| store.group.as_deref() == Some(typed.get_ref().as_str());
        let found: Vec<StoreId> = stores.iter().filter(answers).map(|it| it.store.id.clone()).collect();
        if found.is_empty() {
            complaints.at(
                typed.span().start,
                format!("no store has the group {}", typed.get_ref()),
                "name a group of the stores",
            );
        }
        may_see.extend(found);
    }
    let Some(name) = name else {
        complaints.near(at, "a person has no name", "write name = \"Mei\"");
        return None;
    };
    if !is_role_given {
        complaints.near(at, format!("{name} has no role"), "write role = \"viewer\", \"editor\" or \"approver\"");
    }
    Some(Person {
        name,
        role: role?,
        stores: is_limited.then_some(may_see),
        key,
        logins: logins.into_iter().map(|typed| typed.get_ref().trim().to_string()).collect(),
        channel,
    })
}

/// `[approval]`; none where no second person is asked for.
pub(super) fn approval(mut section: Section, is_given: bool) -> Option<ApprovalLimits> {
    let exposure = section.amounts("exposure", &bounds::EXPOSURE);
    let limits = ApprovalLimits {
        removals: section.number(&bounds::APPROVAL_REMOVALS),
        stores: section.number(&bounds::APPROVAL_STORES),
        losing_money: section.flag("losing_money").unwrap_or(true),
        hours: section.number(&bounds::APPROVAL_HOURS).unwrap_or(ApprovalLimits::USUAL_HOURS),
        exposure,
    };
    section.end();
    is_given.then_some(limits)
}
