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
use crate::platforms::authorize::Reply;
use crate::platforms::call_log::CallOutcome;
use crate::platforms::lenient;
use crate::platforms::line::{Answer, Line, Problem, Request};
use crate::platforms::tokens::{Standing, TokenError, TokenPair, TokenShelf};

const CODE_PATH: &str = "/api/v2/token/get";
const REFRESH_PATH: &str = "/api/v2/token/refresh";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(10);
/// What TikTok Shop documents for an access token's life, where an answer does not say.
const USUAL_LIFE: Duration = Duration::days(7);
/// The ends of tokens are instants in spite of their name `…_expire_in`; below this one is the number of seconds that it says.
const SMALLEST_INSTANT: i64 = 1_000_000_000;
/// `user_type` of a seller.
const SELLER: i64 = 0;

/// The app's side of every call.
pub(super) struct App {
    pub app_key: String,
    pub app_secret: SecretString,
}

pub(super) struct Session {
    /// Where tokens are refreshed.
    auth_host: Url,
    configured: Option<SecretString>,
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
    #[serde(deserialize_with = "lenient::text")]
    open_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    seller_name: Option<String>,
    #[serde(deserialize_with = "lenient::whole")]
    user_type: Option<i64>,
}

/// Whom a pair is for.
struct Told {
    /// What the seller is called in this app, on whatever shop.
    open_id: Option<String>,
    user_type: Option<i64>,
}

impl Session {
    pub fn new(app: &App, auth_host: Url, configured: Option<SecretString>, folder: &Path, store: StoreId) -> Self {
        let seed = seed(&app.app_key, configured.as_ref().map_or("", |token| token.expose_secret()));
        // Whether a refresh ends the old token is not documented: the stores of one authorization share one pair, and who
        // refreshes it does so alone.
        let (print, otherwise) = match &configured {
            Some(_) => (Some(seed.as_str()), format!("tiktok_shop-{seed}")),
            None => (None, store.to_string()),
        };
        let shelf = TokenShelf::linked(folder, store, print, otherwise);
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
        let stored = self.shelf.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        let pair = match stored {
            Some(pair) if usable(&pair) => pair,
            stored => {
                let newest = stored.as_ref().map(|pair| pair.refresh_token.as_str());
                let newest = newest.or(self.configured.as_ref().map(|token| token.expose_secret()));
                let newest = newest.ok_or_else(|| line.not_signed_in())?;
                let mut fresh = self.refresh(app, line, newest).await?;
                fresh.signed_in_as = fresh.signed_in_as.or(stored.and_then(|pair| pair.signed_in_as));
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
            .map_err(|problem| refresh_refused(problem, line))?;
        self.pair(line, answer).map(|(pair, _)| pair)
    }

    /// Trades the code for a pair and for what the seller is called in this app; nothing is kept yet.
    pub async fn trade_code(
        &self,
        app: &App,
        line: &Line,
        reply: &Reply,
    ) -> Result<(TokenPair, Option<String>), Problem> {
        line.hide(&reply.code);
        let request = |_| {
            let mut url = at_path(&self.auth_host, CODE_PATH);
            url.query_pairs_mut()
                .append_pair("app_key", &app.app_key)
                .append_pair("app_secret", app.app_secret.expose_secret())
                .append_pair("auth_code", &reply.code)
                .append_pair("grant_type", "authorized_code");
            Request { method: Method::GET, url, headers: HeaderMap::new(), body: None }
        };
        let answer = line.write("token/get", request).await?;
        let (pair, told) = self.pair(line, answer)?;
        if told.user_type.is_some_and(|kind| kind != SELLER) {
            let sentence = format!(
                "{}: the sign-in is for a creator or a partner and not for a seller; {} as the seller",
                line.place(),
                line.sign_in_again()
            );
            return Err(Problem::unsent(CallErrorKind::SignIn, sentence));
        }
        Ok((pair, told.open_id))
    }

    /// Returns once the pair of a new sign-in is on the disk. Stores of the same seller share it.
    pub async fn keep(&self, app: &App, line: &Line, pair: TokenPair, open_id: Option<&str>) -> Result<(), TokenError> {
        let name = match open_id {
            Some(open_id) => format!("tiktok_shop-{}", seed(&app.app_key, open_id)),
            None => line.store().to_string(),
        };
        let mut held = self.held.lock().await;
        let place = self.shelf.named(name.clone());
        let _lock = place.lock().await?;
        place.keep(&pair)?;
        place.link(name, self.configured.as_ref().map(|_| self.seed.clone()))?;
        *held = Some(pair);
        Ok(())
    }

    /// Waits for who refreshes now, and proves that tokens can be kept.
    pub async fn prepare(&self) -> Result<(), Problem> {
        self.shelf.lock().await.map(drop).map_err(cannot_keep)
    }

    pub fn standing(&self) -> Result<Standing, TokenError> {
        Ok(Standing::of(self.shelf.load()?, self.configured.is_some()))
    }

    fn pair(&self, line: &Line, answer: Answer) -> Result<(TokenPair, Told), Problem> {
        let refreshed: Refreshed = serde_json::from_value(Value::Object(wire::data(&answer))).unwrap_or_default();
        let (Some(access_token), Some(refresh_token)) = (refreshed.access_token, refreshed.refresh_token) else {
            let sentence = format!("{} took the sign-in but sent no tokens; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        line.hide(&access_token);
        line.hide(&refresh_token);
        let received = answer.received;
        let pair = TokenPair {
            access_token,
            access_ends: ends(refreshed.access_token_expire_in, received).unwrap_or(received + USUAL_LIFE),
            refresh_token,
            seed: self.seed.clone(),
            refresh_ends: None,
            authorization_ends: ends(refreshed.refresh_token_expire_in, received),
            signed_in_as: refreshed.seller_name,
        };
        Ok((pair, Told { open_id: refreshed.open_id, user_type: refreshed.user_type }))
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
fn refresh_refused(mut problem: Problem, line: &Line) -> Problem {
    if problem.outcome == CallOutcome::Refused && problem.error.kind == CallErrorKind::Rejected {
        problem.error.kind = CallErrorKind::SignIn;
        let advice = "the sign-in has ended, or app key or app secret are wrong; authorize the app anew";
        problem.error.sentence.push_str(&format!(": {advice}: {}", line.sign_in_again()));
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
