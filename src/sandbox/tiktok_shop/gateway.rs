//! Who calls, and for which shop: app, timestamp, signature, token, scope, cipher. The sheet's sections 1.2 to 1.6.

use chrono::{DateTime, Duration};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use sha2::Sha256;

use super::answer::{self, Refusal};
use super::{Desk, tokens};
use crate::sandbox::exchange::Request;
use crate::sandbox::scenario::{Shop, TiktokShop};
use crate::sandbox::state::{Act, Stored};

pub(super) const TOKEN_HEADER: &str = "x-tts-access-token";

const OLDEST: Duration = Duration::minutes(5);
const NEWEST: Duration = Duration::seconds(30);

const SCOPE_SHOPS: &str = "seller.authorization.info";
const SCOPE_PROMOTION: &str = "seller.promotion.info";

/// Checks a call that is about no shop, and says whose seller's it is.
pub(super) fn check_seller(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<String, Refusal>> {
    let seller = match signed_seller(desk, act, request)? {
        Ok(seller) => seller,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if request.parameter("shop_cipher").is_some() {
        return Ok(Err(answer::UNEXPECTED_CIPHER));
    }
    let is_granted = desk.shops_of(&seller).first().is_some_and(|(_, own)| grants(own, SCOPE_SHOPS));
    Ok(if is_granted { Ok(seller) } else { Err(answer::OUT_OF_SCOPE) })
}

/// Checks a promotion call and says which shop it is about.
pub(super) fn check_shop<'d>(desk: &Desk<'d>, act: &Act, request: &Request) -> Stored<Result<&'d Shop, Refusal>> {
    Ok(signed_seller(desk, act, request)?.and_then(|seller| named_shop(desk, &seller, request)))
}

fn named_shop<'d>(desk: &Desk<'d>, seller: &str, request: &Request) -> Result<&'d Shop, Refusal> {
    let cipher = present(request, "shop_cipher").ok_or(answer::MISSING_CIPHER)?;
    let shops = desk.shops_of(seller);
    let (shop, own) = shops.into_iter().find(|(_, own)| own.cipher == cipher).ok_or(answer::FOREIGN_SHOP)?;
    // A leftover of the older API: harmless where it is right.
    if present(request, "shop_id").is_some_and(|id| id != own.shop_id.to_string()) {
        return Err(answer::INVALID_SHOP_ID);
    }
    if !grants(own, SCOPE_PROMOTION) {
        return Err(answer::OUT_OF_SCOPE);
    }
    match own.refuse_with {
        Some(code) => Err(answer::of_code(code)),
        None => Ok(shop),
    }
}

fn grants(own: &TiktokShop, scope: &str) -> bool {
    own.granted_scopes.iter().any(|granted| granted == scope)
}

/// The seller whose access token a well signed call shows.
fn signed_seller(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<String, Refusal>> {
    if let Err(refusal) = check_signed(desk, request) {
        return Ok(Err(refusal));
    }
    let token = request.header(TOKEN_HEADER).unwrap_or_default();
    let mut statement =
        act.transaction.prepare_cached("SELECT store, expires FROM tokens WHERE token = ?1 AND kind = 'access'")?;
    let found: Option<(String, i64)> =
        statement.query_row(params![token], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let mut sellers = desk.tiktok_shops();
    Ok(match found {
        Some((holder, expires)) => match sellers.find(|(_, own)| tokens::token_holder(own) == holder) {
            None => Err(answer::INVALID_TOKEN),
            Some(_) if expires <= desk.now.timestamp() => Err(answer::EXPIRED_TOKEN),
            Some((_, own)) => Ok(own.seller.clone()),
        },
        None => Err(answer::INVALID_TOKEN),
    })
}

fn check_signed(desk: &Desk, request: &Request) -> Result<(), Refusal> {
    if present(request, "app_key") != Some(desk.settings.tiktok_shop_app_key.as_str()) {
        return Err(answer::INVALID_APP_KEY);
    }
    check_timestamp(desk, request)?;
    let sign = present(request, "sign").ok_or(answer::MISSING_SIGN)?;
    if sign == signature(&desk.settings.tiktok_shop_app_secret(), request) { Ok(()) } else { Err(answer::WRONG_SIGN) }
}

fn check_timestamp(desk: &Desk, request: &Request) -> Result<(), Refusal> {
    let unreadable = || answer::invalid_parameter("timestamp", "it is a Unix timestamp in seconds");
    let seconds: i64 = present(request, "timestamp").and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
    if seconds < 0 {
        return Err(answer::TIMESTAMP_NEGATIVE);
    }
    let stamp = DateTime::from_timestamp(seconds, 0).ok_or(answer::TIMESTAMP_EARLY)?;
    // The window is not even on both sides; about its middle it is.
    let (middle, tolerance) = (stamp + (OLDEST - NEWEST) / 2, (OLDEST + NEWEST) / 2);
    if desk.clock.accepts(middle, tolerance) {
        return Ok(());
    }
    Err(if stamp < desk.now { answer::TIMESTAMP_OLD } else { answer::TIMESTAMP_EARLY })
}

/// Over the path, the decoded parameters by name, and the body as it was sent, between two secrets.
fn signature(app_secret: &str, request: &Request) -> String {
    // HMAC takes a key of any length, so there is no error to answer with.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) else { return String::new() };
    let mut signed: Vec<_> =
        request.query.iter().filter(|(name, _)| name != "sign" && name != "access_token").collect();
    signed.sort();
    mac.update(app_secret.as_bytes());
    mac.update(request.path.as_bytes());
    for (name, value) in signed {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    if !request.header("content-type").is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        mac.update(&request.body);
    }
    mac.update(app_secret.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

pub(super) fn present<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.parameter(name).filter(|value| !value.is_empty())
}
