use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::context::Context;
use super::export::workbook_name;
use super::filter::Filter;
use super::interrupted;
use super::say::counted;
use crate::apply;
use crate::archive::history::History;
use crate::archive::{Archive, Flaw};
use crate::domain::{AppliedChange, FindingCode, IsoWeek, RunId};
use crate::failure::Failure;
use crate::journal::Journal;

mod calls;
mod coupon;
mod sparks;
mod weeks;

/// Every row of every run; a run whose bundle cannot be read is passed over, aloud.
pub(super) fn applied_changes(
    context: &Context,
    history: &History,
    (archive, journal): (&Archive, &Journal),
) -> Result<Vec<AppliedChange>, Failure> {
    let note = |run: &RunId, error: &serde_json::Error| {
        context.note(&format!("note: the bundle of run {run} cannot be read and is passed over: {error}"));
    };
    Ok(apply::applied_changes(history, interrupted::rows(context, archive, journal)?, &note)?)
}

/// What is said first, where what was read is not what was sealed; else nothing.
pub(super) fn flaw_words(flaws: &[Flaw]) -> String {
    if flaws.is_empty() {
        return String::new();
    }
    let head = format!(
        "{} in what was read of the archive; what was altered or added is left out. `couponbook archive verify` says what to do:",
        counted(flaws.len(), "flaw", "flaws")
    );
    let lines = flaws.iter().map(|flaw| format!("  {}: {}", flaw.path, flaw.what));
    std::iter::once(head).chain(lines).chain([String::new()]).collect::<Vec<_>>().join("\n")
}

/// What the archive tells of the past: weeks, one coupon's life, the calls to platforms
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook history --weeks 12
  couponbook history --finding out_of_stock --out out-of-stock.xlsx")]
#[command(args_conflicts_with_subcommands = true)]
pub struct HistoryArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    weeks: WeeksArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One coupon from its first sight on: what changed, who did it, since when it is out of stock
    #[command(after_help = "\
Examples:
  couponbook history coupon shopee-sg-1 BF20
  couponbook history coupon shopee-sg-1 BF20 --since 2026-W40")]
    Coupon(coupon::CouponArgs),
    /// The calls that were sent to platforms, for talks with their support
    #[command(after_help = "\
Examples:
  couponbook history calls --store shopee-sg-1 --status 429
  couponbook history calls --since 2026-W47 --out calls.csv")]
    Calls(calls::CallsArgs),
}

/// The weeks in counts.
#[derive(Debug, clap::Args)]
struct WeeksArgs {
    /// How many ISO weeks, this one included
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1040))]
    weeks: u64,
    /// Count one kind of finding only: low_stock, expired…
    #[arg(long, value_name = "CODE", value_parser = finding)]
    finding: Option<FindingCode>,
    /// Draw with plain letters, for a terminal that shows no others
    #[arg(long)]
    ascii: bool,
    /// Write them as a workbook too: FILE.xlsx; never over a file that is there
    #[arg(long, value_name = "FILE", value_parser = workbook_name)]
    out: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
}

pub fn run(args: &HistoryArgs, context: &Context) -> Result<(), Failure> {
    match &args.what {
        None => weeks::run(&args.weeks, context),
        Some(What::Coupon(args)) => coupon::run(args, context),
        Some(What::Calls(args)) => calls::run(args, context),
    }
}

/// The first and the last day that a day or a week stands for.
pub fn days(word: &str) -> Result<(NaiveDate, NaiveDate), String> {
    if let Ok(week) = IsoWeek::parse(word) {
        return Ok((week.monday(), week.sunday()));
    }
    let day = word.parse::<NaiveDate>();
    day.map(|day| (day, day)).map_err(|_| "is no day and no week: write 2026-11-22 or 2026-W47".to_string())
}

fn finding(word: &str) -> Result<FindingCode, String> {
    let tidy = word.trim().to_lowercase().replace('-', "_");
    tidy.parse().map_err(|_| {
        let known: Vec<&str> = FindingCode::ALL.iter().map(|code| code.code()).collect();
        format!("no such finding; write one of {}", known.join(", "))
    })
}
