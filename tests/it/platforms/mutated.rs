//! Answers of every platform, mutated: whatever comes, a connector gives coupons or a sentence, and never breaks.
//!
//! What the mock platforms answer is changed on its way, by a seed: here a quick part of it. `COUPONBOOK_FUZZ=20000` tries as many
//! answers of each platform, with seeds of their own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use couponbook::domain::Timestamp;
use couponbook::platforms::{CallLog, Network, RetryPolicy};
use couponbook::sandbox::{Sandbox, Scenario};
use serde_json::{Map, Value, json};

use super::contract::SHOPS;
use super::server::{Asked, Reply, Server, at, hasty};
use crate::accounts::{account, connect};
use crate::platform;

/// Small and the same everywhere: which answers are tried depends on the seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

/// Values where others are meant.
fn odd(dice: &mut Dice) -> Value {
    let values = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}\u{1b}]0;x\u{7}\u{202e}"),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(0.1),
        json!("99999999999999999999999999999999"),
        json!("-0.00000000000000000000000000001"),
        json!("NaN"),
        json!("2026-02-30T25:61:61Z"),
        json!("+999999-12-31T23:59:59Z"),
        json!("0000-00-00 00:00:00"),
        json!(253_402_300_800_i64),
        json!("x".repeat(5000)),
        json!([[[[[[]]]]]]),
        json!([null, 1, "a", {}]),
        json!({ "id": {}, "code": [], "amount": {} }),
        json!(true),
    ];
    values[dice.roll(values.len())].clone()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(members) => members.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Does `change` to the value at that place, counted from the top.
fn at_place(value: &mut Value, place: &mut usize, change: &mut dyn FnMut(&mut Value)) {
    if *place == 0 {
        change(value);
    }
    *place = place.wrapping_sub(1);
    let below: Vec<&mut Value> = match value {
        Value::Array(members) => members.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    };
    for inner in below {
        if *place == usize::MAX {
            return;
        }
        at_place(inner, place, change);
    }
}

fn changed_value(value: &mut Value, dice: &mut Dice) {
    match (dice.roll(6), &mut *value) {
        (0, Value::Object(fields)) if !fields.is_empty() => {
            let name = fields.keys().nth(dice.roll(fields.len())).unwrap().clone();
            fields.remove(&name);
        }
        (1, Value::Array(members)) if !members.is_empty() => {
            let twice = members[dice.roll(members.len())].clone();
            members.push(twice);
        }
        (2, Value::Object(fields)) => {
            let mut names: Vec<String> = fields.keys().cloned().collect();
            let by = 1.min(names.len());
            names.rotate_left(by);
            let values: Vec<Value> = fields.values().cloned().collect();
            *fields = names.into_iter().zip(values).collect::<Map<String, Value>>();
        }
        _ => *value = odd(dice),
    }
}

fn mutated(body: &str, dice: &mut Dice) -> String {
    if let (Ok(mut value), true) = (serde_json::from_str::<Value>(body), dice.roll(4) > 0) {
        for _ in 0..=dice.roll(3) {
            let mut place = dice.roll(count(&value));
            let mut inner = Dice(dice.0);
            at_place(&mut value, &mut place, &mut |value| changed_value(value, &mut inner));
            dice.roll(2);
        }
        return value.to_string();
    }
    let mut bytes = body.as_bytes().to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        match dice.roll(4) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, "[{\"a\":[".repeat(dice.roll(60)).bytes())),
            _ => drop(bytes.drain(at..(at + dice.roll(40)).min(bytes.len()))),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the mock platform at `address` answers to the same request.
fn answer(address: SocketAddr, asked: &Asked) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let kept = asked.headers.iter().filter(|(name, _)| !["connection", "accept-encoding"].contains(&name.as_str()));
    let headers: String = kept.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request =
        format!("{} {} HTTP/1.1\r\n{headers}connection: close\r\n\r\n{}", asked.method, asked.target, asked.body);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(502), body.to_string())
}

fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_platform_answers_a_connector_gives_coupons_or_a_sentence() {
    let rounds: u64 = std::env::var("COUPONBOOK_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::create(folder.path(), &Scenario::parse(SHOPS, "test.toml", noon()).unwrap()).unwrap();
    let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), Arc::new(noon)).await.unwrap();
    let address = running.address();
    let mut told = 0;
    for access in sandbox.stores().unwrap() {
        for seed in 0..rounds {
            let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(access.id.as_str().as_bytes()[0]));
            let server = Server::new(move |asked, _| {
                let (status, body) = answer(address, asked);
                // A whole list has to be reached before one of its answers can be the odd one.
                let body = if dice.roll(3) > 0 { body } else { mutated(&body, &mut dice) };
                Reply::Json(status, body)
            });
            let mut account = account(&access, &running);
            let here = format!("http://{address}");
            let endpoint = account.endpoint.as_str().replace(&here, &server.address);
            account.endpoint = endpoint.parse().unwrap();
            let tokens = tempfile::tempdir().unwrap();
            let policy = RetryPolicy { answer_bytes_max: 4 << 20, ..hasty() };
            let network = Network::new(Arc::new(noon), tokens.path(), CallLog::none(), policy);
            let connector = connect(&account, &network).unwrap();
            let _ = connector.check().await;
            match connector.list().await {
                Ok(listing) => {
                    let first = listing.coupons.first().map(|coupon| coupon.id.clone());
                    if let Some(id) = first {
                        told += usize::from(connector.get(&id).await.is_err());
                    }
                    told += listing.unreadable.len();
                }
                Err(error) => {
                    assert!(!crate::english(&error.sentence).is_empty());
                    told += 1;
                }
            }
            let _ = connector.find_code("RUNS").await;
        }
    }
    assert!(told > 0, "no answer was odd: the test tests nothing");
    let platforms: Vec<_> = sandbox.stores().unwrap().iter().map(|access| access.platform).collect();
    assert!(platform::ALL.iter().all(|platform| platforms.contains(platform)));
}
