//! Findings that a manager accepted as they are, for as long as nothing changes.

use super::context::CouponContext;
use crate::domain::{Argument, Coupon, Finding, FindingCode, Kept, Message};
use crate::message;

impl CouponContext<'_> {
    /// The last `keep` that silences `finding`. One that was over when it was made takes back what was kept before.
    pub(super) fn kept(&self, finding: &Finding) -> Option<&Kept> {
        let kept = self.input.memory.kept.get(&self.key())?;
        let holds = |kept: &&Kept| kept.keeping.until.is_none_or(|until| until > kept.at);
        kept.iter().rev().take_while(holds).find(|kept| {
            let keeping = &kept.keeping;
            keeping.until.is_none_or(|until| self.now() < until)
                && keeping.findings.contains(&(finding.code, finding.severity))
                && is_as_it_was(finding.code, &keeping.coupon, self.coupon)
        })
    }

    /// `kept by Mei until Mon 30 Nov 23:59: agreed with the brand`.
    pub(super) fn why_kept(&self, kept: &Kept) -> Message {
        let (by, note) = (Argument::name(&kept.by), kept.keeping.note.trim());
        match kept.keeping.until {
            Some(until) => message!("rules-kept-until", by = by, until = self.end(until), note = note),
            None => message!("rules-kept", by = by, note = note),
        }
    }
}

/// Whether the facts that a finding is about are those that were accepted: never its sentence, which is another in each
/// language and on each day. Severity and code are compared by who asks.
fn is_as_it_was(code: FindingCode, then: &Coupon, now: &Coupon) -> bool {
    let same_stand = then.status == now.status;
    let same_rules = then.discount == now.discount && then.minimum == now.minimum;
    same_stand
        && match code {
            FindingCode::Expired
            | FindingCode::Paused
            | FindingCode::NotStarted
            | FindingCode::Rejected
            | FindingCode::ExpiresToday
            | FindingCode::ExpiringSoon
            | FindingCode::ClaimOver
            | FindingCode::CampaignGap => then.usable == now.usable,
            FindingCode::OutOfStock => then.total == now.total,
            // Buyers go on taking what is low; half of what was accepted is another matter, and so is a restock that went.
            FindingCode::LowStock | FindingCode::RunsOutEarly => {
                let half = then.remaining().map(|left| left.div_ceil(2));
                then.total == now.total && then.usable.ends() == now.usable.ends() && now.remaining() >= half
            }
            FindingCode::SuddenDrop => now.remaining() >= then.remaining(),
            FindingCode::GivesMoneyAway
            | FindingCode::Uncapped
            | FindingCode::ThresholdHigh
            | FindingCode::ThresholdLow => same_rules,
            FindingCode::Duplicate => same_rules && then.usable == now.usable && then.code == now.code,
            FindingCode::StatusUnknown => then.raw_status == now.raw_status,
            FindingCode::Unplanned => true,
            // On stores and on what is not there, nobody can keep anything.
            FindingCode::StoreNotLoaded
            | FindingCode::ListIncomplete
            | FindingCode::StoreRestricted
            | FindingCode::WrongShop
            | FindingCode::StoreDiffers
            | FindingCode::TokenExpiring
            | FindingCode::CampaignUncovered
            | FindingCode::CampaignMatchesNothing
            | FindingCode::CampaignMissing => false,
        }
}
