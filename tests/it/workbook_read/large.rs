//! What an export wrote is read back, however much it is. `COUPONBOOK_LARGE=400000` tries it with so many coupons.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;

use couponbook::archive::Extent;
use couponbook::domain::{
    Action, ActionWord, Advice, Edit, Export, Finding, FindingCode, Load, Route, RowKey, Severity,
};
use couponbook::workbook::read::{Bounds, Known, open, open_within};
use couponbook::workbook::write::write_in_sheets_of;
use couponbook::workbook::{Book, Decision};

use super::Put::Text;
use super::{Field, Fixture, fixture, one, with_part};
use crate::archive::archive_at;

/// The stores of a morning with so many coupons, one in ten with a finding.
fn export_of(coupons: usize) -> Export {
    let mut export = fixture::export();
    export.stores.retain(|load| load.load.is_loaded());
    let stores = export.stores.iter().map(|load| load.store.clone()).collect::<Vec<_>>();
    let row = |number: usize| {
        let store = &stores[number % stores.len()];
        let (id, code) = (format!("73012345678{number:09}"), format!("CODE{number}"));
        let coupon = fixture::coupon(store, &id, Some(&code), &format!("Coupon & \"number\" {number}"));
        let (findings, advice): (Vec<Finding>, _) = match number % 10 {
            0 => {
                let why = format!("{} of 800 left; at this pace gone on Mon 23 Nov.", number % 60);
                (vec![fixture::finding(FindingCode::LowStock, Severity::Warning, &why)], Advice::Restock { add: 400 })
            }
            _ => (Vec::new(), Advice::Nothing),
        };
        fixture::row(store, coupon, findings, advice, Route::Direct)
    };
    export.rows = (0..coupons).map(row).collect::<Vec<_>>().into();
    for load in &mut export.stores {
        let count = export.rows.iter().filter(|row| row.coupon.store == load.store.id).count() as u64;
        load.load = Load::Loaded { count, expected: Some(count), unreadable: Vec::new() };
    }
    export
}

fn restock(key: &RowKey) -> Decision {
    let action = Action {
        row: key.clone(),
        word: ActionWord::Restock,
        new_end: Edit::Blank,
        add_stock: Edit::Set(250),
        new_min_spend: Edit::Blank,
        note: None,
    };
    let cells = ["restock", "", "250", "", ""].map(str::to_string);
    Decision { sheet: String::new(), row: 0, hidden: false, action, cells }
}

#[test]
fn decisions_on_each_sheet_of_an_export_that_needs_several_come_back_with_their_coupons() {
    let coupons = std::env::var("COUPONBOOK_LARGE").map_or(3_000, |number| number.parse().unwrap());
    // A real sheet has room for a million.
    let a_sheet = coupons / 3 + 1;
    let export = export_of(coupons);
    let folder = tempfile::tempdir().unwrap();
    let archive = archive_at(folder.path().join("archive"), "office-pc");
    archive.save_snapshot(&export).unwrap();
    let wanted: Vec<&RowKey> = export.rows.iter().step_by(a_sheet / 6).map(|row| &row.key).collect();
    let decisions: BTreeMap<RowKey, Decision> = wanted.iter().map(|key| ((*key).clone(), restock(key))).collect();
    let book = Book { decisions: &decisions, ..fixture::book(&export, &[]) };
    let path = folder.path().join("many.xlsx");
    write_in_sheets_of(&book, a_sheet, BufWriter::new(File::create(&path).unwrap())).unwrap();

    let Extent { coupons: kept, text_bytes } = archive.largest_extent().unwrap();
    assert_eq!(kept, coupons as u64);
    let opened = open_within(&path, Bounds::of_export(kept, text_bytes)).unwrap();
    let kept = archive.load_snapshot(opened.export().unwrap()).unwrap();
    let back = opened.decide(Known { export: Some(&kept), ..Known::default() });
    assert!(back.problems.is_empty() && back.remarks.is_empty(), "{:?} {:?}", back.problems, back.remarks);
    assert_eq!(back.decisions.iter().map(|it| &it.action.row).collect::<Vec<_>>(), wanted);
    assert!(back.decisions.iter().all(|it| it.action.add_stock == Edit::Set(250)));
    assert_eq!(back.decisions.len() + back.undecided.len(), coupons);
    for sheet in ["Coupons", "Coupons 2", "Coupons 3"] {
        assert!(back.decisions.iter().filter(|it| it.sheet == sheet).count() >= 5, "{sheet}");
    }
}

#[test]
fn how_much_a_file_may_hold_is_not_believed_of_a_snapshot_that_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive_at(folder.path().join("archive"), "office-pc");
    assert_eq!(archive.largest_extent().unwrap(), Extent::default());
    let saved = archive.save_snapshot(&export_of(30)).unwrap();
    assert_eq!(archive.largest_extent().unwrap().coupons, 30);
    let coupons = saved.folder.join("coupons.parquet");
    let other = archive_at(folder.path().join("other"), "office-pc").save_snapshot(&export_of(300)).unwrap();
    std::fs::copy(other.folder.join("coupons.parquet"), coupons).unwrap();
    assert!(archive.largest_extent().unwrap_err().to_string().contains("coupons.parquet"));
}

#[test]
fn a_workbook_holds_as_much_as_its_export_and_one_of_nobody_knows_whom_no_more_than_it_did() {
    assert_eq!(Bounds::of_export(0, 0), Bounds::OF_ANY_FILE);
    assert_eq!(Bounds::of_export(40_000, 20_000_000), Bounds::OF_ANY_FILE);
    // As office programs save a million coupons: every text once, for cells to share.
    let claim = "<sst uniqueCount=\"4100000\" ";
    let bytes = one(vec![(Field::Action, Text("end"))]).save_to_buffer().unwrap();
    let bytes = with_part(&bytes, "xl/sharedStrings.xml", |xml| xml.replacen("<sst ", claim, 1));
    let fixture = Fixture::new();
    let path = fixture.save(&bytes);
    let refused = open(&path).unwrap_err().reason;
    assert!(refused.is_too_much() && refused.to_string().contains("at most 4 million are read"), "{refused}");
    let opened = open_within(&path, Bounds::of_export(1_000_000, 400_000_000)).unwrap();
    assert_eq!(opened.decide(Known::default()).decisions.len(), 1);
}
