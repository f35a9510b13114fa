//! What an export takes for done, for gone, and for not seen.

use std::collections::BTreeSet;

use chrono::Duration;
use couponbook::domain::*;
use couponbook::export::{tasks_done, tasks_seen};

use super::{is_gone, task, total_is};
use crate::platform;
use crate::rules::shop::*;

fn ends_at(ends: Option<Timestamp>) -> Goal {
    Goal::State(ExpectedState { ends: Some(ends), ..ExpectedState::default() })
}

fn min_spend_is(minimum: Minimum) -> Goal {
    Goal::State(ExpectedState { minimum: Some(minimum), ..ExpectedState::default() })
}

fn as_it_was() -> Goal {
    Goal::Changed { status: Status::Rejected, discount: coupon("A").discount, minimum: coupon("A").minimum }
}

/// A copy that ends with the 30th of December, from SGD 40.
fn copied() -> Goal {
    Goal::Copied(Box::new(Likeness {
        discount: coupon("A").discount,
        minimum: Minimum::Spend(sgd(40)),
        ends: Some(at(61, 0, 0)),
        total: None,
        known: BTreeSet::from([CouponId::new("A"), CouponId::new("OLD")]),
    }))
}

fn copy(id: &str) -> Coupon {
    Coupon { minimum: Minimum::Spend(sgd(40)), ..ending(id, at(61, 0, 0)) }
}

/// What it is, the goal, the coupon now, the store's others, how the task stands.
#[test]
fn a_task_whose_coupon_is_gone_is_closed() {
    let statuses = [TaskStatus::Open, TaskStatus::Over, TaskStatus::NotSeen, TaskStatus::Gone, TaskStatus::Done];
    let open = statuses.map(|status| TaskRow { task: task("A", ActionWord::Restock, total_is(750)), status }.is_open());
    assert_eq!(open, [true, true, true, false, false]);
}

type Case = (&'static str, Goal, Option<Coupon>, Vec<Coupon>, TaskStatus);

#[test]
fn a_task_is_done_when_the_live_coupon_is_as_asked_and_only_then() {
    use TaskStatus::*;
    let a = |edit: fn(&mut Coupon)| Some(with("A", edit));
    let midnight = at(31, 0, 0);
    let ends = |ends: Timestamp| Some(ending("A", ends));
    let cases: Vec<Case> = vec![
        ("total as asked", total_is(750), a(|it| it.total = Some(750)), vec![], Done),
        ("total as before", total_is(750), a(|_| ()), vec![], Open),
        ("another total", total_is(750), a(|it| it.total = Some(800)), vec![], Open),
        ("no limit at all", total_is(750), a(|it| it.total = None), vec![], Open),
        ("coupon gone", total_is(750), None, vec![], Gone),
        ("coupon in the bin", total_is(750), Some(in_status("A", Status::Trashed)), vec![], Gone),
        ("coupon over", total_is(750), Some(in_status("A", Status::Ended)), vec![], Over),
        ("over, yet as asked", total_is(700), Some(in_status("A", Status::Ended)), vec![], Done),
        ("end to the second", ends_at(Some(midnight)), ends(midnight), vec![], Done),
        ("end typed as 23:59", ends_at(Some(midnight)), ends(midnight - Duration::seconds(60)), vec![], Done),
        ("end an hour early", ends_at(Some(midnight)), ends(midnight - Duration::hours(1)), vec![], Open),
        ("no end, as asked", ends_at(None), a(|it| it.usable = Period::new(None, None).unwrap()), vec![], Done),
        ("an end still", ends_at(None), ends(midnight), vec![], Open),
        ("min spend as asked", min_spend_is(Minimum::None), a(|it| it.minimum = Minimum::None), vec![], Done),
        ("min spend as before", min_spend_is(Minimum::None), a(|_| ()), vec![], Open),
        ("deleted", is_gone(), None, vec![], Done),
        ("deleted to the bin", is_gone(), Some(in_status("A", Status::Trashed)), vec![], Done),
        ("over, not deleted", is_gone(), Some(in_status("A", Status::Ended)), vec![], Open),
        ("not deleted", is_gone(), Some(in_status("A", Status::Paused)), vec![], Open),
        ("stopped by a pause", Goal::Stopped, Some(in_status("A", Status::Paused)), vec![], Done),
        ("stopped by its end", Goal::Stopped, Some(in_status("A", Status::Ended)), vec![], Done),
        ("stopped by deletion", Goal::Stopped, None, vec![], Done),
        ("still running", Goal::Stopped, a(|_| ()), vec![], Open),
        ("enabled", Goal::Usable, a(|_| ()), vec![], Done),
        ("enabled before its start", Goal::Usable, Some(in_status("A", Status::Scheduled)), vec![], Done),
        ("not enabled", Goal::Usable, Some(in_status("A", Status::Paused)), vec![], Open),
        ("over, not enabled", Goal::Usable, Some(in_status("A", Status::Ended)), vec![], Over),
        ("nothing left to enable", Goal::Usable, None, vec![], Gone),
        ("review over", as_it_was(), a(|_| ()), vec![], Done),
        ("still rejected", as_it_was(), Some(in_status("A", Status::Rejected)), vec![], Open),
        ("a copy", copied(), a(|_| ()), vec![coupon("A"), copy("NEW")], Done),
        ("a copy of what is gone", copied(), None, vec![copy("NEW")], Done),
        ("no copy", copied(), a(|_| ()), vec![coupon("A")], Open),
        ("no copy of what is gone", copied(), None, vec![], Open),
        ("alike, but there before", copied(), a(|_| ()), vec![copy("OLD")], Open),
        ("a copy that ended", copied(), None, vec![Coupon { status: Status::Ended, ..copy("NEW") }], Open),
        ("a copy with another min spend", copied(), None, vec![ending("NEW", at(61, 0, 0))], Open),
    ];
    for (case, goal, live, others, expected) in cases {
        let status = task("A", ActionWord::Accept, goal).status(live.as_ref(), others.iter());
        assert_eq!(status, expected, "{case}");
    }
}

fn export_of(load: Load, coupons: Vec<Coupon>) -> Export {
    let store = store(platform::TIKTOK_SHOP);
    let rows = coupons.into_iter().map(|coupon| Row {
        key: RowKey::of(store.platform, &store.shop, &coupon.id),
        coupon,
        campaign: None,
        findings: Vec::new(),
        suggestion: Suggestion::nothing(),
        money_at_risk: Exposure::NoLimit,
        read_at: None,
    });
    Export {
        id: ExportId::new("20261122-AM-TEST"),
        follows: None,
        at: now(),
        finished: now(),
        day: local_day(now(), ZONE),
        slot: Slot::Am,
        zone: ZONE,
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.collect::<Vec<_>>().into(),
        stores: vec![StoreLoad {
            store: store.clone(),
            load,
            findings: Vec::new(),
            calls: 1,
            retries: 0,
            seconds: 1.0,
            token_ends: None,
            source: None,
        }],
    }
}

fn loaded(expected: Option<u64>, unreadable: &[&str]) -> Load {
    Load::Loaded { count: 1, expected, unreadable: unreadable.iter().map(|why| Message::as_written(*why)).collect() }
}

#[test]
fn what_did_not_load_is_neither_done_nor_gone() {
    let failed = Load::Failed(LoadProblem {
        sentence: Message::as_written("down"),
        platform_words: None,
        request_id: None,
        is_sign_in: false,
    });
    let cases = [
        ("whole and without it", loaded(Some(1), &[]), vec![coupon("B")], TaskStatus::Done),
        ("the platform does not count", loaded(None, &[]), vec![coupon("B")], TaskStatus::Done),
        ("one is missing from the list", loaded(Some(2), &[]), vec![coupon("B")], TaskStatus::NotSeen),
        ("one could not be read", loaded(Some(1), &["A"]), vec![coupon("B")], TaskStatus::NotSeen),
        ("incomplete, but it is there", loaded(Some(2), &[]), vec![coupon("A")], TaskStatus::Open),
        ("the store failed", failed, vec![], TaskStatus::NotSeen),
    ];
    for (case, load, coupons, expected) in cases {
        let rows = tasks_seen(vec![task("A", ActionWord::Delete, is_gone())], &export_of(load, coupons));
        assert_eq!(rows[0].status, expected, "{case}");
        assert_eq!(tasks_done(&rows).is_empty(), expected != TaskStatus::Done, "{case}");
    }
    let mut nowhere = export_of(loaded(None, &[]), vec![]);
    nowhere.stores.clear();
    let rows = tasks_seen(vec![task("A", ActionWord::Delete, is_gone())], &nowhere);
    assert_eq!(rows[0].status, TaskStatus::NotSeen, "the store is no longer in the config");
}

#[test]
fn open_work_comes_first_by_its_day_and_is_critical_on_it() {
    let due = |id: &str, day: i64, goal: Goal| Task {
        due: local_day(at(day, 0, 0), ZONE),
        ..task(id, ActionWord::Restock, goal)
    };
    let tasks = vec![
        due("A", 20, total_is(700)),
        due("B", 30, total_is(750)),
        due("C", 22, total_is(750)),
        due("D", 23, total_is(750)),
        due("E", 21, total_is(750)),
    ];
    let coupons = ["A", "B", "C", "D", "E"].map(coupon).to_vec();
    let rows = tasks_seen(tasks, &export_of(loaded(None, &[]), coupons));
    let shown: Vec<_> =
        rows.iter().map(|row| (row.task.coupon.as_str(), row.severity(local_day(now(), ZONE)))).collect();
    let expected = [
        ("E", Some(Severity::Critical)),
        ("C", Some(Severity::Critical)),
        ("D", Some(Severity::Warning)),
        ("B", Some(Severity::Notice)),
        ("A", None),
    ];
    assert_eq!(shown, expected);
}
