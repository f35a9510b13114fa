//! Which finding a customer notices, and what the customer then says.

use crate::domain::{Argument, FindingCode, Message, Row, Situation, Status};
use crate::message;

/// A coupon in trouble, as customers meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub situation: Situation,
    pub code: FindingCode,
    pub why: Message,
}

/// What the customer says, and how early it is noticed among several: one that is over cannot be claimed either. None where
/// customers notice nothing.
fn noticed(code: FindingCode) -> Option<(u8, Situation)> {
    match code {
        FindingCode::Expired => Some((0, Situation::Expired)),
        FindingCode::Rejected => Some((1, Situation::NotWorking)),
        FindingCode::Paused => Some((2, Situation::NotWorking)),
        FindingCode::NotStarted => Some((3, Situation::NotWorking)),
        FindingCode::OutOfStock | FindingCode::ClaimOver => Some((4, Situation::CannotClaim)),
        FindingCode::ExpiresToday => Some((5, Situation::Expired)),
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers
        | FindingCode::TokenExpiring
        | FindingCode::GivesMoneyAway
        | FindingCode::StatusUnknown
        | FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
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
pub(super) fn trouble_of(row: &Row) -> Option<Trouble> {
    if row.coupon.status == Status::Trashed {
        return None;
    }
    let found = row.findings.iter().filter_map(|finding| {
        let (place, situation) = noticed(finding.code)?;
        Some((place, Trouble { situation, code: finding.code, why: finding.why.clone() }))
    });
    // One that ended and that others stand in for is no exception for the team; whoever holds it asks all the same.
    let replaced = || {
        let why = message!("replies-ended-others", campaign = Argument::name(row.campaign.as_ref()?));
        (row.coupon.status == Status::Ended).then_some(Trouble {
            situation: Situation::Expired,
            code: FindingCode::Expired,
            why,
        })
    };
    found.min_by_key(|(place, _)| *place).map(|(_, trouble)| trouble).or_else(replaced)
}
