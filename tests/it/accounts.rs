//! How the program reaches a shop: the account that a config would hold for it. Every test's account is made here.

use couponbook::domain::{Abilities, Access, BackOffice, Currency, Platform, Store, StoreId};
use couponbook::platforms::{Account, ConnectError, Connector, Entry, Network, PLATFORMS, PaceOverride};
use couponbook::sandbox::{Running, StoreAccess};
use url::Url;

/// Fast enough that no test waits for its turn.
pub const UNHURRIED_BY_PACE: PaceOverride =
    PaceOverride { app_per_second: Some(1000), app_per_day: None, per_second: Some(1000), in_flight: None };

/// A store on `platform` whose config holds `keys`.
pub fn account_of(platform: &Entry, endpoint: &str, keys: &[(&str, &str)]) -> Account {
    let text = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|(_, text)| text.to_string());
    let store = Store {
        id: StoreId::parse("store-1").unwrap(),
        platform: platform.abilities.platform,
        shop: couponbook::domain::ShopId::new(""),
        currency: Currency::parse("SGD").unwrap(),
        zone: chrono_tz::Asia::Singapore,
        access: Access::ReadWrite,
        owner: None,
    };
    resolved(platform, store, endpoint, text)
}

/// A store whose config holds everything that its mock platform gave out.
pub fn account(access: &StoreAccess, running: &Running) -> Account {
    let (address, platform) = (running.address(), PLATFORMS.find(access.platform).unwrap());
    let store = Store {
        id: access.id.clone(),
        platform: access.platform,
        shop: couponbook::domain::ShopId::new(""),
        currency: access.currency,
        zone: access.zone,
        access: Access::ReadWrite,
        owner: None,
    };
    resolved(platform, store, &access.base_url(address), |name| access.key(name, address))
}

/// The same where nobody has signed in yet: the config holds the app's keys and no token.
pub fn account_without_tokens(access: &StoreAccess, running: &Running) -> Account {
    let mut account = account(access, running);
    for token in ["refresh_token", "access_token", "shop_cipher"] {
        account.keys.remove(token);
    }
    account
}

fn resolved(platform: &Entry, store: Store, endpoint: &str, text: impl Fn(&str) -> Option<String>) -> Account {
    let keys = platform.keys_of(text);
    let place = platform.place(&keys, Some(Url::parse(endpoint).unwrap())).unwrap();
    Account {
        store: Store { shop: place.shop, ..store },
        endpoint: place.endpoint,
        keys,
        proxy: None,
        ca_file: None,
        allow_http: false,
        pace: UNHURRIED_BY_PACE,
    }
}

/// Writes another value into the config of the account; an empty one takes the key out.
pub fn set_key(account: &mut Account, name: &str, text: &str) {
    let platform = PLATFORMS.find(account.store.platform).unwrap();
    let key = platform.keys.iter().find(|key| key.name == name).unwrap();
    account.keys.set(key, text.to_string());
}

/// A connector for the store of `account`, of a platform that the program knows.
pub fn connect(account: &Account, network: &Network) -> Result<Box<dyn Connector>, ConnectError> {
    PLATFORMS.connect(account, network)
}

pub fn abilities(platform: Platform) -> &'static Abilities {
    PLATFORMS.abilities(platform)
}

pub fn back_office(platform: Platform) -> &'static BackOffice {
    PLATFORMS.back_office(platform)
}
