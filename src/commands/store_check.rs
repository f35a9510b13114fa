//! `stores check`, and what is remembered of the last one.

use futures::stream::{self, StreamExt};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use std::time::Duration;

use super::connections::{self, Connections};
use super::context::Context;
use super::filter::Filter;
use super::say::counted;
use crate::domain::{Access, Checks, MayWrite, Message, Quota, Store, StoreCheck, Timestamp, grouped};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::message;
use crate::platforms::{self, Health};
use crate::settings::{Needs, Settings};

/// A sign-in that ends sooner is told: somebody has to ask the shop's owner.
const SIGN_IN_LEFT: chrono::Duration = chrono::Duration::days(3);

/// One store's result, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Checked<'a> {
    store: &'a str,
    platform: &'a str,
    shop_name: Option<String>,
    /// What the platform says, where it does.
    currency: Option<String>,
    time_zone: Option<String>,
    sign_in_ends: Option<Timestamp>,
    rights: &'static str,
    /// What else there is to know: of a store without an API, what was understood of its file and what was not.
    #[serde(serialize_with = "words_in_english")]
    notes: Vec<Message>,
    #[serde(flatten, serialize_with = "in_english")]
    check: StoreCheck,
}

/// Asks every store of the filter, each for at most `limit`, prints what was found, and remembers it.
pub async fn run(filter: &Filter, limit: Duration, context: &Context<'_>) -> Result<(), Failure> {
    let all = context.settings(Needs::STORES)?;
    let settings = filter.narrow(all.clone())?;
    let (log, log_path) = connections::call_log(context, &settings, "check")?;
    let connections = Connections::open(context, &settings, log).await?;
    let bar = context.bar(settings.stores.len(), "checking");
    let checks = settings.stores.iter().enumerate().map(|(place, settings)| {
        let (connections, bar, store) = (&connections, &bar, &settings.store);
        async move {
            let answer = ask(store, connections, limit).await;
            bar.inc(1);
            (place, checked(store, answer, context.now()))
        }
    });
    // A slow store holds none of the others up; the config's order comes back afterwards.
    let mut found: Vec<_> = stream::iter(checks).buffer_unordered(settings.stores_at_once).collect().await;
    found.sort_by_key(|(place, _)| *place);
    let found: Vec<Checked> = found.into_iter().map(|(_, checked)| checked).collect();
    bar.finish_and_clear();
    connections.close().await;

    remember(&all, &settings, &found)?;
    let bad = found.iter().filter(|checked| !checked.check.problems.is_empty()).count();
    let mut lines: Vec<String> = found.iter().flat_map(words).collect();
    lines.push(format!("{} of {} stores are in order.", found.len() - bad, found.len()));
    context.print(&found, &lines.join("\n"))?;
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::new(Kind::Failed, counted(bad, "store needs attention", "stores need attention"))
        .hint(format!("every call is in {}", log_path.display())))
}

/// What a store says of itself, and that it answers in another version than it was asked in; or in a sentence why it cannot be asked.
async fn ask(store: &Store, connections: &Connections, limit: Duration) -> Result<(Health, Option<Message>), Message> {
    let connector = connections.connector(&store.id)?;
    match tokio::time::timeout(limit, connector.check()).await {
        Ok(answer) => answer.map(|health| (health, connector.other_version())).map_err(|error| error.in_full()),
        Err(_) => Err(message!("check-no-answer", seconds = limit.as_secs())),
    }
}

fn checked(store: &Store, answer: Result<(Health, Option<Message>), Message>, now: Timestamp) -> Checked<'_> {
    let reached = answer.is_ok();
    let (health, problems) = match answer {
        Ok((health, other_version)) => {
            let mut problems = differences(store, &health, now);
            problems.extend(other_version);
            (health, problems)
        }
        Err(reason) => (Health::default(), vec![reason]),
    };
    let check = StoreCheck {
        at: now,
        shop: store.shop.clone(),
        reached,
        may_write: health.may_write,
        clock_ahead_seconds: health.clock_ahead_seconds,
        quota: health.quota,
        problems,
    };
    Checked {
        store: store.id.as_str(),
        platform: store.platform.word(),
        shop_name: health.shop_name,
        currency: health.currency.map(|currency| currency.code().to_string()),
        time_zone: health.zone,
        sign_in_ends: health.token_ends,
        rights: check.rights(),
        notes: health.notes,
        check,
    }
}

/// Where the shop and the config disagree, and what else will be in the way.
fn differences(store: &Store, health: &Health, now: Timestamp) -> Vec<Message> {
    let mut problems = platforms::differences(store, health, now);
    if let Some(ahead) = health.clock_ahead_seconds.filter(|ahead| ahead.abs() > StoreCheck::CLOCKS_APART_MAX_SECONDS) {
        problems.push(platforms::clock_message(ahead));
    }
    if let Some(ends) = health.token_ends.filter(|ends| *ends < now + SIGN_IN_LEFT) {
        let ends = ends.with_timezone(&store.zone).format("%Y-%m-%d %H:%M").to_string();
        problems.push(message!("check-sign-in-ends", at = ends));
    }
    match &health.restriction {
        Some(restriction) => problems.push(message!("check-restricted", restriction = restriction)),
        None if health.may_write == MayWrite::Lacking && store.access == Access::ReadWrite => {
            problems.push(message!("check-may-not-write"));
        }
        None => {}
    }
    problems
}

fn words(checked: &Checked) -> Vec<String> {
    let check = &checked.check;
    let mark = if check.problems.is_empty() { "✓" } else { "●" };
    let clock =
        check.clock_ahead_seconds.map_or("clock not reported".to_string(), |ahead| format!("clock {ahead:+} s"));
    let quota_words = |quota: &Quota| format!("{} of {} {}", grouped(quota.left), grouped(quota.most), quota.unit);
    let quota = check.quota.as_ref().map_or(String::new(), quota_words);
    let name = checked.shop_name.as_deref().unwrap_or_default();
    let line = format!(
        "{mark} {:<18} {:<12} {:<21} {clock:<14} {quota:<22} {name}",
        checked.store, checked.platform, checked.rights
    );
    let problems = check.problems.iter().map(|problem| format!("    {}", Language::ENGLISH.render(problem)));
    let notes = checked.notes.iter().map(|note| format!("    – {}", Language::ENGLISH.render(note)));
    std::iter::once(line.trim_end().to_string()).chain(problems).chain(notes).collect()
}

fn words_in_english<S: Serializer>(messages: &[Message], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(messages.iter().map(|message| Language::ENGLISH.render(message)))
}

/// `--json` tells the problems in words.
fn in_english<S: Serializer>(check: &StoreCheck, serializer: S) -> Result<S::Ok, S::Error> {
    let mut json = serde_json::to_value(check).map_err(S::Error::custom)?;
    let problems: Vec<String> = check.problems.iter().map(|problem| Language::ENGLISH.render(problem)).collect();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("problems".to_string(), problems.into());
    }
    json.serialize(serializer)
}

/// Keeps what was found now, and what is known of the stores that were not asked.
fn remember(all: &Settings, asked: &Settings, found: &[Checked]) -> Result<(), Failure> {
    let mut checks = remembered(all);
    checks.retain(|id, _| all.store(id).is_some());
    for (settings, checked) in asked.stores.iter().zip(found) {
        checks.insert(settings.store.id.clone(), checked.check.clone());
    }
    let bytes = serde_json::to_vec_pretty(&checks).map_err(|error| Failure::of(Kind::Failed, &error))?;
    Ok(durable::replace(&all.checks_path(), &bytes, false)?)
}

/// What the last checks found, by store.
// Only a memory: a file that is gone or broken means that nothing is known, and the next check writes it anew.
pub fn remembered(settings: &Settings) -> Checks {
    let bytes = durable::read(&settings.checks_path()).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
