//! What can be done with a TikTok Shop coupon: nothing through the API, some of it by hand.
//!
//! Sources: "coupon API" is the official reference, which has a search and a detail of coupons and nothing else; "Seller
//! University" is TikTok Shop's help for sellers on seller coupons and on promo codes. What sellers may do differs by market and
//! changes often: it is guidance for people, and nothing is refused because of it that could have been sent.

use chrono::Duration;

use crate::domain::{Abilities, Ability, Confidence, Limits, Platform, Rule, Status, Verb};

const SCHEDULED: &[Status] = &[Status::Scheduled];
const ACTIVE: &[Status] = &[Status::Active];
const ENDED: &[Status] = &[Status::Ended];
/// Deactivated.
const PAUSED: &[Status] = &[Status::Paused];
const COMING_OR_RUNNING: &[Status] = &[Status::Scheduled, Status::Active];
const OVER: &[Status] = &[Status::Ended, Status::Paused];
const EVERY: &[Status] = &Status::ALL;

const fn rule(
    verb: Verb,
    statuses: &'static [Status],
    ability: Ability,
    mark: Confidence,
    source: &'static str,
    reason: &'static str,
) -> Rule {
    Rule { verb, statuses, ability, reason, mark, source }
}

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::TiktokShop,
    rules: RULES,
    limits: Limits {
        // They bind what is sent, and nothing is.
        longest_period: None,
        shortest_period: None,
        start_lead: Duration::zero(),
        // Source: field `promo_code` of the coupon API; the seller centre of some markets allows fewer.
        code_letters_max: 12,
        code_prefix_letters: 0,
        code_hyphen: false,
        has_bin: false,
        has_start: true,
        products_rule: None,
    },
    platform_owned: "",
};

const COUPONS: &str = "Seller University, seller coupons";
const CODES: &str = "Seller University, promo codes";
const BOTH: &str = "Seller University, seller coupons and promo codes";
const SILENT: &str = "coupon API and Seller University: no such operation";

// A table, a line a rule.
#[rustfmt::skip]
const RULES: &[Rule] = {
    use Ability::{Already, ByHand, Never};
    use Confidence::{Documented, Inferred};
    &[
        rule(Verb::Extend, COMING_OR_RUNNING, ByHand, Documented, BOTH, "TikTok Shop's API only reads coupons; in Seller Center a coupon's end can be moved until it is over"),
        rule(Verb::Extend, ENDED, Never, Inferred, BOTH, "a coupon that is over cannot be changed; recreate it, by duplicating it in Seller Center"),
        rule(Verb::Extend, PAUSED, Never, Inferred, BOTH, "a deactivated coupon cannot be changed; recreate it, by duplicating it in Seller Center"),
        rule(Verb::Shorten, SCHEDULED, ByHand, Documented, BOTH, "TikTok Shop's API only reads coupons; in Seller Center a coupon's end can be moved before it starts"),
        rule(Verb::Shorten, ACTIVE, ByHand, Documented, COUPONS, "TikTok Shop's API only reads coupons; in Seller Center the end of a running coupon can be moved, that of a running promo code only to a later day"),
        rule(Verb::Shorten, OVER, Never, Inferred, BOTH, "it is over already"),
        rule(Verb::Restock, COMING_OR_RUNNING, ByHand, Documented, BOTH, "TikTok Shop's API only reads coupons; in Seller Center the quantity can be raised until it is over"),
        rule(Verb::Restock, OVER, Never, Inferred, BOTH, "a coupon that is over cannot be changed; recreate it, by duplicating it in Seller Center"),
        rule(Verb::AdjustMinSpend, SCHEDULED, ByHand, Documented, CODES, "TikTok Shop's API only reads coupons; in Seller Center the min spend of a promo code can be changed until it starts, that of a coupon only until it is activated"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Documented, BOTH, "only the name, the end and the quantity of a running coupon can be changed, in Seller Center too; recreate it instead, by duplicating it there"),
        rule(Verb::AdjustMinSpend, OVER, Never, Inferred, BOTH, "a coupon that is over cannot be changed; recreate it, by duplicating it in Seller Center"),
        rule(Verb::End, COMING_OR_RUNNING, ByHand, Documented, BOTH, "TikTok Shop's API only reads coupons; in Seller Center it can be deactivated, and what buyers have claimed stays usable"),
        rule(Verb::End, ENDED, Already, Documented, BOTH, "it has ended already"),
        rule(Verb::End, PAUSED, Already, Documented, BOTH, "it is deactivated already"),
        rule(Verb::Pause, COMING_OR_RUNNING, ByHand, Documented, BOTH, "TikTok Shop's API only reads coupons; in Seller Center it can be deactivated, but not switched on again as far as is known"),
        rule(Verb::Pause, PAUSED, Already, Documented, BOTH, "it is deactivated already"),
        rule(Verb::Pause, ENDED, Never, Documented, BOTH, "it has ended already"),
        rule(Verb::Enable, SCHEDULED, Never, Inferred, SILENT, "it starts by itself when its start comes"),
        rule(Verb::Enable, ACTIVE, Already, Documented, BOTH, "it is running already"),
        rule(Verb::Enable, PAUSED, Never, Inferred, SILENT, "a deactivated coupon cannot be switched on again as far as is known; recreate it, by duplicating it in Seller Center"),
        rule(Verb::Enable, ENDED, Never, Inferred, SILENT, "an ended coupon cannot be started again; recreate it, by duplicating it in Seller Center"),
        rule(Verb::Delete, COMING_OR_RUNNING, ByHand, Inferred, SILENT, "TikTok Shop has no way to delete a coupon; deactivate it in Seller Center instead"),
        rule(Verb::Delete, OVER, Never, Inferred, SILENT, "TikTok Shop has no way to delete a coupon; one that is over stays in the list"),
        rule(Verb::Create, EVERY, ByHand, Documented, CODES, "TikTok Shop's API only reads coupons; Seller Center has a button that duplicates one"),
    ]
};
