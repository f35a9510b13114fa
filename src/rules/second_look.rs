//! Suggestions that would be regretted: once everything was accepted, nothing more is to be asked for, and nothing is to be worse.
//!
//! What can be sent is accepted here, as the platform would, and looked at again. What is to be sent then, or is alarming only then,
//! comes of one that was accepted (two coupons of equal terms can wait for each other), and that one is left to a person, who is told of
//! the other. What a person has to do is not done by accepting it.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::Groups;
use super::input::JudgeInput;
use super::{Judged, accepted, look};
use crate::domain::{Advice, Argument, Coupon, CouponId, Deliberate, FindingCode, Memory, Route, Severity};
use crate::message;

/// How many suggestions near one that is regretted are tried, one after the other.
const ROUNDS: usize = 5;

/// What is asked for after an acceptance may be left to a person by the same rule: how many acceptances ahead that is looked at.
const LOOKS_AHEAD: usize = 2;

/// How many coupons are looked at again, at most: of a large store little more than twice as many as it has.
struct Patience(usize);

impl Patience {
    fn of(coupons: usize) -> Self {
        Self(2 * coupons + 2_000)
    }

    fn has(&mut self, coupons: usize) -> bool {
        let left = self.0.checked_sub(coupons);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Who does what is suggested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    /// The program, as far as it can.
    Sent,
    /// A person too, by hand.
    All,
}

/// `judged` are the coupons, in their order.
pub(super) fn withhold(input: &JudgeInput, coupons: &[Coupon], judged: &mut [Judged]) {
    withhold_within(input, coupons, judged, (LOOKS_AHEAD, &mut Patience::of(coupons.len())));
}

fn withhold_within(
    input: &JudgeInput,
    coupons: &[Coupon],
    judged: &mut [Judged],
    (looks_ahead, patience): (usize, &mut Patience),
) {
    if judged.iter().any(|judged| judged.is_done(Done::All)) {
        let groups = Groups::of(input, coupons, judged);
        for done in [Done::Sent, Done::All] {
            withhold_once(done, input, coupons, judged, &groups, (looks_ahead, patience));
        }
    }
}

fn withhold_once(
    done: Done,
    input: &JudgeInput,
    coupons: &[Coupon],
    judged: &mut [Judged],
    groups: &Groups,
    (looks_ahead, patience): (usize, &mut Patience),
) {
    let mut helped: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, _) in judged.iter().enumerate().filter(|(_, judged)| judged.is_done(done)) {
        helped.entry(groups.of_place(place)).or_default().push(place);
    }
    // Where nothing is done, nothing changes; and with nothing by hand, what is sent is all.
    let is_by_hand =
        |places: &[usize]| places.iter().filter_map(|it| judged.get(*it)).any(|it| !it.is_done(Done::Sent));
    let open = helped.iter().filter(|(_, places)| done == Done::Sent || is_by_hand(places));
    let mut open: BTreeSet<usize> = open.map(|(group, _)| *group).collect();
    for _ in 0..ROUNDS {
        if open.is_empty() {
            return;
        }
        let after = After::of(done, input, coupons, judged, |place| open.contains(&groups.of_place(place)));
        let regretted = after.regretted(done, input, judged, (looks_ahead, patience));
        open = regretted.iter().map(|place| groups.of_place(*place)).collect();
        for place in regretted {
            let Some((coupon, helped)) = coupons.get(place).zip(helped.get_mut(&groups.of_place(place))) else {
                continue;
            };
            let nearest = helped.iter().enumerate().min_by_key(|(_, other)| distance(coupons, judged, place, **other));
            let Some(nearest) = nearest.map(|(at, _)| at) else { continue };
            let other = helped.remove(nearest);
            if let Some(judged) = judged.get_mut(other) {
                judged.wait_for(coupons.get(other), coupon);
            }
        }
    }
}

/// How little the suggestion at `other` has to do with what is found at `place`.
fn distance(coupons: &[Coupon], judged: &[Judged], place: usize, other: usize) -> usize {
    let campaign = |place: usize| judged.get(place).and_then(|judged| judged.campaign.as_ref());
    let Some((one, another)) = coupons.get(place).zip(coupons.get(other)) else { return usize::MAX };
    let is_beside = campaign(place) == campaign(other);
    let likeness =
        [one.discount == another.discount && one.kind == another.kind, one.minimum == another.minimum, is_beside];
    if place == other { 0 } else { 1 + likeness.into_iter().filter(|is_so| !is_so).count() }
}

impl Judged {
    fn is_done(&self, done: Done) -> bool {
        self.suggestion.advice.action().is_some() && (done == Done::All || self.suggestion.way != Route::ByHand)
    }

    /// Whether something is alarming that was not told as loudly `before`.
    fn is_worse_than(&self, before: &Judged, is_any_missed: bool) -> bool {
        let known = before.findings.iter().map(|finding| finding.severity).max();
        self.findings.iter().any(|finding| {
            // What the plan names is missed by the whole store, and told where it can be made from.
            let is_of_coupon = finding.code != FindingCode::CampaignMissing || !is_any_missed;
            is_of_coupon && finding.severity >= Severity::Warning && known < Some(finding.severity)
        })
    }

    fn wait_for(&mut self, own: Option<&Coupon>, other: &Coupon) {
        let is_its_own = own.is_some_and(|own| own.id == other.id);
        self.leave_to_a_person(match is_its_own {
            true => message!("rules-would-go-on"),
            false => message!("rules-would-be-next", other = Argument::name(other.label())),
        });
    }
}

/// Coupons once all that is suggested for them was sent.
struct After {
    coupons: Vec<Coupon>,
    /// Which of the coupons before each is, or was made from.
    before: Vec<usize>,
    memory: Memory,
}

impl After {
    fn of(
        done: Done,
        input: &JudgeInput,
        coupons: &[Coupon],
        judged: &[Judged],
        is_looked_at: impl Fn(usize) -> bool,
    ) -> Self {
        let mut after = Self { coupons: Vec::new(), before: Vec::new(), memory: Memory::default() };
        for (place, (coupon, judged)) in
            coupons.iter().zip(judged).enumerate().filter(|(place, _)| is_looked_at(*place))
        {
            after.remember(input.memory, coupon);
            match judged.is_done(done) {
                true => after.accept(input, place, coupon, judged),
                false => after.add(place, coupon.clone()),
            }
        }
        after
    }

    fn accept(&mut self, input: &JudgeInput, place: usize, coupon: &Coupon, judged: &Judged) {
        let suggestion = &judged.suggestion;
        let advices: Vec<&Advice> = suggestion.advices().collect();
        let key = |id: &CouponId| (coupon.store.clone(), id.clone());
        let stopped = accepted::stopped(input, coupon, &suggestion.advice);
        if let Some((_, becomes)) = stopped {
            let replaced = Some(coupon.usable);
            let deliberate = Deliberate { becomes, by: String::new(), at: input.now, replaced };
            self.memory.on_purpose.insert(key(&coupon.id), deliberate);
        }
        let changed = || accepted::changed(input, coupon, suggestion.way, &advices);
        self.add(place, stopped.map(|(coupon, _)| coupon).or_else(changed).unwrap_or_else(|| coupon.clone()));
        for made in accepted::made(input, coupon, suggestion.way, &advices) {
            // What the plan names stands on its own.
            if made.id == coupon.id {
                let id = CouponId::new(format!("{} again", coupon.id));
                self.memory.successors.insert(key(&id), coupon.id.clone());
                let code = made.code.as_ref().map(|code| format!("{code}-2"));
                self.add(place, Coupon { id, code, ..made });
            } else {
                self.add(place, made);
            }
        }
    }

    fn add(&mut self, before: usize, coupon: Coupon) {
        self.coupons.push(coupon);
        self.before.push(before);
    }

    /// What is known of a coupon, and no more: all of the memory is large.
    fn remember(&mut self, memory: &Memory, coupon: &Coupon) {
        let key = (coupon.store.clone(), coupon.id.clone());
        self.memory.on_purpose.extend(memory.on_purpose.get(&key).map(|it| (key.clone(), it.clone())));
        self.memory.kept.extend(memory.kept.get(&key).map(|it| (key.clone(), it.clone())));
        self.memory.successors.extend(memory.successors.get(&key).map(|it| (key, it.clone())));
    }

    /// The coupons before, of which, or of whose copies, something is to be sent now, or is alarming that was not. What a person did
    /// by hand may make way for more.
    fn regretted(
        &self,
        done: Done,
        input: &JudgeInput,
        before: &[Judged],
        (looks_ahead, patience): (usize, &mut Patience),
    ) -> BTreeSet<usize> {
        if !patience.has(self.coupons.len()) {
            return BTreeSet::new();
        }
        let input = JudgeInput { memory: &self.memory, ..*input };
        let mut judged = look(&input, &self.coupons, &mut Vec::new());
        let asks = |judged: &Judged| done == Done::Sent && judged.is_done(done);
        if let Some(looks_ahead) = looks_ahead.checked_sub(1)
            && judged.iter().any(asks)
        {
            withhold_within(&input, &self.coupons, &mut judged, (looks_ahead, patience));
        }
        let misses = |judged: &Judged| judged.findings.iter().any(|it| it.code == FindingCode::CampaignMissing);
        let is_any_missed = before.iter().any(misses);
        let is_regretted = |(judged, place): &(&Judged, &usize)| {
            let Some(before) = before.get(**place) else { return false };
            asks(judged) || judged.is_worse_than(before, is_any_missed)
        };
        judged.iter().zip(&self.before).filter(is_regretted).map(|(_, place)| *place).collect()
    }
}
