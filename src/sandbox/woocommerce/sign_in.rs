//! Who calls a shop: Basic or keys in the query where the shop knows of TLS, OAuth 1.0a otherwise. Sheet section 1.2 and the
//! measured table of errors.

use chrono::{DateTime, Duration};
use data_encoding::BASE64;
use hmac::Hmac;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;
use std::collections::BTreeMap;

use super::error::{Done, WooError, authentication, error};
use super::shop::{Permissions, WooShop};
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::Request;
use crate::sandbox::tokens::{hmac, hmac_sha256};

const TIMESTAMP_AGE: Duration = Duration::minutes(15);
/// RFC 3986: everything but the unreserved characters is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether the caller showed a key of the shop that may do what `request` asks. False where no key, or an unknown one over
/// Basic, was shown: the call then ends as "cannot view" and the like.
pub(super) fn check(own: &WooShop, context: &Context, request: &Request) -> Done<bool> {
    let is_known = basic(own, request)? || oauth(own, context, request)?;
    if is_known {
        may(own.permissions, request)?;
    }
    Ok(is_known)
}

fn may(permissions: Permissions, request: &Request) -> Result<(), WooError> {
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    let (allowed, word) = match reads {
        true => (permissions != Permissions::Write, "read"),
        false => (permissions != Permissions::Read, "write"),
    };
    refuse_if(!allowed, || authentication(&format!("The API key provided does not have {word} permissions.")))
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

fn oauth(own: &WooShop, context: &Context, request: &Request) -> Done<bool> {
    let parameters = signed_parameters(request);
    let needed = ["oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"];
    let missing: Vec<&str> =
        needed.into_iter().filter(|name| parameters.get(*name).is_none_or(|value| value.is_empty())).collect();
    if missing.len() == needed.len() {
        return Ok(false);
    }
    if !missing.is_empty() {
        let words = format!("Missing OAuth parameter {}", missing.join(", "));
        return Err(error("woocommerce_rest_authentication_missing_parameter", words, 401).into());
    }
    check_signature(own, request, &parameters)?;
    check_freshness(own, context, &parameters)?;
    Ok(true)
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
    refuse_if(value("oauth_consumer_key") != own.consumer_key, || authentication("Consumer key is invalid."))?;
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| *name != "oauth_signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    let joined = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let path = request.path.splitn(3, '/').nth(2).unwrap_or_default();
    let address = format!("{}/{path}", own.home(request));
    let base = format!("{}&{}&{}", request.method, encode(&address), encode(&joined));
    let key = format!("{}&", own.consumer_secret);
    let expected = match value("oauth_signature_method") {
        "HMAC-SHA256" => hmac_sha256(&key, &[base.as_bytes()]),
        "HMAC-SHA1" => hmac::<Hmac<Sha1>>(&key, &[base.as_bytes()]),
        _ => return Err(authentication("Invalid signature - signature method is invalid.")),
    };
    let is_right = value("oauth_signature") == BASE64.encode(&expected);
    refuse_if(!is_right, || authentication("Invalid signature - provided signature does not match."))
}

fn check_freshness(own: &WooShop, context: &Context, parameters: &BTreeMap<String, String>) -> Done<()> {
    let seconds: Option<i64> = parameters.get("oauth_timestamp").and_then(|text| text.parse().ok());
    let stamp = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let stamp = stamp.filter(|stamp| context.accepts(*stamp, TIMESTAMP_AGE));
    let stamp = stamp.ok_or_else(|| authentication("Invalid timestamp."))?;
    let nonce = parameters.get("oauth_nonce").map(String::as_str).unwrap_or_default();
    let is_new = context.act.take_nonce(&own.consumer_key, nonce, stamp, stamp - TIMESTAMP_AGE * 4)?;
    Ok(refuse_if(!is_new, || authentication("Invalid nonce - nonce has already been used."))?)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}
