//! Signing a store in by its seller's consent: the link to the platform's page, what comes back, and the first pair of tokens.
//!
//! What the links and answers look like is each platform's business (its `session`); here is what they have in common.

use url::Url;

use super::account::{Account, ConnectError, Credentials, LazadaTokens, ShopifySignIn};
use super::lazada::Lazada;
use super::network::Network;
use super::shopee::Shopee;
use super::shopify::Shopify;
use super::tiktok_shop::TiktokShop;
use super::tokens::{Standing, TokenError};
use super::{CallError, CallErrorKind};
use crate::domain::StoreId;

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

/// Why a store cannot be signed in this way.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuthorizeError {
    #[error(
        "store {0} is on WooCommerce, whose keys are made in the shop: WooCommerce > Settings > Advanced > REST API > Add key, with read and write; name them in the config as consumer_key and consumer_secret"
    )]
    KeysOfShop(StoreId),
    #[error(
        "store {0} works with the access_token of the config, which is not renewed; to sign in by consent, take it out of the config{1}"
    )]
    FixedToken(StoreId, &'static str),
    #[error(
        "store {0}: the app's authorization link is not known; copy it from the Partner Center (App & Service, your app, authorization link) into the config: consent_link = \"https://services.tiktokshop.com/open/authorize?service_id=…\""
    )]
    NoConsentLink(StoreId),
    #[error(
        "store {0}: where {1} shall send the browser back to is not known; give --redirect with the address that is registered for the app, or --listen with a port"
    )]
    NoRedirect(StoreId, &'static str),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("{0}")]
    Tokens(String),
}

/// Whether the store of `account` can be signed in by consent at all.
///
/// # Errors
/// If its keys are made in the shop, or its token comes from the config.
pub fn can_sign_in(account: &Account) -> Result<(), AuthorizeError> {
    let store = || account.store.id.clone();
    match &account.credentials {
        Credentials::WooCommerce { .. } => Err(AuthorizeError::KeysOfShop(store())),
        Credentials::Shopify { sign_in: ShopifySignIn::Token { .. } } => {
            Err(AuthorizeError::FixedToken(store(), " and put client_id and client_secret in its place"))
        }
        Credentials::Lazada { tokens: LazadaTokens::Fixed { .. }, .. } => Err(AuthorizeError::FixedToken(store(), "")),
        _ => Ok(()),
    }
}

/// The link to the page where the seller lets the app in. `redirect` is where the platform sends the browser afterwards (TikTok
/// Shop knows that by itself); `state` is a text that nobody can guess. Nothing is sent.
///
/// # Errors
/// If the store cannot be signed in by consent, or something is missing for the link.
pub fn consent(
    account: &Account,
    network: &Network,
    redirect: Option<&Url>,
    state: &str,
) -> Result<Consent, AuthorizeError> {
    can_sign_in(account)?;
    let store = || account.store.id.clone();
    let needed = || redirect.ok_or_else(|| AuthorizeError::NoRedirect(store(), account.store.platform.word()));
    let echoed = Some(state.to_string());
    Ok(match account.store.platform {
        super::shopee::PLATFORM => Consent {
            link: Shopee::connect(account, network)?.consent_link(needed()?),
            // Shopee's signed form echoes none.
            state: None,
            valid: "The link is valid for 5 minutes, its code for 10, and once.",
        },
        super::lazada::PLATFORM => Consent {
            link: Lazada::connect(account, network)?.consent_link(needed()?, state),
            state: echoed,
            valid: "The code is valid for 30 minutes, and once.",
        },
        super::tiktok_shop::PLATFORM => Consent {
            link: TiktokShop::connect(account, network)?
                .consent_link(state)
                .ok_or_else(|| AuthorizeError::NoConsentLink(store()))?,
            state: echoed,
            valid: "The code is valid for 30 minutes, and once.",
        },
        super::shopify::PLATFORM => Consent {
            link: Shopify::connect(account, network)?.consent_link(needed()?, state),
            state: echoed,
            valid: "The code is valid once.",
        },
        _ => return Err(AuthorizeError::KeysOfShop(store())),
    })
}

/// Trades the code for tokens, checks that they are for the store of `account`, and keeps them. They are on the disk when this
/// returns, and every connector uses them before the config's refresh token.
///
/// # Errors
/// If the platform refuses the code, if it is for another shop (nothing is kept then), or if the tokens cannot be kept.
pub async fn sign_in(account: &Account, network: &Network, reply: &Reply) -> Result<Standing, CallError> {
    let unsent = |error: AuthorizeError| CallError {
        kind: CallErrorKind::SignIn,
        sentence: error.to_string(),
        platform_words: None,
        request_id: None,
    };
    let refused = |error: ConnectError| unsent(error.into());
    can_sign_in(account).map_err(unsent)?;
    match account.store.platform {
        super::shopee::PLATFORM => Shopee::connect(account, network).map_err(refused)?.sign_in(reply).await,
        super::lazada::PLATFORM => Lazada::connect(account, network).map_err(refused)?.sign_in(reply).await,
        super::tiktok_shop::PLATFORM => TiktokShop::connect(account, network).map_err(refused)?.sign_in(reply).await,
        super::shopify::PLATFORM => Shopify::connect(account, network).map_err(refused)?.sign_in(reply).await,
        _ => Err(unsent(AuthorizeError::KeysOfShop(account.store.id.clone()))),
    }
}

/// How the store of `account` is signed in, as far as is known here. Nothing is sent.
///
/// # Errors
/// If the account cannot be used as it is, or its tokens cannot be read.
pub fn standing(account: &Account, network: &Network) -> Result<Standing, AuthorizeError> {
    let told =
        |standing: Result<Standing, TokenError>| standing.map_err(|error| AuthorizeError::Tokens(error.to_string()));
    match account.store.platform {
        super::shopee::PLATFORM => told(Shopee::connect(account, network)?.standing()),
        super::lazada::PLATFORM => told(Lazada::connect(account, network)?.standing()),
        super::tiktok_shop::PLATFORM => told(TiktokShop::connect(account, network)?.standing()),
        super::shopify::PLATFORM => told(Shopify::connect(account, network)?.standing()),
        _ => Ok(Standing::keys()),
    }
}
