//! `watch`: the routine runs by itself. `exports` makes what is due, `inbox` takes what is handed in, `steps` carries each story on, `planning`
//! makes the plans, `words` the answers, which `answering` puts in their places; `status` tells what is going on.

mod answering;
mod exports;
mod inbox;
mod log;
mod manager;
mod placing;
mod planning;
mod status;
mod steps;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::time::sleep;

use super::context::{Context, ID_LETTERS, random_letters};
use super::messenger::Messenger;
use super::signals;
use crate::domain::Timestamp;
use crate::failure::{Failure, Kind};
use crate::messages::Outbox;
use crate::settings::{Needs, Settings};
use crate::watch::{
    self, Doing, ExportTold, FileTold, Health, InboxTold, Installation, Ledger, LockError, Look, Looks, Next, PlanTold,
    SlotBook, Stage, Watcher,
};
use log::Log;

/// Export at the times of the config, and answer workbooks that are saved into the inbox; until it is stopped
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook watch                 # goes on until Ctrl-C; `couponbook init --service` prints a service
  couponbook watch --once          # what is due now, then ends: for cron and systemd timers
  couponbook watch --status        # what it does, and whether it lives")]
pub struct WatchArgs {
    /// Do what is due now, and end; a file in the inbox is taken by the second run that finds it unchanged
    #[arg(long)]
    once: bool,
    /// Only tell what the watcher does; ends with exit code 1 where none works
    #[arg(long, conflicts_with = "once")]
    status: bool,
}

/// Between two looks at the clock. Never longer: a sleep knows nothing of a machine that slept.
const TICK: Duration = Duration::from_secs(2);
/// Between two looks into the inbox, at most.
const LOOK_MAX: Duration = Duration::from_secs(30);
/// Between two lines of health, while nothing changes.
const HEALTH: chrono::TimeDelta = chrono::TimeDelta::seconds(15);
/// Before a channel that did not take its message is tried again.
const DELIVERY: chrono::TimeDelta = chrono::TimeDelta::minutes(5);
/// A tick that comes so late comes after the machine slept.
const SLEPT: chrono::TimeDelta = chrono::TimeDelta::minutes(2);
/// So long after that a network may need.
const NETWORK: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

pub async fn run(args: &WatchArgs, context: &Context<'_>) -> Result<(), Failure> {
    if args.status {
        return status::run(context);
    }
    let log = Log::new(context.world);
    let world = log.inner_world();
    let inner = context.within(&world);
    let (stop, stopped) = channel(false);
    let signals = tokio::spawn(stop_when_asked(stop));
    let mut watcher = Watch::begin(&log, &inner, stopped)?;
    let ended = watcher.watch(args.once).await;
    watcher.end();
    signals.abort();
    ended
}

/// The first request lets what is begun come to a safe point; whoever asks again does not want to wait.
async fn stop_when_asked(stop: Sender<bool>) {
    signals::asked_to_stop().await;
    let _ = stop.send(true);
    signals::asked_to_stop().await;
    std::process::exit(130);
}

/// A watcher at work, and all that it remembers.
struct Watch<'a> {
    log: &'a Log<'a>,
    /// Of the ordinary commands, whose words go into the log.
    context: &'a Context<'a>,
    stopped: Receiver<bool>,
    /// What it keeps lies there.
    folder: PathBuf,
    settings: Settings,
    /// Of the config's file, as it was read last.
    config: Option<Look>,
    me: Watcher,
    _lock: watch::WatchLock,
    installation: Installation,
    book: SlotBook,
    ledger: Ledger,
    looks: Looks,
    inbox: InboxTold,
    /// A look into the inbox that has not come back.
    pending: Option<inbox::Pending>,
    claimed_at: Option<Timestamp>,
    doing: Doing,
    told_at: Option<Timestamp>,
    /// When people's channels were last tried; none where something new is in line.
    delivered_at: Option<Timestamp>,
    /// When the network may be there again.
    awake_at: Option<Timestamp>,
    troubles: Vec<String>,
    /// What of a single run did not go as it should.
    failed: Option<Failure>,
}

impl<'a> Watch<'a> {
    fn begin(log: &'a Log<'a>, context: &'a Context<'a>, stopped: Receiver<bool>) -> Result<Self, Failure> {
        let settings = context.settings(Needs::MESSAGES)?;
        let folder = settings.state.join(watch::FOLDER);
        let now = context.now();
        let me = Watcher { machine: context.world.machine(), pid: std::process::id(), since: now };
        let lock = watch::take_lock(&folder, &me).map_err(|error| match error {
            LockError::Taken(_) => Failure::of(Kind::Watched, &error)
                .hint("one is enough: it does all of it; `couponbook watch --status` says how it does"),
            LockError::Failed { .. } | LockError::Durable(_) => Failure::of(Kind::Failed, &error),
        })?;
        let name = random_letters(ID_LETTERS)?;
        let installation = Installation::open(&folder, || name)?;
        let is_first = !folder.join("slots.json").exists();
        let book = SlotBook::open(&folder, now)?;
        if is_first {
            book.save(&folder)?;
        }
        let (ledger, looks) = (Ledger::open(&folder)?, Looks::open(&folder));
        let inbox = InboxTold {
            folder: settings.watch.inbox.display().to_string(),
            away_since: None,
            why: None,
            looked_at: None,
        };
        let config = watch::look_at(&context.config()).ok();
        log.words();
        let mut begun = Self {
            log,
            context,
            stopped,
            folder,
            settings,
            config,
            me,
            _lock: lock,
            installation,
            book,
            ledger,
            looks,
            inbox,
            pending: None,
            claimed_at: None,
            doing: Doing::Waiting,
            told_at: None,
            delivered_at: None,
            awake_at: None,
            troubles: Vec::new(),
            failed: None,
        };
        begun.sweep();
        begun.enter_at_start()?;
        Ok(begun)
    }

    /// What a killed one left half.
    fn sweep(&mut self) {
        let _ = crate::durable::remove_tree(&self.folder.join(inbox::INCOMING));
        crate::durable::sweep(&self.folder);
        self.ledger.tidy();
    }

    async fn watch(&mut self, once: bool) -> Result<(), Failure> {
        let times = self.settings.watch.times.to_string();
        let next = self.settings.watch.times.next(self.context.now());
        self.log.info(
            "watching",
            json!({
                "version": env!("CARGO_PKG_VERSION"), "pid": self.me.pid, "times": times, "next": next.map(|due| due.at),
                "inbox": self.inbox.folder, "once": once,
            }),
        );
        let people = &self.settings.people;
        let sits_here = people.at(&self.context.world.account());
        if people.is_any() && self.settings.watch.by.is_none() && sits_here.is_none() {
            self.log.warning(
                "nobody_decides",
                json!({ "why": "the config names people, and whoever runs this is none of them: add by = \"NAME\" to [watch], else every row from the inbox is refused" }),
            );
        }
        manager::ready("watching");
        let mut last: Option<Timestamp> = None;
        let mut looked: Option<std::time::Instant> = None;
        while !self.is_stopped() {
            let now = self.context.now();
            if last.is_some_and(|last| now - last > SLEPT) {
                self.log.info("woke_up", json!({ "after_seconds": last.map(|last| (now - last).num_seconds()) }));
                self.awake_at = Some(now + NETWORK);
            }
            self.read_config();
            self.due_export().await?;
            let between = LOOK_MAX.min(self.settings.watch.settle / 5).max(Duration::from_millis(500));
            if once || looked.is_none_or(|looked| looked.elapsed() >= between) {
                self.look_into_inbox().await?;
                self.deliver().await;
                looked = Some(std::time::Instant::now());
            }
            self.tell_health(Doing::Waiting);
            if once {
                return self.failed.take().map_or(Ok(()), Err);
            }
            last = Some(self.context.now());
            let mut stopped = self.stopped.clone();
            tokio::select! {
                _ = stopped.wait_for(|is_stopped| *is_stopped) => {}
                () = sleep(TICK) => {}
            }
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Nothing new is begun; what was begun is on disk.
    fn end(&mut self) {
        manager::stopping();
        if let Err(error) = self.looks.save(&self.folder) {
            self.log.error("not_kept", json!({ "why": error.to_string() }));
        }
        watch::leave(&self.settings.watch.inbox, &self.installation.installation);
        self.tell_health(Doing::Stopped);
        self.log.words();
        self.log.info("stopped", json!({}));
    }

    /// The config again, where its file was changed; one that cannot be used is told, and the one before goes on to hold.
    fn read_config(&mut self) {
        let look = watch::look_at(&self.context.config()).ok();
        if look == self.config {
            return;
        }
        self.config = look;
        match self.context.settings(Needs::MESSAGES) {
            Ok(settings) if settings.state == self.settings.state => {
                self.settings = settings;
                self.inbox.folder = self.settings.watch.inbox.display().to_string();
                self.log.info("config_read", json!({ "times": self.settings.watch.times.to_string() }));
            }
            Ok(_) => self.log.error("config_refused", json!({ "why": "the state folder is another one: start anew" })),
            Err(failure) => self.log.error("config_refused", json!({ "why": failure.to_string() })),
        }
        self.log.words();
    }

    /// What of it goes wrong is told where somebody looks, once for each reason.
    fn trouble(&mut self, event: &str, why: String) {
        if !self.troubles.contains(&why) {
            self.log.warning(event, json!({ "why": why }));
            self.troubles.push(why);
        }
    }

    /// Writes down what it is doing, where that is another thing or some time has passed.
    fn tell_health(&mut self, doing: Doing) {
        let now = self.context.now();
        let is_same = self.doing == doing && doing != Doing::Stopped;
        if is_same && self.told_at.is_some_and(|told| told <= now && now - told < HEALTH) {
            return;
        }
        (self.doing, self.told_at) = (doing, Some(now));
        let word: &str = doing.into();
        if doing != Doing::Stopped {
            manager::alive(word);
        }
        if let Err(error) = self.health(now).write(&self.folder) {
            self.log.error("not_kept", json!({ "why": error.to_string() }));
        }
    }

    fn health(&self, now: Timestamp) -> Health {
        let told = |(slot, record): &(&str, &watch::SlotRecord)| ExportTold {
            slot: slot.to_string(),
            state: record.state,
            since: record.since,
            export: record.export.clone(),
            why: record.why.clone(),
        };
        let next = self.settings.watch.times.next(now);
        let waiting = self.looks.all().filter_map(|(name, seen)| {
            let (waits, since) = seen.waits.clone()?;
            Some(FileTold { name: name.clone(), since, waits })
        });
        let waits = |story: &watch::Story| {
            let plan = story.plan.as_ref().filter(|_| story.stage == Stage::Waiting)?;
            Some(PlanTold {
                workbook: story.name.clone(),
                plan: self.ledger.work_folder(&story.sha256).join(&plan.file).display().to_string(),
                changes: plan.changes,
                since: story.since,
                people: plan.people.clone(),
            })
        };
        let failing = self.ledger.stories().filter_map(|story| {
            let why = story.trouble.as_ref()?;
            Some(format!("{}: {why}", story.name))
        });
        Health {
            version: env!("CARGO_PKG_VERSION").to_string(),
            zone_data: chrono_tz::IANA_TZDB_VERSION.to_string(),
            watcher: self.me.clone(),
            doing: self.doing,
            at: now,
            last_export: self.book.records().last().map(told),
            next_export: next.map(|due| Next { slot: due.key(), at: due.at }),
            inbox: self.inbox.clone(),
            waiting: waiting.collect(),
            plans: self.ledger.stories().filter_map(waits).collect(),
            troubles: self.troubles.iter().cloned().chain(failing).collect(),
            unsent: self.unsent(),
        }
    }

    /// Sends what is in line for people's channels; what a channel did not take is tried again after some minutes.
    async fn deliver(&mut self) {
        let now = self.context.now();
        let is_time = self.delivered_at.is_none_or(|at| at > now || now - at >= DELIVERY);
        if !is_time || self.unsent() == 0 {
            return;
        }
        self.delivered_at = Some(now);
        let (context, settings) = (self.context, self.settings.clone());
        let told = async { Messenger::of(context, &settings).tell().await };
        self.unless_stopped(Doing::Waiting, told).await;
        self.log.words();
    }

    /// How many messages are still to be sent, on all channels.
    fn unsent(&self) -> usize {
        let outbox = Outbox::of(&self.settings.state);
        self.settings
            .messages
            .iter()
            .map(|channel| outbox.read(&channel.id).map_or(0, |record| record.unsent.len()))
            .sum()
    }

    /// Does `work`, and says meanwhile that it lives; none where it was told to stop first. What is left lying can be begun again.
    async fn unless_stopped<T>(&mut self, doing: Doing, work: impl Future<Output = T>) -> Option<T> {
        let mut stopped = self.stopped.clone();
        let mut work = std::pin::pin!(work);
        self.tell_health(doing);
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                _ = stopped.wait_for(|is_stopped| *is_stopped) => return None,
                () = sleep(TICK) => self.tell_health(doing),
            }
        }
    }

    /// The same for work that hears of a stop itself and comes to a safe point.
    async fn meanwhile<T>(&mut self, doing: Doing, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        self.tell_health(doing);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = sleep(TICK) => self.tell_health(doing),
            }
        }
    }
}
