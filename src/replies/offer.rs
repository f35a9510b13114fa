//! Which other coupon to name to a customer: one that really works now.

use std::collections::HashMap;

use crate::domain::{
    Coupon, Discount, Export, FindingCode, Memory, Minimum, Row, Severity, StoreId, Timestamp, Untold,
};

/// The coupons that work now, by store; of the stores that have a coupon in trouble only.
pub(super) struct Offers<'a> {
    memory: &'a Memory,
    by_store: HashMap<&'a StoreId, Vec<&'a Row>>,
}

impl<'a> Offers<'a> {
    pub fn of(export: &'a Export, memory: &'a Memory, wanted: impl Iterator<Item = &'a Row>) -> Self {
        let mut by_store: HashMap<&StoreId, Vec<&Row>> = wanted.map(|row| (&row.coupon.store, Vec::new())).collect();
        for row in export.rows.iter().filter(|row| works(row, export.finished)) {
            if let Some(offers) = by_store.get_mut(&row.coupon.store) {
                offers.push(row);
            }
        }
        Self { memory, by_store }
    }

    /// The coupon that took over, else one of the same campaign: of the same type and kind of discount where there is one, then
    /// that which asks for the least.
    pub fn instead_of(&self, row: &Row) -> Option<&'a Coupon> {
        let others = self.by_store.get(&row.coupon.store)?;
        let others = || others.iter().filter(|other| other.key != row.key);
        if let Some(successor) = others().find(|other| self.memory.takes_over(&other.coupon, &row.coupon)) {
            return Some(&successor.coupon);
        }
        let campaign = row.campaign.as_ref()?;
        let of_campaign = others().filter(|other| other.campaign.as_ref() == Some(campaign));
        let best = of_campaign.min_by_key(|other| {
            let other = &other.coupon;
            let differs = (other.kind != row.coupon.kind, kind(&other.discount) != kind(&row.coupon.discount));
            (differs, other.minimum.spend(), other.label())
        });
        best.map(|other| &other.coupon)
    }
}

// Nothing is promised that gives money away by mistake, that cannot be said in words, or that is over before the answer is read.
fn works(row: &Row, now: Timestamp) -> bool {
    let coupon = &row.coupon;
    let is_mistake = row.findings.iter().any(|finding| {
        finding.severity == Severity::Critical
            || matches!(finding.code, FindingCode::Uncapped | FindingCode::GivesMoneyAway | FindingCode::Duplicate)
    });
    coupon.is_live()
        // Its code is not for everybody who asks.
        && !coupon.kind.contains("private")
        && coupon.usable.contains(now)
        && !is_mistake
        // Nobody has said that it runs, or what it takes off at most.
        && !coupon.is_untold(Untold::Status)
        && !coupon.has_unknown_cap()
        && !matches!(coupon.discount, Discount::BuyXGetY(_) | Discount::Other(_))
        && matches!(coupon.minimum, Minimum::None | Minimum::Spend(_))
}

fn kind(discount: &Discount) -> std::mem::Discriminant<Discount> {
    std::mem::discriminant(discount)
}
