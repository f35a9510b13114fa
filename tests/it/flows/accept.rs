//! `accept` on every row, through the whole program on all five platforms: nobody is sorry afterwards.

use std::collections::BTreeMap;

use calamine::Data;

use super::paper::Exported;
use super::shops::Shops;
use super::tool::Tool;

const DEMO: &str = include_str!("../../../templates/sandbox/demo.toml");
const PLAN: &str = include_str!("../../../templates/sandbox/demo_campaigns.csv");

/// The demo's campaign plan, whose dates are days from today, `{+8}`.
fn plan() -> String {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let day = |days: i64| (today + chrono::Duration::days(days)).to_string();
    (-60..=60).fold(PLAN.to_string(), |text, days| text.replace(&format!("{{{days:+}}}"), &day(days)))
}

/// Severity, finding, suggestion and campaign of each row, by its key.
fn rows(export: &Exported) -> BTreeMap<String, [String; 4]> {
    let (_, sheet) = export.sheets.iter().find(|(name, _)| name == "Coupons").unwrap();
    let heads = sheet.rows().position(|row| row.iter().any(|cell| *cell == *"Row key")).unwrap();
    let place = |head: &str| sheet.rows().nth(heads).unwrap().iter().position(|cell| *cell == *head).unwrap();
    let places = ["Severity", "Findings", "Suggested", "Store"].map(place);
    let key = place("Row key");
    let of_row = |row: &[Data]| (row[key].to_string(), places.map(|place| row[place].to_string()));
    sheet.rows().skip(heads + 1).map(of_row).filter(|(key, _)| !key.is_empty()).collect()
}

#[test]
fn accepting_every_suggestion_of_the_demo_raises_no_alarm_and_leaves_nothing_to_accept() {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(DEMO, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "[export]\nprefill = \"accept\"\n");
    tool.write("campaigns.csv", &plan());
    let mut before = rows(&tool.export("export-0"));
    for round in 0..2 {
        let workbook = tool.path(&format!("export-{round}.xlsx"));
        let flags = ["--allow-many", "--allow-removals", "--allow-exposure", "--allow-empty-store"];
        let ran = tool.apply(&workbook, &flags);
        assert!([0, 4].contains(&ran.code), "{}", ran.stderr);
        let report = ran.json();
        let refused: Vec<_> = report["outcomes"].as_object().unwrap().values().collect();
        let is_refused = |it: &&&serde_json::Value| it["kind"] == "refused" || it["kind"] == "conflict";
        assert_eq!(
            refused.iter().filter(is_refused).count(),
            0,
            "a suggestion that its platform refuses: {refused:#?}"
        );
        let done = report["totals"]["done"].as_u64().unwrap();
        assert_eq!(done > 0, round == 0, "a second acceptance still changes something: {report:#}");
        let after = rows(&tool.export(&format!("export-{}", round + 1)));
        for (key, [severity, finding, suggested, store]) in &after {
            let Some([was, had, then, _]) = before.get(key) else {
                assert!(!severity.contains("critical"), "new, and at once critical: {store} {finding} {suggested}");
                continue;
            };
            let weight = |word: &str| {
                ["OK", "notice", "warning", "critical"]
                    .iter()
                    .position(|it| word.to_lowercase().contains(&it.to_lowercase()))
            };
            assert!(
                weight(severity) <= weight(was),
                "{store}: {was} {had} ({then}) became {severity} {finding} ({suggested})"
            );
        }
        before = after;
    }
}
