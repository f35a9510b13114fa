//! `find`: what customer service can tell a buyer about one coupon, asked for by one word.
//!
//! `word` says which coupons a word may mean, `past` what the newest exports hold of them, `live` asks their stores, `doing` reads what is
//! being done about each, `answer` puts together what is told of one, and `report` prints it.

mod answer;
mod doing;
mod live;
mod past;
mod report;
mod word;

use std::time::Duration;

use super::connections::{self, Connections};
use super::context::Context;
use super::filter::Filter;
use super::say::counted;
use crate::archive::ArchiveError;
use crate::failure::{Failure, Kind};
use crate::settings::{Needs, Settings};
use answer::Answers;
use live::{Asked, Live};
use past::{Hit, Past};
use word::Word;

/// Tell customer service what is wrong with one coupon: can buyers use it, why not, what is done about it, and what to reply
///
/// The stores are asked now that have such a coupon in their last export; a store that does not answer is named, and what is known of it is shown with its age.
/// A word that no export has is looked for at every store by its whole code. Ends with 1 where nothing is found, and where a store does not answer.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook find BF20                       # by its code, at the stores that have it
  couponbook find 'black friday' --offline   # by a part of its name, from the archive alone
  couponbook find BF20 --everywhere          # is it at any other store by now?")]
pub struct FindArgs {
    /// A code, the id of a coupon, or a part of a code or name
    word: String,
    /// Ask no store: tell what the last exports saw, and how old that is; needs no secret
    #[arg(long)]
    offline: bool,
    /// Load every store's list: stores too that did not have it in their last export. Takes as long as an export
    #[arg(long, conflicts_with = "offline")]
    everywhere: bool,
    /// How many coupons are shown
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100))]
    limit: u64,
    /// How long one store may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    within: u64,
    #[command(flatten)]
    filter: Filter,
}

pub async fn run(args: &FindArgs, context: &Context<'_>) -> Result<(), Failure> {
    let needs = if args.offline { Needs::ARCHIVE } else { Needs::STORES_AND_ARCHIVE };
    let settings = args.filter.narrow(context.settings(needs)?)?;
    let word = Word::parse(&args.word)?;
    let past = past_of(args, context, &settings, &word)?;
    let answers = match args.offline {
        true => {
            let asked = Asked::nobody(past.best(args.limit as usize)?);
            answer::answers(context, &settings, &past, asked, Live::OFFLINE).await?
        }
        false => ask(args, context, settings.clone(), &word, &past).await?,
    };
    report::print(context, &settings, &word, &past, &answers)?;
    outcome(&word, &answers)
}

/// What the archive knows. Whoever asks the stores gets on without it.
fn past_of(args: &FindArgs, context: &Context, settings: &Settings, word: &Word) -> Result<Past, Failure> {
    let read = Past::read(&context.archive(settings), settings, word);
    read.or_else(|error: ArchiveError| match args.offline {
        true => Err(error.into()),
        false => {
            context.note(&format!("note: what earlier exports saw is not known: {error}"));
            Ok(Past::unknown())
        }
    })
}

async fn ask(
    args: &FindArgs,
    context: &Context<'_>,
    mut settings: Settings,
    word: &Word,
    past: &Past,
) -> Result<Answers, Failure> {
    let known = past.best(args.limit as usize)?;
    let looks_everywhere = args.everywhere || known.is_empty();
    if !looks_everywhere {
        settings.stores.retain(|store| known.iter().any(|hit: &Hit| hit.store.id == store.store.id));
    } else if !args.everywhere {
        let stores = counted(settings.stores.len(), "store is asked for its", "stores are asked for their");
        context.note(&format!("note: no export has {}: {stores} code, which takes longer", word.quoted()));
    }
    let (log, _) = connections::call_log(context, &settings, "find")?;
    let connections = match args.everywhere {
        true => Connections::open_to_load(context, &settings, log, false).await?,
        false => Connections::open(context, &settings, log).await?,
    };
    let within = Duration::from_secs(args.within);
    let live = Live { connections: Some(&connections), within, deadline: settings.store_deadline };
    let asked = match (args.everywhere, looks_everywhere) {
        (true, _) => live.load_all(context, &settings, word, past, args.limit as usize).await,
        (false, true) => live.look_for_code(&settings, word).await,
        (false, false) => live.look_at(&settings, word, known).await,
    };
    let answers = match asked {
        Ok(asked) => answer::answers(context, &settings, past, asked, live).await,
        Err(error) => Err(error.into()),
    };
    connections.close().await;
    answers
}

/// The exit code: what nobody said looks like an answer.
fn outcome(word: &Word, answers: &Answers) -> Result<(), Failure> {
    let silent = answers.not_reached.len();
    let hint = "the reasons stand above; `couponbook stores check` asks each store again and says what to do";
    if answers.answers.is_empty() {
        let failure = Failure::new(Kind::Failed, format!("no coupon is called {}", word.quoted()));
        return Err(match silent {
            0 => failure.hint(
                "write the whole code, the coupon's id, or a part of its name; --everywhere loads every store's list and looks there",
            ),
            _ => failure.hint(format!("{} did not answer; {hint}", counted(silent, "store", "stores"))),
        });
    }
    match silent {
        0 => Ok(()),
        _ => {
            let line = counted(silent, "store did not answer", "stores did not answer");
            Err(Failure::new(Kind::Failed, line).hint(hint))
        }
    }
}
