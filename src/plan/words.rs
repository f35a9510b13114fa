//! The values of a coupon as parts of sentences.

use crate::domain::{ActionWord, Argument, Coupon, Finding, Message, Minimum, Store, Timestamp};
use crate::message;

/// `total 700`, `no limit`: digits as they stand in the cell of the platform, without separators.
pub fn total(total: Option<u64>) -> Message {
    match total {
        Some(total) => message!("results-total", total = total.to_string()),
        None => message!("results-no-limit"),
    }
}

/// `5 Jan 2026 23:59`: an end in its store's own time, in whatever year.
pub(super) fn with_year(ends: Timestamp, store: &Store) -> Argument {
    Argument::End { at: ends, zone: store.zone, near: Timestamp::UNIX_EPOCH }
}

/// `SGD 30.00`, `no minimum`.
pub(super) fn minimum_value(minimum: Minimum) -> Message {
    match minimum {
        Minimum::None => message!("results-no-minimum"),
        Minimum::Spend(money) => message!("results-amount", amount = money),
        Minimum::Quantity(items) => message!("results-minimum-items", items = items.to_string()),
        Minimum::NotKnown => message!("results-not-known"),
    }
}

/// `min spend SGD 30.00`, `no minimum`.
pub fn minimum(minimum: Minimum) -> Message {
    match minimum {
        Minimum::Spend(money) => message!("results-min-spend", amount = money),
        Minimum::None | Minimum::Quantity(_) | Minimum::NotKnown => minimum_value(minimum),
    }
}

/// `code BLACK20`, `no code`.
pub fn code(coupon: &Coupon) -> Message {
    match &coupon.code {
        Some(code) => message!("results-the-code", code = code.as_str()),
        None => message!("results-without-code"),
    }
}

/// What a coupon of these rules gives and asks for.
pub(super) fn rules(coupon: &Coupon) -> Message {
    message!("results-rules", discount = &coupon.discount, minimum = minimum(coupon.minimum))
}

/// The names of what was found; said so where nothing was.
pub(super) fn found(findings: &[Finding]) -> Message {
    if findings.is_empty() {
        return message!("results-nothing-found");
    }
    message!("results-found", findings = findings.iter().map(|finding| finding.code.message()).collect::<Vec<_>>())
}

/// What to write instead of an action that the platform cannot do.
pub(super) fn alternative(word: ActionWord) -> Message {
    match word {
        ActionWord::Renew | ActionWord::Adjust | ActionWord::Restock | ActionWord::Enable => {
            message!("results-next-recreate")
        }
        ActionWord::Pause => message!("results-next-end"),
        ActionWord::Accept | ActionWord::Delete | ActionWord::End | ActionWord::Recreate | ActionWord::Keep => {
            message!("results-next-help")
        }
    }
}
