//! TikTok Shop: seller coupons and promo codes through the Partner API, which only reads them.
//!
//! The search lacks the counters, so a load is the search and one detail for each coupon. What the API answers for a coupon that
//! is gone is not documented: only a whole search that no longer lists it decides that.

mod abilities;
mod coupon;
mod search;
mod session;
pub mod sign;
mod wire;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use url::Url;

use self::coupon::Reader;
use self::session::{App, Session, at_path};
use self::wire::{Found, Shop, WireCoupon};
use super::account::{Account, ConnectError, Credentials, is_this_machine, wrong_credentials};
use super::authorize::Reply;
use super::call_log::CallOutcome;
use super::connector::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, Tally, pages_of};
use super::entry::Entry;
use super::line::{Answer, Line, Problem, Request};
use super::network::Network;
use super::pace::{Pace, StorePace};
use super::tokens::{Standing, TokenError};
use crate::domain::{Abilities, ChangeId, Coupon, CouponId, Currency, MayWrite, Timestamp, Write};

pub use self::abilities::{ABILITIES, BACK_OFFICE, PLATFORM};
pub use self::coupon::end_of_wire;

/// Of the token calls. Source: authorization guide of the Partner Center.
const AUTH_HOST: &str = "https://auth.tiktok-shops.com";
const TOKEN_HEADER: &str = "x-tts-access-token";

pub static ENTRY: Entry = Entry {
    platform: PLATFORM,
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // The last number that TikTok Shop published was 50 calls a second for each call, app and shop; now it shares its means out by
    // itself and names none.
    pace: Pace { app_per_second: None, shop_per_second: 20, shop_in_flight: DETAILS_AT_ONCE },
    connect: |account, network| Ok(Box::new(TiktokShop::connect(account, network)?)),
};
const DETAILS_AT_ONCE: usize = 5;

const SHOPS_PATH: &str = "/authorization/202309/shops";
const COUPONS_PATH: &str = "/promotion/202406/coupons";

pub(super) struct TiktokShop {
    line: Line,
    app: App,
    shop_id: String,
    /// What the API calls the shop; asked for once where the config does not tell.
    cipher: OnceCell<String>,
    endpoint: Url,
    currency: Currency,
    /// From the config.
    consent_link: Option<Url>,
    session: Session,
}

/// One call: its name in the log, its path and query, its body, and the shop that it is for.
struct Api<'a> {
    name: &'static str,
    path: &'a str,
    query: &'a [(&'static str, String)],
    body: Option<&'a Value>,
    cipher: Option<&'a str>,
}

impl TiktokShop {
    pub(super) fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let Credentials::TiktokShop { app_key, app_secret, refresh_token, shop_cipher, consent_link } =
            &account.credentials
        else {
            return Err(wrong_credentials(account));
        };
        let store = account.store.id.clone();
        let shop_id = account.store.shop.to_string();
        if !is_id(&shop_id) {
            let wanted = "write the digits that TikTok Shop shows as the shop's id";
            return Err(ConnectError::Shop { store, platform: ENTRY.name(), found: shop_id, wanted });
        }
        let line = Line::new(account, network, app_key, &ENTRY, wire::judge)?;
        line.hide(app_secret.expose_secret());
        refresh_token.iter().for_each(|token| line.hide(token.expose_secret()));
        let app = App { app_key: app_key.clone(), app_secret: app_secret.clone() };
        let auth_host = auth_host(account)?;
        let session = Session::new(&app, auth_host, refresh_token.clone(), network.token_folder(), store);
        Ok(Self {
            line,
            app,
            shop_id,
            cipher: OnceCell::new_with(shop_cipher.clone()),
            endpoint: account.endpoint.clone(),
            currency: account.store.currency,
            consent_link: consent_link.clone(),
            session,
        })
    }

    /// None where the config does not tell it.
    pub(super) fn consent_link(&self, state: &str) -> Option<Url> {
        let mut url = self.consent_link.clone()?;
        url.query_pairs_mut().append_pair("state", state);
        Some(url)
    }

    /// The pair is kept only once it is known to cover our shop.
    pub(super) async fn sign_in(&self, reply: &Reply) -> Result<Standing, CallError> {
        self.session.prepare().await?;
        let (pair, open_id) = self.session.trade_code(&self.app, &self.line, reply).await?;
        let api = Api { name: "shops", path: SHOPS_PATH, query: &[], body: None, cipher: None };
        let answer = self.line.read(api.name, |now| self.request(&api, &pair.access_token, now)).await?;
        let shops = self.shops_of(&answer)?;
        let ours = shops.iter().find(|shop| shop.id.as_deref() == Some(&self.shop_id));
        let ours = ours.ok_or_else(|| self.not_covered(&shops))?;
        if let (Some(given), Some(cipher)) = (self.cipher.get(), &ours.cipher)
            && given != cipher
        {
            let sentence = format!(
                "{}: shop_cipher is not that of shop {}; take it out of the config",
                self.line.place(),
                self.shop_id
            );
            return Err(Problem::unsent(CallErrorKind::SignIn, sentence).error);
        }
        let standing = Standing::from(&pair);
        let kept = self.session.keep(&self.app, &self.line, pair, open_id.as_deref()).await;
        kept.map_err(|error| Problem::unsent(CallErrorKind::SignIn, error.to_string()).error)?;
        Ok(standing)
    }

    pub(super) fn standing(&self) -> Result<Standing, TokenError> {
        self.session.standing()
    }

    async fn read(&self, api: &Api<'_>) -> Result<Answer, Problem> {
        let token = self.session.access_token(&self.app, &self.line, None).await?;
        match self.line.read(api.name, |now| self.request(api, &token, now)).await {
            Err(problem) if refused_token(&problem) => {
                let token = self.session.access_token(&self.app, &self.line, Some(&token)).await?;
                self.line.read(api.name, |now| self.request(api, &token, now)).await
            }
            result => result,
        }
    }

    fn request(&self, api: &Api<'_>, token: &str, now: Timestamp) -> Request {
        let mut query = vec![("app_key", self.app.app_key.clone()), ("timestamp", now.timestamp().to_string())];
        query.extend(api.cipher.map(|cipher| ("shop_cipher", cipher.to_string())));
        query.extend_from_slice(api.query);
        // Sent letter for letter as it is signed: both are the compact spelling of the same value.
        let body = api.body.map(Value::to_string);
        let base = sign::base(api.path, &query, body.as_deref());
        query.push(("sign", sign::sign(self.app.app_secret.expose_secret(), &base)));
        let mut url = at_path(&self.endpoint, api.path);
        url.query_pairs_mut().extend_pairs(query);
        let method = if api.body.is_some() { Method::POST } else { Method::GET };
        Request { method, url, headers: headers(token), body: api.body.cloned() }
    }

    /// The shops that the seller's authorization covers, and the answer that told them.
    async fn shops(&self) -> Result<(Vec<Shop>, Answer), Problem> {
        let api = Api { name: "shops", path: SHOPS_PATH, query: &[], body: None, cipher: None };
        let answer = self.read(&api).await?;
        Ok((self.shops_of(&answer)?, answer))
    }

    fn shops_of(&self, answer: &Answer) -> Result<Vec<Shop>, Problem> {
        let shops = wire::data(answer).remove("shops").filter(|shops| !shops.is_null()).unwrap_or_else(|| json!([]));
        Vec::<Shop>::deserialize(shops).map_err(|error| self.unreadable("shops", &error, answer))
    }

    async fn shop(&self) -> Result<(Shop, Answer), Problem> {
        let (shops, answer) = self.shops().await?;
        match shops.iter().find(|shop| shop.id.as_deref() == Some(&self.shop_id)) {
            Some(shop) => Ok((shop.clone(), answer)),
            None => Err(self.not_covered(&shops)),
        }
    }

    fn not_covered(&self, shops: &[Shop]) -> Problem {
        let told = |shop: &Shop| {
            let word = |field: &Option<String>| field.clone().unwrap_or_else(|| "?".to_string());
            format!("{} ({}, {})", word(&shop.id), word(&shop.name), word(&shop.region))
        };
        let covered = match shops {
            [] => "no shop at all".to_string(),
            shops => shops.iter().map(told).collect::<Vec<_>>().join(", "),
        };
        let sentence = format!(
            "{}: the authorization does not cover the shop {} but {covered}; correct shop_id, or authorize the app for that shop",
            self.line.place(),
            self.shop_id
        );
        Problem::unsent(CallErrorKind::NotAllowed, sentence)
    }

    async fn cipher(&self) -> Result<&str, Problem> {
        let asked_for = || async {
            let (shop, answer) = self.shop().await?;
            shop.cipher.ok_or_else(|| self.unreadable("shops", &"the shop has no cipher", &answer))
        };
        self.cipher.get_or_try_init(asked_for).await.map(String::as_str)
    }

    async fn detail(&self, id: &str) -> Result<Detail, Problem> {
        let path = format!("{COUPONS_PATH}/{id}");
        let cipher = self.cipher().await?;
        let api = Api { name: "coupons/get", path: &path, query: &[], body: None, cipher: Some(cipher) };
        match self.read(&api).await {
            Ok(answer) => Ok(self.coupon(&answer, id)),
            Err(problem) if perhaps_gone(&problem) => Ok(Detail::PerhapsGone(problem.into())),
            Err(problem) => Err(problem),
        }
    }

    fn coupon(&self, answer: &Answer, id: &str) -> Detail {
        let Some(coupon) = wire::data(answer).remove("coupon").filter(|coupon| !coupon.is_null()) else {
            let sentence = format!("{} answered for coupon {id} without one", self.line.place());
            return Detail::PerhapsGone(Problem::doubtful(sentence, wire::request_id(answer)).into());
        };
        let reader = Reader { store: self.line.store(), currency: self.currency };
        let read = serde_json::from_value(coupon)
            .map_err(|error| error.to_string())
            .and_then(|coupon: WireCoupon| reader.coupon(&coupon));
        match read {
            Ok(coupon) => Detail::Read(Box::new(coupon)),
            Err(reason) => Detail::Unreadable(reason),
        }
    }

    async fn details(&self, ids: impl IntoIterator<Item = String>) -> Result<Details, Problem> {
        let read = |id: String| async move { Ok::<_, Problem>((self.detail(&id).await?, id)) };
        let answers: Vec<_> = stream::iter(ids.into_iter().map(read)).buffered(DETAILS_AT_ONCE).try_collect().await?;
        let mut details = Details::default();
        for (detail, id) in answers {
            match detail {
                Detail::Read(coupon) => details.coupons.push(*coupon),
                Detail::Unreadable(reason) => details.unreadable.push(format!("{id}: {reason}")),
                Detail::PerhapsGone(error) => details.perhaps_gone.push((id, error)),
            }
        }
        Ok(details)
    }

    /// Those of the coupons that are listed all the same, each with the reason why it could not be read. A search that is not
    /// whole proves of none that it is gone.
    async fn still_listed(&self, perhaps_gone: Vec<(String, CallError)>) -> Result<Vec<(String, CallError)>, Problem> {
        if perhaps_gone.is_empty() {
            return Ok(perhaps_gone);
        }
        let listed = self.search(&json!({})).await?;
        Ok(perhaps_gone.into_iter().filter(|(id, _)| !listed.is_without(id)).collect())
    }

    fn unreadable(&self, call: &str, reason: &dyn std::fmt::Display, answer: &Answer) -> Problem {
        let sentence = format!("{} answered {call} with something that cannot be read: {reason}", self.line.place());
        Problem::doubtful(sentence, wire::request_id(answer))
    }
}

#[async_trait]
impl Connector for TiktokShop {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let listed = self.search(&json!({})).await?;
        let details = self.details(listed.coupons.into_keys()).await?;
        let candidates = details.perhaps_gone.len();
        let kept = self.still_listed(details.perhaps_gone).await?;
        let gone = u64::try_from(candidates - kept.len()).unwrap_or_default();
        let mut unreadable = details.unreadable;
        unreadable.extend(kept.into_iter().map(|(id, error)| format!("{id}: {}", told(&error))));
        unreadable.extend(listed.unreadable);
        Ok(Listing {
            coupons: details.coupons,
            expected: listed.total.map(|total| total.saturating_sub(gone)),
            unreadable,
        })
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        if !is_id(coupon.as_str()) {
            return Ok(None);
        }
        match self.detail(coupon.as_str()).await? {
            Detail::Read(read) if read.id == *coupon => Ok(Some(*read)),
            Detail::Read(_) => Ok(None),
            Detail::Unreadable(reason) => {
                let sentence = format!("{}: coupon {coupon} cannot be read: {reason}", self.line.place());
                Err(Problem::doubtful(sentence, None).error)
            }
            Detail::PerhapsGone(error) => {
                let listed = self.still_listed(vec![(coupon.to_string(), error)]).await?;
                listed.into_iter().next().map_or(Ok(None), |(_, error)| Err(error))
            }
        }
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let listed = self.search(&json!({ "display_type": ["PROMO_CODE"] })).await?;
        let is_it = |coupon: &Found| coupon.promo_code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code));
        let ids = listed.coupons.into_iter().filter(|(_, coupon)| is_it(coupon)).map(|(id, _)| id);
        let details = self.details(ids).await?;
        let kept = self.still_listed(details.perhaps_gone).await?.into_iter().map(|(_, error)| told(&error));
        if let Some(reason) = details.unreadable.into_iter().chain(kept).next() {
            let sentence = format!("{}: a coupon with the code {code} cannot be read: {reason}", self.line.place());
            return Err(Problem::doubtful(sentence, None).error);
        }
        Ok(details.coupons)
    }

    /// Never sends anything.
    async fn send(&self, _write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        let sentence = format!(
            "nothing was sent to {}: TikTok Shop's coupon API is read-only; make this change in Seller Center",
            self.line.place()
        );
        Err(Problem::unsent(CallErrorKind::Rejected, sentence).into())
    }

    async fn check(&self) -> Result<Health, CallError> {
        let (shop, answer) = self.shop().await?;
        // Coupons need a right of their own.
        self.page(&json!({}), 1, None).await?;
        Ok(Health {
            shop_name: shop.name,
            // Amounts carry their currency; the region of a shop tells none.
            currency: None,
            zone: None,
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends: self.session.authorization_ends().await,
            restriction: None,
            may_write: MayWrite::Never,
            quota: None,
        })
    }

    async fn sign_in_again_by(&self) -> Option<Timestamp> {
        self.standing().ok()?.sign_in_again_by()
    }

    fn tally(&self) -> Tally {
        self.line.tally()
    }

    /// The search, one detail a coupon, and what comes before: a refreshed sign-in, the shop's cipher.
    fn calls_to_load(&self, known: &[&Coupon]) -> u64 {
        let before = u64::from(self.session.will_refresh(self.line.now())) + u64::from(!self.cipher.initialized());
        before + pages_of(known.len(), search::PAGE_SIZE) + known.len() as u64
    }

    fn pace(&self) -> Option<StorePace> {
        Some(self.line.pace())
    }
}

/// What became of asking for one coupon.
enum Detail {
    Read(Box<Coupon>),
    /// With the reason.
    Unreadable(String),
    /// With what the platform said instead.
    PerhapsGone(CallError),
}

#[derive(Default)]
struct Details {
    coupons: Vec<Coupon>,
    unreadable: Vec<String>,
    perhaps_gone: Vec<(String, CallError)>,
}

/// Beside the API's own host where that is this machine: a pretend platform serves both.
fn auth_host(account: &Account) -> Result<Url, ConnectError> {
    if is_this_machine(&account.endpoint) {
        return Ok(account.endpoint.clone());
    }
    Url::parse(AUTH_HOST).map_err(|_| ConnectError::Address {
        store: account.store.id.clone(),
        address: AUTH_HOST.to_string(),
        wanted: "write https:// and a host",
    })
}

fn headers(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // A token that no header can carry is left out, and the platform says that it is missing.
    if let Ok(mut token) = HeaderValue::from_str(token) {
        token.set_sensitive(true);
        headers.insert(TOKEN_HEADER, token);
    }
    headers
}

/// Digits, too many for a number.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn refused_token(problem: &Problem) -> bool {
    wire::is_token_refusal(problem.code.as_deref(), problem.error.platform_words.as_deref())
}

fn perhaps_gone(problem: &Problem) -> bool {
    problem.outcome == CallOutcome::Refused && problem.error.kind == CallErrorKind::Rejected
}

/// The sentence with the platform's own words.
fn told(error: &CallError) -> String {
    match &error.platform_words {
        Some(words) => format!("{} ({words})", error.sentence),
        None => error.sentence.clone(),
    }
}
