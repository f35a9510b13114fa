//! Lazada's side of staying signed in to one seller. One consent may cover a seller's shops in several countries.

use async_trait::async_trait;
use chrono::Duration;
use reqwest::Method;
use url::Url;

use super::app::{Api, App};
use super::wire::{self, Refreshed};
use crate::domain::Timestamp;
use crate::message;
use crate::platforms::client::{Answer, ApiClient, Problem, Request};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::session::{Grant, TokenFlow, Tokens, needed_redirect};
use crate::platforms::sign_in::{Consent, SignInError};

/// Source: Lazada's authorization guide.
const CONSENT_HOST: &str = "auth.lazada.com";
const CONSENT_PATH: &str = "/oauth/authorize";
const CODE_PATH: &str = "/auth/token/create";
const REFRESH_PATH: &str = "/auth/token/refresh";
/// Where an answer does not say how long its token lives: the guides name 7, 10 and 30 days. A token that ends sooner is
/// refused once and renewed then.
const USUAL_LIFE: Duration = Duration::days(7);

pub(super) struct LazadaTokens {
    pub app: App,
    /// The host of token calls, which is one for all countries.
    pub host: Url,
    /// What Lazada calls the seller; none where the config holds something else.
    pub seller_id: Option<String>,
}

#[async_trait]
impl TokenFlow for LazadaTokens {
    fn serves_several_stores(&self) -> bool {
        true
    }

    fn call(&self, grant: &Grant<'_>) -> &'static str {
        path(grant).trim_start_matches('/')
    }

    // A refresh may be sent again: it does not move the refresh token's own end, and no source says that it uses it up.
    fn request(&self, grant: &Grant<'_>, now: Timestamp) -> Request {
        let parameters = match grant {
            Grant::Code(reply) => vec![("code", reply.code.clone())],
            Grant::Refresh(token) => vec![("refresh_token", token.to_string())],
            Grant::App => Vec::new(),
        };
        let api = Api { method: Method::POST, path: path(grant), parameters: &parameters };
        self.app.request(&self.host, &api, None, now)
    }

    fn read(&self, client: &ApiClient, _grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem> {
        let told: Refreshed = serde_json::from_value(wire::plain(answer.body.clone())).unwrap_or_default();
        let mut sellers = told.seller_ids();
        sellers.sort();
        // Calls name no shop: only the token says whose vouchers they are about.
        let not_ours = self.seller_id.as_ref().filter(|ours| !sellers.is_empty() && !sellers.contains(ours));
        let after = |seconds: Option<i64>| {
            answer.received.checked_add_signed(Duration::try_seconds(seconds.filter(|s| *s > 0)?)?)
        };
        let access_ends = after(told.expires_in).unwrap_or(answer.received + USUAL_LIFE);
        // A refresh token is usable only where its life is above 0: else the sign-in ends with its access token.
        let cannot_be_renewed = told.refresh_expires_in.is_some_and(|seconds| seconds <= 0);
        Ok(Tokens {
            access_ends,
            authorization_ends: after(told.refresh_expires_in).or(cannot_be_renewed.then_some(access_ends)),
            shared_by: (!sellers.is_empty()).then(|| format!("{}:{}", self.app.app_key, sellers.join(","))),
            not_ours: not_ours.map(|ours| other_seller(client, ours, &sellers.join(", "))),
            access_token: told.access_token,
            refresh_token: told.refresh_token,
            refresh_ends: None,
            signed_in_as: told.account,
        })
    }

    // An answer without one leaves the old one valid.
    fn needs_refresh_token(&self, _grant: &Grant<'_>) -> bool {
        false
    }

    fn refuses_token(&self, problem: &Problem) -> bool {
        wire::is_token_refusal(problem.code.as_deref())
    }

    /// `force_auth` shows the page also to a seller who agreed before.
    fn consent(&self, client: &ApiClient, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
        let redirect = needed_redirect(client, redirect)?;
        let mut link = consent_page(&self.host);
        link.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("force_auth", "true")
            .append_pair("client_id", &self.app.app_key)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state);
        Ok(Consent { link, state: Some(state.to_string()), valid: "The code is valid for 30 minutes, and once." })
    }
}

pub(super) fn other_seller(client: &ApiClient, ours: &str, theirs: &str) -> Problem {
    let sentence = message!("sign-in-other-seller", place = client.place(), theirs = theirs, ours = ours);
    Problem::unsent(CallErrorKind::WrongShop, sentence)
}

fn path(grant: &Grant<'_>) -> &'static str {
    if matches!(grant, Grant::Code(_)) { CODE_PATH } else { REFRESH_PATH }
}

/// Where the consent page is, one for all countries: at the root of the token host, and on this machine below its path.
fn consent_page(host: &Url) -> Url {
    let mut url = host.clone();
    let base = if url.host_str() == Some(CONSENT_HOST) { "" } else { host.path().trim_end_matches('/') };
    url.set_path(&format!("{base}{CONSENT_PATH}"));
    url
}
