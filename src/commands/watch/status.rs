//! `watch --status`: what the watcher does, from its health file and its lock; how old the file is says whether it lives.

use chrono::TimeDelta;
use serde_json::json;

use crate::commands::context::Context;
use crate::domain::Timestamp;
use crate::failure::{Failure, Kind};
use crate::settings::{Needs, Settings};
use crate::watch::{self, Doing, Health, SlotState, Waits};

/// A watcher that wrote nothing for so long does not live, whatever the system says.
const OLD: TimeDelta = TimeDelta::minutes(3);

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::NOTHING)?;
    let folder = settings.state.join(watch::FOLDER);
    let (health, now) = (Health::read(&folder), context.now());
    let is_watched = watch::watching(&folder).is_some();
    let age = health.as_ref().map(|health| now - health.at);
    let lives = is_watched && age.is_some_and(|age| age < OLD);
    let document = json!({
        "lives": lives, "age_seconds": age.map(|age| age.num_seconds().max(0)), "health": health,
        "next_export": settings.watch.times.next(now).map(|due| due.at),
    });
    let text = match &health {
        None => "No `couponbook watch` has worked with this state folder yet.".to_string(),
        Some(health) => told(health, lives, &settings, now),
    };
    context.print(&document, &text)?;
    if lives {
        return Ok(());
    }
    let line = match (is_watched, &health) {
        (false, _) => "no `couponbook watch` works with this state folder".to_string(),
        (true, Some(health)) => {
            format!("the watcher has said nothing since {}", health.at.format("%Y-%m-%d %H:%M UTC"))
        }
        (true, None) => "the watcher has said nothing yet".to_string(),
    };
    Err(Failure::new(Kind::Failed, line)
        .hint("start it: `couponbook watch`, or its service (`couponbook init --service` prints one)"))
}

fn told(health: &Health, lives: bool, settings: &Settings, now: Timestamp) -> String {
    let zone = settings.team_zone;
    let clock = |at: Timestamp| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
    let doing = match (lives, health.doing) {
        (false, _) => format!("Not running; last seen {}", clock(health.at)),
        (true, Doing::Waiting) => "Watching".to_string(),
        (true, Doing::Exporting) => "Exporting".to_string(),
        (true, Doing::Planning) => "Planning a workbook".to_string(),
        (true, Doing::Applying) => "Applying a plan".to_string(),
        (true, Doing::Stopped) => "Stopped".to_string(),
    };
    let mut lines = vec![format!("{doing} (process {} on {})", health.watcher.pid, health.watcher.machine)];
    if let Some(last) = &health.last_export {
        let state = match last.state {
            SlotState::Begun => "begun",
            SlotState::Done => "done",
            SlotState::Failed => "failed",
            SlotState::Missed => "missed",
        };
        let why = last.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        lines.push(format!("Last export: {} {state} at {}{why}", last.slot, clock(last.since)));
    }
    if let Some(next) = settings.watch.times.next(now) {
        lines.push(format!("Next export: {} ({zone})", clock(next.at)));
    }
    let inbox = &health.inbox;
    match (&inbox.away_since, &inbox.why) {
        (Some(since), why) => lines.push(format!(
            "Inbox: {} is not there since {}{}",
            inbox.folder,
            clock(*since),
            why.as_ref().map_or(String::new(), |why| format!(" ({why})"))
        )),
        (None, _) => lines.push(format!("Inbox: {}", inbox.folder)),
    }
    for file in &health.waiting {
        let why = match &file.waits {
            Waits::Settling => "is still being written".to_string(),
            Waits::Open { lock } => format!("is open somewhere ({lock})"),
            Waits::Empty => "is empty".to_string(),
            Waits::NotHere => "is not downloaded by its sync client".to_string(),
            Waits::CutOff => "has no end: its copying broke off".to_string(),
            Waits::Held { why } => format!("cannot be read ({why})"),
            Waits::TwoVersions { other: Some(other) } => format!("has another version, {other}: keep one"),
            Waits::TwoVersions { other: None } => {
                "was put aside by a sync client: rename it, or move it away".to_string()
            }
        };
        lines.push(format!("  {} {why}, since {}", file.name, clock(file.since)));
    }
    for plan in &health.plans {
        let whom = if plan.people.is_empty() { "the operator".to_string() } else { plan.people.join(", ") };
        lines.push(format!("  {} waits for {whom} since {}: {}", plan.workbook, clock(plan.since), plan.plan));
    }
    lines.extend(health.troubles.iter().map(|why| format!("  ! {why}")));
    if health.unsent > 0 {
        lines.push(format!("Messages still to be sent: {}", health.unsent));
    }
    lines.join("\n")
}
