use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::apply::{self, ApplyArgs};
use super::connections;
use super::context::Context;
use super::export::{self, ExportArgs};
use super::init::dated;
use super::plan::{self, PlanArgs};
use crate::apply::Applied;
use crate::domain::{Advice, Export, FindingCode, OutcomeKind, Row, RowKey, Severity, local_day};
use crate::durable;
use crate::export::{BookInput, Exported, accepted};
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::sandbox::{Sandbox, StoreAccess};
use crate::settings::Needs;
use crate::workbook::words::Named;
use crate::workbook::{Carried, Decision};

/// Go once through the whole day with mock shops: export, hand back, plan, apply, export again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook demo
  couponbook demo --dir try-it --language zh-CN")]
pub struct DemoArgs {
    /// The folder to make [default: couponbook-demo, or the next free name]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// What the workbooks are written in: en, zh-CN [default: en]
    #[arg(long, value_name = "TAG", value_parser = export::language)]
    language: Option<Language>,
}

const CAMPAIGN_PLAN: &str = include_str!("../../templates/sandbox/demo_campaigns.csv");
/// The min spend that is usual in the demo's shops, for its config.
const USUAL_SPEND: &str = include_str!("../../templates/sandbox/demo_usual_spend.toml");
/// Of the team that runs the demo's shops.
const TEAM_ZONE: &str = "Asia/Singapore";

/// One finding's count before and after, with the reason for each one left.
#[derive(Debug, Serialize)]
struct Change {
    finding: FindingCode,
    before: usize,
    after: usize,
    left: Vec<String>,
}

pub async fn run(args: &DemoArgs, context: &Context<'_>) -> Result<(), Failure> {
    let folder = empty_folder(args)?;
    let config = set_up(&folder, args.language.unwrap_or_default(), context)?;
    let inside = context.with_config(config);
    inside.note(&format!("1. Exporting every store of {}", folder.display()));
    let before = export::run(&ExportArgs::default(), &inside).await?;
    inside.note(
        "\n2. Handing it back with the suggested action on every critical row, and on what a campaign suffers from",
    );
    let handed_back = hand_back(&inside, &before)?;
    inside.note(&format!("   {}", handed_back.display()));
    inside.note("\n3. Planning: what each action really becomes on its platform");
    plan_it(&handed_back, &inside).await?;
    inside.note("\n4. Applying");
    let applied = apply::carry_through(&ApplyArgs::of(&handed_back), &inside).await?;
    inside.note("\n5. Exporting again");
    let after = export::run(&ExportArgs::default(), &inside).await?;
    let changes = changes(&before.export, &after.export, &applied);
    let document = serde_json::json!({
        "folder": folder, "changes": changes, "workbook": before.place, "handed_back": handed_back,
        "results": applied.results, "workbook_after": after.place,
    });
    let places = [
        ("the workbook that a manager gets", &before.place),
        ("the same, actions filled in", &handed_back),
        ("what became of them", &applied.results),
        ("the workbook after it", &after.place),
    ];
    context.print(&document, &summary(&changes, &before.export, &after.export, &places))
}

fn empty_folder(args: &DemoArgs) -> Result<PathBuf, Failure> {
    let folder = match &args.dir {
        Some(folder) => folder.clone(),
        None => durable::free_name(Path::new("couponbook-demo")),
    };
    let is_used = std::fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_some());
    if is_used {
        return Err(Failure::new(Kind::Usage, format!("{} is not empty", folder.display()))
            .hint("name a new folder with --dir"));
    }
    durable::create_folder(&folder)?;
    Ok(folder)
}

/// The shops, a config that names them, and a campaign plan around today.
fn set_up(folder: &Path, language: Language, context: &Context) -> Result<PathBuf, Failure> {
    let scenario = connections::scenario(None, context.now())?;
    let sandbox_folder = folder.join("state").join("sandbox");
    durable::keep_private(&folder.join("state"));
    durable::create_folder(&sandbox_folder)?;
    let stores = Sandbox::create(&sandbox_folder, &scenario)?.stores()?;
    let config = folder.join("couponbook.toml");
    durable::write_new(&config, config_text(&stores, language).as_bytes())?;
    let zone = TEAM_ZONE.parse::<chrono_tz::Tz>().unwrap_or(chrono_tz::UTC);
    let plan = dated(CAMPAIGN_PLAN, local_day(context.now(), zone));
    durable::write_new(&folder.join("campaigns.csv"), plan.as_bytes())?;
    Ok(config)
}

fn config_text(stores: &[StoreAccess], language: Language) -> String {
    let mut text = format!(
        "# Made by `couponbook demo`: every store is a mock shop of the built-in sandbox.\n\
         team_time_zone = \"{TEAM_ZONE}\"\noperator = \"Demo operator\"\ncampaigns = \"campaigns.csv\"\n\
         language = \"{language}\"\n"
    );
    text.push_str(USUAL_SPEND);
    for store in stores {
        let _ = write!(
            text,
            "\n[[store]]\nid = \"{}\"\nplatform = \"{}\"\nendpoint = \"sandbox\"\ncurrency = \"{}\"\ntime_zone = \"{}\"\n",
            store.id,
            store.platform.word(),
            store.currency,
            store.zone.name()
        );
    }
    text
}

/// A saved workbook with `accept` in every row that is critical, or that a campaign of the plan suffers from, and that has something to
/// accept; for the ordinary reader.
fn hand_back(context: &Context, exported: &Exported) -> Result<PathBuf, Failure> {
    let settings = context.settings(Needs::ALL)?;
    let acceptable = |row: &&Row| {
        let of_campaign = row.severity() == Some(Severity::Warning) && row.campaign.is_some();
        (row.severity() == Some(Severity::Critical) || of_campaign) && row.suggestion.advice.action().is_some()
    };
    let decisions: BTreeMap<RowKey, Decision> =
        exported.export.rows.iter().filter(acceptable).map(|row| (row.key.clone(), accepted(row))).collect();
    let book = BookInput {
        choices: &export::choices(&settings),
        export: &exported.export,
        by_hand: &exported.by_hand,
        memory: &exported.memory,
        snapshot_sha256: &exported.snapshot_sha256,
        first_export: true,
        part: None,
        decisions: &decisions,
        overview: &exported.overview,
        sign_offs: &exported.sign_offs,
        results: None,
        undo: None,
        carried: Carried::default(),
    };
    Ok(book.save(&crate::apply::beside(&exported.place, "-filled-in.xlsx"))?)
}

/// Refused and conflicting rows are part of the show, not a failure of it.
async fn plan_it(workbook: &Path, context: &Context<'_>) -> Result<(), Failure> {
    match plan::run(&PlanArgs::of(workbook), context).await {
        Err(failure) if failure.kind != Kind::Workbook => Err(failure),
        _ => Ok(()),
    }
}

fn changes(before: &Export, after: &Export, applied: &Applied) -> Vec<Change> {
    let codes = FindingCode::ALL.iter().copied();
    codes
        .filter_map(|finding| {
            let count = |export: &Export| rows_with(export, finding).count() + stores_with(export, finding).count();
            let (before_count, after_count) = (count(before), count(after));
            let rows = rows_with(after, finding).map(|row| reason(row, before, applied));
            let left = rows.chain(stores_with(after, finding)).collect();
            (before_count + after_count > 0).then_some(Change {
                finding,
                before: before_count,
                after: after_count,
                left,
            })
        })
        .collect()
}

fn rows_with(export: &Export, finding: FindingCode) -> impl Iterator<Item = &Row> {
    export.rows.iter().filter(move |row| row.findings.iter().any(|found| found.code == finding))
}

/// Each store that has the finding, with what is wrong.
fn stores_with(export: &Export, finding: FindingCode) -> impl Iterator<Item = String> {
    let on_stores = export.stores.iter().flat_map(|load| load.findings.iter().map(move |found| (load, found)));
    on_stores
        .filter(move |(_, found)| found.code == finding)
        .map(|(load, found)| format!("{}: {}", load.store.id, Language::ENGLISH.render(&found.why)))
}

/// Why a finding is still there.
fn reason(row: &Row, before: &Export, applied: &Applied) -> String {
    let name = format!("{} {}", row.coupon.store, row.coupon.label());
    if let Some(outcome) = applied.outcomes.get(&row.key).filter(|outcome| outcome.kind != OutcomeKind::Done) {
        let words = Language::ENGLISH.render(outcome.next.as_ref().unwrap_or(&outcome.message));
        return format!("{name}: {}: {words}", outcome.kind.word());
    }
    let Some(earlier) = before.row(&row.key) else {
        return format!("{name}: new: {}", first_why(row));
    };
    if applied.outcomes.contains_key(&row.key) {
        return format!("{name}: done, and now: {}", first_why(row));
    }
    let why = match (&earlier.suggestion.advice, earlier.severity()) {
        (Advice::OpenPage, _) => "only the platform's page can help".to_string(),
        (Advice::Wait, _) => "it starts by itself".to_string(),
        (Advice::Leave(why), _) => Language::ENGLISH.render(why),
        (Advice::Nothing, _) => format!("nothing to be done: {}", first_why(row)),
        (_, Some(Severity::Critical)) => first_why(row),
        (_, Some(Severity::Notice | Severity::Warning) | None) => {
            "neither critical nor of a campaign, so no action was given in this demo".to_string()
        }
    };
    format!("{name}: {why}")
}

fn first_why(row: &Row) -> String {
    row.findings.first().map_or(String::new(), |finding| Language::ENGLISH.render(&finding.why))
}

fn summary(changes: &[Change], before: &Export, after: &Export, places: &[(&str, &PathBuf)]) -> String {
    let critical = |export: &Export| export.count(Some(Severity::Critical));
    let mut text =
        format!("\nCritical: {} → {}\n\nFinding            before → after\n", critical(before), critical(after));
    for change in changes {
        let _ =
            writeln!(text, "{:<18} {:>6} → {}", change.finding.name(Language::ENGLISH), change.before, change.after);
        for (reason, count) in grouped(&change.left) {
            let times = if count > 1 { format!(" (and {} more like it)", count - 1) } else { String::new() };
            let _ = writeln!(text, "      left: {reason}{times}");
        }
    }
    text.push_str("\nFiles:\n");
    for (what, place) in places {
        let _ = writeln!(text, "  {what}: {}", place.display());
    }
    text.push_str("Open the first one in Excel, WPS or LibreOffice: it is what couponbook is about.");
    text
}

/// Reasons that differ by the coupon's name only are told once, with how many there are.
fn grouped(reasons: &[String]) -> Vec<(&str, usize)> {
    let mut groups: Vec<(&str, &str, usize)> = Vec::new();
    for reason in reasons {
        let why = reason.split_once(": ").map_or(reason.as_str(), |(_, why)| why);
        match groups.iter_mut().find(|(_, known, _)| *known == why) {
            Some((_, _, count)) => *count += 1,
            None => groups.push((reason, why, 1)),
        }
    }
    groups.into_iter().map(|(example, _, count)| (example, count)).collect()
}
