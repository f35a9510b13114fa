//! Which stores a command is about: `--store`, `--platform`, `--region`, `--owner`, `--group`, `--tag`.

use std::collections::BTreeSet;

use crate::domain::StoreId;
use crate::failure::{Failure, Kind};
use crate::rules::Pattern;
use crate::settings::{Settings, StoreSettings};

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

impl Filter {
    /// The settings with only the stores that match. Refused where none does: a mistyped filter must not look like a clean day.
    pub fn narrow(&self, mut settings: Settings) -> Result<Settings, Failure> {
        let known: Vec<StoreId> = settings.stores.iter().map(|store| store.store.id.clone()).collect();
        settings.stores.retain(|store| self.matches(store));
        if settings.stores.is_empty() {
            let ids: Vec<&str> = known.iter().take(10).map(StoreId::as_str).collect();
            let more = if known.len() > ids.len() { ", …" } else { "" };
            return Err(Failure::new(
                Kind::Usage,
                "no store matches --store, --platform, --region, --owner, --group and --tag together",
            )
            .hint(format!("the stores are {}{more}; `couponbook stores` lists them", ids.join(", "))));
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
        [&self.store, &self.platform, &self.region, &self.owner, &self.group, &self.tag]
            .iter()
            .all(|wanted| wanted.is_empty())
    }

    fn matches(&self, store: &StoreSettings) -> bool {
        let named = |wanted: &[String], found: Option<&str>| {
            wanted.is_empty() || found.is_some_and(|found| one_of(wanted, found))
        };
        named(&self.store, Some(store.store.id.as_str()))
            && named(&self.platform, Some(store.store.platform.word()))
            && named(&self.region, store.region.as_deref())
            && named(&self.owner, store.store.owner.as_deref())
            && named(&self.group, store.group.as_deref())
            && (self.tag.is_empty() || store.tags.iter().any(|tag| one_of(&self.tag, tag)))
    }
}

fn one_of(wanted: &[String], found: &str) -> bool {
    let found = found.to_lowercase();
    wanted.iter().filter_map(|text| Pattern::parse(text)).any(|pattern| pattern.matches(&found))
}
