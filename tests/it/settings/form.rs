//! How a config is written: numbers with their ranges, mistakes of TOML in words of ours, and nothing that stops the reader.

use couponbook::platforms::PLATFORMS;
use couponbook::settings::Settings;
use proptest::prelude::*;

use super::{Fixture, HEAD, SHOPEE, WOO};

/// A line that is wrong, where it stands, what is said of it, and what to write.
type Case<'a> = (&'a str, &'a str, &'a str);

/// Each text stands from the config's third line on.
fn each_is_told(cases: &[Case]) {
    for (text, what, wanted) in cases {
        let told = Fixture::new().complaint(&format!("{HEAD}\n{text}\n{WOO}"));
        assert!(told.contains(what) && told.contains(wanted), "{text}\n{told}\nlacks {what:?} or {wanted:?}");
        // That yen have no decimals, no schema knows.
        if !text.contains("JPY") {
            super::schema::refuses(&format!("{HEAD}\n{text}\n{WOO}"));
        }
        assert!(!told.contains("expected") && !told.contains("invalid type"), "the parser's own words: {told}");
    }
}

#[test]
fn a_number_out_of_its_range_or_no_number_is_refused_with_line_range_and_example() {
    each_is_told(&[
        ("[brakes]\nremoved_percent = \"ten\"", ":4: removed_percent is \"ten\"", "from 0 to 100 percent, such as 30"),
        ("[brakes]\nremoved_percent = 101", ":4: removed_percent is 101", "write a share from 0 to 100 percent"),
        ("[brakes]\nworkbook_hours = 9999999999", ":4: workbook_hours is 9999999999", "hours from 0 to 87600"),
        ("[brakes]\nremoved_count = -1", ":4: removed_count is -1", "write a whole number from 0 to"),
        ("[brakes]\nsame_action_rows = 2.5", ":4: same_action_rows is 2.5", "write a whole number"),
        ("[brakes.exposure]\nSGD = \"lots\"", ":4: the cap is \"lots\"", "write an amount"),
        ("[brakes.exposure]\nSGD = -5", ":4: the cap is -5", "such as 50000"),
        ("[rules]\npercent_max = 7000", ":4: percent_max is 7000", "from 0 to 100 percent"),
        ("[rules]\npercent_max = -1", ":4: percent_max is -1", "from 0 to 100 percent"),
        ("[rules]\nlow_stock_count = -3", ":4: low_stock_count is -3", "write a whole number from 0"),
        ("[rules]\nrenew_days = 0", ":4: renew_days is 0", "write a number of days from 1 to 3650, such as 30"),
        ("[rules]\nrestock_percent = 12.5", ":4: restock_percent is 12.5", "a whole number of percent"),
        ("[rules]\nmin_spend_factor = nan", ":4: min_spend_factor is \"nan\"", "from 1 to 1000, such as 3"),
        ("[[rules.usual_spend]]\ncurrency = \"RMB\"", ":4: \"RMB\" is not a currency", "write CNY"),
        ("[[rules.usual_spend]]\ncurrency = \"ZZZ\"", ":4: \"ZZZ\" is not a currency", "such as SGD"),
        ("[brakes.exposure]\nRMB = 5", "\"RMB\" is not a currency", "write CNY"),
        (
            "[[rules.usual_spend]]\ncurrency = \"JPY\"\nmost = 12.5",
            ":3: 12.5 has more decimals than JPY",
            "JPY has 0 decimals; write 12",
        ),
        ("[[rules.usual_spend]]\ncurrency = \"SGD\"\nleast = -1", ":5: least is -1", "write an amount from 0"),
        ("[export]\nstores_at_once = 100000", ":4: stores_at_once is 100000", "from 1 to 512, such as 16"),
        (
            "[export]\nstore_deadline_minutes = 1e400",
            ":4: store_deadline_minutes is \"1e400\"",
            "minutes from 1 to 1440",
        ),
        ("[pace.woocommerce]\ncalls_at_once = 3000000000000000000", "calls_at_once is 3000000000000000000", "1 to 256"),
        ("[pace.shopee]\ncalls_per_second = 1979-05-27", "calls_per_second is 1979-05-27", "write a whole number"),
        ("[pace.shopee]\napp_calls_per_day = [5]", "pace.shopee.app_calls_per_day is a list", "write a whole number"),
    ]);
}

#[test]
fn a_share_is_read_with_a_percent_sign_and_without_and_in_quotes() {
    for (written, percent) in [("10", "10"), ("\"10\"", "10"), ("\"10%\"", "10"), ("\"2.5 %\"", "2.5"), ("0.1", "0.1")]
    {
        let settings = Fixture::new().read(&format!("{HEAD}[brakes]\nremoved_percent = {written}\n{WOO}")).unwrap();
        assert_eq!(settings.brakes.removed_percent.to_string(), percent, "{written}");
    }
}

#[test]
fn a_config_that_is_no_toml_is_told_in_words_that_say_what_to_write() {
    each_is_told(&[
        ("operator = \"Mei", ":3:16: operator: a quote is missing", "write operator = \"Mei\""),
        ("operator = Mei\"", ":3:", "write operator = \"Mei\""),
        ("operator = Mei", ":3:12: operator: a text stands without quotes", "write operator = \"Mei\""),
        ("operator = “Mei”", ":3:", "write operator = \"Mei\""),
        ("operator =", "operator: there is no value", "or begin the line with #"),
        ("operator = \"Mei\" \"Arif\"", ":3:18: operator: something stands behind", "a remark after #"),
        ("operator \"Mei\"", ":3:", "write key = value"),
        ("team operator = \"Mei\"", "\"team operator\" cannot be a key", "couponbook init"),
        (
            "stores_file = \"C:\\stores\\s.csv\"",
            ":3:",
            "write stores_file = 'C:\\stores\\s.csv', between single quotes",
        ),
        ("replies = \"C:\\new\\replies\"", ":3:", "write replies = 'C:\\new\\replies', between single quotes"),
        ("campaigns = \"\\\\server\\plan.xlsx\"", ":3:", "write campaigns = '\\\\server\\plan.xlsx'"),
        ("operator = \"Mei\"\noperator = \"Arif\"", ":4:1: the key operator stands there twice", "keep one of them"),
        ("[rules]\n[rules]", ":4:", "[rules] stands there twice"),
        ("[rules\nrenew_days = 5", ":3:", "write [name], or [[name]]"),
        ("[brakes]\nremoved_percent = 10%", ":4:", "write removed_percent = 10"),
        ("[brakes]\nworkbook_hours = 1,000", ":4:", "write workbook_hours = 1000"),
        ("[checklist]\nusual = no", ":4:", "write usual = false"),
        ("[checklist]\noff = [\"stock\"", ":4:7: off: a list is not closed", "write off = [\"…\", \"…\"]"),
        ("campaigns = C:\\plans\\a.csv", ":3:", "write campaigns = 'C:\\plans\\a.csv'"),
        ("[brakes]\nremoved_percent = 2,5", ":4:", "write removed_percent = 2.5"),
        (
            "[rules]\nseverity = { low_stock = \"critical\"",
            ":4:12: severity: what is opened with { is not",
            "in one line",
        ),
        ("operator = \"\"\"Mei", ":3:12: a text that begins with three quotes", "close it with three"),
        ("[Rules]\nrenew_days = 5", ":3:2: unknown section [Rules]", "write `rules`"),
    ]);
}

#[test]
fn a_value_of_another_kind_is_told_with_what_to_write_in_its_place() {
    each_is_told(&[
        ("operator = 5", ":3:1: operator is a number where a text between quotes", "write operator = \"5\""),
        ("[checklist]\nusual = \"false\"", ":4:1: checklist.usual is a text", "usual = false"),
        ("[checklist]\noff = \"stock\"", ":4:1: checklist.off is a text", "write off = [\"stock\"]"),
        ("[checklist]\noff = [1, 2]", ":4:1: checklist.off is a list", "write off = [\"…\", \"…\"]"),
        ("[[rules]]\nrenew_days = 5", ":3:3: rules is a list of sections", "write [rules] and its keys below it"),
        ("rules = 5", ":3:1: rules is a number", "write [rules] and its keys below it"),
        ("[rules]\nsign_in_days = [7]", ":4:1: rules.sign_in_days is a list", "write a number of days from 0 to 3650"),
        (
            "[rules.only]\nrenew_days = 5",
            "rules.only is one section",
            "write [[rules.only]], with two pairs of brackets",
        ),
        ("[rules]\nexpirng_days = 5", ":4:1: unknown key `expirng_days` in [rules]", "write `expiring_days`"),
        ("[rules]\ncolour = 5", ":4:1: unknown key `colour` in [rules]", "write one of `only`"),
        ("[brakes]\nexposure = 5", ":4:1: brakes.exposure is a number", "write [brakes.exposure] and its keys"),
        ("archive = 5", ":3:1: archive is a number", "write [archive] and its keys below it"),
    ]);
    let told = Fixture::new().complaint(&format!("{HEAD}{}", WOO.replace("[[store]]", "[store]")));
    assert!(told.contains(":3:2: store is one section"), "{told}");
    assert!(told.contains("write [[store]], with two pairs of brackets, above the keys of each"), "{told}");
    let told = Fixture::new().complaint(&format!("{HEAD}{0}{0}", WOO.replace("[[store]]", "[store]")));
    assert!(told.contains("[store] stands there twice; write [[store]] above each"), "{told}");
}

#[test]
fn a_secret_is_not_repeated_by_a_complaint_about_how_it_is_written() {
    for written in [
        "\"ck_abcdef",
        "ck_abcdef\"",
        "ck_abcdef",
        "“ck_abcdef”",
        "\"ck_abcdef\\x\"",
        "[\"ck_abcdef\"]",
        "{ env = ck_abcdef }",
    ] {
        let config = format!("{HEAD}{WOO}").replace("{ env = \"KEY\" }", written);
        let told = Fixture::new().complaint(&config);
        assert!(told.contains(":9") && !told.contains("ck_"), "{written}: {told}");
        assert!(told.contains("write consumer_key = { env = "), "{written}: {told}");
    }
}

#[test]
fn one_mistake_in_many_stores_is_told_once_with_their_number() {
    let stores: String = (1..=180).map(|number| WOO.replace("woo-de-1", &format!("woo-de-{number}"))).collect();
    let config = format!("{HEAD}{stores}").replace("consumer_secret", "costumer_secret");
    let fixture = Fixture::new();
    let told = fixture.complaint(&config);
    assert!(
        told.contains(
            "unknown key `costumer_secret` in [[store]]; write `consumer_secret` (and 179 more like it, line 19, 28, "
        ),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    let told = fixture.complaint(&format!("{HEAD}{stores}").replace("{ env = \"SECRET\" }", "\"cs_1\""));
    assert!(told.contains(": store woo-de-1: consumer_secret is written out"), "{told}");
    assert!(told.contains("(and 179 more like it, "), "{told}");
}

#[test]
fn every_number_of_the_example_that_init_writes_has_a_range() {
    let mut head = String::new();
    let mut numbers = 0;
    for line in include_str!("../../../templates/couponbook.toml").lines() {
        let line = line.trim_start_matches("# ");
        if line.starts_with('[') {
            head = line.split(" #").next().unwrap().trim().to_string();
        }
        let Some((key, value)) = line.split_once(" = ") else { continue };
        if key.contains(' ') || !value.starts_with(|letter: char| letter.is_ascii_digit()) {
            continue;
        }
        numbers += 1;
        for odd in ["-1", "1e300", "\"many\""] {
            // The number of a channel is that of one kind only.
            let more = match head.as_str() {
                "[[message]]" => "channel = \"mail\"\nkind = \"email\"\nhost = \"a\"\nfrom = \"b\"\nto = [\"c\"]\n",
                _ => "",
            };
            let told = Fixture::new().complaint(&format!("{HEAD}{head}\n{key} = {odd}\n{more}{WOO}"));
            let key = if key == "SGD" { "the cap" } else { key };
            assert!(
                told.contains(&format!(":3: {key} is {odd}")) || told.contains(&format!(":3: {key} is \"{odd}\"")),
                "{told}"
            );
            assert!(told.contains(" from ") && told.contains(", such as "), "{told}");
        }
    }
    assert!(numbers >= 24, "only {numbers} were found");
}

/// A section of the example that `init` writes: its head, and its keys without `#`.
struct Section {
    head: String,
    keys: Vec<String>,
}

fn example() -> Vec<Section> {
    let mut sections = vec![Section { head: String::new(), keys: Vec::new() }];
    for line in include_str!("../../../templates/couponbook.toml").lines() {
        let line = line.trim_start_matches("# ");
        let is_word = |word: &str| word.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_');
        if line.starts_with('[') {
            sections.push(Section { head: line.split(" #").next().unwrap().trim().to_string(), keys: Vec::new() });
        } else if line.split_once(" = ").is_some_and(|(key, _)| is_word(key)) {
            sections.last_mut().unwrap().keys.push(line.to_string());
        }
    }
    sections
}

/// `default` or `example`; none for what a section needs.
fn mark(key: &str) -> Option<&'static str> {
    ["default", "example"].into_iter().find(|word| key.contains(&format!("# {word}")))
}

/// What settings come to, with every secret that a config may name.
fn resolved(config: &str) -> String {
    let fixture = Fixture::new();
    let secrets = fixture.folder.path().join("secrets");
    std::fs::create_dir(&secrets).unwrap();
    for named in config.split("{ file = \"secrets/").skip(1) {
        let path = secrets.join(named.split('"').next().unwrap());
        std::fs::write(&path, "secret").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let stores = "id,platform,endpoint,currency,time_zone\nlisted,shopee,sandbox,MYR,Asia/Kuala_Lumpur\n";
    std::fs::write(fixture.folder.path().join("stores.csv"), stores).unwrap();
    std::fs::write(fixture.file(), config).unwrap();
    let settings = Settings::read(&fixture.file(), PLATFORMS, &|_| Some("secret".to_string()));
    // As it is shown between quotes, where Windows's backslashes are doubled.
    let folder = format!("{:?}", fixture.folder.path());
    let shown = format!("{:#?}", settings.unwrap_or_else(|error| panic!("{config}\n{error}")));
    let shown = shown.replace(folder.trim_matches('"'), "");
    // A flag of a platform's own that is false is as good as none.
    shown.split_whitespace().collect::<String>().replace("\"keys_in_query\":\"false\",", "")
}

#[test]
fn each_key_of_the_example_that_init_writes_says_truly_whether_it_is_a_default() {
    let mut marked = 0;
    for Section { head, keys } in example()
        .iter()
        .filter(|it| !it.head.starts_with("[[rules.") && it.head != "[[checklist.item]]" && it.head != "[[person]]")
    {
        let needed: Vec<&str> = keys.iter().filter(|key| mark(key).is_none()).map(String::as_str).collect();
        let is_store = head == "[[store]]";
        let is_channel = head == "[[message]]";
        let is_archive = head == "[archive]";
        let has_needed = is_store || is_channel || is_archive;
        assert!(
            has_needed || head.is_empty() || needed.is_empty(),
            "{head} {needed:?} say neither default nor example"
        );
        let others = if is_store { String::new() } else { format!("{WOO}{SHOPEE}") };
        // Whom a channel may hear of.
        let others = if is_channel {
            format!("{others}owner = \"Mei\"\nregion = \"SEA\"\ngroup = \"brand-a\"\n")
        } else {
            others
        };
        // What is said of a mock shop holds of every store, and is not read for it.
        let is_mock = needed.iter().any(|key| key.starts_with("endpoint = \"sandbox\""));
        let store = if is_mock { SHOPEE.to_string() } else { format!("{head}\n{}\n", needed.join("\n")) };
        let config = |more: &str| match is_store {
            true => format!("{HEAD}{store}{more}\n"),
            false if head.is_empty() => format!("{HEAD}{more}\n{others}"),
            false if has_needed => format!("{HEAD}{head}\n{}\n{more}\n{others}", needed.join("\n")),
            false => format!("{HEAD}{head}\n{more}\n{others}"),
        };
        // A sheet is looked for in a workbook only.
        for key in keys.iter().filter(|key| mark(key).is_some() && !key.starts_with("campaigns_sheet")) {
            marked += 1;
            let is_default = mark(key) == Some("default");
            let platform = head.strip_prefix("[pace.").map(|word| word.trim_end_matches(']'));
            let is_so =
                match platform.and_then(|word| PLATFORMS.entries().find(|it| it.abilities.platform.word() == word)) {
                    Some(entry) => {
                        let (name, value) = key.split_once(" = ").unwrap();
                        let usual = match name {
                            "app_calls_per_second" => entry.pace.app_per_second.map(u64::from),
                            "app_calls_per_day" => entry.day.and_then(|day| day.usual),
                            "calls_per_second" => Some(entry.pace.shop_per_second.into()),
                            "calls_at_once" => Some(entry.pace.shop_in_flight as u64),
                            _ => panic!("{key}"),
                        };
                        usual == value.split_whitespace().next().unwrap().parse().ok()
                    }
                    None => resolved(&config(key)) == resolved(&config("")),
                };
            assert_eq!(is_so, is_default, "{head} {key}");
        }
    }
    assert!(marked >= 60, "only {marked} were found");
}

#[test]
fn what_the_example_that_init_writes_shows_of_stores_rules_and_checklist_is_accepted_as_it_stands() {
    let whole = |wanted: fn(&str) -> bool| {
        let sections = example().into_iter().filter(|it| wanted(&it.head));
        sections.map(|it| format!("{}\n{}\n", it.head, it.keys.join("\n"))).collect::<String>()
    };
    let shopee = SHOPEE.replace("shopee-sg-1", "shopee-th-1") + "region = \"TH\"\n";
    resolved(&format!(
        "{HEAD}{}{}{shopee}",
        whole(|head| head.starts_with("[[rules.")),
        whole(|head| head == "[[checklist.item]]")
    ));
    let stores = whole(|head| head == "[[store]]");
    for platform in PLATFORMS.entries() {
        assert!(
            stores.contains(&format!("platform = \"{}\"", platform.abilities.platform.word())),
            "{}",
            platform.name()
        );
        for key in
            platform.keys.iter().filter(|key| !["access_token"].contains(&key.name) || platform.name() == "Shopify")
        {
            assert!(stores.contains(&format!("\n{} = ", key.name)), "{} of {}", key.name, platform.name());
        }
    }
    resolved(&format!("{HEAD}{stores}"));
}

/// Values that people and programs write where something else stands.
fn odd_value() -> impl Strategy<Value = String> {
    let number = prop_oneof![any::<i64>().prop_map(|it| it.to_string()), any::<f64>().prop_map(|it| format!("{it:e}"))];
    let text = "[^\"\\\\\n]{0,12}".prop_map(|text| format!("\"{text}\""));
    let fixed = prop::sample::select(vec![
        "",
        "true",
        "nan",
        "-inf",
        "1e999",
        "0x7fffffffffffffff",
        "1979-05-27T07:32:00Z",
        "07:32:00",
        "[]",
        "{}",
        "[[[]]]",
        "[{ id = 1 }]",
        "{ env = 5 }",
        "{ env = \"KEY\", env = \"KEY\" }",
        "\"\"\"\n\"\"\"",
        "'''",
        "\"\\u0000\"",
        "\"10%\"",
        "\"-0\"",
        "99999999999999999999999999999999999999",
        "\"1e-400\"",
        "\"C:\\x\"",
    ]);
    prop_oneof![number, text, fixed.prop_map(str::to_string)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_config_stops_the_reader_whatever_stands_in_it(
        line in 0_usize..60,
        value in odd_value(),
        head in prop::sample::select(vec!["", "[[store]]", "[store]", "[rules]", "[[rules.only]]", "[brakes.exposure]", "[pace.shopee]", "[archive]", "[[checklist.item]]", "[export]"]),
        key in prop::sample::select(vec!["id", "platform", "calls_at_once", "renew_days", "severity", "off", "item", "SGD", "only", "usual_spend", "url", "archive", "store", "on", "workbook_hours", "", "\"\"", "a.b.c"]),
    ) {
        let fixture = Fixture::new();
        // A value put in the place of another, and a line put before another.
        let whole = format!("{HEAD}{WOO}{SHOPEE}[rules]\nrenew_days = 3\noff = []\n[brakes]\nworkbook_hours = 72\n[pace.shopee]\ncalls_at_once = 3\n[[checklist.item]]\nkey = \"stock\"\non = \"mon\"\n");
        let replaced: Vec<String> = whole.lines().enumerate().map(|(number, text)| match text.split_once('=') {
            Some((key, _)) if number == line => format!("{key}= {value}"),
            _ => text.to_string(),
        }).collect();
        let added = format!("{whole}{head}\n{key} = {value}\n");
        for config in [replaced.join("\n"), added] {
            if let Err(error) = fixture.only_read(&config) {
                prop_assert!(!error.to_string().trim().is_empty());
                prop_assert!(error.problems.iter().all(|problem| !problem.what.is_empty()), "{error}");
            }
        }
    }

    #[test]
    fn no_text_at_all_stops_the_reader(text in "\\PC{0,80}|[\\[\\]{}=\"'#.\\\\a-z0-9\n\t,-]{0,120}") {
        let told = Fixture::new().complaint(&text);
        prop_assert!(told.contains("couponbook.toml"), "{told}");
    }
}
