//! `init`: the first config. On a terminal a few questions put one's own first store into it; the same can be given as flags.

mod ask;
mod chat;
mod example;
mod service;

use chrono::{Duration, NaiveDate};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::export::{self, ExportArgs};
use super::filter::Filter;
use super::messages::{self, MessagesArgs};
use super::store_check;
use crate::domain::local_day;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::news;
use crate::replies::{FOLDER_README, built_in};
use crate::settings::{ChannelKind, Settings};
use chat::Chat;
use example::{Example, config_with, examples};
use service::ServiceKind;

const CONFIG: &str = include_str!("../../../templates/couponbook.toml");
const CAMPAIGNS: &str = include_str!("../../../templates/campaigns.csv");
const COUPONS: &str = include_str!("../../../templates/coupons.csv");

/// How long the first check waits for the store.
const CHECK_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

/// Write a couponbook.toml that explains itself, a campaign plan to begin with and the form for stores without an API; never over a file that is there
///
/// On a terminal it asks for your first store, or begins with two mock shops where you press Enter; with --platform it asks nothing. A secret is never typed: only
/// where it lies is asked for and written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook init                # here; asks for your first store
  couponbook init shops          # in a folder of its own
  couponbook init --platform shopee --store shopee-my-1 --set shop_id=14701711 --set partner_id=2001887 \\
      --set partner_key=env:SHOPEE_PARTNER_KEY --currency MYR --time-zone Asia/Kuala_Lumpur
  couponbook init --replies      # the texts for customer service, to make them your own
  couponbook init --messages     # the texts that channels are sent
  couponbook init --service      # print a service that keeps `couponbook watch` running on this machine")]
pub struct InitArgs {
    /// The folder to write them to [default: here]
    folder: Option<PathBuf>,
    /// Write the templates of the quick replies into FOLDER/replies instead, to make them your own
    #[arg(long)]
    replies: bool,
    /// Write the templates of messages into FOLDER/messages instead, to make them your own
    #[arg(long, conflicts_with_all = ["replies", "platform"])]
    messages: bool,
    /// Print the service that keeps `watch` running here, with this machine's paths: systemd, systemd-once, systemd-timer, launchd, windows,
    /// container [default: this machine's kind]
    #[arg(long, value_name = "KIND", num_args = 0..=1, value_parser = PossibleValuesParser::new(service::kinds()).try_map(|kind| kind.parse::<ServiceKind>()))]
    #[arg(conflicts_with_all = ["replies", "messages", "platform"])]
    #[expect(clippy::option_option, reason = "given without a value it is this machine's kind")]
    service: Option<Option<ServiceKind>>,
    /// Begin with a store of your own on this platform: shopee, lazada, tiktok_shop, shopify, woocommerce, sheet
    #[arg(long, value_name = "PLATFORM", conflicts_with = "replies")]
    platform: Option<String>,
    /// What the store is called in the config: shopee-my-1
    #[arg(long, value_name = "ID", requires = "platform")]
    store: Option<String>,
    /// One of its keys; of a secret where it lies, env:NAME, file:PATH or keyring:SERVICE/ENTRY
    #[arg(long, value_name = "KEY=VALUE", requires = "platform")]
    set: Vec<String>,
    /// What it sells in: MYR
    #[arg(long, value_name = "CODE", requires = "platform")]
    currency: Option<String>,
    /// Its own zone, and your team's: Asia/Kuala_Lumpur
    #[arg(long, value_name = "ZONE", requires = "platform")]
    time_zone: Option<String>,
    /// What workbooks are written in: en, zh-CN
    #[arg(long, value_name = "TAG", value_parser = export::language, requires = "platform")]
    language: Option<Language>,
    /// The chat that your team reads, or mail: feishu, dingtalk, wecom, slack, teams, telegram, email, webhook
    #[arg(long, value_name = "KIND", requires = "platform", value_parser = |typed: &str| chat::kind(typed).ok_or_else(|| format!("write one of {}", chat::kinds())))]
    message: Option<ChannelKind>,
    /// One of its keys; of a secret where it lies
    #[arg(long, value_name = "KEY=VALUE", requires = "message")]
    message_set: Vec<String>,
    /// Check the store afterwards
    #[arg(long, requires = "platform")]
    check: bool,
    /// Check the store, then run the first export
    #[arg(long, requires = "platform")]
    export: bool,
}

/// A store of one's own, as it was typed or asked for.
#[derive(Debug, Clone)]
struct OwnStore {
    example: Example,
    /// By key.
    typed: BTreeMap<String, String>,
    language: Option<Language>,
    chat: Option<Chat>,
}

pub async fn run(args: &InitArgs, context: &Context<'_>) -> Result<(), Failure> {
    if let Some(kind) = args.service {
        return service::print(kind, args.folder.as_deref(), context);
    }
    let folder = args.folder.clone().unwrap_or_default();
    if args.replies {
        let files: Vec<(&str, &str)> = built_in().chain([("README.md", FOLDER_README)]).collect();
        return texts(&folder.join("replies"), &files, ("replies", ""), context);
    }
    if args.messages {
        let texts_of_letters: Vec<(String, &str)> = news::built_in().collect();
        let mut files: Vec<(&str, &str)> = texts_of_letters.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        files.push(("README.md", news::FOLDER_README));
        return texts(&folder.join("messages"), &files, ("templates", " of each [[message]]"), context);
    }
    let file = folder.join("couponbook.toml");
    must_be_free(&folder, &["couponbook.toml", "campaigns.csv", "coupons.csv"])?;
    let is_asked = args.platform.is_none() && context.world.can_ask && !context.is_json();
    let own = match &args.platform {
        Some(platform) => Some(of_flags(args, platform, context)?),
        None if is_asked => ask::ask(context, &file)?,
        None => None,
    };
    let config = own.as_ref().map_or_else(|| CONFIG.to_string(), OwnStore::config);
    if args.platform.is_some() {
        Settings::check_text(&config, &file, context.world.platforms)?;
    }
    if args.folder.is_some() {
        durable::create_folder(&folder)?;
    }
    let campaigns = dated(CAMPAIGNS, local_day(context.now(), chrono_tz::Asia::Singapore));
    let written =
        write_all(&folder, &[("couponbook.toml", &config), ("campaigns.csv", &campaigns), ("coupons.csv", COUPONS)])?;
    let next = if own.is_some() { NEXT_OWN } else { NEXT };
    context
        .print(&serde_json::json!({ "written": written }), &format!("Wrote {}.\nNext: {next}", written.join(", ")))?;
    match own {
        Some(own) => begin(args, own.chat.as_ref(), &context.with_config(file), is_asked).await,
        None => Ok(()),
    }
}

const NEXT: &str = "put your stores into couponbook.toml (it begins with two on the built-in sandbox, so that every command works at once), \
                    then run `couponbook stores check` and `couponbook export`.";
const NEXT_OWN: &str = "put the secrets where the config says that they lie; where the platform asks for its seller's consent, run `couponbook auth login STORE`; \
                        then `couponbook stores check` and `couponbook export`.";

/// Checks what was written, and runs the first export where that was asked for.
async fn begin(args: &InitArgs, chat: Option<&Chat>, context: &Context<'_>, is_asked: bool) -> Result<(), Failure> {
    if !is_asked && !args.check && !args.export {
        return Ok(());
    }
    store_check::run(&Filter::default(), CHECK_WITHIN, context).await?;
    let is_wanted = || {
        let answer = context.world.ask("Run the first export now? It changes nothing in the shop. [y/N]");
        answer.is_some_and(|answer| is_yes(&answer))
    };
    if args.export || (is_asked && is_wanted()) {
        export::run(&ExportArgs::at(None), context).await?;
    }
    if let Some(chat) = chat.filter(|_| is_asked) {
        let question = format!("Send a test message to your {} now? [y/N]", chat.kind.name());
        if context.world.ask(&question).is_some_and(|answer| is_yes(&answer)) {
            messages::run(&MessagesArgs::test(chat::NAME), context).await?;
        }
    }
    Ok(())
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}

impl OwnStore {
    /// The example config with it in the place of the mock stores.
    fn config(&self) -> String {
        let typed = |key: &str| self.typed.get(key).cloned();
        let zone = self.typed.get("time_zone").map_or("Asia/Singapore", String::as_str);
        let language = self.language.filter(|language| *language != Language::ENGLISH);
        let channel = self.chat.as_ref().map(Chat::section).unwrap_or_default();
        config_with(&self.example, &typed, zone, language.map(Language::tag), &channel)
    }
}

/// # Errors
/// Everything that is missing or cannot be used, at once.
fn of_flags(args: &InitArgs, platform: &str, context: &Context) -> Result<OwnStore, Failure> {
    let known = examples_of(platform, context)?;
    let mut typed = pairs(&args.set, "--set", "shop_id=14701711")?;
    let flags = [("id", &args.store), ("currency", &args.currency), ("time_zone", &args.time_zone)];
    typed.extend(flags.into_iter().filter_map(|(key, value)| Some((key.to_string(), value.clone()?))));
    // A platform may be signed in to in several ways; what was set tells which.
    let fits = |example: &&Example| typed.keys().all(|key| example.lines.iter().any(|line| line.key == key));
    let example = known.iter().find(fits).or(known.first()).cloned();
    let Some(example) = example else { return Err(Failure::new(Kind::Usage, "there is no example of that platform")) };
    let mut wrong: Vec<String> = Vec::new();
    for key in typed.keys().filter(|key| !example.lines.iter().any(|line| line.key == key.as_str())) {
        wrong.push(format!("{key} is no key of a store on {}", example.platform));
    }
    for line in &example.lines {
        match typed.get(line.key) {
            None if line.is_optional || line.key == "platform" => {}
            None => wrong.push(format!("{} is missing; add {}", line.key, ask::flag(line))),
            Some(value) if line.with(value).is_none() => wrong.push(format!("{}: {}", line.key, ask::NOT_A_PLACE)),
            Some(_) => {}
        }
    }
    let chat = args.message.map(|kind| chat_of_flags(kind, args, &mut wrong)).transpose()?;
    match wrong.as_slice() {
        [] => Ok(OwnStore { example, typed, language: args.language, chat }),
        _ => {
            Err(Failure::new(Kind::Usage, format!("the store cannot be written: {}", wrong.join("; "))).hint(format!(
                "docs/platforms/{}.md says what each key is and where it is found; nothing was written",
                example.platform
            )))
        }
    }
}

/// What is missing or cannot be used goes to `wrong`.
fn chat_of_flags(kind: ChannelKind, args: &InitArgs, wrong: &mut Vec<String>) -> Result<Chat, Failure> {
    let typed = pairs(&args.message_set, "--message-set", "address=env:TEAM_CHAT_ADDRESS")?;
    let lines = chat::lines(kind);
    for key in typed.keys().filter(|key| !lines.iter().any(|line| line.key == key.as_str())) {
        wrong.push(format!("{key} is no key of a channel of {}", kind.word()));
    }
    for line in &lines {
        match typed.get(line.key) {
            None if line.is_optional => {}
            None => wrong.push(format!("{} is missing; add --message-set {}={}", line.key, line.key, line.typed())),
            Some(value) if line.with(value).is_none() => wrong.push(format!("{}: {}", line.key, ask::NOT_A_PLACE)),
            Some(_) => {}
        }
    }
    Ok(Chat { kind, typed })
}

/// `KEY=VALUE`, each given as `flag`.
fn pairs(given: &[String], flag: &str, example: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut pairs = BTreeMap::new();
    for set in given {
        let Some((key, value)) = set.split_once('=').filter(|(_, value)| !value.trim().is_empty()) else {
            let line = format!("{flag} {}: there is no value", set.split('=').next().unwrap_or_default());
            return Err(Failure::new(Kind::Usage, line).hint(format!("write {flag} KEY=VALUE, as in {flag} {example}")));
        };
        pairs.insert(key.trim().to_string(), value.trim().to_string());
    }
    Ok(pairs)
}

/// Of the platform that somebody named.
fn examples_of(platform: &str, context: &Context) -> Result<Vec<Example>, Failure> {
    let word = platform.trim().to_lowercase().replace([' ', '-'], "_");
    let known: Vec<Example> = examples().into_iter().filter(|example| example.platform == word).collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let names: Vec<&str> = context.world.platforms.entries().map(|entry| entry.abilities.platform.word()).collect();
    Err(Failure::new(Kind::Usage, format!("no platform is called {platform}: write one of {}", names.join(", "))))
}

/// The built-in `files`, for a folder of one's own that `key` of the config names, `where_it_stands` there.
fn texts(
    folder: &Path,
    files: &[(&str, &str)],
    (key, where_it_stands): (&str, &str),
    context: &Context,
) -> Result<(), Failure> {
    for (name, _) in files {
        durable::create_folder_of(&folder.join(name))?;
    }
    let written = write_all(folder, files)?;
    // The config's paths start from its own folder.
    let home = context.config().parent().map(Path::to_path_buf).unwrap_or_default();
    let place = match folder.strip_prefix(&home) {
        Ok(inside) => inside.to_path_buf(),
        Err(_) => std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()),
    };
    let text = format!(
        "Wrote {} files to {}.\nNext: write `{key} = '{}'` into {}{where_it_stands}, then edit the texts; README.md there says how. Files that you do \
         not change can be deleted: the built-in text stands in for them.",
        written.len(),
        folder.display(),
        place.display(),
        context.config().display()
    );
    context.print(&serde_json::json!({ "written": written }), &text)
}

/// A campaign plan whose dates are written as days from today, `{+8}`, so that its campaigns are of these days on every day.
pub(super) fn dated(plan: &str, today: NaiveDate) -> String {
    let mut text = String::with_capacity(plan.len());
    let mut rest = plan;
    while let Some((before, after)) = rest.split_once('{') {
        let (days, after) = after.split_once('}').unwrap_or((after, ""));
        let day = today + Duration::days(days.parse::<i64>().unwrap_or(0));
        let _ = write!(text, "{before}{day}");
        rest = after;
    }
    text + rest
}

/// Before anything is asked: nobody likes to answer for nothing.
fn must_be_free(folder: &Path, names: &[&str]) -> Result<(), Failure> {
    match names.iter().map(|name| folder.join(name)).find(|path| path.exists()) {
        None => Ok(()),
        Some(path) => {
            let line = format!("{} is there already, and was left as it is", path.display());
            Err(Failure::new(Kind::Usage, line).hint("name another folder: couponbook init FOLDER"))
        }
    }
}

/// All of them or none: half of a beginning would be taken for a whole one.
fn write_all(folder: &Path, files: &[(&str, &str)]) -> Result<Vec<String>, Failure> {
    must_be_free(folder, &files.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
    let mut written = Vec::with_capacity(files.len());
    for (name, text) in files {
        let path = folder.join(name);
        durable::write_new(&path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    Ok(written)
}
