//! TikTok Shop's side of staying signed in for one seller: a pair of tokens serves every shop of the authorization.

use async_trait::async_trait;
use chrono::Duration;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;

use super::app::{self, App};
use super::wire::{self, instant};
use crate::domain::Timestamp;
use crate::message;
use crate::platforms::call_log::CallOutcome;
use crate::platforms::client::{Answer, ApiClient, Intent, Problem, Request, at_path};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient::lenient_fields;
use crate::platforms::session::{Grant, TokenFlow, Tokens};
use crate::platforms::sign_in::{Consent, Redirect, SignInError};

const CODE_PATH: &str = "/api/v2/token/get";
const REFRESH_PATH: &str = "/api/v2/token/refresh";
/// What TikTok Shop documents for an access token's life, where an answer does not say.
const USUAL_LIFE: Duration = Duration::days(7);
/// The ends of tokens are instants in spite of their name `…_expire_in`; below this one is the number of seconds that it says.
const SMALLEST_INSTANT: i64 = 1_000_000_000;
/// `user_type` of a seller.
const SELLER: i64 = 0;

pub(super) struct TiktokShopTokens {
    pub app: App,
    pub shop_id: String,
    /// Where tokens are asked for.
    pub auth_host: Url,
    pub endpoint: Url,
    /// What the API calls the shop, where the config tells.
    pub cipher: Option<String>,
    /// The app's authorization link, where the config tells.
    pub consent_link: Option<Url>,
}

lenient_fields! {
    struct Refreshed {
        access_token: Option<String>,
        access_token_expire_in: Option<i64>,
        refresh_token: Option<String>,
        refresh_token_expire_in: Option<i64>,
        /// What the seller is called in this app, on whatever shop.
        open_id: Option<String>,
        seller_name: Option<String>,
        user_type: Option<i64>,
    }
}

#[async_trait]
impl TokenFlow for TiktokShopTokens {
    fn ahead(&self) -> Duration {
        Duration::minutes(10)
    }

    // Whether a refresh ends the old token is not documented: the stores of one authorization share one pair, and who refreshes
    // it does so alone.
    fn serves_several_stores(&self) -> bool {
        true
    }

    fn call(&self, grant: &Grant<'_>) -> &'static str {
        if matches!(grant, Grant::Code(_)) { "token/get" } else { "token/refresh" }
    }

    fn request(&self, grant: &Grant<'_>, _now: Timestamp) -> Request {
        let (path, name, token, kind) = match grant {
            Grant::Code(reply) => (CODE_PATH, "auth_code", reply.code.as_str(), "authorized_code"),
            Grant::Refresh(token) => (REFRESH_PATH, "refresh_token", *token, "refresh_token"),
            Grant::App => (REFRESH_PATH, "refresh_token", "", "refresh_token"),
        };
        let mut url = at_path(&self.auth_host, path);
        url.query_pairs_mut()
            .append_pair("app_key", &self.app.app_key)
            .append_pair("app_secret", self.app.app_secret.expose_secret())
            .append_pair(name, token)
            .append_pair("grant_type", kind);
        Request { method: Method::GET, url, headers: HeaderMap::new(), body: None }
    }

    fn read(&self, client: &ApiClient, grant: &Grant<'_>, answer: &Answer) -> Result<Tokens, Problem> {
        let told: Refreshed = serde_json::from_value(Value::Object(wire::data(answer))).unwrap_or_default();
        if matches!(grant, Grant::Code(_)) && told.user_type.is_some_and(|kind| kind != SELLER) {
            let (place, again) = (client.place(), client.sign_in_again());
            let sentence = message!("sign-in-not-seller", place = place, again = again);
            return Err(Problem::unsent(CallErrorKind::SignIn, sentence));
        }
        let received = answer.received;
        Ok(Tokens {
            access_token: told.access_token,
            access_ends: ends(told.access_token_expire_in, received).unwrap_or(received + USUAL_LIFE),
            refresh_token: told.refresh_token,
            authorization_ends: ends(told.refresh_token_expire_in, received),
            signed_in_as: told.seller_name,
            shared_by: told.open_id.map(|open_id| format!("{}:{open_id}", self.app.app_key)),
            ..Tokens::default()
        })
    }

    /// The codes with which a refresh is refused are not documented; whatever they are, the sign-in is what was refused.
    fn refused(&self, client: &ApiClient, grant: &Grant<'_>, mut problem: Problem) -> Problem {
        let is_refused = problem.outcome == CallOutcome::Refused && problem.error.kind == CallErrorKind::Rejected;
        if is_refused && matches!(grant, Grant::Refresh(_)) {
            problem.error.kind = CallErrorKind::SignIn;
            problem.advise(message!("advice-tiktok-refresh", again = client.sign_in_again()));
        }
        problem
    }

    fn refuses_token(&self, problem: &Problem) -> bool {
        wire::is_token_refusal(problem.code.as_deref(), problem.error.platform_words.as_deref())
    }

    async fn check_tokens(&self, client: &ApiClient, access_token: &str) -> Result<(), Problem> {
        let request = |now| self.app.request(&self.endpoint, &app::SHOPS, access_token, now);
        let answer = client.call(Intent::Read, app::SHOPS.name, request).await?;
        let shop = app::shop_of(client, &answer, &self.shop_id)?;
        app::check_cipher(client, &shop, self.cipher.as_ref())
    }

    fn redirect(&self) -> Redirect {
        Redirect::OfTheApp
    }

    /// TikTok Shop knows by itself where it sends the browser.
    fn consent(&self, client: &ApiClient, _redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
        let missing = || SignInError(message!("sign-in-no-consent-link", store = client.store().as_str()));
        let mut link = self.consent_link.clone().ok_or_else(missing)?;
        link.query_pairs_mut().append_pair("state", state);
        Ok(Consent { link, state: Some(state.to_string()), valid: "The code is valid for 30 minutes, and once." })
    }
}

fn ends(expire_in: Option<i64>, received: Timestamp) -> Option<Timestamp> {
    match expire_in? {
        seconds if seconds < SMALLEST_INSTANT => received.checked_add_signed(Duration::try_seconds(seconds)?),
        at => instant(at),
    }
}
