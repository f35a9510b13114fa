use clap::Subcommand;
use futures::stream::{self, StreamExt};
use serde::Serialize;

use super::abilities;
use super::context::Context;
use super::filter::Filter;
use super::fleet::{self, Fleet};
use super::progress;
use crate::domain::Store;
use crate::failure::{Failure, Kind};
use crate::platforms::Health;
use crate::settings::Reach;

/// List the stores of the config, or check that each can be reached and signed in to
#[derive(Debug, clap::Args)]
pub struct StoresArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The stores of the config; nothing is sent
    List,
    /// What each platform can do with a coupon, by its status; -v adds the reasons and where they were read
    Abilities {
        /// As the tables of the README
        #[arg(long)]
        markdown: bool,
    },
    /// Reach each store, sign in, and compare its currency, zone and clock with the config
    Check,
}

pub async fn run(args: &StoresArgs, context: &Context<'_>) -> Result<(), Failure> {
    match &args.what {
        None | Some(What::List) => list(args, context),
        Some(What::Abilities { markdown }) => show_abilities(context, *markdown),
        Some(What::Check) => check(args, context).await,
    }
}

fn list(args: &StoresArgs, context: &Context) -> Result<(), Failure> {
    let settings = args.filter.narrow(context.settings()?)?;
    let mut lines = Vec::new();
    for settings in &settings.stores {
        let store = &settings.store;
        let place = match &settings.reach {
            Reach::Sandbox => "sandbox".to_string(),
            Reach::Platform(account) => account.endpoint.host_str().unwrap_or_default().to_string(),
        };
        let owner = store.owner.as_deref().unwrap_or("-");
        let (access, currency, zone) = (store.access.word(), store.currency, store.zone.name());
        lines.push(format!(
            "{:<18} {:<12} {currency} {zone:<20} {access:<14} {owner:<12} {place}",
            store.id.to_string(),
            store.platform.to_string()
        ));
    }
    let stores: Vec<&Store> = settings.stores.iter().map(|settings| &settings.store).collect();
    context.print(&stores, &lines.join("\n"))
}

fn show_abilities(context: &Context, markdown: bool) -> Result<(), Failure> {
    let known = abilities::known();
    let document: Vec<_> = known
        .iter()
        .map(|abilities| serde_json::json!({ "platform": abilities.platform, "rules": abilities.rules }))
        .collect();
    let text = if markdown { abilities::markdown() } else { abilities::text(&known, context.is_verbose()) };
    context.print(&document, text.trim())
}

/// One store's result, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Checked {
    store: String,
    platform: String,
    reached: bool,
    /// What is wrong, each a sentence; empty where all is well.
    problems: Vec<String>,
    shop_name: Option<String>,
    clock_ahead_seconds: Option<i64>,
}

async fn check(args: &StoresArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = args.filter.narrow(context.settings()?)?;
    let (log, path) = fleet::call_log(&settings, "check")?;
    let fleet = Fleet::open(context, &settings, log).await?;
    let bar = progress::bar(context, settings.stores.len(), "checking");
    let checks = settings.stores.iter().map(|settings| {
        let (fleet, bar) = (&fleet, &bar);
        async move {
            let checked = check_one(&settings.store, fleet).await;
            bar.inc(1);
            checked
        }
    });
    let mut checked: Vec<Checked> = stream::iter(checks).buffer_unordered(settings.stores_at_once).collect().await;
    bar.finish_and_clear();
    fleet.close().await;
    checked.sort_by(|one, other| one.store.cmp(&other.store));
    let bad = checked.iter().filter(|checked| !checked.problems.is_empty()).count();
    let mut lines: Vec<String> = checked.iter().flat_map(words).collect();
    lines.push(format!("{} of {} stores are in order.", checked.len() - bad, checked.len()));
    context.print(&checked, &lines.join("\n"))?;
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::new(Kind::Failed, format!("{bad} stores need attention"))
        .hint(format!("every call is in {}", path.display())))
}

async fn check_one(store: &Store, fleet: &Fleet) -> Checked {
    let mut checked = Checked {
        store: store.id.to_string(),
        platform: store.platform.to_string(),
        reached: false,
        problems: Vec::new(),
        shop_name: None,
        clock_ahead_seconds: None,
    };
    let connector = match fleet.connectors.get(&store.id) {
        Some(Ok(connector)) => connector,
        Some(Err(reason)) => {
            checked.problems.push(reason.clone());
            return checked;
        }
        None => return checked,
    };
    match connector.check().await {
        Err(error) => {
            let words = error.platform_words.as_ref().map_or(String::new(), |words| format!(" ({words})"));
            checked.problems.push(format!("{}{words}", error.sentence));
        }
        Ok(health) => {
            checked.reached = true;
            checked.problems = differences(store, &health);
            checked.shop_name = health.shop_name;
            checked.clock_ahead_seconds = health.clock_ahead_seconds;
        }
    }
    checked
}

fn differences(store: &Store, health: &Health) -> Vec<String> {
    /// Shopee refuses a clock that is five minutes off.
    const CLOCK_OFF_MAX_SECONDS: i64 = 60;
    let mut problems = Vec::new();
    if let Some(currency) = health.currency.filter(|currency| *currency != store.currency) {
        problems.push(format!("the shop's currency is {currency}, the config says {}", store.currency));
    }
    if let Some(zone) = health.zone.as_deref().filter(|zone| !zone.is_empty() && *zone != store.zone.name()) {
        problems.push(format!("the shop's time zone is {zone}, the config says {}", store.zone.name()));
    }
    if let Some(ahead) = health.clock_ahead_seconds.filter(|ahead| ahead.abs() > CLOCK_OFF_MAX_SECONDS) {
        problems.push(format!("this machine's clock is {ahead} seconds behind the shop's; set it right"));
    }
    if let Some(restriction) = &health.restriction {
        problems.push(format!("the platform restricts this shop: {restriction}"));
    }
    problems
}

fn words(checked: &Checked) -> Vec<String> {
    let mark = if checked.problems.is_empty() { "✓" } else { "●" };
    let name = checked.shop_name.as_deref().unwrap_or_default();
    let mut lines =
        vec![format!("{mark} {:<18} {:<12} {name}", checked.store, checked.platform).trim_end().to_string()];
    lines.extend(checked.problems.iter().map(|problem| format!("    {problem}")));
    lines
}
