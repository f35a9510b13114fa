//! The whole program in this process.

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use clap::Parser;
use couponbook::commands::{Cli, World, run};
use couponbook::domain::Timestamp;

/// With a clock of its own, nobody to ask, no variables, and what is printed going to the two writers.
pub fn world(
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    stdout: impl Write + Send + 'static,
    stderr: impl Write + Send + 'static,
) -> World {
    World {
        clock,
        environment: Arc::new(|_| None),
        can_ask: false,
        shows_progress: false,
        stdout: Mutex::new(Box::new(stdout)),
        stderr: Mutex::new(Box::new(stderr)),
        ..World::of_this_process()
    }
}

/// Runs `arguments` (the program's name first) in `world`, and gives the exit code.
pub fn run_words<I, T>(arguments: I, world: &World) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    match Cli::try_parse_from(arguments) {
        Ok(cli) => run(cli, world),
        Err(error) => {
            world.note(&error.to_string());
            if error.use_stderr() { 2 } else { 0 }
        }
    }
}
