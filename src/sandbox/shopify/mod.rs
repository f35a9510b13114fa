//! A pretend Shopify: the discount codes of the Admin GraphQL API, from its schema and from recorded answers.
//!
//! `sign_in` knows who calls, `graphql` reads what they ask, `bucket` makes them pay for it, `counter` serves the fields of the
//! roots with `search` and `write`, `discount` is what is kept and shown. What the platform leaves open is one named constant or
//! one commented line.

mod bucket;
mod counter;
mod discount;
mod graphql;
mod search;
mod sign_in;
mod write;

use serde_json::{Map, Value, json};

use super::exchange::{Answer, Request};
use super::faults::Call;
use super::scenario::{Own, Settings, Shop, ShopifyShop, hash_number};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use bucket::Bill;
use counter::Counter;
use graphql::{Asked, Operation, Problem};

pub(super) use bucket::Buckets;
pub(super) use discount::seeded;
pub(super) use sign_in::{first_tokens, sign_in};

/// A version older than the first is served as the first ("fall forward"); one after the last does not exist yet.
const VERSIONS: [&str; 5] = ["2025-10", "2026-01", "2026-04", "2026-07", "2026-10"];
/// In a throttled answer made by a fault, where no query was priced.
const THROTTLED_QUERY_COST: u64 = 202;

/// What a call is answered against.
pub(super) struct Desk<'d> {
    pub settings: &'d Settings,
    pub buckets: &'d Buckets,
    pub now: Timestamp,
}

/// What a path under a shop asks for.
enum Route<'r> {
    Authorize,
    AccessToken,
    GraphQl { version: &'r str },
    Unknown,
}

impl<'r> Route<'r> {
    fn of(method: &str, path: &'r str) -> Self {
        match (method, path.trim_end_matches('/')) {
            ("GET", "admin/oauth/authorize") => Self::Authorize,
            ("POST", "admin/oauth/access_token" | "admin/oauth/access_token.json") => Self::AccessToken,
            ("POST", path) => {
                let version = path.strip_prefix("admin/api/").and_then(|rest| rest.strip_suffix("/graphql.json"));
                version.and_then(served).map_or(Self::Unknown, |version| Self::GraphQl { version })
            }
            _ => Self::Unknown,
        }
    }
}

/// The version that answers for `asked`; none where there is none of that name, or not yet.
fn served(asked: &str) -> Option<&str> {
    let [first, .., last] = VERSIONS;
    let is_quarter = asked.len() == 7 && ["-01", "-04", "-07", "-10"].iter().any(|end| asked.ends_with(end));
    match asked {
        "unstable" => Some(asked),
        _ if !is_quarter || asked > last => None,
        _ => Some(if asked < first { first } else { asked }),
    }
}

/// What `request` asks for, where its path lies under a shop of Shopify.
pub(super) fn call(request: &Request, shops: &[Shop]) -> Option<Call> {
    let (store, inside) = request.path.trim_start_matches('/').split_once('/')?;
    let shop = shops.iter().find(|shop| shop.id.as_str() == store && matches!(shop.own, Own::Shopify(_)))?;
    let (is_write, name) = match Route::of(&request.method, inside) {
        Route::Authorize => (false, "authorize".to_string()),
        Route::AccessToken => (false, "access_token".to_string()),
        Route::Unknown => (false, "unknown".to_string()),
        Route::GraphQl { .. } => {
            let (is_write, fields) = Asked::of(request).and_then(|asked| asked.root_fields()).unwrap_or_default();
            // Several fields in one document are counted by the first.
            (is_write, fields.into_iter().next().unwrap_or_else(|| "graphql".to_string()))
        }
    };
    Some(Call {
        platform: Platform::Shopify,
        store: Some(shop.id.to_string()),
        name,
        is_write,
        path: request.path.clone(),
    })
}

/// Carries `request` out, or refuses it.
pub(super) fn answer(
    desk: &Desk,
    shop: Option<&Shop>,
    act: &Act,
    request: &Request,
    request_id: &str,
) -> Stored<Answer> {
    let Some((shop, own)) = shop.and_then(|shop| match &shop.own {
        Own::Shopify(own) => Some((shop, own)),
        _ => None,
    }) else {
        return Ok(Answer::error_page(404, "Not Found"));
    };
    let inside = request.path.trim_start_matches('/').split_once('/').map_or("", |(_, inside)| inside);
    let answer = match Route::of(&request.method, inside) {
        Route::Unknown => Answer::json(404, &json!({ "errors": "Not Found" })),
        Route::Authorize => sign_in::authorize(desk, act, shop, own, request)?,
        Route::AccessToken => sign_in::access_token(desk, act, shop, own, request)?,
        Route::GraphQl { version } => {
            let answer = match own.status.refusal() {
                Some((status, words)) => Answer::json(status, &json!({ "errors": words })),
                None if !sign_in::is_known(desk, act, shop, request)? => stranger(),
                None => graphql_answer(desk, act, shop, own, request)?,
            };
            answer.with_header("x-shopify-api-version", version.to_string())
        }
    };
    Ok(answer.with_header("x-request-id", request_id.to_string()))
}

fn stranger() -> Answer {
    let words = "[API] Invalid API key or access token (unrecognized login or wrong password)";
    Answer::json(401, &json!({ "errors": words }))
}

fn graphql_answer(desk: &Desk, act: &Act, shop: &Shop, own: &ShopifyShop, request: &Request) -> Stored<Answer> {
    let Some(asked) = Asked::of(request) else {
        let words = json!({ "query": "Required parameter missing or invalid" });
        return Ok(Answer::json(400, &json!({ "errors": words })));
    };
    let operation = match asked.operation() {
        Ok(operation) => operation,
        Err(problems) => return Ok(Answer::json(200, &json!({ "errors": bodies(&problems) }))),
    };
    let requested = bucket::requested(&operation);
    if let Err(problem) = bucket::check_size(requested) {
        return Ok(Answer::json(200, &json!({ "errors": bodies(&[problem]) })));
    }
    if let Err(available) = desk.buckets.take(shop.id.as_str(), requested, desk.settings) {
        return Ok(throttled_answer(desk.settings, &Bill { requested, actual: None, available }));
    }
    let counter = Counter { shop, own, settings: desk.settings, act, now: desk.now };
    let (data, problems) = carried_out(&counter, &operation)?;
    let actual = bucket::actual(&operation, &data).min(requested);
    let available = desk.buckets.give_back(shop.id.as_str(), requested - actual, desk.settings);
    let bill = Bill { requested, actual: Some(actual), available };
    let mut body = json!({ "data": data, "extensions": bill.extensions(desk.settings) });
    if !problems.is_empty() {
        body["errors"] = Value::Array(bodies(&problems));
    }
    Ok(Answer::json(200, &body))
}

/// The fields of the root, one after the other. An error in one that cannot be null takes the whole of `data` with it.
fn carried_out(counter: &Counter, operation: &Operation) -> Stored<(Value, Vec<Problem>)> {
    let mut data = Map::new();
    let mut problems = Vec::new();
    let mut is_lost = false;
    for field in &operation.selected {
        if field.name == "__typename" {
            let root = if operation.is_mutation { "Mutation" } else { "QueryRoot" };
            data.insert(field.key.clone(), json!(root));
            continue;
        }
        let served = match denied(counter.own, operation, &field.name) {
            Some(problem) => Err(problem),
            None => counter.serve(field)?,
        };
        let value = served.map(|value| graphql::select(field, &value)).unwrap_or_else(|problem| {
            problems.push(problem.at(field.position).within(std::slice::from_ref(&field.key)));
            is_lost |= field.type_name.ends_with("Connection");
            Value::Null
        });
        data.insert(field.key.clone(), value);
    }
    Ok((if is_lost { Value::Null } else { Value::Object(data) }, problems))
}

fn denied(own: &ShopifyShop, operation: &Operation, field: &str) -> Option<Problem> {
    let scope = match (operation.is_mutation, field) {
        (_, "shop" | "job" | "currentAppInstallation") => return None,
        (true, _) => "write_discounts",
        (false, _) => "read_discounts",
    };
    // Who may write may read as well.
    let has = |scope: &str| own.scopes.iter().any(|granted| granted == scope);
    if has(scope) || has("write_discounts") {
        return None;
    }
    let access = format!("`{scope}` access scope.");
    let problem = Problem::new("ACCESS_DENIED", format!("Access denied for {field} field. Required access: {access}"));
    let page = json!("https://shopify.dev/api/usage/access-scopes");
    Some(problem.with("documentation", page).with("requiredAccess", json!(access)))
}

fn bodies(problems: &[Problem]) -> Vec<Value> {
    problems.iter().map(Problem::body).collect()
}

fn throttled_answer(settings: &Settings, bill: &Bill) -> Answer {
    let body = json!({ "errors": [bucket::throttled().body()], "extensions": bill.extensions(settings) });
    Answer::json(settings.shopify_throttled_status, &body)
}

/// Refused for too many points, as a fault asks for it: what is missing is restored in `retry_after_seconds`.
pub(super) fn throttled(settings: &Settings, retry_after_seconds: Option<u64>, request_id: &str) -> Answer {
    let missing = settings.shopify_restore_points_per_second.saturating_mul(retry_after_seconds.unwrap_or(1));
    let requested = THROTTLED_QUERY_COST.max(missing);
    let bill = Bill { requested, actual: None, available: requested - missing };
    let answer = throttled_answer(settings, &bill).with_header("x-request-id", request_id.to_string());
    match retry_after_seconds {
        Some(seconds) if answer.status == 429 => answer.with_header("retry-after", seconds.to_string()),
        _ => answer,
    }
}

/// Like those of the platform: large, and each shop's begin elsewhere.
pub(super) fn first_discount_id(seed: &str, shop: &Shop) -> u64 {
    1_600_000_000_000 + hash_number(&[seed, shop.id.as_str(), "first discount"]) % 90_000_000_000
}

/// A stored discount as the shop would show it, with its id, and without the status: that takes a clock.
pub(super) fn shown(shop: &Shop, own: &ShopifyShop, id: u64, fields: Map<String, Value>) -> Map<String, Value> {
    let Value::Object(mut shown) = discount::shown(shop, own, &fields, Timestamp::default()) else { return Map::new() };
    shown.remove("status");
    shown.insert("id".to_string(), json!(discount::id_text(id, &fields)));
    shown
}

/// Whether a tester means this discount: by its whole id, the number in it, or a code.
pub(super) fn is_meant(id: u64, stored: &Map<String, Value>, name: &str) -> bool {
    discount::number_of(name) == Some(id) || id.to_string() == name || discount::has_code(stored, name)
}

/// Lays `fields`, in the shop's own spelling, over a stored discount, past every rule; `code` is that of its first code.
pub(super) fn edited(stored: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<(), String> {
    let mut changed = stored.clone();
    for (name, value) in fields {
        match name.as_str() {
            "code" => {
                let first =
                    changed.get_mut("redeemCodes").and_then(Value::as_array_mut).and_then(|codes| codes.first_mut());
                let code = first.and_then(Value::as_object_mut).ok_or("it has no code")?;
                code.insert("code".to_string(), value.clone());
            }
            name if changed.contains_key(name) => drop(changed.insert(name.to_string(), value.clone())),
            name => return Err(format!("there is no field `{name}`")),
        }
    }
    for name in ["startsAt", "endsAt", "createdAt", "updatedAt"] {
        let value = changed.get(name).filter(|value| !value.is_null());
        if value.is_some() && discount::time(&changed, name).is_none() {
            return Err(format!("`{name}` is not a time such as 2026-12-31T16:00:00Z"));
        }
    }
    *stored = changed;
    Ok(())
}
