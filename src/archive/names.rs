//! Names that a link or a manifest brings along, which somebody else may have written: plain ones inside the archive, or none. They
//! come in nowhere else, so that none of them can lead out of its place.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::durable;

pub const MANIFEST_NAME: &str = "manifest.json";

/// Whether it is the name of one file or folder, and no path to another on any system.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let is_one = matches!((parts.next(), parts.next()), (Some(Component::Normal(only)), None) if only == name);
    let is_clean =
        !name.ends_with(['.', ' ']) && !name.chars().any(|c| c.is_control() || ['/', '\\', ':'].contains(&c));
    is_one && is_clean && name.len() <= LONGEST && !is_a_device(name)
}

/// In bytes: more than that no system keeps.
const LONGEST: usize = 255;

/// Whether Windows takes it for a device, whatever comes after a dot.
fn is_a_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let is_numbered = |of: &str| stem.strip_prefix(of).is_some_and(|rest| rest.chars().count() == 1 && rest != "-");
    ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str())
        || is_numbered("com")
        || is_numbered("lpt")
}

/// Whether a file may be kept under it. Disks without regard to case exist.
pub(super) fn is_of_a_file(name: &str) -> bool {
    is_plain(name) && !name.eq_ignore_ascii_case(MANIFEST_NAME) && !name.starts_with(durable::TEMPORARY_PREFIX)
}

/// Whether it is a place inside the archive: plain names with `/` between.
pub(super) fn is_inside(name: &str) -> bool {
    name.split('/').all(is_plain)
}

/// By name.
pub(super) fn files<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let files = BTreeMap::<String, T>::deserialize(deserializer)?;
    match files.keys().find(|name| !is_of_a_file(name)) {
        Some(name) => Err(led_astray(name)),
        None => Ok(files),
    }
}

/// A link that seals no bundle names none.
pub(super) fn bundle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.is_empty() || is_inside(&name) { Ok(name) } else { Err(led_astray(&name)) }
}

pub(super) fn bundles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    match names.iter().find(|name| !is_inside(name)) {
        Some(name) => Err(led_astray(name)),
        None => Ok(names),
    }
}

fn led_astray<E: Error>(name: &str) -> E {
    let shown: String = name.chars().take(80).collect();
    E::custom(format!("{shown:?} is no place inside the archive"))
}
