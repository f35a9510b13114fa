//! The stores of the config.

use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;
use url::Url;

use super::complaints::Complaints;
use super::secret::{Hiding, SecretPlace};
use super::section::{currency, platform, zone};
use super::typed::TypedStore;
use super::{Reach, StoreSettings};
use crate::domain::{Platform, ShopId, Store, StoreId};
use crate::platforms::shopify::sign::shop_host;
use crate::platforms::{Account, Credentials, LazadaTokens, Proxy, ShopifySignIn};
use crate::replies::LanguageTag;

/// TikTok Shop's host for all regions (platform sheet 1.1, documented).
const TIKTOK_SHOP_HOST: &str = "https://open-api.tiktokglobalshop.com";
/// Shopee's live host for all markets but mainland China developers and Brazil (platform sheet 1.1, documented).
const SHOPEE_HOST: &str = "https://partner.shopeemobile.com";

/// Lazada's countries and their API hosts (platform sheet 1.1, documented).
const LAZADA_HOSTS: [(&str, &str); 6] = [
    ("sg", "https://api.lazada.sg/rest"),
    ("my", "https://api.lazada.com.my/rest"),
    ("th", "https://api.lazada.co.th/rest"),
    ("vn", "https://api.lazada.vn/rest"),
    ("ph", "https://api.lazada.com.ph/rest"),
    ("id", "https://api.lazada.co.id/rest"),
];

/// The stores of all sources, never two of one name or on one shop.
pub(super) struct Gathering<'a> {
    home: &'a Path,
    hiding: Hiding<'a>,
    remarks: &'a mut Vec<String>,
    pub stores: Vec<StoreSettings>,
    /// Where each store is written: `stores.csv:12`.
    ids: BTreeMap<StoreId, String>,
    shops: BTreeMap<(Platform, ShopId), StoreId>,
}

impl<'a> Gathering<'a> {
    pub fn new(home: &'a Path, hiding: Hiding<'a>, remarks: &'a mut Vec<String>) -> Self {
        Self { home, hiding, remarks, stores: Vec::new(), ids: BTreeMap::new(), shops: BTreeMap::new() }
    }

    /// The stores of one file, whose complaints these are.
    pub fn add(&mut self, typed: Vec<TypedStore>, complaints: &Complaints) {
        for store in typed {
            let at = store.id.span().start;
            let one = One { typed: &store, home: self.home, hiding: self.hiding, complaints };
            let Some(settings) = { one }.resolve() else { continue };
            self.refuse_doubles(&settings.store, at, complaints);
            if store.allow_http {
                let id = &settings.store.id;
                self.remarks.push(format!("{id}: allow_http = true, so anyone on the way can read what is sent"));
            }
            self.stores.push(settings);
        }
    }

    fn refuse_doubles(&mut self, store: &Store, at: usize, complaints: &Complaints) {
        let id = &store.id;
        let line = complaints.line(at).map_or(String::new(), |line| format!(":{line}"));
        let here = format!("{}{line}", complaints.file.display());
        if let Some(there) = self.ids.insert(id.clone(), here) {
            let wanted = format!("give each an id of its own; the other is at {there}");
            complaints.near(at, format!("two stores are called {id}"), wanted);
        }
        let Some(other) = self.shops.insert((store.platform, store.shop.clone()), id.clone()) else { return };
        // A sandboxed store's shop is named after it, so that one mistake is not told twice.
        if other != *id {
            let wanted = match self.ids.get(&other) {
                Some(there) => format!("keep one of them: a change must never be made twice; the other is at {there}"),
                None => "keep one of them: a change must never be made twice".to_string(),
            };
            complaints.near(at, format!("{id} is the same shop as {other}"), wanted);
        }
    }
}

struct One<'a, 'b> {
    typed: &'a TypedStore,
    home: &'a Path,
    hiding: Hiding<'a>,
    complaints: &'a Complaints<'b>,
}

impl One<'_, '_> {
    fn resolve(&mut self) -> Option<StoreSettings> {
        let typed = self.typed;
        let id = StoreId::parse(typed.id.get_ref()).map_err(|error| self.at(&typed.id, error.to_string(), "")).ok();
        let platform = platform(&typed.platform, self.complaints);
        let currency = currency(&typed.currency, self.complaints);
        let zone = zone(&typed.time_zone, self.complaints);
        let (id, platform) = (id?, platform?);
        let sandboxed = typed.endpoint.as_ref().is_some_and(|endpoint| endpoint.get_ref() == "sandbox");
        let shop = if sandboxed { Some(ShopId::new(format!("sandbox/{id}"))) } else { self.shop(platform) };
        let tongue = self.tongue();
        // Before anything is given up, so that all that is wrong with a store is told at once.
        let credentials = if sandboxed { None } else { self.credentials(platform) };
        let store = Store {
            id,
            platform,
            shop: shop?,
            currency: currency?,
            zone: zone?,
            access: typed.access.unwrap_or_default(),
            owner: typed.owner.clone(),
        };
        let reach = if sandboxed {
            Reach::Sandbox
        } else {
            Reach::Platform(Box::new(self.account(store.clone(), credentials?)?))
        };
        Some(StoreSettings {
            store,
            reach,
            delete_permanently: typed.delete_permanently,
            tongue,
            region: typed.region.clone(),
            group: typed.group.clone(),
            tags: typed.tags.clone(),
        })
    }

    fn tongue(&mut self) -> Option<LanguageTag> {
        let typed = self.typed.language.as_ref()?;
        let tongue = LanguageTag::parse(typed.get_ref());
        if tongue.is_none() {
            let what = format!("language: {:?} is not the tag of a language", typed.get_ref());
            self.at(typed, what, "write what customers of the store read: en, ms, zh-TW");
        }
        tongue
    }

    fn shop(&mut self, platform: Platform) -> Option<ShopId> {
        match platform {
            Platform::Shopee | Platform::TiktokShop => {
                let digits = self.needed(&self.typed.shop_id, "shop_id")?.get_ref().clone();
                Some(ShopId::new(digits))
            }
            Platform::Lazada => {
                let country = self.country().map(|(country, _)| country);
                let digits = self.needed(&self.typed.seller_id, "seller_id")?.get_ref().clone();
                // Sellers are numbered in each country.
                Some(ShopId::new(format!("{}/{digits}", country?)))
            }
            Platform::Shopify => self.shopify_host().map(ShopId::new),
            // Two spellings of one address are one shop.
            _ => {
                self.endpoint(platform).map(|url| ShopId::new(url.as_str().trim_end_matches('/').to_ascii_lowercase()))
            }
        }
    }

    fn endpoint(&mut self, platform: Platform) -> Option<Url> {
        let text = match (&self.typed.endpoint, platform) {
            (Some(endpoint), _) => endpoint.get_ref().clone(),
            (None, Platform::Shopee) => SHOPEE_HOST.to_string(),
            (None, Platform::TiktokShop) => TIKTOK_SHOP_HOST.to_string(),
            (None, Platform::Lazada) => self.country()?.1.to_string(),
            (None, Platform::Shopify) => format!("https://{}", self.shopify_host()?),
            (None, _) => {
                let what = "endpoint is missing";
                self.of_store(self.typed.id.span().start, what, "write the shop's address, https:// and a host");
                return None;
            }
        };
        match Url::parse(text.trim()) {
            Ok(url) if url.has_host() => Some(url),
            _ => {
                let place = self.typed.endpoint.as_ref().unwrap_or(&self.typed.id);
                self.at(place, format!("{text:?} is not an address"), "write https:// and a host, or \"sandbox\"");
                None
            }
        }
    }

    fn credentials(&mut self, platform: Platform) -> Option<Credentials> {
        match platform {
            Platform::Shopee => self.shopee(),
            Platform::TiktokShop => self.tiktok_shop(),
            Platform::Lazada => self.lazada(),
            Platform::Shopify => self.shopify(),
            _ => self.woocommerce(),
        }
    }

    fn account(&mut self, store: Store, credentials: Credentials) -> Option<Account> {
        let proxy = self.proxy();
        let endpoint = self.endpoint(store.platform)?;
        Some(Account {
            store,
            endpoint,
            credentials,
            proxy: proxy.ok()?,
            allow_http: self.typed.allow_http,
            pace: self.typed.pace,
        })
    }

    fn shopee(&mut self) -> Option<Credentials> {
        let typed = self.typed;
        let partner_id = self.needed(&typed.partner_id, "partner_id").and_then(|digits| {
            let parsed = digits.get_ref().parse::<u64>();
            parsed.map_err(|_| self.at(digits, "partner_id is not a number", "copy it from the app's page")).ok()
        });
        let partner_key = self.secret(&typed.partner_key, "partner_key");
        let refresh_token = self.secret_if_given(&typed.refresh_token, "refresh_token");
        Some(Credentials::Shopee { partner_id: partner_id?, partner_key: partner_key?, refresh_token: refresh_token? })
    }

    fn tiktok_shop(&mut self) -> Option<Credentials> {
        let typed = self.typed;
        let app_key = self.needed(&typed.app_key, "app_key").map(|key| key.get_ref().clone());
        let app_secret = self.secret(&typed.app_secret, "app_secret");
        let refresh_token = self.secret_if_given(&typed.refresh_token, "refresh_token");
        let consent_link = self.consent_link();
        let shop_cipher = typed.shop_cipher.as_ref().map(|cipher| cipher.get_ref().trim().to_string());
        Some(Credentials::TiktokShop {
            app_key: app_key?,
            app_secret: app_secret?,
            refresh_token: refresh_token?,
            shop_cipher: shop_cipher.filter(|cipher| !cipher.is_empty()),
            consent_link: consent_link.ok()?,
        })
    }

    fn lazada(&mut self) -> Option<Credentials> {
        let typed = self.typed;
        let app_key = self.needed(&typed.app_key, "app_key").map(|key| key.get_ref().clone());
        let app_secret = self.secret(&typed.app_secret, "app_secret");
        let tokens = match (&typed.refresh_token, &typed.access_token) {
            (None, Some(_)) => self
                .secret(&typed.access_token, "access_token")
                .map(|access_token| LazadaTokens::Fixed { access_token }),
            (Some(place), Some(_)) => {
                let wanted = "keep refresh_token; an access_token alone is for apps that cannot renew their sign-in";
                self.at(place, "refresh_token and access_token are both given", wanted);
                None
            }
            _ => self
                .secret_if_given(&typed.refresh_token, "refresh_token")
                .map(|refresh_token| LazadaTokens::Renewable { refresh_token }),
        };
        Some(Credentials::Lazada { app_key: app_key?, app_secret: app_secret?, tokens: tokens? })
    }

    /// The country and its API host.
    fn country(&mut self) -> Option<(&'static str, &'static str)> {
        let written = self.needed(&self.typed.country, "country")?;
        let wanted = written.get_ref().trim().to_ascii_lowercase();
        let found = LAZADA_HOSTS.into_iter().find(|(country, _)| *country == wanted);
        if found.is_none() {
            let what = format!("{:?} is not a country of Lazada's", written.get_ref());
            self.at(written, what, "write sg, my, th, vn, ph or id");
        }
        found
    }

    /// The shop's permanent host, however it is written.
    fn shopify_host(&mut self) -> Option<String> {
        let typed = self.typed;
        let shop = self.needed(&typed.shop, "shop")?;
        let host = shop_host(shop.get_ref());
        if host.is_none() {
            let what = format!("{:?} is not a shop's permanent name", shop.get_ref());
            self.at(shop, what, "write it as in the admin's address, such as shop = \"some-shop.myshopify.com\"");
        }
        host
    }

    // A custom app's token is all that it takes; else an app's id and secret, with a refresh token where the shop gave one.
    fn shopify(&mut self) -> Option<Credentials> {
        let typed = self.typed;
        if typed.access_token.is_some() {
            let access_token = self.secret(&typed.access_token, "access_token")?;
            return Some(Credentials::Shopify { sign_in: ShopifySignIn::Token { access_token } });
        }
        if typed.client_id.is_none() && typed.client_secret.is_none() {
            let what = "access_token is missing";
            let wanted = "add access_token, or client_id and client_secret";
            self.of_store(typed.id.span().start, what, wanted);
            return None;
        }
        let client_id = self.needed(&typed.client_id, "client_id").map(|id| id.get_ref().trim().to_string());
        let client_secret = self.secret(&typed.client_secret, "client_secret");
        let refresh_token = match &typed.refresh_token {
            Some(_) => Some(self.secret(&typed.refresh_token, "refresh_token")?),
            None => None,
        };
        let (client_id, client_secret) = (client_id?, client_secret?);
        let sign_in = match refresh_token {
            Some(refresh_token) => ShopifySignIn::Refresh { client_id, client_secret, refresh_token },
            None => ShopifySignIn::ClientCredentials { client_id, client_secret },
        };
        Some(Credentials::Shopify { sign_in })
    }

    fn woocommerce(&mut self) -> Option<Credentials> {
        let consumer_key = self.secret(&self.typed.consumer_key, "consumer_key");
        let consumer_secret = self.secret(&self.typed.consumer_secret, "consumer_secret");
        let keys_in_query = self.typed.keys_in_query;
        Some(Credentials::WooCommerce { consumer_key: consumer_key?, consumer_secret: consumer_secret?, keys_in_query })
    }

    // A proxy with a user and a password is a secret; one without is not.
    fn proxy(&mut self) -> Result<Option<Proxy>, ()> {
        let Some(place) = &self.typed.proxy else { return Ok(None) };
        let text = match place.get_ref().open_text() {
            Some(open) if !open.contains('@') => open.to_string(),
            _ => self.secret(&self.typed.proxy, "proxy").ok_or(())?.expose_secret().to_string(),
        };
        Proxy::parse(&text).map(Some).map_err(|error| self.at(place, error.to_string(), ""))
    }

    /// The inner none where nothing is given; the outer one where what is given is wrong.
    fn secret_if_given(&mut self, place: &Option<Spanned<SecretPlace>>, name: &str) -> Option<Option<SecretString>> {
        match place {
            Some(_) => self.secret(place, name).map(Some),
            None => Some(None),
        }
    }

    // Only a host of TLS, or this machine: the seller types a password there.
    fn consent_link(&mut self) -> Result<Option<Url>, ()> {
        let Some(place) = &self.typed.consent_link else { return Ok(None) };
        let here = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
        match Url::parse(place.get_ref().trim()) {
            Ok(url) if url.has_host() && (url.scheme() == "https" || here(&url)) => Ok(Some(url)),
            _ => {
                let wanted = "copy the app's authorization link from the Partner Center, with its service_id";
                self.at(place, "consent_link is not an address that begins with https://", wanted);
                Err(())
            }
        }
    }

    fn secret(&mut self, place: &Option<Spanned<SecretPlace>>, name: &str) -> Option<SecretString> {
        let spanned = self.needed(place, name)?;
        let example = self.complaints.secret_example(name);
        match spanned.get_ref().secret(name, example, self.home, self.hiding) {
            Ok(secret) => Some(secret),
            Err((what, wanted)) => {
                self.of_store(spanned.span().start, what, wanted);
                None
            }
        }
    }

    fn needed<'t, T>(&mut self, typed: &'t Option<Spanned<T>>, name: &str) -> Option<&'t Spanned<T>> {
        if typed.is_none() {
            let what = format!("{name} is missing");
            let wanted = format!("add {name}; `couponbook init` writes an example");
            self.of_store(self.typed.id.span().start, what, wanted);
        }
        typed.as_ref()
    }

    fn of_store(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        self.complaints.of_store(self.typed.id.get_ref(), place, what, wanted);
    }

    fn at<T>(&mut self, place: &Spanned<T>, what: impl Into<String>, wanted: impl Into<String>) {
        self.complaints.at(place.span().start, what, wanted);
    }
}
