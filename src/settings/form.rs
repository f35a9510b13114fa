//! What keeps the config from being read as TOML, in words that say what to write. The parser names a place; why it stumbled
//! there, the line shows.

use std::collections::BTreeSet;

use super::complaints::Complaints;

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
    let said = |what: &str, wanted: &str| (what.to_string(), wanted.to_string());
    if line.starts_with('[') {
        return said(
            "the head of a section is not closed as it is opened",
            "write [name], or [[name]] where there may be several",
        );
    }
    let Some((key, value)) = line.split_once('=') else {
        return said(
            "this line is neither a key with its value nor a [section]",
            "write key = value, or begin a remark with #",
        );
    };
    let (key, value) = (key.trim(), value.trim());
    // A secret that is written out is never repeated.
    let is_secret = ["key", "secret", "token", "proxy"].iter().any(|part| key.contains(part));
    let shown = |value: &str| if is_secret { "…".to_string() } else { value.to_string() };
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || "_-.\"'".contains(letter);
    if key.is_empty() || !key.chars().all(is_key) {
        return (
            format!("{key:?} cannot be a key"),
            "write a key of the example that `couponbook init` writes, without quotes and spaces".to_string(),
        );
    }
    let bare = value.split('#').next().unwrap_or_default().trim();
    let text = value.trim_matches(|letter| "\"'“”„‘’".contains(letter));
    if value.starts_with(['“', '”', '„', '‘', '’']) {
        return (
            format!("{key}: these quotes are those of a letter, not of a config"),
            format!("write {key} = \"{}\"", shown(text)),
        );
    }
    if value.starts_with('"') && value.contains('\\') {
        let inner = value.trim_start_matches('"').split('"').next().unwrap_or_default();
        let what = format!("{key}: between double quotes a backslash begins a sign such as \\n or \\t");
        return (what, format!("write {key} = '{}', between single quotes", shown(inner)));
    }
    if value.matches('"').count() % 2 == 1 || (!value.contains('"') && value.matches('\'').count() % 2 == 1) {
        let what = format!("{key}: a quote is missing");
        return match value.matches(['"', '\'', '{', '[', '#']).count() {
            1 => (what, format!("write {key} = \"{}\"", shown(text))),
            _ => (what, "write a quote at both ends of each text".to_string()),
        };
    }
    if bare.is_empty() {
        return (format!("{key} has no value"), "write one behind the =, or begin the line with #".to_string());
    }
    if bare.starts_with(['[', '{']) {
        return (
            format!("{key}: what is opened with a bracket is not closed, or a comma is missing in it"),
            format!(
                "write a list as {key} = [\"…\", \"…\"] and names with values as {key} = {{ … = \"…\", … = \"…\" }}"
            ),
        );
    }
    if bare.starts_with(['"', '\'']) {
        return (
            format!("{key}: something stands behind the closing quote"),
            "write one value a line, and a remark after #".to_string(),
        );
    }
    match bare.to_lowercase().as_str() {
        "yes" | "on" | "true" => (format!("{key}: {bare} is not known"), format!("write {key} = true")),
        "no" | "off" | "false" => (format!("{key}: {bare} is not known"), format!("write {key} = false")),
        _ if bare.starts_with(|letter: char| letter.is_ascii_digit() || "+-.".contains(letter)) && !is_secret => {
            let plain: String = bare.chars().filter(|letter| !" ,_%'".contains(*letter)).collect();
            let plain = if plain.parse::<f64>().is_ok() {
                plain.trim_start_matches(['+', '0']).to_string()
            } else {
                format!("\"{bare}\"")
            };
            (format!("{key}: {bare} is not written as a number"), format!("write {key} = {plain}"))
        }
        _ => (format!("{key}: a text stands without quotes"), format!("write {key} = \"{}\"", shown(bare))),
    }
}
