//! The user's choices, resolved once: what is typed (`section`) is read into what is true.
//!
//! Every complaint names its file and line and what would be right; all are told at once. The rest of the program sees only
//! [`Settings`], in which nothing is left to check.

mod archive;
mod asked;
mod bounds;
mod campaign_plan;
mod checklist;
mod complaints;
mod config;
mod form;
mod known;
mod messages;
mod pace;
mod people;
mod reference;
mod rules;
mod sample;
mod schema;
mod secret;
mod section;
mod store_list;
mod stores;
mod table;
mod watch;
mod words;

use chrono_tz::Tz;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::archive::Location;
use crate::domain::{Notice, People, Platform, RoutineItem, Store, StoreId};
use crate::foreign::Secrets;
use crate::language::Language;
use crate::plan::{ApprovalLimits, BrakeLimits};
use crate::platforms::{Account, Platforms};
use crate::replies::LanguageTag;
use crate::rules::{Matcher, Policies};

pub use complaints::{Problem, SettingsError};
pub use messages::{ChannelKind, MessageSettings};
pub use reference::reference;
pub use schema::{of_config as config_schema, of_stores as stores_schema};
pub use secret::{Keyring, KeyringError, answered_within};
pub use watch::WatchSettings;
pub use words::nearest;

/// Where variables are looked up: the process's environment, or a test's.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the journal, of tokens and counted calls, of the mock shops, and of what exports and this machine's
    /// archive remember.
    pub state: PathBuf,
    pub archive: Location,
    pub reports: PathBuf,
    /// What the built-in mock shops start with; none means the demo's.
    pub sandbox_scenario: Option<PathBuf>,
    /// The team's own reply templates; none means the built-in ones.
    pub replies: Option<PathBuf>,
    /// The platforms that stores can be on.
    pub platforms: Platforms,
    /// What date, slot and week belong to an export.
    pub team_zone: Tz,
    /// What workbooks are written in.
    pub language: Language,
    /// One workbook per group of stores; none means one for all.
    pub split_by: Option<SplitBy>,
    /// Whether exports fill `accept` in where the suggestion is an action that the platform can do.
    pub prefill_accept: bool,
    /// Who runs the program, for the journal.
    pub operator: Option<String>,
    /// In the config's order; never two on one shop.
    pub stores: Vec<StoreSettings>,
    /// Every store of the config, also where a command is about some of them.
    pub all_stores: Vec<Store>,
    /// The file of the campaign plan, where there is one.
    pub campaign_plan: Option<PathBuf>,
    pub campaigns: Matcher,
    /// What of the campaign plan cannot be used as it stands and was left out; the rest is in `campaigns`.
    pub campaign_notices: Vec<Notice>,
    /// What each store's coupons are judged by.
    pub policies: Policies,
    pub brakes: BrakeLimits,
    /// Who may decide and approve; nobody is named where everybody may do everything.
    pub people: People,
    /// Above which limits a second person is needed; none where none is ever.
    pub approval: Option<ApprovalLimits>,
    /// The channels that people read.
    pub messages: Vec<MessageSettings>,
    /// What `watch` goes by.
    pub watch: WatchSettings,
    /// Of each platform: one platform's stores do not wait for another's.
    pub stores_at_once: usize,
    /// How long a creation that was sent may take to be there, although its answer was lost or its sender died.
    pub settle_creation: Duration,
    /// How long one store's load may take before it is given up.
    pub store_deadline: Duration,
    /// What the checklist asks for, in its order.
    pub routine: Vec<RoutineItem>,
    /// For the eye: nothing that stops a run.
    pub remarks: Vec<String>,
}

/// By what stores share a workbook; in the config in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum SplitBy {
    Store,
    Platform,
    Region,
    Group,
    Owner,
}

#[derive(Debug, Clone)]
pub struct StoreSettings {
    pub store: Store,
    pub reach: Reach,
    /// Past the shop's bin, where its platform has one.
    pub delete_permanently: bool,
    /// What its customers read, where the config says.
    pub tongue: Option<LanguageTag>,
    /// For filters and splits; free words of the team.
    pub region: Option<String>,
    pub group: Option<String>,
    pub tags: Vec<String>,
}

/// How a store is reached.
#[derive(Debug, Clone)]
pub enum Reach {
    /// The built-in mock platform, in this process; it knows its own keys.
    Sandbox,
    Platform(Box<Account>),
    /// Its secrets are not where the config says, or were not looked up; `why` says so. Something else stands in for them in the
    /// account, which is good for counting calls and never for sending one.
    Locked {
        account: Box<Account>,
        why: String,
    },
}

impl Reach {
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Sandbox => None,
            Self::Platform(account) | Self::Locked { account, .. } => Some(account),
        }
    }
}

/// What a command needs of what the config only names. The rest is not looked up (a keyring may ask its user), and nothing is
/// said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// The secrets of stores. One that is missing costs its own store only.
    pub store_secrets: bool,
    /// The keys of the bucket, where the archive lies in one.
    pub archive_keys: bool,
    pub campaign_plan: bool,
    /// Those of channels. One that is missing costs its own channel only.
    pub message_secrets: bool,
}

impl Needs {
    /// Stores are called, and their coupons judged and kept.
    pub const ALL: Self = Self { store_secrets: true, archive_keys: true, campaign_plan: true, message_secrets: true };
    /// Stores are called, and no coupon is looked at.
    pub const STORES: Self =
        Self { store_secrets: true, archive_keys: false, campaign_plan: false, message_secrets: false };
    /// What is kept is read, and nobody is called.
    pub const ARCHIVE: Self =
        Self { store_secrets: false, archive_keys: true, campaign_plan: false, message_secrets: false };
    /// The config alone.
    pub const NOTHING: Self =
        Self { store_secrets: false, archive_keys: false, campaign_plan: false, message_secrets: false };
    /// Channels are written to, and no store is called.
    pub const MESSAGES: Self =
        Self { store_secrets: false, archive_keys: false, campaign_plan: false, message_secrets: true };
    /// What is known of stores is told, from what is kept too: nobody is called.
    pub const STORES_AND_ARCHIVE: Self =
        Self { store_secrets: true, archive_keys: true, campaign_plan: false, message_secrets: false };
}

impl Settings {
    /// Reads the config at `file` and everything that it names.
    pub fn read(file: &Path, platforms: Platforms, environment: Environment) -> Result<Self, SettingsError> {
        Self::read_for(Needs::ALL, file, platforms, environment)
    }

    /// Reads the config at `file` and what a command needs of what it names.
    pub fn read_for(
        needs: Needs,
        file: &Path,
        platforms: Platforms,
        environment: Environment,
    ) -> Result<Self, SettingsError> {
        Self::read_with(needs, file, platforms, environment, &secret::of_the_system)
    }

    /// Whether a config that is to lie at `file` could be read from there; nothing that it names is looked at.
    pub fn check_text(text: &str, file: &Path, platforms: Platforms) -> Result<(), SettingsError> {
        let hiding = secret::Hiding { environment: &|_| None, keyring: &secret::of_the_system, needs: Needs::NOTHING };
        let mut problems = Vec::new();
        let settings = config::read_text(text, file, platforms, hiding, &mut problems);
        if settings.is_some() && problems.is_empty() { Ok(()) } else { Err(SettingsError { problems }) }
    }

    /// The same with another keyring than the operating system's.
    pub fn read_with(
        needs: Needs,
        file: &Path,
        platforms: Platforms,
        environment: Environment,
        keyring: Keyring,
    ) -> Result<Self, SettingsError> {
        let hiding = secret::Hiding { environment, keyring, needs };
        let mut problems = Vec::new();
        match config::read(file, platforms, hiding, &mut problems) {
            Some(settings) if problems.is_empty() => Ok(settings),
            _ => Err(SettingsError { problems }),
        }
    }

    /// Adds all that was looked up and must never be shown.
    pub fn hide(&self, secrets: &Secrets) {
        for store in &self.stores {
            match &store.reach {
                Reach::Platform(account) => account.hide(secrets),
                // What stands in for a secret is none.
                Reach::Locked { .. } | Reach::Sandbox => {}
            }
        }
        for channel in self.messages.iter().filter_map(|message| message.channel.as_ref().ok()) {
            channel.hide(secrets);
        }
        if let Some(Ok(ping)) = &self.watch.ping {
            secrets.add(ping.expose_secret());
        }
        match &self.archive {
            Location::Bucket(access) if access.access_key_id.expose_secret() != secret::NOT_LOOKED_UP => {
                access.hide(secrets)
            }
            Location::Bucket(_) | Location::Folder(_) => {}
        }
    }

    pub fn store(&self, id: &StoreId) -> Option<&StoreSettings> {
        self.stores.iter().find(|settings| settings.store.id == *id)
    }

    /// The platforms that it has stores on, in the order of the list.
    pub fn platforms_used(&self) -> Vec<Platform> {
        let used: BTreeSet<Platform> = self.stores.iter().map(|store| store.store.platform).collect();
        self.platforms
            .entries()
            .map(|entry| entry.abilities.platform)
            .filter(|platform| used.contains(platform))
            .collect()
    }

    pub fn journal_path(&self) -> PathBuf {
        self.state.join("journal.db")
    }

    /// What `stores check` found last.
    pub fn checks_path(&self) -> PathBuf {
        self.state.join("checks.json")
    }
}
