//! A sentence stays a value until somebody reads it.

use chrono::{TimeZone, Utc};
use couponbook::domain::{Argument, Currency, Message, Money, Percent};
use couponbook::language::{Language, json_of};
use couponbook::message;

fn money(amount: i64) -> Money {
    Money::new(amount.into(), Currency::parse("SGD").unwrap())
}

fn end() -> Argument {
    let at = Utc.with_ymd_and_hms(2026, 11, 30, 16, 0, 0).unwrap();
    Argument::End { at, zone: chrono_tz::Asia::Singapore, near: at }
}

#[test]
fn a_message_is_one_value_that_each_reader_reads_in_their_own_language() {
    let ends = message!("results-ends", end = end());
    assert_eq!(Language::ENGLISH.render(&ends), "ends Mon\u{a0}30\u{a0}Nov\u{a0}23:59");
    assert_eq!(crate::chinese().render(&ends), "结束时间 11月30日\u{a0}23:59");
}

#[test]
fn a_message_within_a_message_is_said_in_the_same_language() {
    let minimum = message!("results-min-spend", amount = money(30));
    let gone = message!("results-already", why = minimum);
    assert!(Language::ENGLISH.render(&gone).contains("min spend SGD 30.00"));
    assert!(!crate::chinese().render(&gone).contains("min spend"));
}

#[test]
fn what_is_written_to_json_is_read_back_equal() {
    let message = message!("rules-starts", at = end(), zebra = money(5), also = Percent(15.into()), count = 3_u64)
        .or_shorter(message!("rules-starts-undated"));
    let json = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
}

#[test]
fn a_record_of_words_is_read_as_words_that_stand_as_they_were_written() {
    let message: Message = serde_json::from_str(r#""ends Sun 22 Nov 23:59""#).unwrap();
    for language in [Language::ENGLISH, crate::chinese()] {
        assert_eq!(language.render(&message), "ends Sun 22 Nov 23:59");
    }
}

#[test]
fn in_a_cell_a_long_name_is_shortened_and_then_the_shorter_wording_is_taken() {
    let named = |name: &str| message!("rules-paused-replaced", other = Argument::name(name));
    let long = named(&"long name ".repeat(20)).or_shorter(message!("rules-paused"));
    let words = Language::ENGLISH.render_within(&long, 80);
    assert!(words.contains('…') && words.chars().count() <= 80, "{words}");
    assert_eq!(Language::ENGLISH.render_within(&long, 30), Language::ENGLISH.say("rules-paused"));
    assert!(Language::ENGLISH.render(&long).len() > 80, "whoever has room enough reads the whole name");
}

#[test]
fn machines_read_the_id_the_arguments_and_the_english() {
    let json = json_of(&message!("results-min-spend", amount = money(30)));
    let wanted = serde_json::json!({
        "id": "results-min-spend",
        "arguments": { "amount": { "money": { "amount": "30", "currency": "SGD" } } },
        "english": "min spend SGD 30.00",
    });
    assert_eq!(json, wanted);
}
