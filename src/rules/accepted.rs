//! What a suggestion makes of coupons once it was accepted, as their platform would: for who looks at what would come of it.

use rust_decimal::Decimal;

use super::input::JudgeInput;
use crate::domain::{
    Ability, Advice, Coupon, CouponId, Minimum, Money, Operation, Period, Route, Status, Timestamp, Verb,
};

/// The coupon itself with all of `advices` that is set on it; none where nothing is.
pub(super) fn changed(input: &JudgeInput, coupon: &Coupon, way: Route, advices: &[&Advice]) -> Option<Coupon> {
    let set = |coupon: &Coupon, advice: &Advice| advice.set_on(coupon, input.store.currency, input.now);
    let of_itself = advices.iter().filter(|advice| !is_of_copy(way, advice));
    of_itself.fold(None, |known: Option<Coupon>, advice| set(known.as_ref().unwrap_or(coupon), advice).or(known))
}

/// The new coupons that `advices` make of it: one that repeats or follows it, which bears its id and code; and those that the plan names.
pub(super) fn made(input: &JudgeInput, coupon: &Coupon, way: Route, advices: &[&Advice]) -> Vec<Coupon> {
    let is_planned = |advice: &&&Advice| matches!(advice, Advice::RecreateAs { .. });
    let planned = advices.iter().filter(is_planned).filter_map(|advice| planned(input, coupon, advice));
    copy(input, coupon, way, advices).into_iter().chain(planned).collect()
}

fn copy(input: &JudgeInput, coupon: &Coupon, way: Route, advices: &[&Advice]) -> Option<Coupon> {
    let of_copy = || advices.iter().filter(|it| is_of_copy(way, it) && !matches!(it, Advice::RecreateAs { .. }));
    let until = of_copy().find_map(|advice| advice.until())?;
    let takes_over = coupon.usable.ends().filter(|_| way == Route::FollowOn);
    let min_spend = of_copy().find_map(|advice| advice.min_spend());
    new(input, coupon, takes_over, until, min_spend)
}

fn planned(input: &JudgeInput, coupon: &Coupon, advice: &Advice) -> Option<Coupon> {
    let Advice::RecreateAs { wanted, start, until, min_spend, total } = advice else { return None };
    let prefix: String =
        coupon.code.iter().flat_map(|code| code.chars().take(input.abilities.limits.code_prefix_letters)).collect();
    let code = coupon.code.as_ref().map(|_| format!("{prefix}{wanted}"));
    let made = new(input, coupon, *start, (*until)?, *min_spend)?;
    let id = CouponId::new(format!("{} as {wanted}", coupon.id));
    Some(Coupon { id, code, name: wanted.clone(), total: total.or(coupon.total), ..made })
}

/// Starts at `starts` where that is not too soon.
fn new(
    input: &JudgeInput,
    model: &Coupon,
    starts: Option<Timestamp>,
    until: Timestamp,
    min_spend: Option<Decimal>,
) -> Option<Coupon> {
    let starts = starts.max(Some(input.now + input.abilities.limits.start_lead));
    Some(Coupon {
        usable: Period::new(starts, Some(until)).ok()?,
        minimum: min_spend.map_or(model.minimum, |it| Minimum::Spend(Money::new(it, input.store.currency))),
        status: if starts > Some(input.now) { Status::Scheduled } else { Status::Active },
        used: model.used.map(|_| 0),
        claimed: model.claimed.map(|_| 0),
        ..model.clone()
    })
}

/// The coupon once nobody gets it any more, and by what, where `advice` asks for that.
pub(super) fn stopped(input: &JudgeInput, coupon: &Coupon, advice: &Advice) -> Option<(Coupon, Operation)> {
    let verb = advice.verb().filter(|_| matches!(advice, Advice::End | Advice::Delete))?;
    let ability = input.abilities.rule(verb, coupon.status).ability;
    let becomes = if let Ability::Instead(other) = ability { other } else { verb };
    let begun = coupon.usable.starts().filter(|starts| *starts <= input.now);
    let (status, operation, usable) = match becomes {
        Verb::Pause => (Status::Paused, Operation::Pause, coupon.usable),
        Verb::Delete => (Status::Trashed, Operation::Trash, coupon.usable),
        Verb::End
        | Verb::Extend
        | Verb::Shorten
        | Verb::Restock
        | Verb::AdjustMinSpend
        | Verb::Enable
        | Verb::Create => (Status::Ended, Operation::End, Period::new(begun, Some(input.now)).ok()?),
    };
    Some((Coupon { status, usable, ..coupon.clone() }, operation))
}

/// Whether it makes or concerns a new coupon.
fn is_of_copy(way: Route, advice: &Advice) -> bool {
    let follows_on = way == Route::FollowOn && advice.restocks().is_none();
    follows_on || matches!(advice, Advice::Recreate { .. } | Advice::RecreateAs { .. })
}
