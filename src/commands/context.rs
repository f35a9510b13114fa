//! What every subcommand shares: the user's settings, the clock, the output. Made in one place.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Global, World, say};
use crate::archive::{Archive, Opening};
use crate::domain::{RunId, Timestamp, spell};
use crate::durable::{self, Opened};
use crate::failure::{Failure, Kind};
use crate::journal::Journal;
use crate::language;
use crate::settings::{Needs, Settings};

pub struct Context<'w> {
    pub world: &'w World,
    global: Global,
    has_printed: AtomicBool,
    tells_nobody: AtomicBool,
}

/// How many random letters tell an id from all others.
pub const ID_LETTERS: usize = 6;

impl<'w> Context<'w> {
    pub fn new(global: Global, world: &'w World) -> Self {
        Self { world, global, has_printed: AtomicBool::new(false), tells_nobody: AtomicBool::new(false) }
    }

    /// The config, with what the command needs of what it names.
    pub fn settings(&self, needs: Needs) -> Result<Settings, Failure> {
        let file = self.config();
        let settings = Settings::read_for(needs, &file, self.world.platforms, &*self.world.environment)?;
        self.keep_private(&settings);
        settings.hide(&self.world.secrets);
        for remark in &settings.remarks {
            self.note(&format!("note: {remark}"));
        }
        settings.campaign_notices.iter().for_each(|notice| self.note(&say::notice(notice)));
        Ok(settings)
    }

    /// The state folder is its user's alone, and what others could read of it until now is told.
    fn keep_private(&self, settings: &Settings) {
        let Opened { narrowed, left } = durable::keep_private(&settings.state);
        if let Some(first) = narrowed.first() {
            let more = if narrowed.len() > 1 { format!(" and {} more", narrowed.len() - 1) } else { String::new() };
            let tokens = settings.state.join("tokens");
            let tells_tokens = narrowed.iter().any(|path| path.starts_with(&tokens) && path.is_file());
            let again = if tells_tokens {
                "; tokens are among them: if other people use this machine, sign those stores in again (`couponbook auth login STORE`)"
            } else {
                ""
            };
            self.note(&format!(
                "note: others of this machine could read {}{more} of the state folder; now only you can{again}",
                first.display()
            ));
        }
        for path in left {
            self.note(&format!(
                "note: others of this machine can read {}; run `chmod go-rwx {}`",
                path.display(),
                say::as_typed(&path)
            ));
        }
    }

    pub fn config(&self) -> PathBuf {
        self.global.config.clone().unwrap_or_else(|| PathBuf::from("couponbook.toml"))
    }

    /// The same context with another config: what `demo` runs the ordinary commands with.
    pub fn with_config(&self, config: PathBuf) -> Context<'w> {
        // One JSON document is promised, and it is the outer command's.
        let quiet = self.global.quiet || self.global.json;
        let global = Global { config: Some(config), json: false, quiet, ..self.global.clone() };
        Context::new(global, self.world)
    }

    /// The same context in another world: what `watch` runs the ordinary commands in, whose words it writes down.
    pub fn within<'i>(&self, world: &'i World) -> Context<'i> {
        let global = Global { config: Some(self.config()), json: false, quiet: false, ..self.global.clone() };
        Context::new(global, world)
    }

    pub fn archive(&self, settings: &Settings) -> Archive {
        let opening = Opening {
            machine: self.world.machine(),
            zone: settings.team_zone,
            state: settings.state.join("archive"),
            clock: self.world.clock.clone(),
        };
        Archive::open(&settings.archive, opening)
    }

    pub fn journal(&self, settings: &Settings) -> Result<Journal, Failure> {
        Ok(Journal::open(&settings.journal_path())?)
    }

    pub fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// From now on no channel is told anything, where `is_so`: `--no-messages`.
    pub fn tell_nobody(&self, is_so: bool) {
        self.tells_nobody.fetch_or(is_so, Ordering::Relaxed);
    }

    pub fn tells_nobody(&self) -> bool {
        self.tells_nobody.load(Ordering::Relaxed)
    }

    pub fn is_json(&self) -> bool {
        self.global.json
    }

    pub fn is_verbose(&self) -> bool {
        self.global.verbose > 0
    }

    fn shows_progress(&self) -> bool {
        self.world.shows_progress && !self.global.quiet && !self.global.json
    }

    /// A progress bar on a terminal; nothing anywhere else.
    pub fn bar(&self, length: usize, what: &str) -> ProgressBar {
        if !self.shows_progress() || length == 0 {
            return ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        }
        let bar = ProgressBar::new(length as u64);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_string());
        bar
    }

    /// The one JSON document, where it was asked for; else the text.
    pub fn print(&self, json: &impl Serialize, text: &str) -> Result<(), Failure> {
        if self.global.json {
            let failed = |error: serde_json::Error| Failure::of(Kind::Failed, &error);
            let mut document = serde_json::to_value(json).map_err(failed)?;
            language::add_english(&mut document);
            let document = serde_json::to_string_pretty(&document).map_err(failed)?;
            self.has_printed.store(true, Ordering::Relaxed);
            self.world.print_json(&document)
        } else if !self.global.quiet {
            self.has_printed.store(true, Ordering::Relaxed);
            self.world.print(text)
        } else {
            Ok(())
        }
    }

    /// What nobody but the program wrote, even with `--quiet`.
    pub fn print_own(&self, text: &str) -> Result<(), Failure> {
        self.has_printed.store(true, Ordering::Relaxed);
        self.world.print_own(text)
    }

    /// Tells what went wrong: in words on stderr; for machines on stdout too, unless the one document is there already, which
    /// then tells of it.
    pub fn tell(&self, failure: &Failure) {
        self.world.note(&failure.to_string());
        if self.global.json && !self.has_printed.load(Ordering::Relaxed) {
            // Where stdout cannot be written, stderr and the exit code are what is left.
            let _ = self.world.print_json(&failure.json());
        }
    }

    /// Words about the work, unless `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.global.quiet {
            self.world.note(text);
        }
    }

    /// `--by`, else the config's operator, else the user of the operating system.
    ///
    /// # Errors
    /// Where none of them names anybody: what is done is never nobody's.
    pub fn by(&self, typed: Option<&str>, settings: &Settings) -> Result<String, Failure> {
        let typed = typed.map(str::trim).filter(|name| !name.is_empty()).map(str::to_string);
        let named = typed.or_else(|| settings.operator.clone()).or_else(|| self.world.user());
        named.ok_or_else(|| {
            Failure::new(Kind::Usage, "nobody knows in whose name: neither the config nor the system names anybody")
                .hint("add --by NAME, or write operator = \"NAME\" into the config")
        })
    }

    pub fn run_id(&self, at: Timestamp) -> Result<RunId, Failure> {
        Ok(RunId::new(format!("R{}-{}", at.format("%Y%m%d-%H%M%S"), random_letters(ID_LETTERS)?)))
    }
}

/// So many letters that nobody can guess; five bits each, at most 51.
pub fn random_letters(count: usize) -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new(Kind::Failed, format!("this system gives no random numbers: {error}")))?;
    Ok(spell(&bytes, count))
}
