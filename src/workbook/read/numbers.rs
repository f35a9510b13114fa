//! What people write into Add stock and New min spend.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::cell::{Value, decimal};
use super::text::fold;
use crate::domain::Edit;
use crate::workbook::words::is_clear;

const WANTED_COUNT: &str = "write a whole number above zero";
const WANTED_AMOUNT: &str = "write a number, like 25 or 25.50";
const MOST_STOCK: u64 = 1_000_000_000;
const MOST_AMOUNT: i64 = 1_000_000_000_000;

/// A cell as meant, and how it was understood where that is not plain to see.
pub(super) struct Understood<T> {
    pub edit: Edit<T>,
    pub said: Option<String>,
}

/// Add stock; the error says what to write instead.
pub(super) fn read_stock(value: &Value) -> Result<Understood<u64>, String> {
    let (number, said) = match value {
        Value::Number(number) => (decimal(*number).ok_or(WANTED_COUNT)?, None),
        Value::Text(text) => {
            let text = fold(text);
            let number = read_digits(text.strip_prefix('+').unwrap_or(&text), Kind::Count)?;
            let plain = number.to_string() == text;
            (number, (!plain).then(|| format!("read as {number}")))
        }
        _ => return Err(WANTED_COUNT.to_string()),
    };
    if !number.is_integer() || number < Decimal::ONE {
        return Err(WANTED_COUNT.to_string());
    }
    match number.to_u64().filter(|stock| *stock <= MOST_STOCK) {
        Some(stock) => Ok(Understood { edit: Edit::Set(stock), said }),
        None => Err(format!("write a whole number up to {MOST_STOCK}")),
    }
}

/// New min spend. `currency` is the row's own, as its cell says.
pub(super) fn read_amount(value: &Value, currency: Option<&str>) -> Result<Understood<Decimal>, String> {
    let (amount, said) = match value {
        Value::Number(number) => (decimal(*number).ok_or(WANTED_AMOUNT)?, None),
        Value::Text(text) => {
            let text = fold(text);
            if is_clear(&text.to_lowercase()) {
                return Ok(Understood { edit: Edit::Clear, said: None });
            }
            let amount = read_digits(without_currency(&text, currency)?, Kind::Amount)?;
            let plain = amount.to_string() == text || amount.normalize().to_string() == text;
            (amount.normalize(), (!plain).then(|| format!("read as {amount}")))
        }
        _ => return Err(WANTED_AMOUNT.to_string()),
    };
    if amount < Decimal::ZERO {
        return Err("write an amount of zero or more".to_string());
    }
    if amount > Decimal::from(MOST_AMOUNT) {
        return Err(format!("write an amount up to {MOST_AMOUNT}"));
    }
    Ok(Understood { edit: Edit::Set(amount), said })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Count,
    Amount,
}

/// `SGD 25` and `25 SGD`, where the store's currency is SGD.
fn without_currency<'t>(text: &'t str, currency: Option<&str>) -> Result<&'t str, String> {
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
        3 => match currency.map(fold).filter(|own| !own.eq_ignore_ascii_case(word)) {
            Some(own) => Err(format!("the store's currency is {own}; write the amount in it, without a word")),
            None => Ok(rest.trim()),
        },
        _ => Err(WANTED_AMOUNT.to_string()),
    }
}

/// Digits with `.`, `,`, spaces or apostrophes between them, where only one reading is possible.
fn read_digits(text: &str, kind: Kind) -> Result<Decimal, String> {
    let wanted = || if kind == Kind::Count { WANTED_COUNT } else { WANTED_AMOUNT }.to_string();
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
    let (whole, fraction) = split_fraction(digits, kind)?;
    let whole = without_groups(whole).ok_or_else(wanted)?;
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{minus}{whole}{point}{fraction}").parse().map_err(|_| wanted())
}

/// Which sign is the decimal one: refused where `1.000` could be one or a thousand.
fn split_fraction(digits: &str, kind: Kind) -> Result<(&str, &str), String> {
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
    if kind == Kind::Count && sign == ',' && !both {
        // Nobody writes decimals on a count of coupons with a comma, so this one parts thousands or is a slip.
        return Ok((digits, ""));
    }
    if both || !looks_like_group {
        let odd_comma = sign == ',' && !both && fraction.len() > 2;
        return if odd_comma { Err(cannot_tell(whole, fraction)) } else { Ok((whole, fraction)) };
    }
    Err(cannot_tell(whole, fraction))
}

fn cannot_tell(whole: &str, fraction: &str) -> String {
    format!("thousands and decimals cannot be told apart; write {whole}{fraction} or {whole}.{fraction}")
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
