//! What a sandbox starts with: stores, coupons, settings and faults, read from one TOML text.
//!
//! Times are relative to now or to each store's own days, so that one file tells the same story at any hour. `written` is the
//! file's keys, `stores` and `coupons` work out what they mean, `times` what a time means.

mod coupons;
mod stores;
mod times;
mod written;

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

use super::Fault;
use super::seed::Settings;
use crate::domain::Timestamp;
use stores::StoreSeed;

const DEMO: &str = include_str!("../../../templates/sandbox/demo.toml");

/// A scenario with all its relative times and counts worked out.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What its relative times were worked out from.
    pub(super) now: Timestamp,
    pub(super) settings: Settings,
    pub(super) stores: Vec<StoreSeed>,
    pub(super) faults: Vec<Fault>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario `{}` cannot be read; check the path", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{name}, line {line}: {problem}")]
    Toml { name: String, line: usize, problem: String },
    #[error("{name}, {place}: {problem}")]
    Value { name: String, place: String, problem: String },
}

impl Scenario {
    /// The shops of `couponbook demo`: stores on each platform, every state that a coupon can be in.
    pub fn demo(now: Timestamp) -> Result<Self, ScenarioError> {
        Self::parse(DEMO, "templates/sandbox/demo.toml", now)
    }

    /// Reads the scenario file at `path`, its relative times worked out from `now`.
    pub fn read(path: &Path, now: Timestamp) -> Result<Self, ScenarioError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ScenarioError::File { path: path.to_path_buf(), source })?;
        Self::parse(&text, &path.display().to_string(), now)
    }

    /// Reads a scenario's text; `name` is what errors call it.
    pub fn parse(text: &str, name: &str, now: Timestamp) -> Result<Self, ScenarioError> {
        let in_text = |start: Option<usize>, problem: String| {
            let line = start.and_then(|start| text.get(..start)).unwrap_or_default().matches('\n').count() + 1;
            ScenarioError::Toml { name: name.to_string(), line, problem }
        };
        let written: written::Scenario = toml::from_str(text)
            .map_err(|error| in_text(error.span().map(|span| span.start), error.message().to_string()))?;
        if let Some((position, key)) = stores::unknown_key(&written.stores) {
            return Err(in_text(place_of_key(text, position, key), format!("unknown field `{key}`")));
        }
        let stores = stores::resolve(&written, now).map_err(|(place, problem)| ScenarioError::Value {
            name: name.to_string(),
            place,
            problem,
        })?;
        Ok(Self { now, settings: written.sandbox, stores, faults: written.faults })
    }
}

/// Where in `text` the store at `position` has `key`: the text is read once more, for that alone.
fn place_of_key(text: &str, position: usize, key: &str) -> Option<usize> {
    #[derive(Deserialize)]
    struct Places {
        stores: Vec<BTreeMap<Spanned<String>, IgnoredAny>>,
    }
    let places: Places = toml::from_str(text).ok()?;
    let place = places.stores.get(position)?.keys().find(|known| known.get_ref() == key)?;
    Some(place.span().start)
}
