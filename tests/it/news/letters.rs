//! What a letter says: short, in its reader's language, with the team's own texts where there are some.

use std::path::Path;

use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::messages::{Letter, Tone, Unsent};
use couponbook::news::{MessageTemplates, Writing, built_in, letter};
use couponbook::platforms::PLATFORMS;

use super::*;

fn written(event: Event, language: Language, templates: &MessageTemplates) -> (Letter, Option<Notice>) {
    let writing = Writing { language, templates, platforms: PLATFORMS, attach: true };
    let unsent = Unsent {
        key: "E0-ops".to_string(),
        event,
        queued: fixture::at(22, 1, 0),
        held_until: None,
        tries: vec![],
        told: None,
    };
    letter(&unsent, &[], &writing)
}

fn plain(event: Event, language: Language) -> Letter {
    let (letter, notice) = written(event, language, &MessageTemplates::default());
    assert_eq!(notice, None);
    letter
}

fn text(letter: &Letter) -> String {
    [vec![letter.title.clone()], letter.lines.clone(), vec![letter.foot.clone()]].concat().join("\n")
}

fn bad_day() -> Event {
    let (sg, my) = (shop("sg"), shop("my"));
    let rows = vec![
        row(&sg, "LUMI<at user_id=\"all\">", &[(OUT, BAD)]),
        row(&sg, "two\nlines", &[(LOW, WARNING)]),
        row(&sg, "FINE", &[]),
    ];
    let export = export(0, vec![loaded(&sg), failed(&my, "Shopee (store my): no answer")], rows);
    let mut news = Reader::of(listener()).hears(&export).unwrap();
    let place = "reports/2026-W47/2026-11-22-am.xlsx";
    news.workbooks = vec![NewsFile { path: Path::new("/home/mei/shops").join(place), place: place.to_string() }];
    Event::Export(Box::new(news))
}

#[test]
fn an_export_is_told_with_the_worst_first_its_figures_and_where_the_workbook_lies() {
    let letter = plain(bad_day(), Language::ENGLISH);
    assert_eq!(letter.title, "● 3 new or worse, 2 critical · coupons, Sun 22 Nov morning");
    assert_eq!(
        letter.lines,
        [
            "● my: Not loaded. Shopee (store my): no answer",
            "● sg · LUMI<at user_id=\"all\">: Out of stock. why → restock +700",
            "▲ sg · two␊lines: Low stock. why → restock +700",
            "Now: ● 2 + ? critical, ▲ 1 + ? warning, ○ ? notice, – 1 + ? OK; 1 of 2 stores loaded",
            "Not known: what is wrong with the coupons of 1 store",
        ]
    );
    assert_eq!(letter.foot, "reports/2026-W47/2026-11-22-am.xlsx · E0 · Sun 22 Nov 08:07 (UTC+08:00)");
    assert_eq!((letter.tone, letter.kind), (Tone::Bad, "export.finished"));
    assert_eq!(letter.attachment.as_ref().unwrap().name, "2026-11-22-am.xlsx");
    let data = letter.data.to_string();
    assert!(!data.contains("/home/mei"), "no path of the machine: {data}");
    assert_eq!(letter.data["counts"]["critical"], 2);
}

#[test]
fn a_chinese_channel_reads_chinese() {
    let letter = plain(bad_day(), crate::chinese());
    assert_eq!(letter.title, "● 新增或加重 3 项，其中严重 2 项 · 优惠券 11月22日上午");
    assert!(
        letter.lines[1].contains("：已领完")
            || letter.lines[1].contains("：缺货")
            || letter.lines[1].contains("补库存"),
        "{:?}",
        letter.lines
    );
    assert!(letter.foot.ends_with("11月22日 08:07 (UTC+08:00)"), "{}", letter.foot);
}

fn run_news() -> RunNews {
    RunNews {
        run: RunId::new("R20261122-101200-7K3MPX"),
        undid: None,
        by: "Mei".to_string(),
        approved_by: vec!["Lin".to_string()],
        zone: chrono_tz::Asia::Singapore,
        finished: fixture::at(22, 2, 12),
        planned: 3,
        totals: vec![(OutcomeKind::Done, 1), (OutcomeKind::ByHand, 1), (OutcomeKind::Failed, 1)],
        rows: vec![NewsRow {
            store: StoreId::parse("sg").unwrap(),
            label: "LUMI".to_string(),
            action: ActionWord::Restock,
            kind: OutcomeKind::Failed,
            message: Message::as_written("no right"),
            next: Some(Message::as_written("ask the seller")),
        }],
        rows_more: 0,
        by_hand: vec![NewsTask {
            store: StoreId::parse("sg").unwrap(),
            label: "HAND".to_string(),
            to_do: Message::as_written("Raise total by 50 to 750"),
            owner: "Mei".to_string(),
            due: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            page: None,
        }],
        by_hand_more: 0,
        results: NewsFile { path: "/x/back-results.xlsx".into(), place: "back-results.xlsx".to_string() },
        may_attach: true,
    }
}

#[test]
fn a_run_is_told_with_its_sum_what_failed_and_what_is_left_to_people() {
    let letter = plain(Event::Run(Box::new(run_news())), Language::ENGLISH);
    assert_eq!(
        text(&letter),
        "● Applied by Mei: 3 planned = 1 done + 1 by hand + 1 failed\n\
         Approved by Lin\n\
         ● sg · LUMI · restock: failed. no right → ask the seller\n\
         ○ By hand: sg · HAND: Raise total by 50 to 750 (Mei, by Mon 23 Nov)\n\
         back-results.xlsx · R20261122-101200-7K3MPX · Sun 22 Nov 10:12 (UTC+08:00)"
    );
    assert_eq!(letter.tone, Tone::Bad);
}

fn every_event() -> Vec<Event> {
    let zone = chrono_tz::Asia::Singapore;
    let at = fixture::at(22, 1, 0);
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    reader.hears(&export(0, vec![loaded(&sg)], vec![row(&sg, "A", &[(LOW, WARNING)])]));
    let reminder = reader.hears(&export(24, vec![loaded(&sg)], vec![row(&sg, "A", &[(LOW, WARNING)])])).unwrap();
    let clear = reader.hears(&export(25, vec![loaded(&sg)], vec![])).unwrap();
    let digest = Reader::of(hearing(&[Topic::Digest])).hears(&export(0, vec![loaded(&sg)], vec![])).unwrap();
    let approval = || {
        let why = vec![couponbook::message!("approval-losing-money")];
        Event::Approval(ApprovalNews {
            file: "reviewed.json".to_string(),
            by: "Mei".to_string(),
            changes: 1,
            stores: 2,
            why,
            zone,
            at,
        })
    };
    let failed = |what: FailedWork| {
        let (why, next) = ("the disk is full".to_string(), Some("make room".to_string()));
        Event::Failed(FailedNews { what, file: Some("back.xlsx".to_string()), why, next, zone, at })
    };
    let exports = [reminder, clear, digest].map(|news| Event::Export(Box::new(news)));
    let undone = RunNews {
        undid: Some(RunId::new("R1")),
        rows: vec![],
        by_hand: vec![],
        totals: vec![],
        planned: 0,
        ..run_news()
    };
    let mut all = vec![bad_day(), Event::Run(Box::new(run_news())), Event::Run(Box::new(undone)), approval()];
    all.extend(exports);
    all.extend([failed(FailedWork::Export), failed(FailedWork::Apply)]);
    all.push(Event::Test(TestNews { by: "Mei".to_string(), zone, at }));
    all
}

#[test]
fn every_event_is_told_in_every_language_with_a_title_and_a_foot() {
    for event in every_event() {
        let mut titles = BTreeSet::new();
        for language in Language::all() {
            let letter = plain(event.clone(), language);
            let words = text(&letter);
            assert!(!letter.title.is_empty() && letter.foot.contains("UTC+08:00"), "{words}");
            assert!(!words.contains('{') && !words.contains("none") && !words.contains("undefined"), "{words}");
            assert!(titles.insert(letter.title), "the same title in two languages: {words}");
        }
        let back: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(back, event, "what is kept is read back equal");
    }
    let en = |at: usize| plain(every_event().remove(at), Language::ENGLISH).title;
    assert_eq!(en(4), "▲ Still open: 1 · coupons, Sun 22 Nov morning");
    assert_eq!(en(5), "✓ All clear: everything reported here is resolved · coupons, Sun 22 Nov morning");
    assert_eq!(en(6), "– Nothing new · coupons, Sun 22 Nov morning");
}

#[test]
fn a_long_name_of_somebody_elses_does_not_fill_the_letter() {
    let mut event = bad_day();
    if let Event::Export(news) = &mut event {
        news.worst[1].coupon = Some("x".repeat(500));
        news.worst[1].why = Message::as_written("y".repeat(5_000));
    }
    assert!(plain(event, Language::ENGLISH).lines.iter().all(|line| line.chars().count() < 400));
}

#[test]
fn a_teams_own_text_is_used_and_one_that_is_wrong_is_told_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| {
        std::fs::create_dir_all(folder.path().join("en")).unwrap();
        std::fs::write(folder.path().join("en/export.txt"), text).unwrap();
        MessageTemplates::read(folder.path(), Language::ENGLISH)
    };
    let (own, notices) =
        write("{{ told }} things\n\n{% for item in items %}{{ item.store }}\n{% endfor %}\n{{ export }}\n");
    assert!(notices.is_empty(), "{notices:?}");
    let (letter, notice) = written(bad_day(), Language::ENGLISH, &own);
    assert_eq!((text(&letter).as_str(), notice), ("3 things\nmy\nsg\nsg\nE0", None));
    let told = |notices: &[Notice]| {
        notices.iter().map(|it| format!("{}: {}", it.place().unwrap(), crate::english(&it.message))).collect::<String>()
    };
    let (own, notices) = write("{{ told }}\n{{ buyers }}\n");
    assert!(
        told(&notices).contains("export.txt:2: there is no field `buyers`; write one of mark, told"),
        "{}",
        told(&notices)
    );
    assert!(told(&notices).contains("the built-in template is used instead"));
    assert_eq!(written(bad_day(), Language::ENGLISH, &own).0, plain(bad_day(), Language::ENGLISH));
    // What only shows itself when it is used.
    let (own, notices) = write("{{ items.first.second }}\nfoot\n");
    assert!(notices.is_empty(), "{notices:?}");
    let (letter, notice) = written(bad_day(), Language::ENGLISH, &own);
    assert_eq!(letter, plain(bad_day(), Language::ENGLISH));
    assert!(told(&[notice.unwrap()]).contains("export.txt:1: "));
    let (_, notices) = MessageTemplates::read(&folder.path().join("nowhere"), Language::ENGLISH);
    assert!(told(&notices).contains("has no folder en"), "{}", told(&notices));
}

#[test]
fn each_language_has_a_text_for_each_kind_and_its_page_names_what_they_may_say() {
    let names: BTreeSet<String> = built_in().map(|(name, _)| name).collect();
    let kinds = ["export", "run", "approval", "failed", "test"];
    let wanted: BTreeSet<String> =
        Language::all().flat_map(|language| kinds.map(|kind| format!("{}/{kind}.txt", language.tag()))).collect();
    assert_eq!(names, wanted);
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in built_in() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for language in Language::all() {
        let (_, notices) = MessageTemplates::read(folder.path(), language);
        assert!(notices.is_empty(), "{notices:?}");
    }
}
