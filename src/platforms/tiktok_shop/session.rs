//! Staying signed in for one seller: a pair of tokens that serves every shop of the authorization.

use chrono::Duration;
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use tokio::sync::Mutex;
use url::Url;

use super::wire::{self, instant};
use crate::domain::{StoreId, Timestamp};
use crate::platforms::CallErrorKind;
use crate::platforms::call_log::CallOutcome;
use crate::platforms::lenient;
use crate::platforms::line::{Line, Problem, Request};
use crate::platforms::tokens::{TokenError, TokenPair, TokenShelf};

const REFRESH_PATH: &str = "/api/v2/token/refresh";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(10);
/// What TikTok Shop documents for an access token's life, where an answer does not say.
const USUAL_LIFE: Duration = Duration::days(7);
/// The ends of tokens are instants in spite of their name `…_expire_in`; below this one is the number of seconds that it says.
const SMALLEST_INSTANT: i64 = 1_000_000_000;

/// The app's side of every call.
pub(super) struct App {
    pub app_key: String,
    pub app_secret: SecretString,
}

pub(super) struct Session {
    /// Where tokens are refreshed.
    auth_host: Url,
    configured: SecretString,
    /// A fingerprint of app and configured token: the same for all stores of one authorization.
    seed: String,
    shelf: TokenShelf,
    held: Mutex<Option<TokenPair>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refreshed {
    #[serde(deserialize_with = "lenient::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    access_token_expire_in: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    refresh_token_expire_in: Option<i64>,
}

impl Session {
    pub fn new(app: &App, auth_host: Url, configured: SecretString, folder: &Path, store: StoreId) -> Self {
        let seed = seed(&app.app_key, configured.expose_secret());
        // Whether a refresh ends the old token is not documented: the stores of one authorization share one pair, and who
        // refreshes it does so alone.
        let shelf = TokenShelf::shared(folder, store, format!("tiktok_shop-{seed}"));
        Self { auth_host, configured, seed, shelf, held: Mutex::new(None) }
    }

    /// A token that the platform should take; another one than `refused`, where the platform has just refused that.
    pub async fn access_token(&self, app: &App, line: &Line, refused: Option<&str>) -> Result<String, Problem> {
        let usable = |pair: &TokenPair| line.now() + AHEAD < pair.access_ends && refused != Some(&pair.access_token);
        let mut held = self.held.lock().await;
        if let Some(pair) = held.as_ref().filter(|pair| usable(pair)) {
            return Ok(pair.access_token.clone());
        }
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        // Another process or another of the seller's stores may have refreshed meanwhile.
        let stored = self.shelf.load().map_err(cannot_keep)?.filter(|pair| pair.seed == self.seed);
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        let pair = match stored {
            Some(pair) if usable(&pair) => pair,
            stored => {
                let newest = stored.as_ref().map_or(self.configured.expose_secret(), |pair| &pair.refresh_token);
                let fresh = self.refresh(app, line, newest).await?;
                self.shelf.keep(&fresh).map_err(cannot_keep)?;
                fresh
            }
        };
        Ok(held.insert(pair).access_token.clone())
    }

    /// Whether the next call has to be preceded by a refresh, as far as can be told without one.
    pub fn will_refresh(&self, now: Timestamp) -> bool {
        let usable = |pair: TokenPair| pair.seed == self.seed && now + AHEAD < pair.access_ends;
        !self.shelf.load().ok().flatten().is_some_and(usable)
    }

    /// When the seller's authorization ends, as far as the last refresh told.
    pub async fn authorization_ends(&self) -> Option<Timestamp> {
        self.held.lock().await.as_ref()?.authorization_ends
    }

    // Tried again like a read: should a lost answer have ended the old token, nothing is left but to ask.
    async fn refresh(&self, app: &App, line: &Line, refresh_token: &str) -> Result<TokenPair, Problem> {
        let answer = line
            .read("token/refresh", |_| {
                let mut url = at_path(&self.auth_host, REFRESH_PATH);
                url.query_pairs_mut()
                    .append_pair("app_key", &app.app_key)
                    .append_pair("app_secret", app.app_secret.expose_secret())
                    .append_pair("refresh_token", refresh_token)
                    .append_pair("grant_type", "refresh_token");
                Request { method: Method::GET, url, headers: HeaderMap::new(), body: None }
            })
            .await
            .map_err(refresh_refused)?;
        let refreshed: Refreshed = serde_json::from_value(Value::Object(wire::data(&answer))).unwrap_or_default();
        let (Some(access_token), Some(refresh_token)) = (refreshed.access_token, refreshed.refresh_token) else {
            let sentence = format!("{} refreshed the sign-in but sent no tokens; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        line.hide(&access_token);
        line.hide(&refresh_token);
        let received = answer.received;
        Ok(TokenPair {
            access_token,
            access_ends: ends(refreshed.access_token_expire_in, received).unwrap_or(received + USUAL_LIFE),
            refresh_token,
            seed: self.seed.clone(),
            authorization_ends: ends(refreshed.refresh_token_expire_in, received),
        })
    }
}

/// `path` below `host`, which may have a path of its own.
pub(super) fn at_path(host: &Url, path: &str) -> Url {
    let mut url = host.clone();
    url.set_path(&format!("{}{path}", host.path().trim_end_matches('/')));
    url
}

fn ends(expire_in: Option<i64>, received: Timestamp) -> Option<Timestamp> {
    match expire_in? {
        seconds if seconds < SMALLEST_INSTANT => received.checked_add_signed(Duration::try_seconds(seconds)?),
        at => instant(at),
    }
}

fn seed(app_key: &str, refresh_token: &str) -> String {
    let digest = Sha256::digest(format!("{app_key}:{refresh_token}"));
    HEXLOWER.encode(digest.get(..16).unwrap_or_default())
}

/// The codes with which a refresh is refused are not documented; whatever they are, the sign-in is what was refused.
fn refresh_refused(mut problem: Problem) -> Problem {
    if problem.outcome == CallOutcome::Refused && problem.error.kind == CallErrorKind::Rejected {
        problem.error.kind = CallErrorKind::SignIn;
        let advice = "the sign-in has ended, or app key or app secret are wrong; authorize the app anew";
        problem.error.sentence.push_str(&format!(": {advice}"));
    }
    problem
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = match error {
        TokenError::Busy { .. } => CallErrorKind::Unreachable,
        TokenError::Folder { .. } | TokenError::Unreadable { .. } => CallErrorKind::SignIn,
    };
    Problem::unsent(kind, error.to_string())
}
