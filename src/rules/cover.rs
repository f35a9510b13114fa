//! Who stands in for a coupon: the other coupons of its campaign that buyers can use now or later.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Duration;

use super::likeness::{Likeness, likeness};
use crate::domain::{Campaign, Coupon, CouponId, Fields, Status, Timestamp};

/// A coupon that ends at 23:59:00 of the last day covers its campaign for everyone but a clock.
pub(super) const SEAM: Duration = Duration::minutes(2);

/// The coupons of each campaign of one store that buyers can use, now or from their start on.
#[derive(Default)]
pub(super) struct Covers<'a> {
    by_campaign: BTreeMap<&'a str, Standings<'a>>,
}

/// Those of one campaign.
#[derive(Clone, Copy, Default)]
pub(super) struct Cover<'a>(Option<&'a Standings<'a>>);

/// Kept so that none of thousands has to look at all the others.
#[derive(Default)]
struct Standings<'a> {
    ids: HashSet<&'a CouponId>,
    all: Longest<'a>,
    /// Those that are to stay as they are, by what they give: what is asked for another min spend, or is superfluous, stands in for nobody.
    sound: HashMap<Gives<'a>, Longest<'a>>,
    /// The earliest first, each with the last end of those up to it.
    starts: Vec<(Start<'a>, Timestamp)>,
}

type Start<'a> = (Option<Timestamp>, &'a CouponId);

/// All that decides whether one gives as much as another: that it has a code, and the platform's own rules.
type Gives<'a> = (Likeness<'a>, bool, &'a Fields);

/// Of some coupons those that last longest, at each moment at which another one begins.
#[derive(Default)]
struct Longest<'a> {
    /// By when they begin; what has begun does so before all others.
    standings: Vec<(Timestamp, Standing<'a>)>,
    /// Of these and all before them the two that last longest: one of them may be the coupon that is asked about.
    longest: Vec<[Option<Standing<'a>>; 2]>,
}

/// One of them, with its place among all coupons. Of several the last of those that last longest comes first.
#[derive(Clone, Copy)]
struct Standing<'a> {
    coupon: &'a Coupon,
    place: usize,
}

impl<'a> Standing<'a> {
    fn order(&self) -> impl Ord + use<> {
        Reverse((lasts(self.coupon), self.place))
    }
}

impl<'a> Covers<'a> {
    pub fn of(
        coupons: &'a [Coupon],
        campaigns: &BTreeMap<&CouponId, &'a Campaign>,
        is_sound: impl Fn(&'a Coupon) -> bool,
    ) -> Self {
        let mut covers = Self::default();
        for (place, coupon) in coupons.iter().enumerate().filter(|(_, coupon)| coupon.is_to_be_had()) {
            if let Some(campaign) = campaigns.get(&coupon.id) {
                let standings = covers.by_campaign.entry(campaign.name.as_str()).or_default();
                let standing = Standing { coupon, place };
                standings.ids.insert(&coupon.id);
                standings.all.add(standing);
                standings.starts.push((start(coupon), lasts(coupon)));
                if is_sound(coupon) {
                    let gives = (likeness(coupon), coupon.code.is_some(), &coupon.other_rules);
                    standings.sound.entry(gives).or_default().add(standing);
                }
            }
        }
        for standings in covers.by_campaign.values_mut() {
            standings.all.settle();
            standings.sound.values_mut().for_each(Longest::settle);
            standings.starts.sort_by_key(|(start, _)| *start);
            let mut last = Timestamp::MIN_UTC;
            for (_, lasts) in &mut standings.starts {
                last = last.max(*lasts);
                *lasts = last;
            }
        }
        covers
    }

    pub fn in_campaign(&'a self, campaign: &str) -> Cover<'a> {
        Cover(self.by_campaign.get(campaign))
    }
}

impl<'a> Cover<'a> {
    /// Another that buyers can use at `at` and for a while after it; of several the one that lasts longest.
    pub fn other_at(&self, coupon: &Coupon, at: Timestamp) -> Option<&'a Coupon> {
        Some(self.0?.all.at(at, coupon)?.coupon)
    }

    /// The same, and it gives buyers as much.
    pub fn stand_in_at(&self, coupon: &Coupon, at: Timestamp) -> Option<&'a Coupon> {
        let alike = self.0?.sound.values().filter(|alike| alike.give_as_much_as(coupon));
        let first = alike.filter_map(|alike| alike.at(at, coupon)).min_by_key(Standing::order);
        first.map(|standing| standing.coupon)
    }

    /// Whether another that is there after `from` starts before `coupon` does: what is late is told of the first only.
    pub fn has_earlier_start(&self, coupon: &Coupon, from: Timestamp) -> bool {
        let starts = self.0.map_or(&[] as &[_], |standings| &standings.starts);
        let earlier = starts.partition_point(|(other, _)| *other < start(coupon));
        earlier.checked_sub(1).and_then(|last| starts.get(last)).is_some_and(|(_, lasts)| *lasts > from + SEAM)
    }

    pub fn contains(&self, coupon: &Coupon) -> bool {
        self.0.is_some_and(|standings| standings.ids.contains(&coupon.id))
    }
}

impl<'a> Longest<'a> {
    /// Nothing is asked before [`Longest::settle`].
    fn add(&mut self, standing: Standing<'a>) {
        self.standings.extend(begins(standing.coupon).map(|begins| (begins, standing)));
    }

    fn settle(&mut self) {
        self.standings.sort_by_key(|(begins, _)| *begins);
        let mut longest: [Option<Standing>; 2] = [None, None];
        for (_, standing) in &self.standings {
            let [first, second] = longest;
            let is_before = |other: Option<Standing>| other.is_none_or(|other| standing.order() < other.order());
            longest = match (is_before(first), is_before(second)) {
                (true, _) => [Some(*standing), first],
                (false, true) => [first, Some(*standing)],
                (false, false) => longest,
            };
            self.longest.push(longest);
        }
    }

    /// Another than `coupon` that buyers can use at `at` and for a while after it.
    fn at(&self, at: Timestamp, coupon: &Coupon) -> Option<Standing<'a>> {
        let at = at + SEAM;
        let begun = self.standings.partition_point(|(begins, _)| *begins <= at);
        let longest = self.longest.get(begun.checked_sub(1)?)?;
        let other = longest.iter().flatten().find(|standing| standing.coupon.id != coupon.id);
        other.filter(|standing| lasts(standing.coupon) > at).copied()
    }

    fn give_as_much_as(&self, coupon: &Coupon) -> bool {
        // Of rules that nobody read not even those of the same coupon tell what another one gives.
        let is_so = |one: &Coupon| one.has_read_rules() && one.gives_as_much_as(coupon);
        self.standings.first().is_some_and(|(_, standing)| is_so(standing.coupon))
    }
}

/// From when on buyers can use it; none where nobody knows.
fn begins(coupon: &Coupon) -> Option<Timestamp> {
    match coupon.status {
        Status::Scheduled => coupon.usable.starts(),
        Status::Active
        | Status::Paused
        | Status::InReview
        | Status::Rejected
        | Status::Ended
        | Status::Trashed
        | Status::Unknown => Some(Timestamp::MIN_UTC),
    }
}

fn start(coupon: &Coupon) -> Start<'_> {
    (coupon.usable.starts(), &coupon.id)
}

fn lasts(coupon: &Coupon) -> Timestamp {
    coupon.had_until().unwrap_or(Timestamp::MAX_UTC)
}
