//! What can be done with a TikTok Shop coupon: nothing through the API, some of it by hand.
//!
//! Sources: "coupon API" is the official reference, which has a search and a detail of coupons and nothing else; "Seller
//! University" is TikTok Shop's help for sellers on seller coupons and on promo codes. What sellers may do differs by market and
//! changes often: it is guidance for people, and nothing is refused because of it that could have been sent.

use crate::domain::{Abilities, Ability, BackOffice, Confidence, Limits, Platform, Rule, Status, Verb};
use crate::platforms::ability_rules::{ACTIVE, ENDED, EVERY, NOT_ENDED, PAUSED, SCHEDULED, rule};

const OVER: &[Status] = &[Status::Ended, Status::Paused];

pub const PLATFORM: Platform = Platform::new("tiktok_shop");

pub static ABILITIES: Abilities = Abilities {
    platform: PLATFORM,
    name: "TikTok Shop",
    rules: RULES,
    limits: Limits {
        // They bind what is sent, and nothing is.
        // Source: field `promo_code` of the coupon API; the seller centre of some markets allows fewer.
        code_letters_max: 12,
        ..Limits::NONE
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
        rule(Verb::Extend, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-a-coupon-s-end-can-be-moved-until-it-is-over"),
        rule(Verb::Extend, ENDED, Never, Inferred, BOTH, "reason-a-coupon-that-is-over-cannot-be-changed-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::Extend, PAUSED, Never, Inferred, BOTH, "reason-a-deactivated-coupon-cannot-be-changed-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::Shorten, SCHEDULED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-a-coupon-s-end-can-be-moved-before-it-starts"),
        rule(Verb::Shorten, ACTIVE, ByHand, Documented, COUPONS, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-the-end-of-a-running-coupon-can-be-moved-that-of-a-running-promo-code-only-to-a-later-day"),
        rule(Verb::Shorten, OVER, Never, Inferred, BOTH, "reason-it-is-over-already"),
        rule(Verb::Restock, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-the-quantity-can-be-raised-until-it-is-over"),
        rule(Verb::Restock, OVER, Never, Inferred, BOTH, "reason-a-coupon-that-is-over-cannot-be-changed-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::AdjustMinSpend, SCHEDULED, ByHand, Documented, CODES, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-the-min-spend-of-a-promo-code-can-be-changed-until-it-starts-that-of-a-coupon-only-until-it-is-activated"),
        rule(Verb::AdjustMinSpend, ACTIVE, Never, Documented, BOTH, "reason-only-the-name-the-end-and-the-quantity-of-a-running-coupon-can-be-changed-in-seller-center-too-recreate-it-instead-by-duplicating-it-there"),
        rule(Verb::AdjustMinSpend, OVER, Never, Inferred, BOTH, "reason-a-coupon-that-is-over-cannot-be-changed-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::End, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-it-can-be-deactivated-and-what-buyers-have-claimed-stays-usable"),
        rule(Verb::End, ENDED, Already, Documented, BOTH, "reason-it-has-ended-already"),
        rule(Verb::End, PAUSED, Already, Documented, BOTH, "reason-it-is-deactivated-already"),
        rule(Verb::Pause, NOT_ENDED, ByHand, Documented, BOTH, "reason-tiktok-shop-s-api-only-reads-coupons-in-seller-center-it-can-be-deactivated-but-not-switched-on-again-as-far-as-is-known"),
        rule(Verb::Pause, PAUSED, Already, Documented, BOTH, "reason-it-is-deactivated-already"),
        rule(Verb::Pause, ENDED, Never, Documented, BOTH, "reason-it-has-ended-already"),
        rule(Verb::Enable, SCHEDULED, Never, Inferred, SILENT, "reason-it-starts-by-itself-when-its-start-comes"),
        rule(Verb::Enable, ACTIVE, Already, Documented, BOTH, "reason-it-is-running-already"),
        rule(Verb::Enable, PAUSED, Never, Inferred, SILENT, "reason-a-deactivated-coupon-cannot-be-switched-on-again-as-far-as-is-known-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::Enable, ENDED, Never, Inferred, SILENT, "reason-an-ended-coupon-cannot-be-started-again-recreate-it-by-duplicating-it-in-seller-center"),
        rule(Verb::Delete, NOT_ENDED, ByHand, Inferred, SILENT, "reason-tiktok-shop-has-no-way-to-delete-a-coupon-deactivate-it-in-seller-center-instead"),
        rule(Verb::Delete, OVER, Never, Inferred, SILENT, "reason-tiktok-shop-has-no-way-to-delete-a-coupon-one-that-is-over-stays-in-the-list"),
        rule(Verb::Create, EVERY, ByHand, Documented, CODES, "reason-tiktok-shop-s-api-only-reads-coupons-seller-center-has-a-button-that-duplicates-one"),
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
