//! A server of a few lines, and the accounts and networks that reach it.

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use couponbook::domain::Timestamp;
use couponbook::platforms::{
    Account, CallLog, CallRecord, Entry, Network, PaceOverride, RetryPolicy, lazada, shopee, shopify, woocommerce,
};
use url::Url;

use crate::accounts::account_of;

/// What was asked of the server.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// As it came, line by line; names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The request line's target, whole.
    pub target: String,
}

impl Asked {
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The parameters of a form.
    pub fn form(&self, name: &str) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status and a JSON body.
    Json(u16, String),
    /// With headers of its own.
    With(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection without a word.
    Drop,
    /// Promises more than it sends.
    Truncated(String),
    /// Says nothing until the other side has lost its patience.
    Silence,
}

pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of it and of how many came before.
    pub fn new(mut answer: impl FnMut(&Asked, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read_request(&mut stream) else { continue };
                let before = kept.lock().unwrap().len();
                let reply = answer(&request, before);
                kept.lock().unwrap().push(request);
                respond(stream, reply);
            }
        });
        Self { address, asked }
    }

    /// Answers in this order, the last one for ever.
    pub fn in_order(replies: Vec<Reply>) -> Self {
        Self::new(move |_, before| replies[before.min(replies.len() - 1)].clone())
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
        if body.len() < length {
            continue;
        }
        let mut words = head.lines().next()?.split(' ');
        let (method, target) = (words.next()?.to_string(), words.next()?.to_string());
        let url = Url::parse("http://server").unwrap().join(&target).ok()?;
        return Some(Asked {
            method,
            path: url.path().to_string(),
            query: url.query_pairs().into_owned().collect(),
            headers,
            body: body.to_string(),
            target,
        });
    }
}

fn respond(mut stream: TcpStream, reply: Reply) {
    let (status, headers, body, promised) = match reply {
        Reply::Json(status, body) => (status, vec![("Content-Type", "application/json".to_string())], body, 0),
        Reply::With(status, headers, body) => (status, headers, body, 0),
        Reply::Truncated(body) => (200, Vec::new(), body, 100),
        Reply::Drop => return,
        Reply::Silence => {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 16]);
            });
            return;
        }
    };
    let length = body.len() + promised;
    let mut answer = format!("HTTP/1.1 {status} Words\r\nContent-Length: {length}\r\nConnection: close\r\n");
    for (name, value) in headers {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream.write_all(format!("{answer}\r\n{body}").as_bytes());
}

/// 2026-01-01 00:00:00 UTC, at which every clock of these tests stands.
pub fn now() -> Timestamp {
    Utc.timestamp_opt(1_767_225_600, 0).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// Quick to try again, but patient with a busy machine.
pub fn hasty() -> RetryPolicy {
    RetryPolicy {
        connect: Duration::from_secs(5),
        whole_call: Duration::from_secs(10),
        tries: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(1200),
        answer_bytes_max: 200_000,
    }
}

/// For servers that say nothing.
pub fn short_of_breath() -> RetryPolicy {
    RetryPolicy { connect: Duration::from_millis(200), whole_call: Duration::from_millis(400), ..hasty() }
}

pub fn network(token_folder: &Path, log: CallLog) -> Network {
    Network::new(Arc::new(now), token_folder, log, hasty())
}

/// Counted by the app as usual, and in no hurry by the shop.
fn account(platform: &Entry, endpoint: &str, keys: &[(&str, &str)]) -> Account {
    let pace = PaceOverride { per_second: Some(1000), ..PaceOverride::default() };
    Account { pace, ..account_of(platform, endpoint, keys) }
}

pub const CONSUMER_KEY: &str = "ck_0123456789abcdef0123456789abcdef01234567";
pub const CONSUMER_SECRET: &str = "cs_0123456789abcdef0123456789abcdef01234567";

pub fn woocommerce(endpoint: &str) -> Account {
    let keys = [("consumer_key", CONSUMER_KEY), ("consumer_secret", CONSUMER_SECRET)];
    account(&woocommerce::ENTRY, endpoint, &keys)
}

pub const PARTNER_KEY: &str = "4f6c5a7077426b6d5945714c6e4a56644b786f53517a656843527961584d7469";
pub const FIRST_REFRESH_TOKEN: &str = "4a6b6c6d6e6f70717273747576777879";

pub fn shopee(endpoint: &str) -> Account {
    let app = [("partner_id", "2001887"), ("partner_key", PARTNER_KEY)];
    let shop = [("shop_id", "14701711"), ("refresh_token", FIRST_REFRESH_TOKEN)];
    account(&shopee::ENTRY, endpoint, &[app, shop].concat())
}

/// What stands in a config for one of the three ways to a shop.
pub type ShopifyKeys<'k> = [(&'k str, &'k str)];

pub fn shopify(endpoint: &str, sign_in: &ShopifyKeys) -> Account {
    account(&shopify::ENTRY, endpoint, &[&[("shop", "some-shop.myshopify.com")], sign_in].concat())
}

pub const APP_SECRET: &str = "lzdTestSecret0123456789";
pub const LAZADA_REFRESH_TOKEN: &str = "50001200xTESTrefresh";

pub fn lazada(endpoint: &str) -> Account {
    let app = [("app_key", "100132"), ("app_secret", APP_SECRET), ("refresh_token", LAZADA_REFRESH_TOKEN)];
    let seller = [("country", "sg"), ("seller_id", "1000000101")];
    let account = account(&lazada::ENTRY, &format!("{endpoint}/rest"), &[app.as_slice(), &seller].concat());
    Account { pace: PaceOverride { app_per_second: Some(1000), ..account.pace }, ..account }
}

/// Keeps what the log was given.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub fn log(&self) -> CallLog {
        CallLog::to_writer(self.clone(), crate::english)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub fn records(&self) -> Vec<CallRecord> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
