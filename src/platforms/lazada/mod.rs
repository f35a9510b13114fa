//! Lazada: seller vouchers through the Open Platform.
//!
//! Vouchers that buyers collect and vouchers with a code are listed apart. There is no delete, no end and no idempotency key;
//! an update replaces the whole voucher, so it is read first and written back with one field changed. Calls name no shop: the
//! access token says whose they are.

mod abilities;
mod app;
mod loading;
mod session;
pub mod sign;
mod voucher;
mod wire;

use async_trait::async_trait;
use reqwest::Method;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::Mutex;
use url::Url;

use self::app::{Api, App};
use self::session::Session;
use self::voucher::{Field, SKU_IDS};
use self::wire::{COLLECTIBLE, Seller, VOUCHER_TYPES, Voucher, WITH_CODE};
use super::account::{Account, ConnectError, Credentials, is_this_machine, wrong_credentials};
use super::authorize::Reply;
use super::connector::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, Tally};
use super::entry::Entry;
use super::line::{Answer, Line, Problem};
use super::network::Network;
use super::pace::{Day, Pace, StorePace};
use super::tokens::{Standing, TokenError};
use crate::domain::{Abilities, ChangeId, Coupon, CouponId, Currency, Draft, MayWrite, Start, Timestamp, Write};

pub use self::abilities::{ABILITIES, BACK_OFFICE, PLATFORM};
pub use self::voucher::{end_of_wire, wire_end};

pub static ENTRY: Entry = Entry {
    platform: PLATFORM,
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    // Source: flow-control page, for an app that is online (a test app has 10,000). When its day begins is inferred.
    day: Some(Day { ahead_of_utc_hours: 8, usual: Some(10_000_000) }),
    // Source: Lazada publishes no number; five a second for an app in a country is our inference.
    pace: Pace { app_per_second: Some(5), shop_per_second: 5, shop_in_flight: 4 },
    connect: |account, network| Ok(Box::new(Lazada::connect(account, network)?)),
};

const CREATE: &str = "/promotion/voucher/create";
const UPDATE: &str = "/promotion/voucher/update";
const ACTIVATE: &str = "/promotion/voucher/activate";
const DEACTIVATE: &str = "/promotion/voucher/deactivate";
const ADD_PRODUCTS: &str = "/promotion/voucher/product/sku/add";
const SELLER: &str = "/seller/get";

/// So many refused products are named.
const TOLD_MAX: usize = 5;

/// Source: Lazada's developer guide; one for all countries.
const TOKEN_HOST: &str = "https://auth.lazada.com/rest";

pub(super) struct Lazada {
    line: Line,
    app: App,
    endpoint: Url,
    currency: Currency,
    /// What Lazada calls the seller; none where the store is known by something else.
    seller_id: Option<String>,
    session: Session,
    /// Of which type a voucher is, by id: every call about it has to say so, and it never changes.
    types: Mutex<HashMap<String, &'static str>>,
}

impl Lazada {
    pub(super) fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let Credentials::Lazada { app_key, app_secret, tokens } = &account.credentials else {
            return Err(wrong_credentials(account));
        };
        let endpoint = account.endpoint.clone();
        // The platform counts an app's calls in each country apart.
        let counted = format!("{app_key}@{}", endpoint.host_str().unwrap_or_default());
        let line = Line::new(account, network, &counted, &ENTRY, wire::judge)?;
        line.hide(app_secret.expose_secret());
        tokens.secret().into_iter().for_each(|token| line.hide(token.expose_secret()));
        let seller_id = seller_id(account);
        let token_host = token_host(account)?;
        let store = account.store.id.clone();
        Ok(Self {
            line,
            app: App { app_key: app_key.clone(), app_secret: app_secret.clone() },
            endpoint,
            currency: account.store.currency,
            session: Session::new(token_host, tokens.clone(), seller_id.clone(), network.token_folder(), store),
            seller_id,
            types: Mutex::default(),
        })
    }

    pub(super) fn consent_link(&self, redirect: &Url, state: &str) -> Url {
        self.session.consent_link(&self.app, redirect, state)
    }

    pub(super) async fn sign_in(&self, reply: &Reply) -> Result<Standing, CallError> {
        Ok(self.session.sign_in(&self.app, &self.line, reply).await?)
    }

    pub(super) fn standing(&self) -> Result<Standing, TokenError> {
        self.session.standing()
    }

    async fn read(&self, path: &'static str, parameters: &[Field]) -> Result<Answer, Problem> {
        let api = Api { method: Method::GET, path, parameters };
        let request = |token: &str, now| self.app.request(&self.endpoint, &api, Some(token), now);
        let token = self.session.access_token(&self.app, &self.line, None).await?;
        match self.line.read(api.name(), |now| request(&token, now)).await {
            Err(problem) if self.may_renew(&problem) => {
                let token = self.session.access_token(&self.app, &self.line, Some(&token)).await?;
                self.line.read(api.name(), |now| request(&token, now)).await
            }
            result => result,
        }
    }

    async fn write(&self, path: &'static str, parameters: &[Field]) -> Result<Answer, SendError> {
        let api = Api { method: Method::POST, path, parameters };
        let request = |token: &str, now| self.app.request(&self.endpoint, &api, Some(token), now);
        let token = self.session.access_token(&self.app, &self.line, None).await.map_err(Problem::before_the_write)?;
        match self.line.write(api.name(), |now| request(&token, now)).await {
            // Refused before it was looked at: nothing was done, and the same write may go out once more.
            Err(problem) if self.may_renew(&problem) => {
                let renewed = self.session.access_token(&self.app, &self.line, Some(&token)).await;
                let token = renewed.map_err(Problem::before_the_write)?;
                Ok(self.line.write(api.name(), |now| request(&token, now)).await?)
            }
            result => Ok(result?),
        }
    }

    fn may_renew(&self, problem: &Problem) -> bool {
        wire::is_token_refusal(problem.code.as_deref()) && self.session.can_renew()
    }

    /// The present voucher, which every write about it needs.
    async fn present(&self, id: &CouponId) -> Result<Voucher, SendError> {
        match self.voucher(id).await.map_err(Problem::before_the_write)? {
            Some(voucher) => Ok(voucher),
            None => {
                let sentence = format!("{} has no voucher {id}", self.line.place());
                Err(Problem::unsent(CallErrorKind::NotFound, sentence).into())
            }
        }
    }

    async fn update(&self, id: &CouponId, changed: Field) -> Result<Receipt, SendError> {
        let voucher = self.present(id).await?;
        self.replace(&voucher, changed).await
    }

    // Lowering is refused by the platform in words of its own, and raising to what it is already perhaps too.
    async fn raise_total(&self, id: &CouponId, total: u64) -> Result<Receipt, SendError> {
        let voucher = self.present(id).await?;
        match voucher.issued.and_then(|issued| u64::try_from(issued).ok()) {
            Some(issued) if total <= issued => {
                Err(self.impossible(&format!("its total is {issued} and can only be raised")))
            }
            _ => self.replace(&voucher, ("issued", total.to_string())).await,
        }
    }

    async fn replace(&self, voucher: &Voucher, changed: Field) -> Result<Receipt, SendError> {
        let parameters = voucher::update(voucher, changed).map_err(|reason| self.impossible(&reason))?;
        Ok(receipt(&self.write(UPDATE, &parameters).await?))
    }

    async fn switch(&self, id: &CouponId, path: &'static str) -> Result<Receipt, SendError> {
        let voucher_type = self.present(id).await?.voucher_type.unwrap_or_default();
        Ok(receipt(&self.write(path, &[("voucher_type", voucher_type), ("id", id.to_string())]).await?))
    }

    async fn create(&self, draft: &Draft) -> Result<Receipt, SendError> {
        let soonest = self.line.now() + voucher::START_LEAD;
        let parameters = voucher::create(draft, soonest).map_err(|reason| self.impossible(reason))?;
        let answer = self.write(CREATE, &parameters).await?;
        let id = wire::data(&answer).to_string().trim_matches('"').to_string();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            let sentence = format!("{} took the new voucher but told no id", self.line.place());
            return Err(Problem::doubtful(sentence, wire::request_id(&answer)).into());
        }
        Ok(Receipt { created: Some(CouponId::new(id)), ..receipt(&answer) })
    }

    /// The variants that Lazada does not take are told, each with its reason; the others are added all the same.
    async fn add_products(&self, id: &CouponId, products: &[String]) -> Result<Receipt, SendError> {
        let voucher_type = self.present(id).await?.voucher_type.unwrap_or_default();
        // Ids are digits: a list of them is JSON as it stands.
        let sku_ids = format!("[{}]", products.join(","));
        let parameters = [("voucher_type", voucher_type), ("id", id.to_string()), (SKU_IDS, sku_ids)];
        let answer = self.write(ADD_PRODUCTS, &parameters).await?;
        match wire::data(&answer).as_object().filter(|refused| !refused.is_empty()) {
            None => Ok(receipt(&answer)),
            Some(refused) => {
                let told: Vec<String> = refused
                    .iter()
                    .take(TOLD_MAX)
                    .map(|(id, why)| format!("{id} ({})", why.as_str().unwrap_or("?")))
                    .collect();
                let sentence = format!(
                    "{} did not take {} of the {} products: {}; the voucher is there without them",
                    self.line.place(),
                    refused.len(),
                    products.len(),
                    told.join(", ")
                );
                let mut problem = Problem::unsent(CallErrorKind::Rejected, sentence);
                problem.error.request_id = wire::request_id(&answer);
                Err(problem.into())
            }
        }
    }

    fn impossible(&self, reason: &str) -> SendError {
        let sentence = format!("nothing was sent to {}: {reason}", self.line.place());
        Problem::unsent(CallErrorKind::Rejected, sentence).into()
    }
}

#[async_trait]
impl Connector for Lazada {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let mut listing = Listing { expected: Some(0), ..Listing::default() };
        for voucher_type in VOUCHER_TYPES {
            let listed = self.listed(voucher_type).await?;
            listing.expected = listing.expected.zip(listed.total).map(|(sum, total)| sum + total as u64);
            let (coupons, unreadable) = self.coupons(listed.vouchers.into_values()).await?;
            listing.coupons.extend(coupons);
            listing.unreadable.extend(unreadable);
            listing.unreadable.extend(listed.unreadable);
        }
        Ok(listing)
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let Some(voucher) = self.voucher(coupon).await? else { return Ok(None) };
        self.coupon(&voucher).await?.map(Some).map_err(|reason| {
            let sentence = format!("{}: voucher {coupon} cannot be read: {reason}", self.line.place());
            Problem::doubtful(sentence, None).error
        })
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let is_it = |voucher: &Voucher| voucher.voucher_code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code));
        Ok(self.picked(WITH_CODE, is_it).await?)
    }

    /// By name and period: what the API can make has no code.
    async fn find_created(&self, draft: &Draft) -> Result<Vec<Coupon>, CallError> {
        let starts = match draft.start {
            Start::At(at) => Some(at.timestamp_millis()),
            Start::Soonest => None,
        };
        let ends = draft.ends.map(wire_end);
        let is_it = |voucher: &Voucher| {
            voucher.voucher_name.as_deref() == Some(&draft.name)
                && (starts.is_none() || voucher.period_start_time == starts)
                && voucher.period_end_time == ends
        };
        Ok(self.picked(COLLECTIBLE, is_it).await?)
    }

    async fn send(&self, write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        match write {
            Write::SetEnd { coupon, ends: Some(ends) } => {
                self.update(coupon, ("period_end_time", wire_end(*ends).to_string())).await
            }
            Write::SetEnd { ends: None, .. } => Err(self.impossible("a Lazada voucher needs an end")),
            Write::SetTotal { coupon, total: Some(total) } => self.raise_total(coupon, *total).await,
            Write::SetTotal { total: None, .. } => Err(self.impossible("a Lazada voucher needs a total")),
            Write::SetMinimum { coupon, minimum } => {
                let amount = voucher::minimum_amount(minimum).map_err(|reason| self.impossible(reason))?;
                self.update(coupon, ("criteria_over_money", amount)).await
            }
            Write::Pause { coupon } => self.switch(coupon, DEACTIVATE).await,
            Write::Enable { coupon, .. } => self.switch(coupon, ACTIVATE).await,
            Write::Create { draft } => self.create(draft).await,
            Write::AddProducts { coupon: Some(coupon), products } => self.add_products(coupon, products).await,
            Write::AddProducts { coupon: None, .. } => Err(self.impossible("no voucher is named to add products to")),
            Write::End { .. } => Err(self.impossible("Lazada has no end; a voucher can be paused")),
            Write::Delete { .. } => Err(self.impossible("Lazada's API cannot delete")),
            Write::Trash { .. } => Err(self.impossible("Lazada has no bin")),
        }
    }

    async fn check(&self) -> Result<Health, CallError> {
        let answer = self.read(SELLER, &[]).await?;
        let seller: Seller = serde_json::from_value(wire::data(&answer)).unwrap_or_default();
        if let (Some(ours), Some(theirs)) = (&self.seller_id, &seller.seller_id)
            && ours != theirs
        {
            let sentence = session::other_seller(&self.line, ours, theirs);
            return Err(Problem::unsent(CallErrorKind::SignIn, sentence).error);
        }
        let is_active = |status: &String| status.eq_ignore_ascii_case("ACTIVE");
        // Vouchers need a right of their own, which sellers in ease mode do not have.
        if !seller.marketplace_ease_mode {
            self.try_reading().await?;
        }
        let mut restriction = seller.status.filter(|status| !is_active(status));
        if seller.marketplace_ease_mode {
            restriction = Some("marketplace ease mode: no promotion calls are allowed".to_string());
        }
        Ok(Health {
            shop_name: seller.name,
            currency: currency_at(&self.endpoint),
            zone: None,
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends: self.session.ends().await,
            restriction,
            may_write: if seller.marketplace_ease_mode { MayWrite::Lacking } else { MayWrite::NotTold },
            quota: None,
        })
    }

    async fn sign_in_again_by(&self) -> Option<Timestamp> {
        self.standing().ok()?.sign_in_again_by()
    }

    fn tally(&self) -> Tally {
        self.line.tally()
    }

    fn calls_to_load(&self, known: &[&Coupon]) -> u64 {
        self.calls_of_a_listing(known) + u64::from(self.session.will_refresh(self.line.now()))
    }

    fn pace(&self) -> Option<StorePace> {
        Some(self.line.pace())
    }
}

fn receipt(answer: &Answer) -> Receipt {
    Receipt { request_id: wire::request_id(answer), created: None }
}

/// A store's shop is `sg/1000000101`: sellers are numbered in each country.
fn seller_id(account: &Account) -> Option<String> {
    let id = account.store.shop.as_str().rsplit('/').next().unwrap_or_default();
    Some(id.to_string()).filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn token_host(account: &Account) -> Result<Url, ConnectError> {
    if is_this_machine(&account.endpoint) {
        return Ok(account.endpoint.clone());
    }
    Url::parse(TOKEN_HOST).map_err(|_| ConnectError::Address {
        store: account.store.id.clone(),
        address: TOKEN_HOST.to_string(),
        wanted: "write https:// and a host",
    })
}

/// The country's currency, by the ending of its host; none for hosts that are not Lazada's.
fn currency_at(endpoint: &Url) -> Option<Currency> {
    let country = endpoint.host_str()?.strip_prefix("api.lazada.")?;
    let (currency, _) = voucher::COUNTRIES.iter().find(|(_, ending)| *ending == country)?;
    Currency::parse(currency).ok()
}
