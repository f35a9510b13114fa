//! WooCommerce: coupons through the REST API v3.
//!
//! One shop is one address and one key pair. The list has every field, so a load is its pages. There is no status of business,
//! no start, no request id and no idempotency key; our change id travels in a coupon's `meta_data`.

mod abilities;
mod coupon;
pub mod sign;
pub mod text;
mod wire;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use rust_decimal::prelude::ToPrimitive;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use url::Url;

use self::coupon::{Reader, create_body, minimum_text};
use self::sign::{OAuth, SignatureMethod};
use self::wire::{FIELDS, Index};
use super::account::{Account, ConnectError, Credentials, wrong_credentials};
use super::connector::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, Tally};
use super::entry::Entry;
use super::line::{Answer, Line, Problem, Request};
use super::network::Network;
use super::pace::{Pace, StorePace};
use crate::domain::{Abilities, ChangeId, Coupon, CouponId, Currency, MayWrite, Timestamp, Write};

pub use self::abilities::{ABILITIES, BACK_OFFICE, PLATFORM};
pub use self::coupon::{end_of_wire, wire_expiry};

pub static ENTRY: Entry = Entry {
    platform: PLATFORM,
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // A shop has no limit of its own, but was measured at 6 to 8 answers a second however many ask at once.
    pace: Pace { app_per_second: None, shop_per_second: 8, shop_in_flight: 2 },
    connect: |account, network| Ok(Box::new(WooCommerce::connect(account, network)?)),
};

/// The largest that is allowed.
const PAGE_SIZE: u64 = 100;
/// A listing during which the number of coupons changed may have skipped one, and is read again, this often at most.
const LISTINGS_MAX: usize = 3;

const COUPONS: &str = "wc/v3/coupons";

pub(super) struct WooCommerce {
    line: Line,
    /// The shop's own address; a subfolder stands without a slash at its end.
    shop: Url,
    consumer_key: SecretString,
    consumer_secret: SecretString,
    keys_in_query: bool,
    currency: Currency,
    /// Random, so that no two runs use a nonce twice; the counter makes each request's its own.
    nonce_beginning: String,
    nonces: AtomicU64,
}

impl WooCommerce {
    pub(super) fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let Credentials::WooCommerce { consumer_key, consumer_secret, keys_in_query } = &account.credentials else {
            return Err(wrong_credentials(account));
        };
        let line = Line::new(account, network, "", &ENTRY, wire::judge)?;
        line.hide(consumer_key.expose_secret());
        line.hide(consumer_secret.expose_secret());
        line.hide(&sign::basic_header(consumer_key.expose_secret(), consumer_secret.expose_secret()));
        let mut random = [0; 12];
        getrandom::fill(&mut random).map_err(|error| ConnectError::Random(error.to_string()))?;
        let mut shop = account.endpoint.clone();
        shop.set_path(account.endpoint.path().trim_end_matches('/'));
        Ok(Self {
            line,
            shop,
            consumer_key: consumer_key.clone(),
            consumer_secret: consumer_secret.clone(),
            keys_in_query: *keys_in_query,
            currency: account.store.currency,
            nonce_beginning: HEXLOWER.encode(&random),
            nonces: AtomicU64::new(0),
        })
    }

    async fn read(&self, call: &str, path: &str, query: &[(&str, &str)]) -> Result<Answer, Problem> {
        self.line.read(call, |now| self.request(Method::GET, path, query, None, now)).await
    }

    async fn write(&self, call: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Problem> {
        // Without `_fields` the answer to a write would bring customers' addresses.
        let force = if call == "delete coupon" { Some(("force", "true")) } else { None };
        let query: Vec<_> = force.into_iter().chain([("_fields", FIELDS)]).collect();
        self.line.write(call, |now| self.request(method.clone(), path, &query, body, now)).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
        now: Timestamp,
    ) -> Request {
        let (key, secret) = (self.consumer_key.expose_secret(), self.consumer_secret.expose_secret());
        let mut url = self.shop.clone();
        url.set_path(&format!("{}/wp-json/{path}", self.shop.path().trim_end_matches('/')));
        let mut headers = HeaderMap::new();
        let query = if self.shop.scheme() == "http" {
            let number = self.nonces.fetch_add(1, Ordering::Relaxed);
            let nonce = format!("{}{number:08x}", self.nonce_beginning);
            let oauth = OAuth {
                consumer_key: key,
                consumer_secret: secret,
                method: SignatureMethod::HmacSha256,
                nonce: &nonce,
                timestamp: now.timestamp(),
            };
            oauth.query(method.as_str(), url.as_str(), query)
        } else if self.keys_in_query {
            let keys = [("consumer_key", key), ("consumer_secret", secret)];
            sign::plain_query(&query.iter().copied().chain(keys).collect::<Vec<_>>())
        } else {
            // Base64 is always a header's text.
            if let Ok(mut value) = HeaderValue::from_str(&sign::basic_header(key, secret)) {
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            sign::plain_query(query)
        };
        url.set_query(Some(&query));
        Request { method, url, headers, body: body.cloned() }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            store: self.line.store(),
            currency: self.currency,
            now: self.line.now(),
            shop: self.shop.as_str().trim_end_matches('/'),
        }
    }

    /// All pages of a list, coupons by id. `filter` is what the list is asked for besides paging.
    async fn pages(&self, filter: &[(&str, &str)]) -> Result<Pages, Problem> {
        let mut pages = Pages::default();
        for page in 1.. {
            let page_text = page.to_string();
            let per_page = PAGE_SIZE.to_string();
            let paging = [
                ("page", page_text.as_str()),
                ("per_page", &per_page),
                ("orderby", "id"),
                ("order", "asc"),
                ("_fields", FIELDS),
            ];
            let query: Vec<_> = filter.iter().copied().chain(paging).collect();
            let answer = self.read("list coupons", COUPONS, &query).await?;
            let Some(rows) = answer.body.as_array() else {
                let sentence = format!("{} sent something that is not a list of coupons", self.line.place());
                return Err(Problem::doubtful(sentence, None));
            };
            let total = header_number(&answer, "x-wp-total");
            pages.changed_meanwhile |= page > 1 && total != pages.expected;
            pages.expected = total;
            rows.iter().for_each(|row| pages.add(row, &self.reader()));
            let full = rows.len() as u64 >= PAGE_SIZE;
            let is_last = header_number(&answer, "x-wp-totalpages").map_or(!full, |pages| page >= pages);
            if is_last || rows.is_empty() {
                break;
            }
        }
        Ok(pages)
    }

    /// None where there is no such coupon. Older versions take an id that is none for a code, so the answer's id is compared.
    async fn one(&self, id: &CouponId) -> Result<Option<Value>, Problem> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.read("get coupon", &coupon_path(id), &[("_fields", FIELDS)]).await {
            Ok(answer) => Ok(Some(answer.body).filter(|coupon| has_id(coupon, id))),
            Err(problem) if problem.error.kind == CallErrorKind::NotFound => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    async fn update(&self, id: &CouponId, body: Value) -> Result<Receipt, SendError> {
        let answer = self.write("update coupon", Method::PUT, &coupon_path(id), Some(&body)).await?;
        if !has_id(&answer.body, id) {
            let sentence = format!("{} answered the change of coupon {id} with another one", self.line.place());
            return Err(Problem::doubtful(sentence, None).into());
        }
        // Before about 10.4 a written status is accepted and ignored.
        if let Some(wanted) = body.get("status").filter(|wanted| answer.body.get("status") != Some(wanted)) {
            let sentence = format!(
                "{}: this shop's WooCommerce is too old to set a coupon to {wanted}; update it, or end or extend the coupon instead",
                self.line.place()
            );
            return Err(Problem::unsent(CallErrorKind::Rejected, sentence).into());
        }
        Ok(Receipt::default())
    }

    /// To the bin, or for good. Read first: an older shop would take an id that is gone for the code of another coupon.
    async fn remove(&self, id: &CouponId, call: &str) -> Result<Receipt, SendError> {
        if self.one(id).await.map_err(Problem::before_the_write)?.is_none() {
            let sentence = format!("{} has no coupon {id}", self.line.place());
            return Err(Problem::unsent(CallErrorKind::NotFound, sentence).into());
        }
        let answer = self.write(call, Method::DELETE, &coupon_path(id), None).await?;
        if has_id(&answer.body, id) {
            return Ok(Receipt::default());
        }
        let sentence = format!("{} answered the removal of coupon {id} with another one", self.line.place());
        Err(Problem::doubtful(sentence, None).into())
    }

    async fn create(&self, body: Value) -> Result<Receipt, SendError> {
        let answer = self.write("create coupon", Method::POST, COUPONS, Some(&body)).await?;
        match answer.body.get("id").and_then(Value::as_u64) {
            Some(id) => Ok(Receipt { request_id: None, created: Some(CouponId::new(id.to_string())) }),
            None => {
                let sentence = format!("{} took the new coupon but told no id", self.line.place());
                Err(Problem::doubtful(sentence, None).into())
            }
        }
    }

    fn impossible(&self, reason: &str) -> SendError {
        let sentence = format!("nothing was sent to {}: {reason}", self.line.place());
        Problem::unsent(CallErrorKind::Rejected, sentence).into()
    }
}

#[async_trait]
impl Connector for WooCommerce {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        // Without a status the list lacks drafts; `any` is all but the bin.
        let mut pages = self.pages(&[("status", "any")]).await?;
        for _ in 1..LISTINGS_MAX {
            if !pages.changed_meanwhile {
                break;
            }
            pages = self.pages(&[("status", "any")]).await?;
        }
        let coupons = pages.coupons.into_values().collect();
        Ok(Listing { coupons, expected: pages.expected, unreadable: pages.unreadable })
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let Some(found) = self.one(coupon).await? else { return Ok(None) };
        self.reader().coupon(&found).map(Some).map_err(|reason| {
            let sentence = format!("{}: coupon {coupon} cannot be read: {reason}", self.line.place());
            Problem::doubtful(sentence, None).error
        })
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let wanted = code.trim().to_lowercase();
        // The first finds published coupons only, but by exact code; the second finds drafts, by a part of it.
        let published = self.pages(&[("code", &wanted)]).await?;
        let any = self.pages(&[("search", text::longest_plain_part(&wanted)), ("status", "any")]).await?;
        let mut found = published.coupons;
        found.extend(any.coupons);
        let is_it = |coupon: &Coupon| coupon.code.as_deref().is_some_and(|code| code.to_lowercase() == wanted);
        Ok(found.into_values().filter(is_it).collect())
    }

    async fn send(&self, write: &Write, change: &ChangeId) -> Result<Receipt, SendError> {
        if write.coupon().is_some_and(|id| !is_id(id)) {
            return Err(self.impossible("its id is not one of WooCommerce's"));
        }
        match write {
            Write::SetEnd { coupon, ends } => {
                // `null` is ignored; an empty text clears.
                let expiry = ends.map_or(String::new(), wire_expiry);
                self.update(coupon, json!({ "date_expires": expiry })).await
            }
            Write::End { coupon, at } => {
                // Its last second is the one before; an end that is still to come would leave it usable.
                let ended = (*at).min(self.line.now());
                self.update(coupon, json!({ "date_expires": wire_expiry(ended) })).await
            }
            Write::SetTotal { total: Some(0), .. } => {
                Err(self.impossible("a limit of 0 means no limit there; end it instead"))
            }
            Write::SetTotal { coupon, total } => {
                self.update(coupon, json!({ "usage_limit": total.unwrap_or(0) })).await
            }
            Write::SetMinimum { coupon, minimum } => {
                let minimum = minimum_text(minimum).map_err(|reason| self.impossible(reason))?;
                self.update(coupon, json!({ "minimum_amount": minimum })).await
            }
            Write::Pause { coupon } => self.update(coupon, json!({ "status": "draft" })).await,
            Write::Enable { coupon, .. } => self.update(coupon, json!({ "status": "publish" })).await,
            Write::Trash { coupon } => self.remove(coupon, "trash coupon").await,
            Write::AddProducts { .. } => Err(self.impossible("a coupon is made with its products")),
            Write::Delete { coupon } => self.remove(coupon, "delete coupon").await,
            Write::Create { draft } => {
                let body = create_body(draft, change).map_err(|reason| self.impossible(reason))?;
                self.create(body).await
            }
        }
    }

    async fn check(&self) -> Result<Health, CallError> {
        let one = [("status", "any"), ("per_page", "1"), ("_fields", "id")];
        let coupons = self.read("list coupons", COUPONS, &one).await?;
        // What follows is good to know and not needed: some shops close their index.
        let index = self.read("read the shop's index", "", &[("_fields", "name,timezone_string,gmt_offset")]).await;
        let index = index.map(|answer| serde_json::from_value::<Index>(answer.body).unwrap_or_default());
        let index = index.unwrap_or_default();
        // A key that may read coupons need not be allowed to read the shop's settings.
        let currency =
            self.read("read the currency", "wc/v3/data/currencies/current", &[("_fields", "code")]).await.ok();
        let code = currency.as_ref().and_then(|answer| answer.body.get("code")).and_then(Value::as_str);
        Ok(Health {
            zone: zone(&index),
            shop_name: index.name.map(|name| text::decode_entities(&name)),
            currency: code.and_then(|code| Currency::parse(code).ok()),
            clock_ahead_seconds: coupons.clock_ahead_seconds(),
            token_ends: None,
            restriction: None,
            // A key's right to write shows only when something is written.
            may_write: MayWrite::NotTold,
            quota: None,
        })
    }

    fn tally(&self) -> Tally {
        self.line.tally()
    }

    fn pace(&self) -> Option<StorePace> {
        Some(self.line.pace())
    }
}

/// The zone by name, else by its whole hours from UTC. `Etc/GMT-8` is what lies 8 hours ahead: the sign is turned round there.
fn zone(index: &Index) -> Option<String> {
    if let Some(name) = index.timezone_string.clone().filter(|name| !name.is_empty()) {
        return Some(name);
    }
    let offset = index.gmt_offset?.normalize();
    let hours = offset.to_i64().filter(|_| offset.scale() == 0)?;
    Some(if hours == 0 { "Etc/UTC".to_string() } else { format!("Etc/GMT{:+}", -hours) })
}

fn coupon_path(id: &CouponId) -> String {
    format!("{COUPONS}/{id}")
}

fn is_id(id: &CouponId) -> bool {
    !id.as_str().is_empty() && id.as_str().bytes().all(|byte| byte.is_ascii_digit())
}

fn has_id(coupon: &Value, id: &CouponId) -> bool {
    coupon.get("id").is_some_and(|found| found.to_string().trim_matches('"') == id.as_str())
}

fn header_number(answer: &Answer, name: &str) -> Option<u64> {
    answer.header(name)?.trim().parse().ok()
}

#[derive(Default)]
struct Pages {
    coupons: BTreeMap<u64, Coupon>,
    expected: Option<u64>,
    unreadable: Vec<String>,
    changed_meanwhile: bool,
}

impl Pages {
    fn add(&mut self, row: &Value, reader: &Reader<'_>) {
        let id = row.get("id").and_then(Value::as_u64);
        match (id, reader.coupon(row)) {
            (Some(id), Ok(coupon)) => {
                self.coupons.insert(id, coupon);
            }
            (Some(id), Err(reason)) => self.unreadable.push(format!("{id}: {reason}")),
            (None, _) => self.unreadable.push("a coupon without id".to_string()),
        }
    }
}
