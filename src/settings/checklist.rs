//! The team's own routine: usual items changed or switched off, and items of its own.

use chrono::Weekday;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use toml::Spanned;

use super::asked::Form;
use super::complaints::Complaints;
use super::rules::{finding, finding_form, severity, severity_form};
use super::section::Section;
use super::words::choice;
use crate::domain::{HowOften, LooksAt, Message, RoutineItem, Severity, spell};
use crate::message;

const KEY_LETTERS: usize = 40;
const KEY: Form = Form::Like("at most 40 of a-z, 0-9, `-` and `_`", "^\\s*[a-z0-9_-]{1,40}\\s*$");
const DAY: Form = Form::Like("a day by its first three letters: mon, tue, wed, thu, fri, sat, sun", DAYS);
const DAYS: &str = "^\\s*([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn])";

/// The usual items, changed as was asked, and the team's own after them. `operator` is the program's; who is not named is called by
/// the part.
pub(super) fn routine(mut checklist: Section, operator: Option<&str>) -> Vec<RoutineItem> {
    let complaints = checklist.complaints;
    let operator = checklist.word("operator").or(operator.map(str::to_string));
    let operator = operator.map_or_else(|| message!("checklist-operator"), Message::as_written);
    let manager = checklist.word("manager").map_or_else(|| message!("checklist-manager"), Message::as_written);
    let usual = RoutineItem::usual(&operator, &manager);
    let is_usual = checklist.flag("usual").unwrap_or(true);
    let off = checklist.texts("off");
    let off = keys_off(&off.unwrap_or_default(), &usual, complaints);
    let mut routine = if is_usual { usual.clone() } else { Vec::new() };
    routine.retain(|item| !off.contains(&item.key));
    let mut named = BTreeSet::new();
    for section in checklist.sections("item") {
        let at = section.at;
        let Some(item) = item(section, &usual, &operator) else { continue };
        if !named.insert(item.key.clone()) {
            complaints.near(at, format!("two items have the key {:?}", item.key), "give each its own");
        }
        match routine.iter_mut().find(|other| other.key == item.key) {
            Some(other) => *other = item,
            None => routine.push(item),
        }
    }
    checklist.end();
    routine
}

fn keys_off(off: &[Spanned<String>], usual: &[RoutineItem], complaints: &Complaints) -> BTreeSet<String> {
    for typed in off.iter().filter(|typed| !usual.iter().any(|item| item.key == typed.get_ref().trim())) {
        let known: Vec<&str> = usual.iter().map(|item| item.key.as_str()).collect();
        let what = format!("{:?} is no usual item of the checklist", typed.get_ref());
        complaints.at(typed.span().start, what, format!("write one of {}", known.join(", ")));
    }
    off.iter().map(|typed| typed.get_ref().trim().to_string()).collect()
}

/// An item of the team's own, or one of the `usual` changed; what is not said stays as it is there.
fn item(mut section: Section, usual: &[RoutineItem], operator: &Message) -> Option<RoutineItem> {
    let (at, complaints) = (section.at, section.complaints);
    let (typed_key, says_what) = (section.text_as("key", KEY), section.is_given("what"));
    let [what, how, whose] = ["what", "how", "whose"].map(|key| section.word(key));
    let known = typed_key.as_ref().and_then(|key| usual.iter().find(|item| item.key == key.get_ref().trim()));
    let how_often = how_often(&mut section, known.map(|item| item.how_often));
    let finds = section.texts_as("finds", finding_form());
    let least = section.text_as("least", severity_form()).and_then(|typed| severity(&typed, complaints));
    section.end();
    if known.is_none() && what.is_none() {
        if !says_what {
            complaints.near(at, "an item of the checklist says nothing in `what`", "write what is looked at");
        }
        return None;
    }
    let looks_at = match finds {
        Some(finds) => {
            let codes: Vec<_> = finds.iter().filter_map(|typed| finding(typed, complaints)).collect();
            if codes.is_empty() { LooksAt::Eyes } else { LooksAt::Findings(codes) }
        }
        None => known.map_or(LooksAt::Eyes, |item| item.looks_at.clone()),
    };
    Some(RoutineItem {
        key: key(typed_key.as_ref(), what.as_deref().unwrap_or_default(), complaints),
        what,
        how,
        how_often,
        whose: whose
            .map(Message::as_written)
            .or_else(|| known.map(|item| item.whose.clone()))
            .unwrap_or_else(|| operator.clone()),
        looks_at,
        least: least.or(known.map(|item| item.least)).unwrap_or(Severity::Warning),
    })
}

/// An item without a key gets one from its words, so that it is found again as long as they stay.
fn key(typed: Option<&Spanned<String>>, what: &str, complaints: &Complaints) -> String {
    let Some(typed) = typed else { return format!("own-{}", spell(&Sha256::digest(what.trim()), 8).to_lowercase()) };
    let key = typed.get_ref().trim();
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter);
    if key.is_empty() || key.len() > KEY_LETTERS || !key.chars().all(allowed) {
        let what = format!("{key:?} cannot be the key of an item");
        complaints.at(typed.span().start, what, "write at most 40 of a-z, 0-9, `-` and `_`");
    }
    key.to_string()
}

fn how_often(section: &mut Section, usual: Option<HowOften>) -> HowOften {
    let on = section.text_as("on", DAY);
    let day = on.as_ref().and_then(|typed| weekday(typed, section.complaints));
    let weekly = HowOften::Weekly(day.unwrap_or(Weekday::Mon));
    let words = [("daily", HowOften::Daily), ("twice daily", HowOften::TwiceDaily), ("weekly", weekly)];
    let form = Form::Word(words.iter().map(|(word, _)| *word).collect());
    let often = match (section.text_as("how_often", form), usual, day) {
        (Some(typed), ..) => choice(&typed, "a rhythm", words, section.complaints).unwrap_or(HowOften::Daily),
        (None, Some(HowOften::Weekly(_)) | None, Some(day)) => HowOften::Weekly(day),
        (None, usual, _) => usual.unwrap_or(HowOften::Daily),
    };
    if let (Some(on), false) = (on, matches!(often, HowOften::Weekly(_))) {
        section.complaints.at(on.span().start, "`on` names the day of a weekly item", "add how_often = \"weekly\"");
    }
    often
}

/// A day by its first three letters.
fn weekday(typed: &Spanned<String>, complaints: &Complaints) -> Option<Weekday> {
    let short: String = typed.get_ref().trim().chars().take(3).collect();
    let what = format!("{:?} is not a day", typed.get_ref());
    complaints.read(short.parse().ok(), typed.span().start, what, "write mon, tue, wed, thu, fri, sat or sun")
}
