//! Staying signed in with tokens that end: one machine for all platforms that have them.
//!
//! A lost refresh token locks its store out. So one process at a time renews a store's tokens, who waits for it reads what it has
//! stored, and a new pair is on the disk before it is used. A platform gives its requests and reads the answers ([`TokenFlow`]).

use async_trait::async_trait;
use chrono::Duration;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;

use super::client::{Answer, ApiClient, Intent, Problem, Request};
use super::errors::{CallError, CallErrorKind, SendError};
use super::hashes::fingerprint;
use super::network::Network;
use super::sign_in::{Consent, Redirect, Reply, SignIn, SignInError};
use super::tokens::{SignInKind, SignInStatus, TokenError, TokenPair, TokenStore};
use crate::domain::Timestamp;
use crate::message;

/// Where a session's first token comes from.
pub(super) enum TokenSource {
    /// A token of the config that is not renewed.
    Fixed(SecretString),
    /// A refresh token, for the first sign-in only: each use may bring another, which is kept. Where the config has another one
    /// than before, the shop was authorized anew. None where a seller signs in with `auth login`.
    Refresh(Option<SecretString>),
    /// The app's own keys: another token is to be had at any time, unless a seller has signed in.
    App,
}

/// What a platform is asked to give tokens for.
pub(super) enum Grant<'a> {
    /// What came back from the consent page.
    Code(&'a Reply),
    /// A refresh token.
    Refresh(&'a str),
    /// The app's own keys.
    App,
}

/// What a platform gave.
#[derive(Default)]
pub(super) struct Tokens {
    pub access_token: Option<String>,
    pub access_ends: Timestamp,
    pub refresh_token: Option<String>,
    /// When the refresh token ends if it is not used before.
    pub refresh_ends: Option<Timestamp>,
    pub authorization_ends: Option<Timestamp>,
    pub signed_in_as: Option<String>,
    /// A text that is the same for all stores which one sign-in serves.
    pub shared_by: Option<String>,
    /// Why they are not for our shop.
    pub not_ours: Option<Problem>,
}

/// A platform's side of the sign-in.
#[async_trait]
pub(super) trait TokenFlow: Send + Sync {
    /// So long before its end a token is renewed, so that no call leaves with one that ends on the way.
    fn ahead(&self) -> Duration {
        Duration::minutes(5)
    }

    /// Whether one sign-in serves several stores, which then share what is kept.
    fn serves_several_stores(&self) -> bool {
        false
    }

    /// What the call is named in the log.
    fn call(&self, grant: &Grant<'_>) -> &'static str;

    fn request(&self, grant: &Grant<'_>, now: Timestamp) -> Request;

    /// # Errors
    /// If the answer shows that the sign-in is of no use.
    fn read(&self, client: &ApiClient, grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem>;

    /// Whether an answer without a refresh token is a broken one.
    fn needs_refresh_token(&self, _grant: &Grant<'_>) -> bool {
        true
    }

    /// What a refusal of the grant means.
    fn refused(&self, _client: &ApiClient, _grant: &Grant<'_>, problem: Problem) -> Problem {
        problem
    }

    /// Whether a call was refused only because its access token has run out, before it was looked at.
    fn refuses_token(&self, problem: &Problem) -> bool;

    /// # Errors
    /// If what came back from the consent page is not for our shop, as far as can be told without asking.
    fn check_reply(&self, _client: &ApiClient, _reply: &Reply) -> Result<(), Problem> {
        Ok(())
    }

    /// # Errors
    /// If new tokens turn out not to be for our shop. They are not kept then.
    async fn check_tokens(&self, _client: &ApiClient, _access_token: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn echoes_state(&self) -> bool {
        true
    }

    fn redirect(&self) -> Redirect {
        Redirect::Registered
    }

    fn consent(&self, client: &ApiClient, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError>;

    /// What to do where a store works with a fixed token: the id of a message.
    fn in_place_of_fixed(&self) -> &'static str {
        "sign-in-fixed"
    }
}

pub(super) struct Session {
    client: Arc<ApiClient>,
    flow: Box<dyn TokenFlow>,
    source: TokenSource,
    /// A fingerprint of the config's token, kept with each pair that descends from it.
    seed: String,
    store: TokenStore,
    held: Mutex<Option<TokenPair>>,
}

impl Session {
    /// `seed` is a fingerprint of the config's token, whether or not there is one.
    pub fn new(
        client: Arc<ApiClient>,
        network: &Network,
        flow: impl TokenFlow + 'static,
        source: TokenSource,
        seed: String,
    ) -> Self {
        let (folder, store) = (network.token_folder(), client.store().clone());
        let is_configured = source.configured().is_some();
        let store = if flow.serves_several_stores() {
            let otherwise = if is_configured { shared_name(&client, &seed) } else { store.to_string() };
            TokenStore::linked(folder, store, is_configured.then_some(seed.as_str()), otherwise)
        } else {
            TokenStore::new(folder, store)
        };
        Self { client, flow: Box::new(flow), source, seed, store, held: Mutex::new(None) }
    }

    /// Asks with a token that the platform should take, until an answer is accepted, within limits.
    pub async fn read(
        &self,
        call: &str,
        build: impl Fn(&str, Timestamp) -> Request + Send + Sync,
    ) -> Result<Answer, Problem> {
        self.call(Intent::Read, call, build).await?
    }

    /// Sends once, and again only where the platform said that it did nothing yet.
    pub async fn write(
        &self,
        call: &str,
        build: impl Fn(&str, Timestamp) -> Request + Send + Sync,
    ) -> Result<Answer, SendError> {
        Ok(self.call(Intent::Write, call, build).await.map_err(Problem::before_the_write)??)
    }

    /// The outer problem where there is no token, and so nothing was sent. A token that is refused, which is before the call was
    /// looked at, is renewed once.
    async fn call(
        &self,
        intent: Intent,
        call: &str,
        build: impl Fn(&str, Timestamp) -> Request + Send + Sync,
    ) -> Result<Result<Answer, Problem>, Problem> {
        let token = self.access_token(None).await?;
        match self.client.call(intent, call, |now| build(&token, now)).await {
            Err(problem) if self.can_renew() && self.flow.refuses_token(&problem) => {
                let token = self.access_token(Some(&token)).await?;
                Ok(self.client.call(intent, call, |now| build(&token, now)).await)
            }
            result => Ok(result),
        }
    }

    fn can_renew(&self) -> bool {
        !matches!(self.source, TokenSource::Fixed(_))
    }

    /// A token that the platform should take; another one than `refused`, where the platform has just refused that.
    async fn access_token(&self, refused: Option<&str>) -> Result<String, Problem> {
        let mut held = self.held.lock().await;
        let usable = |pair: &TokenPair| self.is_usable(pair) && refused != Some(&pair.access_token);
        if let Some(pair) = held.as_ref().filter(|pair| usable(pair)) {
            return Ok(pair.access_token.clone());
        }
        let pair = match &self.source {
            TokenSource::Fixed(token) => return Ok(token.expose_secret().to_string()),
            TokenSource::App if self.store.load().map_err(cannot_keep)?.is_none() => self.trade(&Grant::App).await?.0,
            TokenSource::App | TokenSource::Refresh(_) => self.kept(usable).await?,
        };
        Ok(held.insert(pair).access_token.clone())
    }

    /// The stored pair where it is usable still, else a new one, which is on the disk when this returns.
    async fn kept(&self, usable: impl Fn(&TokenPair) -> bool) -> Result<TokenPair, Problem> {
        let _lock = self.store.lock().await.map_err(cannot_keep)?;
        // Another process, or another store of the seller, may have renewed it while we waited: what that one stored is the only
        // pair that surely works.
        let stored = self.store.load().map_err(cannot_keep)?;
        if let Some(pair) = &stored {
            self.client.hide(&pair.access_token);
            self.client.hide(&pair.refresh_token);
        }
        let newest = stored.as_ref().filter(|pair| self.is_newest(pair));
        if let Some(pair) = newest.filter(|pair| usable(pair)) {
            return Ok(pair.clone());
        }
        let (mut fresh, not_ours) = self.renewed(stored.as_ref(), newest.is_some()).await?;
        if let Some(pair) = newest {
            // A renewal commonly moves no end of the seller's consent, so an answer may leave it out.
            fresh.authorization_ends = fresh.authorization_ends.or(pair.authorization_ends);
            fresh.signed_in_as = fresh.signed_in_as.or_else(|| pair.signed_in_as.clone());
        }
        if not_ours.is_some() {
            // Kept all the same, for the old refresh token may be used up; but as one that has run out, so that the next use
            // asks again whose it is.
            fresh.access_ends = self.client.now();
        }
        self.store.keep(&fresh).map_err(cannot_keep)?;
        not_ours.map_or(Ok(fresh), Err)
    }

    /// With the stored refresh token; with the configured one first where that has changed since, for then the shop was
    /// authorized anew. Tried again like a read: should a lost answer have ended the old token, nothing is left but to ask.
    async fn renewed(
        &self,
        stored: Option<&TokenPair>,
        stored_is_newest: bool,
    ) -> Result<(TokenPair, Option<Problem>), Problem> {
        let stored = stored.map(|pair| pair.refresh_token.as_str());
        let (first, second) = match (stored, self.source.configured()) {
            (Some(stored), _) if stored_is_newest => (stored, None),
            (stored, Some(configured)) => (configured, stored),
            _ => return Err(self.client.not_signed_in()),
        };
        if first.is_empty() {
            // It had no end, so it was revoked.
            return Err(self.client.not_signed_in());
        }
        match (self.trade(&Grant::Refresh(first)).await, second) {
            (Err(problem), Some(second))
                if matches!(problem.error.kind, CallErrorKind::SignIn | CallErrorKind::WrongShop) =>
            {
                self.trade(&Grant::Refresh(second)).await
            }
            (result, _) => result,
        }
    }

    /// The pair that the platform gives, and why it is not ours where it is not. Nothing is kept yet.
    async fn trade(&self, grant: &Grant<'_>) -> Result<(TokenPair, Option<Problem>), Problem> {
        let tokens = self.tokens(grant).await?;
        self.pair(grant, tokens)
    }

    async fn tokens(&self, grant: &Grant<'_>) -> Result<Tokens, Problem> {
        // A code is good for one use, so that it is sent once.
        let intent = if matches!(grant, Grant::Code(_)) { Intent::Write } else { Intent::Read };
        let answer = self.client.call(intent, self.flow.call(grant), |now| self.flow.request(grant, now)).await;
        let answer = answer.map_err(|problem| self.flow.refused(&self.client, grant, problem))?;
        let tokens = self.flow.read(&self.client, grant, &answer)?;
        tokens.access_token.iter().chain(&tokens.refresh_token).for_each(|token| self.client.hide(token));
        Ok(tokens)
    }

    fn pair(&self, grant: &Grant<'_>, tokens: Tokens) -> Result<(TokenPair, Option<Problem>), Problem> {
        let given = |token: Option<String>| token.filter(|token| !token.is_empty());
        let refresh_token = match (given(tokens.refresh_token), grant) {
            (None, grant) if self.flow.needs_refresh_token(grant) => None,
            (None, Grant::Refresh(old)) => Some(old.to_string()),
            (found, _) => Some(found.unwrap_or_default()),
        };
        let (Some(access_token), Some(refresh_token)) = (given(tokens.access_token), refresh_token) else {
            let sentence = message!("sign-in-no-tokens", place = self.client.place());
            return Err(Problem::unsent(CallErrorKind::Unreachable, sentence));
        };
        let pair = TokenPair {
            access_token,
            access_ends: tokens.access_ends,
            refresh_token,
            seed: self.seed.clone(),
            refresh_ends: tokens.refresh_ends,
            authorization_ends: tokens.authorization_ends,
            signed_in_as: tokens.signed_in_as,
        };
        Ok((pair, tokens.not_ours))
    }

    fn is_usable(&self, pair: &TokenPair) -> bool {
        self.client.now() + self.flow.ahead() < pair.access_ends
    }

    /// Whether no other token was put into the config since `pair` came. Where stores share what is kept, another token in the
    /// config means another place.
    fn is_newest(&self, pair: &TokenPair) -> bool {
        self.flow.serves_several_stores() || self.source.configured().is_none() || pair.seed == self.seed
    }

    /// Calls that renew the sign-in before the next call, as far as can be told without one.
    pub fn calls_to_renew(&self) -> u64 {
        let usable = |pair: TokenPair| self.is_newest(&pair) && self.is_usable(&pair);
        u64::from(self.can_renew() && !self.store.load().ok().flatten().is_some_and(usable))
    }

    /// What the last answer told; none before the first.
    pub async fn held(&self) -> Option<SignInStatus> {
        self.held.lock().await.as_ref().map(SignInStatus::from)
    }

    /// Keeps what the shop's page told about itself beside its tokens.
    pub async fn note(&self, name: Option<&str>, authorization_ends: Option<Timestamp>) -> Result<(), TokenError> {
        let mut held = self.held.lock().await;
        let _lock = self.store.lock().await?;
        let Some(mut pair) = self.store.load()? else { return Ok(()) };
        if pair.authorization_ends == authorization_ends && pair.signed_in_as.as_deref() == name {
            return Ok(());
        }
        pair.authorization_ends = authorization_ends;
        pair.signed_in_as = name.map(str::to_string);
        self.store.keep(&pair)?;
        *held = Some(pair);
        Ok(())
    }

    async fn signed_in(&self, reply: &Reply) -> Result<SignInStatus, Problem> {
        self.client.hide(&reply.code);
        self.flow.check_reply(&self.client, reply)?;
        let mut held = self.held.lock().await;
        // Waits for who renews now, and proves that tokens can be kept before the code is used up.
        let _lock = self.store.lock().await.map_err(cannot_keep)?;
        let grant = Grant::Code(reply);
        let tokens = self.tokens(&grant).await?;
        let shared_by = tokens.shared_by.clone();
        let (pair, not_ours) = self.pair(&grant, tokens)?;
        not_ours.map_or(Ok(()), Err)?;
        self.flow.check_tokens(&self.client, &pair.access_token).await?;
        if self.flow.serves_several_stores() {
            let own = self.client.store().to_string();
            let print = |text: String| fingerprint(&text, self.seed.len() / 2);
            let name = shared_by.map_or(own, |text| shared_name(&self.client, &print(text)));
            let place = self.store.named(name.clone());
            let _its_lock = if self.store.is(&name) { None } else { Some(place.lock().await.map_err(cannot_keep)?) };
            place.keep(&pair).map_err(cannot_keep)?;
            place.link(name, self.source.configured().map(|_| self.seed.clone())).map_err(cannot_keep)?;
        } else {
            self.store.keep(&pair).map_err(cannot_keep)?;
        }
        let status = SignInStatus::from(&pair);
        *held = Some(pair);
        Ok(status)
    }
}

#[async_trait]
impl SignIn for Session {
    fn status(&self) -> Result<SignInStatus, SignInError> {
        let told = |error: TokenError| {
            SignInError(message!("tokens-of-store", store = self.client.store().as_str(), what = error.message))
        };
        let otherwise = match &self.source {
            TokenSource::Fixed(_) => return Ok(SignInKind::Keys.into()),
            TokenSource::Refresh(Some(_)) => SignInKind::Configured,
            TokenSource::Refresh(None) => SignInKind::None,
            TokenSource::App => SignInKind::Keys,
        };
        let stored = self.store.load().map_err(told)?.filter(|pair| self.is_newest(pair));
        Ok(stored.as_ref().map_or(otherwise.into(), SignInStatus::from))
    }

    fn takes_consent(&self) -> Result<(), SignInError> {
        if self.can_renew() {
            return Ok(());
        }
        Err(SignInError(message!(self.flow.in_place_of_fixed(), store = self.client.store().as_str())))
    }

    fn echoes_state(&self) -> bool {
        self.flow.echoes_state()
    }

    fn redirect(&self) -> Redirect {
        self.flow.redirect()
    }

    fn consent(&self, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
        self.takes_consent()?;
        self.flow.consent(&self.client, redirect, state)
    }

    async fn sign_in(&self, reply: &Reply) -> Result<SignInStatus, CallError> {
        let refused = |SignInError(why)| Problem::unsent(CallErrorKind::SignIn, why);
        self.takes_consent().map_err(refused)?;
        Ok(self.signed_in(reply).await?)
    }
}

impl TokenSource {
    pub fn configured(&self) -> Option<&str> {
        match self {
            Self::Refresh(token) => token.as_ref().map(|token| token.expose_secret()),
            Self::Fixed(_) | Self::App => None,
        }
    }
}

/// The redirect, or what to do without one.
pub(super) fn needed_redirect<'u>(client: &ApiClient, redirect: Option<&'u Url>) -> Result<&'u Url, SignInError> {
    redirect.ok_or_else(|| {
        let (store, platform) = (client.store().as_str(), client.abilities().name);
        SignInError(message!("sign-in-no-redirect", store = store, platform = platform))
    })
}

/// Under what name stores share their tokens.
fn shared_name(client: &ApiClient, print: &str) -> String {
    format!("{}-{print}", client.abilities().platform)
}

fn cannot_keep(error: TokenError) -> Problem {
    let kind = if error.is_busy { CallErrorKind::Unreachable } else { CallErrorKind::SignIn };
    Problem::unsent(kind, error.message)
}
