//! The words that several parts of the page share.

use chrono::NaiveDate;

use crate::domain::{Notice, Slot};
use crate::language::{Language, day_words};
use crate::say;

/// `Sat 21 Nov, afternoon`
pub(super) fn day_and_slot(language: Language, day: NaiveDate, slot: Slot, near: NaiveDate) -> String {
    let id = match slot {
        Slot::Am => "summary-day-am",
        Slot::Pm => "summary-day-pm",
    };
    say!(language, id, day = day_words(language, day, near))
}

/// `campaigns.csv:7: …`
pub(super) fn notice(language: Language, notice: &Notice) -> String {
    let words = language.render(&notice.message);
    notice.short_place().map_or(words.clone(), |place| format!("{place}: {words}"))
}
