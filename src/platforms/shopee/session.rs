//! Staying signed in to one Shopee shop: a pair of tokens that rotates.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::sign;
use crate::domain::Timestamp;
use crate::platforms::CallErrorKind;
use crate::platforms::authorize::Reply;
use crate::platforms::lenient;
use crate::platforms::line::{Answer, Line, Problem, Request};
use crate::platforms::tokens::{Standing, TokenError, TokenPair, TokenShelf};

const CONSENT_PATH: &str = "/api/v2/shop/auth_partner";
const CODE_PATH: &str = "/api/v2/auth/token/get";
const REFRESH_PATH: &str = "/api/v2/auth/access_token/get";
/// Documented; no answer tells it. Each refresh brings a new refresh token with a new life.
const REFRESH_TOKEN_LIFE: Duration = Duration::days(30);
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
    configured: Option<SecretString>,
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
    pub fn new(shop_id: u64, endpoint: Url, configured: Option<SecretString>, shelf: TokenShelf) -> Self {
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
            Some(pair) if self.is_newest(&pair) && usable(&pair) => pair,
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
        let configured = self.configured.as_ref().map(|token| token.expose_secret());
        let (first, second) = match (stored, configured) {
            (Some(pair), _) if self.is_newest(pair) => (pair.refresh_token.as_str(), None),
            (stored, Some(configured)) => (configured, stored.map(|pair| pair.refresh_token.as_str())),
            _ => return Err(line.not_signed_in()),
        };
        let mut fresh = match (self.exchange(app, line, first).await, second) {
            (Err(problem), Some(second)) if problem.error.kind == CallErrorKind::SignIn => {
                self.exchange(app, line, second).await?
            }
            (result, _) => result?,
        };
        if let Some(pair) = stored.filter(|pair| self.is_newest(pair)) {
            fresh.authorization_ends = pair.authorization_ends;
            fresh.signed_in_as.clone_from(&pair.signed_in_as);
        }
        Ok(fresh)
    }

    /// Whether no other token was put into the config since `pair` came.
    fn is_newest(&self, pair: &TokenPair) -> bool {
        self.configured.is_none() || pair.seed == self.seed()
    }

    /// The page where the shop lets the app in. Signed; valid for five minutes.
    pub fn consent_link(&self, app: &App, redirect: &Url, now: Timestamp) -> Url {
        let mut url = self.signed(app, CONSENT_PATH, now);
        url.query_pairs_mut().append_pair("redirect", redirect.as_str());
        url
    }

    /// Trades the code for a pair, which is on the disk when this returns; every earlier pair of the shop is dead then.
    pub async fn sign_in(&self, app: &App, line: &Line, reply: &Reply) -> Result<(), Problem> {
        line.hide(&reply.code);
        if let Some(theirs) = reply.get("shop_id").filter(|theirs| *theirs != self.shop_id.to_string()) {
            return Err(self.other_shop(line, theirs));
        }
        let mut body = json!({ "code": reply.code, "partner_id": app.partner_id });
        match reply.get("main_account_id").and_then(|id| id.parse::<u64>().ok()) {
            Some(main_account_id) => body["main_account_id"] = json!(main_account_id),
            None => body["shop_id"] = json!(self.shop_id),
        }
        let mut held = self.held.lock().await;
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        let answer = line.write("token/get", |now| self.request(app, CODE_PATH, &body, now)).await?;
        let shops = answer.body.get("shop_id_list").and_then(Value::as_array).cloned().unwrap_or_default();
        let shops: Vec<String> = shops.iter().map(|shop| shop.to_string().trim_matches('"').to_string()).collect();
        let pair = self.pair(line, answer)?;
        if !shops.is_empty() && !shops.contains(&self.shop_id.to_string()) {
            return Err(self.other_shop(line, &shops.join(", ")));
        }
        self.shelf.keep(&pair).map_err(cannot_keep)?;
        *held = Some(pair);
        Ok(())
    }

    fn other_shop(&self, line: &Line, theirs: &str) -> Problem {
        let sentence = format!(
            "{}: the sign-in is for shop {theirs}, and the config says {}; sign in with that shop's account, or put right shop_id",
            line.place(),
            self.shop_id
        );
        Problem::unsent(CallErrorKind::SignIn, sentence)
    }

    pub fn standing(&self) -> Result<Standing, TokenError> {
        let stored = self.shelf.load()?.filter(|pair| self.is_newest(pair));
        Ok(Standing::of(stored, self.configured.is_some()))
    }

    /// Keeps what the shop's page told about itself beside its tokens.
    pub async fn note(&self, name: Option<&str>, authorization_ends: Option<Timestamp>) -> Result<(), TokenError> {
        let mut held = self.held.lock().await;
        let _lock = self.shelf.lock().await?;
        let Some(mut pair) = self.shelf.load()? else { return Ok(()) };
        if pair.authorization_ends == authorization_ends && pair.signed_in_as.as_deref() == name {
            return Ok(());
        }
        pair.authorization_ends = authorization_ends;
        pair.signed_in_as = name.map(str::to_string);
        self.shelf.keep(&pair)?;
        *held = Some(pair);
        Ok(())
    }

    // Tried again like a read: within hours, Shopee gives the same new pair for a refresh token that was used already.
    async fn exchange(&self, app: &App, line: &Line, refresh_token: &str) -> Result<TokenPair, Problem> {
        let body = json!({
            "refresh_token": refresh_token, "partner_id": app.partner_id, "shop_id": self.shop_id,
        });
        let answer = line.read("access_token/get", |now| self.request(app, REFRESH_PATH, &body, now)).await?;
        self.pair(line, answer)
    }

    fn request(&self, app: &App, path: &str, body: &Value, now: Timestamp) -> Request {
        let url = self.signed(app, path, now);
        Request { method: Method::POST, url, headers: HeaderMap::new(), body: Some(body.clone()) }
    }

    fn signed(&self, app: &App, path: &str, now: Timestamp) -> Url {
        let timestamp = now.timestamp();
        let mut url = at_path(&self.endpoint, path);
        let sign = app.sign(&sign::public_base(app.partner_id, path, timestamp));
        url.query_pairs_mut()
            .append_pair("partner_id", &app.partner_id.to_string())
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("sign", &sign);
        url
    }

    fn pair(&self, line: &Line, answer: Answer) -> Result<TokenPair, Problem> {
        let refreshed: Refreshed = serde_json::from_value(answer.body).unwrap_or_default();
        let (Some(access_token), Some(refresh_token)) = (refreshed.access_token, refreshed.refresh_token) else {
            let sentence = format!("{} took the sign-in but sent no tokens; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        line.hide(&access_token);
        line.hide(&refresh_token);
        let access_ends = access_ends(refreshed.expire_in, answer.received);
        Ok(TokenPair {
            access_token,
            access_ends,
            refresh_token,
            seed: self.seed(),
            refresh_ends: Some(answer.received + REFRESH_TOKEN_LIFE),
            authorization_ends: None,
            signed_in_as: None,
        })
    }

    fn seed(&self) -> String {
        let configured = self.configured.as_ref().map_or("", |token| token.expose_secret());
        let digest = Sha256::digest(format!("{}:{configured}", self.shop_id));
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
