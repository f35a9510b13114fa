//! What happens, a line of JSON each on stdout, as service managers keep them; and the words of the ordinary commands, caught on their way.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::commands::World;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Level {
    Info,
    Warning,
    Error,
}

pub struct Log<'w> {
    world: &'w World,
    caught: Caught,
}

impl<'w> Log<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, caught: Caught::default() }
    }

    /// A line with the moment, how much it matters, what it is about, and `fields`. Secrets are masked as everywhere; where stdout cannot be
    /// written the work goes on.
    pub fn line(&self, level: Level, event: &str, fields: Value) {
        let mut line = Map::new();
        line.insert("at".to_string(), Value::from(self.world.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
        let level: &str = level.into();
        line.insert("level".to_string(), Value::from(level));
        line.insert("event".to_string(), Value::from(event));
        if let Value::Object(fields) = fields {
            line.extend(fields);
        }
        let _ = self.world.print_json(&Value::Object(line).to_string());
    }

    pub fn info(&self, event: &str, fields: Value) {
        self.line(Level::Info, event, fields);
    }

    pub fn warning(&self, event: &str, fields: Value) {
        self.line(Level::Warning, event, fields);
    }

    pub fn error(&self, event: &str, fields: Value) {
        self.line(Level::Error, event, fields);
    }

    /// What the commands inside said until now.
    pub fn words(&self) {
        for text in self.caught.take() {
            self.info("note", serde_json::json!({ "text": text }));
        }
    }

    /// A world like this one in which nobody is asked, nothing is printed, and what is told ends up here.
    pub fn inner_world(&self) -> World {
        let World { clock, environment, os_user, secrets, .. } = self.world;
        World {
            clock: clock.clone(),
            environment: environment.clone(),
            os_user: os_user.clone(),
            platforms: self.world.platforms,
            can_ask: false,
            read_line: Arc::new(|| None),
            sign_in_port: self.world.sign_in_port,
            shows_progress: false,
            shows_colours: false,
            traces: false,
            retry_policy: self.world.retry_policy,
            settle_here: self.world.settle_here,
            message_patience: self.world.message_patience,
            secrets: secrets.clone(),
            stdout: Mutex::new(Box::new(std::io::sink())),
            stderr: Mutex::new(Box::new(self.caught.clone())),
        }
    }
}

/// Lines on their way to the log.
#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<u8>>>);

impl Caught {
    fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_string).collect()
    }
}

impl Write for Caught {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
