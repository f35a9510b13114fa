//! What a path of a shop asks for.

use serde_json::Value;

use super::error::{WooError, error};
use crate::sandbox::exchange::Request;

/// What a path under `/wp-json/` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Index,
    Currency,
    Totals,
    SystemStatus,
    Coupons,
    Batch,
    Coupon(u64),
    Unknown,
}

impl Route {
    pub fn of(path: &str) -> Self {
        let Some(inside) = path.trim_matches('/').strip_prefix("wp-json") else { return Self::Unknown };
        match inside.trim_matches('/') {
            "" => Self::Index,
            "wc/v3/data/currencies/current" => Self::Currency,
            "wc/v3/reports/coupons/totals" => Self::Totals,
            "wc/v3/system_status" => Self::SystemStatus,
            "wc/v3/coupons" => Self::Coupons,
            "wc/v3/coupons/batch" => Self::Batch,
            other => {
                other.strip_prefix("wc/v3/coupons/").and_then(|id| id.parse().ok()).map_or(Self::Unknown, Self::Coupon)
            }
        }
    }

    pub fn call_name(self, request: &Request) -> &'static str {
        match (self, request.method.as_str()) {
            (Self::Index, _) => "index",
            (Self::Currency, _) => "currency",
            (Self::Totals, _) => "totals",
            (Self::SystemStatus, _) => "system_status",
            (Self::Batch, _) => "batch",
            (Self::Coupons, "POST") => "create",
            (Self::Coupons, _) => "list",
            (Self::Coupon(_), "GET" | "HEAD") => "get",
            (Self::Coupon(_), "DELETE") if is_forced(request) => "delete",
            (Self::Coupon(_), "DELETE") => "trash",
            (Self::Coupon(_), _) => "update",
            (Self::Unknown, _) => "unknown",
        }
    }
}

/// What somebody without a key is told.
pub(super) fn unauthorized(route: Route, request: &Request) -> WooError {
    let (code, message) = match (route, request.method.as_str()) {
        (Route::Batch, _) => {
            ("woocommerce_rest_cannot_batch", "Sorry, you are not allowed to batch manipulate this resource.")
        }
        (Route::Coupons, "POST") => {
            ("woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources.")
        }
        (Route::Coupon(_), "DELETE") => {
            ("woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource.")
        }
        (Route::Coupon(_), "POST" | "PUT" | "PATCH") => {
            ("woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource.")
        }
        (Route::Coupon(_), _) => ("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."),
        _ => ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
    };
    error(code, message, 401)
}

/// Whether a deletion is for good.
pub(super) fn is_forced(request: &Request) -> bool {
    let in_body = || request.json_object().and_then(|body| body.get("force").and_then(Value::as_bool)).unwrap_or(false);
    match request.parameter("force") {
        Some(text) => matches!(text, "true" | "1"),
        None => in_body(),
    }
}
