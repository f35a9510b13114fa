//! What is new and what was resolved between two exports.

use std::collections::BTreeMap;

use couponbook::archive::Earlier;
use couponbook::domain::*;
use couponbook::export::changed;

use crate::platform;
use crate::workbook_write::fixture;

fn shop(id: &str) -> Store {
    fixture::store(id, platform::SHOPEE, "SGD", chrono_tz::Asia::Singapore, "Mei")
}

fn loaded(store: &Store) -> StoreLoad {
    StoreLoad {
        store: store.clone(),
        load: Load::Loaded { count: 1, expected: None, unreadable: vec![] },
        findings: vec![],
        calls: 1,
        retries: 0,
        seconds: 1.0,
        token_ends: None,
        source: None,
    }
}

fn failed(store: &Store) -> StoreLoad {
    let problem = LoadProblem {
        sentence: Message::as_written("no answer"),
        platform_words: None,
        request_id: None,
        is_sign_in: false,
    };
    let not_loaded = fixture::finding(FindingCode::StoreNotLoaded, Severity::Critical, "no answer");
    StoreLoad { load: Load::Failed(problem), findings: vec![not_loaded], ..loaded(store) }
}

fn row(store: &Store, code: &'static str, findings: &[(FindingCode, Severity)]) -> Row {
    let findings = findings.iter().map(|(code, severity)| fixture::finding(*code, *severity, "why")).collect();
    let coupon = fixture::coupon(store, &format!("id of {code}"), Some(code), "A coupon");
    fixture::row(store, coupon, findings, Advice::Nothing, Route::Direct)
}

fn export(id: &str, day: u32, stores: Vec<StoreLoad>, rows: Vec<Row>) -> Export {
    Export {
        id: ExportId::new(id),
        at: fixture::at(day, 0, 4),
        finished: fixture::at(day, 0, 11),
        day: chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
        stores,
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
        ..fixture::export()
    }
}

const BAD: Severity = Severity::Critical;
const WARNING: Severity = Severity::Warning;

fn new_ones(changed: &Changed) -> Vec<(String, FindingCode)> {
    changed.new.iter().map(|new| (new.label.clone(), new.key.code)).collect()
}

#[test]
fn a_finding_is_new_where_its_coupon_did_not_have_it_and_the_worst_comes_first() {
    let sg = shop("sg");
    let (low, out) = (FindingCode::LowStock, FindingCode::OutOfStock);
    let before = export(
        "A",
        21,
        vec![loaded(&sg)],
        vec![row(&sg, "STAYS", &[(low, WARNING)]), row(&sg, "GROWS", &[(low, WARNING)])],
    );
    let now = export(
        "B",
        22,
        vec![loaded(&sg)],
        vec![
            row(&sg, "STAYS", &[(low, WARNING)]),
            row(&sg, "FRESH", &[(low, WARNING)]),
            row(&sg, "GROWS", &[(out, BAD), (low, WARNING)]),
        ],
    );
    let changed = changed(&Earlier::of(&before), &now, &[], &BTreeMap::new());
    assert_eq!(new_ones(&changed), [("GROWS".to_string(), out), ("FRESH".to_string(), low)]);
    assert_eq!(changed.since, Some(Since { at: before.at, day: before.day, slot: before.slot }));
    assert!(changed.ended.is_empty() && changed.not_compared.is_empty());
}

#[test]
fn what_was_resolved_says_how() {
    let sg = shop("sg");
    let low = [(FindingCode::LowStock, WARNING)];
    let codes = ["DONE", "HAND", "GONE", "ENDED", "ITSELF"];
    let before = export("A", 21, vec![loaded(&sg)], codes.iter().map(|code| row(&sg, code, &low)).collect());
    let mut rows: Vec<Row> = codes.iter().filter(|code| **code != "GONE").map(|code| row(&sg, code, &[])).collect();
    rows.iter_mut().filter(|row| row.coupon.label() == "ENDED").for_each(|row| row.coupon.status = Status::Ended);
    let key = |code: &str| before.rows.iter().find(|row| row.coupon.label() == code).unwrap().key.clone();
    let restocked = RowChange {
        row: key("DONE"),
        action: ActionWord::Restock,
        becomes: Operation::RaiseTotal,
        by: "Mei".to_string(),
        run: RunId::new("R1"),
        at: fixture::at(21, 9, 0),
    };
    let by_hand = [(key("HAND"), ActionWord::Renew)].into();
    let now = export("B", 22, vec![loaded(&sg)], rows);
    let changed = changed(&Earlier::of(&before), &now, &[restocked], &by_hand);
    let how: Vec<(&str, &HowEnded)> = changed.ended.iter().map(|it| (it.finding.label.as_str(), &it.how)).collect();
    let mei = HowEnded::Action { action: ActionWord::Restock, by: "Mei".to_string(), run: RunId::new("R1") };
    assert_eq!(
        how,
        [
            ("DONE", &mei),
            ("ENDED", &HowEnded::Outside),
            ("GONE", &HowEnded::Gone),
            ("HAND", &HowEnded::ByHand(ActionWord::Renew)),
            ("ITSELF", &HowEnded::NotKnown),
        ]
    );
}

#[test]
fn only_stores_that_both_exports_loaded_are_compared() {
    let [sg, my, th] = ["sg", "my", "th"].map(shop);
    let low = [(FindingCode::LowStock, WARNING)];
    let before = export("A", 21, vec![loaded(&sg), loaded(&my)], vec![row(&sg, "SG", &low), row(&my, "MY", &low)]);
    // One failed now, one was not asked before.
    let now =
        export("B", 22, vec![loaded(&sg), failed(&my), loaded(&th)], vec![row(&sg, "SG", &low), row(&th, "TH", &low)]);
    let changed = changed(&Earlier::of(&before), &now, &[], &BTreeMap::new());
    assert_eq!(new_ones(&changed), [(String::new(), FindingCode::StoreNotLoaded)], "that it failed is news");
    assert!(changed.ended.is_empty(), "what did not load is not known to be resolved");
    assert_eq!(changed.not_compared, [my.id.clone(), th.id]);
    let again = export("C", 23, vec![loaded(&sg), loaded(&my)], vec![]);
    let changed = super::changed::changed(&Earlier::of(&now), &again, &[], &BTreeMap::new());
    let code = |it: &EndedFinding| (it.finding.key.store.clone().unwrap().to_string(), it.finding.key.code);
    let resolved: Vec<_> = changed.resolved().map(code).collect();
    assert_eq!(resolved, [("my".to_string(), FindingCode::StoreNotLoaded), ("sg".to_string(), FindingCode::LowStock)]);
}

#[test]
fn each_store_is_compared_with_its_own_last_load_whatever_other_exports_were_filtered_to() {
    let folder = tempfile::tempdir().unwrap();
    let archive = crate::archive::archive_at(folder.path(), "this machine");
    let [sg, my] = ["sg", "my"].map(shop);
    let low = [(FindingCode::LowStock, WARNING)];
    assert!(archive.earlier(fixture::at(23, 0, 0)).unwrap().is_none());
    let both = export("B", 23, vec![loaded(&sg), loaded(&my)], vec![row(&sg, "SG", &low), row(&my, "MY", &low)]);
    archive.save_snapshot(&both).unwrap();
    // A newer one of one store alone, and one that only holds the results of a run.
    archive
        .save_snapshot(&export("C", 24, vec![loaded(&sg)], vec![row(&sg, "SG", &low), row(&sg, "SG2", &low)]))
        .unwrap();
    let round = Export { follows: Some(both.id.clone()), ..export("D", 25, vec![loaded(&sg), loaded(&my)], vec![]) };
    archive.save_snapshot(&round).unwrap();
    let now = export("E", 26, vec![loaded(&sg), loaded(&my)], vec![row(&sg, "SG", &low), row(&my, "MY2", &low)]);
    let earlier = archive.earlier(now.at).unwrap().unwrap();
    let changed = changed(&earlier, &now, &[], &BTreeMap::new());
    assert_eq!(new_ones(&changed), [("MY2".to_string(), FindingCode::LowStock)]);
    let gone: Vec<_> = changed.ended.iter().map(|it| (it.finding.label.as_str(), &it.how)).collect();
    assert_eq!(gone, [("MY", &HowEnded::Gone), ("SG2", &HowEnded::Gone)]);
    assert_eq!(
        (changed.since, changed.not_compared),
        (None, vec![]),
        "the one with Monday's, the other with Tuesday's"
    );
}

#[test]
fn a_coupon_that_is_missing_from_a_list_that_came_short_is_not_known_to_be_gone() {
    let sg = shop("sg");
    let low = [(FindingCode::LowStock, WARNING)];
    let before = export("A", 21, vec![loaded(&sg)], vec![row(&sg, "CAME", &low), row(&sg, "MISSING", &low)]);
    let short = Load::Loaded { count: 1, expected: Some(2), unreadable: vec![] };
    let now = export("B", 22, vec![StoreLoad { load: short, ..loaded(&sg) }], vec![row(&sg, "CAME", &[])]);
    let changed = changed(&Earlier::of(&before), &now, &[], &BTreeMap::new());
    let gone: Vec<_> = changed.ended.iter().map(|it| it.finding.label.as_str()).collect();
    assert_eq!(gone, ["CAME"]);
}

#[test]
fn what_expired_did_not_become_well_and_is_not_among_what_was_resolved() {
    let sg = shop("sg");
    let before = export("A", 21, vec![loaded(&sg)], vec![row(&sg, "ONE", &[(FindingCode::ExpiresToday, WARNING)])]);
    let now = export("B", 22, vec![loaded(&sg)], vec![row(&sg, "ONE", &[(FindingCode::Expired, BAD)])]);
    let changed = changed(&Earlier::of(&before), &now, &[], &BTreeMap::new());
    assert_eq!(changed.resolved().count(), 0);
    assert_eq!(changed.ended[0].how, HowEnded::TurnedInto(FindingCode::Expired));
    assert_eq!(new_ones(&changed), [("ONE".to_string(), FindingCode::Expired)]);
}
