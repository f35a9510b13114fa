//! The seller's consent and the tokens that follow from it. The sheet's section 1.5.

use chrono::{DateTime, Duration};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use url::Url;

use super::Desk;
use super::answer::{self, Refusal, Reply, invalid_parameter};
use super::gateway::present;
use crate::domain::Timestamp;
use crate::sandbox::SignIn;
use crate::sandbox::exchange::Request;
use crate::sandbox::scenario::{Settings, TiktokShop, hash_hex};
use crate::sandbox::state::{Act, Stored};

const ACCESS_TOKEN_LIFE: Duration = Duration::days(7);
/// What the seller gave: refreshing does not lengthen it.
const AUTHORIZATION_LIFE: Duration = Duration::days(365);
const CODE_LIFE: Duration = Duration::minutes(30);

/// `user_type` of a seller.
const SELLER: u64 = 0;

/// Under what name a seller's tokens are kept. It differs from every store's id, for an id has no space.
pub(in crate::sandbox) fn token_holder(own: &TiktokShop) -> String {
    format!("seller {}", own.seller)
}

/// The pair that a new sandbox starts with; the first shop of a seller brings it for all.
pub(in crate::sandbox) fn first_tokens(act: &Act, settings: &Settings, own: &TiktokShop, now: Timestamp) -> Stored<()> {
    if latest(act, own, "refresh")? == 0 {
        let pair = Pair::new(settings, own, 1, now, now + AUTHORIZATION_LIFE);
        pair.keep(act, own)?;
    }
    Ok(())
}

/// The latest pair of a shop's seller.
pub(in crate::sandbox) fn sign_in(act: &Act, settings: &Settings, own: &TiktokShop) -> Stored<SignIn> {
    let access_token = token_text(settings, own, "access", latest(act, own, "access")?);
    let refresh_token = token_text(settings, own, "refresh", latest(act, own, "refresh")?);
    Ok(SignIn::TiktokShop {
        app_key: settings.tiktok_shop_app_key.clone(),
        app_secret: settings.tiktok_shop_app_secret(),
        shop_id: own.shop_id.to_string(),
        shop_cipher: own.cipher.clone(),
        access_token_ends: ends(act, &access_token)?,
        refresh_token_ends: ends(act, &refresh_token)?,
        access_token,
        refresh_token,
    })
}

/// Whether `token` (or an authorization code) was made for `seller`, valid or not.
pub(super) fn is_of(token: &str, seller: &str) -> bool {
    token.get(4..).is_some_and(|text| text.starts_with(&seller_mark(seller)))
}

/// The page where a seller lets the app in: here they always agree, and are sent back at once. A `shop_id` in the link chooses
/// whose account it is; without it, it is the first shop's.
pub(super) fn authorize(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    if present(request, "service_id").is_none() {
        return Ok(Err(invalid_parameter("service_id", "it is required")));
    }
    let Ok(mut target) = Url::parse(&desk.settings.tiktok_shop_redirect_url) else {
        return Ok(Err(invalid_parameter("redirect_url", "the app has no address to send the seller back to")));
    };
    let is_chosen =
        |own: &TiktokShop| present(request, "shop_id").is_none_or(|wanted| own.shop_id.to_string() == wanted);
    let Some((_, own)) = desk.tiktok_shops().find(|(_, own)| is_chosen(own)) else {
        return Ok(Err(answer::INVALID_SHOP_ID));
    };
    let generation = latest(act, own, "code")? + 1;
    let code = token_text(desk.settings, own, "code", generation);
    keep(act, own, &code, "code", generation, desk.now + CODE_LIFE)?;
    target.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = request.parameter("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Ok(Ok(Reply::Redirect(target.to_string())))
}

/// `token/get`: a code becomes a pair, once. What becomes of earlier pairs is not documented; they live on.
pub(super) fn from_code(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    let code = match traded(desk, request, "auth_code", "authorized_code") {
        Ok(code) => code,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "UPDATE tokens SET used = ?2
        WHERE token = ?1 AND kind = 'code' AND used IS NULL AND expires > ?2 RETURNING store";
    let holder: Option<String> =
        act.transaction.query_row(sql, params![code, desk.now.timestamp()], |row| row.get(0)).optional()?;
    let Some(own) = holder.and_then(|holder| held_by(desk, &holder)) else {
        return Ok(Err(answer::INVALID_AUTH_CODE));
    };
    let generation = latest(act, own, "access")?.max(latest(act, own, "refresh")?) + 1;
    let pair = Pair::new(desk.settings, own, generation, desk.now, desk.now + AUTHORIZATION_LIFE);
    pair.keep(act, own)?;
    Ok(Ok(Reply::Token(pair.shown(desk, own))))
}

/// `token/refresh`: a refresh token becomes a pair; whether it lives on itself is a setting, for the documents do not say.
pub(super) fn from_refresh(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    let token = match traded(desk, request, "refresh_token", "refresh_token") {
        Ok(token) => token,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "SELECT store, expires, used FROM tokens WHERE token = ?1 AND kind = 'refresh'";
    let found: Option<(String, i64, Option<i64>)> =
        act.transaction.query_row(sql, [token], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let Some((holder, expires, None)) = found else { return Ok(Err(answer::INVALID_REFRESH_TOKEN)) };
    let Some(own) = held_by(desk, &holder) else { return Ok(Err(answer::INVALID_REFRESH_TOKEN)) };
    if expires <= desk.now.timestamp() {
        return Ok(Err(answer::EXPIRED_REFRESH_TOKEN));
    }
    let now = desk.now.timestamp();
    if desk.settings.tiktok_shop_refresh_ends_access_token {
        let sql = "UPDATE tokens SET expires = min(expires, ?2) WHERE store = ?1 AND kind = 'access'";
        act.transaction.execute(sql, params![holder, now])?;
    }
    let generation = latest(act, own, "access")?.max(latest(act, own, "refresh")?) + 1;
    let authorized_until = DateTime::from_timestamp(expires, 0).unwrap_or(desk.now);
    let mut pair = Pair::new(desk.settings, own, generation, desk.now, authorized_until);
    if desk.settings.tiktok_shop_refresh_tokens_rotate {
        act.transaction.execute("UPDATE tokens SET used = ?2 WHERE token = ?1", params![token, now])?;
        pair.keep(act, own)?;
    } else {
        pair.refresh_token = token.to_string();
        keep(act, own, &pair.access_token, "access", generation, pair.access_token_ends)?;
    }
    Ok(Ok(Reply::Token(pair.shown(desk, own))))
}

/// What both token calls check: the app's key and secret, the kind of grant, and the `field` that is traded in.
fn traded<'r>(desk: &Desk, request: &'r Request, field: &str, grant_type: &str) -> Result<&'r str, Refusal> {
    if present(request, "app_key") != Some(desk.settings.tiktok_shop_app_key.as_str()) {
        return Err(answer::INVALID_APP_KEY);
    }
    if present(request, "app_secret") != Some(desk.settings.tiktok_shop_app_secret().as_str()) {
        return Err(answer::INVALID_APP_SECRET);
    }
    if present(request, "grant_type") != Some(grant_type) {
        return Err(invalid_parameter("grant_type", &format!("it is `{grant_type}`")));
    }
    present(request, field).ok_or_else(|| invalid_parameter(field, "it is required"))
}

struct Pair {
    access_token: String,
    access_token_ends: Timestamp,
    refresh_token: String,
    refresh_token_ends: Timestamp,
    generation: i64,
}

impl Pair {
    fn new(
        settings: &Settings,
        own: &TiktokShop,
        generation: i64,
        now: Timestamp,
        authorized_until: Timestamp,
    ) -> Self {
        Self {
            access_token: token_text(settings, own, "access", generation),
            access_token_ends: now + ACCESS_TOKEN_LIFE,
            refresh_token: token_text(settings, own, "refresh", generation),
            refresh_token_ends: authorized_until,
            generation,
        }
    }

    fn keep(&self, act: &Act, own: &TiktokShop) -> Stored<()> {
        keep(act, own, &self.access_token, "access", self.generation, self.access_token_ends)?;
        keep(act, own, &self.refresh_token, "refresh", self.generation, self.refresh_token_ends)
    }

    /// In spite of their names, the `…_expire_in` are instants, in Unix seconds.
    fn shown(&self, desk: &Desk, own: &TiktokShop) -> Value {
        let shops = desk.shops_of(&own.seller);
        let first = shops.first();
        json!({
            "access_token": self.access_token, "access_token_expire_in": self.access_token_ends.timestamp(),
            "refresh_token": self.refresh_token, "refresh_token_expire_in": self.refresh_token_ends.timestamp(),
            "open_id": hash_hex(&[&desk.settings.seed, &own.seller, "open id"], 32),
            "seller_name": first.map(|(shop, _)| &shop.name), "seller_base_region": first.map(|(shop, _)| &shop.region),
            "user_type": SELLER, "granted_scopes": first.map(|(_, own)| &own.granted_scopes),
        })
    }
}

fn held_by<'d>(desk: &Desk<'d>, holder: &str) -> Option<&'d TiktokShop> {
    desk.tiktok_shops().map(|(_, own)| own).find(|own| token_holder(own) == holder)
}

fn keep(act: &Act, own: &TiktokShop, token: &str, kind: &str, generation: i64, expires: Timestamp) -> Stored<()> {
    act.transaction.execute(
        "INSERT OR REPLACE INTO tokens (token, store, kind, generation, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![token, token_holder(own), kind, generation, expires.timestamp()],
    )?;
    Ok(())
}

fn latest(act: &Act, own: &TiktokShop, kind: &str) -> Stored<i64> {
    let sql = "SELECT coalesce(max(generation), 0) FROM tokens WHERE store = ?1 AND kind = ?2";
    Ok(act.transaction.query_row(sql, [token_holder(own).as_str(), kind], |row| row.get(0))?)
}

fn ends(act: &Act, token: &str) -> Stored<Timestamp> {
    let sql = "SELECT expires FROM tokens WHERE token = ?1";
    let ends: Option<i64> = act.transaction.query_row(sql, [token], |row| row.get(0)).optional()?;
    Ok(DateTime::from_timestamp(ends.unwrap_or(0), 0).unwrap_or_default())
}

fn token_text(settings: &Settings, own: &TiktokShop, kind: &str, generation: i64) -> String {
    let rest = hash_hex(&[&settings.seed, &own.seller, "tiktok_shop", kind, &generation.to_string()], 40);
    format!("TTP_{}{rest}", seller_mark(&own.seller))
}

/// Begins every token of a seller, so that faults and counts know whose a token call is before it is looked up.
fn seller_mark(seller: &str) -> String {
    hash_hex(&[seller, "seller"], 8)
}
