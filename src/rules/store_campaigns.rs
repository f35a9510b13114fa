//! What the campaign plan says of a whole store: campaigns that no coupon of it covers, coupons that no campaign names.

use std::collections::BTreeMap;

use chrono::Duration;

use super::context::ABOUT_TO_START;
use super::input::JudgeInput;
use crate::domain::{
    Argument, Campaign, Coupon, Finding, FindingCode, Message, Row, Severity, Status, Timestamp, local_day,
};
use crate::message;

/// The findings on the store, of a list that came whole. `rows` are all of the store's, judged.
pub fn findings_by_campaigns(input: &JudgeInput, rows: &[Row]) -> Vec<Finding> {
    let mut by_name: BTreeMap<&str, Vec<&Campaign>> = BTreeMap::new();
    for campaign in input.campaigns.campaigns_in(input.store) {
        by_name.entry(&campaign.name).or_default().push(campaign);
    }
    let uncovered = by_name.into_iter().filter_map(|(name, lines)| {
        let of_campaign: Vec<&Row> = rows.iter().filter(|row| row.campaign.as_deref() == Some(name)).collect();
        running_without(input, &lines, &of_campaign).or_else(|| beginning_without(input, &lines, &of_campaign))
    });
    let mut found: Vec<Finding> = uncovered.collect();
    found.extend(unplanned(input, rows));
    found
}

/// A campaign that runs and has no live coupon in the store. Where the row of one of its coupons says so, the store does not.
fn running_without(input: &JudgeInput, lines: &[&Campaign], rows: &[&Row]) -> Option<Finding> {
    let campaign = lines.iter().find(|campaign| campaign.runs_at(input.now, input.store.zone))?;
    let is_asked = !campaign.is_evergreen() || !rows.is_empty();
    let is_told = rows.iter().any(|row| tells_of_cover(row, Severity::Critical));
    let is_on_its_way = |coupon: &Coupon| {
        let starts = coupon.usable.starts().filter(|_| coupon.status == Status::Scheduled);
        starts.is_some_and(|starts| starts - input.now <= ABOUT_TO_START)
    };
    if !is_asked || is_told || rows.iter().any(|row| row.coupon.is_live() || is_on_its_way(&row.coupon)) {
        return None;
    }
    let name = Argument::name(&campaign.name);
    let why = match campaign.is_open() {
        true => message!("rules-uncovered-always", campaign = name),
        false => message!(
            "rules-uncovered",
            campaign = name,
            day = day(input, campaign.ends(input.store.zone) - Duration::seconds(1))
        ),
    };
    finding(FindingCode::CampaignUncovered, Severity::Critical, why)
}

/// A campaign that begins soon, with no coupon that will be there then. Coupons that the plan names are missed one by one.
fn beginning_without(input: &JudgeInput, lines: &[&Campaign], rows: &[&Row]) -> Option<Finding> {
    let campaign = lines.iter().min_by_key(|campaign| campaign.first_day)?;
    let starts = campaign.starts(input.store.zone);
    let is_near = starts > input.now && starts - input.now <= Duration::try_days(input.policy.missing_days)?;
    let is_told = rows.iter().any(|row| tells_of_cover(row, Severity::Warning));
    let is_to_come = |coupon: &Coupon| coupon.is_to_be_had() && coupon.had_until().is_none_or(|ends| ends > starts);
    if !is_near || is_told || !campaign.wanted.is_empty() || rows.iter().any(|row| is_to_come(&row.coupon)) {
        return None;
    }
    let why = message!("rules-uncovered-to-come", campaign = Argument::name(&campaign.name), day = day(input, starts));
    finding(FindingCode::CampaignUncovered, Severity::Warning, why)
}

/// Whether the row says, so loudly or louder, that its campaign lacks it.
fn tells_of_cover(row: &Row, severity: Severity) -> bool {
    use FindingCode::{CampaignGap, CampaignMissing, Expired, NotStarted, OutOfStock, Paused, Rejected};
    let codes = [CampaignGap, CampaignMissing, Expired, NotStarted, OutOfStock, Paused, Rejected];
    row.findings.iter().any(|finding| finding.severity >= severity && codes.contains(&finding.code))
}

/// A team that plans nothing in a store has nothing unplanned there.
fn unplanned(input: &JudgeInput, rows: &[Row]) -> Option<Finding> {
    let is_unplanned = |row: &&Row| row.is_unplanned();
    let first = rows.iter().find(is_unplanned).filter(|_| input.campaigns.plans_for(input.store))?;
    let count = rows.iter().filter(is_unplanned).count();
    let why = message!("rules-unplanned", count = count, first = Argument::name(first.coupon.label()));
    finding(FindingCode::Unplanned, Severity::Notice, why)
}

fn finding(code: FindingCode, severity: Severity, why: Message) -> Option<Finding> {
    Some(Finding { code, severity, why })
}

fn day(input: &JudgeInput, at: Timestamp) -> Argument {
    let zone = input.store.zone;
    Argument::Day { day: local_day(at, zone), near: local_day(input.now, zone) }
}
