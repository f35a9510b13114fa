//! One coupon with everything that a rule may ask about it.

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use super::duplicates::Live;
use super::input::JudgeInput;
use super::missing::Missing;
use super::pace::{self, Shortfall};
use crate::domain::{
    Ability, Argument, Campaign, Coupon, CouponId, Deliberate, Finding, FindingCode, Message, Minimum, Money, Severity,
    SpendRange, Status, StockPoint, StoreId, Timestamp, Verb, last_moment, local_day,
};

/// A start this near is on its way, not forgotten.
const ABOUT_TO_START: Duration = Duration::hours(1);
/// A coupon that ends at 23:59:00 of the last day covers its campaign for everyone but a clock.
const SEAM: Duration = Duration::minutes(2);

pub(super) struct CouponContext<'a> {
    pub coupon: &'a Coupon,
    pub campaign: Option<&'a Campaign>,
    /// The coupon that takes over when this one ends, if there is one that is live or will be.
    pub successor: Option<&'a Coupon>,
    /// The coupon that this one takes over from.
    pub predecessor: Option<&'a Coupon>,
    /// Another coupon of the same store and campaign that buyers can use now.
    pub covered_by: Option<&'a Coupon>,
    /// All coupons of the store that buyers can use now.
    pub live: &'a Live<'a>,
    /// An earlier coupon that does the same at the same time.
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
        self.coupon.usable.ends().filter(|ends| in_use && *ends > self.now() && self.successor.is_none())
    }

    /// Where nothing can enable this one again: another with the same rules that buyers can use now.
    pub fn stand_in(&self) -> Option<&Coupon> {
        let rule = self.input.abilities.rule(Verb::Enable, self.coupon.status);
        let is_out = !matches!(rule.ability, Ability::Yes | Ability::ByHand);
        is_out.then(|| self.live.like(self.coupon, self.coupon.minimum)).flatten()
    }

    /// Whether this is the coupon of that very name, ended.
    pub fn is_itself(&self, missing: &Missing) -> bool {
        self.coupon.is_called(missing.wanted, self.input.abilities.limits.code_prefix_letters)
    }

    pub fn end_has_passed(&self) -> bool {
        self.coupon.usable.ends().is_some_and(|ends| ends <= self.now())
    }

    pub fn goes_on_after(&self, campaign: &Campaign, ends: Timestamp) -> bool {
        campaign.ends(self.input.store.zone) - ends > SEAM
    }

    /// The campaign that runs while this coupon still waits for its start, unless that is on its way.
    pub fn late_for(&self) -> Option<&Campaign> {
        self.running_campaign().filter(|_| !self.is_about_to_start())
    }

    fn is_about_to_start(&self) -> bool {
        self.coupon.usable.starts().is_some_and(|at| at - self.now() <= ABOUT_TO_START)
    }

    /// Its start, where that lies after the first moment of its campaign; what follows another coupon starts when it should.
    pub fn starts_after_its_campaign(&self) -> Option<(&Campaign, Timestamp)> {
        let waits = self.coupon.status == Status::Scheduled && self.predecessor.is_none() && !self.is_about_to_start();
        let campaign = self.campaign.filter(|_| waits && !self.campaign_is_over())?;
        let starts = self.coupon.usable.starts()?;
        (starts - campaign.starts(self.input.store.zone) > SEAM).then_some((campaign, starts))
    }

    /// When it runs out at the pace of the last days, where that is before its end.
    pub fn shortfall(&self) -> Option<Shortfall> {
        pace::shortfall(self.coupon, self.stock, self.input.policy, self.now())
    }

    /// The min spend and the range it is judged by: the campaign's, else what is usual in the store. None where the minimum is
    /// not known, counts items, or is in another currency.
    pub fn judged_spend(&self) -> Option<(Decimal, SpendRange)> {
        let elsewhere =
            matches!(self.coupon.minimum, Minimum::Spend(money) if money.currency != self.input.store.currency);
        Some((self.coupon.minimum.spend().filter(|_| self.matters() && !elsewhere)?, self.spend_range()?))
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
