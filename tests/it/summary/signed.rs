//! What is signed on a checklist, as people leave it, and how the journal keeps it.

use couponbook::domain::*;
use couponbook::export::sign_offs;
use couponbook::journal::{CameBack, Journal};
use couponbook::workbook::{HandedBack, SignedRow, read};
use rust_xlsxwriter::Workbook;

use crate::workbook_write::fixture;

/// A workbook that came back with such a checklist, the first line its headers.
fn back(sheet: &str, lines: &[&[&str]]) -> HandedBack {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("back.xlsx");
    let mut workbook = Workbook::new();
    let coupons = workbook.add_worksheet().set_name("Coupons").unwrap();
    for (column, header) in ["Action", "New end", "Add stock", "New min spend", "Note", "Row key"].iter().enumerate() {
        coupons.write(0, column as u16, *header).unwrap();
    }
    let checklist = workbook.add_worksheet().set_name(sheet).unwrap();
    for (row, line) in (3..).zip(lines) {
        for (column, text) in line.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            checklist.write(row, column as u16, *text).unwrap();
        }
    }
    workbook.save(&path).unwrap();
    read::read(&path).unwrap()
}

fn signed(rows: &[SignedRow]) -> Vec<(String, Slot, String, String)> {
    let routine = RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif"));
    let read = sign_offs(rows, &routine, Slot::Am, fixture::at(22, 1, 0));
    read.into_iter().map(|it| (it.item, it.slot, it.name, it.remark)).collect()
}

fn cells(item: &str, slot: Slot, name: &str, remark: &str) -> (String, Slot, String, String) {
    (item.to_string(), slot, name.to_string(), remark.to_string())
}

#[test]
fn names_and_remarks_are_found_by_their_headers_in_either_language_and_any_order() {
    let english = back(
        "Checklist",
        &[
            &["#", "What", " pm:  NAME", "AM: name", "Remarks", "Item key"],
            &["1", "Every store's list is loaded", "–", " Mei ", "asked Ploy", "stores"],
            &["2", "Stock of active coupons", "Dana", "Mei", "", "stock"],
            &["3", "Abnormal status", "", "—", "", "status"],
        ],
    );
    let wanted = [
        cells("stores", Slot::Am, "Mei", "asked Ploy"),
        cells("stock", Slot::Am, "Mei", ""),
        cells("stock", Slot::Pm, "Dana", ""),
    ];
    assert_eq!(signed(&english.signed), wanted);
    // The second pair stands in workbooks of earlier versions.
    for [morning, afternoon] in [["上午签核", "下午签核"], ["上午签名", "下午签名"]] {
        let chinese = back(
            "检查表",
            &[
                &["检查项", morning, afternoon, "备注", "检查项标识"],
                &["各店铺列表加载完整", "Mei", "", "asked Ploy", "stores"],
                &["在用券的库存", "Mei", "Dana", "", "stock"],
            ],
        );
        assert_eq!(signed(&chinese.signed), wanted, "{morning}");
    }
}

#[test]
fn an_item_without_its_key_is_known_by_its_words_and_a_line_of_ones_own_is_kept_under_them() {
    let book = back(
        "Checklist",
        &[
            &["What", "AM: name", "PM: name", "Remarks"],
            &["stock of active coupons", "Mei", "", ""],
            &["今日到期的券", "Mei", "", ""],
            &["Banners", "Dana", "", "two are old"],
            &["Abnormal status", "", "", "look tomorrow"],
            &["Write your name when you have looked.", "", "", ""],
        ],
    );
    let wanted = [
        cells("stock", Slot::Am, "Mei", ""),
        cells("ends_today", Slot::Am, "Mei", ""),
        cells("Banners", Slot::Am, "Dana", "two are old"),
        cells("status", Slot::Am, "", "look tomorrow"),
    ];
    assert_eq!(signed(&book.signed), wanted);
}

#[test]
fn a_workbook_without_a_checklist_is_read_all_the_same() {
    assert_eq!(back("Mine", &[&["What", "Who"], &["Stock of active coupons", "Mei"]]).signed, []);
}

struct Fixture {
    _folder: tempfile::TempDir,
    journal: Journal,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal.db")).unwrap();
        Self { _folder: folder, journal }
    }

    fn take_in(
        &self,
        workbook: &str,
        hour: u32,
        signed: &[SignOff],
        asked: &[OpenAction],
        not_asked: &[RowKey],
    ) -> bool {
        let export = fixture::export();
        let came_back = CameBack {
            export: &export.id,
            day: export.day,
            workbook_sha256: workbook,
            sign_offs: signed,
            asked,
            not_asked,
            read_at: fixture::at(22, hour, 0),
        };
        self.journal.take_in(&came_back).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let signed = self.journal.sign_offs(&fixture::export().id).unwrap();
        signed.iter().map(|it| format!("{} {} {} {}", it.item, it.slot.word(), it.name, it.remark)).collect()
    }
}

fn sign_off(item: &str, name: &str, remark: &str, hour: u32) -> SignOff {
    let (item, name, remark) = (item.to_string(), name.to_string(), remark.to_string());
    SignOff { item, slot: Slot::Am, name, remark, read_at: fixture::at(22, hour, 0) }
}

#[test]
fn the_same_workbook_again_changes_nothing_and_a_later_one_wins() {
    let fixture = Fixture::new();
    let first = [sign_off("stock", "Mei", "low", 1), sign_off("status", "Mei", "", 1)];
    assert!(fixture.take_in("aa", 1, &first, &[], &[]));
    assert!(fixture.take_in("bb", 2, &[sign_off("stock", "Dana", "", 2)], &[], &[]));
    assert!(!fixture.take_in("aa", 3, &first, &[], &[]), "known already");
    assert_eq!(fixture.names(), ["status am Mei ", "stock am Dana low"], "an empty cell takes nothing away");
    let day = fixture::export().day;
    assert_eq!(fixture.journal.sign_offs_of_day(day).unwrap().len(), 2);
    assert_eq!(fixture.journal.sign_offs_of_day(day.succ_opt().unwrap()).unwrap(), []);
}

#[test]
fn an_action_stays_open_until_a_run_settles_it_or_a_later_workbook_withdraws_it() {
    let fixture = Fixture::new();
    let export = fixture::export();
    let ask = |index: usize| {
        let row = &export.rows[index];
        let label = row.coupon.label().to_string();
        let store = row.coupon.store.clone();
        OpenAction { row: row.key.clone(), store, label, action: ActionWord::Restock, outcome: None }
    };
    fixture.take_in("aa", 1, &[], &[ask(0), ask(1), ask(2)], &[]);
    let open = |since| {
        let open = fixture.journal.open_actions(since).unwrap();
        open.into_iter().map(|it| (it.row, it.outcome)).collect::<Vec<_>>()
    };
    assert_eq!(open(fixture::at(22, 0, 0)).len(), 3);
    assert_eq!(open(fixture::at(22, 2, 0)), [], "too long ago");
    let lock = fixture.journal.lock("Mei", fixture::at(22, 1, 0)).unwrap();
    let run = couponbook::journal::RunRecord {
        id: RunId::new("R1"),
        export: export.id.clone(),
        by: "Mei".to_string(),
        account: Account::default(),
        started: fixture::at(22, 1, 5),
        workbook_sha256: "aa".to_string(),
        plan_sha256: "p".to_string(),
    };
    fixture.journal.begin_run(&lock, &run).unwrap();
    let outcomes = fixture::outcomes(&export);
    let of = |kind: OutcomeKind| outcomes.values().find(|outcome| outcome.kind == kind).unwrap().clone();
    fixture.journal.record_outcome(&run.id, &export.rows[0].key, &of(OutcomeKind::Done)).unwrap();
    fixture.journal.record_outcome(&run.id, &export.rows[1].key, &of(OutcomeKind::Failed)).unwrap();
    let keys = |index: usize| export.rows[index].key.clone();
    let left = [(keys(1), Some(OutcomeKind::Failed)), (keys(2), None)];
    assert_eq!(open(fixture::at(22, 0, 0)), left);
    fixture.take_in("bb", 2, &[], &[], &[keys(2)]);
    assert_eq!(open(fixture::at(22, 0, 0)), left[..1]);
}
