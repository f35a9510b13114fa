//! Who calls a shop: Basic or keys in the query where the shop knows of TLS, OAuth 1.0a otherwise. Sheet section 1.2 and the
//! measured table of errors.

use chrono::{DateTime, Duration};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rusqlite::params;
use sha1::Sha1;
use sha2::Sha256;
use std::collections::BTreeMap;

use super::error::{WooError, authentication, error};
use crate::sandbox::clock::Clock;
use crate::sandbox::exchange::Request;
use crate::sandbox::scenario::{Permissions, WooShop};
use crate::sandbox::state::{Act, Stored};

const TIMESTAMP_AGE: Duration = Duration::minutes(15);
/// RFC 3986: everything but the unreserved characters is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether the caller showed a key of the shop that may do what `request` asks. False where no key, or an unknown one over
/// Basic, was shown: the call then ends as "cannot view" and the like.
pub(super) fn check(own: &WooShop, act: &Act, request: &Request, clock: &Clock) -> Stored<Result<bool, WooError>> {
    let outcome = match basic(own, request) {
        Ok(false) => match oauth(own, act, request, clock)? {
            Ok(signed) => signed,
            Err(error) => return Ok(Err(error)),
        },
        Ok(true) => true,
        Err(error) => return Ok(Err(error)),
    };
    Ok(if outcome { may(own.permissions, request).map(|()| true) } else { Ok(false) })
}

/// The shop's own address as it knows it, which is what is signed.
pub(super) fn home(own: &WooShop, request: &Request) -> String {
    let scheme = if own.tls_ended_before { "https" } else { "http" };
    let store = request.path.split('/').nth(1).unwrap_or_default();
    format!("{scheme}://{}/{store}", request.header("host").unwrap_or("localhost"))
}

fn may(permissions: Permissions, request: &Request) -> Result<(), WooError> {
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    let (allowed, word) = match reads {
        true => (permissions != Permissions::Write, "read"),
        false => (permissions != Permissions::Read, "write"),
    };
    if allowed {
        return Ok(());
    }
    Err(authentication(&format!("The API key provided does not have {word} permissions.")))
}

/// Keys in the query win over the header; neither counts over plain HTTP.
fn basic(own: &WooShop, request: &Request) -> Result<bool, WooError> {
    if !own.tls_ended_before {
        return Ok(false);
    }
    let in_query = request.parameter("consumer_key").zip(request.parameter("consumer_secret"));
    let in_query = in_query.map(|(key, secret)| (key.to_string(), secret.to_string()));
    let Some((key, secret)) = in_query.or_else(|| basic_header(request)) else { return Ok(false) };
    if key != own.consumer_key {
        return Ok(false);
    }
    if secret == own.consumer_secret { Ok(true) } else { Err(authentication("Consumer secret is invalid.")) }
}

fn basic_header(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    text.split_once(':').map(|(key, secret)| (key.to_string(), secret.to_string()))
}

fn oauth(own: &WooShop, act: &Act, request: &Request, clock: &Clock) -> Stored<Result<bool, WooError>> {
    let parameters = signed_parameters(request);
    let needed = ["oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"];
    let missing: Vec<&str> =
        needed.into_iter().filter(|name| parameters.get(*name).is_none_or(|value| value.is_empty())).collect();
    if missing.len() == needed.len() {
        return Ok(Ok(false));
    }
    if !missing.is_empty() {
        let words = format!("Missing OAuth parameter {}", missing.join(", "));
        return Ok(Err(error("woocommerce_rest_authentication_missing_parameter", words, 401)));
    }
    if let Err(error) = check_signature(own, request, &parameters) {
        return Ok(Err(error));
    }
    check_freshness(own, act, &parameters, clock)
}

/// All parameters of query and OAuth header; of two of one name the last counts, and lists are numbered, as PHP reads them.
fn signed_parameters(request: &Request) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    let mut lengths: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, value) in &request.query {
        let name = match name.strip_suffix("[]") {
            Some(list) => {
                let length = lengths.entry(list).or_default();
                *length += 1;
                format!("{list}[{}]", *length - 1)
            }
            None => name.clone(),
        };
        parameters.insert(name, value.clone());
    }
    let header = request.header("authorization").and_then(|header| header.strip_prefix("OAuth "));
    for (name, value) in header.into_iter().flat_map(|header| header.split(',')).filter_map(|part| part.split_once('='))
    {
        let decoded = percent_decode_str(value.trim().trim_matches('"')).decode_utf8_lossy().into_owned();
        if name.trim().starts_with("oauth_") {
            parameters.insert(name.trim().to_string(), decoded);
        }
    }
    parameters
}

fn check_signature(own: &WooShop, request: &Request, parameters: &BTreeMap<String, String>) -> Result<(), WooError> {
    let value = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
    if value("oauth_consumer_key") != own.consumer_key {
        return Err(authentication("Consumer key is invalid."));
    }
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| *name != "oauth_signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    let joined = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let path = request.path.splitn(3, '/').nth(2).unwrap_or_default();
    let address = format!("{}/{path}", home(own, request));
    let base = format!("{}&{}&{}", request.method, encode(&address), encode(&joined));
    let key = format!("{}&", own.consumer_secret);
    let expected = match value("oauth_signature_method") {
        "HMAC-SHA256" => hmac_sha256(&key, &base),
        "HMAC-SHA1" => hmac_sha1(&key, &base),
        _ => return Err(authentication("Invalid signature - signature method is invalid.")),
    };
    if value("oauth_signature") == expected {
        return Ok(());
    }
    Err(authentication("Invalid signature - provided signature does not match."))
}

fn check_freshness(
    own: &WooShop,
    act: &Act,
    parameters: &BTreeMap<String, String>,
    clock: &Clock,
) -> Stored<Result<bool, WooError>> {
    let seconds: Option<i64> = parameters.get("oauth_timestamp").and_then(|text| text.parse().ok());
    let stamp = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let Some(stamp) = stamp.filter(|stamp| clock.accepts(*stamp, TIMESTAMP_AGE)) else {
        return Ok(Err(authentication("Invalid timestamp.")));
    };
    let old = (stamp - TIMESTAMP_AGE * 4).timestamp();
    act.transaction.execute("DELETE FROM nonces WHERE at < ?1", [old])?;
    let nonce = parameters.get("oauth_nonce").map(String::as_str).unwrap_or_default();
    let mut statement =
        act.transaction.prepare_cached("INSERT OR IGNORE INTO nonces (consumer_key, nonce, at) VALUES (?1, ?2, ?3)")?;
    let added = statement.execute(params![own.consumer_key, nonce, stamp.timestamp()])?;
    Ok(if added == 1 { Ok(true) } else { Err(authentication("Invalid nonce - nonce has already been used.")) })
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

// HMAC takes a key of any length, so neither has an error to answer with.
fn hmac_sha256(key: &str, base: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(base.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

fn hmac_sha1(key: &str, base: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(base.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}
