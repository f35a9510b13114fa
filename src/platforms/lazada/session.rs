//! Staying signed in to one Lazada seller.

use chrono::Duration;
use data_encoding::HEXLOWER;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::path::Path;
use tokio::sync::Mutex;
use url::Url;

use super::app::{Api, App};
use super::wire::{self, Refreshed};
use crate::domain::{StoreId, Timestamp};
use crate::platforms::CallErrorKind;
use crate::platforms::account::LazadaTokens;
use crate::platforms::authorize::Reply;
use crate::platforms::line::{Answer, Line, Problem};
use crate::platforms::tokens::{Standing, TokenError, TokenPair, TokenShelf};

/// Source: Lazada's authorization guide.
const CONSENT_HOST: &str = "auth.lazada.com";
const CONSENT_PATH: &str = "/oauth/authorize";
const CODE_PATH: &str = "/auth/token/create";
const REFRESH_PATH: &str = "/auth/token/refresh";
/// Renewed this long before its end, so that no call leaves with a token that ends on the way.
const AHEAD: Duration = Duration::minutes(5);
/// Where an answer does not say how long its token lives: the guides name 7, 10 and 30 days. A token that ends sooner is
/// refused once and renewed then.
const USUAL_LIFE: Duration = Duration::days(7);

pub(super) struct Session {
    /// The host of token calls, which is one for all countries.
    host: Url,
    tokens: LazadaTokens,
    /// What Lazada calls the seller; none where the config holds something else.
    seller_id: Option<String>,
    shelf: TokenShelf,
    held: Mutex<Option<TokenPair>>,
}

impl Session {
    /// Stores with the same refresh token share what is kept: the one sign-in of a cross-border seller serves all countries.
    pub fn new(host: Url, tokens: LazadaTokens, seller_id: Option<String>, folder: &Path, store: StoreId) -> Self {
        let configured = fingerprint(&tokens);
        let otherwise = configured.as_ref().map_or(store.to_string(), |print| format!("lazada-{print}"));
        let shelf = TokenShelf::linked(folder, store, configured.as_deref(), otherwise);
        Self { host, tokens, seller_id, shelf, held: Mutex::new(None) }
    }

    /// A token that the platform should take; another one than `refused`, where the platform has just refused that.
    pub async fn access_token(&self, app: &App, line: &Line, refused: Option<&str>) -> Result<String, Problem> {
        match &self.tokens {
            LazadaTokens::Renewable { refresh_token } => self.renewed(app, line, refresh_token.as_ref(), refused).await,
            LazadaTokens::Fixed { access_token } => Ok(access_token.expose_secret().to_string()),
        }
    }

    pub fn can_renew(&self) -> bool {
        matches!(self.tokens, LazadaTokens::Renewable { .. })
    }

    /// Whether the next call renews the sign-in first.
    pub fn will_refresh(&self, now: Timestamp) -> bool {
        let usable = |pair: TokenPair| now + AHEAD < pair.access_ends;
        self.can_renew() && !self.shelf.load().ok().flatten().is_some_and(usable)
    }

    /// When the seller has to agree anew, as far as the last answer told.
    pub async fn ends(&self) -> Option<Timestamp> {
        let held = self.held.lock().await;
        held.as_ref().map(|pair| pair.authorization_ends.unwrap_or(pair.access_ends))
    }

    async fn renewed(
        &self,
        app: &App,
        line: &Line,
        configured: Option<&SecretString>,
        refused: Option<&str>,
    ) -> Result<String, Problem> {
        let usable = |pair: &TokenPair| line.now() + AHEAD < pair.access_ends && refused != Some(&pair.access_token);
        let mut held = self.held.lock().await;
        if let Some(pair) = held.as_ref().filter(|pair| usable(pair)) {
            return Ok(pair.access_token.clone());
        }
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        // Another process may have refreshed while we waited; what it stored is the newest there is.
        let stored = self.shelf.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            line.hide(&pair.access_token);
            line.hide(&pair.refresh_token);
        }
        let pair = match stored {
            Some(pair) if usable(&pair) => pair,
            stored => {
                let newest = stored.as_ref().map(|pair| pair.refresh_token.as_str());
                let newest = newest.or(configured.map(|token| token.expose_secret()));
                let refresh_token = newest.ok_or_else(|| line.not_signed_in())?;
                let (mut fresh, told) = self.exchange(app, line, refresh_token).await?;
                if let Some(pair) = stored {
                    // A refresh does not move the end of the seller's consent, so an answer may leave it out.
                    fresh.authorization_ends = fresh.authorization_ends.or(pair.authorization_ends);
                    fresh.signed_in_as = fresh.signed_in_as.or(pair.signed_in_as);
                }
                let ours = self.must_be_ours(line, &told);
                if ours.is_err() {
                    // Kept all the same, for the old refresh token may be used up; but as one that has run out, so that the
                    // next use asks again whose it is.
                    fresh.access_ends = line.now();
                }
                self.shelf.keep(&fresh).map_err(cannot_keep)?;
                ours?;
                fresh
            }
        };
        Ok(held.insert(pair).access_token.clone())
    }

    // Tried again like a read: a refresh does not move the refresh token's own end, and no source says that it uses it up.
    async fn exchange(&self, app: &App, line: &Line, refresh_token: &str) -> Result<(TokenPair, Vec<String>), Problem> {
        let parameters = [("refresh_token", refresh_token.to_string())];
        let api = Api { method: Method::POST, path: REFRESH_PATH, parameters: &parameters };
        let answer = line.read(api.name(), |now| app.request(&self.host, &api, None, now)).await?;
        self.pair(line, answer, refresh_token)
    }

    /// The pair of an answer and the sellers that it is for; an answer without a refresh token leaves `old` valid.
    fn pair(&self, line: &Line, answer: Answer, old: &str) -> Result<(TokenPair, Vec<String>), Problem> {
        let refreshed: Refreshed = serde_json::from_value(wire::plain(answer.body)).unwrap_or_default();
        let sellers = refreshed.seller_ids();
        let Some(access_token) = refreshed.access_token.filter(|token| !token.is_empty()) else {
            let sentence = format!("{} took the sign-in but sent no token; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        let rotated = refreshed.refresh_token.filter(|token| !token.is_empty());
        let refresh_token = rotated.unwrap_or_else(|| old.to_string());
        line.hide(&access_token);
        line.hide(&refresh_token);
        let after = |seconds: Option<i64>| {
            answer.received.checked_add_signed(Duration::try_seconds(seconds.filter(|s| *s > 0)?)?)
        };
        let access_ends = after(refreshed.expires_in).unwrap_or(answer.received + USUAL_LIFE);
        // A refresh token is usable only where its life is above 0: else the sign-in ends with its access token.
        let cannot_be_renewed = refreshed.refresh_expires_in.is_some_and(|seconds| seconds <= 0);
        let pair = TokenPair {
            access_token,
            access_ends,
            refresh_token,
            seed: fingerprint(&self.tokens).unwrap_or_default(),
            refresh_ends: None,
            authorization_ends: after(refreshed.refresh_expires_in).or(cannot_be_renewed.then_some(access_ends)),
            signed_in_as: refreshed.account,
        };
        Ok((pair, sellers))
    }

    /// The page where the seller lets the app in. `force_auth` shows it also to one who agreed before.
    pub fn consent_link(&self, app: &App, redirect: &Url, state: &str) -> Url {
        let mut url = consent_page(&self.host);
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("force_auth", "true")
            .append_pair("client_id", &app.app_key)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state);
        url
    }

    /// Trades the code for a pair, which is on the disk when this returns. Stores of the same sellers share it.
    pub async fn sign_in(&self, app: &App, line: &Line, reply: &Reply) -> Result<Standing, Problem> {
        line.hide(&reply.code);
        let mut held = self.held.lock().await;
        let _lock = self.shelf.lock().await.map_err(cannot_keep)?;
        let parameters = [("code", reply.code.clone())];
        let api = Api { method: Method::POST, path: CODE_PATH, parameters: &parameters };
        let answer = line.write(api.name(), |now| app.request(&self.host, &api, None, now)).await?;
        let (pair, mut sellers) = self.pair(line, answer, "")?;
        self.must_be_ours(line, &sellers)?;
        sellers.sort();
        let name = match sellers.as_slice() {
            [] => line.store().to_string(),
            sellers => format!("lazada-{}", print_of(&format!("{}:{}", app.app_key, sellers.join(",")))),
        };
        let place = self.shelf.named(name.clone());
        let _other_lock = if self.shelf.is(&name) { None } else { Some(place.lock().await.map_err(cannot_keep)?) };
        place.keep(&pair).map_err(cannot_keep)?;
        place.link(name, fingerprint(&self.tokens)).map_err(cannot_keep)?;
        let standing = Standing::from(&pair);
        *held = Some(pair);
        Ok(standing)
    }

    pub fn standing(&self) -> Result<Standing, TokenError> {
        match &self.tokens {
            LazadaTokens::Fixed { .. } => Ok(Standing::keys()),
            LazadaTokens::Renewable { refresh_token } => Ok(Standing::of(self.shelf.load()?, refresh_token.is_some())),
        }
    }

    // Calls name no shop: only the token says whose vouchers they are about.
    fn must_be_ours(&self, line: &Line, sellers: &[String]) -> Result<(), Problem> {
        match &self.seller_id {
            Some(ours) if !sellers.is_empty() && !sellers.contains(ours) => {
                Err(Problem::unsent(CallErrorKind::SignIn, other_seller(line, ours, &sellers.join(", "))))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn other_seller(line: &Line, ours: &str, theirs: &str) -> String {
    format!(
        "{}: the sign-in is for seller {theirs}, and the config says {ours}; put right seller_id or the tokens",
        line.place()
    )
}

/// Where the consent page is, one for all countries: at the root of the token host, and on this machine below its path.
fn consent_page(host: &Url) -> Url {
    let mut url = host.clone();
    let base = if url.host_str() == Some(CONSENT_HOST) { "" } else { host.path().trim_end_matches('/') };
    url.set_path(&format!("{base}{CONSENT_PATH}"));
    url
}

fn fingerprint(tokens: &LazadaTokens) -> Option<String> {
    tokens.secret().map(|token| print_of(token.expose_secret()))
}

fn print_of(text: &str) -> String {
    HEXLOWER.encode(Sha256::digest(text).get(..10).unwrap_or_default())
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = match error {
        TokenError::Busy { .. } => CallErrorKind::Unreachable,
        TokenError::Folder { .. } | TokenError::Unreadable { .. } => CallErrorKind::SignIn,
    };
    Problem::unsent(kind, error.to_string())
}
