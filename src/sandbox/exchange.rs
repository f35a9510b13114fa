//! A request as a mock platform reads it, and what it answers.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::fields::Fields;

#[derive(Debug, Clone)]
pub(super) struct Request {
    /// In capital letters.
    pub method: String,
    /// As sent, without the query.
    pub path: String,
    /// Decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// As sent.
    pub raw_query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn new(method: &str, path: &str, raw_query: &str, headers: HeaderMap, body: Bytes) -> Self {
        let query = form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect();
        let (path, raw_query) = (path.to_string(), raw_query.to_string());
        Self { method: method.to_ascii_uppercase(), path, query, raw_query, headers, body }
    }

    /// The last value under `name`, as PHP and most frameworks take it.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same, where it is not empty.
    pub fn present(&self, name: &str) -> Option<&str> {
        self.parameter(name).filter(|value| !value.is_empty())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as a JSON object; an empty body is an empty object, anything else is none.
    pub fn json_object(&self) -> Option<Fields> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Some(Fields::new());
        }
        serde_json::from_slice(&self.body).ok()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, content_type: "application/json; charset=UTF-8", headers: Vec::new(), body: body.to_string() }
    }

    pub fn html(status: u16, body: String) -> Self {
        Self { status, content_type: "text/html; charset=UTF-8", headers: Vec::new(), body }
    }

    /// A host's page in place of the platform's answer.
    pub fn error_page(status: u16, title: &str) -> Self {
        Self::html(
            status,
            format!(
                "<!DOCTYPE html>\n<html><head><title>{status} {title}</title></head>\n\
                 <body><center><h1>{status} {title}</h1></center><hr><center>nginx</center></body></html>\n"
            ),
        )
    }

    /// The same, where the host has a failure of its own.
    pub fn failing_host(code: u16, retry_after_seconds: Option<u64>) -> Self {
        let title = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
        Self::error_page(code, title).retry_after(retry_after_seconds)
    }

    /// Sends the browser on to `address`.
    pub fn redirect(address: &Url) -> Self {
        Self::html(302, String::new()).with_header("location", address.to_string())
    }

    /// With the header `retry-after`, where there is something to say in it.
    pub fn retry_after(self, seconds: Option<u64>) -> Self {
        match seconds {
            Some(seconds) => self.with_header("retry-after", seconds.to_string()),
            None => self,
        }
    }

    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// One page of `all`, counted from 1, and whether there are more after it. A page past the end is empty.
pub(super) fn page_of(all: Vec<Value>, page: u64, size: u64) -> (Vec<Value>, bool) {
    let skip = usize::try_from(page.saturating_sub(1).saturating_mul(size)).unwrap_or(usize::MAX);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = all.len() > skip.saturating_add(size);
    (all.into_iter().skip(skip).take(size).collect(), more)
}
