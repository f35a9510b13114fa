//! Who calls, and for which shop: app, timestamp, signature, token, scope, cipher. The sheet's sections 1.2 to 1.6.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;

use super::answer::{self, Done, Refusal};
use super::shop::{Shop, TiktokShop};
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::Request;
use crate::sandbox::tokens::{TokenKind, hmac_sha256};

pub(super) const TOKEN_HEADER: &str = "x-tts-access-token";

const OLDEST: Duration = Duration::minutes(5);
const NEWEST: Duration = Duration::seconds(30);

const SCOPE_SHOPS: &str = "seller.authorization.info";
const SCOPE_PROMOTION: &str = "seller.promotion.info";

impl TiktokShop {
    /// Checks a call that is about no shop, and says whose seller's it is.
    pub fn check_seller(&self, context: &Context, request: &Request) -> Done<&str> {
        let seller = self.signed_seller(context, request)?;
        refuse_if(request.parameter("shop_cipher").is_some(), || answer::UNEXPECTED_CIPHER)?;
        let is_granted = self.shops_of(seller).next().is_some_and(|shop| grants(shop, SCOPE_SHOPS));
        if is_granted { Ok(seller) } else { Err(answer::OUT_OF_SCOPE.into()) }
    }

    /// Checks a promotion call and says which shop it is about.
    pub fn check_shop(&self, context: &Context, request: &Request) -> Done<&Shop> {
        let seller = self.signed_seller(context, request)?;
        let cipher = request.present("shop_cipher").ok_or(answer::MISSING_CIPHER)?;
        let shop = self.shops_of(seller).find(|shop| shop.own.cipher == cipher).ok_or(answer::FOREIGN_SHOP)?;
        // A leftover of the older API: harmless where it is right.
        refuse_if(request.present("shop_id").is_some_and(|id| id != shop.own.shop_id.to_string()), || {
            answer::INVALID_SHOP_ID
        })?;
        refuse_if(!grants(shop, SCOPE_PROMOTION), || answer::OUT_OF_SCOPE)?;
        match shop.own.refuse_with.as_deref().and_then(|code| code.parse().ok()) {
            Some(code) => Err(answer::of_code(code).into()),
            None => Ok(shop),
        }
    }

    /// The seller whose access token a well signed call shows.
    fn signed_seller(&self, context: &Context, request: &Request) -> Done<&str> {
        self.check_signed(context, request)?;
        let token = context.act.token(request.header(TOKEN_HEADER).unwrap_or_default())?;
        let token = token.filter(|token| token.kind == TokenKind::Access).ok_or(answer::INVALID_TOKEN)?;
        let shop = self.shops.iter().find(|shop| shop.own.token_holder() == token.holder);
        let seller = &shop.ok_or(answer::INVALID_TOKEN)?.own.seller;
        if token.ends <= context.now { Err(answer::EXPIRED_TOKEN.into()) } else { Ok(seller) }
    }

    fn check_signed(&self, context: &Context, request: &Request) -> Result<(), Refusal> {
        refuse_if(request.present("app_key") != Some(self.settings.app_key.as_str()), || answer::INVALID_APP_KEY)?;
        check_timestamp(context, request)?;
        let sign = request.present("sign").ok_or(answer::MISSING_SIGN)?;
        if sign == signature(&self.settings.app_secret, request) { Ok(()) } else { Err(answer::WRONG_SIGN) }
    }
}

fn grants(shop: &Shop, scope: &str) -> bool {
    shop.own.granted_scopes.iter().any(|granted| granted == scope)
}

fn check_timestamp(context: &Context, request: &Request) -> Result<(), Refusal> {
    let unreadable = || answer::invalid_parameter("timestamp", "it is a Unix timestamp in seconds");
    let seconds: i64 = request.present("timestamp").and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
    refuse_if(seconds < 0, || answer::TIMESTAMP_NEGATIVE)?;
    let stamp = DateTime::from_timestamp(seconds, 0).ok_or(answer::TIMESTAMP_EARLY)?;
    // The window is not even on both sides; about its middle it is.
    let (middle, tolerance) = (stamp + (OLDEST - NEWEST) / 2, (OLDEST + NEWEST) / 2);
    if context.accepts(middle, tolerance) {
        return Ok(());
    }
    Err(if stamp < context.now { answer::TIMESTAMP_OLD } else { answer::TIMESTAMP_EARLY })
}

/// Over the path, the decoded parameters by name, and the body as it was sent, between two secrets.
fn signature(app_secret: &str, request: &Request) -> String {
    let mut signed: Vec<_> =
        request.query.iter().filter(|(name, _)| name != "sign" && name != "access_token").collect();
    signed.sort();
    let mut parts = vec![app_secret.as_bytes(), request.path.as_bytes()];
    parts.extend(signed.into_iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    if !request.header("content-type").is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        parts.push(&request.body);
    }
    parts.push(app_secret.as_bytes());
    HEXLOWER.encode(&hmac_sha256(app_secret, &parts))
}
