//! The calls that were sent to platforms, out of the call logs of exports and runs.

use std::path::PathBuf;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::days;
use crate::archive::Kind;
use crate::commands::context::Context;
use crate::commands::filter;
use crate::commands::say::counted;
use crate::domain::{Timestamp, day_end, day_start};
use crate::durable;
use crate::failure::{self, Failure};
use crate::platforms::{CallOutcome, CallRecord};
use crate::settings::Needs;

#[derive(Debug, clap::Args)]
pub struct CallsArgs {
    /// Only of this store
    #[arg(long, value_name = "ID")]
    store: Option<String>,
    /// From this day on: 2026-11-22, or a week: 2026-W47
    #[arg(long, value_name = "DAY|WEEK", value_parser = days)]
    since: Option<(NaiveDate, NaiveDate)>,
    /// Through this day or week
    #[arg(long, value_name = "DAY|WEEK", value_parser = days)]
    until: Option<(NaiveDate, NaiveDate)>,
    /// HTTP status (429), its class (4xx), `none` (no answer), or an outcome: answered, refused, throttled, not-sent, broken
    #[arg(long, value_name = "STATUS", value_parser = wanted)]
    status: Option<Wanted>,
    /// The platform's own id of a request
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// Write all of them as CSV too; never over a file that is there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Status(u16),
    /// 4 is 400 to 499.
    Class(u16),
    NoAnswer,
    Outcome(CallOutcome),
}

/// One call with where it is told.
#[derive(Debug, Serialize)]
struct Call {
    /// The export or run that sent it.
    sent_by: String,
    #[serde(flatten)]
    record: CallRecord,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    calls: &'a [Call],
    csv: Option<PathBuf>,
}

/// More lines than this scroll away unread; the CSV has all.
const LINES_MAX: usize = 200;
const MARGIN_DAYS: u64 = 3;

pub(super) fn run(args: &CallsArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let archive = context.archive(&settings);
    let (from, to) = args.days_of_bundles();
    let mut calls = Vec::new();
    for kind in [Kind::Export, Kind::Run] {
        for bundle in archive.bundles(kind, from, to)? {
            let id = bundle.rsplit('/').next().unwrap_or_default();
            let log = archive.read(&bundle, "calls.jsonl")?.unwrap_or_default();
            read(context, &bundle, &log, |record| {
                if args.wants(&record, settings.team_zone) {
                    calls.push(Call { sent_by: id.to_string(), record });
                }
            });
        }
    }
    if let Some(store) = args.store.as_ref().filter(|_| calls.is_empty()) {
        // One that is no longer in the config may still have calls; of one that has neither nothing could be said.
        filter::is_known(store, &settings)?;
    }
    calls.sort_by(|one, other| (one.record.at, &one.record.store).cmp(&(other.record.at, &other.record.store)));
    let csv = match &args.out {
        Some(out) => Some(durable::write_free(out, &csv(&calls)?)?),
        None => None,
    };
    let report = Report { calls: &calls, csv };
    context.print(&report, &summary(&report, settings.team_zone))
}

impl CallsArgs {
    /// The days of exports and runs that may have sent the wanted calls: a few more, since a load goes on past midnight, and a
    /// run that was interrupted goes on days later under its first name.
    fn days_of_bundles(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let margin = Days::new(MARGIN_DAYS);
        let from = self.since.and_then(|(first, _)| first.checked_sub_days(margin));
        (from, self.until.and_then(|(_, last)| last.checked_add_days(margin)))
    }

    fn wants(&self, record: &CallRecord, zone: chrono_tz::Tz) -> bool {
        self.store.as_ref().is_none_or(|store| record.store.as_str() == store)
            && self.since.is_none_or(|(first, _)| record.at >= day_start(first, zone))
            && self.until.is_none_or(|(_, last)| record.at < day_end(last, zone))
            && self.request_id.as_ref().is_none_or(|id| record.request_id.as_ref() == Some(id))
            && self.status.is_none_or(|wanted| wanted.holds_for(record))
    }
}

impl Wanted {
    fn holds_for(self, record: &CallRecord) -> bool {
        match self {
            Self::Status(status) => record.status == Some(status),
            Self::Class(class) => record.status.is_some_and(|status| status / 100 == class),
            Self::NoAnswer => record.status.is_none(),
            Self::Outcome(outcome) => record.outcome == outcome,
        }
    }
}

/// Hands every line to `take`. One that cannot be read is told and passed over.
fn read(context: &Context, bundle: &str, log: &[u8], mut take: impl FnMut(CallRecord)) {
    for line in log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(record) => take(record),
            Err(error) => context.note(&format!("note: a line of {bundle}/calls.jsonl is left out: {error}")),
        }
    }
}

fn summary(report: &Report, zone: chrono_tz::Tz) -> String {
    if report.calls.is_empty() {
        return "No such call in the archive.".to_string();
    }
    let local = |at: Timestamp| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let stores = report.calls.iter().map(|call| call.record.store.as_str().len()).max().unwrap_or_default();
    let names = report.calls.iter().map(|call| call.record.call.len()).max().unwrap_or_default().min(40);
    let left_out = report.calls.len().saturating_sub(LINES_MAX);
    let mut lines = vec![format!("{}, times of {zone}", counted(report.calls.len(), "call", "calls"))];
    if left_out > 0 {
        lines.push(format!("  … the first {left_out} are not shown; --out FILE.csv and --json have all"));
    }
    for Call { record, .. } in report.calls.iter().skip(left_out) {
        let status = record.status.map_or("no answer".to_string(), |status| status.to_string());
        let words = [record.platform_code.as_deref(), record.message.as_deref()].into_iter().flatten();
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        lines.push(
            format!(
                "  {}  {:<stores$}  {:<names$}  {status:<9}  {:>6} ms  {:<36}  {}",
                local(record.at),
                record.store.as_str(),
                record.call,
                record.milliseconds,
                record.request_id.as_deref().unwrap_or("-"),
                words.join(": ")
            )
            .trim_end()
            .to_string(),
        );
    }
    lines.extend(report.csv.as_ref().map(|csv| format!("Saved as {}", csv.display())));
    lines.join("\n")
}

/// Its head, and what it says of a call.
type Column = (&'static str, fn(&Call) -> String);

/// The columns of the CSV.
const COLUMNS: [Column; 14] = [
    ("at", |call| call.record.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
    ("store", |call| call.record.store.to_string()),
    ("platform", |call| call.record.platform.word().to_string()),
    ("call", |call| call.record.call.clone()),
    ("method", |call| call.record.method.clone()),
    ("path", |call| call.record.path.clone()),
    ("status", |call| call.record.status.map_or(String::new(), |status| status.to_string())),
    ("platform_code", |call| call.record.platform_code.clone().unwrap_or_default()),
    ("request_id", |call| call.record.request_id.clone().unwrap_or_default()),
    ("milliseconds", |call| call.record.milliseconds.to_string()),
    ("attempt", |call| call.record.attempt.to_string()),
    ("outcome", |call| outcome_word(call.record.outcome)),
    ("message", |call| call.record.message.clone().unwrap_or_default()),
    ("sent_by", |call| call.sent_by.clone()),
];

fn csv(calls: &[Call]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::of(failure::Kind::Failed, &error);
    writer.write_record(COLUMNS.map(|(head, _)| head)).map_err(failed)?;
    for call in calls {
        writer.write_record(COLUMNS.map(|(_, cell)| harmless(cell(call)))).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| Failure::new(failure::Kind::Failed, format!("the CSV cannot be put together: {error}")))
}

/// As in JSON.
fn outcome_word(outcome: CallOutcome) -> String {
    serde_json::to_value(outcome).ok().and_then(|word| word.as_str().map(str::to_string)).unwrap_or_default()
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it, and so stays text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell }
}

fn wanted(word: &str) -> Result<Wanted, String> {
    let tidy = word.trim().to_lowercase().replace('-', "_");
    if tidy == "none" {
        return Ok(Wanted::NoAnswer);
    }
    if let Some(class) = tidy.strip_suffix("xx").and_then(|class| class.parse().ok()) {
        return Ok(Wanted::Class(class));
    }
    if let Ok(status) = tidy.parse() {
        return Ok(Wanted::Status(status));
    }
    serde_json::from_value(serde_json::Value::String(tidy)).map(Wanted::Outcome).map_err(|_| {
        "write a status (429), a class (4xx), none, or one of answered, refused, throttled, not-sent, broken"
            .to_string()
    })
}
