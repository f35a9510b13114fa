//! The config file, read from its text to what the rest of the program sees.

use std::path::{Path, PathBuf};
use std::time::Duration;
use strum::VariantArray;

use super::asked::{Form, Record};
use super::complaints::{Complaints, Places, Problem};
use super::messages::{self, Around};
use super::section::Section;
use super::stores::Gathering;
use super::{
    KeyringError, Needs, Settings, SplitBy, archive, bounds, campaign_plan, checklist, form, pace, people, rules,
    secret, store_list, watch,
};
use crate::archive::Location;
use crate::domain::{Person, Role};
use crate::durable;
use crate::language::Language;
use crate::plan::BrakeLimits;
use crate::platforms::Platforms;

/// Of each platform.
const USUAL_STORES_AT_ONCE: usize = 16;
/// How long one store may take before it is given up.
const USUAL_DEADLINE_MINUTES: u64 = 20;
/// Longer than our own time-out, a wait that a platform asked for, and the slowest shop that was seen.
const USUAL_CREATION_SECONDS: u64 = 150;

/// The settings; none where something essential is missing. Every complaint is in `problems`.
pub(super) fn read(
    file: &Path,
    platforms: Platforms,
    hiding: secret::Hiding,
    problems: &mut Vec<Problem>,
) -> Option<Settings> {
    let text = text(file, problems)?;
    read_text(&text, file, platforms, hiding, problems)
}

/// What is asked for of a config that holds `text`, and of each section that it lacks.
pub(super) fn record(text: &str, platforms: Platforms) -> Record {
    let file = Path::new("couponbook.toml");
    let complaints = Complaints::recording(file, Places::Text(text));
    let (table, _) = toml::de::DeTable::parse_recoverable(text);
    let keyring = |_: &str, _: &str| Err(KeyringError::NoEntry);
    let hiding = secret::Hiding { environment: &|_| None, keyring: &keyring, needs: Needs::NOTHING };
    let config = Section::new(String::new(), 0, table.get_ref(), &complaints);
    resolved(config, file, platforms, hiding, &mut Vec::new());
    complaints.into_record()
}

/// The same of a text that is, or is to be, at `file`.
pub(super) fn read_text(
    text: &str,
    file: &Path,
    platforms: Platforms,
    hiding: secret::Hiding,
    problems: &mut Vec<Problem>,
) -> Option<Settings> {
    // A byte order mark is what Windows' Notepad puts first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let complaints = Complaints::new(file, Places::Text(text));
    let (table, errors) = toml::de::DeTable::parse_recoverable(text);
    let settings = if errors.is_empty() {
        let config = Section::new(String::new(), 0, table.get_ref(), &complaints);
        resolved(config, file, platforms, hiding, problems)
    } else {
        form::complain(text, &errors, &complaints);
        None
    };
    let elsewhere = std::mem::replace(problems, complaints.into_problems());
    problems.extend(elsewhere);
    settings
}

fn text(file: &Path, problems: &mut Vec<Problem>) -> Option<String> {
    let text = durable::read_to_string(file).map_err(|error| {
        let (what, wanted) = match error.kind() {
            std::io::ErrorKind::NotFound => (
                "there is no such config file".to_string(),
                "make one with `couponbook init`, or name it with --config",
            ),
            std::io::ErrorKind::InvalidData => ("the file is not UTF-8 text".to_string(), "save it as UTF-8"),
            _ => (format!("cannot be read: {error}"), "check the file's rights"),
        };
        problems.push(Problem::of_file(file, what, wanted));
    });
    text.ok()
}

/// `elsewhere` takes the complaints about other files.
fn resolved(
    mut config: Section,
    file: &Path,
    platforms: Platforms,
    hiding: secret::Hiding,
    elsewhere: &mut Vec<Problem>,
) -> Option<Settings> {
    let it = &mut config;
    let complaints = it.complaints;
    // Of a bare file name the empty path, so that messages read `reports/…` and not `./reports/…`.
    let home = file.parent().map(Path::to_path_buf).unwrap_or_default();
    let team_zone = it.needed_as("team_time_zone", Form::Zone).and_then(|typed| super::words::zone(&typed, complaints));
    let languages = Language::all().map(|language| (language.tag(), language));
    let language = it.choice("language", "a language that workbooks can be written in", languages).unwrap_or_default();
    let operator = it.word("operator");
    let [campaigns, replies, sandbox_scenario, stores_file] =
        ["campaigns", "replies", "sandbox_scenario", "stores_file"].map(|key| it.path(key).map(|path| home.join(path)));
    let sheet = it.word("campaigns_sheet");
    let [state, reports] =
        ["state", "reports"].map(|key| home.join(it.path(key).unwrap_or_else(|| PathBuf::from(key))));
    let archive = archive::location(it, &home, hiding);
    let mut export = it.section("export");
    let stores_at_once = export.number(&bounds::STORES_AT_ONCE).unwrap_or(USUAL_STORES_AT_ONCE);
    let deadline_minutes = export.number(&bounds::STORE_DEADLINE_MINUTES).unwrap_or(USUAL_DEADLINE_MINUTES);
    let split_words = SplitBy::VARIANTS.iter().map(|by| (by.into(), *by));
    let split_by = export.choice("split_by", "anything that workbooks can be split by", split_words);
    let prefill_words = [("accept", true), ("none", false)];
    let prefill_accept = export.choice("prefill", "anything that can be filled in", prefill_words).unwrap_or(false);
    export.end();
    let mut apply = it.section("apply");
    let settle_seconds = apply.number(&bounds::CREATION_SECONDS).unwrap_or(USUAL_CREATION_SECONDS);
    apply.end();
    let brakes = brakes(it.section("brakes"));
    let mut gathering = Gathering::new(platforms, &home, hiding);
    let sections = it.sections("store");
    if sections.is_empty() && stores_file.is_none() && !it.is_given("store") {
        let wanted = "add a [[store]] with id, platform, currency and time_zone, or a stores_file";
        complaints.push(Problem::of_file(file, "there is no store", wanted));
    }
    sections.into_iter().for_each(|section| gathering.add(section));
    if let Some(list) = &stores_file {
        store_list::read(list, &mut gathering, elsewhere);
    }
    let (mut stores, mut remarks) = gathering.end();
    pace::fill_in(it.section("pace"), platforms, &mut stores);
    let is_whole = complaints.count() == 0 && elsewhere.is_empty();
    let policies = rules::policies(it.section("rules"), platforms, &stores, is_whole);
    let plan = campaigns.filter(|_| hiding.needs.campaign_plan);
    let plan = plan.map(|file| campaign_plan::read(&file, sheet.as_deref(), &stores, elsewhere));
    let plan = plan.unwrap_or_default();
    let messages = team_zone.map(|zone| {
        let around = Around { stores: &stores, zone, language, home: &home, hiding };
        messages::messages(it.sections("message"), &around)
    });
    it.allow("message");
    let messages = messages.unwrap_or_default();
    let people = people::people(it.sections("person"), &stores, &messages);
    let mut ours: Vec<(&'static str, &Path)> = vec![("state", &state), ("reports", &reports)];
    if let Some(Location::Folder(folder)) = &archive {
        ours.push(("archive", folder));
    }
    let at = (team_zone.unwrap_or(chrono_tz::UTC), home.as_path());
    let watch = watch::watch(it.section("watch"), at, &ours, &people, hiding);
    let is_approval_given = it.is_given("approval");
    let approval = people::approval(it.section("approval"), is_approval_given);
    let can_approve =
        |person: &Person| person.role == Role::Approver && (person.key.is_some() || person.channel.is_some());
    if approval.is_some() && !people.0.iter().any(can_approve) {
        remarks.push(
            "[approval] asks for a second person, and nobody can approve: add a [[person]] with role = \"approver\" and the key that \
             `couponbook person add NAME` prints, or the channel that only they read"
                .to_string(),
        );
    }
    let routine = checklist::routine(it.section("checklist"), operator.as_deref());
    config.end();
    Some(Settings {
        state,
        archive: archive?,
        reports,
        sandbox_scenario,
        replies,
        platforms,
        team_zone: team_zone?,
        language,
        split_by,
        prefill_accept,
        routine,
        operator,
        all_stores: stores.iter().map(|settings| settings.store.clone()).collect(),
        stores,
        campaign_plan: plan.file,
        campaigns: plan.matcher,
        campaign_notices: plan.notices,
        policies,
        brakes,
        people,
        approval,
        messages,
        watch: watch?,
        stores_at_once,
        store_deadline: Duration::from_secs(deadline_minutes * 60),
        settle_creation: Duration::from_secs(settle_seconds),
        remarks,
    })
}

fn brakes(mut section: Section) -> BrakeLimits {
    let usual = BrakeLimits::default();
    let exposure = section.amounts("exposure", &bounds::EXPOSURE);
    let limits = BrakeLimits {
        removed_percent: section.number(&bounds::REMOVED_PERCENT).unwrap_or(usual.removed_percent),
        removed_count: section.number(&bounds::REMOVED_COUNT).unwrap_or(usual.removed_count),
        same_action_rows: section.number(&bounds::SAME_ACTION_ROWS).unwrap_or(usual.same_action_rows),
        workbook_hours: section.number(&bounds::WORKBOOK_HOURS).unwrap_or(usual.workbook_hours),
        exposure,
    };
    section.end();
    limits
}
