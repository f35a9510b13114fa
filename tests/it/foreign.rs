//! What others wrote is shown so that it does nothing, and without secrets.

use couponbook::foreign::{Secrets, in_json, in_lines, one_line};
use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

const SECRET: &str = "cs_0123456789abcdefGHIJ-klm/no+pq";

fn secrets() -> Secrets {
    let secrets = Secrets::default();
    secrets.add(SECRET);
    secrets
}

#[test]
fn what_takes_hold_of_a_terminal_or_stands_there_unseen_is_a_mark() {
    let hostile = "a\u{1b}]0;x\u{7}b\u{9b}2Jc\u{202e}d\u{2028}e\u{200b}f\u{feff}g\u{e0041}h\u{ad}i\rj\nk\tl\u{7f}";
    let shown = one_line(hostile);
    assert_eq!(shown, "a␛]0;x␇b⟨009B⟩2Jc⟨202E⟩d⟨2028⟩e⟨200B⟩f⟨FEFF⟩g⟨E0041⟩h⟨00AD⟩i␍j␊k␉l␡");
    assert_eq!(in_lines("a\nb\r"), "a\nb␍");
    // What means something to people stays.
    for plain in ["双11满减 ¥20", "Ünïcode ☂️", "👩‍🍳 chef", "e\u{301}"] {
        assert_eq!(one_line(plain), plain);
    }
}

#[test]
fn a_document_stays_what_it_was_and_has_nothing_unseen_in_it() {
    let document = json!({ "name": "a\u{1b}\u{9b}\u{202e}\u{7f}\u{e0041}z", "two": [1] });
    let shown = in_json(&serde_json::to_string_pretty(&document).unwrap()).into_owned();
    assert!(!shown.chars().any(|letter| letter.is_control() && letter != '\n' || letter == '\u{202e}'), "{shown:?}");
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), document);
}

/// As somebody may repeat it.
fn spellings() -> Vec<String> {
    let spread = |between: &str| SECRET.chars().map(|letter| format!("{letter}{between}")).collect::<String>();
    let mut spellings = vec![
        SECRET.to_string(),
        SECRET.to_uppercase(),
        SECRET.replace('/', "\\/"),
        utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string(),
        SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        utf8_percent_encode(&utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string(), NON_ALPHANUMERIC).to_string(),
        SECRET.bytes().map(|byte| format!("\\u{byte:04X}")).collect(),
        HEXLOWER.encode(SECRET.as_bytes()),
        HEXUPPER.encode(SECRET.as_bytes()),
        spread("\0"),
        spread("\u{200b}"),
        spread("\n"),
        spread(" "),
        spread("%00"),
        spread("\\u0000"),
        one_line(&spread("\u{1b}")).into_owned(),
        one_line(&spread("\u{202e}")).into_owned(),
        SECRET[..20].to_string(),
        SECRET[8..].to_string(),
    ];
    for before in ["", "k", "ke", "key:", "a long beginning:"] {
        for after in ["", ":", "::", ":end"] {
            spellings.push(BASE64.encode(format!("{before}{SECRET}{after}").as_bytes()));
            spellings.push(BASE64URL.encode(format!("{before}{SECRET}{after}").as_bytes()));
        }
    }
    spellings
}

#[test]
fn a_secret_is_masked_in_every_spelling_wherever_it_stands_and_in_part() {
    let secrets = secrets();
    for spelling in spellings() {
        let text = format!("before {spelling} after");
        let masked = secrets.masked(&text);
        assert!(masked.contains("••••"), "{spelling:?}");
        let left: String = masked.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
        // What is beside it, and the letters of base64 that tell of both.
        let kept = "beforeafter".len() + BASE64.encode_len("a long beginning:end".len()) + 4;
        assert!(left.len() <= kept, "{spelling:?}: {masked}");
        for at in 0..SECRET.len() - 12 {
            assert!(!masked.contains(&SECRET[at..at + 12]), "{spelling:?}: {masked}");
        }
    }
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let secrets = secrets();
    secrets.add("short1");
    secrets.add("tiny");
    for text in ["", "tiny words", "cs_0123", "100 % of 50%", "C:\\new\\table", "\\u00", "⟨202E⟩ ␛ ⟨", "%zz %e2%82"]
    {
        assert_eq!(secrets.masked(text), text);
    }
    assert_eq!(secrets.masked("with short1 in it"), "with •••• in it");
    // Nothing but letters enough to be no accident is taken out of what a shop tells.
    let mut data = json!({ "code": "SHORT1", "name": format!("echo {SECRET}"), "deep": [{ "x": SECRET }], SECRET: 1 });
    secrets.mask_data(&mut data);
    assert_eq!(data, json!({ "code": "SHORT1", "name": "echo ••••", "deep": [{ "x": "••••" }] }));
}

#[test]
fn a_field_that_is_called_by_a_secret_goes_wherever_it_stands_in_a_list() {
    let secrets = secrets();
    let plain = json!({ "id": 1, "name": "one" });
    let with = json!({ "id": 1, "name": "one", SECRET: 1 });
    let mut data = json!([plain, with, plain, { "inner": [with, plain, with] }, with]);
    secrets.mask_data(&mut data);
    assert_eq!(data, json!([plain, plain, plain, { "inner": [plain, plain, plain] }, plain]));
}

#[test]
fn a_message_is_one_short_line_with_no_piece_of_a_secret_where_it_is_cut() {
    let secrets = secrets();
    let told = secrets.tidy(&format!("{}{SECRET}", "x".repeat(190)));
    assert_eq!(told, format!("{}••••", "x".repeat(190)));
    let told = secrets.tidy(&format!("one\n\t two\u{1b}[2J {}", "y".repeat(100_000)));
    assert!(told.starts_with("one two␛[2J yyy") && told.chars().count() == 201, "{told}");
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_masked_and_shown(text: String, secret: String) {
        let secrets = Secrets::default();
        secrets.add(&secret);
        let shown = secrets.masked(&in_lines(&text)).into_owned();
        proptest::prop_assert!(!shown.chars().any(|letter| letter.is_control() && letter != '\n'));
        secrets.tidy(&text);
    }
}
