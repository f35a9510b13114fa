//! Nothing of a file is believed before it was counted.
//!
//! The reading library allocates from numbers that stand in the file, and an allocation that fails ends the whole program: two
//! kilobytes are enough. So every part that it will see is inflated and walked here first, with caps on bytes, elements, depth
//! and counts. The library then gets a package of its own that holds these parts and no others. The same walk notes what the
//! library does not tell: hidden rows, merged cells, errors that it does not know.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Write};

use zip::{ZipArchive, ZipWriter};

use super::part::{FILE_BYTES, Part, SheetMarks, walk};
use super::trouble::Reason;
use crate::message;

const MOST_ENTRIES: u64 = 10_000;

/// A workbook whose every part was counted.
#[derive(Debug)]
pub(super) struct Package {
    /// A zip of the walked parts only.
    pub zip: Cursor<Vec<u8>>,
    pub sheets: Vec<Sheet>,
    /// Whether day zero is in 1904.
    pub epoch_1904: bool,
}

/// One sheet, in the workbook's order.
#[derive(Debug)]
pub(super) struct Sheet {
    pub name: String,
    pub hidden: bool,
    /// None for charts and dialogs.
    pub marks: Option<SheetMarks>,
}

pub(super) fn package(bytes: Vec<u8>) -> Result<Package, Reason> {
    refuse_many_entries(&bytes)?;
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(Reason::broken)?;
    if archive.len() as u64 > MOST_ENTRIES {
        return Err(too_many_entries());
    }
    Parts::new(archive)?.package()
}

/// The entries of the zip by their names in lower case, as the reading library looks them up.
struct Parts {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    index_of: HashMap<String, usize>,
    checked: ZipWriter<Cursor<Vec<u8>>>,
    walked: HashSet<String>,
    /// What may still be inflated.
    allowance: u64,
}

impl Parts {
    fn new(archive: ZipArchive<Cursor<Vec<u8>>>) -> Result<Self, Reason> {
        let mut index_of = HashMap::new();
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(Reason::broken)?;
            let tidy = name.replace('\\', "/").to_ascii_lowercase();
            if index_of.insert(tidy, index).is_some() {
                return Err(Reason::damaged(message!("read-doubled-part", part = name.to_string())));
            }
        }
        refuse_other_kinds(&index_of)?;
        let checked = ZipWriter::new(Cursor::new(Vec::new()));
        Ok(Self { archive, index_of, checked, walked: HashSet::new(), allowance: FILE_BYTES })
    }

    /// Walks a part and lets the reading library have it; none where there is no such part.
    fn walk(&mut self, name: &str) -> Result<Option<Part>, Reason> {
        let name = name.to_ascii_lowercase();
        let Some(index) = self.index_of.get(&name).copied() else { return Ok(None) };
        if !self.walked.insert(name.clone()) {
            return Err(Reason::damaged(message!("read-part-used-twice", part = name)));
        }
        let damaged = |error: zip::result::ZipError| Reason::broken_in(&name, error);
        let entry = self.archive.by_index(index).map_err(damaged)?;
        if entry.encrypted() {
            return Err(message!("read-encrypted").into());
        }
        let packed_bytes = entry.compressed_size();
        let part = walk(&name, entry, packed_bytes, &mut self.allowance)?;
        let raw = self.archive.by_index_raw(index).map_err(damaged)?;
        self.checked.raw_copy_file_rename(raw, &name).map_err(damaged)?;
        Ok(Some(part))
    }

    /// Follows the package's own directions to the workbook and its sheets, as the reading library does.
    fn package(mut self) -> Result<Package, Reason> {
        let package = self.walk("_rels/.rels")?.ok_or_else(not_a_workbook)?;
        let main =
            package.relations.iter().rev().find(|relation| relation.kind.ends_with("/relationships/officeDocument"));
        let target = main.map(|relation| relation.target.as_str()).ok_or_else(not_a_workbook)?;
        let (folder, file) = target.rfind('/').map_or(("", target), |slash| target.split_at(slash + 1));
        let folder = folder.strip_prefix('/').unwrap_or(folder).to_ascii_lowercase();
        let relations = self.needed(&format!("{folder}_rels/{file}.rels"))?.relations;
        let main = self.walk(&format!("{folder}{file}"))?.ok_or_else(|| missing(file))?;
        let mut sheets = Vec::new();
        for sheet in main.sheets {
            let relation = relations.iter().rev().find(|relation| relation.id == sheet.relation);
            let relation = relation.ok_or_else(|| missing(&sheet.name))?;
            let mut marks = match (relation.kind.ends_with("/worksheet"), relation.target.strip_prefix('/')) {
                (false, _) => None,
                (true, Some(absolute)) => Some(self.needed(absolute)?.marks),
                (true, None) => Some(self.needed(&format!("{folder}{}", relation.target))?.marks),
            };
            marks.iter_mut().for_each(|marks| marks.epoch_1904 = main.epoch_1904);
            sheets.push(Sheet { name: sheet.name, hidden: sheet.hidden, marks });
        }
        for optional in ["sharedstrings.xml", "styles.xml"] {
            self.walk(&format!("{folder}{optional}"))?;
        }
        self.walk("docprops/core.xml")?;
        Ok(Package { zip: self.finish()?, sheets, epoch_1904: main.epoch_1904 })
    }

    fn needed(&mut self, name: &str) -> Result<Part, Reason> {
        self.walk(name)?.ok_or_else(|| missing(name))
    }

    fn finish(self) -> Result<Cursor<Vec<u8>>, Reason> {
        let mut zip = self.checked.finish().map_err(Reason::broken)?;
        zip.flush().map_err(Reason::unreadable)?;
        zip.set_position(0);
        Ok(zip)
    }
}

/// The zip library reserves room for as many entries as the 64-bit directory claims. Its record is looked for wherever it may
/// stand; the length after the mark tells a record from compressed bytes that happen to look like one.
fn refuse_many_entries(bytes: &[u8]) -> Result<(), Reason> {
    const MARK: &[u8] = b"PK\x06\x06";
    let number_at = |at: usize| {
        let eight = bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(eight.try_into().ok()?))
    };
    let claims_too_many = |start: usize| {
        let length = number_at(start + 4).unwrap_or(u64::MAX);
        let entries = number_at(start + 24).max(number_at(start + 32)).unwrap_or(0);
        length < bytes.len() as u64 && entries > MOST_ENTRIES
    };
    let mut starts = (0..bytes.len()).filter(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(MARK)));
    if starts.any(claims_too_many) { Err(too_many_entries()) } else { Ok(()) }
}

fn refuse_other_kinds(index_of: &HashMap<String, usize>) -> Result<(), Reason> {
    let begins = |beginning: &str| index_of.keys().any(|name| name.starts_with(beginning));
    let what = if index_of.contains_key("xl/workbook.bin") {
        "read-kind-xlsb"
    } else if begins("word/") {
        "read-kind-word"
    } else if begins("ppt/") {
        "read-kind-powerpoint"
    } else if index_of.contains_key("index/document.iwa") || index_of.contains_key("index.zip") {
        "read-kind-numbers"
    } else if index_of.contains_key("mimetype") && index_of.contains_key("content.xml") {
        "read-kind-ods"
    } else if !index_of.contains_key("_rels/.rels") {
        "read-kind-zip"
    } else {
        return Ok(());
    };
    Err(Reason::other_kind(what))
}

fn too_many_entries() -> Reason {
    Reason::too_much(message!("read-too-many-parts"), MOST_ENTRIES.to_string())
}

fn not_a_workbook() -> Reason {
    Reason::other_kind("read-kind-zip")
}

fn missing(part: &str) -> Reason {
    Reason::damaged(message!("read-part-missing", part = part))
}
