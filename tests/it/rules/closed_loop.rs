//! The closed loop: everything that is suggested is accepted, the coupons change as their platform would change them, and they are
//! judged again. Whoever writes `accept` everywhere is never sorry.

use std::collections::BTreeMap;

use chrono::Duration;
use couponbook::domain::*;
use proptest::prelude::*;

use super::share;
use super::shop::*;
use crate::plan::{Fixture, in_words};
use couponbook::plan::{Plan, Verdict};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What the platform makes of everything that was accepted; a person does what no API can, where `by_hand`.
fn accepted(world: &mut World, rows: &[Row], by_hand: bool) -> Vec<Coupon> {
    let mut after = Vec::new();
    for row in rows {
        let (advice, way, coupon) = (&row.suggestion.advice, row.suggestion.way, &row.coupon);
        let is_done = way != Route::ByHand || by_hand;
        let action = advice.action().filter(|_| is_done);
        let mut changed = coupon.clone();
        match (action, advice) {
            (Some(_), Advice::Renew { .. } | Advice::Restock { .. } | Advice::Enable | Advice::Adjust { .. }) => {
                after.extend(set_all(&mut changed, &row.suggestion, world));
                after.extend(row.suggestion.also.iter().filter_map(|advice| recreated(world, coupon, advice)));
            }
            (Some(_), Advice::End | Advice::Delete) => {
                let verb = if *advice == Advice::End { Verb::End } else { Verb::Delete };
                let becomes = match world.abilities.rule(verb, coupon.status).ability {
                    Ability::Instead(other) => other,
                    _ => verb,
                };
                let operation = match becomes {
                    Verb::Pause => {
                        changed.status = Status::Paused;
                        Operation::Pause
                    }
                    Verb::Delete => {
                        changed.status = Status::Trashed;
                        Operation::Trash
                    }
                    _ => {
                        changed.status = Status::Ended;
                        let starts = coupon.usable.starts().filter(|starts| *starts <= world.now);
                        changed.usable = Period::new(starts, Some(world.now)).unwrap();
                        Operation::End
                    }
                };
                let deliberate = Deliberate {
                    becomes: operation,
                    by: "the manager".to_string(),
                    at: world.now,
                    replaced: Some(coupon.usable),
                };
                world.memory.on_purpose.insert((world.store.id.clone(), coupon.id.clone()), deliberate);
            }
            (Some(_), Advice::Recreate { .. }) => after.extend(recreated(world, coupon, advice)),
            _ => {}
        }
        after.push(changed);
    }
    after
}

fn recreated(world: &mut World, coupon: &Coupon, advice: &Advice) -> Option<Coupon> {
    let Advice::Recreate { until, min_spend } = advice else { return None };
    let starts = world.now + world.abilities.limits.start_lead;
    let mut new = copy(world, coupon, starts, *until);
    if let Some(min_spend) = min_spend {
        new.minimum = Minimum::Spend(Money::new(*min_spend, world.store.currency));
    }
    Some(new)
}

/// Sets everything on the coupon, or on the one that takes over from it: that one.
fn set_all(coupon: &mut Coupon, suggestion: &Suggestion, world: &mut World) -> Option<Coupon> {
    let model = coupon.clone();
    let mut follow_on = suggestion.advices().find_map(|advice| match advice {
        Advice::Renew { until } if suggestion.way == Route::FollowOn => {
            let soonest = world.now + world.abilities.limits.start_lead;
            let starts = model.usable.ends().unwrap_or(world.now).max(soonest);
            Some(copy(world, &model, starts, *until))
        }
        _ => None,
    });
    for advice in suggestion.advices() {
        match (&mut follow_on, advice) {
            (Some(_), Advice::Renew { .. }) | (_, Advice::Recreate { .. }) => {}
            (Some(new), Advice::Adjust { .. }) => set(new, advice, world),
            _ => set(coupon, advice, world),
        }
    }
    follow_on
}

fn set(coupon: &mut Coupon, advice: &Advice, world: &World) {
    match advice {
        Advice::Renew { until } => {
            coupon.usable = Period::new(coupon.usable.starts(), Some(*until)).unwrap();
            if coupon.status == Status::Ended {
                coupon.status = Status::Active;
            }
        }
        Advice::Restock { add } => coupon.total = coupon.total.map(|total| total + add),
        Advice::Enable => {
            let waits = coupon.usable.starts().is_some_and(|starts| starts > world.now);
            coupon.status = if waits { Status::Scheduled } else { Status::Active };
        }
        Advice::Adjust { min_spend } => {
            coupon.minimum = Minimum::Spend(Money::new(*min_spend, world.store.currency));
        }
        other => panic!("{other:?} is not set in place"),
    }
}

fn copy(world: &mut World, model: &Coupon, starts: Timestamp, ends: Timestamp) -> Coupon {
    let id = format!("{}-NEXT", model.id);
    world.memory.successors.insert((world.store.id.clone(), CouponId::new(&id)), model.id.clone());
    let mut new = model.clone();
    (new.id, new.usable) = (CouponId::new(&id), Period::new(Some(starts), Some(ends)).unwrap());
    new.code = model.code.as_ref().map(|code| format!("{code}2"));
    (new.used, new.claimed) = (new.used.map(|_| 0), new.claimed.map(|_| 0));
    new.status = if starts > world.now { Status::Scheduled } else { Status::Active };
    new
}

fn troubles(rows: &[Row]) -> BTreeMap<String, BTreeMap<FindingCode, Severity>> {
    let of = |row: &Row| row.findings.iter().map(|finding| (finding.code, finding.severity)).collect();
    rows.iter().map(|row| (row.coupon.id.to_string(), of(row))).collect()
}

fn any_shop_coupon(id: usize) -> impl Strategy<Value = Coupon> {
    let discount = prop_oneof![
        (1i64..60).prop_map(|sum| Discount::Sum(sgd(sum))),
        (1i64..100).prop_map(share),
        (1i64..100, 1i64..60)
            .prop_map(|(percent, cap)| Discount::Share { percent: Percent(percent.into()), cap: Some(sgd(cap)) }),
    ];
    let minimum = prop_oneof![Just(Minimum::None), (1i64..120).prop_map(|spend| Minimum::Spend(sgd(spend)))];
    let stock = proptest::option::of((1u64..400, 0u64..500));
    // Around today, the 22nd, to the hour.
    let days = (-10i64..6, 0i64..16, 0u32..24);
    let kind =
        (0usize..20, proptest::bool::weighted(0.15), proptest::bool::weighted(0.1), proptest::bool::weighted(0.05));
    (discount, minimum, stock, days, kind).prop_map(move |(discount, minimum, stock, (from, length, hour), kind)| {
        with(&format!("{id}"), |it| {
            (it.discount, it.minimum) = (discount, minimum);
            (it.total, it.used) = (stock.map(|(total, _)| total), stock.map(|(_, used)| used).or(Some(3)));
            let starts = at(22 + from, hour, 0);
            let ends = starts + Duration::days(length) + Duration::hours(1);
            it.usable = if kind.1 { Period::new(Some(starts), None).unwrap() } else { period(starts, ends) };
            it.status = match (it.usable.ends().is_some_and(|ends| ends <= now()), starts > now(), kind.0) {
                (true, ..) => Status::Ended,
                (_, _, 0) => Status::InReview,
                (_, _, 1) => Status::Rejected,
                (_, _, 2 | 3) => Status::Paused,
                (_, true, _) => Status::Scheduled,
                _ => Status::Active,
            };
            if kind.2 {
                it.code = None;
            }
            if kind.3 {
                it.owner = Owner::Platform;
            }
        })
    })
}

fn any_plan() -> impl Strategy<Value = Option<Campaign>> {
    let spend = proptest::option::of((5i64..60, 0i64..80));
    let stock = proptest::option::of(1u64..500);
    proptest::option::weighted(0.8, (12i64..26, 0i64..15, spend, stock, 0u8..6)).prop_map(|plan| {
        plan.map(|(first, days, spend, stock, kind)| {
            let mut campaign = campaign("Plan", first, first + days);
            campaign.stock = stock;
            campaign.spend = spend.map(|(least, more)| SpendRange {
                currency: sgd(0).currency,
                least: Some(Decimal::from(least)),
                most: Some(Decimal::from(least + more)),
            });
            if kind == 0 {
                (campaign.first_day, campaign.last_day) = Campaign::ALWAYS;
            }
            campaign.evergreen = kind == 1;
            campaign.personal = kind == 2;
            campaign
        })
    })
}

fn any_shop() -> impl Strategy<Value = Vec<Coupon>> {
    (1usize..6).prop_flat_map(|count| (0..count).map(any_shop_coupon).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepting_everything_harms_nothing_and_comes_to_an_end(
        table in 0..TABLES.len(),
        coupons in any_shop(),
        plan in any_plan(),
        is_read_only in proptest::bool::weighted(0.05),
        by_hand in any::<bool>(),
    ) {
        let mut world = World::of(TABLES[table]);
        world.campaigns.extend(plan);
        if is_read_only {
            world.store.access = Access::ReadOnly;
        }
        let rows_given = coupons.len();
        let mut rows = world.judge(coupons);
        // What helps one coupon can change what another is asked for; but nothing helps twice in the same way.
        let mut helped: Vec<(String, ActionWord)> = Vec::new();
        loop {
            let helps = |row: &Row| row.suggestion.advice.action().filter(|_| row.suggestion.way != Route::ByHand || by_hand);
            let helping: Vec<_> =
                rows.iter().filter_map(|row| Some((row.coupon.id.to_string(), helps(row)?))).collect();
            if helping.is_empty() {
                break;
            }
            let again = helping.iter().find(|help| helped.contains(help));
            prop_assert!(again.is_none(), "{again:?} runs in circles: {}", short(&rows));
            helped.extend(helping);
            let before = rows.clone();
            let plan = Fixture::exporting(&world, &before).accepting_everything();
            let after = accepted(&mut world, &before, by_hand);
            rows = world.judge(after);
            as_planned(&plan, &before, &rows)?;
            prop_assert!(by_hand || rows_given > 1 || is_done_with(&before, &rows), "{}\n→\n{}", short(&before), short(&rows));
            harmless(&world, &before, &rows)?;
        }
    }
}

/// Of a coupon by itself: all that the platform can do for it, one acceptance does; but for what it could not do in the status that
/// the coupon had.
fn is_done_with(before: &[Row], after: &[Row]) -> bool {
    let status =
        |rows: &[Row], id: &CouponId| rows.iter().find(|row| row.coupon.id == *id).map(|row| row.coupon.status);
    after.iter().filter(|row| row.suggestion.advice.action().is_some()).all(|row| {
        let is_freed = status(before, &row.coupon.id) == Some(Status::Paused) && row.coupon.status != Status::Paused;
        is_freed || row.suggestion.way == Route::ByHand
    })
}

/// Nothing that is suggested is refused, and nothing costs more than sheet and plan said.
fn as_planned(plan: &Plan, before: &[Row], after: &[Row]) -> Result<(), TestCaseError> {
    for planned in &plan.rows {
        let is_it = |row: &&Row| row.coupon.label() == planned.label;
        let row = before.iter().find(is_it).unwrap();
        let told = row.suggested_exposure();
        match &planned.verdict {
            Verdict::Change { change, .. } => {
                prop_assert_eq!(change.exposure, told, "sheet and plan: {}", short(std::slice::from_ref(row)));
            }
            Verdict::ByHand { .. } => {}
            other => prop_assert!(false, "{}\n{}", in_words(other), short(before)),
        }
        let next = format!("{}-NEXT", row.coupon.id);
        let ours = |it: &&Row| it.coupon.id == row.coupon.id || it.coupon.id.as_str() == next;
        let costs = |rows: &[Row]| rows.iter().filter(ours).map(|row| bound(row.money_at_risk)).sum::<f64>();
        let most = told.map_or(0.0, bound);
        prop_assert!(
            costs(after) <= costs(before) + most,
            "{} costs {} more than {most}: {}\n→\n{}",
            planned.label,
            costs(after) - costs(before),
            short(before),
            short(after)
        );
    }
    Ok(())
}

fn bound(exposure: Exposure) -> f64 {
    match exposure {
        Exposure::Known(money) => money.amount.to_f64().unwrap(),
        Exposure::NoLimit | Exposure::NotKnown => f64::INFINITY,
    }
}

/// A line a row.
fn short(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let it = &row.coupon;
        let shown = |at: Option<Timestamp>| {
            at.map_or("…".to_string(), |at| at.with_timezone(&ZONE).format("%d %H:%M").to_string())
        };
        let (starts, ends) = (shown(it.usable.starts()), shown(it.usable.ends()));
        format!(
            "{} {:?} {} from {} [{starts}, {ends}] {:?}/{:?} code {:?} in {:?}: {} ⇒ {}",
            it.id,
            it.status,
            it.discount,
            it.minimum,
            it.used,
            it.total,
            it.code,
            row.campaign,
            in_short(row),
            advice_in_short(row)
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn harmless(world: &World, before: &[Row], after: &[Row]) -> Result<(), TestCaseError> {
    if world.store.access == Access::ReadOnly {
        prop_assert!(before.iter().all(|row| row.suggestion.advice.action().is_none()));
    }
    let (known, found) = (troubles(before), troubles(after));
    for (id, findings) in &found {
        let earlier = known.get(id).or_else(|| known.get(id.strip_suffix("-NEXT")?));
        for (code, severity) in findings.iter().filter(|(_, severity)| **severity >= Severity::Warning) {
            let was = earlier.and_then(|earlier| earlier.get(code));
            // What a louder finding of the same coupon told until now may be told by a calmer one.
            let was_louder = earlier.is_some_and(|earlier| earlier.values().any(|known| known >= severity));
            prop_assert!(
                was.is_some() || was_louder,
                "{id}: new {code} {severity:?}\n{}\n→\n{}",
                short(before),
                short(after)
            );
            prop_assert!(
                was.is_none_or(|was| was >= severity) || was_louder,
                "{id}: {code} got worse\n{}\n→\n{}",
                short(before),
                short(after)
            );
        }
    }
    for row in after {
        let Some(earlier) = before.iter().find(|earlier| earlier.coupon.id == row.coupon.id) else { continue };
        if earlier.coupon.usable.starts() > Some(world.now) {
            prop_assert!(!row.coupon.is_live(), "started before its time: {}", short(std::slice::from_ref(earlier)));
        }
    }
    for campaign in &world.campaigns {
        let is_live =
            |rows: &[Row]| rows.iter().any(|row| row.campaign.as_ref() == Some(&campaign.name) && row.coupon.is_live());
        let runs = campaign.runs_at(world.now, world.store.zone);
        prop_assert!(
            !runs || !is_live(before) || is_live(after),
            "left without a coupon\n{}\n→\n{}",
            short(before),
            short(after)
        );
    }
    Ok(())
}
