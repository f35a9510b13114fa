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
use reqwest::header::{AUTHORIZATION, HeaderMap};
use rust_decimal::prelude::ToPrimitive;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

use self::coupon::{Reader, VERSION, create_body, minimum_text};
use self::sign::OAuth;
use self::wire::{FIELDS, Index};
use super::account::{Account, ConnectError};
use super::client::{Answer, ApiClient, BriefOutage, Intent, Problem, Request, at_path, secret_header};
use super::connector::{Connector, Health, Listing, Receipt};
use super::entry::Entry;
use super::errors::{CallError, CallErrorKind, SendError};
use super::keys::{Key, KeyCheck, KeyKind, Place};
use super::lenient::{self, is_digits};
use super::listed::unreadable as unreadable_coupon;
use super::network::Network;
use super::pace::Pace;
use super::paging::Paging;
use super::sign_in::{KeysOfConfig, SignIn};
use crate::domain::{ChangeId, Coupon, CouponId, Currency, Message, ShopId, Timestamp, Write};
use crate::message;

use self::abilities::{ABILITIES, BACK_OFFICE};
pub use self::coupon::{end_of_wire, wire_expiry};

pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // A shop has no limit of its own, but was measured at 6 to 8 answers a second however many ask at once.
    pace: Pace { app_per_second: None, shop_per_second: 8, shop_in_flight: 2 },
    keys: &KEYS,
    check,
    connect: |account, network| Ok(Box::new(WooCommerce::connect(account, network)?)),
};

/// The largest that is allowed.
const PAGE_SIZE: u64 = 100;
/// So many rows of a page come again on the next one.
const PAGE_OVERLAP: u64 = 5;
/// A listing during which the number of coupons changed may have skipped one, and is read again, this often at most.
const LISTINGS_MAX: usize = 3;

/// A coupon that was read so shortly ago need not be read again before it is removed.
const SEEN_MAX: Duration = Duration::from_secs(5);

/// While WordPress is updated, which takes seconds, it tells everybody to come back in ten minutes: when it would forget a broken update.
const MAINTENANCE: BriefOutage = (503, Duration::from_secs(600));

const COUPONS: &str = "wc/v3/coupons";

const KEYS: [Key; 3] = [
    Key::needed("consumer_key", KeyKind::Secret),
    Key::needed("consumer_secret", KeyKind::Secret),
    // Over TLS, send the keys in the query: for hosts that drop the `Authorization` header.
    Key::optional("keys_in_query", KeyKind::Flag),
];

fn check(check: &mut KeyCheck<'_>) -> Option<Place> {
    let Some(endpoint) = check.endpoint.clone() else {
        check.missing("endpoint", "write the shop's address, https:// and a host");
        return None;
    };
    // Two spellings of one address are one shop.
    let shop = ShopId::new(endpoint.as_str().trim_end_matches('/').to_ascii_lowercase());
    Some(Place { shop, endpoint })
}

struct WooCommerce {
    client: ApiClient,
    /// The shop's own address; a subfolder stands without a slash at its end.
    shop: Url,
    consumer_key: SecretString,
    consumer_secret: SecretString,
    keys_in_query: bool,
    sign_in: KeysOfConfig,
    currency: Currency,
    /// Random, so that no two runs use a nonce twice; the counter makes each request's its own.
    nonce_beginning: String,
    nonces: AtomicU64,
    /// When each coupon was last read.
    seen: Mutex<BTreeMap<CouponId, Instant>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WooCommerce {
    fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let (consumer_key, consumer_secret) =
            (account.needed_secret("consumer_key")?, account.needed_secret("consumer_secret")?);
        let client = ApiClient::new(account, network, "", ENTRY.terms(), wire::judge)?.riding_out(MAINTENANCE);
        client.hide(&sign::basic_header(consumer_key.expose_secret(), consumer_secret.expose_secret()));
        let mut random = [0; 12];
        getrandom::fill(&mut random)
            .map_err(|error| ConnectError(message!("connect-random", error = error.to_string())))?;
        let mut shop = account.endpoint.clone();
        shop.set_path(account.endpoint.path().trim_end_matches('/'));
        Ok(Self {
            client,
            shop,
            consumer_key,
            consumer_secret,
            keys_in_query: account.keys.flag("keys_in_query"),
            sign_in: KeysOfConfig(message!("sign-in-keys-of-shop", store = account.store.id.as_str())),
            currency: account.store.currency,
            nonce_beginning: HEXLOWER.encode(&random),
            nonces: AtomicU64::new(0),
            seen: Mutex::default(),
        })
    }

    async fn read(&self, call: &str, path: &str, query: &[(&str, &str)]) -> Result<Answer, Problem> {
        let answer =
            self.client.call(Intent::Read, call, |now| self.request(Method::GET, path, query, None, now)).await;
        answer.map_err(|problem| self.with_scheme(problem))
    }

    async fn write(&self, call: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Problem> {
        // Without `_fields` the answer to a write would bring customers' addresses.
        let force = if call == "delete coupon" { Some(("force", "true")) } else { None };
        let query: Vec<_> = force.into_iter().chain([("_fields", FIELDS)]).collect();
        let answer =
            self.client.call(Intent::Write, call, |now| self.request(method.clone(), path, &query, body, now)).await;
        answer.map_err(|problem| self.with_scheme(problem))
    }

    /// Which sign-in counts, the shop decides by whether it believes itself on TLS: that can be another view than ours.
    fn with_scheme(&self, mut problem: Problem) -> Problem {
        if problem.error.kind == CallErrorKind::SignIn && self.shop.scheme() == "http" {
            problem.advise(message!("advice-woo-plain-http"));
        }
        problem
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
        let mut url = at_path(&self.shop, &format!("/wp-json/{path}"));
        let mut headers = HeaderMap::new();
        let query = if self.shop.scheme() == "http" {
            let number = self.nonces.fetch_add(1, Ordering::Relaxed);
            let nonce = format!("{}{number:08x}", self.nonce_beginning);
            let oauth = OAuth { consumer_key: key, consumer_secret: secret, nonce: &nonce, timestamp: now.timestamp() };
            oauth.query(method.as_str(), url.as_str(), query)
        } else if self.keys_in_query {
            let keys = [("consumer_key", key), ("consumer_secret", secret)];
            sign::plain_query(&query.iter().copied().chain(keys).collect::<Vec<_>>())
        } else {
            headers = secret_header(AUTHORIZATION, &sign::basic_header(key, secret));
            sign::plain_query(query)
        };
        url.set_query(Some(&query));
        Request { method, url, headers, body: body.cloned() }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            store: self.client.store(),
            currency: self.currency,
            now: self.client.now(),
            shop: self.shop.as_str().trim_end_matches('/'),
        }
    }

    /// All pages of a list, coupons by id. `filter` is what the list is asked for besides paging.
    ///
    /// Pages are offsets: a coupon that is binned meanwhile moves the next one over a border. So each page begins with some of the one
    /// before, and where the last of that one is not among them, rows may lie between that nobody saw.
    async fn pages(&self, filter: &[(&str, &str)]) -> Result<Pages, Problem> {
        let (mut pages, mut reading) = (Pages::default(), Paging::of(&self.client));
        let mut last_id: Option<String> = None;
        for number in 0_u64.. {
            let offset = number * (PAGE_SIZE - PAGE_OVERLAP);
            let (offset_text, per_page) = (offset.to_string(), PAGE_SIZE.to_string());
            let paging = [
                ("offset", offset_text.as_str()),
                ("per_page", &per_page),
                ("orderby", "id"),
                ("order", "asc"),
                ("_fields", FIELDS),
            ];
            let query: Vec<_> = filter.iter().copied().chain(paging).collect();
            let answer = self.read("list coupons", COUPONS, &query).await?;
            let Some(rows) = answer.body.as_array() else {
                let sentence = message!("call-no-list", place = self.client.place());
                return Err(Problem::doubtful(sentence, None));
            };
            let total = header_number(&answer, "x-wp-total");
            pages.changed_meanwhile |= number > 0 && total != pages.expected;
            pages.expected = total;
            let ids: Vec<String> = rows.iter().filter_map(|row| row.get("id")).map(lenient::id).collect();
            let again = last_id.as_ref().map(|last| ids.iter().position(|id| id == last));
            pages.changed_meanwhile |= again == Some(None);
            let seen = again.flatten().map_or(0, |place| place + 1);
            rows.iter().skip(seen).for_each(|row| pages.add(row, &self.reader()));
            last_id = ids.last().cloned().or(last_id);
            let full = rows.len() as u64 >= PAGE_SIZE;
            // A shop that counts its pages is believed about their end.
            let counted = total.filter(|_| header_number(&answer, "x-wp-totalpages").is_some());
            let is_last = counted.map_or(!full, |total| offset + PAGE_SIZE >= total);
            if is_last || rows.is_empty() {
                break;
            }
            reading.goes_on(rows, total)?;
        }
        Ok(pages)
    }

    /// Good to know and not needed: some shops close their index, and a key that may read coupons need not be allowed to read the
    /// shop's settings.
    async fn shop_says(&self) -> Health {
        let index = self.read("read the shop's index", "", &[("_fields", "name,timezone_string,gmt_offset")]);
        // Only the fields asked for: the whole of it takes a shop seconds.
        let wanted = [("_fields", "environment.version,settings.currency")];
        let status = self.read("read the shop's status", "wc/v3/system_status", &wanted);
        let (index, status) = futures::future::join(index, status).await;
        let index = index.map(|answer| serde_json::from_value::<Index>(answer.body).unwrap_or_default());
        let index = index.unwrap_or_default();
        let status = status.map(|answer| answer.body).unwrap_or_default();
        let said = |at: &str| status.pointer(at).and_then(Value::as_str).map(str::to_string);
        let currency = match said("/settings/currency") {
            Some(code) => Some(code),
            None => self.currency_said().await,
        };
        let version = said("/environment/version").map(|version| (VERSION.to_string(), json!(version)));
        Health {
            zone: zone(&index),
            shop_name: index.name.map(|name| text::decode_entities(&name)),
            currency: currency.and_then(|code| Currency::parse(&code).ok()),
            of_each_coupon: version.into_iter().collect::<Map<_, _>>(),
            ..Health::default()
        }
    }

    async fn currency_said(&self) -> Option<String> {
        let answer =
            self.read("read the currency", "wc/v3/data/currencies/current", &[("_fields", "code")]).await.ok()?;
        answer.body.get("code")?.as_str().map(str::to_string)
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

    fn coupon_of(&self, id: &CouponId, found: &Value) -> Result<Coupon, CallError> {
        self.seen(id);
        let what = message!("thing-coupon", id = id.as_str());
        self.reader().coupon(found).map_err(|reason| self.client.unreadable(what, &reason).into())
    }

    /// Those of `coupons` that one list shows; none where one alone is as well asked for, or such a list is refused.
    ///
    /// # Errors
    /// Where the shop cannot be asked at all.
    async fn listed(&self, coupons: &[&CouponId]) -> Result<Listed, CallError> {
        let ids: Vec<&str> = coupons.iter().map(|id| id.as_str()).filter(|id| is_digits(id)).collect();
        if ids.len() < 2 {
            return Ok(Listed::new());
        }
        let (include, per_page) = (ids.join(","), PAGE_SIZE.to_string());
        let query = [("include", include.as_str()), ("status", "any"), ("per_page", &per_page), ("_fields", FIELDS)];
        let answer = match self.read("list coupons", COUPONS, &query).await {
            Ok(answer) => answer,
            Err(problem) => {
                use CallErrorKind::{SignIn, Throttled, Unreachable};
                let is_general = matches!(problem.error.kind, Unreachable | SignIn | Throttled);
                return if is_general { Err(problem.into()) } else { Ok(Listed::new()) };
            }
        };
        let rows = answer.body.as_array().map(Vec::as_slice).unwrap_or_default();
        let of_id = |id: &CouponId| rows.iter().find(|row| has_id(row, id));
        Ok(coupons.iter().filter_map(|id| Some(((*id).clone(), self.coupon_of(id, of_id(id)?)))).collect())
    }

    fn seen(&self, id: &CouponId) {
        lock(&self.seen).insert(id.clone(), Instant::now());
    }

    /// Whether it was there a moment ago; not asked twice about one look.
    fn was_there(&self, id: &CouponId) -> bool {
        lock(&self.seen).remove(id).is_some_and(|at| at.elapsed() < SEEN_MAX)
    }

    async fn update(&self, id: &CouponId, body: Value) -> Result<Receipt, SendError> {
        let answer = self.write("update coupon", Method::PUT, &coupon_path(id), Some(&body)).await?;
        if !has_id(&answer.body, id) {
            return Err(self.did_another("call-changed-another", id));
        }
        // Before about 10.4 a written status is accepted and ignored.
        if let Some(wanted) = body.get("status").filter(|wanted| answer.body.get("status") != Some(wanted)) {
            let (place, wanted) = (self.client.place(), wanted.to_string());
            let sentence = message!("impossible-woo-too-old", place = place, wanted = wanted);
            return Err(Problem::unsent(CallErrorKind::Rejected, sentence).into());
        }
        Ok(Receipt::default())
    }

    /// To the bin, or for good. Read first, unless that was done a moment ago: an older shop would take an id that is gone for the code of
    /// another coupon.
    async fn remove(&self, id: &CouponId, call: &str) -> Result<Receipt, SendError> {
        if !self.was_there(id) && self.one(id).await.map_err(Problem::before_the_write)?.is_none() {
            return Err(self.client.gone(message!("thing-coupon", id = id.as_str())));
        }
        let answer = self.write(call, Method::DELETE, &coupon_path(id), None).await?;
        if has_id(&answer.body, id) {
            return Ok(Receipt::default());
        }
        Err(self.did_another("call-removed-another", id))
    }

    fn did_another(&self, sentence: &'static str, id: &CouponId) -> SendError {
        Problem::doubtful(message!(sentence, place = self.client.place(), coupon = id.as_str()), None).into()
    }

    async fn create(&self, body: Value) -> Result<Receipt, SendError> {
        let answer = self.write("create coupon", Method::POST, COUPONS, Some(&body)).await?;
        match answer.body.get("id").and_then(Value::as_u64) {
            Some(id) => Ok(Receipt { request_id: None, created: Some(CouponId::new(id.to_string())) }),
            None => Err(self.client.no_id(message!("thing-new-coupon"), None)),
        }
    }
}

/// What a list shows of some coupons, each read or not to be read.
type Listed = BTreeMap<CouponId, Result<Coupon, CallError>>;

#[async_trait]
impl Connector for WooCommerce {
    fn client(&self) -> Option<&ApiClient> {
        Some(&self.client)
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
        self.coupon_of(coupon, &found).map(Some)
    }

    /// By one list for each hundred. What a list does not show (it has no bin, and no drafts in old releases) is asked for by its id.
    async fn get_several(&self, coupons: &[&CouponId]) -> Vec<(CouponId, Result<Option<Coupon>, CallError>)> {
        let mut found = Vec::with_capacity(coupons.len());
        for some in coupons.chunks(PAGE_SIZE as usize) {
            let mut listed = self.listed(some).await;
            for id in some {
                let coupon = match &mut listed {
                    // Asked for one by one, they would not come either.
                    Err(error) => Err(error.clone()),
                    Ok(listed) => match listed.remove(*id) {
                        Some(coupon) => coupon.map(Some),
                        None => self.get(id).await,
                    },
                };
                found.push(((*id).clone(), coupon));
            }
        }
        found
    }

    fn coupons_a_call(&self) -> usize {
        PAGE_SIZE as usize
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
            return Err(self.client.impossible("impossible-woo-id"));
        }
        match write {
            Write::SetEnd { coupon, ends } => {
                // `null` is ignored; an empty text clears.
                let expiry = ends.map_or(String::new(), wire_expiry);
                self.update(coupon, json!({ "date_expires": expiry })).await
            }
            Write::End { coupon, at } => {
                // Its last second is the one before; an end that is still to come would leave it usable.
                let ended = (*at).min(self.client.now());
                self.update(coupon, json!({ "date_expires": wire_expiry(ended) })).await
            }
            Write::SetTotal { total: Some(0), .. } => Err(self.client.impossible("impossible-woo-zero")),
            Write::SetTotal { coupon, total } => {
                self.update(coupon, json!({ "usage_limit": total.unwrap_or(0) })).await
            }
            Write::SetMinimum { coupon, minimum } => {
                let minimum = minimum_text(minimum).map_err(|reason| self.client.impossible(reason))?;
                self.update(coupon, json!({ "minimum_amount": minimum })).await
            }
            Write::Pause { coupon } => self.update(coupon, json!({ "status": "draft" })).await,
            Write::Enable { coupon, .. } => self.update(coupon, json!({ "status": "publish" })).await,
            Write::Trash { coupon } => self.remove(coupon, "trash coupon").await,
            Write::AddProducts { .. } => Err(self.client.impossible("impossible-woo-products")),
            Write::Delete { coupon } => self.remove(coupon, "delete coupon").await,
            Write::Create { draft } => {
                let body = create_body(draft, change.as_str()).map_err(|reason| self.client.impossible(reason))?;
                self.create(body).await
            }
        }
    }

    fn sign_in(&self) -> &dyn SignIn {
        &self.sign_in
    }

    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        Ok(Some(self.shop_says().await))
    }

    fn calls_about_the_shop(&self) -> u64 {
        2
    }

    async fn check(&self) -> Result<Health, CallError> {
        let one = [("status", "any"), ("per_page", "1"), ("_fields", "id")];
        let coupons = self.read("list coupons", COUPONS, &one).await?;
        // A key's right to write shows only when something is written.
        Ok(Health { clock_ahead_seconds: coupons.clock_ahead_seconds(), ..self.shop_says().await })
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
    is_digits(id.as_str())
}

fn has_id(coupon: &Value, id: &CouponId) -> bool {
    coupon.get("id").is_some_and(|found| lenient::id(found) == id.as_str())
}

fn header_number(answer: &Answer, name: &str) -> Option<u64> {
    answer.header(name)?.trim().parse().ok()
}

#[derive(Default)]
struct Pages {
    coupons: BTreeMap<u64, Coupon>,
    expected: Option<u64>,
    unreadable: Vec<Message>,
    changed_meanwhile: bool,
}

impl Pages {
    fn add(&mut self, row: &Value, reader: &Reader<'_>) {
        let id = row.get("id").and_then(Value::as_u64);
        match (id, reader.coupon(row)) {
            (Some(id), Ok(coupon)) => {
                self.coupons.insert(id, coupon);
            }
            (Some(id), Err(reason)) => self.unreadable.push(unreadable_coupon(id.to_string(), reason)),
            (None, _) => self.unreadable.push(message!("listing-without-id")),
        }
    }
}
