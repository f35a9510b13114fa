//! Which stores a command is about: `--store`, `--platform`, `--region`, `--owner`, `--group`, `--tag`.

use std::collections::BTreeSet;

use crate::domain::StoreId;
use crate::failure::{Failure, Kind};
use crate::rules::Pattern;
use crate::settings::{Settings, StoreSettings, nearest};

/// Each may be given several times; a store must match one of each kind that is given.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Only some stores")]
pub struct Filter {
    /// Store ids; `*` stands for any letters: shopee-*
    #[arg(long, global = true, value_name = "ID")]
    store: Vec<String>,
    /// As the config names it: shopee, tiktok_shop
    #[arg(long, global = true, value_name = "PLATFORM")]
    platform: Vec<String>,
    /// As the config says for each store
    #[arg(long, global = true, value_name = "REGION")]
    region: Vec<String>,
    /// Who looks after them
    #[arg(long, global = true, value_name = "NAME")]
    owner: Vec<String>,
    /// As the config says for each store
    #[arg(long, global = true, value_name = "GROUP")]
    group: Vec<String>,
    /// Stores that carry this tag
    #[arg(long, global = true, value_name = "TAG")]
    tag: Vec<String>,
}

/// What may be filtered by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Store,
    Platform,
    Region,
    Owner,
    Group,
    Tag,
}

impl By {
    const ALL: [Self; 6] = [Self::Store, Self::Platform, Self::Region, Self::Owner, Self::Group, Self::Tag];

    /// As in the config; the flag is the same word.
    fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Platform => "platform",
            Self::Region => "region",
            Self::Owner => "owner",
            Self::Group => "group",
            Self::Tag => "tag",
        }
    }

    /// What the config says of a store.
    fn of(self, settings: &StoreSettings) -> Vec<&str> {
        let store = &settings.store;
        match self {
            Self::Store => vec![store.id.as_str()],
            Self::Platform => vec![store.platform.word()],
            Self::Region => settings.region.as_deref().into_iter().collect(),
            Self::Owner => store.owner.as_deref().into_iter().collect(),
            Self::Group => settings.group.as_deref().into_iter().collect(),
            Self::Tag => settings.tags.iter().map(String::as_str).collect(),
        }
    }
}

impl Filter {
    /// The settings with only the stores that match. Refused where none does, or where a word matches none: a mistyped filter
    /// must not look like a clean day.
    pub fn narrow(&self, mut settings: Settings) -> Result<Settings, Failure> {
        for by in By::ALL {
            for word in self.wanted(by) {
                if !settings.stores.iter().any(|store| matches(by, word, store)) {
                    return Err(matches_nothing(by, word, &settings));
                }
            }
        }
        let ids = names(By::Store, &settings);
        settings.stores.retain(|store| self.matches(store));
        if settings.stores.is_empty() {
            let given: Vec<String> = By::ALL.into_iter().filter_map(|by| self.given(by)).collect();
            return Err(Failure::new(Kind::Usage, format!("no store matches {} together", given.join(" and ")))
                .hint(format!("the stores are {}; `couponbook stores` lists them", some_of(&ids))));
        }
        Ok(settings)
    }

    /// The stores of the config that match; none where nothing is asked for, which means all that the archive knows.
    pub fn stores(&self, settings: &Settings) -> Result<Option<BTreeSet<StoreId>>, Failure> {
        if self.is_empty() {
            return Ok(None);
        }
        let settings = self.narrow(settings.clone())?;
        Ok(Some(settings.stores.into_iter().map(|store| store.store.id).collect()))
    }

    pub fn is_empty(&self) -> bool {
        By::ALL.into_iter().all(|by| self.wanted(by).is_empty())
    }

    fn wanted(&self, by: By) -> &[String] {
        match by {
            By::Store => &self.store,
            By::Platform => &self.platform,
            By::Region => &self.region,
            By::Owner => &self.owner,
            By::Group => &self.group,
            By::Tag => &self.tag,
        }
    }

    /// As it was typed: `--region SEA`.
    fn given(&self, by: By) -> Option<String> {
        let wanted = self.wanted(by);
        (!wanted.is_empty()).then(|| format!("--{} {}", by.word(), wanted.join(" or ")))
    }

    fn matches(&self, store: &StoreSettings) -> bool {
        By::ALL.into_iter().all(|by| {
            let wanted = self.wanted(by);
            wanted.is_empty() || wanted.iter().any(|word| matches(by, word, store))
        })
    }
}

/// Whether `name` is the store's id; `*` stands for any letters.
pub fn is_named(name: &str, store: &StoreSettings) -> bool {
    matches(By::Store, name, store)
}

/// Refused where the config has no such store.
pub fn is_known(store: &str, settings: &Settings) -> Result<(), Failure> {
    match settings.stores.iter().any(|known| matches(By::Store, store, known)) {
        true => Ok(()),
        false => Err(matches_nothing(By::Store, store, settings)),
    }
}

fn matches(by: By, word: &str, store: &StoreSettings) -> bool {
    let word = if by == By::Platform { platform_word(word) } else { word.to_string() };
    let Some(pattern) = Pattern::parse(&word) else { return false };
    by.of(store).into_iter().any(|found| pattern.matches(&found.to_lowercase()))
}

/// A word that no store answers to, with what to write instead.
fn matches_nothing(by: By, word: &str, settings: &Settings) -> Failure {
    let (names, key) = (names(by, settings), by.word());
    let instead = |known: &[String]| match nearest(word, known.iter().map(String::as_str)) {
        Some(meant) => format!("write {meant}"),
        None => format!("write one of {}", some_of(known)),
    };
    let known: Vec<String> =
        settings.platforms.entries().map(|entry| entry.abilities.platform.word().to_string()).collect();
    let (line, hint) = match by {
        By::Platform if known.contains(&platform_word(word)) => {
            (format!("no store is on {}", platform_word(word)), format!("the stores are on {}", some_of(&names)))
        }
        By::Platform => (
            format!("no platform is called {word}: {}", instead(&known)),
            format!("the platforms are {}; the stores are on {}", some_of(&known), some_of(&names)),
        ),
        By::Store => (
            format!("no store is called {word}: {}", instead(&names)),
            "`couponbook stores` lists the stores of the config".to_string(),
        ),
        By::Region | By::Owner | By::Group | By::Tag if names.is_empty() => {
            let example = if by == By::Tag { format!("tags = [\"{word}\"]") } else { format!("{key} = \"{word}\"") };
            let line = format!("no store has the {key} {word}: the config names no {key} of any store");
            (line, format!("write {example} below each [[store]] that has it"))
        }
        By::Region | By::Owner | By::Group | By::Tag => (
            format!("no store has the {key} {word}: {}", instead(&names)),
            format!("the config names {}", some_of(&names)),
        ),
    };
    Failure::new(Kind::Usage, line).hint(hint)
}

/// As the config takes it: people write TikTok Shop and tiktok-shop.
fn platform_word(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

/// What the config says of its stores, each once.
fn names(by: By, settings: &Settings) -> Vec<String> {
    let mut names = Vec::new();
    for name in settings.stores.iter().flat_map(|store| by.of(store)) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    }
    names
}

fn some_of(names: &[String]) -> String {
    const SHOWN_MAX: usize = 10;
    let more = if names.len() > SHOWN_MAX { ", …" } else { "" };
    format!("{}{more}", names.iter().take(SHOWN_MAX).map(String::as_str).collect::<Vec<_>>().join(", "))
}
