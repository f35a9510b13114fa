//! `[pace.shopee]` and its like: limits for all stores of a platform, where a store has none of its own.

use serde::Deserialize;
use toml::Spanned;

use super::typed::Complaints;
use super::{Reach, StoreSettings};
use crate::domain::Platform;

/// A section a platform; what is left out has the platform's usual value.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedPaces {
    shopee: TypedPace,
    lazada: TypedPace,
    tiktok_shop: TypedPace,
    shopify: TypedPace,
    woocommerce: TypedPace,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TypedPace {
    app_calls_per_second: Option<Spanned<u32>>,
    app_calls_per_day: Option<Spanned<u64>>,
    calls_per_second: Option<Spanned<u32>>,
    calls_at_once: Option<Spanned<usize>>,
}

impl TypedPaces {
    /// What a store says itself goes first. Pretend shops of this process have a pace of their own.
    pub fn fill_in(&self, stores: &mut [StoreSettings], complaints: &mut Complaints) {
        for platform in Platform::ALL {
            self.of(platform).check(complaints);
        }
        for store in stores {
            let typed = self.of(store.store.platform);
            let Reach::Platform(account) = &mut store.reach else { continue };
            let pace = &mut account.pace;
            pace.app_per_second = pace.app_per_second.or(number(&typed.app_calls_per_second));
            pace.app_per_day = pace.app_per_day.or(number(&typed.app_calls_per_day));
            pace.per_second = pace.per_second.or(number(&typed.calls_per_second));
            pace.in_flight = pace.in_flight.or(number(&typed.calls_at_once));
        }
    }

    fn of(&self, platform: Platform) -> &TypedPace {
        match platform {
            Platform::Shopee => &self.shopee,
            Platform::Lazada => &self.lazada,
            Platform::TiktokShop => &self.tiktok_shop,
            Platform::Shopify => &self.shopify,
            Platform::WooCommerce => &self.woocommerce,
        }
    }
}

impl TypedPace {
    fn check(&self, complaints: &mut Complaints) {
        let mut refuse_zero = |name: &str, is_zero: bool, at: usize| {
            if is_zero {
                complaints.at(
                    at,
                    format!("{name} is 0"),
                    "write 1 or more, or leave it out for the platform's usual value",
                );
            }
        };
        if let Some(typed) = &self.app_calls_per_second {
            refuse_zero("app_calls_per_second", *typed.get_ref() == 0, typed.span().start);
        }
        if let Some(typed) = &self.app_calls_per_day {
            refuse_zero("app_calls_per_day", *typed.get_ref() == 0, typed.span().start);
        }
        if let Some(typed) = &self.calls_per_second {
            refuse_zero("calls_per_second", *typed.get_ref() == 0, typed.span().start);
        }
        if let Some(typed) = &self.calls_at_once {
            refuse_zero("calls_at_once", *typed.get_ref() == 0, typed.span().start);
        }
    }
}

fn number<T: Copy>(typed: &Option<Spanned<T>>) -> Option<T> {
    typed.as_ref().map(|typed| *typed.get_ref())
}
