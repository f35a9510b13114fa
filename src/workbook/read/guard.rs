//! Nothing of a file is believed before it was counted.
//!
//! The reading library allocates from numbers that stand in the file, and an allocation that fails ends the whole program: two
//! kilobytes are enough. So every part that it will see is inflated and walked here first, with caps on bytes, elements, depth
//! and counts. The library then gets a package of its own that holds these parts and no others. The same walk notes what the
//! library does not tell: hidden rows, merged cells, errors that it does not know.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8};
use zip::ZipArchive;

use super::bounds::Bounds;
use super::checked::Checked;
use super::part::{Part, SheetMarks, most_bytes, walk};
use super::plain;
use super::trouble::Reason;
use crate::message;

const MOST_ENTRIES: u64 = 10_000;
/// Of a part with two bytes a letter, which is held as a whole.
const TWO_BYTE_PART_BYTES: u64 = 64 * 1024 * 1024;

/// Of parts that are inflated already: the library need not do so once more. 100,000 coupons take 160 MB.
const INFLATED_BYTES: u64 = 192 * 1024 * 1024;
/// What the reading library takes for a shared string besides its text.
const STRING_BYTES: u64 = 48;

/// A workbook whose every part was counted.
#[derive(Debug)]
pub(super) struct Package {
    /// A zip of the walked parts only, each where the reading library looks for it; empty of a workbook that is held whole.
    pub zip: Cursor<Vec<u8>>,
    pub sheets: Vec<Sheet>,
    /// Whether day zero is in 1904.
    pub epoch_1904: bool,
    /// What of the file is in memory while it is read.
    pub held_bytes: u64,
    /// What it was counted by.
    pub bounds: Bounds,
}

/// One sheet, in the workbook's order.
#[derive(Debug)]
pub(super) struct Sheet {
    pub name: String,
    pub hidden: bool,
    /// None once somebody took them.
    pub marks: Option<SheetMarks>,
}

pub(super) fn archive(bytes: Vec<u8>) -> Result<ZipArchive<Cursor<Vec<u8>>>, Reason> {
    refuse_many_entries(&bytes)?;
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(Reason::broken)?;
    if archive.len() as u64 > MOST_ENTRIES { Err(too_many_entries()) } else { Ok(archive) }
}

/// Of a file of `file_bytes`. `rows`: so many rows of each sheet are enough, where they are written as office programs write them.
pub(super) fn package(
    archive: ZipArchive<Cursor<Vec<u8>>>,
    file_bytes: usize,
    (bounds, rows): (Bounds, Option<u32>),
) -> Result<Package, Reason> {
    let held_left = bounds.held_bytes.saturating_sub(file_bytes as u64);
    Parts::new(archive, held_left, (bounds, rows))?.package()
}

/// The entries of the zip by their names in lower case, as the reading library looks them up.
struct Parts {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    index_of: HashMap<String, usize>,
    checked: Checked,
    walked: HashSet<String>,
    /// What may still be inflated.
    allowance: u64,
    /// What may still be inflated of parts that are not plain.
    odd_left: u64,
    /// Their steps are those that are left.
    bounds: Bounds,
    /// What may still be held.
    held_left: u64,
    rows: Option<u32>,
}

impl Parts {
    fn new(
        archive: ZipArchive<Cursor<Vec<u8>>>,
        held_left: u64,
        (bounds, rows): (Bounds, Option<u32>),
    ) -> Result<Self, Reason> {
        let mut index_of = HashMap::new();
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(Reason::broken)?;
            let tidy = name.replace('\\', "/").to_ascii_lowercase();
            if index_of.insert(tidy, index).is_some() {
                return Err(Reason::damaged(message!("read-doubled-part", part = name.to_string())));
            }
        }
        refuse_other_kinds(&index_of)?;
        Ok(Self {
            index_of,
            checked: Checked::default(),
            walked: HashSet::new(),
            allowance: bounds.inflated_bytes,
            odd_left: bounds.odd_bytes,
            bounds,
            archive,
            held_left,
            rows,
        })
    }

    /// Walks the part called `name` and lets the reading library have it as `known_as`, where it gets any of it; none where there is no
    /// such part.
    fn walk(&mut self, name: &str, known_as: Option<&str>) -> Result<Option<Part>, Reason> {
        let name = name.to_ascii_lowercase();
        let Some(index) = self.index_of.get(&name).copied() else { return Ok(None) };
        if !self.walked.insert(name.clone()) {
            return Err(Reason::damaged(message!("read-part-used-twice", part = name)));
        }
        let damaged = |error: zip::result::ZipError| Reason::broken_in(&name, error);
        if self.archive.by_index_raw(index).map_err(damaged)?.encrypted() {
            return Err(message!("read-encrypted").into());
        }
        if let Some(known_as) = known_as.filter(|known_as| !known_as.ends_with("styles.xml"))
            && let Some(part) = self.walk_plain(index, known_as)?
        {
            return Ok(Some(part));
        }
        let mut mark = Vec::new();
        let beginning = self.archive.by_index(index).map_err(damaged)?.take(2).read_to_end(&mut mark);
        beginning.map_err(|error| Reason::broken_in(&name, error))?;
        let entry = self.archive.by_index(index).map_err(damaged)?;
        let packed_bytes = entry.compressed_size();
        let walked_as = known_as.unwrap_or(&name);
        if let Some((encoding, _)) = Encoding::for_bom(&mark).filter(|(encoding, _)| *encoding != UTF_8) {
            let text = transcoded(walked_as, encoding, entry)?;
            let mut left = self.allowance.min(self.odd_left);
            let part = walk(walked_as, text.as_bytes(), packed_bytes, &mut left, self.bounds)?;
            let bytes = text.len() as u64;
            self.charge(&part, bytes);
            self.odd_left = self.odd_left.saturating_sub(bytes);
            self.held_left = self.held_left.checked_sub(bytes).ok_or_else(|| too_long_texts(&self.bounds))?;
            if let Some(known_as) = known_as {
                self.checked.add(known_as, text.as_bytes())?;
            }
            return Ok(Some(part));
        }
        let mut left = self.allowance.min(self.odd_left);
        let before = left;
        let part = walk(walked_as, entry, packed_bytes, &mut left, self.bounds)?;
        let bytes = before - left;
        self.charge(&part, bytes);
        self.odd_left = self.odd_left.saturating_sub(bytes);
        if let Some(known_as) = known_as {
            let entry = self.archive.by_index_raw(index).map_err(damaged)?;
            self.checked.refer(known_as, &entry, bytes)?;
        }
        Ok(Some(part))
    }

    /// Takes a part from what may still be inflated and walked.
    fn charge(&mut self, part: &Part, bytes: u64) {
        self.allowance = self.allowance.saturating_sub(bytes);
        self.bounds.steps = self.bounds.steps.saturating_sub(part.steps);
    }

    /// [`Parts::walk`] of a part of the plainest kind; none where it is of another.
    fn walk_plain(&mut self, index: usize, known_as: &str) -> Result<Option<Part>, Reason> {
        let Ok(entry) = self.archive.by_index(index) else { return Ok(None) };
        let most_bytes = most_bytes(entry.compressed_size(), self.allowance);
        let bounds = (most_bytes, self.bounds);
        // What it claims decides only whether the attempt is worth it.
        let claimed = entry.size();
        let rows = self.rows.filter(|_| known_as.starts_with("xl/worksheets/"));
        let mut left = self.held_left.min(INFLATED_BYTES.saturating_sub(self.checked.added_bytes()));
        let mut adding =
            (rows.is_some() || claimed <= left).then(|| self.checked.begin(known_as, claimed.min(left) as usize));
        let checked = &mut self.checked;
        let walked = plain::walk(known_as, entry, bounds, rows, &mut |bytes| {
            let rest = left.checked_sub(bytes.len() as u64);
            left = rest.unwrap_or(0);
            match (rest, &mut adding) {
                (Some(_), Some(adding)) => checked.go_on(adding, bytes),
                _ => {
                    if let Some(given_up) = adding.take() {
                        checked.give_up(given_up);
                    }
                }
            }
        });
        let Some((part, bytes)) = walked else {
            if let Some(adding) = adding {
                self.checked.give_up(adding);
            }
            return Ok(None);
        };
        self.charge(&part, bytes);
        match adding {
            Some(adding) => {
                let before = adding.before();
                self.checked.end(adding)?;
                self.held_left = self.held_left.saturating_sub(self.checked.added_bytes() - before);
            }
            None => {
                let entry = self.archive.by_index_raw(index).map_err(Reason::broken)?;
                self.checked.refer(known_as, &entry, bytes)?;
            }
        }
        Ok(Some(part))
    }

    /// Follows the package's own directions to the workbook and its sheets. The reading library gets a list of these that is ours, each
    /// part under the name at which it looks for it: where a program has put them does not matter, and sheets of macros and charts are
    /// none.
    fn package(mut self) -> Result<Package, Reason> {
        let package = self.walk("_rels/.rels", None)?.ok_or_else(not_a_workbook)?;
        let main =
            package.relations.iter().rev().find(|relation| relation.kind.ends_with("/relationships/officeDocument"));
        let target = main.map(|relation| relation.target.as_str()).ok_or_else(not_a_workbook)?;
        let (folder, file) = target.rfind('/').map_or(("", target), |slash| target.split_at(slash + 1));
        let folder = folder.strip_prefix('/').unwrap_or(folder).to_ascii_lowercase();
        let relations = self.needed(&format!("{folder}_rels/{file}.rels"), None)?.relations;
        let main = self.walk(&format!("{folder}{file}"), None)?.ok_or_else(|| missing(file))?;
        // First what is held whatever the sheets are.
        for (kind, usual) in [("/sharedStrings", "sharedStrings.xml"), ("/styles", "styles.xml")] {
            let relation = relations.iter().rev().find(|relation| relation.kind.ends_with(kind));
            let place = place_of(&folder, relation.map_or(usual, |relation| relation.target.as_str()));
            let allowance = self.allowance;
            if let Some(part) = self.walk(&place, Some(&format!("xl/{usual}")))? {
                let bytes = allowance - self.allowance + part.strings * STRING_BYTES;
                self.held_left = self.held_left.checked_sub(bytes).ok_or_else(|| too_long_texts(&self.bounds))?;
            }
        }
        let mut sheets: Vec<Sheet> = Vec::new();
        for sheet in main.sheets {
            let relation = relations.iter().rev().find(|relation| relation.id == sheet.relation);
            let relation = relation.ok_or_else(|| missing(&sheet.name))?;
            if relation.kind.ends_with("/worksheet") {
                let known_as = format!("xl/{}", sheet_part(sheets.len()));
                let mut marks = self.needed(&place_of(&folder, &relation.target), Some(&known_as))?.marks;
                marks.epoch_1904 = main.epoch_1904;
                sheets.push(Sheet { name: sheet.name, hidden: sheet.hidden, marks: Some(marks) });
            }
        }
        self.walk("docprops/core.xml", Some("docProps/core.xml"))?;
        for (name, text) in directions(&sheets, main.epoch_1904) {
            self.checked.add(name, text.as_bytes())?;
        }
        let bounds = self.bounds;
        let held_bytes = bounds.held_bytes.saturating_sub(self.held_left);
        let zip = self.checked.finish(self.archive.into_inner().into_inner())?;
        Ok(Package { zip, sheets, epoch_1904: main.epoch_1904, held_bytes, bounds })
    }

    fn needed(&mut self, name: &str, known_as: Option<&str>) -> Result<Part, Reason> {
        self.walk(name, known_as)?.ok_or_else(|| missing(name))
    }
}

/// A part of the kind that some programs write in two bytes a letter, as the reading library takes it.
fn transcoded(name: &str, encoding: &'static Encoding, entry: impl Read) -> Result<String, Reason> {
    let mut bytes = Vec::new();
    entry.take(TWO_BYTE_PART_BYTES + 1).read_to_end(&mut bytes).map_err(|error| Reason::broken_in(name, error))?;
    if bytes.len() as u64 > TWO_BYTE_PART_BYTES {
        return Err(Reason::too_much(message!("read-inflates", part = name), "64 MB"));
    }
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    // What it says of its own encoding is over.
    let body = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(&*text, |(_, body)| body);
    Ok(body.to_string())
}

/// Where a part lies that the workbook in `folder` names: from the package's root, or from the folder.
pub(super) fn place_of(folder: &str, target: &str) -> String {
    let whole = target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_string);
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn sheet_part(index: usize) -> String {
    format!("worksheets/sheet{}.xml", index + 1)
}

/// The parts that lead to the sheets.
fn directions(sheets: &[Sheet], epoch_1904: bool) -> [(&'static str, String); 3] {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let related = |relations: String| format!("<Relationships xmlns=\"{PACKAGE}\">{relations}</Relationships>");
    let targets = (0..sheets.len()).map(|index| relation(index + 1, "worksheet", &sheet_part(index)));
    let entry = |(index, sheet): (usize, &Sheet)| {
        let name = quick_xml::escape::escape(sheet.name.as_str());
        format!("<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"rId{}\"/>", index + 1, index + 1)
    };
    let entries: String = sheets.iter().enumerate().map(entry).collect();
    let main = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><workbookPr date1904=\"{}\"/><sheets>{entries}</sheets></workbook>",
        u8::from(epoch_1904)
    );
    [
        ("_rels/.rels", related(relation(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/_rels/workbook.xml.rels", related(targets.collect())),
        ("xl/workbook.xml", main),
    ]
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
    let mut starts = memchr::memmem::find_iter(bytes, MARK);
    if starts.any(claims_too_many) { Err(too_many_entries()) } else { Ok(()) }
}

fn refuse_other_kinds(index_of: &HashMap<String, usize>) -> Result<(), Reason> {
    let begins = |beginning: &str| index_of.keys().any(|name| name.starts_with(beginning));
    let what = if begins("word/") {
        "read-kind-word"
    } else if begins("ppt/") {
        "read-kind-powerpoint"
    } else if index_of.contains_key("index/document.iwa") || index_of.contains_key("index.zip") {
        "read-kind-numbers"
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

fn too_long_texts(bounds: &Bounds) -> Reason {
    Reason::too_much(message!("read-too-long-texts"), bounds.held_words())
}

fn not_a_workbook() -> Reason {
    Reason::other_kind("read-kind-zip")
}

fn missing(part: &str) -> Reason {
    Reason::damaged(message!("read-part-missing", part = part))
}
