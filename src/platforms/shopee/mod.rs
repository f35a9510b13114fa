//! Shopee: seller vouchers through Open Platform v2.
//!
//! The list lacks minimum, cap, channels and items, so a load is the list and one `get_voucher` for each voucher of which not
//! enough is remembered. There is no status field and no idempotency key; ends can only be moved earlier once a voucher runs.

mod abilities;
mod listing;
mod remembered;
mod session;
pub mod sign;
mod voucher;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

use self::listing::coupons_of;
use self::remembered::Seen;
use self::session::{App, Session, at_path};
use self::wire::ShopInfo;
use super::account::{Account, ConnectError, Credentials, wrong_credentials};
use super::authorize::Reply;
use super::connector::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, Tally};
use super::entry::Entry;
use super::line::{Answer, Line, Problem, Request};
use super::network::Network;
use super::pace::{Day, Pace, StorePace};
use super::remembered::Shelf;
use super::tokens::{Standing, TokenError, TokenShelf};
use crate::domain::{Abilities, ChangeId, Coupon, CouponId, Currency, MayWrite, Timestamp, Write};

pub use self::voucher::{end_of_wire, wire_end};

pub use self::abilities::{ABILITIES, BACK_OFFICE, PLATFORM};

/// So long before its end an authorization is looked up at each load.
const ASKED_AGAIN: Duration = Duration::days(10);

pub static ENTRY: Entry = Entry {
    platform: PLATFORM,
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    // Source: `error_limit`, "resets 00:00 UTC+8". How many is nowhere said.
    day: Some(Day { ahead_of_utc_hours: 8, usual: None }),
    // Shopee publishes no numbers; integrators report that 100 calls a second of one app pass and 1000 do not.
    pace: Pace { app_per_second: Some(50), shop_per_second: 10, shop_in_flight: DETAILS_AT_ONCE },
    connect: |account, network| Ok(Box::new(Shopee::connect(account, network)?)),
};
const DETAILS_AT_ONCE: usize = 5;

/// A voucher's status follows from its times and Shopee's clock, which may be this far from ours: Shopee refuses requests that
/// are further off, so a larger difference is no clock of theirs.
const CLOCKS_APART_MAX: Duration = Duration::minutes(5);

pub(super) struct Shopee {
    line: Line,
    app: App,
    shop_id: u64,
    endpoint: Url,
    currency: Currency,
    session: Session,
    /// None where everything is asked for anew.
    shelf: Option<Shelf>,
}

/// One business call: its path, its query and its body.
struct Api<'a> {
    name: &'static str,
    query: &'a [(&'static str, String)],
    body: Option<&'a Value>,
}

impl Shopee {
    pub(super) fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let Credentials::Shopee { partner_id, partner_key, refresh_token } = &account.credentials else {
            return Err(wrong_credentials(account));
        };
        let shop_id = account.store.shop.as_str().parse().map_err(|_| ConnectError::Shop {
            store: account.store.id.clone(),
            platform: ENTRY.name(),
            found: account.store.shop.to_string(),
            wanted: "write the digits that Shopee shows as shop_id",
        })?;
        let line = Line::new(account, network, &partner_id.to_string(), &ENTRY, wire::judge)?;
        line.hide(partner_key.expose_secret());
        refresh_token.iter().for_each(|token| line.hide(token.expose_secret()));
        let shelf = TokenShelf::new(network.token_folder(), account.store.id.clone());
        Ok(Self {
            line,
            app: App { partner_id: *partner_id, partner_key: partner_key.clone() },
            shop_id,
            endpoint: account.endpoint.clone(),
            currency: account.store.currency,
            session: Session::new(shop_id, account.endpoint.clone(), refresh_token.clone(), shelf),
            shelf: network.remembered(account),
        })
    }

    pub(super) fn consent_link(&self, redirect: &Url) -> Url {
        self.session.consent_link(&self.app, redirect, self.line.now())
    }

    pub(super) async fn sign_in(&self, reply: &Reply) -> Result<Standing, CallError> {
        self.session.sign_in(&self.app, &self.line, reply).await?;
        // The tokens are safe already; what the shop says of itself is only for the eye.
        let _ = self.shop_info().await;
        self.standing().map_err(|error| Problem::unsent(CallErrorKind::SignIn, error.to_string()).error)
    }

    pub(super) fn standing(&self) -> Result<Standing, TokenError> {
        self.session.standing()
    }

    async fn read(&self, name: &'static str, query: &[(&'static str, String)]) -> Result<Answer, Problem> {
        let api = Api { name, query, body: None };
        let token = self.session.access_token(&self.app, &self.line, None).await?;
        match self.line.read(name, |now| self.request(&api, &token, now)).await {
            Err(problem) if refused_token(&problem) => {
                let token = self.session.access_token(&self.app, &self.line, Some(&token)).await?;
                self.line.read(name, |now| self.request(&api, &token, now)).await
            }
            result => result,
        }
    }

    async fn write(&self, name: &'static str, body: &Value) -> Result<Answer, SendError> {
        let api = Api { name, query: &[], body: Some(body) };
        let token = self.session.access_token(&self.app, &self.line, None).await.map_err(Problem::before_the_write)?;
        match self.line.write(name, |now| self.request(&api, &token, now)).await {
            // Refused before it was looked at: nothing was done, and the same write may go out once more.
            Err(problem) if refused_token(&problem) => {
                let renewed = self.session.access_token(&self.app, &self.line, Some(&token)).await;
                let token = renewed.map_err(Problem::before_the_write)?;
                Ok(self.line.write(name, |now| self.request(&api, &token, now)).await?)
            }
            result => Ok(result?),
        }
    }

    fn request(&self, api: &Api<'_>, token: &str, now: Timestamp) -> Request {
        let module = if api.name == "get_shop_info" { "shop" } else { "voucher" };
        let path = format!("/api/v2/{module}/{}", api.name);
        let timestamp = now.timestamp();
        let base = sign::shop_base(self.app.partner_id, &path, timestamp, token, self.shop_id);
        let sign = self.app.sign(&base);
        let mut url = at_path(&self.endpoint, &path);
        url.query_pairs_mut()
            .append_pair("partner_id", &self.app.partner_id.to_string())
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("access_token", token)
            .append_pair("shop_id", &self.shop_id.to_string())
            .append_pair("sign", &sign)
            .extend_pairs(api.query.iter().map(|(name, value)| (*name, value.as_str())));
        let method = if api.body.is_some() { Method::POST } else { Method::GET };
        Request { method, url, headers: HeaderMap::new(), body: api.body.cloned() }
    }

    fn will_ask_for_the_sign_in(&self) -> bool {
        let horizon = self.line.now() + ASKED_AGAIN;
        let known = self.standing().ok().and_then(|standing| standing.authorization_ends);
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
        if let Err(error) = self.session.note(info.shop_name.as_deref(), token_ends).await {
            tracing::warn!("{error}");
        }
        Ok(Health {
            shop_name: info.shop_name,
            currency: market.and_then(|(_, currency, _)| Currency::parse(currency).ok()),
            zone: None,
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends,
            restriction: info.status.filter(|status| !status.eq_ignore_ascii_case("NORMAL")),
            may_write: MayWrite::NotTold,
            quota: None,
        })
    }

    /// The operation and the body of a write, or why Shopee cannot do it.
    fn spelled(&self, write: &Write) -> Result<(&'static str, Value), &'static str> {
        let id = match write.coupon() {
            Some(coupon) => coupon.as_str().parse::<u64>().map_err(|_| "its id is not one of Shopee's")?,
            None => 0,
        };
        let update = |field: &str, value: Value| Ok(("update_voucher", json!({ "voucher_id": id, field: value })));
        match write {
            Write::SetEnd { ends: Some(ends), .. } => update("end_time", json!(wire_end(*ends))),
            Write::SetEnd { ends: None, .. } => Err("a Shopee voucher needs an end"),
            Write::SetTotal { total: Some(total), .. } => update("usage_quantity", json!(total)),
            Write::SetTotal { total: None, .. } => Err("a Shopee voucher needs a total"),
            Write::SetMinimum { minimum, .. } => update("min_basket_price", voucher::minimum_price(minimum)?),
            Write::End { .. } => Ok(("end_voucher", json!({ "voucher_id": id }))),
            Write::Delete { .. } => Ok(("delete_voucher", json!({ "voucher_id": id }))),
            Write::Create { draft } => {
                let soonest = self.line.now() + voucher::START_LEAD;
                Ok(("add_voucher", voucher::add_body(draft, soonest)?))
            }
            Write::Pause { .. } => Err("Shopee has no pause"),
            Write::Enable { .. } => Err("Shopee has no way to start a voucher again"),
            Write::Trash { .. } => Err("Shopee has no bin"),
            Write::AddProducts { .. } => Err("a Shopee voucher is made with its products"),
        }
    }
}

#[async_trait]
impl Connector for Shopee {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        match &self.shelf {
            Some(shelf) => Ok(self.list_remembering(shelf).await?),
            None => Ok(self.list_anew().await?),
        }
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let Some(read) = self.detail(coupon.as_str()).await? else { return Ok(None) };
        read.map(|detail| Some(detail.coupon)).map_err(|reason| {
            let sentence = format!("{}: voucher {coupon} cannot be read: {reason}", self.line.place());
            Problem::doubtful(sentence, None).error
        })
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let listed = self.list_all().await?;
        let is_it = |seen: &Seen| seen.voucher.voucher_code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code));
        let ids = listed.vouchers.into_iter().filter(|(_, seen)| is_it(seen)).map(|(id, _)| id);
        let (details, unreadable) = self.details(ids).await?;
        if let Some(reason) = unreadable.first() {
            let sentence = format!("{}: a voucher with the code {code} cannot be read: {reason}", self.line.place());
            return Err(Problem::doubtful(sentence, None).error);
        }
        Ok(coupons_of(details))
    }

    async fn send(&self, write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        let (operation, body) = self.spelled(write).map_err(|reason| {
            let sentence = format!("nothing was sent to {}: {reason}", self.line.place());
            SendError::from(Problem::unsent(CallErrorKind::Rejected, sentence))
        })?;
        let answer = self.write(operation, &body).await?;
        let request_id = wire::request_id(&answer);
        if !matches!(write, Write::Create { .. }) {
            return Ok(Receipt { request_id, created: None });
        }
        let created = wire::response(&answer).get("voucher_id").map(|id| id.to_string().trim_matches('"').to_string());
        match created.filter(|id| !id.is_empty() && id != "null") {
            Some(id) => Ok(Receipt { request_id, created: Some(CouponId::new(id)) }),
            None => {
                let sentence = format!("{} took the new voucher but told no id", self.line.place());
                Err(Problem::doubtful(sentence, request_id).into())
            }
        }
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
        let standing = self.standing().ok()?;
        standing.authorization_ends.or_else(|| standing.sign_in_again_by())
    }

    fn tally(&self) -> Tally {
        self.line.tally()
    }

    fn calls_to_load(&self, known: &[&Coupon]) -> u64 {
        self.calls_of_a_listing(known)
    }

    fn calls_about_the_sign_in(&self) -> u64 {
        u64::from(self.will_ask_for_the_sign_in())
    }

    fn pace(&self) -> Option<StorePace> {
        Some(self.line.pace())
    }
}

fn refused_token(problem: &Problem) -> bool {
    wire::is_token_refusal(problem.code.as_deref(), problem.error.platform_words.as_deref())
}
