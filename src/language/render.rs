//! From a message to the words that somebody reads.

use fluent_bundle::{FluentArgs, FluentValue};
use unicode_width::UnicodeWidthStr;

use super::{Language, day_words, end_words, files, instant_words};
use crate::domain::{Argument, Discount, Message, grouped};
use crate::foreign::one_line;
use crate::message;

/// A name in a cell keeps at least this many columns; what is then still too long is said by a shorter wording.
const NAME_COLUMNS_MIN: usize = 10;

/// Where the words are to stand.
#[derive(Clone, Copy)]
pub(super) enum Room {
    /// On a terminal, in a file: whatever they need.
    Free,
    /// In a cell: no line ends within an amount, and no name has more columns than this.
    Cell { name_columns_max: usize },
}

pub(super) struct Renderer {
    pub language: Language,
    pub room: Room,
}

impl Renderer {
    pub fn message(&self, message: &Message) -> String {
        let words = self.words(message.id(), message.arguments());
        if message.id() == Message::SENTENCE { sentence(&words) } else { words }
    }

    pub fn words<'a>(&self, id: &str, arguments: impl Iterator<Item = (&'a str, &'a Argument)>) -> String {
        let mut facts = FluentArgs::new();
        for (name, argument) in arguments {
            facts.set(name, self.value(argument));
        }
        let mut languages = [self.language, Language::ENGLISH].into_iter();
        let words = languages.find_map(|language| files::message(language, id, &facts));
        let words = words.unwrap_or_else(|| id.to_string());
        match self.room {
            Room::Free => words,
            Room::Cell { .. } => words.replace(" %", "\u{a0}%"),
        }
    }

    fn value(&self, argument: &Argument) -> FluentValue<'static> {
        match argument {
            // Exact up to 2^53, beyond any count of coupons.
            Argument::Count(count) => FluentValue::from(*count),
            other => FluentValue::from(self.argument(other)),
        }
    }

    fn argument(&self, argument: &Argument) -> String {
        match argument {
            Argument::Text(text) => one_line(text).into_owned(),
            Argument::Name(name) => self.name(name),
            Argument::Count(count) => grouped(count),
            Argument::Digits(number) => number.to_string(),
            Argument::Money(money) => self.amount(money),
            Argument::Percent(percent) => self.amount(percent),
            // English begins its cells with a capital, and goes on in small letters within a sentence.
            Argument::Discount(discount) if self.language == Language::ENGLISH => self.amount(discount),
            Argument::Discount(discount) => self.message(&discount_message(self.language, discount)),
            Argument::Day { day, near } => day_words(self.language, *day, *near),
            Argument::Instant { at, zone, near } => instant_words(self.language, *at, *zone, *near),
            Argument::End { at, zone, near } => end_words(self.language, *at, *zone, *near),
            Argument::Message(message) => self.message(message),
            Argument::List(list) => {
                let words: Vec<String> = list.iter().map(|argument| self.argument(argument)).collect();
                words.join(&self.language.say("comma"))
            }
        }
    }

    fn amount(&self, amount: impl std::fmt::Display) -> String {
        match self.room {
            Room::Free => amount.to_string(),
            Room::Cell { .. } => amount.to_string().replace(' ', "\u{a0}"),
        }
    }

    fn name(&self, name: &str) -> String {
        let name = one_line(name);
        match self.room {
            Room::Free => name.into_owned(),
            Room::Cell { name_columns_max } => shortened(&name, name_columns_max),
        }
    }
}

/// See [`Language::render_within`].
pub(super) fn within(language: Language, message: &Message, columns_max: usize) -> String {
    let mut wording = Some(message);
    let mut words = String::new();
    while let Some(message) = wording {
        let in_cell = |name_columns_max| Renderer { language, room: Room::Cell { name_columns_max } }.message(message);
        words = in_cell(columns_max);
        let over = words.width().saturating_sub(columns_max);
        if over > 0
            && let Some(longest) = longest_name(message, columns_max)
        {
            words = in_cell(longest.saturating_sub(over).max(NAME_COLUMNS_MIN));
        }
        if words.width() <= columns_max {
            break;
        }
        wording = message.shorter();
    }
    words
}

/// The columns of the longest name that the message tells, at most `columns_max`.
fn longest_name(message: &Message, columns_max: usize) -> Option<usize> {
    let columns = |argument: &Argument| match argument {
        Argument::Name(name) => Some(shortened(name, columns_max).width()),
        Argument::Message(message) => longest_name(message, columns_max),
        _ => None,
    };
    message.arguments().filter_map(|(_, argument)| columns(argument)).max()
}

/// Begins with a capital and ends with a stop, of the words' own language: a platform's stay in theirs.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    let is_chinese = text.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}'));
    let stop = match rest.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        true => "",
        false if is_chinese => "。",
        false => ".",
    };
    format!("{}{rest}{stop}", first.to_uppercase())
}

/// At most `columns_max` columns of a name, on one line.
pub fn shortened(name: &str, columns_max: usize) -> String {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.width() <= columns_max {
        return line;
    }
    let mut head = String::new();
    for letter in line.chars() {
        head.push(letter);
        // A column for the dots.
        if head.width() + 1 > columns_max {
            head.pop();
            break;
        }
    }
    format!("{}…", head.trim_end())
}

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
            if let Some(amount) = words.strip_suffix(" off each item") {
                return message!("discount-off-each-item", amount = amount);
            }
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
