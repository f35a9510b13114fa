//! A mock Shopify: the discounts of the Admin GraphQL API, from its schema and from recorded answers.
//!
//! `shop` says what it knows of itself and of a shop, `sign_in` knows who calls, `graphql` reads what they ask, `bucket` makes them
//! pay for it, `resolver` serves the fields of the roots with `search` and `write`, `discount` is what is kept and shown. What the
//! platform leaves open is one named constant or one commented line.

mod bucket;
mod discount;
mod graphql;
mod resolver;
mod search;
mod shop;
mod sign_in;
mod write;

use serde_json::{Value, json};
use std::sync::Arc;

use super::access::SignIn;
use super::entry::{Context, Entry, HasShops, PretendPlatform, PretendShop, ShopHandle, keys_of, settled};
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, replace};
use super::seed::{CouponSeed, CouponWords};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use bucket::{Buckets, QueryCost};
use graphql::{Operation, Problem, QueryRequest};
use resolver::Resolver;
use shop::{Settings, Shop, ShopifyShop, ShopifyShops};

/// A version older than the first is served as the first ("fall forward"); one after the last does not exist yet.
const VERSIONS: [&str; 5] = ["2025-10", "2026-01", "2026-04", "2026-07", "2026-10"];
/// Earlier ones hide every discount that is limited to markets.
const MARKETS_SINCE: &str = "2026-07";
/// In a throttled answer made by a fault, where no query was priced.
const THROTTLED_QUERY_COST: u64 = 202;

pub(super) const ENTRY: Entry = Entry {
    id: Platform::new("shopify"),
    stored_as: "shopify",
    identity: "domain",
    coupon_words: CouponWords { cap: false, total: None, ..CouponWords::PLAIN },
    store_keys: keys_of::<ShopifyShop>,
    settings: shop::settings,
    new_shop: shop::new_shop,
    open: |opening| Ok(Arc::new(Shopify { platform: ShopifyShops::read(opening)?, buckets: Buckets::default() })),
};

#[derive(Debug)]
struct Shopify {
    platform: ShopifyShops,
    buckets: Buckets,
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

impl PretendPlatform for Shopify {
    fn call(&self, request: &Request) -> Option<Call> {
        let (shop, inside) = self.platform.shop_at(&request.path)?;
        let (is_write, name) = match Route::of(&request.method, inside) {
            Route::Authorize => (false, "authorize".to_string()),
            Route::AccessToken => (false, "access_token".to_string()),
            Route::Unknown => (false, "unknown".to_string()),
            Route::GraphQl { .. } => {
                // Several fields in one document are counted by the first.
                let first = QueryRequest::of(request).and_then(|query| query.first_field());
                let (is_write, name) = first.unwrap_or_default();
                (is_write, name.unwrap_or_else(|| "graphql".to_string()))
            }
        };
        Some(Call::new(ENTRY.id, Some(shop), name, is_write, request))
    }

    fn answer(&self, context: &Context, request: &Request, _: &Call) -> Stored<Answer> {
        let Some((shop, inside)) = self.platform.shop_at(&request.path) else {
            return Ok(Answer::error_page(404, "Not Found"));
        };
        let of_grant = |done| settled(done).map(|granted| granted.unwrap_or_else(|refused| refused));
        let answer = match Route::of(&request.method, inside) {
            Route::Unknown => Answer::json(404, &json!({ "errors": "Not Found" })),
            Route::Authorize => of_grant(self.platform.authorize(context, shop, request))?,
            Route::AccessToken => of_grant(self.platform.access_token(context, shop, request))?,
            Route::GraphQl { version } => {
                let version = shop.own.oldest_version.as_deref().filter(|oldest| *oldest > version).unwrap_or(version);
                let answer = match shop.own.status.refusal() {
                    Some((status, words)) => Answer::json(status, &json!({ "errors": words })),
                    None if !self.platform.is_known(context, shop, request)? => {
                        let words = "[API] Invalid API key or access token (unrecognized login or wrong password)";
                        Answer::json(401, &json!({ "errors": words }))
                    }
                    None => self.graphql_answer(context, shop, request, version)?,
                };
                answer.with_header("x-shopify-api-version", version.to_string())
            }
        };
        Ok(answer.with_header("x-request-id", context.request_id.to_string()))
    }

    /// Refused for too many points: what is missing is restored in `retry_after_seconds`.
    fn throttled(&self, _: Timestamp, retry_after_seconds: Option<u64>, request_id: &str) -> Answer {
        let restored = self.platform.settings.restore_points_per_second;
        let missing = restored.saturating_mul(retry_after_seconds.unwrap_or(1));
        let requested = THROTTLED_QUERY_COST.max(missing);
        let cost = QueryCost { requested, actual: None, available: requested - missing };
        let answer =
            throttled_answer(&self.platform.settings, &cost).with_header("x-request-id", request_id.to_string());
        if answer.status == 429 { answer.retry_after(retry_after_seconds) } else { answer }
    }

    /// It counts points, not calls, and knows them only once it has read the query.
    fn refused_by_own_limit(&self) -> u64 {
        self.buckets.refused()
    }
}

impl HasShops for Shopify {
    fn in_shop(&self, store: &str) -> Option<Box<dyn PretendShop + '_>> {
        self.platform.in_shop(store)
    }
}

impl Shopify {
    fn graphql_answer(&self, context: &Context, shop: &Shop, request: &Request, version: &str) -> Stored<Answer> {
        let settings = &self.platform.settings;
        let Some(query) = QueryRequest::of(request) else {
            let words = json!({ "query": "Required parameter missing or invalid" });
            return Ok(Answer::json(400, &json!({ "errors": words })));
        };
        // Earlier schemas do not have the type.
        if version < MARKETS_SINCE && query.query.contains("DiscountMarkets") {
            let message = "No such type DiscountMarkets, so it can't be a fragment condition";
            let problem = Problem::new("undefinedType", message.to_string());
            return Ok(Answer::json(200, &json!({ "errors": bodies(&[problem]) })));
        }
        let priced = query.operation().and_then(|operation| {
            let requested = bucket::requested(&operation);
            bucket::check_size(requested).map_err(|problem| vec![problem])?;
            Ok((operation, requested))
        });
        let (operation, requested) = match priced {
            Ok(priced) => priced,
            Err(problems) => return Ok(Answer::json(200, &json!({ "errors": bodies(&problems) }))),
        };
        if let Err(available) = self.buckets.take(shop.id.as_str(), requested, settings) {
            return Ok(throttled_answer(settings, &QueryCost { requested, actual: None, available }));
        }
        let sees_markets = version >= MARKETS_SINCE;
        let (data, problems) =
            carried_out(&Resolver { platform: &self.platform, context, shop, sees_markets }, &operation)?;
        let actual = bucket::actual(&operation, &data).min(requested);
        let available = self.buckets.give_back(shop.id.as_str(), requested - actual, settings);
        let cost = QueryCost { requested, actual: Some(actual), available };
        let mut body = json!({ "data": data, "extensions": cost.extensions(settings) });
        if !problems.is_empty() {
            body["errors"] = Value::Array(bodies(&problems));
        }
        Ok(Answer::json(200, &body))
    }
}

/// The fields of the root, one after the other. An error in one that cannot be null takes the whole of `data` with it.
fn carried_out(resolver: &Resolver, operation: &Operation) -> Stored<(Value, Vec<Problem>)> {
    let mut data = Fields::new();
    let mut problems = Vec::new();
    let mut is_lost = false;
    for field in &operation.selected {
        if field.name == "__typename" {
            let root = if operation.is_mutation { "Mutation" } else { "QueryRoot" };
            data.insert(field.key.clone(), json!(root));
            continue;
        }
        let resolved = match denied(&resolver.shop.own, operation, &field.name) {
            Some(problem) => Err(problem),
            None => resolver.resolve(field)?,
        };
        let value = resolved.map(|value| graphql::select(field, &value)).unwrap_or_else(|problem| {
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

fn throttled_answer(settings: &Settings, cost: &QueryCost) -> Answer {
    let body = json!({ "errors": [bucket::throttled().body()], "extensions": cost.extensions(settings) });
    Answer::json(settings.throttled_status, &body)
}

impl PretendShop for ShopHandle<'_, Settings, ShopifyShop> {
    fn base_path(&self) -> String {
        format!("/{}", self.shop.id)
    }

    fn sign_in(&self, act: &Act) -> Stored<SignIn> {
        self.platform.sign_in(act, self.shop)
    }

    fn add_first_tokens(&self, act: &Act, now: Timestamp) -> Stored<()> {
        self.platform.add_first_tokens(act, self.shop, now)
    }

    /// Like those of the platform: large, and each shop's begin elsewhere.
    fn first_coupon_id(&self) -> u64 {
        1_600_000_000_000 + self.number("first discount", 90_000_000_000)
    }

    fn seeded(&self, id: u64, seed: &CouponSeed, now: Timestamp) -> Fields {
        discount::seeded(self.shop, id, seed, now)
    }

    /// By its whole id, the number in it, or a code.
    fn is_meant(&self, id: u64, stored: &Fields, name: &str) -> bool {
        discount::number_of(name) == Some(id) || id.to_string() == name || discount::has_code(stored, name)
    }

    /// `code` is that of its first code.
    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String> {
        for (name, value) in fields {
            if name != "code" {
                replace(stored, name, value)?;
                continue;
            }
            let first = stored.get_mut("redeemCodes").and_then(|codes| codes.get_mut(0));
            let code = first.and_then(Value::as_object_mut).ok_or("it has no code")?;
            code.insert("code".to_string(), value.clone());
        }
        for name in ["startsAt", "endsAt", "createdAt", "updatedAt"] {
            let value = stored.get(name).filter(|value| !value.is_null());
            if value.is_some() && discount::time(stored, name).is_none() {
                return Err(format!("`{name}` is not a time such as 2026-12-31T16:00:00Z"));
            }
        }
        Ok(())
    }
}
