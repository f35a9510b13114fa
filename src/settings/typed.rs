//! What a `[[store]]` of the config, or a row of the list of stores, says letter for letter.

use toml::Spanned;

use super::pace;
use super::secret::SecretPlace;
use super::section::Section;
use crate::domain::Access;
use crate::platforms::PaceOverride;

/// The keys that every store needs.
pub(super) const NEEDED: [&str; 4] = ["id", "platform", "currency", "time_zone"];
const ACCESS: [(&str, Access); 2] = [("read-write", Access::ReadWrite), ("read-only", Access::ReadOnly)];

#[derive(Debug)]
pub(super) struct TypedStore {
    pub id: Spanned<String>,
    pub platform: Spanned<String>,
    /// `"sandbox"`, or an address other than the platform's usual one.
    pub endpoint: Option<Spanned<String>>,
    pub currency: Spanned<String>,
    pub time_zone: Spanned<String>,
    pub access: Option<Access>,
    pub owner: Option<String>,
    pub language: Option<Spanned<String>>,
    pub region: Option<String>,
    pub group: Option<String>,
    pub tags: Vec<String>,
    pub proxy: Option<Spanned<SecretPlace>>,
    pub allow_http: bool,
    pub pace: PaceOverride,
    // Shopee
    pub shop_id: Option<Spanned<String>>,
    pub partner_id: Option<Spanned<String>>,
    pub partner_key: Option<Spanned<SecretPlace>>,
    pub refresh_token: Option<Spanned<SecretPlace>>,
    // TikTok Shop, besides shop_id and refresh_token
    pub app_key: Option<Spanned<String>>,
    pub app_secret: Option<Spanned<SecretPlace>>,
    pub shop_cipher: Option<Spanned<String>>,
    pub consent_link: Option<Spanned<String>>,
    // Lazada, besides refresh_token
    pub country: Option<Spanned<String>>,
    pub seller_id: Option<Spanned<String>>,
    pub access_token: Option<Spanned<SecretPlace>>,
    // Shopify
    pub shop: Option<Spanned<String>>,
    pub client_id: Option<Spanned<String>>,
    pub client_secret: Option<Spanned<SecretPlace>>,
    // WooCommerce
    pub consumer_key: Option<Spanned<SecretPlace>>,
    pub consumer_secret: Option<Spanned<SecretPlace>>,
    pub keys_in_query: bool,
    pub delete_permanently: bool,
}

impl TypedStore {
    /// None where a value that every store needs is missing or one cannot be read; all of them are complained about.
    pub fn read(mut section: Section) -> Option<Self> {
        let (complaints, before) = (section.complaints, section.complaints.count());
        let it = &mut section;
        let [id, platform, currency, time_zone] = NEEDED.map(|key| it.needed(key));
        let endpoint = it.text("endpoint");
        let access = it.choice("access", "a kind of access", ACCESS);
        let [owner, region, group] = ["owner", "region", "group"].map(|key| it.word(key));
        let tags = it.texts("tags").unwrap_or_default().into_iter().map(Spanned::into_inner).collect();
        let pace = pace::read(it);
        let [language, shop_cipher, consent_link, country, shop, client_id] =
            ["language", "shop_cipher", "consent_link", "country", "shop", "client_id"].map(|key| it.text(key));
        let [shop_id, partner_id, app_key, seller_id] =
            ["shop_id", "partner_id", "app_key", "seller_id"].map(|key| it.digits(key));
        let [proxy, partner_key, refresh_token, app_secret, access_token] =
            ["proxy", "partner_key", "refresh_token", "app_secret", "access_token"].map(|key| it.secret(key));
        let [client_secret, consumer_key, consumer_secret] =
            ["client_secret", "consumer_key", "consumer_secret"].map(|key| it.secret(key));
        let [allow_http, keys_in_query, delete_permanently] =
            ["allow_http", "keys_in_query", "delete_permanently"].map(|key| it.flag(key).unwrap_or(false));
        section.end();
        // What follows from a value that is not there need not be told as well.
        if complaints.count() > before {
            return None;
        }
        Some(Self {
            id: id?,
            platform: platform?,
            endpoint,
            currency: currency?,
            time_zone: time_zone?,
            access,
            owner,
            language,
            region,
            group,
            tags,
            proxy,
            allow_http,
            pace,
            shop_id,
            partner_id,
            partner_key,
            refresh_token,
            app_key,
            app_secret,
            shop_cipher,
            consent_link,
            country,
            seller_id,
            access_token,
            shop,
            client_id,
            client_secret,
            consumer_key,
            consumer_secret,
            keys_in_query,
            delete_permanently,
        })
    }
}
