//! A request as a pretend platform reads it, and what it answers.

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::Value;
use url::form_urlencoded;

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

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as a JSON object; an empty body is an empty object, anything else is none.
    pub fn json_object(&self) -> Option<serde_json::Map<String, Value>> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Some(serde_json::Map::new());
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

    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}
