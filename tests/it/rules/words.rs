//! The sentences themselves, in every language.

use couponbook::domain::*;
use couponbook::language::{Language, end_words};
use unicode_width::UnicodeWidthStr;

use super::shop::*;
use super::{black_friday, left};

/// As long as facts get once names are shortened to what the rules leave of them.
fn long_facts(language: Language, id: &str) -> Vec<(&'static str, Argument)> {
    let moment = end_words(language, at(400, 0, 0), ZONE, now());
    let day = moment.rsplit_once('\u{a0}').unwrap().0.to_string();
    // Of what has ended the day is enough.
    let moment = if id.starts_with("rules-ended") { day.clone() } else { moment };
    let money = "VND\u{a0}1,500,000";
    let mut facts: Vec<(&str, Argument)> = vec![
        ("at", moment.clone().into()),
        ("since", moment.into()),
        ("day", day.clone().into()),
        ("out", day.clone().into()),
        ("end", day.into()),
        ("clock", "23:59".into()),
        ("by", "x".repeat(40).into()),
        ("raw", "x".repeat(20).into()),
        ("percent", "99.5\u{a0}%".into()),
        ("most", "70".into()),
    ];
    facts.extend(["campaign", "successor", "other", "code"].map(|name| (name, "双十一大促".into())));
    facts.extend(["sum", "spend", "bound"].map(|name| (name, money.into())));
    facts.extend(["total", "left", "before", "pace"].map(|name| (name, 123_456_u64.into())));
    let names =
        ["finding-runs-out-early", "finding-expires-today", "finding-threshold-high"].map(|id| language.say(id));
    facts.extend([
        ("also", names[1..].join(", ").into()),
        ("all", names.join(", ").into()),
        ("why", "x".repeat(40).into()),
    ]);
    facts.extend([("platform", "WooCommerce".into()), ("days", 3_u64.into())]);
    facts
}

#[test]
fn every_sentence_has_room_in_its_cell_in_every_language() {
    // Of stores, and of Suggested: as long as they must be.
    let free = [
        "rules-store-",
        "rules-coupons-",
        "rules-list-",
        "rules-sign-in-",
        "rules-kept",
        "rules-stopped",
        "rules-uncovered",
        "rules-unplanned",
    ];
    for language in Language::all() {
        let of_coupons = |id: &String| id.starts_with("rules-") && !free.iter().any(|prefix| id.starts_with(prefix));
        let ids: Vec<String> = language.ids().into_iter().filter(of_coupons).collect();
        assert!(ids.len() > 50);
        for id in ids {
            let told = language.tell(&id, &long_facts(language, &id));
            assert!(!told.contains('{') && !told.contains('$'), "{id} lacks a fact: {told}");
            assert!(told.ends_with(['.', '。']), "{id}: {told}");
            // These have a shorter one to fall back to.
            if language.ids().contains(&format!("{id}-shortly"))
                || id.starts_with("rules-spend")
                || id.contains("-until")
            {
                continue;
            }
            assert!(told.width() <= 80, "{language} {id} fills {} columns: {told}", told.width());
        }
    }
}

#[test]
fn a_workbook_in_chinese_gives_its_reasons_in_chinese() {
    let world = World::of(&WOO).with_campaign(black_friday());
    let chinese = crate::chinese();
    let table = [
        (left("A", 0, 500), "共 500 张，已用完；Black Friday 持续至 11月30日。"),
        (ending("A", at(23, 0, 0)), "今天 23:59 结束，但 Black Friday 持续至 11月30日。"),
        (ending("A", at(25, 0, 0)), "11月24日 23:59 结束，还有 2 天；Black Friday 持续至 11月30日。"),
    ];
    for (coupon, expected) in table {
        assert_eq!(said(chinese, &world.row(vec![coupon]).findings[0].why), expected);
    }
    let world = world.stopped_on_purpose("A", Operation::Pause, None);
    let row = world.row(vec![in_status("A", Status::Paused)]);
    let Advice::Leave(why) = &row.suggestion.advice else { panic!("{:?}", row.suggestion) };
    assert_eq!(said(chinese, why), "the night shift 于 11月21日 主动停用");
}
