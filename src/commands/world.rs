//! The clock, the environment and the terminal: everything that a run takes from outside, in one place.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::archive::Clock;
use crate::domain::{Account, Timestamp};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::foreign::{Secrets, in_json, in_lines};
use crate::news::Patience;
use crate::platforms::{PLATFORMS, Platforms, RetryPolicy};

/// A loopback request ends within this time, or its sender's death has ended it.
const SETTLE_HERE: Duration = Duration::from_secs(2);

/// One that few others use; README names it.
const SIGN_IN_PORT: u16 = 8914;

/// Looks a variable up.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// This process's, or a test's own.
pub struct World {
    pub clock: Clock,
    pub environment: Environment,
    /// Whom the operating system says that this process is of; where it asks a directory, only who needs a name waits for it.
    pub os_user: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// The platforms that stores can be on.
    pub platforms: Platforms,
    /// Whether somebody can be asked.
    pub can_ask: bool,
    /// What is typed next; none where nobody types any more.
    pub read_line: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// Where a sign-in listens on this machine, so that the address can be registered for an app.
    pub sign_in_port: u16,
    /// Whether progress bars are seen.
    pub shows_progress: bool,
    /// Whether what is printed may have colours.
    pub shows_colours: bool,
    /// Whether what happens inside is shown on stderr.
    pub traces: bool,
    /// How long a store is waited for, and how often it is asked again.
    pub retry_policy: RetryPolicy,
    /// How long a channel is tried, and how often.
    pub message_patience: Patience,
    /// How long a request whose sender died may still be under way on this machine.
    pub settle_here: Duration,
    /// What was loaded and is shown nowhere.
    pub secrets: Secrets,
    pub stdout: Mutex<Box<dyn Write + Send>>,
    pub stderr: Mutex<Box<dyn Write + Send>>,
}

fn line_of_stdin() -> Option<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok().filter(|read| *read > 0).map(|_| line)
}

impl World {
    pub fn of_this_process() -> Self {
        Self {
            clock: Arc::new(chrono::Utc::now),
            environment: Arc::new(|name| std::env::var(name).ok()),
            os_user: Arc::new(|| whoami::username().ok()),
            platforms: PLATFORMS,
            can_ask: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
            read_line: Arc::new(line_of_stdin),
            sign_in_port: SIGN_IN_PORT,
            shows_progress: std::io::stderr().is_terminal(),
            shows_colours: std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
            traces: true,
            retry_policy: RetryPolicy::default(),
            message_patience: Patience::default(),
            settle_here: SETTLE_HERE,
            secrets: Secrets::default(),
            stdout: Mutex::new(Box::new(std::io::stdout())),
            stderr: Mutex::new(Box::new(std::io::stderr())),
        }
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// What was asked for, in words: to stdout.
    ///
    /// # Errors
    /// If the text is not wholly written, as on a full disk.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_own(&self.shown(text))
    }

    /// The same for a JSON document.
    ///
    /// # Errors
    /// If it is not wholly written, as on a full disk.
    pub fn print_json(&self, document: &str) -> Result<(), Failure> {
        self.print_own(&self.secrets.masked(&in_json(document)))
    }

    /// The same for what nobody but the program wrote, colours and all: help, scripts of a shell. A closed pipe (`| head`) is no
    /// failure: whoever reads has enough.
    ///
    /// # Errors
    /// If the text is not wholly written, as on a full disk.
    pub fn print_own(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new(Kind::Failed, format!("what was to be printed cannot be written to stdout: {error}"))
                    .hint("what the command did besides stands; only its output is lost"))
            }
            _ => Ok(()),
        }
    }

    /// Words about the work: to stderr.
    pub fn note(&self, text: &str) {
        let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(stderr, "{}", self.shown(text)).and_then(|()| stderr.flush());
    }

    /// As it may stand on a terminal, whoever wrote the names and codes in it.
    fn shown(&self, text: &str) -> String {
        self.secrets.masked(&in_lines(text)).into_owned()
    }

    /// Asks and waits for a line; none where nobody can be asked.
    pub fn ask(&self, question: &str) -> Option<String> {
        if !self.can_ask {
            return None;
        }
        {
            let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = write!(stderr, "{} ", self.shown(question)).and_then(|()| stderr.flush());
        }
        (self.read_line)().map(|line| line.trim().to_string())
    }

    /// Asks, and gives what is typed while something else goes on; never anything where nobody can be asked.
    pub fn ask_meanwhile(&self, question: &str) -> tokio::sync::oneshot::Receiver<String> {
        let (send, typed) = tokio::sync::oneshot::channel();
        if self.can_ask {
            self.note(question);
            // A read of the terminal cannot be given up; the thread ends with the program.
            std::thread::spawn(move || {
                let lines = std::io::stdin().lines().map_while(Result::ok);
                if let Some(line) = lines.map(|line| line.trim().to_string()).find(|line| !line.is_empty()) {
                    let _ = send.send(line);
                }
            });
        }
        typed
    }

    /// Who sits here: by the operating system, else by the environment.
    pub fn user(&self) -> Option<String> {
        let from_variables = || ["USER", "USERNAME", "LOGNAME"].into_iter().find_map(|name| (self.environment)(name));
        (self.os_user)().or_else(from_variables).filter(|name| !name.is_empty())
    }

    pub fn account(&self) -> Account {
        Account { user: self.user(), host: Some(self.machine()), author: None }
    }

    /// The name of this machine, for messages such as "this export was written on …".
    pub fn machine(&self) -> String {
        let from_variables = ["COMPUTERNAME", "HOSTNAME"].into_iter().find_map(|name| (self.environment)(name));
        let from_system = || durable::read_to_string("/etc/hostname".as_ref()).ok().map(|name| name.trim().to_string());
        from_variables
            .or_else(from_system)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "unnamed machine".to_string())
    }
}
