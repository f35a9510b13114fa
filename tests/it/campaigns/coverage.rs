//! The grid of stores and days.

use chrono::NaiveDate;
use couponbook::domain::*;
use couponbook::export::{CoverageInput, coverage, coverage_attention};
use couponbook::rules::{JudgeInput, Matcher, Policies, Policy, judge};
use couponbook::workbook::{Cover, Coverage, CoverageBlock, Gap};

use crate::platform;
use crate::rules::shop::{SHOPEE, ZONE, at, campaign, coupon, now, period, store, with};

fn day(day: i64) -> NaiveDate {
    local_day(at(day, 12, 0), ZONE)
}

/// `shop-1` with these coupons, judged at nine on the 22nd.
fn export(campaigns: &[Campaign], coupons: Vec<Coupon>, load: Load) -> Export {
    let store = store(platform::SHOPEE);
    let matcher = Matcher::new(campaigns.to_vec()).unwrap();
    let input = JudgeInput {
        store: &store,
        abilities: &SHOPEE,
        policy: &Policy::default(),
        campaigns: &matcher,
        memory: &Memory::default(),
        stock: &Default::default(),
        now: now(),
    };
    let rows = judge(&input, coupons, &mut Vec::new());
    let load =
        StoreLoad { store, load, findings: vec![], calls: 1, retries: 0, seconds: 1.0, token_ends: None, source: None };
    Export {
        id: ExportId::new("20261122-AM-7K3MPX"),
        follows: None,
        at: now(),
        finished: now(),
        day: day(22),
        slot: Slot::Am,
        zone: ZONE,
        stores: vec![load],
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
    }
}

fn whole() -> Load {
    Load::Loaded { count: 9, expected: None, unreadable: vec![] }
}

fn covered(campaigns: &[Campaign], coupons: Vec<Coupon>, load: Load) -> Coverage {
    let export = export(campaigns, coupons, load);
    let campaigns = Matcher::new(campaigns.to_vec()).unwrap();
    coverage(&CoverageInput {
        export: &export,
        campaigns: &campaigns,
        policies: &Policies::default(),
        memory: &Memory::default(),
        abilities: &|_| &SHOPEE,
    })
}

fn only(coverage: &Coverage) -> &CoverageBlock {
    assert_eq!(coverage.blocks.len(), 1);
    &coverage.blocks[0]
}

fn counts(coverage: &Coverage) -> String {
    match &only(coverage).stores[0].cover {
        Cover::NotKnown => "?".to_string(),
        Cover::Known { counts, .. } => {
            counts.iter().map(|count| count.map_or("-".to_string(), |count| count.to_string())).collect()
        }
    }
}

fn gaps(coverage: &Coverage) -> Vec<Gap> {
    match &only(coverage).stores[0].cover {
        Cover::NotKnown => vec![],
        Cover::Known { gaps, .. } => gaps.clone(),
    }
}

#[test]
fn a_day_is_covered_by_what_buyers_can_use_on_it() {
    let from_to = |id: &str, from: Timestamp, to: Timestamp, status: Status| {
        with(id, |it| (it.usable, it.status) = (period(from, to), status))
    };
    // Black Friday runs from the 20th through the 26th; today is the 22nd.
    let table: Vec<(&str, Vec<Coupon>, &str)> = vec![
        ("nothing", vec![], "0000000"),
        ("one for all of it", vec![coupon("1")], "1111111"),
        ("it ends at midnight", vec![from_to("1", at(1, 0, 0), at(24, 0, 0), Status::Active)], "1111000"),
        ("an hour of a day is enough", vec![from_to("1", at(1, 0, 0), at(24, 1, 0), Status::Active)], "1111100"),
        ("one that starts late", vec![from_to("1", at(25, 23, 0), at(40, 0, 0), Status::Scheduled)], "0000011"),
        ("two", vec![coupon("1"), from_to("2", at(21, 0, 0), at(23, 0, 0), Status::Active)], "1221111"),
        ("paused today", vec![with("1", |it| it.status = Status::Paused)], "1100000"),
        ("sold out today", vec![with("1", |it| it.used = Some(700))], "1100000"),
        ("held in review", vec![with("1", |it| it.status = Status::InReview)], "0000000"),
        ("ended this morning", vec![from_to("1", at(1, 0, 0), at(22, 8, 0), Status::Ended)], "1100000"),
        ("without an end", vec![with("1", |it| it.usable = Period::new(Some(at(24, 0, 0)), None).unwrap())], "0000111"),
    ];
    for (name, coupons, days) in table {
        let coverage = covered(&[campaign("Black Friday", 20, 26)], coupons, whole());
        assert_eq!(counts(&coverage), days, "{name}");
    }
}

#[test]
fn gaps_are_told_apart_at_today_since_nobody_can_mend_the_past() {
    let coverage = covered(&[campaign("Black Friday", 20, 26)], vec![], whole());
    let gap = |first, last, is_past| Gap { first_day: day(first), last_day: day(last), is_past };
    assert_eq!(gaps(&coverage), [gap(20, 21, true), gap(22, 26, false)]);
    assert_eq!(coverage_attention(&coverage), Some((1, Severity::Critical)));
    let late = with("1", |it| it.usable = period(at(22, 12, 0), at(40, 0, 0)));
    let coverage = covered(&[campaign("Black Friday", 20, 26)], vec![late], whole());
    assert_eq!(gaps(&coverage), [gap(20, 21, true)]);
    assert_eq!(coverage_attention(&coverage), None);
}

#[test]
fn a_store_that_did_not_load_whole_is_not_known_and_never_covered() {
    let failed = Load::Failed(LoadProblem {
        sentence: Message::as_written("no"),
        platform_words: None,
        request_id: None,
        is_sign_in: false,
    });
    let short = Load::Loaded { count: 1, expected: Some(2), unreadable: vec![] };
    for load in [failed, short] {
        let wanted = Campaign { wanted: vec!["VIP".into()], ..campaign("Black Friday", 20, 26) };
        let coverage = covered(&[wanted], vec![coupon("1")], load);
        assert_eq!(counts(&coverage), "?");
        assert_eq!(coverage.missing, [], "what is not in a list that is not whole may be in the store");
    }
}

#[test]
fn the_longest_campaign_stands_first_and_those_long_over_or_far_ahead_do_not_stand_there() {
    let campaigns = [
        campaign("short", 22, 23),
        campaign("long", 20, 40),
        campaign("over for a week", 10, 15),
        campaign("over for longer", 10, 14),
        campaign("ahead", 82, 83),
        campaign("far ahead", 83, 84),
    ];
    let coverage = covered(&campaigns, vec![], whole());
    let names: Vec<_> = coverage.blocks.iter().map(|block| block.campaign.as_str()).collect();
    assert_eq!(names, ["long", "over for a week", "short", "ahead"]);
    assert_eq!(coverage.later_campaigns, 1);
    let due: Vec<_> = coverage.blocks.iter().map(|block| block.is_due).collect();
    assert_eq!(due, [true, true, true, false], "nobody has to have anything there in two months' time");
}

#[test]
fn a_long_campaign_is_shown_by_weeks_of_their_worst_day_and_one_of_years_only_around_today() {
    let ends = with("1", |it| it.usable = period(at(1, 0, 0), at(29, 0, 0)));
    let coverage = covered(&[campaign("season", 15, 15 + 69)], vec![ends], whole());
    assert_eq!((only(&coverage).by_weeks, only(&coverage).is_cut), (true, false));
    assert_eq!(counts(&coverage), "1100000000", "ten weeks");
    let coverage = covered(&[campaign("for ever", -4000, 4000)], vec![coupon("1")], whole());
    let block = only(&coverage);
    assert!(block.is_cut && block.columns.len() == 60);
    assert!(block.columns[0].first_day < day(22) && block.columns[5].first_day > day(22));
}

#[test]
fn two_rows_of_a_campaign_in_one_store_ask_for_their_own_days_only() {
    let later = campaign("Black Friday", 25, 26);
    let coverage = covered(&[campaign("Black Friday", 20, 21), later], vec![coupon("1")], whole());
    assert_eq!(counts(&coverage), "11---11");
}
