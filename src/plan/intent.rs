//! A decision in absolute values: what the manager wants to be true, from the exported row alone.
//!
//! Nothing live is looked at, so the same decision on the same export is the same intent for ever: its identity can be looked up
//! in the journal before anything else is asked.

use chrono::{Datelike, Days, Duration, SubsecRound};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Action, ActionWord, Advice, ChangeId, Edit, EndEdit, Export, Minimum, Money, Route, Row, Store, Timestamp, day_end,
    local_instant,
};
use crate::language::Language;
use crate::say;

/// What is to be true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Valid until (exclusive); none removes the end.
    Renew {
        until: Option<Timestamp>,
    },
    Restock {
        total: u64,
        add: u64,
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
    /// `accept` of advice that no word stands for and only a person can follow.
    ByHand {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    pub id: ChangeId,
    pub wish: Wish,
    /// `accept` is resolved into the word it stands for.
    pub word: ActionWord,
}

/// Why a row cannot be what was asked, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub next: String,
}

impl Refusal {
    pub(super) fn new(reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self { reason: reason.into(), next: next.into() }
    }

    /// Of two messages that name no facts.
    pub(super) fn say(language: Language, reason: &str, next: &str) -> Self {
        Self::new(language.say(reason), language.say(next))
    }
}

/// Resolves `accept`, blanks and spans from the exported row and its frozen suggestion. A refusal is said in `language`; an
/// intent is the same in all of them.
pub fn intent_of(
    language: Language,
    export: &Export,
    row: &Row,
    store: &Store,
    action: &Action,
) -> Result<Intent, Refusal> {
    let asked = Asked { language, export, row, store, action };
    let (word, wish) = match action.word {
        ActionWord::Accept => asked.accepted()?,
        word => (word, asked.wish(word)?),
    };
    let values = serde_json::to_string(&wish).unwrap_or_default();
    Ok(Intent { id: ChangeId::of(&export.id, &row.key, word.word(), &values), wish, word })
}

struct Asked<'a> {
    language: Language,
    export: &'a Export,
    row: &'a Row,
    store: &'a Store,
    action: &'a Action,
}

impl Asked<'_> {
    fn accepted(&self) -> Result<(ActionWord, Wish), Refusal> {
        let suggestion = &self.row.suggestion;
        // What only a person can do is still that deed: the same decision as its word, with exact values to type.
        let Some(word) = suggestion.advice.action() else {
            let reason = match &suggestion.advice {
                Advice::OpenPage if suggestion.way == Route::ByHand => {
                    let why = "only the platform's own page says what is missing".to_string();
                    return Ok((ActionWord::Accept, Wish::ByHand { why }));
                }
                Advice::Wait => self.language.say("results-starts-by-itself"),
                Advice::Leave(why) => say!(self.language, "results-left-alone", words = why),
                Advice::OpenPage | Advice::CheckStore => self.language.say("results-only-pages-help"),
                _ => self.language.say("results-nothing-suggested"),
            };
            return Err(Refusal::new(reason, self.language.say("results-next-action-wanted")));
        };
        let wish = match suggestion.advice {
            Advice::Renew { until } => Wish::Renew { until: Some(until) },
            Advice::Restock { add } => self.restocked(add)?,
            Advice::Adjust { min_spend } => Wish::Adjust { minimum: self.minimum(min_spend)? },
            // Values typed beside `accept` are not used: the sheet strikes them out.
            Advice::Recreate { until, min_spend } => self.recreated(Some(until), min_spend, None)?,
            Advice::RecreateAs { until, min_spend, total, .. } => self.recreated(Some(until), min_spend, total)?,
            _ => self.wish(word)?,
        };
        Ok((word, wish))
    }

    fn wish(&self, word: ActionWord) -> Result<Wish, Refusal> {
        Ok(match word {
            ActionWord::Renew => Wish::Renew { until: self.until()? },
            ActionWord::Restock => self.restocked(self.added()?)?,
            ActionWord::Delete => Wish::Delete,
            ActionWord::End => Wish::End,
            ActionWord::Enable => Wish::Enable,
            ActionWord::Pause => Wish::Pause,
            ActionWord::Adjust => Wish::Adjust { minimum: self.adjusted()? },
            ActionWord::Recreate => self.recreate()?,
            ActionWord::Keep => self.keep()?,
            // `accept` is resolved before we come here.
            ActionWord::Accept => {
                return Err(self.no("results-nothing-suggested", "results-next-action"));
            }
        })
    }

    fn until(&self) -> Result<Option<Timestamp>, Refusal> {
        let exported = self.row.coupon.usable.ends();
        match self.action.new_end {
            Edit::Clear => Ok(None),
            Edit::Set(EndEdit::Day(day)) => Ok(Some(day_end(day, self.store.zone))),
            // Through that second: the end is the second after.
            Edit::Set(EndEdit::At(local)) => Ok(Some(local_instant(local, self.store.zone) + Duration::seconds(1))),
            Edit::Set(EndEdit::SpanHours(hours)) => {
                let from = exported.filter(|ends| *ends > self.export.at).unwrap_or(self.export.at);
                later(from, hours, self.store.zone)
                    .map(Some)
                    .ok_or_else(|| self.no("results-span-too-long", "results-next-date"))
            }
            Edit::Blank => match (self.row.suggestion.renew_until, exported) {
                (Some(until), _) => Ok(Some(until)),
                (None, None) => Err(self.no("results-no-end-to-renew", "results-next-empty")),
                (None, Some(_)) => Err(self.no("results-no-new-end", "results-next-date")),
            },
        }
    }

    fn keep(&self) -> Result<Wish, Refusal> {
        let note = self.action.note.as_deref().map(str::trim).unwrap_or_default();
        if note.is_empty() {
            return Err(self.no("results-keep-needs-reason", "results-next-note"));
        }
        let until = if self.action.new_end == Edit::Blank { None } else { self.until()? };
        Ok(Wish::Keep { note: note.to_string(), until })
    }

    // Blanks mean the suggestion where it is this very action, so that the word alone says what Suggested says.
    fn recreate(&self) -> Result<Wish, Refusal> {
        let (suggested_until, suggested_min_spend, suggested_total) = match self.row.suggestion.advice {
            Advice::Recreate { until, min_spend } => (Some(until), min_spend, None),
            Advice::RecreateAs { until, min_spend, total, .. } => (Some(until), min_spend, total),
            _ => (None, None, None),
        };
        let until = match (self.action.new_end, suggested_until) {
            (Edit::Blank, Some(until)) => Some(until),
            (Edit::Blank, None) => self.recreated_until(),
            _ => self.until()?,
        };
        let total = self.recreated_total()?.or(suggested_total);
        match self.action.new_min_spend {
            Edit::Blank => self.recreated(until, suggested_min_spend, total),
            _ => Ok(self.copied(until, Some(self.adjusted()?), total)),
        }
    }

    fn recreated(
        &self,
        until: Option<Timestamp>,
        min_spend: Option<Decimal>,
        total: Option<u64>,
    ) -> Result<Wish, Refusal> {
        let minimum = min_spend.map(|amount| self.minimum(amount)).transpose()?;
        Ok(self.copied(until, minimum, total))
    }

    // On a row whose suggestion is a coupon of the plan, that is the coupon to make.
    fn copied(&self, until: Option<Timestamp>, minimum: Option<Minimum>, total: Option<u64>) -> Wish {
        let (wanted, start) = match &self.row.suggestion.advice {
            Advice::RecreateAs { wanted, start, .. } => (Some(wanted.clone()), *start),
            _ => (None, None),
        };
        Wish::Recreate { until, minimum, total, wanted, start }
    }

    fn recreated_total(&self) -> Result<Option<u64>, Refusal> {
        match self.action.add_stock {
            Edit::Blank => Ok(None),
            Edit::Set(total) => Ok(Some(total)),
            Edit::Clear => Err(self.no("results-clear-no-stock", "results-next-how-many-copy")),
        }
    }

    // A copy of a coupon that still runs ends with it, unless told otherwise.
    fn recreated_until(&self) -> Option<Timestamp> {
        let exported = self.row.coupon.usable.ends();
        exported.filter(|ends| *ends > self.export.at).or(self.row.suggestion.renew_until)
    }

    fn added(&self) -> Result<u64, Refusal> {
        match (self.action.add_stock, self.row.suggestion.restock_by) {
            (Edit::Set(add), _) | (Edit::Blank, Some(add)) => Ok(add),
            (Edit::Clear, _) => Err(self.no("results-clear-no-stock", "results-next-how-many")),
            (Edit::Blank, None) => Err(self.no_limit()),
        }
    }

    fn restocked(&self, add: u64) -> Result<Wish, Refusal> {
        let total = self.row.coupon.total.ok_or_else(|| self.no_limit())?;
        let raised = total.checked_add(add).filter(|total| *total <= i32::MAX as u64);
        let total = raised.ok_or_else(|| self.no("results-total-too-large", "results-next-smaller"))?;
        Ok(Wish::Restock { total, add })
    }

    fn adjusted(&self) -> Result<Minimum, Refusal> {
        match self.action.new_min_spend {
            Edit::Set(amount) => self.minimum(amount),
            Edit::Clear => Ok(Minimum::None),
            Edit::Blank => Err(self.no("results-min-spend-empty", "results-next-the-amount")),
        }
    }

    fn minimum(&self, amount: Decimal) -> Result<Minimum, Refusal> {
        let decimals = self.store.currency.decimals().max(2);
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(self.no("results-min-spend-negative", "results-next-amount"));
        }
        // The platform would round it, and what is read back would not be what was asked for.
        if amount.normalize().scale() > decimals {
            let reason =
                say!(self.language, "results-too-many-decimals", amount = amount.to_string(), decimals = decimals);
            return Err(Refusal::new(reason, self.language.say("results-next-rounded")));
        }
        Ok(if amount.is_zero() { Minimum::None } else { Minimum::Spend(Money::new(amount, self.store.currency)) })
    }

    fn no_limit(&self) -> Refusal {
        self.no("results-no-limit-to-add", "results-next-empty")
    }

    fn no(&self, reason: &str, next: &str) -> Refusal {
        Refusal::say(self.language, reason, next)
    }
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

// Platforms keep whole seconds; what is read back has to be what was asked for.
fn whole_second(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(0)
}
