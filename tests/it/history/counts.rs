//! One definition a number: the same figure on every page that shows it.

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;

use crate::flows::findings::shops;
use crate::flows::tool::text;

const SEVERITIES: [(&str, &str); 3] = [("critical", "● Critical"), ("warning", "▲ Warning"), ("notice", "○ Notice")];

/// One sheet's cells.
struct Sheet(Vec<Vec<String>>);

impl Sheet {
    fn of(workbook: &str, name: &str) -> Self {
        let mut book: Xlsx<_> = open_workbook(workbook).unwrap();
        let range = book.worksheet_range(name).unwrap();
        let words = |cell: &Data| cell.to_string().replace('\u{a0}', " ");
        Self(range.rows().map(|row| row.iter().map(words).collect()).collect())
    }

    /// The row and the column of the first cell that begins so, at `row` or below it.
    #[track_caller]
    fn find(&self, row: usize, words: &str) -> (usize, usize) {
        let at = |row: usize| self.0[row].iter().position(|cell| cell.starts_with(words)).map(|column| (row, column));
        (row..self.0.len()).find_map(at).unwrap_or_else(|| panic!("no {words:?} below {row} in {:#?}", self.0))
    }

    /// Of `12 + ?` the 12: what was seen.
    #[track_caller]
    fn number(&self, row: usize, column: usize) -> u64 {
        let cell = &self.0[row][column];
        cell.trim_end_matches(" + ?").parse().unwrap_or_else(|_| panic!("{cell:?} is no count"))
    }

    /// What stands beside its name.
    #[track_caller]
    fn monday(&self, row: usize, name: &str) -> u64 {
        let (row, column) = self.find(row, name);
        self.number(row, column + 1)
    }

    fn sum(&self, rows: std::ops::Range<usize>, column: usize) -> u64 {
        rows.map(|row| self.number(row, column)).sum()
    }
}

#[test]
fn an_export_is_counted_alike_on_every_page() {
    let (tool, _shops) = shops();
    tool.run(["export"]).exits(0);
    // A Monday, so that the week has nothing but what follows.
    tool.wait_hours(24);
    let told = tool.run(["export", "--slot", "am"]).exits(0).stdout;
    let export = tool.run(["export", "--slot", "am", "--json"]).exits(0).json();
    let history = tool.run(["history", "--out", text(&tool.path("history.xlsx")), "--json"]).exits(0).json();
    let of_week = history["weeks"].as_array().unwrap().last().unwrap();
    let week = tool.run(["archive", "week", "2026-W48", "--json"]).exits(0).json();
    let summary = Sheet::of(export["workbook"].as_str().unwrap(), "Summary");
    let audit = Sheet::of(week["workbook"].as_str().unwrap(), "Summary");
    let weeks = Sheet::of(text(&tool.path("history.xlsx")), "Summary");
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} is no count"));

    let found: u64 = export["findings"].as_object().unwrap().values().map(number).sum();
    let mut to_look_at = 0;
    for (severity, words) in SEVERITIES {
        let count = number(&export["severities"][severity]);
        to_look_at += count;
        assert!(told.contains(&format!(" {count} + ? {severity}")), "{severity}: {count} in {told}");
        let counted = &of_week["severities"][severity];
        assert_eq!((&counted["most"], counted["average"].as_f64()), (&count.into(), Some(count as f64)), "{severity}");
        assert_eq!(week["days"][0]["severities"][severity], count, "{severity}");

        let (row, column) = summary.find(0, &format!("{words}:"));
        assert_eq!(summary.number(row - 1, column), count, "the tile of {severity}");
        let (charts, _) = summary.find(0, "The numbers behind the charts");
        let (head, _) = summary.find(charts, "Week");
        let columns = summary.0[head].iter().enumerate().filter(|(_, cell)| *cell == words).map(|(column, _)| column);
        let [of_stores, of_weeks] = columns.collect::<Vec<_>>()[..] else { panic!("two tables of {severity}") };
        assert_eq!(summary.number(summary.find(head, "W48").0, of_weeks), count, "the trend of {severity}");
        let stores = number(&export["stores"]) as usize;
        let on_plan = if severity == "warning" { number(&export["findings"]["campaign_matches_nothing"]) } else { 0 };
        assert_eq!(summary.sum(head + 1..head + 1 + stores, of_stores) + on_plan, count, "the stores with {severity}");

        let (head, _) = audit.find(0, "To look at, by day");
        assert_eq!(audit.monday(head, words), count, "Monday's {severity}");
        let (head, column) = weeks.find(weeks.find(0, "The numbers behind the chart").0, words);
        assert_eq!(weeks.number(weeks.find(head, "W48").0, column), count, "the week's {severity}");
    }
    assert!(to_look_at < found, "{to_look_at}: here coupons have several findings, {found} in all");
    let (row, _) = summary.find(0, "All stores");
    let all = summary.0[row].iter().rposition(|cell| !cell.is_empty()).unwrap();
    let failed = number(&export["stores"]) - number(&export["stores_loaded"]);
    let on_plan = number(&export["findings"]["campaign_matches_nothing"]);
    assert_eq!(summary.number(row, all) + failed + on_plan, to_look_at, "all stores of the map");

    let (coupons, live) = (number(&export["coupons"]), number(&export["coupons_live"]));
    assert!(0 < live && live < coupons);
    assert!(told.contains(&format!("{coupons} coupons, {live} live")), "{told}");
    assert!(summary.0[1].concat().contains(&format!("{coupons} coupons, {live} live")), "{:?}", summary.0[1]);
    assert_eq!(of_week["coupons_live"], serde_json::json!({ "average": live as f64, "most": live }));
    assert_eq!(week["days"][0]["coupons_live"], live);
    assert_eq!(audit.monday(0, "Coupons live"), live);
    let (head, column) = weeks.find(0, "Coupons live");
    assert_eq!(weeks.number(weeks.find(head, "W48").0, column), live);

    assert!(!export["money_at_risk"].as_object().unwrap().is_empty());
    assert_eq!(export["money_at_risk"], of_week["money_at_risk"]);
    let (head, amounts) = summary.find(0, "At most");
    for (currency, money) in export["money_at_risk"].as_object().unwrap() {
        let all: f64 = money["all"].as_str().unwrap().parse().unwrap();
        let (row, _) = summary.find(head, currency);
        assert_eq!(summary.0[row][amounts].parse::<f64>().unwrap(), all, "{currency}");
    }
}
