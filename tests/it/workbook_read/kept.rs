//! The same decisions in the same export, saved by many programs (`tests/kept`): each is read as the same decisions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use couponbook::domain::RowKey;
use couponbook::workbook::HandedBack;
use couponbook::workbook::read::{as_csv, open};

use super::seen::{Round, told};
use super::{end_of, set};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept")
}

/// A decision in words: its row of the export, what is to be done, and the manager's note.
fn decided(round: &Round, back: &HandedBack) -> Vec<String> {
    let rows: BTreeMap<RowKey, usize> = (0..round.export.rows.len()).map(|row| (round.key(row), row)).collect();
    let mut found: Vec<(usize, String)> = Vec::new();
    for decision in &back.decisions {
        let action = &decision.action;
        let note = action.note.as_deref().unwrap_or("-");
        let (stock, spend) = (set(action.add_stock), set(action.new_min_spend));
        let (stock, spend) =
            (stock.map_or("-".into(), |it| it.to_string()), spend.map_or("-".into(), |it| it.to_string()));
        found.push((rows[&action.row], format!("{} {} {stock} {spend} {note}", action.word.word(), end_of(action))));
    }
    found.sort();
    found.into_iter().map(|(row, words)| format!("{row}: {words}")).collect()
}

const DECIDED: [&str; 6] = [
    "0: keep blank - - =planned, not computed",
    "1: renew 2026-12-31 - - -",
    "2: restock blank 20 - -",
    "3: adjust blank - 12.5 -",
    "4: end blank - - -",
    "5: renew 2026-12-24 18:00:00 - - -",
];

#[test]
fn every_program_saves_the_same_decisions() {
    let round = Round::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv"]
            .iter()
            .any(|ending| path.extension().is_some_and(|it| it == *ending))
    });
    files.sort();
    assert!(files.len() >= 20, "{files:?}");
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| !path.ends_with("pandas.xlsx")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let back = round.read(path);
        let own: Vec<&str> = back.own_columns.iter().map(|(header, _)| header.as_str()).collect();
        let own_cells: Vec<&String> = back.own_columns.iter().flat_map(|(_, cells)| cells.values()).collect();
        let notes: Vec<&String> = back.notes.values().collect();
        if decided(&round, &back) != DECIDED || !back.problems.is_empty() {
            wrong.push(format!("{name}: {:?} {:?}", decided(&round, &back), told(&back.problems)));
        }
        if !own.contains(&"My remark") || !own_cells.iter().any(|text| *text == "ours") || notes != ["梅 asks why"] {
            wrong.push(format!("{name}: {own:?} {own_cells:?} {notes:?}"));
        }
        if back.export.as_ref() != Some(&round.export.id) {
            wrong.push(format!("{name}: {:?}", back.export));
        }
        // What a program made of a cell may be told; nothing is told to be edited that nobody edited.
        let edited: Vec<String> = told(&back.remarks).into_iter().filter(|remark| remark.contains("ignored")).collect();
        if !edited.is_empty() {
            wrong.push(format!("{name}: {edited:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_pandas_makes_a_formula_of_is_refused_and_told() {
    let round = Round::new();
    let back = round.read(&folder().join("pandas.xlsx"));
    assert_eq!(decided(&round, &back), DECIDED[1..]);
    let refused = "Coupons!M4, Note: \"formula without a saved result\"; write the note as plain text";
    assert_eq!(told(&back.problems), [refused]);
    let told: Vec<String> = told(&back.remarks).into_iter().filter(|remark| remark.contains("ignored")).collect();
    assert!(matches!(&told[..], [code, name] if code.contains("Code") && name.contains("Name")), "{told:?}");
}

#[test]
#[ignore = "writes the workbook that tests/kept/make.sh has other programs save"]
fn writes_the_workbook_that_the_others_save() {
    let to = PathBuf::from(std::env::var_os("COUPONBOOK_KEPT").expect("the folder to write to"));
    let round = Round::new();
    std::fs::copy(round.written(), to.join("exported.xlsx")).unwrap();
    std::fs::write(to.join("exported.csv"), as_csv(&round.written()).unwrap()).unwrap();
}

#[test]
fn a_csv_reads_as_the_workbook_that_it_was_written_from() {
    let round = Round::new();
    let csv = round.written().with_extension("csv");
    std::fs::write(&csv, as_csv(&round.written()).unwrap()).unwrap();
    let [from_workbook, from_text] = [open(&round.written()).unwrap(), open(&csv).unwrap()];
    assert_eq!(from_text.export(), from_workbook.export());
    assert_eq!(from_text.snapshot_sha256(), from_workbook.snapshot_sha256());
    let back = round.read(&csv);
    assert_eq!((told(&back.problems), told(&back.remarks)), (vec![], vec![]));
    assert_eq!(back.undecided.len(), round.export.rows.len());
}

#[test]
fn rows_of_two_exports_in_one_csv_are_refused() {
    let round = Round::new();
    let csv = String::from_utf8(as_csv(&round.written()).unwrap()).unwrap();
    let id = round.export.id.as_str();
    let place = csv.rfind(id).unwrap();
    let mixed = format!("{}20261122-AM-OTHERS{}", &csv[..place], &csv[place + id.len()..]);
    let path = round.written().with_extension("csv");
    std::fs::write(&path, mixed).unwrap();
    let refused = open(&path).unwrap_err().reason.to_string();
    assert!(refused.starts_with("its rows are of several exports: the column export id has"), "{refused}");
}

#[test]
fn a_column_of_a_managers_own_is_not_taken_for_one_of_the_program() {
    let round = Round::new();
    let written = as_csv(&round.written()).unwrap();
    let path = round.written().with_extension("csv");
    let mut saved = csv::Writer::from_path(&path).unwrap();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(&written[..]);
    // As a spreadsheet saves it from a workbook: without our last columns, and with one called Part.
    for (number, row) in rows.records().enumerate() {
        let mut cells: Vec<String> = row.unwrap().iter().map(String::from).collect();
        cells.truncate(cells.len() - 2);
        cells.push(if number == 0 { "Part".to_string() } else { format!("part {number}") });
        saved.write_record(&cells).unwrap();
    }
    saved.flush().unwrap();
    let back = round.read(&path);
    assert_eq!((told(&back.problems), back.export), (vec![], None));
    let (name, cells) = back.own_columns.iter().find(|(name, _)| name == "Part").unwrap();
    assert_eq!((name.as_str(), cells.len()), ("Part", round.export.rows.len()));
}
