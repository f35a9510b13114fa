//! Coupons that are there twice, that nothing bounds.

use super::shop::*;
use super::{black_friday, off, share, spend_range};
use couponbook::domain::*;

/// One that buyers collect, with no code to type.
fn collected(id: &str) -> Coupon {
    with(id, |it| it.code = None)
}

#[test]
fn the_one_of_two_that_buyers_get_by_themselves_and_that_the_other_makes_superfluous_is_a_duplicate() {
    let later = |edit: fn(&mut Coupon)| {
        let mut later = collected("B");
        later.usable = period(at(10, 0, 0), at(41, 0, 0));
        edit(&mut later);
        later
    };
    let table: Vec<(&str, Coupon, &str)> = vec![
        ("the same", later(|_| {}), "duplicate warning"),
        (
            "coming, and gone before it",
            later(|it| (it.status, it.usable) = (Status::Scheduled, period(at(30, 0, 0), at(40, 0, 0)))),
            "duplicate warning",
        ),
        ("another code each", later(|it| it.code = Some("OTHER".to_string())), ""),
        ("other rules", later(|it| it.per_buyer = Some(2)), ""),
        ("another minimum", later(|it| it.minimum = Minimum::Spend(sgd(31))), ""),
        (
            "afterwards",
            later(|it| (it.status, it.usable) = (Status::Scheduled, period(at(42, 0, 0), at(50, 0, 0)))),
            "",
        ),
        ("the platform's own", later(|it| it.owner = Owner::Platform), ""),
    ];
    for (what, later, expected) in table {
        let rows = World::of(&WOO).judge(vec![later, collected("A")]);
        assert_eq!(in_short(&rows[0]), expected, "{what}");
        assert_eq!(in_short(&rows[1]), "", "{what}: the earlier one is what buyers know");
    }
    let outlasts = later(|it| it.usable = period(at(10, 0, 0), at(60, 0, 0)));
    let rows = World::of(&WOO).judge(vec![outlasts, collected("A")]);
    assert_eq!(rows.iter().map(in_short).collect::<Vec<_>>(), ["", "duplicate warning"], "who lasts longer stays");
    assert_eq!(why(&rows[1].findings[0]), "Does the same as Coupon B, which runs to Tue 29 Dec: buyers get it twice.");
}

#[test]
fn what_would_make_two_coupons_do_the_same_is_left_to_a_person_and_why_names_the_other() {
    let coming = || Coupon { status: Status::Scheduled, usable: period(at(24, 0, 0), at(30, 0, 0)), ..collected("B") };
    let table = [
        Coupon { status: Status::Paused, ..collected("A") },
        Coupon { used: Some(700), ..collected("A") },
        Coupon { usable: period(at(1, 0, 0), at(23, 0, 0)), ..collected("A") },
    ];
    for itself in table {
        let rows = World::of(&WOO).judge(vec![itself, coming()]);
        assert_eq!(advice_in_short(&rows[0]), "open page by hand", "{}", in_short(&rows[0]));
        let because = "Coupon B does the same: with this one too, buyers would get it twice.";
        assert_eq!((why(&rows[0].findings[0]).as_str(), in_short(&rows[1]).as_str()), (because, ""));
    }
    // Two that lose money: the second would be what the first is made.
    let gift = |id: &str| Coupon { discount: Discount::Sum(sgd(10)), minimum: Minimum::None, ..collected(id) };
    let sold_out = Coupon { used: Some(700), ..gift("B") };
    let rows = World::of(&WOO).judge(vec![gift("A"), sold_out]);
    assert_eq!(rows.iter().map(advice_in_short).collect::<Vec<_>>(), ["adjust to 30", "adjust to 30"]);
}

#[test]
fn one_code_twice_is_a_duplicate_whatever_its_rules() {
    let twin = with("B", |it| (it.code, it.per_buyer) = (Some("shopa".to_string()), Some(2)));
    let rows = World::of(&WOO).judge(vec![coupon("A"), twin]);
    assert_eq!(rows.iter().map(in_short).collect::<Vec<_>>(), ["", "duplicate warning"]);
    assert_eq!(advice_in_short(&rows[1]), "end");
}

#[test]
fn codes_of_persons_are_no_duplicates_and_two_that_the_plan_names_are_a_persons_to_judge() {
    let world = |personal| {
        let wanted = vec!["SHOPA".to_string(), "SHOPB".to_string()];
        World::of(&WOO).with_campaign(Campaign { personal, wanted, ..black_friday() })
    };
    let both = || vec![coupon("A"), coupon("B")];
    assert_eq!(world(true).judge(both()).iter().map(in_short).collect::<Vec<_>>(), ["", ""]);
    let rows = world(false).judge(both());
    assert_eq!(
        (in_short(&rows[1]).as_str(), advice_in_short(&rows[1]).as_str()),
        ("duplicate warning", "open page by hand")
    );
    let forty: Vec<Coupon> = (0..40).map(|number| coupon(&format!("KOL{number}"))).collect();
    assert!(World::of(&WOO).judge(forty).iter().all(|row| row.findings.is_empty()), "affiliates' codes");
}

#[test]
fn one_that_takes_an_earlier_ones_place_is_not_its_duplicate() {
    let sold_out = Coupon { used: Some(700), ..collected("A") };
    let short = Coupon { usable: period(at(1, 0, 0), at(24, 0, 0)), ..collected("A") };
    for (earlier, expected) in [(sold_out, "out_of_stock notice"), (short, "duplicate warning, expiring_soon warning")]
    {
        let rows = World::of(&WOO).judge(vec![earlier, collected("B")]);
        let mut found: Vec<_> = in_short(&rows[0]).split(", ").map(str::to_string).collect();
        found.sort();
        assert_eq!((found.join(", ").as_str(), in_short(&rows[1]).as_str()), (expected, ""));
    }
}

#[test]
fn a_duplicate_is_to_be_ended_as_its_platform_can() {
    for (abilities, expected) in TABLES.iter().zip(["end", "end", "end by hand", "end instead"]) {
        let rows = World::of(abilities).judge(vec![collected("A"), collected("B")]);
        assert_eq!(advice_in_short(&rows[1]), expected, "{}", abilities.platform);
    }
    let coming =
        |id: &str| Coupon { status: Status::Scheduled, usable: period(at(30, 0, 0), at(50, 0, 0)), ..collected(id) };
    assert_eq!(advice_in_short(&World::of(&SHOPEE).judge(vec![coming("A"), coming("B")])[1]), "end instead");
}

/// What the store is told by its campaigns.
fn of_store(world: &World, coupons: Vec<Coupon>) -> Vec<String> {
    let matcher = couponbook::rules::Matcher::new(world.campaigns.clone()).unwrap();
    let rows = world.judge(coupons);
    let found = couponbook::rules::findings_by_campaigns(&world.input(&matcher), &rows);
    found.iter().map(|finding| format!("{} {}", finding.code.code(), finding.severity.word())).collect()
}

#[test]
fn what_runs_in_no_campaign_is_told_once_on_its_store_where_the_team_plans_at_all() {
    let mut elsewhere = campaign("Elsewhere", 60, 70);
    elsewhere.coupons = vec!["other*".to_string()];
    let planned = World::of(&WOO).with_campaign(elsewhere.clone());
    assert_eq!(of_store(&planned, vec![coupon("A"), coupon("B")]), ["unplanned notice"]);
    assert_eq!(in_short(&planned.row(vec![coupon("A")])), "");
    assert!(of_store(&planned, vec![in_status("A", Status::Paused)]).is_empty());
    assert!(of_store(&World::of(&WOO), vec![coupon("A")]).is_empty(), "no plan, nothing unplanned");
    elsewhere.stores = vec!["another-*".to_string()];
    assert!(of_store(&World::of(&WOO).with_campaign(elsewhere), vec![coupon("A")]).is_empty());
}

#[test]
fn a_campaign_without_a_live_coupon_is_told_on_the_store_unless_a_row_says_so() {
    let soon = || campaign("Cyber Week", 30, 36);
    let evergreen = || Campaign { evergreen: true, ..black_friday() };
    let always =
        || Campaign { first_day: Campaign::ALWAYS.0, last_day: Campaign::ALWAYS.1, ..campaign("Welcome", 1, 2) };
    let table = [
        ("running, nothing there", black_friday(), vec![], vec!["campaign_uncovered critical"]),
        ("running, one live", black_friday(), vec![coupon("A")], vec![]),
        (
            "one is on its way",
            black_friday(),
            vec![with("A", |it| (it.status, it.usable) = (Status::Scheduled, period(at(22, 9, 5), at(41, 0, 0))))],
            vec![],
        ),
        ("the row says so", black_friday(), vec![in_status("A", Status::Ended)], vec![]),
        ("evergreen, and the store has none", evergreen(), vec![], vec![]),
        ("without dates, and the store has none", always(), vec![], vec![]),
        ("without dates, one live", always(), vec![coupon("A")], vec![]),
        ("begins soon", soon(), vec![], vec!["campaign_uncovered warning"]),
        ("begins soon, one is there", soon(), vec![coupon("A")], vec![]),
        ("begins in a month", campaign("12.12", 50, 53), vec![], vec![]),
        ("is over", campaign("Over", 9, 12), vec![], vec![]),
    ];
    for (what, campaign, coupons, expected) in table {
        let world = World::of(&WOO).with_campaign(campaign);
        assert_eq!(of_store(&world, coupons), expected, "{what}");
    }
}

#[test]
fn a_share_with_neither_cap_nor_minimum_is_uncapped_and_asked_for_a_minimum() {
    let capped = Discount::Share { percent: Percent(15.into()), cap: Some(sgd(5)) };
    let table = [
        (off("A", share(15), Minimum::None), "uncapped warning"),
        (off("A", share(15), Minimum::Spend(sgd(4))), ""),
        // As good as no minimum.
        (off("A", share(15), Minimum::Spend(sgd(1))), "uncapped warning"),
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
