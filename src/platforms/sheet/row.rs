//! One row of a file in our words. What a cell leaves open stays open: an empty total is not known, and neither nought nor without limit.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};

use super::blocks::Line;
use super::layout::{Field, FileZone, Layout, ValueKind};
use crate::domain::{
    Argument, Coupon, CouponId, Currency, Discount, Message, Minimum, Money, Owner, Percent, Period, Status, Store,
    Timestamp, Untold, day_end, day_start, local_instant, unread_rule,
};
use crate::message;
use crate::workbook::read::{Datum, NotAMoment, read_moment, read_number};

/// From this second of a day on, an end is the day's own.
const LAST_MINUTE: u32 = 24 * 3600 - 60;
/// Between start and end in one cell.
const PERIOD_SIGNS: [&str; 3] = [" - ", " – ", " ~ "];
/// A number cell of more digits has lost some.
const EXACT_NUMBER_MAX: u64 = 1_000_000_000_000_000;
/// The name of the rule that stands for all that such a file does not tell: which items, which buyers.
const THE_REST: &str = "what the file does not tell";

/// Why a row is not a coupon.
#[derive(Debug)]
pub(super) enum Unread {
    /// It alone cannot be read.
    Row(Message),
    /// Nobody has said how such cells are to be read, which concerns every row.
    Ask(Ask),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ask {
    Dates,
    Decimals,
    Zone,
}

type Told<T> = Result<T, Unread>;

impl From<Message> for Unread {
    fn from(message: Message) -> Self {
        Self::Row(message)
    }
}

/// What a cell of a number says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Amount<T> {
    Untold,
    /// Written out that there is none.
    Without,
    Of(T),
}

impl<T> Amount<T> {
    fn told(self) -> Option<T> {
        if let Self::Of(value) = self { Some(value) } else { None }
    }
}

/// The count; that it is not told goes to `untold`.
fn known(count: Amount<u64>, what: Untold, untold: &mut BTreeSet<Untold>) -> Option<u64> {
    if count == Amount::Untold {
        untold.insert(what);
    }
    count.told()
}

/// When something starts or ends, as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    At(Timestamp),
    Day(NaiveDate),
    /// So many seconds into the day; 86,400 is its end.
    Time(NaiveDate, u32),
}

/// What the rows of one file are read with.
pub(super) struct Reading<'a> {
    pub layout: &'a Layout,
    pub store: &'a Store,
    pub now: Timestamp,
}

impl Reading<'_> {
    /// The coupon of a row.
    pub fn coupon(&self, line: &Line) -> Told<Coupon> {
        let usable = self.usable(line)?;
        let (id, code, name) = identity(line, usable.starts())?;
        let mut untold = BTreeSet::new();
        if usable.starts().is_none() {
            untold.insert(Untold::Start);
        }
        let (status, raw_status) = match (self.status(line, &usable, &mut untold), self.is_used_up(line)?) {
            // By its dates it runs, and there is nothing left of it: whether buyers can use it the file does not say.
            ((Status::Active, _), true) => (Status::Unknown, "nothing left".to_string()),
            (status, _) => status,
        };
        let discount = self.discount(line, &mut untold)?;
        let minimum = match self.money(line, Field::MinSpend)? {
            Amount::Untold => Minimum::NotKnown,
            Amount::Without => Minimum::None,
            Amount::Of(spend) => Minimum::told(Some(spend)),
        };
        let is_budget = self.counts_money(line)?;
        let counted = if is_budget { Amount::Untold } else { self.count(line, Field::Total)? };
        let total = known(counted, Untold::Total, &mut untold);
        let used = known(self.count(line, Field::Used)?, Untold::Used, &mut untold);
        if used.is_none() {
            untold.insert(Untold::Used);
        }
        let [claimed, per_buyer] = [Field::Claimed, Field::PerCustomer].map(|field| self.count(line, field));
        let [claimed, per_buyer] = [claimed?.told(), per_buyer?.told()];
        let mut other_rules = Map::new();
        other_rules.insert(THE_REST.to_string(), unread_rule());
        if let Some(budget) = line.cells.get(&Field::Total).filter(|_| is_budget) {
            other_rules.insert("budget".to_string(), Value::String(budget.words()));
        }
        Ok(Coupon {
            store: self.store.id.clone(),
            id,
            code,
            name,
            status,
            raw_status,
            kind: text(line, Field::Kind).unwrap_or_else(|| "coupon".to_string()),
            discount,
            minimum,
            usable,
            claimable: None,
            total,
            used,
            claimed,
            per_buyer,
            owner: Owner::Seller,
            stock_is_claimed: false,
            other_rules: other_rules.into(),
            besides: Default::default(),
            made_by_change: None,
            page: self.layout.page.clone(),
            untold,
        })
    }

    fn usable(&self, line: &Line) -> Told<Period> {
        let (starts, ends) = match line.cells.get(&Field::Period) {
            Some(cell) => {
                let [starts, ends] = self.both(cell)?;
                (Some(starts), Some(ends))
            }
            None => (self.start(line)?, self.end(line)?),
        };
        let zone = || self.zone(line);
        let starts = starts.map(|when| first_moment(when, zone)).transpose()?;
        let ends = ends.map(|when| end_of(when, zone)).transpose()?;
        Period::new(starts, ends).map_err(|_| Unread::Row(message!("sheet-reversed")))
    }

    fn start(&self, line: &Line) -> Told<Option<When>> {
        match line.cells.get(&Field::Starts) {
            Some(cell) if !is_none_word(cell) => self.when(cell, line.has_times).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    fn end(&self, line: &Line) -> Told<Option<When>> {
        match line.cells.get(&Field::Ends) {
            Some(cell) if is_none_word(cell) => Ok(None),
            Some(cell) => self.when(cell, line.has_times).map(Some),
            None => Err(message!("sheet-no-end").into()),
        }
    }

    /// Start and end of one cell.
    fn both(&self, cell: &Datum) -> Told<[When; 2]> {
        let words = cell.words();
        let split =
            PERIOD_SIGNS.iter().map(|sign| words.split(sign).collect::<Vec<_>>()).find(|parts| parts.len() == 2);
        let Some([starts, ends]) = split.as_deref() else {
            return Err(message!("sheet-period", found = shown(&words)).into());
        };
        Ok([self.written(starts)?, self.written(ends)?])
    }

    fn when(&self, cell: &Datum, has_times: bool) -> Told<When> {
        match cell {
            Datum::Moment(at) if at.time() == NaiveTime::MIN && !has_times => Ok(When::Day(at.date())),
            Datum::Moment(at) => Ok(time_of(*at)),
            Datum::Text(text) => self.written(text),
            Datum::Number(_) | Datum::Other(_) => Err(message!("sheet-no-date", found = shown(&cell.words())).into()),
        }
    }

    fn written(&self, text: &str) -> Told<When> {
        if let Some(at) = instant(text) {
            return Ok(When::At(at));
        }
        match read_moment(text, self.layout.dates) {
            Ok((day, None)) => Ok(When::Day(day)),
            Ok((day, Some(seconds))) => Ok(When::Time(day, seconds)),
            Err(NotAMoment::TwoWays) => Err(Unread::Ask(Ask::Dates)),
            Err(NotAMoment::OtherOrder) => Err(message!("sheet-other-order", found = shown(text)).into()),
            Err(NotAMoment::NoDate) => Err(message!("sheet-no-date", found = shown(text)).into()),
        }
    }

    fn zone(&self, line: &Line) -> Told<Tz> {
        if let Some(cell) = line.cells.get(&Field::Zone) {
            let words = cell.words();
            return words.parse().map_err(|_| message!("sheet-no-zone", found = shown(&words)).into());
        }
        match self.layout.zone {
            FileZone::Named(zone) => Ok(zone),
            FileZone::OfStore => Ok(self.store.zone),
            FileZone::Unsaid => Err(Unread::Ask(Ask::Zone)),
        }
    }

    /// As its word says, and as its dates say where it has none; the clock goes on after the file was written.
    fn status(&self, line: &Line, usable: &Period, untold: &mut BTreeSet<Untold>) -> (Status, String) {
        let is_over = usable.ends().is_some_and(|ends| ends <= self.now);
        let is_ahead = usable.starts().is_some_and(|starts| starts > self.now);
        let Some(word) = text(line, Field::Status) else {
            untold.insert(Untold::Status);
            let status = match (is_over, is_ahead, usable.starts()) {
                (true, ..) => Status::Ended,
                (false, true, _) => Status::Scheduled,
                (false, false, Some(_)) => Status::Active,
                // Whether it has begun nobody tells.
                (false, false, None) => Status::Unknown,
            };
            return (status, String::new());
        };
        let told = self.layout.status_of(&word).unwrap_or(Status::Unknown);
        let status = match told {
            Status::Scheduled | Status::Active | Status::Paused | Status::InReview if is_over => Status::Ended,
            Status::Scheduled if usable.starts().is_some() && !is_ahead => Status::Active,
            Status::Active if is_ahead => Status::Scheduled,
            told => told,
        };
        if status != told {
            untold.insert(Untold::Status);
        }
        (status, word)
    }

    fn discount(&self, line: &Line, untold: &mut BTreeSet<Untold>) -> Told<Discount> {
        let (kind_word, value) = (text(line, Field::Kind), line.cells.get(&Field::Value));
        let kind = kind_word.as_deref().and_then(|word| self.layout.kind_of(word));
        let in_words = || {
            let words = [kind_word.clone(), value.map(|cell| cell.words())];
            Discount::Other(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
        };
        let is_share = value.is_some_and(|cell| cell.words().ends_with('%'));
        let discount = match (kind, value) {
            (Some(ValueKind::FreeShipping), _) => Discount::FreeShipping { cap: None },
            (Some(ValueKind::Percent), Some(cell)) => Discount::Share { percent: self.percent(cell)?, cap: None },
            (None, Some(cell)) if is_share => Discount::Share { percent: self.percent(cell)?, cap: None },
            (Some(ValueKind::Amount), Some(_)) => match self.money(line, Field::Value)? {
                Amount::Of(money) => return Ok(Discount::Sum(money)),
                Amount::Untold | Amount::Without => return Ok(in_words()),
            },
            (None, Some(Datum::Text(written))) if has_currency(written, self.store.currency) => {
                match self.money(line, Field::Value)? {
                    Amount::Of(money) => return Ok(Discount::Sum(money)),
                    Amount::Untold | Amount::Without => return Ok(in_words()),
                }
            }
            _ => return Ok(in_words()),
        };
        let cap = match self.money(line, Field::Cap)? {
            Amount::Of(cap) => Some(cap),
            Amount::Without => None,
            Amount::Untold => {
                untold.insert(Untold::Cap);
                None
            }
        };
        Ok(match discount {
            Discount::Share { percent, .. } => Discount::Share { percent, cap },
            _ => Discount::FreeShipping { cap },
        })
    }

    fn percent(&self, cell: &Datum) -> Told<Percent> {
        let refused = || message!("sheet-no-percent", found = shown(&cell.words()));
        let number = match cell {
            // A cell that shows 20 % holds 0.2.
            Datum::Number(number) if *number > Decimal::ZERO && *number < Decimal::ONE => {
                return Err(message!("sheet-percent-cell", found = number.to_string()).into());
            }
            Datum::Number(number) => *number,
            Datum::Text(text) => self.number(text.trim_end_matches('%').trim_end())?.ok_or_else(refused)?,
            Datum::Moment(_) | Datum::Other(_) => return Err(refused().into()),
        };
        let is_share = (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number);
        if is_share { Ok(Percent(number.normalize())) } else { Err(refused().into()) }
    }

    /// The inner none: it is no number.
    fn number(&self, text: &str) -> Told<Option<Decimal>> {
        match read_number(text, self.layout.decimal_sign) {
            None if self.layout.decimal_sign.is_none()
                && read_number(text, Some('.')).or(read_number(text, Some(','))).is_some() =>
            {
                Err(Unread::Ask(Ask::Decimals))
            }
            number => Ok(number),
        }
    }

    fn count(&self, line: &Line, field: Field) -> Told<Amount<u64>> {
        let Some(cell) = line.cells.get(&field) else { return Ok(Amount::Untold) };
        if is_none_word(cell) {
            return Ok(Amount::Without);
        }
        let number = match cell {
            Datum::Number(number) => Some(*number),
            Datum::Text(text) => self.number(text)?,
            Datum::Moment(_) | Datum::Other(_) => None,
        };
        let count = number.filter(|number| number.fract().is_zero()).and_then(|number| number.to_u64());
        let refused = || message!("sheet-no-count", field = field.word(), found = shown(&cell.words()));
        count.map(Amount::Of).ok_or_else(|| refused().into())
    }

    fn money(&self, line: &Line, field: Field) -> Told<Amount<Money>> {
        let Some(cell) = line.cells.get(&field) else { return Ok(Amount::Untold) };
        if is_none_word(cell) {
            return Ok(Amount::Without);
        }
        let currency = self.currency(line)?;
        let refused = || message!("sheet-no-amount", field = field.word(), found = shown(&cell.words()));
        let amount = match cell {
            Datum::Number(number) => Some(*number),
            Datum::Text(text) => self.number(without_currency(text, currency).ok_or_else(refused)?)?,
            Datum::Moment(_) | Datum::Other(_) => None,
        };
        let amount =
            amount.filter(|amount| !amount.is_sign_negative() && amount.normalize().scale() <= currency.decimals());
        amount.map(|amount| Amount::Of(Money::new(amount, currency))).ok_or_else(|| refused().into())
    }

    fn currency(&self, line: &Line) -> Told<Currency> {
        let Some(written) = text(line, Field::Currency) else { return Ok(self.store.currency) };
        Currency::parse(&written).map_err(|_| message!("sheet-no-currency", found = shown(&written)).into())
    }

    /// Whether the file itself says that nothing is left of the total.
    fn is_used_up(&self, line: &Line) -> Told<bool> {
        let left = match line.cells.get(&Field::Left) {
            Some(Datum::Number(left)) => Some(*left),
            Some(Datum::Text(left)) => self.number(left)?,
            Some(Datum::Moment(_) | Datum::Other(_)) | None => None,
        };
        Ok(left.is_some_and(|left| left <= Decimal::ZERO))
    }

    /// Whether the total is a budget: then nobody tells how many there are.
    fn counts_money(&self, line: &Line) -> Told<bool> {
        let Some(unit) = text(line, Field::TotalUnit) else { return Ok(false) };
        match unit.to_lowercase().as_str() {
            "money" | "金额" => Ok(true),
            "pieces" | "张" => Ok(false),
            _ => Err(message!("sheet-no-unit", found = shown(&unit)).into()),
        }
    }
}

/// Its id, its code and its name: the code where there is one, else the id, else name and start.
fn identity(line: &Line, starts: Option<Timestamp>) -> Told<(CouponId, Option<String>, String)> {
    let (code, id) = (name_of(line, Field::Code)?, name_of(line, Field::Id)?);
    let name = text(line, Field::Name);
    let key = match (code.clone().or(id), &name, starts) {
        (Some(key), ..) => key,
        (None, Some(name), Some(starts)) => format!("{name} @ {}", starts.format("%Y-%m-%dT%H:%MZ")),
        (None, ..) => return Err(message!("sheet-no-key").into()),
    };
    let name = name.unwrap_or_else(|| key.clone());
    Ok((CouponId::new(key), code, name))
}

/// A code or an id, of which an office program has lost nothing.
fn name_of(line: &Line, field: Field) -> Told<Option<String>> {
    let Some(cell) = line.cells.get(&field) else { return Ok(None) };
    let words = cell.words();
    let is_short = |text: &str| {
        let digits = text.split_once("E+").or_else(|| text.split_once("e+"));
        digits.is_some_and(|(head, tail)| {
            head.contains('.') && head.chars().all(|it| it.is_ascii_digit() || it == '.') && tail.parse::<u32>().is_ok()
        })
    };
    let is_damaged = match cell {
        Datum::Number(number) => number.abs() >= Decimal::from(EXACT_NUMBER_MAX) || !number.fract().is_zero(),
        Datum::Text(text) => is_short(text),
        Datum::Moment(_) | Datum::Other(_) => true,
    };
    match is_damaged {
        true => Err(message!("sheet-damaged", field = field.word(), found = shown(&words)).into()),
        false => Ok(Some(words)),
    }
}

fn text(line: &Line, field: Field) -> Option<String> {
    line.cells.get(&field).map(|cell| cell.words())
}

/// Written out that there is no limit or no end.
fn is_none_word(cell: &Datum) -> bool {
    const WORDS: [&str; 7] = ["none", "no limit", "unlimited", "no end", "无", "不限", "无限"];
    matches!(cell, Datum::Text(text) if WORDS.contains(&text.to_lowercase().as_str()))
}

/// As much of a cell as a sentence has room for.
fn shown(words: &str) -> Argument {
    const LETTERS_MAX: usize = 60;
    Argument::name(words.chars().take(LETTERS_MAX).collect::<String>())
}

fn time_of(at: NaiveDateTime) -> When {
    let seconds = (at - at.date().and_time(NaiveTime::MIN)).num_seconds();
    When::Time(at.date(), u32::try_from(seconds).unwrap_or(0))
}

/// One with its distance from UTC.
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let shapes = ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M %z", "%Y-%m-%dT%H:%M%z"];
    let utc =
        text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).map(|bare| format!("{} +0000", bare.trim_end()));
    let spelled = utc.as_deref().unwrap_or(text);
    let parsed = DateTime::parse_from_rfc3339(text).ok();
    let parsed = parsed.or_else(|| shapes.iter().find_map(|shape| DateTime::parse_from_str(spelled, shape).ok()));
    parsed.map(|at| at.with_timezone(&Utc))
}

fn local(day: NaiveDate, seconds: u32, zone: Tz) -> Timestamp {
    local_instant(day.and_time(NaiveTime::MIN) + TimeDelta::seconds(seconds.into()), zone)
}

fn first_moment(when: When, zone: impl Fn() -> Told<Tz>) -> Told<Timestamp> {
    Ok(match when {
        When::At(at) => at,
        When::Day(day) => day_start(day, zone()?),
        When::Time(day, seconds) => local(day, seconds, zone()?),
    })
}

/// Exclusive: a day ends with its last second, and so does a minute that is written with its 59th.
fn end_of(when: When, zone: impl Fn() -> Told<Tz>) -> Told<Timestamp> {
    let whole = |at: Timestamp| if at.timestamp().rem_euclid(60) == 59 { at + TimeDelta::seconds(1) } else { at };
    Ok(match when {
        When::At(at) => whole(at),
        When::Day(day) => day_end(day, zone()?),
        When::Time(day, seconds) if seconds >= LAST_MINUTE => day_end(day, zone()?),
        When::Time(day, seconds) => whole(local(day, seconds, zone()?)),
    })
}

/// How people write a currency beside its code.
const SIGNS: [(&str, &[&str]); 18] = [
    ("USD", &["US$", "$"]),
    ("EUR", &["€"]),
    ("GBP", &["£"]),
    ("SGD", &["S$", "$"]),
    ("AUD", &["A$", "AU$", "$"]),
    ("CAD", &["C$", "CA$", "$"]),
    ("HKD", &["HK$"]),
    ("TWD", &["NT$"]),
    ("MXN", &["MX$", "$"]),
    ("BRL", &["R$"]),
    ("IDR", &["Rp"]),
    ("MYR", &["RM"]),
    ("THB", &["฿"]),
    ("VND", &["₫", "đ"]),
    ("PHP", &["₱"]),
    ("JPY", &["¥", "円"]),
    ("CNY", &["¥", "元", "RMB"]),
    ("KRW", &["₩"]),
];

fn signs_of(currency: Currency) -> Vec<String> {
    let known = SIGNS.iter().filter(|(code, _)| *code == currency.code()).flat_map(|(_, signs)| *signs);
    std::iter::once(currency.code()).chain(known.copied()).map(str::to_lowercase).collect()
}

/// What stands before and behind the digits.
fn around(text: &str) -> (&str, &str, &str) {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let (first, last) =
        (text.find(is_digit).unwrap_or(text.len()), text.rfind(is_digit).map_or(text.len(), |at| at + 1));
    let part = |from: usize, to: usize| text.get(from..to.max(from)).unwrap_or_default().trim();
    (part(0, first), part(first, last), part(last, text.len()))
}

fn has_currency(text: &str, currency: Currency) -> bool {
    let (before, _, behind) = around(text);
    let signs = signs_of(currency);
    [before, behind].iter().any(|sign| signs.contains(&sign.to_lowercase()))
}

/// The number of an amount; none where something stands beside it that is not this currency.
fn without_currency(text: &str, currency: Currency) -> Option<&str> {
    let (before, number, behind) = around(text);
    let signs = signs_of(currency);
    let is_plain = |sign: &str| sign.is_empty() || signs.contains(&sign.trim_end_matches('.').to_lowercase());
    (is_plain(before) && is_plain(behind)).then_some(number)
}
