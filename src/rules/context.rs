//! One coupon with everything that a rule may ask about it.

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use super::cover::{Cover, SEAM};
use super::duplicates::Live;
use super::input::JudgeInput;
use super::missing::Missing;
use super::pace::{self, Shortfall};
use crate::domain::{
    Argument, Campaign, Coupon, CouponId, Deliberate, Finding, FindingCode, Message, Minimum, Money, Severity,
    SpendRange, Status, StockPoint, StoreId, Timestamp, last_moment, local_day,
};

/// A start this near is on its way, not forgotten.
pub(super) const ABOUT_TO_START: Duration = Duration::hours(1);

#[derive(Clone, Copy)]
pub(super) struct CouponContext<'a> {
    pub coupon: &'a Coupon,
    pub campaign: Option<&'a Campaign>,
    /// Whether it, or one that follows it, is in its campaign only because of its dates and terms, which are the other one's.
    pub is_tied_by_terms: bool,
    /// The coupon that takes over when this one ends, if there is one that is live or will be.
    pub successor: Option<&'a Coupon>,
    /// The coupon that this one takes over from.
    pub predecessor: Option<&'a Coupon>,
    /// Whether something is suggested for another coupon of its campaign: what waits for a person's look here may be mended by that, and
    /// keeps nothing else from being done.
    pub looks_yield: bool,
    /// The other coupons of the same store and campaign that buyers can use.
    pub cover: Cover<'a>,
    /// All coupons of the store that buyers can use now.
    pub live: &'a Live<'a>,
    /// A coupon that does the same for as long.
    pub duplicate_of: Option<&'a Coupon>,
    /// What earlier exports saw of its stock, the oldest first.
    pub stock: &'a [StockPoint],
    /// What the plan names, the store does not have, and can be made from this coupon.
    pub missing: &'a [Missing<'a>],
    pub input: &'a JudgeInput<'a>,
}

impl CouponContext<'_> {
    pub fn now(&self) -> Timestamp {
        self.input.now
    }

    /// In the store's own zone.
    pub fn today(&self) -> NaiveDate {
        local_day(self.input.now, self.input.store.zone)
    }

    pub fn running_campaign(&self) -> Option<&Campaign> {
        self.campaign.filter(|campaign| campaign.runs_at(self.now(), self.input.store.zone))
    }

    pub fn campaign_is_over(&self) -> bool {
        self.campaign.is_some_and(|campaign| campaign.is_over_at(self.now(), self.input.store.zone))
    }

    /// Whether what it gives and asks for matters: nobody wants back what sold out in a campaign that is over.
    pub fn terms_matter(&self) -> bool {
        self.matters() && !(self.coupon.remaining() == Some(0) && self.campaign_is_over())
    }

    /// Whether the coupon is, or can become, usable: what an ended one asks for no longer matters, and one that a manager
    /// paused on purpose waits for that manager.
    pub fn matters(&self) -> bool {
        match self.coupon.status {
            Status::Active | Status::Scheduled => true,
            Status::Paused => self.on_purpose().is_none(),
            Status::InReview | Status::Rejected | Status::Ended | Status::Trashed | Status::Unknown => false,
        }
    }

    /// Its end, where that lies ahead, buyers can use it until then, and nothing takes over.
    pub fn ends_ahead(&self) -> Option<Timestamp> {
        let in_use = matches!(self.coupon.status, Status::Active | Status::Scheduled);
        let ends = self.coupon.usable.ends().filter(|ends| in_use && *ends > self.now() && self.successor.is_none());
        ends.filter(|_| !self.is_sold_out_for_good())
    }

    /// Another that gives buyers as much now: of its campaign while that runs, else one with the very same rules.
    pub fn stand_in(&self) -> Option<&Coupon> {
        match self.running_campaign() {
            Some(_) => self.cover.stand_in_at(self.coupon, self.now()).filter(|it| it.is_live()),
            None => self.live.stand_in(self.coupon),
        }
    }

    /// Whether buyers cannot get it and need not: another gives as much, or its campaign is over.
    fn is_sold_out_for_good(&self) -> bool {
        self.coupon.remaining() == Some(0) && (self.campaign_is_over() || self.stand_in().is_some())
    }

    /// Another of its campaign that buyers can use now, whatever it gives.
    pub fn other_live(&self) -> Option<&Coupon> {
        self.cover.other_at(self.coupon, self.now()).filter(|it| it.is_live())
    }

    /// Whether its campaign is not over, and what makes it superfluous is none of that campaign's.
    pub fn is_missed_by_its_campaign(&self) -> bool {
        let is_covered = self.duplicate_of.is_some_and(|other| self.cover.contains(other));
        self.campaign.is_some() && !self.campaign_is_over() && !is_covered
    }

    /// Another of its campaign that buyers can use when this one ends.
    pub fn other_at_end(&self, ends: Timestamp) -> Option<&Coupon> {
        self.cover.other_at(self.coupon, ends)
    }

    /// The same, and it gives as much.
    pub fn stand_in_at_end(&self, ends: Timestamp) -> Option<&Coupon> {
        self.cover.stand_in_at(self.coupon, ends)
    }

    /// Whether this is the coupon of that very name, ended.
    pub fn is_itself(&self, missing: &Missing) -> bool {
        self.coupon.is_called(missing.wanted, self.input.abilities.limits.code_prefix_letters)
    }

    /// For how long an ended coupon that no campaign misses is told of.
    pub fn expired_for(&self) -> Duration {
        Duration::try_days(self.input.policy.expired_days).unwrap_or(Duration::MAX)
    }

    pub fn is_named_by_plan(&self) -> bool {
        let letters = self.input.abilities.limits.code_prefix_letters;
        self.input.campaigns.names(self.input.store, self.coupon, letters)
    }

    pub fn end_has_passed(&self) -> bool {
        self.coupon.usable.ends().is_some_and(|ends| ends <= self.now())
    }

    /// Whether its campaign goes on after `ends`; one that has no end asks only that some coupon is live.
    pub fn goes_on_after(&self, campaign: &Campaign, ends: Timestamp) -> bool {
        let is_covered = || self.cover.other_at(self.coupon, ends).is_some();
        campaign.ends(self.input.store.zone) - ends > SEAM && !(campaign.is_open() && is_covered())
    }

    /// The campaign that runs without any coupon while this one, the first of those to come, still waits for its start.
    pub fn late_for(&self) -> Option<&Campaign> {
        let is_alone = || self.other_live().is_none() && !self.cover.has_earlier_start(self.coupon, self.now());
        self.running_campaign().filter(|_| !self.is_about_to_start() && is_alone())
    }

    /// Whether what takes over can be used now, or in a moment.
    pub fn successor_is_there(&self) -> bool {
        let starts_now = |it: &Coupon| it.usable.starts().is_some_and(|at| at - self.now() <= ABOUT_TO_START);
        self.successor.is_some_and(|it| it.is_live() || it.status == Status::Scheduled && starts_now(it))
    }

    /// What gives buyers the same now, or in a moment: another beside it, or what took over.
    pub fn gives_the_same_now(&self) -> Option<&Coupon> {
        self.stand_in().or(self.successor.filter(|_| self.successor_is_there()))
    }

    fn is_about_to_start(&self) -> bool {
        self.coupon.usable.starts().is_some_and(|at| at - self.now() <= ABOUT_TO_START)
    }

    /// Its start, where that lies after the first moment of a campaign to come that no other coupon begins with; what follows
    /// another coupon starts when it should.
    pub fn starts_after_its_campaign(&self) -> Option<(&Campaign, Timestamp)> {
        let waits = self.coupon.status == Status::Scheduled && self.predecessor.is_none();
        let begins = self.campaign?.starts(self.input.store.zone);
        let campaign = self.campaign.filter(|_| waits && begins > self.now())?;
        let starts = self.coupon.usable.starts()?;
        let is_covered =
            || self.cover.other_at(self.coupon, begins).is_some() || self.cover.has_earlier_start(self.coupon, begins);
        (starts - begins > SEAM && !is_covered()).then_some((campaign, starts))
    }

    /// Whether so many left of a total are few: by the share, or by the count once half of it went.
    pub fn is_low(&self, left: u64, total: u64) -> bool {
        let policy = self.input.policy;
        let share = Decimal::from(left) * Decimal::ONE_HUNDRED;
        let few = left.saturating_mul(2) < total && left <= policy.low_stock_count;
        few || policy.low_stock_percent.checked_mul(total.into()).is_some_and(|bound| share <= bound)
    }

    /// When it runs out at the pace of the last days, where that is before its end.
    pub fn shortfall(&self) -> Option<Shortfall> {
        pace::shortfall(self.coupon, self.stock, self.input.policy, self.now())
    }

    /// The min spend and the range it is judged by: the campaign's, else what is usual in the store. None where the minimum is
    /// not known, counts items, or is in another currency.
    pub fn judged_spend(&self) -> Option<(Decimal, SpendRange)> {
        self.spend_and_range().filter(|_| self.terms_matter())
    }

    /// The same, whether or not the coupon itself is in use: a copy of it will be.
    pub fn spend_and_range(&self) -> Option<(Decimal, SpendRange)> {
        let elsewhere =
            matches!(self.coupon.minimum, Minimum::Spend(money) if money.currency != self.input.store.currency);
        Some((self.coupon.minimum.spend().filter(|_| !elsewhere)?, self.spend_range()?))
    }

    fn spend_range(&self) -> Option<SpendRange> {
        self.campaign.and_then(|campaign| campaign.spend).or_else(|| {
            self.input.policy.usual_spend.iter().find(|range| range.currency == self.input.store.currency).copied()
        })
    }

    /// What one use takes off, where that is a fixed sum in the store's currency and not nothing (WooCommerce writes free
    /// shipping as a sum of zero).
    pub fn fixed_sum(&self) -> Option<Money> {
        let (sum, ..) = self.coupon.discount.parts();
        sum.filter(|sum| !sum.is_zero() && sum.currency == self.input.store.currency)
    }

    /// What memories of this coupon are found by.
    pub fn key(&self) -> (StoreId, CouponId) {
        (self.coupon.store.clone(), self.coupon.id.clone())
    }

    /// Who ended or paused it through us, and when.
    pub fn on_purpose(&self) -> Option<&Deliberate> {
        self.input.memory.on_purpose.get(&self.key())
    }

    pub fn finding(&self, code: FindingCode, severity: Severity, why: Message) -> Option<Finding> {
        Some(Finding { code, severity, why })
    }

    pub fn day(&self, day: NaiveDate) -> Argument {
        Argument::Day { day, near: self.today() }
    }

    pub fn day_of(&self, at: Timestamp) -> Argument {
        self.day(local_day(at, self.input.store.zone))
    }

    pub fn last_day(&self, ends: Timestamp) -> Argument {
        self.day(last_moment(ends, self.input.store.zone).date())
    }

    pub fn end(&self, at: Timestamp) -> Argument {
        Argument::End { at, zone: self.input.store.zone, near: self.now() }
    }

    pub fn instant(&self, at: Timestamp) -> Argument {
        Argument::Instant { at, zone: self.input.store.zone, near: self.now() }
    }

    pub fn money(&self, amount: Decimal) -> Money {
        Money::new(amount, self.input.store.currency)
    }
}

/// A campaign's name within a sentence.
pub(super) fn named(campaign: &Campaign) -> Argument {
    Argument::name(&campaign.name)
}
