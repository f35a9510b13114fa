//! Who calls: partner, signature, timestamp, token, shop. The sheet's sections 1.2 to 1.5.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use super::Desk;
use super::answer::{Refusal, Reply, refusal, wrong_parameters};
use crate::domain::Timestamp;
use crate::sandbox::exchange::Request;
use crate::sandbox::scenario::{Own, Settings, Shop, ShopeeShop, hash_hex};
use crate::sandbox::state::{Act, Stored};

const TIMESTAMP_AGE: Duration = Duration::minutes(5);
const ACCESS_TOKEN_LIFE: Duration = Duration::hours(4);
const OLD_ACCESS_TOKEN_LIFE: Duration = Duration::minutes(5);
const REFRESH_TOKEN_LIFE: Duration = Duration::days(30);
/// A used refresh token brings the same new pair again for about as long.
const REFRESH_REPEAT: Duration = Duration::hours(4);
const CODE_LIFE: Duration = Duration::minutes(10);
const AUTHORIZATION_LIFE: Duration = Duration::days(365);

const INVALID_TOKEN: (&str, &str) = ("invalid_acceess_token", "Invalid access_token, please have a check.");

/// Checks the parameters of a call that no shop signs: partner, timestamp, signature.
pub(super) fn check_public(desk: &Desk, request: &Request) -> Result<(), Refusal> {
    check_signed(desk, request, "")
}

/// Checks a shop call and says whose it is.
pub(super) fn check_shop<'d>(
    desk: &Desk<'d>,
    act: &Act,
    request: &Request,
) -> Stored<Result<(&'d Shop, &'d ShopeeShop), Refusal>> {
    let (shop, own) = match signed_shop(desk, request) {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let token = request.parameter("access_token").unwrap_or_default();
    let mut statement = act
        .transaction
        .prepare_cached("SELECT 1 FROM tokens WHERE token = ?1 AND store = ?2 AND kind = 'access' AND expires > ?3")?;
    let is_valid = statement.exists(params![token, shop.id.as_str(), desk.now.timestamp()])?;
    if !is_valid {
        return Ok(Err(refusal(INVALID_TOKEN.0, INVALID_TOKEN.1)));
    }
    if let Some(error) = &own.refuse_with {
        return Ok(Err(refusal(error, format!("{error}, please have a check."))));
    }
    Ok(Ok((shop, own)))
}

fn signed_shop<'d>(desk: &Desk<'d>, request: &Request) -> Result<(&'d Shop, &'d ShopeeShop), Refusal> {
    let present = |name: &'static str| request.parameter(name).filter(|value| !value.is_empty());
    let missing = |name: &str| refusal("error_param", format!("There is no {name} in query."));
    check_partner(desk, request)?;
    let token = present("access_token").ok_or_else(|| missing("access_token"))?;
    let shop_id = present("shop_id").ok_or_else(|| missing("shop_id"))?;
    check_signed(desk, request, &format!("{token}{shop_id}"))?;
    desk.shop(shop_id.parse().ok()).ok_or_else(|| refusal("error_auth", "Invalid partner_id or shopid."))
}

fn check_partner(desk: &Desk, request: &Request) -> Result<(), Refusal> {
    match request.parameter("partner_id") {
        None | Some("") => Err(refusal("error_param", "There is no partner_id in query.")),
        Some(id) if id == desk.settings.shopee_partner_id.to_string() => Ok(()),
        Some(_) => Err(refusal("error_auth", "partner_id is invalid")),
    }
}

/// `signed_after` is what stands in the base string after the timestamp.
fn check_signed(desk: &Desk, request: &Request, signed_after: &str) -> Result<(), Refusal> {
    check_partner(desk, request)?;
    let stamp = match request.parameter("timestamp") {
        None | Some("") => return Err(refusal("error_param", "no timestamp")),
        Some(text) => text,
    };
    let stamp_time = stamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let stamp_time = stamp_time.ok_or_else(|| refusal("error_param", "Invalid timestamp"))?;
    if !desk.clock.accepts(stamp_time, TIMESTAMP_AGE) {
        return Err(refusal("error_param", "Timestamp is expired."));
    }
    let sign = match request.parameter("sign") {
        None | Some("") => return Err(refusal("error_param", "There is no sign in query.")),
        Some(sign) => sign,
    };
    let path = request.path.trim_end_matches('/');
    let base = format!("{}{path}{stamp}{signed_after}", desk.settings.shopee_partner_id);
    if sign == signature(&desk.settings.partner_key(), &base) {
        Ok(())
    } else {
        Err(refusal("error_sign", "Wrong sign."))
    }
}

fn signature(partner_key: &str, base: &str) -> String {
    // HMAC takes a key of any length, so there is no error to answer with.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(partner_key.as_bytes()) else { return String::new() };
    mac.update(base.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

/// The page where a seller lets the app in: here they always agree, and are sent back at once. A `shop_id` in the link chooses
/// the shop; without it, it is the first one.
pub(super) fn authorize(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    if let Err(refusal) = check_public(desk, request) {
        return Ok(Err(refusal));
    }
    let Some(mut target) = request.parameter("redirect").and_then(|redirect| Url::parse(redirect).ok()) else {
        return Ok(Err(wrong_parameters("redirect is not an address")));
    };
    let shop_id = request.parameter("shop_id").and_then(|id| id.parse().ok());
    let chosen = if shop_id.is_some() { desk.shop(shop_id) } else { desk.shopee_shops().next() };
    let Some((shop, own)) = chosen else {
        return Ok(Err(refusal("invalid_shop_id", "Invalid shop_id.")));
    };
    let generation = latest_generation(act, shop, "code")? + 1;
    let code = token_text(desk.settings, shop, "code", generation);
    add_token(act, shop, &code, "code", generation, desk.now + CODE_LIFE)?;
    target.query_pairs_mut().append_pair("code", &code).append_pair("shop_id", &own.shop_id.to_string());
    Ok(Ok(Reply::Redirect(target.to_string())))
}

/// `auth/token/get`: a code becomes the first pair, and every earlier token of the shop dies.
pub(super) fn token_from_code(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    let (body, shop, own) = match token_request(desk, request, "code") {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "UPDATE tokens SET used = ?3 WHERE token = ?1 AND store = ?2 AND kind = 'code' AND used IS NULL AND expires > ?3";
    let taken = act.transaction.execute(sql, params![body, shop.id.as_str(), desk.now.timestamp()])?;
    if taken == 0 {
        return Ok(Err(refusal("invalid_code", "Invalid code, please have a check.")));
    }
    let generation = latest_generation(act, shop, "refresh")? + 1;
    act.transaction.execute("DELETE FROM tokens WHERE store = ?1 AND kind <> 'code'", [shop.id.as_str()])?;
    let mut fields = add_pair(act, desk.settings, shop, generation, desk.now)?;
    fields.insert("shop_id_list".into(), json!([own.shop_id]));
    fields.insert("merchant_id_list".into(), json!([]));
    Ok(Ok(Reply::TopLevel(fields)))
}

/// `auth/access_token/get`: a refresh token becomes the next pair, once.
pub(super) fn token_from_refresh(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    let (token, shop, own) = match token_request(desk, request, "refresh_token") {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "SELECT generation, expires, used FROM tokens WHERE token = ?1 AND store = ?2 AND kind = 'refresh'";
    let found: Option<(i64, i64, Option<i64>)> = act
        .transaction
        .query_row(sql, [token.as_str(), shop.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let now = desk.now.timestamp();
    let mut fields = match found {
        None => return Ok(Err(refusal("error_auth", "Invalid refresh_token."))),
        Some((_, expires, None)) if expires <= now => {
            return Ok(Err(refusal("refresh_token_expired", "Your refresh_token expired.")));
        }
        Some((_, _, Some(used))) if now - used > REFRESH_REPEAT.num_seconds() => {
            return Ok(Err(refusal("error_auth", "Invalid refresh_token.")));
        }
        // Sent again, perhaps because the answer was lost: the same pair once more.
        Some((generation, _, Some(_))) => pair(desk.settings, shop, generation + 1),
        Some((generation, _, None)) => {
            let sql = "UPDATE tokens SET used = ?2 WHERE token = ?1";
            act.transaction.execute(sql, params![token, now])?;
            let sql = "UPDATE tokens SET expires = min(expires, ?2) WHERE store = ?1 AND kind = 'access'";
            let old_ends = (desk.now + OLD_ACCESS_TOKEN_LIFE).timestamp();
            act.transaction.execute(sql, params![shop.id.as_str(), old_ends])?;
            add_pair(act, desk.settings, shop, generation + 1, desk.now)?
        }
    };
    fields.insert("partner_id".into(), json!(desk.settings.shopee_partner_id));
    fields.insert("shop_id".into(), json!(own.shop_id));
    Ok(Ok(Reply::TopLevel(fields)))
}

/// What both token calls check: the signature, the partner again in the body, the shop, and the `field` that is traded in.
fn token_request<'d>(
    desk: &Desk<'d>,
    request: &Request,
    field: &str,
) -> Result<(String, &'d Shop, &'d ShopeeShop), Refusal> {
    check_public(desk, request)?;
    let body = request.json_object().ok_or_else(|| wrong_parameters("the body is not JSON"))?;
    if body.get("partner_id").and_then(Value::as_u64) != Some(desk.settings.shopee_partner_id) {
        return Err(wrong_parameters("partner_id"));
    }
    let text = body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| wrong_parameters(field))?;
    let Some(shop_id) = body.get("shop_id").and_then(Value::as_u64) else {
        return Err(refusal("invalid_shop_id", "Invalid shop_id, please have a check."));
    };
    let (shop, own) =
        desk.shop(Some(shop_id)).ok_or_else(|| refusal("invalid_shop_id", "Invalid shop_id, please have a check."))?;
    Ok((text.to_string(), shop, own))
}

/// `shop/get_shop_info`.
pub(super) fn shop_info(shop: &Shop, own: &ShopeeShop) -> Map<String, Value> {
    let fields = json!({
        "shop_name": shop.name, "region": shop.region, "status": own.status, "is_cb": false, "merchant_id": null,
        "auth_time": own.auth_time, "expire_time": own.auth_time + AUTHORIZATION_LIFE.num_seconds(),
    });
    object(fields)
}

/// `public/get_shops_by_partner`.
pub(super) fn shops_of_partner(desk: &Desk, request: &Request) -> Result<Reply, Refusal> {
    check_public(desk, request)?;
    let (page_no, page_size) = super::page(request, 100, u64::MAX)?;
    let all: Vec<Value> = desk
        .shopee_shops()
        .map(|(shop, own)| {
            json!({
                "shop_id": own.shop_id, "region": shop.region, "auth_time": own.auth_time,
                "expire_time": own.auth_time + AUTHORIZATION_LIFE.num_seconds(), "sip_affi_shop_list": [],
            })
        })
        .collect();
    let (page, more) = super::page_of(all, page_no, page_size);
    Ok(Reply::TopLevel(object(json!({ "authed_shop_list": page, "more": more }))))
}

/// The pair that a new sandbox starts with.
pub(in crate::sandbox) fn first_tokens(act: &Act, settings: &Settings, shop: &Shop, now: Timestamp) -> Stored<()> {
    add_pair(act, settings, shop, 1, now).map(|_| ())
}

/// The latest pair of a shop.
pub(in crate::sandbox) fn sign_in(
    act: &Act,
    settings: &Settings,
    shop: &Shop,
    own: &ShopeeShop,
) -> Stored<crate::sandbox::SignIn> {
    let generation = latest_generation(act, shop, "refresh")?;
    let access_token = token_text(settings, shop, "access", generation);
    let sql = "SELECT expires FROM tokens WHERE token = ?1";
    let ends: Option<i64> = act.transaction.query_row(sql, [&access_token], |row| row.get(0)).optional()?;
    Ok(crate::sandbox::SignIn::Shopee {
        partner_id: settings.shopee_partner_id,
        partner_key: settings.partner_key(),
        shop_id: own.shop_id,
        access_token,
        access_token_ends: DateTime::from_timestamp(ends.unwrap_or(0), 0).unwrap_or_default(),
        refresh_token: token_text(settings, shop, "refresh", generation),
    })
}

/// Ends the access tokens of one store, or of all; with `refresh_too` the refresh tokens as well.
pub(in crate::sandbox) fn expire_tokens(
    act: &Act,
    store: Option<&str>,
    refresh_too: bool,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE tokens SET expires = min(expires, ?1)
        WHERE (?2 IS NULL OR store = ?2) AND (kind = 'access' OR (?3 AND kind = 'refresh'))";
    act.transaction.execute(sql, params![now.timestamp(), store, refresh_too])?;
    Ok(())
}

fn add_pair(
    act: &Act,
    settings: &Settings,
    shop: &Shop,
    generation: i64,
    now: Timestamp,
) -> Stored<Map<String, Value>> {
    let access = token_text(settings, shop, "access", generation);
    let refresh = token_text(settings, shop, "refresh", generation);
    add_token(act, shop, &access, "access", generation, now + ACCESS_TOKEN_LIFE)?;
    add_token(act, shop, &refresh, "refresh", generation, now + REFRESH_TOKEN_LIFE)?;
    Ok(pair(settings, shop, generation))
}

fn pair(settings: &Settings, shop: &Shop, generation: i64) -> Map<String, Value> {
    object(json!({
        "access_token": token_text(settings, shop, "access", generation),
        "refresh_token": token_text(settings, shop, "refresh", generation),
        "expire_in": ACCESS_TOKEN_LIFE.num_seconds(),
    }))
}

fn add_token(act: &Act, shop: &Shop, token: &str, kind: &str, generation: i64, expires: Timestamp) -> Stored<()> {
    act.transaction.execute(
        "INSERT OR REPLACE INTO tokens (token, store, kind, generation, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![token, shop.id.as_str(), kind, generation, expires.timestamp()],
    )?;
    Ok(())
}

fn latest_generation(act: &Act, shop: &Shop, kind: &str) -> Stored<i64> {
    let sql = "SELECT coalesce(max(generation), 0) FROM tokens WHERE store = ?1 AND kind = ?2";
    Ok(act.transaction.query_row(sql, [shop.id.as_str(), kind], |row| row.get(0))?)
}

fn token_text(settings: &Settings, shop: &Shop, kind: &str, generation: i64) -> String {
    hash_hex(&[&settings.seed, shop.id.as_str(), kind, &generation.to_string()], 32)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

impl<'d> Desk<'d> {
    /// The shops that are Shopee's.
    pub(super) fn shopee_shops(&self) -> impl Iterator<Item = (&'d Shop, &'d ShopeeShop)> + use<'d> {
        self.shops.iter().filter_map(|shop| match &shop.own {
            Own::Shopee(own) => Some((shop, own)),
            _ => None,
        })
    }

    fn shop(&self, shop_id: Option<u64>) -> Option<(&'d Shop, &'d ShopeeShop)> {
        self.shopee_shops().find(|(_, own)| Some(own.shop_id) == shop_id)
    }
}
