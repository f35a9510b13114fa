//! The `query` argument of lists and counts. Sheet section 2, "Search fields".

use chrono_tz::Tz;
use serde_json::Value;

use super::discount::{self, Discount, Status};
use super::graphql::instant;
use crate::domain::Timestamp;
use crate::sandbox::fields::is_among;

const FIELDS: &str = "status method type discount_type discount_class combines_with title tag times_used id context starts_at ends_at \
     created_at updated_at";

/// One condition; all of them must hold.
#[derive(Debug, PartialEq)]
struct Term {
    /// None for words without a field.
    field: Option<String>,
    comparator: &'static str,
    values: Vec<String>,
    is_negated: bool,
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub(super) struct Search {
    terms: Vec<Term>,
}

impl Search {
    pub fn of(query: &str) -> Self {
        let mut terms = Vec::new();
        let mut is_negated = false;
        for word in words(query) {
            match word.as_str() {
                "AND" => {}
                "NOT" => is_negated = true,
                word => {
                    terms.push(term(word, is_negated));
                    is_negated = false;
                }
            }
        }
        Self { terms }
    }

    /// The fields that nobody can search by: lists pass over them, bulk mutations refuse them.
    pub fn unknown_fields(&self) -> Vec<&str> {
        let named = self.terms.iter().filter_map(|term| term.field.as_deref());
        named.filter(|field| !is_among(FIELDS, field)).collect()
    }

    /// Whether a code among those of one discount is meant.
    pub fn names(&self, code: &str) -> bool {
        let is_named = |term: &Term| term.values.iter().any(|value| code.eq_ignore_ascii_case(value));
        !self.terms.is_empty() && self.terms.iter().all(|term| is_named(term) != term.is_negated)
    }

    pub fn finds(&self, id: u64, discount: &Discount, zone: Tz, now: Timestamp) -> bool {
        self.terms.iter().all(|term| term.holds(id, discount, zone, now) != term.is_negated)
    }
}

impl Term {
    fn holds(&self, id: u64, discount: &Discount, zone: Tz, now: Timestamp) -> bool {
        self.values.iter().any(|value| {
            let value = value.to_lowercase();
            match self.field.as_deref() {
                None => contains(discount, &value) || discount::has_code(discount, &value),
                Some("status") => Status::of(discount, now).word().eq_ignore_ascii_case(&value),
                Some("method") => (value == "automatic") == discount::is_automatic(discount),
                Some("type" | "discount_type") => is_of_type(discount, &value),
                Some("title") => contains(discount, &value),
                Some("starts_at") => self.by_time(discount, "startsAt", &value, zone),
                Some("ends_at") => self.by_time(discount, "endsAt", &value, zone),
                Some("created_at") => self.by_time(discount, "createdAt", &value, zone),
                Some("updated_at") => self.by_time(discount, "updatedAt", &value, zone),
                Some("times_used") => {
                    let used = discount.get("asyncUsageCount").and_then(Value::as_i64);
                    compares(self.comparator, used, value.parse().ok())
                }
                Some("tag") => {
                    let tags = discount.get("tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                    tags.iter().any(|tag| tag.as_str().is_some_and(|tag| tag.to_lowercase() == value))
                }
                Some("context") => discount.get("context").is_some_and(|context| {
                    let kind = match value.as_str() {
                        "all" => "DiscountBuyerSelectionAll",
                        "customer" => "DiscountCustomers",
                        "segment" => "DiscountCustomerSegments",
                        _ => "DiscountMarkets",
                    };
                    context["__typename"] == kind
                }),
                Some("discount_class") => discount::class(discount).eq_ignore_ascii_case(&value),
                Some("id") => {
                    compares(self.comparator, Some(id), value.rsplit('/').next().and_then(|id| id.parse().ok()))
                }
                // Recorded: a search by code finds nothing, even for a code that is there.
                Some("code") => false,
                Some(_) => true,
            }
        })
    }

    fn by_time(&self, discount: &Discount, name: &str, value: &str, zone: Tz) -> bool {
        compares(self.comparator, discount::time(discount, name), instant(&value.to_uppercase(), zone))
    }
}

fn compares<T: PartialOrd>(comparator: &str, found: Option<T>, wanted: Option<T>) -> bool {
    let Some((found, wanted)) = found.zip(wanted) else { return false };
    match comparator {
        ">=" => found >= wanted,
        "<=" => found <= wanted,
        ">" => found > wanted,
        "<" => found < wanted,
        _ => found == wanted,
    }
}

fn contains(discount: &Discount, value: &str) -> bool {
    let title = discount.get("title").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    title.contains(value.trim_matches('*'))
}

fn is_of_type(discount: &Discount, value: &str) -> bool {
    let kind = &discount.get("customerGets").unwrap_or(&Value::Null)["value"]["__typename"];
    let name = discount::type_name(discount);
    match value {
        "percentage" => name.ends_with("Basic") && kind == "DiscountPercentage",
        "fixed_amount" => name.ends_with("Basic") && kind == "DiscountAmount",
        "free_shipping" => name.ends_with("FreeShipping"),
        "bxgy" | "bogo" => name.ends_with("Bxgy"),
        "app" => name.ends_with("App"),
        _ => false,
    }
}

fn term(word: &str, is_negated: bool) -> Term {
    let (word, is_negated) = word.strip_prefix('-').map_or((word, is_negated), |word| (word, !is_negated));
    let word = word.trim_matches(|c| c == '(' || c == ')');
    let (field, value) = match word.split_once(':') {
        Some((field, value)) => (Some(field.to_lowercase()), value),
        None => (None, word),
    };
    let comparator = [">=", "<=", ">", "<"].into_iter().find(|sign| value.starts_with(sign)).unwrap_or("");
    let value = value.strip_prefix(comparator).unwrap_or(value);
    let values = value.split(',').map(|value| value.trim_matches(['"', '\'']).to_string()).collect();
    Term { field, comparator, values, is_negated }
}

/// Split at spaces, but not within quotes.
fn words(query: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in query.chars() {
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (letter, None) if letter.is_whitespace() => words.push(String::new()),
            (letter, _) => {
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
