//! Weeks in counts, with small bars: is it getting better?

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::sparks::{shows_bars, sparks};
use super::{WeeksArgs, flaw_words};
use crate::archive::Flaw;
use crate::archive::history::{Asked, History, missed_by_week};
use crate::commands::context::Context;
use crate::commands::say::counted;
use crate::domain::{Counted, FindingCode, IsoWeek, Money, Severity, StoreId, WeekCounts, largest_first, local_day};
use crate::export::save_with;
use crate::failure::Failure;
use crate::language::{Language, capitalised};
use crate::settings::Needs;
use crate::workbook::words::beyond_words;
use crate::workbook::write::{HistoryBook, write_history};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    flaws: &'a [Flaw],
    from: IsoWeek,
    to: IsoWeek,
    finding: Option<FindingCode>,
    stores: Option<Vec<StoreId>>,
    weeks: &'a [WeekCounts],
    workbook: Option<PathBuf>,
}

pub(super) fn run(args: &WeeksArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let stores = args.filter.stores(&settings)?;
    let this_week = IsoWeek::of(local_day(context.now(), settings.team_zone));
    let first = this_week.back(args.weeks - 1);
    // What was seen before still stands.
    let reads = |file: &str, _| matches!(file, "stores.parquet" | "findings.parquet" | "coupons.parquet");
    let history = History::open_proved(&context.archive(&settings), Some(first.back(3).monday()), reads)?;
    let weeks: Vec<IsoWeek> = (0..args.weeks).rev().map(|back| this_week.back(back)).collect();
    let asked = Asked { stores: stores.clone(), finding: args.finding };
    let mut counts = history.weeks(&weeks, &asked)?;
    let sign_offs = history.due_sign_offs(&settings.routine, |export| weeks.contains(&export.week()))?;
    if let Some(due) = &sign_offs {
        let missed = missed_by_week(due);
        for counts in &mut counts {
            counts.missed_sign_offs = Some(missed.get(&counts.week).copied().unwrap_or_default());
        }
    }
    let stores_by_week = history.stores_by_week(&weeks, &asked)?;
    let flaws = history.flaws();
    let book = HistoryBook {
        flaws: &flaws.iter().map(Flaw::message).collect::<Vec<_>>(),
        language: settings.language,
        zone: settings.team_zone,
        made_at: context.now(),
        weeks: &since_the_first(&weeks, &counts),
        counts: &counts,
        stores: &stores_by_week,
        sign_offs: sign_offs.as_deref(),
        finding: args.finding,
        only_stores: stores.as_ref(),
    };
    let save = |out| save_with(out, |file| Ok(write_history(&book, file)?));
    let workbook = args.out.as_deref().map(save).transpose()?;
    let report = Report {
        flaws: &flaws,
        from: first,
        to: this_week,
        finding: args.finding,
        stores: stores.map(|stores| stores.into_iter().collect()),
        weeks: &counts,
        workbook,
    };
    let ascii = args.ascii || !shows_bars(&*context.world.environment);
    context.print(&report, [flaw_words(&flaws), summary(&report, &weeks, ascii)].join("\n").trim_start())
}

/// What lies before the first export is no gap.
fn since_the_first(weeks: &[IsoWeek], counts: &[WeekCounts]) -> Vec<IsoWeek> {
    let first = counts.first().map(|counts| counts.week);
    weeks.iter().copied().filter(|week| first.is_none_or(|first| *week >= first)).collect()
}

/// One line of the picture: a value a week, none where the week has no export.
struct Line {
    name: String,
    values: Vec<Option<f64>>,
    most: Option<u64>,
}

fn summary(report: &Report, weeks: &[IsoWeek], ascii: bool) -> String {
    let (from, to) = (report.from, report.to);
    let workbook = report.workbook.as_ref().map(|workbook| format!("Workbook: {}", workbook.display()));
    if report.weeks.is_empty() {
        let none = format!("No export between {from} and {to}. The first `couponbook export` begins the history.");
        return std::iter::once(none).chain(workbook).collect::<Vec<_>>().join("\n");
    }
    let by_week: BTreeMap<IsoWeek, &WeekCounts> = report.weeks.iter().map(|counts| (counts.week, counts)).collect();
    let exports: u64 = report.weeks.iter().map(|counts| counts.exports).sum();
    let mut lines = vec![head(report, exports)];
    let lines_of_counts = counts_lines(report, weeks, &by_week);
    lines.push(String::new());
    lines.extend(picture(&lines_of_counts, weeks, ascii));
    lines.extend(failed(report.weeks));
    lines.extend(money(report.weeks));
    lines.extend(workbook.map(|workbook| format!("\n{workbook}")));
    lines.join("\n")
}

fn head(report: &Report, exports: u64) -> String {
    let only = report.finding.map_or(String::new(), |code| format!(" · {code} only"));
    let stores = report.stores.as_ref().map_or(String::new(), |stores| match stores.as_slice() {
        [one] => format!(" · {one} only"),
        several => format!(" · {} stores", several.len()),
    });
    let weeks = counted(report.weeks.len(), "week", "weeks");
    let exports = counted(exports as usize, "export", "exports");
    format!("{} to {} · {exports} in {weeks}{only}{stores}", report.from, report.to)
}

fn counts_lines(report: &Report, weeks: &[IsoWeek], by_week: &BTreeMap<IsoWeek, &WeekCounts>) -> Vec<Line> {
    let line = |name: String, of: &dyn Fn(&WeekCounts) -> Option<Counted>| {
        let counts = |week: &IsoWeek| by_week.get(week).map(|counts| of(counts).unwrap_or_default());
        let values: Vec<Option<Counted>> = weeks.iter().map(counts).collect();
        Line {
            name,
            most: values.iter().flatten().map(|counted| counted.most).max(),
            values: values.iter().map(|counted| counted.map(|counted| counted.average)).collect(),
        }
    };
    let sums = |name: &str, of: &dyn Fn(&WeekCounts) -> Option<u64>| Line {
        name: name.to_string(),
        values: weeks
            .iter()
            .map(|week| by_week.get(week).and_then(|counts| of(counts)).map(|sum| sum as f64))
            .collect(),
        most: None,
    };
    let mut lines = vec![
        line("Coupons".to_string(), &|counts| Some(counts.coupons)),
        line("Coupons live".to_string(), &|counts| Some(counts.coupons_live)),
    ];
    for (mark, severity) in ["●", "▲", "○"].into_iter().zip(Severity::WORST_FIRST) {
        let name = format!("{mark} {}", capitalised(severity.word()));
        lines.push(line(name, &|counts| counts.severities.get(&severity).copied()));
    }
    let occurs = |code: &FindingCode| report.weeks.iter().any(|counts| counts.findings.contains_key(code));
    for code in FindingCode::ALL.iter().copied().filter(occurs) {
        lines.push(line(format!("  {}", code.code()), &|counts| counts.findings.get(&code).copied()));
    }
    lines.push(sums("Failed loads", &|counts| Some(counts.not_loaded.values().sum())));
    if report.weeks.iter().any(|counts| counts.missed_sign_offs.is_some()) {
        lines.push(sums("Missed sign-offs", &|counts| counts.missed_sign_offs));
    }
    lines
}

/// Names, bars, the last week, the one before it, and the most in one export.
fn picture(lines: &[Line], weeks: &[IsoWeek], ascii: bool) -> Vec<String> {
    let names = lines.iter().map(|line| line.name.width()).max().unwrap_or_default();
    let bars = weeks.len().max("by week".len());
    let mut picture = vec![format!(
        "{}  {:<bars$}  {:>10}  {:>10}  {:>14}",
        " ".repeat(names),
        "by week",
        "this week",
        "week before",
        "most at once"
    )];
    for line in lines {
        let last = line.values.last().copied().flatten();
        let before = line.values.len().checked_sub(2).and_then(|place| line.values.get(place).copied().flatten());
        let name = if ascii { plain(&line.name) } else { line.name.clone() };
        let padding = " ".repeat(names.saturating_sub(name.width()));
        picture.push(
            format!(
                "{name}{padding}  {:<bars$}  {:>10}  {:>10}  {:>14}",
                sparks(&line.values, ascii),
                number(last),
                number(before),
                line.most.map_or(String::new(), |most| most.to_string())
            )
            .trim_end()
            .to_string(),
        );
    }
    let foot = [
        "Critical, warning, notice: coupons, stores and rows of the plan by their worst finding; below them, how many have each",
        "finding. Each store's average over its own exports of the week; loads and sign-offs: the sum.",
    ];
    picture.extend(foot.map(str::to_string));
    picture
}

fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_string(),
        Some(value) if value >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
    }
}

fn failed(weeks: &[WeekCounts]) -> Vec<String> {
    let mut stores: BTreeMap<&StoreId, u64> = BTreeMap::new();
    for (store, times) in weeks.iter().flat_map(|counts| &counts.not_loaded) {
        *stores.entry(store).or_default() += times;
    }
    if stores.is_empty() {
        return Vec::new();
    }
    let mut stores: Vec<_> = stores.into_iter().collect();
    stores.sort_by(|one, other| (other.1, one.0).cmp(&(one.1, other.0)));
    let mut lines = vec![String::new(), "Stores that did not load, by number of exports:".to_string()];
    let shown = stores.iter().take(STORES_SHOWN_MAX).map(|(store, times)| format!("  {store}: {times}"));
    lines.extend(shown);
    if stores.len() > STORES_SHOWN_MAX {
        lines.push(format!("  and {} more (all with --json)", stores.len() - STORES_SHOWN_MAX));
    }
    lines
}

const STORES_SHOWN_MAX: usize = 20;

/// How it stood at each end of the time: every currency, the largest first.
fn money(weeks: &[WeekCounts]) -> Vec<String> {
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return Vec::new() };
    let mut lines = vec![String::new(), format!("What coupons could still cost, at the end of {}:", last.week)];
    for (currency, now) in largest_first(last.money_at_risk.clone(), |sums| *sums) {
        let then = first.money_at_risk.get(&currency).filter(|_| first.week != last.week);
        let then = then.map_or(String::new(), |then| {
            format!(" (at the end of {}: {})", first.week, Money::new(then.all, currency))
        });
        let beyond = match (now.no_limit, now.not_known) {
            (0, 0) => String::new(),
            (no_limit, not_known) => format!("; besides {}", beyond_words(Language::ENGLISH, no_limit, not_known)),
        };
        lines.push(format!(
            "  {}, of which on coupons with a finding {}{beyond}{then}",
            Money::new(now.all, currency),
            Money::new(now.with_findings, currency)
        ));
    }
    if lines.len() == 2 { Vec::new() } else { lines }
}

/// Without the marks that such a terminal shows as question marks.
fn plain(name: &str) -> String {
    name.trim_start_matches(['●', '▲', '○', ' ']).to_string()
}
