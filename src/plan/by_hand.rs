//! What only a person can do, written so that nobody has to ask back: what, where, which values, who, until when.

use chrono::{Days, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::Verdict;
use super::intent::{Intent, Wish};
use super::words::minimum_value;
use crate::domain::{
    BackOffice, Coupon, ExpectedState, Goal, Likeness, Minimum, Owner, Platform, Row, Severity, Store, Task, Timestamp,
    last_moment, local_day,
};
use crate::language::{Language, end_words};
use crate::say;

/// What tasks are written with. Its parts are values: nothing here opens a file or a connection.
pub struct HandWork<'a> {
    pub back_office: &'a (dyn Fn(Platform) -> &'static BackOffice + Sync),
    /// Whose the work is in a store that names no owner.
    pub operator: &'a str,
    /// When the campaign of a row begins in its store.
    pub campaign_starts: &'a (dyn Fn(&Store, &Row) -> Option<Timestamp> + Sync),
}

/// What a person is to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// Valid until (exclusive); none removes the end.
    MoveEnd(Option<Timestamp>),
    RaiseTotal {
        add: u64,
        total: u64,
    },
    SetMinimum(Minimum),
    Delete,
    End,
    Pause,
    Enable,
    Copy(Box<Likeness>),
    /// Nobody but the platform's page says what.
    OpenPage,
}

/// The one row that a task is about.
pub(super) struct About<'a> {
    pub hand_work: &'a HandWork<'a>,
    pub store: &'a Store,
    pub row: &'a Row,
    pub intent: &'a Intent,
    pub now: Timestamp,
    pub language: Language,
}

impl About<'_> {
    /// The task as a row's whole verdict.
    pub fn verdict(&self, deed: &Deed, coupon: &Coupon, why: &str) -> Verdict {
        Verdict::ByHand { task: Box::new(self.task(deed, coupon, why)) }
    }

    /// `coupon` is as live as we know it; `why` says why no API can, as a part of a sentence.
    pub fn task(&self, deed: &Deed, coupon: &Coupon, why: &str) -> Task {
        let office = (self.hand_work.back_office)(self.store.platform);
        Task {
            change: self.intent.id.clone(),
            row: self.row.key.clone(),
            store: self.store.id.clone(),
            coupon: self.row.coupon.id.clone(),
            label: coupon.label().to_string(),
            action: self.intent.word,
            goal: goal(deed, coupon),
            deed: self.words(deed),
            why: why.to_string(),
            steps: steps(self.language, deed, coupon, office),
            values: self.values(deed, office),
            page: coupon.page.clone(),
            owner: self.store.owner.clone().unwrap_or_else(|| self.hand_work.operator.to_string()),
            due: self.due(coupon),
            told: None,
        }
    }

    fn words(&self, deed: &Deed) -> String {
        let language = self.language;
        let moment = |ends: Timestamp| end_words(language, ends, self.store.zone, self.now);
        match deed {
            Deed::MoveEnd(Some(ends)) => say!(language, "results-deed-end", end = moment(*ends)),
            Deed::MoveEnd(None) => language.say("results-deed-no-end"),
            Deed::RaiseTotal { add, total } => {
                say!(language, "results-deed-total", add = add.to_string(), total = total.to_string())
            }
            Deed::SetMinimum(minimum) => {
                say!(language, "results-deed-minimum", amount = minimum_value(language, *minimum))
            }
            Deed::Delete => language.say("results-deed-delete"),
            Deed::End => language.say("results-deed-stop"),
            Deed::Pause => language.say("results-deed-pause"),
            Deed::Enable => language.say("results-deed-enable"),
            Deed::Copy(likeness) => match likeness.ends {
                Some(ends) => say!(language, "results-deed-copy", end = moment(ends)),
                None => language.say("results-deed-copy-no-end"),
            },
            Deed::OpenPage => language.say("results-deed-page"),
        }
    }

    fn values(&self, deed: &Deed, office: &BackOffice) -> Vec<String> {
        // Short, so that it stays on one line of its cell; the steps name the field.
        let end = |ends: Option<Timestamp>| {
            let end = typed_end(self.language, ends, self.store, office);
            say!(self.language, "results-type-end", end = end)
        };
        let minimum = |minimum| format!("{}: {}", office.minimum_field, typed_minimum(minimum, self.store));
        let total = |total: u64| format!("{}: {total}", office.total_field);
        match deed {
            Deed::MoveEnd(ends) => vec![end(*ends)],
            Deed::RaiseTotal { total: wanted, .. } => vec![total(*wanted)],
            Deed::SetMinimum(wanted) => vec![minimum(*wanted)],
            Deed::Copy(likeness) => {
                let same_minimum = likeness.minimum == self.row.coupon.minimum;
                let minimum = (!same_minimum).then(|| minimum(likeness.minimum));
                let values = [Some(end(likeness.ends)), minimum, likeness.total.map(total)];
                self.planned_values(office).into_iter().chain(values.into_iter().flatten()).collect()
            }
            Deed::Delete | Deed::End | Deed::Pause | Deed::Enable | Deed::OpenPage => Vec::new(),
        }
    }

    /// What the campaign plan asks for besides: what the copy is called, and when it starts.
    fn planned_values(&self, office: &BackOffice) -> Vec<String> {
        let Wish::Recreate { wanted: Some(wanted), start, .. } = &self.intent.wish else { return Vec::new() };
        let start = start.filter(|at| *at > self.now).map(|at| {
            let local = at.with_timezone(&self.store.zone).naive_local();
            say!(self.language, "results-type-start", start = typed_moment(local, at, self.store, office))
        });
        std::iter::once(say!(self.language, "results-type-code", code = wanted)).chain(start).collect()
    }

    /// Today where the row is critical; else the coupon's end or its campaign's start, whichever comes first and lies ahead; else
    /// tomorrow.
    fn due(&self, coupon: &Coupon) -> NaiveDate {
        let zone = self.store.zone;
        if self.row.severity() == Some(Severity::Critical) {
            return local_day(self.now, zone);
        }
        let ahead = |at: &Timestamp| *at > self.now;
        let end = coupon.usable.ends().filter(ahead).map(|ends| last_moment(ends, zone).date());
        let start = (self.hand_work.campaign_starts)(self.store, self.row).filter(ahead);
        let start = start.map(|starts| local_day(starts, zone));
        let tomorrow = local_day(self.now, zone) + Days::new(1);
        end.into_iter().chain(start).min().unwrap_or(tomorrow)
    }
}

fn goal(deed: &Deed, coupon: &Coupon) -> Goal {
    match deed {
        Deed::MoveEnd(ends) => Goal::State(ExpectedState { ends: Some(*ends), ..ExpectedState::default() }),
        Deed::RaiseTotal { total, .. } => {
            Goal::State(ExpectedState { total: Some(Some(*total)), ..ExpectedState::default() })
        }
        Deed::SetMinimum(minimum) => Goal::State(ExpectedState { minimum: Some(*minimum), ..ExpectedState::default() }),
        Deed::Delete => Goal::State(ExpectedState { exists: Some(false), ..ExpectedState::default() }),
        Deed::End | Deed::Pause => Goal::Stopped,
        Deed::Enable => Goal::Usable,
        Deed::Copy(likeness) => Goal::Copied(likeness.clone()),
        Deed::OpenPage => {
            Goal::Changed { status: coupon.status, discount: coupon.discount.clone(), minimum: coupon.minimum }
        }
    }
}

/// Three lines, each short enough for one line of the sheet.
fn steps(language: Language, deed: &Deed, coupon: &Coupon, office: &BackOffice) -> Vec<String> {
    let open = match (coupon.owner, &coupon.page) {
        (Owner::Platform, _) => language.say("results-step-open-owned"),
        (Owner::Seller, Some(_)) => say!(language, "results-step-open-or-link", menu = office.menu),
        (Owner::Seller, None) => say!(language, "results-step-open", menu = office.menu),
    };
    let edit = |field: &str| {
        let edit = say!(language, "results-step-field", button = office.edit, field = field);
        [edit, say!(language, "results-step-type-one", save = office.save)]
    };
    let click =
        |button: &str| [say!(language, "results-step-click", button = button), language.say("results-step-confirm")];
    let [second, third] = match deed {
        Deed::MoveEnd(_) => edit(office.end_field),
        Deed::RaiseTotal { .. } => edit(office.total_field),
        Deed::SetMinimum(_) => edit(office.minimum_field),
        Deed::Copy(_) => [
            say!(language, "results-step-copy", button = office.copy),
            say!(language, "results-step-type-all", save = office.save),
        ],
        Deed::Delete => click(office.delete),
        Deed::End | Deed::Pause => click(office.stop),
        Deed::Enable => click(office.enable),
        Deed::OpenPage => [language.say("results-step-read"), language.say("results-step-mend")],
    };
    vec![open, second, third]
}

/// `30/11/2026 23:59 (WIB)`: in the store's own time, in the order that its back office wants.
fn typed_end(language: Language, ends: Option<Timestamp>, store: &Store, office: &BackOffice) -> String {
    let Some(ends) = ends else { return language.say("results-type-no-end") };
    let local = match office.end_is_included {
        true => last_moment(ends, store.zone),
        false => ends.with_timezone(&store.zone).naive_local(),
    };
    typed_moment(local, ends, store, office)
}

/// `local` is what a clock in the store shows, `at` the instant whose zone letters stand behind it.
fn typed_moment(local: NaiveDateTime, at: Timestamp, store: &Store, office: &BackOffice) -> String {
    let (elsewhere, currencies) = office.moment_elsewhere;
    let pattern = if currencies.contains(&store.currency.code()) { elsewhere } else { office.moment };
    format!("{} ({})", local.format(pattern), zone_words(at, store.zone))
}

/// `WIB`; where a zone has no letters of its own, `UTC+08`.
fn zone_words(at: Timestamp, zone: Tz) -> String {
    let short = at.with_timezone(&zone).format("%Z").to_string();
    if short.starts_with(|c: char| c.is_alphabetic()) { short } else { format!("UTC{short}") }
}

/// A plain number with the currency's decimals: no code, no separators.
fn typed_minimum(minimum: Minimum, store: &Store) -> String {
    let plain = |amount: Decimal| {
        let mut amount = amount;
        amount.rescale(store.currency.decimals().max(amount.normalize().scale()));
        amount.to_string()
    };
    match minimum {
        Minimum::Spend(money) => plain(money.amount),
        Minimum::None => plain(Decimal::ZERO),
        other => other.to_string(),
    }
}
