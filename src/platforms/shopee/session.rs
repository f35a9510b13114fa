//! Shopee's side of staying signed in to one shop, and its signature: lower-case hex of HMAC-SHA256 over identifiers that are put
//! together without separators.
//!
//! Source: Shopee developer guides 16 (API calls) and 20 (authorization). Neither the query nor the body is signed.

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::wire;
use crate::domain::Timestamp;
use crate::message;
use crate::platforms::client::{Answer, ApiClient, Problem, Request, at_path};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::hashes::keyed_hash;
use crate::platforms::lenient::{self, lenient_fields};
use crate::platforms::session::{Grant, TokenFlow, Tokens, needed_redirect};
use crate::platforms::sign_in::{Consent, Redirect, Reply, SignInError};

const CONSENT_PATH: &str = "/api/v2/shop/auth_partner";
const CODE_PATH: &str = "/api/v2/auth/token/get";
const REFRESH_PATH: &str = "/api/v2/auth/access_token/get";
/// Documented; no answer tells it. Each refresh brings a new refresh token with a new life.
const REFRESH_TOKEN_LIFE: Duration = Duration::days(30);
/// What Shopee documents for an access token's life, where an answer does not say.
const USUAL_LIFE_SECONDS: i64 = 4 * 3600;
/// One of Shopee's own samples gives an instant where a number of seconds belongs; above this it is one.
const SMALLEST_INSTANT: i64 = 1_000_000_000;

/// One shop, and the app that signs for it.
#[derive(Clone)]
pub(super) struct Shop {
    pub partner_id: u64,
    pub partner_key: SecretString,
    pub shop_id: u64,
    pub endpoint: Url,
}

lenient_fields! {
    struct Refreshed {
        access_token: Option<String>,
        refresh_token: Option<String>,
        expire_in: Option<i64>,
        shop_id_list: Vec<Value>,
    }
}

#[async_trait]
impl TokenFlow for Shop {
    fn call(&self, grant: &Grant<'_>) -> &'static str {
        if matches!(grant, Grant::Code(_)) { "token/get" } else { "access_token/get" }
    }

    // A refresh may be sent again: within hours, Shopee gives the same new pair for a refresh token that was used already.
    fn request(&self, grant: &Grant<'_>, now: Timestamp) -> Request {
        let (path, proof) = match grant {
            Grant::Code(reply) => (CODE_PATH, Some(("code", json!(reply.code)))),
            Grant::Refresh(token) => (REFRESH_PATH, Some(("refresh_token", json!(token)))),
            Grant::App => (REFRESH_PATH, None),
        };
        let main_account = match grant {
            Grant::Code(reply) => reply.get("main_account_id").and_then(|id| id.parse::<u64>().ok()),
            Grant::Refresh(_) | Grant::App => None,
        };
        let whose = match main_account {
            Some(id) => ("main_account_id", json!(id)),
            None => ("shop_id", json!(self.shop_id)),
        };
        let fields = proof.into_iter().chain([("partner_id", json!(self.partner_id)), whose]);
        let body = fields.map(|(name, value)| (name.to_string(), value)).collect::<Value>();
        Request { method: Method::POST, url: self.signed(path, now), headers: HeaderMap::new(), body: Some(body) }
    }

    fn read(&self, client: &ApiClient, grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem> {
        let told: Refreshed = serde_json::from_value(answer.body.clone()).unwrap_or_default();
        let shops: Vec<String> = told.shop_id_list.iter().map(lenient::id).collect();
        let is_for_others = !shops.is_empty() && !shops.contains(&self.shop_id.to_string());
        Ok(Tokens {
            access_token: told.access_token,
            access_ends: access_ends(told.expire_in, answer.received),
            refresh_token: told.refresh_token,
            refresh_ends: Some(answer.received + REFRESH_TOKEN_LIFE),
            not_ours: (is_for_others && matches!(grant, Grant::Code(_)))
                .then(|| self.other_shop(client, &shops.join(", "))),
            ..Tokens::default()
        })
    }

    fn refuses_token(&self, problem: &Problem) -> bool {
        wire::is_token_refusal(problem.code.as_deref(), problem.error.platform_words.as_deref())
    }

    fn check_reply(&self, client: &ApiClient, reply: &Reply) -> Result<(), Problem> {
        match reply.get("shop_id").filter(|theirs| *theirs != self.shop_id.to_string()) {
            Some(theirs) => Err(self.other_shop(client, theirs)),
            None => Ok(()),
        }
    }

    // Shopee's signed form echoes none.
    fn echoes_state(&self) -> bool {
        false
    }

    // Inferred: sellers' tools put any address into the link; some apps are bound to the domain that is registered for them.
    fn redirect(&self) -> Redirect {
        Redirect::AsLinked
    }

    fn consent(&self, client: &ApiClient, redirect: Option<&Url>, _state: &str) -> Result<Consent, SignInError> {
        let mut link = self.signed(CONSENT_PATH, client.now());
        link.query_pairs_mut().append_pair("redirect", needed_redirect(client, redirect)?.as_str());
        Ok(Consent { link, state: None, valid: "The link is valid for 5 minutes, its code for 10, and once." })
    }
}

impl Shop {
    pub fn sign(&self, base: &str) -> String {
        sign(self.partner_key.expose_secret(), base)
    }

    fn other_shop(&self, client: &ApiClient, theirs: &str) -> Problem {
        let (place, ours) = (client.place(), self.shop_id.to_string());
        let sentence = message!("sign-in-other-shop", place = place, theirs = theirs, ours = ours);
        Problem::unsent(CallErrorKind::SignIn, sentence)
    }

    fn signed(&self, path: &str, now: Timestamp) -> Url {
        let timestamp = now.timestamp();
        let mut url = at_path(&self.endpoint, path);
        let sign = self.sign(&public_base(self.partner_id, path, timestamp));
        url.query_pairs_mut()
            .append_pair("partner_id", &self.partner_id.to_string())
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("sign", &sign);
        url
    }
}

fn access_ends(expire_in: Option<i64>, received: Timestamp) -> Timestamp {
    match expire_in {
        Some(instant) if instant > SMALLEST_INSTANT => DateTime::from_timestamp(instant, 0).unwrap_or(received),
        seconds => received + Duration::seconds(seconds.unwrap_or(USUAL_LIFE_SECONDS).max(0)),
    }
}

/// For token calls and the authorization page. `path` is like `/api/v2/auth/token/get`, `timestamp` Unix seconds.
pub fn public_base(partner_id: u64, path: &str, timestamp: i64) -> String {
    format!("{partner_id}{path}{timestamp}")
}

/// For everything done in a shop's name.
pub fn shop_base(partner_id: u64, path: &str, timestamp: i64, access_token: &str, shop_id: u64) -> String {
    format!("{partner_id}{path}{timestamp}{access_token}{shop_id}")
}

/// `partner_key` is used as the text it is; it only looks like hex.
pub fn sign(partner_key: &str, base: &str) -> String {
    HEXLOWER.encode(&keyed_hash(partner_key, &[base.as_bytes()]))
}
