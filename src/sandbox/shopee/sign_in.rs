//! Who calls: partner, signature, timestamp, token, shop. The sheet's sections 1.2 to 1.5.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Done, Refusal, Reply, refusal, wrong_parameters};
use super::request::page;
use super::shop::{Shop, Shopee};
use crate::domain::Timestamp;
use crate::sandbox::access::SignIn;
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::{Request, page_of};
use crate::sandbox::fields::{Fields, object};
use crate::sandbox::seed::hash_hex;
use crate::sandbox::state::{Act, Stored};
use crate::sandbox::tokens::{TokenKind, hmac_sha256};

const TIMESTAMP_AGE: Duration = Duration::minutes(5);
const ACCESS_TOKEN_LIFE: Duration = Duration::hours(4);
const OLD_ACCESS_TOKEN_LIFE: Duration = Duration::minutes(5);
const REFRESH_TOKEN_LIFE: Duration = Duration::days(30);
/// A used refresh token brings the same new pair again for about as long.
const REFRESH_REPEAT: Duration = Duration::hours(4);
const CODE_LIFE: Duration = Duration::minutes(10);
const AUTHORIZATION_LIFE: Duration = Duration::days(365);

impl Shopee {
    /// Checks a shop call and says whose it is.
    pub fn check_shop(&self, context: &Context, request: &Request) -> Done<&Shop> {
        self.check_partner(request)?;
        let (token, shop_id) = (needed(request, "access_token")?, needed(request, "shop_id")?);
        self.check_signed(context, request, &format!("{token}{shop_id}"))?;
        let shop = self.shop_of(shop_id.parse().ok());
        let shop = shop.ok_or_else(|| refusal("error_auth", "Invalid partner_id or shopid."))?;
        let known = context.act.token(token)?.filter(|known| known.is_good(TokenKind::Access, context.now));
        refuse_if(known.is_none_or(|known| known.holder != shop.id.as_str()), || {
            refusal("invalid_acceess_token", "Invalid access_token, please have a check.")
        })?;
        match &shop.own.refuse_with {
            Some(error) => Err(refusal(error.clone(), format!("{error}, please have a check.")).into()),
            None => Ok(shop),
        }
    }

    fn check_partner(&self, request: &Request) -> Result<(), Refusal> {
        let is_ours = needed(request, "partner_id")? == self.settings.partner_id.to_string();
        refuse_if(!is_ours, || refusal("error_auth", "partner_id is invalid"))
    }

    /// Checks partner, timestamp and signature; `signed_after` is what stands in the base string after the timestamp, on calls
    /// that a shop signs.
    fn check_signed(&self, context: &Context, request: &Request, signed_after: &str) -> Result<(), Refusal> {
        self.check_partner(request)?;
        let stamp = request.present("timestamp").ok_or_else(|| refusal("error_param", "no timestamp"))?;
        let stamp_time = stamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let stamp_time = stamp_time.ok_or_else(|| refusal("error_param", "Invalid timestamp"))?;
        refuse_if(!context.accepts(stamp_time, TIMESTAMP_AGE), || refusal("error_param", "Timestamp is expired."))?;
        let sign = needed(request, "sign")?;
        let path = request.path.trim_end_matches('/');
        let base = format!("{}{path}{stamp}{signed_after}", self.settings.partner_id);
        let right = HEXLOWER.encode(&hmac_sha256(&self.settings.partner_key, &[base.as_bytes()]));
        refuse_if(sign != right, || refusal("error_sign", "Wrong sign."))
    }

    /// The page where a seller lets the app in: here they always agree, and are sent back at once. A `shop_id` in the link
    /// chooses the shop; without it, it is the first one.
    pub fn authorize(&self, context: &Context, request: &Request) -> Done<Reply> {
        self.check_signed(context, request, "")?;
        let target = request.parameter("redirect").and_then(|redirect| Url::parse(redirect).ok());
        let mut target = target.ok_or_else(|| wrong_parameters("redirect is not an address"))?;
        let shop_id: Option<u64> = request.parameter("shop_id").and_then(|id| id.parse().ok());
        let chosen = if shop_id.is_some() { self.shop_of(shop_id) } else { self.shops.first() };
        let shop = chosen.ok_or_else(|| refusal("invalid_shop_id", "Invalid shop_id."))?;
        let generation = context.act.token_generation(shop.id.as_str(), TokenKind::Code)? + 1;
        let code = self.token_text(shop, TokenKind::Code, generation);
        let ends = context.now + CODE_LIFE;
        context.act.add_token(shop.id.as_str(), TokenKind::Code, generation, &code, ends)?;
        target.query_pairs_mut().append_pair("code", &code).append_pair("shop_id", &shop.own.shop_id.to_string());
        Ok(Reply::Redirect(target))
    }

    /// `auth/token/get`: a code becomes the first pair, and every earlier token of the shop dies.
    pub fn token_from_code(&self, context: &Context, request: &Request) -> Done<Reply> {
        let (code, shop) = self.token_request(context, request, "code")?;
        let (act, id) = (context.act, shop.id.as_str());
        act.trade_code(&code, context.now, |holder| holder == id)?
            .ok_or_else(|| refusal("invalid_code", "Invalid code, please have a check."))?;
        let generation = act.token_generation(id, TokenKind::Refresh)? + 1;
        act.forget_tokens(id)?;
        let mut fields = self.add_pair(act, shop, generation, context.now)?;
        fields.insert("shop_id_list".into(), json!([shop.own.shop_id]));
        fields.insert("merchant_id_list".into(), json!([]));
        Ok(Reply::TopLevel(fields))
    }

    /// `auth/access_token/get`: a refresh token becomes the next pair, once.
    pub fn token_from_refresh(&self, context: &Context, request: &Request) -> Done<Reply> {
        let (text, shop) = self.token_request(context, request, "refresh_token")?;
        let (act, now, id) = (context.act, context.now, shop.id.as_str());
        let invalid = || refusal("error_auth", "Invalid refresh_token.");
        let found = act.token(&text)?.filter(|token| token.kind == TokenKind::Refresh && token.holder == id);
        let token = found.ok_or_else(invalid)?;
        let next = token.generation + 1;
        let mut fields = match token.used {
            None if token.ends <= now => {
                return Err(refusal("refresh_token_expired", "Your refresh_token expired.").into());
            }
            None => {
                act.use_token(&text, now)?;
                act.end_tokens(Some(id), TokenKind::Access, now + OLD_ACCESS_TOKEN_LIFE)?;
                self.add_pair(act, shop, next, now)?
            }
            Some(used) if now - used > REFRESH_REPEAT => return Err(invalid().into()),
            // Sent again, perhaps because the answer was lost: the same pair once more.
            Some(_) => self.pair(shop, next),
        };
        fields.insert("partner_id".into(), json!(self.settings.partner_id));
        fields.insert("shop_id".into(), json!(shop.own.shop_id));
        Ok(Reply::TopLevel(fields))
    }

    /// What both token calls check: the signature, the partner again in the body, the shop, and the `field` that is traded in.
    fn token_request(&self, context: &Context, request: &Request, field: &str) -> Result<(String, &Shop), Refusal> {
        self.check_signed(context, request, "")?;
        let body = request.json_object().ok_or_else(|| wrong_parameters("the body is not JSON"))?;
        let number = |name: &str| body.get(name).and_then(Value::as_u64);
        refuse_if(number("partner_id") != Some(self.settings.partner_id), || wrong_parameters("partner_id"))?;
        let text = body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| wrong_parameters(field))?;
        let shop = number("shop_id").and_then(|id| self.shop_of(Some(id)));
        let shop = shop.ok_or_else(|| refusal("invalid_shop_id", "Invalid shop_id, please have a check."))?;
        Ok((text.to_string(), shop))
    }

    /// `public/get_shops_by_partner`.
    pub fn shops_of_partner(&self, context: &Context, request: &Request) -> Done<Reply> {
        self.check_signed(context, request, "")?;
        let (page_no, page_size) = page(request, 100, u64::MAX)?;
        let shown = |shop: &Shop| {
            json!({
                "shop_id": shop.own.shop_id, "region": shop.region, "auth_time": shop.own.auth_time,
                "expire_time": shop.own.auth_time + AUTHORIZATION_LIFE.num_seconds(), "sip_affi_shop_list": [],
            })
        };
        let (page, more) = page_of(self.shops.iter().map(shown).collect(), page_no, page_size);
        Ok(Reply::TopLevel(object(json!({ "authed_shop_list": page, "more": more }))))
    }

    /// The latest pair of a shop.
    pub fn sign_in(&self, act: &Act, shop: &Shop) -> Stored<SignIn> {
        let generation = act.token_generation(shop.id.as_str(), TokenKind::Refresh)?;
        let access_token = self.token_text(shop, TokenKind::Access, generation);
        let ends = act.token(&access_token)?.map(|token| token.ends).unwrap_or_default();
        Ok(SignIn::new(json!({
            "partner_id": self.settings.partner_id, "partner_key": self.settings.partner_key, "shop_id": shop.own.shop_id,
            "access_token": access_token, "access_token_ends": ends,
            "refresh_token": self.token_text(shop, TokenKind::Refresh, generation),
        })))
    }

    /// Adds a pair, the first one of a new sandbox too.
    pub fn add_pair(&self, act: &Act, shop: &Shop, generation: i64, now: Timestamp) -> Stored<Fields> {
        for (kind, life) in [(TokenKind::Access, ACCESS_TOKEN_LIFE), (TokenKind::Refresh, REFRESH_TOKEN_LIFE)] {
            let text = self.token_text(shop, kind, generation);
            act.add_token(shop.id.as_str(), kind, generation, &text, now + life)?;
        }
        Ok(self.pair(shop, generation))
    }

    fn pair(&self, shop: &Shop, generation: i64) -> Fields {
        object(json!({
            "access_token": self.token_text(shop, TokenKind::Access, generation),
            "refresh_token": self.token_text(shop, TokenKind::Refresh, generation),
            "expire_in": ACCESS_TOKEN_LIFE.num_seconds(),
        }))
    }

    fn token_text(&self, shop: &Shop, kind: TokenKind, generation: i64) -> String {
        hash_hex(&[&self.seed, shop.id.as_str(), kind.word(), &generation.to_string()], 32)
    }
}

/// `shop/get_shop_info`.
pub(super) fn shop_info(shop: &Shop) -> Fields {
    object(json!({
        "shop_name": shop.name, "region": shop.region, "status": shop.own.status, "is_cb": false, "merchant_id": null,
        "auth_time": shop.own.auth_time, "expire_time": shop.own.auth_time + AUTHORIZATION_LIFE.num_seconds(),
    }))
}

fn needed<'r>(request: &'r Request, name: &str) -> Result<&'r str, Refusal> {
    request.present(name).ok_or_else(|| refusal("error_param", format!("There is no {name} in query.")))
}
