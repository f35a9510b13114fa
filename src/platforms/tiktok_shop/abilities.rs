//! What can be done with a TikTok Shop coupon: nothing through the API, some of it by hand.
//!
//! Sources: "coupon API" is the official reference, which has a search and a detail of coupons and nothing else; "Seller
//! University" is TikTok Shop's help for sellers on seller coupons and on promo codes. What sellers may do differs by market and
//! changes often: it is guidance for people, and nothing is refused because of it that could have been sent.

use crate::domain::{
    Abilities, Ability, BackOffice, Confidence, Coupon, Limits, Message, Platform, Rule, Status, Verb, Write,
};
use crate::message;
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, NOT_ENDED, PAUSED, SCHEDULED, rule};

const OVER: &[Status] = &[Status::Ended, Status::Paused];

pub static ABILITIES: Abilities = Abilities {
    platform: Platform::new("tiktok_shop"),
    name: "TikTok Shop",
    rules: RULES,
    limits: Limits {
        // They bind what is sent, and nothing is.
        // Source: field `promo_code` of the coupon API; the seller centre of some markets allows fewer.
        code_letters_max: 12,
        ..Limits::NONE
    },
    platform_owned: "",
    impossible,
    terms,
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
        rule(Verb::Extend, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-coupon-s-end-moved-until"),
        rule(Verb::Extend, ENDED, Never, Inferred, BOTH, "reason-coupon-over-cannot-changed"),
        rule(Verb::Extend, PAUSED, Never, Inferred, BOTH, "reason-deactivated-coupon-cannot-changed"),
        rule(Verb::Shorten, SCHEDULED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-coupon-s-end-moved-before"),
        rule(Verb::Shorten, ACTIVE, ByHand, Documented, COUPONS, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-end"),
        rule(Verb::Shorten, OVER, Never, Inferred, BOTH, "reason-over-already"),
        rule(Verb::Restock, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-quantity"),
        rule(Verb::Restock, OVER, Never, Inferred, BOTH, "reason-coupon-over-cannot-changed"),
        rule(Verb::AdjustMinSpend, SCHEDULED, ByHand, Documented, CODES, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-min"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Documented, BOTH, "reason-only-name-end-quantity"),
        rule(Verb::AdjustMinSpend, OVER, Never, Inferred, BOTH, "reason-coupon-over-cannot-changed"),
        rule(Verb::End, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-deactivated-what"),
        rule(Verb::End, ENDED, Already, Documented, BOTH, "reason-ended-already"),
        rule(Verb::End, PAUSED, Already, Documented, BOTH, "reason-deactivated-already"),
        rule(Verb::Pause, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-deactivated-but"),
        rule(Verb::Pause, PAUSED, Already, Documented, BOTH, "reason-deactivated-already"),
        rule(Verb::Pause, ENDED, Never, Documented, BOTH, "reason-ended-already"),
        rule(Verb::Enable, SCHEDULED, Never, Inferred, SILENT, "reason-starts-itself-when-start"),
        rule(Verb::Enable, ACTIVE, Already, Documented, BOTH, "reason-running-already"),
        rule(Verb::Enable, PAUSED, Never, Inferred, SILENT, "reason-deactivated-coupon-cannot-switched"),
        rule(Verb::Enable, ENDED, Never, Inferred, SILENT, "reason-ended-coupon-cannot-started"),
        rule(Verb::Delete, NOT_ENDED, ByHand, Inferred, SILENT, "reason-tiktok-shop-no-way-delete-coupon-deactivate"),
        rule(Verb::Delete, OVER, Never, Inferred, SILENT, "reason-tiktok-shop-no-way-delete-coupon-over"),
        rule(Verb::Create, EVERY, ByHand, Documented, CODES, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-button"),
    ]
};

/// Guidance for people: what the pages of another market call things differs, and nothing is refused because of it.
pub static BACK_OFFICE: BackOffice = BackOffice {
    menu: "Promotions > Promotion Tools",
    end_field: "End time",
    total_field: "Quantity",
    minimum_field: "Minimum spend",
    moment: "%d/%m/%Y %H:%M",
    moment_elsewhere: ("%m/%d/%Y %H:%M", &["USD"]),
    end_is_included: true,
    edit: "Edit",
    stop: "Deactivate",
    enable: "Duplicate",
    delete: "Deactivate",
    copy: "Duplicate",
    save: "Submit",
    mark: Confidence::Inferred,
    source: "menu, deactivate, duplicate: Seller University on seller coupons and promo codes; fields and dates: inferred",
};

/// The coupon API is read-only.
fn impossible(_: &Write, _: &Coupon) -> Option<Message> {
    Some(message!("impossible-tiktok"))
}

/// For whom and where a coupon is. Source: coupon API, `target_buyer_segment`, `product_scope` and `display_channels`.
fn terms(coupon: &Coupon) -> Vec<Message> {
    let rule = |name: &str| coupon.other_rules.get(name);
    let word = |name: &str| rule(name).and_then(serde_json::Value::as_str);
    let buyers = match word("target_buyer_segment") {
        None | Some("ALL") => None,
        Some("NEW") => Some("terms-new-buyers"),
        Some("REPEAT_CUSTOMERS" | "RECENT_CUSTOMERS" | "FREQUENT_CUSTOMERS" | "LAPSED_CUSTOMERS") => {
            Some("terms-repeat-buyers")
        }
        Some("NEW_FOLLOWERS" | "EXISTING_ACTIVE_FOLLOWERS") => Some("terms-followers"),
        Some(_) => Some("terms-certain-buyers"),
    };
    let items = match word("product_scope") {
        Some("FULL_SHOP") => None,
        None if rule("product_ids").is_none() => Some("terms-items-not-told"),
        _ => Some("terms-certain-items"),
    };
    let channels: Vec<&str> = rule("display_channels")
        .and_then(|it| it.as_array())
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str())
        .collect();
    let place = match channels.as_slice() {
        ["LIVE"] => Some("terms-in-live"),
        ["VIDEO"] => Some("terms-in-videos"),
        ["CHAT"] => Some("terms-in-chat"),
        ["PRIVATE" | "PRIVATE_WITH_ALLOW"] => Some("terms-told-the-code"),
        _ => None,
    };
    [buyers, place, items].into_iter().flatten().map(|id| message!(id)).collect()
}
