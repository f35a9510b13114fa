//! Who stands in for a coupon: the other coupons of its campaign that buyers can use now or later.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::domain::{Campaign, Coupon, CouponId, Status, Timestamp};

/// A coupon that ends at 23:59:00 of the last day covers its campaign for everyone but a clock.
pub(super) const SEAM: Duration = Duration::minutes(2);

/// The coupons of each campaign of one store that buyers can use, now or from their start on.
#[derive(Default)]
pub(super) struct Covers<'a> {
    by_campaign: BTreeMap<&'a str, Vec<Standing<'a>>>,
}

/// Those of one campaign.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cover<'a>(&'a [Standing<'a>]);

/// One of them, and whether it is to stay as it is: what is asked for another min spend, or is superfluous, stands in for nobody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    pub coupon: &'a Coupon,
    pub is_sound: bool,
}

impl<'a> Covers<'a> {
    pub fn of(
        coupons: &'a [Coupon],
        campaigns: &BTreeMap<&CouponId, &'a Campaign>,
        is_sound: impl Fn(&'a Coupon) -> bool,
    ) -> Self {
        let mut covers = Self::default();
        for coupon in coupons.iter().filter(|coupon| coupon.is_to_be_had()) {
            if let Some(campaign) = campaigns.get(&coupon.id) {
                covers
                    .by_campaign
                    .entry(campaign.name.as_str())
                    .or_default()
                    .push(Standing { coupon, is_sound: is_sound(coupon) });
            }
        }
        covers
    }

    pub fn in_campaign(&'a self, campaign: &str) -> Cover<'a> {
        Cover(self.by_campaign.get(campaign).map_or(&[], Vec::as_slice))
    }
}

impl<'a> Cover<'a> {
    /// Another that buyers can use at `at` and for a while after it; of several the one that lasts longest.
    pub fn other_at(&self, coupon: &Coupon, at: Timestamp) -> Option<&'a Coupon> {
        self.others(coupon).filter(|other| is_usable_at(other, at)).max_by_key(|other| lasts(other))
    }

    /// The same, and it gives buyers as much.
    pub fn stand_in_at(&self, coupon: &Coupon, at: Timestamp) -> Option<&'a Coupon> {
        let sound = self.0.iter().filter(|other| other.is_sound && other.coupon.id != coupon.id).map(|it| it.coupon);
        sound.filter(|it| is_usable_at(it, at) && it.gives_as_much_as(coupon)).max_by_key(|other| lasts(other))
    }

    /// Whether another that is there after `from` starts before `coupon` does: what is late is told of the first only.
    pub fn has_earlier_start(&self, coupon: &Coupon, from: Timestamp) -> bool {
        let start = |it: &Coupon| (it.usable.starts(), it.id.clone());
        self.others(coupon).any(|other| start(other) < start(coupon) && lasts(other) > from + SEAM)
    }

    pub fn contains(&self, coupon: &Coupon) -> bool {
        self.0.iter().any(|one| one.coupon.id == coupon.id)
    }

    fn others(&self, coupon: &Coupon) -> impl Iterator<Item = &'a Coupon> {
        self.0.iter().map(|one| one.coupon).filter(move |other| other.id != coupon.id)
    }
}

fn is_usable_at(coupon: &Coupon, at: Timestamp) -> bool {
    let has_begun = match coupon.status {
        Status::Scheduled => coupon.usable.starts().is_some_and(|starts| starts <= at + SEAM),
        Status::Active
        | Status::Paused
        | Status::InReview
        | Status::Rejected
        | Status::Ended
        | Status::Trashed
        | Status::Unknown => true,
    };
    has_begun && coupon.had_until().is_none_or(|ends| ends > at + SEAM)
}

fn lasts(coupon: &Coupon) -> Timestamp {
    coupon.had_until().unwrap_or(Timestamp::MAX_UTC)
}
