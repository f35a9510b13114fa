//! A workbook of an export: everything that it shows, put together in one place and saved.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::checklist::{CampaignsSeen, ChecklistInput, checklist};
use super::coverage::{CoverageInput, campaigns_unmatched, coverage, coverage_attention, models_unmatched};
use super::parts::{only, only_overview, only_tasks};
use crate::domain::{
    Abilities, Argument, Campaign, Checks, Export, Finding, FindingCode, Memory, Notice, Outcome, Platform, Replies,
    RoutineItem, Row, RowKey, Severity, SignOff, Store, StoreId, Subject, TaskRow,
};
use crate::durable::{self, DurableError};
use crate::language::Language;
use crate::message;
use crate::output::{self, Output};
use crate::platforms::Platforms;
use crate::replies::{LanguageTag, ReplyInput, Templates, replies};
use crate::rules::{Matcher, Policies, allowed_less};
use crate::workbook::write::{WriteError, write_to};
use crate::workbook::{Book, Carried, Coverage, Decision, Overview, UndoShown};

/// The user's choices that exports and their workbooks are made by.
#[derive(Clone)]
pub struct Choices<'a> {
    /// What workbooks are written in.
    pub language: Language,
    pub platforms: Platforms,
    pub policies: &'a Policies,
    pub campaigns: &'a Matcher,
    /// Every store of the config: whom the campaign plan may mean.
    pub stores: &'a [Store],
    /// The file of the campaign plan, where there is one.
    pub campaign_plan: Option<&'a Path>,
    /// What of the campaign plan was left out when it was read.
    pub campaign_notices: &'a [Notice],
    /// What the checklist asks for, in its order.
    pub routine: &'a [RoutineItem],
    pub templates: Templates,
    /// Files of templates that cannot be used.
    pub template_notices: Vec<Notice>,
    /// What each store's customers read, where the config says.
    pub reply_languages: BTreeMap<StoreId, LanguageTag>,
    /// Where the config says that stores belong.
    pub regions: BTreeMap<StoreId, String>,
    /// What `stores check` found last.
    pub checks: Checks,
    /// How long a workbook can be applied: an action that is older is not open any more.
    pub workbook_age_max: TimeDelta,
}

const UNMATCHED: &str = "coverage-plan-matches-nothing";
const UNMATCHED_BY_SLIP: &str = "coverage-plan-matches-nothing-slip";

/// What one workbook is written from.
#[derive(Clone, Copy)]
pub struct BookInput<'a> {
    pub choices: &'a Choices<'a>,
    pub export: &'a Export,
    pub by_hand: &'a [TaskRow],
    /// Who takes over from whom.
    pub memory: &'a Memory,
    pub snapshot_sha256: &'a str,
    /// Whether the archive holds no earlier export.
    pub first_export: bool,
    /// Of one of several of its export: the word that it is known by.
    pub part: Option<&'a str>,
    /// What stands in the blue cells already.
    pub decisions: &'a BTreeMap<RowKey, Decision>,
    pub overview: &'a Overview,
    /// What was signed on the export's day.
    pub sign_offs: &'a [SignOff],
    pub results: Option<&'a BTreeMap<RowKey, Outcome>>,
    /// Of one that takes a run back.
    pub undo: Option<&'a UndoShown<'a>>,
    /// What else a workbook held that this one follows.
    pub carried: Carried<'a>,
}

/// Why a workbook is not there.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum BookError {
    Durable(#[from] DurableError),
    Write(#[from] WriteError),
    Temporary(#[from] TemporaryFolderFull),
}

/// Sheets are written there before they become a workbook.
#[derive(Debug, thiserror::Error)]
#[error("the temporary folder {} is full, and the workbook was not written; make room there, or let the system name another (TMPDIR)", folder.display())]
pub struct TemporaryFolderFull {
    folder: PathBuf,
    source: std::io::Error,
}

impl Choices<'_> {
    /// How the plan's campaigns are covered.
    fn coverage(&self, export: &Export, memory: &Memory) -> Coverage {
        let (policies, campaigns) = (self.policies, self.campaigns);
        let abilities = &|platform| self.platforms.abilities(platform);
        coverage(&CoverageInput { export, campaigns, policies, memory, abilities })
    }

    fn campaigns_seen(&self, export: &Export, coverage: &Coverage) -> CampaignsSeen {
        let is_here = |notice: &&Notice| notice.store.as_ref().is_none_or(|store| export.store(store).is_some());
        CampaignsSeen {
            is_any: export.stores.iter().any(|load| self.campaigns.campaigns_in(&load.store).next().is_some()),
            left_out: self.campaign_notices.iter().filter(is_here).count(),
            gaps: coverage_attention(coverage),
        }
    }

    /// The rows of the plan that no coupon of any store answers, or whose model is in none; only an export can tell.
    pub(super) fn unmatched(&self, export: &Export) -> Vec<Notice> {
        let notice = |campaign: &Campaign, message| Notice {
            subject: Subject::CampaignPlan,
            store: None,
            file: self.campaign_plan.map(Path::to_path_buf),
            line: campaign.line,
            message,
        };
        let no_model = |campaign: &Campaign| {
            let (model, wanted) = (campaign.model.clone().unwrap_or_default(), campaign.wanted.join(", "));
            notice(campaign, message!("coverage-plan-model-unmatched", model = model, wanted = wanted))
        };
        let no_coupon = |campaign: &Campaign| {
            let coupons = campaign.coupons.join("|");
            // Patterns are parted by `|`; other marks are letters of a name.
            let id = match coupons.contains([';', ',', '，', '、', '；']) {
                true => UNMATCHED_BY_SLIP,
                false => UNMATCHED,
            };
            notice(campaign, message!(id, campaign = Argument::name(&campaign.name), coupons = coupons))
        };
        let days_ahead = self.policies.usual.missing_days;
        let coupons = campaigns_unmatched(export, self.stores, self.campaigns, days_ahead).into_iter().map(no_coupon);
        coupons.chain(models_unmatched(export, self.campaigns).into_iter().map(no_model)).collect()
    }

    /// The findings on the plan itself, by what was noticed of it.
    pub(super) fn plan_findings(&self, unmatched: &[Notice]) -> Vec<Finding> {
        let is_one = |notice: &&Notice| [UNMATCHED, UNMATCHED_BY_SLIP].contains(&notice.message.id());
        let finding = |notice: &Notice| Finding {
            code: FindingCode::CampaignMatchesNothing,
            severity: Severity::Warning,
            why: notice.message.clone(),
        };
        unmatched.iter().filter(is_one).filter_map(|notice| self.policies.usual.weighed(finding(notice))).collect()
    }

    /// Replies for the coupons of `export`, and which templates could not be used for them.
    pub fn replies(&self, export: &Export, memory: &Memory) -> (Replies, Vec<Notice>) {
        let campaign_runs = |store: &Store, row: &Row| {
            let named = self.campaigns.campaigns().filter(|campaign| Some(&campaign.name) == row.campaign.as_ref());
            named.into_iter().any(|campaign| campaign.runs_at(export.finished, store.zone))
        };
        let language = |store: &Store| {
            self.reply_languages.get(&store.id).cloned().unwrap_or_else(|| LanguageTag::of(store, None))
        };
        let templates = &self.templates;
        let input = ReplyInput { export, templates, memory, campaign_runs: &campaign_runs, language: &language };
        let (replies, notices) = replies(&input);
        (replies, self.template_notices.iter().cloned().chain(notices).collect())
    }
}

impl BookInput<'_> {
    /// The same for some of the stores, known by `word`: what the others have is neither shown nor counted.
    pub fn save_for(&self, stores: &BTreeSet<StoreId>, word: &str, path: &Path) -> Result<PathBuf, BookError> {
        let export = only(self.export, stores);
        let by_hand = only_tasks(self.by_hand, stores);
        let overview = only_overview(self.overview, stores);
        BookInput { export: &export, by_hand: &by_hand, overview: &overview, part: Some(word), ..*self }.save(path)
    }

    /// Writes it at `path` or the next free name beside it, whole or not at all; tells where.
    pub fn save(&self, path: &Path) -> Result<PathBuf, BookError> {
        let Self { choices, export, memory, .. } = *self;
        let coverage = choices.coverage(export, memory);
        let checklist = checklist(&ChecklistInput {
            export,
            routine: choices.routine,
            by_hand: self.by_hand,
            open_actions: &self.overview.open_actions,
            policies: choices.policies,
            campaigns: choices.campaigns_seen(export, &coverage),
            sign_offs: self.sign_offs,
        });
        let (replies, template_notices) = choices.replies(export, memory);
        let left_out: Vec<Notice> = choices
            .campaign_notices
            .iter()
            .cloned()
            .chain(choices.unmatched(export))
            .chain(template_notices)
            .filter(|notice| notice.store.as_ref().is_none_or(|store| export.store(store).is_some()))
            .collect();
        let book = Book {
            language: choices.language,
            export,
            checklist: &checklist,
            by_hand: self.by_hand,
            replies: &replies,
            abilities: &self.abilities(),
            allowed_less: &allowed_less(export, |platform| choices.platforms.abilities(platform)),
            snapshot_sha256: self.snapshot_sha256.to_string(),
            first_export: self.first_export,
            decisions: self.decisions,
            overview: self.overview,
            checks: &self.checks(),
            regions: &choices.regions,
            left_out: &left_out,
            coverage: &coverage,
            results: self.results,
            undo: self.undo,
            part: self.part,
            carried: self.carried,
        };
        save_with(path, |file| Ok(write_to(&book, file)?))
    }

    /// Of the platforms that the export has stores on, in the order of their list.
    fn abilities(&self) -> Vec<&'static Abilities> {
        let is_here = |platform: Platform| self.export.stores.iter().any(|load| load.store.platform == platform);
        self.choices
            .platforms
            .entries()
            .filter(|entry| is_here(entry.abilities.platform))
            .map(|entry| entry.abilities)
            .collect()
    }

    /// The last check of each of the export's stores, unless its shop has become another one since.
    fn checks(&self) -> Checks {
        let of_store = |load: &crate::domain::StoreLoad| {
            let check = self.choices.checks.get(&load.store.id).filter(|check| check.shop == load.store.shop)?;
            Some((load.store.id.clone(), check.clone()))
        };
        self.export.stores.iter().filter_map(of_store).collect()
    }
}

/// Fills a file at `path` or the next free name beside it, in a folder that is made where it is missing; tells where.
///
/// # Errors
/// Where it cannot be written.
pub fn save_with(
    path: &Path,
    fill: impl FnOnce(&mut Output<&mut File>) -> Result<(), BookError>,
) -> Result<PathBuf, BookError> {
    durable::create_folder_of(path)?;
    let fill = |output: &mut Output<&mut File>| {
        // The library panics where its own temporary files find no room.
        let filled = panic::catch_unwind(AssertUnwindSafe(|| fill(output)));
        filled.unwrap_or_else(|panic| {
            let folder = tempfile::env::temp_dir();
            match output::refusal_of_more(&folder) {
                Some(source) => Err(TemporaryFolderFull { folder, source }.into()),
                None => panic::resume_unwind(panic),
            }
        })
    };
    let full = |error| DurableError::of(path, error).into();
    Ok(durable::write_free_with(path, |file| output::gathered(file, fill, full))?.0)
}
