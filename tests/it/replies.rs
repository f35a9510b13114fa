//! Quick replies: which coupons get one, what it says in each language, and what a team's own file may do.

use std::path::Path;

use chrono::{Duration, TimeZone, Utc};
use chrono_tz::Tz;
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::replies::{LanguageTag, REPLIES_MAX, ReplyInput, Templates, built_in, replies};
use rust_decimal::Decimal;

use crate::platform;
use crate::workbook_write::fixture;

const LANGUAGES: [&str; 14] = ["en", "zh", "zh-TW", "ms", "id", "th", "vi", "fil", "pt", "ja", "es", "de", "fr", "it"];

/// The fixture's morning in Singapore.
fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 22, 1, 0, 0).unwrap()
}

fn shop(currency: &str, zone: Tz) -> Store {
    fixture::store("shop-1", platform::SHOPEE, currency, zone, "Mei")
}

/// Runs through 30 November, SGD 8 off from SGD 60.
fn coupon(store: &Store, code: &str) -> Coupon {
    fixture::coupon(store, code, Some(code), "Black Friday")
}

fn trouble(store: &Store, coupon: Coupon, code: FindingCode, severity: Severity) -> Row {
    let findings = vec![fixture::finding(code, severity, "0 of 500 left; Black Friday runs on.")];
    fixture::row(store, coupon, findings, Advice::Nothing, Route::Direct)
}

fn fine(store: &Store, coupon: Coupon) -> Row {
    fixture::row(store, coupon, vec![], Advice::Nothing, Route::Direct)
}

fn export(store: &Store, rows: Vec<Row>) -> Export {
    let load = StoreLoad {
        store: store.clone(),
        load: Load::Loaded { count: rows.len() as u64, expected: None, unreadable: vec![] },
        findings: vec![],
        calls: 1,
        retries: 0,
        seconds: 1.0,
        token_ends: None,
        source: None,
    };
    let fixture = fixture::export();
    Export { at: now(), finished: now(), stores: vec![load], rows: rows.into(), ..fixture }
}

fn written_with(
    templates: &Templates,
    language: &str,
    campaign_runs: bool,
    store: &Store,
    rows: Vec<Row>,
) -> (Replies, Vec<Notice>) {
    let export = export(store, rows);
    replies(&ReplyInput {
        export: &export,
        templates,
        memory: &Memory::default(),
        campaign_runs: &|_, _| campaign_runs,
        language: &|_| LanguageTag::parse(language).unwrap(),
    })
}

/// The texts with the built-in templates.
fn texts(language: &str, store: &Store, rows: Vec<Row>) -> Vec<String> {
    let (replies, problems) = written_with(&Templates::default(), language, true, store, rows);
    assert_eq!(problems, []);
    replies.rows.into_iter().map(|reply| reply.text).collect()
}

fn singapore() -> Store {
    shop("SGD", chrono_tz::Asia::Singapore)
}

#[test]
fn each_finding_that_customers_notice_has_its_situation() {
    use FindingCode::*;
    let cases = [
        (OutOfStock, Some(Situation::CannotClaim)),
        (ClaimOver, Some(Situation::CannotClaim)),
        (Paused, Some(Situation::NotWorking)),
        (Rejected, Some(Situation::NotWorking)),
        (NotStarted, Some(Situation::NotWorking)),
        (Expired, Some(Situation::Expired)),
        (ExpiresToday, Some(Situation::Expired)),
        (LowStock, None),
        (GivesMoneyAway, None),
        (ThresholdHigh, None),
        (Duplicate, None),
        (Unplanned, None),
    ];
    let store = singapore();
    for (code, situation) in cases {
        let rows = vec![trouble(&store, coupon(&store, "BF8"), code, Severity::Critical)];
        let (replies, _) = written_with(&Templates::default(), "en", true, &store, rows);
        let found: Vec<Situation> = replies.rows.iter().map(|reply| reply.situation).collect();
        assert_eq!(found, situation.into_iter().collect::<Vec<_>>(), "{code}");
    }
}

#[test]
fn who_holds_what_is_no_longer_given_out_is_told_until_when_it_works() {
    let store = singapore();
    let mut over = coupon(&store, "BF8");
    over.status = Status::Ended;
    over.claimable = Some(Period::new(None, Some(now() - Duration::hours(1))).unwrap());
    let row = trouble(&store, over, FindingCode::ClaimOver, Severity::Notice);
    for language in LANGUAGES {
        let told = texts(language, &store, vec![row.clone()]);
        let sold_out = trouble(&store, coupon(&store, "BF8"), FindingCode::OutOfStock, Severity::Critical);
        assert_ne!(told, texts(language, &store, vec![sold_out]), "{language}");
    }
    assert_eq!(
        texts("en", &store, vec![row]),
        [
            "Hi! BF8 can no longer be claimed; if you have it already, you can use it until 30 Nov. Please check again later, \
          or tell us what you would like to buy and we will gladly help."
        ]
    );
}

#[test]
fn a_coupon_that_customers_cannot_meet_has_no_reply() {
    let store = singapore();
    let mut over = coupon(&store, "OLD");
    over.status = Status::Ended;
    over.usable = Period::new(None, Some(now() - Duration::days(9))).unwrap();
    let row = trouble(&store, over, FindingCode::Expired, Severity::Notice);
    let count = |runs| written_with(&Templates::default(), "en", runs, &store, vec![row.clone()]).0.rows.len();
    assert_eq!([count(false), count(true)], [0, 1], "only while its campaign runs");
    let active = trouble(&store, coupon(&store, "BF8"), FindingCode::OutOfStock, Severity::Critical);
    assert_eq!(written_with(&Templates::default(), "en", false, &store, vec![active]).0.rows.len(), 1);
}

#[test]
fn the_worst_few_hundred_are_written_and_the_rest_is_counted() {
    let store = singapore();
    let rows: Vec<Row> = (0..REPLIES_MAX + 7)
        .map(|index| {
            let code = if index % 2 == 0 { FindingCode::Paused } else { FindingCode::OutOfStock };
            trouble(&store, coupon(&store, &format!("C{index}")), code, Severity::Critical)
        })
        .collect();
    let (replies, _) = written_with(&Templates::default(), "en", true, &store, rows);
    assert_eq!((replies.rows.len(), replies.more), (REPLIES_MAX, 7));
    assert_eq!([replies.rows[0].label.as_str(), replies.rows[REPLIES_MAX - 1].label.as_str()], ["C1", "C298"]);
}

#[test]
fn a_reply_names_a_coupon_of_the_campaign_that_works_now() {
    let store = singapore();
    let gone = || trouble(&store, coupon(&store, "BFSG15"), FindingCode::OutOfStock, Severity::Critical);
    let offered = |change: fn(&mut Coupon), findings: Vec<Finding>| {
        let mut other = coupon(&store, "BFSG5");
        change(&mut other);
        let other = fixture::row(&store, other, findings, Advice::Nothing, Route::Direct);
        texts("en", &store, vec![gone(), other]).remove(0)
    };
    let with = "Hi! BFSG15 has reached its usage limit. Please try BFSG5 instead: SGD 8 off on orders from SGD 60, until 30 Nov.";
    assert_eq!(offered(|_| {}, vec![]), with);
    let without = "Hi! BFSG15 has reached its usage limit. Please check again later, or tell us what you would like to buy \
                   and we will gladly help.";
    type Mistake = (fn(&mut Coupon), Vec<Finding>);
    let mistakes: [Mistake; 5] = [
        (|other| other.status = Status::Paused, vec![]),
        (|other| other.used = other.total, vec![]),
        (|other| other.minimum = Minimum::Quantity(2), vec![]),
        (|other| other.discount = Discount::Other("a gift".into()), vec![]),
        (|_| {}, vec![fixture::finding(FindingCode::GivesMoneyAway, Severity::Critical, "no minimum")]),
    ];
    for (change, findings) in mistakes {
        assert_eq!(offered(change, findings), without);
    }
    assert_eq!(texts("en", &store, vec![gone()]), [without]);
}

#[test]
fn a_code_reaches_its_usage_limit_and_what_buyers_collect_is_fully_claimed() {
    let store = singapore();
    let said = |language: &str, change: fn(&mut Coupon)| {
        let mut gone = coupon(&store, "BFSG15");
        change(&mut gone);
        texts(language, &store, vec![trouble(&store, gone, FindingCode::OutOfStock, Severity::Critical)]).remove(0)
    };
    assert!(said("en", |_| {}).starts_with("Hi! BFSG15 has reached its usage limit."));
    assert!(said("en", |it| it.stock_is_claimed = true).starts_with("Hi! BFSG15 has been fully claimed for now."));
    assert!(said("en", |it| it.code = None).starts_with("Hi! “Black Friday” has been fully claimed for now."));
    assert!(said("vi", |_| {}).starts_with("Chào bạn! Mã BFSG15 đã hết lượt sử dụng."), "a code is a Mã");
    assert!(said("vi", |it| it.code = None).starts_with("Chào bạn! Voucher “Black Friday” hiện đã được nhận hết."));
    for language in LANGUAGES {
        assert_ne!(said(language, |_| {}), said(language, |it| it.stock_is_claimed = true), "{language}");
    }
}

#[test]
fn in_vietnamese_only_a_day_is_ended_and_never_a_time() {
    let store = shop("VND", chrono_tz::Asia::Ho_Chi_Minh);
    let said = |hours: i64| {
        let mut today = coupon(&store, "BF8");
        today.usable = Period::new(None, Some(now() + Duration::hours(hours))).unwrap();
        texts("vi", &store, vec![trouble(&store, today, FindingCode::ExpiresToday, Severity::Warning)]).remove(0)
    };
    // It is 8:00 there.
    assert!(said(16).starts_with("Chào bạn! Mã BF8 chỉ dùng được đến hết 22/11."), "{}", said(16));
    assert!(said(10).starts_with("Chào bạn! Mã BF8 chỉ dùng được đến 18:00 ngày 22/11."), "{}", said(10));
}

#[test]
fn the_coupon_that_took_over_goes_before_others() {
    let store = singapore();
    let mut old = coupon(&store, "OLD");
    let seam = now() - Duration::hours(2);
    old.status = Status::Ended;
    old.usable = Period::new(old.usable.starts(), Some(seam)).unwrap();
    let mut successor = coupon(&store, "NEW");
    successor.usable = Period::new(Some(seam), successor.usable.ends()).unwrap();
    let mut cheaper = coupon(&store, "CHEAP");
    cheaper.minimum = Minimum::None;
    let rows = vec![
        trouble(&store, old, FindingCode::Expired, Severity::Notice),
        fine(&store, cheaper),
        fine(&store, successor),
    ];
    assert!(
        texts("en", &store, rows)[0].contains("You can also use NEW: SGD 8 off on orders from SGD 60, until 30 Nov.")
    );
}

#[test]
fn every_language_says_each_situation_in_its_own_way() {
    let shops = [
        ("en", shop("SGD", chrono_tz::Asia::Singapore)),
        ("zh", shop("CNY", chrono_tz::Asia::Shanghai)),
        ("zh-TW", shop("TWD", chrono_tz::Asia::Taipei)),
        ("ms", shop("MYR", chrono_tz::Asia::Kuala_Lumpur)),
        ("id", shop("IDR", chrono_tz::Asia::Jakarta)),
        ("th", shop("THB", chrono_tz::Asia::Bangkok)),
        ("vi", shop("VND", chrono_tz::Asia::Ho_Chi_Minh)),
        ("fil", shop("PHP", chrono_tz::Asia::Manila)),
        ("pt", shop("BRL", chrono_tz::America::Sao_Paulo)),
        ("ja", shop("JPY", chrono_tz::Asia::Tokyo)),
        ("es", shop("MXN", chrono_tz::America::Mexico_City)),
        ("de", shop("EUR", chrono_tz::Europe::Berlin)),
        ("fr", shop("EUR", chrono_tz::Europe::Paris)),
        ("it", shop("EUR", chrono_tz::Europe::Rome)),
    ];
    let mut said = String::new();
    for (language, store) in shops {
        said.push_str(&format!("{language}\n"));
        for text in all_situations(language, &store) {
            assert!(!text.contains(['{', '}']) && !text.contains("shop-1"), "{text}");
            said.push_str(&format!("  {text}\n"));
        }
    }
    insta::assert_snapshot!(said);
}

/// Each template in each of its branches.
fn all_situations(language: &str, store: &Store) -> Vec<String> {
    let row = |code: FindingCode, change: &dyn Fn(&mut Coupon)| {
        let mut coupon = coupon(store, "BF8");
        change(&mut coupon);
        trouble(store, coupon, code, Severity::Critical)
    };
    let over = |coupon: &mut Coupon| {
        coupon.status = Status::Ended;
        coupon.usable = Period::new(None, Some(now() - Duration::hours(3))).unwrap();
    };
    let later = |coupon: &mut Coupon| {
        coupon.status = Status::Scheduled;
        coupon.usable = Period::new(Some(now() + Duration::hours(30)), None).unwrap();
    };
    let unnamed = |coupon: &mut Coupon| coupon.code = None;
    let rows = [
        row(FindingCode::OutOfStock, &unnamed),
        row(FindingCode::OutOfStock, &|_| {}),
        row(FindingCode::Paused, &|_| {}),
        row(FindingCode::NotStarted, &later),
        row(FindingCode::Expired, &over),
        row(FindingCode::ExpiresToday, &|_| {}),
    ];
    let mut other = coupon(store, "BF15");
    let amount = |amount: i64| Money::new(Decimal::from(amount), store.currency);
    other.discount = Discount::Share { percent: Percent(Decimal::from(15)), cap: Some(amount(12_000)) };
    other.minimum = Minimum::Spend(amount(90));
    let alone = rows.iter().flat_map(|row| texts(language, store, vec![row.clone()]));
    let with_other = rows.iter().flat_map(|row| texts(language, store, vec![row.clone(), fine(store, other.clone())]));
    alone.chain(with_other).collect()
}

#[test]
fn there_is_a_built_in_text_for_each_situation_in_each_language() {
    let names: Vec<&str> = built_in().map(|(name, _)| name).collect();
    for language in LANGUAGES {
        for situation in Situation::ALL {
            let name = format!("{}.{language}.txt", situation.word());
            assert!(names.contains(&name.as_str()), "{name}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in built_in() {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(Templates::read(folder.path()).1, [], "and each passes the checks of a team's own");
}

#[test]
fn discounts_dates_and_money_are_said_as_sellers_of_the_country_write_them() {
    let cases: [(&str, &str, Tz, &str); 15] = [
        ("en", "SGD", chrono_tz::Asia::Singapore, "15% off (up to SGD 12.50)|SGD 1,500|24 Nov, 18:00"),
        ("zh", "CNY", chrono_tz::Asia::Shanghai, "享 8.5 折（最高 12.50 元）|1,500 元|11月24日 18:00"),
        ("zh-TW", "TWD", chrono_tz::Asia::Taipei, "享 8.5 折（最高 12.5 元）|1,500 元|11月24日 18:00"),
        ("ms", "MYR", chrono_tz::Asia::Kuala_Lumpur, "diskaun 15% (sehingga RM12.50)|RM1,500|24 Nov, 18:00"),
        ("id", "IDR", chrono_tz::Asia::Jakarta, "diskon 15% (maks. Rp12,5)|Rp1.500|24 Nov pukul 18.00"),
        ("th", "THB", chrono_tz::Asia::Bangkok, "ลด 15% (สูงสุด 12.50 บาท)|1,500 บาท|24 พ.ย. เวลา 18:00 น."),
        ("vi", "VND", chrono_tz::Asia::Ho_Chi_Minh, "giảm 15% (tối đa 12,5đ)|1.500đ|18:00 ngày 24/11"),
        ("pt", "BRL", chrono_tz::America::Sao_Paulo, "15% de desconto (até R$ 12,50)|R$ 1.500|23/11 às 18:00"),
        ("ja", "JPY", chrono_tz::Asia::Tokyo, "15%オフ、最大12.5円|1,500円|11月24日 18:00"),
        (
            "es",
            "MXN",
            chrono_tz::America::Mexico_City,
            "15% de descuento (hasta $12.50)|$1,500|23 de noviembre, 18:00 h",
        ),
        (
            "es-ES",
            "EUR",
            chrono_tz::Europe::Madrid,
            "15% de descuento (hasta 12,50 €)|1.500 €|24 de noviembre, 18:00 h",
        ),
        ("de", "EUR", chrono_tz::Europe::Berlin, "15 % Rabatt (höchstens 12,50 €)|1.500 €|24. November, 18:00 Uhr"),
        ("fr", "EUR", chrono_tz::Europe::Paris, "15 % de réduction (maximum 12,50 €)|1 500 €|24/11 à 18h00"),
        ("it", "EUR", chrono_tz::Europe::Rome, "15% di sconto (massimo 12,50 €)|1.500 €|24 novembre, ore 18:00"),
        ("pl", "PLN", chrono_tz::Europe::Warsaw, "−15% (max PLN 12.50)|PLN 1,500|2026-11-24 18:00"),
    ];
    for (language, currency, zone, expected) in cases {
        let store = shop(currency, zone);
        let mut gone = coupon(&store, "BF8");
        let cap = Money::new(Decimal::new(125, 1), store.currency);
        gone.discount = Discount::Share { percent: Percent(Decimal::from(15)), cap: Some(cap) };
        gone.minimum = Minimum::Spend(Money::new(Decimal::from(1500), store.currency));
        let six = local_instant(local_day(now(), zone).and_hms_opt(18, 0, 0).unwrap(), zone) + Duration::days(2);
        gone.usable = Period::new(None, Some(six)).unwrap();
        let folder = own(&[(&format!("out_of_stock.{language}.txt"), "{{ discount }}|{{ min_spend }}|{{ ends }}")]);
        let templates = Templates::read(folder.path()).0;
        let row = trouble(&store, gone, FindingCode::OutOfStock, Severity::Critical);
        let (replies, problems) = written_with(&templates, language, true, &store, vec![row]);
        assert_eq!((replies.rows[0].text.as_str(), problems.len()), (expected, 0), "{language}");
    }
}

fn own(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Each with its place, without the folder.
fn tidied(notices: Vec<Notice>, folder: &Path) -> Vec<String> {
    let folder = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    notices.iter().map(|notice| told(notice).replace(&folder, "")).collect()
}

fn told(notice: &Notice) -> String {
    format!("{}: {}", notice.place().unwrap(), Language::ENGLISH.render(&notice.message))
}

#[test]
fn a_teams_own_file_goes_before_the_built_in_text() {
    let store = singapore();
    let folder = own(&[
        ("cannot_claim.en.txt", "\u{feff}Sorry!\r\n\r\n  {{ label }}   is gone. "),
        ("paused.en.txt", "A short check of {{ name }}."),
        ("notes.md", "not a reply"),
    ]);
    let (templates, problems) = Templates::read(folder.path());
    assert_eq!(problems, []);
    let rows = vec![
        trouble(&store, coupon(&store, "A"), FindingCode::OutOfStock, Severity::Critical),
        trouble(&store, coupon(&store, "B"), FindingCode::Paused, Severity::Critical),
        trouble(&store, coupon(&store, "C"), FindingCode::Rejected, Severity::Critical),
    ];
    let said: Vec<String> =
        written_with(&templates, "en", true, &store, rows).0.rows.into_iter().map(|reply| reply.text).collect();
    assert_eq!(said[..2], ["Sorry!\nA is gone.", "A short check of Black Friday."]);
    assert!(said[2].starts_with("Hi! Sorry, C cannot be used at the moment"));
}

#[test]
fn what_is_wrong_with_a_file_is_named_with_its_line_and_field_and_the_rest_is_written() {
    let store = singapore();
    let folder = own(&[
        ("cannot_claim.en.txt", "Hi!\n{% if has_ended %}{{ custmer }}{% endif %}"),
        ("expired.en.txt", "{{ other.price }}"),
        ("not_working.en.txt", "Hi!\n\n{% if ends %}until {{ ends }}"),
        ("low_stock.en.txt", "Hurry!"),
        ("expired.english.txt", "Over."),
        ("rejected.en.txt", "{{ label }}"),
    ]);
    std::fs::write(folder.path().join("paused.en.txt"), [0xff, 0xfe, 0x00]).unwrap();
    let (templates, problems) = Templates::read(folder.path());
    insta::assert_snapshot!(tidied(problems, folder.path()).join("\n"));
    let rows = vec![
        trouble(&store, coupon(&store, "A"), FindingCode::OutOfStock, Severity::Critical),
        trouble(&store, coupon(&store, "B"), FindingCode::Rejected, Severity::Critical),
    ];
    let (replies, _) = written_with(&templates, "en", true, &store, rows);
    assert!(replies.rows[0].text.starts_with("Hi! A has reached its usage limit"));
    assert_eq!(replies.rows[1].text, "B");
}

#[test]
fn a_file_that_fails_only_when_it_is_written_is_told_once_and_replaced() {
    let store = singapore();
    let folder = own(&[("cannot_claim.en.txt", "{% set there = other %}{{ there.label }}")]);
    let (templates, problems) = Templates::read(folder.path());
    assert_eq!(problems, []);
    let gone = |code: &str| trouble(&store, coupon(&store, code), FindingCode::OutOfStock, Severity::Critical);
    let (replies, problems) = written_with(&templates, "en", true, &store, vec![gone("A"), gone("B")]);
    assert_eq!(replies.rows.len(), 2);
    assert!(replies.rows[0].text.starts_with("Hi! A has reached its usage limit"));
    let problems = tidied(problems, folder.path());
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("cannot_claim.en.txt:1: undefined value"), "{problems:?}");
}

#[test]
fn a_folder_that_is_not_there_is_said_and_the_built_in_texts_are_used() {
    let (_, problems) = Templates::read(Path::new("no-such-folder"));
    assert_eq!(problems.len(), 1);
    assert!(told(&problems[0]).starts_with("no-such-folder: the folder of replies cannot be read"), "{problems:?}");
}

#[test]
fn the_language_is_that_of_the_stores_country_or_as_written() {
    let by_currency = [
        ("SGD", "en"),
        ("MYR", "ms"),
        ("IDR", "id"),
        ("THB", "th"),
        ("VND", "vi"),
        ("PHP", "fil"),
        ("TWD", "zh-TW"),
        ("CNY", "zh"),
        ("BRL", "pt"),
        ("JPY", "ja"),
        ("MXN", "es"),
        ("EUR", "en"),
    ];
    for (currency, tag) in by_currency {
        assert_eq!(LanguageTag::of(&shop(currency, chrono_tz::UTC), None).tag(), tag, "{currency}");
    }
    let of_the_euro = [
        (chrono_tz::Europe::Berlin, "de"),
        (chrono_tz::Europe::Vienna, "de"),
        (chrono_tz::Europe::Paris, "fr"),
        (chrono_tz::Europe::Rome, "it"),
        (chrono_tz::Europe::Madrid, "es-ES"),
        (chrono_tz::Europe::Helsinki, "en"),
    ];
    for (zone, tag) in of_the_euro {
        assert_eq!(LanguageTag::of(&shop("EUR", zone), None).tag(), tag, "{zone}");
        assert_eq!(
            LanguageTag::of(&shop("EUR", zone), Some(" it ")).tag(),
            "it",
            "a region that is a country goes first"
        );
        assert_eq!(LanguageTag::of(&shop("EUR", zone), Some("EU")).tag(), tag, "one that is none says nothing");
    }
    let written = [
        ("TH", Some("th")),
        ("zh_tw", Some("zh-TW")),
        ("tl", Some("fil")),
        ("zh-hk", Some("zh-HK")),
        ("english", None),
        ("", None),
    ];
    for (tag, expected) in written {
        assert_eq!(LanguageTag::parse(tag).as_ref().map(LanguageTag::tag), expected, "{tag}");
    }
}

#[test]
fn a_language_without_texts_is_answered_in_its_plain_form_or_in_english() {
    let store = singapore();
    let row = || trouble(&store, coupon(&store, "A"), FindingCode::Paused, Severity::Critical);
    let language = |tag: &str| {
        let (replies, _) = written_with(&Templates::default(), tag, true, &store, vec![row()]);
        replies.rows[0].language.clone()
    };
    assert_eq!([language("zh-HK"), language("pl"), language("ms-MY"), language("pt-BR")], ["zh", "en", "ms", "pt"]);
}
