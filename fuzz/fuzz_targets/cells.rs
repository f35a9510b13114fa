//! Whatever stands in the cells: every row with an action is a decision or has a problem, never both, and none is lost.
//!
//! Each line of the input is a row, its words parted by tabs: Action, New end, Add stock, New min spend, Note. What begins with `#` is
//! taken for a number.

#![no_main]

use std::collections::BTreeSet;
use std::fmt::Write;

use couponbook_fuzz::domain::{CouponId, Platform, RowKey, ShopId};
use couponbook_fuzz::packed::{package, read};
use libfuzzer_sys::fuzz_target;

const HEADERS: [&str; 7] = ["Action", "New end", "Add stock", "New min spend", "Note", "Row key", "Currency"];

fuzz_target!(|text: &str| {
    let mut sheet = String::from("<worksheet><sheetData><row r=\"1\">");
    for (column, header) in ('A'..).zip(HEADERS) {
        put(&mut sheet, &format!("{column}1"), header);
    }
    sheet.push_str("</row>");
    let mut keys = BTreeSet::new();
    for (number, line) in (2..500).zip(text.lines()) {
        let key = RowKey::of(Platform::new("shopee"), &ShopId::new("1"), &CouponId::new(number.to_string()));
        _ = write!(sheet, "<row r=\"{number}\">");
        for (column, words) in ('A'..='E').zip(line.split('\t')) {
            put(&mut sheet, &format!("{column}{number}"), words);
        }
        put(&mut sheet, &format!("F{number}"), key.as_str());
        put(&mut sheet, &format!("G{number}"), ["SGD", "JPY", "IDR"][number % 3]);
        sheet.push_str("</row>");
        keys.insert(key);
    }
    sheet.push_str("</sheetData></worksheet>");
    let back = read(package(sheet.as_bytes())).expect("the package is sound");
    let decided: BTreeSet<RowKey> = back.decisions.iter().map(|decision| decision.action.row.clone()).collect();
    let bad: BTreeSet<RowKey> = back.bad_rows.keys().cloned().collect();
    let undecided: BTreeSet<RowKey> = back.undecided.iter().cloned().collect();
    assert!(decided.is_disjoint(&bad) && decided.is_disjoint(&undecided) && bad.is_disjoint(&undecided));
    let all: BTreeSet<RowKey> = decided.into_iter().chain(bad).chain(undecided).collect();
    assert_eq!(all, keys);
});

fn put(sheet: &mut String, address: &str, words: &str) {
    match words.strip_prefix('#').map(str::parse::<f64>) {
        Some(Ok(number)) if number.is_finite() => _ = write!(sheet, "<c r=\"{address}\"><v>{number}</v></c>"),
        _ => {
            let words = quick_xml::escape::escape(words);
            _ = write!(sheet, "<c r=\"{address}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{words}</t></is></c>");
        }
    }
}
