//! `/_sandbox/`: for the one who tests, never for a connector.
//!
//! `GET stores` · `POST faults`, `GET faults`, `DELETE faults` · `GET audit` · `GET counts` ·
//! `POST edit` with `{store, coupon_id or code, fields}` (`fields: null` makes the coupon vanish) ·
//! `POST expire_tokens` with `{store?, refresh?}`.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::Desk;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::{Fault, SandboxError, SignIn, StoreAccess};

pub(super) const BASE_PATH: &str = "/_sandbox/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    store: String,
    coupon_id: Option<Value>,
    code: Option<String>,
    fields: Option<Map<String, Value>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpireTokens {
    store: Option<String>,
    #[serde(default)]
    refresh: bool,
}

pub(super) async fn answer(desk: Arc<Desk>, request: Request) -> Answer {
    tokio::task::spawn_blocking(move || answer_now(&desk, &request))
        .await
        .unwrap_or_else(|_| Answer::error_page(500, "The sandbox failed"))
}

fn answer_now(desk: &Desk, request: &Request) -> Answer {
    let what = request.path.strip_prefix(BASE_PATH).unwrap_or_default();
    match (request.method.as_str(), what) {
        ("GET", "stores") => told(desk.sandbox.stores().map(|stores| stores.iter().map(access).collect::<Vec<_>>())),
        ("GET", "faults") => Answer::json(200, &json!(desk.faults.all())),
        ("DELETE", "faults") => {
            desk.faults.clear();
            done()
        }
        ("POST", "faults") => read::<Fault>(request, |fault| {
            desk.faults.add(fault);
            done()
        }),
        ("GET", "audit") => told(desk.sandbox.audit()),
        ("GET", "counts") => Answer::json(200, &json!(desk.counts())),
        ("POST", "edit") => read::<Edit>(request, |edit| {
            let Some(coupon) = edit.coupon() else { return wrong("name the coupon by `coupon_id` or `code`") };
            told(desk.sandbox.edit(&edit.store, &coupon, edit.fields.as_ref()))
        }),
        ("POST", "expire_tokens") if request.body.is_empty() => expire(desk, &ExpireTokens::default()),
        ("POST", "expire_tokens") => read::<ExpireTokens>(request, |asked| expire(desk, &asked)),
        _ => Answer::json(
            404,
            &json!({ "error": "the sandbox has stores, faults, audit, counts, edit and expire_tokens" }),
        ),
    }
}

impl Edit {
    fn coupon(&self) -> Option<String> {
        match &self.coupon_id {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => self.code.clone(),
        }
    }
}

fn expire(desk: &Desk, asked: &ExpireTokens) -> Answer {
    told(desk.sandbox.expire_tokens(asked.store.as_deref(), asked.refresh, desk.clock.now()))
}

/// What a client needs to reach a store, secrets and all: they are pretend, and this is where a tester gets them.
fn access(store: &StoreAccess) -> Value {
    let sign_in = match &store.sign_in {
        SignIn::Shopee { partner_id, partner_key, shop_id, access_token, access_token_ends, refresh_token } => json!({
            "partner_id": partner_id, "partner_key": partner_key, "shop_id": shop_id, "access_token": access_token,
            "access_token_ends": access_token_ends, "refresh_token": refresh_token,
        }),
        SignIn::Lazada { app_key, app_secret, seller_id, access_token, access_token_ends, refresh_token } => json!({
            "app_key": app_key, "app_secret": app_secret, "seller_id": seller_id, "access_token": access_token,
            "access_token_ends": access_token_ends, "refresh_token": refresh_token,
        }),
        SignIn::Shopify { domain, client_id, client_secret, access_token, access_token_ends, refresh_token } => json!({
            "domain": domain, "client_id": client_id, "client_secret": client_secret, "access_token": access_token,
            "access_token_ends": access_token_ends, "refresh_token": refresh_token,
        }),
        SignIn::WooCommerce { consumer_key, consumer_secret } => {
            json!({ "consumer_key": consumer_key, "consumer_secret": consumer_secret })
        }
        SignIn::TiktokShop {
            app_key,
            app_secret,
            shop_id,
            shop_cipher,
            access_token,
            access_token_ends,
            refresh_token,
            refresh_token_ends,
        } => json!({
            "app_key": app_key, "app_secret": app_secret, "shop_id": shop_id, "shop_cipher": shop_cipher,
            "access_token": access_token, "access_token_ends": access_token_ends,
            "refresh_token": refresh_token, "refresh_token_ends": refresh_token_ends,
        }),
    };
    json!({
        "id": store.id, "name": store.name, "region": store.region, "platform": store.platform,
        "base_path": store.base_path, "currency": store.currency, "zone": store.zone, "sign_in": sign_in,
    })
}

fn read<T: for<'de> Deserialize<'de>>(request: &Request, then: impl FnOnce(T) -> Answer) -> Answer {
    match serde_json::from_slice(&request.body) {
        Ok(asked) => then(asked),
        Err(error) => wrong(&error.to_string()),
    }
}

fn told<T: serde::Serialize>(result: Result<T, SandboxError>) -> Answer {
    match result {
        Ok(value) => Answer::json(200, &json!(value)),
        Err(error @ (SandboxError::NoSuchStore { .. } | SandboxError::NoSuchCoupon { .. })) => {
            Answer::json(404, &json!({ "error": error.to_string() }))
        }
        Err(error @ SandboxError::BadEdit { .. }) => wrong(&error.to_string()),
        Err(error) => Answer::json(500, &json!({ "error": error.to_string() })),
    }
}

fn done() -> Answer {
    Answer::json(200, &Value::Null)
}

fn wrong(problem: &str) -> Answer {
    Answer::json(400, &json!({ "error": problem }))
}
