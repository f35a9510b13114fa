//! What the plan names and a store does not have.

use couponbook::domain::*;
use couponbook::rules::{JudgeInput, Matcher, by_hand, missing_coupons};
use rust_decimal::Decimal;

use super::shop::{LAZADA, SHOPEE, TIKTOK, WOO, World, advice_in_short, at, campaign, in_status, period, why, with};

/// 12.12 from the 32nd of November (the 2nd of December) through the 42nd wants `wanted`, made from what fits `SHOP*`.
fn planned(wanted: &[&str]) -> Campaign {
    Campaign {
        coupons: vec!["dd*".into()],
        wanted: wanted.iter().map(|name| name.to_string()).collect(),
        model: Some("shop*".into()),
        ..campaign("12.12", 32, 42)
    }
}

fn world(campaign: Campaign) -> World {
    World::of(&SHOPEE).with_campaign(campaign)
}

fn missing(world: &World, coupons: &[Coupon]) -> Vec<String> {
    let matcher = Matcher::new(world.campaigns.clone()).unwrap();
    missing_coupons(&input(world, &matcher), coupons).into_iter().map(|missing| missing.wanted).collect()
}

fn input<'a>(world: &'a World, matcher: &'a Matcher) -> JudgeInput<'a> {
    JudgeInput {
        store: &world.store,
        abilities: world.abilities,
        policy: &world.policy,
        campaigns: matcher,
        memory: &world.memory,
        stock: &world.stock,
        now: world.now,
    }
}

fn called(code: &str, status: Status) -> Coupon {
    let mut coupon = in_status(code, status);
    coupon.code = Some(code.to_string());
    coupon
}

#[test]
fn a_planned_coupon_is_missing_unless_the_store_has_it_or_its_successor() {
    let table: Vec<(&str, Vec<Coupon>, bool)> = vec![
        ("nothing there", vec![], true),
        ("live", vec![called("SHOPDD25", Status::Active)], false),
        ("with the platform's letters left away, in another case", vec![called("shopdd25", Status::Scheduled)], false),
        ("by its name", vec![with("1", |it| it.name = "dd25 ".into())], false),
        ("another one", vec![called("SHOPDD250", Status::Active)], true),
        ("held: a finding of its own", vec![called("SHOPDD25", Status::Paused)], false),
        ("over", vec![called("SHOPDD25", Status::Ended)], true),
    ];
    for (name, coupons, is_missing) in table {
        assert_eq!(!missing(&world(planned(&["DD25"])), &coupons).is_empty(), is_missing, "{name}");
    }
    let ended = called("SHOPDD25", Status::Ended);
    let successor = with("9", |it| it.usable = period(at(22, 0, 0), at(41, 0, 0)));
    let made = world(planned(&["DD25"])).made("9", "SHOPDD25");
    assert!(missing(&made, &[ended.clone(), successor]).is_empty(), "its successor is there");
    let stopped = world(planned(&["DD25"])).stopped_on_purpose("SHOPDD25", Operation::End, None);
    assert!(missing(&stopped, &[ended]).is_empty(), "somebody ended it on purpose");
}

#[test]
fn a_planned_coupon_is_missed_a_fortnight_before_its_campaign_and_no_longer_once_that_is_over() {
    for (first, last, is_missed) in [(36, 42, true), (37, 42, false), (20, 22, true), (20, 21, false)] {
        let campaign = Campaign { wanted: vec!["DD25".into()], ..campaign("12.12", first, last) };
        assert_eq!(!missing(&world(campaign), &[]).is_empty(), is_missed, "{first} to {last}");
    }
    let mut woo = World::of(&WOO).with_campaign(planned(&["DD25"]));
    assert!(missing(&woo, &[]).is_empty(), "there a coupon cannot wait: it would be usable at once");
    woo.now = at(32, 0, 0);
    assert!(!missing(&woo, &[]).is_empty());
}

#[test]
fn the_models_row_says_what_is_missing_and_suggests_to_make_it() {
    let plan = Campaign {
        stock: Some(800),
        spend: Some(SpendRange {
            currency: Currency::parse("SGD").unwrap(),
            least: Some(Decimal::from(50)),
            most: None,
        }),
        ..planned(&["DD25", "DD40"])
    };
    let rows = world(plan).judge(vec![called("SHOPOLD", Status::Ended), called("SHOPNEW", Status::Active)]);
    assert!(
        rows[0].findings.iter().all(|finding| finding.code != FindingCode::CampaignMissing),
        "the live one is better"
    );
    let found = &rows[1].findings[0];
    assert_eq!((found.code, found.severity), (FindingCode::CampaignMissing, Severity::Warning));
    assert_eq!(why(found), "12.12 needs DD25 from Wed 2 Dec, and 1 more: not there.");
    let wanted = Advice::RecreateAs {
        wanted: "DD25".into(),
        start: Some(at(32, 0, 0)),
        until: Some(at(43, 0, 0)),
        min_spend: Some(Decimal::from(50)),
        total: Some(800),
    };
    assert_eq!((&rows[1].suggestion.advice, rows[1].suggestion.way), (&wanted, Route::Direct));
}

#[test]
fn what_the_platform_cannot_make_is_suggested_by_hand_and_what_has_no_model_is_told_on_the_store() {
    let row = World::of(&TIKTOK).with_campaign(planned(&["DD25"])).row(vec![called("SHOPNEW", Status::Active)]);
    assert!(matches!(row.suggestion.advice, Advice::RecreateAs { .. }));
    assert_eq!(row.suggestion.way, Route::ByHand);
    let collected = with("1", |it| (it.code, it.name) = (None, "Shop voucher".into()));
    let row = World::of(&LAZADA).with_campaign(planned(&["Double voucher"])).row(vec![collected]);
    assert!(matches!(&row.suggestion.advice, Advice::RecreateAs { wanted, .. } if wanted == "Double voucher"));

    let world = world(Campaign { model: Some("NOBODY*".into()), ..planned(&["DD25", "DD40"]) });
    let matcher = Matcher::new(world.campaigns.clone()).unwrap();
    let coupons = [called("SHOPNEW", Status::Active)];
    let findings = by_hand(&input(&world, &matcher), &coupons);
    assert_eq!(findings.len(), 1, "one a campaign");
    assert_eq!(why(&findings[0]), "12.12 needs DD25 from Wed 2 Dec, and 1 more: by hand.");
    let of_row = world.row(coupons.to_vec()).findings;
    assert!(of_row.iter().all(|finding| finding.code != FindingCode::CampaignMissing), "{of_row:?}");
}

#[test]
fn the_ended_coupon_of_that_very_name_is_renewed_while_its_campaign_runs() {
    let running = Campaign { coupons: vec!["dd*".into()], wanted: vec!["DD25".into()], ..campaign("12.12", 20, 30) };
    let beside = with("DD40", |it| it.name = "dd40".into());
    let world = world(running);
    let row = world.row(vec![
        with("DD25", |it| {
            it.status = Status::Ended;
            it.usable = period(at(1, 0, 0), at(21, 0, 0));
            it.name = "dd25".into();
        }),
        beside,
    ]);
    let codes: Vec<_> = row.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [FindingCode::CampaignMissing], "another one covers the campaign");
    assert_eq!(row.suggestion.advice, Advice::Renew { until: at(31, 0, 0) });
}

#[test]
fn a_planned_coupon_is_known_as_such_whatever_is_like_it() {
    let world = world(planned(&["DD25"]));
    let matcher = Matcher::new(world.campaigns.clone()).unwrap();
    assert!(matcher.names(&world.store, &called("SHOPDD25", Status::Active), 4));
    assert!(!matcher.names(&world.store, &called("SHOPNEW", Status::Active), 4));
}

#[test]
fn a_second_planned_coupon_of_one_model_would_repeat_the_first_but_for_codes_of_persons() {
    let first = || Coupon { usable: period(at(32, 0, 0), at(43, 0, 0)), ..called("SHOPDD25", Status::Scheduled) };
    let with_first = || vec![called("SHOPNEW", Status::Active), first()];
    for (personal, expected) in [(false, "open page by hand"), (true, "recreate")] {
        let world = world(Campaign { personal, ..planned(&["DD25", "DD40"]) });
        let rows = world.judge(with_first());
        let row =
            rows.iter().find(|row| row.findings.iter().any(|it| it.code == FindingCode::CampaignMissing)).unwrap();
        assert_eq!(advice_in_short(row), expected);
    }
}

#[test]
fn the_coupon_of_the_plan_is_made_beside_what_its_model_needs() {
    let low = with("SHOPNEW", |it| (it.code, it.used) = (Some("SHOPNEW".into()), Some(697)));
    let row = world(planned(&["DD25"])).row(vec![low]);
    let advices: Vec<&Advice> = row.suggestion.advices().collect();
    assert!(matches!(advices[..], [Advice::RecreateAs { .. }, Advice::Restock { .. }]), "{advices:?}");
    assert_eq!(why(&row.findings[0]), "12.12 needs DD25 from Wed 2 Dec: not in the store. Also: Low stock.");
}

#[test]
fn all_codes_of_persons_that_the_plan_names_are_made_by_one_accept() {
    for (personal, expected) in [(true, vec!["ANNA10", "BEN10", "CARA10"]), (false, vec!["ANNA10"])] {
        let world = world(Campaign { personal, ..planned(&["ANNA10", "BEN10", "CARA10"]) });
        let row = world.row(vec![with("SHOPNEW", |it| {
            (it.code, it.total, it.used) = (Some("SHOPNEW".into()), Some(100), Some(0))
        })]);
        let made = row.suggestion.advices().filter_map(|advice| match advice {
            Advice::RecreateAs { wanted, .. } => Some(wanted.as_str()),
            _ => None,
        });
        assert_eq!(made.collect::<Vec<_>>(), expected, "personal: {personal}");
        let exposure = Exposure::Known(super::sgd(1_200 * expected.len() as i64));
        assert_eq!(row.suggested_exposure(), Some(exposure), "what all of them can cost");
    }
}
