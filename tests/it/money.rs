//! What a coupon, and a suggestion, can cost.

use couponbook::domain::*;
use rust_decimal::Decimal;

use crate::platform;
use crate::workbook_write::fixture;

fn sgd(amount: i64) -> Money {
    Money::new(Decimal::from(amount), Currency::parse("SGD").unwrap())
}

fn share(cap: Option<i64>) -> Discount {
    Discount::Share { percent: Percent(Decimal::from(15)), cap: cap.map(sgd) }
}

fn coupon(discount: Discount) -> Coupon {
    let store = fixture::store("shop-1", platform::SHOPEE, "SGD", chrono_tz::Asia::Singapore, "Mei");
    Coupon { discount, total: Some(500), used: Some(100), ..fixture::coupon(&store, "A", Some("A"), "A") }
}

fn risk(coupon: &Coupon) -> String {
    told(coupon.exposure(sgd(0).currency))
}

fn told(exposure: Exposure) -> String {
    match exposure {
        Exposure::Known(money) => money.to_string(),
        Exposure::NoLimit => "no limit".to_string(),
        Exposure::NotKnown => "not known".to_string(),
    }
}

#[test]
fn a_currency_is_a_code_of_iso_4217_where_people_write_it_and_three_letters_in_old_archives() {
    for code in ["SGD", "usd", " EUR ", "CNY", "TWD", "XOF", "ZAR"] {
        assert!(Currency::parse(code).is_ok(), "{code}");
    }
    for (written, wanted) in [
        ("RMB", "write CNY"),
        ("rmb", "write CNY"),
        ("NTD", "write TWD"),
        ("RM", "write MYR"),
        ("ZZZ", "such as SGD"),
        ("XXX", "such as SGD"),
        ("S G", "such as SGD"),
        ("", "such as SGD"),
    ] {
        let told = Currency::parse(written).unwrap_err().to_string();
        assert!(told.contains(&format!("{written:?} is not a currency")) && told.ends_with(wanted), "{told}");
    }
    for kept in ["RMB", "ZZZ"] {
        let money: Money = serde_json::from_value(serde_json::json!({ "amount": "5", "currency": kept })).unwrap();
        assert_eq!(money.currency.code(), kept);
    }
}

#[test]
fn money_at_risk_is_what_is_left_at_the_worst_of_one_use() {
    let coins = |cap: Option<i64>| Discount::Coins { percent: Percent(Decimal::from(10)), cap: cap.map(sgd) };
    let cases = [
        (Discount::Sum(sgd(8)), "SGD 3,200.00"),
        (share(Some(12)), "SGD 4,800.00"),
        (share(None), "no limit"),
        (coins(Some(5)), "SGD 2,000.00"),
        (coins(None), "no limit"),
        (Discount::FreeShipping { cap: Some(sgd(3)) }, "SGD 1,200.00"),
        (Discount::FreeShipping { cap: None }, "no limit"),
        (Discount::BuyXGetY("buy 2 get 1".into()), "not known"),
        (Discount::Other("a gift".into()), "not known"),
        (Discount::Sum(Money::new(Decimal::MAX, sgd(0).currency)), "not known"),
    ];
    for (discount, expected) in cases {
        assert_eq!(risk(&coupon(discount.clone())), expected, "{discount}");
    }
}

#[test]
fn stock_and_status_decide_how_much_is_left_at_risk() {
    type Change = fn(&mut Coupon);
    let cases: [(Change, &str); 8] = [
        (|it| it.total = None, "no limit"),
        (|it| it.used = None, "SGD 6,000.00"),
        (|it| it.used = Some(500), "SGD 0.00"),
        (|it| it.used = Some(700), "SGD 0.00"),
        (|it| it.status = Status::Ended, "SGD 0.00"),
        (|it| it.status = Status::Trashed, "SGD 0.00"),
        (|it| it.status = Status::Paused, "SGD 4,800.00"),
        // What buyers can still obtain counts, where they collect first.
        (|it| (it.stock_is_claimed, it.claimed) = (true, Some(450)), "SGD 600.00"),
    ];
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let mut it = coupon(share(Some(12)));
        change(&mut it);
        assert_eq!(risk(&it), expected, "case {number}");
    }
    let mut sold_out = coupon(share(None));
    sold_out.used = Some(500);
    assert_eq!(risk(&sold_out), "SGD 0.00", "nobody can use it, capped or not");
}

#[test]
fn a_suggestion_that_adds_stock_says_what_it_can_cost() {
    let store = fixture::store("shop-1", platform::SHOPEE, "SGD", chrono_tz::Asia::Singapore, "Mei");
    let until = fixture::at(30, 0, 0);
    let cases = [
        (share(Some(12)), Advice::Restock { add: 700 }, Some("SGD 8,400.00")),
        (share(None), Advice::Restock { add: 700 }, Some("no limit")),
        (Discount::Other("a gift".into()), Advice::Restock { add: 700 }, Some("not known")),
        (share(Some(12)), Advice::Recreate { until, min_spend: None }, Some("SGD 6,000.00")),
        (share(Some(12)), Advice::Renew { until }, None),
        (share(Some(12)), Advice::Nothing, None),
    ];
    for (discount, advice, expected) in cases {
        let row = fixture::row(&store, coupon(discount), vec![], advice.clone(), Route::Direct);
        let told = row.suggested_exposure().map(told);
        assert_eq!(told.as_deref(), expected, "{advice:?}");
    }
}
