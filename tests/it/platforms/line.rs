//! What is tried again, what is not, and what people get to read of it.

use std::io::{Read, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use couponbook::domain::{ChangeId, CouponId, Write};
use couponbook::platforms::{
    Account, CallErrorKind, CallLog, CallOutcome, Connector, Network, Proxy, RetryPolicy, SendError,
};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::server::{
    self, CONSUMER_KEY, CONSUMER_SECRET, Reply, Server, Written, hasty, network, now, short_of_breath, woocommerce,
};
use crate::accounts::{abilities, connect};
use crate::platform;

#[derive(Debug, PartialEq, Eq)]
enum Answered {
    Ok,
    Refused,
    NotSent,
    Unknown,
}

fn page(status: u16) -> Reply {
    Reply::With(status, Vec::new(), "<html><body><h1>Bad Gateway</h1></body></html>".to_string())
}

fn empty_list() -> Reply {
    Reply::Json(200, "[]".to_string())
}

fn connector(server: &Server, log: &Written) -> Box<dyn Connector> {
    let folder = tempfile::tempdir().unwrap();
    connect(&woocommerce(&server.address), &network(folder.path(), log.log())).unwrap()
}

async fn restock(connector: &dyn Connector) -> (Answered, Option<couponbook::platforms::CallError>) {
    let write = Write::SetTotal { coupon: CouponId::new("719"), total: Some(700) };
    match connector.send(&write, &change()).await {
        Ok(_) => (Answered::Ok, None),
        Err(SendError::Refused(error)) => (Answered::Refused, Some(error)),
        Err(SendError::NotSent(error)) => (Answered::NotSent, Some(error)),
        Err(SendError::Unknown(error)) => (Answered::Unknown, Some(error)),
    }
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

#[tokio::test]
async fn a_read_is_tried_again_after_anything_that_may_pass() {
    let too_many = Reply::With(429, vec![("Retry-After", "0".to_string())], "slow down".to_string());
    let passing = [
        page(502),
        Reply::Json(500, r#"{"code":"internal_server_error","message":"trouble"}"#.to_string()),
        too_many,
        Reply::Drop,
        Reply::Truncated("[".to_string()),
    ];
    for trouble in passing {
        let server = Server::in_order(vec![trouble.clone(), empty_list()]);
        let connector = connector(&server, &Written::default());
        let listing = connector.list().await.unwrap_or_else(|error| panic!("{trouble:?}: {error:?}"));
        assert!(listing.coupons.is_empty());
        assert_eq!((connector.tally().calls, connector.tally().retries), (2, 1), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_asked_again_and_a_write_to_it_is_unknown() {
    let server = Server::in_order(vec![Reply::Silence]);
    let folder = tempfile::tempdir().unwrap();
    let network = Network::new(Arc::new(now), folder.path(), CallLog::none(), short_of_breath());
    let connector = connect(&woocommerce(&server.address), &network).unwrap();
    assert_eq!(restock(&*connector).await.0, Answered::Unknown);
    assert_eq!(connector.tally().calls, 1);
    let error = connector.list().await.unwrap_err();
    assert!(
        crate::english(&error.sentence).contains("did not finish its answer to list coupons within 0.4 s"),
        "{error:?}"
    );
    assert_eq!(connector.tally().calls, 4);
}

#[tokio::test]
async fn a_read_is_given_up_after_a_few_tries() {
    let server = Server::in_order(vec![page(502)]);
    let error = connector(&server, &Written::default()).list().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Unreachable);
    assert_eq!(
        crate::english(&error.sentence),
        "WooCommerce (store store-1) answered list coupons with status 502 and something that is not data; tried 3 times"
    );
    assert_eq!(error.platform_words.as_deref(), Some("Bad Gateway"));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn what_stands_before_the_shop_is_told_from_the_shop() {
    let moved = Reply::With(301, vec![("Location", "https://www.shop.example.test/x?key=1".into())], String::new());
    for (reply, kind, words) in [
        (
            moved,
            CallErrorKind::Rejected,
            "on to https://www.shop.example.test, where nothing was sent; if the shop has moved there, write",
        ),
        (page(403), CallErrorKind::NotAllowed, "a firewall, a security plugin or a password on the site"),
        (page(404), CallErrorKind::Rejected, "check the address"),
    ] {
        let server = Server::in_order(vec![reply]);
        let error = connector(&server, &Written::default()).list().await.unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert_eq!(server.asked().len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn warnings_that_a_shop_prints_before_its_data_are_skipped() {
    let warned = "<br />\n<b>Warning</b>: Undefined [x] in <b>/a.php</b><br />\n[]".to_string();
    for body in [warned, "\u{feff}[]".to_string()] {
        let server = Server::in_order(vec![Reply::With(200, Vec::new(), body)]);
        assert!(connector(&server, &Written::default()).list().await.unwrap().coupons.is_empty());
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_of_what_was_meant_for_tls() {
    let server = Server::in_order(vec![empty_list()]);
    let folder = tempfile::tempdir().unwrap();
    let account = woocommerce(&server.address.replace("http://", "https://"));
    let network = Network::new(Arc::new(now), folder.path(), CallLog::none(), short_of_breath());
    let connector = connect(&account, &network).unwrap();
    assert_eq!(restock(&*connector).await.0, Answered::NotSent);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_is_not_asked_for_twice() {
    let refusal = r#"{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources.","data":{"status":401}}"#;
    let server = Server::in_order(vec![Reply::Json(401, refusal.to_string())]);
    let error = connector(&server, &Written::default()).list().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::SignIn);
    assert_eq!(
        error.platform_words.as_deref(),
        Some("woocommerce_rest_cannot_view: Sorry, you cannot list resources.")
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_unknown_and_not_sent_again() {
    let server_error = Reply::Json(500, r#"{"code":"woocommerce_rest_cannot_delete","message":"no"}"#.to_string());
    let lost = [page(502), server_error, Reply::Drop, Reply::Truncated("{".to_string()), page(302)];
    for trouble in lost {
        let server = Server::in_order(vec![trouble.clone()]);
        let connector = connector(&server, &Written::default());
        assert_eq!(restock(&*connector).await.0, Answered::Unknown, "{trouble:?}");
        assert_eq!(server.asked().len(), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_write_that_the_platform_refuses_changed_nothing() {
    let refusal = r#"{"code":"woocommerce_rest_shop_coupon_invalid_id","message":"Invalid ID.","data":{"status":400}}"#;
    let server = Server::in_order(vec![Reply::Json(400, refusal.to_string())]);
    let (answered, error) = restock(&*connector(&server, &Written::default())).await;
    assert_eq!((answered, error.unwrap().kind), (Answered::Refused, CallErrorKind::NotFound));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_write_waits_when_the_platform_says_not_now() {
    let not_now = Reply::With(429, vec![("Retry-After", "1".to_string())], "{}".to_string());
    let done = Reply::Json(200, r#"{"id":719,"usage_limit":700}"#.to_string());
    let server = Server::in_order(vec![not_now, done]);
    let log = Written::default();
    assert_eq!(restock(&*connector(&server, &log)).await.0, Answered::Ok);
    let outcomes: Vec<_> = log.records().iter().map(|record| (record.attempt, record.outcome)).collect();
    assert_eq!(outcomes, [(1, CallOutcome::Throttled), (2, CallOutcome::Answered)]);
}

#[tokio::test]
async fn a_platform_that_asks_for_a_long_wait_is_given_up_at_once() {
    let not_now = Reply::With(429, vec![("Retry-After", "600".to_string())], "{}".to_string());
    let server = Server::in_order(vec![not_now]);
    let (answered, error) = restock(&*connector(&server, &Written::default())).await;
    assert_eq!(answered, Answered::NotSent);
    assert!(crate::english(&error.unwrap().sentence).ends_with("; it asks to come back in 600 s"));
    assert_eq!(server.asked().len(), 1);
}

/// WordPress while it is updated.
fn maintenance(seconds: &str) -> Reply {
    let page = "<!DOCTYPE html><html><head><title>Maintenance</title><style type=\"text/css\">\nhtml { background: #f1f1f1; }\n\
                a > b { color: #2271b1; }</style><script>if (1 < 2) { alert('x'); }</script></head><!-- <p>old</p> -->\n\
                <body><div class=\"wp-die-message\">Briefly unavailable for scheduled maintenance. Check back in a minute.</div></body></html>";
    Reply::With(503, vec![("Retry-After", seconds.to_string())], page.to_string())
}

#[tokio::test]
async fn a_shop_that_is_updated_is_waited_for_though_it_says_ten_minutes() {
    let server = Server::in_order(vec![maintenance("600"), maintenance("600"), maintenance("600"), empty_list()]);
    connector(&server, &Written::default()).list().await.unwrap();
    assert_eq!(server.asked().len(), 4);
    // Whether a write was carried out is asked for and never guessed.
    let server = Server::in_order(vec![maintenance("600"), empty_list()]);
    assert_eq!(restock(&*connector(&server, &Written::default())).await.0, Answered::Unknown);
    assert_eq!(server.asked().len(), 1);
    // Whoever else asks for minutes means them.
    let server = Server::in_order(vec![maintenance("300"), empty_list()]);
    let error = connector(&server, &Written::default()).list().await.unwrap_err();
    assert!(crate::english(&error.sentence).ends_with("; it asks to come back in 300 s"), "{error:?}");
    assert_eq!(
        error.platform_words.as_deref(),
        Some("Maintenance Briefly unavailable for scheduled maintenance. Check back in a minute.")
    );
}

#[tokio::test]
async fn a_shop_behind_a_proxy_that_speaks_tls_for_it_is_told_apart_from_wrong_keys() {
    let refused =
        r#"{"code":"woocommerce_rest_authentication_error","message":"Invalid signature","data":{"status":401}}"#;
    let server = Server::in_order(vec![Reply::Json(401, refused.to_string())]);
    let error = connector(&server, &Written::default()).list().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::SignIn);
    assert!(crate::english(&error.sentence).contains("write the https:// address that buyers use"), "{error:?}");
}

#[cfg(target_os = "linux")]
/// Speaks TLS with a certificate of an authority that no machine knows, and answers an empty list.
fn shop_with_its_own_authority() -> String {
    let certificates = CertificateDer::pem_slice_iter(include_bytes!("../data/platforms/shop.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../data/platforms/shop.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(certificates.map(Result::unwrap).collect(), key);
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                head.push(byte[0]);
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    address
}

// Elsewhere the system itself says whom to trust, and may refuse a certificate of so many years.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_shop_with_an_authority_of_its_own_is_trusted_only_once_the_config_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), CallLog::none());
    let mut account = woocommerce(&shop_with_its_own_authority());
    let error = connect(&account, &network).unwrap().list().await.unwrap_err();
    let told = crate::english(&error.sentence);
    assert!(
        told.contains("a certificate at localhost that this machine does not trust") && told.contains("ca_file"),
        "{told}"
    );
    account.ca_file = Some("tests/it/data/platforms/authority.pem".into());
    assert_eq!(connect(&account, &network).unwrap().list().await.unwrap().coupons.len(), 0);
    // Only that store trusts it.
    account.ca_file = None;
    assert!(connect(&account, &network).unwrap().list().await.is_err());
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    for file in [empty, folder.path().join("gone.pem")] {
        account.ca_file = Some(file);
        assert_eq!(connect(&account, &network).err().unwrap().0.id(), "connect-ca-file");
    }
}

#[tokio::test]
async fn what_cannot_connect_was_not_sent() {
    let server = Server::in_order(vec![empty_list()]);
    let mut account = woocommerce(&server.address);
    account.endpoint = url::Url::parse("http://127.0.0.1:1").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = Written::default();
    let connector = connect(&account, &network(folder.path(), log.log())).unwrap();
    let (answered, error) = restock(&*connector).await;
    assert_eq!(answered, Answered::NotSent);
    assert!(crate::english(&error.unwrap().sentence).contains("could not be reached at 127.0.0.1"));
    assert_eq!(log.records()[0].outcome, CallOutcome::NotSent);
    assert_eq!(log.records()[0].status, None);
}

#[tokio::test]
async fn no_secret_reaches_an_error_or_the_log_even_if_the_platform_repeats_it() {
    let echo = |status| {
        Server::new(move |asked: &server::Asked, _| {
            let words = format!("{CONSUMER_KEY} {CONSUMER_SECRET} {}", asked.target.replace('"', ""));
            let body = format!(r#"{{"code":"{CONSUMER_SECRET}","message":"{words}","data":{{}}}}"#);
            Reply::Json(status, body)
        })
    };
    for status in [400, 401, 500, 429] {
        let server = echo(status);
        let log = Written::default();
        let connector = connector(&server, &log);
        let error = connector.list().await.unwrap_err();
        let (_, write_error) = restock(&*connector).await;
        let told = format!("{} {error:?} {write_error:?} {}", crate::english(&error.sentence), log.text());
        assert!(!told.contains(CONSUMER_KEY) && !told.contains(CONSUMER_SECRET), "{told:?}");
        assert!(told.contains("••••"), "{told:?}");
    }
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_without_its_query() {
    let server = Server::in_order(vec![page(503), empty_list()]);
    let log = Written::default();
    connector(&server, &log).list().await.unwrap();
    let records = log.records();
    let told: Vec<_> = records.iter().map(|r| (r.status, r.attempt, r.outcome, r.path.as_str())).collect();
    let path = "/wp-json/wc/v3/coupons";
    let expected = [(Some(503), 1, CallOutcome::Broken, path), (Some(200), 2, CallOutcome::Answered, path)];
    assert_eq!(told, expected);
    assert!(!log.text().contains("oauth"));
    assert_eq!((records[0].method.as_str(), records[0].call.as_str()), ("GET", "list coupons"));
}

#[tokio::test]
async fn each_try_is_signed_anew() {
    let server = Server::in_order(vec![page(502), page(502), empty_list()]);
    connector(&server, &Written::default()).list().await.unwrap();
    let nonces: std::collections::BTreeSet<_> =
        server.asked().iter().map(|asked| asked.query("oauth_nonce").unwrap().to_string()).collect();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn an_answer_larger_than_allowed_is_not_read_to_its_end() {
    let server = Server::in_order(vec![Reply::Json(200, format!("[{}]", " ".repeat(300_000)))]);
    let error = connector(&server, &Written::default()).list().await.unwrap_err();
    assert!(
        crate::english(&error.sentence).contains("with more than 200,000 bytes, which is more than is read"),
        "{error:?}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn everything_goes_through_the_proxy_where_there_is_one() {
    let proxy = Server::in_order(vec![empty_list()]);
    let mut account = woocommerce("http://shop.example.test/");
    account.allow_http = true;
    account.proxy = Some(Proxy::parse(&proxy.address.replace("http://", "http://seller:pass-word@")).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let connector = connect(&account, &network(folder.path(), CallLog::none())).unwrap();
    connector.list().await.unwrap();
    let asked = &proxy.asked()[0];
    assert!(asked.target.starts_with("http://shop.example.test/wp-json/wc/v3/coupons?"), "{}", asked.target);
    assert_eq!(asked.header("proxy-authorization"), Some("Basic c2VsbGVyOnBhc3Mtd29yZA=="));
    assert!(!format!("{account:?}").contains("pass-word"));
}

#[tokio::test]
async fn a_socks_proxy_is_given_the_name_to_look_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("socks5h://{}", listener.local_addr().unwrap());
    let asked_for = std::thread::spawn(move || socks_proxy_that_answers_an_empty_list(&listener));
    let mut account = woocommerce("http://shop.example.test/");
    account.allow_http = true;
    account.proxy = Some(Proxy::parse(&proxy).unwrap());
    let folder = tempfile::tempdir().unwrap();
    connect(&account, &network(folder.path(), CallLog::none())).unwrap().list().await.unwrap();
    assert_eq!(asked_for.join().unwrap(), "shop.example.test");
}

/// RFC 1928, as far as one request without sign-in needs it. Gives the name that was asked for.
fn socks_proxy_that_answers_an_empty_list(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 3]).unwrap();
    stream.write_all(&[5, 0]).unwrap();
    let mut request = [0; 5];
    stream.read_exact(&mut request).unwrap();
    let mut name = vec![0; usize::from(request[4])];
    stream.read_exact(&mut name).unwrap();
    stream.read_exact(&mut [0; 2]).unwrap();
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]").unwrap();
    String::from_utf8(name).unwrap()
}

#[test]
fn a_public_shop_without_tls_is_refused_unless_the_user_accepts_it() {
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), CallLog::none());
    let mut account = woocommerce("http://shop.example.test/");
    let refusal = |account: &Account| connect(account, &network).err().unwrap().0.id().to_string();
    assert_eq!(refusal(&account), "connect-plain-http");
    account.allow_http = true;
    assert!(connect(&account, &network).is_ok());
    for allowed in ["https://shop.example.test/", "http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/"] {
        assert!(connect(&woocommerce(allowed), &network).is_ok(), "{allowed}");
    }
    for refused in
        ["ftp://shop.example.test/", "https://user:word@shop.example.test/", "https://shop.example.test/?a=b"]
    {
        assert_eq!(refusal(&woocommerce(refused)), "connect-address", "{refused}");
    }
}

#[test]
fn a_store_without_the_keys_of_its_platform_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), CallLog::none());
    let mut account = woocommerce("https://shop.example.test/");
    account.store.platform = platform::SHOPEE;
    account.store.shop = couponbook::domain::ShopId::new("1");
    let error = connect(&account, &network).err().unwrap();
    assert_eq!(crate::english(&error.0), "store store-1: partner_id is missing; add it to the config");
}

#[tokio::test]
async fn an_ailing_store_is_given_up_rather_than_nursed_for_ever() {
    // Every other answer is broken, and there is always another page.
    let server = Server::new(|_, before| match before % 2 {
        0 => page(502),
        _ => {
            let row = format!(r#"[{{"id":{before},"code":"c{before}","amount":"1.00"}}]"#);
            Reply::With(200, vec![("X-WP-Total", "9999".into()), ("X-WP-TotalPages", "9999".into())], row)
        }
    });
    let connector = connector(&server, &Written::default());
    assert!(connector.list().await.is_err());
    let tally = connector.tally();
    assert!(tally.retries <= 50 + tally.calls / 5 && tally.calls < 400, "{tally:?}");
}

#[test]
fn patience_is_long_enough_for_slow_shops_and_ends() {
    let usual = RetryPolicy::default();
    assert!(usual.whole_call == Duration::from_secs(60) && usual.tries == 5);
    assert!(hasty().whole_call < usual.whole_call);
    for platform in platform::ALL {
        assert_eq!(abilities(platform).platform, platform);
    }
}

#[tokio::test]
async fn several_processes_can_append_to_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.jsonl");
    let server = Server::in_order(vec![empty_list()]);
    for _ in 0..2 {
        let log = CallLog::to_file(&path, crate::english).unwrap();
        let network: Network = network(folder.path(), log);
        connect(&woocommerce(&server.address), &network).unwrap().list().await.unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
}
