//! Shopify's side of staying signed in to one shop: with a token that has no end, one that is granted for a day, or a pair that
//! rotates.

use async_trait::async_trait;
use chrono::Duration;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::sign;
use crate::domain::{Message, Timestamp};
use crate::message;
use crate::platforms::client::{Answer, ApiClient, Problem, Request, at_path};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::lenient_fields;
use crate::platforms::session::{Grant, TokenFlow, Tokens, needed_redirect};
use crate::platforms::sign_in::{Consent, Reply, SignInError};

const CONSENT_PATH: &str = "/admin/oauth/authorize";
/// The rights that the program needs.
const SCOPES: &str = "read_discounts,write_discounts";
const TOKEN_PATH: &str = "/admin/oauth/access_token";
/// The shorter of the two documented lives, where an answer does not say.
const USUAL_LIFE_SECONDS: i64 = 3600;
/// A token without renewal has no end; this many days stand for that.
const WITHOUT_END: Duration = Duration::days(36_500);

/// The app; both empty where the shop works with the token of a custom app.
pub(super) struct ShopifyTokens {
    pub endpoint: Url,
    pub shop_host: String,
    pub client_id: String,
    pub client_secret: SecretString,
}

lenient_fields! {
    struct Granted {
        access_token: Option<String>,
        refresh_token: Option<String>,
        expires_in: Option<i64>,
        refresh_token_expires_in: Option<i64>,
        scope: Option<String>,
    }
}

#[async_trait]
impl TokenFlow for ShopifyTokens {
    fn call(&self, _grant: &Grant<'_>) -> &'static str {
        "access_token"
    }

    // A refresh may be sent again: a refresh token stays valid until the new one is used (changelog of 2026-08-28).
    fn request(&self, grant: &Grant<'_>, _now: Timestamp) -> Request {
        let (id, secret) = (&self.client_id, self.client_secret.expose_secret());
        let mut headers = HeaderMap::new();
        let body = match grant {
            Grant::Code(reply) => json!({
                "client_id": id, "client_secret": secret, "code": reply.code, "expiring": "1",
            }),
            Grant::Refresh(token) => json!({
                "client_id": id, "client_secret": secret, "grant_type": "refresh_token", "refresh_token": token,
            }),
            Grant::App => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                json!({ "client_id": id, "client_secret": secret, "grant_type": "client_credentials" })
            }
        };
        Request { method: Method::POST, url: at_path(&self.endpoint, TOKEN_PATH), headers, body: Some(body) }
    }

    fn read(&self, client: &ApiClient, grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem> {
        let told: Granted = serde_json::from_value(answer.body.clone()).unwrap_or_default();
        let is_consent = matches!(grant, Grant::Code(_));
        let rights = told.scope.unwrap_or_default();
        if is_consent && !rights.is_empty() && !rights.contains("_discounts") {
            return Err(useless(message!("sign-in-no-right", place = client.place())));
        }
        let after = |seconds: i64| answer.received.checked_add_signed(Duration::try_seconds(seconds)?);
        let has_no_end = is_consent && told.refresh_token.is_none();
        let access_ends = after(told.expires_in.unwrap_or(USUAL_LIFE_SECONDS).max(0)).unwrap_or(answer.received);
        Ok(Tokens {
            access_token: told.access_token,
            access_ends: if has_no_end { answer.received + WITHOUT_END } else { access_ends },
            refresh_token: told.refresh_token,
            refresh_ends: told.refresh_token_expires_in.and_then(after),
            signed_in_as: is_consent.then(|| self.shop_host.clone()),
            ..Tokens::default()
        })
    }

    fn needs_refresh_token(&self, grant: &Grant<'_>) -> bool {
        matches!(grant, Grant::Refresh(_))
    }

    // It refuses the token before looking at what was asked for.
    fn refuses_token(&self, problem: &Problem) -> bool {
        problem.error.kind == CallErrorKind::SignIn
    }

    /// That the reply was made by Shopify is seen as far as it holds more than a code.
    fn check_reply(&self, client: &ApiClient, reply: &Reply) -> Result<(), Problem> {
        let ours = &self.shop_host;
        if let Some(theirs) = reply.get("shop").filter(|theirs| !theirs.eq_ignore_ascii_case(ours)) {
            let place = client.place();
            return Err(useless(message!("sign-in-other-shopify", place = place, theirs = theirs, ours = ours)));
        }
        if reply.is_whole() && !sign::callback_is_genuine(&reply.query, self.client_secret.expose_secret()) {
            return Err(useless(message!("sign-in-not-genuine", place = client.place())));
        }
        Ok(())
    }

    fn consent(&self, client: &ApiClient, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
        let redirect = needed_redirect(client, redirect)?;
        let mut link = at_path(&self.endpoint, CONSENT_PATH);
        link.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", SCOPES)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("state", state);
        Ok(Consent { link, state: Some(state.to_string()), valid: "The code is valid once." })
    }

    fn in_place_of_fixed(&self) -> &'static str {
        "sign-in-fixed-shopify"
    }
}

fn useless(sentence: Message) -> Problem {
    Problem::unsent(CallErrorKind::SignIn, sentence)
}
