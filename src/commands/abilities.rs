//! The abilities table for people: on the terminal and in the documents, from the same data that plans are made with.

use crate::domain::{Abilities, Ability, Confidence, Status, Verb};
use crate::language::Language;
use crate::platforms::Platforms;

const LEGEND: &str = "\
✓ yes: done through the API    → another operation is done instead; follow-on: a new coupon takes over when the old one ends
by hand: in the platform's back office    – already: nothing to do    – no: not possible    · no rule is known: nothing is sent
(d) documented by the platform    (o) observed in working integrations, or measured    (i) inferred: our reading";

/// The statuses a seller meets; the others allow what Help says.
const SHOWN: [Status; 4] = [Status::Scheduled, Status::Active, Status::Paused, Status::Ended];

/// `→ follow-on` and the like, with d, o or i for documented, observed or inferred; a dot where no rule is known.
fn cell(abilities: &Abilities, verb: Verb, status: Status) -> String {
    let Some(rule) = abilities.said(verb, status) else { return "·".to_string() };
    let words = match rule.ability {
        Ability::Yes => "✓ yes".to_string(),
        Ability::FollowOn => "→ follow-on".to_string(),
        Ability::Instead(verb) => format!("→ {}", verb.words()),
        Ability::ByHand => "by hand".to_string(),
        Ability::Already => "– already".to_string(),
        Ability::Never => "– no".to_string(),
    };
    let mark = match rule.mark {
        Confidence::Documented => "d",
        Confidence::Observed => "o",
        Confidence::Inferred => "i",
    };
    format!("{words} ({mark})")
}

/// Platforms whose table has lines.
pub fn known(platforms: Platforms) -> Vec<&'static Abilities> {
    platforms.entries().map(|entry| entry.abilities).filter(|abilities| !abilities.rules.is_empty()).collect()
}

/// As docs/abilities.md has it.
pub fn markdown(platforms: &[&'static Abilities]) -> String {
    let mut text = String::new();
    for abilities in platforms {
        let heads: Vec<&str> = SHOWN.iter().map(|status| status.word()).collect();
        text += &format!("\n| {} | {} |\n|---|{}\n", abilities.name, heads.join(" | "), "---|".repeat(SHOWN.len()));
        for &verb in Verb::ALL {
            let cells: Vec<String> = SHOWN.iter().map(|status| cell(abilities, verb, *status)).collect();
            text += &format!("| {} | {} |\n", verb.words(), cells.join(" | "));
        }
    }
    text
}

/// For the terminal; with reasons and sources where asked for.
pub fn text(platforms: &[&'static Abilities], with_reasons: bool) -> String {
    let mut lines = Vec::new();
    for abilities in platforms {
        let heads: String = SHOWN.iter().map(|status| format!("{:<26}", status.word())).collect();
        lines.push(format!("{:<22} {heads}", abilities.name).trim_end().to_string());
        for &verb in Verb::ALL {
            let cells: String = SHOWN.iter().map(|status| format!("{:<26}", cell(abilities, verb, *status))).collect();
            lines.push(format!("  {:<20} {cells}", verb.words()).trim_end().to_string());
        }
        if with_reasons {
            lines.extend(abilities.rules.iter().map(|rule| {
                let statuses: Vec<&str> = rule.statuses.iter().map(|status| status.word()).collect();
                let (verb, mark) = (rule.verb.words(), rule.mark.word());
                format!(
                    "    {verb}, {}: {} ({mark}: {})",
                    statuses.join("/"),
                    Language::ENGLISH.say(rule.reason),
                    rule.source
                )
            }));
        }
        lines.push(String::new());
    }
    lines.push(LEGEND.to_string());
    lines.join("\n")
}
