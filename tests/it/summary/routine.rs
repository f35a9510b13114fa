//! The routine of the checklist: what is due when, what each line finds, and how a team makes it its own.

use chrono::{NaiveDate, Weekday};
use couponbook::domain::*;
use couponbook::export::{CampaignsSeen, ChecklistInput, checklist};
use couponbook::language::Language;
use couponbook::platforms::PLATFORMS;
use couponbook::rules::Policies;
use couponbook::settings::{Settings, SettingsError};
use couponbook::workbook::{ChecklistItem, ItemResult, Target};

use crate::workbook_write::fixture;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

/// The lines of an export on a Sunday.
fn lines(export: &Export) -> Vec<ChecklistItem> {
    checklist(&ChecklistInput {
        export,
        routine: &RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif")),
        by_hand: &[],
        open_actions: &[],
        policies: &Policies::default(),
        campaigns: CampaignsSeen { is_any: true, ..CampaignsSeen::default() },
        sign_offs: &[],
    })
}

fn found(line: &ChecklistItem) -> String {
    Language::ENGLISH.render_within(&line.found, ChecklistItem::FOUND_COLUMNS)
}

fn line<'a>(lines: &'a [ChecklistItem], key: &str) -> &'a ChecklistItem {
    lines.iter().find(|line| line.key == key).unwrap()
}

fn settings(checklist: &str) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("couponbook.toml");
    let store = "[[store]]\nid = \"a\"\nplatform = \"shopee\"\nendpoint = \"sandbox\"\ncurrency = \"SGD\"\ntime_zone = \"Asia/Singapore\"\n";
    std::fs::write(&file, format!("team_time_zone = \"Asia/Singapore\"\noperator = \"Mei\"\n{store}{checklist}"))
        .unwrap();
    Settings::read(&file, PLATFORMS, &|_| None)
}

#[test]
fn a_daily_item_belongs_to_the_morning_a_weekly_one_to_its_day_and_a_twice_daily_one_to_both() {
    // 22 November 2026 is a Sunday.
    let (am, pm) = (Slot::Am, Slot::Pm);
    let monday = HowOften::Weekly(Weekday::Mon);
    let cases = [
        (HowOften::Daily, 22, am, true),
        (HowOften::Daily, 22, pm, false),
        (HowOften::TwiceDaily, 22, am, true),
        (HowOften::TwiceDaily, 22, pm, true),
        (monday, 22, am, false),
        (monday, 23, am, true),
        (monday, 23, pm, false),
    ];
    for (how_often, date, slot, due) in cases {
        assert_eq!(how_often.is_due(day(date), slot), due, "{how_often:?} {date} {slot:?}");
    }
    assert_eq!(monday.next_day(day(22)), Some(day(23)));
    assert_eq!(monday.next_day(day(24)), Some(day(30)));
    assert_eq!(monday.next_day(day(23)), None, "it is due");
    assert_eq!(HowOften::Daily.next_day(day(22)), None);
}

#[test]
fn each_line_counts_what_it_is_about_and_leads_to_the_first_of_the_worst() {
    let export = fixture::export();
    let lines = lines(&export);
    let stores = line(&lines, "stores");
    assert_eq!(stores.result, ItemResult::Attention(2, Severity::Critical));
    assert_eq!(found(stores), "2 stores did not load whole");
    assert_eq!(stores.target, Target::Stores);
    let today = line(&lines, "ends_today");
    assert!(matches!(today.result, ItemResult::Attention(2, Severity::Critical)), "{today:?}");
    assert_eq!(found(today), "2 coupons end today: BLACK20, FOLLOW3");
    assert_eq!(today.stores_unseen, 2, "and maybe more in these");
    let first = export.rows.iter().find(|row| row.coupon.code.as_deref() == Some("BLACK20")).unwrap();
    assert_eq!(today.target, Target::Row(first.key.clone()));
    assert_eq!(line(&lines, "by_hand").result, ItemResult::Pass);
    assert_eq!((today.signed.am_due, today.signed.pm_due), (true, false));
    let stock = line(&lines, "stock");
    assert_eq!((stock.signed.am_due, stock.signed.pm_due), (true, true));
    assert_eq!(
        (crate::english(&today.whose), crate::english(&line(&lines, "conditions").whose)),
        ("Mei".to_string(), "Arif".to_string())
    );
}

#[test]
fn a_weekly_item_that_waits_for_its_day_says_when_and_what_there_is_already() {
    let mut export = fixture::export();
    let sunday = lines(&export);
    let conditions = line(&sunday, "conditions");
    assert_eq!(conditions.result, ItemResult::NotDue);
    assert!(found(conditions).starts_with("Next: Mon\u{a0}23\u{a0}Nov; "), "{}", found(conditions));
    assert_eq!((conditions.signed.am_due, conditions.signed.pm_due), (false, false));
    export.day = day(23);
    let monday = lines(&export);
    assert!(matches!(line(&monday, "conditions").result, ItemResult::Attention(_, Severity::Critical)));
}

#[test]
fn the_lines_speak_the_workbooks_language() {
    let chinese = crate::chinese();
    let lines = lines(&fixture::export());
    assert_eq!(chinese.render(&line(&lines, "ends_today").what), "今日到期的券");
    assert_eq!(
        chinese.render_within(&line(&lines, "ends_today").found, ChecklistItem::FOUND_COLUMNS),
        "2 张券今日到期：BLACK20、FOLLOW3"
    );
    assert_eq!(chinese.render(&line(&lines, "conditions").how_often), "每周一");
    let routine = settings("").unwrap().routine;
    let whose = |key: &str| &routine.iter().find(|item| item.key == key).unwrap().whose;
    let said = [Language::ENGLISH, chinese].map(|language| language.render(whose("conditions")));
    assert_eq!(said, ["Manager", "主管"], "nobody is named, so that the part is");
    assert_eq!(chinese.render(whose("stock")), "Mei");
}

/// As many stores as `loads` say, each with one coupon that nothing is wrong with where it came.
fn stores(loads: &[bool], coupons: bool) -> Export {
    let mut export = fixture::export();
    let (model, row) = (export.stores[0].clone(), export.rows[0].clone());
    let load = |(index, came): (usize, &bool)| StoreLoad {
        store: Store { id: StoreId::parse(&format!("store-{index}")).unwrap(), ..model.store.clone() },
        load: match came {
            true => Load::Loaded { count: u64::from(coupons), expected: None, unreadable: Vec::new() },
            false => Load::Failed(LoadProblem {
                sentence: Message::as_written("refused"),
                platform_words: None,
                request_id: None,
                is_sign_in: false,
            }),
        },
        findings: Vec::new(),
        ..model.clone()
    };
    export.stores = loads.iter().enumerate().map(load).collect();
    let came = export.stores.iter().filter(|load| coupons && load.load.is_loaded());
    let row = |load: &StoreLoad| Row {
        coupon: Coupon { store: load.store.id.clone(), ..row.coupon.clone() },
        findings: Vec::new(),
        ..row.clone()
    };
    export.rows = came.map(row).collect::<Vec<_>>().into();
    export
}

#[test]
fn what_nobody_saw_is_no_pass_and_neither_is_what_was_not_there_to_be_seen() {
    let about_coupons = ["stock", "ends_today", "status", "ends_soon", "campaigns"];
    for loads in [&[true, false, true][..], &[false, false]] {
        let lines = lines(&stores(loads, true));
        for key in about_coupons.iter().chain(&["sign_ins"]) {
            assert_eq!(line(&lines, key).result, ItemResult::NotKnown, "{key} with {loads:?}");
        }
    }
    assert_eq!(
        found(line(&lines(&stores(&[true, false], true)), "stock")),
        "Not known: 1 store is missing, or does not tell"
    );
    let all = lines(&stores(&[true, true], true));
    assert!(about_coupons.iter().all(|key| line(&all, key).result == ItemResult::Pass));
    let none = lines(&stores(&[true], false));
    assert_eq!(line(&none, "stock").result, ItemResult::Nothing);
    assert_eq!(found(line(&none, "stock")), "The stores have no coupons.");
    assert_eq!(line(&none, "stores").result, ItemResult::Pass);
}

#[test]
fn a_sign_in_that_was_refused_is_known_and_one_that_nobody_could_ask_about_is_not() {
    let mut export = stores(&[true, false, false], true);
    let refused = |load: &mut Load| {
        if let Load::Failed(problem) = load {
            problem.is_sign_in = true;
        }
    };
    refused(&mut export.stores[1].load);
    let seen = |export: &Export| {
        let lines = lines(export);
        let line = line(&lines, "sign_ins");
        (line.result, line.stores_unseen)
    };
    assert_eq!(seen(&export), (ItemResult::Attention(1, Severity::Critical), 1));
    refused(&mut export.stores[2].load);
    assert_eq!(seen(&export), (ItemResult::Attention(2, Severity::Critical), 0));
}

#[test]
fn campaigns_pass_only_where_some_are_planned_and_every_row_of_the_plan_was_read() {
    let export = stores(&[true], true);
    let looked = |campaigns| {
        let input = ChecklistInput {
            export: &export,
            routine: &RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif")),
            by_hand: &[],
            open_actions: &[],
            policies: &Policies::default(),
            campaigns,
            sign_offs: &[],
        };
        line(&checklist(&input), "campaigns").result
    };
    let seen = |is_any, left_out| CampaignsSeen { is_any, left_out, gaps: None };
    assert_eq!(looked(seen(true, 0)), ItemResult::Pass);
    assert_eq!(looked(seen(false, 0)), ItemResult::Nothing);
    assert_eq!(looked(seen(true, 2)), ItemResult::Attention(2, Severity::Warning));
    assert_eq!(looked(seen(false, 1)), ItemResult::Attention(1, Severity::Warning));
}

#[test]
fn the_afternoon_carries_what_was_signed_in_the_morning() {
    let export = Export { slot: Slot::Pm, ..fixture::export() };
    let sign_off = |slot, name: &str, remark: &str, hour| SignOff {
        item: "stock".to_string(),
        slot,
        name: name.to_string(),
        remark: remark.to_string(),
        read_at: fixture::at(22, hour, 0),
    };
    let signed = [sign_off(Slot::Am, "Mei", "asked Ploy", 1), sign_off(Slot::Am, "Dana", "", 2)];
    let lines = checklist(&ChecklistInput {
        export: &export,
        routine: &RoutineItem::usual(&Message::as_written("Mei"), &Message::as_written("Arif")),
        by_hand: &[],
        open_actions: &[],
        policies: &Policies::default(),
        campaigns: CampaignsSeen { is_any: true, ..CampaignsSeen::default() },
        sign_offs: &signed,
    });
    let stock = &line(&lines, "stock").signed;
    assert_eq!((stock.am.as_str(), stock.pm.as_str(), stock.remark.as_str()), ("Dana", "", "asked Ploy"));
    assert_eq!(line(&lines, "status").signed.am, "");
}

#[test]
fn a_team_changes_switches_off_and_adds_items() {
    let routine = settings(
        "[checklist]\noff = [\"duplicates\"]\n\
         [[checklist.item]]\nkey = \"conditions\"\non = \"Wed\"\nwhose = \"Dana\"\n\
         [[checklist.item]]\nwhat = \"Flash sale\"\nhow_often = \"twice daily\"\nfinds = [\"low_stock\"]\n\
         [[checklist.item]]\nwhat = \"Banners on the home page\"\n",
    )
    .unwrap()
    .routine;
    let item = |what: &str| routine.iter().find(|item| item.key == what || item.what.as_deref() == Some(what));
    assert!(item("duplicates").is_none());
    let conditions = item("conditions").unwrap();
    assert_eq!(
        (conditions.how_often, &conditions.whose),
        (HowOften::Weekly(Weekday::Wed), &Message::as_written("Dana"))
    );
    assert_eq!(conditions.what, None, "its words stay those of the workbook's language");
    let flash = item("Flash sale").unwrap();
    assert_eq!(flash.looks_at, LooksAt::Findings(vec![FindingCode::LowStock]));
    assert_eq!((flash.how_often, &flash.whose), (HowOften::TwiceDaily, &Message::as_written("Mei")));
    assert!(flash.key.starts_with("own-"), "{}", flash.key);
    assert_eq!(item("Banners on the home page").unwrap().looks_at, LooksAt::Eyes);
    assert_eq!(routine.len(), 12);
    let only = settings("[checklist]\nusual = false\n[[checklist.item]]\nwhat = \"Flash sale\"\n").unwrap();
    assert_eq!(only.routine.len(), 1);
}

#[test]
fn what_is_wrong_with_a_checklist_is_told_with_its_line() {
    let cases = [
        ("off = [\"nothing\"]", "\"nothing\" is no usual item of the checklist; write one of stores, stock,"),
        ("[[checklist.item]]\nkey = \"x\"", "says nothing in `what`"),
        (
            "[[checklist.item]]\nwhat = \"a\"\nhow_often = \"hourly\"",
            "\"hourly\" is not a rhythm; write one of daily, twice daily, weekly",
        ),
        ("[[checklist.item]]\nkey = \"conditions\"\non = \"someday\"", "\"someday\" is not a day"),
        ("[[checklist.item]]\nkey = \"stock\"\non = \"mon\"", "`on` names the day of a weekly item"),
        ("[[checklist.item]]\nwhat = \"a\"\nfinds = [\"lowstock\"]", "\"lowstock\" is not a finding"),
        ("[[checklist.item]]\nwhat = \"a\"\n[[checklist.item]]\nwhat = \"a\"", "two items have the key"),
        ("[[checklist.item]]\nwhat = \"a\"\nkey = \"My Key\"", "cannot be the key of an item"),
    ];
    for (text, wanted) in cases {
        let said = settings(&format!("[checklist]\n{text}\n")).unwrap_err().to_string();
        assert!(said.contains(wanted) && said.contains("couponbook.toml:"), "{text}\n{said}");
    }
}
