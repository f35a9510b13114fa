//! How much is suggested: a min spend, a stock.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::context::CouponContext;
use crate::domain::{Campaign, Coupon, Minimum, Money, SpendRange};

/// No platform keeps a larger total.
const TOTAL_MAX: u64 = i32::MAX as u64;

impl CouponContext<'_> {
    /// The edge of the campaign's range, where the model's min spend lies outside it.
    pub(super) fn planned_spend(&self, campaign: &Campaign) -> Option<Decimal> {
        let (range, spend) = (campaign.spend?, self.coupon.minimum.spend()?);
        let too_low = range.least.filter(|least| spend < *least);
        let edge = too_low.or_else(|| range.most.filter(|most| spend > *most))?;
        self.safe_spend(edge, Some(range))
    }

    /// The least that the range asks for, where that is more than any order reaches.
    pub(super) fn bounding_spend(&self) -> Option<Decimal> {
        let (_, range) = self.judged_spend()?;
        range.least.filter(|least| *least > self.input.store.currency.small_sum())
    }

    /// The edge of the range that the min spend lies outside of.
    pub(super) fn spend_in_range(&self) -> Option<Decimal> {
        self.edge(self.judged_spend()?)
    }

    /// The same of a coupon that is made from this one, which need not be in use any more.
    pub(super) fn spend_of_copy(&self) -> Option<Decimal> {
        self.edge(self.spend_and_range()?)
    }

    fn edge(&self, (spend, range): (Decimal, SpendRange)) -> Option<Decimal> {
        let too_low = range.least.filter(|least| spend < *least);
        self.safe_spend(too_low.or(range.most.filter(|most| spend > *most))?, Some(range))
    }

    /// The copy with the min spend that was suggested, made by us or by a person: only the old one is left to stop then.
    pub(super) fn copy_in_range(&self) -> Option<&Coupon> {
        let min_spend = self.spend_in_range().or(self.bounding_spend())?;
        let minimum = Minimum::Spend(Money::new(min_spend, self.input.store.currency));
        let is_other = |successor: &&Coupon| successor.minimum != self.coupon.minimum;
        self.successor.filter(is_other).or(self.live.like(self.coupon, minimum))
    }

    /// What a blank Add stock means: up to what the campaign wants obtainable or lasts until its end, else the total once more.
    pub(super) fn restock_by(&self) -> Option<u64> {
        let total = self.coupon.total?;
        let left = self.coupon.remaining().unwrap_or(0);
        // Uses beyond the total are made up for first.
        let owed = self.coupon.used.unwrap_or(0).saturating_sub(total);
        let wanted = self.campaign.and_then(|campaign| campaign.stock);
        let to_campaign = wanted.map(|stock| stock.saturating_sub(left));
        let missing = to_campaign.max(self.shortfall().map(|shortfall| shortfall.missing));
        let once_more = || {
            let share = Decimal::from(self.input.policy.restock_percent) / Decimal::ONE_HUNDRED;
            Decimal::from(total).checked_mul(share).and_then(|add| add.ceil().to_u64()).unwrap_or(0)
        };
        let not_low = self.no_longer_low(left, total.saturating_add(owed));
        let add = missing.filter(|add| *add > 0).unwrap_or_else(once_more).max(not_low).max(1);
        let add = add.saturating_add(owed);
        Some(add.min(TOTAL_MAX.saturating_sub(total))).filter(|add| *add > 0)
    }

    /// The least that is to be added so that the stock is not low afterwards.
    fn no_longer_low(&self, left: u64, total: u64) -> u64 {
        let is_enough = |add: &u64| !self.is_low(left.saturating_add(*add), total.saturating_add(*add));
        if is_enough(&0) {
            return 0;
        }
        // Of a total that only grows by what is added, the answer lies below the first power of two that is enough.
        let Some(enough) = (0..63).map(|power| 1_u64 << power).find(|add| is_enough(add)) else { return 0 };
        let (mut low, mut high) = (enough / 2, enough);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if is_enough(&middle) { high = middle } else { low = middle }
        }
        high
    }

    /// The cap of a share, in the store's currency.
    pub(super) fn cap(&self) -> Option<Money> {
        let (_, _, cap) = self.coupon.discount.parts();
        cap.filter(|cap| !cap.is_zero() && cap.currency == self.input.store.currency)
    }

    /// `wanted`, or where it is less than `min_spend_factor` times a fixed discount, that; none where `range` allows no such.
    pub(super) fn safe_spend(&self, wanted: Decimal, range: Option<SpendRange>) -> Option<Decimal> {
        let Some(sum) = self.fixed_sum().or(self.cap().filter(|_| self.loses_at(wanted))) else {
            return Some(wanted);
        };
        // Once the discount would be the discount.
        let factor = Decimal::from(self.input.policy.min_spend_factor.max(2));
        let decimals = sum.currency.decimals();
        let safe = sum.amount.checked_mul(factor)?.round_dp_with_strategy(decimals, RoundingStrategy::AwayFromZero);
        let most = range.and_then(|range| range.most);
        Some(safe.max(wanted)).filter(|safe| most.is_none_or(|most| *safe <= most))
    }

    /// Whether a capped share takes too much of an order of `spend`.
    fn loses_at(&self, spend: Decimal) -> bool {
        let (_, percent, cap) = self.coupon.discount.parts();
        let most = self.input.policy.loss_percent;
        let share = cap.and_then(|cap| cap.amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(spend));
        percent.is_some_and(|percent| percent.0 > most) && share.is_none_or(|share| share > most)
    }
}
