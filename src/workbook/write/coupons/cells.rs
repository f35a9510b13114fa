//! What stands in each cell of a coupon's row, and how it looks.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDateTime};

use crate::domain::{
    Advice, Coupon, Edit, EndEdit, Exposure, Finding, FindingCode, Message, Minimum, Outcome, OutcomeKind, Row,
    Severity, Store, Timestamp, local_day,
};
use crate::language::Language;
use crate::say;
use crate::workbook::columns::{BLUE, Column, Field, Part};
use crate::workbook::words::{
    action_name, capitalised, clear_word, discount_words, finding_name, kind_words, last_local_second, minimum_words,
    outcome_severity, outcome_words, severity_words, status_name, suggestion_words, tied,
};
use crate::workbook::write::WriteError;
use crate::workbook::write::layout::Layout;
use crate::workbook::write::pen::{as_float, in_two_lines, serial};
use crate::workbook::write::style::{CELL, Edge, Fill, Ink, Look, Number, YOURS_CELL};
use crate::workbook::{BadRow, Decision, Typed};

const NO_LIMIT: &str = "no-limit";
const NO_END: &str = "no-end";
const NO_START: &str = "no-start";
const NOT_KNOWN: &str = "not-known";

/// A coupon's row with what its cells need besides.
pub(super) struct Line<'a> {
    row: &'a Row,
    coupon: &'a Coupon,
    store: &'a Store,
    platform: &'static str,
    outcome: Option<&'a Outcome>,
    /// As handed back; none where its outcome settles it.
    open_decision: Option<&'a Decision>,
    note: Option<&'a str>,
    /// As handed back, where some of it cannot be read as meant.
    bad: Option<&'a BadRow>,
    now: Timestamp,
    language: Language,
}

pub(super) enum Value<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    /// The address of the coupon's page.
    Page(&'a str),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Borrowed(text)) }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Owned(text)) }
    }
}

impl<'a> Line<'a> {
    pub(super) fn of(layout: &Layout<'a>, row: &'a Row) -> Result<Self, WriteError> {
        let missing = || WriteError::StoreMissing { row: row.key.clone(), store: row.coupon.store.clone() };
        let store = layout.store(row).ok_or_else(missing)?;
        let outcome = layout.outcome(&row.key);
        let decision = layout.decision(&row.key);
        let settled = outcome.is_some_and(|outcome| outcome.kind.settles());
        Ok(Self {
            row,
            coupon: &row.coupon,
            store,
            platform: layout.book.platform_name(store.platform),
            outcome,
            open_decision: decision.filter(|_| !settled),
            note: decision
                .and_then(|decision| decision.action.note.as_deref())
                .or_else(|| layout.book.carried.notes?.get(&row.key).map(String::as_str)),
            bad: layout.bad_row(&row.key),
            now: layout.book.export.at,
            language: layout.book.language,
        })
    }

    pub(super) fn cell(&self, column: &Column, indent: u8) -> (Value<'a>, Look) {
        let (language, coupon, severity) = (self.language, self.coupon, self.row.severity());
        let look = self.at_fault(column.field, base_look(column).indent(indent));
        let text = look.number(Number::Text);
        match column.field {
            Field::Severity => (severity_words(language, severity).into(), severity_look(look, severity)),
            Field::Store => (coupon.store.as_str().into(), look),
            Field::Code => (coupon.code.as_deref().unwrap_or_default().into(), text),
            Field::Name => (coupon.name.as_str().into(), look),
            Field::Findings => (self.findings().into(), look.fill(severity.map_or(Fill::None, Fill::Tint))),
            Field::Why => (self.row.findings.first().map_or(String::new(), |finding| tied(&finding.why)).into(), look),
            Field::Suggested => self.suggested(look, column.width_in(language)),
            Field::Action => self.decided(Field::Action, look, |it| action_name(language, it.action.word).into()),
            Field::NewEnd => self.decided(Field::NewEnd, look.number(Number::Day), |it| self.new_end(it)),
            Field::AddStock => self.decided(Field::AddStock, look.number(Number::Whole), |it| {
                typed(language, it.action.add_stock, |count| Value::Number(count as f64))
            }),
            Field::NewMinSpend => {
                let look = look.number(Number::Amount(self.store.currency));
                self.decided(Field::NewMinSpend, look, |it| {
                    typed(language, it.action.new_min_spend, |amount| Value::Number(as_float(amount)))
                })
            }
            Field::Note => match self.bad {
                Some(bad) => as_it_stood(bad, Field::Note, text),
                None => (self.note.unwrap_or_default().into(), text),
            },
            Field::Result => {
                let outcome_of = |outcome: &Outcome| {
                    (outcome_words(language, outcome.kind).into(), outcome_look(look, outcome.kind))
                };
                self.outcome.map_or((Value::Empty, look), outcome_of)
            }
            Field::Before => (self.of_outcome(|outcome| &outcome.before), look),
            Field::After => (self.of_outcome(|outcome| &outcome.after), look),
            Field::Message => (self.of_outcome(|outcome| &outcome.message), look),
            Field::Next => (self.of_outcome(|outcome| &outcome.next), look),
            Field::RequestId => {
                let id = self.outcome.and_then(|outcome| outcome.request_id.as_deref());
                (id.unwrap_or_default().into(), text)
            }
            Field::Time => {
                let local = |outcome: &Outcome| outcome.at.with_timezone(&self.store.zone).naive_local();
                (self.outcome.map_or(Value::Empty, |outcome| moment(local(outcome))), look.number(Number::DayTime))
            }
            Field::ReadBack => (self.of_outcome(|outcome| &outcome.read_back), look),
            Field::Page => (coupon.page.as_deref().map_or(Value::Empty, Value::Page), look.muted()),
            Field::DaysLeft => (self.days_left(), look.number(Number::Plain)),
            Field::Ends => self.ends(look),
            Field::Remaining => self.remaining(look),
            Field::Used => self.count(coupon.used, NOT_KNOWN, look),
            Field::Total => self.count(coupon.total, NO_LIMIT, look),
            Field::Discount => (tied(&discount_words(language, &coupon.discount)).into(), look),
            Field::MinSpend => self.min_spend(look),
            Field::MoneyAtRisk => self.money_at_risk(look),
            Field::Status => (self.status().into(), look),
            Field::Kind => (kind_words(language, &coupon.kind).into(), look),
            Field::Starts => self.starts(look),
            Field::Campaign => (self.row.campaign.as_deref().unwrap_or_default().into(), look),
            Field::Platform => (self.platform.into(), look),
            Field::CouponId => (coupon.id.as_str().into(), text),
            Field::Currency => (self.store.currency.to_string().into(), look),
            Field::TimeZone => (self.store.zone.name().into(), look),
            Field::RowKey => (self.row.key.as_str().into(), text),
        }
    }

    fn of_outcome(&self, words: impl FnOnce(&'a Outcome) -> &'a String) -> Value<'a> {
        self.outcome.map_or(Value::Empty, |outcome| tied(words(outcome)).into())
    }

    /// `Paused`, `Paused\n+ Low stock` or `Paused\n+ 2 more`.
    fn findings(&self) -> String {
        let name = |finding: &Finding| finding_name(self.language, finding.code);
        match self.row.findings.as_slice() {
            [] => String::new(),
            [only] => name(only),
            [first, second] => format!("{}\n+ {}", name(first), name(second)),
            [first, more @ ..] => {
                format!("{}\n{}", name(first), say!(self.language, "coupons-more-findings", count = more.len()))
            }
        }
    }

    fn suggested(&self, look: Look, width: f64) -> (Value<'a>, Look) {
        let advice = &self.row.suggestion.advice;
        if self.row.findings.is_empty() && *advice == Advice::Nothing {
            return (Value::Empty, look);
        }
        let words = suggestion_words(self.language, &self.row.suggestion, self.store, self.now);
        // A manager's own note can be of any length; Why and the archive have the rest.
        let words = if matches!(advice, Advice::Leave(_)) { in_two_lines(&words, width) } else { words };
        let words = tied(&words);
        // Bold asks for something to be done.
        let calm = matches!(advice, Advice::Nothing | Advice::Wait | Advice::Leave(_));
        (words.into(), if calm { look.regular() } else { look })
    }

    /// A cell to fill in: empty in an export, and as handed back where a run left the row open or some of it is to mend.
    fn decided(&self, field: Field, look: Look, value: impl FnOnce(&'a Decision) -> Value<'a>) -> (Value<'a>, Look) {
        match self.bad {
            Some(bad) => as_it_stood(bad, field, look),
            None => (self.open_decision.map_or(Value::Empty, value), look),
        }
    }

    fn new_end(&self, decision: &'a Decision) -> Value<'a> {
        let [_, as_typed, ..] = &decision.cells;
        typed(self.language, decision.action.new_end, |end| match end {
            EndEdit::Day(day) => moment(day.and_time(chrono::NaiveTime::MIN)),
            EndEdit::At(local) => moment(local),
            EndEdit::SpanHours(_) => as_typed.as_str().into(),
        })
    }

    /// What would be right in the cell, where it cannot be read as meant.
    pub(super) fn to_mend(&self, field: Field) -> Option<String> {
        let wanted = fault_of(self.bad?, field)?;
        Some(say!(self.language, "read-in-note", wanted = capitalised(&self.language.render(wanted))))
    }

    /// From the store's today to the last day it can be used on.
    fn days_left(&self) -> Value<'a> {
        let Some(ends) = self.coupon.usable.ends() else { return Value::Empty };
        let last_day = last_local_second(ends, self.store.zone).date();
        Value::Number((last_day - local_day(self.now, self.store.zone)).num_days() as f64)
    }

    fn ends(&self, look: Look) -> (Value<'a>, Look) {
        match self.coupon.usable.ends() {
            Some(ends) => self.moment_of(last_local_second(ends, self.store.zone), look),
            None => (self.language.say(NO_END).into(), muted_unless_at_fault(look)),
        }
    }

    fn starts(&self, look: Look) -> (Value<'a>, Look) {
        match self.coupon.usable.starts() {
            Some(starts) => self.moment_of(starts.with_timezone(&self.store.zone).naive_local(), look),
            None => (self.language.say(NO_START).into(), muted_unless_at_fault(look)),
        }
    }

    fn moment_of(&self, local: NaiveDateTime, look: Look) -> (Value<'a>, Look) {
        let this_year = local_day(self.now, self.store.zone).year();
        let number = if local.year() == this_year { Number::DayTime } else { Number::DayOfYear };
        (moment(local), look.number(number))
    }

    fn remaining(&self, look: Look) -> (Value<'a>, Look) {
        let without = if self.coupon.total.is_none() { NO_LIMIT } else { NOT_KNOWN };
        self.count(self.coupon.remaining(), without, look)
    }

    fn min_spend(&self, look: Look) -> (Value<'a>, Look) {
        let money = look.number(Number::Money(self.store.currency));
        match self.coupon.minimum {
            Minimum::None => (Value::Number(0.0), money),
            Minimum::Spend(amount) => {
                (Value::Number(as_float(amount.amount)), look.number(Number::Money(amount.currency)))
            }
            Minimum::Quantity(_) => (minimum_words(self.language, self.coupon.minimum).into(), look),
            Minimum::NotKnown => (self.language.say(NOT_KNOWN).into(), muted_unless_at_fault(look)),
        }
    }

    fn money_at_risk(&self, look: Look) -> (Value<'a>, Look) {
        match self.row.money_at_risk {
            Exposure::Known(money) if money.is_zero() => {
                (Value::Number(0.0), look.number(Number::Money(money.currency)).muted())
            }
            Exposure::Known(money) => {
                (Value::Number(as_float(money.amount)), look.number(Number::Money(money.currency)))
            }
            Exposure::NoLimit => (self.language.say(NO_LIMIT).into(), muted_unless_at_fault(look)),
            Exposure::NotKnown => (self.language.say(NOT_KNOWN).into(), muted_unless_at_fault(look)),
        }
    }

    fn status(&self) -> String {
        status_name(self.language, self.coupon.status).unwrap_or_else(|| self.coupon.raw_status.clone())
    }

    fn count(&self, number: Option<u64>, without: &str, look: Look) -> (Value<'a>, Look) {
        match number {
            Some(number) => (Value::Number(number as f64), look.number(Number::Whole)),
            None => (self.language.say(without).into(), muted_unless_at_fault(look)),
        }
    }

    fn at_fault(&self, field: Field, look: Look) -> Look {
        // What has no code is known by its name: a tint never stands in an empty cell.
        let has_no_code = self.coupon.code.is_none();
        if has_no_code && field == Field::Code {
            return look;
        }
        let at = if has_no_code && field == Field::Name { Field::Code } else { field };
        let blaming = self.row.findings.iter().filter(|finding| facts_at_fault(finding.code).contains(&at));
        blaming.map(|finding| finding.severity).max().map_or(look, |severity| look.at_fault(severity))
    }
}

/// What is wrong with a blue cell. A row whose key has something wrong shows it at its action: there a manager decides.
fn fault_of(bad: &BadRow, field: Field) -> Option<&Message> {
    let shown = |at: Field| if at == Field::RowKey { Field::Action } else { at };
    bad.faults.iter().find(|(at, _)| shown(*at) == field).map(|(_, wanted)| wanted)
}

/// A cell of a row with something to mend; amber where it is this very cell.
fn as_it_stood(bad: &BadRow, field: Field, look: Look) -> (Value<'_>, Look) {
    let look = if fault_of(bad, field).is_some() { look.to_mend() } else { look };
    let place = BLUE.iter().position(|blue| *blue == field);
    let value = match place.and_then(|place| bad.cells.get(place)?.as_ref()) {
        None => Value::Empty,
        Some(Typed::Text(text)) => text.as_str().into(),
        Some(Typed::Number(number)) => Value::Number(*number),
        Some(Typed::Moment(at)) => moment(*at),
    };
    (value, look)
}

/// The facts that a finding is about: bold in its tint, so that Why meets its evidence.
fn facts_at_fault(code: FindingCode) -> &'static [Field] {
    match code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::TokenExpiring
        | FindingCode::CampaignMissing => &[],
        FindingCode::CampaignGap => &[Field::Starts, Field::Ends],
        FindingCode::RunsOutEarly | FindingCode::SuddenDrop => &[Field::Remaining],
        FindingCode::Uncapped => &[Field::Discount, Field::MinSpend],
        FindingCode::Duplicate => &[Field::Code],
        FindingCode::Unplanned => &[Field::Campaign],
        FindingCode::GivesMoneyAway => &[Field::Discount, Field::MinSpend],
        FindingCode::Rejected | FindingCode::Paused => &[Field::Status],
        FindingCode::Expired | FindingCode::ExpiresToday | FindingCode::ExpiringSoon => &[Field::Ends],
        FindingCode::OutOfStock | FindingCode::LowStock => &[Field::Remaining],
        FindingCode::NotStarted => &[Field::Starts],
        FindingCode::ThresholdHigh | FindingCode::ThresholdLow => &[Field::MinSpend],
    }
}

fn base_look(column: &Column) -> Look {
    let mut look = if column.part == Part::Decision { YOURS_CELL } else { CELL };
    look.wrap = column.wrap;
    look.bold = column.bold;
    look.right = column.right;
    if column.muted { look.muted() } else { look }
}

fn severity_look(look: Look, severity: Option<Severity>) -> Look {
    let look = look.severity(severity);
    // A white line keeps one filled cell from running into the next.
    if severity.is_some() { look.edge(Edge::White) } else { look }
}

fn outcome_look(look: Look, kind: OutcomeKind) -> Look {
    if kind == OutcomeKind::Done { look } else { severity_look(look.regular(), outcome_severity(kind)) }
}

fn muted_unless_at_fault(look: Look) -> Look {
    if look.fill == Fill::None { look.ink(Ink::Muted) } else { look }
}

fn moment<'a>(local: NaiveDateTime) -> Value<'a> {
    match serial(local) {
        Some(serial) => Value::Number(serial),
        None => local.format("%Y-%m-%d %H:%M").to_string().into(),
    }
}

fn typed<'a, T>(language: Language, edit: Edit<T>, value: impl FnOnce(T) -> Value<'a>) -> Value<'a> {
    match edit {
        Edit::Blank => Value::Empty,
        Edit::Clear => clear_word(language).into(),
        Edit::Set(typed) => value(typed),
    }
}
