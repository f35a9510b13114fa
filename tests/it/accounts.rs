//! How the program reaches a pretend shop: the account that a config would hold for it.

use couponbook::domain::{Abilities, Access, BackOffice, Platform, ShopId, Store};
use couponbook::platforms::{
    Account, ConnectError, Connector, Credentials, LazadaTokens, Network, PLATFORMS, PaceOverride, ShopifySignIn,
};
use couponbook::sandbox::{Running, StoreAccess};
use url::Url;

/// Fast enough that no test waits for its turn.
pub const UNHURRIED_BY_PACE: PaceOverride =
    PaceOverride { app_per_second: Some(1000), app_per_day: None, per_second: Some(1000), in_flight: None };

/// A store whose config holds everything that its pretend platform gave out.
pub fn account(access: &StoreAccess, running: &Running) -> Account {
    let key = |name: &str| access.sign_in.text(name).unwrap_or_else(|| panic!("{} has no {name}", access.id));
    let (shop, credentials) = match access.platform {
        Platform::Shopee => {
            let credentials = Credentials::Shopee {
                partner_id: key("partner_id").parse().unwrap(),
                partner_key: key("partner_key").into(),
                refresh_token: Some(key("refresh_token").into()),
            };
            (key("shop_id"), credentials)
        }
        Platform::Lazada => {
            let credentials = Credentials::Lazada {
                app_key: key("app_key"),
                app_secret: key("app_secret").into(),
                tokens: LazadaTokens::Renewable { refresh_token: Some(key("refresh_token").into()) },
            };
            (format!("{}/{}", access.region.to_lowercase(), key("seller_id")), credentials)
        }
        Platform::Shopify => {
            let (client_id, client_secret) = (key("client_id"), key("client_secret").into());
            let sign_in = match (access.sign_in.text("access_token"), access.sign_in.text("refresh_token")) {
                (_, Some(token)) => ShopifySignIn::Refresh { client_id, client_secret, refresh_token: token.into() },
                (Some(token), None) => ShopifySignIn::Token { access_token: token.into() },
                (None, None) => ShopifySignIn::ClientCredentials { client_id, client_secret },
            };
            (key("domain"), Credentials::Shopify { sign_in })
        }
        Platform::WooCommerce => {
            let credentials = Credentials::WooCommerce {
                consumer_key: key("consumer_key").into(),
                consumer_secret: key("consumer_secret").into(),
                keys_in_query: false,
            };
            (access.base_url(running.address()), credentials)
        }
        Platform::TiktokShop => {
            let credentials = Credentials::TiktokShop {
                app_key: key("app_key"),
                app_secret: key("app_secret").into(),
                refresh_token: Some(key("refresh_token").into()),
                shop_cipher: Some(key("shop_cipher")),
                consent_link: None,
            };
            (key("shop_id"), credentials)
        }
        other => panic!("{} is on {}", access.id, other.word()),
    };
    Account {
        store: Store {
            id: access.id.clone(),
            platform: access.platform,
            shop: ShopId::new(shop),
            currency: access.currency,
            zone: access.zone,
            access: Access::ReadWrite,
            owner: None,
        },
        endpoint: Url::parse(&access.base_url(running.address())).unwrap(),
        credentials,
        proxy: None,
        allow_http: false,
        pace: UNHURRIED_BY_PACE,
    }
}

/// The same where nobody has signed in yet: the config holds the app's keys and no token.
pub fn account_without_tokens(access: &StoreAccess, running: &Running) -> Account {
    let mut account = account(access, running);
    match &mut account.credentials {
        Credentials::Shopee { refresh_token, .. } => *refresh_token = None,
        Credentials::Lazada { tokens, .. } => *tokens = LazadaTokens::Renewable { refresh_token: None },
        Credentials::TiktokShop { refresh_token, shop_cipher, consent_link, .. } => {
            (*refresh_token, *shop_cipher) = (None, None);
            *consent_link = account.endpoint.join("/open/authorize?service_id=7").ok();
        }
        Credentials::Shopify { sign_in } => {
            let key = |name: &str| access.sign_in.text(name).unwrap();
            let (client_id, client_secret) = (key("client_id"), key("client_secret").into());
            *sign_in = ShopifySignIn::ClientCredentials { client_id, client_secret };
        }
        Credentials::WooCommerce { .. } => {}
    }
    account
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
