//! What the archive tells of the past.

mod archive;
mod counts;
pub mod credit;
mod ledger;
mod program;
mod workbook;

use archive::{Made, Seen, at, key};
use couponbook::archive::history::Asked;
use couponbook::archive::{ChangeLine, RunFacts, Values};
use couponbook::domain::*;
use polars::prelude::{DataType, ParquetReader, ParquetWriter, SerReader};
use rust_decimal::Decimal;

const LOW: &[(FindingCode, Severity)] = &[(FindingCode::LowStock, Severity::Warning)];
const EMPTY: &[(FindingCode, Severity)] = &[(FindingCode::OutOfStock, Severity::Critical)];

fn week(text: &str) -> IsoWeek {
    IsoWeek::parse(text).unwrap()
}

/// From its first moment to its last.
fn of_week() -> (Timestamp, Timestamp) {
    (at(16, 0), at(23, 0))
}

#[test]
fn a_week_is_the_iso_week_even_at_the_turn_of_a_year() {
    for (day, name) in [("2026-11-22", "2026-W47"), ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01")] {
        let week = IsoWeek::of(day.parse().unwrap());
        assert_eq!((week.to_string().as_str(), IsoWeek::parse(name)), (name, Ok(week)));
        assert!(week.holds(day.parse().unwrap()));
    }
    assert_eq!(week("2027-W01").back(1), week("2026-W53"));
    for bad in ["2026-W54", "2025-W53", "W47", "2026-47", "2026-W", "", "2026-W00"] {
        assert!(IsoWeek::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn weeks_are_counted_by_the_average_and_the_most_of_their_exports() {
    let mut made = Made::empty();
    let fine = Seen("2", Status::Active, 50, &[]);
    made.export(10, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), fine])), ("b", None)]);
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), Seen("2", Status::Active, 3, LOW)]))]);
    made.export(16, 14, &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY), Seen("2", Status::Active, 50, &[])]))]);
    let weeks =
        made.history().weeks(&[week("2026-W45"), week("2026-W46"), week("2026-W47")], &Asked::default()).unwrap();
    let [first, last] = weeks.as_slice() else { panic!("a week without exports has no counts") };
    assert_eq!((first.exports, last.exports), (1, 2));
    assert_eq!(first.not_loaded, [(StoreId::parse("b").unwrap(), 1)].into());
    assert_eq!(last.findings[&FindingCode::LowStock], Counted { average: 1.0, most: 2 });
    assert_eq!(last.findings[&FindingCode::OutOfStock], Counted { average: 0.5, most: 1 });
    assert_eq!(last.severities[&Severity::Warning], Counted { average: 1.0, most: 2 });
    assert_eq!(last.coupons, Counted { average: 2.0, most: 2 });
    let sgd = Currency::parse("SGD").unwrap();
    let money = |all: i64, with_findings: i64| MoneyAtRisk {
        all: Decimal::from(all),
        with_findings: Decimal::from(with_findings),
        coupons: 2,
        no_limit: 0,
        not_known: 0,
    };
    assert_eq!((first.money_at_risk[&sgd], last.money_at_risk[&sgd]), (money(110, 10), money(100, 0)));
}

#[test]
fn since_when_a_finding_is_seen_is_told_as_far_back_as_its_store_was_looked_at() {
    let mut made = Made::empty();
    let low = |id| Seen(id, Status::Active, 5, LOW);
    let fine = |id| Seen(id, Status::Active, 50, &[]);
    made.export(15, 1, &[("a", Some(&[low("old"), fine("back")])), ("b", Some(&[low("b")]))]);
    made.export(16, 1, &[("a", Some(&[low("old"), low("back")])), ("b", None)]);
    // A look at one store says nothing of the other.
    made.export(17, 1, &[("b", Some(&[low("b")]))]);
    made.export(18, 1, &[("a", Some(&[low("old"), low("back"), fine("new")])), ("b", None)]);
    let last = made.export(
        19,
        1,
        &[
            ("a", Some(&[low("old"), low("back"), low("new"), fine("fine")])),
            ("b", Some(&[low("b")])),
            ("c", Some(&[low("c")])),
        ],
    );
    let export = made.archive.load_snapshot(&last).unwrap();
    let seen = made.archive.first_seen(&export).unwrap();
    let expected = [("a", "old", 15, true), ("a", "back", 16, false), ("a", "new", 19, false), ("b", "b", 15, true)];
    let expected = expected.map(|(store, id, day, at_least)| (key(store, id), FirstSeen { at: at(day, 1), at_least }));
    assert_eq!(seen, expected.into(), "nothing is known of a store that no export looked at before");
}

#[test]
fn a_coupon_without_a_code_is_called_by_its_name_in_the_audit_as_everywhere() {
    let mut made = Made::empty();
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), Seen("no code 2", Status::Active, 5, LOW)]))]);
    let history = made.history();
    let mut lives = history.week(week("2026-W47"), of_week(), &[], &[]).unwrap().lives;
    history.name_coupons(week("2026-W47"), &mut lives).unwrap();
    let labels: Vec<&str> = lives.iter().map(|life| life.label.as_str()).collect();
    assert!(labels.contains(&"CODE1") && labels.contains(&"Coupon no code 2"), "{labels:?}");
}

#[test]
fn a_filter_counts_only_its_stores_and_its_finding() {
    let mut made = Made::empty();
    made.export(
        16,
        1,
        &[("a", Some(&[Seen("1", Status::Active, 5, LOW)])), ("b", Some(&[Seen("1", Status::Active, 0, EMPTY)]))],
    );
    let counted = |stores: Option<&str>, finding| {
        let stores = stores.map(|store| [StoreId::parse(store).unwrap()].into());
        let weeks = made.history().weeks(&[week("2026-W47")], &Asked { stores, finding }).unwrap();
        weeks[0].findings.keys().copied().collect::<Vec<_>>()
    };
    assert_eq!(counted(Some("b"), None), [FindingCode::OutOfStock]);
    assert_eq!(counted(None, Some(FindingCode::LowStock)), [FindingCode::LowStock]);
    assert_eq!(counted(Some("b"), Some(FindingCode::LowStock)), []);
}

#[test]
fn a_finding_stays_open_while_its_store_does_not_load_and_began_when_an_earlier_week_saw_it_first() {
    let mut made = Made::empty();
    made.export(9, 1, &[("a", Some(&[Seen("1", Status::Active, 50, &[])]))]);
    made.export(11, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)]))]);
    made.export(13, 1, &[("a", None)]);
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)]))]);
    made.export(17, 1, &[("a", None)]);
    made.export(18, 1, &[("a", Some(&[Seen("1", Status::Active, 50, &[])]))]);
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    let life = facts.lives.iter().find(|life| life.key.code == FindingCode::LowStock).unwrap();
    assert_eq!((life.first_seen, life.since_longer), (at(11, 1), false));
    let ended = life.ended.as_ref().unwrap();
    assert_eq!((ended.at, &ended.how), (at(18, 1), &HowEnded::Outside), "nobody of ours raised its stock");
    assert_eq!(facts.failed_loads.len(), 1);
    assert_eq!(facts.failed_loads[0].request_id.as_deref(), Some("req-1"));
}

#[test]
fn how_a_finding_went_away_is_told_by_action_by_absence_or_by_end() {
    let mut made = Made::empty();
    let seen = |id| Seen(id, Status::Active, 5, LOW);
    let export = made.export(16, 1, &[("a", Some(&[seen("1"), seen("2"), seen("3"), seen("4")]))]);
    made.export(
        17,
        1,
        &[("a", Some(&[Seen("1", Status::Active, 90, &[]), Seen("2", Status::Ended, 5, &[]), seen("4")]))],
    );
    let change = AppliedChange {
        run: RunId::new("R1"),
        export,
        at: at(16, 9),
        by: "Operator".to_string(),
        store: StoreId::parse("a").unwrap(),
        row: key("a", "1"),
        coupon: None,
        label: "CODE1".to_string(),
        action: ActionWord::Restock,
        becomes: vec![Operation::RaiseTotal],
        before: None,
        after: None,
        outcome: OutcomeKind::Done,
        message: Message::as_written(""),
        request_id: None,
        created: Vec::new(),
        exposure: None,
        change: None,
        account: Account::default(),
        credit: None,
    };
    let facts = made.history().week(week("2026-W47"), of_week(), &[change], &[]).unwrap();
    let how = |id: &str| {
        let life = facts.lives.iter().find(|life| life.key.row == Some(key("a", id))).unwrap();
        life.ended.as_ref().map(|ended| ended.how.clone())
    };
    let run = RunId::new("R1");
    let by_us = HowEnded::Action { action: ActionWord::Restock, by: "Operator".to_string(), run };
    assert_eq!(how("1"), Some(by_us));
    assert_eq!(how("2"), Some(HowEnded::Outside), "its own end is on the 30th");
    assert_eq!(how("3"), Some(HowEnded::Gone));
    assert_eq!(how("4"), None, "still open");
}

#[test]
fn a_coupon_is_found_by_id_or_code_and_every_sight_of_it_is_kept() {
    let mut made = Made::empty();
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), Seen("2", Status::Active, 9, &[])]))]);
    made.export(17, 1, &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY)]))]);
    let store = StoreId::parse("a").unwrap();
    let history = made.history();
    for name in ["1", "CODE1", "code1"] {
        let lives = history.coupons_named(&store, name).unwrap();
        let remaining: Vec<_> = lives[0].sights.iter().map(|sight| sight.remaining).collect();
        assert_eq!((lives.len(), remaining), (1, vec![Some(5), Some(0)]), "{name}");
        assert_eq!(lives[0].sights[1].findings, [FindingCode::OutOfStock]);
    }
    assert!(history.coupons_named(&store, "3").unwrap().is_empty());
    assert!(history.coupons_named(&StoreId::parse("b").unwrap(), "1").unwrap().is_empty());
    assert_eq!(history.loads_of_store(&store).unwrap().len(), 2);
}

/// Until format 4 counts had no sign.
#[test]
fn tables_of_before_and_after_counts_got_a_sign_are_asked_as_one() {
    for older in
        [&["20261116-AM-000001"][..], &["20261117-AM-000002"], &[], &["20261116-AM-000001", "20261117-AM-000002"]]
    {
        let mut made = Made::empty();
        made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), Seen("2", Status::Active, 9, &[])]))]);
        made.export(17, 1, &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY)]))]);
        for export in older {
            let day = format!("date={}-{}-{}", &export[..4], &export[4..6], &export[6..8]);
            let folder = made.root().join("snapshots").join(day).join(format!("export={export}"));
            assert!(
                without_signs(&folder.join("coupons.parquet")) > 5 && without_signs(&folder.join("stores.parquet")) > 3
            );
        }
        let (store, history) = (StoreId::parse("a").unwrap(), made.history());
        let lives = history.coupons_named(&store, "1").unwrap();
        let seen: Vec<_> = lives[0].sights.iter().map(|sight| (sight.total, sight.remaining)).collect();
        assert_eq!(seen, [(Some(100), Some(5)), (Some(100), Some(0))], "{older:?}");
        assert_eq!(history.loads_of_store(&store).unwrap().len(), 2);
        let weeks = history.weeks(&[week("2026-W47")], &Asked::default()).unwrap();
        assert_eq!(weeks[0].coupons, Counted { average: 1.5, most: 2 });
    }
}

/// Writes a table as it was written once, and tells of how many columns.
fn without_signs(path: &std::path::Path) -> usize {
    let mut table = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    let counts: Vec<_> = table.columns().iter().filter(|column| *column.dtype() == DataType::Int64).cloned().collect();
    for column in &counts {
        table.with_column(column.cast(&DataType::UInt64).unwrap()).unwrap();
    }
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut table).unwrap();
    counts.len()
}

#[test]
fn the_order_is_that_of_the_archive_where_a_clock_was_set_back() {
    let mut made = Made::empty();
    made.export(16, 9, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)]))]);
    made.export(17, 9, &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY)]))]);
    // Two hours back: what came last stays last.
    made.export(17, 7, &[("a", Some(&[Seen("1", Status::Active, 50, &[])]))]);
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    assert!(facts.lives.iter().all(|life| !life.is_open()), "{:?}", facts.lives);
    let counts = made.history().weeks(&[week("2026-W47")], &Asked::default()).unwrap();
    let sgd = Currency::parse("SGD").unwrap();
    assert_eq!(counts[0].money_at_risk[&sgd].all, Decimal::from(100), "as the last export saw it");
    let store = StoreId::parse("a").unwrap();
    let sights = made.history().coupons_named(&store, "1").unwrap().remove(0).sights;
    assert_eq!(sights.iter().map(|sight| sight.remaining).collect::<Vec<_>>(), [Some(5), Some(0), Some(50)]);
}

#[test]
fn two_exports_in_one_minute_are_two_exports_and_half_a_one_is_none() {
    let mut made = Made::empty();
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)]))]);
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW), Seen("2", Status::Active, 5, LOW)]))]);
    // What a power cut leaves: a folder that never got its name, and one whose tables never came.
    let day = made.root().join("snapshots/date=2026-11-16");
    for half in [".export=20261116-AM-HALF01.partial", "export=20261116-AM-HALF02"] {
        std::fs::create_dir(day.join(half)).unwrap();
        std::fs::write(day.join(half).join("export.json"), b"{").unwrap();
    }
    let history = made.history();
    let counts = history.weeks(&[week("2026-W47")], &Asked::default()).unwrap();
    assert_eq!(counts[0].exports, 2);
    assert_eq!(counts[0].findings[&FindingCode::LowStock], Counted { average: 2.0, most: 2 }, "the slot's last counts");
    let facts = history.week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    assert_eq!((facts.exports.len(), facts.days.len(), facts.lives.len()), (2, 1, 2));
}

#[test]
fn a_finding_that_work_by_hand_took_away_says_so() {
    let mut made = Made::empty();
    let low = |id| Seen(id, Status::Active, 5, LOW);
    made.export(16, 1, &[("a", Some(&[low("1"), low("2"), low("3")]))]);
    made.export(17, 1, &[("a", Some(&[Seen("1", Status::Active, 90, &[]), Seen("2", Status::Ended, 5, &[])]))]);
    let task = |coupon: &str, action| PastTask {
        task: Task {
            change: serde_json::from_value(serde_json::json!(format!("C{coupon}"))).unwrap(),
            row: key("a", coupon),
            store: StoreId::parse("a").unwrap(),
            coupon: CouponId::new(coupon),
            label: format!("CODE{coupon}"),
            action,
            goal: Goal::Stopped,
            to_do: Message::as_written("Raise total"),
            why: Message::as_written(""),
            steps: vec![],
            values: vec![],
            page: None,
            owner: String::new(),
            due: at(18, 0).date_naive(),
        },
        asked_at: at(16, 2),
        // Exports tick when they have finished.
        done_at: Some(at(17, 1)),
    };
    let tasks = [task("1", ActionWord::Restock), task("2", ActionWord::Restock), task("3", ActionWord::Delete)];
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &tasks).unwrap();
    let how = |id: &str| {
        let life = facts.lives.iter().find(|life| life.key.row == Some(key("a", id))).unwrap();
        life.ended.as_ref().map(|ended| ended.how.clone())
    };
    assert_eq!(how("1"), Some(HowEnded::ByHand(ActionWord::Restock)));
    assert_eq!(how("2"), Some(HowEnded::Outside), "nobody restocked it: it was over");
    assert_eq!(how("3"), Some(HowEnded::ByHand(ActionWord::Delete)));
}

#[test]
fn a_store_is_counted_over_the_exports_that_loaded_it() {
    let mut made = Made::empty();
    let two = [Seen("1", Status::Active, 5, LOW), Seen("2", Status::Active, 0, EMPTY)];
    made.export(9, 1, &[("a", Some(&two)), ("b", None)]);
    made.export(16, 1, &[("a", Some(&two)), ("b", None)]);
    made.export(16, 9, &[("a", None)]);
    let weeks = [week("2026-W46"), week("2026-W47")];
    let stores = made.history().stores_by_week(&weeks, &Asked::default()).unwrap();
    let of = |store: &str, name: &str| stores[&StoreId::parse(store).unwrap()].get(&week(name)).cloned().unwrap();
    let a = of("a", "2026-W47");
    assert_eq!((a.exports, a.loaded, a.average(), a.worst()), (2, 1, Some(2.0), Some(Severity::Critical)));
    assert_eq!(a.average_of(Severity::Critical), Some(1.0));
    let b = of("b", "2026-W47");
    assert_eq!((b.exports, b.loaded, b.average(), b.worst()), (1, 0, None, None));
    let asked = Asked { finding: Some(FindingCode::LowStock), stores: Some([StoreId::parse("a").unwrap()].into()) };
    let only = made.history().stores_by_week(&weeks, &asked).unwrap();
    assert_eq!(only.len(), 1);
    assert_eq!(only.values().next().unwrap()[&week("2026-W46")].average(), Some(1.0));
}

#[test]
fn what_a_run_did_comes_back_as_messages_and_an_older_table_as_its_words() {
    let made = Made::empty();
    let total = |count: u64| couponbook::message!("rules-sold-out", total = count);
    let line = ChangeLine {
        applied: AppliedChange {
            run: RunId::new("R20261116-090000-7K3MPX"),
            export: ExportId::new("20261116-AM-7K3MPX"),
            at: at(16, 9),
            by: "Night shift".to_string(),
            store: StoreId::parse("a").unwrap(),
            row: key("a", "1"),
            coupon: Some(CouponId::new("1")),
            label: "CODE1".to_string(),
            action: ActionWord::Restock,
            becomes: vec![Operation::RaiseTotal],
            before: Some(total(300)),
            after: None,
            outcome: OutcomeKind::Done,
            message: total(700),
            request_id: None,
            created: Vec::new(),
            exposure: None,
            change: None,
            account: Account { user: Some("ning".to_string()), host: Some("desk-3".to_string()), author: None },
            credit: None,
        },
        code: Some("CODE1".to_string()),
        name: "Coupon 1".to_string(),
        before: Values::default(),
        after: Values::default(),
        currency: None,
        note: None,
        next: None,
    };
    let run = RunFacts {
        id: RunId::new("R20261116-090000-7K3MPX"),
        export: ExportId::new("20261116-AM-7K3MPX"),
        by: "Night shift".to_string(),
        account: Account { user: Some("ning".to_string()), host: Some("desk-3".to_string()), author: None },
        started: at(16, 9),
        finished: at(16, 10),
    };
    let saved = made.archive.save_changes(&run, &[line]).unwrap();
    let told = || {
        let (mut changes, _) = made.history().applied_changes().unwrap();
        let change = changes.remove(0);
        (change.before, change.after, change.message, change.account.login())
    };
    assert_eq!(told(), (Some(total(300)), None, total(700), Some("ning@desk-3".to_string())));

    let path = saved.folder.join("changes.parquet");
    let table = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
    let since = ["os_user", "host", "workbook_author", "sent_by_run", "sent_by", "sent_at", "sent_by_os_user"];
    let messages = ["before_message", "after_message", "whole_message", "next_message"];
    let mut older = table.drop_many(messages.into_iter().chain(since));
    std::fs::remove_file(&path).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut older).unwrap();
    let words = |count: u64| Message::as_written(format!("0 of {count} left: buyers cannot get it."));
    assert_eq!(told(), (Some(words(300)), None, words(700), None));
}
