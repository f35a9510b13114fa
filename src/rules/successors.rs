//! Who takes over from whom.

use std::collections::{BTreeMap, HashMap};

use super::likeness::{Likeness, likeness};
use crate::domain::{Coupon, CouponId, Memory, Period, Status, StoreId};

/// Of those that take over from one coupon, so many are kept, and the first that is there.
const SUCCESSORS_MAX: usize = 8;

/// Both directions, within one store.
#[derive(Debug, Default)]
pub struct Successors<'a> {
    successors: BTreeMap<&'a CouponId, Vec<&'a Coupon>>,
    models: BTreeMap<&'a CouponId, &'a Coupon>,
}

impl<'a> Successors<'a> {
    /// The coupon that takes over when this one ends: live, or about to be. One that has ended hands on to its own successor.
    pub fn successor_of(&self, coupon: &CouponId) -> Option<&'a Coupon> {
        let mut line: Vec<&CouponId> = Vec::new();
        let mut at = coupon;
        loop {
            let successors = self.successors.get(at)?;
            if let Some(successor) = successors.iter().find(|successor| is_there(successor)) {
                return Some(successor);
            }
            let ended = successors
                .iter()
                .find(|successor| successor.status == Status::Ended && !line.contains(&&successor.id))?;
            line.push(&ended.id);
            at = &ended.id;
        }
    }

    pub fn predecessor_of(&self, coupon: &CouponId) -> Option<&'a Coupon> {
        self.models.get(coupon).copied()
    }

    /// Its model, the model's model and so on, nearest first.
    pub fn ancestors_of(&self, coupon: &CouponId) -> Vec<&'a Coupon> {
        let mut line: Vec<&Coupon> = Vec::new();
        let mut at = coupon;
        while let Some(model) = self.predecessor_of(at) {
            // Live facts can form a circle (stopped coupons of no length, each starting at the other's end); nobody is his own
            // ancestor.
            if model.id == *coupon || line.iter().any(|known| known.id == model.id) {
                break;
            }
            line.push(model);
            at = &model.id;
        }
        line
    }
}

/// From the journal for those that we made, whenever they start; from live facts for the others.
pub fn successors<'a>(coupons: &'a [Coupon], store: &StoreId, memory: &Memory) -> Successors<'a> {
    let by_id: BTreeMap<&CouponId, &Coupon> = coupons.iter().map(|coupon| (&coupon.id, coupon)).collect();
    let mut found = Successors::default();
    for ((_, new), model) in memory.successors.iter().filter(|((made_in, _), _)| made_in == store) {
        if let (Some(successor), Some(model)) = (by_id.get(new), by_id.get(model)) {
            found.add(successor, model);
        }
    }
    let by_end = by_end(coupons);
    for successor in coupons {
        // Whose successor it is stands in the journal: duplicates of its model have to be renewed on their own.
        let Some(starts) = successor.usable.starts().filter(|_| !found.models.contains_key(&successor.id)) else {
            continue;
        };
        let Some(alike) = by_end.get(&likeness(successor)) else { continue };
        let seam = starts.timestamp() - Period::SEAM_SECONDS..=starts.timestamp() + Period::SEAM_SECONDS;
        for (_, ending) in alike.range(seam) {
            for model in ending.iter().filter(|model| successor.takes_over_from(model)) {
                found.add(successor, model);
            }
        }
    }
    found
}

impl<'a> Successors<'a> {
    fn add(&mut self, successor: &'a Coupon, model: &'a Coupon) {
        let known = self.successors.entry(&model.id).or_default();
        // Thousands of codes of one kind may all follow as many others.
        if known.len() < SUCCESSORS_MAX || is_there(successor) && !known.iter().any(|known| is_there(known)) {
            known.push(successor);
        }
        self.models.entry(&successor.id).or_insert(model);
    }
}

fn is_there(coupon: &Coupon) -> bool {
    matches!(coupon.status, Status::Scheduled | Status::Active)
}

/// By when they end.
type ByEnd<'a> = BTreeMap<i64, Vec<&'a Coupon>>;

fn by_end(coupons: &[Coupon]) -> HashMap<Likeness<'_>, ByEnd<'_>> {
    let mut by_end: HashMap<Likeness, ByEnd> = HashMap::new();
    for coupon in coupons {
        if let Some(ends) = coupon.usable.ends() {
            by_end.entry(likeness(coupon)).or_default().entry(ends.timestamp()).or_default().push(coupon);
        }
    }
    by_end
}
