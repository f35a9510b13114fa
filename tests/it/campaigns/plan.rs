//! Reading the plan: a mistake costs its row or its cell, never the export.

use std::path::PathBuf;

use couponbook::domain::{Campaign, Notice};
use couponbook::language::Language;
use couponbook::platforms::PLATFORMS;
use couponbook::settings::{Settings, SettingsError};
use rust_decimal::Decimal;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const CONFIG: &str = r#"
campaigns = "PLAN"
[[store]]
id = "woo-de-1"
platform = "woocommerce"
endpoint = "sandbox"
currency = "EUR"
time_zone = "Europe/Berlin"
[[store]]
id = "shopee-sg-1"
platform = "shopee"
endpoint = "sandbox"
currency = "SGD"
time_zone = "Asia/Singapore"
"#;

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The settings with the plan called `name`; `more` stands first in the config.
    fn read(&self, name: &str, more: &str) -> Result<Settings, SettingsError> {
        let config = format!("team_time_zone = \"Asia/Singapore\"\n{more}{}", CONFIG.replace("PLAN", name));
        std::fs::write(self.path("couponbook.toml"), config).unwrap();
        Settings::read(&self.path("couponbook.toml"), PLATFORMS, &|_| None)
    }

    fn csv(&self, text: &str) -> Settings {
        std::fs::write(self.path("campaigns.csv"), text).unwrap();
        self.read("campaigns.csv", "").unwrap()
    }
}

const HEADER: &str = "campaign,starts,ends,coupons,stores,currency,min_spend_from,min_spend_to,stock,wanted,model\n";

fn told(settings: &Settings) -> Vec<String> {
    let words = |notice: &Notice| format!("{}: {}", notice.place().unwrap(), Language::ENGLISH.render(&notice.message));
    settings.campaign_notices.iter().map(words).collect()
}

fn campaigns(settings: &Settings) -> Vec<&Campaign> {
    settings.campaigns.campaigns().collect()
}

#[test]
fn each_mistake_in_a_campaign_plan_is_told_with_its_row_and_column_and_the_rest_is_used() {
    let sound = "Payday,2026-11-25,2026-11-27,PAY*,,,,,,,\n";
    // The mistake, what is told, and how many of the two rows are left.
    let table = [
        ("Black Friday,2026-11-31,2026-12-01,BF*,,,,,,,\n", "starts: \"2026-11-31\" is not a date", 1),
        ("Black Friday,11/12/2026,2026-12-20,BF*,,,,,,,\n", "reads one way only", 1),
        ("Black Friday,2026-11-20 09:00,2026-12-20,BF*,,,,,,,\n", "a campaign takes whole days", 1),
        ("Black Friday,2026-11-20,2026-11-10,BF*,,,,,,,\n", "the campaign ends (2026-11-10) before it starts", 1),
        ("Black Friday,2026-11-20,2026-11-30,,,,,,,,\n", "coupons is empty", 1),
        (",2026-11-20,2026-11-30,BF*,,,,,,,\n", "campaign is empty", 1),
        ("Black Friday,2026-11-20,2026-11-30,BF*,lazada-*,,,,,,\n", "no store of the config is called \"lazada-*\"", 1),
        (
            "Black Friday,2026-11-20,2026-11-30,BF*,woo-*|lazada-*,,,,,,\n",
            "no store of the config is called \"lazada-*\"",
            2,
        ),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,25,,,,\n", "currency is empty", 1),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,SG$,25,,,,\n", "currency: \"SG$\" is not a currency", 1),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,ZZZ,25,,,,\n", "currency: \"ZZZ\" is not a currency", 1),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,rmb,25,,,,\n", "currency: \"rmb\" is not a currency; write CNY", 1),
        (
            "Black Friday,2026-11-20,2026-11-30,BF*,,USD,25,,,,\n",
            "no store of this row sells in USD, only in EUR, SGD",
            1,
        ),
        (
            "Black Friday,2026-11-20,2026-11-30,BF*,woo-de-1|shopee-sg-1,SGD,25,,,,\n",
            "woo-de-1 sells in EUR and not in SGD",
            2,
        ),
        (
            "Black Friday,2026-11-20,2026-11-30,BF*,,SGD,ten,,,,\n",
            "min_spend_from: \"ten\" cannot be used; write a number",
            2,
        ),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,SGD,90,40,,,\n", "min_spend_from 90 is above min_spend_to 40", 2),
        (
            "Black Friday,2026-11-20,2026-11-30,BF*,,,,,lots,,\n",
            "stock: \"lots\" cannot be used; write a whole number",
            2,
        ),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,,BF*,\n", "wanted: \"BF*\" is a pattern", 2),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,,BF10,A|B\n", "model: \"A|B\" are several", 2),
        ("Black Friday,2026-11-20,2026-11-30\n", "coupons is empty", 1),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,,,,x\n", "the row has 12 fields, the header has 11", 1),
        ("Black Friday,2026-11-20,2026-11-30 00:00,BF*,,,,,,,\n", "so 2026-11-29 is the campaign's last day", 2),
        ("PAYDAY,2026-11-27,2026-11-29,pay*,,SGD,1,,,,\n", "row 3 already says what Payday asks of these coupons", 1),
    ];
    for (row, says, left) in table {
        let settings = Fixture::new().csv(&format!("{HEADER}{row}{sound}"));
        let told = told(&settings);
        let rows = campaigns(&settings).len();
        if says.starts_with("row 3") {
            // Of two rows that contradict each other the first is kept.
            assert_eq!((told.len(), rows), (1, 1), "{told:?}");
            assert!(told[0].contains("campaigns.csv:3:") && told[0].contains("row 2 already says"), "{told:?}");
            continue;
        }
        assert_eq!((told.len(), rows), (1, left), "{row}: {told:?}");
        assert!(told[0].contains("campaigns.csv:2:") && told[0].contains(says), "{says:?} is not in\n{told:?}");
        let marked = told[0].contains("the row is left out") || told[0].contains("the row has 12");
        assert_eq!(marked, left == 1, "what the export goes on without: {told:?}");
    }
}

#[test]
fn a_plans_numbers_are_read_by_the_files_own_separators_and_the_currencys_decimals_or_refused() {
    let fixture = Fixture::new();
    let stores = ["EUR", "IDR", "VND", "JPY", "KWD"].map(|currency| {
        format!(
            "[[store]]\nid = \"{}\"\nplatform = \"woocommerce\"\nendpoint = \"sandbox\"\ncurrency = \"{currency}\"\n\
             time_zone = \"UTC\"\n",
            currency.to_lowercase()
        )
    });
    let config = format!("team_time_zone = \"UTC\"\ncampaigns = \"campaigns.csv\"\n{}", stores.concat());
    std::fs::write(fixture.path("couponbook.toml"), config).unwrap();
    let read = |parted: char, currency: &str, amount: &str, stock: &str| {
        let text = format!(
            "campaign,starts,ends,coupons,currency,min_spend_to,stock\nBF,2026-11-27,2026-12-06,BF*,{currency},{amount},{stock}\n"
        );
        let text = text.replace(',', &parted.to_string()).replace('~', ",");
        std::fs::write(fixture.path("campaigns.csv"), text).unwrap();
        let settings = Settings::read(&fixture.path("couponbook.toml"), PLATFORMS, &|_| None).unwrap();
        let campaign = campaigns(&settings)[0];
        let most = campaign.spend.and_then(|range| range.most).map(|most| most.to_string());
        match told(&settings).pop() {
            Some(told) => match told.split_once("cannot be used; ") {
                Some((_, wanted)) => wanted.replace(" (counts as empty)", ""),
                None => told,
            },
            None => most.or(campaign.stock.map(|stock| stock.to_string())).unwrap(),
        }
    };
    let either =
        |one: &str, other: &str| format!("thousands and decimals cannot be told apart; write {one} or {other}");
    // `~` is a comma within a field.
    for (parted, currency, amount, wanted) in [
        (';', "EUR", "1.500", "1500".to_string()),
        (';', "EUR", "1.500~50", "1500.5".to_string()),
        (';', "EUR", "59~90", "59.9".to_string()),
        (';', "EUR", "59.90", "59.9".to_string()),
        (';', "EUR", "1~500", either("1500", "1.5")),
        (';', "IDR", "400.000", "400000".to_string()),
        (';', "VND", "1.800.000", "1800000".to_string()),
        (',', "EUR", "1.500", either("1500", "1.5")),
        (',', "EUR", "\"1~500\"", "1500".to_string()),
        (',', "EUR", "\"1~200~000.50\"", "1200000.5".to_string()),
        (',', "EUR", "EUR 25", "25".to_string()),
        (',', "EUR", "25.125", either("25125", "25.12")),
        (',', "EUR", "0.125", "0.125 has more than 2 decimals".to_string()),
        (',', "KWD", "0.125", "0.125".to_string()),
        (',', "IDR", "400.000", "400000".to_string()),
        (',', "VND", "800.000", "800000".to_string()),
        (',', "JPY", "6500.5", "6500.5 has decimals, and JPY has none".to_string()),
        (',', "EUR", "-5", "write an amount of zero or more".to_string()),
        ('\t', "EUR", "1.500", either("1500", "1.5")),
    ] {
        assert_eq!(read(parted, currency, amount, ""), wanted, "{currency} {amount:?} parted by {parted:?}");
    }
    for (parted, stock, wanted) in [
        (';', "1.500", "1500".to_string()),
        (',', "1.500", either("1500", "1.5")),
        (',', "\"1~500\"", "1500".to_string()),
        (',', "0", "0".to_string()),
        (',', "1.5", "write a whole number above zero".to_string()),
    ] {
        assert_eq!(read(parted, "", "", stock), wanted, "{stock:?} parted by {parted:?}");
    }
}

#[test]
fn a_number_cell_of_a_sheet_is_what_it_is_and_text_in_it_is_read_like_new_min_spend() {
    let fixture = Fixture::new();
    for (cell, wanted) in [(Some(1.234), "1.234 has more than 2 decimals"), (None, "write 1500 or 1.5")] {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Plan").unwrap();
        for (column, header) in ["campaign", "starts", "ends", "coupons", "currency", "min_spend_to"].iter().enumerate()
        {
            sheet.write(0, column as u16, *header).unwrap();
        }
        for (column, text) in ["BF", "2026-11-27", "2026-12-06", "BF*", "EUR"].iter().enumerate() {
            sheet.write(1, column as u16, *text).unwrap();
        }
        match cell {
            Some(number) => sheet.write(1, 5, number).unwrap(),
            None => sheet.write(1, 5, "1.500").unwrap(),
        };
        workbook.save(fixture.path("plan.xlsx")).unwrap();
        let told = told(&fixture.read("plan.xlsx", "").unwrap());
        assert!(told.len() == 1 && told[0].contains(wanted), "{told:?}");
    }
}

#[test]
fn a_campaigns_first_and_last_day_are_whole_days_whatever_edge_of_them_is_written() {
    let days = |starts: &str, ends: &str| {
        let settings = Fixture::new().csv(&format!("{HEADER}BF,{starts},{ends},BF*,,,,,,,\n"));
        let told = told(&settings).len();
        let campaign = campaigns(&settings)[0];
        (campaign.first_day.to_string(), campaign.last_day.to_string(), told)
    };
    let plain = |told| ("2026-11-27".to_string(), "2026-12-06".to_string(), told);
    assert_eq!(days("2026-11-27 00:00", "2026-12-06 23:59"), plain(0));
    assert_eq!(days("2026年11月27日0点", "2026年12月6日24时"), plain(0));
    assert_eq!(days("2026-11-27", "2026-12-06T23:59:59.999"), plain(0));
    assert_eq!(days("2026-11-26 24:00", "2026-12-07 00:00"), plain(2));
    assert_eq!(days("2026-11-26 23:59:59", "2026/12/7 0:00"), plain(2));
}

#[test]
fn a_csv_is_read_as_office_programs_save_it() {
    let fixture = Fixture::new();
    let names = |bytes: &[u8]| {
        std::fs::write(fixture.path("campaigns.csv"), bytes).unwrap();
        let settings = fixture.read("campaigns.csv", "").unwrap();
        let names: Vec<String> = campaigns(&settings).iter().map(|campaign| campaign.name.clone()).collect();
        (names.join(" "), told(&settings))
    };
    let plain = "campaign,starts,ends,coupons,note\nNAME,2026-12-10,2026-12-13,*1212*,\n";
    let named = |name: &[u8]| {
        let (before, after) = plain.split_once("NAME").unwrap();
        [before.as_bytes(), name, after.as_bytes()].concat()
    };
    let read = |name: &str| (name.to_string(), Vec::<String>::new());
    // Excel's hint of the separator, and the line that it adds.
    let hinted = format!("sep=;\r\n{}", plain.replace(',', ";"));
    assert_eq!(names(hinted.as_bytes()), read("NAME"));
    let (_, told) = names(format!("sep=;\n{}", plain.replace(',', ";").replace("12-13", "12-33")).as_bytes());
    assert!(told[0].contains("campaigns.csv:3: ends: "), "{told:?}");
    // Rows without their last empty cells, and with some too many.
    let rows = "A,2026-12-10,2026-12-13,*12*\nB,2026-12-10,2026-12-13,*13*,,,,\n";
    assert_eq!(names(plain.replace("NAME,2026-12-10,2026-12-13,*1212*,\n", rows).as_bytes()), read("A B"));
    // 双十二 and 梅 in GB18030, the second of which is `÷` in UTF-8; and letters that are none of it.
    // A guess is said.
    for (bytes, name) in [(&b"\xcb\xab\xca\xae\xb6\xfe"[..], "双十二"), (b"\xc3\xb7", "梅")] {
        let (read, told) = names(&named(bytes));
        assert_eq!(read, name);
        assert!(matches!(&told[..], [guess] if guess.contains("was read as GB18030 (Chinese)")), "{told:?}");
    }
    for name in ["Köln", "Fêtes", "à gogo", "2×100", "£10", "双十二"] {
        assert_eq!(names(&named(name.as_bytes())), read(name));
    }
    let wide: Vec<u8> = "\u{feff}"
        .chars()
        .chain(plain.replace(',', "\t").replace("NAME", "Köln").chars())
        .flat_map(|letter| (letter as u16).to_le_bytes())
        .collect();
    assert_eq!(names(&wide), read("Köln"));
}

#[test]
fn a_row_that_names_only_unknown_stores_does_not_come_to_mean_all_stores() {
    let settings = Fixture::new().csv(&format!("{HEADER}BF,2026-11-20,2026-11-30,BF*,lazada-*,,,,,,\n"));
    assert!(campaigns(&settings).is_empty());
    let settings = Fixture::new().csv(&format!("{HEADER}BF,2026-11-20,2026-11-30,BF*,lazada-*|woo-*,,,,,,\n"));
    assert_eq!(campaigns(&settings)[0].stores, ["woo-*"]);
}

#[test]
fn rows_of_one_campaign_for_other_coupons_other_days_or_other_stores_stand_side_by_side() {
    let rows = "BF,2026-11-20,2026-11-30,BF*,,SGD,40,100,,,\nBF,2026-11-20,2026-11-30,BF*,,EUR,40,100,,,\n\
                BF,2026-11-20,2026-11-30,BFVIP*,,SGD,90,200,,,\nBF,2027-11-20,2027-11-30,BF*,,SGD,40,100,,,\n";
    let settings = Fixture::new().csv(&format!("{HEADER}{rows}"));
    assert_eq!(told(&settings), Vec::<String>::new());
    assert_eq!(campaigns(&settings).len(), 4);
}

#[test]
fn the_columns_of_managers_are_left_alone_and_named_once() {
    let settings =
        Fixture::new().csv("campaign,starts,ends,coupons,Budget,Note\nBF,2026-11-20,2026-11-30,BF*,9000,ask first\n");
    let told = told(&settings);
    assert_eq!((told.len(), campaigns(&settings).len()), (1, 1));
    assert!(told[0].contains("unknown column \"budget\""), "{told:?}");
}

#[test]
fn what_a_mistake_costs_is_said_in_the_workbooks_language_too() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path("campaigns.csv"), format!("{HEADER}BF,2026-11-31,2026-12-01,BF*,,,,,,,\n")).unwrap();
    let settings = fixture.read("campaigns.csv", "language = \"zh-CN\"\n").unwrap();
    let notice = &settings.campaign_notices[0];
    assert_eq!(notice.short_place().unwrap(), "campaigns.csv:2");
    let words = crate::chinese().render(&notice.message);
    assert_eq!(words, "starts 列的“2026-11-31”不是日期，请写成 2026-11-30（本行未采用）");
}

#[test]
fn a_plan_that_is_missing_or_cannot_be_read_at_all_is_an_error() {
    let fixture = Fixture::new();
    let told = |name: &str, more: &str| fixture.read(name, more).unwrap_err().to_string();
    assert!(told("campaigns.csv", "").contains("the campaign plan cannot be read"));
    std::fs::write(fixture.path("campaigns.csv"), "campaign,starts,coupons\n").unwrap();
    assert!(told("campaigns.csv", "").contains("the column ends is missing"));
    std::fs::write(fixture.path("campaigns.csv"), "campaign,starts,ends\n").unwrap();
    assert!(told("campaigns.csv", "").contains("the column coupons is missing"));
    std::fs::write(fixture.path("plan.xlsx"), b"PK\x03\x04 and nothing more").unwrap();
    assert!(told("plan.xlsx", "").contains("the campaign plan cannot be read: the file is cut short"));
    sheet(&fixture, "Plan", &[&["Campaign", "Starts", "Ends", "Coupons"]]);
    assert!(told("plan.xlsx", "campaigns_sheet = \"Q4\"\n").contains("no sheet \"Q4\" but Plan"));
    sheet(&fixture, "Plan", &[&["nothing", "here"]]);
    assert!(told("plan.xlsx", "").contains("has no header row with campaign, starts, ends"));
}

fn sheet(fixture: &Fixture, name: &str, rows: &[&[&str]]) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(name).unwrap();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    workbook.save(fixture.path("plan.xlsx")).unwrap();
}

#[test]
fn a_plan_kept_as_a_chinese_workbook_is_read_with_its_merged_cells_and_its_dates() {
    let fixture = Fixture::new();
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "怎么填").unwrap();
    let sheet = workbook.add_worksheet().set_name("大促 计划").unwrap();
    sheet.write(0, 0, "2026 年大促计划").unwrap();
    let headers =
        ["备注", "店铺", "活 动", "结束日期", "开始", "券", "币种", "最低门槛", "最高门槛", "库存", "应有券", "模板券"];
    for (column, header) in headers.iter().enumerate() {
        sheet.write(2, column as u16, *header).unwrap();
    }
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.merge_range(3, 2, 4, 2, "黑五", &Format::new()).unwrap();
    let date = |month, day| ExcelDateTime::from_ymd(2026, month, day).unwrap();
    for (row, currency, least) in [(3, "SGD", 40.0), (4, "EUR", 30.5)] {
        sheet.write_with_format(row, 3, date(11, 30), &day).unwrap();
        sheet.write(row, 4, "2026年11月20日").unwrap();
        sheet.write(row, 5, "BF*|黑五*").unwrap();
        sheet.write(row, 6, currency).unwrap();
        sheet.write(row, 7, least).unwrap();
        sheet.write(row, 8, "1,200").unwrap();
        sheet.write(row, 9, 500).unwrap();
        sheet.write(row, 10, "BF10|BF20").unwrap();
        sheet.write(row, 11, "OLD*").unwrap();
    }
    sheet.write(5, 2, "双十二").unwrap();
    sheet.write(5, 4, "soon").unwrap();
    sheet.write(5, 3, "2026-12-12").unwrap();
    sheet.write(5, 5, "DD*").unwrap();
    workbook.save(fixture.path("plan.xlsx")).unwrap();

    let settings = fixture.read("plan.xlsx", "").unwrap();
    assert_eq!(told(&settings).len(), 1);
    assert!(
        told(&settings)[0].contains("plan.xlsx:6: 大促 计划!E6, starts: \"soon\" is not a date"),
        "{:?}",
        told(&settings)
    );
    let read = campaigns(&settings);
    assert_eq!(read.iter().map(|campaign| campaign.name.as_str()).collect::<Vec<_>>(), ["黑五", "黑五"]);
    let range = read[1].spend.unwrap();
    assert_eq!((range.least, range.most), (Some("30.5".parse().unwrap()), Some(Decimal::from(1200))));
    assert_eq!(
        (read[1].first_day.to_string(), read[1].last_day.to_string()),
        ("2026-11-20".into(), "2026-11-30".into())
    );
    assert_eq!((read[0].stock, read[0].wanted.len(), read[0].model.as_deref()), (Some(500), 2, Some("OLD*")));
}
