//! Enabling on a platform that stops a coupon by overwriting its dates.

use crate::platform;
use chrono::{DateTime, Duration};
use couponbook::domain::{
    Access, ActionWord, Advice, Change, ChangeId, Coupon, CouponId, Currency, Deliberate, Discount, Exposure, Memory,
    Minimum, Operation, Owner, Percent, Period, Route, Row, RowKey, ShopId, Status, Store, StoreId, Suggestion,
    Timestamp, Write,
};
use couponbook::plan::{DesiredState, Intent, Verdict};
use rust_decimal::Decimal;

use super::setup::becomes;
use crate::english;

fn now() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-11-22T08:00:00Z").unwrap().to_utc()
}

fn days(from: i64, to: i64) -> Period {
    Period::new(Some(now() + Duration::days(from)), Some(now() + Duration::days(to))).unwrap()
}

fn store() -> Store {
    Store {
        id: StoreId::parse("shopify-sg-1").unwrap(),
        platform: platform::SHOPIFY,
        shop: ShopId::new("some-shop.myshopify.com"),
        currency: Currency::parse("SGD").unwrap(),
        zone: chrono_tz::Asia::Singapore,
        access: Access::ReadWrite,
        owner: None,
    }
}

fn coupon(status: Status, usable: Period) -> Coupon {
    Coupon {
        store: store().id,
        id: CouponId::new("gid://shopify/DiscountCodeNode/1"),
        code: Some("NY26".to_string()),
        name: "New year".to_string(),
        status,
        raw_status: String::new(),
        kind: "amount off".to_string(),
        discount: Discount::Share { percent: Percent(Decimal::TEN), cap: None },
        minimum: Minimum::None,
        usable,
        claimable: None,
        total: Some(100),
        used: Some(0),
        claimed: None,
        per_buyer: None,
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        page: None,
        untold: Default::default(),
    }
}

/// What `word` becomes for `coupon`, whose dates an earlier stop through us replaced.
fn decided(
    coupon: &Coupon,
    desired: DesiredState,
    word: ActionWord,
    replaced: Option<Period>,
    renew_until: Option<Timestamp>,
) -> Verdict {
    let store = store();
    let at = (store.id.clone(), coupon.id.clone());
    let mut memory = Memory::default();
    if replaced.is_some() {
        let deliberate = Deliberate { becomes: Operation::End, by: "the manager".to_string(), at: now(), replaced };
        memory.on_purpose.insert(at, deliberate);
    }
    let row = Row {
        key: RowKey::of(store.platform, &store.shop, &coupon.id),
        coupon: coupon.clone(),
        campaign: None,
        findings: Vec::new(),
        suggestion: Suggestion {
            advice: Advice::Nothing,
            way: Route::Direct,
            also: Vec::new(),
            renew_until,
            restock_by: None,
        },
        money_at_risk: Exposure::NoLimit,
        read_at: None,
    };
    let id: ChangeId = serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap();
    becomes(&row, &store, &memory, now(), Intent { id, desired, word })
}

fn enabled(coupon: &Coupon, replaced: Option<Period>, renew_until: Option<Timestamp>) -> Verdict {
    decided(coupon, DesiredState::Enable, ActionWord::Enable, replaced, renew_until)
}

fn change(verdict: Verdict) -> Change {
    match verdict {
        Verdict::Change { change, .. } => *change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_coupon_that_was_stopped_before_its_start_gets_both_its_dates_back() {
    let stopped = coupon(Status::Ended, days(-1, -1));
    let change = change(enabled(&stopped, Some(days(9, 30)), None));
    assert_eq!(change.becomes, Operation::Enable);
    let step = &change.steps[0];
    assert_eq!(step.write, Write::Enable { coupon: stopped.id.clone(), period: Some(days(9, 30)) });
    assert!(english(&change.after).starts_with("scheduled, starts "), "{}", english(&change.after));
    assert!(step.before.hold_for(Some(&stopped)) && !step.after.hold_for(Some(&stopped)));
    // Asked after later, the clock may have moved it on.
    for status in [Status::Scheduled, Status::Active] {
        assert!(step.after.hold_for(Some(&coupon(status, days(9, 30)))));
    }
    assert!(!step.after.hold_for(None));
}

#[test]
fn a_coupon_that_was_stopped_while_it_ran_works_again_until_its_old_end() {
    let stopped = coupon(Status::Ended, days(-20, -1));
    let change = change(enabled(&stopped, Some(days(-20, 30)), None));
    assert_eq!(change.steps[0].write, Write::Enable { coupon: stopped.id.clone(), period: Some(days(-20, 30)) });
    assert!(english(&change.after).starts_with("active, ends "), "{}", english(&change.after));
    let endless = Period::new(Some(now() - Duration::days(20)), None).unwrap();
    let change = self::change(enabled(&stopped, Some(endless), None));
    assert_eq!(english(&change.after), "active, has no end");
}

#[test]
fn a_coupon_whose_old_end_has_passed_needs_a_later_one() {
    let ended = coupon(Status::Ended, days(-20, -3));
    let until = now() + Duration::days(7);
    for replaced in [None, Some(days(-20, -2))] {
        let change = change(enabled(&ended, replaced, Some(until)));
        let write = &change.steps[0].write;
        assert_eq!(*write, Write::SetEnd { coupon: ended.id.clone(), ends: Some(until) });
        let refused = enabled(&ended, replaced, None);
        assert!(matches!(&refused, Verdict::Refused { next, .. } if english(next).contains("renew")), "{refused:?}");
    }
}

#[test]
fn a_coming_coupon_starts_at_once_and_keeps_its_end() {
    let coming = coupon(Status::Scheduled, days(3, 30));
    let change = change(enabled(&coming, None, None));
    assert_eq!(change.steps[0].write, Write::Enable { coupon: coming.id.clone(), period: None });
    assert_eq!(english(&change.after), "active");
}

#[test]
fn a_pause_there_is_an_end_that_says_so_and_remembers_the_dates() {
    let running = coupon(Status::Active, days(-3, 30));
    let change = change(decided(&running, DesiredState::Pause, ActionWord::Pause, None, None));
    assert_eq!((change.becomes, change.replaced_period), (Operation::End, Some(days(-3, 30))));
    assert!(english(&change.after).contains("instead of paused"), "{}", english(&change.after));
    assert_eq!(change.cannot_undo, None);
}

#[test]
fn what_was_journaled_without_dates_is_read_as_before() {
    let old = r#"{"write":"enable","coupon":"9001"}"#;
    let write = Write::Enable { coupon: CouponId::new("9001"), period: None };
    assert_eq!(serde_json::from_str::<Write>(old).unwrap(), write);
    assert_eq!(serde_json::to_string(&write).unwrap(), old);
}
