//! The file as bytes, and what it is when it is no workbook.
//!
//! It is read into memory once: what is hashed is what is read, whatever another program does to the file meanwhile.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::bounds::Bounds;
use super::text::shorten;
use super::trouble::Reason;
use crate::durable;
use crate::message;

/// Of a format that is held as a whole.
const HELD_FILE_BYTES: usize = 64 * 1024 * 1024;

pub(super) fn load(path: &Path, bounds: &Bounds) -> Result<Vec<u8>, Reason> {
    if let Some(workbook) = locked_by(path) {
        return Err(message!("read-lock-file", workbook = workbook).into());
    }
    let metadata = std::fs::metadata(path).map_err(reason_of)?;
    if metadata.is_dir() {
        return Err(message!("read-folder").into());
    }
    if !metadata.is_file() {
        // A pipe could make us wait for ever.
        return Err(message!("read-device").into());
    }
    let file = durable::open(path).map_err(reason_of)?;
    let mut bytes = Vec::with_capacity(metadata.len().min(bounds.file_bytes) as usize + 1);
    // One byte more than allowed tells that there is more, whatever the file's claimed length.
    file.take(bounds.file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(reason_of)?;
    if bytes.len() as u64 > bounds.file_bytes {
        return Err(too_big(bounds));
    }
    Ok(bytes)
}

pub(super) fn too_big(bounds: &Bounds) -> Reason {
    Reason::too_much(message!("read-too-big"), bounds.file_words())
}

/// Refuses a file of so many bytes of a format that is held as a whole, where it is too big for that.
pub(super) fn refuse_big(bytes: usize) -> Result<(), Reason> {
    match bytes > HELD_FILE_BYTES {
        true => Err(Reason::too_much(message!("read-too-big"), "64 MB")),
        false => Ok(()),
    }
}

/// The workbook that an office program has open while this file lies beside it.
fn locked_by(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let of_excel = name.strip_prefix("~$");
    let of_libreoffice = || name.strip_prefix(".~lock.")?.strip_suffix('#');
    of_excel.or_else(of_libreoffice).map(|workbook| shorten(workbook, 80))
}

/// What the first bytes of a file that may be a workbook say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// All of the newer formats.
    Zip,
    /// The file system in which Excel kept its workbooks until 2003, and keeps those that are protected.
    Compound,
    /// Nothing that speaks against text.
    Text,
}

/// Names what is no workbook.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Reason> {
    if bytes.is_empty() {
        return Err(message!("read-empty").into());
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Ok(Kind::Compound);
    }
    match kind_of_text(bytes) {
        Some(kind) => Err(Reason::other_kind(kind)),
        None => Ok(Kind::Text),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds, of which two mean something to a manager")]
fn reason_of(error: std::io::Error) -> Reason {
    match error.kind() {
        ErrorKind::NotFound => message!("read-missing").into(),
        ErrorKind::PermissionDenied => message!("read-held-open").into(),
        _ if durable::is_held(&error) => message!("read-held-open").into(),
        _ => Reason::unreadable(error),
    }
}

/// The message of its kind, where it is text of a known one.
fn kind_of_text(bytes: &[u8]) -> Option<&'static str> {
    let beginning = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).to_lowercase();
    let text = beginning.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    if text.starts_with("%pdf") {
        Some("read-kind-pdf")
    } else if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        Some("read-kind-xml-2003")
    } else if text.starts_with("<!doctype html") || text.contains("<html") || text.contains("<table") {
        Some("read-kind-html")
    } else {
        None
    }
}

/// What it is when nobody found a table in it.
pub(super) fn not_a_table(bytes: &[u8]) -> Reason {
    let beginning = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes));
    let is_binary = beginning.chars().any(|letter| letter == '\0' || letter == '\u{FFFD}');
    Reason::other_kind(if is_binary { "read-kind-other" } else { "read-kind-text" })
}
