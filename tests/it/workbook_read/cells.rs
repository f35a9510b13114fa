//! What a cell may hold, and what is said of it: tables of cases.

use couponbook::domain::{Action, Edit};
use couponbook::workbook::HandedBack;
use couponbook::workbook::columns::Field;

use super::Put::{self, Date, Number, Text};
use super::{Fixture, end_of, english, one, set};

/// What a cell was read as: `value`, `value (remark)` or `! what to write instead`.
fn told(mut back: HandedBack, value: impl Fn(&Action) -> String) -> String {
    match (back.problems.last().cloned(), back.decisions.pop(), back.remarks.last().cloned()) {
        (Some(problem), _, _) => format!("! {}", english(&problem.wanted)),
        (None, Some(decision), Some(remark)) => format!("{} ({})", value(&decision.action), english(&remark.wanted)),
        (None, Some(decision), None) => value(&decision.action),
        (None, None, remark) => format!("nothing {remark:?}"),
    }
}

fn check(field: Field, action: &'static str, cases: &[(Put, &str)], value: fn(&Action) -> String) {
    for (cell, wanted) in cases {
        let back = Fixture::new().read(one(vec![(Field::Action, Text(action)), (field, cell.clone())]));
        assert_eq!(told(back, value), *wanted, "{cell:?}");
    }
}

#[test]
fn an_action_is_one_of_ten_words_however_it_is_typed() {
    const TEN: &str = "! write one of accept, renew, restock, delete, end, enable, pause, adjust, recreate, keep, \
                       or leave the cell empty";
    let cases = [
        (Text("  Delete "), "delete"),
        (Text("PAUSE"), "pause"),
        (Text("ｅｎｄ"), "end"),
        (Text("\u{a0}enable\u{200b}"), "enable"),
        (Text("accept ►"), "accept"),
        (Text("采纳"), "accept"),
        (Text("延期"), "renew"),
        (Text("补库存"), "restock"),
        (Text("删除"), "delete"),
        (Text("结束"), "end"),
        (Text("启用"), "enable"),
        (Text("暂停"), "pause"),
        (Text(" 补　库存 ►"), "restock"),
        (Put::Formula("delete"), "delete (a formula: its last saved result is used)"),
        (Text("delte"), TEN),
        (Text("restock +700"), TEN),
        (Number(1.0), TEN),
        (Put::Yes, TEN),
        (Text("#REF!"), TEN),
    ];
    for (cell, wanted) in cases {
        let back = Fixture::new().read(one(vec![(Field::Action, cell.clone())]));
        assert_eq!(told(back, |action| action.word.to_string()), wanted, "{cell:?}");
    }
}

#[test]
fn a_new_end_is_read_however_a_person_writes_a_date() {
    const WANTED: &str = "write a date, a date and time, or a span like 30d";
    let either = "! day and month cannot be told apart; write 2026-12-01 or 2026-01-12";
    let cases = [
        (Date("2026-12-01"), "2026-12-01"),
        (Date("2026-12-01T18:30:00"), "2026-12-01 18:30:00"),
        (Text("2026-12-01"), "2026-12-01"),
        (Text("2026/12/1"), "2026-12-01"),
        (Text("2026-12-01 18:30"), "2026-12-01 18:30:00"),
        (Text("2026-12-01T18:30:05"), "2026-12-01 18:30:05"),
        (Text("2026-12-01 6:30 pm"), "2026-12-01 18:30:00"),
        (Text("２０２６－１２－０１"), "2026-12-01"),
        (Text("2026年12月1日"), "2026-12-01"),
        (Text("2026年12月1日 18时30分"), "2026-12-01 18:30:00"),
        (Text("1 Dec 2026"), "2026-12-01 (read as 1 December 2026)"),
        (Text("Tue, December 1st 2026"), "2026-12-01 (read as 1 December 2026)"),
        (Text("31/12/2026"), "2026-12-31 (read as 31 December 2026)"),
        (Text("12/31/2026"), "2026-12-31 (read as 31 December 2026)"),
        (Text("31.12.2026 18:30"), "2026-12-31 18:30:00 (read as 31 December 2026 18:30)"),
        (Text("5/5/2026"), "2026-05-05 (read as 5 May 2026)"),
        (Text("1/12/2026"), either),
        (Text("01.12.2026"), either),
        (Text("30d"), "720 h"),
        (Text(" 12 H"), "12 h"),
        (Text("2 weeks"), "336 h"),
        (Text("30天"), "720 h"),
        (Text("３０ｄ"), "720 h"),
        (Text("[clear]"), "clear"),
        (Text("［ＣＬＥＡＲ］"), "clear"),
        (Text("   "), "blank"),
        (Number(46357.0), "2026-12-01 (read as 1 December 2026)"),
        (Number(20261201.0), "2026-12-01 (read as 1 December 2026)"),
        (Number(30.0), "! a number alone is no date; write a date, a date and time, or a span like 30d"),
        (Number(-5.0), "! a number alone is no date; write a date, a date and time, or a span like 30d"),
        (Number(1e300), "! a number alone is no date; write a date, a date and time, or a span like 30d"),
        (Text("0d"), "! write a span between 1h and 3660d"),
        (Text("99999999999d"), "! write a span between 1h and 3660d"),
        (Text("31/4/2026"), "! no such day; write a date, a date and time, or a span like 30d"),
        (Text("31/12/26"), "! write the year with four digits, like 2026-12-01"),
        (Text("12月1日"), "! write the year with four digits, like 2026-12-01"),
        (Text("2026年12月1日 18点"), "2026-12-01 18:00:00"),
        (Text("2026年12月1日 周二"), "2026-12-01"),
        (Text("30天后"), "720 h"),
        (Text("2周"), "336 h"),
        (Text("【清除】"), "clear"),
        (Text("1 Dec"), "! write the year with four digits, like 2026-12-01"),
        (Text("2026-12-01T18:30:00Z"), "! leave out the time zone: a time is in the store's own zone"),
        (Text("2026-12-01 25:00"), "! write the time like 18:30"),
        (Text("2026-12-01 24:30"), "! write the time like 18:30"),
        (Text("9999-12-31"), "! write a date from 2000 to 2199, or [clear] for no end"),
        (Put::Yes, &format!("! {WANTED}")),
    ];
    check(Field::NewEnd, "renew", &cases, end_of);
    for text in ["next friday", "30", "1.5", "//", "#REF!", "d", "18:30"] {
        let back = Fixture::new().read(one(vec![(Field::Action, Text("renew")), (Field::NewEnd, Text(text))]));
        assert_eq!(told(back, end_of), format!("! {WANTED}"), "{text:?}");
    }
}

#[test]
fn the_last_minute_of_a_day_is_the_whole_day_and_a_written_midnight_is_the_end_of_the_day_before() {
    let midnight =
        "2026-12-30 (read as 00:00 of 31 December 2026, its first moment: last usable Wed\u{a0}30\u{a0}Dec 23:59:59)";
    let cases = [
        (Date("2026-12-31T23:59:00"), "2026-12-31"),
        (Date("2026-12-31T23:59:59"), "2026-12-31"),
        // As pandas, openpyxl (`time.max`) and ExcelJS write a day's end.
        (Date("2026-12-31T23:59:59.999"), "2026-12-31"),
        (Text("2026-12-31 23:59"), "2026-12-31"),
        (Text("2026-12-31T23:59:59.999999"), "2026-12-31"),
        (Text("2026-12-31 11:59 pm"), "2026-12-31"),
        (Text("2026-12-31 23:58"), "2026-12-31 23:58:00"),
        (Text("2026-12-31 24:00"), "2026-12-31"),
        (Text("2026-12-31 24:00:00"), "2026-12-31"),
        (Text("2026年12月31日24时"), "2026-12-31"),
        (Text("2026年12月31日 24点整"), "2026-12-31"),
        (Text("31/12/2026 24:00"), "2026-12-31 (read as 31 December 2026)"),
        // Nobody typed the time of a date cell.
        (Date("2026-12-31T00:00:00"), "2026-12-31"),
        (Text("2026-12-31 00:00"), midnight),
        (Text("2026-12-31T00:00:00"), midnight),
        (Text("2026-12-31 12:00 am"), midnight),
        (Text("2026年12月31日0点"), midnight),
        (Text("2026年12月31日零点"), midnight),
        (Text("31.12.2026 0:00"), midnight),
    ];
    check(Field::NewEnd, "renew", &cases, end_of);
    let fixture = Fixture::new();
    one(vec![(Field::Action, Text("renew")), (Field::NewEnd, Date("2026-12-31"))]).save(fixture.path()).unwrap();
    // Date cells as ISO text, which Excel reads and openpyxl can write, and the last moment that a number can hold.
    for (cell, wanted) in [
        ("t=\"d\"><v>2026-12-31T00:00:00</v>", "2026-12-31"),
        ("t=\"d\"><v>2026-12-31T23:59:59.999</v>", "2026-12-31"),
        ("><v>46387.99999999999</v>", "2026-12-31"),
    ] {
        let bytes = std::fs::read(fixture.path()).unwrap();
        let bytes = super::with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| {
            assert!(xml.contains("><v>46387</v>"), "{xml}");
            xml.replacen("><v>46387</v>", &format!(" {cell}"), 1)
        });
        assert_eq!(told(Fixture::new().read_bytes(&bytes).unwrap(), end_of), wanted, "{cell}");
    }
}

#[test]
fn added_stock_is_a_whole_number_above_zero() {
    const WHOLE: &str = "! write a whole number above zero";
    let cases = [
        (Number(200.0), "200"),
        (Number(300.000_000_000_000_06), "300"),
        (Text("200"), "200"),
        (Text("２００"), "200"),
        (Text("+700"), "700 (read as 700)"),
        (Text("1,000"), "1000 (read as 1000)"),
        (Text("1 000 000"), "1000000 (read as 1000000)"),
        (Text("1.000.000"), "1000000 (read as 1000000)"),
        (Text("1.000"), "! thousands and decimals cannot be told apart; write 1000 or 1"),
        (Text("200.0"), "200"),
        (Text("1,00"), WHOLE),
        (Number(0.0), WHOLE),
        (Number(-5.0), WHOLE),
        (Number(1.5), WHOLE),
        (Text("many"), WHOLE),
        (Text("1,0000"), WHOLE),
        (Text("12,34,567"), WHOLE),
        (Number(1e12), "! write a whole number up to 1000000000"),
        (Number(1e200), WHOLE),
        (Date("2026-12-01"), WHOLE),
        (Put::Yes, WHOLE),
        (Text("[clear]"), WHOLE),
    ];
    check(Field::AddStock, "restock", &cases, |action| {
        set(action.add_stock).map_or_else(|| "none".to_string(), |stock| stock.to_string())
    });
}

#[test]
fn a_minimum_is_read_exactly_or_refused_and_never_a_hundredfold() {
    const AMOUNT: &str = "! write a number, like 25 or 25.50";
    let cases = [
        (Number(25.5), "25.5"),
        (Number(0.1 + 0.2), "0.3"),
        (Number(0.0), "0"),
        (Number(19.99), "19.99"),
        (Text("25.50"), "25.5"),
        (Text("25,50"), "25.5 (read as 25.50)"),
        (Text("1.234,50"), "1234.5 (read as 1234.50)"),
        (Text("1,234.50"), "1234.5 (read as 1234.50)"),
        (Text("1'234.50"), "1234.5 (read as 1234.50)"),
        (Text("1,234"), "! thousands and decimals cannot be told apart; write 1234 or 1.23"),
        (Text("1.234"), "! thousands and decimals cannot be told apart; write 1234 or 1.23"),
        (Text("0.125"), "! SGD has 2 decimals; write no more of them"),
        (Number(1234.567), "! SGD has 2 decimals; write no more of them"),
        (Text("２５"), "25"),
        (Text("SGD 25"), "25 (read as 25)"),
        (Text("25 sgd"), "25 (read as 25)"),
        (Text("USD 25"), "! the store's currency is SGD; write the amount in it, without a word"),
        (Text("[clear]"), "clear"),
        (Number(-1.0), "! write an amount of zero or more"),
        (Text("-1"), "! write an amount of zero or more"),
        (Number(1e13), "! write an amount up to 1000000000000"),
        (Number(1e300), AMOUNT),
        (Text("$25"), AMOUNT),
        (Text("25%"), AMOUNT),
        (Text("25..5"), AMOUNT),
        (Text("."), AMOUNT),
        (Date("2026-12-01"), AMOUNT),
    ];
    let amount = |action: &Action| match action.new_min_spend {
        Edit::Blank => "blank".to_string(),
        Edit::Clear => "clear".to_string(),
        Edit::Set(amount) => amount.to_string(),
    };
    check(Field::NewMinSpend, "adjust", &cases, amount);
    // Where the currency has no decimals there is one reading only.
    for (text, wanted) in [
        ("400.000", "400000 (read as 400000)"),
        ("400,000", "400000 (read as 400000)"),
        ("6500.5", "! IDR has no decimals; write a whole amount"),
    ] {
        let cells =
            vec![(Field::Action, Text("adjust")), (Field::Currency, Text("IDR")), (Field::NewMinSpend, Text(text))];
        assert_eq!(told(Fixture::new().read(one(cells)), amount), wanted, "{text}");
    }
}
