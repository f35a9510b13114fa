//! Who calls: app, signature, timestamp, token; and the tokens' lives. The sheet's sections 1.2 to 1.5.

use chrono::{DateTime, Duration};
use data_encoding::HEXUPPER;
use serde_json::{Value, json};
use url::Url;

use super::answer::{self, Done, Refusal, Reply, illegal_parameter};
use super::parameters::Parameters;
use super::shop::{Lazada, RefreshToken, Shop};
use crate::domain::Timestamp;
use crate::sandbox::access::SignIn;
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::fields::{Fields, object};
use crate::sandbox::seed::{hash_hex, hash_number};
use crate::sandbox::state::{Act, Stored};
use crate::sandbox::tokens::{TokenKind, hmac_sha256};

const TIMESTAMP_AGE: Duration = Duration::seconds(7200);
const CODE_LIFE: Duration = Duration::minutes(30);
/// A store of a seller kind that may not use promotions says so in `seller/get`.
const EASE_MODE_ERROR: &str = "Mp3SellerApiLimit";

/// A token and its end.
type Token = (String, Timestamp);

impl Lazada {
    /// Checks app, timestamp and signature: all that a token call has to show.
    pub fn check_app(&self, context: &Context, api_path: &str, parameters: &Parameters) -> Result<(), Refusal> {
        let app_key = parameters.required("app_key")?;
        let stamp = parameters.required("timestamp")?;
        let sign_method = parameters.required("sign_method")?;
        let sign = parameters.required("sign")?;
        refuse_if(app_key != self.settings.app_key, || answer::INVALID_APP_KEY)?;
        let is_fresh = instant(stamp).is_some_and(|stamp| context.accepts(stamp, TIMESTAMP_AGE));
        refuse_if(!is_fresh, || answer::ILLEGAL_TIMESTAMP)?;
        let mut texts = parameters.signed_texts(api_path).into_iter();
        let is_over = |text: Vec<u8>| sign == HEXUPPER.encode(&hmac_sha256(&self.settings.app_secret, &[&text]));
        if sign_method == "sha256" && texts.any(is_over) { Ok(()) } else { Err(answer::WRONG_SIGNATURE) }
    }

    /// Checks a store's call and says whose it is: the access token alone tells.
    pub fn check_store(&self, context: &Context, api_path: &str, parameters: &Parameters) -> Done<&Shop> {
        let token = parameters.required("access_token")?;
        self.check_app(context, api_path, parameters)?;
        let known = context.act.token(token)?.filter(|known| known.is_good(TokenKind::Access, context.now));
        let shop = known.and_then(|known| self.shop(&known.holder));
        Ok(shop.ok_or(answer::ILLEGAL_ACCESS_TOKEN)?)
    }

    /// The page where a seller lets the app in: here they always agree, and are sent back at once. A `seller_id` in the link
    /// chooses the store, as the seller's own sign-in would; without it, it is the first one.
    pub fn authorize(&self, context: &Context, parameters: &Parameters) -> Done<Reply> {
        refuse_if(parameters.get("client_id") != Some(self.settings.app_key.as_str()), || answer::INVALID_APP_KEY)?;
        let target = parameters.get("redirect_uri").and_then(|address| Url::parse(address).ok());
        let mut target = target.ok_or_else(|| illegal_parameter("redirect_uri is not an address"))?;
        let seller_id = parameters.get("seller_id");
        let is_meant = |shop: &&Shop| seller_id.is_none_or(|wanted| shop.own.seller_id.to_string() == wanted);
        let shop = self.shops.iter().find(is_meant);
        let shop = shop.ok_or_else(|| illegal_parameter("no seller has this seller_id"))?;
        let (code, _) = self.add_token(context.act, shop, TokenKind::Code, context.now + CODE_LIFE)?;
        target.query_pairs_mut().append_pair("code", &code);
        if let Some(state) = parameters.get("state") {
            target.query_pairs_mut().append_pair("state", state);
        }
        Ok(Reply::Redirect(target))
    }

    /// `/auth/token/create`: a code becomes the first pair, once.
    pub fn token_from_code(&self, context: &Context, api_path: &str, parameters: &Parameters) -> Done<Reply> {
        self.check_app(context, api_path, parameters)?;
        let (act, now) = (context.act, context.now);
        let code = act.trade_code(parameters.required("code")?, now, |holder| self.shop(holder).is_some())?;
        let shop = code.and_then(|code| self.shop(&code.holder));
        let shop = shop.ok_or(answer::INVALID_CODE)?;
        let (access, refresh) = self.add_pair(act, shop, now)?;
        Ok(Reply::TopLevel(self.pair(shop, access, refresh, now, "country_user_info")))
    }

    /// `/auth/token/refresh`: a new access token; the refresh token's own end is not moved.
    pub fn token_from_refresh(&self, context: &Context, api_path: &str, parameters: &Parameters) -> Done<Reply> {
        self.check_app(context, api_path, parameters)?;
        let (act, now) = (context.act, context.now);
        let old = parameters.required("refresh_token")?;
        refuse_if(!self.settings.app_refreshes, || answer::NO_REFRESH)?;
        let found = act.token(old)?.filter(|token| token.is_good(TokenKind::Refresh, now));
        let token = found.ok_or(answer::ILLEGAL_REFRESH_TOKEN)?;
        let shop = self.shop(&token.holder).ok_or(answer::ILLEGAL_REFRESH_TOKEN)?;
        let access = self.add_access(act, shop, now)?;
        let refresh = match self.settings.refresh_token {
            RefreshToken::Kept => (token.text, token.ends),
            RefreshToken::New | RefreshToken::NewAndOldDies => {
                self.add_token(act, shop, TokenKind::Refresh, token.ends)?
            }
        };
        if self.settings.refresh_token == RefreshToken::NewAndOldDies {
            act.end_token(old, now)?;
        }
        // The two pages of the documents call the list by two names.
        Ok(Reply::TopLevel(self.pair(shop, access, refresh, now, "country_user_info_list")))
    }

    /// The latest pair of a store.
    pub fn sign_in(&self, act: &Act, shop: &Shop) -> Stored<SignIn> {
        let access = act.latest_token(shop.id.as_str(), TokenKind::Access)?;
        let refresh = act.latest_token(shop.id.as_str(), TokenKind::Refresh)?;
        Ok(SignIn::new(json!({
            "app_key": self.settings.app_key, "app_secret": self.settings.app_secret, "seller_id": shop.own.seller_id,
            "country": shop.region.to_lowercase(),
            "access_token": access.as_ref().map(|token| &token.text),
            "access_token_ends": access.as_ref().map(|token| token.ends),
            "refresh_token": refresh.map(|token| token.text),
        })))
    }

    /// What a seller's consent at `now` gives.
    pub fn add_pair(&self, act: &Act, shop: &Shop, now: Timestamp) -> Stored<(Token, Token)> {
        let refresh_ends = now + Duration::seconds(self.settings.refresh_token_seconds.into());
        Ok((self.add_access(act, shop, now)?, self.add_token(act, shop, TokenKind::Refresh, refresh_ends)?))
    }

    fn add_access(&self, act: &Act, shop: &Shop, now: Timestamp) -> Stored<Token> {
        let ends = now + Duration::seconds(self.settings.access_token_seconds.into());
        self.add_token(act, shop, TokenKind::Access, ends)
    }

    fn add_token(&self, act: &Act, shop: &Shop, kind: TokenKind, ends: Timestamp) -> Stored<Token> {
        let generation = act.token_generation(shop.id.as_str(), kind)? + 1;
        let secret = hash_hex(&[&self.seed, shop.id.as_str(), kind.word(), &generation.to_string()], 32);
        let seller_id = shop.own.seller_id;
        let text = match kind {
            TokenKind::Access | TokenKind::Endless => format!("50000200x{seller_id}x{secret}"),
            TokenKind::Refresh => format!("50001200x{seller_id}x{secret}"),
            TokenKind::Code => format!("0_{}_{seller_id}x{secret}", self.settings.app_key),
        };
        act.add_token(shop.id.as_str(), kind, generation, &text, ends)?;
        Ok((text, ends))
    }

    /// A token answer; every life is told in seconds from now.
    fn pair(&self, shop: &Shop, access: Token, refresh: Token, now: Timestamp, users: &str) -> Fields {
        let seconds = |ends: Timestamp| (ends - now).num_seconds();
        let country = shop.region.to_ascii_lowercase();
        let user_id = 100_000_000 + hash_number(&[&shop.own.seller_id.to_string(), "user"]) % 800_000_000;
        let user = json!({
            "country": country, "user_id": user_id.to_string(), "seller_id": shop.own.seller_id.to_string(),
            "short_code": short_code(shop),
        });
        object(json!({
            "access_token": access.0, "refresh_token": refresh.0, "expires_in": seconds(access.1),
            // A refresh token is usable only when its life is above 0.
            "refresh_expires_in": if self.settings.app_refreshes { seconds(refresh.1) } else { 0 },
            "country": country, "account_platform": "seller_center", "account": format!("{}@example.test", shop.id),
            "account_id": null, users: [user],
        }))
    }
}

/// Milliseconds since 1970 as text, or an ISO text.
fn instant(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(milliseconds) => DateTime::from_timestamp_millis(milliseconds),
        Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
    }
}

/// `/seller/get`.
pub(super) fn seller(shop: &Shop) -> Value {
    json!({
        "seller_id": shop.own.seller_id, "name": shop.name, "short_code": short_code(shop), "cb": false,
        "status": shop.own.status, "verified": true, "logo_url": null, "location": shop.region,
        "marketplaceEaseMode": shop.own.refuse_with.as_deref() == Some(EASE_MODE_ERROR),
    })
}

fn short_code(shop: &Shop) -> String {
    let letters = hash_hex(&[&shop.own.seller_id.to_string(), "short code"], 5);
    format!("{}{}", shop.region, letters.to_ascii_uppercase())
}

/// The seller that a token or code of this sandbox names, so that a call's store is known before its signature is checked.
pub(super) fn seller_of_token(token: &str) -> Option<u64> {
    let (before, _) = token.rsplit_once('x')?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
