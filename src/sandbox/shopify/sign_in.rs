//! Who calls: access tokens, and the three ways to one. Sheet section 1.1.

use chrono::{DateTime, Duration};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

use super::shop::{Shop, ShopifyShops, TokenGrant};
use crate::domain::Timestamp;
use crate::sandbox::access::SignIn;
use crate::sandbox::entry::{CallError, Context, Refused};
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::seed::hash_hex;
use crate::sandbox::state::{Act, Stored};
use crate::sandbox::tokens::{Token, TokenKind, hmac_sha256};

const CLIENT_CREDENTIALS_LIFE: Duration = Duration::seconds(86_399);
const EXPIRING_LIFE: Duration = Duration::seconds(3600);
const REFRESH_LIFE: Duration = Duration::seconds(7_776_000);
/// How long a code of the sign-in page may be traded in. (Inferred.)
const CODE_LIFE: Duration = Duration::minutes(10);
/// What a token without an end has for one: the year 9999.
const NEVER_SECONDS: i64 = 253_370_764_800;

impl Refused for Answer {}

type Done<T> = Result<T, CallError<Answer>>;

/// A token or a code that is not given: the OAuth error and its description.
fn failed<T>(error: &'static str, description: &'static str) -> Done<T> {
    Err(Answer::json(400, &json!({ "error": error, "error_description": description })).into())
}

impl ShopifyShops {
    /// Whether `request` shows a token of this shop that has not ended. The first use of a token ends the refresh tokens before
    /// its own.
    pub fn is_known(&self, context: &Context, shop: &Shop, request: &Request) -> Stored<bool> {
        let (act, now, id) = (context.act, context.now, shop.id.as_str());
        let Some(text) = request.header("x-shopify-access-token") else { return Ok(false) };
        let is_good = |token: &Token| token.is_good(TokenKind::Access, now) || token.is_good(TokenKind::Endless, now);
        let Some(token) = act.token(text)?.filter(|token| token.holder == id && is_good(token)) else {
            return Ok(false);
        };
        if token.used.is_none() {
            act.use_token(text, now)?;
            act.forget_refresh_tokens_before(id, token.generation)?;
        }
        Ok(true)
    }

    /// `GET /admin/oauth/authorize`: here the merchant always agrees, and is sent back at once.
    pub fn authorize(&self, context: &Context, shop: &Shop, request: &Request) -> Done<Answer> {
        let target = request.parameter("redirect_uri").and_then(|address| Url::parse(address).ok());
        let is_ours = request.parameter("client_id") == Some(self.settings.client_id.as_str());
        let Some(mut target) = target.filter(|_| is_ours) else {
            return failed("invalid_request", "The client_id or the redirect_uri is not known.");
        };
        let generation = context.act.token_generation(shop.id.as_str(), TokenKind::Code)? + 1;
        let code = hash_hex(&[&self.seed, shop.id.as_str(), "code", &generation.to_string()], 32);
        context.act.add_token(shop.id.as_str(), TokenKind::Code, generation, &code, context.now + CODE_LIFE)?;
        let domain = &shop.own.domain;
        let host = BASE64.encode(format!("{domain}/admin").as_bytes());
        let (state, stamp) = (request.parameter("state").unwrap_or_default(), context.now.timestamp().to_string());
        let sent =
            [("code", code.as_str()), ("host", &host), ("shop", domain), ("state", state), ("timestamp", &stamp)];
        // Sorted by name already.
        let base: Vec<String> = sent.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let hmac = HEXLOWER.encode(&hmac_sha256(&self.settings.client_secret, &[base.join("&").as_bytes()]));
        target.query_pairs_mut().extend_pairs(sent).append_pair("hmac", &hmac);
        Ok(Answer::redirect(&target))
    }

    /// `POST /admin/oauth/access_token`, by whichever grant; a form or JSON.
    pub fn access_token(&self, context: &Context, shop: &Shop, request: &Request) -> Done<Answer> {
        let fields = token_fields(request);
        let text = |name: &str| fields.get(name).map(String::as_str);
        let is_ours = text("client_id") == Some(self.settings.client_id.as_str())
            && text("client_secret") == Some(self.settings.client_secret.as_str());
        if !is_ours {
            return failed("invalid_client", "The client_id or the client_secret is wrong.");
        }
        let tokens = match (text("grant_type"), text("code"), text("refresh_token")) {
            (Some("client_credentials"), ..) => self.client_credentials(context, shop),
            (Some("refresh_token"), _, Some(token)) => self.refreshed(context, shop, token),
            (None | Some("authorization_code"), Some(code), _) => {
                self.by_code(context, shop, code, matches!(text("expiring"), Some("1" | "true")))
            }
            (Some("refresh_token"), ..) => failed("invalid_request", "There is no refresh_token."),
            _ => failed("unsupported_grant_type", "The grant_type is not known."),
        };
        Ok(Answer::json(200, &tokens?))
    }

    /// No refresh token comes with it: one just asks again.
    fn client_credentials(&self, context: &Context, shop: &Shop) -> Done<Value> {
        if shop.own.token != TokenGrant::ClientCredentials {
            return failed("shop_not_permitted", "Client credentials cannot be performed on this shop.");
        }
        let generation = context.act.token_generation(shop.id.as_str(), TokenKind::Access)? + 1;
        let ends = context.now + CLIENT_CREDENTIALS_LIFE;
        let token = self.add_token(context.act, shop, TokenKind::Access, generation, ends)?;
        let seconds = CLIENT_CREDENTIALS_LIFE.num_seconds();
        Ok(json!({ "access_token": token, "scope": shop.own.scopes.join(","), "expires_in": seconds }))
    }

    /// A code becomes a token without end, or a pair of which the first expires; earlier tokens of the app end.
    fn by_code(&self, context: &Context, shop: &Shop, code: &str, is_expiring: bool) -> Done<Value> {
        let (act, id) = (context.act, shop.id.as_str());
        if act.trade_code(code, context.now, |holder| holder == id)?.is_none() {
            return failed("invalid_grant", "The authorization code was not found or was already used.");
        }
        let (refresh, endless) = (TokenKind::Refresh, TokenKind::Endless);
        let generation = act.token_generation(id, refresh)?.max(act.token_generation(id, endless)?) + 1;
        act.forget_tokens(id)?;
        if is_expiring {
            return Ok(self.add_pair(act, shop, generation, context.now)?);
        }
        let token = self.add_token(act, shop, endless, generation, never())?;
        Ok(json!({ "access_token": token, "scope": shop.own.scopes.join(",") }))
    }

    /// A refresh token becomes the next pair. It stays good until one of that pair is used; until then it gives the same pair.
    /// (Documented for the new refresh token; that the new access token counts as well is inferred, as the safer reading.)
    fn refreshed(&self, context: &Context, shop: &Shop, text: &str) -> Done<Value> {
        let (act, now, id) = (context.act, context.now, shop.id.as_str());
        let is_meant = |token: &Token| token.holder == id && token.is_good(TokenKind::Refresh, now);
        let Some(token) = act.token(text)?.filter(is_meant) else {
            return failed("invalid_grant", "The refresh token is invalid or has expired.");
        };
        act.forget_refresh_tokens_before(id, token.generation)?;
        if token.used.is_some() {
            return Ok(self.pair(act, shop, token.generation + 1, now)?);
        }
        act.use_token(text, now)?;
        Ok(self.add_pair(act, shop, token.generation + 1, now)?)
    }

    /// Hands out what a new sandbox starts with.
    pub fn add_first_tokens(&self, act: &Act, shop: &Shop, now: Timestamp) -> Stored<()> {
        match (shop.own.token, &shop.own.access_token) {
            (TokenGrant::Endless, Some(token)) => {
                act.add_token(shop.id.as_str(), TokenKind::Endless, 1, token, never())
            }
            (TokenGrant::Endless, None) => self.add_token(act, shop, TokenKind::Endless, 1, never()).map(drop),
            (TokenGrant::ClientCredentials, _) => Ok(()),
            (TokenGrant::Expiring, _) => self.add_pair(act, shop, 1, now).map(drop),
        }
    }

    /// The latest tokens of a shop. The access token is none where it has to be asked for first, its end where it has none.
    pub fn sign_in(&self, act: &Act, shop: &Shop) -> Stored<SignIn> {
        let latest = |kind| act.latest_token(shop.id.as_str(), kind);
        let (endless, access) = (latest(TokenKind::Endless)?, latest(TokenKind::Access)?);
        let ends = access.as_ref().map(|token| token.ends).filter(|_| endless.is_none());
        Ok(SignIn::new(json!({
            "domain": shop.own.domain, "shop": shop.own.domain, "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
            "access_token": endless.or(access).map(|token| token.text), "access_token_ends": ends,
            "refresh_token": latest(TokenKind::Refresh)?.map(|token| token.text),
        })))
    }

    fn add_pair(&self, act: &Act, shop: &Shop, generation: i64, now: Timestamp) -> Stored<Value> {
        self.add_token(act, shop, TokenKind::Access, generation, now + EXPIRING_LIFE)?;
        self.add_token(act, shop, TokenKind::Refresh, generation, now + REFRESH_LIFE)?;
        self.pair(act, shop, generation, now)
    }

    /// The tokens of a generation, with the seconds that each has left.
    fn pair(&self, act: &Act, shop: &Shop, generation: i64, now: Timestamp) -> Stored<Value> {
        let left = |text: &str| -> Stored<i64> {
            let ends = act.token(text)?.map(|token| token.ends).unwrap_or_default();
            Ok((ends.timestamp() - now.timestamp()).max(0))
        };
        let access = self.token_text(shop, TokenKind::Access, generation);
        let refresh = self.token_text(shop, TokenKind::Refresh, generation);
        Ok(json!({
            "access_token": access, "scope": shop.own.scopes.join(","), "expires_in": left(&access)?,
            "refresh_token": refresh, "refresh_token_expires_in": left(&refresh)?,
        }))
    }

    fn add_token(&self, act: &Act, shop: &Shop, kind: TokenKind, generation: i64, ends: Timestamp) -> Stored<String> {
        let text = self.token_text(shop, kind, generation);
        act.add_token(shop.id.as_str(), kind, generation, &text, ends)?;
        Ok(text)
    }

    fn token_text(&self, shop: &Shop, kind: TokenKind, generation: i64) -> String {
        let prefix = if kind == TokenKind::Refresh { "shprt_" } else { "shpat_" };
        let hash = hash_hex(&[&self.seed, shop.id.as_str(), "shopify", kind.word(), &generation.to_string()], 32);
        format!("{prefix}{hash}")
    }
}

fn never() -> Timestamp {
    DateTime::from_timestamp(NEVER_SECONDS, 0).unwrap_or_default()
}

/// The fields of a token request: JSON, a form, or the query.
fn token_fields(request: &Request) -> BTreeMap<String, String> {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let mut fields: BTreeMap<String, String> = request.query.iter().cloned().collect();
    if kind.starts_with("application/json") {
        let plain = |value: Value| value.as_str().map_or(value.to_string(), str::to_string);
        let body = request.json_object().unwrap_or_default();
        fields.extend(body.into_iter().map(|(name, value)| (name, plain(value))));
    } else {
        fields.extend(form_urlencoded::parse(&request.body).into_owned());
    }
    fields
}
