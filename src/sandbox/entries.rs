//! The mock platforms that there are. A further one is a folder and a line here.

use serde::de::Error;
use serde_json::{Value, json};
use std::sync::Arc;

use super::entry::{Entry, PlatformConfig, PretendPlatform, PretendShop};
use super::fields::object;
use super::seed::{Settings, Shop};
use super::state::{Act, StateError, Stored};
use super::{lazada, shopee, shopify, tiktok_shop, woocommerce};
use crate::domain::Platform;

/// In the order in which they are asked whether a path is theirs: Shopee would take every path under `/api/v2/`, and two of them
/// are token calls of TikTok Shop.
pub(super) static ENTRIES: [Entry; 5] =
    [tiktok_shop::ENTRY, shopee::ENTRY, lazada::ENTRY, shopify::ENTRY, woocommerce::ENTRY];

/// Every mock platform, each with its shops.
#[derive(Debug)]
pub(super) struct Platforms {
    /// In the scenario's order.
    pub shops: Vec<(Platform, Shop<Value>)>,
    /// In the order of [`ENTRIES`].
    pub opened: Vec<Arc<dyn PretendPlatform>>,
}

impl Platforms {
    pub fn open(settings: &Settings, shops: Vec<(Platform, Shop<Value>)>) -> Result<Self, serde_json::Error> {
        let open = |entry: &Entry| {
            let of_entry = shops.iter().filter(|(platform, _)| *platform == entry.id).map(|(_, shop)| shop.clone());
            let written = settings.own.iter();
            let written =
                written.filter_map(|(key, value)| Some((entry.setting_name(key)?.to_string(), value.clone())));
            let mut its_settings = object((entry.settings)(&settings.seed));
            its_settings.extend(written);
            let (seed, shops) = (settings.seed.clone(), of_entry.collect());
            (entry.open)(PlatformConfig { seed, settings: its_settings, shops })
        };
        Ok(Self { opened: ENTRIES.iter().map(open).collect::<Result<_, _>>()?, shops })
    }

    /// As the state has them.
    pub fn stored(act: &Act) -> Stored<Self> {
        let shops = act.shops()?.into_iter().map(of_state).collect::<Stored<_>>()?;
        Ok(Self::open(&act.settings()?, shops)?)
    }

    /// The shop with this store id.
    pub fn shop(&self, store: &str) -> Option<Box<dyn PretendShop + '_>> {
        self.opened.iter().find_map(|platform| platform.in_shop(store))
    }
}

/// A shop as the state keeps it: what only its platform knows stands under the platform's name.
pub(super) fn for_state(platform: Platform, shop: &Shop<Value>) -> Shop<Value> {
    let name = ENTRIES.iter().find(|entry| entry.id == platform).map_or("", |entry| entry.stored_as);
    Shop { own: json!({ name: shop.own }), ..shop.clone() }
}

fn of_state(mut shop: Shop<Value>) -> Stored<(Platform, Shop<Value>)> {
    for entry in &ENTRIES {
        if let Some(own) = shop.own.get_mut(entry.stored_as) {
            shop.own = own.take();
            return Ok((entry.id, shop));
        }
    }
    Err(StateError::Json(Error::custom(format!("the store `{}` is on no platform that is known here", shop.id))))
}
