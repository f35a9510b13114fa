//! What stands in a cell, owned and without the reading library's types.

use calamine::DataRef;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use rust_decimal::Decimal;

use super::text::is_blank;
use crate::domain::{Edit, Message};

/// In a cell whose formula was never computed.
pub(super) const NO_RESULT: &str = "formula without a saved result";

/// Never blank: a cell with nothing but spaces is no cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    /// Days since the workbook's day zero, in a cell with a date's format, and the moment where it is one.
    Serial(f64, Option<NaiveDateTime>),
    /// A length of time, in a cell with such a format.
    Span(f64),
    Yes(bool),
    /// `#REF!` and its like.
    Error(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub value: Value,
    /// The value is a formula's last saved result.
    pub formula: bool,
}

impl Value {
    /// None for a blank cell.
    pub fn of(data: &DataRef, epoch_1904: bool) -> Option<Self> {
        let value = match data {
            DataRef::Empty => return None,
            DataRef::SharedString(text) => Self::of_text(text),
            DataRef::String(text) | DataRef::DurationIso(text) => Self::of_text(text),
            // A date cell, as `Serial` is: at midnight its time is nothing that somebody wrote.
            DataRef::DateTimeIso(text) if let Some((serial, at)) = of_iso(text, epoch_1904) => {
                Self::Serial(serial, Some(at))
            }
            DataRef::DateTimeIso(text) => {
                let (day, time) = text.split_once('T').unwrap_or((text, ""));
                let is_midnight = time.chars().all(|sign| "0:.".contains(sign));
                Self::Text(if is_midnight { day } else { text }.to_string())
            }
            DataRef::Int(number) => Self::Number(*number as f64),
            DataRef::Float(number) => Self::Number(*number),
            DataRef::Bool(yes) => Self::Yes(*yes),
            DataRef::Error(error) => Self::Error(error.to_string()),
            DataRef::DateTime(serial) if serial.is_duration() => Self::Span(serial.as_f64()),
            DataRef::DateTime(serial) => Self::Serial(serial.as_f64(), of_serial(serial.as_f64(), epoch_1904)),
        };
        let is_blank = matches!(&value, Self::Text(text) if is_blank(text));
        (!is_blank).then_some(value)
    }

    /// What formulas leave where they fail is no text, also where a program has saved it as such.
    fn of_text(text: &str) -> Self {
        const ERRORS: [&str; 17] = [
            "#DIV/0!",
            "#N/A",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#REF!",
            "#VALUE!",
            "#SPILL!",
            "#CALC!",
            "#FIELD!",
            "#BLOCKED!",
            "#CONNECT!",
            "#BUSY!",
            "#UNKNOWN!",
            "#EXTERNAL!",
            "#PYTHON!",
            "#GETTING_DATA",
        ];
        let bare = text.trim();
        let is_error = bare.starts_with('#') && ERRORS.contains(&bare) || bare == NO_RESULT;
        if is_error { Self::Error(bare.to_string()) } else { Self::Text(text.to_string()) }
    }

    /// About what its text takes in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Error(text) => text.len(),
            Self::Number(_) | Self::Serial(..) | Self::Span(_) | Self::Yes(_) => 0,
        }
    }

    /// As a person would read it aloud: text trimmed, numbers plain, dates as `2026-12-01` or `2026-12-01 18:30`.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_string(),
            Self::Number(number) | Self::Span(number) => plain_number(*number),
            Self::Serial(serial, at) => at.map_or_else(|| plain_number(*serial), iso),
            Self::Yes(yes) => if *yes { "TRUE" } else { "FALSE" }.to_string(),
            Self::Error(error) => error.clone(),
        }
    }
}

/// A cell as meant, and how it was understood where that is not plain to see.
pub(super) struct Understood<T> {
    pub edit: Edit<T>,
    pub read_as: Option<Message>,
}

impl<T> Understood<T> {
    pub fn plain(edit: Edit<T>) -> Self {
        Self { edit, read_as: None }
    }
}

/// The local date and time of a serial, to the second; none where no date lies there.
pub(super) fn of_serial(serial: f64, epoch_1904: bool) -> Option<NaiveDateTime> {
    const LAST_1900: f64 = 2_958_466.0; // after 31 December 9999
    if !(0.0..LAST_1900).contains(&serial) {
        return None;
    }
    let day = serial.floor();
    // A resave rounds to fifteen digits, so the seconds are rounded too, but never into the next day: programs write a day's end
    // as 23:59:59.999.
    let seconds = ((serial - day) * 86_400.0).round().min(86_399.0) as i64;
    let zero = match epoch_1904 {
        true => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        // Excel counts a 29 February 1900 that never was: before it the count is one day short, and 60 is no day at all.
        false if day == 60.0 => return None,
        false if day < 60.0 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        false => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let date = zero.checked_add_days(Days::new(day as u64))?;
    date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(seconds))
}

/// A day, or a moment of one, that a program wrote as `2026-12-01T23:59:00`.
fn of_iso(text: &str, epoch_1904: bool) -> Option<(f64, NaiveDateTime)> {
    const SHAPES: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    let at = SHAPES.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok()).or_else(day)?;
    let zero = match epoch_1904 {
        true => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        false => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let serial = (at - zero.and_time(NaiveTime::MIN)).num_milliseconds() as f64 / 86_400_000.0;
    Some((serial, of_serial(serial, epoch_1904)?))
}

/// `2026-12-01`, with the time where there is one.
fn iso(at: NaiveDateTime) -> String {
    let shape = match (at.time() == NaiveTime::MIN, at.format("%S").to_string() == "00") {
        (true, _) => "%Y-%m-%d",
        (false, true) => "%Y-%m-%d %H:%M",
        (false, false) => "%Y-%m-%d %H:%M:%S",
    };
    at.format(shape).to_string()
}

/// The number that Excel shows: fifteen digits, which is what a person typed, without the noise of binary fractions.
pub(super) fn decimal(number: f64) -> Option<Decimal> {
    let value = Decimal::from_scientific(&format!("{number:.14e}")).ok()?;
    (number == 0.0 || !value.is_zero()).then(|| value.normalize())
}

fn plain_number(number: f64) -> String {
    const SHOWN_IN_FULL: f64 = 1e15;
    match decimal(number).filter(|_| number.abs() < SHOWN_IN_FULL) {
        Some(exact) => exact.to_string(),
        None => format!("{number:E}").replacen('E', "E+", 1).replacen("E+-", "E-", 1),
    }
}
