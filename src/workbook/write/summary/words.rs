//! The words that several parts of the page share.

use chrono::NaiveDate;

use crate::domain::{FindingCode, Slot};
use crate::language::{Language, day_words};
use crate::say;

/// A name that fits two lines of a narrow column.
pub(super) fn finding_name(language: Language, code: FindingCode) -> String {
    language.say(&format!("summary-finding-{}", code.code().replace('_', "-")))
}

/// `Sat 21 Nov, afternoon`
pub(super) fn day_and_slot(language: Language, day: NaiveDate, slot: Slot, near: NaiveDate) -> String {
    let id = match slot {
        Slot::Am => "summary-day-am",
        Slot::Pm => "summary-day-pm",
    };
    say!(language, id, day = day_words(language, day, near))
}
