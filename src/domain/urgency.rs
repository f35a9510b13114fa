//! What is done first: one order for rows, "Do these first", messages and the terminal.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::{Exposure, FindingCode, Row, Severity, Timestamp};

/// Compared, the smaller is the more urgent: how bad, then what kind (loses money · a running campaign uncovered · sold out ·
/// paused, rejected · ends today · the rest, in the order of [`FindingCode`]), then the money at risk, then the time left.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    severity: Reverse<Option<Severity>>,
    worst: Option<FindingCode>,
    money: Reverse<Decimal>,
    ends: Timestamp,
}

impl Urgency {
    pub fn of(row: &Row) -> Self {
        let severity = row.severity();
        let worst = row.findings.iter().filter(|finding| Some(finding.severity) == severity).map(|it| it.code).min();
        let ends = row.coupon.usable.ends().unwrap_or(Timestamp::MAX_UTC);
        Self { severity: Reverse(severity), worst, money: Reverse(weight(&row.money_at_risk)), ends }
    }

    /// Of a finding on a whole store, which weighs more than any single coupon's of its kind.
    pub fn of_store(severity: Severity, code: FindingCode) -> Self {
        let money = Reverse(Decimal::MAX);
        Self { severity: Reverse(Some(severity)), worst: Some(code), money, ends: Timestamp::MIN_UTC }
    }
}

/// What has no limit outweighs every sum.
fn weight(exposure: &Exposure) -> Decimal {
    match exposure {
        Exposure::NoLimit => Decimal::MAX,
        Exposure::NotKnown => Decimal::ZERO,
        Exposure::Known(money) => money.weight(),
    }
}
