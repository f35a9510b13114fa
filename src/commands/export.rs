use chrono::{NaiveDate, Timelike};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr;
use strum::VariantArray;

use super::connections::{self, Connections};
use super::context::{Context, ID_LETTERS, random_letters};
use super::filter::Filter;
use super::messenger::{ChannelTold, Messenger};
use super::{interrupted, say, store_check};
use crate::apply::PastChanges;
use crate::domain::{
    Export, ExportId, FailedWork, FindingCode, IsoWeek, Notice, Severity, Slot, Source, StoreId, StoreLoad, TaskStatus,
    money_at_risk,
};
use crate::durable;
use crate::export::{
    self, Choices, EarlierLoad, Estimate, ExportInput, Exported, Fill, Loaded, Part, ToLoad, Undoing, earlier_loads,
    estimate, forecasts,
};
use crate::failure::{Failure, Kind};
use crate::language::{Language, json_of};
use crate::replies::{LanguageTag, Templates};
use crate::settings::{Needs, Settings, SplitBy, StoreSettings};

/// Load every store's coupons, check them, and write the workbook
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook export                         # all stores, into reports/
  couponbook export --store 'shopee-*' --fail-on critical
  couponbook export --estimate              # how long would it take? nothing is sent")]
pub struct ExportArgs {
    /// Where to write the workbook [default: reports/WEEK/DATE-SLOT.xlsx]; never over one that is there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Morning or afternoon; by the clock where left out
    #[arg(long, value_parser = one_of::<Slot>(Slot::ALL.iter().map(|slot| slot.word())))]
    slot: Option<Slot>,
    /// End with exit code 3 if there is a finding this bad or worse
    #[arg(long, value_parser = one_of::<Severity>(Severity::WORST_FIRST.map(Severity::word)), value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    /// Only say how long it would take, with how many calls, and what is left of each app's day; nothing is sent
    #[arg(long)]
    pub(super) estimate: bool,
    /// Forget what earlier exports remembered of coupons that cannot change, and ask for everything again
    #[arg(long)]
    reload: bool,
    /// One workbook per group of stores, in a folder; each can be handed back on its own
    #[arg(long, value_parser = one_of::<SplitBy>(SplitBy::VARIANTS.iter().map(|by| by.into())), value_name = "BY")]
    split_by: Option<SplitBy>,
    /// Write the rows of coupons as a CSV too, beside each workbook; it can be handed back like it
    #[arg(long)]
    csv: bool,
    /// Fill Action in where the suggestion is something that the platform can do
    #[arg(long, value_parser = PossibleValuesParser::new(["accept", "none"]).map(|word| word == "accept"), value_name = "ACTION")]
    prefill: Option<bool>,
    /// What the workbook is written in: en, zh-CN [default: as in the config]
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Language>,
    /// Tell nobody: what this export saw, the next one tells
    #[arg(long)]
    no_messages: bool,
    #[command(flatten)]
    filter: Filter,
    /// The id that it is to have: whoever was killed knows by it whether the export was made.
    #[arg(skip)]
    id: Option<ExportId>,
}

impl ExportArgs {
    /// Everything by default but the place.
    pub(super) fn at(out: Option<PathBuf>) -> Self {
        Self { out, ..Self::default() }
    }

    /// One that is due, under an id of its own; `slot` by the clock where there is none.
    pub(super) fn due(id: ExportId, slot: Option<Slot>) -> Self {
        Self { id: Some(id), slot, ..Self::default() }
    }

    /// What was typed goes before the config.
    fn over(&self, mut settings: Settings) -> Settings {
        settings.language = self.language.unwrap_or(settings.language);
        settings.split_by = self.split_by.or(settings.split_by);
        settings.prefill_accept = self.prefill.unwrap_or(settings.prefill_accept);
        settings
    }
}

pub async fn run(args: &ExportArgs, context: &Context<'_>) -> Result<Exported, Failure> {
    let settings = args.over(args.filter.narrow(context.settings(Needs::ALL)?)?);
    if let Some(out) = args.out.as_ref().filter(|_| settings.split_by.is_none()) {
        workbook_name(&out.to_string_lossy())
            .map_err(|wanted| Failure::new(Kind::Usage, format!("--out: {wanted}")))?;
    }
    let fill = if settings.prefill_accept { Fill::Accept } else { Fill::Nothing };
    carry_out(args, context, settings, Filled::With(fill)).await
}

/// What is filled in: known before the stores are asked, or only then.
pub(super) enum Filled {
    With(Fill<'static>),
    Undo(Box<PastChanges>),
}

/// The export of the stores of `settings`, and what people's channels are told of it. What takes a run back is told by the run.
pub(super) async fn carry_out(
    args: &ExportArgs,
    context: &Context<'_>,
    settings: Settings,
    filled: Filled,
) -> Result<Exported, Failure> {
    context.tell_nobody(args.no_messages || matches!(filled, Filled::Undo(_)));
    let messenger = Messenger::of(context, &settings);
    let exported = match written(args, context, &settings, filled).await {
        Ok(exported) => exported,
        Err(failure) => {
            messenger.queue_failed(FailedWork::Export, None, &failure);
            messenger.tell().await;
            return Err(failure);
        }
    };
    messenger.queue_export(&exported);
    // Whoever asked for quiet must hear of it all the same: what was not seen looks like success.
    say::not_seen(&exported.export).iter().for_each(|line| context.world.note(line));
    match &exported.undo {
        // A channel that hangs must not keep people from what is there already; a program gets all in one document.
        None if context.is_json() => {
            let told = messenger.tell().await;
            context.print(&report(&exported, &settings, &told), "")?;
        }
        None => {
            let printed = context.print(&(), &say::export(&exported));
            messenger.tell().await;
            printed?;
        }
        Some(_) => context.note(&format!("Export {}", exported.export.id)),
    }
    if exported.export.stores_loaded() == 0 {
        let hint = "see the reasons above; `couponbook stores check` asks each store again and says what to do";
        return Err(Failure::new(Kind::Failed, "no store loaded, so nothing is known of any coupon").hint(hint));
    }
    if let Some(error) = &exported.unsealed {
        let hint = format!(
            "the workbook is in {}; export and workbook wait on this machine for the archive, and the next export or apply that can takes them there",
            exported.place.display()
        );
        return Err(Failure::of(Kind::Failed, error).hint(hint));
    }
    fail_on(args.fail_on, &exported)?;
    Ok(exported)
}

/// The export itself, kept and written.
async fn written(
    args: &ExportArgs,
    context: &Context<'_>,
    settings: &Settings,
    mut filled: Filled,
) -> Result<Exported, Failure> {
    let at = context.now();
    let local = at.with_timezone(&settings.team_zone);
    let by_clock = if local.hour() < 12 { Slot::Am } else { Slot::Pm };
    let (day, slot) = (local.date_naive(), args.slot.unwrap_or(by_clock));
    // An id that no other export has: day, slot and thirty random bits.
    let id = args.id.clone().map_or_else(|| new_id(day, slot), Ok)?;
    let name = match &filled {
        Filled::With(_) => format!("{day}-{}.xlsx", slot.word()),
        Filled::Undo(past) => format!("undo-of-{}.xlsx", past.record.id),
    };
    let usual = || settings.reports.join(IsoWeek::of(day).to_string()).join(name);
    let (archive, journal) = (context.archive(settings), context.journal(settings)?);
    archive.prove()?;
    interrupted::finish(context, settings, (&archive, &journal), None)?;
    interrupted::tell_missing(context, &archive, &journal)?;
    let (log, call_log) = connections::call_log(context, settings, id.as_str())?;
    let connections = Connections::open_to_load(context, settings, log, args.reload).await?;
    let (stores, estimate) = forecast(context, settings, &connections);
    context.note(&estimate.to_string());
    if let Filled::Undo(past) = &mut filled {
        past.look_for_deleted(&connections.connectors).await;
    }
    type Back<'a> = Box<dyn Fn(&mut Export) -> Undoing + 'a>;
    let (fill, back): (Fill, Option<Back>) = match &filled {
        Filled::With(fill) => (*fill, None),
        Filled::Undo(past) => {
            let platforms = settings.platforms;
            (Fill::Nothing, Some(Box::new(move |export| past.undo(export, platforms))))
        }
    };
    let bar = context.bar(stores.len(), "loading stores");
    let progress = |loaded: &Loaded| {
        bar.inc(1);
        if context.is_verbose() {
            bar.suspend(|| context.note(&say::loaded(loaded)));
        }
    };
    let exported = export::export(ExportInput {
        choices: &choices(settings),
        id,
        at,
        day,
        slot,
        zone: settings.team_zone,
        stores,
        stores_at_once: settings.stores_at_once,
        store_deadline: settings.store_deadline,
        archive: &archive,
        journal: &journal,
        call_log: &call_log,
        out: &args.out.clone().unwrap_or_else(usual),
        parts: settings.split_by.map(|split_by| parts(settings, split_by)).transpose()?.as_deref(),
        with_csv: args.csv,
        fill: back.as_deref().map_or(fill, |back| Fill::Undo(back)),
        now: &|| context.now(),
        progress: &progress,
        notice: &|notice| context.note(&say::notice(notice)),
    })
    .await;
    bar.finish_and_clear();
    connections.close().await;
    let exported = exported?;
    let _ = durable::remove(&call_log);
    Ok(exported)
}

pub(super) fn new_id(day: NaiveDate, slot: Slot) -> Result<ExportId, Failure> {
    Ok(ExportId::of(day, slot, &random_letters(ID_LETTERS)?))
}

/// What exports and their workbooks are made by.
pub fn choices(settings: &Settings) -> Choices<'_> {
    let (templates, template_notices) = settings.replies.as_deref().map(Templates::read).unwrap_or_default();
    let reply_language = |it: &StoreSettings| {
        let by_country = || LanguageTag::of(&it.store, it.region.as_deref());
        (it.store.id.clone(), it.tongue.clone().unwrap_or_else(by_country))
    };
    let region = |store: &StoreSettings| {
        let region = store.region.as_deref().map(str::trim).filter(|region| !region.is_empty())?;
        Some((store.store.id.clone(), region.to_string()))
    };
    Choices {
        language: settings.language,
        platforms: settings.platforms,
        policies: &settings.policies,
        campaigns: &settings.campaigns,
        stores: &settings.all_stores,
        campaign_plan: settings.campaign_plan.as_deref(),
        campaign_notices: &settings.campaign_notices,
        routine: &settings.routine,
        templates,
        template_notices,
        reply_languages: settings.stores.iter().map(reply_language).collect(),
        regions: settings.stores.iter().filter_map(region).collect(),
        checks: store_check::remembered(settings),
        workbook_age_max: chrono::TimeDelta::try_hours(settings.brakes.workbook_hours)
            .unwrap_or(chrono::TimeDelta::days(3)),
    }
}

/// So many random letters make a part's word: more than can be tried.
const PART_LETTERS: usize = 24;

/// The groups of the export's stores, by name. A store without an owner (or region) is among those without one.
fn parts(settings: &Settings, split_by: SplitBy) -> Result<Vec<Part>, Failure> {
    let named = |name: &Option<String>, without: &str| {
        let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        name.unwrap_or(without).to_string()
    };
    let mut groups: BTreeMap<String, BTreeSet<StoreId>> = BTreeMap::new();
    for store in &settings.stores {
        let group = match split_by {
            SplitBy::Store => store.store.id.to_string(),
            SplitBy::Platform => store.store.platform.word().to_string(),
            SplitBy::Region => named(&store.region, "no-region"),
            SplitBy::Group => named(&store.group, "no-group"),
            SplitBy::Owner => named(&store.store.owner, "no-owner"),
        };
        groups.entry(group).or_default().insert(store.store.id.clone());
    }
    let part = |(name, stores)| Ok(Part { name, stores, word: random_letters(PART_LETTERS)? });
    groups.into_iter().map(part).collect()
}

/// `export --estimate`: what an export would take. Nothing is sent, and nothing is written.
pub async fn only_estimate(args: &ExportArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = args.filter.narrow(context.settings(Needs::STORES_AND_ARCHIVE)?)?;
    let connections = Connections::open_to_count(context, &settings, args.reload).await?;
    let (_, estimate) = forecast(context, &settings, &connections);
    connections.close().await;
    context.print(&estimate, &estimate.to_string())
}

/// The stores to load, each with the calls that it is expected to take, and what that comes to.
fn forecast(context: &Context<'_>, settings: &Settings, connections: &Connections) -> (Vec<ToLoad>, Estimate) {
    let known = known(context, settings, connections);
    let to_load = |store: &StoreSettings| ToLoad {
        store: store.store.clone(),
        connector: connections.connector(&store.store.id),
        calls_expected: 0,
    };
    let mut to_load: Vec<ToLoad> = settings.stores.iter().map(to_load).collect();
    let mut forecasts = forecasts(&to_load, &known);
    let connected = to_load.iter_mut().filter(|to_load| to_load.connector.is_ok());
    for (to_load, forecast) in connected.zip(&forecasts) {
        to_load.calls_expected = forecast.calls;
    }
    forecasts.sort_by_key(|forecast| settings.platforms.rank(forecast.platform));
    (to_load, estimate(&forecasts, settings.stores_at_once))
}

/// What earlier exports saw. An archive that cannot be read makes the estimate worse, and is a matter of its own.
fn known(context: &Context<'_>, settings: &Settings, connections: &Connections) -> BTreeMap<StoreId, EarlierLoad> {
    let stores: BTreeSet<StoreId> = settings.stores.iter().map(|store| store.store.id.clone()).collect();
    let each_of = |store: &StoreId| connections.connector(store).is_ok_and(|it| it.counts_by_each_coupon());
    earlier_loads(&context.archive(settings), &stores, each_of).unwrap_or_else(|error| {
        context.note(&format!("note: earlier exports cannot be used to estimate this one: {error}"));
        BTreeMap::new()
    })
}

/// What `--json` prints.
fn report(exported: &Exported, settings: &Settings, told: &[ChannelTold]) -> serde_json::Value {
    let Exported { export, by_hand, .. } = exported;
    let mut findings: BTreeMap<FindingCode, usize> = BTreeMap::new();
    for finding in export.findings().map(|(.., finding)| finding).chain(&export.findings) {
        *findings.entry(finding.code).or_default() += 1;
    }
    // Null where nothing of it was seen and stores are missing.
    let known = |severity| Some(export.count(severity)).filter(|count| *count > 0 || export.stores_unseen() == 0);
    let mut severities: BTreeMap<_, _> =
        Severity::WORST_FIRST.into_iter().map(|severity| (severity.word(), known(Some(severity)))).collect();
    severities.insert("ok", known(None));
    let not_loaded = export.stores.iter().filter(|load| !load.load.is_loaded());
    let notices = || settings.campaign_notices.iter().chain(&exported.unmatched_models);
    serde_json::json!({
        "export": export.id,
        // The folder, where there is a workbook for each group of stores.
        "workbook": exported.place.display().to_string(),
        "workbooks": exported.workbooks.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "csv_files": exported.csv_files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "snapshot": exported.snapshot.display().to_string(),
        "stores": export.stores.len(),
        "stores_loaded": export.stores_loaded(),
        // Those that did not come whole: their coupons, or some of them, are in no figure.
        "stores_unseen": export.stores_unseen(),
        "coupons": export.rows.len(),
        "coupons_live": export.coupons_live(),
        "severities": severities,
        "findings": findings,
        "money_at_risk": money_at_risk(export, export.rows.iter()),
        "stores_not_loaded": not_loaded.map(|load| load.store.id.to_string()).collect::<Vec<_>>(),
        "sources": export.stores.iter().filter_map(source_json).collect::<Vec<_>>(),
        "by_hand_open": by_hand.iter().filter(|row| row.is_open()).count(),
        "by_hand_done": by_hand.iter().filter(|row| row.status == TaskStatus::Done).count(),
        // What of the campaign plan was left out, in English; and the same with its store and place.
        "campaign_problems": notices().map(say::notice_words).collect::<Vec<_>>(),
        "campaign_notices": notices().map(notice_json).collect::<Vec<_>>(),
        // What people's channels were told, and what they were not.
        "messages": told,
    })
}

fn source_json(load: &StoreLoad) -> Option<serde_json::Value> {
    let Source { file, as_of, has_everything } = load.source.as_ref()?;
    Some(serde_json::json!({ "store": load.store.id, "file": file, "as_of": as_of, "has_everything": has_everything }))
}

fn notice_json(notice: &Notice) -> serde_json::Value {
    serde_json::json!({ "store": notice.store, "place": notice.place(), "message": json_of(&notice.message) })
}

fn fail_on(threshold: Option<Severity>, exported: &Exported) -> Result<(), Failure> {
    let Some(threshold) = threshold else { return Ok(()) };
    let as_bad: Vec<Severity> = Severity::WORST_FIRST.into_iter().filter(|severity| *severity >= threshold).collect();
    let count: usize = as_bad.iter().map(|severity| exported.export.count(Some(*severity))).sum();
    if count == 0 {
        return Ok(());
    }
    let words: Vec<&str> = as_bad.into_iter().map(Severity::word).collect();
    let line = format!("{count} {} (--fail-on {})", words.join(" or "), threshold.word());
    Err(Failure::new(Kind::Findings, line))
}

/// Where a workbook is to be written. Under another ending, office programs would refuse it or take it for what it is not.
pub fn workbook_name(word: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(word);
    let is_workbook = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    if is_workbook { Ok(path) } else { Err("name a workbook: its name ends in .xlsx".to_string()) }
}

/// The language with that tag, for an argument.
pub fn language(tag: &str) -> Result<Language, String> {
    let known: Vec<_> = Language::all().map(Language::tag).collect();
    Language::parse(tag).ok_or_else(|| format!("workbooks can be written in {}", known.join(", ")))
}

fn one_of<T>(words: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}
