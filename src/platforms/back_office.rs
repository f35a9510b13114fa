//! Where in each platform's own pages a person does what its API cannot.
//!
//! Guidance for people and no rule: what menus and fields are called, and in which order a date is typed, differs by market and
//! language and changes often. Nothing is refused because of it.

use crate::domain::{BackOffice, Confidence, Platform};

/// The back office of `platform`.
pub fn back_office(platform: Platform) -> &'static BackOffice {
    match platform {
        Platform::Shopee => &SHOPEE,
        Platform::Lazada => &LAZADA,
        Platform::TiktokShop => &TIKTOK_SHOP,
        Platform::Shopify => &SHOPIFY,
        Platform::WooCommerce => &WOOCOMMERCE,
    }
}

const DAY_FIRST: &str = "%d/%m/%Y %H:%M";
const MONTH_FIRST: &str = "%m/%d/%Y %H:%M";
const YEAR_FIRST: &str = "%Y-%m-%d %H:%M";
const NOWHERE: (&str, &[&str]) = (DAY_FIRST, &[]);

static SHOPEE: BackOffice = BackOffice {
    platform: Platform::Shopee,
    menu: "Marketing Centre > Vouchers",
    end_field: "Usage period, end",
    total_field: "Usage quantity",
    minimum_field: "Minimum basket price",
    moment: DAY_FIRST,
    moment_elsewhere: NOWHERE,
    end_is_included: true,
    edit: "Edit",
    stop: "End",
    enable: "Edit > usage period",
    delete: "Delete",
    copy: "Create a new voucher",
    save: "Confirm",
    mark: Confidence::Inferred,
    source: "menu: Seller Education Hub, voucher user guide; fields and dates: inferred",
};

static LAZADA: BackOffice = BackOffice {
    platform: Platform::Lazada,
    menu: "Promotions > Seller Voucher",
    end_field: "Redeem period, end",
    total_field: "Total vouchers",
    minimum_field: "Minimum order value",
    moment: DAY_FIRST,
    moment_elsewhere: NOWHERE,
    end_is_included: true,
    edit: "Edit",
    stop: "Deactivate",
    enable: "Activate",
    delete: "Delete, where it is offered",
    copy: "Add new voucher",
    save: "Submit",
    mark: Confidence::Inferred,
    source: "menu: Lazada community, tips on seller vouchers; fields and dates: inferred",
};

static TIKTOK_SHOP: BackOffice = BackOffice {
    platform: Platform::TiktokShop,
    menu: "Promotions > Promotion Tools",
    end_field: "End time",
    total_field: "Quantity",
    minimum_field: "Minimum spend",
    moment: DAY_FIRST,
    moment_elsewhere: (MONTH_FIRST, &["USD"]),
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

static SHOPIFY: BackOffice = BackOffice {
    platform: Platform::Shopify,
    menu: "Discounts",
    end_field: "End date and time",
    total_field: "Limit on total uses",
    minimum_field: "Minimum purchase amount",
    moment: YEAR_FIRST,
    moment_elsewhere: NOWHERE,
    end_is_included: true,
    edit: "Open it",
    stop: "Deactivate",
    enable: "Activate",
    delete: "Delete discount",
    copy: "Duplicate",
    save: "Save",
    mark: Confidence::Inferred,
    source: "the admin's discounts page as merchants know it; dates: inferred",
};

static WOOCOMMERCE: BackOffice = BackOffice {
    platform: Platform::WooCommerce,
    menu: "Marketing > Coupons",
    end_field: "Coupon expiry date",
    total_field: "Usage limit per coupon",
    minimum_field: "Minimum spend",
    moment: "%Y-%m-%d",
    moment_elsewhere: NOWHERE,
    // A coupon expires when the day that is typed begins.
    end_is_included: false,
    edit: "Edit",
    stop: "Edit > status Draft",
    enable: "Publish",
    delete: "Move to trash",
    copy: "Add coupon",
    save: "Update",
    mark: Confidence::Observed,
    source: "WooCommerce's own coupon form",
};
