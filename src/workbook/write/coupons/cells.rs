//! What stands in each cell of a coupon's row, and how it looks.

use chrono::{Datelike, NaiveDateTime, NaiveTime};

use crate::domain::{
    Advice, Argument, Coupon, Currency, Discount, Edit, EndEdit, Exposure, Finding, FindingCode, FirstSeen, Message,
    Minimum, Money, Outcome, OutcomeKind, Row, Severity, Status, Store, TaskRow, Timestamp, Untold, Verb, last_moment,
    local_day,
};
use crate::language::{Language, capitalised, discount_message, shortened};
use crate::message;
use crate::say;
use crate::workbook::columns::{BLUE, Column, Field, Part};
use crate::workbook::words::{
    Named, clear_word, kind_words, outcome_severity, outcome_words, severity_words, suggestion_words, why_words,
};
use crate::workbook::write::by_hand;
use crate::workbook::write::cell::{Cell, Value};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::page::local;
use crate::workbook::write::style::{CELL, CellStyle, Edge, LINK, NO_FILL, Number, YOURS_CELL, tint};
use crate::workbook::{BadRow, Decision, Typed};

const NO_LIMIT: &str = "no-limit";
const NO_END: &str = "no-end";
const NO_START: &str = "no-start";
const NOT_KNOWN: &str = "not-known";

/// Excel's own limit of links on a sheet is far above; those to the coupons' pages get the rest.
const TASK_LINKS_MAX: usize = 500;

/// What two lines of a cell hold, in its widths.
const TWO_LINES: f64 = 2.0 * 0.95;

/// A coupon's row with what its cells need besides.
pub(super) struct Line<'a> {
    row: &'a Row,
    coupon: &'a Coupon,
    store: &'a Store,
    rank: usize,
    region: Option<&'a str>,
    /// Its worst finding.
    first_seen: Option<&'a FirstSeen>,
    platform: &'static str,
    /// What the platform does in place of what is suggested.
    instead: Option<Verb>,
    outcome: Option<&'a Outcome>,
    /// What its outcome leaves to a person, and where that stands.
    task: Option<(usize, &'a TaskRow)>,
    /// As handed back; none where its outcome settles it.
    open_decision: Option<&'a Decision>,
    note: Option<&'a str>,
    /// As handed back, where some of it cannot be read as meant.
    bad: Option<&'a BadRow>,
    now: Timestamp,
    language: Language,
}

impl<'a> Line<'a> {
    /// `rank` counts from 1, in the order of urgency.
    pub(super) fn of(layout: &Layout<'a>, row: &'a Row, rank: usize) -> Option<Self> {
        let store = layout.store(row)?;
        let outcome = layout.outcome(&row.key);
        let decision = layout.decisions.get(&row.key);
        let settled = outcome.is_some_and(|outcome| outcome.kind.settles());
        Some(Self {
            row,
            coupon: &row.coupon,
            store,
            rank,
            region: layout.regions.get(&store.id).map(String::as_str),
            first_seen: layout.overview.first_seen.get(&row.key),
            platform: layout.platform_name(store.platform),
            instead: layout.done_instead(row, store),
            outcome,
            task: outcome
                .filter(|outcome| leaves_work(outcome.kind))
                .and_then(|_| layout.task(&row.key))
                .filter(|(index, _)| *index < TASK_LINKS_MAX),
            open_decision: decision.filter(|_| !settled),
            note: decision
                .and_then(|decision| decision.action.note.as_deref())
                .or_else(|| layout.carried.notes?.get(&row.key).map(String::as_str)),
            bad: layout.bad_row(&row.key),
            now: layout.export.at,
            language: layout.language,
        })
    }

    pub(super) fn cell(&self, column: &Column, indent: u8) -> Cell<'a> {
        let (language, coupon, severity) = (self.language, self.coupon, self.row.severity());
        let style = self.at_fault(column.field, base_style(column).indent(indent));
        let text = style.number(Number::Text);
        let told = |message: fn(&'a Outcome) -> Option<&'a Message>| {
            style.with(self.outcome.and_then(message).map(|message| language.render_in_cell(message)))
        };
        match column.field {
            Field::Severity => severity_style(style, severity).with(severity_words(language, severity)),
            Field::Store => style.with(coupon.store.as_str()),
            Field::Code => text.with(coupon.code.as_deref()),
            Field::Name => style.with(coupon.name.as_str()),
            Field::Findings => style.fill(severity.map_or(NO_FILL, tint)).with(self.findings()),
            Field::Why => style.with(self.row.findings.first().map(|finding| why_words(language, finding))),
            Field::Suggested => self.suggested(style, column.width_in(language)),
            Field::Action => self.decided(Field::Action, style, |it| it.action.word.name(language).into()),
            Field::NewEnd => self.decided(Field::NewEnd, style.number(Number::Day), |it| self.new_end(it)),
            Field::AddStock => self.decided(Field::AddStock, style.number(Number::Whole), |it| {
                typed(language, it.action.add_stock, Value::from)
            }),
            Field::NewMinSpend => {
                let style = style.number(Number::Amount(self.store.currency));
                self.decided(Field::NewMinSpend, style, |it| typed(language, it.action.new_min_spend, Value::from))
            }
            Field::Note => match self.bad {
                Some(bad) => as_it_stood(bad, Field::Note, text),
                None => text.with(self.note),
            },
            Field::Result => self.outcome.map_or(style.empty(), |outcome| {
                outcome_style(style, outcome.kind).with(outcome_words(language, outcome.kind))
            }),
            Field::Before => told(|outcome| outcome.before.as_ref()),
            Field::After => told(|outcome| outcome.after.as_ref()),
            Field::Message => told(|outcome| Some(&outcome.message)),
            Field::Next => match self.task {
                // In few words: the sheet has the steps.
                Some((index, shown)) => {
                    let words = language.render_in_cell(&shown.task.to_do);
                    let (address, tip) = by_hand::place(language, index);
                    let value = Value::Link { address: address.into(), words: words.into(), tip: tip.into() };
                    style.ink(LINK.ink).with(value)
                }
                None => told(|outcome| outcome.next.as_ref()),
            },
            Field::RequestId => text.with(self.outcome.and_then(|outcome| outcome.request_id.as_deref())),
            Field::Time => {
                let local = self.outcome.map(|outcome| local(self.store.zone, outcome.at));
                style.number(Number::DayTime).with(local)
            }
            Field::ReadBack => match self.row.read_at {
                Some(at) => style.muted().with(language.render_in_cell(&self.not_read(at))),
                None => told(|outcome| outcome.read_back.as_ref()),
            },
            Field::Page => style.muted().with(coupon.page.as_deref()),
            Field::Rank => style.muted().number(Number::Plain).with(self.rank),
            Field::Since => self.since(style),
            Field::DaysLeft => style.number(Number::Plain).with(self.days_left()),
            Field::Ends => self.ends(style),
            Field::Remaining => self.remaining(style),
            Field::Used => self.count(coupon.used, NOT_KNOWN, style),
            Field::Total => self.count(coupon.total, self.without_total(), style),
            Field::Discount if coupon.discount == Discount::Other(String::new()) => self.in_words(NOT_KNOWN, style),
            Field::Discount => style.with(language.render_in_cell(&discount_message(language, &coupon.discount))),
            Field::MinSpend => self.min_spend(style),
            Field::MoneyAtRisk => self.money_at_risk(style),
            Field::Status if coupon.status == Status::Unknown && coupon.raw_status.is_empty() => {
                self.in_words(NOT_KNOWN, style)
            }
            Field::Status if coupon.status == Status::Unknown => style.with(coupon.raw_status.as_str()),
            Field::Status if coupon.works_for_holders_until(self.now).is_some() => {
                style.with(language.say("status-claim-over"))
            }
            Field::Status if coupon.is_untold(Untold::Status) => {
                style.with(say!(language, "status-by-dates", status = coupon.status.name(language)))
            }
            Field::Status => style.with(coupon.status.name(language)),
            Field::Kind => style.with(kind_words(language, &coupon.kind)),
            Field::Starts => self.starts(style),
            Field::Campaign => style.with(self.row.campaign.as_deref()),
            Field::AllFindings => style.with(self.all_findings()),
            Field::Owner => style.with(self.store.owner.as_deref()),
            Field::Region => style.with(self.region),
            Field::Platform => style.with(self.platform),
            Field::CouponId => text.with(coupon.id.as_str()),
            Field::Currency => style.with(self.store.currency.to_string()),
            Field::TimeZone => style.with(self.store.zone.name()),
            Field::RowKey => text.with(self.row.key.as_str()),
        }
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

    /// Every finding by its name, so that a filter finds each: `Loses money, Low stock, Duplicate`.
    fn all_findings(&self) -> String {
        let names = self.row.findings.iter().map(|finding| finding.code.name(self.language));
        names.collect::<Vec<_>>().join(&self.language.say("comma"))
    }

    /// For how many days of the store's calendar its worst finding has been seen: a number, so that it sorts.
    fn since(&self, style: CellStyle) -> Cell<'a> {
        if self.row.findings.is_empty() {
            return style.empty();
        }
        let Some(seen) = self.first_seen else { return self.in_words(NOT_KNOWN, style) };
        let days = (local_day(self.now, self.store.zone) - local_day(seen.at, self.store.zone)).num_days();
        match seen.at_least {
            // The first export of all saw it today: nobody knows whether it is new.
            true if days == 0 => self.in_words(NOT_KNOWN, style),
            at_least => style.number(Number::Days { at_least }).with(days as f64),
        }
    }

    fn suggested(&self, style: CellStyle, width: f64) -> Cell<'a> {
        let advice = &self.row.suggestion.advice;
        if self.row.findings.is_empty() && *advice == Advice::Nothing {
            return style.empty();
        }
        let columns_max = (width * TWO_LINES) as usize;
        let words =
            suggestion_words(self.language, &self.row.suggestion, self.store, self.now, self.instead, columns_max);
        // A manager's own note can be of any length; Why and the archive have the rest.
        let words = if matches!(advice, Advice::Leave(_)) { shortened(&words, columns_max) } else { words };
        // Bold asks for something to be done.
        if advice.is_calm() { style.regular() } else { style }.with(words)
    }

    /// A cell to fill in: empty in an export, and as handed back where a run left the row open or some of it is to mend.
    fn decided(&self, field: Field, style: CellStyle, value: impl FnOnce(&'a Decision) -> Value<'a>) -> Cell<'a> {
        match self.bad {
            Some(bad) => as_it_stood(bad, field, style),
            None => style.with(self.open_decision.map(value)),
        }
    }

    fn new_end(&self, decision: &'a Decision) -> Value<'a> {
        let [_, as_typed, ..] = &decision.cells;
        typed(self.language, decision.action.new_end, |end| match end {
            EndEdit::Day(day) => day.into(),
            EndEdit::At(local) => local.into(),
            EndEdit::SpanHours(_) => as_typed.as_str().into(),
        })
    }

    /// What would be right in the cell, where it cannot be read as meant.
    pub(super) fn to_mend(&self, field: Field) -> Option<String> {
        let wanted = fault_of(self.bad?, field).filter(|wanted| wanted.id() != "read-not-as-meant")?;
        Some(say!(self.language, "read-in-note", wanted = capitalised(&self.language.render(wanted))))
    }

    /// Of a row of results that the run did not look at.
    fn not_read(&self, at: Timestamp) -> Message {
        let at = Argument::Instant { at, zone: self.store.zone, near: self.now };
        message!("results-as-of", at = at)
    }

    /// From the store's today to the last day it can be used on.
    fn days_left(&self) -> Option<f64> {
        let last_day = last_moment(self.coupon.usable.ends()?, self.store.zone).date();
        Some((last_day - local_day(self.now, self.store.zone)).num_days() as f64)
    }

    fn ends(&self, style: CellStyle) -> Cell<'a> {
        match self.coupon.usable.ends() {
            Some(ends) => self.moment_of(last_moment(ends, self.store.zone), style),
            None => self.in_words(NO_END, style),
        }
    }

    fn starts(&self, style: CellStyle) -> Cell<'a> {
        match self.coupon.usable.starts() {
            Some(starts) => self.moment_of(local(self.store.zone, starts), style),
            None if self.coupon.is_untold(Untold::Start) => self.in_words(NOT_KNOWN, style),
            None => self.in_words(NO_START, style),
        }
    }

    fn moment_of(&self, local: NaiveDateTime, style: CellStyle) -> Cell<'a> {
        let this_year = local_day(self.now, self.store.zone).year();
        let number = if local.year() == this_year { Number::DayTime } else { Number::DayOfYear };
        style.number(number).with(local)
    }

    /// What a total that is none means.
    fn without_total(&self) -> &'static str {
        if self.coupon.is_untold(Untold::Total) { NOT_KNOWN } else { NO_LIMIT }
    }

    fn remaining(&self, style: CellStyle) -> Cell<'a> {
        let without = if self.coupon.total.is_none() { self.without_total() } else { NOT_KNOWN };
        self.count(self.coupon.remaining(), without, style)
    }

    fn min_spend(&self, style: CellStyle) -> Cell<'a> {
        let money = |currency: Currency| style.number(Number::Money(currency));
        match self.coupon.minimum {
            Minimum::None => money(self.store.currency).with(0.0),
            Minimum::Spend(Money { amount, currency }) => money(currency).with(amount),
            Minimum::Quantity(count) => style.with(say!(self.language, "minimum-items", count = count)),
            Minimum::NotKnown => self.in_words(NOT_KNOWN, style),
        }
    }

    fn money_at_risk(&self, style: CellStyle) -> Cell<'a> {
        match self.row.money_at_risk {
            Exposure::Known(Money { amount, currency }) => {
                let style = style.number(Number::Money(currency));
                if amount.is_zero() { style.muted() } else { style }.with(amount)
            }
            Exposure::NoLimit => self.in_words(NO_LIMIT, style),
            Exposure::NotKnown => self.in_words(NOT_KNOWN, style),
        }
    }

    /// Words in place of a number: muted, unless they are at fault.
    fn in_words(&self, id: &str, style: CellStyle) -> Cell<'a> {
        if style.fill == NO_FILL { style.muted() } else { style }.with(self.language.say(id))
    }

    fn count(&self, number: Option<u64>, without: &str, style: CellStyle) -> Cell<'a> {
        number.map_or_else(|| self.in_words(without, style), |number| style.number(Number::Whole).with(number))
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

/// Whether the open work by hand on its coupon is what the outcome leaves to a person.
fn leaves_work(kind: OutcomeKind) -> bool {
    match kind {
        OutcomeKind::ByHand | OutcomeKind::Done | OutcomeKind::AlreadyDone => true,
        OutcomeKind::Failed
        | OutcomeKind::Refused
        | OutcomeKind::Conflict
        | OutcomeKind::Unknown
        | OutcomeKind::NotShown
        | OutcomeKind::NotReached => false,
    }
}

/// What is wrong with a blue cell. A row whose key has something wrong shows it at its action: there a manager decides.
fn fault_of(bad: &BadRow, field: Field) -> Option<&Message> {
    let shown = |at: Field| if at == Field::RowKey { Field::Action } else { at };
    bad.faults.iter().find(|(at, _)| shown(*at) == field).map(|(_, wanted)| wanted)
}

/// A cell of a row with something to mend; amber where it is this very cell.
fn as_it_stood(bad: &BadRow, field: Field, style: CellStyle) -> Cell<'_> {
    let is_at_fault = fault_of(bad, field).is_some();
    let style = if is_at_fault { style.to_mend() } else { style };
    let place = BLUE.iter().position(|blue| *blue == field);
    // Of the kind that it was: what was refused as a date must not become a number that is taken.
    match place.and_then(|place| bad.cells.get(place)?.as_ref()) {
        None => style.empty(),
        Some(Typed::Text(text)) => style.with(text.as_str()),
        Some(Typed::Number(number)) if !number.is_finite() => style.with(number.to_string()),
        Some(Typed::Number(number)) if is_at_fault => style.number(Number::General).with(*number),
        Some(Typed::Number(number)) => style.with(*number),
        Some(Typed::Moment(at)) if at.time() == NaiveTime::MIN => style.number(Number::Day).with(*at),
        Some(Typed::Moment(at)) => style.number(Number::DayTime).with(*at),
        Some(Typed::Serial(serial)) => style.number(Number::Day).with(*serial),
        Some(Typed::Span(days)) => style.number(Number::Hours).with(*days),
    }
}

/// The facts that a finding is about: bold in its tint, so that Why meets its evidence.
fn facts_at_fault(code: FindingCode) -> &'static [Field] {
    match code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers
        | FindingCode::TokenExpiring
        | FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
        | FindingCode::CampaignMissing => &[],
        FindingCode::CampaignGap => &[Field::Starts, Field::Ends],
        FindingCode::RunsOutEarly | FindingCode::SuddenDrop => &[Field::Remaining],
        FindingCode::Uncapped => &[Field::Discount, Field::MinSpend],
        FindingCode::Duplicate => &[Field::Code],
        FindingCode::Unplanned => &[Field::Campaign],
        FindingCode::GivesMoneyAway => &[Field::Discount, Field::MinSpend],
        FindingCode::Rejected | FindingCode::StatusUnknown | FindingCode::ClaimOver | FindingCode::Paused => {
            &[Field::Status]
        }
        FindingCode::Expired | FindingCode::ExpiresToday | FindingCode::ExpiringSoon => &[Field::Ends],
        FindingCode::OutOfStock | FindingCode::LowStock => &[Field::Remaining],
        FindingCode::NotStarted => &[Field::Starts],
        FindingCode::ThresholdHigh | FindingCode::ThresholdLow => &[Field::MinSpend],
    }
}

fn base_style(column: &Column) -> CellStyle {
    let mut style = if column.part == Part::Decision { YOURS_CELL } else { CELL };
    // Of what is longer than its cell the beginning is seen; and all cells of a row are read along one line.
    style.top = true;
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

fn typed<'a, T>(language: Language, edit: Edit<T>, value: impl FnOnce(T) -> Value<'a>) -> Value<'a> {
    match edit {
        Edit::Blank => Value::Empty,
        Edit::Clear => clear_word(language).into(),
        Edit::Set(typed) => value(typed),
    }
}
