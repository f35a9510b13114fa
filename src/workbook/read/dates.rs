//! What people write into New end.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::cell::{Understood, Value, of_serial};
use super::text::word;
use crate::domain::{Argument, Edit, EndEdit, Message};
use crate::message;
use crate::workbook::words::is_clear;

const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
const MOST_SPAN_HOURS: u32 = 24 * 3660;
/// From here on a time is the whole day: 23:59, and `24:00`.
const LAST_MINUTE: u32 = LAST_MOMENT - 60;
/// `24:00`.
const LAST_MOMENT: u32 = 24 * 3600;

/// Which number comes first in `1/12/2026`: told by the whole column, never by one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// What the cells around a date tell about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hints {
    /// Of the whole column.
    pub dates: Evidence,
    pub epoch_1904: bool,
    /// The day of the export: a date without a year is the next one from then on.
    pub exported: Option<NaiveDate>,
}

/// What the column's unmistakable dates have shown so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    day_first: bool,
    month_first: bool,
    /// Text that any program would have made a date of, had it made dates of text at all.
    is_left_as_typed: bool,
}

impl Evidence {
    pub fn see(&mut self, value: &Value) {
        let Value::Text(text) = value else { return };
        let (date, _) = split_time(&tidy(text));
        if let Some([first, second, _]) = three_numbers(&date).filter(|numbers| !year_first(numbers)) {
            self.day_first |= first.value > 12 && second.value <= 12;
            self.month_first |= second.value > 12 && first.value <= 12;
            self.is_left_as_typed |= first.value <= 12 && second.value <= 12;
        }
    }

    /// Whether date cells may have day and month exchanged: `31/12/2026` stays text where `5/12/2027` beside it was taken for 12 May.
    fn may_be_exchanged(self) -> bool {
        (self.day_first || self.month_first) && !self.is_left_as_typed
    }

    /// None where nothing tells, or where the column contradicts itself.
    pub fn order(self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            _ => None,
        }
    }
}

/// Reads a cell of New end; the error says what to write instead.
pub(super) fn read(value: &Value, hints: Hints) -> Result<Understood<EndEdit>, Message> {
    match value {
        Value::Serial(serial, at) => read_serial(*serial, *at, hints),
        Value::Number(number) => read_number(*number, hints.epoch_1904),
        Value::Text(text) => read_text(text, hints),
        Value::Span(_) => Err(message!("read-span-without-unit")),
        Value::Yes(_) | Value::Error(_) => Err(wanted()),
    }
}

fn read_serial(serial: f64, at: Option<NaiveDateTime>, hints: Hints) -> Result<Understood<EndEdit>, Message> {
    let at = at.ok_or_else(no_such_day)?;
    let exchanged = NaiveDate::from_ymd_opt(at.year(), at.day(), at.month()).filter(|other| *other != at.date());
    // Nobody means a day before the export.
    let may_be_meant = |other: &NaiveDate| hints.exported.is_none_or(|exported| *other >= exported);
    if let Some(other) = exchanged.filter(may_be_meant).filter(|_| hints.dates.may_be_exchanged()) {
        let (one, other) = (at.date().to_string(), other.to_string());
        return Err(message!("read-day-or-month-exchanged", one = one, other = other));
    }
    if serial < 1.0 {
        return Err(message!("read-time-without-date"));
    }
    in_range(at.date())?;
    Ok(Understood::plain(Edit::Set(end_of_cell(at))))
}

/// A plain number is a date whose format got lost, or 20261201, or nothing that can be guessed.
fn read_number(number: f64, epoch_1904: bool) -> Result<Understood<EndEdit>, Message> {
    let digits = (number.fract() == 0.0 && (2e7..3e7).contains(&number)).then(|| format!("{number}"));
    let at = match digits {
        Some(digits) => NaiveDate::parse_from_str(&digits, "%Y%m%d").ok().map(|day| day.and_time(NaiveTime::MIN)),
        None => of_serial(number, epoch_1904).filter(|at| YEARS.contains(&at.year())),
    };
    let at = at.ok_or_else(|| message!("read-number-no-date"))?;
    in_range(at.date())?;
    let end = end_of_cell(at);
    Ok(Understood { edit: Edit::Set(end), read_as: Some(read_as(end)) })
}

fn read_text(text: &str, hints: Hints) -> Result<Understood<EndEdit>, Message> {
    let text = tidy(text);
    if is_clear(&text) {
        return Ok(Understood::plain(Edit::Clear));
    }
    if let Some(hours) = span_hours(&text) {
        let hours = hours.ok_or_else(|| message!("read-span-bounds"))?;
        return Ok(Understood::plain(Edit::Set(EndEdit::SpanHours(hours))));
    }
    let (date, time) = split_time(&text);
    let time = time.map(|time| read_time(&time)).transpose()?;
    let (day, plain) = match chinese_month_and_day(&date) {
        Some((month, day)) => (next_such_day(month, day, hints.exported)?, false),
        None => read_day(&date, hints.dates.order())?,
    };
    in_range(day)?;
    // The very start of a day: what ends there was last usable on the day before.
    if let (Some(0), Some(last)) = (time, day.pred_opt()) {
        let near = Argument::Day { day: last, near: last };
        let read_as = message!("read-midnight", day = in_words(day), last = near);
        return Ok(Understood { edit: Edit::Set(EndEdit::Day(last)), read_as: Some(read_as) });
    }
    let end = time.map_or(EndEdit::Day(day), |seconds| end_at(day, seconds));
    Ok(Understood { edit: Edit::Set(end), read_as: (!plain).then(|| read_as(end)) })
}

/// A date cell at midnight is a date: nobody typed its time.
fn end_of_cell(at: NaiveDateTime) -> EndEdit {
    match at.time().num_seconds_from_midnight() {
        0 => EndEdit::Day(at.date()),
        seconds => end_at(at.date(), seconds),
    }
}

fn end_at(day: NaiveDate, seconds: u32) -> EndEdit {
    if seconds >= LAST_MINUTE {
        EndEdit::Day(day)
    } else {
        EndEdit::At(day.and_time(NaiveTime::MIN) + TimeDelta::seconds(seconds.into()))
    }
}

/// The first or last whole day of what starts or ends at that time of `day`: what ends as a day begins ends with the day before, what
/// starts in a day's last minute starts with the day after. None where no whole day begins or ends there.
pub(super) fn whole_day(day: NaiveDate, seconds: Option<u32>, is_last: bool) -> Option<NaiveDate> {
    match seconds {
        Some(0) if is_last => day.pred_opt(),
        Some(LAST_MINUTE..) if !is_last => day.checked_add_days(Days::new(1)),
        None | Some(0 | LAST_MINUTE..) => Some(day),
        Some(_) => None,
    }
}

pub(super) fn in_range(day: NaiveDate) -> Result<(), Message> {
    if YEARS.contains(&day.year()) {
        return Ok(());
    }
    let [first, last] = [*YEARS.start(), *YEARS.end()].map(|year| Argument::Digits(year.unsigned_abs().into()));
    Err(message!("read-day-out-of-range", first = first, last = last, clear = message!("action-clear")))
}

fn wanted() -> Message {
    message!("read-date")
}

fn no_such_day() -> Message {
    message!("read-no-such-day")
}

fn with_year() -> Message {
    message!("read-with-year")
}

/// With the name of the month, so that nobody takes it for the day.
fn read_as(end: EndEdit) -> Message {
    let (day, time) = match end {
        EndEdit::Day(day) => (day, None),
        EndEdit::At(at) if at.second() == 0 => (at.date(), Some(at.format("%H:%M"))),
        EndEdit::At(at) => (at.date(), Some(at.format("%H:%M:%S"))),
        EndEdit::SpanHours(hours) => return message!("read-as-hours", count = hours),
    };
    let day = in_words(day);
    let words = match time {
        None => day,
        Some(time) => message!("read-day-and-time", day = day, time = time.to_string()),
    };
    message!("read-as", value = words)
}

fn in_words(day: NaiveDate) -> Message {
    let year = Argument::Digits(day.year().unsigned_abs().into());
    message!("read-day-in-words", day = day.day(), month = day.month(), year = year)
}

/// Lower case, plain digits, and Chinese dates and the `T` of ISO spelled with signs.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = without_weekday(word(text));
    if tidy.contains('月') {
        for (from, to) in [("年", "-"), ("日", " "), ("号", " ")] {
            tidy = tidy.replace(from, to);
        }
        // Without a year the month keeps its sign: see `chinese_month_and_day`.
        if tidy.contains('-') {
            tidy = tidy.replace('月', "-");
        }
        for (from, to) in
            [("零点", "0点"), ("点半", ":30"), ("点整", ":00"), ("点", ":"), ("时", ":"), ("分", ":"), ("秒", "")]
        {
            tidy = tidy.replace(from, to);
        }
        // `18点` has no minutes.
        if tidy.ends_with(':') && tidy.matches(':').count() == 1 {
            tidy.push_str("00");
        }
    }
    let iso_time = tidy.find('t').filter(|at| {
        let before = tidy.get(..*at).unwrap_or("");
        let after = tidy.get(at + 1..).unwrap_or("");
        before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit())
    });
    if let Some(at) = iso_time {
        tidy.replace_range(at..=at, " ");
    }
    tidy.trim().trim_end_matches(':').trim().to_string()
}

/// `12月1日 周二` as `12月1日`.
fn without_weekday(text: String) -> String {
    if !text.contains(['期', '拜', '周']) {
        return text;
    }
    let mut bare = text;
    for name in ["星期", "礼拜", "周"] {
        for day in ["一", "二", "三", "四", "五", "六", "日", "天"] {
            bare = bare.replace(&format!("({name}{day})"), " ").replace(&format!("{name}{day}"), " ");
        }
    }
    bare
}

/// Of `12月1`, as [`tidy`] leaves a date without a year.
fn chinese_month_and_day(date: &str) -> Option<(u32, u32)> {
    let (month, day) = date.split_once('月')?;
    Some((month.trim().parse().ok()?, day.trim().parse().ok()?))
}

/// The first such day from the export on. One that has just passed may have been meant, so it has to be written with its year.
fn next_such_day(month: u32, day: u32, exported: Option<NaiveDate>) -> Result<NaiveDate, Message> {
    const NEAR_DAYS: i64 = 300;
    let exported = exported.ok_or_else(with_year)?;
    let in_year = |year: i32| NaiveDate::from_ymd_opt(year, month, day).filter(|day| *day >= exported);
    let years = exported.year()..=exported.year() + 1;
    let next = years.filter_map(in_year).next().ok_or_else(no_such_day)?;
    if (next - exported).num_days() <= NEAR_DAYS { Ok(next) } else { Err(with_year()) }
}

/// `30d`, `12 hours`, `2w`, `30天`: the hours; `Some(None)` where the number is out of bounds.
fn span_hours(text: &str) -> Option<Option<u32>> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let text = text.strip_suffix('后').unwrap_or(text);
    let unit_at = text.find(|letter: char| !letter.is_ascii_digit()).filter(|at| *at > 0)?;
    let (number, unit) = text.split_at(unit_at);
    let hours = match unit.trim() {
        "h" | "hour" | "hours" | "小时" | "个小时" => 1,
        "d" | "day" | "days" | "天" | "日" => 24,
        "w" | "week" | "weeks" | "周" | "星期" | "个星期" => 24 * 7,
        _ => return None,
    };
    let total = number.parse::<u32>().ok().and_then(|number| number.checked_mul(hours));
    Some(total.filter(|total| (1..=MOST_SPAN_HOURS).contains(total)))
}

/// The date's text, and the time's where there is one.
pub(super) fn split_time(text: &str) -> (String, Option<String>) {
    let Some(colon) = text.find(':') else { return (text.to_string(), None) };
    let starts = text.get(..colon).unwrap_or("").rfind(' ').map_or(0, |space| space + 1);
    let (date, time) = text.split_at(starts);
    (date.trim().to_string(), Some(time.trim().to_string()))
}

/// Seconds since midnight; `24:00` is the end of the day.
pub(super) fn read_time(text: &str) -> Result<u32, Message> {
    let fraction_at = text.find('.').unwrap_or(text.len());
    let (text, fraction) = text.split_at(fraction_at);
    if text.ends_with('z') || text.contains(['+', '-']) || fraction.contains(['z', '+', '-']) || text.ends_with("utc") {
        return Err(message!("read-zone"));
    }
    let compact: String = text.chars().filter(|letter| *letter != ' ').collect();
    if ["24:00", "24:00:00"].contains(&compact.as_str()) {
        return Ok(LAST_MOMENT);
    }
    ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I:%M:%S%p"]
        .iter()
        .find_map(|shape| NaiveTime::parse_from_str(&compact, shape).ok())
        .map(|time| time.num_seconds_from_midnight())
        .ok_or_else(|| message!("read-time"))
}

/// The day, and whether it was written so that nobody can read it otherwise.
pub(super) fn read_day(text: &str, order: Option<Order>) -> Result<(NaiveDate, bool), Message> {
    if let Some(numbers) = three_numbers(text) {
        let [first, second, third] = numbers;
        if year_first(&numbers) {
            let day = NaiveDate::from_ymd_opt(first.value as i32, second.value, third.value).ok_or_else(no_such_day)?;
            return Ok((day, true));
        }
        if third.digits != 4 {
            return Err(with_year());
        }
        let (day, month) = day_and_month(first.value, second.value, third.value, order)?;
        let day = NaiveDate::from_ymd_opt(third.value as i32, month, day).ok_or_else(no_such_day)?;
        return Ok((day, false));
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(text, "%Y%m%d").map(|day| (day, false)).map_err(|_| no_such_day());
    }
    read_named_month(text).map(|day| (day, false))
}

/// What the numbers of a date show of their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// There is one reading, whatever anybody says: the year or the month's name tells, or day and month are the same.
    OneWay,
    TwoWays,
    Order(Order),
}

pub(super) fn shown(date: &str) -> Shown {
    match three_numbers(date).filter(|numbers| !year_first(numbers)) {
        Some([first, second, _]) if first.value > 12 && second.value <= 12 => Shown::Order(Order::DayFirst),
        Some([first, second, _]) if second.value > 12 && first.value <= 12 => Shown::Order(Order::MonthFirst),
        Some([first, second, _]) if first.value != second.value => Shown::TwoWays,
        Some(_) | None => Shown::OneWay,
    }
}

fn day_and_month(first: u32, second: u32, year: u32, order: Option<Order>) -> Result<(u32, u32), Message> {
    if first == second || (first > 12 && second <= 12) {
        return Ok((first, second));
    }
    if second > 12 && first <= 12 {
        return Ok((second, first));
    }
    match order {
        Some(Order::DayFirst) => Ok((first, second)),
        Some(Order::MonthFirst) => Ok((second, first)),
        None => {
            let iso = |month: u32, day: u32| format!("{year}-{month:02}-{day:02}");
            Err(message!("read-day-or-month", one = iso(second, first), other = iso(first, second)))
        }
    }
}

/// `1 Dec 2026`, `Tue, Dec 1st 2026`, `1 December 2026`.
fn read_named_month(text: &str) -> Result<NaiveDate, Message> {
    let (mut month, mut numbers) = (None, Vec::new());
    for piece in pieces(text) {
        let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| piece.strip_suffix(ending)).unwrap_or(piece);
        if let Ok(value) = number.parse::<u32>() {
            numbers.push(Number { value, digits: number.len() });
        } else if let Some(named) = month_named(piece) {
            month = Some(named);
        } else if !is_weekday(piece) {
            return Err(wanted());
        }
    }
    let (Some(month), [first, rest @ ..]) = (month, numbers.as_slice()) else { return Err(wanted()) };
    let (day, year) = match rest {
        [second] if second.digits == 4 => (first.value, second.value),
        [second] if first.digits == 4 => (second.value, first.value),
        [] | [_] => return Err(with_year()),
        _ => return Err(wanted()),
    };
    NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(no_such_day)
}

#[derive(Debug, Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
}

fn year_first(numbers: &[Number; 3]) -> bool {
    numbers.first().is_some_and(|first| first.digits == 4)
}

/// `1/12/2026`, `01.12.2026`, `2026-12-01`, a weekday before or after it left away.
fn three_numbers(text: &str) -> Option<[Number; 3]> {
    let numbers: Option<Vec<Number>> = pieces(text)
        .filter(|piece| !is_weekday(piece))
        .map(|piece| {
            let short = piece.len() <= 4 && piece.bytes().all(|byte| byte.is_ascii_digit());
            let value = piece.parse().ok().filter(|_| short)?;
            Some(Number { value, digits: piece.len() })
        })
        .collect();
    numbers?.try_into().ok()
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| " /-.,".contains(letter)).filter(|piece| !piece.is_empty())
}

fn month_named(piece: &str) -> Option<u32> {
    const MONTHS: &str = "january february march april may june july august september october november december";
    if piece == "sept" {
        return Some(9);
    }
    let place = MONTHS.split(' ').position(|month| piece.len() >= 3 && month.starts_with(piece))?;
    u32::try_from(place + 1).ok()
}

fn is_weekday(piece: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    piece.len() >= 3 && DAYS.iter().any(|day| day.starts_with(piece))
}
