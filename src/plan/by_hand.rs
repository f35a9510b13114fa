//! What only a person can do, written so that nobody has to ask back: what, where, which values, who, until when.

use chrono::{Days, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::context::RowContext;
use super::intent::DesiredState;
use super::words::minimum_value;
use crate::domain::{
    Argument, BackOffice, Coupon, ExpectedState, Goal, Likeness, Message, Minimum, Owner, Severity, Store, Task,
    Timestamp, last_moment, local_day,
};
use crate::message;

/// What a person is to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ManualStep {
    /// Valid until (exclusive); none removes the end.
    MoveEnd(Option<Timestamp>),
    RaiseTotal {
        add: u64,
        total: u64,
    },
    LowerTotal {
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

impl RowContext<'_> {
    /// `coupon` is as live as we know it; `why` says why no API can, as a part of a sentence.
    pub(super) fn task(&self, step: &ManualStep, coupon: &Coupon, why: Message) -> Task {
        let office = (self.input.back_office)(self.store.platform);
        Task {
            change: self.intent.id.clone(),
            row: self.row.key.clone(),
            store: self.store.id.clone(),
            coupon: self.row.coupon.id.clone(),
            label: coupon.label().to_string(),
            action: self.intent.word,
            goal: goal(step, coupon),
            to_do: self.to_do(step),
            why,
            steps: clicks(step, coupon, office),
            values: self.values(step, office),
            page: coupon.page.clone(),
            owner: self.store.owner.clone().unwrap_or_else(|| self.input.operator.to_string()),
            due: self.due(coupon),
        }
    }

    fn to_do(&self, step: &ManualStep) -> Message {
        match step {
            ManualStep::MoveEnd(Some(ends)) => message!("results-to-do-end", end = self.end(*ends)),
            ManualStep::MoveEnd(None) => message!("results-to-do-no-end"),
            ManualStep::RaiseTotal { add, total } => {
                message!("results-to-do-total", add = add.to_string(), total = total.to_string())
            }
            ManualStep::LowerTotal { total } => message!("results-to-do-lower-total", total = total.to_string()),
            ManualStep::SetMinimum(minimum) => {
                message!("results-to-do-minimum", amount = minimum_value(*minimum))
            }
            ManualStep::Delete => message!("results-to-do-delete"),
            ManualStep::End => message!("results-to-do-stop"),
            ManualStep::Pause => message!("results-to-do-pause"),
            ManualStep::Enable => message!("results-to-do-enable"),
            ManualStep::Copy(likeness) => match likeness.ends {
                Some(ends) => message!("results-to-do-copy", end = self.end(ends)),
                None => message!("results-to-do-copy-no-end"),
            },
            ManualStep::OpenPage => message!("results-to-do-page"),
        }
    }

    fn values(&self, step: &ManualStep, office: &BackOffice) -> Vec<Message> {
        // Short, so that it stays on one line of its cell; the steps name the field.
        let end = |ends| typed_end(ends, self.store, office);
        let minimum = |minimum| {
            let amount = typed_minimum(minimum, self.store);
            message!("results-type-minimum", field = named(office.minimum_field), amount = amount)
        };
        let total = |total: u64| {
            message!("results-type-total", field = named(office.total_field), total = Argument::Digits(total))
        };
        match step {
            ManualStep::MoveEnd(ends) => vec![end(*ends)],
            ManualStep::RaiseTotal { total: wanted, .. } | ManualStep::LowerTotal { total: wanted } => {
                vec![total(*wanted)]
            }
            ManualStep::SetMinimum(wanted) => vec![minimum(*wanted)],
            ManualStep::Copy(likeness) => {
                let same_minimum = likeness.minimum == self.row.coupon.minimum;
                let minimum = (!same_minimum).then(|| minimum(likeness.minimum));
                let values = [Some(end(likeness.ends)), minimum, likeness.total.map(total)];
                self.planned_values(office).into_iter().chain(values.into_iter().flatten()).collect()
            }
            ManualStep::Delete | ManualStep::End | ManualStep::Pause | ManualStep::Enable | ManualStep::OpenPage => {
                Vec::new()
            }
        }
    }

    /// What the campaign plan asks for besides: what the copy is called, and when it starts.
    fn planned_values(&self, office: &BackOffice) -> Vec<Message> {
        let DesiredState::Recreate { wanted: Some(wanted), start, .. } = &self.intent.desired else {
            return Vec::new();
        };
        let start = start.filter(|at| *at > self.input.now).map(|at| {
            let local = at.with_timezone(&self.store.zone).naive_local();
            message!("results-type-start", start = typed_moment(local, at, self.store, office))
        });
        std::iter::once(message!("results-type-code", code = wanted)).chain(start).collect()
    }

    /// Today where the row is critical; else the coupon's end or its campaign's start, whichever comes first and lies ahead; else
    /// tomorrow. Never a day that is over already where it is asked for: the team's calendar can be ahead of the store's.
    fn due(&self, coupon: &Coupon) -> NaiveDate {
        let (zone, now) = (self.store.zone, self.input.now);
        let today = local_day(now, zone).max(local_day(now, self.input.export.zone));
        if self.row.severity() == Some(Severity::Critical) {
            return today;
        }
        let ahead = |at: &Timestamp| *at > now;
        let end = coupon.usable.ends().filter(ahead).map(|ends| last_moment(ends, zone).date());
        let start = (self.input.campaign_starts)(self.store, self.row).filter(ahead);
        let start = start.map(|starts| local_day(starts, zone));
        end.into_iter().chain(start).min().unwrap_or(today + Days::new(1)).max(today)
    }
}

/// What a back office calls something; in words of ours, in the reader's language, where nobody knows.
fn named(word: &'static str) -> Argument {
    match word.starts_with(BackOffice::OURS) {
        true => message!(word).into(),
        false => word.into(),
    }
}

fn goal(step: &ManualStep, coupon: &Coupon) -> Goal {
    match step {
        ManualStep::MoveEnd(ends) => Goal::State(ExpectedState::ends(*ends)),
        ManualStep::RaiseTotal { total, .. } | ManualStep::LowerTotal { total } => {
            Goal::State(ExpectedState::total(Some(*total)))
        }
        ManualStep::SetMinimum(minimum) => Goal::State(ExpectedState::minimum(*minimum)),
        ManualStep::Delete => Goal::State(ExpectedState::exists(false)),
        ManualStep::End | ManualStep::Pause => Goal::Stopped,
        ManualStep::Enable => Goal::Usable,
        ManualStep::Copy(likeness) => Goal::Copied(likeness.clone()),
        ManualStep::OpenPage => {
            Goal::Changed { status: coupon.status, discount: coupon.discount.clone(), minimum: coupon.minimum }
        }
    }
}

/// Three lines, each short enough for one line of the sheet.
fn clicks(step: &ManualStep, coupon: &Coupon, office: &BackOffice) -> Vec<Message> {
    let open = match (coupon.owner, &coupon.page) {
        (Owner::Platform, _) => message!("results-step-open-owned"),
        (Owner::Seller, Some(_)) => message!("results-step-open-or-link", menu = named(office.menu)),
        (Owner::Seller, None) => message!("results-step-open", menu = named(office.menu)),
    };
    let edit = |field: &'static str| {
        let edit = message!("results-step-field", button = named(office.edit), field = named(field));
        [edit, message!("results-step-type-one", save = named(office.save))]
    };
    let click = |button: &'static str| {
        [message!("results-step-click", button = named(button)), message!("results-step-confirm")]
    };
    let [second, third] = match step {
        ManualStep::MoveEnd(_) => edit(office.end_field),
        ManualStep::RaiseTotal { .. } | ManualStep::LowerTotal { .. } => edit(office.total_field),
        ManualStep::SetMinimum(_) => edit(office.minimum_field),
        ManualStep::Copy(_) => [
            message!("results-step-copy", button = named(office.copy)),
            message!("results-step-type-all", save = named(office.save)),
        ],
        ManualStep::Delete => click(office.delete),
        ManualStep::End | ManualStep::Pause => click(office.stop),
        ManualStep::Enable => click(office.enable),
        ManualStep::OpenPage => [message!("results-step-read"), message!("results-step-mend")],
    };
    vec![open, second, third]
}

/// `End: 30/11/2026 23:59 (WIB)`: in the store's own time, in the order that its back office wants.
fn typed_end(ends: Option<Timestamp>, store: &Store, office: &BackOffice) -> Message {
    let Some(ends) = ends else { return message!("results-type-end", end = message!("results-type-no-end")) };
    let local = match office.end_is_included {
        true => last_moment(ends, store.zone),
        false => ends.with_timezone(&store.zone).naive_local(),
    };
    message!("results-type-end", end = typed_moment(local, ends, store, office))
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
        Minimum::Quantity(_) | Minimum::NotKnown => minimum.to_string(),
    }
}
