//! How dates, money, suggestions and results are said: the same words on a sheet, on the terminal and in messages.
//!
//! Plain spaces everywhere; the writer ties dates and amounts together with [`tied`] so that no line of a cell ends in a torn
//! date. Other languages will stand beside these functions, not inside the sheets.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;

use crate::domain::{Advice, Money, OutcomeKind, Severity, Store, Suggestion, Timestamp, Way, local_day};

/// The one mark of a level of severity, before its word: `●`, `▲` or `○`; `–` for OK.
pub fn severity_mark(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "●",
        Some(Severity::Warning) => "▲",
        Some(Severity::Notice) => "○",
        None => "–",
    }
}

/// Mark and word, such as `● Critical`; `– OK` where nothing was found.
pub fn severity_words(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "● Critical",
        Some(Severity::Warning) => "▲ Warning",
        Some(Severity::Notice) => "○ Notice",
        None => "– OK",
    }
}

/// Mark and word of a row's result, such as `✓ Done`.
pub fn outcome_words(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Done => "✓ Done",
        OutcomeKind::AlreadyDone => "– Already done",
        OutcomeKind::ByHand => "○ By hand",
        OutcomeKind::Failed => "● Failed",
        OutcomeKind::Refused => "● Refused",
        OutcomeKind::Conflict => "▲ Conflict",
        OutcomeKind::Unknown => "● Unknown: asking",
        OutcomeKind::NotReached => "– Not reached",
    }
}

/// How urgent a result is; none where nobody has to do anything about it.
pub fn outcome_severity(kind: OutcomeKind) -> Option<Severity> {
    match kind {
        OutcomeKind::Failed | OutcomeKind::Refused | OutcomeKind::Unknown => Some(Severity::Critical),
        OutcomeKind::Conflict => Some(Severity::Warning),
        OutcomeKind::ByHand => Some(Severity::Notice),
        OutcomeKind::Done | OutcomeKind::AlreadyDone | OutcomeKind::NotReached => None,
    }
}

/// `Mon 30 Nov`; in another year than `now`'s, `30 Nov 2027`.
pub fn day_words(day: NaiveDate, now: NaiveDate) -> String {
    let format = if day.year() == now.year() { "%a %-d %b" } else { "%-d %b %Y" };
    day.format(format).to_string()
}

/// `Sunday 22 November 2026`.
pub fn long_day_words(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// The last second that belongs to a period whose end is `ends` (exclusive), on the clock of `zone`: a coupon that ends at
/// midnight ends, for people, at 23:59 of the day before.
pub fn last_local_second(ends: Timestamp, zone: Tz) -> NaiveDateTime {
    let last = ends.checked_sub_signed(Duration::seconds(1)).unwrap_or(ends);
    last.with_timezone(&zone).naive_local()
}

/// An exclusive end as a person says it: `Mon 30 Nov` where it is the end of that day, else `Mon 30 Nov 18:00`.
pub fn end_words(ends: Timestamp, zone: Tz, now: Timestamp) -> String {
    let last = last_local_second(ends, zone);
    let day = day_words(last.date(), local_day(now, zone));
    if (last.hour(), last.minute()) == (23, 59) {
        return day;
    }
    // 17:59:59 is the last second of an end at 18:00, and people say 18:00.
    format!("{day} {}", ends.with_timezone(&zone).format("%H:%M"))
}

/// What we would do about a row, verb first: `renew to Mon 30 Nov (follow-on)`, `by hand: restock +700`.
///
/// Dates are in the store's own zone, money in its currency. `now` decides whether a year is said.
pub fn suggestion_words(suggestion: &Suggestion, store: &Store, now: Timestamp) -> String {
    let deed = advice_words(&suggestion.advice, store, now);
    if suggestion.advice.action().is_none() {
        return deed;
    }
    match suggestion.way {
        Way::Direct => deed,
        Way::FollowOn => format!("{deed} (follow-on)"),
        Way::Instead => format!("{deed} (in another way)"),
        Way::ByHand => format!("by hand: {deed}"),
    }
}

fn advice_words(advice: &Advice, store: &Store, now: Timestamp) -> String {
    let until = |ends: &Timestamp| end_words(*ends, store.zone, now);
    match advice {
        Advice::Nothing => "nothing to do".to_string(),
        Advice::Renew { until: ends } => format!("renew to {}", until(ends)),
        Advice::Restock { add } => format!("restock +{}", grouped(*add)),
        Advice::Delete => "delete".to_string(),
        Advice::End => "end".to_string(),
        Advice::Enable => "enable".to_string(),
        Advice::Adjust { min_spend } => format!("adjust to {}", Money::new(*min_spend, store.currency)),
        Advice::Recreate { until: ends, min_spend: None } => format!("recreate to {}", until(ends)),
        Advice::Recreate { until: ends, min_spend: Some(amount) } => {
            format!("recreate to {}, from {}", until(ends), Money::new(*amount, store.currency))
        }
        Advice::Wait => "wait".to_string(),
        Advice::OpenPage => "open page".to_string(),
        Advice::CheckStore => "check the store".to_string(),
        Advice::Leave(words) => format!("leave: {words}"),
    }
}

/// `1,200`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// `1 store`, `7 stores`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { one } else { many })
}

/// The same text with no-break spaces inside dates (`Mon 30 Nov 23:59`), amounts (`EUR 25`, `+700`) and shares (`15 %`).
pub fn tied(text: &str) -> String {
    let mut tied = String::with_capacity(text.len());
    let mut before = None;
    for word in text.split(' ') {
        if let Some(before) = before {
            tied.push(if belong_together(before, word) { '\u{a0}' } else { ' ' });
        }
        tied.push_str(word);
        before = Some(word);
    }
    tied
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn belong_together(before: &str, word: &str) -> bool {
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_string();
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let (left, right) = (bare(before), bare(word));
    let is_month = |text: &str| MONTHS.contains(&text);
    let is_currency = left.len() == 3 && left.bytes().all(|b| b.is_ascii_uppercase());
    (DAYS.contains(&left.as_str()) && is_number(&right))
        || (is_number(&left) && (is_month(&right) || word.starts_with('%')))
        || (is_month(&left) && is_number(&right))
        || (is_currency && is_number(&right))
}
