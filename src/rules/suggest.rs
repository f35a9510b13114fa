//! What to do about a row: the first finding that has an answer which the platform can carry out, worst finding first.

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::context::CouponContext;
use crate::domain::{
    Ability, Advice, Argument, Campaign, Discount, Finding, FindingCode, Minimum, Money, Owner, Route, SpendRange,
    Status, Suggestion, Timestamp, Verb, day_end, last_moment,
};
use crate::message;

/// No platform keeps a larger total.
const TOTAL_MAX: u64 = i32::MAX as u64;

pub(super) fn suggest(context: &CouponContext, findings: &[Finding]) -> Suggestion {
    let (advice, way) = findings
        .iter()
        .map(|finding| answer(context, finding))
        .find(|(advice, _)| *advice != Advice::Nothing && !(context.duplicate_of.is_some() && goes_on(advice)))
        .unwrap_or(NOTHING);
    Suggestion { advice, way, renew_until: context.renew_until(), restock_by: context.restock_by() }
}

/// What would make a coupon last that another one makes superfluous.
fn goes_on(advice: &Advice) -> bool {
    matches!(advice, Advice::Renew { .. } | Advice::Restock { .. } | Advice::Recreate { .. })
}

const NOTHING: (Advice, Route) = (Advice::Nothing, Route::Direct);

fn answer(context: &CouponContext, finding: &Finding) -> (Advice, Route) {
    match finding.code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::TokenExpiring => (Advice::CheckStore, Route::Direct),
        FindingCode::CampaignMissing => context.make_missing(),
        // Whether it is to stay or to go only the team knows; its Why names both.
        FindingCode::Unplanned => NOTHING,
        FindingCode::Rejected => (Advice::OpenPage, Route::ByHand),
        // Somebody has to look who took them: there is nothing to do by hand that an export could tick.
        FindingCode::SuddenDrop => (Advice::OpenPage, Route::Direct),
        // One that nobody waits for yet is not started early.
        FindingCode::NotStarted if context.late_for().is_none() => (Advice::Wait, Route::Direct),
        FindingCode::NotStarted => context.first_possible([Advice::Enable], (Advice::Wait, Route::Direct)),
        FindingCode::CampaignGap => campaign_gap(context),
        FindingCode::Uncapped => ask_for_spend(context),
        FindingCode::Duplicate => context.or_by_hand([Advice::End, Advice::Delete]),
        FindingCode::Paused => context.unless_on_purpose(|| paused(context)),
        FindingCode::Expired => context.unless_on_purpose(|| expired(context)),
        FindingCode::OutOfStock => out_of_stock(context),
        FindingCode::LowStock | FindingCode::RunsOutEarly => context.restock(),
        FindingCode::ExpiresToday | FindingCode::ExpiringSoon => renew(context),
        FindingCode::ThresholdHigh | FindingCode::ThresholdLow => adjust_to_range(context),
        FindingCode::GivesMoneyAway => stop_giving_away(context),
    }
}

fn paused(context: &CouponContext) -> (Advice, Route) {
    // Enabling a coupon whose end has passed lets nobody use it.
    if context.end_has_passed() {
        return expired(context);
    }
    // Both would give the same.
    if context.stand_in().is_some() {
        return NOTHING;
    }
    let copy = context.recreate_until().map(|until| Advice::Recreate { until, min_spend: None });
    context.or_by_hand([Some(Advice::Enable), copy].into_iter().flatten())
}

fn expired(context: &CouponContext) -> (Advice, Route) {
    match (context.running_campaign(), context.covered_by, context.renew_until()) {
        (Some(_), None, Some(until)) => context.renew_or_recreate(until),
        _ => context.first_possible([Advice::Delete], NOTHING),
    }
}

fn out_of_stock(context: &CouponContext) -> (Advice, Route) {
    if context.campaign_is_over() {
        return context.first_possible([Advice::Delete, Advice::End], NOTHING);
    }
    // What took over is there to be used.
    if context.successor.is_some_and(|successor| successor.is_live()) { NOTHING } else { context.restock() }
}

fn renew(context: &CouponContext) -> (Advice, Route) {
    let ends = context.coupon.usable.ends();
    // A coupon that ends with its campaign ends as planned.
    let planned = |campaign: &Campaign| ends.is_some_and(|ends| !context.goes_on_after(campaign, ends));
    if context.campaign.is_some_and(planned) {
        return NOTHING;
    }
    match context.renew_until() {
        Some(until) => context.renew_or_recreate(until),
        // As long as its platform lets it run, and not long enough: what takes over is a person's choice.
        None if ends.is_some() => (Advice::OpenPage, Route::ByHand),
        None => NOTHING,
    }
}

fn campaign_gap(context: &CouponContext) -> (Advice, Route) {
    // No action moves a start; a platform that can start it now closes the gap once its campaign runs, else a person does.
    match (context.starts_after_its_campaign(), context.late_for()) {
        (Some(_), Some(_)) => context.first_possible([Advice::Enable], (Advice::OpenPage, Route::ByHand)),
        (Some(_), None) => (Advice::OpenPage, Route::ByHand),
        (None, _) if context.coupon.status == Status::Ended => expired(context),
        (None, _) => renew(context),
    }
}

fn ask_for_spend(context: &CouponContext) -> (Advice, Route) {
    let least = context.judged_spend().and_then(|(_, range)| range.least).filter(|least| !least.is_zero());
    // Where neither campaign nor store has a range, a person has to say how much.
    let Some(min_spend) = least else { return (Advice::OpenPage, Route::ByHand) };
    context.adjust_or_copy(min_spend)
}

fn adjust_to_range(context: &CouponContext) -> (Advice, Route) {
    let Some((spend, range)) = context.judged_spend() else {
        return NOTHING;
    };
    let edge = match (range.least, range.most) {
        (Some(least), _) if spend < least => least,
        (_, Some(most)) if spend > most => most,
        _ => return NOTHING,
    };
    let Some(min_spend) = context.safe_spend(edge, Some(range)) else {
        // The plan's range lies below the discount itself: a person has to say which of the two is wrong.
        return (Advice::OpenPage, Route::ByHand);
    };
    context.adjust_or_copy(min_spend)
}

fn stop_giving_away(context: &CouponContext) -> (Advice, Route) {
    let range = context.judged_spend().map(|(_, range)| range);
    let least = range.and_then(|range| range.least).unwrap_or_default();
    let adjust = context.fixed_sum().and_then(|_| {
        let min_spend = context.safe_spend(least, range).or_else(|| context.safe_spend(least, None))?;
        Some(Advice::Adjust { min_spend })
    });
    context.or_by_hand([adjust, Some(Advice::End), Some(Advice::Delete)].into_iter().flatten())
}

impl CouponContext<'_> {
    fn unless_on_purpose(&self, otherwise: impl FnOnce() -> (Advice, Route)) -> (Advice, Route) {
        match self.on_purpose() {
            Some(deliberate) => {
                let (by, day) = (Argument::name(&deliberate.by), self.day_of(deliberate.at));
                (Advice::Leave(message!("rules-stopped", by = by, day = day)), Route::Direct)
            }
            None => otherwise(),
        }
    }

    /// One at a time: a row has one suggestion, and the next export asks for the next.
    fn make_missing(&self) -> (Advice, Route) {
        let Some(first) = self.missing.first() else {
            return NOTHING;
        };
        let (campaign, limits) = (first.campaign, &self.input.abilities.limits);
        let (starts, until) = (campaign.starts(self.input.store.zone), campaign.ends(self.input.store.zone));
        let start = Some(starts).filter(|starts| limits.has_start && *starts > self.now() + limits.start_lead);
        if start.is_none() && self.is_itself(first) {
            return self.renew_or_recreate(until);
        }
        let (wanted, total) = (first.wanted.to_string(), campaign.stock);
        self.or_by_hand([Advice::RecreateAs { wanted, start, until, min_spend: self.planned_spend(campaign), total }])
    }

    /// The edge of the campaign's range, where the model's min spend lies outside it.
    fn planned_spend(&self, campaign: &Campaign) -> Option<Decimal> {
        let (range, spend) = (campaign.spend?, self.coupon.minimum.spend()?);
        let too_low = range.least.filter(|least| spend < *least);
        let edge = too_low.or_else(|| range.most.filter(|most| spend > *most))?;
        self.safe_spend(edge, Some(range))
    }

    fn adjust_or_copy(&self, min_spend: Decimal) -> (Advice, Route) {
        // Once a copy with the right minimum is there, made by us or by a person, only the old one is left to stop.
        let minimum = Minimum::Spend(Money::new(min_spend, self.input.store.currency));
        let otherwise = match self.successor.or(self.live.like(self.coupon, minimum)) {
            Some(_) => Some(Advice::End),
            None => self.recreate_until().map(|until| Advice::Recreate { until, min_spend: Some(min_spend) }),
        };
        self.or_by_hand([Some(Advice::Adjust { min_spend }), otherwise].into_iter().flatten())
    }

    fn restock(&self) -> (Advice, Route) {
        let Some(add) = self.restock_by() else {
            return NOTHING;
        };
        let recreate = self.recreate_until().map(|until| Advice::Recreate { until, min_spend: None });
        self.or_by_hand([Some(Advice::Restock { add }), recreate].into_iter().flatten())
    }

    fn renew_or_recreate(&self, until: Timestamp) -> (Advice, Route) {
        self.or_by_hand([Advice::Renew { until }, Advice::Recreate { until, min_spend: None }])
    }

    fn or_by_hand(&self, candidates: impl IntoIterator<Item = Advice>) -> (Advice, Route) {
        let candidates: Vec<Advice> = candidates.into_iter().collect();
        let fallback = candidates.first().cloned().unwrap_or(Advice::OpenPage);
        self.first_possible(candidates, (fallback, Route::ByHand))
    }

    /// The first candidate that the platform can carry out on this coupon in its status; else the first that a person can.
    fn first_possible(
        &self,
        candidates: impl IntoIterator<Item = Advice>,
        fallback: (Advice, Route),
    ) -> (Advice, Route) {
        if self.coupon.owner == Owner::Platform {
            return fallback;
        }
        let mut by_hand = None;
        for candidate in candidates {
            match self.way(&candidate) {
                Some(Route::ByHand) => by_hand = by_hand.or(Some((candidate, Route::ByHand))),
                Some(way) => return (candidate, way),
                None => {}
            }
        }
        by_hand.unwrap_or(fallback)
    }

    /// How the platform can carry `advice` out on this very coupon, now; none where it cannot.
    fn way(&self, advice: &Advice) -> Option<Route> {
        let verb = verb(advice)?;
        let ability = |verb| self.input.abilities.rule(verb, self.coupon.status).ability;
        let fits = match *advice {
            Advice::Renew { until } => self.coupon.usable.ends().is_none_or(|ends| until > ends),
            Advice::Recreate { until, .. } | Advice::RecreateAs { until, start: None, .. } => self.can_be_copied(until),
            Advice::RecreateAs { until, start: Some(start), .. } => {
                self.can_be_copied(until) && self.long_enough(start, until)
            }
            Advice::Enable => !self.end_has_passed(),
            Advice::Restock { .. } | Advice::Delete | Advice::End | Advice::Adjust { .. } => true,
            Advice::Nothing | Advice::Wait | Advice::OpenPage | Advice::CheckStore | Advice::Leave(_) => false,
        };
        match ability(verb) {
            Ability::ByHand => Some(Route::ByHand),
            Ability::Yes if fits => Some(Route::Direct),
            Ability::Instead(other) if ability(other) == Ability::Yes => Some(Route::Instead),
            Ability::FollowOn if matches!(advice, Advice::Renew { until } if self.can_be_followed(*until)) => {
                Some(Route::FollowOn)
            }
            Ability::Yes | Ability::FollowOn | Ability::Instead(_) | Ability::Already | Ability::Never => None,
        }
    }

    fn can_be_followed(&self, until: Timestamp) -> bool {
        let takes_over = self.coupon.usable.ends().unwrap_or(self.now()).max(self.soonest_start());
        self.input.abilities.rule(Verb::Create, self.coupon.status).ability == Ability::Yes
            && self.can_be_copied(until)
            && self.long_enough(takes_over, until)
    }

    fn can_be_copied(&self, until: Timestamp) -> bool {
        let writable = !matches!(self.coupon.discount, Discount::Other(_) | Discount::BuyXGetY(_));
        let copies_have_codes = self.input.abilities.limits.code_letters_max > 0;
        writable && self.coupon.code.is_some() == copies_have_codes && self.long_enough(self.soonest_start(), until)
    }

    fn soonest_start(&self) -> Timestamp {
        self.now() + self.input.abilities.limits.start_lead
    }

    fn long_enough(&self, starts: Timestamp, ends: Timestamp) -> bool {
        let shortest = self.input.abilities.limits.shortest_period.unwrap_or_default();
        ends > starts && ends - starts >= shortest
    }

    /// What a blank New end means: the campaign's end, else as long again from the present end, or from now where that is past;
    /// never longer than the platform lets this very coupon run; none where it runs as long as that already.
    fn renew_until(&self) -> Option<Timestamp> {
        let zone = self.input.store.zone;
        let ends = match (self.coupon.usable.ends(), self.coupon.status) {
            (Some(ends), _) => ends,
            (None, Status::Ended) => self.now(),
            (None, _) => return None,
        };
        let from = ends.max(self.now());
        let until = match self.campaign.filter(|campaign| self.goes_on_after(campaign, from)) {
            Some(campaign) => campaign.ends(zone),
            None => day_end(days_after(last_moment(from, zone).date(), self.input.policy.renew_days), zone),
        };
        let until = self.latest_end().map_or(until, |latest| until.min(latest));
        // The same end again is no renewal.
        (self.coupon.usable.ends().is_none_or(|ends| until > ends)).then_some(until)
    }

    // Where the coupon itself is extended, its whole period counts; a follow-on has a period of its own.
    fn latest_end(&self) -> Option<Timestamp> {
        let in_place = self.input.abilities.rule(Verb::Extend, self.coupon.status).ability == Ability::Yes;
        let starts = self.coupon.usable.starts().filter(|_| in_place)?;
        starts.checked_add_signed(self.input.abilities.limits.longest_period?)
    }

    // A copy of one that still runs ends with it, unless there is no time left for that.
    fn recreate_until(&self) -> Option<Timestamp> {
        self.coupon.usable.ends().filter(|ends| self.long_enough(self.soonest_start(), *ends)).or(self.renew_until())
    }

    /// What a blank Add stock means: up to what the campaign wants obtainable or lasts until its end, else the total once more.
    fn restock_by(&self) -> Option<u64> {
        let total = self.coupon.total?;
        let wanted = self.campaign.and_then(|campaign| campaign.stock);
        let to_campaign = wanted.map(|stock| stock.saturating_sub(self.coupon.remaining().unwrap_or(0)));
        let missing = to_campaign.max(self.shortfall().map(|shortfall| shortfall.missing));
        let once_more = || {
            let share = Decimal::from(self.input.policy.restock_percent) / Decimal::ONE_HUNDRED;
            Decimal::from(total).checked_mul(share).and_then(|add| add.ceil().to_u64()).unwrap_or(0)
        };
        let add = missing.filter(|add| *add > 0).unwrap_or_else(once_more).max(1);
        Some(add.min(TOTAL_MAX.saturating_sub(total))).filter(|add| *add > 0)
    }

    /// `wanted`, or where a fixed discount would eat it up some times the discount, as far as `range` lets it; none where the
    /// range allows nothing above the discount.
    fn safe_spend(&self, wanted: Decimal, range: Option<SpendRange>) -> Option<Decimal> {
        let Some(sum) = self.fixed_sum().filter(|sum| sum.amount >= wanted) else {
            return Some(wanted);
        };
        // Once the discount would be the discount.
        let factor = Decimal::from(self.input.policy.min_spend_factor.max(2));
        let decimals = sum.currency.decimals();
        let safe = sum.amount.checked_mul(factor)?.round_dp_with_strategy(decimals, RoundingStrategy::AwayFromZero);
        let safe = range.and_then(|range| range.most).map_or(safe, |most| safe.min(most));
        Some(safe).filter(|safe| *safe > sum.amount)
    }
}

fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    let days = u64::try_from(days).unwrap_or(1).max(1);
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// None: it is never asked of a platform.
fn verb(advice: &Advice) -> Option<Verb> {
    Some(match advice {
        Advice::Renew { .. } => Verb::Extend,
        Advice::Restock { .. } => Verb::Restock,
        Advice::Delete => Verb::Delete,
        Advice::End => Verb::End,
        Advice::Enable => Verb::Enable,
        Advice::Adjust { .. } => Verb::AdjustMinSpend,
        Advice::Recreate { .. } | Advice::RecreateAs { .. } => Verb::Create,
        Advice::Nothing | Advice::Wait | Advice::OpenPage | Advice::CheckStore | Advice::Leave(_) => return None,
    })
}
