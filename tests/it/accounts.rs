//! How the program reaches a pretend shop: the account that a config would hold for it.

use couponbook::domain::{Abilities, Access, BackOffice, Platform, ShopId, Store};
use couponbook::platforms::{
    Account, ConnectError, Connector, Credentials, LazadaTokens, Network, PLATFORMS, PaceOverride, ShopifySignIn,
};
use couponbook::sandbox::{Running, SignIn, StoreAccess};
use url::Url;

/// Fast enough that no test waits for its turn.
pub const UNHURRIED_BY_PACE: PaceOverride =
    PaceOverride { app_per_second: Some(1000), app_per_day: None, per_second: Some(1000), in_flight: None };

/// A store whose config holds everything that its pretend platform gave out.
pub fn account(access: &StoreAccess, running: &Running) -> Account {
    let (shop, credentials) = match &access.sign_in {
        SignIn::Shopee { partner_id, partner_key, shop_id, refresh_token, .. } => {
            let credentials = Credentials::Shopee {
                partner_id: *partner_id,
                partner_key: partner_key.clone().into(),
                refresh_token: Some(refresh_token.clone().into()),
            };
            (shop_id.to_string(), credentials)
        }
        SignIn::Lazada { app_key, app_secret, seller_id, refresh_token, .. } => {
            let credentials = Credentials::Lazada {
                app_key: app_key.clone(),
                app_secret: app_secret.clone().into(),
                tokens: LazadaTokens::Renewable { refresh_token: Some(refresh_token.clone().into()) },
            };
            (format!("{}/{seller_id}", access.region.to_lowercase()), credentials)
        }
        SignIn::Shopify { domain, client_id, client_secret, access_token, refresh_token, .. } => {
            let (client_id, client_secret) = (client_id.clone(), client_secret.clone().into());
            let sign_in = match (access_token, refresh_token) {
                (_, Some(token)) => {
                    ShopifySignIn::Refresh { client_id, client_secret, refresh_token: token.clone().into() }
                }
                (Some(token), None) => ShopifySignIn::Token { access_token: token.clone().into() },
                (None, None) => ShopifySignIn::ClientCredentials { client_id, client_secret },
            };
            (domain.clone(), Credentials::Shopify { sign_in })
        }
        SignIn::WooCommerce { consumer_key, consumer_secret } => {
            let credentials = Credentials::WooCommerce {
                consumer_key: consumer_key.clone().into(),
                consumer_secret: consumer_secret.clone().into(),
                keys_in_query: false,
            };
            (access.base_url(running.address()), credentials)
        }
        SignIn::TiktokShop { app_key, app_secret, shop_id, shop_cipher, refresh_token, .. } => {
            let credentials = Credentials::TiktokShop {
                app_key: app_key.clone(),
                app_secret: app_secret.clone().into(),
                refresh_token: Some(refresh_token.clone().into()),
                shop_cipher: Some(shop_cipher.clone()),
                consent_link: None,
            };
            (shop_id.clone(), credentials)
        }
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
            let SignIn::Shopify { client_id, client_secret, .. } = &access.sign_in else { return account };
            let (client_id, client_secret) = (client_id.clone(), client_secret.clone().into());
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
