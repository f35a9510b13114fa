//! The package that the reading library gets: only parts that were walked, each under the name at which it looks for them.
//!
//! Their bytes stay where they are in the file, so that a big workbook is in memory once. Behind them come the parts that are ours or
//! inflated already, and a directory that names nothing else.

use std::io::Cursor;

use flate2::Crc;
use zip::CompressionMethod;
use zip::read::ZipFile;

use super::trouble::Reason;
use crate::message;

const LOCAL_MARK: u32 = 0x0403_4B50;
const ENTRY_MARK: u32 = 0x0201_4B50;
const END_MARK: u32 = 0x0605_4B50;
/// What it takes to read them: directories and deflate.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1 January 1980, midnight.
const TIME_AND_DATE: [u16; 2] = [0, 0x21];
/// From the start of a local header to its sum and sizes.
const SUM_AT: usize = 14;

#[derive(Default)]
pub(super) struct Checked {
    entries: Vec<Entry>,
    /// Whole entries, one behind the other.
    added: Vec<u8>,
}

struct Entry {
    name: String,
    method: u16,
    sum: u32,
    packed_bytes: u32,
    bytes: u32,
    header: Place,
}

enum Place {
    InFile(u64),
    InAdded(usize),
}

/// A part that is being added: see [`Checked::begin`].
pub(super) struct Adding {
    name: String,
    header_at: usize,
    sum: Crc,
}

impl Adding {
    /// What was added before it.
    pub fn before(&self) -> u64 {
        self.header_at as u64
    }
}

impl Checked {
    /// What is not in the file.
    pub fn added_bytes(&self) -> u64 {
        self.added.len() as u64
    }

    /// The `entry` of the file as it lies there, as `name`; it was walked, and inflates to `bytes`.
    pub fn refer<R: std::io::Read>(&mut self, name: &str, entry: &ZipFile<R>, bytes: u64) -> Result<(), Reason> {
        let compression = entry.compression();
        let methods = [(CompressionMethod::Stored, STORED), (CompressionMethod::Deflated, DEFLATED)];
        let method = methods.into_iter().find(|(known, _)| *known == compression).map(|(_, method)| method);
        let method = method.ok_or_else(|| Reason::broken(compression))?;
        self.entries.push(Entry {
            name: name.to_string(),
            method,
            sum: entry.crc32(),
            packed_bytes: short(entry.compressed_size())?,
            bytes: short(bytes)?,
            header: Place::InFile(entry.header_start()),
        });
        Ok(())
    }

    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Reason> {
        let mut adding = self.begin(name, bytes.len());
        self.go_on(&mut adding, bytes);
        self.end(adding)
    }

    /// Begins a part of about `bytes`. Nothing else is added until it is at its end or given up.
    pub fn begin(&mut self, name: &str, bytes: usize) -> Adding {
        let header_at = self.added.len();
        self.added.reserve(bytes + name.len() + 64);
        let [time, date] = TIME_AND_DATE;
        self.added.extend(LOCAL_MARK.to_le_bytes());
        self.added.extend([VERSION, FLAGS, STORED, time, date].into_iter().flat_map(u16::to_le_bytes));
        self.added.extend([0; 12]);
        self.added.extend([name.len() as u16, 0].into_iter().flat_map(u16::to_le_bytes));
        self.added.extend(name.as_bytes());
        Adding { name: name.to_string(), header_at, sum: Crc::new() }
    }

    pub fn go_on(&mut self, adding: &mut Adding, bytes: &[u8]) {
        adding.sum.update(bytes);
        self.added.extend_from_slice(bytes);
    }

    pub fn end(&mut self, adding: Adding) -> Result<(), Reason> {
        let Adding { name, header_at, sum } = adding;
        let bytes = short(u64::from(sum.amount()))?;
        let mut numbers = Vec::new();
        numbers.extend([sum.sum(), bytes, bytes].into_iter().flat_map(u32::to_le_bytes));
        if let Some(place) = self.added.get_mut(header_at + SUM_AT..header_at + SUM_AT + numbers.len()) {
            place.copy_from_slice(&numbers);
        }
        let header = Place::InAdded(header_at);
        self.entries.push(Entry { name, method: STORED, sum: sum.sum(), packed_bytes: bytes, bytes, header });
        Ok(())
    }

    pub fn give_up(&mut self, adding: Adding) {
        self.added.truncate(adding.header_at);
        self.added.shrink_to_fit();
    }

    /// The package, of the `file` that the parts lie in.
    pub fn finish(self, file: Vec<u8>) -> Result<Cursor<Vec<u8>>, Reason> {
        let Self { entries, added } = self;
        // The smaller one is copied.
        let (mut package, rest, file_at, added_at) = match added.len() > file.len() {
            true => {
                let file_at = added.len();
                (added, file, file_at, 0)
            }
            false => {
                let added_at = file.len();
                (file, added, 0, added_at)
            }
        };
        let mut directory = Vec::new();
        for entry in &entries {
            let header_at = match entry.header {
                Place::InFile(at) => at.saturating_add(file_at as u64),
                Place::InAdded(at) => (at + added_at) as u64,
            };
            let [time, date] = TIME_AND_DATE;
            directory.extend(ENTRY_MARK.to_le_bytes());
            directory
                .extend([VERSION, VERSION, FLAGS, entry.method, time, date].into_iter().flat_map(u16::to_le_bytes));
            directory.extend([entry.sum, entry.packed_bytes, entry.bytes].into_iter().flat_map(u32::to_le_bytes));
            directory.extend([entry.name.len() as u16, 0, 0, 0, 0].into_iter().flat_map(u16::to_le_bytes));
            directory.extend([0, short(header_at)?].into_iter().flat_map(u32::to_le_bytes));
            directory.extend(entry.name.as_bytes());
        }
        let count = entries.len() as u16;
        package.reserve_exact(rest.len() + directory.len() + 64);
        package.extend_from_slice(&rest);
        drop(rest);
        let directory_at = short(package.len() as u64)?;
        let directory_bytes = short(directory.len() as u64)?;
        package.append(&mut directory);
        package.extend(END_MARK.to_le_bytes());
        package.extend([0, 0, count, count].into_iter().flat_map(u16::to_le_bytes));
        package.extend([directory_bytes, directory_at].into_iter().flat_map(u32::to_le_bytes));
        package.extend(0_u16.to_le_bytes());
        Ok(Cursor::new(package))
    }
}

/// As the directory of a zip holds it.
fn short(number: u64) -> Result<u32, Reason> {
    u32::try_from(number)
        .ok()
        .filter(|number| *number < u32::MAX)
        .ok_or_else(|| Reason::too_much(message!("read-too-big"), "4 GB"))
}
