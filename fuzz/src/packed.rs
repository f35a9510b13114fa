//! Sheets as packages, and what comes of them.

use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::workbook::HandedBack;
use crate::workbook::read::{Known, open_bytes};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A sound package whose one sheet is `sheet`, with a few shared strings.
pub fn package(sheet: &[u8]) -> Vec<u8> {
    let relation = |id: u32, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |all: String| format!("<Relationships>{all}</Relationships>");
    let main = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Coupons\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let strings = "<sst><si><t>end</t></si><si><t>Row key</t></si><si><r><t>re</t></r><r><t>new</t></r></si></sst>";
    let parts: [(&str, &[u8]); 5] = [
        ("_rels/.rels", &relations(relation(1, "officeDocument", "xl/workbook.xml")).into_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(
                relation(1, "worksheet", "worksheets/sheet1.xml") + &relation(2, "sharedStrings", "sharedStrings.xml"),
            )
            .into_bytes(),
        ),
        ("xl/workbook.xml", main.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(name, stored).expect("a file in memory");
        zip.write_all(bytes).expect("a file in memory");
    }
    zip.finish().expect("a file in memory").into_inner()
}

pub fn read(package: Vec<u8>) -> Result<HandedBack, String> {
    let opened = open_bytes(Path::new("fuzzed.xlsx"), package).map_err(|error| error.reason.to_string())?;
    Ok(opened.decide(Known::default()))
}

/// All that was read, or the sentence.
pub fn told(back: Result<HandedBack, String>) -> String {
    match back {
        Ok(back) => format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            back.decisions, back.undecided, back.notes, back.problems, back.remarks, back.own_columns
        ),
        Err(sentence) => sentence,
    }
}
