//! One function a rule. Each gives its finding or none; `why` names the cause first, then the consequence, in at most 80 letters.

use chrono::Duration;
use rust_decimal::Decimal;

use super::case::Case;
use super::words::{about, first_that_fits, short, thousands, unbroken};
use crate::domain::{
    Discount, Finding, FindingCode, Minimum, Money, Severity, Status, day_words, end_words, last_moment,
};

pub(super) type RuleOf = fn(&Case) -> Option<Finding>;

pub(super) const RULES: [RuleOf; 11] = [
    gives_money_away,
    rejected,
    expired,
    out_of_stock,
    paused,
    not_started,
    expires_today,
    expiring_soon,
    low_stock,
    threshold_high,
    threshold_low,
];

/// A start this near is on its way, not forgotten.
const ABOUT_TO_START: Duration = Duration::hours(1);

fn not_started(case: &Case) -> Option<Finding> {
    // It waits for the one that it follows.
    if case.coupon.status != Status::Scheduled || case.predecessor.is_some_and(|model| model.is_live()) {
        return None;
    }
    let starts = case.coupon.usable.starts();
    let when = starts.map_or("Starts later".to_string(), |at| format!("Starts {}", case.instant(at)));
    let about_to = starts.is_some_and(|at| at - case.now() <= ABOUT_TO_START);
    let Some(campaign) = case.running_campaign().filter(|_| !about_to) else {
        return case.finding(FindingCode::NotStarted, Severity::Notice, format!("{when}."));
    };
    let began = day_words(campaign.first_day, case.today());
    let why = about(&campaign.name, |name| format!("{when}; {name} began on {began}."));
    case.finding(FindingCode::NotStarted, Severity::Critical, why)
}

fn paused(case: &Case) -> Option<Finding> {
    if case.coupon.status != Status::Paused {
        return None;
    }
    if let Some(who) = case.on_purpose() {
        return case.finding(FindingCode::Paused, Severity::Notice, format!("Paused on purpose {who}."));
    }
    let how = match case.coupon.raw_status.as_str() {
        "" => "Paused".to_string(),
        raw => format!("Paused ({})", short(raw, 20)),
    };
    match case.running_campaign() {
        Some(campaign) => {
            let why = case.about_campaign(campaign, |name, last| format!("{how}; {name} runs to {last}."));
            case.finding(FindingCode::Paused, Severity::Critical, why)
        }
        None => case.finding(FindingCode::Paused, Severity::Warning, format!("{how}: buyers cannot use it.")),
    }
}

fn rejected(case: &Case) -> Option<Finding> {
    let platform = case.bench.store.platform;
    let why = match case.coupon.status {
        Status::InReview => format!("{platform} holds it in review; buyers cannot use it yet."),
        Status::Rejected => format!("{platform} refused it in review; its page says why."),
        _ => return None,
    };
    case.finding(FindingCode::Rejected, Severity::Critical, why)
}

fn expired(case: &Case) -> Option<Finding> {
    if case.coupon.status != Status::Ended || case.successor.is_some() {
        return None;
    }
    if let Some(who) = case.on_purpose() {
        return case.finding(FindingCode::Expired, Severity::Notice, format!("Ended on purpose {who}."));
    }
    let ended = case.coupon.usable.ends().map_or("Ended".to_string(), |ends| format!("Ended {}", case.last_day(ends)));
    match (case.running_campaign(), case.covered_by) {
        (Some(campaign), None) => {
            let why = case.about_campaign(campaign, |name, last| {
                format!("{ended}; {name} runs to {last} and nothing else covers it.")
            });
            case.finding(FindingCode::Expired, Severity::Critical, why)
        }
        (Some(campaign), Some(other)) => {
            let other = short(other.label(), 24);
            let why = about(&campaign.name, |name| format!("{ended}; {name} goes on with {other}."));
            case.finding(FindingCode::Expired, Severity::Notice, why)
        }
        (None, _) => case.finding(FindingCode::Expired, Severity::Notice, format!("{ended}; no campaign needs it.")),
    }
}

fn out_of_stock(case: &Case) -> Option<Finding> {
    if !case.matters() || case.coupon.remaining() != Some(0) {
        return None;
    }
    let left = format!("0 of {} left", thousands(case.coupon.total.unwrap_or(0)));
    let status = case.coupon.status;
    let (severity, why) = match (case.running_campaign(), case.campaign) {
        _ if case.successor.is_some_and(|heir| heir.is_live()) => {
            let heir = case.successor.map_or("", |heir| heir.label());
            (Severity::Notice, about(heir, |heir| format!("{left}; {heir} took over.")))
        }
        (Some(campaign), _) => {
            (Severity::Critical, case.about_campaign(campaign, |name, last| format!("{left}; {name} runs to {last}.")))
        }
        (None, None) if status == Status::Active => (Severity::Critical, format!("{left}: buyers cannot get it.")),
        (None, Some(campaign)) if case.campaign_is_over() => {
            (Severity::Notice, case.about_campaign(campaign, |name, last| format!("{left}; {name} ended {last}.")))
        }
        (None, Some(campaign)) => {
            let first = day_words(campaign.first_day, case.today());
            (Severity::Notice, about(&campaign.name, |name| format!("{left}; {name} begins {first}.")))
        }
        (None, None) => (Severity::Notice, format!("{left}; it is {status}.")),
    };
    case.finding(FindingCode::OutOfStock, severity, why)
}

fn low_stock(case: &Case) -> Option<Finding> {
    let policy = case.bench.policy;
    let (remaining, total) = (case.coupon.remaining()?, case.coupon.total?);
    let in_use = matches!(case.coupon.status, Status::Active | Status::Scheduled);
    if !in_use || remaining == 0 || total == 0 {
        return None;
    }
    let share = Decimal::from(remaining) * Decimal::ONE_HUNDRED / Decimal::from(total);
    let few = remaining < total && remaining <= policy.low_stock_count;
    if !few && share > policy.low_stock_percent {
        return None;
    }
    let share = if share < Decimal::ONE { "under 1".to_string() } else { share.round().to_string() };
    let left = format!("{} of {} left ({share}\u{a0}%)", thousands(remaining), thousands(total));
    let until = case.coupon.usable.ends().map_or(String::new(), |ends| format!("; it runs to {}", case.last_day(ends)));
    let why = first_that_fits([format!("{left}{until}."), format!("{left}.")]);
    case.finding(FindingCode::LowStock, Severity::Warning, why)
}

fn expires_today(case: &Case) -> Option<Finding> {
    let ends = case.ends_ahead()?;
    let zone = case.bench.store.zone;
    if last_moment(ends, zone).date() != case.today() {
        return None;
    }
    let at = last_moment(ends, zone).format("%H:%M");
    let Some(campaign) = case.campaign else {
        let why = format!("Ends today {at}; nothing takes over.");
        return case.finding(FindingCode::ExpiresToday, Severity::Warning, why);
    };
    let (severity, why) = if campaign.starts(zone) > ends {
        let first = day_words(campaign.first_day, case.today());
        (Severity::Warning, about(&campaign.name, |name| format!("Ends today {at}; {name} begins only {first}.")))
    } else if case.goes_on_after(campaign, ends) {
        let goes_on = |name: &str, last: &str| format!("Ends today {at}; {name} goes on to {last}.");
        (Severity::Critical, case.about_campaign(campaign, goes_on))
    } else if case.campaign_is_over() {
        let over = |name: &str, last: &str| format!("Ends today {at}; its campaign {name} ended {last}.");
        (Severity::Warning, case.about_campaign(campaign, over))
    } else {
        (Severity::Warning, about(&campaign.name, |name| format!("Ends today {at}, with its campaign {name}.")))
    };
    case.finding(FindingCode::ExpiresToday, severity, why)
}

fn expiring_soon(case: &Case) -> Option<Finding> {
    let ends = case.ends_ahead()?;
    let days = (last_moment(ends, case.bench.store.zone).date() - case.today()).num_days();
    // One that ends with its campaign ends as planned.
    let planned = case.campaign.is_some_and(|campaign| !case.goes_on_after(campaign, ends));
    if days < 1 || days > case.bench.policy.expiring_days || planned {
        return None;
    }
    let in_days = if days == 1 { "in 1\u{a0}day".to_string() } else { format!("in {days}\u{a0}days") };
    let soon = format!("Ends {}, {in_days}", end_words(ends, case.bench.store.zone, case.now()));
    let why = match case.campaign {
        Some(campaign) => case.about_campaign(campaign, |name, last| format!("{soon}; {name} runs to {last}.")),
        None => format!("{soon}; nothing takes over."),
    };
    case.finding(FindingCode::ExpiringSoon, Severity::Warning, why)
}

fn threshold_high(case: &Case) -> Option<Finding> {
    let (spend, range) = case.judged_spend()?;
    let most = case.money(range.most.filter(|most| spend > *most)?);
    let asks = format!("Asks for {}", case.money(spend));
    let why = against_range(case, &asks, &format!("allows at most {most}"));
    case.finding(FindingCode::ThresholdHigh, Severity::Warning, why)
}

fn threshold_low(case: &Case) -> Option<Finding> {
    let (spend, range) = case.judged_spend()?;
    let least = case.money(range.least.filter(|least| spend < *least)?);
    let asks =
        if spend.is_zero() { "Asks for no min spend".to_string() } else { format!("Asks for {}", case.money(spend)) };
    let why = against_range(case, &asks, &format!("wants at least {least}"));
    case.finding(FindingCode::ThresholdLow, Severity::Warning, why)
}

fn against_range(case: &Case, asks: &str, wants: &str) -> String {
    let giver = case.campaign.filter(|campaign| campaign.spend.is_some()).map(|campaign| campaign.name.as_str());
    let why = about(giver.unwrap_or("the store's rule"), |name| format!("{asks}; {name} {wants}."));
    first_that_fits([why, format!("{asks}."), "The min spend is outside the range that the plan allows.".to_string()])
}

fn gives_money_away(case: &Case) -> Option<Finding> {
    if !case.matters() {
        return None;
    }
    let most = case.bench.policy.percent_max;
    let why = match (case.fixed_sum(), &case.coupon.discount, case.coupon.minimum) {
        (Some(sum), _, Minimum::None) => free_order(sum, "with no min spend", sum),
        (Some(sum), _, Minimum::Spend(minimum)) if loses(sum, minimum) => {
            free_order(sum, &format!("from {}", unbroken(minimum)), minimum)
        }
        (_, Discount::Share { percent, .. } | Discount::Coins { percent, .. }, _) if percent.0 > most => {
            let allowed = format!("is above the {}\u{a0}% that your rules allow.", most.normalize());
            first_that_fits([
                format!("{} off {allowed}", unbroken(percent)),
                "Takes off a larger share than your rules allow.".to_string(),
            ])
        }
        _ => return None,
    };
    case.finding(FindingCode::GivesMoneyAway, Severity::Critical, why)
}

fn loses(sum: Money, minimum: Money) -> bool {
    sum.currency == minimum.currency && sum.amount >= minimum.amount
}

fn free_order(sum: Money, from: &str, order: Money) -> String {
    let (sum, order) = (unbroken(sum), unbroken(order));
    first_that_fits([
        format!("{sum} off {from}: an order of {order} costs nothing."),
        format!("{sum} off {from}: a small order costs nothing."),
        "The fixed discount is not below the min spend: a small order costs nothing.".to_string(),
    ])
}
