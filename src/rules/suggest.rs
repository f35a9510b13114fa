//! What to do about a row: the first finding that has an answer which the platform can carry out, worst finding first.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::context::CouponContext;
use super::findings::{ends_early, ends_soon, findings_of};
use super::missing::Missing;
use crate::domain::{
    Ability, Access, Advice, Argument, Campaign, Coupon, Discount, Finding, FindingCode, Minimum, Money, Owner, Period,
    Route, Status, Suggestion, Timestamp, Verb, day_end, last_moment,
};
use crate::message;

/// What is suggested, and why.
pub(super) struct Suggested {
    pub suggestion: Suggestion,
    /// The place of the finding that its first advice answers.
    pub answers: Option<usize>,
    /// What each of its further advices answers: of the coupon as it is, or as the advices before make it.
    pub also_answers: Vec<FindingCode>,
}

impl Suggested {
    fn add(&mut self, advice: Advice, answers: FindingCode) {
        self.suggestion.also.push(advice);
        self.also_answers.push(answers);
    }

    /// A new coupon repeats what the old one is when it is sent, but for its stock and status.
    fn leaves_the_terms(&self) -> bool {
        self.suggestion.advices().all(|known| matches!(known, Advice::Restock { .. } | Advice::Enable))
    }
}

/// What is set on the coupon in place is followed by everything that would be suggested next, as far as that is set in place too or
/// takes over at its end: one `accept` is enough.
pub(super) fn suggest(context: &CouponContext, findings: &[Finding]) -> Suggested {
    let (suggestion, answers) = suggest_first(context, findings);
    let mut suggested = Suggested { suggestion, answers, also_answers: Vec::new() };
    match suggested.suggestion.way {
        Route::Direct => add_what_is_set_too(context, &mut suggested),
        Route::FollowOn => add_what_a_follow_on_leaves(context, &mut suggested),
        Route::Instead | Route::ByHand => {}
    }
    // A blank cell beside one of its words means what is told of that word.
    let told = suggested.suggestion.advices().find_map(Advice::restocks);
    suggested.suggestion.restock_by = told.or(suggested.suggestion.restock_by);
    suggested
}

/// What would be suggested of a coupon that is not there yet, and the finding that it answers.
fn suggest_next(then: &CouponContext) -> Option<(Suggestion, FindingCode)> {
    let findings = findings_of(then).0;
    let (more, place) = suggest_first(then, &findings);
    Some((more, findings.get(place?)?.code))
}

fn set_on(context: &CouponContext, coupon: &Coupon, advice: &Advice) -> Option<Coupon> {
    advice.set_on(coupon, context.input.store.currency, context.now())
}

fn add_what_is_set_too(context: &CouponContext, suggested: &mut Suggested) {
    let mut missing = context.missing;
    let mut next = once_done(context, context.coupon, &suggested.suggestion.advice);
    while let Some(coupon) = next.take() {
        // What is there again, or is to be made, is missed no more.
        let is_there = |missing: &Missing| context.is_itself(missing) && coupon.is_to_be_had();
        while let Some((first, others)) = missing.split_first()
            && (is_there(first) || suggested.suggestion.advices().any(|advice| makes(advice, first.wanted)))
        {
            missing = others;
        }
        let then = CouponContext { coupon: &coupon, looks_yield: true, missing, ..*context };
        let Some((more, answers)) = suggest_next(&then) else { break };
        let known = || suggested.suggestion.advices();
        let is_enabled = known().any(|known| *known == Advice::Enable);
        let is_renewed = more.advice == Advice::Enable && known().any(|known| known.until().is_some());
        let is_one_more = |known: &Advice| makes_what_is_planned(known) && makes_what_is_planned(&more.advice);
        let is_new = known().all(|known| is_one_more(known) || known.verb() != more.advice.verb());
        match more.way {
            // A new coupon repeats what the old one is then, but for its stock.
            Route::Direct if makes_a_copy(&more.advice) => {
                if suggested.leaves_the_terms() {
                    suggested.add(more.advice, answers);
                }
            }
            Route::FollowOn if suggested.leaves_the_terms() => {
                suggested.suggestion.way = Route::FollowOn;
                suggested.add(more.advice, answers);
                add_spend_of_copy(context, suggested);
            }
            Route::Direct if makes_what_is_planned(&more.advice) => {
                let min_spend = known().find_map(Advice::min_spend);
                let context = CouponContext { missing, ..*context };
                if let Some(planned) = made_beside(&context, min_spend).filter(|_| is_new) {
                    next = Some(coupon);
                    suggested.add(planned, answers);
                }
            }
            // Possible as the coupon is now, too, or once it is enabled, or enabled once its end lies ahead: all of it is planned before
            // any of it is sent.
            Route::Direct
                if is_new && (is_enabled || is_renewed || context.way(&more.advice) == Some(Route::Direct)) =>
            {
                next = once_done(context, &coupon, &more.advice);
                if next.is_some() {
                    suggested.add(more.advice, answers);
                }
            }
            Route::Direct | Route::FollowOn | Route::Instead | Route::ByHand => {}
        }
    }
}

/// What the plan names, made from the coupon as it is now, and with the min spend that the coupon itself is given meanwhile.
fn made_beside(context: &CouponContext, adjusted: Option<Decimal>) -> Option<Advice> {
    let (mut advice, way) = context.make_missing();
    if let Advice::RecreateAs { min_spend, .. } = &mut advice {
        *min_spend = min_spend.or(adjusted);
    }
    let (advice, way) = context.within_reach((advice, way));
    (way == Route::Direct && makes_what_is_planned(&advice)).then_some(advice)
}

/// The coupon once `advice` was followed, where that is set on it or leaves it as it is.
fn once_done(context: &CouponContext, coupon: &Coupon, advice: &Advice) -> Option<Coupon> {
    if makes_what_is_planned(advice) { Some(coupon.clone()) } else { set_on(context, coupon, advice) }
}

fn makes_what_is_planned(advice: &Advice) -> bool {
    matches!(advice, Advice::RecreateAs { .. })
}

fn makes(advice: &Advice, planned: &str) -> bool {
    matches!(advice, Advice::RecreateAs { wanted, .. } if wanted == planned)
}

fn makes_a_copy(advice: &Advice) -> bool {
    matches!(advice, Advice::Recreate { .. })
}

/// The min spend that it should have, and the stock that the old one needs until then.
fn add_what_a_follow_on_leaves(context: &CouponContext, suggested: &mut Suggested) {
    let adjusted = add_spend_of_copy(context, suggested);
    let sound = adjusted.as_ref().and_then(|advice| set_on(context, context.coupon, advice));
    let takes_over = context.coupon.usable.ends().and_then(|ends| Period::new(Some(ends), None).ok());
    let mut follow_on = sound.unwrap_or_else(|| context.coupon.clone());
    (follow_on.status, follow_on.usable) = (Status::Scheduled, takes_over.unwrap_or(context.coupon.usable));
    let then = CouponContext { successor: Some(&follow_on), looks_yield: true, ..*context };
    if let Some((more, answers)) = suggest_next(&then)
        && more.way == Route::Direct
        && more.advice.restocks().is_some()
    {
        suggested.add(more.advice, answers);
    }
}

fn add_spend_of_copy(context: &CouponContext, suggested: &mut Suggested) -> Option<Advice> {
    let (spend, range) = context.spend_and_range()?;
    let adjusted = Advice::Adjust { min_spend: context.spend_of_copy()? };
    let is_low = range.least.is_some_and(|least| spend < least);
    suggested.add(adjusted.clone(), if is_low { FindingCode::ThresholdLow } else { FindingCode::ThresholdHigh });
    Some(adjusted)
}

fn suggest_first(context: &CouponContext, findings: &[Finding]) -> (Suggestion, Option<usize>) {
    let is_one = |(_, (advice, _)): &(usize, (Advice, Route))| {
        *advice != Advice::Nothing && !(context.duplicate_of.is_some() && keeps(advice))
    };
    let answers = findings.iter().map(|finding| answer(context, finding)).enumerate().filter(is_one);
    let answers: Vec<_> = answers.map(|(place, answer)| (place, context.within_reach(answer))).collect();
    let deed = answers.iter().find(|(_, (advice, _))| context.looks_yield && advice.action().is_some());
    let (place, (advice, way)) = match deed.or(answers.first()).cloned() {
        Some((place, answer)) => (Some(place), answer),
        None => (None, NOTHING),
    };
    let (renew_until, restock_by) = (context.renew_until(), context.restock_by());
    (Suggestion { advice, way, renew_until, restock_by, ..Suggestion::nothing() }, place)
}

/// What is pointless on a coupon that another one makes superfluous.
fn keeps(advice: &Advice) -> bool {
    goes_on(advice) || matches!(advice, Advice::Adjust { .. })
}

fn goes_on(advice: &Advice) -> bool {
    matches!(advice, Advice::Renew { .. } | Advice::Restock { .. } | Advice::Recreate { .. })
}

const NOTHING: (Advice, Route) = (Advice::Nothing, Route::Direct);

fn answer(context: &CouponContext, finding: &Finding) -> (Advice, Route) {
    match finding.code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers
        | FindingCode::TokenExpiring => (Advice::CheckStore, Route::Direct),
        FindingCode::CampaignMissing => context.make_missing(),
        // On the store: whether they stay, and what covers it, only the team knows.
        FindingCode::Unplanned | FindingCode::CampaignUncovered | FindingCode::CampaignMatchesNothing => NOTHING,
        FindingCode::Rejected | FindingCode::StatusUnknown => (Advice::OpenPage, Route::ByHand),
        // Somebody has to look who took them: there is nothing to do by hand that an export could tick.
        FindingCode::SuddenDrop => (Advice::OpenPage, Route::Direct),
        // No action moves a start, and nothing is started before its time: whether it should have begun only the team knows.
        FindingCode::NotStarted => (Advice::OpenPage, Route::ByHand),
        FindingCode::CampaignGap => campaign_gap(context),
        FindingCode::Uncapped => ask_for(context, context.bounding_spend()),
        // Which of two that the plan names is to go only the team knows.
        FindingCode::Duplicate if context.is_named_by_plan() || context.is_missed_by_its_campaign() => {
            (Advice::OpenPage, Route::ByHand)
        }
        FindingCode::Duplicate => context.or_by_hand([Advice::End, Advice::Delete]),
        FindingCode::Paused => context.unless_on_purpose(|| paused(context)),
        FindingCode::Expired => context.unless_on_purpose(|| expired(context)),
        FindingCode::ClaimOver => context.unless_on_purpose(|| claim_over(context)),
        FindingCode::OutOfStock => out_of_stock(context),
        FindingCode::LowStock | FindingCode::RunsOutEarly => context.restock(),
        FindingCode::ExpiresToday | FindingCode::ExpiringSoon => renew(context),
        FindingCode::ThresholdHigh | FindingCode::ThresholdLow => ask_for(context, context.spend_in_range()),
        FindingCode::GivesMoneyAway => stop_giving_away(context),
    }
}

fn paused(context: &CouponContext) -> (Advice, Route) {
    // Enabling a coupon whose end has passed lets nobody use it.
    if context.end_has_passed() {
        return expired(context);
    }
    // Buyers would get the same twice.
    if context.gives_the_same_now().is_some() {
        return NOTHING;
    }
    // Enabled as it is, it would be sold out; what can only be restocked once it is enabled is both by one `accept`.
    if context.coupon.remaining() == Some(0) {
        let enabled = set_on(context, context.coupon, &Advice::Enable);
        let once_enabled = |coupon| CouponContext { coupon, ..*context }.restock().1 == Route::Direct;
        let restock = context.restock();
        let is_first = restock.1 == Route::ByHand && context.way(&Advice::Enable) == Some(Route::Direct);
        return if is_first && enabled.as_ref().is_some_and(once_enabled) {
            (Advice::Enable, Route::Direct)
        } else {
            restock
        };
    }
    let copy = context.recreate_until().map(|until| context.copy_until(until));
    context.or_by_hand([Some(Advice::Enable), copy].into_iter().flatten())
}

fn expired(context: &CouponContext) -> (Advice, Route) {
    match (context.running_campaign(), context.other_live(), context.renew_until()) {
        (Some(_), None, Some(until)) => context.renew_or_recreate(until),
        // Whether its campaign wants it again only the team knows.
        (Some(_), Some(_), _) => NOTHING,
        _ => context.first_possible([Advice::Delete], NOTHING),
    }
}

fn claim_over(context: &CouponContext) -> (Advice, Route) {
    match (context.running_campaign(), context.other_live(), context.renew_until()) {
        (Some(_), None, Some(until)) => context.renew_or_recreate(until),
        _ => NOTHING,
    }
}

fn out_of_stock(context: &CouponContext) -> (Advice, Route) {
    if context.campaign_is_over() {
        // It stays for as long as something hands on to it.
        let is_awaited = context.predecessor.is_some_and(Coupon::is_live);
        return if is_awaited { NOTHING } else { context.first_possible([Advice::Delete, Advice::End], NOTHING) };
    }
    // It is to be usable again, too.
    if context.coupon.status == Status::Paused {
        return paused(context);
    }
    // What took over, or gives the same, is there to be used.
    if context.gives_the_same_now().is_some() { NOTHING } else { context.restock() }
}

fn renew(context: &CouponContext) -> (Advice, Route) {
    let ends = context.coupon.usable.ends();
    // A coupon that ends with its campaign ends as planned.
    let planned = |campaign: &Campaign| ends.is_some_and(|ends| !context.goes_on_after(campaign, ends));
    let is_covered = || ends.is_some_and(|ends| context.stand_in_at_end(ends).is_some());
    if context.campaign.is_some_and(planned) || is_covered() {
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
    if context.coupon.status == Status::Ended {
        return expired(context);
    }
    // No action moves a start.
    if ends_early(context) { renew(context) } else { (Advice::OpenPage, Route::ByHand) }
}

/// Where neither campaign nor store has a range, or it lies below the discount itself, a person has to say how much.
fn ask_for(context: &CouponContext, min_spend: Option<Decimal>) -> (Advice, Route) {
    min_spend.map_or((Advice::OpenPage, Route::ByHand), |min_spend| context.adjust_or_copy(min_spend))
}

fn stop_giving_away(context: &CouponContext) -> (Advice, Route) {
    let range = context.judged_spend().map(|(_, range)| range);
    let least = range.and_then(|range| range.least).unwrap_or_default();
    let bounded = context.fixed_sum().or(context.cap());
    let adjust = bounded.and_then(|_| Some(Advice::Adjust { min_spend: context.safe_spend(least, range)? }));
    // What cannot be undone, or takes a coupon from its campaign, is a person's to decide.
    let is_needed = context.campaign.is_some() && !context.campaign_is_over();
    let may_end = |advice: &Advice| context.can_be_undone(advice) && !is_needed;
    let end = [Advice::End, Advice::Delete].into_iter().filter(may_end);
    context.first_possible(adjust.into_iter().chain(end), (Advice::OpenPage, Route::ByHand))
}

impl CouponContext<'_> {
    /// What nobody may send from here, what would go on losing money, and what tears it from its campaign, a person can look at.
    fn within_reach(&self, (advice, way): (Advice, Route)) -> (Advice, Route) {
        let is_out_of_reach = self.coupon.owner == Owner::Platform || self.input.store.access == Access::ReadOnly;
        // With other terms it, or what follows it, would be in no campaign.
        let leaves_its_campaign = self.is_tied_by_terms && matches!(advice, Advice::Adjust { .. });
        match advice.action() {
            Some(_) if is_out_of_reach || leaves_its_campaign || self.would_lose_money(&advice) => {
                (Advice::OpenPage, Route::ByHand)
            }
            _ => (advice, way),
        }
    }

    fn unless_on_purpose(&self, otherwise: impl FnOnce() -> (Advice, Route)) -> (Advice, Route) {
        match self.on_purpose() {
            Some(deliberate) => {
                let (by, day) = (Argument::name(&deliberate.by), self.day_of(deliberate.at));
                (Advice::Leave(message!("rules-stopped", by = by, day = day)), Route::Direct)
            }
            None => otherwise(),
        }
    }

    /// The first of those that can be made from it.
    fn make_missing(&self) -> (Advice, Route) {
        let Some(first) = self.missing.first() else {
            return NOTHING;
        };
        let (campaign, limits) = (first.campaign, &self.input.abilities.limits);
        let zone = self.input.store.zone;
        let starts = campaign.starts(zone);
        let until = match campaign.is_open() {
            true => day_end(days_after(self.today(), self.input.policy.renew_days), zone),
            false => campaign.ends(zone),
        };
        let start = Some(starts).filter(|starts| limits.has_start && *starts > self.now() + limits.start_lead);
        if start.is_none() && self.is_itself(first) {
            return self.renew_or_recreate(until);
        }
        let (wanted, total) = (first.wanted.to_string(), campaign.stock);
        self.or_by_hand([Advice::RecreateAs {
            wanted,
            start,
            until: Some(until),
            min_spend: self.planned_spend(campaign),
            total,
        }])
    }

    fn adjust_or_copy(&self, min_spend: Decimal) -> (Advice, Route) {
        // When the old one goes only the team knows.
        if self.copy_in_range().or(self.successor).is_some() {
            return self.first_possible([Advice::Adjust { min_spend }], (Advice::OpenPage, Route::ByHand));
        }
        let otherwise = self.recreate_until().map(|until| Advice::Recreate { until, min_spend: Some(min_spend) });
        self.or_by_hand([Some(Advice::Adjust { min_spend }), otherwise].into_iter().flatten())
    }

    fn restock(&self) -> (Advice, Route) {
        let Some(add) = self.restock_by() else {
            return NOTHING;
        };
        let recreate = self.recreate_until().map(|until| self.copy_until(until));
        self.or_by_hand([Some(Advice::Restock { add }), recreate].into_iter().flatten())
    }

    fn renew_or_recreate(&self, until: Timestamp) -> (Advice, Route) {
        self.or_by_hand([Advice::Renew { until }, self.copy_until(until)])
    }

    /// What is made anew anyway is made with the min spend that it should have.
    fn copy_until(&self, until: Timestamp) -> Advice {
        Advice::Recreate { until, min_spend: self.spend_of_copy() }
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
        let verb = advice.verb()?;
        let ability = |verb| self.input.abilities.rule(verb, self.coupon.status).ability;
        let fits = match *advice {
            Advice::Renew { until } => self.coupon.usable.ends().is_none_or(|ends| until > ends),
            // One copy is enough.
            Advice::Recreate { until, .. } => self.successor.is_none() && self.can_be_copied(until),
            Advice::RecreateAs { until, start: None, .. } => until.is_some_and(|until| self.can_be_copied(until)),
            Advice::RecreateAs { until, start: Some(start), .. } => {
                until.is_some_and(|until| self.can_be_copied(until) && self.long_enough(start, until))
            }
            Advice::Enable => !self.end_has_passed(),
            Advice::Restock { .. } | Advice::Delete | Advice::End | Advice::Adjust { .. } => true,
            // Only an undo asks for those.
            Advice::RemoveEnd | Advice::Reduce { .. } | Advice::Pause => false,
            Advice::Nothing | Advice::Wait | Advice::OpenPage | Advice::CheckStore | Advice::Leave(_) => false,
        };
        match ability(verb) {
            Ability::ByHand => Some(Route::ByHand),
            Ability::Yes if fits && self.is_possible(verb, advice) => Some(Route::Direct),
            // What no API copies a person can, in the back office.
            Ability::Yes if fits && verb == Verb::Create => Some(Route::ByHand),
            Ability::Instead(other) if ability(other) == Ability::Yes && self.is_possible(other, advice) => {
                Some(Route::Instead)
            }
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
            && self.is_possible(Verb::Create, &self.copy_until(until))
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
        let ending = self.campaign.filter(|campaign| !campaign.is_open());
        let until = match ending.filter(|campaign| self.goes_on_after(campaign, from)) {
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

    // A copy of one that still runs ends with it, unless there is no time left for that, or the copy would have to be renewed at once.
    fn recreate_until(&self) -> Option<Timestamp> {
        let own = self.coupon.usable.ends().filter(|ends| self.long_enough(self.soonest_start(), *ends));
        own.filter(|_| !self.copy_would_end_soon()).or(self.renew_until())
    }

    fn copy_would_end_soon(&self) -> bool {
        let copy = Coupon { status: Status::Active, ..self.coupon.clone() };
        let then = CouponContext { coupon: &copy, successor: None, predecessor: Some(self.coupon), ..*self };
        ends_soon(&then) && renew(&then).0 != Advice::Nothing
    }

    /// Whether `advice` would let buyers have more, or go on having, what loses money.
    fn would_lose_money(&self, advice: &Advice) -> bool {
        let wanted = advice.min_spend().map(|amount| Minimum::Spend(Money::new(amount, self.input.store.currency)));
        let minimum = wanted.unwrap_or(self.coupon.minimum);
        (goes_on(advice) || matches!(advice, Advice::Enable | Advice::Adjust { .. } | Advice::RecreateAs { .. }))
            && self.coupon.loss(minimum, self.input.policy.loss_percent).is_some()
    }

    /// Whether what `advice` does on this coupon can be taken back.
    fn can_be_undone(&self, advice: &Advice) -> bool {
        let abilities = self.input.abilities;
        let is_yes = |verb, status| abilities.rule(verb, status).ability == Ability::Yes;
        match advice.verb().map(|verb| abilities.rule(verb, self.coupon.status).ability) {
            Some(Ability::Instead(Verb::Pause)) => is_yes(Verb::Enable, Status::Paused),
            Some(Ability::Yes) if *advice == Advice::Delete => abilities.limits.has_bin,
            Some(Ability::Yes) => is_yes(Verb::Extend, Status::Ended),
            Some(Ability::FollowOn | Ability::Instead(_) | Ability::ByHand | Ability::Already | Ability::Never)
            | None => false,
        }
    }
}

fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    let days = u64::try_from(days).unwrap_or(1).max(1);
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
