use clap::Subcommand;
use serde::Serialize;
use std::time::Duration;

use super::abilities;
use super::context::Context;
use super::filter::Filter;
use super::store_check;
use crate::domain::{Access, Currency, Platform, ShopId, StoreId};
use crate::failure::Failure;
use crate::settings::{Needs, Reach, StoreSettings};

/// List the stores of the config, or check that each can be reached and signed in to
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook stores                        # which stores does the config name?
  couponbook stores check --store 'woo-*'  # can they be reached and signed in to?")]
pub struct StoresArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The stores of the config; nothing is sent
    #[command(after_help = "\
Examples:
  couponbook stores list
  couponbook stores list --platform shopee --json")]
    List,
    /// What each platform can do with a coupon, by its status; -v adds the reasons and where they were read
    #[command(after_help = "\
Examples:
  couponbook stores abilities -v
  couponbook stores abilities --json")]
    Abilities {
        /// As the tables of docs/abilities.md
        #[arg(long)]
        markdown: bool,
    },
    /// Reach each store, sign in, try its rights, and compare its currency, zone and clock with the config; changes nothing
    #[command(after_help = "\
Examples:
  couponbook stores check
  couponbook stores check --store shopee-sg-1 --within 20")]
    Check {
        /// How long one store may take
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
        within: u64,
    },
}

pub async fn run(args: &StoresArgs, context: &Context<'_>) -> Result<(), Failure> {
    match &args.what {
        None | Some(What::List) => list(args, context),
        Some(What::Abilities { markdown }) => show_abilities(context, *markdown),
        Some(What::Check { within }) => store_check::run(&args.filter, Duration::from_secs(*within), context).await,
    }
}

fn list(args: &StoresArgs, context: &Context) -> Result<(), Failure> {
    let platforms = context.world.platforms;
    let settings = args.filter.narrow(context.settings(Needs::NOTHING)?)?;
    let mut lines = Vec::new();
    for settings in &settings.stores {
        let store = &settings.store;
        let place = match &settings.reach {
            Reach::Sandbox => "sandbox".to_string(),
            Reach::Platform(account) | Reach::Locked { account, .. } => {
                account.endpoint.host_str().unwrap_or_default().to_string()
            }
        };
        let owner = store.owner.as_deref().unwrap_or("-");
        let (access, currency, zone) = (store.access.word(), store.currency, store.zone.name());
        lines.push(format!(
            "{:<18} {:<12} {currency} {zone:<20} {access:<14} {owner:<12} {place}",
            store.id.to_string(),
            platforms.name(store.platform)
        ));
    }
    let stores: Vec<Listed> = settings.stores.iter().map(Listed::of).collect();
    context.print(&stores, &lines.join("\n"))
}

/// One store, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a StoreId,
    platform: Platform,
    shop: &'a ShopId,
    currency: Currency,
    time_zone: &'static str,
    access: Access,
    owner: Option<&'a str>,
    region: Option<&'a str>,
    group: Option<&'a str>,
    tags: &'a [String],
}

impl<'a> Listed<'a> {
    fn of(settings: &'a StoreSettings) -> Self {
        let store = &settings.store;
        Self {
            id: &store.id,
            platform: store.platform,
            shop: &store.shop,
            currency: store.currency,
            time_zone: store.zone.name(),
            access: store.access,
            owner: store.owner.as_deref(),
            region: settings.region.as_deref(),
            group: settings.group.as_deref(),
            tags: &settings.tags,
        }
    }
}

fn show_abilities(context: &Context, markdown: bool) -> Result<(), Failure> {
    let known = abilities::known(context.world.platforms);
    let document: Vec<_> = known
        .iter()
        .map(|abilities| serde_json::json!({ "platform": abilities.platform, "rules": abilities.rules }))
        .collect();
    let text = if markdown { abilities::markdown(&known) } else { abilities::text(&known, context.is_verbose()) };
    context.print(&document, text.trim())
}
