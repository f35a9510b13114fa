//! Tasks as a plan writes them: what to type, in whose time, whose it is and until when.

use crate::platform;
use couponbook::domain::*;
use couponbook::plan::Verdict;
use rust_decimal::Decimal;

use super::setup::*;
use crate::english;
use crate::rules::shop::*;

fn said(messages: &[Message]) -> Vec<String> {
    messages.iter().map(english).collect()
}

fn task(fixture: &Fixture, act: Act) -> Task {
    match fixture.verdict("A", act) {
        Verdict::ByHand { task } => *task,
        other => panic!("{}", in_words(&other)),
    }
}

fn in_shop(edit: impl FnOnce(&mut Store)) -> Fixture {
    let mut fixture = Fixture::of(&TIKTOK, vec![]);
    edit(&mut fixture.world.store);
    let coupon = with("A", |it| it.page = Some("https://seller.example/A".to_string()));
    let minimum = Minimum::Spend(Money::new(Decimal::from(30), fixture.world.store.currency));
    fixture.loading(vec![Coupon {
        status: Status::Scheduled,
        minimum,
        usable: period(at(25, 0, 0), at(41, 0, 0)),
        ..coupon
    }])
}

#[test]
fn values_are_spelled_as_the_back_office_wants_them_in_the_time_and_money_of_the_store() {
    let shop = |currency: &str, zone: chrono_tz::Tz| {
        in_shop(|store| (store.currency, store.zone) = (Currency::parse(currency).unwrap(), zone))
    };
    let renew = || act(ActionWord::Renew).until_day(45);
    let adjust = |amount: Decimal| {
        let mut act = act(ActionWord::Adjust);
        act.0.new_min_spend = Edit::Set(amount);
        act
    };
    let cases = [
        (shop("IDR", chrono_tz::Asia::Jakarta), renew(), "End: 15/12/2026 23:59 (WIB)"),
        (shop("SGD", ZONE), renew(), "End: 15/12/2026 23:59 (UTC+08)"),
        (shop("USD", chrono_tz::America::New_York), renew(), "End: 12/15/2026 23:59 (EST)"),
        (shop("SGD", ZONE), act(ActionWord::Restock).stock(1050), "Quantity: 1750"),
        (shop("SGD", ZONE), adjust(Decimal::new(255, 1)), "Minimum spend: 25.50"),
        (shop("IDR", chrono_tz::Asia::Jakarta), adjust(Decimal::from(150_000)), "Minimum spend: 150000"),
    ];
    for (fixture, act, expected) in cases {
        assert_eq!(said(&task(&fixture, act).values), [expected]);
    }
}

#[test]
fn work_is_never_due_on_a_day_that_is_over_where_it_is_asked_for() {
    // Where the team is, it is the 23rd already; in New York the 22nd.
    let in_zone = |zone| in_shop(|store| store.zone = zone).at(at(23, 2, 0));
    let due = |fixture: Fixture| task(&fixture, act(ActionWord::End)).due.to_string();
    let critical = |mut fixture: Fixture| {
        let why = Message::as_written("x");
        let finding = Finding { code: FindingCode::Expired, severity: Severity::Critical, why };
        fixture.export.rows[0].findings = vec![finding];
        fixture
    };
    assert_eq!(due(critical(in_zone(chrono_tz::America::New_York))), "2026-11-23");
    assert_eq!(due(critical(in_zone(ZONE))), "2026-11-23");
}

#[test]
fn a_task_says_what_where_and_what_is_to_be_true() {
    let fixture = in_shop(|_| ());
    let end = task(&fixture, act(ActionWord::End));
    assert_eq!((english(&end.to_do).as_str(), end.goal, end.values.len()), ("End it now", Goal::Stopped, 0));
    assert_eq!(
        said(&end.steps),
        ["Promotions > Promotion Tools, or the link.", "Deactivate.", "Confirm where it asks."]
    );
    let restock = task(&fixture, act(ActionWord::Restock).stock(50));
    assert_eq!(said(&restock.steps)[1..], ["Edit > Quantity.", "Type the value, then Submit."]);
    assert_eq!(restock.goal, Goal::State(ExpectedState { total: Some(Some(750)), ..ExpectedState::default() }));
    let line = fixture.decide("A", act(ActionWord::Restock).stock(50));
    assert!(line.contains("Type Quantity: 750.") && line.ends_with("Page: https://seller.example/A"), "{line}");
    let copy = task(&fixture, act(ActionWord::Recreate).until_day(45).spend(40));
    assert_eq!(english(&copy.to_do), "Make a copy of it that ends Tue 15 Dec 23:59");
    assert_eq!(said(&copy.values), ["End: 15/12/2026 23:59 (UTC+08)", "Minimum spend: 40.00"]);
}

#[test]
fn steps_are_short_enough_for_a_line_each() {
    for platform in platform::ALL.into_iter().chain([platform::SHEET]) {
        let mut fixture = Fixture::of(&TIKTOK, vec![]);
        fixture.world.store.platform = platform;
        let scheduled = Coupon { status: Status::Scheduled, ..coupon("A") };
        let fixture = fixture.loading(vec![Coupon { page: Some("https://seller.example".to_string()), ..scheduled }]);
        use ActionWord::*;
        for act in [act(Renew).until_day(60), act(Restock).stock(5), act(Adjust).spend(40), act(End), act(Recreate)] {
            let task = task(&fixture, act);
            assert_eq!(task.steps.len(), 3);
            // 42 characters of the default font hold some 48 letters, the number not counted.
            assert!(said(&task.steps).iter().all(|step| step.len() <= 46), "{platform}: {:?}", said(&task.steps));
        }
    }
}

#[test]
fn it_is_due_when_the_coupon_ends_or_its_campaign_starts_whichever_comes_first_and_lies_ahead() {
    let cases = [
        ("its end, midnight", at(25, 0, 0), None, 24),
        ("its end, by day", at(25, 10, 0), None, 25),
        ("its end today", at(22, 18, 0), None, 22),
        ("the campaign's start", at(30, 0, 0), Some(at(27, 0, 0)), 27),
        ("a campaign that has begun", at(30, 0, 0), Some(at(20, 0, 0)), 29),
        ("the end before the campaign", at(24, 0, 0), Some(at(27, 0, 0)), 23),
    ];
    for (case, ends, starts, day) in cases {
        let mut fixture = Fixture::of(&TIKTOK, vec![ending("A", ends)]);
        fixture.campaign_starts = starts;
        let due = task(&fixture, act(ActionWord::Restock).stock(5)).due;
        assert_eq!(due, local_day(at(day, 0, 0), ZONE), "{case}");
    }
    let endless = with("A", |it| it.usable = Period::new(Some(at(1, 0, 0)), None).unwrap());
    let due = task(&Fixture::of(&TIKTOK, vec![endless]), act(ActionWord::Restock).stock(5)).due;
    assert_eq!(due, local_day(at(23, 0, 0), ZONE), "nothing ahead: tomorrow");
}

#[test]
fn it_is_the_store_owners_else_the_operators() {
    let owned = in_shop(|store| store.owner = Some("Shop team".to_string()));
    assert_eq!(task(&owned, act(ActionWord::End)).owner, "Shop team");
    assert_eq!(task(&in_shop(|_| ()), act(ActionWord::End)).owner, "the operator");
}

#[test]
fn what_a_deletion_that_became_a_pause_leaves_is_a_task_and_an_end_leaves_none() {
    let fixture = Fixture::of(&LAZADA, vec![coupon("A"), coupon("B")]);
    let delete = fixture.change("A", act(ActionWord::Delete));
    let rest = delete.follow_up.as_ref().and_then(FollowUp::task).unwrap();
    assert_eq!((&rest.change, english(&rest.to_do).as_str()), (&delete.id, "Delete it"));
    assert_eq!(rest.goal, Goal::State(ExpectedState { exists: Some(false), ..ExpectedState::default() }));
    assert_eq!(fixture.change("A", act(ActionWord::End)).follow_up, None);
    let copied = Fixture::of(&WOO, vec![coupon("A")]).change("A", act(ActionWord::Recreate).spend(50));
    assert!(copied.follow_up.is_some_and(|rest| rest.task().is_none()), "advice is no task");
}

#[test]
fn coupons_that_are_alike_already_do_not_count_as_the_copy_asked_for() {
    let duplicate = Coupon { minimum: Minimum::Spend(sgd(40)), ..ending("TWIN", at(61, 0, 0)) };
    let fixture = Fixture::of(&TIKTOK, vec![coupon("A"), duplicate.clone()]);
    let copy = task(&fixture, act(ActionWord::Recreate).until_day(60).spend(40));
    let live = [coupon("A"), duplicate.clone()];
    assert_eq!(copy.status(Some(&live[0]), live.iter()), TaskStatus::Open);
    let made = [Coupon { id: CouponId::new("NEW"), ..duplicate }];
    assert_eq!(copy.status(Some(&live[0]), made.iter()), TaskStatus::Done);
}
