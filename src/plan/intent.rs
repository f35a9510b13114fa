//! A decision in absolute values: what the manager wants to be true, from the exported row alone.
//!
//! Nothing live is looked at, so the same decision on the same export is the same intent for ever: its identity can be looked up
//! in the journal before anything else is asked.

use chrono::{Datelike, Days, Duration, Timelike};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Action, ActionWord, Advice, ChangeId, Currency, Edit, EndEdit, Export, Message, Minimum, Money, Route, Row, Store,
    Timestamp, Untold, day_end, last_moment, local_instant, same_second, whole_second,
};
use crate::message;

/// Part of the identity of decisions that were made: never changed, and read by nobody.
const ONLY_ITS_PAGE: &str = "only the platform's own page says what is missing";

/// What is to be true. How it is written down is a part of a decision's identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DesiredState {
    /// Valid until (exclusive); none removes the end.
    Renew {
        until: Option<Timestamp>,
    },
    Restock {
        total: u64,
        /// Less than nothing takes away.
        add: i64,
    },
    Delete,
    End,
    Enable,
    Pause,
    Adjust {
        minimum: Minimum,
    },
    /// A new coupon with the same rules but for what is given.
    Recreate {
        until: Option<Timestamp>,
        minimum: Option<Minimum>,
        total: Option<u64>,
        /// The code or name that the campaign plan wants it to have. Absent from the hash of decisions that do not ask for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted: Option<String>,
        /// None: at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start: Option<Timestamp>,
    },
    Keep {
        note: String,
        /// Until then (exclusive); none for as long as the finding stays the same.
        until: Option<Timestamp>,
    },
    /// `accept` of a suggestion that sets several things on one coupon.
    Several {
        all: Vec<DesiredState>,
    },
    /// `accept` of advice that no word stands for and only a person can follow.
    ByHand {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    pub id: ChangeId,
    pub desired: DesiredState,
    /// `accept` is resolved into the word it stands for.
    pub word: ActionWord,
}

/// Why a row cannot be what was asked, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Message,
    pub next: Message,
}

impl Refusal {
    pub(super) fn new(reason: Message, next: &'static str) -> Self {
        Self { reason, next: message!(next) }
    }
}

/// Resolves `accept`, blanks and spans from the exported row and its frozen suggestion.
pub(super) fn intent_of(export: &Export, row: &Row, store: &Store, action: &Action) -> Result<Intent, Refusal> {
    let (word, desired) = ActionReader { export, row, store, action }.desired()?;
    let values = serde_json::to_string(&desired).unwrap_or_default();
    Ok(Intent { id: ChangeId::of(&export.id, &row.key, word.word(), &values), desired, word })
}

struct ActionReader<'a> {
    export: &'a Export,
    row: &'a Row,
    store: &'a Store,
    action: &'a Action,
}

impl ActionReader<'_> {
    fn desired(&self) -> Result<(ActionWord, DesiredState), Refusal> {
        let desired = match self.action.word {
            ActionWord::Accept => return self.accepted(),
            ActionWord::Renew => DesiredState::Renew { until: self.until()? },
            ActionWord::Restock => self.restocked(self.added()?)?,
            ActionWord::Delete => DesiredState::Delete,
            ActionWord::End => DesiredState::End,
            ActionWord::Enable => DesiredState::Enable,
            ActionWord::Pause => DesiredState::Pause,
            ActionWord::Adjust => DesiredState::Adjust { minimum: self.adjusted()? },
            ActionWord::Recreate => self.recreate()?,
            ActionWord::Keep => self.keep()?,
        };
        Ok((self.action.word, desired))
    }

    /// The same decision as the word that is suggested, with its frozen values; those typed beside `accept` are not used: the
    /// sheet strikes them out. What only a person can do is still a decision, with exact values to type.
    fn accepted(&self) -> Result<(ActionWord, DesiredState), Refusal> {
        let suggestion = &self.row.suggestion;
        let (word, first) = self.accepted_advice(&suggestion.advice)?;
        if suggestion.also.is_empty() {
            return Ok((word, first));
        }
        let others = suggestion.also.iter().map(|advice| Ok(self.accepted_advice(advice)?.1));
        let all = std::iter::once(Ok(first)).chain(others).collect::<Result<_, _>>()?;
        Ok((word, DesiredState::Several { all }))
    }

    fn accepted_advice(&self, advice: &Advice) -> Result<(ActionWord, DesiredState), Refusal> {
        let refused = |reason| Err(Refusal::new(reason, "results-next-action-wanted"));
        Ok(match advice {
            Advice::Renew { until } => (ActionWord::Renew, DesiredState::Renew { until: Some(*until) }),
            Advice::Restock { add } => (ActionWord::Restock, self.restocked(i64::try_from(*add).unwrap_or(i64::MAX))?),
            Advice::RemoveEnd => (ActionWord::Renew, DesiredState::Renew { until: None }),
            Advice::Reduce { by } => {
                (ActionWord::Restock, self.restocked(i64::try_from(*by).map_or(i64::MIN, |by| -by))?)
            }
            Advice::Pause => (ActionWord::Pause, DesiredState::Pause),
            Advice::Delete => (ActionWord::Delete, DesiredState::Delete),
            Advice::End => (ActionWord::End, DesiredState::End),
            Advice::Enable => (ActionWord::Enable, DesiredState::Enable),
            Advice::Adjust { min_spend } => {
                (ActionWord::Adjust, DesiredState::Adjust { minimum: self.minimum(*min_spend)? })
            }
            Advice::Recreate { until, min_spend } => {
                (ActionWord::Recreate, self.recreated(Some(*until), *min_spend, None)?)
            }
            Advice::RecreateAs { wanted, start, until, min_spend, total } => {
                let minimum = min_spend.map(|amount| self.minimum(amount)).transpose()?;
                let (wanted, start) = (Some(wanted.clone()), *start);
                let desired = DesiredState::Recreate { until: *until, minimum, total: *total, wanted, start };
                (ActionWord::Recreate, desired)
            }
            Advice::OpenPage if self.row.suggestion.way == Route::ByHand => {
                (ActionWord::Accept, DesiredState::ByHand { why: ONLY_ITS_PAGE.to_string() })
            }
            Advice::OpenPage | Advice::CheckStore => return refused(message!("results-only-pages-help")),
            Advice::Wait => return refused(message!("results-starts-by-itself")),
            Advice::Leave(words) => return refused(message!("results-left-alone", words = words)),
            Advice::Nothing => return refused(message!("results-nothing-suggested")),
        })
    }

    fn until(&self) -> Result<Option<Timestamp>, Refusal> {
        let exported = self.row.coupon.usable.ends();
        match self.action.new_end {
            Edit::Clear => Ok(None),
            Edit::Set(EndEdit::Day(_) | EndEdit::At(_)) if self.is_as_shown() => Ok(exported),
            Edit::Set(EndEdit::Day(day)) => Ok(Some(day_end(day, self.store.zone))),
            // Through that second: the end is the second after.
            Edit::Set(EndEdit::At(local)) => Ok(Some(local_instant(local, self.store.zone) + Duration::seconds(1))),
            Edit::Set(EndEdit::SpanHours(hours)) => {
                let from = exported.filter(|ends| *ends > self.export.at).unwrap_or(self.export.at);
                later(from, hours, self.store.zone)
                    .map(Some)
                    .ok_or_else(|| no("results-span-too-long", "results-next-date"))
            }
            Edit::Blank => match (self.row.suggestion.renew_until, exported) {
                (Some(until), _) => Ok(Some(until)),
                (None, None) => Err(no("results-no-end-to-renew", "results-next-empty")),
                (None, Some(_)) => Err(no("results-no-new-end", "results-next-date")),
            },
        }
    }

    /// Whether New end says what the sheet shows of the exported end, the minute that it lies in; or that very instant, as the
    /// platform's own page may show it.
    fn is_as_shown(&self) -> bool {
        let Some(exported) = self.row.coupon.usable.ends() else { return false };
        let last = last_moment(exported, self.store.zone);
        let minute = last.date().and_hms_opt(last.hour(), last.minute(), 0);
        match self.action.new_end {
            Edit::Set(EndEdit::Day(day)) => day.and_hms_opt(23, 59, 0) == minute,
            Edit::Set(EndEdit::At(local)) => {
                Some(local) == minute || same_second(Some(local_instant(local, self.store.zone)), Some(exported))
            }
            Edit::Set(EndEdit::SpanHours(_)) | Edit::Blank | Edit::Clear => false,
        }
    }

    fn keep(&self) -> Result<DesiredState, Refusal> {
        let note = self.action.note.as_deref().map(str::trim).unwrap_or_default();
        if note.is_empty() {
            return Err(no("results-keep-needs-reason", "results-next-note"));
        }
        let until = if self.action.new_end == Edit::Blank { None } else { self.until()? };
        Ok(DesiredState::Keep { note: note.to_string(), until })
    }

    // Blanks mean the suggestion where it is this very action, so that the word alone says what Suggested says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a blank means the suggestion only where that is a copy too")]
    fn recreate(&self) -> Result<DesiredState, Refusal> {
        let told = self.row.suggestion.advices().find_map(|advice| match advice {
            Advice::Recreate { until, min_spend } => Some((Some(*until), *min_spend, None)),
            Advice::RecreateAs { until, min_spend, total, .. } => Some((*until, *min_spend, *total)),
            _ => None,
        });
        let is_told = told.is_some();
        let (suggested_until, suggested_min_spend, suggested_total) = told.unwrap_or_default();
        let until = match (self.action.new_end, suggested_until) {
            (Edit::Blank, until) if is_told => until,
            (Edit::Blank, _) => self.recreated_until(),
            (Edit::Clear | Edit::Set(_), _) => self.until()?,
        };
        let total = self.recreated_total()?.or(suggested_total);
        match self.action.new_min_spend {
            Edit::Blank => self.recreated(until, suggested_min_spend, total),
            Edit::Clear | Edit::Set(_) => Ok(self.copied(until, Some(self.adjusted()?), total)),
        }
    }

    fn recreated(
        &self,
        until: Option<Timestamp>,
        min_spend: Option<Decimal>,
        total: Option<u64>,
    ) -> Result<DesiredState, Refusal> {
        let minimum = min_spend.map(|amount| self.minimum(amount)).transpose()?;
        Ok(self.copied(until, minimum, total))
    }

    // On a row whose suggestion is a coupon of the plan, that is the coupon to make.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only a coupon of the plan has a name to be given")]
    fn copied(&self, until: Option<Timestamp>, minimum: Option<Minimum>, total: Option<u64>) -> DesiredState {
        let planned = self.row.suggestion.advices().find_map(|advice| match advice {
            Advice::RecreateAs { wanted, start, .. } => Some((wanted.clone(), *start)),
            _ => None,
        });
        let (wanted, start) = planned.map_or((None, None), |(wanted, start)| (Some(wanted), start));
        DesiredState::Recreate { until, minimum, total, wanted, start }
    }

    fn recreated_total(&self) -> Result<Option<u64>, Refusal> {
        match self.action.add_stock {
            Edit::Blank => Ok(None),
            Edit::Set(total) => Ok(Some(total)),
            Edit::Clear => Err(no("results-clear-no-stock", "results-next-how-many-copy")),
        }
    }

    // A copy of a coupon that still runs ends with it, unless told otherwise.
    fn recreated_until(&self) -> Option<Timestamp> {
        let exported = self.row.coupon.usable.ends();
        exported.filter(|ends| *ends > self.export.at).or(self.row.suggestion.renew_until)
    }

    fn added(&self) -> Result<i64, Refusal> {
        match (self.action.add_stock, self.row.suggestion.restock_by) {
            (Edit::Set(add), _) | (Edit::Blank, Some(add)) => Ok(i64::try_from(add).unwrap_or(i64::MAX)),
            (Edit::Clear, _) => Err(no("results-clear-no-stock", "results-next-how-many")),
            (Edit::Blank, None) => Err(self.no_total()),
        }
    }

    /// Why a coupon without a total is not restocked.
    fn no_total(&self) -> Refusal {
        match self.row.coupon.is_untold(Untold::Total) {
            true => no("results-total-untold", "results-next-total-untold"),
            false => no_limit(),
        }
    }

    fn restocked(&self, add: i64) -> Result<DesiredState, Refusal> {
        let total = self.row.coupon.total.ok_or_else(|| self.no_total())?;
        let changed = total.checked_add_signed(add).filter(|total| *total <= i32::MAX as u64);
        match changed {
            // Platforms take nothing at all for no limit.
            Some(0) | None if add < 0 => Err(no("results-total-too-small", "results-next-less-away")),
            Some(total) => Ok(DesiredState::Restock { total, add }),
            None => Err(no("results-total-too-large", "results-next-smaller")),
        }
    }

    fn adjusted(&self) -> Result<Minimum, Refusal> {
        match self.action.new_min_spend {
            Edit::Set(amount) => self.minimum(amount),
            Edit::Clear => Ok(Minimum::None),
            Edit::Blank => Err(no("results-min-spend-empty", "results-next-the-amount")),
        }
    }

    fn minimum(&self, amount: Decimal) -> Result<Minimum, Refusal> {
        let currency = self.store.currency;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(no("results-min-spend-negative", "results-next-amount"));
        }
        // The platform would round it, and what is read back would not be what was asked for.
        if amount.normalize().scale() > currency.decimals() {
            return Err(Refusal::new(too_many_decimals(amount, currency), "results-next-rounded"));
        }
        Ok(if amount.is_zero() { Minimum::None } else { Minimum::Spend(Money::new(amount, currency)) })
    }
}

/// Said of an amount that nobody can be asked to pay.
pub fn too_many_decimals(amount: Decimal, currency: Currency) -> Message {
    message!(
        "results-too-many-decimals",
        amount = amount.to_string(),
        currency = currency.to_string(),
        decimals = currency.decimals()
    )
}

fn no_limit() -> Refusal {
    no("results-no-limit-to-add", "results-next-empty")
}

/// Of two messages that name nothing.
fn no(reason: &'static str, next: &'static str) -> Refusal {
    Refusal::new(message!(reason), next)
}

/// Whole days are counted on the store's own calendar, so that an end at midnight stays there when clocks are put forward.
fn later(from: Timestamp, hours: u32, zone: Tz) -> Option<Timestamp> {
    let (days, hours) = (hours / 24, hours % 24);
    if days == 0 {
        return from.checked_add_signed(Duration::hours(hours.into())).map(whole_second);
    }
    let local = from.with_timezone(&zone).naive_local().checked_add_days(Days::new(days.into()))?;
    // Chrono counts further than any store's clock.
    let day = Some(local).filter(|local| local.year() < 10_000)?;
    local_instant(day, zone).checked_add_signed(Duration::hours(hours.into())).map(whole_second)
}
