//! The team's own routine: usual items changed or switched off, and items of its own.

use chrono::Weekday;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use toml::Spanned;

use super::rules::finding;
use super::typed::Complaints;
use crate::domain::{HowOften, LooksAt, RoutineItem, Severity, spell};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedChecklist {
    operator: Option<String>,
    manager: Option<String>,
    /// Whether the usual items are there at all.
    usual: bool,
    /// Keys of usual items that are not wanted.
    off: Vec<Spanned<String>>,
    item: Vec<Spanned<TypedItem>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedItem {
    key: Option<Spanned<String>>,
    what: Option<String>,
    how: Option<String>,
    how_often: Option<Spanned<String>>,
    on: Option<Spanned<String>>,
    whose: Option<String>,
    finds: Option<Vec<Spanned<String>>>,
    least: Option<Spanned<String>>,
}

const KEY_LETTERS: usize = 40;
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl Default for TypedChecklist {
    fn default() -> Self {
        Self { operator: None, manager: None, usual: true, off: Vec::new(), item: Vec::new() }
    }
}

impl TypedChecklist {
    /// The usual items, changed as was asked, and the team's own after them. `operator` is the program's.
    pub fn resolve(self, operator: Option<&str>, complaints: &mut Complaints) -> Vec<RoutineItem> {
        let operator = self.operator.as_deref().or(operator).unwrap_or("Operator").to_string();
        let usual = RoutineItem::usual(&operator, self.manager.as_deref().unwrap_or("Manager"));
        let off = keys_off(&self.off, &usual, complaints);
        let mut routine = if self.usual { usual.clone() } else { Vec::new() };
        routine.retain(|item| !off.contains(&item.key));
        let mut named = BTreeSet::new();
        for typed in self.item {
            let place = typed.span().start;
            let typed = typed.into_inner();
            let known = typed.key.as_ref().and_then(|key| usual.iter().find(|item| item.key == key.get_ref().trim()));
            let Some(item) = typed.resolve(place, known, &operator, complaints) else { continue };
            if !named.insert(item.key.clone()) {
                complaints.near(place, format!("two items have the key {:?}", item.key), "give each its own");
            }
            match routine.iter_mut().find(|other| other.key == item.key) {
                Some(other) => *other = item,
                None => routine.push(item),
            }
        }
        routine
    }
}

fn keys_off(off: &[Spanned<String>], usual: &[RoutineItem], complaints: &mut Complaints) -> BTreeSet<String> {
    for typed in off.iter().filter(|typed| !usual.iter().any(|item| item.key == typed.get_ref().trim())) {
        let known: Vec<&str> = usual.iter().map(|item| item.key.as_str()).collect();
        let what = format!("{:?} is no usual item of the checklist", typed.get_ref());
        complaints.at(typed.span().start, what, format!("write one of {}", known.join(", ")));
    }
    off.iter().map(|typed| typed.get_ref().trim().to_string()).collect()
}

impl TypedItem {
    /// `known` is the usual item that is changed; what is not said stays as it is there.
    fn resolve(
        self,
        place: usize,
        known: Option<&RoutineItem>,
        operator: &str,
        complaints: &mut Complaints,
    ) -> Option<RoutineItem> {
        if known.is_none() && self.what.is_none() {
            complaints.near(place, "an item of the checklist says nothing in `what`", "write what is looked at");
            return None;
        }
        let key = key(self.key.as_ref(), self.what.as_deref().unwrap_or_default(), complaints);
        let how_often = how_often(self.how_often.as_ref(), self.on.as_ref(), known.map(|it| it.how_often), complaints);
        let least = self.least.as_ref().and_then(|typed| severity(typed, complaints));
        let looks_at = match self.finds {
            Some(finds) => {
                let codes: Vec<_> = finds.iter().filter_map(|typed| finding(typed, complaints)).collect();
                if codes.is_empty() { LooksAt::Eyes } else { LooksAt::Findings(codes) }
            }
            None => known.map_or(LooksAt::Eyes, |item| item.looks_at.clone()),
        };
        let whose = self.whose.or_else(|| known.map(|item| item.whose.clone()));
        Some(RoutineItem {
            key,
            what: self.what,
            how: self.how,
            how_often,
            whose: whose.unwrap_or_else(|| operator.to_string()),
            looks_at,
            least: least.or(known.map(|item| item.least)).unwrap_or(Severity::Warning),
        })
    }
}

/// An item without a key gets one from its words, so that it is found again as long as they stay.
fn key(typed: Option<&Spanned<String>>, what: &str, complaints: &mut Complaints) -> String {
    let Some(typed) = typed else { return format!("own-{}", spell(&Sha256::digest(what.trim()), 8).to_lowercase()) };
    let key = typed.get_ref().trim();
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter);
    if key.is_empty() || key.len() > KEY_LETTERS || !key.chars().all(allowed) {
        let what = format!("{key:?} cannot be the key of an item");
        complaints.at(typed.span().start, what, "write at most 40 of a-z, 0-9, `-` and `_`");
    }
    key.to_string()
}

fn how_often(
    typed: Option<&Spanned<String>>,
    on: Option<&Spanned<String>>,
    usual: Option<HowOften>,
    complaints: &mut Complaints,
) -> HowOften {
    let day = on.and_then(|typed| weekday(typed, complaints));
    let often = match typed.map(|typed| (typed.get_ref().trim(), typed.span().start)) {
        None => match (usual, day) {
            (Some(HowOften::Weekly(_)) | None, Some(day)) => HowOften::Weekly(day),
            (usual, _) => usual.unwrap_or(HowOften::Daily),
        },
        Some(("daily", _)) => HowOften::Daily,
        Some(("twice daily" | "twice_daily", _)) => HowOften::TwiceDaily,
        Some(("weekly", _)) => HowOften::Weekly(day.unwrap_or(Weekday::Mon)),
        Some((other, place)) => {
            let wanted = "write daily, twice daily or weekly";
            complaints.at(place, format!("how_often: {other:?} is not known"), wanted);
            HowOften::Daily
        }
    };
    if let (Some(on), false) = (on, matches!(often, HowOften::Weekly(_))) {
        complaints.at(on.span().start, "`on` names the day of a weekly item", "add how_often = \"weekly\"");
    }
    often
}

fn weekday(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Weekday> {
    let word: String = typed.get_ref().trim().to_lowercase().chars().take(3).collect();
    let day = DAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day);
    if day.is_none() {
        let what = format!("on: {:?} is not a day", typed.get_ref());
        complaints.at(typed.span().start, what, "write mon, tue, wed, thu, fri, sat or sun");
    }
    day
}

fn severity(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Severity> {
    let severity = Severity::WORST_FIRST.into_iter().find(|severity| severity.word() == typed.get_ref().trim());
    if severity.is_none() {
        let what = format!("least: {:?} is not a severity", typed.get_ref());
        complaints.at(typed.span().start, what, "write notice, warning or critical");
    }
    severity
}
