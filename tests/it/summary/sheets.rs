//! Summary and Checklist as they are written, in both languages, and the checklist read back.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use couponbook::domain::*;
use couponbook::export::{CampaignsSeen, ChecklistInput, checklist, sign_offs};
use couponbook::language::Language;
use couponbook::rules::Policies;
use couponbook::workbook::{Book, Overview, read, write};
use rust_decimal::Decimal;

use crate::workbook_write::fixture;

/// To look at with one's own eyes: `COUPONBOOK_KEEP=folder cargo test --test it summary`.
fn bytes(name: &str, book: &Book) -> Vec<u8> {
    let mut bytes = Vec::new();
    write::write_to(book, &mut bytes).unwrap();
    if let Some(folder) = std::env::var_os("COUPONBOOK_KEEP") {
        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
    }
    bytes
}

fn texts(bytes: &[u8], sheet: &str) -> Vec<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let cells = range.rows().flatten().filter(|cell| !matches!(cell, Data::Empty));
    cells.map(|cell| cell.to_string().replace('\u{a0}', " ")).collect()
}

fn links(bytes: &[u8], part: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut text = String::new();
    archive.by_name(part).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn key_of(row: &Row, code: FindingCode) -> FindingKey {
    FindingKey { store: Some(row.coupon.store.clone()), row: Some(row.key.clone()), code, about: None }
}

/// A Sunday afternoon with news of every kind.
fn afternoon() -> (Export, Overview) {
    let export = Export { slot: Slot::Pm, ..fixture::export() };
    let named = |code: &str| export.rows.iter().find(|row| row.coupon.code.as_deref() == Some(code)).unwrap();
    let new = |code: &str| {
        let row = named(code);
        let key = key_of(row, row.findings[0].code);
        SeenFinding { key, label: code.to_string(), severity: row.findings[0].severity }
    };
    let resolved = |code: &str, finding, how| {
        let row = named(code);
        let label = row.coupon.label().to_string();
        let finding = SeenFinding { key: key_of(row, finding), label, severity: Severity::Warning };
        EndedFinding { finding, how }
    };
    let store = Some(export.stores[2].store.id.clone());
    let key = FindingKey { store, row: None, code: FindingCode::StoreNotLoaded, about: None };
    let failed = SeenFinding { key, label: String::new(), severity: Severity::Critical };
    let by = |action| HowEnded::Action { action, by: "Mei".to_string(), run: RunId::new("R1") };
    let changed = Changed {
        since: Some(Since { at: fixture::at(22, 0, 4), day: export.day, slot: Slot::Am }),
        new: vec![failed, new("BFSG15"), new("BLACK20"), new("FOLLOW3")],
        ended: vec![
            resolved("OK020", FindingCode::LowStock, by(ActionWord::Restock)),
            resolved("OK021", FindingCode::ExpiringSoon, HowEnded::ByHand(ActionWord::Renew)),
            resolved("OK022", FindingCode::Paused, HowEnded::Outside),
            resolved("BFSG15", FindingCode::LowStock, HowEnded::TurnedInto(FindingCode::OutOfStock)),
        ],
        not_compared: vec![export.stores[2].store.id.clone()],
    };
    let trend = (40..48).map(|week| WeekTrend {
        week: IsoWeek::parse(&format!("2026-W{week}")).unwrap(),
        exports: 14,
        critical: week % 5 + 3,
        warning: week % 4 * 2 + 9,
        notice: week % 3 + 4,
    });
    let open = |code: &str, action, outcome| {
        let row = named(code);
        let (row, store) = (row.key.clone(), row.coupon.store.clone());
        OpenAction { row, store, label: code.to_string(), action, outcome }
    };
    let open_actions =
        vec![open("BFSG15", ActionWord::Restock, Some(OutcomeKind::Failed)), open("BLACK20", ActionWord::Renew, None)];
    let overview = Overview { changed: Some(changed), trend: trend.collect(), open_actions, ..Overview::default() };
    (export, overview)
}

fn written(language: Language, name: &str) -> Vec<u8> {
    let (export, overview) = afternoon();
    let signed = |item: &str, remark: &str| SignOff {
        item: item.to_string(),
        slot: Slot::Am,
        name: "Mei".to_string(),
        remark: remark.to_string(),
        read_at: fixture::at(22, 2, 0),
    };
    let items = checklist(&ChecklistInput {
        export: &export,
        routine: &RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif")),
        by_hand: &[],
        open_actions: &overview.open_actions,
        policies: &Policies::default(),
        campaigns: CampaignsSeen { is_any: true, ..CampaignsSeen::default() },
        sign_offs: &[signed("stores", "asked Ploy to sign in again"), signed("stock", "")],
    });
    let left_out = vec![Notice {
        subject: Subject::CampaignPlan,
        store: None,
        file: Some("plans/campaigns.csv".into()),
        line: Some(7),
        message: Message::as_written("store \"shopee-xx-1\" is not in the config."),
    }];
    let book = Book {
        language,
        overview: &overview,
        left_out: &left_out,
        first_export: false,
        ..fixture::book(&export, &items)
    };
    bytes(name, &book)
}

#[test]
fn summary_says_what_is_new_what_was_resolved_and_how_and_what_is_still_open() {
    let file = written(Language::ENGLISH, "summary_en.xlsx");
    let said = texts(&file, "Summary");
    for wanted in [
        "Coupon check · Sunday 22 November 2026, afternoon",
        "4 / 3",
        "new / resolved since Sun 22 Nov, morning",
        "Changed since Sun 22 Nov, morning",
        "New (4)",
        "● lazada-th-1 · the whole store · Not loaded",
        "● shopee-sg-1 · BFSG15 · Out of stock",
        "Resolved (3)",
        "One more ended without being over: it turned into another finding, was kept, or its store is not seen any more.",
        "1 store is not compared: it did not load now, or not in the exports before.",
        "▲ campaigns.csv:7: store \"shopee-xx-1\" is not in the config.",
        "2 actions of the last workbooks are not settled",
        "▲ shopee-sg-1 · BFSG15 · restock: Failed",
        "▲ woo-de-1 · BLACK20 · renew: never applied",
        "To look at, last 8 weeks",
        "W47",
    ] {
        assert!(said.iter().any(|text| text == wanted), "{wanted:?} is not in {said:#?}");
    }
    assert!(
        said.iter().any(|text| text.starts_with("✓ ") && text.ends_with("Low stock: restocked by Mei")),
        "{said:#?}"
    );
    assert!(said.iter().any(|text| text.ends_with("OK021 · Expires soon: done by hand: renew")), "{said:#?}");
    assert!(links(&file, "xl/worksheets/sheet1.xml").contains("location=\"'Coupons'!A"));
    assert!(links(&file, "xl/charts/chart2.xml").contains("Summary!$O$"), "the weeks' numbers");
}

#[test]
fn summary_and_checklist_speak_chinese() {
    let file = written(crate::chinese(), "summary_zh.xlsx");
    let said = texts(&file, "汇总");
    for wanted in [
        "优惠券检查 · 2026年11月22日 星期日 下午",
        "● 严重：今天处理",
        "11月22日上午以来的变化",
        "● shopee-sg-1 · BFSG15 · 库存用完",
        "▲ woo-de-1 · BLACK20 · 延期：尚未执行",
        "最近 8 周待查看数",
    ] {
        assert!(said.iter().any(|text| text == wanted), "{wanted:?} is not in {said:#?}");
    }
    let checklist = texts(&file, "检查表");
    for wanted in ["每日检查表", "上午签核", "今日到期的券", "2 项操作尚未落实：BFSG15、BLACK20", "– 今日不查"]
    {
        assert!(checklist.iter().any(|text| text == wanted), "{wanted:?} is not in {checklist:#?}");
    }
}

#[test]
fn money_at_risk_is_told_by_currency_and_no_limit_is_never_a_number() {
    let file = written(Language::ENGLISH, "money.xlsx");
    let said = texts(&file, "Summary");
    let at = said.iter().position(|text| text == "Money at risk").unwrap();
    let table = &said[at + 5..at + 40];
    let of = |currency: &str| table.iter().position(|text| text == currency).unwrap();
    assert!(table[of("SGD") + 1].parse::<f64>().unwrap() > 0.0);
    assert!(table[of("EUR") + 3].starts_with("no limit: "), "{table:#?}");
}

#[test]
fn every_currency_is_told_the_largest_risk_first_with_what_is_no_number_side_by_side() {
    let mut export = fixture::export();
    let codes = "AUD BRL CAD CNY EUR GBP HKD IDR JPY KRW MXN MYR PHP PLN SGD THB TWD USD VND".split(' ');
    let codes: Vec<&str> = codes.collect();
    (export.stores, export.rows) = (Vec::new(), Rows::default());
    for (number, code) in (1..).zip(&codes) {
        let id = format!("shop-{}", code.to_lowercase());
        let store = fixture::store(&id, crate::platform::SHOPEE, code, chrono_tz::UTC, "Mei");
        let coupon = |name: &str, status| Coupon { status, ..fixture::coupon(&store, name, Some(name), "One") };
        let row = |name: &str, status, exposure| {
            let row = fixture::row(&store, coupon(name, status), vec![], Advice::Nothing, Route::Direct);
            Row { money_at_risk: exposure, ..row }
        };
        // In the unit of what nobody looks twice at, so that the order is known.
        let amount = Decimal::from(number) * store.currency.small_sum();
        let money = |amount| Exposure::Known(Money::new(amount, store.currency));
        export.rows.push(row("runs", Status::Active, money(amount)));
        export.rows.push(row("paused", Status::Paused, money(amount * Decimal::from(1000))));
        if *code == "VND" {
            export.rows.push(row("no limit", Status::Scheduled, Exposure::NoLimit));
            export.rows.push(row("not known", Status::Active, Exposure::NotKnown));
        }
        export.stores.push(StoreLoad { store, ..fixture::export().stores[0].clone() });
    }
    let said = texts(&bytes("currencies.xlsx", &fixture::book(&export, &[])), "Summary");
    let shown: Vec<&str> = said.iter().map(String::as_str).filter(|text| codes.contains(text)).collect();
    let wanted: Vec<&str> = codes.iter().rev().copied().collect();
    assert_eq!(shown, wanted);
    let at = said.iter().position(|text| text == "VND").unwrap();
    assert_eq!(said[at + 1].parse::<f64>().unwrap(), 19.0 * 50_000.0, "without the paused one");
    assert_eq!(said[at + 3], "no limit: 1 coupon, not known: 1 coupon");
}

#[test]
fn a_first_export_says_that_there_is_nothing_to_compare_with_yet() {
    let export = fixture::export();
    let said = texts(&bytes("first.xlsx", &fixture::book(&export, &[])), "Summary");
    let has = |wanted: &str| said.iter().any(|text| text == wanted);
    assert!(has("First export: from the next one on, this shows what changed."));
    assert!(has("The trend begins once the archive has two weeks."));
    assert!(!has("Left out of this file"));
}

#[test]
fn more_kinds_of_findings_than_fit_share_the_last_column() {
    let mut export = fixture::export();
    let store = export.stores[0].store.clone();
    let on_coupons = FindingCode::ALL.iter().copied().skip(3);
    for (number, code) in on_coupons.enumerate() {
        let coupon = fixture::coupon(&store, &format!("id-{number}"), None, "One");
        let finding = fixture::finding(code, Severity::Warning, "Why.");
        export.rows.push(fixture::row(&store, coupon, vec![finding], Advice::Nothing, Route::Direct));
    }
    export.stores[0].findings.push(fixture::finding(FindingCode::StoreRestricted, Severity::Critical, "Why."));
    let said = texts(&bytes("many_findings.xlsx", &fixture::book(&export, &[])), "Summary");
    let at = said.iter().position(|text| text == "Findings by store").unwrap();
    let heads = &said[at + 2..at + 21];
    assert_eq!((heads[0].as_str(), heads[17].as_str(), heads[18].as_str()), ("Store", "Other", "All"), "{heads:?}");
    let other = said.iter().find(|text| text.starts_with("Other: ")).unwrap();
    assert!(other.contains("Not in plan") && !other.contains("Out of stock"), "{other}");
    let all: Vec<&String> = said.iter().skip_while(|text| *text != "All stores").take(19).collect();
    // Two of its stores were not seen.
    let seen = |text: &String| text.strip_suffix(" + ?").unwrap_or(if text == "?" { "0" } else { text }).parse::<f64>();
    let counts: Vec<f64> = all[1..].iter().map(|text| seen(text).unwrap()).collect();
    assert!(all[1..].iter().all(|text| text.ends_with('?')), "{all:?}");
    let loaded = |id: &StoreId| export.stores.iter().any(|load| load.store.id == *id && load.load.is_loaded());
    let findings = export.findings().filter(|(store, ..)| loaded(store)).count();
    assert_eq!(counts[..17].iter().sum::<f64>(), findings as f64, "nothing is lost in the last column");
    let by_worst = export.by_worst().filter(|(store, _)| store.is_some_and(loaded)).count();
    assert_eq!(counts[17], by_worst as f64, "a coupon with several findings is one to look at");
    assert!(by_worst < findings);
}

#[test]
fn what_the_checklist_was_written_with_is_read_back_in_either_language() {
    for (language, name) in [(Language::ENGLISH, "back_en.xlsx"), (crate::chinese(), "back_zh.xlsx")] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, written(language, name)).unwrap();
        let back = read::read(&path).unwrap();
        let routine = RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif"));
        let signed = sign_offs(&back.signed, &routine, Slot::Pm, fixture::at(22, 6, 0));
        let told: Vec<_> =
            signed.iter().map(|it| (it.item.as_str(), it.slot, it.name.as_str(), it.remark.as_str())).collect();
        let wanted = [("stores", Slot::Am, "Mei", "asked Ploy to sign in again"), ("stock", Slot::Am, "Mei", "")];
        assert_eq!(told, wanted, "{language}");
    }
}
