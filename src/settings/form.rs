//! What keeps the config from being read as TOML, in words that say what to write. The parser names a place; why it stumbled
//! there, the line shows.

use rust_decimal::Decimal;
use std::collections::BTreeSet;

use super::complaints::Complaints;
use super::secret::example_in_config;

pub(super) const BACKSLASH: &str = "between double quotes a backslash begins a sign such as \\n or \\t";

/// What is wrong, and what would be right.
type Wrong = (String, String);

/// One complaint a line: of several mistakes in one the later ones follow from the first.
pub(super) fn complain(text: &str, errors: &[toml::de::Error], complaints: &Complaints) {
    let is_doubled = |error: &&toml::de::Error| error.message() == "duplicate key";
    let heads = if errors.iter().any(|error| is_doubled(&error)) { doubled_heads(text) } else { Vec::new() };
    for (at, name) in &heads {
        let wanted =
            format!("write [[{name}]] above each where there may be several, as of stores; else keep one of them");
        complaints.of_form(*at, format!("[{name}] stands there twice"), wanted);
    }
    for quotes in ["\"\"\"", "'''"] {
        if let (1, Some(at)) = (text.matches(quotes).count() % 2, text.rfind(quotes)) {
            let wanted = "close it with three, or write it in one line between single ones";
            return complaints.of_form(at, "a text that begins with three quotes is not closed", wanted);
        }
    }
    let mut told = Vec::new();
    // Where two sections became one, each of their keys is doubled.
    for error in errors.iter().filter(|error| heads.is_empty() || !is_doubled(error)) {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let at = opened_before(text, at).unwrap_or(at);
        let begin = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        if told.contains(&begin) {
            continue;
        }
        told.push(begin);
        let line = text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let (what, wanted) = if is_doubled(&error) { doubled_key(line) } else { diagnosed(line) };
        complaints.of_form(at, what, wanted);
    }
}

/// The list or table before `at` that is still open there: what is not closed swallows the lines behind it.
fn opened_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let begin = before
        .rmatch_indices(['[', '{'])
        .map(|(place, _)| place)
        .find(|place| before.get(..*place).is_some_and(|before| before.trim_end().ends_with('=')))?;
    let since = before.get(begin..)?;
    let count = |signs: [char; 2]| since.matches(signs).count();
    (count(['[', '{']) > count([']', '}'])).then_some(begin)
}

/// Each `[section]` that was there before. Below a `[[section]]` one may stand again.
fn doubled_heads(text: &str) -> Vec<(usize, &str)> {
    let mut heads = BTreeSet::new();
    let mut at = 0;
    let mut doubled = Vec::new();
    for line in text.split_inclusive('\n') {
        let head = line.split('#').next().unwrap_or_default().trim();
        let name = head.trim_matches(['[', ']']);
        let first = name.split('.').next().unwrap_or_default();
        let is_head = head.starts_with('[') && !head.starts_with("[[") && head.ends_with(']');
        if is_head && !heads.insert(name) && !text.contains(&format!("[[{first}]]")) {
            doubled.push((at, name));
        }
        at += line.len();
    }
    doubled
}

fn doubled_key(line: &str) -> Wrong {
    let key = line.split('=').next().unwrap_or(line).trim();
    let what = format!("the key {key} stands there twice in one section");
    (what, "keep one of them, or begin a new section between them".to_string())
}

fn diagnosed(line: &str) -> Wrong {
    let line = line.trim();
    let wrong = |what: &str, wanted: &str| (what.to_string(), wanted.to_string());
    if line.starts_with('[') {
        let wanted = "write [name], or [[name]] where there may be several";
        return wrong("the head of a section is not closed as it is opened", wanted);
    }
    let Some((key, value)) = line.split_once('=') else {
        let wanted = "write key = value, or begin a remark with #";
        return wrong("this line is neither a key with its value nor a [section]", wanted);
    };
    let key = key.trim();
    if key.is_empty() || !key.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.\"'".contains(letter)) {
        let wanted = "write a key of the example that `couponbook init` writes, without quotes and spaces";
        return wrong(&format!("{key:?} cannot be a key"), wanted);
    }
    let (what, right) = diagnosed_value(value.trim());
    let is_secret = ["_key", "secret", "token", "proxy"].iter().any(|part| key.contains(part)) && key != "app_key";
    // A secret that is written out is never repeated.
    let wanted = if is_secret { example_in_config(key) } else { format!("write {key} = {right}") };
    (format!("{key}: {what}"), wanted)
}

/// What is wrong with the value behind a key, and how it is written right.
fn diagnosed_value(value: &str) -> (&'static str, String) {
    let bare = value.split('#').next().unwrap_or_default().trim();
    let text = value.trim_matches(|letter| "\"'“”„‘’".contains(letter));
    let has_odd = |quote: char| value.matches(quote).count() % 2 == 1;
    if value.starts_with(['“', '”', '„', '‘', '’']) {
        return ("these quotes are those of a letter, not of a config", format!("\"{text}\""));
    }
    if value.starts_with('"') && value.contains('\\') {
        let inner = value.trim_start_matches('"').split('"').next().unwrap_or_default();
        return (BACKSLASH, format!("'{inner}', between single quotes"));
    }
    if has_odd('"') || (!value.contains('"') && has_odd('\'')) {
        let is_one_text = value.matches(['"', '\'', '{', '[', '#']).count() == 1;
        let right =
            if is_one_text { format!("\"{text}\"") } else { "…, with a quote at both ends of each text".to_string() };
        return ("a quote is missing", right);
    }
    match bare.chars().next() {
        None => ("there is no value", "… with a value, or begin the line with #".to_string()),
        Some('[') => ("a list is not closed, or a comma or quote is missing in it", "[\"…\", \"…\"]".to_string()),
        Some('{') => {
            let right = "{ … = \"…\", … = \"…\" }, in one line".to_string();
            ("what is opened with { is not closed, or a comma or quote is missing in it", right)
        }
        Some('"' | '\'') => {
            ("something stands behind the closing quote", "… with one value, and a remark after #".to_string())
        }
        Some('0'..='9' | '+' | '-' | '.') => ("this is not how a number is written", plain_number(bare)),
        Some(_) => match bare.to_lowercase().as_str() {
            "yes" | "on" | "true" => ("this is neither true nor false", "true".to_string()),
            "no" | "off" | "false" => ("this is neither true nor false", "false".to_string()),
            _ if bare.contains('\\') => ("a text stands without quotes", format!("'{bare}'")),
            _ => ("a text stands without quotes", format!("\"{bare}\"")),
        },
    }
}

/// The number without its separators and signs: 1000 for `1,000`, 2.5 for `2,5`, 10 for `10%`; between quotes what is none.
fn plain_number(bare: &str) -> String {
    let plain: String = bare.chars().filter(|letter| !" _%'".contains(*letter)).collect();
    let plain = match plain.rsplit_once(',') {
        Some((whole, fraction)) if fraction.len() != 3 => format!("{whole}.{fraction}"),
        _ => plain.replace(',', ""),
    };
    plain.parse::<Decimal>().map_or_else(|_| format!("\"{bare}\""), |number| number.normalize().to_string())
}
