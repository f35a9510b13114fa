//! How much of a file is read: enough for anything that people make by hand, and for whatever an export of ours wrote.

use crate::domain::Message;
use crate::message;
use crate::workbook::columns::COLUMNS;

const MB: u64 = 1024 * 1024;
const GB: u64 = 1024 * MB;

/// A cell with its address, its style and its tags, as the wordiest of office programs write it.
const CELL_BYTES: u64 = 96;
/// The elements of one cell, and what managers add of their own.
const CELL_STEPS: u64 = 4;
/// A letter that is written as a reference, such as `&quot;`.
const LETTER_BYTES: u64 = 6;
/// What it takes to hold a text besides its letters.
const TEXT_BYTES: u64 = 64;

/// What one file may hold at most. Beyond it the file is refused, whatever else is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The file itself.
    pub(super) file_bytes: u64,
    /// What all of its parts inflate to together.
    pub(super) inflated_bytes: u64,
    /// What of that may be walked by the XML library: it takes several times as long as what is [`plain`](super::plain).
    pub(super) odd_bytes: u64,
    /// What of it may be in memory at once: its bytes, its shared strings, and parts that are inflated already.
    pub(super) held_bytes: u64,
    /// The same with what is kept of its cells: one shared string can stand in a million cells.
    pub(super) memory_bytes: u64,
    /// Elements, in all parts together.
    pub(super) steps: u64,
    /// Of one part.
    pub(super) cells: u64,
    /// Strings that cells share.
    pub(super) strings: u64,
}

impl Bounds {
    /// Of a file that may be anybody's. A full sheet of a million coupons with their results is within it, so that it takes less than a
    /// gigabyte of memory to refuse the worst.
    pub const OF_ANY_FILE: Self = Self {
        file_bytes: 384 * MB,
        inflated_bytes: 3 * GB,
        odd_bytes: 512 * MB,
        held_bytes: 512 * MB,
        memory_bytes: 768 * MB,
        steps: 110_000_000,
        cells: 50_000_000,
        strings: 4_000_000,
    };

    /// Of a file that was just written here, or whose every byte the archive's chain proves.
    pub(super) const OF_OUR_OWN: Self = Self {
        file_bytes: u64::MAX,
        inflated_bytes: u64::MAX,
        odd_bytes: u64::MAX,
        held_bytes: u64::MAX,
        memory_bytes: u64::MAX,
        steps: u64::MAX,
        cells: u64::MAX,
        strings: u64::MAX,
    };

    /// With room for the workbook of an export of so many coupons, whose texts have `text_bytes` in all, whichever program saved it again.
    /// Never less than [`Bounds::OF_ANY_FILE`].
    pub fn of_export(coupons: u64, text_bytes: u64) -> Self {
        let usual = Self::OF_ANY_FILE;
        // Twice, for the results and for what managers add of their own.
        let cells = coupons.saturating_mul(2 * COLUMNS.len() as u64);
        let letters = text_bytes.saturating_mul(LETTER_BYTES);
        let inflated = cells.saturating_mul(CELL_BYTES).saturating_add(letters);
        let shared = (cells / 2).saturating_mul(TEXT_BYTES).saturating_add(text_bytes);
        let file = inflated / 4;
        Self {
            file_bytes: usual.file_bytes.max(file),
            inflated_bytes: usual.inflated_bytes.max(inflated),
            odd_bytes: usual.odd_bytes.max(inflated),
            held_bytes: usual.held_bytes.max(file.saturating_add(shared)),
            memory_bytes: usual.memory_bytes.max(file.saturating_add(shared.saturating_mul(2))),
            steps: usual.steps.max(cells.saturating_mul(CELL_STEPS).saturating_add(text_bytes)),
            cells: usual.cells.max(cells),
            strings: usual.strings.max(cells / 2),
        }
    }

    pub(super) fn inflated_words(&self) -> Message {
        message!("read-limit-inflated", all = size_words(self.inflated_bytes), odd = size_words(self.odd_bytes))
    }

    pub(super) fn steps_words(&self) -> Message {
        message!("read-limit-steps", millions = millions(self.steps))
    }

    pub(super) fn cells_words(&self) -> Message {
        message!("read-limit-cells", millions = millions(self.cells))
    }

    pub(super) fn strings_words(&self) -> Message {
        message!("read-limit-texts", millions = millions(self.strings))
    }

    pub(super) fn held_words(&self) -> Message {
        message!("read-limit-held", size = size_words(self.held_bytes))
    }

    pub(super) fn file_words(&self) -> String {
        size_words(self.file_bytes)
    }
}

fn millions(count: u64) -> u64 {
    count / 1_000_000
}

/// `384 MB`, `3 GB`
fn size_words(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= GB => format!("{} GB", bytes / GB),
        bytes => format!("{} MB", bytes / MB),
    }
}
