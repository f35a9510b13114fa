//! One coupon's life: each change between two exports, each action through us, and what stands now.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::{applied_changes, days, flaw_words};
use crate::archive::history::{CouponLife, CouponSight, History};
use crate::archive::{Flaw, KnownExport};
use crate::commands::context::Context;
use crate::domain::{
    AppliedChange, CouponId, Currency, Message, Money, OutcomeKind, PastTask, RowKey, StoreId, Timestamp,
};
use crate::failure::{Failure, Kind};
use crate::foreign::one_line;
use crate::language::{Language, end_words, instant_words};
use crate::settings::Needs;

#[derive(Debug, clap::Args)]
pub struct CouponArgs {
    /// The store's id in the config
    store: String,
    /// The coupon's id at its platform, or its code
    #[arg(value_name = "ID|CODE")]
    coupon: String,
    /// What was before this day is left out: 2026-11-22, or a week: 2026-W47
    #[arg(long, value_name = "DAY|WEEK", value_parser = days)]
    since: Option<(NaiveDate, NaiveDate)>,
}

/// What `--json` prints: one for each coupon that had that id or code.
#[derive(Debug, Serialize)]
struct Life {
    store: StoreId,
    coupon: CouponId,
    row: RowKey,
    code: Option<String>,
    name: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
    exports: usize,
    /// When an export of its store first did not have it any more.
    gone_since: Option<Timestamp>,
    out_of_stock_since: Option<Timestamp>,
    events: Vec<Event>,
}

/// What `--json` prints of each.
#[derive(Serialize)]
struct Report<'a> {
    flaws: &'a [Flaw],
    #[serde(flatten)]
    life: &'a Life,
}

/// Something that happened, or that was first seen then.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Event {
    at: Timestamp,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum What {
    FirstSeen { words: String },
    Changed { what: &'static str, before: String, after: String },
    OutOfStock,
    InStock { remaining: u64 },
    FindingAppeared { finding: &'static str },
    FindingGone { finding: &'static str },
    NotThere,
    ThereAgain,
    Action(Box<AppliedChange>),
    AskedByHand { words: String },
    DoneByHand { words: String },
}

pub(super) fn run(args: &CouponArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let store = StoreId::parse(&args.store).map_err(|error| Failure::of(Kind::Usage, &error))?;
    let (archive, journal) = (context.archive(&settings), context.journal(&settings)?);
    let reads = |file: &str, _| matches!(file, "stores.parquet" | "coupons.parquet");
    let history = History::open_proved(&archive, args.since.map(|(first, _)| first), reads)?;
    let lives = history.coupons_named(&store, &args.coupon)?;
    if lives.is_empty() {
        context.note(flaw_words(&history.flaws()).trim_end());
        let line = format!("no export of {store} has a coupon with the id or code {:?}", args.coupon);
        return Err(Failure::new(Kind::Usage, line)
            .hint("the columns Store, Code and Coupon ID of a workbook say what to write; `couponbook stores` lists the stores"));
    }
    let loads = history.loads_of_store(&store)?;
    let changes = applied_changes(context, &history, (&archive, &journal))?;
    let tasks = journal.past_tasks()?;
    let zone = settings.store(&store).map_or(settings.team_zone, |store| store.store.zone);
    let told: Vec<Life> = lives.iter().map(|life| tell(life, &loads, &changes, &tasks, zone)).collect();
    let text: Vec<String> = told.iter().map(|life| life.text(zone, context.now())).collect();
    let flaws = history.flaws();
    let report: Vec<_> = told.iter().map(|life| Report { flaws: &flaws, life }).collect();
    context.print(&report, [flaw_words(&flaws), text.join("\n\n")].join("\n").trim_start())
}

fn tell(
    life: &CouponLife,
    loads: &[&KnownExport],
    changes: &[AppliedChange],
    tasks: &[PastTask],
    zone: chrono_tz::Tz,
) -> Life {
    let mut events = Vec::new();
    let mut last: Option<&CouponSight> = None;
    for sight in &life.sights {
        let mut seen = match last {
            None => vec![What::FirstSeen { words: first_words(sight, zone) }],
            Some(before) => differences(before, sight, zone),
        };
        if last.is_none() && sight.remaining == Some(0) {
            seen.push(What::OutOfStock);
        }
        events.extend(seen.into_iter().map(|what| Event { at: sight.at, what }));
        last = Some(sight);
    }
    let gone_since = absences(life, loads, &mut events);
    let is_ours = |change: &&AppliedChange| {
        change.row == life.key || (change.store == life.store && change.created.contains(&life.id))
    };
    events.extend(
        changes
            .iter()
            .filter(is_ours)
            .map(|change| Event { at: change.at, what: What::Action(Box::new(change.clone())) }),
    );
    for past in tasks.iter().filter(|past| past.task.row == life.key) {
        let words = Language::ENGLISH.render(&past.task.to_do);
        events.push(Event { at: past.asked_at, what: What::AskedByHand { words: words.clone() } });
        events.extend(past.done_at.map(|at| Event { at, what: What::DoneByHand { words } }));
    }
    events.sort_by_key(|event| event.at);
    Life {
        store: life.store.clone(),
        coupon: life.id.clone(),
        row: life.key.clone(),
        code: last.and_then(|sight| sight.code.clone()),
        name: last.map_or(String::new(), |sight| sight.name.clone()),
        first_seen: life.sights.first().map_or(Timestamp::UNIX_EPOCH, |sight| sight.at),
        last_seen: last.map_or(Timestamp::UNIX_EPOCH, |sight| sight.at),
        exports: life.sights.iter().filter(|sight| sight.follows.is_none()).count(),
        gone_since,
        out_of_stock_since: out_of_stock_since(life),
        events,
    }
}

fn first_words(sight: &CouponSight, zone: chrono_tz::Tz) -> String {
    let ends = sight
        .ends
        .map_or("no end".to_string(), |ends| format!("ends {}", end_words(Language::ENGLISH, ends, zone, sight.at)));
    let stock = sight.remaining.map_or("no limit".to_string(), |left| format!("{left} left"));
    format!("{}, {}, min spend {}, {ends}, {stock}", sight.status, sight.discount, minimum(sight))
}

/// What differs between two sights. Of stock only that it ran out or came back: it falls a little with every order.
fn differences(before: &CouponSight, after: &CouponSight, zone: chrono_tz::Tz) -> Vec<What> {
    let none = || "none".to_string();
    let text = |value: &Option<String>| value.clone().unwrap_or_else(none);
    let count = |value: Option<u64>| value.map_or("no limit".to_string(), |count| count.to_string());
    let total = |sight: &CouponSight| match sight.total_is_untold {
        true => "not known".to_string(),
        false => count(sight.total),
    };
    let start = |at: Option<Timestamp>| at.map_or_else(none, |at| instant_words(Language::ENGLISH, at, zone, after.at));
    let end =
        |at: Option<Timestamp>| at.map_or("no end".to_string(), |at| end_words(Language::ENGLISH, at, zone, after.at));
    let pairs = [
        ("status", before.status.to_string(), after.status.to_string()),
        ("code", text(&before.code), text(&after.code)),
        ("name", before.name.clone(), after.name.clone()),
        ("discount", before.discount.clone(), after.discount.clone()),
        ("min spend", minimum(before), minimum(after)),
        ("start", start(before.starts), start(after.starts)),
        ("end", end(before.ends), end(after.ends)),
        ("claim start", start(before.claim_starts), start(after.claim_starts)),
        ("claim end", end(before.claim_ends), end(after.claim_ends)),
        ("total", total(before), total(after)),
        ("per buyer", count(before.per_buyer), count(after.per_buyer)),
        ("campaign", text(&before.campaign), text(&after.campaign)),
    ];
    let differ = pairs.into_iter().filter(|(_, before, after)| before != after);
    let mut changes: Vec<What> = differ.map(|(what, before, after)| What::Changed { what, before, after }).collect();
    match (before.remaining, after.remaining) {
        (Some(1..) | None, Some(0)) => changes.push(What::OutOfStock),
        (Some(0), Some(remaining @ 1..)) => changes.push(What::InStock { remaining }),
        _ => {}
    }
    let (had, has): (BTreeSet<_>, BTreeSet<_>) = (before.findings.iter().collect(), after.findings.iter().collect());
    changes.extend(has.difference(&had).map(|code| What::FindingAppeared { finding: code.code() }));
    changes.extend(had.difference(&has).map(|code| What::FindingGone { finding: code.code() }));
    changes
}

fn minimum(sight: &CouponSight) -> String {
    match (sight.minimum_kind.as_str(), sight.min_spend, &sight.min_spend_currency, sight.min_quantity) {
        ("none", ..) => "none".to_string(),
        (_, Some(amount), Some(currency), _) => match Currency::of_letters(currency) {
            Ok(currency) => Money::new(amount, currency).to_string(),
            Err(_) => amount.to_string(),
        },
        (_, _, _, Some(items)) => format!("{items} items"),
        _ => "not known".to_string(),
    }
}

/// When exports that loaded its store did not have it; the beginning of an absence that lasts.
fn absences(life: &CouponLife, loads: &[&KnownExport], events: &mut Vec<Event>) -> Option<Timestamp> {
    let seen: BTreeSet<_> = life.sights.iter().map(|sight| &sight.export).collect();
    let first = life.sights.first()?.at;
    let mut gone: Option<Timestamp> = None;
    for load in loads.iter().filter(|load| load.at >= first) {
        match (seen.contains(&load.id), gone) {
            (false, None) => {
                events.push(Event { at: load.at, what: What::NotThere });
                gone = Some(load.at);
            }
            (true, Some(_)) => {
                events.push(Event { at: load.at, what: What::ThereAgain });
                gone = None;
            }
            _ => {}
        }
    }
    gone
}

fn out_of_stock_since(life: &CouponLife) -> Option<Timestamp> {
    let empty = life.sights.iter().rev().take_while(|sight| sight.remaining == Some(0));
    empty.last().map(|sight| sight.at)
}

impl Life {
    fn text(&self, zone: chrono_tz::Tz, now: Timestamp) -> String {
        let when = |at: Timestamp| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
        let code = self
            .code
            .as_ref()
            .filter(|code| **code != self.name)
            .map_or(String::new(), |code| format!(" · {}", one_line(code)));
        let (coupon, name) = (one_line(self.coupon.as_str()), one_line(&self.name));
        let mut lines = vec![
            format!("{} · {coupon}{code} · {name} (times of {zone})", self.store),
            format!("  seen by {} exports, {} to {}", self.exports, when(self.first_seen), when(self.last_seen)),
        ];
        if let Some(since) = self.gone_since {
            lines.push(format!("  ● not in the store any more since {}", when(since)));
        } else if let Some(since) = self.out_of_stock_since {
            lines.push(format!("  ● out of stock since {} ({})", when(since), span(now - since)));
        }
        lines
            .extend(self.events.iter().map(|event| format!("  {}  {}", when(event.at), one_line(&event.what.words()))));
        lines.join("\n")
    }
}

fn span(span: chrono::Duration) -> String {
    match span.num_hours() {
        ..=1 => "1 hour".to_string(),
        hours @ 2..=47 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

impl What {
    fn words(&self) -> String {
        match self {
            Self::FirstSeen { words } => format!("first seen: {words}"),
            Self::Changed { what, before, after } => format!("{what}: {before} → {after}"),
            Self::OutOfStock => "out of stock".to_string(),
            Self::InStock { remaining } => format!("in stock again: {remaining} left"),
            Self::FindingAppeared { finding } => format!("finding: {finding}"),
            Self::FindingGone { finding } => format!("no longer: {finding}"),
            Self::NotThere => "not in the store any more".to_string(),
            Self::ThereAgain => "in the store again".to_string(),
            Self::Action(change) => change_words(change),
            Self::AskedByHand { words } => format!("to be done by hand: {words}"),
            Self::DoneByHand { words } => format!("seen done by hand: {words}"),
        }
    }
}

fn change_words(change: &AppliedChange) -> String {
    let request = change.request_id.as_ref().map_or(String::new(), |id| format!(", request {id}"));
    let operations = change.becomes.iter().map(|operation| operation.message()).collect();
    let operations = Language::ENGLISH.render(&Message::together(operations));
    let becomes = if change.becomes.is_empty() { String::new() } else { format!(" ({operations})") };
    let english = |message| Language::ENGLISH.render_some(message);
    let (before, after) = (english(change.before.as_ref()), english(change.after.as_ref()));
    let values = match english(Some(&change.message)) {
        _ if change.outcome == OutcomeKind::Done && !after.is_empty() => format!(": {before} → {after}"),
        message if message.is_empty() => message,
        message => format!(": {message}"),
    };
    format!(
        "{}{becomes} by {} in run {}{request}: {}{values}",
        change.action,
        change.by,
        change.run,
        change.outcome.word()
    )
}
