//! Formats other than .xlsx: files that would take hold of the reader, and files that went wrong on their way.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use couponbook::workbook::read::{is_parsing, open_bytes};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn refusal(name: &str, bytes: Vec<u8>) -> String {
    open_bytes(Path::new(name), bytes).map(drop).map_err(|error| error.reason.to_string()).expect_err(name)
}

fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Coupons\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mime = b"application/vnd.oasis.opendocument.spreadsheet".to_vec();
    zipped(&[("mimetype", mime), ("content.xml", content.into_bytes())])
}

#[test]
fn what_an_ods_says_in_few_letters_is_counted_as_often_as_it_stands_there() {
    let cell = |more: &str| {
        format!("<table:table-cell office:value-type=\"string\" {more}><text:p>x</text:p></table:table-cell>")
    };
    let row = |more: &str, cells: &str| format!("<table:table-row {more}>{cells}</table:table-row>");
    let cells = "the sheets have too many cells (at most 2,000,000 are read of a file of this kind); save it as .xlsx";
    let cases = [
        (
            row("", &cell("table:number-columns-repeated=\"16000\"")).repeat(130),
            "the sheets hold too much text (at most 128 MB",
        ),
        (
            row("table:number-rows-repeated=\"1048576\"", &cell("table:number-columns-repeated=\"16384\"")),
            "the sheets hold too much text (at most 128 MB",
        ),
        // Two cells, and all that lies between them.
        (
            row("", &cell(""))
                + &row("table:number-rows-repeated=\"1000000\"", "<table:table-cell/>")
                + &row("", &format!("<table:table-cell table:number-columns-repeated=\"16000\"/>{}", cell(""))),
            cells,
        ),
        (
            row("table:number-rows-repeated=\"400000\"", &cell("").replace(">x<", &format!(">{}<", "y".repeat(2000)))),
            "the sheets hold too much text (at most 128 MB",
        ),
        (
            row("", &cell("").replace(">x<", "><text:s text:c=\"4000000000\"/><")),
            "content.xml holds a cell with too much text",
        ),
        (
            row("", &cell("table:number-columns-repeated=\"many\"")),
            "the file is cut short or damaged (content.xml: it says",
        ),
        (row("", &row("", "")), "the file is cut short or damaged (content.xml: its elements are nested"),
        (
            row("", "<table:table-cell table:number-columns-repeated=\"20000\"/>")
                + &row("", &format!("<table:table-cell table:number-columns-repeated=\"20000\"/>{}", cell(""))),
            "the file is cut short or damaged",
        ),
    ];
    for (rows, wanted) in cases {
        let said = refusal("book.ods", ods(&rows));
        assert!(said.starts_with(wanted), "{said}\n{wanted}");
    }
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// A workbook of one sheet, in the records of Excel 97.
fn xls(shared: &[&str], cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let texts: Vec<u8> = shared
        .iter()
        .flat_map(|text| [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat())
        .collect();
    let mut chunks = [&[0; 8][..], &texts].concat().chunks(8000).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let first = chunks.remove(0);
    let mut head =
        [begin(5), record(0x0085, &[&[0; 6][..], &[7, 0], b"Coupons"].concat()), record(0x00FC, &first)].concat();
    for chunk in chunks {
        // A text that goes on says again that its letters take a byte each.
        head.extend(record(0x003C, &[&[0][..], &chunk].concat()));
    }
    head.extend(record(0x000A, &[]));
    let place = (head.len() as u32).to_le_bytes();
    let at = begin(5).len() + 4;
    head[at..at + 4].copy_from_slice(&place);
    let stream = [head, begin(0x10), cells.concat(), record(0x000A, &[])].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn shared_text(row: u16, column: u16, index: u32) -> Vec<u8> {
    let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
    record(0x00FD, &[place, index.to_le_bytes().to_vec()].concat())
}

#[test]
fn what_an_xls_repeats_or_spreads_is_counted_before_it_is_built() {
    let long = "z".repeat(7000);
    let many: Vec<Vec<u8>> = (0..20_000).map(|row| shared_text(row, 0, 0)).collect();
    let spread = vec![shared_text(0, 0, 0), shared_text(65_535, 255, 0)];
    let cut = xls(&["a"], &[shared_text(0, 0, 0)]);
    let cases = [
        (xls(&[&long], &many), "the sheets hold too much text (at most 128 MB"),
        (xls(&["a"], &spread), "the sheets have too many cells (at most 2,000,000"),
        (xls(&["a"], &[shared_text(0, 20_000, 0)]), "the file is cut short or damaged (Workbook: a cell lies outside"),
        (xls(&["a"], &[record(0x00FD, &[0; 4])]), "the file is cut short or damaged (Workbook: its rows"),
        (xls(&["a"], &[record(0x002F, &[0; 4])]), "no sheet has a header row"),
        (cut[..1500].to_vec(), "the file is cut short or damaged ("),
    ];
    for (bytes, wanted) in cases {
        let said = refusal("book.xls", bytes);
        assert!(said.starts_with(wanted), "{said}\n{wanted}");
    }
    let mut encrypted = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    encrypted.create_stream("EncryptedPackage").unwrap().write_all(&[1; 64]).unwrap();
    let said = refusal("book.xlsx", encrypted.into_inner().into_inner());
    assert!(said.starts_with("the workbook is protected by a password"), "{said}");
}

/// Numbers that look random, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn harm(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = 0xFF,
                2 => bytes.truncate(at.max(1)),
                3 => drop(bytes.drain(at..(at + self.below(9)).min(bytes.len()))),
                _ => {
                    let piece = bytes[at..(at + 16).min(bytes.len())].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
    }
}

/// The parts that hold the rows, each harmed on its own so that the zip around them is whole.
fn parts(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((entry.name().unwrap().to_string(), bytes));
    }
    Some(parts)
}

/// `COUPONBOOK_FUZZ=2000` for more rounds.
#[test]
fn a_file_that_went_wrong_on_its_way_ends_in_a_sentence() {
    let rounds: usize = std::env::var("COUPONBOOK_FUZZ").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(25);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept");
    let names = [
        "libreoffice.ods",
        "sheetjs.ods",
        "libreoffice.xls",
        "sheetjs.xls",
        "aspose.xlsb",
        "sheetjs.xlsb",
        "python.csv",
    ];
    let mut numbers = Numbers(14);
    for name in names {
        let whole = std::fs::read(folder.join(name)).unwrap();
        let all = parts(&whole);
        for _ in 0..rounds {
            let harmed = match &all {
                None => {
                    let mut bytes = whole.clone();
                    numbers.harm(&mut bytes);
                    bytes
                }
                Some(parts) => {
                    let read: Vec<usize> = (0..parts.len())
                        .filter(|index| parts[*index].0.ends_with(".bin") || parts[*index].0 == "content.xml")
                        .collect();
                    let harmed = read[numbers.below(read.len())];
                    let mut parts = parts.clone();
                    numbers.harm(&mut parts[harmed].1);
                    let parts: Vec<(&str, Vec<u8>)> =
                        parts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
                    zipped(&parts)
                }
            };
            if let Err(error) = open_bytes(Path::new(name), harmed) {
                assert!(!error.reason.to_string().is_empty());
            }
            assert!(!is_parsing());
        }
    }
}
