//! The words that several sheets share.

use chrono::Duration;

use crate::domain::{Exposure, HowResolved, OutcomeKind};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, outcome_severity};
use crate::workbook::write::style::{CELL, CellStyle};

pub(super) fn outcome_style(kind: OutcomeKind) -> CellStyle {
    match outcome_severity(kind) {
        Some(severity) => CellStyle::filled(severity),
        None => CELL,
    }
}

pub(super) fn how(language: Language, how: &HowResolved) -> String {
    match how {
        HowResolved::Action { action: word, by } => {
            say!(language, "week-how-action", action = word.name(language), by = by)
        }
        HowResolved::ByHand(word) => say!(language, "week-how-by-hand", action = word.name(language)),
        HowResolved::Gone => language.say("week-how-gone"),
        HowResolved::Ended => language.say("week-how-ended"),
        HowResolved::ByItself => language.say("week-how-by-itself"),
    }
}

/// `3 d 4 h`, `9 h`, `under 1 h`.
pub(super) fn span(language: Language, span: Duration) -> String {
    let hours = span.num_hours().unsigned_abs();
    match hours {
        0 => language.say("week-hours-under-one"),
        1..48 => say!(language, "week-hours", hours = hours),
        _ => say!(language, "week-days-hours", days = hours / 24, hours = hours % 24),
    }
}

/// What something can cost, in a cell: money as text, so that currencies can stand in one column.
pub(super) fn exposure(language: Language, exposure: &Exposure) -> String {
    match exposure {
        Exposure::Known(money) => money.to_string(),
        Exposure::NoLimit => language.say("no-limit"),
        Exposure::NotKnown => language.say("not-known"),
    }
}
