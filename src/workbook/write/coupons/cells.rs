//! What stands in each cell of a coupon's row, and how it looks.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDateTime};

use crate::domain::{
    ActionWord, Advice, Coupon, Edit, EndEdit, Exposure, Finding, FindingCode, Minimum, Outcome, OutcomeKind, Row,
    Severity, Store, Timestamp, local_day,
};
use crate::language::Language;
use crate::say;
use crate::workbook::columns::{BLUE, Column, Field, Part};
use crate::workbook::words::{
    action_name, clear_word, discount_words, finding_name, kind_words, last_local_second, minimum_words,
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
        let look = self.at_fault(column.field, base_look(column).indent(indent));
        match column.part {
            Part::Identity | Part::Story => self.story(column, look),
            Part::Decision => self.decision(column.field, look),
            Part::Result => self.result(column.field, look),
            Part::Fact => self.fact(column.field, look),
            Part::Technical => self.technical(column.field, look),
        }
    }

    fn story(&self, column: &Column, look: Look) -> (Value<'a>, Look) {
        let severity = self.row.severity();
        match column.field {
            Field::Severity => (severity_words(self.language, severity).into(), severity_look(look, severity)),
            Field::Store => (self.coupon.store.as_str().into(), look),
            Field::Code => (self.coupon.code.as_deref().unwrap_or_default().into(), look.number(Number::Text)),
            Field::Name => (self.coupon.name.as_str().into(), look),
            Field::Findings => {
                let fill = severity.map_or(Fill::None, Fill::Tint);
                (self.findings().into(), look.fill(fill))
            }
            Field::Why => (self.row.findings.first().map_or(String::new(), |finding| tied(&finding.why)).into(), look),
            _ => self.suggested(look, column.width_in(self.language)),
        }
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

    /// The blue cells: empty in an export, and as handed back where a run left the row open.
    fn decision(&self, field: Field, look: Look) -> (Value<'a>, Look) {
        let look = match field {
            Field::NewEnd => look.number(Number::Day),
            Field::AddStock => look.number(Number::Whole),
            Field::NewMinSpend => look.number(Number::Amount(self.store.currency)),
            Field::Note => look.number(Number::Text),
            _ => look,
        };
        if let Some(bad) = self.bad {
            return self.as_it_stood(bad, field, look);
        }
        if field == Field::Note {
            return (self.note.unwrap_or_default().into(), look);
        }
        let Some(decision) = self.open_decision else { return (Value::Empty, look) };
        let [_, new_end_as_typed, ..] = &decision.cells;
        let action = &decision.action;
        let value = match field {
            Field::NewEnd => typed(self.language, action.new_end, |end| match end {
                EndEdit::Day(day) => moment(day.and_time(chrono::NaiveTime::MIN)),
                EndEdit::At(local) => moment(local),
                EndEdit::SpanHours(_) => new_end_as_typed.as_str().into(),
            }),
            Field::AddStock => typed(self.language, action.add_stock, |count| Value::Number(count as f64)),
            Field::NewMinSpend => typed(self.language, action.new_min_spend, |amount| Value::Number(as_float(amount))),
            _ => action_name(self.language, action.word).into(),
        };
        (value, look)
    }

    /// A cell of a row with something to mend; amber where it is this very cell.
    fn as_it_stood(&self, bad: &'a BadRow, field: Field, look: Look) -> (Value<'a>, Look) {
        let look = if fault_of(bad, field).is_some() { look.to_mend() } else { look };
        let place = BLUE.iter().position(|blue| *blue == field);
        let cell = place.and_then(|place| bad.cells.get(place)?.as_ref());
        match cell {
            None => (Value::Empty, look),
            Some(Typed::Text(text)) => (text.as_str().into(), look),
            Some(Typed::Number(number)) => (Value::Number(*number), look),
            Some(Typed::Moment(at)) => (moment(*at), look),
        }
    }

    /// What would be right in the cell, where it cannot be read as meant.
    pub(super) fn to_mend(&self, field: Field) -> Option<String> {
        let wanted = fault_of(self.bad?, field)?;
        Some(mend_words(self.language, field, wanted))
    }

    fn result(&self, field: Field, look: Look) -> (Value<'a>, Look) {
        let Some(outcome) = self.outcome else { return (Value::Empty, look) };
        match field {
            Field::Result => (outcome_words(self.language, outcome.kind).into(), outcome_look(look, outcome.kind)),
            Field::Before => (tied(&outcome.before).into(), look),
            Field::After => (tied(&outcome.after).into(), look),
            Field::Message => (tied(&outcome.message).into(), look),
            Field::Next => (tied(&outcome.next).into(), look),
            Field::RequestId => (outcome.request_id.as_deref().unwrap_or_default().into(), look.number(Number::Text)),
            Field::Time => {
                (moment(outcome.at.with_timezone(&self.store.zone).naive_local()), look.number(Number::DayTime))
            }
            _ => (tied(&outcome.read_back).into(), look),
        }
    }

    fn fact(&self, field: Field, look: Look) -> (Value<'a>, Look) {
        match field {
            Field::Page => (self.coupon.page.as_deref().map_or(Value::Empty, Value::Page), look.muted()),
            Field::DaysLeft => (self.days_left(), look.number(Number::Plain)),
            Field::Ends => self.ends(look),
            Field::Starts => self.starts(look),
            Field::Remaining => self.remaining(look),
            Field::Used => self.count(self.coupon.used, NOT_KNOWN, look),
            Field::Total => self.count(self.coupon.total, NO_LIMIT, look),
            Field::Discount => (tied(&discount_words(self.language, &self.coupon.discount)).into(), look),
            Field::MinSpend => self.min_spend(look),
            Field::MoneyAtRisk => self.money_at_risk(look),
            Field::Status => (self.status().into(), look),
            Field::Kind => (kind_words(self.language, &self.coupon.kind).into(), look),
            Field::Campaign => (self.row.campaign.as_deref().unwrap_or_default().into(), look),
            Field::Platform => (self.platform.into(), look),
            _ => (self.coupon.id.as_str().into(), look.number(Number::Text)),
        }
    }

    fn technical(&self, field: Field, look: Look) -> (Value<'a>, Look) {
        match field {
            Field::Currency => (self.store.currency.to_string().into(), look),
            Field::TimeZone => (self.store.zone.name().into(), look),
            _ => (self.row.key.as_str().into(), look.number(Number::Text)),
        }
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
        let at = match (field, &self.coupon.code) {
            (Field::Name, None) => Field::Code,
            (Field::Code, None) => return look,
            _ => field,
        };
        let blaming = self.row.findings.iter().filter(|finding| facts_at_fault(finding.code).contains(&at));
        blaming.map(|finding| finding.severity).max().map_or(look, |severity| look.at_fault(severity))
    }
}

/// What is wrong with a blue cell. A row whose key has something wrong shows it at its action: there a manager decides.
fn fault_of(bad: &BadRow, field: Field) -> Option<&str> {
    let shown = |at: Field| if at == Field::RowKey { Field::Action } else { at };
    bad.faults.iter().find(|(at, _)| shown(*at) == field).map(|(_, wanted)| wanted.as_str())
}

/// The reader's own sentence in an English workbook; in another language what the column takes.
fn mend_words(language: Language, field: Field, wanted: &str) -> String {
    let id = match field {
        _ if language == Language::ENGLISH => {
            let mut letters = wanted.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            return format!("{first}{}.", letters.as_str());
        }
        _ if wanted.contains("decides something else") => "coupons-mend-twice",
        Field::Action => {
            let words = ActionWord::ALL.map(|word| action_name(language, word)).join("、");
            return say!(language, "coupons-mend-actions", words = words);
        }
        Field::NewEnd => "coupons-mend-date",
        Field::AddStock => "coupons-mend-count-wanted",
        Field::NewMinSpend => "coupons-mend-amount",
        _ => "coupons-mend-note-needed",
    };
    language.say(id)
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
    match kind {
        OutcomeKind::Done => look,
        other => severity_look(look.regular(), outcome_severity(other)),
    }
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
