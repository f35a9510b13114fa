use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::context::Context;
use super::filter::Filter;
use super::fleet::{self, Fleet};
use super::{progress, replies, say, split, store_check};
use crate::archive::{Archive, ArchiveError, BundleKind, Earlier};
use crate::domain::{
    Access, Action, ActionWord, Changed, Coupon, Edit, Export, FindingCode, Memory, OpenAction, Platform, Route, Row,
    RowDeed, RowKey, Severity, SignOff, Slot, StockHistory, StoreId, TaskRow, TaskStatus,
};
use crate::durable;
use crate::export::{
    Covering, Estimate, Inspection, Judging, ToLoad, changed, checklist, coverage, coverage_attention, estimate,
    forecasts, judged, known_coupons, load, models_unmatched, tasks_done, tasks_seen,
};
use crate::failure::{Failure, Kind};
use crate::journal::Journal;
use crate::language::Language;
use crate::platforms::CallLog;
use crate::settings::{Settings, SplitBy};
use crate::workbook::{Book, Carried, Coverage, Decision, Overview, write};

/// Load every store's coupons, check them, and write the workbook
#[derive(Debug, Default, clap::Args)]
pub struct ExportArgs {
    /// Where to write the workbook [default: reports/WEEK/DATE-SLOT.xlsx]; never over one that is there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Morning or afternoon; by the clock where left out
    #[arg(long, value_enum)]
    slot: Option<SlotWord>,
    /// End with exit code 3 if there is a finding this bad or worse
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<SeverityWord>,
    /// Only say how many calls and minutes it would take, and what is left of each app's day; nothing is sent
    #[arg(long)]
    estimate: bool,
    /// Forget what earlier exports remembered of coupons that cannot change, and ask for everything again
    #[arg(long)]
    reload: bool,
    /// One workbook per group of stores, in a folder; each can be handed back on its own
    #[arg(long, value_enum, value_name = "BY")]
    split_by: Option<SplitWord>,
    /// Fill Action in where the suggestion is something that the platform can do
    #[arg(long, value_enum, value_name = "ACTION")]
    prefill: Option<PrefillWord>,
    /// What the workbook is written in: en, zh-CN [default: as in the config]
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Language>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SplitWord {
    Store,
    Platform,
    Region,
    Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PrefillWord {
    Accept,
    None,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SlotWord {
    Am,
    Pm,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SeverityWord {
    Critical,
    Warning,
    Notice,
}

/// What an export left behind.
pub struct Exported {
    pub export: Export,
    /// The workbook; of several, the first.
    pub workbook: PathBuf,
    pub snapshot_sha256: String,
    /// What only people can do, as this export saw it.
    pub by_hand: Vec<TaskRow>,
    pub memory: Memory,
    pub overview: Overview,
    /// What was signed on the export's day before it.
    pub sign_offs: Vec<SignOff>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    export: &'a str,
    /// The folder, where there is a workbook for each group of stores.
    workbook: &'a Path,
    workbooks: &'a [PathBuf],
    snapshot: &'a Path,
    stores: usize,
    stores_loaded: usize,
    coupons: usize,
    severities: BTreeMap<&'static str, usize>,
    findings: BTreeMap<FindingCode, usize>,
    stores_not_loaded: Vec<String>,
    by_hand_open: usize,
    by_hand_done: usize,
    /// What of the campaign plan was left out.
    campaign_problems: Vec<String>,
}

impl ExportArgs {
    /// Whether only an estimate is asked for: see [`only_estimate`].
    pub fn is_estimate(&self) -> bool {
        self.estimate
    }

    /// What was typed goes before the config.
    fn over(&self, mut settings: Settings) -> Settings {
        settings.language = self.language.unwrap_or(settings.language);
        settings.split_by = self.split_by.map(SplitWord::split_by).or(settings.split_by);
        settings.prefill_accept = self.prefill.map_or(settings.prefill_accept, |word| word == PrefillWord::Accept);
        settings
    }
}

pub async fn run(args: &ExportArgs, context: &Context<'_>) -> Result<Exported, Failure> {
    let settings = args.over(args.filter.narrow(context.settings()?)?);
    let at = context.now();
    let time = context.team_time(at, &settings, args.slot.map(SlotWord::slot));
    let id = context.export_id(time)?;
    let (log, log_path) = fleet::call_log(context, &settings, id.as_str())?;
    let journal = context.journal(&settings)?;
    let memory = journal.memory()?;

    let fleet = Fleet::open_to_load(context, &settings, log, args.reload).await?;
    let (to_load, estimate) = forecast(context, &settings, &fleet);
    context.note(&estimate.to_string());
    let loaded = load_stores(context, &settings, to_load).await;
    fleet.close().await;

    let stock = earlier_stock(context, &settings);
    let judging = Judging {
        id: id.clone(),
        at,
        finished: context.now(),
        day: time.day,
        slot: time.slot,
        zone: settings.team_zone,
        policies: &settings.policies,
        campaigns: &settings.campaigns,
        memory: &memory,
        stock: &stock,
        abilities: &|platform| settings.platforms.abilities(platform),
        language: settings.language,
    };
    let (export, ties) = judged(judging, loaded)?;
    say::ties(context, &ties);
    let unmatched = settings.models_unmatched(Language::ENGLISH, &models_unmatched(&export, &settings.campaigns));
    unmatched.iter().for_each(|problem| context.note(&format!("left out of the campaign plan: {problem}")));

    let by_hand = tasks_seen(journal.open_tasks()?, &export);
    let archive = context.archive(&settings);
    let first_export = archive.latest()?.is_none();
    let earlier = earlier(context, &archive, &export);
    let saved = archive.save_snapshot(&export)?;
    let sign_offs = journal.sign_offs_of_day(export.day)?;
    let overview = Overview {
        changed: earlier.map(|earlier| since(&journal, &earlier, &export, &by_hand)).transpose()?,
        trend: or_note(context, archive.trend(TREND_WEEKS, export.day, export.zone)).unwrap_or_default(),
        open_actions: open_actions(&settings, &journal, &export)?,
    };
    let out = args.out.clone().unwrap_or_else(|| settings.reports.join(time.week()).join(time.file_name()));
    say::left_out(context, &replies::written(&settings, &export, &memory).1);
    let book = Workbook {
        settings: &settings,
        export: &export,
        by_hand: &by_hand,
        memory: &memory,
        snapshot_sha256: &saved.sha256,
        first_export,
        is_part: false,
        carried: Carried::default(),
        overview: &overview,
        sign_offs: &sign_offs,
    };
    let prefilled = if settings.prefill_accept { acceptable(&export) } else { BTreeMap::new() };
    let (place, workbooks) = book.save_split(&out, &prefilled)?;

    let bundle = archive.bundle(BundleKind::Export, id.as_str())?;
    for workbook in &workbooks {
        bundle.keep_file(&kept_name(workbook, &workbooks), workbook)?;
    }
    bundle.keep_file("calls.jsonl", &log_path)?;
    bundle.seal()?;
    // Last: whoever never got this workbook sees the tick in the next one.
    journal.tick_tasks(&tasks_done(&by_hand), export.finished)?;
    let _ = std::fs::remove_file(&log_path);

    let problems = settings.campaign_problems.iter().map(ToString::to_string).chain(unmatched).collect();
    let report = report(&export, &by_hand, &place, &workbooks, &saved.folder, problems);
    context.print(&report, &say::export(&export, &by_hand, &place, workbooks.len()))?;
    fail_on(args.fail_on, &export)?;
    let workbook = workbooks.into_iter().next().unwrap_or(place);
    Ok(Exported { export, workbook, snapshot_sha256: saved.sha256, by_hand, memory, overview, sign_offs })
}

/// In the archive a single workbook has one name for ever; of several each keeps its own.
fn kept_name(workbook: &Path, all: &[PathBuf]) -> String {
    match workbook.file_name() {
        Some(name) if all.len() > 1 => format!("workbook-{}", name.to_string_lossy()),
        _ => "workbook.xlsx".to_string(),
    }
}

/// `accept` on every row whose suggestion is an action that the program can carry out itself.
fn acceptable(export: &Export) -> BTreeMap<RowKey, Decision> {
    let may_be_written =
        |row: &Row| export.store(&row.coupon.store).is_some_and(|store| store.access == Access::ReadWrite);
    let can_be_done = |row: &&Row| {
        row.suggestion.advice.action().is_some() && row.suggestion.way != Route::ByHand && may_be_written(row)
    };
    export.rows.iter().filter(can_be_done).map(|row| (row.key.clone(), accepted(row))).collect()
}

/// The row with `accept` filled in.
pub fn accepted(row: &Row) -> Decision {
    let word = ActionWord::Accept;
    Decision {
        sheet: String::new(),
        row: 0,
        hidden: false,
        action: Action {
            row: row.key.clone(),
            word,
            new_end: Edit::Blank,
            add_stock: Edit::Blank,
            new_min_spend: Edit::Blank,
            note: None,
        },
        cells: [word.word().to_string(), String::new(), String::new(), String::new(), String::new()],
    }
}

/// So many weeks make the trend.
const TREND_WEEKS: u8 = 8;

/// What the export is compared with. An archive that cannot be read loses the comparison, and is a matter of its own.
fn earlier(context: &Context, archive: &Archive, export: &Export) -> Option<Earlier> {
    let stores: BTreeSet<StoreId> = export.stores.iter().map(|load| load.store.id.clone()).collect();
    or_note(context, archive.earlier(&stores)).flatten()
}

fn or_note<T>(context: &Context, read: Result<T, ArchiveError>) -> Option<T> {
    read.map_err(|error| context.note(&format!("note: earlier exports cannot be compared with this one: {error}"))).ok()
}

fn since(journal: &Journal, earlier: &Earlier, export: &Export, by_hand: &[TaskRow]) -> Result<Changed, Failure> {
    let mut deeds = journal.deeds_since(earlier.at)?;
    let seen_done = by_hand.iter().filter(|row| !row.is_open());
    deeds.extend(seen_done.map(|row| RowDeed { row: row.task.row.clone(), action: row.task.action, by: None }));
    Ok(changed(earlier, export, &deeds))
}

/// What managers asked for and no run settled, as long as their workbook could still be applied; less the coupons that are gone.
fn open_actions(settings: &Settings, journal: &Journal, export: &Export) -> Result<Vec<OpenAction>, Failure> {
    let hours = chrono::TimeDelta::try_hours(settings.brakes.workbook_hours).unwrap_or(chrono::TimeDelta::days(3));
    let mut open = journal.open_actions(export.finished - hours)?;
    let keys: BTreeSet<&RowKey> = export.rows.iter().map(|row| &row.key).collect();
    open.retain(|action| keys.contains(&action.row));
    Ok(open)
}

/// A results workbook shows what is still open, and compares nothing.
pub fn overview_of_results(settings: &Settings, journal: &Journal, export: &Export) -> Result<Overview, Failure> {
    Ok(Overview { open_actions: open_actions(settings, journal, export)?, ..Overview::default() })
}

/// `export --estimate`: what an export would take. Nothing is sent, and nothing is written.
pub async fn only_estimate(args: &ExportArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = args.filter.narrow(context.settings()?)?;
    let fleet = Fleet::open_to_load(context, &settings, CallLog::none(), args.reload).await?;
    let (_, estimate) = forecast(context, &settings, &fleet);
    fleet.close().await;
    context.print(&estimate, &estimate.to_string())
}

/// The stores to load, each with the calls that it is expected to take, and what that comes to.
fn forecast(context: &Context<'_>, settings: &Settings, fleet: &Fleet) -> (Vec<ToLoad>, Estimate) {
    let known = known(context, settings);
    let mut to_load: Vec<ToLoad> = settings
        .stores
        .iter()
        .map(|settings| ToLoad {
            store: settings.store.clone(),
            connector: fleet
                .connectors
                .get(&settings.store.id)
                .cloned()
                .unwrap_or_else(|| Err("not connected".to_string())),
            calls_expected: 0,
        })
        .collect();
    let mut forecasts = forecasts(&to_load, &known);
    let connected = to_load.iter_mut().filter(|to_load| to_load.connector.is_ok());
    for (to_load, forecast) in connected.zip(&forecasts) {
        to_load.calls_expected = forecast.calls;
    }
    forecasts.sort_by_key(|forecast| settings.platforms.place(forecast.platform));
    (to_load, estimate(&forecasts, settings.stores_at_once))
}

/// What earlier exports saw. An archive that cannot be read makes the estimate worse, and is a matter of its own.
fn known(context: &Context<'_>, settings: &Settings) -> BTreeMap<StoreId, Vec<Coupon>> {
    let stores: BTreeSet<StoreId> = settings.stores.iter().map(|store| store.store.id.clone()).collect();
    known_coupons(&context.archive(settings), &stores).unwrap_or_else(|error| {
        context.note(&format!("note: earlier exports cannot be used to estimate this one: {error}"));
        BTreeMap::new()
    })
}

/// What earlier exports saw of the stock. Without them the findings that need it are left out, and the export goes on.
fn earlier_stock(context: &Context<'_>, settings: &Settings) -> StockHistory {
    let stores: BTreeSet<StoreId> = settings.stores.iter().map(|store| store.store.id.clone()).collect();
    context.archive(settings).stock(&stores, context.now()).unwrap_or_else(|error| {
        context.note(&format!("note: the pace of stock is not judged, since earlier exports cannot be read: {error}"));
        StockHistory::new()
    })
}

async fn load_stores(context: &Context<'_>, settings: &Settings, to_load: Vec<ToLoad>) -> Vec<crate::export::Loaded> {
    let bar = progress::bar(context, settings.stores.len(), "loading stores");
    let progress = |loaded: &crate::export::Loaded| {
        bar.inc(1);
        if context.is_verbose() {
            bar.suspend(|| context.note(&say::loaded(loaded)));
        }
    };
    let loaded = load(to_load, settings.stores_at_once, settings.store_deadline, &progress).await;
    bar.finish_and_clear();
    loaded
}

/// An export's workbook, as it is or with actions filled in beforehand.
pub struct Workbook<'a> {
    pub settings: &'a Settings,
    pub export: &'a Export,
    pub by_hand: &'a [TaskRow],
    /// Who takes over from whom, for the replies.
    pub memory: &'a Memory,
    pub snapshot_sha256: &'a str,
    pub first_export: bool,
    /// Whether it is one of several of its export.
    pub is_part: bool,
    /// What else a workbook held that this one follows.
    pub carried: Carried<'a>,
    pub overview: &'a Overview,
    pub sign_offs: &'a [SignOff],
}

impl Workbook<'_> {
    /// [`Workbook::save`], or one workbook for each group of stores where the settings say so. Tells the file, or the folder of
    /// the files, and every file.
    fn save_split(
        &self,
        path: &Path,
        decisions: &BTreeMap<RowKey, Decision>,
    ) -> Result<(PathBuf, Vec<PathBuf>), Failure> {
        let Some(split_by) = self.settings.split_by else {
            let place = self.save(path, decisions)?;
            return Ok((place.clone(), vec![place]));
        };
        let mut places = Vec::new();
        for part in split::parts(self.settings, split_by) {
            let export = split::only(self.export, &part.stores);
            let by_hand = split::only_tasks(self.by_hand, &part.stores);
            let overview = split::only_overview(self.overview, &part.stores);
            let workbook = Workbook { export: &export, by_hand: &by_hand, overview: &overview, is_part: true, ..*self };
            places.push(workbook.save(&split::path_of(path, &part), decisions)?);
        }
        Ok((split::folder_of(path), places))
    }

    /// Writes it at `path` or the next free name beside it, whole or not at all; tells where.
    pub fn save(&self, path: &Path, decisions: &BTreeMap<RowKey, Decision>) -> Result<PathBuf, Failure> {
        let settings = self.settings;
        let (coverage, campaigns_left_out) = campaign_sheets(settings, self.export, self.memory);
        let checklist = checklist(&Inspection {
            export: self.export,
            routine: &settings.routine,
            by_hand: self.by_hand,
            open_actions: &self.overview.open_actions,
            campaign_gaps: coverage_attention(&coverage),
            sign_offs: self.sign_offs,
            language: settings.language,
        });
        let is_here = |platform: &Platform| self.export.stores.iter().any(|load| load.store.platform == *platform);
        let abilities: Vec<_> = fleet::platforms_of(settings)
            .into_iter()
            .filter(is_here)
            .map(|platform| settings.platforms.abilities(platform))
            .collect();
        let checks = store_check::remembered(settings, &self.export.stores);
        // What is wrong with their templates was said of the whole export.
        let (replies, replies_left_out) = replies::written(settings, self.export, self.memory);
        let left_out = split::only_lines(campaigns_left_out.into_iter().chain(replies_left_out), settings, self.export);
        let book = Book {
            language: settings.language,
            export: self.export,
            checklist: &checklist,
            by_hand: self.by_hand,
            replies: &replies,
            abilities: &abilities,
            snapshot_sha256: self.snapshot_sha256.to_string(),
            first_export: self.first_export,
            decisions,
            overview: self.overview,
            checks: &checks,
            left_out: &left_out,
            coverage: &coverage,
            results: None,
            is_part: self.is_part,
            carried: self.carried,
        };
        save(&book, path)
    }
}

/// How the plan's campaigns are covered, and what of the plan was left out, in the workbook's language.
pub fn campaign_sheets(settings: &Settings, export: &Export, memory: &Memory) -> (Coverage, Vec<String>) {
    let (policies, campaigns) = (&settings.policies, &settings.campaigns);
    let found = coverage(&Covering {
        export,
        campaigns,
        policies,
        memory,
        abilities: &|platform| settings.platforms.abilities(platform),
    });
    let unmatched = settings.models_unmatched(settings.language, &models_unmatched(export, campaigns));
    (found, settings.campaigns_left_out.iter().cloned().chain(unmatched).collect())
}

/// Writes a workbook at `path` or the next free name beside it, whole or not at all; tells where.
pub fn save(book: &Book, path: &Path) -> Result<PathBuf, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        durable::create_folder(folder)?;
    }
    let (place, ()) = durable::write_free_with(path, |file| write::write_to(book, file).map_err(Failure::from))?;
    Ok(place)
}

fn report<'a>(
    export: &'a Export,
    by_hand: &[TaskRow],
    workbook: &'a Path,
    workbooks: &'a [PathBuf],
    snapshot: &'a Path,
    campaign_problems: Vec<String>,
) -> Report<'a> {
    let mut findings: BTreeMap<FindingCode, usize> = BTreeMap::new();
    let on_stores = export.stores.iter().flat_map(|store| &store.findings);
    for finding in export.rows.iter().flat_map(|row| &row.findings).chain(on_stores) {
        *findings.entry(finding.code).or_default() += 1;
    }
    let mut severities: BTreeMap<_, _> =
        Severity::WORST_FIRST.into_iter().map(|severity| (severity.word(), export.count(Some(severity)))).collect();
    severities.insert("ok", export.count(None));
    let not_loaded = export.stores.iter().filter(|load| matches!(load.load, crate::domain::Load::Failed(_)));
    Report {
        export: export.id.as_str(),
        workbook,
        workbooks,
        snapshot,
        stores: export.stores.len(),
        stores_loaded: export.stores_loaded(),
        coupons: export.rows.len(),
        severities,
        findings,
        stores_not_loaded: not_loaded.map(|load| load.store.id.to_string()).collect(),
        by_hand_open: by_hand.iter().filter(|row| row.is_open()).count(),
        by_hand_done: by_hand.iter().filter(|row| row.standing == TaskStatus::Done).count(),
        campaign_problems,
    }
}

fn fail_on(threshold: Option<SeverityWord>, export: &Export) -> Result<(), Failure> {
    let Some(threshold) = threshold.map(SeverityWord::severity) else { return Ok(()) };
    let on_stores = export.stores.iter().flat_map(|store| &store.findings).map(|finding| finding.severity);
    let on_rows = export.rows.iter().filter_map(|row| row.severity());
    let count = on_stores.chain(on_rows).filter(|severity| *severity >= threshold).count();
    if count == 0 {
        return Ok(());
    }
    let line = format!("{count} findings are {} or worse (--fail-on {})", threshold.word(), threshold.word());
    Err(Failure::new(Kind::Findings, line))
}

/// The language with that tag, for an argument.
pub fn language(tag: &str) -> Result<Language, String> {
    let known = Language::all().map(Language::tag).collect::<Vec<_>>().join(", ");
    Language::parse(tag).ok_or_else(|| format!("workbooks can be written in {known}"))
}

impl SplitWord {
    fn split_by(self) -> SplitBy {
        match self {
            Self::Store => SplitBy::Store,
            Self::Platform => SplitBy::Platform,
            Self::Region => SplitBy::Region,
            Self::Owner => SplitBy::Owner,
        }
    }
}

impl SlotWord {
    fn slot(self) -> Slot {
        match self {
            Self::Am => Slot::Am,
            Self::Pm => Slot::Pm,
        }
    }
}

impl SeverityWord {
    fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::Warning => Severity::Warning,
            Self::Notice => Severity::Notice,
        }
    }
}
