//! A short card a coupon on the terminal, and one JSON document.

use serde::Serialize;

use super::answer::{Answer, Answers};
use super::doing::Doing;
use super::past::{Hit, Now, Past};
use super::word::Word;
use crate::archive::Flaw;
use crate::commands::context::Context;
use crate::commands::history::flaw_words;
use crate::commands::say::{counted, english};
use crate::domain::{Coupon, Message, Status, StoreId, Timestamp};
use crate::failure::Failure;
use crate::foreign::one_line;
use crate::language::{Language, capitalised, end_words, instant_words};
use crate::rules::CanUse;
use crate::settings::Settings;
use crate::workbook::words::suggestion_words;

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    word: &'a str,
    at: Timestamp,
    coupons: Vec<CouponReport<'a>>,
    more: usize,
    parts: usize,
    stores: usize,
    stores_asked: usize,
    stores_known: usize,
    not_reached: Vec<NotReached<'a>>,
    doing_unknown: Option<&'a str>,
    flaws: &'a [Flaw],
}

#[derive(Serialize)]
struct NotReached<'a> {
    store: &'a StoreId,
    message: &'a Message,
}

#[derive(Serialize)]
struct CouponReport<'a> {
    store: &'a StoreId,
    platform: &'static str,
    coupon: &'a str,
    row: &'a str,
    code: Option<&'a str>,
    name: Option<&'a str>,
    named_by: &'static str,
    live: bool,
    as_of: Timestamp,
    source_file: Option<&'a str>,
    not_live: Option<&'a Message>,
    status: &'static str,
    can_use: &'static str,
    reasons: &'a [Message],
    terms: &'a [Message],
    discount: Option<String>,
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
    claim_starts: Option<Timestamp>,
    claim_ends: Option<Timestamp>,
    total: Option<u64>,
    used: Option<u64>,
    claimed: Option<u64>,
    remaining: Option<u64>,
    campaign: Option<&'a str>,
    page: Option<&'a str>,
    findings: Vec<&'a Message>,
    suggestion: Option<String>,
    doing: &'a [Doing],
    reply: Option<ReplyReport<'a>>,
}

#[derive(Serialize)]
struct ReplyReport<'a> {
    language: &'a str,
    text: &'a str,
    other: Option<&'a str>,
}

pub fn print(
    context: &Context,
    settings: &Settings,
    word: &Word,
    past: &Past,
    answers: &Answers,
) -> Result<(), Failure> {
    let (now, flaws) = (context.now(), past.flaws());
    let (exact, parts) = past.counts();
    let report = Report {
        word: word.typed(),
        at: now,
        coupons: answers.answers.iter().map(|answer| coupon_report(answer, now)).collect(),
        more: answers.more,
        parts: if exact > 0 { parts } else { 0 },
        stores: settings.stores.len(),
        stores_asked: answers.stores_asked,
        stores_known: past.stores().count(),
        not_reached: answers.not_reached.iter().map(|(store, message)| NotReached { store, message }).collect(),
        doing_unknown: answers.doing_unknown.as_deref(),
        flaws: &flaws,
    };
    let mut text = vec![flaw_words(&flaws)];
    text.extend(answers.answers.iter().map(|answer| card(answer, settings, now) + "\n"));
    text.push(closing(&report, past, now).join("\n"));
    context.print(&report, text.join("\n").trim())
}

fn coupon_report(answer: &Answer, now: Timestamp) -> CouponReport<'_> {
    let Answer { hit, usable, as_of, doing, reply } = answer;
    let coupon = hit.last_known();
    let (source_file, not_live) = match &hit.now {
        Now::Shown { file: Some((_, file)), .. } => (Some(file.as_str()), None),
        Now::NotReached(why) => (None, Some(why)),
        Now::Shown { file: None, .. } | Now::Gone | Now::NotAsked => (None, None),
    };
    let usable_period = coupon.map(|coupon| coupon.usable);
    let claimable = coupon.and_then(|coupon| coupon.claimable);
    let row = hit.seen.as_ref().map(|seen| &seen.row);
    CouponReport {
        store: &hit.store.id,
        platform: hit.store.platform.word(),
        coupon: hit.id.as_str(),
        row: hit.key.as_str(),
        code: coupon.and_then(|coupon| coupon.code.as_deref()),
        name: coupon.map(|coupon| coupon.name.as_str()),
        named_by: hit.named_by.word(),
        live: hit.is_live(),
        as_of: *as_of,
        source_file,
        not_live,
        status: hit.coupon().map_or("gone", |coupon| status_word(coupon.status)),
        can_use: usable.can_use.word(),
        reasons: &usable.reasons,
        terms: &usable.terms,
        discount: coupon.map(|coupon| coupon.discount.to_string()),
        starts: usable_period.and_then(|period| period.starts()),
        ends: usable_period.and_then(|period| period.ends()),
        claim_starts: claimable.and_then(|period| period.starts()),
        claim_ends: claimable.and_then(|period| period.ends()),
        total: coupon.and_then(|coupon| coupon.total),
        used: coupon.and_then(|coupon| coupon.used),
        claimed: coupon.and_then(|coupon| coupon.claimed),
        remaining: coupon.and_then(Coupon::remaining),
        campaign: row.and_then(|row| row.campaign.as_deref()),
        page: coupon.and_then(|coupon| coupon.page.as_deref()),
        findings: row.iter().flat_map(|row| &row.findings).map(|finding| &finding.why).collect(),
        suggestion: suggestion(hit, now),
        doing,
        reply: reply.as_ref().map(|reply| ReplyReport {
            language: &reply.language,
            text: &reply.text,
            other: reply.other.as_deref(),
        }),
    }
}

/// As our JSON spells a status everywhere.
fn status_word(status: Status) -> &'static str {
    match status {
        Status::InReview => "in_review",
        Status::Trashed => "trashed",
        Status::Scheduled | Status::Active | Status::Paused | Status::Rejected | Status::Ended | Status::Unknown => {
            status.word()
        }
    }
}

/// What its last export suggests; none where that is nothing.
fn suggestion(hit: &Hit, now: Timestamp) -> Option<String> {
    let suggestion = &hit.seen.as_ref()?.row.suggestion;
    let is_any = suggestion.advice.action().is_some();
    is_any.then(|| suggestion_words(Language::ENGLISH, suggestion, &hit.store, now, None, usize::MAX))
}

/// One coupon, in a few lines.
fn card(answer: &Answer, settings: &Settings, now: Timestamp) -> String {
    let Answer { hit, reply, .. } = answer;
    let coupon = hit.last_known();
    let label = coupon.map_or(hit.id.as_str(), Coupon::label);
    let name = coupon.map(|coupon| coupon.name.as_str()).filter(|name| *name != label);
    let name = name.map_or(String::new(), |name| format!(" · {}", one_line(name)));
    let platform = settings.platforms.name(hit.store.platform);
    let mut lines = vec![
        format!("{}{name} · {} ({platform}, coupon {})", one_line(label), hit.store.id, one_line(hit.id.as_str())),
        format!("  {}", verdict(answer)),
    ];
    lines.extend(coupon.map(|coupon| format!("  {}", facts(coupon, answer))));
    lines.extend(coupon.and_then(|coupon| dates(coupon, hit, now)).map(|dates| format!("  {dates}")));
    lines.push(format!("  {}", seen(answer, now)));
    lines.extend(hit.seen.iter().filter_map(|seen| seen.row.findings.first()).map(|finding| {
        let asks = suggestion(hit, now).map_or(String::new(), |words| format!(" Suggested: {words}."));
        format!("  the export said: {}{asks}", english(&finding.why))
    }));
    lines.extend(answer.doing.iter().map(|doing| format!("  being done: {}", english(&doing.message))));
    lines.push(match reply {
        Some(reply) => format!("  reply ({}): {}", reply.language, reply.text.replace('\n', "\n    ")),
        None => "  reply: none, since it is not known whether buyers can use it".to_string(),
    });
    lines.join("\n")
}

fn verdict(answer: &Answer) -> String {
    let reasons: Vec<String> = answer.usable.reasons.iter().map(english).collect();
    let reasons = reasons.join("; ");
    match answer.usable.can_use {
        CanUse::Yes => "✓ buyers can use it".to_string(),
        CanUse::No => format!("● buyers cannot use it: {reasons}"),
        CanUse::HoldersOnly => format!("▲ only who has it can use it: {reasons}"),
        CanUse::NotKnown => format!("? not known whether buyers can use it: {reasons}"),
    }
}

fn facts(coupon: &Coupon, answer: &Answer) -> String {
    let discount = Language::ENGLISH.render(&crate::language::discount_message(Language::ENGLISH, &coupon.discount));
    let mut parts = vec![if discount.is_empty() { "what it takes off is not known".to_string() } else { discount }];
    parts.extend(answer.usable.terms.iter().map(english));
    if let (Some(left), Some(total)) = (coupon.remaining(), coupon.total) {
        parts.push(format!("{left} of {total} left"));
    }
    capitalised(&parts.join(" · "))
}

fn dates(coupon: &Coupon, hit: &Hit, now: Timestamp) -> Option<String> {
    let zone = hit.store.zone;
    let starts = coupon.usable.starts().map(|at| format!("from {}", instant_words(Language::ENGLISH, at, zone, now)));
    let ends = coupon.usable.ends().map(|at| format!("until {}", end_words(Language::ENGLISH, at, zone, now)));
    let parts: Vec<String> = starts.into_iter().chain(ends).collect();
    (!parts.is_empty()).then(|| format!("{} ({zone})", parts.join(" ")))
}

/// How fresh it is, and why it is not fresher.
fn seen(answer: &Answer, now: Timestamp) -> String {
    let at = instant_words(Language::ENGLISH, answer.as_of, answer.hit.store.zone, now);
    let age = ago(now - answer.as_of);
    match &answer.hit.now {
        Now::Shown { file: Some((_, file)), .. } => format!("by its file {} of {at}, {age}", one_line(file)),
        Now::Shown { file: None, .. } | Now::Gone => "as its store shows it now".to_string(),
        Now::NotAsked => format!("as the archive has it: {at}, {age}; its store was not asked"),
        Now::NotReached(why) => {
            format!("as the archive has it: {at}, {age}; its store did not answer: {}", english(why))
        }
    }
}

/// `3 hours ago`.
pub(super) fn ago(span: chrono::Duration) -> String {
    let words =
        |count: i64, one: &str, many: &str| format!("{} ago", counted(count.unsigned_abs() as usize, one, many));
    match (span.num_minutes(), span.num_hours()) {
        (..=1, _) => "a minute ago".to_string(),
        (minutes @ 2..=119, _) => words(minutes, "minute", "minutes"),
        (_, hours @ ..=47) => words(hours, "hour", "hours"),
        (_, hours) => words(hours / 24, "day", "days"),
    }
}

/// What was not shown, and who was not asked.
fn closing(report: &Report, past: &Past, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if report.more > 0 {
        lines.push(format!("{} more: write more of the code or name, or --limit, or --store.", report.more));
    }
    if report.parts > 0 {
        let coupons = counted(report.parts, "other coupon has", "other coupons have");
        lines.push(format!("{coupons} it as a part of code or name."));
    }
    for NotReached { store, message } in &report.not_reached {
        lines.push(format!("● {store} did not answer: {}", english(message)));
    }
    if let Some(why) = report.doing_unknown {
        lines.push(format!("What is being done is not known: {}.", one_line(why)));
    }
    let oldest = past.stores().map(|(_, sight)| sight.at).min();
    let age = oldest.map_or(String::new(), |at| format!(" (the oldest sight: {})", ago(now - at)));
    let never = report.stores.saturating_sub(report.stores_known);
    let never = if never > 0 {
        format!("; {} in no export of the last days", counted(never, "store is", "stores are"))
    } else {
        String::new()
    };
    lines.push(format!(
        "Looked in the last exports of {}{age}{never}; {} asked now.",
        counted(report.stores_known, "store", "stores"),
        counted(report.stores_asked, "store was", "stores were")
    ));
    lines
}
