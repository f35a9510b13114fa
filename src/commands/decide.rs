//! What `plan` and `apply` share: a workbook read, its export found, its plan made.

use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::connections::{self, Connections};
use super::context::Context;
use super::export::choices;
use super::{progress, say};
use crate::apply::{
    Resolution, Sources, Touched, UnresolvedSteps, prepare, resolve_decisions, rules_sha256, touched_by, unresolved,
};
use crate::archive::BundleKind;
use crate::domain::{Export, ExportId, Memory, OpenAction, Row, RowKey, Store, StoreId, Timestamp};
use crate::export::{BookInput, only, only_tasks, sign_offs, tasks_seen};
use crate::failure::{Failure, Kind};
use crate::journal::{ApplyLock, CameBack, Journal, JournalError};
use crate::plan::{Allowed, Plan, PlanInput};
use crate::settings::Settings;
use crate::workbook::columns::Field;
use crate::workbook::{Carried, CellProblem, Decision, HandedBack, Overview, read};

/// What may be done that is refused by default.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Brakes, each released by its flag")]
pub struct Released {
    /// Delete or end more than 30 % (and more than 10) of one store's live coupons
    #[arg(long)]
    pub allow_removals: bool,
    /// Leave a store with no live coupon
    #[arg(long)]
    pub allow_empty_store: bool,
    /// Go above the exposure cap of the config
    #[arg(long)]
    pub allow_exposure: bool,
    /// Make a coupon that gives goods away
    #[arg(long)]
    pub allow_losing_money: bool,
    /// Do the same on more rows of one store than looks meant
    #[arg(long)]
    pub allow_many: bool,
    /// Use a workbook older than 72 hours
    #[arg(long)]
    pub allow_old: bool,
    /// Take actions on rows that a filter hides
    #[arg(long)]
    pub include_hidden: bool,
}

impl Released {
    fn allowed(&self) -> Allowed {
        Allowed {
            removals: self.allow_removals,
            empty_store: self.allow_empty_store,
            exposure: self.allow_exposure,
            losing_money: self.allow_losing_money,
            many: self.allow_many,
            old_workbook: self.allow_old,
            hidden: self.include_hidden,
        }
    }
}

/// A workbook that was handed back, with the export that it came from.
pub struct Returned {
    pub handed_back: HandedBack,
    pub export: Export,
    pub snapshot_sha256: String,
}

/// Reads the workbook and finds its export. The workbook only hints at it; the archive decides.
pub fn read_back(
    context: &Context,
    settings: &Settings,
    workbook: &Path,
    export: Option<&str>,
) -> Result<Returned, Failure> {
    let handed_back = read::read(workbook)?;
    let hint = export.map(ExportId::new).or_else(|| handed_back.export.clone());
    let Some(id) = hint else {
        let line = format!("{} does not say which export it came from: its hidden sheet is gone", workbook.display());
        return Err(Failure::new(Kind::Failed, line)
            .hint("name the export with --export ID (it stands in the footer of every page)"));
    };
    let archive = context.archive(settings);
    let snapshot_sha256 = archive.snapshot_sha256(&id)?;
    if let Some(hinted) =
        handed_back.snapshot_sha256.as_ref().filter(|hinted| **hinted != snapshot_sha256 && export.is_none())
    {
        let line =
            format!("{} was made from another snapshot of export {id} than the archive holds", workbook.display());
        let short = |text: &str| text.chars().take(12).collect::<String>();
        return Err(Failure::new(Kind::Failed, line).hint(format!(
            "workbook: {}…, archive: {}…; use the workbook as it was exported",
            short(hinted),
            short(&snapshot_sha256)
        )));
    }
    let export = archive.load_snapshot(&id)?;
    Ok(Returned { handed_back, export, snapshot_sha256 })
}

/// Keeps what a workbook says besides its plan: who signed the checklist, and what is asked for until a run settles it. The same
/// workbook again changes nothing.
pub fn keep(context: &Context, settings: &Settings, journal: &Journal, returned: &Returned) -> Result<(), Failure> {
    let Returned { handed_back, export, .. } = returned;
    let now = context.now();
    let signed = sign_offs(&handed_back.signed, &settings.routine, export.slot, now);
    let asked: Vec<OpenAction> = handed_back.decisions.iter().filter_map(|it| asked(export, it)).collect();
    let is_new = journal.take_in(&CameBack {
        export: &export.id,
        day: export.day,
        workbook_sha256: &handed_back.sha256,
        sign_offs: &signed,
        asked: &asked,
        not_asked: &handed_back.undecided,
        read_at: now,
    })?;
    let count = signed.iter().filter(|signed| !signed.name.is_empty()).count();
    if count > 0 {
        let known = if is_new { "" } else { " (known already)" };
        context.note(&format!("{count} {} read{known}.", if count == 1 { "sign-off" } else { "sign-offs" }));
    }
    if is_new && !signed.is_empty() {
        archive_sign_offs(context, settings, journal, export)?;
    }
    Ok(())
}

fn asked(export: &Export, decision: &Decision) -> Option<OpenAction> {
    let coupon = &export.row(&decision.action.row)?.coupon;
    Some(OpenAction {
        row: decision.action.row.clone(),
        store: coupon.store.clone(),
        label: coupon.label().to_string(),
        action: decision.action.word,
        outcome: None,
    })
}

/// All that was signed in the workbooks of an export so far, as a table and beside its workbook; a later signature adds to both.
fn archive_sign_offs(
    context: &Context,
    settings: &Settings,
    journal: &Journal,
    export: &Export,
) -> Result<(), Failure> {
    let signed = journal.sign_offs(&export.id)?;
    let json = serde_json::to_vec_pretty(&signed).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let archive = context.archive(settings);
    let bundle = archive.bundle(BundleKind::Export, export.id.as_str())?;
    bundle.keep("sign_offs.json", &json)?;
    bundle.seal()?;
    archive.save_sign_offs(export, &signed)?;
    Ok(())
}

/// Leaves out the decisions on stores that are not in `settings`: a filter was given, and the others wait for their own run.
/// A store that the config no longer has at all keeps its decisions, so that its rows are refused and not lost.
pub fn of_stores(all: &Settings, narrowed: &Settings, mut returned: Returned) -> Returned {
    let is_left_out = |id: &StoreId| all.store(id).is_some() && narrowed.store(id).is_none();
    let export = &returned.export;
    returned
        .handed_back
        .decisions
        .retain(|decision| export.row(&decision.action.row).is_none_or(|row| !is_left_out(&row.coupon.store)));
    returned
}

/// Asks the platforms what came of earlier runs' changes of the same coupons whose answers were lost, so that new decisions on
/// them need not wait. `lock` is held by an apply; a plan takes it for as long as it asks, and asks nothing while one runs.
pub async fn clear_up(
    context: &Context<'_>,
    connections: &Connections,
    journal: &Journal,
    lock: Option<&ApplyLock>,
    touched: &Touched,
) -> Result<(), Failure> {
    if unresolved(journal, touched)?.is_empty() {
        return Ok(());
    }
    let own = match lock {
        Some(_) => None,
        None => match journal.lock("a plan that asks what came of an earlier run", context.now()) {
            Err(JournalError::ApplyRunning { .. }) => return Ok(()),
            taken => Some(taken?),
        },
    };
    let Some(lock) = lock.or(own.as_ref()) else { return Ok(()) };
    let clock = &*context.world.clock;
    let settle = &|store: &StoreId| connections.settle(store);
    let steps = UnresolvedSteps { journal, lock, connectors: &connections.connectors, clock, settle };
    for Resolution { run, store, label, happened } in steps.resolve(touched).await? {
        let came = if happened { "was made" } else { "was not made" };
        context.note(&format!("{label} of {store}: asked what came of run {run}, whose answer was lost: it {came}"));
    }
    Ok(())
}

/// Makes the plan, with the problems of the workbook's cells: those of the reading and those of the keys.
pub async fn make_plan(
    context: &Context<'_>,
    settings: &Settings,
    connections: &Connections,
    (journal, lock): (&Journal, Option<&ApplyLock>),
    returned: &Returned,
    released: &Released,
    by: &str,
) -> Result<(Plan, Vec<CellProblem>), Failure> {
    // Whether a store may be written to is the config's word of today, not that of the export.
    let mut export = returned.export.clone();
    for load in &mut export.stores {
        if let Some(present) = settings.store(&load.store.id) {
            load.store.access = present.store.access;
        }
    }
    let (decisions, unknown) = resolve_decisions(&export, &returned.handed_back);
    clear_up(context, connections, journal, lock, &touched_by(&decisions)).await?;
    let abilities = |platform| settings.platforms.abilities(platform);
    let used: Vec<_> = connections::platforms_of(settings).into_iter().map(abilities).collect();
    let permanent: BTreeSet<StoreId> =
        settings.stores.iter().filter(|store| store.delete_permanently).map(|store| store.store.id.clone()).collect();
    let input = PlanInput {
        export: &export,
        decisions,
        memory: &journal.memory()?,
        abilities: &abilities,
        back_office: &|platform| settings.platforms.back_office(platform),
        delete_permanently: &permanent,
        operator: &context.by(None, settings),
        campaign_starts: &|store, row| campaign_starts(settings, store, row),
        limits: &settings.brakes,
        allowed: &released.allowed(),
        now: context.now(),
        by: by.to_string(),
        workbook_sha256: returned.handed_back.sha256.clone(),
        snapshot_sha256: returned.snapshot_sha256.clone(),
        rules_sha256: rules_sha256(&used, &settings.brakes),
    };
    let bar = progress::bar(context, 0, "asking stores");
    let sources = Sources {
        journal,
        connectors: &connections.connectors,
        stores_at_once: settings.stores_at_once,
        progress: &|_| bar.inc(1),
    };
    let plan = prepare(input, &sources).await?;
    bar.finish_and_clear();
    Ok((plan, returned.handed_back.problems.iter().cloned().chain(unknown).collect()))
}

/// A campaign may have a row a currency; its first day counts.
fn campaign_starts(settings: &Settings, store: &Store, row: &Row) -> Option<Timestamp> {
    let name = row.campaign.as_ref()?;
    let named = settings.campaigns.campaigns().filter(|campaign| campaign.name == *name);
    named.map(|campaign| campaign.starts(store.zone)).min()
}

/// Says what the reading noticed, and every problem at once.
pub fn tell(context: &Context, workbook: &Path, returned: &Returned, problems: &[CellProblem]) {
    for remark in &returned.handed_back.remarks {
        context.note(&format!("note: {remark}"));
    }
    for note in edited_facts(returned) {
        context.note(&format!("note: {note}"));
    }
    if !problems.is_empty() {
        context.world.note(&say::problems(workbook, problems));
    }
}

/// Edits in the facts of decided rows: ignored, and said so with the column that was meant. Only facts that a cell shows exactly
/// are compared, so that no format of an office program is taken for an edit.
fn edited_facts(returned: &Returned) -> Vec<String> {
    let mut notes = Vec::new();
    for ((key, field), found) in &returned.handed_back.facts {
        let Some(coupon) = returned.export.row(key).map(|row| &row.coupon) else { continue };
        let (exported, instead) = match field {
            Field::Total => (coupon.total.map(|total| total.to_string()), "write Add stock instead"),
            Field::MinSpend => {
                (coupon.minimum.spend().map(|spend| spend.normalize().to_string()), "write New min spend instead")
            }
            Field::CouponId => (Some(coupon.id.to_string()), "the row key tells which coupon it is"),
            _ => continue,
        };
        let is_number = |text: &str| text.parse::<rust_decimal::Decimal>().is_ok();
        let same = exported.as_deref() == Some(found.trim())
            || exported.as_deref().and_then(|text| text.parse::<rust_decimal::Decimal>().ok())
                == found.trim().parse().ok();
        if !same && (*field == Field::CouponId || is_number(found.trim())) {
            let was = exported.unwrap_or_else(|| "empty".to_string());
            notes.push(format!(
                "{} of {}: {found:?} was ignored (it was {was}); {instead}",
                field_name(*field),
                coupon.label()
            ));
        }
    }
    notes
}

fn field_name(field: Field) -> &'static str {
    crate::workbook::columns::COLUMNS.iter().find(|column| column.field == field).map_or("", |column| column.header)
}

/// Writes the workbook anew beside the one that was handed back, as it stood, with the bad cells marked; tells where. None where
/// no bad row has a key that says which coupon it is about, or where it cannot be written: the refusal itself weighs more.
pub fn save_to_mend(
    context: &Context,
    settings: &Settings,
    journal: &Journal,
    workbook: &Path,
    returned: &Returned,
) -> Option<PathBuf> {
    let handed_back = &returned.handed_back;
    if !returned.export.rows.iter().any(|row| handed_back.bad_rows.contains_key(&row.key)) {
        return None;
    }
    let saved = write_to_mend(settings, journal, workbook, returned);
    if let Err(failure) = &saved {
        context.note(&format!("note: the copy with the bad cells marked cannot be written: {failure}"));
    }
    saved.ok()
}

fn write_to_mend(
    settings: &Settings,
    journal: &Journal,
    workbook: &Path,
    returned: &Returned,
) -> Result<PathBuf, Failure> {
    let handed_back = &returned.handed_back;
    let settings = Settings { language: handed_back.language, ..settings.clone() };
    let by_hand = tasks_seen(journal.open_tasks()?, &returned.export);
    let (export, by_hand) = match &handed_back.stores {
        Some(stores) => (only(&returned.export, stores), only_tasks(&by_hand, stores)),
        None => (returned.export.clone(), by_hand),
    };
    let decisions: BTreeMap<RowKey, Decision> =
        handed_back.decisions.iter().map(|decision| (decision.action.row.clone(), decision.clone())).collect();
    let sign_offs = journal.sign_offs_of_day(returned.export.day)?;
    let copy = BookInput {
        choices: &choices(&settings),
        export: &export,
        by_hand: &by_hand,
        memory: &Memory::default(),
        snapshot_sha256: &returned.snapshot_sha256,
        first_export: false,
        is_part: handed_back.stores.is_some(),
        decisions: &decisions,
        overview: &Overview::default(),
        sign_offs: &sign_offs,
        results: None,
        carried: Carried {
            notes: Some(&handed_back.notes),
            bad_rows: Some(&handed_back.bad_rows),
            own_columns: &handed_back.own_columns,
        },
    };
    Ok(copy.save(&beside(workbook, "-to-mend.xlsx"))?)
}

/// The failure of a workbook with bad rows; `to_mend` is its copy with the bad cells marked.
pub fn bad_rows(workbook: &Path, problems: &[CellProblem], to_mend: Option<&Path>) -> Failure {
    let name =
        workbook.file_name().map_or_else(|| workbook.display().to_string(), |name| name.to_string_lossy().into_owned());
    let line = match problems.len() {
        1 => format!("1 cell of {name} cannot be planned"),
        many => format!("{many} cells of {name} cannot be planned"),
    };
    let mend = to_mend.map_or_else(
        || "mend them and hand it back".to_string(),
        |copy| format!("mend the amber cells of {} and hand that back", copy.display()),
    );
    Failure::new(Kind::Workbook, line)
        .hint(format!("{mend}, or add --skip-bad-rows to go on without these rows; nothing was sent"))
}

/// A path beside `workbook` with another ending: `2026-11-22-am.xlsx` → `2026-11-22-am-results.xlsx`.
pub fn beside(workbook: &Path, ending: &str) -> PathBuf {
    let stem = workbook.file_stem().map_or_else(|| "workbook".into(), |stem| stem.to_string_lossy().into_owned());
    workbook.with_file_name(format!("{stem}{ending}"))
}
