//! The channels, a file each: its form, its limits, its answers.

pub mod dingtalk;
pub mod email;
pub mod feishu;
pub mod slack;
pub mod teams;
pub mod telegram;
pub mod webhook;
pub mod wecom;

use serde_json::Value;

/// The text of a field.
fn text<'v>(body: &'v Value, field: &str) -> &'v str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}
