//! What `plan` and `apply` share: what their flags release, what they open, and what they say on the way.

use clap::Args;
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::connections::Connections;
use super::context::Context;
use super::filter::Filter;
use super::{interrupted, say};
use crate::apply::{Came, Event, Resolution, Settle, Setup};
use crate::archive::Archive;
use crate::domain::{Account, StoreId};
use crate::export::Choices;
use crate::failure::{Failure, Kind};
use crate::foreign::one_line;
use crate::journal::{ApplyLock, Journal};
use crate::plan::Allowed;
use crate::settings::{Needs, Settings};

/// What may be done that is refused by default.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Brakes, each released by its flag")]
pub struct Released {
    /// Delete or end more than 30 % (and more than 10) of one store's live coupons
    #[arg(long)]
    pub allow_removals: bool,
    /// Leave a store with no live coupon
    #[arg(long)]
    pub allow_empty_store: bool,
    /// Go above the exposure cap of the config
    #[arg(long)]
    pub allow_exposure: bool,
    /// Make, prolong, restock or enable a coupon that loses money
    #[arg(long)]
    pub allow_losing_money: bool,
    /// Do the same on more rows of one store than looks meant
    #[arg(long)]
    pub allow_many: bool,
    /// Use a workbook older than 72 hours
    #[arg(long)]
    pub allow_old: bool,
    /// Take actions on rows that a filter hides
    #[arg(long)]
    pub include_hidden: bool,
    /// Take rows of any store from a workbook that is one of several (`--split-by`)
    #[arg(long)]
    pub whole: bool,
}

impl Released {
    fn allowed(&self) -> Allowed {
        Allowed {
            removals: self.allow_removals,
            empty_store: self.allow_empty_store,
            exposure: self.allow_exposure,
            losing_money: self.allow_losing_money,
            many: self.allow_many,
            old_workbook: self.allow_old,
            hidden: self.include_hidden,
            whole: self.whole,
        }
    }
}

/// What a workbook's decisions are carried out with, but the connections to its stores.
pub struct Opened {
    pub settings: Settings,
    pub all: Settings,
    pub journal: Journal,
    archive: Archive,
    pub by: String,
    account: Account,
    operator: String,
    allowed: Allowed,
    started: Instant,
}

/// With people in the config, a name that is only typed in is nobody's: the operating system says who sits here. Who is nobody of them
/// is called by the login, and has no rights.
fn who_sits_here(context: &Context, typed: Option<&str>, settings: &Settings) -> Result<String, Failure> {
    let account = context.world.account();
    let login = account.login().unwrap_or_else(|| "unknown".to_string());
    let name = settings.people.at(&account).map_or_else(|| login.clone(), |person| person.name.clone());
    match typed.map(str::trim).filter(|typed| !typed.is_empty() && !typed.eq_ignore_ascii_case(&name)) {
        Some(typed) => Err(Failure::new(Kind::Usage, format!("--by {typed}: the login {login} is {name}'s"))
            .hint("the config names people, so that a name which is only typed in does not count; leave --by out")),
        None => Ok(name),
    }
}

impl Opened {
    /// What `sends` has a name.
    pub fn open(
        context: &Context,
        filter: &Filter,
        (by, sends): (Option<&str>, bool),
        released: &Released,
    ) -> Result<Self, Failure> {
        let all = context.settings(Needs::ALL)?;
        let settings = filter.narrow(all.clone())?;
        let (journal, archive) = (context.journal(&settings)?, context.archive(&settings));
        let by = match settings.people.is_any() {
            true => who_sits_here(context, by, &settings)?,
            false => {
                let named = context.by(by, &settings);
                if sends { named? } else { named.unwrap_or_else(|_| "unknown".to_string()) }
            }
        };
        let operator = context.by(None, &settings).unwrap_or_else(|_| by.clone());
        let (account, allowed, started) = (context.world.account(), released.allowed(), Instant::now());
        Ok(Self { settings, all, journal, archive, by, account, operator, allowed, started })
    }

    /// Before anything is sent.
    pub fn prove_archive(&self) -> Result<(), Failure> {
        Ok(self.archive.prove()?)
    }

    /// What killed runs left is told first.
    pub fn finish_interrupted(&self, context: &Context, lock: Option<&ApplyLock>) -> Result<(), Failure> {
        interrupted::finish(context, &self.settings, (&self.archive, &self.journal), lock)
    }

    pub fn setup<'a>(
        &'a self,
        context: &'a Context,
        connections: &'a Connections,
        choices: &'a Choices<'a>,
        settle: &'a (dyn Fn(&StoreId) -> Settle + Send + Sync),
        tell: &'a (dyn Fn(Event) + Send + Sync),
    ) -> Setup<'a> {
        Setup {
            settings: &self.settings,
            all: &self.all,
            choices,
            archive: &self.archive,
            journal: &self.journal,
            connectors: &connections.connectors,
            settle,
            started: self.started,
            clock: &*context.world.clock,
            by: &self.by,
            account: &self.account,
            operator: &self.operator,
            allowed: &self.allowed,
            tell,
        }
    }
}

/// Says what happens on the way.
pub struct Teller<'a> {
    pub context: &'a Context<'a>,
    pub workbook: &'a Path,
    bar: Mutex<ProgressBar>,
}

impl<'a> Teller<'a> {
    pub fn of(context: &'a Context<'a>, workbook: &'a Path) -> Self {
        Self { context, workbook, bar: Mutex::new(ProgressBar::hidden()) }
    }

    /// Everything but the plan itself, which each command shows in its own way.
    pub fn tell(&self, event: &Event) {
        let note = |text: String| self.context.note(&text);
        match event {
            Event::SignOffs { count, are_known } => {
                let known = if *are_known { " (known already)" } else { "" };
                note(format!("{count} {} read{known}.", if *count == 1 { "sign-off" } else { "sign-offs" }));
            }
            Event::Forgotten(runs) => {
                let runs: Vec<String> = runs.iter().map(ToString::to_string).collect();
                note(format!(
                    "note: the archive has runs that the journal of this machine does not know: {}; `apply` sends nothing before \
                     `couponbook journal rebuild` has taken them over, and this plan may show what they did already",
                    runs.join(", ")
                ));
            }
            Event::Resolved(Resolution { run, store, label, came }) => {
                let came = match came {
                    Came::Made => "was made",
                    Came::NotMade => "was not made",
                    Came::NotShown => "is not shown as it should be: look at its page, nothing asks about it again",
                };
                let label = one_line(label);
                note(format!("{label} of {store}: asked what came of run {run}, whose answer was lost: it {came}"));
            }
            Event::WorkbookGone { workbook } => note(format!(
                "the workbook {} that the plan was made from is not there any more: the results lie beside the plan, and the archive keeps the run without it",
                workbook.display()
            )),
            Event::ResultsElsewhere { place, error } => {
                note(format!("the results go to {}: {error}", place.display()));
            }
            // Whoever asked for quiet must hear of it too: it was sent.
            Event::NotKept { run, plan, outcomes } => {
                self.context.world.note(&say::applied(run, plan, outcomes, None));
            }
            Event::Settling { store, left } => {
                let seconds = left.as_secs() + 1;
                note(format!("{store}: an earlier run's creation may still arrive; looking for it in {seconds} s"));
            }
            Event::Asking(stores) => self.show(self.context.bar(*stores, "asking stores")),
            Event::Applying(rows) => self.show(self.context.bar(*rows, "applying")),
            Event::Asked => self.bar().inc(1),
            Event::RowDone(row, outcome) => {
                self.bar().inc(1);
                if self.context.is_verbose() {
                    self.bar().suspend(|| note(say::row_outcome(row, outcome)));
                }
            }
            Event::PhaseDone => self.bar().finish_and_clear(),
            Event::Remarks(remarks) => say::remarks(remarks).into_iter().for_each(note),
            Event::NotCompared => note(
                "note: the archive has not this workbook as it was written; edits outside the blue columns were not looked for"
                    .to_string(),
            ),
            Event::NotComparedRows(count) => {
                note(format!("note: edits outside the blue columns were not looked for in {count} rows"));
            }
            Event::Problems(problems) => self.context.world.note(&say::problems(self.workbook, problems)),
            Event::NoCopyToMend(error) => {
                note(format!("note: the copy with the bad cells marked cannot be written: {error}"));
            }
            Event::Notice(notice) => note(say::notice(notice)),
            Event::Planned(..) => {}
        }
    }

    fn show(&self, bar: ProgressBar) {
        *self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = bar;
    }

    fn bar(&self) -> ProgressBar {
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
