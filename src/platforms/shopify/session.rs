//! Staying signed in to one Shopify shop: with a token that has no end, one that is granted for a day, or a pair that rotates.

use chrono::Duration;
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::{at_path, sign};
use crate::domain::Timestamp;
use crate::platforms::account::ShopifySignIn;
use crate::platforms::authorize::Reply;
use crate::platforms::lenient;
use crate::platforms::line::{Answer, Line, Problem, Request};
use crate::platforms::tokens::{Standing, TokenError, TokenPair, TokenShelf};
use crate::platforms::{CallError, CallErrorKind};

const CONSENT_PATH: &str = "/admin/oauth/authorize";
/// The rights that the program needs.
const SCOPES: &str = "read_discounts,write_discounts";
const TOKEN_PATH: &str = "/admin/oauth/access_token";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(5);
/// The shorter of the two documented lives, where an answer does not say.
const USUAL_LIFE_SECONDS: i64 = 3600;
/// A token without renewal has no end; this many days stand for that.
const WITHOUT_END: Duration = Duration::days(36_500);

pub(super) struct Session {
    endpoint: Url,
    sign_in: ShopifySignIn,
    shelf: TokenShelf,
    held: Mutex<Option<TokenPair>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Granted {
    #[serde(deserialize_with = "lenient::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    expires_in: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    refresh_token_expires_in: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    scope: Option<String>,
}

impl Session {
    pub fn new(endpoint: Url, sign_in: ShopifySignIn, shelf: TokenShelf) -> Self {
        Self { endpoint, sign_in, shelf, held: Mutex::new(None) }
    }

    /// Whether another token can be had when Shopify refuses one.
    pub fn can_renew(&self) -> bool {
        !matches!(self.sign_in, ShopifySignIn::Token { .. })
    }

    /// Whether the next call of a program that has just begun asks for a token first.
    pub fn will_refresh(&self, now: Timestamp) -> bool {
        let usable = |pair: TokenPair| now + AHEAD < pair.access_ends;
        self.can_renew() && !self.shelf.load().ok().flatten().is_some_and(usable)
    }

    /// A token that Shopify should take; another one than `refused`, where it has just refused that.
    pub async fn access_token(&self, line: &Line, refused: Option<&str>) -> Result<String, Problem> {
        if let ShopifySignIn::Token { access_token } = &self.sign_in {
            return Ok(access_token.expose_secret().to_string());
        }
        let usable = |pair: &TokenPair| line.now() + AHEAD < pair.access_ends && refused != Some(&pair.access_token);
        let mut held = self.held.lock().await;
        if let Some(pair) = held.as_ref().filter(|pair| usable(pair)) {
            return Ok(pair.access_token.clone());
        }
        let pair = match &self.sign_in {
            ShopifySignIn::Refresh { refresh_token, .. } => self.rotated(line, Some(refresh_token), usable).await?,
            // Who has signed in with `auth login` works with that.
            _ if self.shelf.load().map_err(cannot_keep)?.is_some() => self.rotated(line, None, usable).await?,
            _ => self.granted(line).await?,
        };
        Ok(held.insert(pair).access_token.clone())
    }

    /// For a day. Nothing is kept: another one is to be had at any time.
    async fn granted(&self, line: &Line) -> Result<TokenPair, Problem> {
        let (client_id, client_secret) = self.client();
        let form =
            json!({ "client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials" });
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.ask(line, headers, form).await
    }

    /// The stored pair where it is usable still, else a new one, which is on the disk before it is used.
    async fn rotated(
        &self,
        line: &Line,
        configured: Option<&SecretString>,
        usable: impl Fn(&TokenPair) -> bool,
    ) -> Result<TokenPair, Problem> {
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        // Another process may have refreshed while we waited; what it stored is the only pair that surely works.
        let stored = self.shelf.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        match stored {
            Some(pair) if self.is_newest(&pair, configured) && usable(&pair) => Ok(pair),
            stored => {
                let fresh = self.refresh(line, configured, stored.as_ref()).await?;
                let fresh = TokenPair { seed: self.seed(configured), ..fresh };
                self.shelf.keep(&fresh).map_err(cannot_keep)?;
                Ok(fresh)
            }
        }
    }

    /// With the stored refresh token; with the configured one first where that has changed since, for then the shop was
    /// authorized anew.
    async fn refresh(
        &self,
        line: &Line,
        configured: Option<&SecretString>,
        stored: Option<&TokenPair>,
    ) -> Result<TokenPair, Problem> {
        let told = configured.map(|token| token.expose_secret());
        let (first, second) = match (stored, told) {
            (Some(pair), _) if self.is_newest(pair, configured) => (pair.refresh_token.as_str(), None),
            (stored, Some(told)) => (told, stored.map(|pair| pair.refresh_token.as_str())),
            _ => return Err(line.not_signed_in()),
        };
        if first.is_empty() {
            // It had no end, so it was revoked.
            return Err(line.not_signed_in());
        }
        match (self.exchange(line, first).await, second) {
            (Err(problem), Some(second)) if problem.error.kind == CallErrorKind::SignIn => {
                self.exchange(line, second).await
            }
            (result, _) => result,
        }
    }

    // Tried again like a read: a refresh token stays valid until the new one is used (changelog of 2026-08-28).
    async fn exchange(&self, line: &Line, refresh_token: &str) -> Result<TokenPair, Problem> {
        let (client_id, client_secret) = self.client();
        let body = json!({
            "client_id": client_id, "client_secret": client_secret, "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        });
        let pair = self.ask(line, HeaderMap::new(), body).await?;
        if pair.refresh_token.is_empty() {
            return Err(no_token(line));
        }
        Ok(pair)
    }

    /// Whether no other token was put into the config since `pair` came.
    fn is_newest(&self, pair: &TokenPair, configured: Option<&SecretString>) -> bool {
        configured.is_none() || pair.seed == self.seed(configured)
    }

    /// The page where the shop's owner lets the app in.
    pub fn consent_link(&self, redirect: &Url, state: &str) -> Url {
        let mut url = at_path(&self.endpoint, CONSENT_PATH);
        url.query_pairs_mut()
            .append_pair("client_id", self.client().0)
            .append_pair("scope", SCOPES)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state);
        url
    }

    /// Trades the code for a pair, which is on the disk when this returns. That the reply is for our shop and made by Shopify
    /// is checked first, as far as it holds more than a code.
    pub async fn sign_in(&self, line: &Line, reply: &Reply, shop_host: &str) -> Result<Standing, Problem> {
        line.hide(&reply.code);
        let (client_id, client_secret) = self.client();
        let wrong = |what: String| Problem::unsent(CallErrorKind::SignIn, format!("{}: {what}", line.place()));
        if let Some(theirs) = reply.get("shop").filter(|theirs| !theirs.eq_ignore_ascii_case(shop_host)) {
            return Err(wrong(format!(
                "the sign-in is for {theirs}, and the config says {shop_host}; sign in to that shop"
            )));
        }
        if reply.is_whole() && !sign::callback_is_genuine(&reply.query, client_secret) {
            return Err(wrong(
                "the address was not made by Shopify for this app; check client_secret and paste it whole".into(),
            ));
        }
        let body = json!({
            "client_id": client_id, "client_secret": client_secret, "code": reply.code, "expiring": "1",
        });
        let mut held = self.held.lock().await;
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        let answer = line.write("access_token", |_| self.request(HeaderMap::new(), &body)).await?;
        let granted: Granted = serde_json::from_value(answer.body.clone()).unwrap_or_default();
        let rights = granted.scope.unwrap_or_default();
        if !rights.is_empty() && !rights.contains("_discounts") {
            return Err(wrong(
                "the shop gave the app no right to discounts; add read_discounts and write_discounts to it".into(),
            ));
        }
        let mut pair = self.pair(line, answer)?;
        if pair.has_no_end() {
            pair.access_ends = line.now() + WITHOUT_END;
        }
        pair.seed = self.seed(self.configured());
        pair.signed_in_as = Some(shop_host.to_string());
        self.shelf.keep(&pair).map_err(cannot_keep)?;
        let standing = Standing::from(&pair);
        *held = Some(pair);
        Ok(standing)
    }

    pub fn standing(&self) -> Result<Standing, TokenError> {
        let stored = match &self.sign_in {
            ShopifySignIn::Token { .. } => return Ok(Standing::keys()),
            _ => self.shelf.load()?.filter(|pair| self.is_newest(pair, self.configured())),
        };
        match (&self.sign_in, stored) {
            (ShopifySignIn::ClientCredentials { .. }, None) => Ok(Standing::keys()),
            (_, stored) => Ok(Standing::of(stored, true)),
        }
    }

    fn configured(&self) -> Option<&SecretString> {
        match &self.sign_in {
            ShopifySignIn::Refresh { refresh_token, .. } => Some(refresh_token),
            _ => None,
        }
    }

    fn request(&self, headers: HeaderMap, body: &Value) -> Request {
        let url = at_path(&self.endpoint, TOKEN_PATH);
        Request { method: Method::POST, url, headers, body: Some(body.clone()) }
    }

    async fn ask(&self, line: &Line, headers: HeaderMap, body: Value) -> Result<TokenPair, Problem> {
        let answer = line.read("access_token", |_| self.request(headers.clone(), &body)).await?;
        self.pair(line, answer)
    }

    fn pair(&self, line: &Line, answer: Answer) -> Result<TokenPair, Problem> {
        let granted: Granted = serde_json::from_value(answer.body).unwrap_or_default();
        let access_token = granted.access_token.ok_or_else(|| no_token(line))?;
        let refresh_token = granted.refresh_token.unwrap_or_default();
        line.hide(&access_token);
        line.hide(&refresh_token);
        let access_ends = ends(granted.expires_in, answer.received);
        let refresh_life = granted.refresh_token_expires_in.and_then(Duration::try_seconds);
        Ok(TokenPair {
            access_token,
            access_ends,
            refresh_token,
            seed: String::new(),
            refresh_ends: refresh_life.and_then(|life| answer.received.checked_add_signed(life)),
            authorization_ends: None,
            signed_in_as: None,
        })
    }

    fn client(&self) -> (&str, &str) {
        match &self.sign_in {
            ShopifySignIn::ClientCredentials { client_id, client_secret }
            | ShopifySignIn::Refresh { client_id, client_secret, .. } => (client_id, client_secret.expose_secret()),
            ShopifySignIn::Token { .. } => ("", ""),
        }
    }

    fn seed(&self, configured: Option<&SecretString>) -> String {
        let configured = configured.map_or("", |token| token.expose_secret());
        let digest = Sha256::digest(format!("{}:{configured}", self.client().0));
        HEXLOWER.encode(digest.get(..16).unwrap_or_default())
    }
}

fn ends(expires_in: Option<i64>, received: Timestamp) -> Timestamp {
    let life = Duration::try_seconds(expires_in.unwrap_or(USUAL_LIFE_SECONDS).max(0));
    life.and_then(|life| received.checked_add_signed(life)).unwrap_or(received)
}

fn no_token(line: &Line) -> Problem {
    let sentence = format!("{} took the sign-in but sent no token; try again", line.place());
    Problem::unsent(CallErrorKind::Unreachable, sentence)
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = match error {
        TokenError::Busy { .. } => CallErrorKind::Unreachable,
        TokenError::Folder { .. } | TokenError::Unreadable { .. } => CallErrorKind::SignIn,
    };
    Problem::unsent(kind, error.to_string())
}

/// Whether Shopify only refuses the access token, before looking at what was asked for.
pub(super) fn is_token_refusal(error: &CallError) -> bool {
    error.kind == CallErrorKind::SignIn
}
