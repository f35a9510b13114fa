//! Starts and ends beside their campaign, and that each of them is told once.

use super::shop::*;
use super::{black_friday, to_come};
use couponbook::domain::*;

fn from(day: i64, hour: u32) -> Coupon {
    with("A", |it| (it.status, it.usable) = (Status::Scheduled, period(at(day, hour, 0), at(41, 0, 0))))
}

#[test]
fn a_start_or_an_end_beside_its_campaign_is_told_once_and_in_its_most_urgent_words() {
    let table = [
        // In time, or on its way.
        (from(25, 0), to_come(), ""),
        (from(22, 10), black_friday(), ""),
        // It starts after its campaign: ahead a gap, inside it simply not started.
        (from(27, 0), to_come(), "campaign_gap warning"),
        (from(24, 10), black_friday(), "not_started critical"),
        // It ends before its campaign: the nearer, the plainer.
        (ending("A", at(28, 0, 0)), black_friday(), "campaign_gap warning"),
        (ending("A", at(30, 23, 59)), black_friday(), ""),
        (ending("A", at(26, 0, 0)), black_friday(), "expiring_soon warning"),
        (ending("A", at(23, 0, 0)), black_friday(), "expires_today critical"),
        (in_status("A", Status::Ended), black_friday(), "expired critical"),
        // Nothing waits for it any more.
        (from(24, 10), campaign("Over", 9, 12), ""),
    ];
    for (coupon, campaign, expected) in table {
        let told = format!("{:?} in {}", coupon.usable, campaign.name);
        assert_eq!(in_short(&World::of(&SHOPEE).with_campaign(campaign).row(vec![coupon])), expected, "{told}");
    }
}

#[test]
fn what_is_switched_off_leaves_the_gap_to_tell_and_inside_it_it_is_critical() {
    let table = [
        (FindingCode::ExpiringSoon, ending("A", at(26, 0, 0)), "campaign_gap warning"),
        (FindingCode::NotStarted, from(24, 10), "campaign_gap critical"),
        (FindingCode::Expired, in_status("A", Status::Ended), "campaign_gap critical"),
    ];
    for (off, coupon, expected) in table {
        let mut world = World::of(&SHOPEE).with_campaign(black_friday());
        world.policy.off.insert(off);
        assert_eq!(in_short(&world.row(vec![coupon])), expected, "{off} is off");
    }
}

#[test]
fn a_gap_is_closed_by_renewing_or_where_nobody_can_move_a_start_by_hand() {
    let table = [
        (ending("A", at(28, 0, 0)), black_friday(), ["renew by follow-on", "renew", "renew by hand", "recreate"]),
        (from(27, 0), to_come(), ["open page by hand"; 4]),
    ];
    for (coupon, campaign, expected) in table {
        for (abilities, expected) in TABLES.iter().zip(expected) {
            let row = World::of(abilities).with_campaign(campaign.clone()).row(vec![coupon.clone()]);
            assert_eq!(advice_in_short(&row), expected, "{}", abilities.platform);
        }
    }
}

#[test]
fn a_follow_on_is_neither_gap_nor_duplicate_nor_unplanned() {
    let mut elsewhere = black_friday();
    elsewhere.coupons = vec!["other*".to_string()];
    let successor = with("B", |it| (it.status, it.usable) = (Status::Active, period(at(22, 8, 0), at(28, 0, 0))));
    let model = || with("A", |it| (it.status, it.usable) = (Status::Ended, period(at(1, 0, 0), at(22, 8, 0))));
    for (campaign, expected) in [(black_friday(), ""), (elsewhere, "")] {
        let rows = World::of(&SHOPEE).with_campaign(campaign).judge(vec![model(), successor.clone()]);
        assert_eq!(in_short(&rows[1]), expected);
    }
    // Made by us while the model still runs: its copy and not its double.
    let rows = World::of(&SHOPEE).made("B", "A").judge(vec![coupon("A"), coupon("B")]);
    assert_eq!(in_short(&rows[1]), "");
}

#[test]
fn a_campaign_with_a_coupon_a_day_has_neither_gaps_nor_late_starts() {
    let of_day = |day: i64| {
        with(&format!("DAY{day}"), |it| {
            it.code = Some(format!("SHOPDAY{day}"));
            it.usable = period(at(day, 0, 0), at(day + 1, 0, 0));
            it.status = match day {
                ..22 => Status::Ended,
                22 => Status::Active,
                _ => Status::Scheduled,
            };
        })
    };
    for abilities in TABLES {
        let rows = World::of(abilities).with_campaign(campaign("Daily", 20, 26)).judge((20..=26).map(of_day).collect());
        for row in &rows {
            assert_eq!((in_short(row).as_str(), advice_in_short(row).as_str()), ("", "nothing"), "{}", row.coupon.id);
        }
    }
    // The last of the line is missed where nothing follows it.
    let rows = World::of(&WOO).with_campaign(campaign("Daily", 20, 26)).judge((20..=24).map(of_day).collect());
    assert_eq!(
        rows.iter().map(in_short).filter(|found| !found.is_empty()).collect::<Vec<_>>(),
        ["expiring_soon warning"]
    );
}

#[test]
fn what_always_runs_asks_only_for_one_live_coupon() {
    let always = |evergreen| Campaign {
        first_day: Campaign::ALWAYS.0,
        last_day: Campaign::ALWAYS.1,
        evergreen,
        ..campaign("Welcome", 1, 2)
    };
    for evergreen in [true, false] {
        let world = || World::of(&WOO).with_campaign(always(evergreen));
        assert_eq!(in_short(&world().row(vec![coupon("A")])), "");
        assert_eq!(in_short(&world().judge(vec![ending("A", at(23, 0, 0)), coupon("B")])[0]), "");
        assert_eq!(in_short(&world().row(vec![ending("A", at(23, 0, 0))])), "expires_today critical");
        assert_eq!(in_short(&world().row(vec![in_status("A", Status::Ended)])), "expired critical");
        // No day of it is told, since it has none.
        for status in [Status::Paused, Status::Scheduled, Status::Ended] {
            let row = world().row(vec![in_status("A", status)]);
            assert!(!why(&row.findings[0]).contains("1970") && !why(&row.findings[0]).contains("9999"), "{row:?}");
        }
        assert_eq!(in_short(&world().judge(vec![in_status("A", Status::Ended), coupon("B")])[0]), "");
    }
}
