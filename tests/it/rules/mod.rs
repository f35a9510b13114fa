//! What is odd, how bad, why, and what would be done about it.

mod closed_loop;
mod duplicates;
mod gaps;
mod keeps;
mod missing;
mod pace;
pub mod shop;
mod status;
mod suggestions;
mod usable;
mod words;

use crate::platform;
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::rules::Matcher;
use proptest::prelude::*;
use rust_decimal::Decimal;
use shop::*;
use unicode_width::UnicodeWidthStr;

fn black_friday() -> Campaign {
    campaign("Black Friday", 20, 30)
}

fn over() -> Campaign {
    campaign("Singles Day", 9, 12)
}

fn to_come() -> Campaign {
    campaign("Cyber Week", 25, 30)
}

fn sold_out(id: &str) -> Coupon {
    with(id, |it| it.used = Some(700))
}

fn left(id: &str, left: u64, total: u64) -> Coupon {
    with(id, |it| (it.total, it.used) = (Some(total), Some(total - left)))
}

fn asking(id: &str, minimum: Minimum) -> Coupon {
    with(id, |it| it.minimum = minimum)
}

fn off(id: &str, discount: Discount, minimum: Minimum) -> Coupon {
    with(id, |it| (it.discount, it.minimum) = (discount, minimum))
}

pub fn share(percent: i64) -> Discount {
    Discount::Share { percent: Percent(Decimal::from(percent)), cap: None }
}

fn spend_range(mut campaign: Campaign, least: i64, most: i64) -> Campaign {
    let (least, most) = (Some(Decimal::from(least)), Some(Decimal::from(most)));
    campaign.spend = Some(SpendRange { currency: sgd(0).currency, least, most });
    campaign
}

#[test]
fn each_status_has_the_severity_that_its_campaign_gives_it() {
    use Status::*;
    let table = [
        (Active, None, ""),
        (Active, Some(black_friday()), ""),
        // What waits for its start by plan is no exception.
        (Scheduled, None, ""),
        (Scheduled, Some(to_come()), ""),
        (Scheduled, Some(over()), ""),
        (Scheduled, Some(black_friday()), "not_started critical"),
        (Paused, None, "paused warning"),
        (Paused, Some(to_come()), "paused warning"),
        (Paused, Some(black_friday()), "paused critical"),
        (InReview, None, "rejected critical"),
        (Rejected, Some(over()), "rejected critical"),
        // An ended voucher stays on Shopee: there is nothing to do.
        (Ended, None, ""),
        (Ended, Some(over()), ""),
        (Ended, Some(black_friday()), "expired critical"),
        (Trashed, Some(black_friday()), ""),
    ];
    for (status, campaign, expected) in table {
        let mut world = World::of(&SHOPEE);
        world.campaigns.extend(campaign.clone());
        let row = world.row(vec![in_status("A", status)]);
        assert_eq!(in_short(&row), expected, "{status} in {:?}", campaign.map(|it| it.name));
    }
}

#[test]
fn stock_is_judged_by_what_is_left_and_by_who_needs_it() {
    let empty = |status| with("A", |it| (it.status, it.used) = (status, Some(700)));
    let table = [
        (sold_out("A"), None, "out_of_stock critical"),
        (sold_out("A"), Some(black_friday()), "out_of_stock critical"),
        (sold_out("A"), Some(over()), "out_of_stock notice"),
        (sold_out("A"), Some(to_come()), "out_of_stock notice"),
        (empty(Status::Paused), None, "out_of_stock notice, paused warning"),
        (empty(Status::Ended), None, ""),
        (left("A", 71, 700), None, ""),
        (left("A", 70, 700), None, "low_stock warning"),
        (left("A", 11, 50), None, ""),
        (left("A", 10, 50), None, "low_stock warning"),
        // Made for five buyers: as long as half of it is there, it is not low.
        (left("A", 5, 5), None, ""),
        (left("A", 4, 5), None, ""),
        (left("A", 2, 5), None, "low_stock warning"),
        (with("A", |it| it.total = None), None, ""),
        (with("A", |it| it.used = None), None, ""),
        // Buyers collect it: what was collected is gone, used or not.
        (with("A", |it| (it.stock_is_claimed, it.claimed) = (true, Some(700))), None, "out_of_stock critical"),
    ];
    for (coupon, campaign, expected) in table {
        let mut world = World::of(&SHOPEE);
        world.campaigns.extend(campaign.clone());
        let told = format!("{:?}/{:?} {:?}", coupon.used, coupon.total, campaign.map(|it| it.name));
        let row = world.row(vec![coupon]);
        let mut found: Vec<_> = in_short(&row).split(", ").map(str::to_string).collect();
        found.sort();
        assert_eq!(found.join(", "), expected, "{told}");
    }
}

#[test]
fn a_coupon_expires_today_until_midnight_in_the_stores_own_zone() {
    let table = [
        // (end, campaign, finding)
        (at(22, 9, 0), None, ""),
        (at(22, 9, 1), None, "expires_today warning"),
        (at(23, 0, 0), None, "expires_today warning"),
        // Within its first minute a day belongs to the day before.
        (with_seconds(23, 0, 1), None, "expires_today warning"),
        (with_seconds(23, 0, 59), None, "expires_today warning"),
        (at(23, 0, 1), None, "expiring_soon warning"),
        (at(26, 0, 0), None, "expiring_soon warning"),
        (with_seconds(26, 0, 1), None, "expiring_soon warning"),
        (at(26, 0, 1), None, ""),
        (at(23, 0, 0), Some(black_friday()), "expires_today critical"),
        (at(25, 0, 0), Some(black_friday()), "expiring_soon warning"),
        (at(23, 0, 0), Some(campaign("Weekend", 20, 22)), "expires_today warning"),
        (at(22, 23, 59), Some(campaign("Weekend", 20, 22)), "expires_today warning"),
        (with_seconds(22, 0, 1), Some(campaign("Weekend", 20, 22)), ""),
        (at(23, 0, 0), Some(over()), "expires_today warning"),
        (at(23, 0, 0), Some(to_come()), "expires_today warning"),
        (at(25, 0, 0), Some(campaign("Week", 20, 24)), ""),
        (at(25, 0, 0), Some(over()), ""),
    ];
    for (ends, campaign, expected) in table {
        let mut world = World::of(&SHOPEE);
        world.campaigns.extend(campaign.clone());
        let row = world.row(vec![ending("A", ends)]);
        assert_eq!(in_short(&row), expected, "ends {ends} in {:?}", campaign.map(|it| it.name));
    }
}

/// So many seconds after the hour.
fn with_seconds(day: i64, hour: u32, seconds: i64) -> Timestamp {
    at(day, hour, 0) + chrono::Duration::seconds(seconds)
}

#[test]
fn today_is_the_stores_day_and_not_the_worlds() {
    // The same instant: still Sunday in New York, already Monday in Tokyo.
    let (moment, end) = (at(23, 2, 0), at(23, 12, 0));
    for (zone, expected) in [
        (chrono_tz::America::New_York, "expires_today warning"),
        (chrono_tz::Asia::Tokyo, "expires_today warning"),
        (chrono_tz::Pacific::Pago_Pago, "expires_today warning"),
        (chrono_tz::Pacific::Kiritimati, "expires_today warning"),
    ] {
        let mut world = World::of(&WOO);
        (world.store.zone, world.now) = (zone, moment);
        assert_eq!(in_short(&world.row(vec![ending("A", end)])), expected, "{zone}");
    }
    let mut world = World::of(&WOO);
    (world.store.zone, world.now) = (chrono_tz::America::New_York, at(23, 12, 30));
    assert_eq!(in_short(&world.row(vec![ending("A", at(23, 13, 0))])), "expires_today warning");
    // Midnight in New York is one in the afternoon in Singapore.
    assert_eq!(in_short(&world.row(vec![ending("A", at(23, 13, 1))])), "expiring_soon warning");
}

#[test]
fn a_coupon_without_an_end_never_expires() {
    let endless = with("A", |it| it.usable = Period::new(Some(at(1, 0, 0)), None).unwrap());
    let row = World::of(&WOO).with_campaign(black_friday()).row(vec![endless]);
    assert_eq!((in_short(&row), row.suggestion.renew_until), (String::new(), None));
}

#[test]
fn min_spend_is_judged_by_the_campaign_else_by_what_is_usual() {
    let spend = |amount| Minimum::Spend(sgd(amount));
    let euros = Minimum::Spend(Money::new(Decimal::from(5), Currency::parse("EUR").unwrap()));
    let table = [
        (spend(19), "threshold_low warning"),
        (spend(20), ""),
        (spend(50), ""),
        (spend(51), "threshold_high warning"),
        (Minimum::None, "threshold_low warning"),
        (Minimum::Quantity(1), ""),
        (Minimum::NotKnown, ""),
        (euros, ""),
    ];
    for (minimum, expected) in table {
        let planned = World::of(&WOO).with_campaign(spend_range(black_friday(), 20, 50));
        assert_eq!(in_short(&planned.row(vec![asking("A", minimum)])), expected, "planned, {minimum}");
        let mut usual = World::of(&WOO);
        usual.policy.usual_spend.extend(spend_range(black_friday(), 20, 50).spend);
        assert_eq!(in_short(&usual.row(vec![asking("A", minimum)])), expected, "usual, {minimum}");
    }
}

#[test]
fn a_coupon_loses_money_by_the_worst_order_that_its_rules_allow() {
    let sum = |amount| Discount::Sum(sgd(amount));
    let capped = |percent: i64, cap| Discount::Share { percent: Percent(percent.into()), cap: Some(sgd(cap)) };
    let table = [
        (sum(10), Minimum::None, true),
        (sum(10), Minimum::Spend(sgd(10)), true),
        (sum(10), Minimum::Spend(sgd(11)), true),
        (sum(70), Minimum::Spend(sgd(100)), false),
        (sum(71), Minimum::Spend(sgd(100)), true),
        // So little that nobody looks twice.
        (sum(3), Minimum::None, false),
        (sum(10), Minimum::Quantity(2), false),
        (sum(10), Minimum::NotKnown, false),
        // Free shipping, as WooCommerce writes it.
        (sum(0), Minimum::None, false),
        (share(70), Minimum::Spend(sgd(40)), false),
        (share(60), Minimum::Spend(sgd(1)), true),
        (share(71), Minimum::None, true),
        (capped(80, 2), Minimum::Spend(sgd(50)), false),
        (capped(80, 2), Minimum::None, false),
        (capped(80, 40), Minimum::Spend(sgd(50)), true),
        (capped(80, 30), Minimum::Spend(sgd(50)), false),
        (Discount::Coins { percent: Percent(Decimal::from(90)), cap: None }, Minimum::None, true),
        (Discount::FreeShipping { cap: None }, Minimum::None, false),
    ];
    for (discount, minimum, gives) in table {
        let told = format!("{discount} from {minimum}");
        let row = World::of(&WOO).row(vec![off("A", discount, minimum)]);
        assert_eq!(in_short(&row), if gives { "gives_money_away critical" } else { "" }, "{told}");
    }
    let ended = with("A", |it| {
        (it.status, it.minimum, it.discount) = (Status::Ended, Minimum::None, Discount::Sum(sgd(10)));
        it.usable = period(at(1, 0, 0), at(20, 0, 0));
    });
    assert_eq!(in_short(&World::of(&WOO).row(vec![ended])), "expired notice");
}

#[test]
fn a_coupon_that_takes_over_silences_what_its_predecessor_would_say_about_its_end() {
    let follows = |status| {
        with("B", |it| (it.status, it.usable, it.used) = (status, period(at(23, 0, 0), at(41, 0, 0)), Some(0)))
    };
    let other_rules = with("B", |it| {
        (it.status, it.usable, it.per_buyer) = (Status::Scheduled, period(at(23, 0, 0), at(41, 0, 0)), Some(2));
    });
    let late = with("B", |it| (it.status, it.usable) = (Status::Scheduled, period(at(23, 0, 2), at(41, 0, 0))));
    let table = [
        (follows(Status::Scheduled), ""),
        (follows(Status::Active), ""),
        (follows(Status::Paused), "expires_today critical"),
        (follows(Status::Rejected), "expires_today critical"),
        // It gives as much, and is no successor: told, and nothing to do.
        (other_rules, "expires_today warning"),
        (late, "expires_today warning"),
        (asking("C", Minimum::Spend(sgd(40))), "expires_today warning"),
    ];
    for (successor, expected) in table {
        let world = World::of(&SHOPEE).with_campaign(black_friday());
        let told = format!("{:?} {:?}", successor.status, successor.usable.starts());
        let rows = world.judge(vec![ending("A", at(23, 0, 0)), successor]);
        assert_eq!(in_short(&rows[0]), expected, "{told}");
    }
}

#[test]
fn one_that_we_made_takes_over_whenever_it_starts_and_for_its_own_model_only() {
    let early = with("B", |it| (it.usable, it.minimum) = (period(at(20, 0, 0), at(41, 0, 0)), Minimum::Spend(sgd(40))));
    let world = World::of(&SHOPEE).made("B", "A");
    assert_eq!(in_short(&world.judge(vec![ending("A", at(23, 0, 0)), early])[0]), "");
    let seamless = with("B", |it| (it.status, it.usable) = (Status::Scheduled, period(at(23, 0, 0), at(41, 0, 0))));
    let rows = world.judge(vec![ending("A", at(23, 0, 0)), ending("C", at(23, 0, 0)), seamless]);
    assert_eq!((in_short(&rows[0]), in_short(&rows[1])), (String::new(), "expires_today warning".to_string()));
}

#[test]
fn a_follow_on_waits_quietly_and_belongs_to_the_campaign_of_the_first_in_its_line() {
    let named = |id: &str, code: &str, status, from, to| {
        with(id, |it| {
            (it.code, it.name) = (Some(code.to_string()), "Autumn".to_string());
            (it.status, it.usable) = (status, period(at(from, 0, 0), at(to, 0, 0)));
        })
    };
    let line = vec![
        named("A", "SHOPBF10", Status::Ended, 1, 10),
        named("B", "SHOPBF102", Status::Ended, 10, 20),
        named("C", "SHOPBF103", Status::Active, 20, 31),
        named("D", "SHOPBF104", Status::Scheduled, 31, 41),
    ];
    let mut exact = black_friday();
    exact.coupons = vec!["shopbf10".to_string()];
    let mut catch_all = campaign("Always on", 1, 60);
    catch_all.coupons = vec!["*".to_string()];
    let world = World::of(&SHOPEE).with_campaign(catch_all).with_campaign(exact).made("B", "A");
    let rows = world.judge(line);
    for row in &rows {
        assert_eq!(
            (row.campaign.as_deref(), in_short(row).as_str()),
            (Some("Black Friday"), ""),
            "{:?}",
            row.coupon.id
        );
    }
}

#[test]
fn weekly_coupons_that_follow_each_other_stay_with_their_own_weeks() {
    let week = |id: &str, code: &str, from, to| {
        with(id, |it| (it.code, it.usable) = (Some(code.to_string()), period(at(from, 0, 0), at(to, 0, 0))))
    };
    let named = |name: &str, pattern: &str, from, to| {
        let mut campaign = campaign(name, from, to);
        campaign.coupons = vec![pattern.to_string()];
        campaign
    };
    let world = World::of(&WOO)
        .with_campaign(named("Week 47", "week47*", 16, 22))
        .with_campaign(named("Week 48", "week48*", 23, 29));
    let rows = world.judge(vec![week("A", "WEEK47A", 16, 23), week("B", "WEEK48A", 23, 30)]);
    assert_eq!(rows[0].campaign.as_deref(), Some("Week 47"));
    assert_eq!(rows[1].campaign.as_deref(), Some("Week 48"));
}

#[test]
fn coupons_that_follow_each_other_in_a_circle_are_judged_all_the_same() {
    let stopped =
        |id: &str| with(id, |it| (it.status, it.usable) = (Status::Ended, period(at(20, 0, 0), at(20, 0, 0))));
    let world = World::of(&WOO).made("A", "B").made("B", "A").with_campaign(black_friday());
    let rows = world.judge(vec![stopped("A"), stopped("B"), stopped("C")]);
    assert_eq!(rows.iter().map(in_short).collect::<Vec<_>>(), ["expired critical"; 3]);
}

#[test]
fn an_expired_coupon_is_no_alarm_while_another_covers_its_campaign() {
    let world = World::of(&SHOPEE).with_campaign(black_friday());
    let ended = || in_status("A", Status::Ended);
    let table = [
        (coupon("B"), ""),
        (asking("B", Minimum::Spend(sgd(40))), ""),
        (sold_out("B"), "expired critical"),
        (in_status("B", Status::Paused), "expired critical"),
        (with("B", |it| (it.code, it.name) = (Some("OTHER".to_string()), "Other".to_string())), "expired critical"),
    ];
    for (other, expected) in table {
        assert_eq!(in_short(&world.judge(vec![ended(), other])[0]), expected);
    }
}

#[test]
fn what_was_stopped_on_purpose_is_shown_so_and_raises_nothing_else() {
    let paused = with("A", |it| {
        (it.status, it.used) = (Status::Paused, Some(700));
        (it.discount, it.minimum) = (Discount::Sum(sgd(10)), Minimum::None);
    });
    for (coupon, becomes, expected) in
        [(paused, Operation::Pause, "paused notice"), (in_status("A", Status::Ended), Operation::End, "expired notice")]
    {
        let world = World::of(&WOO).with_campaign(black_friday()).stopped_on_purpose("A", becomes, None);
        let row = world.row(vec![coupon]);
        assert_eq!((in_short(&row).as_str(), advice_in_short(&row).as_str()), (expected, "leave"));
        assert!(why(&row.findings[0]).ends_with("on purpose by the night shift on Sat 21 Nov."));
    }
}

#[test]
fn a_finding_that_is_switched_off_is_neither_shown_nor_suggested_about() {
    let mut world = World::of(&SHOPEE);
    world.policy.off.insert(FindingCode::OutOfStock);
    let row = world.row(vec![sold_out("A")]);
    assert_eq!((in_short(&row).as_str(), advice_in_short(&row).as_str()), ("", "nothing"));
}

#[test]
fn patterns_match_code_or_name_in_any_script_and_case() {
    let named = |code: &str, name: &str| {
        with("A", |it| (it.code, it.name) = (Some(code.to_string()).filter(|code| !code.is_empty()), name.to_string()))
    };
    let table = [
        ("bf*", "BF10", "x", true),
        ("bf*", "XBF10", "x", false),
        ("*10", "BF10", "x", true),
        ("*f*1*", "BF10", "x", true),
        ("bf?0", "BF10", "x", true),
        ("bf?", "BF10", "x", false),
        ("black friday*", "QQ", "Black Friday 2026", true),
        ("双?一*", "QQ", "双十一大促", true),
        ("été*", "QQ", "ÉTÉ 2026", true),
        ("[vip]*", "QQ", "[VIP] ten off", true),
        ("[vip]*", "V", "Vip", false),
        ("{a,b}", "A", "b", false),
        ("*", "", "", false),
        ("***", "BF10", "x", true),
    ];
    for (pattern, code, name, expected) in table {
        let mut plan = black_friday();
        plan.coupons = vec![pattern.to_string()];
        let row = World::of(&WOO).with_campaign(plan).row(vec![named(code, name)]);
        assert_eq!(row.campaign.is_some(), expected, "{pattern} on {code}, {name}");
    }
}

#[test]
fn the_most_specific_campaign_of_the_stores_currency_wins() {
    let plan = |name: &str, pattern: &str, first, last| {
        let mut campaign = campaign(name, first, last);
        campaign.coupons = vec![pattern.to_string()];
        campaign
    };
    let mut euros = plan("Euros", "shopa", 20, 30);
    euros.spend = Some(SpendRange { currency: Currency::parse("EUR").unwrap(), least: None, most: None });
    let mut elsewhere = plan("Elsewhere", "shopa", 20, 30);
    elsewhere.stores = vec!["lazada-*".to_string()];
    let campaigns = vec![
        euros,
        elsewhere,
        plan("Wide", "shop*", 20, 30),
        plan("Last year", "shop?*", -360, -350),
        plan("Narrow", "*hopa", 60, 70),
        plan("Double, running", "shopb", 20, 30),
        plan("Double, not yet", "shopb", 60, 70),
    ];
    let matcher = Matcher::new(campaigns).unwrap();
    let mut ties = Vec::new();
    let mut of = |id: &str| matcher.campaign_of(&store(platform::SHOPEE), &coupon(id), &mut ties).unwrap().name.clone();
    assert_eq!([of("A"), of("B"), of("C")], ["Wide", "Double, running", "Wide"].map(str::to_string));
    assert_eq!(ties, []);
}

#[test]
fn a_tie_is_told_once_and_the_first_in_the_plan_wins() {
    let world = World::of(&WOO).with_campaign(black_friday()).with_campaign(campaign("Rival", 20, 30));
    let matcher = Matcher::new(world.campaigns.clone()).unwrap();
    let mut ties = Vec::new();
    for id in ["A", "B", "C"] {
        let found = matcher.campaign_of(&world.store, &coupon(id), &mut ties).unwrap();
        assert_eq!(found.name, "Black Friday");
    }
    assert_eq!(ties.len(), 1);
    assert_eq!(ties[0].campaigns, ["Black Friday", "Rival"].map(str::to_string));
}

#[test]
fn an_empty_pattern_is_refused_with_its_campaign() {
    let mut plan = black_friday();
    plan.coupons = vec!["  ".to_string()];
    let told = Matcher::new(vec![plan]).unwrap_err().to_string();
    assert!(told.contains("Black Friday"), "{told}");
}

#[test]
fn exceptions_stand_first_and_the_worst_and_soonest_before_the_others() {
    let world = World::of(&SHOPEE);
    let mut rows = world.judge(vec![
        coupon("FINE"),
        ending("SOON", at(24, 0, 0)),
        with("WORST", |it| (it.used, it.per_buyer) = (Some(700), Some(2))),
        ending("TODAY", at(23, 0, 0)),
        in_status("OLD", Status::Ended),
    ]);
    couponbook::rules::order_for_display(&mut rows);
    let order: Vec<_> = rows.iter().map(|row| row.coupon.id.as_str()).collect();
    assert_eq!(order, ["WORST", "TODAY", "SOON", "FINE", "OLD"]);
}

#[test]
fn rows_in_any_order_come_into_the_same_one_and_each_is_found_by_its_key() {
    let world = World::of(&SHOPEE);
    // Every seventh sold out, every third on its last day; of codes that sort in another way than they were made.
    let one = |number: usize| match (number % 7, number % 3) {
        (0, _) => sold_out(&format!("{}", number * 7_919 % 1_000)),
        (_, 0) => ending(&format!("{}", number * 7_919 % 1_000), at(23, 0, 0)),
        _ => coupon(&format!("{}", number * 7_919 % 1_000)),
    };
    let mut rows = world.judge((0..200).map(one).collect());
    couponbook::rules::order_for_display(&mut rows);
    assert!(rows.is_sorted_by_key(|row| (Urgency::of(row), row.coupon.label().to_string())));
    let keys: Vec<RowKey> = rows.iter().map(|row| row.key.clone()).collect();
    for step in [1, 3, 77, 199] {
        let mut others: Vec<Row> = (0..200).map(|place| rows[place * step % 200].clone()).collect();
        if step != 1 {
            assert_ne!(others.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), keys);
        }
        couponbook::rules::order_for_display(&mut others);
        assert_eq!(others.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), keys, "{step}");
    }
    let unknown = RowKey::of(world.store.platform, &world.store.shop, &CouponId::new("nobody's"));
    let list = Rows::from(rows);
    assert!(keys.iter().all(|key| list.by_key(key).is_some_and(|row| row.key == *key)));
    assert!(list.by_key(&unknown).is_none());
}

#[test]
fn why_names_the_cause_and_then_the_consequence() {
    let world = World::of(&SHOPEE).with_campaign(black_friday());
    let table = [
        (sold_out("A"), "0 of 700 left; Black Friday runs to Mon 30 Nov."),
        (left("A", 3, 1_000), "3 of 1,000 left (under 1 %); it runs to Thu 10 Dec."),
        (ending("A", at(23, 0, 0)), "Ends today 23:59; Black Friday goes on to Mon 30 Nov."),
        (ending("A", at(25, 0, 0)), "Ends Tue 24 Nov 23:59, in 2 days; Black Friday runs to Mon 30 Nov."),
        (
            in_status("A", Status::Ended),
            "Ended Fri 20 Nov; Black Friday runs to Mon 30 Nov and nothing else covers it.",
        ),
        (in_status("A", Status::Scheduled), "Starts Tue 24 Nov 10:00; Black Friday began on Fri 20 Nov."),
        (
            off("A", Discount::Sum(sgd(10)), Minimum::None),
            "SGD 10.00 off with no min spend: an order of SGD 10.00 costs nothing.",
        ),
    ];
    for (coupon, expected) in table {
        let row = world.row(vec![coupon]);
        assert_eq!(why(&row.findings[0]), expected);
        let in_cell = Language::ENGLISH.render_within(&row.findings[0].why, Finding::WHY_COLUMNS);
        assert!(!in_cell.contains(" %") && !in_cell.contains("SGD "), "a torn amount");
    }
}

/// Any coupon, with names and amounts of any length.
pub fn any_coupon() -> impl Strategy<Value = Coupon> {
    let amount =
        || (0u64..=u64::MAX, 0u32..=6).prop_map(|(digits, scale)| Decimal::from_i128_with_scale(digits.into(), scale));
    let money = move || amount().prop_map(|amount| Money::new(amount, sgd(0).currency));
    let discount = prop_oneof![
        money().prop_map(Discount::Sum),
        (amount(), proptest::option::of(money()))
            .prop_map(|(percent, cap)| Discount::Share { percent: Percent(percent), cap }),
        Just(Discount::Other("a gift".to_string())),
    ];
    let minimum = prop_oneof![Just(Minimum::None), money().prop_map(Minimum::Spend), Just(Minimum::Quantity(3))];
    let days = prop_oneof![-400i64..=400, 0i64..=6];
    let facts = (0..Status::ALL.len(), days.clone(), days, 0u32..=23, proptest::option::of(Just(())));
    let counts = (proptest::option::of(prop_oneof![0u64..=30, 0..=u64::MAX]), 0..=u64::MAX);
    let who = ("[A-Za-z0-9 é双]{0,60}", "[A-Z]{0,40}", proptest::bool::weighted(0.1));
    (discount, minimum, facts, counts, who).prop_map(|(discount, minimum, facts, counts, who)| {
        let (status, from, days, hour, endless) = facts;
        with("A", |it| {
            (it.discount, it.minimum, it.status) = (discount, minimum, Status::ALL[status]);
            let starts = at(22 + from, hour, 0);
            let ends = Some(starts + chrono::Duration::days(days.abs())).filter(|_| endless.is_none());
            it.usable = Period::new(Some(starts), ends).unwrap();
            (it.total, it.used) = (counts.0, counts.0.map(|total| counts.1.min(total)));
            (it.name, it.raw_status) = (format!("shop {}", who.0), who.0.clone());
            it.code = Some(who.1).filter(|code| !code.is_empty());
            it.owner = if who.2 { Owner::Platform } else { Owner::Seller };
        })
    })
}

pub fn any_campaign() -> impl Strategy<Value = Campaign> {
    let bound = || proptest::option::of((0..=u64::MAX).prop_map(Decimal::from));
    ("[A-Za-z é双]{1,90}", -300i64..=60, 0i64..=400, bound(), bound(), proptest::option::of(0..=u64::MAX)).prop_map(
        |(name, first, days, least, most, stock)| {
            let mut campaign = campaign(&name, first, first + days);
            campaign.coupons = vec!["*".to_string()];
            campaign.spend = Some(SpendRange { currency: sgd(0).currency, least, most });
            campaign.stock = stock;
            campaign
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn why_is_never_longer_than_its_cell(
        one in any_coupon(),
        campaign in proptest::option::of(any_campaign()),
        by in proptest::option::of("[A-Za-z é双]{1,90}"),
        other in "[A-Z]{1,60}",
        language in prop_oneof![Just(Language::ENGLISH), Just(crate::chinese())],
        lost in 0u64..=u64::MAX,
    ) {
        let mut world = World::of(&WOO);
        if let (Some(remaining), Some(total)) = (one.remaining(), one.total) {
            let before = StockPoint { at: at(21, 9, 0), remaining: remaining.saturating_add(lost).min(total), total };
            world.stock.insert((one.store.clone(), one.id.clone()), vec![before]);
        }
        world.campaigns.extend(campaign);
        if let Some(by) = by {
            world = world.stopped_on_purpose("A", Operation::End, None);
            world.memory.on_purpose.values_mut().for_each(|known| known.by.clone_from(&by));
        }
        let beside = with("B", |it| it.code = Some(other));
        for row in world.judge(vec![one, beside]) {
            for finding in &row.findings {
                let why = language.render_within(&finding.why, Finding::WHY_COLUMNS);
                prop_assert!(why.width() <= 80, "{} columns: {why}", why.width());
                prop_assert!(why.ends_with(['.', '。']) && !why.contains('\n'), "{why}");
            }
        }
    }
}
