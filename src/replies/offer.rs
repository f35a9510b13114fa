//! Which other coupon to name to a customer: one that really works now.

use std::collections::HashMap;

use rust_decimal::Decimal;

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

    /// The best; see [`instead_of`].
    pub fn instead_of(&self, row: &Row) -> Option<&'a Coupon> {
        let others = self.by_store.get(&row.coupon.store)?.iter().copied();
        let best = meant(row, others, self.memory).min_by_key(|(place, _)| *place);
        best.map(|(_, other)| &other.coupon)
    }
}

/// Of `others` those to name instead of `row`'s coupon, the best first: the coupon that took over, then those of the same campaign; of
/// the same type and kind of discount first, then that which asks for the least. Only what works at `now`, by what is known of it.
pub fn instead_of<'a>(row: &Row, others: &'a [Row], memory: &Memory, now: Timestamp) -> Vec<&'a Row> {
    let of_store = others.iter().filter(|other| other.coupon.store == row.coupon.store && works(other, now));
    let mut meant: Vec<_> = meant(row, of_store, memory).collect();
    meant.sort_by_key(|(place, _)| *place);
    meant.into_iter().map(|(_, other)| other).collect()
}

/// How well another coupon stands in for one: the least is the best.
type Place<'a> = (bool, (bool, bool), Option<Decimal>, &'a str);

fn meant<'a>(
    row: &Row,
    others: impl Iterator<Item = &'a Row>,
    memory: &Memory,
) -> impl Iterator<Item = (Place<'a>, &'a Row)> {
    others.filter(|other| other.key != row.key).filter_map(|other| {
        let takes_over = memory.takes_over(&other.coupon, &row.coupon);
        let differs =
            (other.coupon.kind != row.coupon.kind, kind(&other.coupon.discount) != kind(&row.coupon.discount));
        let is_meant = takes_over || (row.campaign.is_some() && other.campaign == row.campaign);
        is_meant.then(|| ((!takes_over, differs, other.coupon.minimum.spend(), other.coupon.label()), other))
    })
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
