//! Shopee: seller vouchers through Open Platform v2.
//!
//! The list lacks minimum, cap, channels and items, so a load is the list and one `get_voucher` for each voucher of which not
//! enough is remembered. There is no status field and no idempotency key; ends can only be moved earlier once a voucher runs.

mod abilities;
mod listing;
mod remembered;
mod session;
mod spelling;
mod voucher;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

use self::listing::coupons_of;
use self::remembered::Seen;
use self::session::Shop;
use self::spelling::spelled;
use self::wire::ShopInfo;
use super::account::{Account, ConnectError};
use super::client::{Answer, ApiClient, Problem, Request, at_path};
use super::connector::{Connector, Health, KnownCoupons, Listing, Receipt};
use super::entry::Entry;
use super::errors::{CallError, SendError};
use super::hashes::fingerprint;
use super::keys::{Key, KeyCheck, KeyKind, Place};
use super::lenient;
use super::network::Network;
use super::pace::{Day, Pace};
use super::remembered::DetailCache;
use super::session::{Session, TokenSource};
use super::sign_in::{Consent, Redirect, Reply, SignIn, SignInError};
use super::tokens::SignInStatus;
use crate::domain::{ChangeId, Coupon, CouponId, Currency, Message, ShopId, Timestamp, Write};
use crate::message;

pub use self::session::{public_base, shop_base, sign};
pub use self::voucher::{end_of_wire, wire_end};

use self::abilities::{ABILITIES, BACK_OFFICE};

/// So long before its end an authorization is looked up at each load.
const ASKED_AGAIN: Duration = Duration::days(10);

pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    // Source: `error_limit`, "resets 00:00 UTC+8". How many is nowhere said.
    day: Some(Day { ahead_of_utc_hours: 8, usual: None }),
    // Shopee publishes no numbers; integrators report that 100 calls a second of one app pass and 1000 do not.
    pace: Pace { app_per_second: Some(50), shop_per_second: 10, shop_in_flight: DETAILS_AT_ONCE },
    keys: &KEYS,
    check,
    connect: |account, network| Ok(Box::new(Shopee::connect(account, network)?)),
};
const DETAILS_AT_ONCE: usize = 5;

/// A voucher's status follows from its times and Shopee's clock, which may be this far from ours: Shopee refuses requests that
/// are further off, so a larger difference is no clock of theirs.
const CLOCKS_APART_MAX: Duration = Duration::minutes(5);

struct Shopee {
    client: Arc<ApiClient>,
    shop: Shop,
    currency: Currency,
    session: Arc<Session>,
    /// None where everything is asked for anew.
    cache: Option<DetailCache>,
}

/// One business call: its path, its query and its body.
struct Api<'a> {
    name: &'static str,
    query: &'a [(&'static str, String)],
    body: Option<&'a Value>,
}

/// Shopee's live host for all markets but mainland China developers and Brazil (platform sheet 1.1, documented).
const HOST: &str = "https://partner.shopeemobile.com";

const KEYS: [Key; 4] = [
    Key::needed("shop_id", KeyKind::Id),
    Key::needed("partner_id", KeyKind::Id),
    Key::needed("partner_key", KeyKind::Secret),
    // From the authorization, for the first sign-in.
    Key::optional("refresh_token", KeyKind::Secret),
];

fn check(check: &mut KeyCheck<'_>) -> Option<Place> {
    if check.keys.text("partner_id").is_some_and(|digits| digits.parse::<u64>().is_err()) {
        check.wrong("partner_id", "partner_id is not a number", "copy it from the app's page");
    }
    Some(Place { shop: ShopId::new(check.keys.text("shop_id")?), endpoint: check.endpoint_or(HOST)? })
}

impl Shopee {
    fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let wanted = "wanted-shopee-digits";
        let shop_id = account.store.shop.as_str().parse().map_err(|_| account.wrong_shop(ENTRY.name(), wanted))?;
        let partner_id = account.needed("partner_id")?;
        let client = Arc::new(ApiClient::new(account, network, &partner_id, ENTRY.terms(), wire::judge)?);
        let partner_id = partner_id.parse().map_err(|_| account.wrong("partner_id", "connect-key-no-number"))?;
        let partner_key = account.needed_secret("partner_key")?;
        let shop = Shop { partner_id, partner_key, shop_id, endpoint: account.endpoint.clone() };
        let source = TokenSource::Refresh(account.keys.secret("refresh_token").cloned());
        let seed = fingerprint(&format!("{shop_id}:{}", source.configured().unwrap_or_default()), 16);
        let session = Session::new(Arc::clone(&client), network, shop.clone(), source, seed);
        let cache = network.remembered(account);
        Ok(Self { client, shop, currency: account.store.currency, session, cache })
    }

    async fn read(&self, name: &'static str, query: &[(&'static str, String)]) -> Result<Answer, Problem> {
        let api = Api { name, query, body: None };
        self.session.read(name, |token, now| self.request(&api, token, now)).await
    }

    async fn write(&self, name: &'static str, body: &Value) -> Result<Answer, SendError> {
        let api = Api { name, query: &[], body: Some(body) };
        self.session.write(name, |token, now| self.request(&api, token, now)).await
    }

    fn request(&self, api: &Api<'_>, token: &str, now: Timestamp) -> Request {
        let module = if api.name == "get_shop_info" { "shop" } else { "voucher" };
        let path = format!("/api/v2/{module}/{}", api.name);
        let (timestamp, Shop { partner_id, shop_id, endpoint, .. }) = (now.timestamp(), &self.shop);
        let sign = self.shop.sign(&shop_base(*partner_id, &path, timestamp, token, *shop_id));
        let mut url = at_path(endpoint, &path);
        url.query_pairs_mut()
            .append_pair("partner_id", &partner_id.to_string())
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("access_token", token)
            .append_pair("shop_id", &shop_id.to_string())
            .append_pair("sign", &sign)
            .extend_pairs(api.query.iter().map(|(name, value)| (*name, value.as_str())));
        let method = if api.body.is_some() { Method::POST } else { Method::GET };
        Request { method, url, headers: HeaderMap::new(), body: api.body.cloned() }
    }

    fn will_ask_for_the_sign_in(&self) -> bool {
        let horizon = self.client.now() + ASKED_AGAIN;
        let known = self.session.status().ok().and_then(|status| status.authorization_ends);
        known.is_none_or(|ends| ends < horizon)
    }

    /// What the shop says of itself; the end of its authorization is kept with the tokens.
    async fn shop_info(&self) -> Result<Health, CallError> {
        let answer = self.read("get_shop_info", &[]).await?;
        // Its fields stand at the top, without a `response` around them.
        let info: ShopInfo = serde_json::from_value(answer.body.clone()).unwrap_or_default();
        let region = info.region.unwrap_or_default();
        let market = wire::MARKETS.iter().find(|(name, ..)| region.eq_ignore_ascii_case(name));
        let token_ends = info.expire_time.filter(|at| *at > 0).and_then(|at| DateTime::from_timestamp(at, 0));
        if self.session.note(info.shop_name.as_deref(), token_ends).await.is_err() {
            let shop = self.shop.shop_id;
            tracing::warn!("what shop {shop} says of itself is not kept: the file of its tokens cannot be written now");
        }
        Ok(Health {
            shop_name: info.shop_name,
            currency: market.and_then(|(_, currency, _)| Currency::parse(currency).ok()),
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends,
            restriction: info.status.filter(|status| !status.eq_ignore_ascii_case("NORMAL")).map(Message::as_written),
            ..Health::default()
        })
    }
}

#[async_trait]
impl Connector for Shopee {
    fn client(&self) -> Option<&ApiClient> {
        Some(&self.client)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        Ok(self.list_whole().await?)
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let Some(read) = self.detail(coupon.as_str()).await? else { return Ok(None) };
        let what = || message!("thing-voucher", id = coupon.as_str());
        let unreadable = |reason: Message| self.client.unreadable(what(), &reason).into();
        read.map(|detail| Some(detail.coupon)).map_err(unreadable)
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let (listed, _) = self.list_all().await?;
        let is_it = |seen: &Seen| seen.voucher.voucher_code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code));
        let ids = listed.found.into_iter().filter(|(_, seen)| is_it(seen)).map(|(id, _)| id);
        let (details, unreadable) = self.details(ids).await?;
        if let Some(reason) = unreadable.first() {
            return Err(self.client.unreadable(message!("thing-voucher-of-code", code = code), reason).into());
        }
        Ok(coupons_of(details))
    }

    async fn send(&self, write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        let (operation, body) = spelled(write, self.client.now()).map_err(|reason| self.client.impossible(reason))?;
        let answer = self.write(operation, &body).await?;
        let request_id = answer.request_id();
        if !matches!(write, Write::Create { .. }) {
            return Ok(Receipt { request_id, created: None });
        }
        match wire::response(&answer).get("voucher_id").map(lenient::id).filter(|id| !id.is_empty()) {
            Some(id) => Ok(Receipt { request_id, created: Some(CouponId::new(id)) }),
            None => Err(self.client.no_id(message!("thing-new-voucher"), request_id)),
        }
    }

    fn sign_in(&self) -> &dyn SignIn {
        self
    }

    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        self.shop_info().await.map(Some)
    }

    /// Its answer tells of the sign-in too.
    fn calls_about_the_shop(&self) -> u64 {
        u64::from(!self.will_ask_for_the_sign_in())
    }

    async fn check(&self) -> Result<Health, CallError> {
        let health = self.shop_info().await?;
        // Vouchers need a right of their own.
        let one = [("status", "all"), ("page_no", "1"), ("page_size", "1")];
        self.read("get_voucher_list", &one.map(|(name, value)| (name, value.to_string()))).await?;
        Ok(health)
    }

    // Asked for once in an authorization's life, and again towards its end: the seller may have lengthened it.
    async fn sign_in_again_by(&self) -> Option<Timestamp> {
        if self.will_ask_for_the_sign_in() {
            self.shop_info().await.ok()?;
        }
        // Each use of the refresh token moves its end, so what counts in a shop that is loaded daily is the authorization's.
        let status = self.session.status().ok()?;
        status.authorization_ends.or_else(|| status.sign_in_again_by())
    }

    fn calls_to_load(&self, known: KnownCoupons<'_>) -> u64 {
        self.calls_of_a_listing(known)
    }

    fn counts_by_each_coupon(&self) -> bool {
        true
    }

    fn calls_about_the_sign_in(&self) -> u64 {
        u64::from(self.will_ask_for_the_sign_in())
    }
}

#[async_trait]
impl SignIn for Shopee {
    fn status(&self) -> Result<SignInStatus, SignInError> {
        self.session.status()
    }

    fn takes_consent(&self) -> Result<(), SignInError> {
        self.session.takes_consent()
    }

    fn echoes_state(&self) -> bool {
        self.session.echoes_state()
    }

    fn redirect(&self) -> Redirect {
        self.session.redirect()
    }

    fn consent(&self, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
        self.session.consent(redirect, state)
    }

    async fn sign_in(&self, reply: &Reply) -> Result<SignInStatus, CallError> {
        let status = self.session.sign_in(reply).await?;
        // The tokens are safe already; what the shop says of itself is only for the eye.
        let _ = self.shop_info().await;
        Ok(self.status().unwrap_or(status))
    }
}
