//! Staying signed in to one Shopee shop: a pair of tokens that rotates.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::sign;
use crate::domain::Timestamp;
use crate::platforms::CallErrorKind;
use crate::platforms::lenient;
use crate::platforms::line::{Line, Problem, Request};
use crate::platforms::tokens::{TokenError, TokenPair, TokenShelf};

const REFRESH_PATH: &str = "/api/v2/auth/access_token/get";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(5);
/// What Shopee documents for an access token's life, where an answer does not say.
const USUAL_LIFE_SECONDS: i64 = 4 * 3600;
/// One of Shopee's own samples gives an instant where a number of seconds belongs; above this it is one.
const SMALLEST_INSTANT: i64 = 1_000_000_000;

/// The app's side of every signature.
pub(super) struct App {
    pub partner_id: u64,
    pub partner_key: SecretString,
}

impl App {
    pub fn sign(&self, base: &str) -> String {
        sign::sign(self.partner_key.expose_secret(), base)
    }
}

pub(super) struct Session {
    shop_id: u64,
    endpoint: Url,
    configured: SecretString,
    shelf: TokenShelf,
    held: Mutex<Option<TokenPair>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refreshed {
    #[serde(deserialize_with = "lenient::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    expire_in: Option<i64>,
}

impl Session {
    pub fn new(shop_id: u64, endpoint: Url, configured: SecretString, shelf: TokenShelf) -> Self {
        Self { shop_id, endpoint, configured, shelf, held: Mutex::new(None) }
    }

    /// A token that the platform should take; another one than `refused`, where the platform has just refused that.
    pub async fn access_token(&self, app: &App, line: &Line, refused: Option<&str>) -> Result<String, Problem> {
        let usable = |pair: &TokenPair| line.now() + AHEAD < pair.access_ends && refused != Some(&pair.access_token);
        let mut held = self.held.lock().await;
        if let Some(pair) = held.as_ref().filter(|pair| usable(pair)) {
            return Ok(pair.access_token.clone());
        }
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        // Another process may have refreshed while we waited; what it stored is the only pair that works now.
        let stored = self.shelf.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        let pair = match stored {
            Some(pair) if pair.seed == self.seed() && usable(&pair) => pair,
            stored => {
                let fresh = self.refresh(app, line, stored.as_ref()).await?;
                self.shelf.keep(&fresh).map_err(cannot_keep)?;
                fresh
            }
        };
        Ok(held.insert(pair).access_token.clone())
    }

    /// Whether the next call has to be preceded by a refresh, as far as can be told without one.
    pub fn will_refresh(&self, now: Timestamp) -> bool {
        let usable = |pair: TokenPair| pair.seed == self.seed() && now + AHEAD < pair.access_ends;
        !self.shelf.load().ok().flatten().is_some_and(usable)
    }

    /// With the stored refresh token; with the configured one first where that has changed since, for then the shop was
    /// authorized anew.
    async fn refresh(&self, app: &App, line: &Line, stored: Option<&TokenPair>) -> Result<TokenPair, Problem> {
        let configured = self.configured.expose_secret();
        let (first, second) = match stored {
            Some(pair) if pair.seed == self.seed() => (pair.refresh_token.as_str(), None),
            Some(pair) => (configured, Some(pair.refresh_token.as_str())),
            None => (configured, None),
        };
        match (self.exchange(app, line, first).await, second) {
            (Err(problem), Some(second)) if problem.error.kind == CallErrorKind::SignIn => {
                self.exchange(app, line, second).await
            }
            (result, _) => result,
        }
    }

    // Tried again like a read: within hours, Shopee gives the same new pair for a refresh token that was used already.
    async fn exchange(&self, app: &App, line: &Line, refresh_token: &str) -> Result<TokenPair, Problem> {
        let body = json!({
            "refresh_token": refresh_token, "partner_id": app.partner_id, "shop_id": self.shop_id,
        });
        let answer = line
            .read("access_token/get", |now| {
                let timestamp = now.timestamp();
                let mut url = at_path(&self.endpoint, REFRESH_PATH);
                let sign = app.sign(&sign::public_base(app.partner_id, REFRESH_PATH, timestamp));
                url.query_pairs_mut()
                    .append_pair("partner_id", &app.partner_id.to_string())
                    .append_pair("timestamp", &timestamp.to_string())
                    .append_pair("sign", &sign);
                Request { method: Method::POST, url, headers: HeaderMap::new(), body: Some(body.clone()) }
            })
            .await?;
        let refreshed: Refreshed = serde_json::from_value(answer.body).unwrap_or_default();
        let (Some(access_token), Some(refresh_token)) = (refreshed.access_token, refreshed.refresh_token) else {
            let sentence = format!("{} refreshed the sign-in but sent no tokens; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        line.hide(&access_token);
        line.hide(&refresh_token);
        let access_ends = access_ends(refreshed.expire_in, answer.received);
        Ok(TokenPair { access_token, access_ends, refresh_token, seed: self.seed(), authorization_ends: None })
    }

    fn seed(&self) -> String {
        let digest = Sha256::digest(format!("{}:{}", self.shop_id, self.configured.expose_secret()));
        HEXLOWER.encode(digest.get(..16).unwrap_or_default())
    }
}

/// `path` below `endpoint`, which may have a path of its own.
pub(super) fn at_path(endpoint: &Url, path: &str) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}{path}", endpoint.path().trim_end_matches('/')));
    url
}

fn access_ends(expire_in: Option<i64>, received: Timestamp) -> Timestamp {
    match expire_in {
        Some(instant) if instant > SMALLEST_INSTANT => DateTime::from_timestamp(instant, 0).unwrap_or(received),
        seconds => received + Duration::seconds(seconds.unwrap_or(USUAL_LIFE_SECONDS).max(0)),
    }
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = match error {
        TokenError::Busy { .. } => CallErrorKind::Unreachable,
        TokenError::Folder { .. } | TokenError::Unreadable { .. } => CallErrorKind::SignIn,
    };
    Problem::unsent(kind, error.to_string())
}
