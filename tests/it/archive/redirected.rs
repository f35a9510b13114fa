//! What the store of a bucket answers sends the keys nowhere, and is told without them.

use std::error::Error;
use std::sync::Arc;

use couponbook::archive::{Addressing, Archive, Asked, BucketAccess, Location, Opening};
use couponbook::foreign::one_line;
use data_encoding::BASE64;
use secrecy::SecretString;

use crate::platforms::server::{Reply, Server};

const KEY: &str = "AKIAEXAMPLEKEYOFTHEBUCKET";
const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLESESSIONTOKENofthebucket";

/// What an archive says whose bucket is behind `server`.
fn told(server: &Server) -> String {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Bucket(BucketAccess {
        url: "s3://team/archive".to_string(),
        bucket: "team".to_string(),
        prefix: "archive".to_string(),
        endpoint: Some(server.address.clone()),
        addressing: Addressing::Path,
        region: "us-east-1".to_string(),
        access_key_id: SecretString::from(KEY),
        secret_access_key: SecretString::from(SECRET),
        session_token: Some(SecretString::from(TOKEN)),
        allow_http: true,
    });
    let opening = Opening {
        machine: "office-pc".to_string(),
        zone: chrono_tz::Asia::Shanghai,
        state: folder.path().join("state"),
        clock: Arc::new(chrono::Utc::now),
    };
    let error = Archive::open(&location, opening).verify(&Asked::default()).unwrap_err();
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        told = format!("{told}: {deeper}");
        cause = deeper.source();
    }
    told
}

#[test]
fn a_redirect_of_the_store_is_followed_nowhere() {
    let elsewhere = Server::in_order(vec![Reply::With(200, Vec::new(), "<ListBucketResult/>".to_string())]);
    for status in [301, 302, 307, 308] {
        let target = format!("{}/team?token=1", elsewhere.address);
        let server = Server::in_order(vec![Reply::With(status, vec![("Location", target)], String::new())]);
        let told = told(&server);
        assert!(told.contains("where nothing was sent") && told.contains(&elsewhere.address), "{told}");
        assert!(!told.contains("token=1"), "{told}");
        assert_eq!(server.asked().len(), 1, "another try would end the same");
        assert_eq!(server.asked()[0].header("x-amz-security-token"), Some(TOKEN));
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn the_words_of_the_store_are_shown_on_one_line_and_without_the_keys() {
    let echo = format!(
        "<Error><Code>InvalidToken</Code><Message>\u{1b}]0;pwned\u{7}\u{202e}\nerror: all is well {TOKEN} {SECRET} {}</Message></Error>",
        BASE64.encode(format!("{KEY}:{SECRET}").as_bytes())
    );
    let told = told(&Server::in_order(vec![Reply::With(400, Vec::new(), echo)]));
    assert_eq!(one_line(&told), told);
    assert!(told.contains("InvalidToken") && told.contains("••••"), "{told}");
    for secret in [KEY, SECRET, TOKEN, &BASE64.encode(SECRET.as_bytes())[..40]] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn a_list_without_end_is_given_up() {
    let page = |token: usize| {
        let body = format!(
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken></ListBucketResult>"
        );
        Reply::With(200, Vec::new(), body)
    };
    let circle = Server::new(move |_, before| page(before % 3));
    let circle_told = told(&circle);
    assert!(circle_told.contains("in a circle"), "{circle_told}");
    assert_eq!(circle.asked().len(), 4);
    let endless = told(&Server::new(move |_, before| page(before)));
    assert!(endless.contains("beyond 2000 pages"), "{endless}");
    let large = told(&Server::in_order(vec![Reply::With(
        200,
        Vec::new(),
        format!("<ListBucketResult>{}", "<a>".repeat(6 << 20)),
    )]));
    assert!(large.contains("more than 16 MiB"), "{large}");
}
