//! The schemas of config and list of stores, and the reference: made of what the reader asks for, and held against the reader itself.

mod checker;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use couponbook::platforms::PLATFORMS;
use couponbook::settings::{Needs, Settings, config_schema, stores_schema};
use serde_json::{Map, Value};

use super::{Fixture, HEAD, SHOPEE, WOO};
use crate::flows::tool::Tool;
use checker::complaints;

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

fn of_config() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| config_schema(PLATFORMS))
}

/// What the schema says against a config; none where it is no TOML, which no schema sees.
pub fn against(config: &str) -> Option<Vec<String>> {
    let config = config.strip_prefix('\u{feff}').unwrap_or(config);
    Some(complaints(of_config(), &toml::from_str::<Value>(config).ok()?))
}

/// What the reader takes, the schema takes; but words that stand otherwise than in the reference.
pub fn accepts(config: &str) {
    const SPELLED_OTHERWISE: [&str; 1] = ["\"by hand\""];
    if !SPELLED_OTHERWISE.iter().any(|word| config.contains(word)) {
        let wrong = against(config).unwrap_or_default();
        assert!(wrong.is_empty(), "the reader takes it:\n{config}\nthe schema says:\n{}", wrong.join("\n"));
    }
}

/// What the reader refuses, the schema refuses, where it can know it.
#[track_caller]
pub fn refuses(config: &str) {
    if let Some(wrong) = against(config) {
        assert!(!wrong.is_empty(), "the schema takes what the reader refuses:\n{config}");
    }
}

#[test]
fn the_schemas_and_the_reference_of_docs_are_what_the_program_prints() {
    let tool = Tool::in_empty_folder();
    for (name, of) in [("couponbook.schema.json", "config"), ("stores.schema.json", "stores")] {
        let printed = tool.run(["schema", of]).exits(0).stdout;
        assert!(page(name) == printed, "write it anew: couponbook schema {of} > docs/{name}");
        let document = tool.run(["schema", of, "--json"]).exits(0).json();
        crate::json_documents::holds("schema", &document);
        assert!(document["schema"] == serde_json::from_str::<Value>(&printed).unwrap());
    }
    let reference = page("configuration.md");
    let (_, shown) = reference.split_once("schema.rs compares -->\n").unwrap();
    let (shown, _) = shown.split_once("<!-- end of reference -->").unwrap();
    let printed = tool.run(["schema", "config", "--markdown"]).exits(0);
    assert_eq!(shown.trim(), printed.stdout.trim(), "paste what `couponbook schema config --markdown` prints into it");
    crate::json_documents::holds("schema", &tool.run(["schema", "config", "--markdown", "--json"]).exits(0).json());
    tool.run(["schema", "stores", "--markdown"]).exits(2);
}

/// Every object of the schema that is a section, by its path.
fn sections<'s>(schema: &'s Value, path: &str, found: &mut Vec<(String, &'s Map<String, Value>)>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    found.push((path.to_string(), properties));
    for (key, value) in properties {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let list = value.get("items").into_iter();
        let either = value.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        for inner in list.chain(either).chain([value]).filter(|inner| inner.get("properties").is_some()) {
            sections(inner, &below, found);
        }
    }
}

/// The keys that a complaint about an unknown one names: those that the reader asked for.
fn keys_of_the_reader(head: &str, section: &str) -> BTreeSet<String> {
    let fixture = Fixture::new();
    std::fs::write(fixture.file(), format!("{HEAD}{head}\nzzzzzzzzzzzzzzzzzzzz = 1\n{section}\n{WOO}")).unwrap();
    let error = Settings::read_for(Needs::NOTHING, &fixture.file(), PLATFORMS, &|_| None).unwrap_err();
    let told = error.problems.iter().find(|problem| problem.what.contains("`zzzzzzzzzzzzzzzzzzzz`"));
    let told = told.unwrap_or_else(|| panic!("{head}: {error}"));
    told.wanted.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

#[test]
fn the_schema_has_the_very_keys_that_the_reader_asks_for_in_each_section() {
    let mut found = Vec::new();
    sections(of_config(), "", &mut found);
    assert!(found.len() >= 18, "{}", found.len());
    for (path, properties) in found {
        let is_list = [
            "store",
            "message",
            "person",
            "rules.only",
            "rules.usual_spend",
            "rules.only.usual_spend",
            "checklist.item",
        ]
        .contains(&path.as_str());
        let head = match path.as_str() {
            "" => String::new(),
            "rules.only.usual_spend" => "[[rules.only]]\nstore = \"woo-de-1\"\n[[rules.only.usual_spend]]".to_string(),
            _ if is_list => format!("[[{path}]]"),
            _ => format!("[{path}]"),
        };
        let in_schema: BTreeSet<String> = properties.keys().cloned().collect();
        let in_reader = match path.as_str() {
            // Of each kind its own.
            "message" => {
                let kinds = properties["kind"]["enum"].as_array().unwrap();
                let of_kind =
                    |kind: &Value| keys_of_the_reader("[[message]]", &format!("channel = \"ops\"\nkind = {kind}"));
                kinds.iter().flat_map(of_kind).collect()
            }
            _ => keys_of_the_reader(&head, ""),
        };
        assert_eq!(in_schema, in_reader, "{head}");
    }
}

#[test]
fn every_key_says_what_it_is() {
    let mut found = Vec::new();
    sections(of_config(), "", &mut found);
    for (path, properties) in found {
        for (key, value) in properties {
            let is_section = value.get("properties").is_some()
                || value.get("items").is_some_and(|it| it.get("properties").is_some())
                || value.get("propertyNames").is_some();
            assert!(
                is_section || value.get("description").is_some(),
                "templates/couponbook.toml says nothing of `{key}` in [{path}]"
            );
        }
    }
}

/// The example that `init` writes, with every line that is switched off there.
fn whole_example() -> Vec<String> {
    let is_key = |line: &str| {
        line.split_once(" = ")
            .is_some_and(|(key, _)| key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'))
    };
    let mut sections = vec![String::new()];
    for line in include_str!("../../../templates/couponbook.toml").lines() {
        let bare = line.strip_prefix('#').map_or(line, str::trim_start);
        let is_head = bare.starts_with('[') && bare.split(" #").next().unwrap().trim_end().ends_with(']');
        if is_head {
            sections.push(String::new());
        }
        if is_head || is_key(bare) {
            let section = sections.last_mut().unwrap();
            section.push_str(bare);
            section.push('\n');
        }
    }
    sections
}

#[test]
fn the_example_that_init_writes_is_as_the_schema_says_as_it_is_and_with_each_section_switched_on() {
    accepts(include_str!("../../../templates/couponbook.toml"));
    accepts(include_str!("../../../samples/couponbook.toml"));
    let sections = whole_example();
    assert!(sections.len() > 25, "{}", sections.len());
    let [head, rest @ ..] = sections.as_slice() else { panic!("no section") };
    accepts(&format!("{head}{WOO}"));
    for section in rest {
        let others = if section.starts_with("[[store]]") { String::new() } else { WOO.to_string() };
        accepts(&format!("{HEAD}{section}{others}"));
        refuses(&format!("{HEAD}{}{others}", section.replacen('\n', "\ncolour = \"red\"\n", 1)));
    }
}

#[test]
fn what_is_wrong_with_a_config_is_seen_by_its_schema_where_it_needs_one_look() {
    let with = |from: &str, to: &str| format!("{HEAD}{WOO}").replacen(from, to, 1);
    for config in [
        with("consumer_key", "costumer_key"),
        with("team_time_zone", "time_zone"),
        with("Europe/Berlin", "Europe/Berlim"),
        with("Asia/Singapore", "SGT+8"),
        with("{ env = \"KEY\" }", "\"ck_abcdef\""),
        with("{ env = \"KEY\" }", "{ env = \"KEY\", file = \"key\" }"),
        with("consumer_key = { env = \"KEY\" }\n", ""),
        with("\"EUR\"", "\"EURO\""),
        with("woocommerce", "wookommerce"),
        with("woo-de-1", "Woo DE 1"),
        with("https://shop.example", "shop.example"),
        with("[[store]]", "[store]"),
        HEAD.to_string(),
        SHOPEE.to_string(),
        format!("{HEAD}{}", SHOPEE.replace("shop_id = 209920112\n", "")),
        format!("{HEAD}{}", SHOPEE.replace("209920112", "\"2.1E+08\"")),
        format!("{HEAD}[rules]\nseverity = {{ low_stock = \"bad\" }}\n{WOO}"),
        format!("{HEAD}[rules]\nseverity = {{ stock = \"notice\" }}\n{WOO}"),
        format!("{HEAD}[rules]\noff = [\"store_not_loaded\"]\n{WOO}"),
        format!("{HEAD}[rules]\nplatform = \"shopee\"\n{WOO}"),
        format!("{HEAD}[[rules.only]]\nplatform = \"ebay\"\n{WOO}"),
        format!("{HEAD}[[person]]\nrole = \"editor\"\n{WOO}"),
        format!("{HEAD}[[person]]\nname = \"Mei\"\nrole = \"boss\"\n{WOO}"),
        format!("{HEAD}[[checklist.item]]\nkey = \"Flash sale\"\nwhat = \"x\"\n{WOO}"),
        format!("{HEAD}[[checklist.item]]\nkey = \"stock\"\non = \"today\"\n{WOO}"),
        format!("{HEAD}[archive]\nregion = \"x\"\n{WOO}"),
        format!("{HEAD}[export]\nsplit_by = \"colour\"\n{WOO}"),
        format!("{HEAD}[pace.ebay]\n{WOO}"),
        format!("{HEAD}{WOO}proxy = \"http://me:secret@proxy.example\"\n"),
        format!("{HEAD}[[message]]\nkind = \"slack\"\naddress = {{ env = \"KEY\" }}\n{WOO}"),
        format!("{HEAD}[[message]]\nchannel = \"ops\"\nkind = \"slack\"\ntoken = {{ env = \"KEY\" }}\n{WOO}"),
        format!(
            "{HEAD}[[message]]\nchannel = \"ops\"\nkind = \"slack\"\naddress = {{ env = \"KEY\" }}\nchat = \"1\"\n{WOO}"
        ),
        format!(
            "{HEAD}[[message]]\nchannel = \"ops\"\nkind = \"slack\"\naddress = {{ env = \"KEY\" }}\nquiet = \"from ten\"\n{WOO}"
        ),
        format!(
            "{HEAD}[[message]]\nchannel = \"ops\"\nkind = \"slack\"\naddress = {{ env = \"KEY\" }}\nrepeat_after = \"soon\"\n{WOO}"
        ),
        format!(
            "{HEAD}[[message]]\nchannel = \"ops\"\nkind = \"slack\"\naddress = {{ env = \"KEY\" }}\nwhat = [\"critcal\"]\n{WOO}"
        ),
    ] {
        assert!(Fixture::new().read(&config).is_err(), "the reader takes\n{config}");
        let wrong = against(&config).expect("it is TOML");
        assert!(!wrong.is_empty(), "the schema takes\n{config}");
    }
}

/// The rows of a list as the schema of lists sees them.
fn rows(list: &str) -> Value {
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = headers.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
        Value::Object(cells.map(|(header, cell)| (header.to_string(), cell.into())).collect())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// A value of the config as a cell of a list has it.
fn in_a_cell(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(in_a_cell).collect::<Vec<_>>().join("|"),
        Value::Object(object) => {
            let place = ["env", "file", "keyring"].into_iter().find(|place| object.contains_key(*place));
            match place {
                Some(place) => format!("{place}:{}", object[place].as_str().unwrap()),
                None => object
                    .iter()
                    .map(|(name, text)| format!("{name}={}", text.as_str().unwrap()))
                    .collect::<Vec<_>>()
                    .join("|"),
            }
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn a_list_of_the_stores_of_the_example_is_as_its_schema_says_and_the_reader_takes_it() {
    let stores: Vec<Value> = whole_example()
        .iter()
        .filter(|section| section.starts_with("[[store]]"))
        .map(|section| toml::from_str::<Value>(section).unwrap()["store"][0].clone())
        .collect();
    let columns: BTreeSet<&String> = stores.iter().flat_map(|store| store.as_object().unwrap().keys()).collect();
    let mut list = csv::Writer::from_writer(Vec::new());
    list.write_record(columns.iter().map(|column| column.as_str())).unwrap();
    for store in &stores {
        list.write_record(columns.iter().map(|column| store.get(column.as_str()).map_or(String::new(), in_a_cell)))
            .unwrap();
    }
    let list = String::from_utf8(list.into_inner().unwrap()).unwrap();
    let schema = stores_schema(PLATFORMS);
    let wrong = complaints(&schema, &rows(&list));
    assert!(wrong.is_empty(), "{list}\n{}", wrong.join("\n"));
    let fixture = Fixture::new();
    std::fs::write(fixture.folder.path().join("stores.csv"), &list).unwrap();
    std::fs::write(fixture.file(), format!("{HEAD}stores_file = \"stores.csv\"\n")).unwrap();
    let settings = Settings::read_for(Needs::NOTHING, &fixture.file(), PLATFORMS, &|_| None).unwrap();
    assert_eq!(settings.stores.len(), stores.len());
    for (from, to) in [
        ("id,", "ID,"),
        ("SGD", "RMB"),
        ("Asia/Singapore", "Asia/Singapur"),
        (",shopee,", ",shoppe,"),
        ("14701711", "1.47E+07"),
        ("env:SHOPEE_PARTNER_KEY", "do-not-show-this"),
        ("shopee-my-1,", "shopee my 1,"),
        ("env:LAZADA_APP_SECRET", ""),
    ] {
        let harmed = list.replacen(from, to, 1);
        assert_ne!(harmed, list, "{from}");
        assert!(!complaints(&schema, &rows(&harmed)).is_empty(), "the schema takes {to} for {from}");
    }
    for (column, text) in [("allow_http", "perhaps"), ("access", "write"), ("calls_at_once", "many"), ("colour", "red")]
    {
        let row =
            format!("id,platform,currency,time_zone,endpoint,{column}\na,shopee,SGD,Asia/Singapore,sandbox,{text}\n");
        assert_eq!(complaints(&schema, &rows(&row)).len(), 1, "{row}");
        let row = row.replace(&format!(",{column}"), "").replace(&format!(",{text}"), "");
        assert_eq!(complaints(&schema, &rows(&row)), Vec::<String>::new());
    }
}
