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

use super::call_log::CallOutcome;
use super::client::{Answer, ApiClient, Intent, Problem, Request};
use super::errors::{CallError, CallErrorKind, SendError};
use super::hashes::fingerprint;
use super::network::Network;
use super::renewal::Renewal;
use super::sign_in::{Consent, Redirect, Reply, SignIn, SignInError};
use super::token_pair::TokenPair;
use super::tokens::{SignInKind, SignInStatus, Stored, TokenError, TokenStore};
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
    ) -> Arc<Self> {
        let (folder, store) = (network.token_folder(), client.store().clone());
        let is_configured = source.configured().is_some();
        let store = if flow.serves_several_stores() {
            let otherwise = if is_configured { shared_name(&client, &seed) } else { store.to_string() };
            TokenStore::linked(folder, store, is_configured.then_some(seed.as_str()), otherwise)
        } else {
            TokenStore::new(folder, store)
        };
        let session = Self { client, flow: Box::new(flow), source, seed, store, held: Mutex::new(None) };
        // Before any store is asked: another one's answer may repeat them.
        if let Some(pair) = session.store.load().ok().and_then(|stored| stored.pair) {
            session.hide(&pair);
        }
        Arc::new(session)
    }

    fn hide(&self, pair: &TokenPair) {
        self.client.hide(&pair.access_token);
        self.client.hide(&pair.refresh_token);
    }

    /// Asks with a token that the platform should take, until an answer is accepted, within limits.
    pub async fn read(
        self: &Arc<Self>,
        call: &str,
        build: impl Fn(&str, Timestamp) -> Request + Send + Sync,
    ) -> Result<Answer, Problem> {
        self.call(Intent::Read, call, build).await?
    }

    /// Sends once, and again only where the platform said that it did nothing yet.
    pub async fn write(
        self: &Arc<Self>,
        call: &str,
        build: impl Fn(&str, Timestamp) -> Request + Send + Sync,
    ) -> Result<Answer, SendError> {
        Ok(self.call(Intent::Write, call, build).await.map_err(Problem::before_the_write)??)
    }

    /// The outer problem where there is no token, and so nothing was sent. A token that is refused, which is before the call was
    /// looked at, is renewed once.
    async fn call(
        self: &Arc<Self>,
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
    async fn access_token(self: &Arc<Self>, refused: Option<&str>) -> Result<String, Problem> {
        let mut held = self.held.lock().await;
        if let Some(pair) = held.as_ref().filter(|pair| self.may_use(pair, refused)) {
            return Ok(pair.access_token.clone());
        }
        let pair = match &self.source {
            TokenSource::Fixed(token) => return Ok(token.expose_secret().to_string()),
            TokenSource::App if self.store.load().map_err(cannot_keep)?.pair.is_none() => self.app_token().await?,
            TokenSource::App | TokenSource::Refresh(_) => {
                // On its own, so that a load which is given up meanwhile does not lose what the platform has given.
                let (session, refused) = (Arc::clone(self), refused.map(str::to_string));
                let renewing = tokio::spawn(async move { session.kept(refused.as_deref()).await });
                match renewing.await {
                    Ok(renewed) => renewed?,
                    Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
                    // The program ends.
                    Err(_) => std::future::pending().await,
                }
            }
        };
        Ok(held.insert(pair).access_token.clone())
    }

    fn may_use(&self, pair: &TokenPair, refused: Option<&str>) -> bool {
        self.is_usable(pair) && refused != Some(&pair.access_token)
    }

    /// Nothing is kept of it: another is to be had at any time.
    async fn app_token(&self) -> Result<TokenPair, Problem> {
        let answer = self.answer(&Grant::App).await?;
        Ok(self.pair(&Grant::App, self.read_tokens(&Grant::App, &answer)?)?.0)
    }

    /// The stored pair where it is usable still, else a new one, which is on the disk when this returns.
    async fn kept(&self, refused: Option<&str>) -> Result<TokenPair, Problem> {
        let _lock = self.store.lock().await.map_err(cannot_keep)?;
        // Another process, or another store of the seller, may have renewed it while we waited: what that one stored is the only
        // pair that surely works.
        let Stored { pair: stored, interrupted } = self.store.load().map_err(cannot_keep)?;
        stored.iter().for_each(|pair| self.hide(pair));
        let newest = stored.as_ref().filter(|pair| self.is_newest(pair));
        if let Some(pair) = newest.filter(|pair| self.may_use(pair, refused)) {
            return Ok(pair.clone());
        }
        let mut renewal = self.store.renewal().map_err(cannot_keep)?;
        let renewed = self.renewed(&mut renewal, stored.as_ref(), newest.is_some()).await;
        let (mut fresh, not_ours) = renewed.map_err(|problem| self.perhaps_lost(problem, interrupted))?;
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
        self.store.keep(renewal, &fresh).map_err(cannot_keep)?;
        not_ours.map_or(Ok(fresh), Err)
    }

    /// A refresh token is refused because a newer one never came to the disk: then a person is needed, whatever else is tried.
    fn perhaps_lost(&self, mut problem: Problem, interrupted: Option<Timestamp>) -> Problem {
        let now = || self.store.load().ok().and_then(|stored| stored.interrupted);
        if let Some(at) = interrupted.or_else(now).filter(|_| problem.error.kind == CallErrorKind::SignIn) {
            let at = at.format("%Y-%m-%d %H:%M UTC").to_string();
            problem.advise(message!("tokens-lost", at = at, again = self.client.sign_in_again()));
        }
        problem
    }

    /// With the stored refresh token; with the configured one first where that has changed since, for then the shop was
    /// authorized anew. Tried again like a read: should a lost answer have ended the old token, nothing is left but to ask.
    async fn renewed(
        &self,
        renewal: &mut Renewal,
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
        match (self.trade(renewal, &Grant::Refresh(first)).await, second) {
            (Err(problem), Some(second))
                if matches!(problem.error.kind, CallErrorKind::SignIn | CallErrorKind::WrongShop) =>
            {
                self.trade(renewal, &Grant::Refresh(second)).await
            }
            (result, _) => result,
        }
    }

    /// The pair that the platform gives, and why it is not ours where it is not. Nothing is kept yet.
    async fn trade(&self, renewal: &mut Renewal, grant: &Grant<'_>) -> Result<(TokenPair, Option<Problem>), Problem> {
        let tokens = self.tokens(renewal, grant).await?;
        self.pair(grant, tokens)
    }

    /// `renewal` says that they are asked for, and goes on saying so unless the platform surely gave none.
    async fn tokens(&self, renewal: &mut Renewal, grant: &Grant<'_>) -> Result<Tokens, Problem> {
        self.store.mark(renewal, self.client.now()).map_err(cannot_keep)?;
        let retries = self.client.tally().retries;
        let answer = self.answer(grant).await;
        let was_not_done = answer
            .as_ref()
            .is_err_and(|problem| matches!(problem.outcome, CallOutcome::NotSent | CallOutcome::Throttled));
        let tokens = answer.and_then(|answer| self.read_tokens(grant, &answer));
        let is_refused = tokens.as_ref().is_err_and(|problem| problem.error.kind != CallErrorKind::Unreachable);
        // An earlier try may have been carried out although its answer was lost.
        if (was_not_done || is_refused) && self.client.tally().retries == retries {
            renewal.unmark();
        }
        tokens
    }

    async fn answer(&self, grant: &Grant<'_>) -> Result<Answer, Problem> {
        // A code is good for one use, so that it is sent once.
        let intent = if matches!(grant, Grant::Code(_)) { Intent::Write } else { Intent::Read };
        let answer =
            self.client.call_for_tokens(intent, self.flow.call(grant), |now| self.flow.request(grant, now)).await;
        answer.map_err(|problem| self.flow.refused(&self.client, grant, problem))
    }

    fn read_tokens(&self, grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem> {
        let tokens = self.flow.read(&self.client, grant, answer)?;
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
        u64::from(self.can_renew() && !self.store.load().ok().and_then(|stored| stored.pair).is_some_and(usable))
    }

    /// What the last answer told; none before the first.
    pub async fn held(&self) -> Option<SignInStatus> {
        self.held.lock().await.as_ref().map(SignInStatus::from)
    }

    /// Keeps what the shop's page told about itself beside its tokens.
    pub async fn note(&self, name: Option<&str>, authorization_ends: Option<Timestamp>) -> Result<(), TokenError> {
        let mut held = self.held.lock().await;
        let _lock = self.store.lock().await?;
        let Some(mut pair) = self.store.load()?.pair else { return Ok(()) };
        if pair.authorization_ends == authorization_ends && pair.signed_in_as.as_deref() == name {
            return Ok(());
        }
        pair.authorization_ends = authorization_ends;
        pair.signed_in_as = name.map(str::to_string);
        self.store.keep(self.store.renewal()?, &pair)?;
        *held = Some(pair);
        Ok(())
    }

    async fn signed_in(&self, reply: &Reply) -> Result<SignInStatus, Problem> {
        self.client.hide(&reply.code);
        self.flow.check_reply(&self.client, reply)?;
        let mut held = self.held.lock().await;
        // Waits for who renews now, and proves that tokens can be kept before the code is used up.
        let _lock = self.store.lock().await.map_err(cannot_keep)?;
        let mut renewal = self.store.renewal().map_err(cannot_keep)?;
        if self.flow.serves_several_stores() {
            self.store.prove_link().map_err(cannot_keep)?;
        }
        let grant = Grant::Code(reply);
        let tokens = self.tokens(&mut renewal, &grant).await?;
        let shared_by = tokens.shared_by.clone();
        let (pair, not_ours) = self.pair(&grant, tokens)?;
        let checked = match not_ours {
            Some(problem) => Err(problem),
            None => self.flow.check_tokens(&self.client, &pair.access_token).await,
        };
        if checked.as_ref().is_err_and(|problem| problem.error.kind == CallErrorKind::WrongShop) {
            // Another shop's tokens, which say nothing of ours.
            renewal.unmark();
        }
        checked?;
        if self.flow.serves_several_stores() {
            let own = self.client.store().to_string();
            let print = |text: String| fingerprint(&text, self.seed.len() / 2);
            let name = shared_by.map_or(own, |text| shared_name(&self.client, &print(text)));
            let place = self.store.named(name.clone());
            let link = || place.link(name.clone(), self.source.configured().map(|_| self.seed.clone()));
            if self.store.is(&name) {
                self.store.keep(renewal, &pair).and_then(|()| link()).map_err(cannot_keep)?;
            } else {
                let _its_lock = place.lock().await.map_err(cannot_keep)?;
                let kept = place.renewal().and_then(|its_own| place.keep(its_own, &pair));
                kept.and_then(|()| link()).map_err(cannot_keep)?;
                renewal.unmark();
            }
        } else {
            self.store.keep(renewal, &pair).map_err(cannot_keep)?;
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
        let Stored { pair, interrupted } = self.store.load().map_err(told)?;
        let pair = pair.filter(|pair| self.is_newest(pair));
        let status = pair.as_ref().map_or(otherwise.into(), SignInStatus::from);
        Ok(SignInStatus { renewal_interrupted: interrupted, ..status })
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
