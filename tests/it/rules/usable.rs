//! Whether buyers can use a coupon, why not, and what they have to meet: a case a row.

use couponbook::domain::*;
use couponbook::message;
use couponbook::rules::CanUse::{self, HoldersOnly, No, NotKnown, Yes};
use couponbook::rules::{Usable, usable};

use super::shop::{SHOPEE, at, coupon, in_status, now, period, sgd, store, with};
use crate::{english, platform};

fn told(coupon: &Coupon) -> Usable {
    usable(Some(coupon), &store(platform::SHOPEE), &SHOPEE, now())
}

fn reasons(usable: &Usable) -> String {
    usable.reasons.iter().map(english).collect::<Vec<_>>().join("; ")
}

/// A coupon that buyers collect: of 700, `claimed` are, and `used`.
fn collected(claimed: u64, used: Option<u64>) -> Coupon {
    with("1", |it| {
        (it.code, it.stock_is_claimed, it.claimed, it.used) = (None, true, Some(claimed), used);
    })
}

#[test]
fn each_reason_why_buyers_cannot_use_a_coupon_is_told() {
    use FindingCode::*;
    let paused = |raw: &str| with("1", |it| (it.status, it.raw_status) = (Status::Paused, raw.to_string()));
    let claims_over = with("1", |it| it.claimable = Some(period(at(1, 0, 0), at(22, 8, 0))));
    let claims_to_come = with("1", |it| it.claimable = Some(period(at(22, 10, 0), at(30, 0, 0))));
    let begun_by_its_dates =
        with("1", |it| (it.status, it.usable) = (Status::Scheduled, period(at(22, 8, 0), at(41, 0, 0))));
    let over_by_its_dates = with("1", |it| it.usable = period(at(1, 0, 0), at(22, 8, 0)));
    let to_come_by_its_dates = with("1", |it| it.usable = period(at(24, 10, 0), at(41, 0, 0)));
    let stopped_early = with("1", |it| it.status = Status::Ended);
    let untold = with("1", |it| it.untold = [Untold::Status].into());
    let odd = with("1", |it| (it.status, it.raw_status) = (Status::Unknown, "ODD".to_string()));
    let cases: Vec<(Coupon, CanUse, &str, Option<FindingCode>)> = vec![
        (coupon("1"), Yes, "", None),
        (in_status("1", Status::Scheduled), No, "not begun: can be used from Tue 24 Nov 10:00", Some(NotStarted)),
        (to_come_by_its_dates, No, "not begun: can be used from Tue 24 Nov 10:00", Some(NotStarted)),
        (begun_by_its_dates, NotKnown, "began Sun 22 Nov 08:00 by its dates; whether it runs is not known", None),
        (in_status("1", Status::Ended), No, "ended Fri 20 Nov 23:59", Some(Expired)),
        (stopped_early, No, "ended", Some(Expired)),
        (over_by_its_dates, No, "ended Sun 22 Nov 07:59", Some(Expired)),
        (with("1", |it| it.used = Some(700)), No, "sold out: all 700 are used", Some(OutOfStock)),
        (collected(700, Some(300)), HoldersOnly, "all 700 are claimed; who holds one can use it", Some(OutOfStock)),
        (collected(700, Some(700)), No, "all 700 are claimed and used", Some(OutOfStock)),
        (collected(600, Some(300)), Yes, "", None),
        (
            claims_over,
            HoldersOnly,
            "no longer given out; who holds one can use it until Thu 10 Dec 23:59",
            Some(ClaimOver),
        ),
        (claims_to_come, No, "cannot be claimed before Sun 22 Nov 10:00", Some(NotStarted)),
        (paused(""), No, "paused by the shop", Some(Paused)),
        (paused("SUSPEND"), No, "paused by the shop (SUSPEND)", Some(Paused)),
        (in_status("1", Status::InReview), No, "held in Shopee's review", Some(Rejected)),
        (in_status("1", Status::Rejected), No, "refused in Shopee's review", Some(Rejected)),
        (in_status("1", Status::Trashed), No, "in the shop's bin", Some(Expired)),
        (odd, NotKnown, "the status “ODD” is not known here: nobody can say whether buyers can use it", None),
        (untold, NotKnown, "its source tells no status: whether buyers can use it is not known", None),
    ];
    for (coupon, can_use, words, code) in cases {
        let told = told(&coupon);
        assert_eq!((told.can_use, reasons(&told).as_str()), (can_use, words), "{coupon:?}");
        let answered = told.answer.and_then(|(_, code)| code);
        assert_eq!(answered, code, "{words}");
        assert_eq!(told.answer.is_none(), can_use == NotKnown, "{words}: what is not known is answered by nothing");
    }
    let gone = usable(None, &store(platform::SHOPEE), &SHOPEE, now());
    assert_eq!((gone.can_use, reasons(&gone).as_str()), (No, "not there any more: its store shows no such coupon"));
    assert_eq!(gone.answer, Some((Situation::Expired, Some(Expired))));
}

#[test]
fn several_reasons_are_told_at_once_the_weightiest_first() {
    let both = with("1", |it| (it.status, it.used) = (Status::Paused, Some(700)));
    assert_eq!(reasons(&told(&both)), "paused by the shop; sold out: all 700 are used");
    let over = with("1", |it| (it.status, it.used) = (Status::Ended, Some(700)));
    assert_eq!(reasons(&told(&over)), "ended", "what is over needs no stock");
}

#[test]
fn what_ends_today_is_answered_with_its_last_day_and_what_runs_on_with_its_terms() {
    let today = with("1", |it| it.usable = period(at(1, 0, 0), at(23, 0, 0)));
    assert_eq!(told(&today).answer, Some((Situation::Expired, Some(FindingCode::ExpiresToday))));
    assert_eq!(told(&coupon("1")).answer, Some((Situation::Works, None)));
}

#[test]
fn what_a_buyer_has_to_meet_is_told_and_what_is_not_known_is_said_so() {
    let terms = |coupon: &Coupon| told(coupon).terms.iter().map(english).collect::<Vec<_>>().join("; ");
    assert_eq!(terms(&coupon("1")), "on orders from SGD 30.00; once a buyer");
    let items = with("1", |it| (it.minimum, it.per_buyer) = (Minimum::Quantity(2), Some(3)));
    assert_eq!(terms(&items), "for 2 items or more; 3 times a buyer");
    let open = with("1", |it| (it.minimum, it.per_buyer) = (Minimum::NotKnown, None));
    assert_eq!(terms(&open), "the least order is not known");
    let free = with("1", |it| (it.minimum, it.per_buyer) = (Minimum::Spend(sgd(0)), None));
    assert_eq!(terms(&free), "");
    assert_eq!(terms(&collected(1, None)), "on orders from SGD 30.00; once a buyer; to be collected before it is used");
    let unread = with("1", |it| {
        it.per_buyer = None;
        it.other_rules.insert("the rest".to_string(), unread_rule());
    });
    assert_eq!(
        terms(&unread),
        "on orders from SGD 30.00; some of its rules were not read: it may be for fewer buyers or items"
    );
    let untold = with("1", |it| {
        (it.per_buyer, it.used) = (None, None);
        it.untold.insert(Untold::Used);
    });
    assert_eq!(terms(&untold), "on orders from SGD 30.00; how many are left is not known");
    let narrow = Abilities { terms: |_| vec![message!("terms-new-buyers")], ..SHOPEE };
    let told = usable(Some(&coupon("1")), &store(platform::SHOPEE), &narrow, now());
    assert_eq!(told.can_use, Yes, "a buyer who meets them can use it");
    assert_eq!(english(&told.terms[1]), "new buyers only");
}
