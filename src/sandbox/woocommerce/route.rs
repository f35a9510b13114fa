//! What a path of a shop asks for.

use serde_json::Value;
use strum::IntoStaticStr;

use super::error::{WooError, error};
use crate::sandbox::exchange::Request;

/// What a request under `/wp-json/` asks for; the logical name of the call is the variant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Route {
    Index,
    Currency,
    Totals,
    SystemStatus,
    List,
    Create,
    Batch,
    Get(u64),
    Update(u64),
    Trash(u64),
    Delete(u64),
    Unknown,
}

impl Route {
    /// A method that a path does not know leads to its nearest call, which refuses it.
    pub fn of(path: &str, request: &Request) -> Self {
        let Some(inside) = path.trim_matches('/').strip_prefix("wp-json") else { return Self::Unknown };
        let method = request.method.as_str();
        match inside.trim_matches('/') {
            "" => Self::Index,
            "wc/v3/data/currencies/current" => Self::Currency,
            "wc/v3/reports/coupons/totals" => Self::Totals,
            "wc/v3/system_status" => Self::SystemStatus,
            "wc/v3/coupons" if method == "POST" => Self::Create,
            "wc/v3/coupons" => Self::List,
            "wc/v3/coupons/batch" => Self::Batch,
            other => match (other.strip_prefix("wc/v3/coupons/").and_then(|id| id.parse().ok()), method) {
                (None, _) => Self::Unknown,
                (Some(id), "GET" | "HEAD") => Self::Get(id),
                (Some(id), "DELETE") if is_forced(request) => Self::Delete(id),
                (Some(id), "DELETE") => Self::Trash(id),
                (Some(id), _) => Self::Update(id),
            },
        }
    }
}

/// What somebody without a key is told.
pub(super) fn unauthorized(route: Route, request: &Request) -> WooError {
    let (code, message) = match route {
        Route::Batch => ("woocommerce_rest_cannot_batch", "are not allowed to batch manipulate this resource"),
        Route::Create => ("woocommerce_rest_cannot_create", "are not allowed to create resources"),
        Route::Trash(_) | Route::Delete(_) => {
            ("woocommerce_rest_cannot_delete", "are not allowed to delete this resource")
        }
        Route::Update(_) if writes(request) => {
            ("woocommerce_rest_cannot_edit", "are not allowed to edit this resource")
        }
        Route::Get(_) | Route::Update(_) => ("woocommerce_rest_cannot_view", "cannot view this resource"),
        _ => ("woocommerce_rest_cannot_view", "cannot list resources"),
    };
    error(code, format!("Sorry, you {message}."), 401)
}

pub(super) fn writes(request: &Request) -> bool {
    matches!(request.method.as_str(), "POST" | "PUT" | "PATCH")
}

/// Whether a deletion is for good. WordPress takes its truths in any case (`rest_is_boolean`), as clients in other languages write them.
fn is_forced(request: &Request) -> bool {
    let in_body = || request.json_object().and_then(|body| body.get("force").and_then(Value::as_bool)).unwrap_or(false);
    match request.parameter("force") {
        Some(text) => text.eq_ignore_ascii_case("true") || text == "1",
        None => in_body(),
    }
}
