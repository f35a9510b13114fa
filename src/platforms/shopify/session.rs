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

use super::at_path;
use crate::domain::Timestamp;
use crate::platforms::account::ShopifySignIn;
use crate::platforms::lenient;
use crate::platforms::line::{Line, Problem, Request};
use crate::platforms::tokens::{TokenError, TokenPair, TokenShelf};
use crate::platforms::{CallError, CallErrorKind};

const TOKEN_PATH: &str = "/admin/oauth/access_token";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(5);
/// The shorter of the two documented lives, where an answer does not say.
const USUAL_LIFE_SECONDS: i64 = 3600;

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
}

impl Session {
    pub fn new(endpoint: Url, sign_in: ShopifySignIn, shelf: TokenShelf) -> Self {
        Self { endpoint, sign_in, shelf, held: Mutex::new(None) }
    }

    /// Whether another token can be had when Shopify refuses one.
    pub fn can_renew(&self) -> bool {
        !matches!(self.sign_in, ShopifySignIn::Token { .. })
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
            ShopifySignIn::Refresh { refresh_token, .. } => self.rotated(line, refresh_token, usable).await?,
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
        configured: &SecretString,
        usable: impl Fn(&TokenPair) -> bool,
    ) -> Result<TokenPair, Problem> {
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        // Another process may have refreshed while we waited; what it stored is the only pair that surely works.
        let stored = self.shelf.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        let seed = self.seed(configured);
        match stored {
            Some(pair) if pair.seed == seed && usable(&pair) => Ok(pair),
            stored => {
                let fresh = TokenPair { seed, ..self.refresh(line, configured, stored.as_ref()).await? };
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
        configured: &SecretString,
        stored: Option<&TokenPair>,
    ) -> Result<TokenPair, Problem> {
        let seed = self.seed(configured);
        let configured = configured.expose_secret();
        let (first, second) = match stored {
            Some(pair) if pair.seed == seed => (pair.refresh_token.as_str(), None),
            Some(pair) => (configured, Some(pair.refresh_token.as_str())),
            None => (configured, None),
        };
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

    async fn ask(&self, line: &Line, headers: HeaderMap, body: Value) -> Result<TokenPair, Problem> {
        let answer = line
            .read("access_token", |_| Request {
                method: Method::POST,
                url: at_path(&self.endpoint, TOKEN_PATH),
                headers: headers.clone(),
                body: Some(body.clone()),
            })
            .await?;
        let granted: Granted = serde_json::from_value(answer.body).unwrap_or_default();
        let access_token = granted.access_token.ok_or_else(|| no_token(line))?;
        let refresh_token = granted.refresh_token.unwrap_or_default();
        line.hide(&access_token);
        line.hide(&refresh_token);
        let access_ends = ends(granted.expires_in, answer.received);
        Ok(TokenPair { access_token, access_ends, refresh_token, seed: String::new(), authorization_ends: None })
    }

    fn client(&self) -> (&str, &str) {
        match &self.sign_in {
            ShopifySignIn::ClientCredentials { client_id, client_secret }
            | ShopifySignIn::Refresh { client_id, client_secret, .. } => (client_id, client_secret.expose_secret()),
            ShopifySignIn::Token { .. } => ("", ""),
        }
    }

    fn seed(&self, configured: &SecretString) -> String {
        let digest = Sha256::digest(format!("{}:{}", self.client().0, configured.expose_secret()));
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
