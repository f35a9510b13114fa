//! Files in place of an API: what is read of them, what is asked about, and which file is meant.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{TimeZone, Utc};
use couponbook::domain::{Coupon, CouponId, Discount, Exposure, Minimum, Status, Timestamp, Untold};
use couponbook::language::Language;
use couponbook::platforms::{
    CallErrorKind, CallLog, Connector, Health, KeyProblem, Listing, Network, RetryPolicy, sheet,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tempfile::TempDir;

use crate::accounts::{account_of, connect};

/// Noon in Singapore, where the store is.
fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 22, 4, 0, 0).unwrap()
}

const HEAD: &str = "code,name,start,end,kind,value,cap,min_spend,total,used,status\n";

/// A folder into which somebody exports.
struct Drop {
    folder: TempDir,
    keys: Vec<(&'static str, String)>,
}

impl Drop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("shop-*.*").display().to_string();
        Self { folder, keys: vec![("shop", "shop".to_string()), ("files", files)] }
    }

    /// With another key in the config.
    fn with(mut self, key: &'static str, text: &str) -> Self {
        self.keys.retain(|(name, _)| *name != key);
        self.keys.push((key, text.to_string()));
        self
    }

    /// With the columns `field = heading`.
    fn columns(self, columns: &[(&str, &str)]) -> Self {
        let object: serde_json::Map<String, serde_json::Value> =
            columns.iter().map(|(field, heading)| (field.to_string(), (*heading).into())).collect();
        self.with("columns", &serde_json::Value::Object(object).to_string())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file that was written so many hours ago.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>, hours_ago: i64) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        aged(&path, hours_ago);
        path
    }

    fn csv(self, text: &str) -> Self {
        self.write("shop-1.csv", text, 1);
        self
    }

    fn connector(&self) -> Box<dyn Connector> {
        let keys: Vec<(&str, &str)> = self.keys.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let account = account_of(&sheet::ENTRY, "http://localhost/", &keys);
        let network = Network::new(Arc::new(now), self.path("tokens"), CallLog::none(), RetryPolicy::default());
        connect(&account, &network).unwrap()
    }

    fn list(&self) -> Result<Listing, String> {
        let connector = self.connector();
        block_on(connector.list()).map_err(|error| Language::ENGLISH.render(&error.in_full()))
    }

    fn check(&self) -> Health {
        block_on(self.connector().check()).unwrap()
    }

    /// All coupons, where every row could be read.
    #[track_caller]
    fn coupons(&self) -> Vec<Coupon> {
        let listing = self.list().unwrap_or_else(|error| panic!("{error}"));
        let told: Vec<String> = listing.unreadable.iter().map(|why| Language::ENGLISH.render(why)).collect();
        assert!(told.is_empty(), "{told:?}");
        listing.coupons
    }

    #[track_caller]
    fn only(&self) -> Coupon {
        let mut coupons = self.coupons();
        assert_eq!(coupons.len(), 1);
        coupons.remove(0)
    }

    /// Why the one row cannot be read.
    #[track_caller]
    fn unreadable(&self) -> String {
        let listing = self.list().unwrap_or_else(|error| panic!("{error}"));
        assert!(listing.coupons.is_empty(), "{:?}", listing.coupons);
        listing.unreadable.iter().map(|why| Language::ENGLISH.render(why)).collect::<Vec<_>>().join("; ")
    }

    #[track_caller]
    fn refused(&self) -> String {
        self.list().map(|listing| panic!("{:?}", listing.coupons)).unwrap_err()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(future)
}

fn aged(path: &Path, hours_ago: i64) {
    let at = SystemTime::from(now());
    let at = match hours_ago {
        0.. => at - Duration::from_secs(hours_ago.unsigned_abs() * 3600),
        _ => at + Duration::from_secs(hours_ago.unsigned_abs() * 3600),
    };
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(discount: &Discount) -> String {
    discount.to_string()
}

#[test]
fn the_form_needs_no_mapping_and_what_it_leaves_open_stays_open() {
    let told = Drop::new().csv(&format!(
        "{HEAD}BF20,Black Friday,2026-11-20,2026-11-30,percent,20,15.50,50,500,120,active\n\
         BF5,,2026-11-20 09:00,2026-11-30 18:30,amount,5.50,,,none,,paused\n\
         SHIP,Free,,none,free shipping,,,none,,,\n"
    ));
    let [bf20, bf5, ship] = told.coupons().try_into().unwrap();
    assert_eq!((bf20.code.as_deref(), bf20.name.as_str(), bf20.id.as_str()), (Some("BF20"), "Black Friday", "BF20"));
    assert_eq!(words(&bf20.discount), "20 % off, max SGD 15.50");
    assert_eq!(bf20.minimum.to_string(), "SGD 50.00");
    assert_eq!(
        (bf20.total, bf20.used, bf20.remaining(), bf20.status),
        (Some(500), Some(120), Some(380), Status::Active)
    );
    assert_eq!(bf20.usable.starts(), Some(at("2026-11-19T16:00:00Z")));
    assert_eq!(bf20.usable.ends(), Some(at("2026-11-30T16:00:00Z")), "through 23:59:59 of the day");
    assert!(bf20.untold.is_empty(), "{:?}", bf20.untold);

    assert_eq!((bf5.name.as_str(), words(&bf5.discount).as_str()), ("BF5", "SGD 5.50 off"));
    assert_eq!((bf5.minimum, bf5.total, bf5.status), (Minimum::NotKnown, None, Status::Paused));
    assert_eq!(bf5.usable.ends(), Some(at("2026-11-30T10:30:00Z")));
    assert!(!bf5.is_untold(Untold::Total) && bf5.is_untold(Untold::Used), "none is without limit, empty is not known");

    assert_eq!((ship.minimum, ship.usable.ends(), ship.status), (Minimum::None, None, Status::Unknown));
    assert!(
        [Untold::Total, Untold::Used, Untold::Start, Untold::Cap, Untold::Status].map(|it| ship.is_untold(it))
            == [true; 5]
    );
    let sgd = couponbook::domain::Currency::parse("SGD").unwrap();
    assert_eq!(ship.exposure(sgd), Exposure::NotKnown);
    assert_eq!(bf5.exposure(sgd), Exposure::NotKnown, "nobody tells how many were used");
}

#[test]
fn the_form_has_headings_in_both_languages_and_both_are_read() {
    let form = include_str!("../../../templates/coupons.csv");
    let rows = Drop::new().csv(&format!("{form}BF20,,,2026-11-20,2026-11-30,,percent,20,,,,,,,,,,\n"));
    assert_eq!(rows.only().label(), "BF20");
    assert!(Drop::new().csv(form).coupons().is_empty(), "the form alone has no coupon");
    let chinese = "券码,名称,开始时间,结束时间,优惠方式,优惠额度,门槛,发放总量,已使用,状态\n\
                   BF20,黑五,2026-11-20,2026-11-30,折扣,20,50,不限,3,进行中\n";
    let coupon = Drop::new().csv(chinese).only();
    assert_eq!((coupon.name.as_str(), words(&coupon.discount).as_str()), ("黑五", "20 % off"));
    assert_eq!((coupon.total, coupon.is_untold(Untold::Total), coupon.status), (None, false, Status::Active));
}

/// A mapping whose dates, decimals and zone are said.
fn mapped() -> Drop {
    Drop::new()
        .columns(&[
            ("code", "Promo code"),
            ("starts", "Valid from"),
            ("ends", "Valid to"),
            ("value", "Discount"),
            ("min_spend", "Min. order"),
            ("total", "Quantity"),
        ])
        .with("dates", "day-month-year")
        .with("decimals", "comma")
        .with("file_zone", "Asia/Jakarta")
}

#[test]
fn dates_are_read_in_the_order_and_zone_that_the_config_says_and_never_guessed() {
    const FILE: &str = "Promo code;Valid from;Valid to;Discount;Min. order;Quantity\n";
    let coupon = |ends: &str| mapped().csv(&format!("{FILE}A;01/11/2026;{ends};;;\n"));
    // The end, exclusive, in UTC: Jakarta is seven hours ahead.
    for (written, meant) in [
        ("05/12/2026", "2026-12-05T17:00:00Z"),
        ("05.12.2026", "2026-12-05T17:00:00Z"),
        ("5-12-2026 18:30", "2026-12-05T11:30:00Z"),
        ("05/12/2026 23:59", "2026-12-05T17:00:00Z"),
        ("05/12/2026 23:59:59", "2026-12-05T17:00:00Z"),
        ("05/12/2026 00:00", "2026-12-04T17:00:00Z"),
        ("2026-12-05", "2026-12-05T17:00:00Z"),
        ("5 Dec 2026", "2026-12-05T17:00:00Z"),
        ("2026-12-05T18:30:00Z", "2026-12-05T18:30:00Z"),
        ("2026-12-05T23:59:59+09:00", "2026-12-05T15:00:00Z"),
        ("2026-12-05 18:30:00 UTC", "2026-12-05T18:30:00Z"),
    ] {
        assert_eq!(coupon(written).only().usable.ends(), Some(at(meant)), "{written}");
    }
    for (written, why) in [
        ("12/25/2026", "not in the order that `dates` says"),
        ("05/12/26", "not a date with a year of four digits"),
        ("soon", "not a date"),
        ("31/02/2026", "not a date"),
        ("30/10/2026", "ends before it starts"),
        ("", "its end is empty; write none"),
    ] {
        let told = coupon(written).unreadable();
        assert!(told.starts_with("row 2: ") && told.contains(why), "{written}: {told}");
    }
    let asked = |order: &str, rows: &str| {
        let drop = mapped().with("dates", order).csv(&format!("{FILE}{rows}"));
        drop.list().map(|listing| listing.coupons.len().to_string()).unwrap_or_else(|told| told)
    };
    let both = "A;01/11/2026;05/12/2026;;;\n";
    assert!(asked("", both).contains("can be read in two ways: write dates ="), "{}", asked("", both));
    let shown = asked("", &format!("{both}B;01/11/2026;25/12/2026;;;\n"));
    assert!(shown.contains("others show day-month-year: write dates = \"day-month-year\""), "{shown}");
    assert_eq!(asked("", "A;2026-11-01;2026-12-05;;;\n"), "1", "nothing to ask");
    let zone = mapped().with("file_zone", "").csv(&format!("{FILE}{both}")).refused();
    assert!(zone.contains("write file_zone = \"Asia/Singapore\""), "{zone}");
}

#[test]
fn numbers_are_read_by_the_decimal_sign_that_the_config_says_and_amounts_in_their_own_currency_alone() {
    let read = |decimals: &str, minimum: &str, total: &str| {
        let file = format!(
            "Promo code;Valid from;Valid to;Discount;Min. order;Quantity\nA;01/11/2026;05/12/2026;;{minimum};{total}\n"
        );
        mapped().with("decimals", decimals).csv(&file)
    };
    for (sign, minimum, total, meant) in [
        ("comma", "8.000,50", "1.234", ("SGD 8,000.50", Some(1234))),
        ("comma", "S$ 8.000", "1234", ("SGD 8,000.00", Some(1234))),
        ("point", "8,000.50", "1,234", ("SGD 8,000.50", Some(1234))),
        ("point", "SGD 8.5", "0", ("SGD 8.50", Some(0))),
        ("comma", "", "", ("not known", None)),
        ("comma", "none", "unlimited", ("no minimum", None)),
        ("", "8", "1234", ("SGD 8.00", Some(1234))),
    ] {
        let coupon = read(sign, minimum, total).only();
        assert_eq!((coupon.minimum.to_string().as_str(), coupon.total), meant, "{sign} {minimum} {total}");
        assert_eq!(coupon.is_untold(Untold::Total), total.is_empty());
    }
    for (sign, minimum, total, why) in [
        ("point", "8.000,50", "", "min_spend: 8.000,50 is not an amount"),
        ("comma", "1,2345", "", "is not an amount"),
        ("comma", "USD 8", "", "is not an amount in this currency"),
        ("comma", "-8", "", "is not an amount"),
        ("comma", "", "1,5", "total: 1,5 is not a whole number"),
        ("comma", "", "many", "total: many is not a whole number"),
    ] {
        let told = read(sign, minimum, total).unreadable();
        assert!(told.contains(why), "{minimum} {total}: {told}");
    }
    let asked = read("", "", "1.234").refused();
    assert!(asked.contains("write decimals = \"point\" (1234.50) or decimals = \"comma\" (1234,50)"), "{asked}");
}

#[test]
fn discounts_are_what_the_file_says_and_are_not_known_where_it_says_too_little() {
    let read = |kind: &str, value: &str| {
        let file = format!("{HEAD}A,,2026-11-20,2026-11-30,{kind},{value},none,,,,\n");
        Drop::new().csv(&file)
    };
    for (kind, value, meant) in [
        ("percent", "20", "20 % off"),
        ("", "20%", "20 % off"),
        ("amount", "5", "SGD 5.00 off"),
        ("", "SGD 5", "SGD 5.00 off"),
        ("", "$5", "SGD 5.00 off"),
        ("免运费", "", "free shipping"),
        ("", "5", "5"),
        ("gift", "a mug", "gift a mug"),
        ("", "", ""),
    ] {
        assert_eq!(words(&read(kind, value).only().discount), meant, "{kind} {value}");
    }
    assert!(read("percent", "120").unreadable().contains("not a share from 0 to 100"));
    let [one, other] = Drop::new()
        .csv(&format!(
            "{HEAD}A,,2026-11-20,2026-11-30,percent,20,none,50,,,\nB,,2026-11-20,2026-11-30,percent,20,none,50,,,\n"
        ))
        .coupons()
        .try_into()
        .unwrap();
    assert!(!one.same_rules(&other), "which items they are for no file tells");
    let loses = |cap: &str| {
        let file = format!("{HEAD}A,,2026-11-20,2026-11-30,percent,90,{cap},none,10,0,\n");
        let coupon = Drop::new().csv(&file).only();
        (coupon.loss(coupon.minimum, 70.into()).is_some(), coupon.exposure_once_usable())
    };
    assert_eq!(loses(""), (false, Exposure::NotKnown), "nobody tells what one use takes off at most");
    assert_eq!(loses("none"), (true, Exposure::NoLimit));
    assert!(matches!(loses("5"), (true, Exposure::Known(sum)) if sum.to_string() == "SGD 50.00"));
}

#[test]
fn a_status_is_its_word_and_goes_on_with_the_clock_and_without_a_word_it_follows_from_the_dates() {
    let read = |starts: &str, ends: &str, word: &str| {
        let file = format!("{HEAD}A,,{starts},{ends},,,,,,,{word}\n");
        let coupon = Drop::new().with("statuses", "{\"active\":\"Live\"}").csv(&file).only();
        (coupon.status, coupon.is_untold(Untold::Status))
    };
    let (past, running, coming) =
        (("2026-11-01", "2026-11-10"), ("2026-11-01", "2026-11-30"), ("2026-11-25", "2026-11-30"));
    for ((starts, ends), word, meant) in [
        (running, "active", (Status::Active, false)),
        (running, "LIVE", (Status::Active, false)),
        (running, "Paused", (Status::Paused, false)),
        (running, "scheduled", (Status::Active, true)),
        (past, "active", (Status::Ended, true)),
        (coming, "active", (Status::Scheduled, true)),
        (coming, "scheduled", (Status::Scheduled, false)),
        (running, "ended", (Status::Ended, false)),
        (running, "frozen by legal", (Status::Unknown, false)),
        (running, "", (Status::Active, true)),
        (past, "", (Status::Ended, true)),
        (coming, "", (Status::Scheduled, true)),
        (("", "2026-11-30"), "", (Status::Unknown, true)),
    ] {
        assert_eq!(read(starts, ends, word), meant, "{starts} {ends} {word}");
    }
}

#[test]
fn blocks_are_found_by_their_headings_wherever_they_stand() {
    let file = "Voucher performance;;;\n\
                Periode Waktu;Klaim;Penjualan (IDR);\n\
                01-11-2026 - 21-11-2026;40;8.000.000;\n\
                ;;;\n\
                Nama Voucher;Kode Voucher;Periode Klaim;Tipe Voucher;Klaim;Pesanan (Pesanan Siap Dikirim)\n\
                Toko;TOKO10;01-11-2026 00:00 - 30-11-2026 23:59;Toko;1.200;800\n\
                Baru;BARU5;01-11-2026 - 30-11-2026;Toko;0;0\n\
                ;;;\n\
                Harian;;;\n\
                Tanggal;Klaim;Pesanan (Pesanan Siap Dikirim);\n\
                01-11-2026;20;10;\n";
    let drop = Drop::new().with("preset", "shopee-performance").csv(file);
    let [toko, baru] = drop.coupons().try_into().unwrap();
    assert_eq!((toko.claimed, toko.used, toko.total), (Some(1200), Some(800), None));
    assert!(toko.is_untold(Untold::Total) && toko.discount == Discount::Other(String::new()));
    assert_eq!(toko.usable, baru.usable);
    assert_eq!(toko.usable.ends(), Some(at("2026-11-30T16:00:00Z")), "the store's zone");
    let notes: Vec<String> = drop.check().notes.iter().map(|note| Language::ENGLISH.render(note)).collect();
    let notes = notes.join("\n");
    for told in [
        "read shop-1.csv, as of 2026-11-22 11:00: 2 coupons",
        "not confirmed on a real file",
        "code = \"Kode Voucher\"",
        "headings that were not understood: \"Tipe Voucher\"",
        "not in the file, and shown as not known: value, min_spend, total, status",
        "it follows from the dates",
        "rows that belong to no list of coupons: row 9",
        "TOKO10: 2026-11-01 00:00 to 2026-11-30 23:59",
    ] {
        assert!(notes.contains(told), "{told:?} is not in\n{notes}");
    }
    let period = |cell: &str| {
        Drop::new().csv(&format!("code,name,period\nA,N,{cell}\n")).list().map(|it| it.coupons.len()).unwrap()
    };
    assert_eq!([period("2026-11-01 - 2026-11-30"), period("2026-11-01"), period("1 - 2 - 3")], [1, 0, 0]);
}

#[test]
fn two_rows_of_one_coupon_and_two_columns_of_one_meaning_refuse_the_file_with_both() {
    let twice = |rows: &str| Drop::new().csv(&format!("code,id,name,start,end\n{rows}")).refused();
    let told = twice("A,,,2026-11-01,2026-11-30\nB,,,2026-11-01,2026-11-30\na,,,2026-11-01,2026-11-30\n");
    assert_eq!(told, "store-1: shop-1.csv: a stands there twice, in row 2 and in row 4; each coupon has one row");
    assert!(twice(",7,,2026-11-01,2026-11-30\n,7,,2026-11-01,2026-11-30\n").contains("in row 2 and in row 3"));
    assert!(twice(",,Sale,2026-11-01,2026-11-30\n,,Sale,2026-11-01,2026-12-30\n").contains("in row 2 and in row 3"));
    let apart = Drop::new().csv("code,id,name,start,end\n,,Sale,2026-11-01,2026-11-30\n,,Sale,2026-12-01,2026-12-30\n");
    assert_eq!(apart.coupons().len(), 2, "one name, two starts");
    assert!(Drop::new().csv("code,id,name,start,end\n,,Sale,,2026-11-30\n").unreadable().contains("no code, no id"));
    let columns = Drop::new().csv("code,券码,start,end\nA,B,2026-11-01,2026-11-30\n").refused();
    assert!(columns.contains("row 1: two columns mean code, the second is 券码"), "{columns}");
    let nothing = Drop::new().csv("voucher,until\nA,2026-11-30\n").refused();
    assert!(
        nothing.contains("no row has the headings that are looked for; the first row is: voucher | until"),
        "{nothing}"
    );
}

#[test]
fn ids_that_a_spreadsheet_has_shortened_are_refused_and_texts_like_formulas_stay_texts() {
    let read = |id: &str| Drop::new().csv(&format!("id,name,start,end\n{id},N,2026-11-01,2026-11-30\n"));
    assert_eq!(read("7495000000000000001").only().id.as_str(), "7495000000000000001");
    assert!(read("7.495E+18").unreadable().contains("id: 7.495E+18 has lost digits; export that column as text"));
    for text in ["=1+1", "+5", "-BF", "@home"] {
        assert_eq!(read(text).only().id.as_str(), text);
    }
}

/// As pandas and openpyxl write a frame: an index column, bold heads, date cells with times, blanks as nothing.
fn by_pandas(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (column, head) in ["", "code", "start", "end", "kind", "value", "min_spend", "total", "used"].iter().enumerate()
    {
        sheet.write_with_format(0, column as u16, *head, &Format::new().set_bold()).unwrap();
    }
    for (row, (code, ends, value, total)) in
        (1..).zip([("A1", "2026-11-30T23:59:59", 20.0, Some(500.0)), ("A2", "2026-12-01T00:00:00", 12.5, None)])
    {
        sheet.write(row, 0, row - 1).unwrap();
        sheet.write(row, 1, code).unwrap();
        let serial = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
        sheet.write_with_format(row, 2, serial("2026-11-01T00:00:00"), &date).unwrap();
        sheet.write_with_format(row, 3, serial(ends), &date).unwrap();
        sheet.write(row, 4, "percent").unwrap();
        sheet.write(row, 5, value).unwrap();
        sheet.write(row, 6, 49.9).unwrap();
        if let Some(total) = total {
            sheet.write(row, 7, total).unwrap();
        }
        sheet.write(row, 8, 7).unwrap();
    }
    book.save(path).unwrap();
}

#[test]
fn workbooks_and_texts_as_other_programs_write_them_are_read() {
    let pandas = Drop::new();
    by_pandas(&pandas.path("shop-1.xlsx"));
    aged(&pandas.path("shop-1.xlsx"), 1);
    let [a1, a2] = pandas.coupons().try_into().unwrap();
    assert_eq!(
        (a1.minimum.to_string().as_str(), words(&a1.discount).as_str(), a1.total),
        ("SGD 49.90", "20 % off", Some(500))
    );
    assert_eq!(a1.usable.ends(), Some(at("2026-11-30T16:00:00Z")));
    assert_eq!(a2.usable.ends(), Some(at("2026-11-30T16:00:00Z")), "beside times, midnight is a time");
    assert_eq!((a2.total, a2.is_untold(Untold::Total)), (None, true));

    // Dates alone, in cells without a time, below a title and instructions, in the second sheet; a hidden one is not read.
    let by_hand = Drop::new();
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Read me").unwrap().write(0, 0, "How to fill this in").unwrap();
    let sheet = book.add_worksheet().set_name("Coupons").unwrap();
    sheet.write(0, 0, "Coupons of November").unwrap();
    for (column, head) in ["Code", "Start", "End", "Kind", "Value"].iter().enumerate() {
        sheet.write(3, column as u16, *head).unwrap();
    }
    let date = Format::new().set_num_format("d mmm yyyy");
    sheet.write(4, 0, "B1").unwrap();
    sheet.write_with_format(4, 1, ExcelDateTime::from_ymd(2026, 11, 1).unwrap(), &date).unwrap();
    sheet.write_with_format(4, 2, ExcelDateTime::from_ymd(2026, 11, 30).unwrap(), &date).unwrap();
    sheet.write(4, 3, "percent").unwrap();
    sheet.write_with_format(4, 4, 0.2, &Format::new().set_num_format("0%")).unwrap();
    let hidden = book.add_worksheet().set_name("Old").unwrap().set_hidden(true);
    hidden.write(0, 0, "code").unwrap();
    book.save(by_hand.path("shop-1.xlsx")).unwrap();
    aged(&by_hand.path("shop-1.xlsx"), 1);
    let told = by_hand.unreadable();
    assert!(told.starts_with("sheet Coupons, row 5: a percentage cell of 0.2"), "{told}");

    // LibreOffice and Excel in a country of semicolons; a byte order mark; Windows line ends; quotes and a line break in a cell.
    let text =
        "\u{feff}\"code\";\"name\";\"start\";\"end\"\r\n\"C1\";\"two\nlines\";\"2026-11-01\";\"2026-11-30\"\r\n\r\n";
    assert_eq!(Drop::new().csv(text).only().name, "two lines");
    let chinese =
        encoding_rs::GB18030.encode("券码,名称,开始时间,结束时间\nD1,黑五满减,2026-11-01,2026-11-30\n").0.into_owned();
    let guessed = Drop::new();
    guessed.write("shop-1.csv", &chinese, 1);
    assert!(guessed.refused().contains("write encoding = \"gb18030\""), "{}", guessed.refused());
    assert_eq!(guessed.with("encoding", "gb18030").only().name, "黑五满减");
    let latin = Drop::new().with("encoding", "windows-1252");
    latin.write("shop-1.csv", b"code,name,start,end\nE1,Caf\xe9 \x80 5,2026-11-01,2026-11-30\n", 1);
    assert_eq!(latin.only().name, "Café € 5");
}

#[test]
fn the_newest_file_is_read_and_every_reason_against_it_is_a_plain_sentence() {
    let file = |code: &str| format!("code,name,start,end\n{code},N,2026-11-01,2026-11-30\n");
    let newest = Drop::new();
    newest.write("shop-1.csv", file("OLD"), 30);
    newest.write("shop-2.CSV", file("NEW"), 2);
    newest.write("other.csv", file("OTHER"), 1);
    newest.write("~shop-3.csv", file("ASIDE"), 1);
    assert_eq!(newest.only().label(), "NEW");
    let source = {
        let connector = newest.connector();
        block_on(connector.list()).unwrap();
        connector.source().unwrap()
    };
    assert_eq!(
        (source.file.as_str(), source.as_of, source.has_everything),
        ("shop-2.CSV", at("2026-11-22T02:00:00Z"), false)
    );

    let refused = |prepare: &dyn Fn(&Drop)| {
        let drop = Drop::new();
        prepare(&drop);
        drop.refused()
    };
    for (prepare, told) in [
        (&(|_: &Drop| ()) as &dyn Fn(&Drop), "no file is called like shop-*.* in its folder"),
        (
            &|drop| drop_of(drop, "shop-1.csv", 37),
            "shop-1.csv is 37 hours old, and more than 36 (stale_hours) is too old",
        ),
        (&|drop| drop_of(drop, "shop-1.csv", -2), "shop-1.csv was written in the future by this machine's clock"),
        (
            &|drop| ["shop-1.csv", "shop-2.csv"].iter().for_each(|name| drop_of(drop, name, 1)),
            "shop-1.csv and shop-2.csv were written at the same time",
        ),
        (
            &|drop| {
                [("shop-1.csv", 1), ("shop-1 (Mei's conflicted copy).csv", 2)]
                    .iter()
                    .for_each(|(name, age)| drop_of(drop, name, *age))
            },
            "conflicted copy).csv is the copy that a sync program makes",
        ),
        (
            &|drop| ["shop-1.csv", "~$shop-1.csv"].iter().for_each(|name| drop_of(drop, name, 1)),
            "shop-1.csv is open in an office program (~$shop-1.csv lies beside it)",
        ),
        (&|drop| drop_of(drop, ".shop-1.csv.icloud", 1), "shop-1.csv is not on this machine yet"),
        (&|drop| drop.write("shop-1.csv", "", 1).clear(), "shop-1.csv: the file is empty"),
        (&|drop| drop.write("shop-1.xlsx", b"PK\x03\x04half", 1).clear(), "shop-1.xlsx: "),
    ] {
        let sentence = refused(prepare);
        assert!(sentence.starts_with("store-1: ") && sentence.contains(told), "{told:?} is not in {sentence:?}");
    }
    let away = Drop::new();
    let away = away.with("files", "/nowhere/at all/shop-*.csv").refused();
    assert!(away.contains("there is no folder at all: if it lies on a network"), "{away}");
    let longer = Drop::new().with("stale_hours", "48");
    longer.write("shop-1.csv", file("A"), 37);
    assert_eq!(longer.only().label(), "A");
}

fn drop_of(drop: &Drop, name: &str, hours_ago: i64) {
    drop.write(name, "code,name,start,end\nA,N,2026-11-01,2026-11-30\n", hours_ago);
}

#[test]
fn a_coupon_that_is_not_in_the_file_is_gone_only_where_files_have_every_coupon() {
    let file = "code,name,start,end\nA,N,2026-11-01,2026-11-30\n";
    let get = |drop: Drop, id: &str| block_on(drop.connector().get(&CouponId::new(id)));
    assert_eq!(get(Drop::new().csv(file), "A").unwrap().unwrap().label(), "A");
    let error = get(Drop::new().csv(file), "B").unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotFound);
    assert!(Language::ENGLISH.render(&error.sentence).contains("B is not in shop-1.csv, which may hold only a part"));
    assert!(get(Drop::new().with("complete", "true").csv(file), "B").unwrap().is_none());
    let unread = format!("{file}C,N,2026-11-01,soon\n");
    assert!(
        get(Drop::new().with("complete", "true").csv(&unread), "C").is_err(),
        "it may be the row that cannot be read"
    );
}

#[test]
fn a_config_that_leaves_too_much_open_or_says_what_nobody_knows_is_refused() {
    let told = |key: &'static str, text: &str| {
        let drop = Drop::new().with(key, text);
        let text = |name: &str| drop.keys.iter().find(|(key, _)| *key == name).map(|(_, text)| text.clone());
        let keys = sheet::ENTRY.keys_of(text);
        let problems = sheet::ENTRY.place(&keys, None).err().unwrap_or_default();
        problems
            .iter()
            .map(|KeyProblem { what, wanted, .. }| format!("{what}; {wanted}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (key, text, wanted) in [
        ("columns", "{\"code\":\"Code\"}", "nothing tells when a coupon ends; add ends"),
        ("columns", "{\"ends\":\"To\"}", "nothing tells one coupon from another; add code, id or name"),
        (
            "columns",
            "{\"code\":\"C\",\"ends\":\"To\",\"colour\":\"x\"}",
            "\"colour\" is nothing that is known of a coupon",
        ),
        ("columns", "{\"code\":\"C\",\"ends\":\"c\"}", "the heading \"c\" stands there twice"),
        ("dates", "american", "write \"year-month-day\", \"day-month-year\" or \"month-day-year\""),
        ("decimals", ",", "write \"point\""),
        ("file_zone", "CET+1", "is not a time zone"),
        ("page", "seller.temu.com", "is no link"),
        ("stale_hours", "0", "write a number of hours"),
        ("preset", "temu", "is not known"),
        ("encoding", "big5", "write \"utf-8\""),
        ("statuses", "{\"live\":\"x\"}", "\"live\" is not known"),
        ("files", "drop/*/a.csv", "a folder's name holds * or ?"),
    ] {
        assert!(told(key, text).contains(wanted), "{key} = {text}: {}", told(key, text));
    }
    assert_eq!(told("page", "https://seller.temu.com/coupons"), "");
}

#[test]
fn the_json_of_amazons_coupon_report_is_read_as_its_schema_says() {
    let report = serde_json::json!({
        "reportSpecification": { "reportType": "GET_COUPON_PERFORMANCE_REPORT", "marketplaceIds": ["ATVPDKIKX0DER"] },
        "coupons": [
            { "couponId": "7495000000000000001", "name": "Autumn", "currencyCode": "SGD", "startDateTime": "2026-11-01T07:00:00Z",
              "endDateTime": "2026-12-01T07:59:59Z", "discountType": "PERCENT_OFF_LIST_PRICE", "discountAmount": 12.5, "clips": 40,
              "redemptions": 7, "budget": 1000.0, "budgetRemaining": 912.5, "asins": [{ "asin": "B000000001" }], "websiteMessage": null },
            { "couponId": "2", "name": "Gone", "currencyCode": "SGD", "startDateTime": "2026-11-01T07:00:00Z",
              "endDateTime": "2026-12-01T07:59:59Z", "discountType": "AMOUNT_OFF_LIST_PRICE", "discountAmount": 5, "redemptions": 90,
              "budget": 450, "budgetRemaining": 0 },
        ],
    });
    let drop = Drop::new().with("preset", "amazon-coupon-report");
    drop.write("shop-1.json", report.to_string(), 1);
    let [autumn, gone] = drop.coupons().try_into().unwrap();
    assert_eq!(
        (autumn.id.as_str(), autumn.code.as_deref(), words(&autumn.discount).as_str()),
        ("7495000000000000001", None, "12.5 % off")
    );
    assert_eq!((autumn.used, autumn.claimed, autumn.total, autumn.status), (Some(7), Some(40), None, Status::Active));
    assert_eq!(autumn.usable.ends(), Some(at("2026-12-01T08:00:00Z")));
    assert!(autumn.is_untold(Untold::Total) && autumn.is_untold(Untold::Cap) && autumn.minimum == Minimum::NotKnown);
    assert_eq!(
        (words(&gone.discount).as_str(), gone.status, gone.raw_status.as_str()),
        ("SGD 5.00 off", Status::Unknown, "nothing left")
    );
    let other = Drop::new().with("preset", "amazon-coupon-report");
    other.write("shop-1.json", "{\"campaigns\": []}", 1);
    assert!(other.refused().contains("it is not the report in JSON that the preset reads (missing field `coupons`"));
}
