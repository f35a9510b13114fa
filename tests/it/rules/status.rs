//! Where coupons stand that the program does not know, or that are given out no more.

use couponbook::domain::*;

use super::black_friday;
use super::shop::*;

#[test]
fn a_status_that_is_not_known_is_never_ok_on_any_platform() {
    for table in TABLES {
        for word in ["wc-partner-hold", ""] {
            let coupon = with("A", |it| (it.status, it.raw_status) = (Status::Unknown, word.to_string()));
            let row = World::of(table).row(vec![coupon]);
            let told = row.findings.iter().find(|finding| finding.code == FindingCode::StatusUnknown).unwrap();
            assert_eq!(told.severity, Severity::Warning, "{}", table.name);
            assert!(why(told).contains(word) && why(told).contains("known"), "{}", why(told));
            assert_eq!(row.suggestion.advice, Advice::OpenPage, "{}", table.name);
        }
    }
}

#[test]
fn what_awaits_review_is_looked_at_and_never_enabled() {
    for world in [World::of(&WOO), World::of(&WOO).with_campaign(black_friday())] {
        let row = world.row(vec![in_status("A", Status::InReview)]);
        assert_eq!(row.findings.first().map(|finding| finding.code), Some(FindingCode::Rejected));
        assert_eq!(row.suggestion.advice, Advice::OpenPage);
    }
}

/// Claimable until yesterday's midnight; 40 of what was claimed is not used yet.
fn given_out(id: &str) -> Coupon {
    with(id, |it| {
        it.status = Status::Ended;
        it.claimable = Some(period(at(1, 0, 0), at(22, 0, 0)));
        (it.stock_is_claimed, it.claimed, it.used) = (true, Some(340), Some(300));
    })
}

#[test]
fn what_is_given_out_no_more_and_works_on_is_never_expired() {
    let quiet = "No longer given out; what buyers hold works until Thu 10 Dec 23:59.";
    let needed = "No longer given out; Black Friday has no other. Held ones work until Thu 10 Dec 23:59.";
    let campaign = || World::of(&TIKTOK).with_campaign(black_friday());
    for (world, coupons, severity, words) in [
        (World::of(&TIKTOK), vec![given_out("A")], Severity::Notice, vec![quiet]),
        (campaign(), vec![given_out("A")], Severity::Warning, vec![needed, quiet]),
        (campaign(), vec![given_out("A"), with("B", |it| it.total = Some(900))], Severity::Notice, vec![quiet]),
    ] {
        let row = world.row(coupons);
        let [told] = row.findings.as_slice() else { panic!("{:?}", row.findings) };
        assert_eq!((told.code, told.severity), (FindingCode::ClaimOver, severity));
        assert!(words.contains(&why(told).as_str()), "{}", why(told));
        assert_eq!(row.money_at_risk, Exposure::Known(sgd(480)), "40 that buyers hold, SGD 12 each");
    }
}

#[test]
fn what_ends_to_be_claimed_stands_in_for_nobody_after_that() {
    let world = World::of(&TIKTOK).with_campaign(black_friday());
    let claimed = |ends| with("B", |it| it.claimable = Some(period(at(1, 0, 0), ends)));
    let found = |other: Coupon| in_short(&world.row(vec![ending("A", at(24, 0, 0)), other]));
    assert_ne!(found(claimed(at(24, 0, 0))), found(claimed(at(41, 0, 0))));
}
