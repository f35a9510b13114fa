//! What `--json` prints is what docs/json.md and the schemas beside it say.
//!
//! A key that is printed and not written down fails here, and so does one that is written down and not printed: then the schema in
//! docs/json/ and the table in docs/json.md are to be changed, and CHANGELOG.md is to say it.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Map, Value};

use super::flows::applying::every_action;
use super::flows::shops::{SMALL_SHOPS, TWO_SHOPS};
use super::flows::tool::{Tool, text};

const COMMON: &str = "common";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// What is checked against, by its name.
fn schema(name: &str) -> Value {
    let file = docs().join("json").join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every document that is written down.
fn names() -> BTreeSet<String> {
    let files = std::fs::read_dir(docs().join("json")).unwrap().map(|entry| entry.unwrap().file_name());
    let names = files.map(|name| name.to_str().unwrap().strip_suffix(".schema.json").unwrap().to_string());
    names.filter(|name| name != COMMON).collect()
}

/// `document` is as the schema of that name says.
#[track_caller]
pub fn holds(name: &str, document: &Value) {
    let checker = Checker { common: schema(COMMON) };
    let mut wrong = Vec::new();
    checker.check(&schema(name), document, name, &mut wrong);
    wrong.truncate(12);
    assert!(wrong.is_empty(), "docs/json/{name}.schema.json does not say what is printed:\n{}", wrong.join("\n"));
}

/// So much of JSON Schema (2020-12) as the schemas use; a keyword that it does not know is a mistake in a schema.
struct Checker {
    common: Value,
}

impl Checker {
    fn meant<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let Some(name) = schema.get("$ref") else { return schema };
        let name = name.as_str().unwrap().strip_prefix("common.schema.json#/$defs/").unwrap();
        self.common["$defs"].get(name).unwrap_or_else(|| panic!("no $defs/{name} in the common schema"))
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let schema = self.meant(schema).as_object().unwrap();
        for (keyword, wanted) in schema {
            let is_so = match keyword.as_str() {
                "$schema" | "title" | "description" | "required" | "additionalProperties" => true,
                "type" => types(wanted).iter().any(|wanted| is_of(wanted, value)),
                "enum" => wanted.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
                "format" => value.as_str().is_none_or(|text| has_format(wanted.as_str().unwrap(), text)),
                "anyOf" => wanted.as_array().unwrap().iter().any(|one| {
                    let mut wrong = Vec::new();
                    self.check(one, value, at, &mut wrong);
                    wrong.is_empty()
                }),
                "items" => {
                    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{at}[{place}]"), wrong);
                    }
                    true
                }
                "properties" => {
                    if let Some(fields) = value.as_object() {
                        self.check_fields(schema, fields, at, wrong);
                    }
                    true
                }
                _ => panic!("the checker knows no {keyword:?}, at {at}"),
            };
            if !is_so {
                wrong.push(format!("{at}: {keyword} is {wanted}, found {value}"));
            }
        }
        if let (None, Some(fields)) = (schema.get("properties"), value.as_object()) {
            self.check_fields(schema, fields, at, wrong);
        }
    }

    fn check_fields(
        &self,
        schema: &Map<String, Value>,
        fields: &Map<String, Value>,
        at: &str,
        wrong: &mut Vec<String>,
    ) {
        for needed in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !fields.contains_key(needed.as_str().unwrap()) {
                wrong.push(format!("{at}: {needed} is missing"));
            }
        }
        for (name, value) in fields {
            let at = format!("{at}.{name}");
            match (schema.get("properties").and_then(|known| known.get(name)), schema.get("additionalProperties")) {
                (Some(known), _) => self.check(known, value, &at, wrong),
                (None, Some(Value::Bool(false))) => wrong.push(format!("{at} is not written down: {value}")),
                (None, Some(other @ Value::Object(_))) => self.check(other, value, &at, wrong),
                (None, _) => {}
            }
        }
    }

    /// The keys of the objects in `schema`, as the tables of docs/json.md name them: `changes.finding`.
    fn keys(&self, schema: &Value, before: &str, found: &mut BTreeSet<String>) {
        let Some(object) = self.object_in(schema) else { return };
        for (name, inner) in object["properties"].as_object().unwrap() {
            found.insert(format!("{before}{name}"));
            // What several documents have is written down once.
            if inner.get("$ref").is_none() {
                self.keys(inner, &format!("{before}{name}."), found);
            }
        }
    }

    fn object_in<'s>(&'s self, schema: &'s Value) -> Option<&'s Value> {
        if schema.get("properties").is_some() {
            return Some(schema);
        }
        let any = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        let inner = [schema.get("items"), schema.get("additionalProperties")].into_iter().flatten().chain(any);
        inner.filter(|inner| inner.is_object() && inner.get("$ref").is_none()).find_map(|inner| self.object_in(inner))
    }
}

fn types(wanted: &Value) -> Vec<&str> {
    match wanted {
        Value::String(one) => vec![one],
        several => several.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect(),
    }
}

fn is_of(wanted: &str, value: &Value) -> bool {
    match wanted {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("no such type: {wanted}"),
    }
}

fn has_format(wanted: &str, text: &str) -> bool {
    match wanted {
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "date" => text.parse::<chrono::NaiveDate>().is_ok(),
        _ => panic!("no such format: {wanted}"),
    }
}

#[test]
fn what_each_command_prints_is_what_its_schema_says() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let mut seen = BTreeSet::new();
    let mut prints = |name: &str, words: &[&str]| {
        let document = tool.run([words, &["--json"]].concat()).json();
        holds(name, &document);
        seen.insert(name.to_string());
        document
    };
    let back = tool.hand_back(&every_action());
    let export = prints("export", &["export"])["export"].as_str().unwrap().to_string();
    prints("plan", &["plan", text(&back)]);
    let run = prints("apply", &["apply", text(&back), "--yes"])["run"].as_str().unwrap().to_string();
    prints("export", &["export", "--split-by", "store"]);
    prints("export-estimate", &["export", "--estimate"]);
    prints("stores-list", &["stores"]);
    prints("stores-abilities", &["stores", "abilities"]);
    prints("stores-check", &["stores", "check"]);
    prints("auth-status", &["auth", "status"]);
    prints("history", &["history", "--out", text(&tool.path("history.xlsx"))]);
    prints("history", &["history", "--store", "woo-de-1", "--finding", "low_stock"]);
    for coupon in ["stock", "del"] {
        prints("history-coupon", &["history", "coupon", "woo-de-1", coupon]);
    }
    prints("history-calls", &["history", "calls", "--out", text(&tool.path("calls.csv"))]);
    prints("archive-verify", &["archive", "verify"]);
    prints("archive-list", &["archive", "list"]);
    prints("archive-show", &["archive", "show", &export]);
    prints("archive-show", &["archive", "show", &run]);
    prints("archive-week", &["archive", "week", "2026-W47"]);
    prints("journal-rebuild", &["journal", "rebuild"]);
    prints("runs", &["runs"]);
    prints("runs-show", &["runs", "show", &run]);
    prints("undo", &["undo", &run, "--out", text(&tool.path("undo.xlsx"))]);
    prints("archive-seal", &["archive", "seal", "2026-W47"]);
    prints("archive-export", &["archive", "export", "2026-W47"]);
    prints("archive-prune", &["archive", "prune", "--keep-weeks", "1", "--yes"]);
    prints("init", &["init", text(&tool.path("new"))]);
    prints("completions", &["completions", "zsh"]);
    prints("man", &["man", text(&tool.path("man"))]);
    prints("error", &["archive", "show", "20200101-AM-NOBODY"]);
    prints("error", &["export", "--no-such-flag"]);
    prints("demo", &["demo", "--dir", text(&tool.path("demo"))]);
    // What is broken is told in the same shape.
    std::fs::remove_file(tool.path("archive/chain/00000002.json")).unwrap();
    prints("archive-verify", &["archive", "verify"]);

    // These are held against their schema elsewhere: here, where somebody signs in, where somebody approves, where coupons are looked for, where
    // channels are told, and where the schemas of the settings are held against their reader.
    let elsewhere = [
        "sandbox",
        "auth-login",
        "auth-login-several",
        "person",
        "person-add",
        "approve",
        "find",
        "watch",
        "messages-list",
        "messages-test",
        "messages-send",
        "schema",
    ];
    seen.extend(elsewhere.map(str::to_string));
    assert_eq!(seen, names());
}

#[test]
fn what_the_sandbox_prints_is_what_its_schema_says() {
    let tool = Tool::in_empty_folder();
    tool.write("shops.toml", SMALL_SHOPS);
    let words = ["sandbox", "--json", "--scenario", "shops.toml", "--address", "127.0.0.1:0", "--show-keys"];
    let mut running = tool.process(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let printed = running.stdout.take().unwrap();
    let document = serde_json::Deserializer::from_reader(printed.take(1 << 20)).into_iter::<Value>().next();
    running.kill().unwrap();
    running.wait().unwrap();
    holds("sandbox", &document.unwrap().unwrap());
}

#[test]
fn the_page_on_json_names_every_document_and_every_key_of_it() {
    let page = std::fs::read_to_string(docs().join("json.md")).unwrap();
    let checker = Checker { common: schema(COMMON) };
    for name in names() {
        let (_, section) = page.split_once(&format!("(json/{name}.schema.json)")).unwrap_or_else(|| panic!("{name}"));
        let section = section.split("\n## ").next().unwrap();
        let mut known = BTreeSet::new();
        let schema = schema(&name);
        let meant = checker.meant(schema.get("items").unwrap_or(&schema)).clone();
        checker.keys(&meant, "", &mut known);
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let told: BTreeSet<String> = rows.map(|(key, _)| key.to_string()).collect();
        assert_eq!(told, known, "the table of {name} in docs/json.md and docs/json/{name}.schema.json");
    }
}
