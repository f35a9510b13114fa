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
use crate::platforms::line::{Line, Problem};
use crate::platforms::tokens::{TokenError, TokenPair, TokenShelf};

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
        let shelf = TokenShelf::shared(folder, store, format!("lazada-{}", fingerprint(&tokens)));
        Self { host, tokens, seller_id, shelf, held: Mutex::new(None) }
    }

    /// A token that the platform should take; another one than `refused`, where the platform has just refused that.
    pub async fn access_token(&self, app: &App, line: &Line, refused: Option<&str>) -> Result<String, Problem> {
        match &self.tokens {
            LazadaTokens::Renewable { refresh_token } => self.renewed(app, line, refresh_token, refused).await,
            LazadaTokens::Fixed { access_token } => Ok(access_token.expose_secret().to_string()),
        }
    }

    pub fn can_renew(&self) -> bool {
        matches!(self.tokens, LazadaTokens::Renewable { .. })
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
        configured: &SecretString,
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
                let refresh_token = stored.as_ref().map_or(configured.expose_secret(), |pair| &pair.refresh_token);
                let (mut fresh, told) = self.exchange(app, line, refresh_token).await?;
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
        let refreshed: Refreshed = serde_json::from_value(wire::plain(answer.body)).unwrap_or_default();
        let sellers = refreshed.seller_ids();
        let Some(access_token) = refreshed.access_token.filter(|token| !token.is_empty()) else {
            let sentence = format!("{} refreshed the sign-in but sent no token; try again", line.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        let rotated = refreshed.refresh_token.filter(|token| !token.is_empty());
        let refresh_token = rotated.unwrap_or_else(|| refresh_token.to_string());
        line.hide(&access_token);
        line.hide(&refresh_token);
        let after = |seconds: Option<i64>| {
            answer.received.checked_add_signed(Duration::try_seconds(seconds.filter(|s| *s > 0)?)?)
        };
        let pair = TokenPair {
            access_token,
            access_ends: after(refreshed.expires_in).unwrap_or(answer.received + USUAL_LIFE),
            refresh_token,
            seed: fingerprint(&self.tokens),
            authorization_ends: after(refreshed.refresh_expires_in),
        };
        Ok((pair, sellers))
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

fn fingerprint(tokens: &LazadaTokens) -> String {
    let (LazadaTokens::Renewable { refresh_token: token } | LazadaTokens::Fixed { access_token: token }) = tokens;
    HEXLOWER.encode(Sha256::digest(token.expose_secret()).get(..10).unwrap_or_default())
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = match error {
        TokenError::Busy { .. } => CallErrorKind::Unreachable,
        TokenError::Folder { .. } | TokenError::Unreadable { .. } => CallErrorKind::SignIn,
    };
    Problem::unsent(kind, error.to_string())
}
