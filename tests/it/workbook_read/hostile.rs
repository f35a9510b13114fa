//! Files that are no workbooks, broken ones, and ones made to do harm: each ends in a sentence.

use std::io::{Cursor, Read, Write};
use std::ops::Add;

use couponbook::workbook::columns::Field;
use couponbook::workbook::read::read;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::Put::Text;
use super::{Fixture, one, with_part};

/// A saved workbook of one decision.
fn sound() -> Vec<u8> {
    one(vec![(Field::Action, Text("end"))]).save_to_buffer().unwrap()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn in_sheet(from: &str, to: &str) -> Vec<u8> {
    with_part(&sound(), SHEET, |xml| {
        assert!(xml.contains(from), "{xml}");
        xml.replacen(from, to, 1)
    })
}

fn refusal(bytes: &[u8]) -> String {
    Fixture::new().read_bytes(bytes).unwrap_err().reason.to_string()
}

#[test]
fn numbers_that_a_file_claims_reserve_no_memory() {
    const STRINGS: &str = "xl/sharedStrings.xml";
    let too_many = "the workbook claims or holds too many texts (at most 4 million are read); delete sheets and rows \
                    that are not needed, or copy the cells into a new workbook";
    for claim in ["uniqueCount=\"4000000000\"", "uniqueCount=\" 0099999999999999999999\"", "count=\"4000000000\""] {
        let claimed = with_part(&sound(), STRINGS, |xml| xml.replacen("<sst ", &format!("<sst {claim} "), 1));
        assert_eq!(refusal(&claimed), too_many, "{claim}");
    }
    let held = with_part(&sound(), STRINGS, |xml| xml.replacen("</sst>", &"<si/>".repeat(1_000_000), 1));
    assert!(refusal(&held).contains("xl/sharedStrings.xml inflates to far more"), "{}", refusal(&held));

    // The corner cells of a sheet are no reason to reserve the sheet.
    let mut corners = one(vec![(Field::Action, Text("end"))]);
    corners.worksheet_from_index(0).unwrap().write(1_048_575, 16_383, "x").unwrap();
    assert_eq!(Fixture::new().read(corners).decisions.len(), 1);

    let shared = in_sheet(
        "</sheetData>",
        "<row r=\"9\"><c r=\"H9\"><f t=\"shared\" si=\"4294967295\" ref=\"H9\">1</f><v>1</v></c></row></sheetData>",
    );
    assert_eq!(Fixture::new().read_bytes(&shared).unwrap().decisions.len(), 1);

    let directory = [
        &sound()[..],
        b"PK\x06\x06\x2c\0\0\0\0\0\0\0",
        &[0; 12],
        &[0, 0, 0, 4, 0, 0, 0, 0],
        &[0, 0, 0, 4, 0, 0, 0, 0],
        &[0; 40],
    ]
    .concat();
    assert!(refusal(&directory).starts_with("the file has too many parts (at most 10000 are read)"));
}

#[test]
fn a_small_file_that_inflates_without_end_is_refused() {
    let texts = [
        (format!("<x>{}</x>", " ".repeat(1_000)).repeat(8_000), "inflates to far more than a workbook needs"),
        (format!("<c r=\"A9\"><v>{}</v></c>", "0".repeat(3_000_000)), "holds a single piece of text that is too long"),
        (format!("<c r=\"A9\"><is>{}</is></c>", "<t>aaaaaaaaa</t>".repeat(100_000)), "holds a cell with too much text"),
        (format!("<x a='{}'/>", "<>".repeat(1_000_000)), "holds a single piece of text that is too long"),
    ];
    for (content, wanted) in texts {
        let bomb = in_sheet("</sheetData>", &format!("<row r=\"9\">{content}</row></sheetData>"));
        assert!(bomb.len() < 100_000);
        assert!(refusal(&bomb).contains(wanted), "{}", refusal(&bomb));
    }
}

#[test]
fn the_sizes_that_a_zip_claims_are_not_believed() {
    let claiming = |bytes: u32| {
        let mut zip = in_sheet("</sheetData>", &" ".repeat(1_000).add("<x/>").repeat(8_000).add("</sheetData>"));
        for at in 0..zip.len() - 46 {
            if zip[at..].starts_with(b"PK\x01\x02") {
                zip[at + 24..at + 28].copy_from_slice(&bytes.to_le_bytes());
            }
        }
        zip
    };
    assert!(refusal(&claiming(10)).starts_with("the file is cut short or damaged ("));
    assert!(refusal(&claiming(4_000_000_000)).contains("inflates to far more"));
}

#[test]
fn xml_that_no_office_program_writes_is_refused_in_a_sentence() {
    let cases = [
        (
            in_sheet("<worksheet", "<!DOCTYPE x [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><worksheet"),
            "it declares a document type",
        ),
        (in_sheet("<sheetData>", &format!("{}<sheetData>", "<x>".repeat(100_000))), "nested too deeply"),
        (in_sheet("<sheetData>", "<dimension ref=\"B2:A1\"/><sheetData>"), "names an area that cannot be"),
        (in_sheet("<sheetData>", "<dimension ref=\"ZZZZZZZZZZ1\"/><sheetData>"), "names an area that cannot be"),
        (in_sheet("<c r=\"A3\"", "<c r=\"AAAAAAAAAAAA3\""), "a cell has no proper address"),
        (in_sheet("<c r=\"A3\"", "<c r=\"A99999999999\""), "a cell has no proper address"),
        (in_sheet("<c r=\"A3\"", "<c r=\"A9\""), "a cell lies outside its row"),
        (in_sheet("<row r=\"4\"", "<row r=\"1\""), "its rows are not in order"),
        (in_sheet("</sheetData>", "</sheetData><sheetData></sheetData>"), "it holds its rows twice"),
        (in_sheet("<v>", "<v><![CDATA[1]]>"), "a value is written in a way"),
        (in_sheet("</sheetData>", "<mergeCell ref=\"A1:?\"/></sheetData>"), "names an area that cannot be"),
        (in_sheet("<sheetData>", "<sheetData>&"), "the file is cut short or damaged"),
        (in_sheet("</sheetData>", "<"), "the file is cut short or damaged"),
        (in_sheet("</sheetData>", ""), "the file is cut short or damaged"),
    ];
    for (bytes, wanted) in cases {
        let said = refusal(&bytes);
        assert!(said.contains(wanted) && said.starts_with("the file is cut short or damaged ("), "{said}");
    }
}

#[test]
fn formats_without_number_are_refused() {
    let styles = |extra: String| {
        with_part(&sound(), "xl/styles.xml", |xml| xml.replacen("</cellXfs>", &format!("{extra}</cellXfs>"), 1))
    };
    // Each cell format would get a copy of the font's name.
    let name = with_part(&sound(), "xl/styles.xml", |xml| {
        xml.replacen("<name val=\"", &format!("<name val=\"{}", "a".repeat(500_000)), 1)
    });
    for bytes in [styles("<xf/>".repeat(700_000)), name] {
        assert!(
            refusal(&bytes).starts_with("the workbook has too many or too long cell formats"),
            "{}",
            refusal(&bytes)
        );
    }
    let circle = styles("<xf xfId=\"1\" numFmtId=\"999999\" fontId=\"99999999999999999999\"/>".to_string());
    assert_eq!(Fixture::new().read_bytes(&circle).unwrap().decisions.len(), 1);
}

#[test]
fn a_file_cut_short_anywhere_ends_in_a_sentence() {
    let whole = sound();
    let fixture = Fixture::new();
    for length in (4..whole.len() - 1).step_by(97) {
        let said = fixture.read_bytes(&whole[..length]).unwrap_err().reason.to_string();
        assert!(said.starts_with("the file is cut short or damaged ("), "{length}: {said}");
    }
}

#[test]
fn a_zip_of_something_else_is_named() {
    let cases = [
        (&["_rels/.rels", "word/document.xml"][..], "a Word document"),
        (&["Index/Document.iwa"], "a Numbers document"),
        (&["holiday.jpg"], "a zip file"),
    ];
    for (names, wanted) in cases {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        }
        let said = refusal(&zip.finish().unwrap().into_inner());
        assert_eq!(said, format!("this is {wanted}, not an .xlsx workbook; open it and save it as .xlsx"));
    }
    let twice = with_part(&sound(), SHEET, |xml| xml);
    let mut zip = zip::ZipWriter::new_append(Cursor::new(twice)).unwrap();
    zip.start_file("XL/worksheets/SHEET1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    assert!(refusal(&zip.finish().unwrap().into_inner()).contains("two parts are called"));
}

/// `COUPONBOOK_FUZZ=20000` tries so many, with seeds of their own.
fn cases() -> u32 {
    std::env::var("COUPONBOOK_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// XML cut and pasted into somewhere.
fn changed(xml: &str, at: Index, cut: usize, insert: &str) -> String {
    let letters: Vec<char> = xml.chars().collect();
    let at = at.index(letters.len());
    let rest = (at + cut).min(letters.len());
    letters[..at].iter().copied().chain(insert.chars()).chain(letters[rest..].iter().copied()).collect()
}

/// All that was read, or the sentence.
fn read_or_refused(bytes: &[u8]) -> String {
    match Fixture::new().read_bytes(bytes) {
        Ok(back) => format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            back.decisions, back.undecided, back.notes, back.problems, back.remarks, back.own_columns
        ),
        Err(error) => error.reason.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_at_all_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
        let bytes = if zip { [b"PK\x03\x04", &bytes[..]].concat() } else { bytes };
        prop_assert!(Fixture::new().read_bytes(&bytes).is_err());
    }

    #[test]
    fn a_workbook_with_changed_bytes_never_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = sound();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        _ = Fixture::new().read_bytes(&bytes);
    }

    #[test]
    fn a_workbook_with_changed_xml_never_makes_the_reader_panic(
        part in select(vec![
            SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels",
            "docProps/core.xml",
        ]),
        at in any::<Index>(),
        cut in 0usize..12,
        insert in "[-<>/&;=\"'!?\\[\\]a-zA-Z0-9:# \u{4e00}]{0,8}|<c |<v>|</c>|<row r=\"9\">|<f t=\"shared\">|&#0;|&#xD800;|<si>|_x0000_",
    ) {
        let bytes = with_part(&sound(), part, |xml| changed(&xml, at, cut, &insert));
        _ = Fixture::new().read_bytes(&bytes);
    }

    #[test]
    fn a_sheet_that_is_walked_quickly_is_read_and_refused_as_one_that_is_walked_thoroughly(
        part in select(vec![SHEET, "xl/sharedStrings.xml"]),
        changes in proptest::collection::vec((any::<Index>(), 0usize..9, select(vec![
            "", " ", "<", ">", "/", "\"", "'", "=", "&", ";", "&amp;", "&#65;", "&lt", "<c r=\"A9\"/>", "<c/>", "<c r='B4'>", "<c x=' r=\"A1\"'/>",
            "<c r=\"H4\"/>", "<c s=\"1\"/>", "</c>", "<v>", "</v>", "<v/>", "<is><t>", "</t></is>", "<row r=\"9\">", "<row>", "</row>",
            "<row hidden=\"1\">", "<!---->", "<![CDATA[x]]>", "<?x?>", "\u{4e00}", "\u{feff}", "\n", " t=\"e\"", " r=\"C4\"", " t=\"s\"",
            "<x:c r=\"D4\"/>", "<si><t>", "</t></si>", "<mergeCell ref=\"H4:H5\"/>", "<f>1</f>", "xml:space=\"preserve\"", "#SPILL!",
        ])), 1..4),
    ) {
        let mutated = |mut xml: String| {
            for (at, cut, insert) in &changes {
                xml = changed(&xml, *at, *cut, insert);
            }
            xml
        };
        let quick = with_part(&rich(), part, mutated);
        // A comment is nothing that office programs write.
        let thorough = with_part(&rich(), part, |xml| format!("<!---->{}", mutated(xml)));
        prop_assert_eq!(read_or_refused(&quick), read_or_refused(&thorough));
    }
}

/// A workbook with texts of both kinds, errors, a merged area and formulas.
fn rich() -> Vec<u8> {
    let mut workbook = super::coupons(&[
        (
            1,
            vec![
                (Field::Action, Text("end")),
                (Field::Note, Text("a & b  <c>")),
                (Field::NewEnd, super::Date("2026-12-01")),
            ],
        ),
        (
            2,
            vec![
                (Field::Action, Text("restock")),
                (Field::AddStock, super::Number(200.0)),
                (Field::Note, super::Put::Formula("x")),
            ],
        ),
        (3, vec![(Field::Note, Text(" 梅 ")), (Field::Store, super::Put::Yes)]),
    ]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    for column in 20..30 {
        sheet.write_blank(4, column, &bold).unwrap();
    }
    sheet.merge_range(5, 9, 6, 9, "merged", &bold).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn each_bound_says_what_can_be_done_about_it() {
    let names = |language: &str| -> Vec<String> {
        let path: std::path::PathBuf =
            [env!("CARGO_MANIFEST_DIR"), "templates", "language", language, "read.ftl"].iter().collect();
        let lines = std::fs::read_to_string(path).unwrap();
        lines.lines().filter_map(|line| Some(line.split_once(" = ")?.0.to_string())).collect()
    };
    // Of files that are held as a whole one sentence says both.
    let is_bound = |name: &&String| {
        let kinds = ["read-too-", "read-long-", "read-inflates"];
        kinds.iter().any(|kind| name.starts_with(kind)) && *name != "read-too-much" && !name.contains("held")
    };
    for language in ["en", "zh-CN"] {
        let all = names(language);
        let bounds: Vec<&String> = all.iter().filter(is_bound).filter(|name| !name.ends_with("-advice")).collect();
        assert!(bounds.len() >= 14, "{bounds:?}");
        for bound in bounds {
            assert!(all.contains(&format!("{bound}-advice")), "{language}: {bound}");
        }
    }
}

#[test]
fn a_column_filled_down_beyond_the_coupons_is_counted_and_the_rest_is_read() {
    let rows: String = (9..=200_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"I{row}\" t=\"inlineStr\"><is><t>renew</t></is></c></row>"))
        .collect();
    let back = Fixture::new().read_bytes(&in_sheet("</sheetData>", &format!("{rows}</sheetData>"))).unwrap();
    assert_eq!(back.decisions.len(), 1);
    assert_eq!(back.problems.count(), 200_000 - 8);
    assert!(back.problems.len() <= 1_000, "only the first are said one by one");
    assert_eq!(back.problems.behind(100), [(Field::RowKey, 200_000 - 108)].into());
}

#[test]
fn one_text_in_many_cells_is_kept_as_often_as_there_is_room() {
    let mut known = 0;
    with_part(&sound(), "xl/sharedStrings.xml", |xml| {
        known = xml.matches("<si>").count();
        xml
    });
    let filled = |letters: usize| {
        let rows: String = (9..=60_000)
            .map(|row| {
                let key = super::key(row);
                let key = format!("<c r=\"C{row}\" t=\"inlineStr\"><is><t>{}</t></is></c>", key.as_str());
                format!("<row r=\"{row}\">{key}<c r=\"M{row}\" t=\"s\"><v>{known}</v></c></row>")
            })
            .collect();
        let sheet = in_sheet("</sheetData>", &format!("{rows}</sheetData>"));
        with_part(&sheet, "xl/sharedStrings.xml", |xml| {
            xml.replacen("</sst>", &format!("<si><t>{}</t></si></sst>", "x".repeat(letters)), 1)
        })
    };
    assert_eq!(Fixture::new().read_bytes(&filled(20)).unwrap().notes.len(), 60_000 - 8);
    let said = refusal(&filled(30_000));
    assert!(said.starts_with("the rows with decisions and the added columns hold too much text (at most "), "{said}");
    assert!(said.ends_with("in a copy delete the rows that are decided later"), "{said}");
}

#[test]
fn what_is_no_workbook_is_named_in_one_sentence() {
    let ole = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let encrypted: Vec<u8> =
        [&ole[..], &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat();
    let cases: [(&[u8], &str); 8] = [
        (b"", "the file is empty; ask for it again, or export again"),
        (&encrypted, "the workbook is protected by a password; open it, remove the password and save it as .xlsx"),
        (b"%PDF-1.7", "this is a PDF, not an .xlsx workbook; open it and save it as .xlsx"),
        (
            b"Store,Code,Action\r\n",
            "no sheet has a header row with \"Row key\" and \"Action\" in its first 20 rows; hand back the exported workbook",
        ),
        (
            b"\xEF\xBB\xBF<html><table>",
            "this is an HTML page named like a workbook, not an .xlsx workbook; open it and save it as .xlsx",
        ),
        (b"hello", "this is a text file, not an .xlsx workbook; open it and save it as .xlsx"),
        (b"\0\x01\x02", "this is another kind of file, not an .xlsx workbook; open it and save it as .xlsx"),
        (
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "this is a zip file, not an .xlsx workbook; open it and save it as .xlsx",
        ),
    ];
    let fixture = Fixture::new();
    for (bytes, wanted) in cases {
        assert_eq!(fixture.read_bytes(bytes).unwrap_err().reason.to_string(), wanted);
    }
    // Windows has no path of that kind.
    #[cfg(unix)]
    assert_eq!(
        read(std::path::Path::new("/dev/zero")).unwrap_err().to_string(),
        "/dev/zero: this is a device or a pipe, not an .xlsx workbook; name a file"
    );
    let folder = fixture.folder.path();
    assert_eq!(read(folder).unwrap_err().reason.to_string(), "this is a folder; name the workbook in it");
    let missing = read(&folder.join("none.xlsx")).unwrap_err();
    assert!(missing.to_string().ends_with("none.xlsx: there is no such file; check its name and folder"), "{missing}");
}

/// What becomes of a part: its name and its bytes.
type Change<'a> = &'a dyn Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>;

/// The package with each part under another name, or with other bytes.
fn rebuilt(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut rebuilt = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().to_string(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if let Some((name, bytes)) = change(&name, bytes) {
            rebuilt.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            rebuilt.write_all(&bytes).unwrap();
        }
    }
    rebuilt.finish().unwrap().into_inner()
}

#[test]
fn what_office_programs_may_write_is_read_wherever_the_parts_lie() {
    let fixture = super::Fixture::new();
    let plain = |bytes: &[u8]| {
        let back = fixture.read_bytes(bytes).unwrap();
        (back.decisions, back.undecided)
    };
    let wanted = plain(&sound());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let cases: [(&str, Change); 4] = [
        ("two bytes a letter", &|name, bytes| {
            let is_sheet = name.starts_with("xl/worksheets/sheet") || name == "xl/sharedStrings.xml";
            let wide = |bytes| -> Vec<u8> {
                let letters = text(bytes);
                [0xFF, 0xFE].into_iter().chain(letters.encode_utf16().flat_map(u16::to_le_bytes)).collect()
            };
            Some((name.to_string(), if is_sheet { wide(bytes) } else { bytes }))
        }),
        ("targets that go up first", &|name, bytes| {
            let up = |bytes| text(bytes).replace("Target=\"worksheets/", "Target=\"../xl/worksheets/").into_bytes();
            Some((name.to_string(), if name == "xl/_rels/workbook.xml.rels" { up(bytes) } else { bytes }))
        }),
        ("shared strings of another name", &|name, bytes| {
            let renamed = |bytes| text(bytes).replace("\"sharedStrings.xml\"", "\"texts.xml\"").into_bytes();
            match name {
                "xl/sharedStrings.xml" => Some(("xl/texts.xml".to_string(), bytes)),
                "xl/_rels/workbook.xml.rels" => Some((name.to_string(), renamed(bytes))),
                _ => Some((name.to_string(), bytes)),
            }
        }),
        ("a sheet of macros", &|name, bytes| {
            let list = "<sheet name=\"Macro1\" sheetId=\"99\" r:id=\"rId99\"/></sheets>";
            let relation = "<Relationship Id=\"rId99\" Type=\"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet\" \
                            Target=\"macrosheets/sheet1.xml\"/></Relationships>";
            match name {
                "xl/workbook.xml" => Some((name.to_string(), text(bytes).replace("</sheets>", list).into_bytes())),
                "xl/_rels/workbook.xml.rels" => {
                    Some((name.to_string(), text(bytes).replace("</Relationships>", relation).into_bytes()))
                }
                _ => Some((name.to_string(), bytes)),
            }
        }),
    ];
    for (case, change) in cases {
        assert_eq!(plain(&rebuilt(&sound(), change)), wanted, "{case}");
    }
    // Excelize lists dozens of schemas at the root of the styles.
    let schemas: String =
        (0..90).map(|number| format!(" xmlns:x{number}=\"http://schemas.example/office/{number:040}\"")).collect();
    let styles =
        with_part(&sound(), "xl/styles.xml", |xml| xml.replacen("<styleSheet", &format!("<styleSheet{schemas}"), 1));
    assert_eq!(plain(&styles), wanted);
}

#[test]
fn the_mark_of_an_open_workbook_is_named_with_the_workbook() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["~$monday.xlsx", ".~lock.monday.xlsx#"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "Mei").unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("has monday.xlsx open"), "{said}");
    }
}
