//! Lazada: seller vouchers through the Open Platform.
//!
//! Vouchers that buyers collect and vouchers with a code are listed apart. There is no delete, no end and no idempotency key;
//! an update replaces the whole voucher, so it is read first and written back with one field changed. Calls name no shop: the
//! access token says whose they are.

mod abilities;
mod app;
mod loading;
mod session;
mod voucher;
mod wire;

use async_trait::async_trait;
use reqwest::Method;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use url::Url;

use self::app::{Api, App};
use self::session::LazadaTokens;
use self::voucher::{Field, SKU_IDS};
use self::wire::{COLLECTIBLE, Seller, VOUCHER_TYPES, Voucher, WITH_CODE};
use super::account::{Account, ConnectError};
use super::client::{Answer, ApiClient, Problem};
use super::connector::{Connector, Health, KnownCoupons, Listing, Receipt};
use super::entry::Entry;
use super::errors::{CallError, CallErrorKind, SendError};
use super::hashes::fingerprint;
use super::keys::{Key, KeyCheck, KeyKind, Place};
use super::lenient;
use super::network::Network;
use super::pace::{Day, Pace};
use super::session::{Session, TokenSource};
use super::sign_in::SignIn;
use crate::domain::{Argument, ChangeId, Coupon, CouponId, Currency, Draft, MayWrite, Message, ShopId, Start, Write};
use crate::message;

use self::abilities::{ABILITIES, BACK_OFFICE};
pub use self::app::{sign, signed_text};
pub use self::voucher::{end_of_wire, wire_end};

pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    // Source: flow-control page, for an app that is online (a test app has 10,000). When its day begins is inferred.
    day: Some(Day { ahead_of_utc_hours: 8, usual: Some(10_000_000) }),
    // Source: Lazada publishes no number; five a second for an app in a country is our inference.
    pace: Pace { app_per_second: Some(5), shop_per_second: 5, shop_in_flight: 4 },
    keys: &KEYS,
    check,
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

const KEYS: [Key; 6] = [
    Key::needed("country", KeyKind::Text),
    Key::needed("seller_id", KeyKind::Id),
    Key::needed("app_key", KeyKind::Id),
    Key::needed("app_secret", KeyKind::Secret),
    // From the seller's consent, for the first sign-in. Stores that one consent covers name the same one.
    Key::optional("refresh_token", KeyKind::Secret),
    // For apps of the service market, whose sign-in lasts as long as the subscription and cannot be renewed.
    Key::optional("access_token", KeyKind::Secret),
];

fn check(check: &mut KeyCheck<'_>) -> Option<Place> {
    if check.keys.secret("refresh_token").is_some() && check.keys.secret("access_token").is_some() {
        let wanted = "keep refresh_token; an access_token alone is for apps that cannot renew their sign-in";
        check.wrong("refresh_token", "refresh_token and access_token are both given", wanted);
    }
    let written = check.keys.text("country")?;
    let Some(country) = voucher::COUNTRIES.iter().find(|country| country.word.eq_ignore_ascii_case(written)) else {
        check.wrong("country", format!("{written:?} is not a country of Lazada's"), "write sg, my, th, vn, ph or id");
        return None;
    };
    // Sellers are numbered in each country.
    let shop = ShopId::new(format!("{}/{}", country.word, check.keys.text("seller_id")?));
    Some(Place { shop, endpoint: check.endpoint_or(&format!("https://api.lazada.{}/rest", country.ending))? })
}

struct Lazada {
    client: Arc<ApiClient>,
    app: App,
    endpoint: Url,
    currency: Currency,
    /// What Lazada calls the seller; none where the store is known by something else.
    seller_id: Option<String>,
    session: Arc<Session>,
    /// Of which type a voucher is, by id: every call about it has to say so, and it never changes.
    types: Mutex<HashMap<String, &'static str>>,
}

impl Lazada {
    fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let app = App { app_key: account.needed("app_key")?, app_secret: account.needed_secret("app_secret")? };
        let endpoint = account.endpoint.clone();
        // The platform counts an app's calls in each country apart.
        let counted = format!("{}@{}", app.app_key, endpoint.host_str().unwrap_or_default());
        let client = Arc::new(ApiClient::new(account, network, &counted, ENTRY.terms(), wire::judge)?);
        let seller_id = seller_id(account);
        let token = |key: &str| account.keys.secret(key).cloned();
        let source = match (token("access_token"), token("refresh_token")) {
            (Some(access_token), None) => TokenSource::Fixed(access_token),
            (_, refresh_token) => TokenSource::Refresh(refresh_token),
        };
        let seed = fingerprint(source.configured().unwrap_or_default(), 10);
        let host = account.host_beside(TOKEN_HOST)?;
        let flow = LazadaTokens { app: app.clone(), host, seller_id: seller_id.clone() };
        let session = Session::new(Arc::clone(&client), network, flow, source, seed);
        let currency = account.store.currency;
        Ok(Self { client, app, endpoint, currency, session, seller_id, types: Mutex::default() })
    }

    async fn read(&self, path: &'static str, parameters: &[Field]) -> Result<Answer, Problem> {
        let api = Api { method: Method::GET, path, parameters };
        self.session.read(api.name(), |token, now| self.app.request(&self.endpoint, &api, Some(token), now)).await
    }

    async fn write(&self, path: &'static str, parameters: &[Field]) -> Result<Answer, SendError> {
        let api = Api { method: Method::POST, path, parameters };
        self.session.write(api.name(), |token, now| self.app.request(&self.endpoint, &api, Some(token), now)).await
    }

    async fn seller(&self) -> Result<(Seller, Answer), Problem> {
        let answer = self.read(SELLER, &[]).await?;
        let seller: Seller = serde_json::from_value(wire::data(&answer)).unwrap_or_default();
        match (&self.seller_id, &seller.seller_id) {
            (Some(ours), Some(theirs)) if ours != theirs => Err(session::other_seller(&self.client, ours, theirs)),
            _ => Ok((seller, answer)),
        }
    }

    /// The present voucher, which every write about it needs.
    async fn present(&self, id: &CouponId) -> Result<Voucher, SendError> {
        match self.voucher(id).await.map_err(Problem::before_the_write)? {
            Some(voucher) => Ok(voucher),
            None => Err(self.client.gone(message!("thing-voucher", id = id.as_str()))),
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
                Err(self.client.impossible_since(message!("impossible-total-raised", total = Argument::Digits(issued))))
            }
            _ => self.replace(&voucher, ("issued", total.to_string())).await,
        }
    }

    async fn replace(&self, voucher: &Voucher, changed: Field) -> Result<Receipt, SendError> {
        let parameters = voucher::update(voucher, changed).map_err(|reason| self.client.impossible_since(reason))?;
        Ok(receipt(&self.write(UPDATE, &parameters).await?))
    }

    async fn switch(&self, id: &CouponId, path: &'static str) -> Result<Receipt, SendError> {
        let voucher_type = self.present(id).await?.voucher_type.unwrap_or_default();
        Ok(receipt(&self.write(path, &[("voucher_type", voucher_type), ("id", id.to_string())]).await?))
    }

    async fn create(&self, draft: &Draft) -> Result<Receipt, SendError> {
        let soonest = self.client.now() + voucher::START_LEAD;
        let parameters = voucher::create(draft, soonest).map_err(|reason| self.client.impossible(reason))?;
        let answer = self.write(CREATE, &parameters).await?;
        let id = lenient::id(&wire::data(&answer));
        if !lenient::is_digits(&id) {
            return Err(self.client.no_id(message!("thing-new-voucher"), answer.request_id()));
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
                let sentence = message!(
                    "call-products-refused",
                    place = self.client.place(),
                    refused = Argument::Digits(refused.len() as u64),
                    all = Argument::Digits(products.len() as u64),
                    told = told.join(", ")
                );
                let mut problem = Problem::unsent(CallErrorKind::Rejected, sentence);
                problem.error.request_id = answer.request_id();
                Err(problem.into())
            }
        }
    }
}

#[async_trait]
impl Connector for Lazada {
    fn client(&self) -> Option<&ApiClient> {
        Some(&self.client)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let mut listing = Listing { expected: Some(0), ..Listing::default() };
        for voucher_type in VOUCHER_TYPES {
            let listed = self.listed(voucher_type).await?;
            listing.expected = listing.expected.zip(listed.total).map(|(sum, total)| sum + total);
            let (coupons, unreadable) = self.coupons(listed.found.into_values()).await?;
            listing.coupons.extend(coupons);
            listing.unreadable.extend(unreadable);
            listing.unreadable.extend(listed.unreadable);
        }
        Ok(listing)
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let Some(voucher) = self.voucher(coupon).await? else { return Ok(None) };
        let what = || message!("thing-voucher", id = coupon.as_str());
        let unreadable = |reason: Message| self.client.unreadable(what(), &reason).into();
        self.coupon(&voucher).await?.map(Some).map_err(unreadable)
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
            Write::SetEnd { ends: None, .. } => Err(self.client.impossible("impossible-lazada-no-end")),
            Write::SetTotal { coupon, total: Some(total) } => self.raise_total(coupon, *total).await,
            Write::SetTotal { total: None, .. } => Err(self.client.impossible("impossible-lazada-no-total")),
            Write::SetMinimum { coupon, minimum } => {
                let amount = voucher::minimum_amount(minimum).map_err(|reason| self.client.impossible(reason))?;
                self.update(coupon, ("criteria_over_money", amount)).await
            }
            Write::Pause { coupon } => self.switch(coupon, DEACTIVATE).await,
            Write::Enable { coupon, .. } => self.switch(coupon, ACTIVATE).await,
            Write::Create { draft } => self.create(draft).await,
            Write::AddProducts { coupon: Some(coupon), products } => self.add_products(coupon, products).await,
            Write::AddProducts { coupon: None, .. } => Err(self.client.impossible("impossible-lazada-no-voucher")),
            Write::End { .. } => Err(self.client.impossible("impossible-lazada-end")),
            Write::Delete { .. } => Err(self.client.impossible("impossible-lazada-delete")),
            Write::Trash { .. } => Err(self.client.impossible("impossible-lazada-bin")),
        }
    }

    fn sign_in(&self) -> &dyn SignIn {
        &*self.session
    }

    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        self.seller().await?;
        Ok(Some(Health { currency: currency_at(&self.endpoint), ..Health::default() }))
    }

    fn calls_about_the_shop(&self) -> u64 {
        1
    }

    async fn check(&self) -> Result<Health, CallError> {
        let (seller, answer) = self.seller().await?;
        let is_active = |status: &String| status.eq_ignore_ascii_case("ACTIVE");
        // Vouchers need a right of their own, which sellers in ease mode do not have.
        if !seller.marketplace_ease_mode {
            self.try_reading().await?;
        }
        let mut restriction = seller.status.filter(|status| !is_active(status)).map(Message::as_written);
        if seller.marketplace_ease_mode {
            restriction = Some(message!("check-ease-mode"));
        }
        Ok(Health {
            shop_name: seller.name,
            currency: currency_at(&self.endpoint),
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends: self.session.held().await.and_then(|status| status.authorization_ends.or(status.access_ends)),
            restriction,
            may_write: if seller.marketplace_ease_mode { MayWrite::Lacking } else { MayWrite::NotTold },
            ..Health::default()
        })
    }

    fn calls_to_load(&self, known: KnownCoupons<'_>) -> u64 {
        self.calls_of_a_listing(known.each()) + self.session.calls_to_renew()
    }

    fn counts_by_each_coupon(&self) -> bool {
        true
    }
}

fn receipt(answer: &Answer) -> Receipt {
    Receipt { request_id: answer.request_id(), created: None }
}

/// A store's shop is `sg/1000000101`: sellers are numbered in each country.
fn seller_id(account: &Account) -> Option<String> {
    let id = account.store.shop.as_str().rsplit('/').next().unwrap_or_default();
    Some(id.to_string()).filter(|id| lenient::is_digits(id))
}

/// The country's currency, by the ending of its host; none for hosts that are not Lazada's.
fn currency_at(endpoint: &Url) -> Option<Currency> {
    let country = endpoint.host_str()?.strip_prefix("api.lazada.")?;
    Currency::parse(voucher::COUNTRIES.iter().find(|known| known.ending == country)?.currency).ok()
}
