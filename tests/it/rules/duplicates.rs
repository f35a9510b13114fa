//! Coupons that are there twice, that nobody planned, that nothing bounds.

use super::shop::*;
use super::{black_friday, off, share, spend_range};
use couponbook::domain::*;

#[test]
fn the_later_of_two_that_do_the_same_at_the_same_time_is_a_duplicate() {
    let later = |edit: fn(&mut Coupon)| {
        with("B", |it| {
            it.usable = period(at(10, 0, 0), at(41, 0, 0));
            edit(it);
        })
    };
    let table: Vec<(&str, Coupon, &str)> = vec![
        ("the same", later(|_| {}), "duplicate warning"),
        (
            "coming",
            later(|it| (it.status, it.usable) = (Status::Scheduled, period(at(30, 0, 0), at(50, 0, 0)))),
            "not_started notice, duplicate warning",
        ),
        ("other rules", later(|it| it.per_buyer = Some(2)), ""),
        ("another minimum", later(|it| it.minimum = Minimum::Spend(sgd(31))), ""),
        (
            "afterwards",
            later(|it| (it.status, it.usable) = (Status::Scheduled, period(at(42, 0, 0), at(50, 0, 0)))),
            "not_started notice",
        ),
        ("not in use", later(|it| it.status = Status::Paused), "paused warning"),
        ("the platform's own", later(|it| it.owner = Owner::Platform), ""),
        ("sold out", later(|it| it.used = Some(700)), "out_of_stock critical"),
        (
            "one code, other rules",
            later(|it| (it.code, it.per_buyer) = (Some("shopa".to_string()), Some(2))),
            "duplicate warning",
        ),
    ];
    for (what, later, expected) in table {
        let rows = World::of(&WOO).judge(vec![later, coupon("A")]);
        let mut found: Vec<_> = in_short(&rows[0]).split(", ").map(str::to_string).collect();
        found.sort_by_key(|finding| finding.starts_with("duplicate"));
        assert_eq!(found.join(", "), expected, "{what}");
        assert_eq!(in_short(&rows[1]), "", "{what}: the earlier one is what buyers know");
    }
}

#[test]
fn one_that_takes_an_earlier_ones_place_is_not_its_duplicate() {
    for earlier in [with("A", |it| it.used = Some(700)), ending("A", at(24, 0, 0))] {
        let rows = World::of(&WOO).judge(vec![earlier, coupon("B")]);
        assert_eq!(in_short(&rows[1]), "");
    }
}

#[test]
fn a_duplicate_is_to_be_ended_as_its_platform_can() {
    for (abilities, expected) in TABLES.iter().zip(["end", "end", "end by hand", "end instead"]) {
        let rows = World::of(abilities).judge(vec![coupon("A"), coupon("B")]);
        assert_eq!(advice_in_short(&rows[1]), expected, "{}", abilities.platform);
    }
    let coming =
        |id: &str| with(id, |it| (it.status, it.usable) = (Status::Scheduled, period(at(30, 0, 0), at(50, 0, 0))));
    assert_eq!(advice_in_short(&World::of(&SHOPEE).judge(vec![coming("A"), coming("B")])[1]), "end instead");
}

#[test]
fn active_and_in_no_campaign_is_unplanned_where_the_team_plans_at_all() {
    let mut elsewhere = black_friday();
    elsewhere.coupons = vec!["other*".to_string()];
    let planned = World::of(&WOO).with_campaign(elsewhere.clone());
    assert_eq!(in_short(&planned.row(vec![coupon("A")])), "unplanned notice");
    assert_eq!(advice_in_short(&planned.row(vec![coupon("A")])), "nothing", "only the team knows");
    assert_eq!(in_short(&planned.row(vec![in_status("A", Status::Paused)])), "paused warning");
    assert_eq!(in_short(&World::of(&WOO).row(vec![coupon("A")])), "", "no plan, nothing unplanned");
    elsewhere.stores = vec!["another-*".to_string()];
    assert_eq!(in_short(&World::of(&WOO).with_campaign(elsewhere).row(vec![coupon("A")])), "");
}

#[test]
fn a_share_with_neither_cap_nor_minimum_is_uncapped_and_asked_for_a_minimum() {
    let capped = Discount::Share { percent: Percent(15.into()), cap: Some(sgd(5)) };
    let table = [
        (off("A", share(15), Minimum::None), "uncapped warning"),
        (off("A", share(15), Minimum::Spend(sgd(1))), ""),
        (off("A", share(15), Minimum::Quantity(2)), ""),
        (off("A", share(15), Minimum::NotKnown), ""),
        (off("A", capped, Minimum::None), ""),
        // That it gives money away says more.
        (off("A", share(80), Minimum::None), "gives_money_away critical"),
    ];
    for (coupon, expected) in table {
        assert_eq!(in_short(&World::of(&WOO).row(vec![coupon.clone()])), expected, "{}", coupon.discount);
    }
    let row = World::of(&WOO).row(vec![off("A", share(15), Minimum::None)]);
    assert_eq!(advice_in_short(&row), "open page by hand", "nobody said how much");
    for (abilities, expected) in TABLES.iter().zip(["recreate", "adjust to 20", "recreate by hand", "recreate"]) {
        let world = World::of(abilities).with_campaign(spend_range(black_friday(), 20, 50));
        assert_eq!(advice_in_short(&world.row(vec![off("A", share(15), Minimum::None)])), expected);
    }
}
