//! Who calls: access tokens, and the three ways to one. Sheet section 1.1.

use chrono::{DateTime, Duration};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

use super::Desk;
use crate::domain::Timestamp;
use crate::sandbox::SignIn;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::scenario::{Settings, Shop, ShopifyShop, TokenKind, hash_hex};
use crate::sandbox::state::{Act, Stored};

/// The parameters of a token request.
type Fields = BTreeMap<String, String>;

const CLIENT_CREDENTIALS_LIFE: Duration = Duration::seconds(86_399);
const EXPIRING_LIFE: Duration = Duration::seconds(3600);
const REFRESH_LIFE: Duration = Duration::seconds(7_776_000);
/// How long a code of the sign-in page may be traded in. (Inferred.)
const CODE_LIFE: Duration = Duration::minutes(10);
/// What a token without an end has for one: the year 9999.
const NEVER: i64 = 253_370_764_800;

/// Whether `request` shows a token of this shop that has not ended. The first use of a token ends the refresh tokens before
/// its own.
pub(super) fn is_known(desk: &Desk, act: &Act, shop: &Shop, request: &Request) -> Stored<bool> {
    let Some(token) = request.header("x-shopify-access-token") else { return Ok(false) };
    let sql = "SELECT generation, used FROM tokens WHERE token = ?1 AND store = ?2 AND kind IN ('access', 'endless')
        AND expires > ?3";
    let found: Option<(i64, Option<i64>)> = act
        .transaction
        .query_row(sql, params![token, shop.id.as_str(), desk.now.timestamp()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((generation, None)) = found {
        act.transaction
            .execute("UPDATE tokens SET used = ?2 WHERE token = ?1", params![token, desk.now.timestamp()])?;
        end_refresh_tokens_before(act, shop, generation)?;
    }
    Ok(found.is_some())
}

/// `GET /admin/oauth/authorize`: here the merchant always agrees, and is sent back at once.
pub(super) fn authorize(desk: &Desk, act: &Act, shop: &Shop, own: &ShopifyShop, request: &Request) -> Stored<Answer> {
    let target = request.parameter("redirect_uri").and_then(|address| Url::parse(address).ok());
    let is_ours = request.parameter("client_id") == Some(desk.settings.shopify_client_id().as_str());
    let Some(mut target) = target.filter(|_| is_ours) else {
        return Ok(failed("invalid_request", "The client_id or the redirect_uri is not known."));
    };
    let generation = latest_generation(act, shop, "code")? + 1;
    let code = hash_hex(&[&desk.settings.seed, shop.id.as_str(), "code", &generation.to_string()], 32);
    add_token(act, shop, &code, "code", generation, (desk.now + CODE_LIFE).timestamp())?;
    let host = BASE64.encode(format!("{}/admin", own.domain).as_bytes());
    let (state, stamp) = (request.parameter("state").unwrap_or_default(), desk.now.timestamp().to_string());
    let sent =
        [("code", code.as_str()), ("host", &host), ("shop", &own.domain), ("state", state), ("timestamp", &stamp)];
    // Sorted by name already.
    let base: Vec<String> = sent.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let hmac = signature(&desk.settings.shopify_client_secret(), &base.join("&"));
    target.query_pairs_mut().extend_pairs(sent).append_pair("hmac", &hmac);
    Ok(Answer::html(302, String::new()).with_header("location", target.to_string()))
}

/// `POST /admin/oauth/access_token`, by whichever grant; a form or JSON.
pub(super) fn access_token(
    desk: &Desk,
    act: &Act,
    shop: &Shop,
    own: &ShopifyShop,
    request: &Request,
) -> Stored<Answer> {
    let asked = asked(request);
    let text = |name: &str| asked.get(name).map(String::as_str);
    let is_ours = text("client_id") == Some(desk.settings.shopify_client_id().as_str())
        && text("client_secret") == Some(desk.settings.shopify_client_secret().as_str());
    if !is_ours {
        return Ok(failed("invalid_client", "The client_id or the client_secret is wrong."));
    }
    match (text("grant_type"), text("code"), text("refresh_token")) {
        (Some("client_credentials"), ..) => client_credentials(desk, act, shop, own),
        (Some("refresh_token"), _, Some(token)) => refreshed(desk, act, shop, own, token),
        (None | Some("authorization_code"), Some(code), _) => {
            let is_expiring = matches!(text("expiring"), Some("1" | "true"));
            by_code(desk, act, shop, own, code, is_expiring)
        }
        (Some("refresh_token"), ..) => Ok(failed("invalid_request", "There is no refresh_token.")),
        _ => Ok(failed("unsupported_grant_type", "The grant_type is not known.")),
    }
}

/// No refresh token comes with it: one just asks again.
fn client_credentials(desk: &Desk, act: &Act, shop: &Shop, own: &ShopifyShop) -> Stored<Answer> {
    if own.token != TokenKind::ClientCredentials {
        let words = "Client credentials cannot be performed on this shop.";
        return Ok(failed("shop_not_permitted", words));
    }
    let generation = latest_generation(act, shop, "access")? + 1;
    let token = token_text(desk.settings, shop, "access", generation);
    add_token(act, shop, &token, "access", generation, (desk.now + CLIENT_CREDENTIALS_LIFE).timestamp())?;
    Ok(Answer::json(
        200,
        &json!({
            "access_token": token, "scope": own.scopes.join(","),
            "expires_in": CLIENT_CREDENTIALS_LIFE.num_seconds(),
        }),
    ))
}

/// A code becomes a token without end, or a pair of which the first expires; earlier tokens of the app end.
fn by_code(desk: &Desk, act: &Act, shop: &Shop, own: &ShopifyShop, code: &str, is_expiring: bool) -> Stored<Answer> {
    let sql = "UPDATE tokens SET used = ?3
        WHERE token = ?1 AND store = ?2 AND kind = 'code' AND used IS NULL AND expires > ?3";
    let taken = act.transaction.execute(sql, params![code, shop.id.as_str(), desk.now.timestamp()])?;
    if taken == 0 {
        return Ok(failed("invalid_grant", "The authorization code was not found or was already used."));
    }
    let generation = latest_generation(act, shop, "refresh")?.max(latest_generation(act, shop, "endless")?) + 1;
    act.transaction.execute("DELETE FROM tokens WHERE store = ?1 AND kind <> 'code'", [shop.id.as_str()])?;
    if is_expiring {
        return Ok(Answer::json(200, &add_pair(desk.settings, act, shop, own, generation, desk.now)?));
    }
    let token = token_text(desk.settings, shop, "endless", generation);
    add_token(act, shop, &token, "endless", generation, NEVER)?;
    Ok(Answer::json(200, &json!({ "access_token": token, "scope": own.scopes.join(",") })))
}

/// A refresh token becomes the next pair. It stays good until one of that pair is used; until then it gives the same pair.
/// (Documented for the new refresh token; that the new access token counts as well is inferred, as the safer reading.)
fn refreshed(desk: &Desk, act: &Act, shop: &Shop, own: &ShopifyShop, token: &str) -> Stored<Answer> {
    let sql =
        "SELECT generation, used FROM tokens WHERE token = ?1 AND store = ?2 AND kind = 'refresh' AND expires > ?3";
    let found: Option<(i64, Option<i64>)> = act
        .transaction
        .query_row(sql, params![token, shop.id.as_str(), desk.now.timestamp()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((generation, used)) = found else {
        return Ok(failed("invalid_grant", "The refresh token is invalid or has expired."));
    };
    end_refresh_tokens_before(act, shop, generation)?;
    if used.is_some() {
        return Ok(Answer::json(200, &pair(desk.settings, act, shop, own, generation + 1, desk.now)?));
    }
    act.transaction.execute("UPDATE tokens SET used = ?2 WHERE token = ?1", params![token, desk.now.timestamp()])?;
    Ok(Answer::json(200, &add_pair(desk.settings, act, shop, own, generation + 1, desk.now)?))
}

/// What a new sandbox starts with.
pub(in crate::sandbox) fn first_tokens(
    act: &Act,
    settings: &Settings,
    shop: &Shop,
    own: &ShopifyShop,
    now: Timestamp,
) -> Stored<()> {
    match own.token {
        TokenKind::Endless => {
            let token = own.access_token.clone().unwrap_or_else(|| token_text(settings, shop, "endless", 1));
            add_token(act, shop, &token, "endless", 1, NEVER)
        }
        TokenKind::ClientCredentials => Ok(()),
        TokenKind::Expiring => add_pair(settings, act, shop, own, 1, now).map(|_| ()),
    }
}

/// The latest tokens of a shop.
pub(in crate::sandbox) fn sign_in(act: &Act, settings: &Settings, shop: &Shop, own: &ShopifyShop) -> Stored<SignIn> {
    let latest = |kind: &str| -> Stored<Option<(String, i64)>> {
        let sql = "SELECT token, expires FROM tokens WHERE store = ?1 AND kind = ?2 ORDER BY generation DESC LIMIT 1";
        let row = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?));
        Ok(act.transaction.query_row(sql, [shop.id.as_str(), kind], row).optional()?)
    };
    let (endless, access) = (latest("endless")?, latest("access")?);
    let ends = access.as_ref().and_then(|(_, expires)| DateTime::from_timestamp(*expires, 0));
    Ok(SignIn::Shopify {
        domain: own.domain.clone(),
        client_id: settings.shopify_client_id(),
        client_secret: settings.shopify_client_secret(),
        access_token_ends: if endless.is_some() { None } else { ends },
        access_token: endless.or(access).map(|(token, _)| token),
        refresh_token: latest("refresh")?.map(|(token, _)| token),
    })
}

fn add_pair(
    settings: &Settings,
    act: &Act,
    shop: &Shop,
    own: &ShopifyShop,
    generation: i64,
    now: Timestamp,
) -> Stored<Value> {
    for (kind, life) in [("access", EXPIRING_LIFE), ("refresh", REFRESH_LIFE)] {
        let token = token_text(settings, shop, kind, generation);
        add_token(act, shop, &token, kind, generation, (now + life).timestamp())?;
    }
    pair(settings, act, shop, own, generation, now)
}

/// The tokens of a generation, with the seconds that each has left.
fn pair(
    settings: &Settings,
    act: &Act,
    shop: &Shop,
    own: &ShopifyShop,
    generation: i64,
    now: Timestamp,
) -> Stored<Value> {
    let left = |token: &str| -> Stored<i64> {
        let sql = "SELECT expires FROM tokens WHERE token = ?1";
        let expires: Option<i64> = act.transaction.query_row(sql, [token], |row| row.get(0)).optional()?;
        Ok((expires.unwrap_or(0) - now.timestamp()).max(0))
    };
    let access = token_text(settings, shop, "access", generation);
    let refresh = token_text(settings, shop, "refresh", generation);
    Ok(json!({
        "access_token": access, "scope": own.scopes.join(","), "expires_in": left(&access)?,
        "refresh_token": refresh, "refresh_token_expires_in": left(&refresh)?,
    }))
}

fn add_token(act: &Act, shop: &Shop, token: &str, kind: &str, generation: i64, expires: i64) -> Stored<()> {
    act.transaction.execute(
        "INSERT OR REPLACE INTO tokens (token, store, kind, generation, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![token, shop.id.as_str(), kind, generation, expires],
    )?;
    Ok(())
}

fn end_refresh_tokens_before(act: &Act, shop: &Shop, generation: i64) -> Stored<()> {
    let sql = "DELETE FROM tokens WHERE store = ?1 AND kind = 'refresh' AND generation < ?2";
    act.transaction.execute(sql, params![shop.id.as_str(), generation])?;
    Ok(())
}

fn latest_generation(act: &Act, shop: &Shop, kind: &str) -> Stored<i64> {
    let sql = "SELECT coalesce(max(generation), 0) FROM tokens WHERE store = ?1 AND kind = ?2";
    Ok(act.transaction.query_row(sql, [shop.id.as_str(), kind], |row| row.get(0))?)
}

fn token_text(settings: &Settings, shop: &Shop, kind: &str, generation: i64) -> String {
    let prefix = if kind == "refresh" { "shprt_" } else { "shpat_" };
    let hash = hash_hex(&[&settings.seed, shop.id.as_str(), "shopify", kind, &generation.to_string()], 32);
    format!("{prefix}{hash}")
}

/// The fields of a token request: JSON, a form, or the query.
fn asked(request: &Request) -> Fields {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let mut asked: Fields = request.query.iter().cloned().collect();
    if kind.starts_with("application/json") {
        let plain = |value: Value| value.as_str().map_or(value.to_string(), str::to_string);
        let body: Map<String, Value> = request.json_object().unwrap_or_default();
        asked.extend(body.into_iter().map(|(name, value)| (name, plain(value))));
    } else {
        asked.extend(form_urlencoded::parse(&request.body).into_owned());
    }
    asked
}

fn failed(error: &str, description: &str) -> Answer {
    Answer::json(400, &json!({ "error": error, "error_description": description }))
}

fn signature(secret: &str, base: &str) -> String {
    // HMAC takes a key of any length, so there is no error to answer with.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(base.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}
