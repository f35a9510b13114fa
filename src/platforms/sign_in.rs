//! How a store is signed in: what is known of it here, and by its seller's consent: the link to the platform's page, what comes
//! back, and the first tokens. What links and answers look like is each platform's business.

use async_trait::async_trait;
use url::Url;

use super::errors::{CallError, CallErrorKind};
use super::tokens::{SignInKind, SignInStatus};
use crate::domain::Message;

/// Where a platform sends the seller's browser after the consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirect {
    /// Wherever the link says; a program may listen at any port of its machine.
    AsLinked,
    /// Where the link says, if that very address is registered for the app.
    Registered,
    /// Where the app's registration says; the link says nothing of it.
    OfTheApp,
}

/// How one store is signed in.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// As far as is known here. Nothing is sent.
    ///
    /// # Errors
    /// If the store's tokens cannot be read.
    fn status(&self) -> Result<SignInStatus, SignInError>;

    /// Whether the seller's consent can sign the store in at all.
    ///
    /// # Errors
    /// If its keys are made in the shop, or its token comes from the config.
    fn takes_consent(&self) -> Result<(), SignInError>;

    /// Whether the platform brings the link's `state` back; where it does not, the address that it sends the browser to should be
    /// one that nobody can guess.
    fn echoes_state(&self) -> bool {
        true
    }

    /// Where the platform sends the browser.
    fn redirect(&self) -> Redirect {
        Redirect::Registered
    }

    /// The link to the page where the seller lets the app in. `redirect` is where the platform sends the browser afterwards;
    /// `state` is a text that nobody can guess. Nothing is sent.
    ///
    /// # Errors
    /// If the store cannot be signed in by consent, or something is missing for the link.
    fn consent(&self, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError>;

    /// Trades the code for tokens, checks that they are for this store, and keeps them. They are on the disk when this returns,
    /// and every connector uses them before the config's refresh token.
    ///
    /// # Errors
    /// If the platform refuses the code, if it is for another shop (nothing is kept then), or if the tokens cannot be kept.
    async fn sign_in(&self, reply: &Reply) -> Result<SignInStatus, CallError>;
}

/// Why a store cannot be signed in this way, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInError(pub Message);

/// What the platform's page gave the seller's browser to bring back: a code, and mostly more. No `Debug`: it would print the
/// code.
#[derive(Clone)]
pub struct Reply {
    pub code: String,
    /// The whole query, decoded, where more than a code is known.
    pub query: Vec<(String, String)>,
}

/// Why what came back holds no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    #[error("nothing was given; paste the code, or the whole address that the browser was sent to")]
    Empty,
    #[error("this address holds no code; paste the one that the browser shows after the seller has agreed")]
    NoCode,
    #[error("the seller did not agree: {0}; open the link again")]
    Refused(String),
    #[error("the answer belongs to another sign-in (its state differs); open the link that was printed last")]
    OtherState,
}

impl Reply {
    /// Reads what a person pasted: the code alone, or the whole address (or its query) that the browser was sent to.
    ///
    /// # Errors
    /// If there is no code in it, or the platform says that the seller refused.
    pub fn parse(text: &str) -> Result<Self, ReplyError> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let query = match Url::parse(text) {
            Ok(url) if url.has_host() => url.query().unwrap_or_default().to_string(),
            _ if text.is_empty() => return Err(ReplyError::Empty),
            _ if text.starts_with('?') || text.contains("code=") => text.trim_start_matches('?').to_string(),
            _ if text.contains(char::is_whitespace) => return Err(ReplyError::NoCode),
            _ => return Ok(Self { code: text.to_string(), query: Vec::new() }),
        };
        Self::of_query(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn of_query(query: Vec<(String, String)>) -> Result<Self, ReplyError> {
        let value = |name: &str| query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        if let Some(error) = value("error").filter(|error| !error.is_empty()) {
            let words: String = error.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(ReplyError::Refused(words));
        }
        let code = value("code").filter(|code| !code.is_empty() && code != "null").ok_or(ReplyError::NoCode)?;
        Ok(Self { code, query })
    }

    /// Refused where the platform brought back another `state` than the link had.
    pub fn must_answer(&self, consent: &Consent) -> Result<(), ReplyError> {
        let told = self.get("state");
        match &consent.state {
            Some(state) if self.is_whole() && told != Some(state) => Err(ReplyError::OtherState),
            _ => Ok(()),
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether more than the bare code is known.
    pub fn is_whole(&self) -> bool {
        !self.query.is_empty()
    }
}

/// The page that the seller has to open.
#[derive(Debug, Clone)]
pub struct Consent {
    pub link: Url,
    /// What the platform brings back unchanged; none where it does not.
    pub state: Option<String>,
    /// In words, for how long the link and the code that follows it are good.
    pub valid: &'static str,
}

/// A store that works with keys of the config and needs no sign-in: a sentence that names it and says where its keys come from.
pub struct KeysOfConfig(pub Message);

#[async_trait]
impl SignIn for KeysOfConfig {
    fn status(&self) -> Result<SignInStatus, SignInError> {
        Ok(SignInKind::Keys.into())
    }

    fn takes_consent(&self) -> Result<(), SignInError> {
        Err(SignInError(self.0.clone()))
    }

    fn consent(&self, _redirect: Option<&Url>, _state: &str) -> Result<Consent, SignInError> {
        Err(SignInError(self.0.clone()))
    }

    async fn sign_in(&self, _reply: &Reply) -> Result<SignInStatus, CallError> {
        let sentence = self.0.clone();
        Err(CallError { kind: CallErrorKind::SignIn, sentence, platform_words: None, request_id: None })
    }
}
