//! Shopify: discounts, by code and automatic, through the GraphQL Admin API.
//!
//! The list has every field, so a load is its pages; it shows a new discount some seconds late, so changes are verified by id. There
//! is no paused status and no idempotency key: a pause is an end, and the dates that it overwrites are kept by our journal.

mod abilities;
mod coupon;
pub mod documents;
pub mod points;
mod session;
pub mod sign;
mod wire;

use async_trait::async_trait;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

use self::coupon::{
    AUTOMATIC_BASIC, AUTOMATIC_BUY_X_GET_Y, AUTOMATIC_FREE_SHIPPING, BASIC, BUY_X_GET_Y, FREE_SHIPPING, Reader,
    create_input, has_no_minimum, is_automatic, is_of_app, minimum_change, put_context, wants_context,
};
use self::documents::{API_VERSION, DISCOUNTS, Position};
use self::points::{Cost, Points};
use self::session::ShopifyTokens;
use self::wire::{Page, Shop};
use super::account::{Account, ConnectError};
use super::client::{Answer, ApiClient, Problem, Request, at_path, secret_header};
use super::connector::{Connector, Health, KnownCoupons, Listing, Receipt, pages_of};
use super::entry::Entry;
use super::errors::{CallError, CallErrorKind, SendError};
use super::hashes::fingerprint;
use super::keys::{Key, KeyCheck, KeyKind, Place};
use super::lenient::is_digits;
use super::listed::Listed;
use super::network::Network;
use super::pace::Pace;
use super::paging::Paging;
use super::session::{Session, TokenSource};
use super::sign_in::SignIn;
use crate::domain::{ChangeId, Coupon, CouponId, Currency, MayWrite, Message, Period, ShopId, Write};
use crate::message;

use self::abilities::{ABILITIES, BACK_OFFICE};
pub use self::coupon::wire_instant;

pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // Shopify counts points and not calls; see [`points`]. This only keeps one shop from flooding its own line.
    pace: Pace { app_per_second: None, shop_per_second: 20, shop_in_flight: 4 },
    keys: &KEYS,
    check,
    connect: |account, network| Ok(Box::new(Shopify::connect(account, network)?)),
};

/// A list that is shorter than the count lacks what was made a moment ago, and is read again, this often at most.
const LISTINGS_MAX: usize = 3;
/// In units of the first wait between tries (half a second by default).
const LAG_WAITS: u32 = 4;

/// Of a version that a shop says it answered in: `2026-07`.
const VERSION_LETTERS_MAX: usize = 20;

const ID_BEGINNING: &str = "gid://shopify/DiscountCodeNode/";
const AUTOMATIC_ID_BEGINNING: &str = "gid://shopify/DiscountAutomaticNode/";

/// The three ways to a Shopify shop: the token of a custom app, which has no end; an app of one's own organisation, which gets a
/// token for a day whenever it asks; an app that the shop authorized, whose token is renewed with a refresh token.
const KEYS: [Key; 5] = [
    Key::needed("shop", KeyKind::Text),
    Key::optional("access_token", KeyKind::Secret),
    Key::optional("client_id", KeyKind::Text).unless("access_token"),
    Key::optional("client_secret", KeyKind::Secret).unless("access_token"),
    Key::optional("refresh_token", KeyKind::Secret).unless("access_token"),
];

fn check(check: &mut KeyCheck<'_>) -> Option<Place> {
    let keys = check.keys;
    let (client_id, client_secret) = (keys.text("client_id"), keys.secret("client_secret"));
    match (keys.secret("access_token"), client_id, client_secret) {
        (Some(_), ..) | (None, Some(_), Some(_)) => {}
        (None, None, None) => check.missing("access_token", "add access_token, or client_id and client_secret"),
        (None, None, Some(_)) => check.missing("client_id", "add client_id; `couponbook init` writes an example"),
        (None, Some(_), None) => {
            check.missing("client_secret", "add client_secret; `couponbook init` writes an example")
        }
    }
    let written = keys.text("shop")?;
    let Some(host) = sign::shop_host(written) else {
        let wanted = "write it as in the admin's address, such as shop = \"some-shop.myshopify.com\"";
        check.wrong("shop", format!("{written:?} is not a shop's permanent name"), wanted);
        return None;
    };
    let endpoint = check.endpoint_or(&format!("https://{host}"))?;
    Some(Place { shop: ShopId::new(host), endpoint })
}

struct Shopify {
    client: Arc<ApiClient>,
    endpoint: Url,
    shop_host: String,
    currency: Currency,
    session: Arc<Session>,
    points: Points,
    lag: Duration,
    /// In which the shop answered, where it is not the one that was asked for.
    other_version: OnceLock<String>,
}

/// One GraphQL call. `root` is the field of `data` that it is about, and its name in the call log.
struct Call {
    root: &'static str,
    document: &'static str,
    variables: Value,
}

impl Call {
    fn new(root: &'static str, document: &'static str, variables: Value) -> Self {
        Self { root, document, variables }
    }
}

impl Shopify {
    fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let wanted = "wanted-shopify-name";
        let wrong_shop = || account.wrong_shop(ENTRY.name(), wanted);
        let shop_host = sign::shop_host(account.store.shop.as_str()).ok_or_else(wrong_shop)?;
        let source = match (account.keys.secret("access_token"), account.keys.secret("refresh_token")) {
            (Some(token), _) => TokenSource::Fixed(token.clone()),
            (None, Some(token)) => TokenSource::Refresh(Some(token.clone())),
            (None, None) => TokenSource::App,
        };
        let (client_id, client_secret) = match source {
            TokenSource::Fixed(_) => (String::new(), SecretString::default()),
            TokenSource::Refresh(_) | TokenSource::App => {
                (account.needed("client_id")?, account.needed_secret("client_secret")?)
            }
        };
        let client = ApiClient::new(account, network, &client_id, ENTRY.terms(), wire::judge)?;
        let client = Arc::new(client.asked_to_wait_by(points::asked_to_wait));
        let seed = fingerprint(&format!("{client_id}:{}", source.configured().unwrap_or_default()), 16);
        let endpoint = account.endpoint.clone();
        let flow = ShopifyTokens { endpoint: endpoint.clone(), shop_host: shop_host.clone(), client_id, client_secret };
        let session = Session::new(Arc::clone(&client), network, flow, source, seed);
        Ok(Self {
            client,
            endpoint,
            shop_host,
            currency: account.store.currency,
            session,
            points: Points::default(),
            lag: network.retry_policy().first_wait * LAG_WAITS,
            other_version: OnceLock::new(),
        })
    }

    async fn read(&self, call: &Call) -> Result<Answer, Problem> {
        self.metered(call, self.session.read(call.root, |token, _| self.request(call, token))).await
    }

    async fn write(&self, call: &Call) -> Result<Answer, SendError> {
        self.metered(call, self.session.write(call.root, |token, _| self.request(call, token))).await
    }

    /// Waits for the points that the call costs, and notes what it really did.
    async fn metered<E>(&self, call: &Call, sent: impl Future<Output = Result<Answer, E>>) -> Result<Answer, E> {
        let taken = self.points.take(call.root).await;
        let result = sent.await;
        let told = result.as_ref().ok().and_then(|answer| Cost::of(&answer.body));
        self.points.settle(call.root, taken, told.as_ref());
        if let Ok(answer) = &result {
            self.note_version(answer);
        }
        result
    }

    fn request(&self, call: &Call, token: &str) -> Request {
        let headers = secret_header("X-Shopify-Access-Token", token);
        let url = at_path(&self.endpoint, &format!("/admin/api/{API_VERSION}/graphql.json"));
        let body = json!({ "query": call.document, "variables": call.variables });
        Request { method: Method::POST, url, headers, body: Some(body) }
    }

    // A version that is no longer served is answered by an older or a newer one, and our reading may then miss something.
    fn note_version(&self, answer: &Answer) {
        let served = answer.header("x-shopify-api-version");
        if let Some(served) = served.filter(|served| *served != API_VERSION) {
            self.other_version.get_or_init(|| served.chars().take(VERSION_LETTERS_MAX).collect());
        }
    }

    fn reader(&self) -> Reader<'_> {
        Reader { store: self.client.store(), currency: self.currency, shop_host: &self.shop_host }
    }

    /// Every page of the list, coupons by id.
    async fn list_all(&self) -> Result<Listed<Coupon>, Problem> {
        let (mut listed, mut reading) = (Listed::default(), Paging::of(&self.client));
        let mut place = Position::beginning();
        loop {
            let page = match self.page(&place).await {
                Err(problem) if problem.code.as_deref() == Some("MAX_COST_EXCEEDED") && place.first > 1 => {
                    place.first /= 2;
                    continue;
                }
                result => result?,
            };
            for node in &page.nodes {
                let read = self.reader().coupon(node);
                listed.add(node, "id", read.map(|coupon| (Some(coupon.id.to_string()), coupon)));
            }
            if !page.page_info.has_next_page {
                return Ok(listed);
            }
            reading.goes_on(&page.nodes, None)?;
            place = place.behind(&page).ok_or_else(|| {
                let sentence = message!("call-list-without-place", place = self.client.place());
                Problem::doubtful(sentence, None)
            })?;
        }
    }

    async fn page(&self, place: &Position) -> Result<Page, Problem> {
        let variables = json!({ "first": place.first, "after": place.after, "query": place.query });
        let root = self.asked(&Call::new("discountNodes", documents::PAGE, variables)).await?;
        // A list without a list in it must not pass for an empty shop.
        let page = root.filter(|root| root.get("nodes").is_some_and(Value::is_array)).map(serde_json::from_value);
        page.and_then(Result::ok).ok_or_else(|| {
            let sentence = message!("call-unreadable-list", place = self.client.place());
            Problem::doubtful(sentence, None)
        })
    }

    /// How many discounts there are, where Shopify is sure of it.
    async fn count(&self) -> Result<Option<u64>, Problem> {
        let root =
            self.asked(&Call::new("discountNodesCount", documents::COUNT, json!({ "query": DISCOUNTS }))).await?;
        let count: wire::Count = serde_json::from_value(root.unwrap_or_default()).unwrap_or_default();
        let exact = count.precision.as_deref().is_none_or(|precision| precision == "EXACT");
        Ok(count.count.filter(|_| exact).and_then(|count| u64::try_from(count).ok()))
    }

    /// What a query found; none where it is null. An answer that does not speak of it says nothing at all.
    async fn asked(&self, call: &Call) -> Result<Option<Value>, Problem> {
        let answer = self.read(call).await?;
        match wire::root(&answer, call.root) {
            Some(found) => Ok(Some(found.clone()).filter(|found| !found.is_null())),
            None => {
                let sentence = message!("call-without-data", place = self.client.place(), call = call.root);
                Err(Problem::doubtful(sentence, wire::request_id(&answer)))
            }
        }
    }

    async fn shop(&self) -> Result<(Health, Answer), Problem> {
        let answer = self.read(&Call::new("shop", documents::SHOP, json!({}))).await?;
        let shop: Shop =
            serde_json::from_value(wire::root(&answer, "shop").cloned().unwrap_or_default()).unwrap_or_default();
        let health = Health {
            shop_name: shop.name,
            currency: shop.currency_code.and_then(|code| Currency::parse(&code).ok()),
            zone: shop.iana_timezone,
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            ..Health::default()
        };
        Ok((health, answer))
    }

    /// The coupon of a query for one discount, and its reading's problem.
    async fn one(&self, call: &Call, what: Message) -> Result<Option<Coupon>, CallError> {
        let node = match self.asked(call).await {
            Ok(node) => node,
            Err(problem) if problem.error.kind == CallErrorKind::NotFound => None,
            Err(problem) => return Err(problem.into()),
        };
        let Some(node) = node else { return Ok(None) };
        let read = self.reader().coupon(&node);
        let mut coupon = read.map_err(|reason| CallError::from(self.client.unreadable(what, &reason)))?;
        if wants_context(&coupon) {
            self.add_context(&mut coupon).await?;
        }
        Ok(Some(coupon))
    }

    /// Asks whom the discount is for. Where the app may not know, that stays unread.
    async fn add_context(&self, coupon: &mut Coupon) -> Result<(), CallError> {
        let variables = json!({ "id": coupon.id.as_str(), "first": documents::MARKETS_MAX });
        match self.asked(&Call::new("discountNode", documents::CONTEXT, variables)).await {
            Ok(Some(node)) => put_context(coupon, &node),
            Ok(None) => {}
            Err(problem) if problem.error.kind == CallErrorKind::NotAllowed => {}
            Err(problem) => return Err(problem.into()),
        }
        Ok(())
    }

    /// The `__typename` and the status of a discount as it is now.
    async fn kind(&self, id: &CouponId) -> Result<wire::Discount, SendError> {
        let call = Call::new("discountNode", documents::KIND, json!({ "id": id.as_str() }));
        let node = self.asked(&call).await.map_err(Problem::before_the_write)?;
        let node: Option<wire::Node> = node.and_then(|node| serde_json::from_value(node).ok());
        node.map(|node| node.discount).ok_or_else(|| self.client.gone(message!("thing-discount", id = id.as_str())))
    }

    /// Changes `input`'s fields only. The mutation is that of the discount's own kind: the one for simple discounts would
    /// silently turn any other into a simple one.
    //
    // The title is sent along: no recorded update goes without it.
    async fn update(&self, id: &CouponId, mut input: Value) -> Result<Receipt, SendError> {
        let kind = self.kind(id).await?;
        if let Some(reason) = not_to_be_updated(&kind.typename, &input) {
            return Err(self.client.impossible(reason));
        }
        if let Some((fields, title)) = input.as_object_mut().zip(kind.title) {
            fields.entry("title").or_insert(json!(title));
        }
        let (root, document) = match kind.typename.as_str() {
            BASIC => ("discountCodeBasicUpdate", documents::UPDATE_BASIC),
            FREE_SHIPPING => ("discountCodeFreeShippingUpdate", documents::UPDATE_FREE_SHIPPING),
            BUY_X_GET_Y => ("discountCodeBxgyUpdate", documents::UPDATE_BUY_X_GET_Y),
            AUTOMATIC_BASIC => ("discountAutomaticBasicUpdate", documents::UPDATE_AUTOMATIC_BASIC),
            AUTOMATIC_FREE_SHIPPING => {
                ("discountAutomaticFreeShippingUpdate", documents::UPDATE_AUTOMATIC_FREE_SHIPPING)
            }
            AUTOMATIC_BUY_X_GET_Y => ("discountAutomaticBxgyUpdate", documents::UPDATE_AUTOMATIC_BUY_X_GET_Y),
            _ => return Err(self.client.impossible("impossible-shopify-app")),
        };
        self.changed(id, Call::new(root, document, json!({ "id": id.as_str(), "input": input }))).await
    }

    /// Sends a mutation that answers with the discount it changed.
    async fn changed(&self, id: &CouponId, call: Call) -> Result<Receipt, SendError> {
        let id_at = if has_automatic_id(id) { "/automaticDiscountNode/id" } else { "/codeDiscountNode/id" };
        let (request_id, _) = self.mutated(&call, id_at, |changed| changed == id.as_str()).await?;
        Ok(Receipt { request_id, created: None })
    }

    async fn delete(&self, id: &CouponId) -> Result<Receipt, SendError> {
        let (root, document, id_at) = match has_automatic_id(id) {
            true => ("discountAutomaticDelete", documents::DELETE_AUTOMATIC, "/deletedAutomaticDiscountId"),
            false => ("discountCodeDelete", documents::DELETE, "/deletedCodeDiscountId"),
        };
        let call = Call::new(root, document, json!({ "id": id.as_str() }));
        let (request_id, _) = self.mutated(&call, id_at, |_| true).await?;
        Ok(Receipt { request_id, created: None })
    }

    async fn create(&self, input: Value) -> Result<Receipt, SendError> {
        let call = Call::new("discountCodeBasicCreate", documents::CREATE, json!({ "input": input }));
        let (request_id, id) = self.mutated(&call, "/codeDiscountNode/id", |_| true).await?;
        Ok(Receipt { request_id, created: Some(CouponId::new(id)) })
    }

    /// The request's id, and that of the discount which the answer names at `id_at`, if `is_it`.
    async fn mutated(
        &self,
        call: &Call,
        id_at: &str,
        is_it: impl Fn(&str) -> bool + Send,
    ) -> Result<(Option<String>, String), SendError> {
        let answer = self.write(call).await?;
        let request_id = wire::request_id(&answer);
        let told = wire::root(&answer, call.root).and_then(|root| root.pointer(id_at)?.as_str());
        match told.filter(|id| is_it(id)) {
            Some(id) => Ok((request_id, id.to_string())),
            None => {
                // Neither an error nor a payload: the change may have been made.
                let sentence = message!("call-untold", place = self.client.place(), call = call.root);
                Err(Problem::doubtful(sentence, request_id).into())
            }
        }
    }

    /// Starts what is scheduled, or puts back the dates that a stop overwrote.
    async fn enable(&self, id: &CouponId, period: Option<Period>) -> Result<Receipt, SendError> {
        let Some(period) = period else {
            // Activating an ended one would take its end away for ever.
            if self.kind(id).await?.status.as_deref() == Some("EXPIRED") {
                return Err(self.client.impossible("impossible-shopify-dates"));
            }
            let (root, document) = match has_automatic_id(id) {
                true => ("discountAutomaticActivate", documents::ACTIVATE_AUTOMATIC),
                false => ("discountCodeActivate", documents::ACTIVATE),
            };
            return self.changed(id, Call::new(root, document, json!({ "id": id.as_str() }))).await;
        };
        let mut input = Map::new();
        if let Some(starts) = period.starts() {
            input.insert("startsAt".to_string(), json!(wire_instant(starts)));
        }
        input.insert("endsAt".to_string(), json!(period.ends().map(wire_instant)));
        self.update(id, Value::Object(input)).await
    }
}

#[async_trait]
impl Connector for Shopify {
    fn client(&self) -> Option<&ApiClient> {
        Some(&self.client)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let mut listing = 1;
        loop {
            let listed = self.list_all().await?;
            // Counted afterwards: what was deleted meanwhile is not missed, and what was made meanwhile is waited for.
            let expected = self.count().await?;
            let complete = expected.is_none_or(|expected| listed.count() >= expected);
            if complete || listing == LISTINGS_MAX {
                let coupons = listed.found.into_values().collect();
                return Ok(Listing { coupons, expected, unreadable: listed.unreadable });
            }
            listing += 1;
            tokio::time::sleep(self.lag).await;
        }
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        if !is_id(coupon) {
            return Ok(None);
        }
        let call = Call::new("discountNode", documents::BY_ID, json!({ "id": coupon.as_str() }));
        self.one(&call, message!("thing-discount", id = coupon.as_str())).await
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let call = Call::new("codeDiscountNodeByCode", documents::BY_CODE, json!({ "code": code.trim() }));
        Ok(self.one(&call, message!("thing-discount-of-code", code = code)).await?.into_iter().collect())
    }

    async fn send(&self, write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        if write.coupon().is_some_and(|id| !is_id(id)) {
            return Err(self.client.impossible("impossible-shopify-id"));
        }
        match write {
            Write::SetEnd { coupon, ends } => self.update(coupon, json!({ "endsAt": ends.map(wire_instant) })).await,
            Write::SetTotal { coupon, total } => self.update(coupon, json!({ "usageLimit": total })).await,
            Write::SetMinimum { coupon, minimum } => {
                let input = minimum_change(minimum).map_err(|reason| self.client.impossible(reason))?;
                self.update(coupon, json!({ "minimumRequirement": input })).await
            }
            Write::End { coupon, .. } | Write::Pause { coupon } => {
                let (root, document) = match has_automatic_id(coupon) {
                    true => ("discountAutomaticDeactivate", documents::DEACTIVATE_AUTOMATIC),
                    false => ("discountCodeDeactivate", documents::DEACTIVATE),
                };
                self.changed(coupon, Call::new(root, document, json!({ "id": coupon.as_str() }))).await
            }
            Write::Enable { coupon, period } => self.enable(coupon, *period).await,
            Write::Delete { coupon } => self.delete(coupon).await,
            Write::Trash { .. } => Err(self.client.impossible("impossible-shopify-bin")),
            Write::AddProducts { .. } => Err(self.client.impossible("impossible-shopify-products")),
            Write::Create { draft } => {
                let input = create_input(draft, self.client.now()).map_err(|reason| self.client.impossible(reason))?;
                self.create(input).await
            }
        }
    }

    fn sign_in(&self) -> &dyn SignIn {
        &*self.session
    }

    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        Ok(Some(self.shop().await?.0))
    }

    fn calls_about_the_shop(&self) -> u64 {
        1
    }

    fn other_version(&self) -> Option<Message> {
        let served = self.other_version.get()?;
        Some(message!("shopify-other-version", served = served.as_str(), asked = API_VERSION))
    }

    async fn check(&self) -> Result<Health, CallError> {
        // The right to read discounts is what everything else needs.
        self.count().await?;
        let (told, answer) = self.shop().await?;
        // Good to know and not needed.
        let rights = self.read(&Call::new("currentAppInstallation", documents::RIGHTS, json!({}))).await.ok();
        Ok(Health {
            may_write: rights.as_ref().map_or(MayWrite::NotTold, may_write),
            quota: points::left(rights.as_ref().unwrap_or(&answer)),
            ..told
        })
    }

    /// The pages, the count behind them, and a token where none is kept.
    fn calls_to_load(&self, known: KnownCoupons<'_>) -> u64 {
        pages_of(known.count(), documents::PAGE_SIZE as usize) + 1 + self.session.calls_to_renew()
    }
}

/// Whether the app was granted the right to change discounts; not told where the answer names no right at all.
fn may_write(answer: &Answer) -> MayWrite {
    let scopes = wire::root(answer, "currentAppInstallation").and_then(|app| app.get("accessScopes")?.as_array());
    let handles: Vec<_> = scopes.into_iter().flatten().filter_map(|scope| scope.get("handle")?.as_str()).collect();
    match handles.contains(&"write_discounts") {
        true => MayWrite::Yes,
        false if handles.is_empty() => MayWrite::NotTold,
        false => MayWrite::Lacking,
    }
}

fn is_id(id: &CouponId) -> bool {
    let prefixes = [ID_BEGINNING, AUTOMATIC_ID_BEGINNING];
    prefixes.iter().find_map(|prefix| id.as_str().strip_prefix(prefix)).is_some_and(is_digits)
}

fn has_automatic_id(id: &CouponId) -> bool {
    id.as_str().starts_with(AUTOMATIC_ID_BEGINNING)
}

/// Why a discount of that kind cannot be given the fields of `input`: the id of a message.
fn not_to_be_updated(typename: &str, input: &Value) -> Option<&'static str> {
    if is_of_app(typename) {
        return Some("impossible-shopify-app");
    }
    if has_no_minimum(typename) && input.get("minimumRequirement").is_some() {
        return Some("impossible-shopify-minimum-x-y");
    }
    (is_automatic(typename) && input.get("usageLimit").is_some()).then_some("impossible-shopify-automatic-total")
}
