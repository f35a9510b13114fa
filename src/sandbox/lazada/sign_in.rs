//! Who calls: app, signature, timestamp, token; and the tokens' lives. The sheet's sections 1.2 to 1.5.

use chrono::{DateTime, Duration};
use data_encoding::HEXUPPER;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use super::Desk;
use super::answer::{
    Refusal, Reply, gateway, illegal_parameter, illegal_timestamp, invalid_app_key, named_refusal, wrong_signature,
};
use super::parameters::Parameters;
use crate::domain::Timestamp;
use crate::sandbox::scenario::{LazadaRefreshToken, LazadaShop, Own, Settings, Shop, hash_hex, hash_number};
use crate::sandbox::state::{Act, Stored};

const TIMESTAMP_AGE: Duration = Duration::seconds(7200);
const CODE_LIFE: Duration = Duration::minutes(30);
/// A store of a seller kind that may not use promotions says so in `seller/get`.
const EASE_MODE_ERROR: &str = "Mp3SellerApiLimit";

/// Checks app, timestamp and signature: all that a token call has to show.
pub(super) fn check_app(desk: &Desk, api_path: &str, parameters: &Parameters) -> Result<(), Refusal> {
    let app_key = parameters.required("app_key")?;
    let stamp = parameters.required("timestamp")?;
    let sign_method = parameters.required("sign_method")?;
    let sign = parameters.required("sign")?;
    if app_key != desk.settings.lazada_app_key {
        return Err(invalid_app_key());
    }
    if !instant(stamp).is_some_and(|stamp| desk.clock.accepts(stamp, TIMESTAMP_AGE)) {
        return Err(illegal_timestamp());
    }
    let secret = desk.settings.lazada_app_secret();
    let mut texts = parameters.signed_texts(api_path).into_iter();
    if sign_method == "sha256" && texts.any(|text| sign == signature(&secret, &text)) {
        Ok(())
    } else {
        Err(wrong_signature())
    }
}

/// Checks a store's call and says whose it is: the access token alone tells.
pub(super) fn check_store<'d>(
    desk: &Desk<'d>,
    act: &Act,
    api_path: &str,
    parameters: &Parameters,
) -> Stored<Result<(&'d Shop, &'d LazadaShop), Refusal>> {
    let token = match parameters.required("access_token") {
        Ok(token) => token,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = check_app(desk, api_path, parameters) {
        return Ok(Err(refusal));
    }
    let sql = "SELECT store FROM tokens WHERE token = ?1 AND kind = 'access' AND expires > ?2";
    let mut statement = act.transaction.prepare_cached(sql)?;
    let store: Option<String> =
        statement.query_row(params![token, desk.now.timestamp()], |row| row.get(0)).optional()?;
    let found = desk.lazada_shops().find(|(shop, _)| Some(shop.id.as_str()) == store.as_deref());
    Ok(found.ok_or_else(|| gateway("IllegalAccessToken", "The specified access token is invalid or expired")))
}

/// Sellers of some kinds, and stores of a scenario that says so, may not use the promotion calls at all.
pub(super) fn check_promotions_allowed(own: &LazadaShop) -> Result<(), Refusal> {
    own.refuse_with.as_deref().map_or(Ok(()), |error| Err(named_refusal(error)))
}

/// Milliseconds since 1970 as text, or an ISO text.
fn instant(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(milliseconds) => DateTime::from_timestamp_millis(milliseconds),
        Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
    }
}

fn signature(app_secret: &str, text: &[u8]) -> String {
    // HMAC takes a key of any length, so there is no error to answer with.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) else { return String::new() };
    mac.update(text);
    HEXUPPER.encode(&mac.finalize().into_bytes())
}

/// The page where a seller lets the app in: here they always agree, and are sent back at once. A `seller_id` in the link
/// chooses the store, as the seller's own sign-in would; without it, it is the first one.
pub(super) fn authorize(desk: &Desk, act: &Act, parameters: &Parameters) -> Stored<Result<Reply, Refusal>> {
    if parameters.get("client_id") != Some(desk.settings.lazada_app_key.as_str()) {
        return Ok(Err(invalid_app_key()));
    }
    let Some(mut target) = parameters.get("redirect_uri").and_then(|address| Url::parse(address).ok()) else {
        return Ok(Err(illegal_parameter("redirect_uri is not an address")));
    };
    let seller_id = parameters.get("seller_id");
    let is_meant = |own: &LazadaShop| seller_id.is_none_or(|wanted| own.seller_id.to_string() == wanted);
    let Some((shop, own)) = desk.lazada_shops().find(|(_, own)| is_meant(own)) else {
        return Ok(Err(illegal_parameter("no seller has this seller_id")));
    };
    let (code, _) = Purse { act, settings: desk.settings, shop, own }.add_next("code", desk.now + CODE_LIFE)?;
    target.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = parameters.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Ok(Ok(Reply::Redirect(target.to_string())))
}

/// `/auth/token/create`: a code becomes the first pair, once.
pub(super) fn token_from_code(desk: &Desk, act: &Act, parameters: &Parameters) -> Stored<Result<Reply, Refusal>> {
    let code = match parameters.required("code") {
        Ok(code) => code,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "UPDATE tokens SET used = ?2 WHERE token = ?1 AND kind = 'code' AND used IS NULL AND expires > ?2 RETURNING store";
    let store: Option<String> =
        act.transaction.query_row(sql, params![code, desk.now.timestamp()], |row| row.get(0)).optional()?;
    let Some((shop, own)) = desk.lazada_shops().find(|(shop, _)| Some(shop.id.as_str()) == store.as_deref()) else {
        return Ok(Err(gateway("InvalidCode", "Invalid authorization code")));
    };
    let purse = Purse { act, settings: desk.settings, shop, own };
    let access = purse.add_access(desk.now)?;
    let refresh = purse.add_next("refresh", purse.refresh_end(desk.now))?;
    Ok(Ok(Reply::TopLevel(desk.pair(shop, own, access, refresh, "country_user_info"))))
}

/// `/auth/token/refresh`: a new access token; the refresh token's own end is not moved.
pub(super) fn token_from_refresh(desk: &Desk, act: &Act, parameters: &Parameters) -> Stored<Result<Reply, Refusal>> {
    let old = match parameters.required("refresh_token") {
        Ok(token) => token,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !desk.settings.lazada_app_refreshes {
        return Ok(Err(gateway(
            "AUTH_TYPE_UNSUPPORTED",
            "The authorization type of this app does not support refresh",
        )));
    }
    let sql = "SELECT store, expires FROM tokens WHERE token = ?1 AND kind = 'refresh' AND expires > ?2";
    let found: Option<(String, i64)> = act
        .transaction
        .query_row(sql, params![old, desk.now.timestamp()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let known = found.and_then(|(store, ends)| {
        let (shop, own) = desk.lazada_shops().find(|(shop, _)| shop.id.as_str() == store)?;
        Some((shop, own, DateTime::from_timestamp(ends, 0)?))
    });
    let Some((shop, own, ends)) = known else {
        return Ok(Err(gateway("IllegalRefreshToken", "The specified refresh token is invalid or expired")));
    };
    let purse = Purse { act, settings: desk.settings, shop, own };
    let access = purse.add_access(desk.now)?;
    let refresh = match desk.settings.lazada_refresh_token {
        LazadaRefreshToken::Kept => (old.to_string(), ends),
        LazadaRefreshToken::New | LazadaRefreshToken::NewAndOldDies => purse.add_next("refresh", ends)?,
    };
    if desk.settings.lazada_refresh_token == LazadaRefreshToken::NewAndOldDies {
        act.transaction
            .execute("UPDATE tokens SET expires = ?2 WHERE token = ?1", params![old, desk.now.timestamp()])?;
    }
    // The two pages of the documents call the list by two names.
    Ok(Ok(Reply::TopLevel(desk.pair(shop, own, access, refresh, "country_user_info_list"))))
}

/// `/seller/get`.
pub(super) fn seller(shop: &Shop, own: &LazadaShop) -> Value {
    json!({
        "seller_id": own.seller_id, "name": shop.name, "short_code": short_code(shop, own), "cb": false,
        "status": own.status, "verified": true, "logo_url": null, "location": shop.region,
        "marketplaceEaseMode": own.refuse_with.as_deref() == Some(EASE_MODE_ERROR),
    })
}

fn short_code(shop: &Shop, own: &LazadaShop) -> String {
    format!("{}{}", shop.region, hash_hex(&[&own.seller_id.to_string(), "short code"], 5).to_ascii_uppercase())
}

/// The pair that a new sandbox starts with.
pub(in crate::sandbox) fn first_tokens(
    act: &Act,
    settings: &Settings,
    shop: &Shop,
    own: &LazadaShop,
    now: Timestamp,
) -> Stored<()> {
    let purse = Purse { act, settings, shop, own };
    purse.add_access(now)?;
    purse.add_next("refresh", purse.refresh_end(now))?;
    Ok(())
}

/// The latest pair of a store.
pub(in crate::sandbox) fn sign_in(
    act: &Act,
    settings: &Settings,
    shop: &Shop,
    own: &LazadaShop,
) -> Stored<crate::sandbox::SignIn> {
    let purse = Purse { act, settings, shop, own };
    let access_token = purse.latest("access")?;
    let sql = "SELECT expires FROM tokens WHERE token = ?1";
    let ends: Option<i64> = act.transaction.query_row(sql, [&access_token], |row| row.get(0)).optional()?;
    Ok(crate::sandbox::SignIn::Lazada {
        app_key: settings.lazada_app_key.clone(),
        app_secret: settings.lazada_app_secret(),
        seller_id: own.seller_id,
        access_token,
        access_token_ends: DateTime::from_timestamp(ends.unwrap_or(0), 0).unwrap_or_default(),
        refresh_token: purse.latest("refresh")?,
    })
}

/// The seller that a token or code of this sandbox names, so that a call's store is known before its signature is checked.
pub(super) fn seller_of_token(token: &str) -> Option<u64> {
    let (before, _) = token.rsplit_once('x')?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A token and its end.
type Token = (String, Timestamp);

/// One store's tokens and codes, each kind counted in generations.
struct Purse<'p> {
    act: &'p Act<'p>,
    settings: &'p Settings,
    shop: &'p Shop,
    own: &'p LazadaShop,
}

impl Purse<'_> {
    fn add_access(&self, now: Timestamp) -> Stored<Token> {
        self.add_next("access", now + Duration::seconds(self.settings.lazada_access_token_seconds.into()))
    }

    /// When a refresh token ends that a seller's consent at `now` gives.
    fn refresh_end(&self, now: Timestamp) -> Timestamp {
        now + Duration::seconds(self.settings.lazada_refresh_token_seconds.into())
    }

    fn add_next(&self, kind: &str, ends: Timestamp) -> Stored<Token> {
        let generation = self.generation(kind)? + 1;
        let token = self.text(kind, generation);
        self.act.transaction.execute(
            "INSERT OR REPLACE INTO tokens (token, store, kind, generation, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![token, self.shop.id.as_str(), kind, generation, ends.timestamp()],
        )?;
        Ok((token, ends))
    }

    fn latest(&self, kind: &str) -> Stored<String> {
        Ok(self.text(kind, self.generation(kind)?))
    }

    fn generation(&self, kind: &str) -> Stored<i64> {
        let sql = "SELECT coalesce(max(generation), 0) FROM tokens WHERE store = ?1 AND kind = ?2";
        Ok(self.act.transaction.query_row(sql, [self.shop.id.as_str(), kind], |row| row.get(0))?)
    }

    fn text(&self, kind: &str, generation: i64) -> String {
        let secret = hash_hex(&[&self.settings.seed, self.shop.id.as_str(), kind, &generation.to_string()], 32);
        let seller_id = self.own.seller_id;
        match kind {
            "access" => format!("50000200x{seller_id}x{secret}"),
            "refresh" => format!("50001200x{seller_id}x{secret}"),
            _ => format!("0_{}_{seller_id}x{secret}", self.settings.lazada_app_key),
        }
    }
}

impl<'d> Desk<'d> {
    /// The stores that are Lazada's.
    pub(super) fn lazada_shops(&self) -> impl Iterator<Item = (&'d Shop, &'d LazadaShop)> + use<'d> {
        self.shops.iter().filter_map(|shop| match &shop.own {
            Own::Lazada(own) => Some((shop, own)),
            _ => None,
        })
    }

    /// A token answer; every life is told in seconds from now.
    fn pair(&self, shop: &Shop, own: &LazadaShop, access: Token, refresh: Token, users: &str) -> Map<String, Value> {
        let seconds = |ends: Timestamp| (ends - self.now).num_seconds();
        // A refresh token is usable only when its life is above 0.
        let refresh_seconds = if self.settings.lazada_app_refreshes { seconds(refresh.1) } else { 0 };
        let country = shop.region.to_ascii_lowercase();
        let user_id = 100_000_000 + hash_number(&[&own.seller_id.to_string(), "user"]) % 800_000_000;
        let user = json!({
            "country": country, "user_id": user_id.to_string(), "seller_id": own.seller_id.to_string(),
            "short_code": short_code(shop, own),
        });
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_string(), value);
        put("access_token", json!(access.0));
        put("refresh_token", json!(refresh.0));
        put("expires_in", json!(seconds(access.1)));
        put("refresh_expires_in", json!(refresh_seconds));
        put("country", json!(country));
        put("account_platform", json!("seller_center"));
        put("account", json!(format!("{}@example.test", shop.id)));
        put("account_id", Value::Null);
        put(users, json!([user]));
        fields
    }
}
