//! What the config file says, letter for letter. Unknown keys are refused here, with their line.

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

use super::archive::{self, TypedArchive};
use super::campaign_plan::{self, CampaignPlan};
use super::checklist::TypedChecklist;
use super::pace::TypedPaces;
use super::rules::TypedRules;
use super::secret::SecretPlace;
use super::stores::Gathering;
use super::{Problem, Settings, SplitBy, secret, store_list};
use crate::domain::Currency;
use crate::language::Language;
use crate::plan::BrakeLimits;
use crate::platforms::PLATFORMS;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    team_time_zone: Spanned<String>,
    language: Option<Spanned<String>>,
    operator: Option<String>,
    campaigns: Option<Spanned<PathBuf>>,
    replies: Option<PathBuf>,
    /// Of a plan that is a workbook; without it, the first sheet that looks like a plan.
    campaigns_sheet: Option<String>,
    sandbox_scenario: Option<PathBuf>,
    #[serde(default = "default_state")]
    state: PathBuf,
    archive: Option<Spanned<TypedArchive>>,
    #[serde(default = "default_reports")]
    reports: PathBuf,
    #[serde(default)]
    export: TypedExport,
    #[serde(default)]
    pace: TypedPaces,
    #[serde(default)]
    rules: TypedRules,
    #[serde(default)]
    brakes: TypedBrakes,
    #[serde(default)]
    checklist: TypedChecklist,
    /// A CSV of further stores, a row each.
    stores_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    store: Vec<TypedStore>,
    /// The file's text, for line numbers.
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedExport {
    stores_at_once: Option<Spanned<usize>>,
    store_deadline_minutes: Option<Spanned<u64>>,
    split_by: Option<Spanned<String>>,
    prefill: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedBrakes {
    removed_percent: Option<Number>,
    removed_count: Option<usize>,
    same_action_rows: Option<usize>,
    workbook_hours: Option<i64>,
    exposure: BTreeMap<String, Spanned<Number>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedStore {
    pub id: Spanned<String>,
    pub platform: Spanned<String>,
    /// `"sandbox"`, or an address other than the platform's usual one.
    pub endpoint: Option<Spanned<String>>,
    pub currency: Spanned<String>,
    pub time_zone: Spanned<String>,
    pub access: Option<crate::domain::Access>,
    pub owner: Option<String>,
    pub language: Option<Spanned<String>>,
    pub region: Option<String>,
    pub group: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub proxy: Option<Spanned<SecretPlace>>,
    #[serde(default)]
    pub allow_http: bool,
    pub app_calls_per_second: Option<Spanned<u32>>,
    pub app_calls_per_day: Option<Spanned<u64>>,
    pub calls_per_second: Option<Spanned<u32>>,
    pub calls_at_once: Option<Spanned<usize>>,
    // Shopee
    pub shop_id: Option<Spanned<Digits>>,
    pub partner_id: Option<Spanned<Digits>>,
    pub partner_key: Option<Spanned<SecretPlace>>,
    pub refresh_token: Option<Spanned<SecretPlace>>,
    // TikTok Shop, besides shop_id and refresh_token
    pub app_key: Option<Spanned<Digits>>,
    pub app_secret: Option<Spanned<SecretPlace>>,
    pub shop_cipher: Option<Spanned<String>>,
    pub consent_link: Option<Spanned<String>>,
    // Lazada, besides refresh_token
    pub country: Option<Spanned<String>>,
    pub seller_id: Option<Spanned<Digits>>,
    pub access_token: Option<Spanned<SecretPlace>>,
    // Shopify
    pub shop: Option<Spanned<String>>,
    pub client_id: Option<Spanned<String>>,
    pub client_secret: Option<Spanned<SecretPlace>>,
    // WooCommerce
    pub consumer_key: Option<Spanned<SecretPlace>>,
    pub consumer_secret: Option<Spanned<SecretPlace>>,
    #[serde(default)]
    pub keys_in_query: bool,
    #[serde(default)]
    pub delete_permanently: bool,
}

/// An id that people write with or without quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Digits {
    Number(u64),
    Text(String),
}

impl Digits {
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_string(),
        }
    }
}

/// A decimal that people write with or without quotes; through text, so that 0.1 stays 0.1.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    Whole(i64),
    Fraction(f64),
    Text(String),
}

impl Number {
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Whole(whole) => Some(Decimal::from(*whole)),
            Self::Fraction(fraction) => fraction.to_string().parse().ok(),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// How long one store may take before it is given up.
const USUAL_DEADLINE_MINUTES: u64 = 20;

fn default_state() -> PathBuf {
    PathBuf::from("state")
}

fn default_reports() -> PathBuf {
    PathBuf::from("reports")
}

/// Collects complaints about one file.
pub(super) struct Complaints<'a> {
    pub file: &'a Path,
    pub places: Places<'a>,
    pub problems: &'a mut Vec<Problem>,
}

/// What a place in a file, the start of a [`Spanned`], stands for.
pub(super) enum Places<'a> {
    /// A byte of the config's text.
    Text(&'a str),
    /// A cell of the list of stores.
    Cells(&'a Cells<'a>),
}

/// The cells of a table, numbered row by row.
pub(super) struct Cells<'a> {
    pub headers: &'a [String],
    /// Of each row.
    pub lines: Vec<usize>,
}

impl Cells<'_> {
    pub fn place(&self, row: usize, column: usize) -> usize {
        row * self.headers.len() + column
    }

    fn line_and_column(&self, place: usize) -> (Option<usize>, Option<&str>) {
        let width = self.headers.len().max(1);
        (self.lines.get(place / width).copied(), self.headers.get(place % width).map(String::as_str))
    }
}

impl Complaints<'_> {
    /// About one value: in a table its column is named too.
    pub fn at(&mut self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        let what = what.into();
        let what = match &self.places {
            Places::Cells(cells) => match cells.line_and_column(place).1 {
                Some(column) if !what.starts_with(column) => format!("{column}: {what}"),
                _ => what,
            },
            Places::Text(_) => what,
        };
        self.near(place, what, wanted);
    }

    /// About more than the value that stands at `place`.
    pub fn near(&mut self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        let line = self.line(place);
        self.problems.push(Problem { file: self.file.to_path_buf(), line, what: what.into(), wanted: wanted.into() });
    }

    pub fn line(&self, place: usize) -> Option<usize> {
        match &self.places {
            Places::Text(text) => text.get(..place).map(|before| before.matches('\n').count() + 1),
            Places::Cells(cells) => cells.line_and_column(place).0,
        }
    }

    pub fn secret_example(&self, name: &str) -> String {
        match self.places {
            Places::Text(_) => secret::example_in_config(name),
            Places::Cells(_) => secret::example_in_cell(name),
        }
    }
}

impl Typed {
    pub fn read(file: &Path) -> Result<Self, Problem> {
        let problem = |what: String, wanted: &str| Problem {
            file: file.to_path_buf(),
            line: None,
            what,
            wanted: wanted.to_string(),
        };
        let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => problem(
                "there is no such config file".into(),
                "make one with `couponbook init`, or name it with --config",
            ),
            std::io::ErrorKind::InvalidData => problem("the file is not UTF-8 text".into(), "save it as UTF-8"),
            _ => problem(format!("cannot be read: {error}"), "check the file's rights"),
        })?;
        // A byte order mark is what Windows' Notepad puts first.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut typed: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Problem { file: file.to_path_buf(), line, what: tidy(error.message()), wanted: wanted_for(error.message()) }
        })?;
        typed.text = text.to_string();
        Ok(typed)
    }

    /// None where something essential is missing; every complaint is in `problems`.
    pub fn resolve(self, file: &Path, hiding: secret::Hiding, problems: &mut Vec<Problem>) -> Option<Settings> {
        // Of a bare file name the empty path, so that messages read `reports/…` and not `./reports/…`.
        let home = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let text = self.text.clone();
        let mut remarks = Vec::new();
        let mut complaints = Complaints { file, places: Places::Text(&text), problems };
        let team_zone = zone(&self.team_time_zone, &mut complaints);
        let language = language(self.language.as_ref(), &mut complaints);
        let split_by = split_by(self.export.split_by.as_ref(), &mut complaints);
        let prefill_accept = prefill_accept(self.export.prefill.as_ref(), &mut complaints);
        let archive = archive::resolve(self.archive, &home, hiding, &mut complaints);
        let brakes = self.brakes.resolve(&mut complaints);
        let stores_at_once = self.export.stores_at_once.map_or(16, |count| {
            if *count.get_ref() == 0 {
                complaints.at(count.span().start, "stores_at_once is 0", "write 1 or more");
            }
            (*count.get_ref()).clamp(1, 512)
        });
        if self.store.is_empty() && self.stores_file.is_none() {
            let wanted = "add a [[store]] with id, platform, currency and time_zone, or a stores_file";
            complaints.near(text.len(), "there is no store", wanted);
        }
        let mut gathering = Gathering::new(&home, hiding, &mut remarks);
        gathering.add(self.store, &mut complaints);
        if let Some(list) = &self.stores_file {
            store_list::read(&home.join(list.get_ref()), &mut gathering, complaints.problems);
        }
        let mut stores = gathering.stores;
        let deadline_minutes = self.export.store_deadline_minutes.map_or(USUAL_DEADLINE_MINUTES, |minutes| {
            if *minutes.get_ref() == 0 {
                complaints.at(minutes.span().start, "store_deadline_minutes is 0", "write 1 or more");
            }
            (*minutes.get_ref()).max(1)
        });
        self.pace.fill_in(PLATFORMS, &mut stores, &mut complaints);
        let policies = self.rules.resolve(&stores, &mut complaints);
        let plan = match self.campaigns {
            None => CampaignPlan::default(),
            Some(path) => {
                let file = home.join(path.get_ref());
                let sheet = self.campaigns_sheet.as_deref();
                campaign_plan::read(&file, sheet, &stores, language, complaints.problems)
            }
        };
        let routine = self.checklist.resolve(self.operator.as_deref(), &mut complaints);
        Some(Settings {
            file: file.to_path_buf(),
            state: home.join(self.state),
            archive: archive?,
            reports: home.join(self.reports),
            sandbox_scenario: self.sandbox_scenario.map(|scenario| home.join(scenario)),
            replies: self.replies.map(|folder| home.join(folder)),
            home,
            platforms: PLATFORMS,
            team_zone: team_zone?,
            language,
            split_by,
            prefill_accept,
            routine,
            operator: self.operator,
            stores,
            campaign_plan: plan.file,
            campaigns: plan.matcher,
            campaign_problems: plan.problems,
            campaigns_left_out: plan.left_out,
            policies,
            brakes,
            stores_at_once,
            store_deadline: Duration::from_secs(deadline_minutes.saturating_mul(60)),
            remarks,
        })
    }
}

pub(super) fn zone(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Tz> {
    let zone = typed.get_ref().trim().parse::<Tz>().ok();
    if zone.is_none() {
        let what = format!("{:?} is not a time zone", typed.get_ref());
        complaints.at(typed.span().start, what, "write an IANA name, such as Asia/Singapore");
    }
    zone
}

fn language(typed: Option<&Spanned<String>>, complaints: &mut Complaints) -> Language {
    let Some(typed) = typed else { return Language::default() };
    Language::parse(typed.get_ref()).unwrap_or_else(|| {
        let known: Vec<_> = Language::all().map(Language::tag).collect();
        let what = format!("language: {:?} is not one that workbooks can be written in", typed.get_ref());
        complaints.at(typed.span().start, what, format!("write one of {}", known.join(", ")));
        Language::default()
    })
}

fn split_by(typed: Option<&Spanned<String>>, complaints: &mut Complaints) -> Option<SplitBy> {
    let typed = typed?;
    let found = SplitBy::ALL.into_iter().find(|by| by.word().eq_ignore_ascii_case(typed.get_ref().trim()));
    if found.is_none() {
        let what = format!("split_by: {:?} is nothing that workbooks can be split by", typed.get_ref());
        complaints.at(typed.span().start, what, "write store, platform, region or owner");
    }
    found
}

fn prefill_accept(typed: Option<&Spanned<String>>, complaints: &mut Complaints) -> bool {
    let Some(typed) = typed else { return false };
    match typed.get_ref().trim() {
        "accept" => true,
        "none" => false,
        other => {
            let what = format!("prefill: {other:?} cannot be filled in");
            complaints.at(typed.span().start, what, "write accept, or none");
            false
        }
    }
}

pub(super) fn currency(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Currency> {
    Currency::parse(typed.get_ref()).map_err(|error| complaints.at(typed.span().start, error.to_string(), "")).ok()
}

impl TypedBrakes {
    fn resolve(self, complaints: &mut Complaints) -> BrakeLimits {
        let usual = BrakeLimits::default();
        let mut exposure = BTreeMap::new();
        for (code, cap) in self.exposure {
            match (Currency::parse(&code), cap.get_ref().decimal()) {
                (Ok(currency), Some(cap)) => {
                    exposure.insert(currency, cap);
                }
                (Err(error), _) => complaints.at(cap.span().start, error.to_string(), ""),
                (_, None) => {
                    complaints.at(cap.span().start, "the cap is not an amount", "write a number, such as 50000")
                }
            }
        }
        BrakeLimits {
            removed_percent: self.removed_percent.and_then(|number| number.decimal()).unwrap_or(usual.removed_percent),
            removed_count: self.removed_count.unwrap_or(usual.removed_count),
            same_action_rows: self.same_action_rows.unwrap_or(usual.same_action_rows),
            workbook_hours: self.workbook_hours.unwrap_or(usual.workbook_hours),
            exposure,
        }
    }
}

// serde says "unknown field `x`, expected one of `a`, `b`": the expectation is our `wanted`.
fn tidy(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    match first.split_once(", expected ") {
        Some((what, _)) => what.replace("unknown field", "unknown key"),
        None => first.replace("missing field", "missing key").to_string(),
    }
}

fn wanted_for(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    match first.split_once(", expected ") {
        Some((_, expected)) => format!("write {expected}"),
        None if first.starts_with("missing field") => "add it; `couponbook init` writes an example".to_string(),
        None => "`couponbook init` writes an example".to_string(),
    }
}
