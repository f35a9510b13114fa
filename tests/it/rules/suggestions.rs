//! What is suggested: always something that can really be done.

use super::shop::*;
use super::{asking, black_friday, left, off, over, sold_out, spend_range, to_come};
use couponbook::domain::*;
use couponbook::language::Language;
use proptest::prelude::*;
use rust_decimal::Decimal;

#[test]
fn the_suggestion_is_what_the_platform_can_do_in_that_status() {
    let running = || Some(black_friday());
    let ranged = || Some(spend_range(black_friday(), 40, 90));
    let soon = || ending("A", at(24, 0, 0));
    let gift = || off("A", Discount::Sum(sgd(10)), Minimum::None);
    let table: Vec<(&str, Coupon, Option<Campaign>, [&str; 4])> = vec![
        // what, the coupon, its campaign, then: Shopee, WooCommerce, TikTok Shop, Lazada
        ("fine", coupon("A"), None, ["nothing", "nothing", "nothing", "nothing"]),
        ("ends soon", soon(), None, ["renew by follow-on", "renew", "renew by hand", "recreate"]),
        ("ends soon", soon(), running(), ["renew by follow-on", "renew", "renew by hand", "recreate"]),
        ("ends with it", ending("A", at(23, 0, 0)), Some(campaign("Day", 22, 22)), ["nothing"; 4]),
        ("sold out", sold_out("A"), running(), ["restock 700", "restock 700", "restock 700 by hand", "restock 700"]),
        ("sold out, over", sold_out("A"), Some(over()), ["delete instead", "delete", "end by hand", "delete instead"]),
        ("low", left("A", 9, 90), None, ["restock 90", "restock 90", "restock 90 by hand", "restock 90"]),
        ("ended", in_status("A", Status::Ended), None, ["nothing", "delete", "nothing", "nothing"]),
        (
            "ended, needed",
            in_status("A", Status::Ended),
            running(),
            ["renew by follow-on", "renew", "recreate by hand", "recreate"],
        ),
        ("paused", in_status("A", Status::Paused), None, ["recreate", "enable", "recreate by hand", "enable"]),
        ("to come", in_status("A", Status::Scheduled), Some(to_come()), ["nothing"; 4]),
        ("late", in_status("A", Status::Scheduled), running(), ["open page by hand"; 4]),
        ("refused", in_status("A", Status::Rejected), running(), ["open page by hand"; 4]),
        ("spend low", coupon("A"), ranged(), ["recreate", "adjust to 40", "recreate by hand", "recreate"]),
        (
            "spend high",
            asking("A", Minimum::Spend(sgd(99))),
            ranged(),
            ["recreate", "adjust to 90", "recreate by hand", "recreate"],
        ),
        (
            "sold out, ends soon",
            with("A", |it| (it.used, it.usable) = (Some(700), soon().usable)),
            running(),
            [
                "restock 700 + renew by follow-on",
                "restock 700 + renew",
                "restock 700 by hand",
                "restock 700 + recreate",
            ],
        ),
        (
            "low, spend low, ends soon",
            with("A", |it| (it.used, it.usable) = (Some(690), soon().usable)),
            ranged(),
            [
                "renew + adjust to 40 + restock 700 by follow-on",
                "renew + restock 700 + adjust to 40",
                "renew by hand",
                "recreate",
            ],
        ),
        (
            "sold out, paused",
            with("A", |it| (it.used, it.status) = (Some(700), Status::Paused)),
            None,
            ["recreate", "restock 700 + enable", "recreate by hand", "recreate"],
        ),
        ("gives away", gift(), None, ["open page by hand", "adjust to 30", "open page by hand", "end instead"]),
    ];
    for (what, coupon, campaign, expected) in table {
        for (abilities, expected) in TABLES.iter().zip(expected) {
            let mut world = World::of(abilities);
            world.campaigns.extend(campaign.clone());
            let row = world.row(vec![coupon.clone()]);
            assert_eq!(advice_in_short(&row), expected, "{what} on {}", abilities.platform);
        }
    }
}

#[test]
fn a_platforms_own_coupon_is_left_to_people() {
    let own = |mut coupon: Coupon| {
        coupon.owner = Owner::Platform;
        coupon
    };
    let world = World::of(&SHOPEE).with_campaign(over());
    for (coupon, expected) in [
        (own(left("A", 1, 90)), "open page by hand"),
        (own(in_status("A", Status::Ended)), "nothing"),
        (own(sold_out("A")), "open page by hand"),
    ] {
        assert_eq!(advice_in_short(&world.row(vec![coupon])), expected);
    }
}

#[test]
fn a_coupon_that_cannot_be_copied_gets_no_follow_on() {
    let soon = || ending("A", at(24, 0, 0));
    let without_code = Coupon { code: None, ..soon() };
    let gift = Coupon { discount: Discount::BuyXGetY("two for one".to_string()), ..soon() };
    for coupon in [without_code, gift] {
        assert_eq!(advice_in_short(&World::of(&SHOPEE).row(vec![coupon])), "renew by hand");
    }
}

#[test]
fn a_renewal_goes_to_the_end_of_the_campaign_else_a_month_on() {
    let table = [
        (ending("A", at(23, 0, 0)), Some(black_friday()), Some(at(31, 0, 0))),
        (ending("A", at(23, 0, 0)), None, Some(at(53, 0, 0))),
        (ending("A", at(23, 0, 0)), Some(over()), Some(at(53, 0, 0))),
        // Ended two days ago: from today on.
        (in_status("A", Status::Ended), None, Some(at(53, 0, 0))),
        (with("A", |it| it.usable = Period::new(None, None).unwrap()), Some(black_friday()), None),
    ];
    for (coupon, campaign, expected) in table {
        let mut world = World::of(&WOO);
        world.campaigns.extend(campaign);
        assert_eq!(world.row(vec![coupon]).suggestion.renew_until, expected);
    }
}

#[test]
fn a_coming_voucher_is_not_renewed_beyond_its_longest_period() {
    let coming = with("A", |it| (it.status, it.usable) = (Status::Scheduled, period(at(24, 0, 0), at(25, 0, 0))));
    let row = World::of(&SHOPEE).with_campaign(campaign("Long", 20, 300)).row(vec![coming]);
    assert_eq!(row.suggestion.renew_until, Some(at(114, 0, 0)));
}

#[test]
fn a_voucher_at_its_longest_period_is_neither_renewed_to_the_end_it_has_nor_called_done() {
    let mut longest = in_status("A", Status::Scheduled);
    longest.usable = period(at(22, 0, 0), at(22, 0, 0) + chrono::Duration::days(90));
    let row = World::of(&SHOPEE).with_campaign(campaign("Long", -20, 200)).row(vec![longest]);
    assert_eq!(row.suggestion.renew_until, None, "{row:?}");
    let gap = row.findings.iter().any(|finding| finding.code == FindingCode::CampaignGap);
    assert_eq!((gap, row.suggestion.advice), (true, Advice::OpenPage));
}

#[test]
fn restocking_fills_up_to_what_the_campaign_wants_else_doubles() {
    let wants = |stock| Campaign { stock: Some(stock), ..black_friday() };
    let table = [
        (left("A", 0, 700), Some(wants(500)), Some(500)),
        (left("A", 30, 700), Some(wants(500)), Some(470)),
        (left("A", 500, 700), Some(wants(500)), Some(700)),
        (left("A", 0, 3), None, Some(3)),
        // What was used beyond the total is made up for, and afterwards it is not low.
        (with("A", |it| (it.total, it.used) = (Some(1_000), Some(2_500))), None, Some(2_500)),
        (left("A", 2, 100), Some(wants(5)), Some(9)),
        (with("A", |it| it.total = None), Some(wants(500)), None),
        (left("A", 0, i32::MAX as u64 - 5), None, Some(5)),
        (left("A", 0, u64::MAX), None, None),
    ];
    for (coupon, campaign, expected) in table {
        let mut world = World::of(&WOO);
        world.campaigns.extend(campaign);
        assert_eq!(world.row(vec![coupon]).suggestion.restock_by, expected);
    }
}

#[test]
fn a_suggested_min_spend_never_gives_goods_away() {
    let table = [
        // discount, present minimum, least, most, suggested
        (10, 5, 0, 100, "adjust to 30"),
        (10, 5, 50, 100, "adjust to 50"),
        // Less than three times the discount is never suggested, and no more than the campaign allows.
        (10, 5, 0, 25, "open page by hand"),
        (10, 15, 20, 40, "adjust to 30"),
        (15, 18, 20, 100, "adjust to 45"),
        (30, 100, 0, 40, "open page by hand"),
        (30, 100, 0, 95, "adjust to 95"),
        (30, 100, 0, 25, "open page by hand"),
        (10, 5, 0, 8, "open page by hand"),
    ];
    for (sum, minimum, least, most, expected) in table {
        let world = World::of(&WOO).with_campaign(spend_range(black_friday(), least, most));
        let row = world.row(vec![off("A", Discount::Sum(sgd(sum)), Minimum::Spend(sgd(minimum)))]);
        assert_eq!(advice_in_short(&row), expected, "{sum} off from {minimum}, {least} to {most}");
    }
}

#[test]
fn once_a_copy_with_other_rules_runs_the_old_one_is_a_persons_to_end() {
    let world = World::of(&SHOPEE).with_campaign(spend_range(black_friday(), 40, 90)).made("B", "A");
    let rows = world.judge(vec![coupon("A"), asking("B", Minimum::Spend(sgd(40)))]);
    assert_eq!((advice_in_short(&rows[0]).as_str(), in_short(&rows[1]).as_str()), ("open page by hand", ""));
}

#[test]
fn a_paused_coupon_whose_end_has_passed_is_not_suggested_to_be_enabled_as_it_is() {
    let late = || with("A", |it| (it.status, it.usable) = (Status::Paused, period(at(1, 0, 0), at(20, 0, 0))));
    assert_eq!(advice_in_short(&World::of(&WOO).row(vec![late()])), "delete");
    let needed = World::of(&WOO).with_campaign(black_friday());
    assert_eq!(advice_in_short(&needed.row(vec![late()])), "renew + enable");
}

#[test]
fn what_is_paused_and_sold_out_is_usable_again_after_one_accept() {
    let late = with("A", |it| (it.status, it.usable) = (Status::Paused, period(at(1, 0, 0), at(20, 0, 0))));
    let held = with("A", |it| (it.status, it.used) = (Status::Paused, Some(700)));
    // What has no code cannot be made anew there.
    let table = [
        (&WOO, late, "renew + enable"),
        (&LAZADA, Coupon { code: None, ..held.clone() }, "enable + restock 700"),
        (&WOO, held, "restock 700 + enable"),
    ];
    for (abilities, coupon, expected) in table {
        let row = World::of(abilities).with_campaign(black_friday()).row(vec![coupon]);
        assert_eq!(advice_in_short(&row), expected, "{}", abilities.platform);
    }
}

#[test]
fn why_names_the_finding_of_each_further_part_of_a_suggestion() {
    let both = || with("A", |it| (it.usable, it.used) = (period(at(1, 0, 0), at(24, 0, 0)), Some(697)));
    let world = World::of(&WOO).with_campaign(spend_range(black_friday(), 40, 90));
    let row = world.row(vec![both()]);
    assert_eq!(advice_in_short(&row), "renew + restock 700 + adjust to 40");
    let first = &row.findings[0].why;
    assert_eq!(
        crate::english(first),
        "Ends Mon 23 Nov 23:59, in 1 day; Black Friday runs to Mon 30 Nov. Also: Low stock, Min spend low."
    );
    // In its cell the names alone, where there is no room for more.
    assert_eq!(said(Language::ENGLISH, first), "Expires soon, Low stock, Min spend low.");
    assert_eq!(said(crate::chinese(), first), "即将到期、库存偏低、门槛偏低。");
    let row = World::of(&WOO).row(vec![both()]);
    assert_eq!(why(&row.findings[0]), "Ends Mon 23 Nov 23:59, in 1 day; nothing takes over. Also: Low stock.");
    assert!(said(crate::chinese(), &row.findings[0].why).ends_with("。另有：库存偏低。"));
}

#[test]
fn of_two_coupons_that_wait_for_each_other_a_person_is_told() {
    let collected = |id: &str, starts, ends| with(id, |it| (it.code, it.usable) = (None, period(starts, ends)));
    let coming = Coupon { status: Status::Scheduled, ..collected("B", at(22, 14, 0), at(25, 15, 0)) };
    // Renewed, A would repeat B as that is; and B renewed, it would not.
    let rows = World::of(&WOO).judge(vec![collected("A", at(20, 22, 0), at(22, 23, 0)), coming]);
    assert_eq!(rows.iter().map(advice_in_short).collect::<Vec<_>>(), ["open page by hand"; 2]);
    assert_eq!(why(&rows[1].findings[0]), "Decide on this one and Coupon A together: each waits for the other.");
}

fn any_abilities() -> impl Strategy<Value = &'static Abilities> {
    let ability = prop_oneof![
        Just(Ability::Yes),
        Just(Ability::FollowOn),
        Just(Ability::ByHand),
        Just(Ability::Already),
        Just(Ability::Never),
        (0..Verb::ALL.len()).prop_map(|verb| Ability::Instead(Verb::ALL[verb])),
    ];
    proptest::collection::vec(ability, Verb::ALL.len() * Status::ALL.len()).prop_map(|abilities| {
        let pairs = Verb::ALL.iter().flat_map(|verb| Status::ALL.iter().map(move |status| (*verb, *status)));
        let rules: Vec<Rule> = pairs
            .zip(abilities)
            .map(|((verb, status), ability)| Rule {
                verb,
                statuses: std::slice::from_ref(Status::ALL.iter().find(|known| **known == status).unwrap()),
                ability,
                reason: "the dice say so",
                mark: Confidence::Inferred,
                source: "chance",
            })
            .collect();
        // A table lives as long as the program; a few hundred small ones may.
        let abilities: &'static Abilities =
            Box::leak(Box::new(Abilities { rules: Box::leak(rules.into_boxed_slice()), ..SHOPEE }));
        abilities
    })
}

fn verb_of(advice: &Advice) -> Option<Verb> {
    Some(match advice {
        Advice::Renew { .. } => Verb::Extend,
        Advice::Restock { .. } => Verb::Restock,
        Advice::Delete => Verb::Delete,
        Advice::End => Verb::End,
        Advice::Enable => Verb::Enable,
        Advice::Adjust { .. } => Verb::AdjustMinSpend,
        Advice::Recreate { .. } => Verb::Create,
        _ => return None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_suggestion_is_always_something_that_the_table_allows_or_by_hand(
        abilities in any_abilities(),
        one in super::any_coupon(),
        campaign in proptest::option::of(super::any_campaign()),
    ) {
        let mut world = World::of(abilities);
        world.campaigns.extend(campaign);
        let row = world.row(vec![one]);
        let Some(verb) = verb_of(&row.suggestion.advice) else { return Ok(()) };
        let ability = |verb| abilities.rule(verb, row.coupon.status).ability;
        let allowed = match row.suggestion.way {
            Route::Direct => ability(verb) == Ability::Yes,
            Route::FollowOn => ability(verb) == Ability::FollowOn && ability(Verb::Create) == Ability::Yes,
            Route::Instead => matches!(ability(verb), Ability::Instead(other) if ability(other) == Ability::Yes),
            Route::ByHand => true,
        };
        prop_assert!(allowed, "{:?} by {:?} on {:?}", row.suggestion.advice, row.suggestion.way, ability(verb));
        prop_assert_eq!(row.coupon.owner, Owner::Seller, "nobody may change the platform's own");
        if let Advice::Adjust { min_spend } = row.suggestion.advice
            && let Discount::Sum(sum) = row.coupon.discount
        {
            prop_assert!(min_spend > sum.amount || sum.amount.is_zero() && min_spend >= Decimal::ZERO);
        }
    }
}
