//! What the user types. A file a subcommand: its arguments and a short `run`; `Context` wires the modules together.

mod abilities;
mod apply;
mod approve;
mod archive;
mod archive_week;
mod auth;
mod codes;
mod completions;
mod connections;
mod context;
mod decide;
mod demo;
mod export;
mod filter;
mod find;
mod history;
mod init;
mod interrupted;
mod journal;
mod man;
mod messages;
mod messenger;
mod person;
mod plan;
mod proofs;
mod redirect;
mod runs;
mod sandbox;
mod say;
mod schema;
mod signals;
mod store_check;
mod stores;
mod undo;
mod watch;
mod world;

use clap::{ArgAction, Args, Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::{Failure, Kind};
use crate::foreign::{Secrets, in_lines};
use crate::workbook::read::is_parsing;
pub use abilities::markdown as abilities_markdown;
use context::Context;
pub use world::World;

/// Every store's coupons in one Excel workbook: checked, decided by a manager, applied in bulk
#[derive(Debug, Parser)]
#[command(name = "couponbook", version, propagate_version = true, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true)]
#[command(after_help = "\
Examples, of a day:
  couponbook demo              # the whole day on mock shops, in a folder of its own
  couponbook export            # load every store, check it, write the workbook
  couponbook export --help     # what a command takes, with examples

Exit codes:
  0  done; rows to do by hand included
  1  failed; also a workbook that cannot be read, and an export that loaded no store at all
  2  wrong usage, config, secret or time zone
  3  the export found something at or above --fail-on
  4  the workbook has bad, refused or conflicting rows
  5  some changes failed, are unknown, were accepted and are not shown, or were not reached
  6  another couponbook watch works with the same state folder or inbox")]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Those of every command; each is the last section of its help.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Global {
    /// The config file [default: couponbook.toml here]
    #[arg(long, global = true, env = "COUPONBOOK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON document on stdout; words go to stderr
    #[arg(long, global = true)]
    json: bool,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Say more: each store, each call (-vv)
    #[arg(long, short, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Print this help
    #[arg(long, short, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print the version
    #[arg(long, short = 'V', global = true, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Init(init::InitArgs),
    Stores(stores::StoresArgs),
    Auth(auth::AuthArgs),
    Export(export::ExportArgs),
    Find(find::FindArgs),
    Plan(plan::PlanArgs),
    Approve(approve::ApproveArgs),
    Apply(apply::ApplyArgs),
    Undo(undo::UndoArgs),
    Runs(runs::RunsArgs),
    Watch(watch::WatchArgs),
    History(history::HistoryArgs),
    Archive(archive::ArchiveArgs),
    Journal(journal::JournalArgs),
    Messages(messages::MessagesArgs),
    Person(person::PersonArgs),
    Sandbox(sandbox::SandboxArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// The program: arguments, environment, clock and terminal of this process.
pub fn main() -> ExitCode {
    let told = std::panic::take_hook();
    // What the reader of workbooks catches becomes a sentence of its own.
    std::panic::set_hook(Box::new(move |panic| {
        if !is_parsing() {
            told(panic);
        }
    }));
    ExitCode::from(run_words(std::env::args_os(), &World::of_this_process()))
}

/// Does in `world` what `words` say, of which the first is the program's name, and gives the exit code.
pub fn run_words(words: impl IntoIterator<Item = impl Into<OsString>>, world: &World) -> u8 {
    let words: Vec<OsString> = words.into_iter().map(Into::into).collect();
    match Cli::try_parse_from(&words) {
        Ok(cli) => run(cli, world),
        Err(error) => told(&error, words.iter().any(|word| word == "--json"), world),
    }
}

/// Shows the help or the version that was asked for, or tells what of the words cannot be understood.
fn told(error: &clap::Error, wants_json: bool, world: &World) -> u8 {
    let text = error.render();
    // Help and version are no mistakes.
    if !error.use_stderr() {
        let text = if world.shows_colours { text.ansi().to_string() } else { text.to_string() };
        return world.print_own(text.trim_end()).map_or_else(
            |failure| {
                world.note(&failure.to_string());
                failure.code()
            },
            |()| 0,
        );
    }
    world.note(text.to_string().trim_end());
    if wants_json {
        let whole = text.to_string();
        let (line, rest) = whole.split_once('\n').unwrap_or((&whole, ""));
        let failure = Failure::new(Kind::Usage, line.trim_start_matches("error: ")).hint(rest.trim());
        // Where stdout cannot be written, stderr and the exit code are what is left.
        let _ = world.print_json(&failure.json());
    }
    Kind::Usage as u8
}

/// Does what `cli` says in `world`, and gives the exit code.
fn run(cli: Cli, world: &World) -> u8 {
    if world.traces {
        trace(cli.global.verbose, &world.secrets);
    }
    let context = Context::new(cli.global, world);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(Kind::Failed, format!("the program cannot start: {error}"));
            context.tell(&failure);
            return failure.code();
        }
    };
    let finished = runtime.block_on(dispatch(cli.command, &context));
    // A store that hangs must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    finished.map_or_else(
        |failure| {
            context.tell(&failure);
            failure.code()
        },
        |()| 0,
    )
}

/// Shows on stderr what happens inside, without colours.
fn trace(verbose: u8, secrets: &Secrets) {
    let level = match verbose {
        0 => "couponbook=warn",
        1 => "couponbook=info",
        _ => "couponbook=debug",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    let secrets = secrets.clone();
    let stderr = move || Told { secrets: secrets.clone() };
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_target(false).try_init();
}

/// Lines of the log on their way to stderr, with what others wrote in them.
struct Told {
    secrets: Secrets,
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        std::io::stderr().write_all(self.secrets.masked(&in_lines(&text)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

async fn dispatch(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::run(&args, context).await,
        Command::Init(args) => init::run(&args, context).await,
        Command::Stores(args) => stores::run(&args, context).await,
        Command::Export(args) if args.estimate => export::only_estimate(&args, context).await,
        Command::Auth(args) => auth::run(&args, context).await,
        Command::Export(args) => export::run(&args, context).await.map(drop),
        Command::Find(args) => find::run(&args, context).await,
        Command::Plan(args) => plan::run(&args, context).await,
        Command::Approve(args) => approve::run(&args, context).await,
        Command::Apply(args) => apply::run(&args, context).await,
        Command::Undo(args) => undo::run(&args, context).await,
        Command::Runs(args) => runs::run(&args, context),
        Command::Watch(args) => watch::run(&args, context).await,
        Command::History(args) => history::run(&args, context),
        Command::Archive(args) => archive::run(&args, context),
        Command::Person(args) => person::run(&args, context),
        Command::Journal(args) => journal::run(&args, context),
        Command::Messages(args) => messages::run(&args, context).await,
        Command::Sandbox(args) => sandbox::run(&args, context).await,
        Command::Schema(args) => schema::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}
