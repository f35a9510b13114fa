//! What a request says, wherever it says it: the official SDKs put parameters in the query, in a form, in a multipart form, or
//! in both. The sheet's sections 1.2 and 1.3.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::form_urlencoded;

use super::answer::{Refusal, illegal_parameter, missing_parameter};
use crate::sandbox::exchange::Request;
use crate::sandbox::fields::Fields;

/// Not a voucher's business, and not of interest to the audit.
const COMMON: [&str; 7] = ["app_key", "timestamp", "sign_method", "sign", "access_token", "partner_id", "debug"];

type Pairs = BTreeMap<String, String>;

/// The merged parameters, sorted by name as the signature wants them.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    all: Pairs,
    /// A body that is no form, and what stood in the query beside it.
    raw: Option<(Pairs, Vec<u8>)>,
}

impl Parameters {
    pub fn of(request: &Request) -> Self {
        let query: Pairs = request.query.iter().cloned().collect();
        let content_type = request.header("content-type").unwrap_or_default().trim();
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (body, raw): (Pairs, _) = match kind.as_str() {
            "" | "application/x-www-form-urlencoded" => {
                (form_urlencoded::parse(&request.body).into_owned().collect(), None)
            }
            "multipart/form-data" => (multipart(content_type, &request.body), None),
            _ => (json_fields(&request.body), Some((query.clone(), request.body.to_vec()))),
        };
        let mut all = query;
        all.extend(body);
        Self { all, raw }
    }

    /// A value that is there and not empty: an empty one is as good as none, since two SDKs leave it out.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing_parameter(name))
    }

    /// A whole number, as text or not.
    pub fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let read =
            |text: &str| text.trim().parse().map_err(|_| illegal_parameter(format!("{name} is not a whole number")));
        self.get(name).map(read).transpose()
    }

    pub fn required_whole(&self, name: &str) -> Result<i64, Refusal> {
        self.whole(name)?.ok_or_else(|| missing_parameter(name))
    }

    /// An amount of money in major units, never below zero.
    pub fn amount(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        let read = |text: &str| match text.trim().parse::<Decimal>() {
            Ok(amount) if !amount.is_sign_negative() => Ok(amount.normalize()),
            _ => Err(illegal_parameter(format!("{name} is not an amount"))),
        };
        self.get(name).map(read).transpose()
    }

    pub fn required_amount(&self, name: &str) -> Result<Decimal, Refusal> {
        self.amount(name)?.ok_or_else(|| missing_parameter(name))
    }

    pub fn one_of<'p>(&'p self, name: &str, allowed: &[&str]) -> Result<&'p str, Refusal> {
        let value = self.required(name)?;
        if allowed.contains(&value) {
            return Ok(value);
        }
        Err(illegal_parameter(format!("{name} must be one of {}", allowed.join(", "))))
    }

    /// `sku_ids`: JSON text, `[10069285691,10069285692]`.
    pub fn sku_ids(&self) -> Result<Vec<u64>, Refusal> {
        let unreadable = || illegal_parameter("sku_ids is not a list of ids");
        let listed: Vec<Value> = serde_json::from_str(self.required("sku_ids")?).map_err(|_| unreadable())?;
        let id = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let ids: Option<Vec<u64>> = listed.iter().map(id).collect();
        ids.filter(|ids| !ids.is_empty()).ok_or_else(unreadable)
    }

    /// What the signature may be made over: the path, then every name with its value, then a body that is no form. Clients
    /// differ: the Python SDK signs empty values, those for Java and .NET do not; a public PHP client posts JSON and signs its
    /// fields like a form's.
    pub fn signed_texts(&self, api_path: &str) -> Vec<Vec<u8>> {
        let mut texts = Vec::new();
        for with_empty in [true, false] {
            texts.push(signed_text(api_path, &self.all, with_empty));
            if let Some((query, body)) = &self.raw {
                texts.push([signed_text(api_path, query, with_empty), body.clone()].concat());
            }
        }
        texts
    }

    /// What the seller asked for, as the audit keeps it.
    pub fn business(&self) -> Fields {
        let is_business = |name: &str| !COMMON.contains(&name) && name != "id";
        self.all
            .iter()
            .filter(|(name, _)| is_business(name))
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect()
    }
}

fn signed_text(api_path: &str, pairs: &Pairs, with_empty: bool) -> Vec<u8> {
    let mut text = api_path.to_string();
    for (name, value) in pairs.iter().filter(|(name, value)| *name != "sign" && (with_empty || !value.is_empty())) {
        text.push_str(name);
        text.push_str(value);
    }
    text.into_bytes()
}

/// The fields of a JSON object, lists as their JSON text; nothing of any other body.
fn json_fields(body: &[u8]) -> Pairs {
    let fields: Fields = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

/// The text fields of a multipart form, as the PHP SDK posts it; files are no parameters and are not signed.
fn multipart(content_type: &str, body: &[u8]) -> Pairs {
    let boundary = content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
    let Some(boundary) = boundary.map(|boundary| boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())
    else {
        return Pairs::new();
    };
    let text = String::from_utf8_lossy(body);
    text.split(&format!("--{boundary}")).filter_map(text_field).collect()
}

fn text_field(part: &str) -> Option<(String, String)> {
    let (head, value) = part.split_once("\r\n\r\n")?;
    if head.contains("filename=") {
        return None;
    }
    let name = head.split("name=\"").nth(1)?.split('"').next()?;
    Some((name.to_string(), value.strip_suffix("\r\n").unwrap_or(value).to_string()))
}
