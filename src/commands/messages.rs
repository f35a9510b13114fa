use clap::Subcommand;
use serde::Serialize;

use super::context::{Context, ID_LETTERS, random_letters};
use super::messenger::{ChannelTold, Messenger};
use super::say::counted;
use crate::domain::{Event, Message, StoreId, TestNews, Timestamp, Topic};
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::messages::{Came, Outbox, Past, PastKind, Record, Unsent, complaint};
use crate::settings::{MessageSettings, Needs, Settings, nearest};

/// List the channels that people read and what is still to be sent there, test one, or send what is due
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook messages             # which channels are there, and did they get everything?
  couponbook messages test ops    # does a message arrive?
  couponbook messages send        # what is due, without waiting for the next export")]
pub struct MessagesArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Each channel: what it hears, what it got last, what is still unsent, and why; nothing is sent
    #[command(after_help = "\
Examples:
  couponbook messages list
  couponbook messages list --json")]
    List,
    /// Send a test to one channel, the way every message goes
    #[command(after_help = "\
Examples:
  couponbook messages test ops
  couponbook messages test ops --json")]
    Test {
        /// As the config calls it: `channel` of its [[message]]
        channel: String,
    },
    /// Send what is due: what a channel did not take, and what waited for the end of quiet hours
    #[command(after_help = "\
Examples:
  couponbook messages send
  couponbook messages send --json")]
    Send,
}

impl MessagesArgs {
    pub fn test(channel: &str) -> Self {
        Self { what: Some(What::Test { channel: channel.to_string() }) }
    }
}

pub async fn run(args: &MessagesArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = context.settings(Needs::MESSAGES)?;
    match &args.what {
        None | Some(What::List) => list(context, &settings),
        Some(What::Test { channel }) => test(context, &settings, channel).await,
        Some(What::Send) => send(context, &settings).await,
    }
}

/// A channel and what is known of it.
#[derive(Debug, Serialize)]
struct ChannelLine {
    channel: String,
    kind: &'static str,
    /// What it hears of.
    what: Vec<Topic>,
    /// None: of all stores.
    stores: Option<Vec<StoreId>>,
    language: String,
    quiet: Option<String>,
    repeat_after_hours: i64,
    attach: bool,
    /// Why nothing can be sent there.
    problem: Option<String>,
    unsent: Vec<UnsentLine>,
    last_delivered: Option<Past>,
    /// Sent twice, and nobody knows whether they arrived; the next message says so.
    uncertain: Vec<String>,
}

#[derive(Debug, Serialize)]
struct UnsentLine {
    key: String,
    kind: &'static str,
    since: Timestamp,
    held_until: Option<Timestamp>,
    tries: usize,
    why: Option<Message>,
    next: Option<Message>,
}

impl UnsentLine {
    fn of(unsent: &Unsent) -> Self {
        let next = match unsent.came() {
            Some(Came::Refused { repair, .. }) => Some(repair.clone()),
            Some(Came::NotSent { .. } | Came::Unknown { .. } | Came::Interrupted { .. }) | None => None,
        };
        Self {
            key: unsent.key.clone(),
            kind: unsent.event.kind(),
            since: unsent.queued,
            held_until: unsent.held_until,
            tries: unsent.tries.len(),
            why: unsent.came().map(|came| came.why().clone()),
            next,
        }
    }
}

impl ChannelLine {
    fn of(channel: &MessageSettings, record: Result<Record, String>) -> Self {
        let of_settings = match &channel.channel {
            Err(why) => Some(why.clone()),
            Ok(found) => complaint(&found.wire).map(|why| Language::ENGLISH.render(&why)),
        };
        let (record, problem) = match record {
            Ok(record) => (record, of_settings),
            Err(why) => (Record::default(), Some(why)),
        };
        let listener = &channel.listener;
        let quiet = |quiet: &crate::domain::QuietHours| {
            format!("{}-{}", quiet.from.format("%H:%M"), quiet.until.format("%H:%M"))
        };
        Self {
            channel: channel.id.0.clone(),
            kind: channel.kind.word(),
            what: listener.topics.iter().copied().collect(),
            stores: listener.stores.as_ref().map(|stores| stores.iter().cloned().collect()),
            language: channel.language.to_string(),
            quiet: listener.quiet.as_ref().map(quiet),
            repeat_after_hours: listener.repeat_after.num_hours(),
            attach: channel.attach,
            problem,
            unsent: record.unsent.iter().map(UnsentLine::of).collect(),
            last_delivered: record.past.iter().rev().find(|past| past.how == PastKind::Delivered).cloned(),
            uncertain: record.uncertain.clone(),
        }
    }

    fn words(&self, name: &str, settings: &Settings, now: Timestamp) -> String {
        let clock = |at: Timestamp| at.with_timezone(&settings.team_zone).format("%Y-%m-%d %H:%M").to_string();
        let topics: Vec<&str> = self.what.iter().map(<&str>::from).collect();
        let stores = match &self.stores {
            None => "all stores".to_string(),
            Some(stores) => counted(stores.len(), "store", "stores"),
        };
        let quiet = self.quiet.as_ref().map_or(String::new(), |quiet| format!(", quiet {quiet}"));
        let mut lines =
            vec![format!("{} ({name}): {}; {stores}, {}{quiet}", self.channel, topics.join(", "), self.language)];
        lines.extend(self.problem.iter().map(|why| format!("  ● nothing can be sent: {why}")));
        lines.push(match &self.last_delivered {
            Some(past) => format!("  – got last: {} of {}", past.kind, clock(past.at)),
            None => "  – got nothing yet; couponbook messages test sends a test".to_string(),
        });
        for unsent in &self.unsent {
            let held = unsent.held_until.filter(|until| *until > now);
            let why = match (&unsent.why, &unsent.next, held) {
                (_, _, Some(until)) => format!("waits until {}, when the quiet hours are over", clock(until)),
                (Some(why), Some(next), None) => {
                    format!("{}; {}", Language::ENGLISH.render(why), Language::ENGLISH.render(next))
                }
                (Some(why), None, None) => Language::ENGLISH.render(why),
                (None, _, None) => "not tried yet".to_string(),
            };
            lines.push(format!("  ▲ unsent since {}: {}: {why}", clock(unsent.since), unsent.kind));
        }
        lines.extend(self.uncertain.iter().map(|key| format!("  ○ may not have arrived: {key}")));
        lines.join("\n")
    }
}

fn list(context: &Context, settings: &Settings) -> Result<(), Failure> {
    let outbox = Outbox::of(&settings.state);
    let line = |channel: &MessageSettings| {
        ChannelLine::of(channel, outbox.read(&channel.id).map_err(|error| error.to_string()))
    };
    let channels: Vec<ChannelLine> = settings.messages.iter().map(line).collect();
    let words = channels.iter().zip(&settings.messages);
    let mut lines: Vec<String> =
        words.map(|(line, channel)| line.words(channel.kind.name(), settings, context.now())).collect();
    if lines.is_empty() {
        lines.push("No channel yet: [[message]] in the config names one; docs/messages.md says how.".to_string());
    }
    context.print(&channels, &lines.join("\n"))
}

async fn test(context: &Context<'_>, settings: &Settings, name: &str) -> Result<(), Failure> {
    let channel = named(settings, name)?;
    let now = context.now();
    let key = format!("test-{}-{}", now.format("%Y%m%d-%H%M%S"), random_letters(ID_LETTERS)?);
    let by = context.by(None, settings).unwrap_or_else(|_| "unknown".to_string());
    let news = TestNews { by, zone: settings.team_zone, at: now };
    let messenger = Messenger::of(context, settings);
    messenger.queue(&key, &|other| (other.id == channel.id).then(|| Event::Test(news.clone())));
    let told = messenger.deliver_to(channel, Some(&key)).await;
    // A test that arrives tomorrow tells nobody anything.
    let outbox = Outbox::of(&settings.state);
    outbox.change(&channel.id, |record| record.forget(&key)).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let delivered = told.sent > 0;
    let document = serde_json::json!({
        "channel": channel.id.0, "key": key, "delivered": delivered, "told": told.told,
    });
    let text = match delivered {
        true => format!("{} ({}) has the test {key}: look there.", channel.id.0, channel.kind.name()),
        false => String::new(),
    };
    if delivered || context.is_json() {
        context.print(&document, &text)?;
    }
    if delivered {
        told.told.iter().for_each(|line| context.world.note(&format!("note: {line}")));
        return Ok(());
    }
    let line = format!("the test did not arrive at {} ({})", channel.id.0, channel.kind.name());
    let mut failure =
        Failure::new(Kind::Failed, line).hint("docs/messages.md says for each kind of channel what its answers mean");
    failure.causes = told.told;
    Err(failure)
}

fn named<'s>(settings: &'s Settings, name: &str) -> Result<&'s MessageSettings, Failure> {
    let names = || settings.messages.iter().map(|channel| channel.id.0.as_str());
    settings.messages.iter().find(|channel| channel.id.0 == name).ok_or_else(|| {
        let hint = match (nearest(name, names()), names().next()) {
            (Some(nearest), _) => format!("did you mean {nearest}?"),
            (None, Some(_)) => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            (None, None) => "no [[message]] is in the config; docs/messages.md says how to write one".to_string(),
        };
        Failure::new(Kind::Usage, format!("no channel is called {name}")).hint(hint)
    })
}

async fn send(context: &Context<'_>, settings: &Settings) -> Result<(), Failure> {
    let told = Messenger::of(context, settings).deliver().await;
    let words = |told: &ChannelTold| {
        let held =
            if told.held > 0 { format!(", {} until the quiet hours are over", told.held) } else { String::new() };
        format!("{}: {} sent, {} unsent{held}", told.channel, told.sent, told.unsent)
    };
    let lines: Vec<String> = told.iter().map(words).collect();
    told.iter().flat_map(|told| told.lines(settings.team_zone)).for_each(|line| context.world.note(&line));
    context.print(&told, &lines.join("\n"))?;
    let unsent: usize = told.iter().map(|told| told.unsent).sum();
    if unsent > 0 {
        let line = format!("{} still unsent", counted(unsent, "message is", "messages are"));
        return Err(Failure::new(Kind::Failed, line).hint("`couponbook messages list` says why; nothing is lost"));
    }
    Ok(())
}
