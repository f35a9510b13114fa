//! What people write into Add stock and New min spend, and into the number columns of the files that they keep beside ours.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::cell::{Understood, Value, decimal};
use super::text::fold;
use crate::domain::{Argument, Currency, Edit, Message};
use crate::message;
use crate::workbook::words::is_clear;

const MOST_STOCK: u64 = 1_000_000_000;
const MOST_AMOUNT: u64 = 1_000_000_000_000;

/// Add stock; the error says what to write instead.
pub(super) fn read_stock(value: &Value) -> Result<Understood<u64>, Message> {
    let (number, read_as) = match value {
        Value::Number(number) => (decimal(*number).ok_or_else(|| Kind::Count.wanted())?, None),
        Value::Text(text) => {
            let text = fold(text);
            let number = Digits::COUNT.read(text.strip_prefix('+').unwrap_or(&text))?;
            let plain = number.to_string() == text;
            (number, (!plain).then(|| message!("read-as", value = number.to_string())))
        }
        Value::Serial(..) | Value::Span(_) | Value::Yes(_) | Value::Error(_) => return Err(Kind::Count.wanted()),
    };
    if !number.is_integer() || number < Decimal::ONE {
        return Err(Kind::Count.wanted());
    }
    match number.to_u64().filter(|stock| *stock <= MOST_STOCK) {
        Some(stock) => Ok(Understood { edit: Edit::Set(stock), read_as }),
        None => Err(message!("read-count-up-to", most = Argument::Digits(MOST_STOCK))),
    }
}

/// New min spend. `currency` is the row's own, as its cell says.
pub(super) fn read_amount(value: &Value, currency: Option<&str>) -> Result<Understood<Decimal>, Message> {
    let (amount, read_as) = match value {
        Value::Number(number) => (decimal(*number).ok_or_else(|| Kind::Amount.wanted())?, None),
        Value::Text(text) => {
            let text = fold(text);
            if is_clear(&text.to_lowercase()) {
                return Ok(Understood::plain(Edit::Clear));
            }
            let amount = amount_as_written(&text, currency, None)?;
            let plain = amount.to_string() == text || amount.normalize().to_string() == text;
            (amount.normalize(), (!plain).then(|| message!("read-as", value = amount.to_string())))
        }
        Value::Serial(..) | Value::Span(_) | Value::Yes(_) | Value::Error(_) => return Err(Kind::Amount.wanted()),
    };
    if amount < Decimal::ZERO {
        return Err(message!("read-amount-negative"));
    }
    if let Some(currency) = currency.and_then(|currency| Currency::parse(&fold(currency)).ok())
        && amount.normalize().scale() > currency.decimals()
    {
        return Err(message!("read-amount-decimals", currency = currency.to_string(), count = currency.decimals()));
    }
    if amount > Decimal::from(MOST_AMOUNT) {
        return Err(message!("read-amount-up-to", most = Argument::Digits(MOST_AMOUNT)));
    }
    Ok(Understood { edit: Edit::Set(amount), read_as })
}

/// A whole number of zero or more, as text. `thousands` is the sign that the whole file parts thousands with, where that is known.
pub fn read_count_text(text: &str, thousands: Option<char>) -> Result<u64, Message> {
    let number = Digits { thousands, ..Digits::COUNT }.read(&fold(text))?;
    let count = Some(number).filter(Decimal::is_integer).and_then(|number| number.to_u64());
    count.ok_or_else(|| Kind::Count.wanted())
}

/// An amount of zero or more, as text, with or without its currency.
pub fn read_amount_text(text: &str, currency: Option<&str>, thousands: Option<char>) -> Result<Decimal, Message> {
    let amount = amount_as_written(&fold(text), currency, thousands)?.normalize();
    if amount < Decimal::ZERO { Err(message!("read-amount-negative")) } else { Ok(amount) }
}

fn amount_as_written(text: &str, currency: Option<&str>, thousands: Option<char>) -> Result<Decimal, Message> {
    let known = currency.and_then(|currency| Currency::parse(&fold(currency)).ok());
    Digits { kind: Kind::Amount, decimals: known.map(|currency| currency.decimals()), thousands }
        .read(without_currency(text, currency)?)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Count,
    Amount,
}

impl Kind {
    fn wanted(self) -> Message {
        match self {
            Self::Count => message!("read-count"),
            Self::Amount => message!("read-amount"),
        }
    }
}

/// `SGD 25` and `25 SGD`, where the store's currency is SGD.
fn without_currency<'t>(text: &'t str, currency: Option<&str>) -> Result<&'t str, Message> {
    let is_letter = |letter: char| letter.is_ascii_alphabetic();
    let before = text.trim_start_matches(is_letter);
    let after = text.trim_end_matches(is_letter);
    let (word, rest) = match (text.strip_suffix(before), text.strip_prefix(after)) {
        (Some(word), _) if !word.is_empty() => (word, before),
        (_, Some(word)) => (word, after),
        _ => ("", text),
    };
    match word.len() {
        0 => Ok(rest),
        _ if rest.is_empty() => Err(Kind::Amount.wanted()),
        3 => match currency.map(fold).filter(|own| !own.eq_ignore_ascii_case(word)) {
            Some(own) => Err(message!("read-other-currency", currency = own)),
            None => Ok(rest.trim()),
        },
        _ => Err(Kind::Amount.wanted()),
    }
}

/// How digits are read, as far as their place tells.
#[derive(Clone, Copy)]
struct Digits {
    kind: Kind,
    /// Of the currency: nobody writes more.
    decimals: Option<u32>,
    thousands: Option<char>,
}

impl Digits {
    const COUNT: Self = Self { kind: Kind::Count, decimals: None, thousands: None };

    /// Digits with `.`, `,`, spaces or apostrophes between them, where only one reading is possible.
    fn read(self, text: &str) -> Result<Decimal, Message> {
        let wanted = || self.kind.wanted();
        let (minus, digits) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest.trim_start()),
            None => ("", text),
        };
        let well_formed = digits.starts_with(|letter: char| letter.is_ascii_digit())
            && digits.ends_with(|letter: char| letter.is_ascii_digit())
            && digits.chars().all(|letter| letter.is_ascii_digit() || ".,' ’".contains(letter))
            && digits.len() <= 24;
        if !well_formed {
            return Err(wanted());
        }
        let (whole, fraction) = self.split_fraction(digits)?;
        let whole = without_groups(whole).ok_or_else(wanted)?;
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{minus}{whole}{point}{fraction}").parse().map_err(|_| wanted())
    }

    /// Which sign is the decimal one: refused where `1.000` could be one or a thousand.
    fn split_fraction(self, digits: &str) -> Result<(&str, &str), Message> {
        let last = |sign: char| digits.rfind(sign);
        let (at, sign) = match (last('.'), last(',')) {
            (None, None) => return Ok((digits, "")),
            (Some(dot), None) => (dot, '.'),
            (None, Some(comma)) => (comma, ','),
            (Some(dot), Some(comma)) => (dot.max(comma), if dot > comma { '.' } else { ',' }),
        };
        let both = digits.contains('.') && digits.contains(',');
        let (whole, fraction) = (digits.get(..at).unwrap_or(""), digits.get(at + 1..).unwrap_or(""));
        let groups = digits.matches(sign).count();
        if groups > 1 {
            // Only a thousands sign comes more than once.
            return Ok((digits, ""));
        }
        let looks_like_group = fraction.len() == 3 && (1..=3).contains(&whole.len()) && whole != "0";
        let parts_thousands = self.decimals == Some(0) || self.thousands == Some(sign);
        // Nobody writes decimals on a count of coupons with a comma, so this one parts thousands or is a slip.
        let is_counts_comma = self.kind == Kind::Count && sign == ',' && self.thousands != Some('.');
        if !both && (is_counts_comma || (looks_like_group && parts_thousands)) {
            return Ok((digits, ""));
        }
        if both || !looks_like_group {
            let odd_comma = sign == ',' && !both && fraction.len() > 2;
            return if odd_comma { Err(self.cannot_tell(whole, fraction)) } else { Ok((whole, fraction)) };
        }
        Err(self.cannot_tell(whole, fraction))
    }

    fn cannot_tell(self, whole: &str, fraction: &str) -> Message {
        // Written as `1.000`, or with more decimals than there are, it would be refused again.
        let most = self.decimals.map_or(fraction.len(), |decimals| decimals as usize);
        let decimals = fraction.get(..most).unwrap_or(fraction).trim_end_matches('0');
        let (one, point) = (format!("{whole}{fraction}"), if decimals.is_empty() { "" } else { "." });
        message!("read-thousands-or-decimals", one = one, other = format!("{whole}{point}{decimals}"))
    }
}

/// A number of zero or more whose decimal sign is known; without one, digits alone.
pub(super) fn with_sign(text: &str, sign: Option<char>) -> Option<Decimal> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match sign.and_then(|sign| text.split_once(sign)) {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let whole = match sign {
        None => is_digits(whole).then(|| whole.to_string())?,
        Some(_) if !whole.starts_with(|letter: char| letter.is_ascii_digit()) => return None,
        Some(sign) => {
            let parts = [if sign == '.' { ',' } else { '.' }, ' ', '\'', '’'];
            let is_known = |letter: char| letter.is_ascii_digit() || parts.contains(&letter);
            if !whole.chars().all(is_known) {
                return None;
            }
            without_groups(whole)?
        }
    };
    let point = if fraction.is_empty() { "" } else { "." };
    if whole.len() + fraction.len() > 24 {
        return None;
    }
    format!("{whole}{point}{fraction}").parse().ok()
}

/// The digits of `1,234,567`, where every group but the first has three digits and one sign parts them all.
fn without_groups(text: &str) -> Option<String> {
    let signs: Vec<char> = text.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let one_sign = signs.windows(2).all(|pair| pair.first() == pair.last());
    let mut groups = text.split(|letter: char| !letter.is_ascii_digit());
    let first = groups.next()?;
    let threes = groups.all(|group| group.len() == 3);
    let fits = signs.is_empty() || (1..=3).contains(&first.len());
    (one_sign && threes && fits).then(|| text.chars().filter(char::is_ascii_digit).collect())
}
