use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::context::Context;
use super::export::workbook_name;
use super::history::{applied_changes, flaw_words};
use super::say::counted;
use crate::apply::{APPROVALS_FILE, Approval};
use crate::archive::Flaw;
use crate::archive::history::{History, LOOK_BACK_WEEKS, still_telling};
use crate::domain::{
    AppliedChange, DayCounts, FindingLife, IsoWeek, OutcomeKind, PastTask, RunId, day_end, day_start, local_day,
};
use crate::export::save_with;
use crate::failure::Failure;
use crate::language::{Language, json_of};
use crate::settings::Needs;
use crate::workbook::words::ledger_words;
use crate::workbook::write::{WeekBook, write_week};

/// Write the audit workbook of one week
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook archive week 2026-W47
  couponbook archive week 2026-W47 --out audit.xlsx --json")]
pub struct WeekArgs {
    /// The ISO week, such as 2026-W47
    #[arg(value_parser = IsoWeek::parse)]
    week: IsoWeek,
    /// Where to write it [default: reports/WEEK/week-WEEK.xlsx]; never over one that is there
    #[arg(long, value_name = "FILE", value_parser = workbook_name)]
    out: Option<PathBuf>,
}

pub fn run(args: &WeekArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let (week, zone) = (args.week, settings.team_zone);
    let (archive, journal) = (context.archive(&settings), context.journal(&settings)?);
    let (oldest, telling) = (week.back(LOOK_BACK_WEEKS).monday(), still_telling(week));
    let reads = |file: &str, day| match file {
        "stores.parquet" | "findings.parquet" => true,
        "coupons.parquet" | "export.json" => telling.is_none_or(|telling| day >= telling),
        _ => false,
    };
    let history = History::open_proved(&archive, Some(oldest), reads)?;
    let all_changes = applied_changes(context, &history, (&archive, &journal))?;
    let all_tasks = journal.past_tasks()?;
    let (begins, ends) = (day_start(week.monday(), zone), day_end(week.sunday(), zone));
    let mut facts = history.week(week, (begins, ends.min(context.now())), &all_changes, &all_tasks)?;
    history.name_coupons(week, &mut facts.lives)?;
    let changes: Vec<_> = all_changes.into_iter().filter(|change| week.holds(local_day(change.at, zone))).collect();
    let decided: BTreeSet<_> = changes.iter().map(|change| (change.export.clone(), change.row.clone())).collect();
    let money_of_changes = history.money_of(&decided)?;
    let sign_offs = history.due_sign_offs(&settings.routine, |export| week.holds(export.day))?;
    let was_open = |past: &PastTask| past.asked_at < ends && past.done_at.is_none_or(|done| done >= begins);
    let tasks: Vec<_> = all_tasks.into_iter().filter(was_open).collect();
    let flaws = history.flaws();
    let book = WeekBook {
        flaws: &flaws.iter().map(Flaw::message).collect::<Vec<_>>(),
        language: settings.language,
        week,
        zone,
        made_at: context.now(),
        exports: &facts.exports,
        days: &facts.days,
        lives: &facts.lives,
        changes: &changes,
        approved_by: &approved_by(&history, &changes)?,
        money: &facts.money,
        money_of_changes: &money_of_changes,
        sign_offs: sign_offs.as_deref(),
        failed_loads: &facts.failed_loads,
        tasks: &tasks,
    };
    let default = || settings.reports.join(week.to_string()).join(format!("week-{week}.xlsx"));
    let workbook = save_with(&args.out.clone().unwrap_or_else(default), |file| Ok(write_week(&book, file)?))?;
    let mut actions: BTreeMap<OutcomeKind, usize> = BTreeMap::new();
    for change in &changes {
        *actions.entry(change.outcome).or_default() += 1;
    }
    let still_open = facts.lives.iter().filter(|life| life.is_open()).count();
    let ledger = book.ledger();
    let missed = sign_offs.as_ref().map(|due| due.iter().filter(|due| due.signed_by.is_none()).count());
    let report = serde_json::json!({
        "flaws": flaws,
        "week": week,
        "workbook": workbook.display().to_string(),
        "exports": facts.exports.len(),
        "findings": facts.lives.len(),
        "still_open": still_open,
        "days": facts.days.iter().map(day_json).collect::<Vec<_>>(),
        "ledger": ledger,
        "actions": actions,
        "failed_loads": facts.failed_loads.len(),
        // None where no sign-off was ever archived.
        "missed_sign_offs": missed,
        "by_hand": tasks.len(),
        "lives": facts.lives.iter().map(life_json).collect::<Vec<_>>(),
    });
    let (exports, findings, failed) = (facts.exports.len(), facts.lives.len(), facts.failed_loads.len());
    let missed =
        missed.map_or(String::new(), |missed| format!(", {} missed", counted(missed, "sign-off", "sign-offs")));
    let actions: Vec<String> = actions.iter().map(|(outcome, count)| format!("{count} {}", outcome.word())).collect();
    let actions = if actions.is_empty() { "none".to_string() } else { actions.join(", ") };
    let lines = [
        flaw_words(&flaws),
        format!(
            "{week}: {}, {}, {still_open} still open",
            counted(exports, "export", "exports"),
            counted(findings, "finding", "findings")
        ),
        format!("  actions: {actions}"),
        format!(
            "  {} failed{missed}, {} by hand",
            counted(failed, "load", "loads"),
            counted(tasks.len(), "piece of work", "pieces of work")
        ),
        format!("Workbook: {}", workbook.display()),
        ledger_words(Language::ENGLISH, &ledger),
    ];
    context.print(&report, lines.join("\n").trim_start())
}

/// Who signed the plans of the week's runs.
fn approved_by(history: &History, changes: &[AppliedChange]) -> Result<BTreeMap<RunId, Vec<String>>, Failure> {
    let runs: BTreeSet<&RunId> = changes.iter().map(|change| &change.run).collect();
    let mut approved = BTreeMap::new();
    for run in runs {
        let Some(bytes) = history.of_run(run, APPROVALS_FILE)? else { continue };
        let approvals: Vec<Approval> = serde_json::from_slice(&bytes).unwrap_or_default();
        let names: Vec<String> = approvals.into_iter().map(|approval| approval.person).collect();
        if !names.is_empty() {
            approved.insert(run.clone(), names);
        }
    }
    Ok(approved)
}

/// The most at the end of one slot of the day.
fn day_json(day: &DayCounts) -> serde_json::Value {
    serde_json::json!({
        "day": day.day,
        "exports": day.exports,
        "severities": day.severities,
        "coupons_live": day.coupons_live,
    })
}

/// `why` in English, and the whole of it beside.
fn life_json(life: &FindingLife) -> serde_json::Value {
    let mut json = serde_json::to_value(life).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("why".to_string(), Language::ENGLISH.render(&life.why).into());
        fields.insert("why_message".to_string(), json_of(&life.why));
    }
    json
}
