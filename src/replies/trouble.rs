//! Which finding a customer notices, and what the customer then says.

use crate::domain::{FindingCode, Message, Row, Situation, Status};

/// A coupon in trouble, as customers meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble<'a> {
    pub situation: Situation,
    pub code: FindingCode,
    pub why: &'a Message,
}

/// What the customer says, and how early it is noticed among several: one that is over cannot be claimed either. None where
/// customers notice nothing.
fn noticed(code: FindingCode) -> Option<(u8, Situation)> {
    match code {
        FindingCode::Expired => Some((0, Situation::Expired)),
        FindingCode::Rejected => Some((1, Situation::NotWorking)),
        FindingCode::Paused => Some((2, Situation::NotWorking)),
        FindingCode::NotStarted => Some((3, Situation::NotWorking)),
        FindingCode::OutOfStock => Some((4, Situation::CannotClaim)),
        FindingCode::ExpiresToday => Some((5, Situation::Expired)),
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::TokenExpiring
        | FindingCode::GivesMoneyAway
        | FindingCode::CampaignMissing
        | FindingCode::CampaignGap
        | FindingCode::ExpiringSoon
        | FindingCode::RunsOutEarly
        | FindingCode::LowStock
        | FindingCode::SuddenDrop
        | FindingCode::Uncapped
        | FindingCode::ThresholdHigh
        | FindingCode::ThresholdLow
        | FindingCode::Duplicate
        | FindingCode::Unplanned => None,
    }
}

/// Whether customers notice it: a reply template may be written for it alone.
pub(super) fn is_noticed(code: FindingCode) -> bool {
    noticed(code).is_some()
}

/// None where customers notice nothing, whatever else is wrong with the coupon.
pub(super) fn trouble_of(row: &Row) -> Option<Trouble<'_>> {
    if row.coupon.status == Status::Trashed {
        return None;
    }
    let found = row.findings.iter().filter_map(|finding| {
        let (place, situation) = noticed(finding.code)?;
        Some((place, Trouble { situation, code: finding.code, why: &finding.why }))
    });
    found.min_by_key(|(place, _)| *place).map(|(_, trouble)| trouble)
}
