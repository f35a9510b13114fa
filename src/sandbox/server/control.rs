//! `/_sandbox/`: for the one who tests, never for a connector. Every request carries the sandbox's token in its header
//! `X-Sandbox-Token`; `couponbook sandbox` prints it.
//!
//! `GET stores` · `POST faults`, `GET faults`, `DELETE faults` · `GET audit` · `GET counts` ·
//! `POST edit` with `{store, coupon_id or code, fields}` (`fields: null` makes the coupon vanish) ·
//! `POST expire_tokens` with `{store?, refresh?}`.

use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::guard::TOKEN_HEADER;
use super::requests::Server;
use crate::sandbox::exchange::{Answer, Request};
use crate::sandbox::faults::Fault;
use crate::sandbox::fields::Fields;
use crate::sandbox::folder::SandboxError;

pub(super) const BASE_PATH: &str = "/_sandbox/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    store: String,
    coupon_id: Option<Value>,
    code: Option<String>,
    fields: Option<Fields>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpireTokens {
    store: Option<String>,
    #[serde(default)]
    refresh: bool,
}

pub(super) async fn answer(server: Arc<Server>, request: Request) -> Answer {
    tokio::task::spawn_blocking(move || answer_now(&server, &request))
        .await
        .unwrap_or_else(|_| Answer::error_page(500, "The sandbox failed"))
}

fn answer_now(server: &Server, request: &Request) -> Answer {
    if request.header(TOKEN_HEADER) != Some(&server.control_token) {
        let told = "send the header X-Sandbox-Token with the token that `couponbook sandbox` printed";
        return Answer::json(401, &json!({ "error": told }));
    }
    let what = request.path.strip_prefix(BASE_PATH).unwrap_or_default();
    match (request.method.as_str(), what) {
        // Secrets and all: they are mock, and this is where a tester gets them.
        ("GET", "stores") => answered(server.sandbox.stores()),
        ("GET", "faults") => Answer::json(200, &json!(server.faults.all())),
        ("DELETE", "faults") => {
            server.faults.clear();
            done()
        }
        ("POST", "faults") => read::<Fault>(request, |fault| {
            server.faults.add(fault);
            done()
        }),
        ("GET", "audit") => answered(server.sandbox.audit()),
        ("GET", "counts") => Answer::json(200, &json!(server.counts())),
        ("POST", "edit") => read::<Edit>(request, |edit| {
            let Some(coupon) = edit.coupon() else { return wrong("name the coupon by `coupon_id` or `code`") };
            answered(server.sandbox.edit(&edit.store, &coupon, edit.fields.as_ref()))
        }),
        ("POST", "expire_tokens") if request.body.is_empty() => expire(server, &ExpireTokens::default()),
        ("POST", "expire_tokens") => read::<ExpireTokens>(request, |request| expire(server, &request)),
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

fn expire(server: &Server, request: &ExpireTokens) -> Answer {
    answered(server.sandbox.expire_tokens(request.store.as_deref(), request.refresh, (server.clock)()))
}

fn read<T: for<'de> Deserialize<'de>>(request: &Request, then: impl FnOnce(T) -> Answer) -> Answer {
    match serde_json::from_slice(&request.body) {
        Ok(read) => then(read),
        Err(error) => wrong(&error.to_string()),
    }
}

fn answered<T: serde::Serialize>(result: Result<T, SandboxError>) -> Answer {
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
