//! The weekly audit workbook, opened again.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use couponbook::archive::history::{Asked, WeekFacts};
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::workbook::write::{HistoryBook, WeekBook, write_history, write_week};

use super::archive::{Made, Seen, at};
use super::{EMPTY, LOW, week};

fn written(language: Language, facts: &WeekFacts, sign_offs: Option<&[DueSignOff]>) -> Xlsx<Cursor<Vec<u8>>> {
    let book = WeekBook {
        flaws: &[],
        language,
        week: week("2026-W47"),
        zone: chrono_tz::UTC,
        made_at: at(29, 0),
        exports: &facts.exports,
        days: &facts.days,
        lives: &facts.lives,
        approved_by: &Default::default(),
        changes: &[],
        money: &facts.money,
        money_of_changes: &BTreeMap::new(),
        sign_offs,
        failed_loads: &facts.failed_loads,
        tasks: &[],
    };
    let mut bytes = Cursor::new(Vec::new());
    write_week(&book, &mut bytes).unwrap();
    Xlsx::new(bytes).unwrap()
}

fn words(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> String {
    let range = workbook.worksheet_range(sheet).unwrap();
    let text = range.cells().filter_map(|(_, _, cell)| match cell {
        Data::String(text) => Some(text.clone()),
        _ => None,
    });
    text.collect::<Vec<_>>().join("\n")
}

fn facts() -> WeekFacts {
    let mut made = Made::empty();
    made.export(16, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)])), ("b", None)]);
    made.export(17, 1, &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY)])), ("b", None)]);
    made.history().week(week("2026-W47"), super::of_week(), &[], &[]).unwrap()
}

#[test]
fn every_sheet_is_there_in_both_languages_and_no_message_is_missing() {
    let facts = facts();
    for (language, sheets) in [
        (
            Language::ENGLISH,
            ["Summary", "Open times", "Actions", "Money", "Sign-offs", "Repeat offenders", "Failed loads", "By hand"],
        ),
        (crate::chinese(), ["汇总", "处理时长", "操作", "金额", "签核", "高频问题", "加载失败", "手动处理"]),
    ] {
        let mut workbook = written(language, &facts, None);
        assert_eq!(workbook.sheet_names(), sheets);
        for sheet in sheets {
            let words = words(&mut workbook, sheet);
            for id in ["week-", "finding-", "outcome-", "action-", "slot-", "results-"] {
                assert!(!words.contains(id), "{sheet} shows the name of a message: {words}");
            }
        }
    }
}

#[test]
fn missed_sign_offs_are_marked_in_words() {
    let due = |what: &str, signed_by: Option<&str>| DueSignOff {
        day: at(16, 0).date_naive(),
        slot: Slot::Am,
        what: Message::as_written(what),
        whose: Message::as_written("operator"),
        signed_by: signed_by.map(str::to_string),
        remark: String::new(),
    };
    let due = [due("Stock", None), due("Status", Some("Operator one"))];
    let words = words(&mut written(Language::ENGLISH, &facts(), Some(&due)), "Sign-offs");
    assert!(
        words.contains("● missed") && words.contains("Operator one") && words.contains("1 of 2 were missed"),
        "{words}"
    );
}

#[test]
fn an_empty_week_says_so_in_a_sentence() {
    let words = words(&mut written(Language::ENGLISH, &WeekFacts::default(), None), "Summary");
    assert!(words.contains("No export in this week"), "{words}");
}

/// A week with two exports, one without any, one with one.
fn weeks(language: Language, sign_offs: Option<&[DueSignOff]>) -> Xlsx<Cursor<Vec<u8>>> {
    let mut made = Made::empty();
    made.export(2, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)])), ("b", None)]);
    made.export(
        3,
        1,
        &[("a", Some(&[Seen("1", Status::Active, 0, EMPTY), Seen("2", Status::Active, 5, LOW)])), ("b", None)],
    );
    made.export(17, 1, &[("a", Some(&[Seen("1", Status::Active, 5, LOW)])), ("b", Some(&[]))]);
    let weeks = [week("2026-W45"), week("2026-W46"), week("2026-W47")];
    let history = made.history();
    let book = HistoryBook {
        flaws: &[],
        language,
        zone: chrono_tz::UTC,
        made_at: at(22, 0),
        weeks: &weeks,
        counts: &history.weeks(&weeks, &Asked::default()).unwrap(),
        stores: &history.stores_by_week(&weeks, &Asked::default()).unwrap(),
        sign_offs,
        finding: None,
        only_stores: None,
    };
    let mut bytes = Cursor::new(Vec::new());
    write_history(&book, &mut bytes).unwrap();
    Xlsx::new(bytes).unwrap()
}

#[test]
fn the_workbook_of_weeks_has_every_sheet_in_both_languages_and_no_message_is_missing() {
    for (language, sheets) in [
        (Language::ENGLISH, ["Summary", "Findings by week", "Stores", "Money at risk", "Loads and sign-offs"]),
        (crate::chinese(), ["汇总", "每周问题", "店铺", "风险金额", "加载与签核"]),
    ] {
        let mut workbook = weeks(language, None);
        assert_eq!(workbook.sheet_names(), sheets);
        for sheet in sheets {
            let words = words(&mut workbook, sheet);
            for id in ["history-", "week-", "finding-", "severity-"] {
                assert!(!words.contains(id), "{sheet} shows the name of a message: {words}");
            }
        }
    }
}

#[test]
fn a_week_without_an_export_is_a_gap_and_no_zero() {
    let mut workbook = weeks(Language::ENGLISH, None);
    assert!(words(&mut workbook, "Summary").contains("no export in this week"));
    let findings = words(&mut workbook, "Findings by week");
    assert!(findings.contains("● 0.5") && findings.contains('?'), "{findings}");
    let stores = words(&mut workbook, "Stores");
    assert!(stores.contains("● 1 of 3") && stores.contains("3 of 3"), "{stores}");
}

#[test]
fn what_nobody_signed_is_counted_by_item_and_week() {
    let due = |day, signed_by: Option<&str>| DueSignOff {
        day: at(day, 0).date_naive(),
        slot: Slot::Am,
        what: Message::as_written("Stock"),
        whose: Message::as_written("operator"),
        signed_by: signed_by.map(str::to_string),
        remark: String::new(),
    };
    let due = [due(2, None), due(3, Some("Operator one")), due(17, Some("Operator one"))];
    let words = words(&mut weeks(Language::ENGLISH, Some(&due)), "Loads and sign-offs");
    assert!(words.contains("● 1 of 2") && words.contains("✓ none"), "{words}");
}
