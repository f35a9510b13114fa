//! What a coupon gives, in words.

use super::Language;
use crate::domain::Discount;
use crate::say;

/// `15 % off, max SGD 12.00`; in the platform's own words where its rules are richer than ours.
pub fn discount_words(language: Language, discount: &Discount) -> String {
    match discount {
        Discount::Sum(money) => say!(language, "discount-sum", amount = money.to_string()),
        Discount::Share { percent, cap: None } => say!(language, "discount-share", percent = percent.to_string()),
        Discount::Share { percent, cap: Some(cap) } => {
            say!(language, "discount-share-capped", percent = percent.to_string(), cap = cap.to_string())
        }
        Discount::Coins { percent, cap: None } => say!(language, "discount-coins", percent = percent.to_string()),
        Discount::Coins { percent, cap: Some(cap) } => {
            say!(language, "discount-coins-capped", percent = percent.to_string(), cap = cap.to_string())
        }
        Discount::FreeShipping { cap: None } => language.say("discount-free-shipping"),
        Discount::FreeShipping { cap: Some(cap) } => {
            say!(language, "discount-free-shipping-capped", cap = cap.to_string())
        }
        Discount::BuyXGetY(words) | Discount::Other(words) => capitalised(words),
    }
}

/// The same within a sentence. English begins its cells with a capital, and goes on in small letters within a sentence.
pub fn discount_within(language: Language, discount: &Discount) -> String {
    if language == Language::ENGLISH { discount.to_string() } else { discount_words(language, discount) }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
