//! The file as bytes, and what it is when it is no workbook.
//!
//! It is read into memory once: what is hashed is what is read, whatever another program does to the file meanwhile.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::trouble::Reason;

/// A workbook of several hundred thousand rows is smaller.
const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Windows: another program holds the file (sharing violation, lock violation).
const HELD_OPEN_CODES: [i32; 2] = [32, 33];

pub(super) fn load(path: &Path) -> Result<Vec<u8>, Reason> {
    let metadata = std::fs::metadata(path).map_err(said)?;
    if metadata.is_dir() {
        return Err(Reason::Folder);
    }
    if !metadata.is_file() {
        // A pipe could make us wait for ever.
        return Err(Reason::OtherKind { what: "a device or a pipe", next: "name a file" });
    }
    let file = File::open(path).map_err(said)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells that there is more, whatever the file's claimed length.
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(Reason::too_much("the file is too big", "64 MB"));
    }
    Ok(bytes)
}

/// Passes what begins like a zip; names everything else.
pub(super) fn check_kind(bytes: &[u8]) -> Result<(), Reason> {
    const SAVE_AS: &str = "open it and save it as .xlsx";
    if bytes.is_empty() {
        return Err(Reason::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(());
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(match holds_utf16(bytes, "EncryptedPackage") {
            true => Reason::Encrypted,
            false => Reason::OtherKind { what: "an old .xls workbook", next: SAVE_AS },
        });
    }
    Err(Reason::OtherKind { what: kind_of_text(bytes), next: SAVE_AS })
}

fn said(error: std::io::Error) -> Reason {
    let held = error.raw_os_error().is_some_and(|code| cfg!(windows) && HELD_OPEN_CODES.contains(&code));
    match error.kind() {
        ErrorKind::NotFound => Reason::Missing,
        ErrorKind::PermissionDenied => Reason::HeldOpen,
        _ if held => Reason::HeldOpen,
        _ => Reason::Unreadable(error),
    }
}

fn holds_utf16(bytes: &[u8], text: &str) -> bool {
    let wanted: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn kind_of_text(bytes: &[u8]) -> &'static str {
    let beginning = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).to_lowercase();
    let text = beginning.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    if text.starts_with("%pdf") {
        "a PDF"
    } else if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        "an XML spreadsheet of 2003"
    } else if text.starts_with("<!doctype html") || text.contains("<html") || text.contains("<table") {
        "an HTML page named like a workbook"
    } else if text.chars().any(|letter| letter == '\0' || letter == '\u{FFFD}') {
        "another kind of file"
    } else if text.lines().next().is_some_and(|line| line.contains([',', ';', '\t'])) {
        "a CSV (text) file"
    } else {
        "a text file"
    }
}
