//! One coupon with everything that a rule may ask about it.

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use super::Bench;
use super::words::{about, short, unbroken};
use crate::domain::{
    Campaign, Coupon, Discount, Finding, FindingCode, Minimum, Money, Severity, SpendRange, Status, Timestamp,
    day_words, instant_words, last_moment, local_day,
};

pub(super) struct Case<'a> {
    pub coupon: &'a Coupon,
    pub campaign: Option<&'a Campaign>,
    /// The coupon that takes over when this one ends, if there is one that is live or will be.
    pub successor: Option<&'a Coupon>,
    /// The coupon that this one takes over from.
    pub predecessor: Option<&'a Coupon>,
    /// Another coupon of the same store and campaign that buyers can use now.
    pub covered_by: Option<&'a Coupon>,
    pub bench: &'a Bench<'a>,
}

impl Case<'_> {
    pub fn now(&self) -> Timestamp {
        self.bench.now
    }

    /// In the store's own zone.
    pub fn today(&self) -> NaiveDate {
        local_day(self.bench.now, self.bench.store.zone)
    }

    pub fn running_campaign(&self) -> Option<&Campaign> {
        self.campaign.filter(|campaign| campaign.runs_at(self.now(), self.bench.store.zone))
    }

    pub fn campaign_is_over(&self) -> bool {
        self.campaign.is_some_and(|campaign| campaign.is_over_at(self.now(), self.bench.store.zone))
    }

    /// Whether the coupon is, or can become, usable: what an ended one asks for no longer matters, and one that a manager
    /// paused on purpose waits for that manager.
    pub fn matters(&self) -> bool {
        match self.coupon.status {
            Status::Active | Status::Scheduled => true,
            Status::Paused => self.on_purpose().is_none(),
            _ => false,
        }
    }

    /// Its end, where that lies ahead, buyers can use it until then, and nothing takes over.
    pub fn ends_ahead(&self) -> Option<Timestamp> {
        let in_use = matches!(self.coupon.status, Status::Active | Status::Scheduled);
        self.coupon.usable.ends().filter(|ends| in_use && *ends > self.now() && self.successor.is_none())
    }

    pub fn end_has_passed(&self) -> bool {
        self.coupon.usable.ends().is_some_and(|ends| ends <= self.now())
    }

    pub fn goes_on_after(&self, campaign: &Campaign, ends: Timestamp) -> bool {
        // A coupon that ends at 23:59:00 of the last day covers its campaign for everyone but a clock.
        campaign.ends(self.bench.store.zone) - ends > Duration::minutes(2)
    }

    /// The min spend and the range it is judged by: the campaign's, else what is usual in the store. None where the minimum is
    /// not known, counts items, or is in another currency.
    pub fn judged_spend(&self) -> Option<(Decimal, SpendRange)> {
        let range = self.campaign.and_then(|campaign| campaign.spend).or_else(|| {
            self.bench.policy.usual_spend.iter().find(|range| range.currency == self.bench.store.currency).copied()
        })?;
        let elsewhere =
            matches!(self.coupon.minimum, Minimum::Spend(money) if money.currency != self.bench.store.currency);
        Some((self.coupon.minimum.spend().filter(|_| self.matters() && !elsewhere)?, range))
    }

    /// What one use takes off, where that is a fixed sum in the store's currency and not nothing (WooCommerce writes free
    /// shipping as a sum of zero).
    pub fn fixed_sum(&self) -> Option<Money> {
        match self.coupon.discount {
            Discount::Sum(sum) if !sum.is_zero() && sum.currency == self.bench.store.currency => Some(sum),
            _ => None,
        }
    }

    /// `by Mei on Sat 21 Nov`, where somebody ended or paused it through us.
    pub fn on_purpose(&self) -> Option<String> {
        let key = (self.coupon.store.clone(), self.coupon.id.clone());
        let deliberate = self.bench.memory.on_purpose.get(&key)?;
        let day = day_words(local_day(deliberate.at, self.bench.store.zone), self.today());
        Some(format!("by {} on {day}", short(&deliberate.by, 40)))
    }

    pub fn finding(&self, code: FindingCode, severity: Severity, why: String) -> Option<Finding> {
        Some(Finding { code, severity, why })
    }

    /// The sentence about `campaign` and its last day, the name shortened as far as it must be.
    pub fn about_campaign(&self, campaign: &Campaign, sentence: impl Fn(&str, &str) -> String) -> String {
        let last = day_words(campaign.last_day, self.today());
        about(&campaign.name, |name| sentence(name, &last))
    }

    pub fn last_day(&self, ends: Timestamp) -> String {
        day_words(last_moment(ends, self.bench.store.zone).date(), self.today())
    }

    pub fn instant(&self, at: Timestamp) -> String {
        instant_words(at, self.bench.store.zone, self.now())
    }

    pub fn money(&self, amount: Decimal) -> String {
        unbroken(Money::new(amount, self.bench.store.currency))
    }
}
