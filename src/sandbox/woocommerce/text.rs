//! What WordPress makes of the texts and amounts that it is given. Measured on 11.0.1 and 7.9.0.

use rust_decimal::{Decimal, RoundingStrategy};

/// A code as it is stored: trimmed, lower-cased, without tags, entities encoded.
pub(super) fn stored_code(text: &str) -> String {
    encode_entities(&strip_tags(text, &[])).trim().to_lowercase()
}

/// A description as it is stored: harmless tags stay, `&` becomes `&amp;`.
pub(super) fn stored_description(text: &str) -> String {
    encode_entities(&strip_tags(text, &["a", "b", "br", "code", "em", "i", "li", "ol", "p", "strong", "ul"]))
}

/// Without the tags that are not among `kept`; their content stays.
fn strip_tags(text: &str, kept: &[&str]) -> String {
    let mut stripped = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        stripped.push_str(before);
        let inner = from.trim_start_matches('<').trim_start_matches('/');
        let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
        let end = from.find('>');
        match end {
            Some(end) if !name.is_empty() => {
                let (tag, after) = from.split_at(end + 1);
                if kept.contains(&name.to_ascii_lowercase().as_str()) {
                    stripped.push_str(tag);
                }
                rest = after;
            }
            // A lone bracket is text.
            _ => {
                stripped.push_str("&lt;");
                rest = from.strip_prefix('<').unwrap_or_default();
            }
        }
    }
    stripped.push_str(rest);
    stripped
}

/// `&` becomes `&amp;`, but where it already begins an entity.
fn encode_entities(text: &str) -> String {
    let mut encoded = String::new();
    let mut parts = text.split('&');
    encoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let is_entity = part.find(';').is_some_and(|end| {
            let name = part.get(..end).unwrap_or_default();
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
        });
        encoded.push_str(if is_entity { "&" } else { "&amp;" });
        encoded.push_str(part);
    }
    encoded
}

/// An amount as it is stored: two decimals, whatever was sent. `"1,50"` becomes `150.00` and `"abc"` becomes `0.00`, as on a
/// real shop; `"1e3"` is 1000 only for `is_modern` ones.
pub(super) fn stored_amount(text: &str, is_modern: bool) -> String {
    let text = text.trim();
    let number = match text.parse::<f64>() {
        Ok(number) if is_modern && number.is_finite() => return two_decimals(text, number),
        _ => text.chars().filter(|c| c.is_ascii_digit() || *c == '.' || *c == '-').collect::<String>(),
    };
    let prefix = number_prefix(&number);
    two_decimals(prefix, prefix.parse().unwrap_or(0.0))
}

/// What PHP reads as a number from the front of a text.
fn number_prefix(text: &str) -> &str {
    let mut has_point = false;
    let is_part = |(place, c): (usize, char)| match c {
        '-' => place == 0,
        '.' => !std::mem::replace(&mut has_point, true),
        c => c.is_ascii_digit(),
    };
    let end = text.char_indices().map(is_part).take_while(|part| *part).count();
    text.get(..end).unwrap_or_default()
}

fn two_decimals(text: &str, number: f64) -> String {
    let exact = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
    match exact {
        // Beyond fifteen digits PHP's floating point shows: 999999999999999.99 reads back 1000000000000000.00.
        Ok(exact) if number.abs() < 1e13 => {
            let mut rounded = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            rounded.rescale(2);
            rounded.to_string()
        }
        _ => format!("{number:.2}"),
    }
}

pub(super) fn amount(stored: &str) -> Decimal {
    stored.parse().unwrap_or_default()
}
