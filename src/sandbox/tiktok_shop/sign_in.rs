//! The seller's consent and the tokens that follow from it. The sheet's section 1.5.

use chrono::Duration;
use serde_json::{Value, json};
use url::Url;

use super::answer::{self, Done, Refusal, Reply, invalid_parameter};
use super::shop::{Shop, TiktokShop};
use crate::domain::Timestamp;
use crate::sandbox::access::SignIn;
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::Request;
use crate::sandbox::seed::hash_hex;
use crate::sandbox::state::{Act, Stored};
use crate::sandbox::tokens::{Token, TokenKind};

const ACCESS_TOKEN_LIFE: Duration = Duration::days(7);
/// What the seller gave: refreshing does not lengthen it.
const AUTHORIZATION_LIFE: Duration = Duration::days(365);
const CODE_LIFE: Duration = Duration::minutes(30);

/// `user_type` of a seller.
const SELLER: u64 = 0;

impl TiktokShop {
    /// Hands out the pair that a new sandbox starts with; the first shop of a seller brings it for all.
    pub fn add_first_tokens(&self, act: &Act, shop: &Shop, now: Timestamp) -> Stored<()> {
        if latest(act, shop, TokenKind::Refresh)? == 0 {
            self.add_token(act, shop, TokenKind::Access, 1, now + ACCESS_TOKEN_LIFE)?;
            self.add_token(act, shop, TokenKind::Refresh, 1, now + AUTHORIZATION_LIFE)?;
        }
        Ok(())
    }

    /// The latest pair of a shop's seller.
    pub fn sign_in(&self, act: &Act, shop: &Shop) -> Stored<SignIn> {
        let access = act.latest_token(&shop.own.token_holder(), TokenKind::Access)?;
        let refresh = act.latest_token(&shop.own.token_holder(), TokenKind::Refresh)?;
        let text = |token: &Option<Token>| token.as_ref().map(|token| token.text.clone());
        let ends = |token: &Option<Token>| token.as_ref().map(|token| token.ends);
        Ok(SignIn::new(json!({
            "app_key": self.settings.app_key, "app_secret": self.settings.app_secret,
            "shop_id": shop.own.shop_id.to_string(), "shop_cipher": shop.own.cipher,
            "consent_link": "/open/authorize?service_id=sandbox",
            "access_token": text(&access), "access_token_ends": ends(&access),
            "refresh_token": text(&refresh), "refresh_token_ends": ends(&refresh),
        })))
    }

    /// The page where a seller lets the app in: here they always agree, and are sent back at once. A `shop_id` in the link
    /// chooses whose account it is; without it, it is the first shop's.
    pub fn authorize(&self, context: &Context, request: &Request) -> Done<Reply> {
        request.present("service_id").ok_or_else(|| invalid_parameter("service_id", "it is required"))?;
        let no_address = |_| invalid_parameter("redirect_url", "the app has no address to send the seller back to");
        let mut target = Url::parse(&self.settings.redirect_url).map_err(no_address)?;
        let wanted = request.present("shop_id");
        let is_chosen = |shop: &&Shop| wanted.is_none_or(|wanted| shop.own.shop_id.to_string() == wanted);
        let shop = self.shops.iter().find(is_chosen).ok_or(answer::INVALID_SHOP_ID)?;
        let generation = latest(context.act, shop, TokenKind::Code)? + 1;
        let code = self.add_token(context.act, shop, TokenKind::Code, generation, context.now + CODE_LIFE)?;
        target.query_pairs_mut().append_pair("code", &code);
        if let Some(state) = request.parameter("state") {
            target.query_pairs_mut().append_pair("state", state);
        }
        Ok(Reply::Redirect(target))
    }

    /// `token/get`: a code becomes a pair, once. What becomes of earlier pairs is not documented; they live on.
    pub fn token_from_code(&self, context: &Context, request: &Request) -> Done<Reply> {
        let code = self.traded(request, "auth_code", "authorized_code")?;
        let code = context.act.trade_code(code, context.now, |holder| self.held_by(holder).is_some())?;
        let shop = code.and_then(|code| self.held_by(&code.holder)).ok_or(answer::INVALID_AUTH_CODE)?;
        let authorized_until = context.now + AUTHORIZATION_LIFE;
        let generation = next_generation(context.act, shop)?;
        let refresh = self.add_token(context.act, shop, TokenKind::Refresh, generation, authorized_until)?;
        self.pair(context, shop, generation, (refresh, authorized_until))
    }

    /// `token/refresh`: a refresh token becomes a pair; whether it lives on itself is a setting, for the documents do not say.
    pub fn token_from_refresh(&self, context: &Context, request: &Request) -> Done<Reply> {
        let (act, now) = (context.act, context.now);
        let text = self.traded(request, "refresh_token", "refresh_token")?;
        let is_known = |token: &Token| token.kind == TokenKind::Refresh && token.used.is_none();
        let token = act.token(text)?.filter(is_known).ok_or(answer::INVALID_REFRESH_TOKEN)?;
        let shop = self.held_by(&token.holder).ok_or(answer::INVALID_REFRESH_TOKEN)?;
        refuse_if(token.ends <= now, || answer::EXPIRED_REFRESH_TOKEN)?;
        if self.settings.refresh_ends_access_token {
            act.end_tokens(Some(&token.holder), TokenKind::Access, now)?;
        }
        let generation = next_generation(act, shop)?;
        let refresh = if self.settings.refresh_tokens_rotate {
            act.use_token(text, now)?;
            self.add_token(act, shop, TokenKind::Refresh, generation, token.ends)?
        } else {
            token.text
        };
        self.pair(context, shop, generation, (refresh, token.ends))
    }

    /// What both token calls check: the app's key and secret, the kind of grant, and the `field` that is traded in.
    fn traded<'r>(&self, request: &'r Request, field: &str, grant_type: &str) -> Result<&'r str, Refusal> {
        refuse_if(request.present("app_key") != Some(self.settings.app_key.as_str()), || answer::INVALID_APP_KEY)?;
        refuse_if(request.present("app_secret") != Some(self.settings.app_secret.as_str()), || {
            answer::INVALID_APP_SECRET
        })?;
        refuse_if(request.present("grant_type") != Some(grant_type), || {
            invalid_parameter("grant_type", &format!("it is `{grant_type}`"))
        })?;
        request.present(field).ok_or_else(|| invalid_parameter(field, "it is required"))
    }

    /// A new access token, told with the refresh token beside it. In spite of their names, the `…_expire_in` are instants, in
    /// Unix seconds.
    fn pair(&self, context: &Context, shop: &Shop, generation: i64, refresh: (String, Timestamp)) -> Done<Reply> {
        let ends = context.now + ACCESS_TOKEN_LIFE;
        let access = self.add_token(context.act, shop, TokenKind::Access, generation, ends)?;
        let first = self.shops_of(&shop.own.seller).next().unwrap_or(shop);
        Ok(Reply::Token(json!({
            "access_token": access, "access_token_expire_in": ends.timestamp(),
            "refresh_token": refresh.0, "refresh_token_expire_in": refresh.1.timestamp(),
            "open_id": hash_hex(&[&self.seed, &shop.own.seller, "open id"], 32),
            "seller_name": first.name, "seller_base_region": first.region,
            "user_type": SELLER, "granted_scopes": first.own.granted_scopes,
        })))
    }

    fn held_by(&self, holder: &str) -> Option<&Shop> {
        self.shops.iter().find(|shop| shop.own.token_holder() == holder)
    }

    fn add_token(&self, act: &Act, shop: &Shop, kind: TokenKind, generation: i64, ends: Timestamp) -> Stored<String> {
        let seller = &shop.own.seller;
        let rest = hash_hex(&[&self.seed, seller, "tiktok_shop", kind.word(), &generation.to_string()], 40);
        let text = format!("TTP_{}{rest}", seller_mark(seller));
        act.add_token(&shop.own.token_holder(), kind, generation, &text, ends)?;
        Ok(text)
    }
}

/// `GET /authorization/202309/shops`. The sheet's section 1.6.
pub(super) fn shop_list(shops: &[&Shop]) -> Value {
    let seller_type = if shops.len() > 1 { "CROSS_BORDER" } else { "LOCAL" };
    let shown = |shop: &&Shop| {
        json!({
            "id": shop.own.shop_id.to_string(), "name": shop.name, "region": shop.region, "seller_type": seller_type,
            "cipher": shop.own.cipher, "code": format!("{}LC{:06}", shop.region, shop.own.shop_id % 1_000_000),
        })
    };
    json!({ "shops": shops.iter().map(shown).collect::<Vec<_>>() })
}

/// Whether `token` (or an authorization code) was made for `seller`, valid or not.
pub(super) fn is_of(token: &str, seller: &str) -> bool {
    token.get(4..).is_some_and(|text| text.starts_with(&seller_mark(seller)))
}

fn latest(act: &Act, shop: &Shop, kind: TokenKind) -> Stored<i64> {
    act.token_generation(&shop.own.token_holder(), kind)
}

fn next_generation(act: &Act, shop: &Shop) -> Stored<i64> {
    Ok(latest(act, shop, TokenKind::Access)?.max(latest(act, shop, TokenKind::Refresh)?) + 1)
}

/// Begins every token of a seller, so that faults and counts know whose a token call is before it is looked up.
fn seller_mark(seller: &str) -> String {
    hash_hex(&[seller, "seller"], 8)
}
