//! What stands in each cell of a coupon's row, and how it looks.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDateTime};

use crate::domain::{
    Advice, Coupon, Edit, EndEdit, Exposure, Finding, FindingCode, Message, Minimum, Outcome, OutcomeKind, Row,
    Severity, Status, Store, Timestamp, last_moment, local_day,
};
use crate::language::{Language, capitalised, discount_message, shortened};
use crate::say;
use crate::workbook::columns::{BLUE, Column, Field, Part};
use crate::workbook::words::{
    Named, clear_word, kind_words, outcome_severity, outcome_words, severity_words, suggestion_words, why_words,
};
use crate::workbook::write::WriteError;
use crate::workbook::write::layout::Layout;
use crate::workbook::write::style::{CELL, CellStyle, Edge, Fill, Number, YOURS_CELL};
use crate::workbook::write::writer::{as_float, serial};
use crate::workbook::{BadRow, Decision, Typed};

const NO_LIMIT: &str = "no-limit";
const NO_END: &str = "no-end";
const NO_START: &str = "no-start";
const NOT_KNOWN: &str = "not-known";

/// What two lines of a cell hold, in its widths.
const TWO_LINES: f64 = 2.0 * 0.95;

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

    pub(super) fn cell(&self, column: &Column, indent: u8) -> (Value<'a>, CellStyle) {
        let (language, coupon, severity) = (self.language, self.coupon, self.row.severity());
        let style = self.at_fault(column.field, base_style(column).indent(indent));
        let text = style.number(Number::Text);
        match column.field {
            Field::Severity => (severity_words(language, severity).into(), severity_style(style, severity)),
            Field::Store => (coupon.store.as_str().into(), style),
            Field::Code => (coupon.code.as_deref().unwrap_or_default().into(), text),
            Field::Name => (coupon.name.as_str().into(), style),
            Field::Findings => (self.findings().into(), style.fill(severity.map_or(Fill::None, Fill::Tint))),
            Field::Why => {
                (self.row.findings.first().map_or(String::new(), |finding| why_words(language, finding)).into(), style)
            }
            Field::Suggested => self.suggested(style, column.width_in(language)),
            Field::Action => self.decided(Field::Action, style, |it| it.action.word.name(language).into()),
            Field::NewEnd => self.decided(Field::NewEnd, style.number(Number::Day), |it| self.new_end(it)),
            Field::AddStock => self.decided(Field::AddStock, style.number(Number::Whole), |it| {
                typed(language, it.action.add_stock, |count| Value::Number(count as f64))
            }),
            Field::NewMinSpend => {
                let style = style.number(Number::Amount(self.store.currency));
                self.decided(Field::NewMinSpend, style, |it| {
                    typed(language, it.action.new_min_spend, |amount| Value::Number(as_float(amount)))
                })
            }
            Field::Note => match self.bad {
                Some(bad) => as_it_stood(bad, Field::Note, text),
                None => (self.note.unwrap_or_default().into(), text),
            },
            Field::Result => {
                let outcome_of = |outcome: &Outcome| {
                    (outcome_words(language, outcome.kind).into(), outcome_style(style, outcome.kind))
                };
                self.outcome.map_or((Value::Empty, style), outcome_of)
            }
            Field::Before => (self.of_outcome(|outcome| outcome.before.as_ref()), style),
            Field::After => (self.of_outcome(|outcome| outcome.after.as_ref()), style),
            Field::Message => (self.of_outcome(|outcome| Some(&outcome.message)), style),
            Field::Next => (self.of_outcome(|outcome| outcome.next.as_ref()), style),
            Field::RequestId => {
                let id = self.outcome.and_then(|outcome| outcome.request_id.as_deref());
                (id.unwrap_or_default().into(), text)
            }
            Field::Time => {
                let local = |outcome: &Outcome| outcome.at.with_timezone(&self.store.zone).naive_local();
                (self.outcome.map_or(Value::Empty, |outcome| moment(local(outcome))), style.number(Number::DayTime))
            }
            Field::ReadBack => (self.of_outcome(|outcome| outcome.read_back.as_ref()), style),
            Field::Page => (coupon.page.as_deref().map_or(Value::Empty, Value::Page), style.muted()),
            Field::DaysLeft => (self.days_left(), style.number(Number::Plain)),
            Field::Ends => self.ends(style),
            Field::Remaining => self.remaining(style),
            Field::Used => self.count(coupon.used, NOT_KNOWN, style),
            Field::Total => self.count(coupon.total, NO_LIMIT, style),
            Field::Discount => (language.render_in_cell(&discount_message(language, &coupon.discount)).into(), style),
            Field::MinSpend => self.min_spend(style),
            Field::MoneyAtRisk => self.money_at_risk(style),
            Field::Status => (self.status().into(), style),
            Field::Kind => (kind_words(language, &coupon.kind).into(), style),
            Field::Starts => self.starts(style),
            Field::Campaign => (self.row.campaign.as_deref().unwrap_or_default().into(), style),
            Field::Platform => (self.platform.into(), style),
            Field::CouponId => (coupon.id.as_str().into(), text),
            Field::Currency => (self.store.currency.to_string().into(), style),
            Field::TimeZone => (self.store.zone.name().into(), style),
            Field::RowKey => (self.row.key.as_str().into(), text),
        }
    }

    fn of_outcome(&self, message: impl FnOnce(&'a Outcome) -> Option<&'a Message>) -> Value<'a> {
        self.outcome.and_then(message).map_or(Value::Empty, |message| self.language.render_in_cell(message).into())
    }

    /// `Paused`, `Paused\n+ Low stock` or `Paused\n+ 2 more`.
    fn findings(&self) -> String {
        let name = |finding: &Finding| finding.code.name(self.language);
        match self.row.findings.as_slice() {
            [] => String::new(),
            [only] => name(only),
            [first, second] => format!("{}\n+ {}", name(first), name(second)),
            [first, more @ ..] => {
                format!("{}\n{}", name(first), say!(self.language, "coupons-more-findings", count = more.len()))
            }
        }
    }

    fn suggested(&self, style: CellStyle, width: f64) -> (Value<'a>, CellStyle) {
        let advice = &self.row.suggestion.advice;
        if self.row.findings.is_empty() && *advice == Advice::Nothing {
            return (Value::Empty, style);
        }
        let words = suggestion_words(self.language, &self.row.suggestion, self.store, self.now);
        // A manager's own note can be of any length; Why and the archive have the rest.
        let words =
            if matches!(advice, Advice::Leave(_)) { shortened(&words, (width * TWO_LINES) as usize) } else { words };
        // Bold asks for something to be done.
        let calm = matches!(advice, Advice::Nothing | Advice::Wait | Advice::Leave(_));
        (words.into(), if calm { style.regular() } else { style })
    }

    /// A cell to fill in: empty in an export, and as handed back where a run left the row open or some of it is to mend.
    fn decided(
        &self,
        field: Field,
        style: CellStyle,
        value: impl FnOnce(&'a Decision) -> Value<'a>,
    ) -> (Value<'a>, CellStyle) {
        match self.bad {
            Some(bad) => as_it_stood(bad, field, style),
            None => (self.open_decision.map_or(Value::Empty, value), style),
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
        let last_day = last_moment(ends, self.store.zone).date();
        Value::Number((last_day - local_day(self.now, self.store.zone)).num_days() as f64)
    }

    fn ends(&self, style: CellStyle) -> (Value<'a>, CellStyle) {
        match self.coupon.usable.ends() {
            Some(ends) => self.moment_of(last_moment(ends, self.store.zone), style),
            None => self.in_words(NO_END, style),
        }
    }

    fn starts(&self, style: CellStyle) -> (Value<'a>, CellStyle) {
        match self.coupon.usable.starts() {
            Some(starts) => self.moment_of(starts.with_timezone(&self.store.zone).naive_local(), style),
            None => self.in_words(NO_START, style),
        }
    }

    fn moment_of(&self, local: NaiveDateTime, style: CellStyle) -> (Value<'a>, CellStyle) {
        let this_year = local_day(self.now, self.store.zone).year();
        let number = if local.year() == this_year { Number::DayTime } else { Number::DayOfYear };
        (moment(local), style.number(number))
    }

    fn remaining(&self, style: CellStyle) -> (Value<'a>, CellStyle) {
        let without = if self.coupon.total.is_none() { NO_LIMIT } else { NOT_KNOWN };
        self.count(self.coupon.remaining(), without, style)
    }

    fn min_spend(&self, style: CellStyle) -> (Value<'a>, CellStyle) {
        let money = style.number(Number::Money(self.store.currency));
        match self.coupon.minimum {
            Minimum::None => (Value::Number(0.0), money),
            Minimum::Spend(amount) => {
                (Value::Number(as_float(amount.amount)), style.number(Number::Money(amount.currency)))
            }
            Minimum::Quantity(count) => (say!(self.language, "minimum-items", count = count).into(), style),
            Minimum::NotKnown => self.in_words(NOT_KNOWN, style),
        }
    }

    fn money_at_risk(&self, style: CellStyle) -> (Value<'a>, CellStyle) {
        match self.row.money_at_risk {
            Exposure::Known(money) if money.is_zero() => {
                (Value::Number(0.0), style.number(Number::Money(money.currency)).muted())
            }
            Exposure::Known(money) => {
                (Value::Number(as_float(money.amount)), style.number(Number::Money(money.currency)))
            }
            Exposure::NoLimit => self.in_words(NO_LIMIT, style),
            Exposure::NotKnown => self.in_words(NOT_KNOWN, style),
        }
    }

    /// Words in place of a number: muted, unless they are at fault.
    fn in_words(&self, id: &str, style: CellStyle) -> (Value<'a>, CellStyle) {
        (self.language.say(id).into(), if style.fill == Fill::None { style.muted() } else { style })
    }

    fn status(&self) -> String {
        if self.coupon.status == Status::Unknown {
            return self.coupon.raw_status.clone();
        }
        self.coupon.status.name(self.language)
    }

    fn count(&self, number: Option<u64>, without: &str, style: CellStyle) -> (Value<'a>, CellStyle) {
        match number {
            Some(number) => (Value::Number(number as f64), style.number(Number::Whole)),
            None => self.in_words(without, style),
        }
    }

    fn at_fault(&self, field: Field, style: CellStyle) -> CellStyle {
        // What has no code is known by its name: a tint never stands in an empty cell.
        let has_no_code = self.coupon.code.is_none();
        if has_no_code && field == Field::Code {
            return style;
        }
        let at = if has_no_code && field == Field::Name { Field::Code } else { field };
        let blaming = self.row.findings.iter().filter(|finding| facts_at_fault(finding.code).contains(&at));
        blaming.map(|finding| finding.severity).max().map_or(style, |severity| style.at_fault(severity))
    }
}

/// What is wrong with a blue cell. A row whose key has something wrong shows it at its action: there a manager decides.
fn fault_of(bad: &BadRow, field: Field) -> Option<&Message> {
    let shown = |at: Field| if at == Field::RowKey { Field::Action } else { at };
    bad.faults.iter().find(|(at, _)| shown(*at) == field).map(|(_, wanted)| wanted)
}

/// A cell of a row with something to mend; amber where it is this very cell.
fn as_it_stood(bad: &BadRow, field: Field, style: CellStyle) -> (Value<'_>, CellStyle) {
    let style = if fault_of(bad, field).is_some() { style.to_mend() } else { style };
    let place = BLUE.iter().position(|blue| *blue == field);
    let value = match place.and_then(|place| bad.cells.get(place)?.as_ref()) {
        None => Value::Empty,
        Some(Typed::Text(text)) => text.as_str().into(),
        Some(Typed::Number(number)) => Value::Number(*number),
        Some(Typed::Moment(at)) => moment(*at),
    };
    (value, style)
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

fn base_style(column: &Column) -> CellStyle {
    let mut style = if column.part == Part::Decision { YOURS_CELL } else { CELL };
    style.wrap = column.wrap;
    style.bold = column.bold;
    style.right = column.right;
    if column.muted { style.muted() } else { style }
}

fn severity_style(style: CellStyle, severity: Option<Severity>) -> CellStyle {
    let style = style.severity(severity);
    // A white line keeps one filled cell from running into the next.
    if severity.is_some() { style.edge(Edge::White) } else { style }
}

fn outcome_style(style: CellStyle, kind: OutcomeKind) -> CellStyle {
    if kind == OutcomeKind::Done { style } else { severity_style(style.regular(), outcome_severity(kind)) }
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
