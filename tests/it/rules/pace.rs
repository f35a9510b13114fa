//! What earlier exports tell of the stock.

use super::left;
use super::shop::*;
use couponbook::domain::*;

/// `(day, hour, remaining, total)` of each earlier export.
type Seen<'a> = &'a [(i64, u32, u64, u64)];

fn seen(mut world: World, points: Seen) -> World {
    let point = |&(day, hour, remaining, total)| StockPoint { at: at(day, hour, 0), remaining, total };
    world.stock.insert((world.store.id.clone(), CouponId::new("A")), points.iter().map(point).collect());
    world
}

#[test]
fn a_coupon_that_goes_too_fast_for_its_end_runs_out_early() {
    // 19 days to go.
    let table: Vec<(&str, Coupon, Seen, &str)> = vec![
        ("100 a day", left("A", 400, 700), &[(20, 9, 600, 700), (21, 9, 500, 700)], "runs_out_early warning"),
        ("10 a day", left("A", 400, 700), &[(20, 9, 420, 700), (21, 9, 410, 700)], ""),
        ("nothing seen", left("A", 400, 700), &[], ""),
        ("seen for too short", left("A", 400, 700), &[(22, 4, 500, 700)], ""),
        // One look is no pace yet: two have to agree.
        ("seen for six hours", left("A", 400, 700), &[(22, 3, 440, 700)], ""),
        ("seen twice", left("A", 400, 700), &[(21, 9, 600, 700), (22, 1, 440, 700)], "runs_out_early warning"),
        ("fast but once", left("A", 210, 700), &[(20, 9, 402, 700), (21, 9, 400, 700)], ""),
        (
            "restocked in between",
            left("A", 400, 900),
            &[(19, 9, 500, 700), (20, 9, 400, 700), (21, 9, 500, 900)],
            "runs_out_early warning",
        ),
        ("only restocked", left("A", 400, 700), &[(20, 9, 100, 400), (21, 9, 100, 400)], ""),
        ("some came back", left("A", 400, 700), &[(20, 9, 390, 700), (21, 9, 395, 700)], ""),
        ("of last week", left("A", 400, 700), &[(12, 9, 700, 700)], ""),
        ("a few", left("A", 11, 100), &[(21, 9, 15, 100)], ""),
        ("out of stock", left("A", 0, 700), &[(21, 9, 10, 700)], "out_of_stock critical"),
    ];
    for (what, coupon, points, expected) in table {
        assert_eq!(in_short(&seen(World::of(&WOO), points).row(vec![coupon])), expected, "{what}");
    }
}

#[test]
fn one_that_runs_out_in_some_weeks_is_left_until_then() {
    let points = [(20, 9, 450, 700), (21, 9, 425, 700)];
    let mut world = seen(World::of(&WOO), &points);
    // 25 a day: out in 16 days, three before its end.
    assert_eq!(in_short(&world.row(vec![left("A", 400, 700)])), "");
    world.policy.runs_out_days = 20;
    assert_eq!(in_short(&world.row(vec![left("A", 400, 700)])), "runs_out_early warning");
}

#[test]
fn the_restock_that_is_suggested_lasts_until_the_end_and_is_a_round_number() {
    // 100 a day for 18 days and 15 hours are 1,863, of which 400 are there.
    let world = seen(World::of(&WOO), &[(20, 9, 600, 700), (21, 9, 500, 700)]);
    let row = world.row(vec![left("A", 400, 700)]);
    assert_eq!((advice_in_short(&row).as_str(), row.suggestion.restock_by), ("restock 1500", Some(1500)));
    assert_eq!(why(&row.findings[0]), "400 left, 100 go a day: out on Thu 26 Nov, but it runs to Thu 10 Dec.");
    let restocked = seen(World::of(&WOO), &[(20, 9, 600, 700), (21, 9, 500, 700)]).row(vec![left("A", 1900, 2200)]);
    assert_eq!(in_short(&restocked), "", "the next export finds it resolved");
}

#[test]
fn more_than_half_gone_between_two_exports_is_a_sudden_drop() {
    let table: Vec<(&str, u64, Seen, &str)> = vec![
        ("a third", 400, &[(21, 17, 600, 700)], ""),
        ("half", 300, &[(21, 17, 600, 700)], ""),
        ("more than half", 299, &[(21, 17, 600, 700)], "sudden_drop warning"),
        ("half of few", 100, &[(21, 17, 118, 700)], ""),
        ("over a long weekend", 299, &[(19, 17, 600, 700)], ""),
        ("before the last export", 299, &[(21, 9, 650, 700), (21, 17, 310, 700)], ""),
    ];
    for (what, remaining, points, expected) in table {
        let mut world = seen(World::of(&WOO), points);
        world.policy.off.insert(FindingCode::RunsOutEarly);
        let row = world.row(vec![left("A", remaining, 700)]);
        assert_eq!(in_short(&row), expected, "{what}");
        if !row.findings.is_empty() {
            assert_eq!(advice_in_short(&row), "open page");
        }
    }
    let mut world = seen(World::of(&WOO), &[(21, 17, 118, 700)]);
    (world.policy.sudden_drop_percent, world.policy.sudden_drop_count) = (10.into(), 15);
    world.policy.off.insert(FindingCode::RunsOutEarly);
    assert_eq!(in_short(&world.row(vec![left("A", 100, 700)])), "sudden_drop warning", "by the team's own measure");
}
