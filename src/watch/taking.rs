//! A file of the inbox is read once, into a copy of our own; all that follows works on the copy. The manager's file is never locked, opened
//! for writing or touched.

use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::looks::{Look, Waits, look_at};
use crate::durable::{self, DurableError};

/// No workbook that is read is larger.
const BYTES_MAX: u64 = 384 * 1024 * 1024;
/// So much of a packed file is unpacked to see whether it is whole; the reader of workbooks has bounds of its own.
const UNPACKED_MAX: u64 = 1024 * 1024 * 1024;

/// Why there is no copy.
#[derive(Debug)]
pub enum NotTaken {
    Waits(Waits),
    /// Our own folder cannot be written.
    Ours(DurableError),
}

impl From<Waits> for NotTaken {
    fn from(waits: Waits) -> Self {
        Self::Waits(waits)
    }
}

impl From<DurableError> for NotTaken {
    fn from(error: DurableError) -> Self {
        Self::Ours(error)
    }
}

/// Copies the file at `from`, which showed `look`, to a new file at `to`; gives the SHA-256 of its bytes. Whatever changes while it is read,
/// and whatever has no end, waits.
///
/// # Errors
/// Where it waits, or the copy cannot be written.
pub fn take(from: &Path, look: &Look, to: &Path) -> Result<String, NotTaken> {
    let held = |error: io::Error| NotTaken::Waits(Waits::Held { why: error.to_string() });
    let mut file = durable::open(from).map_err(held)?;
    let mut bytes = Vec::new();
    (&mut file).take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(held)?;
    // By the handle that was read, and by the name, which may mean another file by now.
    let same = |now: io::Result<Look>| now.is_ok_and(|now| now == *look);
    if !same(file.metadata().map(|about| Look::of(&about))) || !same(look_at(from)) || bytes.len() as u64 != look.bytes
    {
        return Err(Waits::Settling.into());
    }
    if is_packed(&bytes) && !is_whole(&bytes) {
        return Err(Waits::CutOff.into());
    }
    durable::create_folder_of(to)?;
    durable::write_new_with(to, |copy| copy.write_all(&bytes).map_err(|error| DurableError::of(to, error)))?;
    Ok(sha256(&bytes))
}

/// In hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Whether the newer formats' packing begins here; a beginning of zeros is what a share shows of a file that it has not got yet.
fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.iter().take(64).all(|byte| *byte == 0)
}

/// Whether the directory at its end is there and every part passes its check sum.
fn is_whole(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(io::Cursor::new(bytes)) else { return false };
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else {
            // Encrypted, or packed in a way that nobody reads: whole, and the reader says what is wrong with it.
            continue;
        };
        match io::copy(&mut part.take(left), &mut io::sink()) {
            Ok(read) => left = left.saturating_sub(read),
            Err(_) => return false,
        }
        if left == 0 {
            break;
        }
    }
    !archive.is_empty()
}
