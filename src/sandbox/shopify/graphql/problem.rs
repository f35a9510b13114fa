//! What is wrong with a request.

use async_graphql_parser::Pos;
use serde_json::{Map, Value, json};

/// One of the top-level `errors`.
#[derive(Debug, Default)]
pub(in crate::sandbox::shopify) struct Problem {
    pub message: String,
    pub locations: Vec<Pos>,
    pub path: Vec<Value>,
    pub extensions: Map<String, Value>,
}

impl Problem {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self::without_code(message.into()).with("code", json!(code))
    }

    pub fn without_code(message: String) -> Self {
        Self { message, ..Self::default() }
    }

    pub fn at(mut self, position: Pos) -> Self {
        self.locations.push(position);
        self
    }

    pub fn within(mut self, path: &[String]) -> Self {
        self.path = path.iter().map(|step| json!(step)).collect();
        self
    }

    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extensions.insert(name.to_string(), value);
        self
    }

    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "extensions": self.extensions });
        if !self.locations.is_empty() {
            body["locations"] =
                self.locations.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
        }
        if !self.path.is_empty() {
            body["path"] = Value::Array(self.path.clone());
        }
        body
    }
}
