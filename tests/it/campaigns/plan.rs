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
        ("Black Friday,2026-11-20,2026-11-30,BF*,,SGD,ten,,,,\n", "min_spend_from: \"ten\" is not an amount", 2),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,SGD,90,40,,,\n", "min_spend_from 90 is above min_spend_to 40", 2),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,lots,,\n", "stock: \"lots\" is not a whole number", 2),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,,BF*,\n", "wanted: \"BF*\" is a pattern", 2),
        ("Black Friday,2026-11-20,2026-11-30,BF*,,,,,,BF10,A|B\n", "model: \"A|B\" are several", 2),
        ("Black Friday,2026-11-20,2026-11-30\n", "the row has 3 fields, the header has 11", 1),
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
        let marked = told[0].contains("the row is left out") || told[0].contains("the row has 3");
        assert_eq!(marked, left == 1, "what the export goes on without: {told:?}");
    }
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
