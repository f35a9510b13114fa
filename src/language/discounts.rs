//! What a coupon gives, in words.

use super::Language;
use crate::domain::{Discount, Message};
use crate::message;

/// `15 % off, max SGD 12.00`; in the platform's own words where its rules are richer than ours.
pub fn discount_message(language: Language, discount: &Discount) -> Message {
    match discount {
        Discount::Sum(money) => message!("discount-sum", amount = *money),
        Discount::Share { percent, cap: None } => message!("discount-share", percent = *percent),
        Discount::Share { percent, cap: Some(cap) } => {
            message!("discount-share-capped", percent = *percent, cap = *cap)
        }
        Discount::Coins { percent, cap: None } => message!("discount-coins", percent = *percent),
        Discount::Coins { percent, cap: Some(cap) } => {
            message!("discount-coins-capped", percent = *percent, cap = *cap)
        }
        Discount::FreeShipping { cap: None } => message!("discount-free-shipping"),
        Discount::FreeShipping { cap: Some(cap) } => message!("discount-free-shipping-capped", cap = *cap),
        Discount::BuyXGetY(words) | Discount::Other(words) => {
            let id = format!("discount-{}", words.replace(' ', "-"));
            match language.has(&id) {
                true => Message::new(id, Vec::new()),
                false => Message::as_written(capitalised(words)),
            }
        }
    }
}

/// With a capital at its beginning, where its letters have any.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
