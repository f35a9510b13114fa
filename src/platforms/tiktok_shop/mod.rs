//! TikTok Shop: seller coupons and promo codes through the Partner API, which only reads them.
//!
//! The search lacks the counters, so a load is the search and one detail for each coupon. What the API answers for a coupon that
//! is gone is not documented: only a whole search that no longer lists it decides that.

mod abilities;
mod app;
mod coupon;
mod search;
mod session;
mod wire;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::OnceCell;
use url::Url;

use self::app::{Api, App};
use self::session::TiktokShopTokens;
use self::wire::{Found, Shop, WireCoupon};
use super::account::{Account, ConnectError};
use super::call_log::CallOutcome;
use super::client::{Answer, ApiClient, Problem};
use super::connector::{Connector, Health, KnownCoupons, Listing, Receipt, pages_of};
use super::entry::Entry;
use super::errors::{CallError, CallErrorKind, SendError};
use super::hashes::fingerprint;
use super::keys::{Key, KeyCheck, KeyKind, Place};
use super::lenient::{self, is_digits};
use super::listed::unreadable as unreadable_coupon;
use super::network::Network;
use super::pace::Pace;
use super::session::{Session, TokenSource};
use super::sign_in::SignIn;
use crate::domain::{ChangeId, Coupon, CouponId, MayWrite, Message, ShopId, Write};
use crate::message;

use self::abilities::{ABILITIES, BACK_OFFICE};
pub use self::app::{sign, signed_text};
pub use self::coupon::end_of_wire;

/// Of the token calls. Source: authorization guide of the Partner Center.
const AUTH_HOST: &str = "https://auth.tiktok-shops.com";

pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // The last number that TikTok Shop published was 50 calls a second for each call, app and shop; now it shares its means out by
    // itself and names none.
    pace: Pace { app_per_second: None, shop_per_second: 20, shop_in_flight: DETAILS_AT_ONCE },
    keys: &KEYS,
    check,
    connect: |account, network| Ok(Box::new(TiktokShop::connect(account, network)?)),
};
const DETAILS_AT_ONCE: usize = 5;

const COUPONS_PATH: &str = "/promotion/202406/coupons";

/// TikTok Shop's host for all regions (platform sheet 1.1, documented).
const HOST: &str = "https://open-api.tiktokglobalshop.com";

const KEYS: [Key; 6] = [
    Key::needed("shop_id", KeyKind::Id),
    Key::needed("app_key", KeyKind::Id),
    Key::needed("app_secret", KeyKind::Secret),
    // From the seller's authorization, for the first sign-in. The stores of one authorization name the same one.
    Key::optional("refresh_token", KeyKind::Secret),
    // What the API calls the shop; asked for where it is left out.
    Key::optional("shop_cipher", KeyKind::Text),
    // The app's authorization link, as the Partner Center shows it.
    Key::optional("consent_link", KeyKind::Text),
];

fn check(check: &mut KeyCheck<'_>) -> Option<Place> {
    if check.keys.text("consent_link").is_some_and(|link| consent_link(link).is_none()) {
        let what = "consent_link is not an address that begins with https://";
        let wanted = "copy the app's authorization link from the Partner Center, with its service_id";
        check.wrong("consent_link", what, wanted);
    }
    Some(Place { shop: ShopId::new(check.keys.text("shop_id")?), endpoint: check.endpoint_or(HOST)? })
}

// Only a host of TLS, or this machine: the seller types a password there.
fn consent_link(text: &str) -> Option<Url> {
    let here = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    Url::parse(text.trim()).ok().filter(|url| url.has_host() && (url.scheme() == "https" || here(url)))
}

struct TiktokShop {
    client: Arc<ApiClient>,
    app: App,
    shop_id: String,
    /// What the API calls the shop; asked for once where the config does not tell.
    cipher: OnceCell<String>,
    endpoint: Url,
    /// Where a person changes its coupons.
    page: Option<String>,
    session: Arc<Session>,
}

impl TiktokShop {
    fn connect(account: &Account, network: &Network) -> Result<Self, ConnectError> {
        let app = App { app_key: account.needed("app_key")?, app_secret: account.needed_secret("app_secret")? };
        let shop_id = account.store.shop.to_string();
        if !is_digits(&shop_id) {
            let wanted = "wanted-tiktok-digits";
            return Err(account.wrong_shop(ENTRY.name(), wanted));
        }
        let client = Arc::new(ApiClient::new(account, network, &app.app_key, ENTRY.terms(), wire::judge)?);
        let cipher = account.keys.text("shop_cipher").map(str::to_string);
        let source = TokenSource::Refresh(account.keys.secret("refresh_token").cloned());
        let seed = fingerprint(&format!("{}:{}", app.app_key, source.configured().unwrap_or_default()), 16);
        let endpoint = account.endpoint.clone();
        let flow = TiktokShopTokens {
            app: app.clone(),
            shop_id: shop_id.clone(),
            auth_host: account.host_beside(AUTH_HOST)?,
            endpoint: endpoint.clone(),
            cipher: cipher.clone(),
            consent_link: account.keys.text("consent_link").and_then(consent_link),
        };
        let session = Session::new(Arc::clone(&client), network, flow, source, seed);
        let page = coupon::page(account.store.currency, account.store.zone);
        Ok(Self { client, app, shop_id, cipher: OnceCell::new_with(cipher), endpoint, page, session })
    }

    async fn read(&self, api: &Api<'_>) -> Result<Answer, Problem> {
        self.session.read(api.name, |token, now| self.app.request(&self.endpoint, api, token, now)).await
    }

    /// The shop among those that the seller's authorization covers, and the answer that told it.
    async fn shop(&self) -> Result<(Shop, Answer), Problem> {
        let answer = self.read(&app::SHOPS).await?;
        Ok((app::shop_of(&self.client, &answer, &self.shop_id)?, answer))
    }

    async fn cipher(&self) -> Result<&str, Problem> {
        let asked_for = || async {
            let (shop, answer) = self.shop().await?;
            let missing = || {
                let (what, why) = (message!("thing-shops"), message!("odd-cipher"));
                self.client.unreadable_answer(what, why, answer.request_id())
            };
            shop.cipher.ok_or_else(missing)
        };
        self.cipher.get_or_try_init(asked_for).await.map(String::as_str)
    }

    async fn detail(&self, id: &str) -> Result<Detail, Problem> {
        let path = format!("{COUPONS_PATH}/{id}");
        let cipher = self.cipher().await?;
        let api = Api { name: "coupons/get", path: &path, query: &[], body: None, cipher: Some(cipher) };
        match self.read(&api).await {
            Ok(answer) => Ok(self.coupon(&answer, id)),
            Err(problem) => match (problem.outcome, problem.error.kind) {
                (CallOutcome::Refused, CallErrorKind::Rejected) => Ok(Detail::PerhapsGone(problem.into())),
                _ => Err(problem),
            },
        }
    }

    fn coupon(&self, answer: &Answer, id: &str) -> Detail {
        let Some(coupon) = wire::data(answer).remove("coupon").filter(|coupon| !coupon.is_null()) else {
            let sentence = message!("call-without-coupon", place = self.client.place(), coupon = id);
            return Detail::PerhapsGone(Problem::doubtful(sentence, answer.request_id()).into());
        };
        let read = serde_json::from_value(coupon).map_err(lenient::in_words_of).and_then(|coupon: WireCoupon| {
            coupon::coupon(self.client.store(), self.page.clone(), self.client.now(), &coupon)
        });
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
                Detail::Unreadable(reason) => details.unreadable.push(unreadable_coupon(id, reason)),
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
        let is_gone = |id: &str| search::is_whole(&listed) && !listed.found.contains_key(id);
        Ok(perhaps_gone.into_iter().filter(|(id, _)| !is_gone(id)).collect())
    }
}

#[async_trait]
impl Connector for TiktokShop {
    fn client(&self) -> Option<&ApiClient> {
        Some(&self.client)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let listed = self.search(&json!({})).await?;
        let details = self.details(listed.found.into_keys()).await?;
        let candidates = details.perhaps_gone.len();
        let kept = self.still_listed(details.perhaps_gone).await?;
        let gone = u64::try_from(candidates - kept.len()).unwrap_or_default();
        let mut unreadable = details.unreadable;
        unreadable.extend(kept.into_iter().map(|(id, error)| unreadable_coupon(id, error.in_full())));
        unreadable.extend(listed.unreadable);
        Ok(Listing {
            coupons: details.coupons,
            expected: listed.total.map(|total| total.saturating_sub(gone)),
            unreadable,
        })
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        if !is_digits(coupon.as_str()) {
            return Ok(None);
        }
        match self.detail(coupon.as_str()).await? {
            Detail::Read(read) if read.id == *coupon => Ok(Some(*read)),
            Detail::Read(_) => Ok(None),
            Detail::Unreadable(reason) => {
                Err(self.client.unreadable(message!("thing-coupon", id = coupon.as_str()), &reason).into())
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
        let ids = listed.found.into_iter().filter(|(_, coupon)| is_it(coupon)).map(|(id, _)| id);
        let details = self.details(ids).await?;
        let kept = self.still_listed(details.perhaps_gone).await?.into_iter().map(|(_, error)| error.in_full());
        if let Some(reason) = details.unreadable.into_iter().chain(kept).next() {
            return Err(self.client.unreadable(message!("thing-coupon-of-code", code = code), &reason).into());
        }
        Ok(details.coupons)
    }

    /// Never sends anything.
    async fn send(&self, _write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        Err(self.client.impossible("impossible-tiktok"))
    }

    fn sign_in(&self) -> &dyn SignIn {
        &*self.session
    }

    /// Only whose it is: amounts carry their currency.
    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        let (shop, _) = self.shop().await?;
        app::check_cipher(&self.client, &shop, self.cipher.get())?;
        Ok(None)
    }

    fn calls_about_the_shop(&self) -> u64 {
        1
    }

    async fn check(&self) -> Result<Health, CallError> {
        let (shop, answer) = self.shop().await?;
        app::check_cipher(&self.client, &shop, self.cipher.get())?;
        // Coupons need a right of their own.
        self.page(&json!({}), 1, None).await?;
        Ok(Health {
            shop_name: shop.name,
            // Amounts carry their currency; the region of a shop tells none.
            clock_ahead_seconds: answer.clock_ahead_seconds(),
            token_ends: self.session.held().await.and_then(|status| status.authorization_ends),
            may_write: MayWrite::Never,
            ..Health::default()
        })
    }

    /// The search, one detail a coupon, and what comes before: a refreshed sign-in, the shop's cipher.
    fn calls_to_load(&self, known: KnownCoupons<'_>) -> u64 {
        let before = self.session.calls_to_renew() + u64::from(!self.cipher.initialized());
        before + pages_of(known.count(), search::PAGE_SIZE) + known.count() as u64
    }
}

/// What became of asking for one coupon.
enum Detail {
    Read(Box<Coupon>),
    /// With the reason.
    Unreadable(Message),
    /// With what the platform said instead.
    PerhapsGone(CallError),
}

#[derive(Default)]
struct Details {
    coupons: Vec<Coupon>,
    unreadable: Vec<Message>,
    perhaps_gone: Vec<(String, CallError)>,
}
