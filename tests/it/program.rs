//! The whole program in this process.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use couponbook::commands::World;
pub use couponbook::commands::run_words;
use couponbook::domain::Timestamp;
use couponbook::news::Patience;

/// With a clock of its own, nobody to ask, no variables, and what is printed going to the two writers.
pub fn world(
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    stdout: impl Write + Send + 'static,
    stderr: impl Write + Send + 'static,
) -> World {
    World {
        clock,
        environment: Arc::new(|_| None),
        os_user: Arc::new(|| None),
        can_ask: false,
        sign_in_port: 0,
        shows_progress: false,
        shows_colours: false,
        traces: false,
        // A channel that is away is asked once, and nobody waits.
        message_patience: Patience { budget: Duration::from_secs(30), tries: 1, first_wait: Duration::ZERO },
        stdout: Mutex::new(Box::new(stdout)),
        stderr: Mutex::new(Box::new(stderr)),
        ..World::of_this_process()
    }
}
