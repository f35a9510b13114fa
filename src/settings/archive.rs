//! Where the archive lies: a folder, or a bucket with its keys.

use std::path::Path;

use secrecy::SecretString;
use strum::VariantArray;
use toml::Spanned;
use url::Url;

use super::complaints::Complaints;
use super::secret::{Hiding, NOT_LOOKED_UP, NoSecret, SecretPlace, example_in_config};
use super::section::Section;
use crate::archive::{Addressing, BucketAccess, Location};

struct Keys {
    url: String,
    endpoint: Option<String>,
    region: Option<String>,
    access_key_id: Option<SecretPlace>,
    secret_access_key: Option<SecretPlace>,
    session_token: Option<SecretPlace>,
    allow_http: bool,
    addressing: Addressing,
}

/// `archive = "PLACE"`, or a section of keys. Those that are left out come from the variables that every program for S3 reads.
pub(super) fn location(config: &mut Section, home: &Path, hiding: Hiding) -> Option<Location> {
    let Some(mut section) = config.given_section_or_text("archive", "url") else {
        return Some(Location::Folder(home.join("archive")));
    };
    let (at, complaints) = (section.at, section.complaints);
    let url = section.needed("url").map(Spanned::into_inner);
    let [endpoint, region] = ["endpoint", "region"].map(|key| section.word(key));
    let [access_key_id, secret_access_key, session_token] =
        ["access_key_id", "secret_access_key", "session_token"].map(|key| section.secret(key).map(Spanned::into_inner));
    let allow_http = section.flag("allow_http").unwrap_or(false);
    let words = Addressing::VARIANTS.iter().map(|addressing| (addressing.into(), *addressing));
    let addressing = section.choice("addressing", "a way to address a bucket", words).unwrap_or_default();
    section.end();
    let keys =
        Keys { url: url?, endpoint, region, access_key_id, secret_access_key, session_token, allow_http, addressing };
    match keys.url.split_once("://") {
        None => Some(Location::Folder(home.join(&keys.url))),
        Some(("s3", _)) => bucket(keys, at, home, hiding, complaints).map(Location::Bucket),
        Some((scheme, _)) => {
            let what = format!("archive: {scheme}:// is not a place that archives can be kept in");
            let wanted = "write a folder, or s3://BUCKET/PREFIX with an endpoint of its own where it is not Amazon's";
            complaints.at(at, what, wanted);
            None
        }
    }
}

fn bucket(keys: Keys, at: usize, home: &Path, hiding: Hiding, complaints: &Complaints) -> Option<BucketAccess> {
    let rest = keys.url.trim_start_matches("s3://").trim_end_matches('/');
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && part != "..";
    if bucket.is_empty() || !is_plain(bucket) || !prefix.split('/').all(is_plain) {
        let what = format!("archive: {:?} names no bucket", keys.url);
        complaints.at(at, what, "write s3://BUCKET or s3://BUCKET/PREFIX, of letters, digits, `-`, `_` and `.`");
        return None;
    }
    let endpoint = keys.endpoint.or_else(|| (hiding.environment)("AWS_ENDPOINT_URL")).filter(|url| !url.is_empty());
    if let Some(endpoint) = &endpoint {
        is_safe(endpoint, keys.allow_http, at, complaints)?;
        let has_name = Url::parse(endpoint).is_ok_and(|url| matches!(url.host(), Some(url::Host::Domain(_))));
        if keys.addressing == Addressing::Virtual && !has_name {
            let what = format!("archive: the endpoint {endpoint:?} cannot be used with addressing = \"virtual\"");
            complaints.at(
                at,
                what,
                "write the name of a host, which the bucket is put before, or leave addressing out",
            );
            return None;
        }
    }
    let secret = |typed: Option<SecretPlace>, name: &str, variable: &str| {
        if !hiding.needs.archive_keys {
            return Ok(Some(SecretString::from(NOT_LOOKED_UP)));
        }
        let Some(place) = typed else {
            return Ok((hiding.environment)(variable).filter(|text| !text.is_empty()).map(SecretString::from));
        };
        let read = place.secret(name, example_in_config(name), home, hiding).map_err(NoSecret::into_wrong);
        read.map(Some).map_err(|(what, wanted)| complaints.at(at, format!("archive: {what}"), wanted))
    };
    let access_key_id = secret(keys.access_key_id, "access_key_id", "AWS_ACCESS_KEY_ID");
    let secret_access_key = secret(keys.secret_access_key, "secret_access_key", "AWS_SECRET_ACCESS_KEY");
    let session_token = secret(keys.session_token, "session_token", "AWS_SESSION_TOKEN").ok()?;
    let (Some(access_key_id), Some(secret_access_key)) = (access_key_id.ok()?, secret_access_key.ok()?) else {
        let what = "archive: the keys of the bucket are missing".to_string();
        complaints.at(at, what, "write access_key_id and secret_access_key under [archive] as { env = \"…\" } or { file = \"…\" }, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        return None;
    };
    let region = keys.region.or_else(|| (hiding.environment)("AWS_REGION")).unwrap_or_else(|| "us-east-1".to_string());
    Some(BucketAccess {
        url: format!("s3://{rest}"),
        bucket: bucket.to_string(),
        prefix: prefix.to_string(),
        allow_http: endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")),
        endpoint,
        addressing: keys.addressing,
        region,
        access_key_id,
        secret_access_key,
        session_token,
    })
}

/// TLS always, but to this machine.
fn is_safe(endpoint: &str, allow_http: bool, at: usize, complaints: &Complaints) -> Option<()> {
    let url = Url::parse(endpoint).ok();
    let is_here = match url.as_ref().and_then(Url::host) {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let wanted = match url.as_ref().map(Url::scheme) {
        Some("https") => return Some(()),
        Some("http") if is_here && allow_http => return Some(()),
        Some("http") if is_here => "add allow_http = true, which is for a store on this machine only",
        Some("http") => "write an https:// address: without TLS the keys would be open to everybody on the way",
        _ => "write its address, such as https://s3.example.com",
    };
    complaints.at(at, format!("archive: the endpoint {endpoint:?} cannot be used"), wanted);
    None
}
