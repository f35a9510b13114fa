//! Which finding a customer notices, and what the customer then says.

use crate::domain::{FindingCode, Row, Situation, Status};

/// A coupon in trouble, as customers meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble<'a> {
    pub situation: Situation,
    pub code: FindingCode,
    pub why: &'a str,
}

/// What customers notice first: one that is over cannot be claimed either.
const NOTICED: [(FindingCode, Situation); 6] = [
    (FindingCode::Expired, Situation::Expired),
    (FindingCode::Rejected, Situation::NotWorking),
    (FindingCode::Paused, Situation::NotWorking),
    (FindingCode::NotStarted, Situation::NotWorking),
    (FindingCode::OutOfStock, Situation::CannotClaim),
    (FindingCode::ExpiresToday, Situation::Expired),
];

/// The findings that a customer can notice: a reply template may be written for one of them alone.
pub(super) fn noticed() -> impl Iterator<Item = FindingCode> {
    NOTICED.into_iter().map(|(code, _)| code)
}

/// None where customers notice nothing, whatever else is wrong with the coupon.
pub(super) fn trouble_of(row: &Row) -> Option<Trouble<'_>> {
    if row.coupon.status == Status::Trashed {
        return None;
    }
    NOTICED.into_iter().find_map(|(code, situation)| {
        let finding = row.findings.iter().find(|finding| finding.code == code)?;
        Some(Trouble { situation, code, why: &finding.why })
    })
}
