//! Values as a manager reads them.

use crate::domain::{ActionWord, Minimum};

pub(super) fn total_words(total: Option<u64>) -> String {
    total.map_or("no limit".to_string(), |total| format!("total {total}"))
}

pub(super) fn minimum_words(minimum: Minimum) -> String {
    match minimum {
        Minimum::Spend(money) => format!("min spend {money}"),
        other => other.to_string(),
    }
}

pub(super) fn alternative(word: ActionWord) -> &'static str {
    match word {
        ActionWord::Renew | ActionWord::Adjust | ActionWord::Restock | ActionWord::Enable => {
            "`recreate` makes a new coupon with the same rules"
        }
        ActionWord::Pause => "`end` stops it for good",
        _ => "empty the Action cell, or see Help for what this platform can do",
    }
}
