//! Coupons of which it is not plain whether buyers can use them: the sheet, its reasons and the replies say what is so.

use serde_json::json;

use super::paper::Exported;
use super::tool::Tool;

const SHOPS: &str = r#"
[[stores]]
id = "tiktok-sg-1"
platform = "tiktok_shop"
name = "Lumi Garden"
region = "SG"

[[stores]]
id = "woo-de-1"
platform = "woocommerce"
name = "Nordlicht Papier"
region = "DE"

[[coupons]]
stores = ["tiktok-*"]
code = "TAKEN"
discount = { sum = "5" }
min_spend = "40"
total = 500
used = 100
starts = "day-10 00:00"
ends = "day-1 23:59:59"
raw = { redemption_duration = { type = "RELATIVE", relative_time = 10 } }

[[coupons]]
stores = ["woo-*"]
code = "{each}"
each = ["HANDED", "PLUGIN"]
discount = { sum = "5" }
min_spend = "40"
total = 500
used = 100
ends = "day+20 23:59:59"
"#;

/// Findings, why, suggestion and status of a row.
fn told(book: &Exported, store: &str, code: &str) -> [String; 4] {
    ["Findings", "Why", "Suggested", "Status"].map(|header| book.cell(store, code, header).replace('\u{a0}', " "))
}

#[test]
fn what_is_given_out_no_more_awaits_review_or_has_a_status_of_a_plugin_is_told_as_that() {
    let (tool, shops) = Tool::with_shops(SHOPS);
    shops.edit("woo-de-1", "handed", json!({ "status": "pending" }));
    shops.edit("woo-de-1", "plugin", json!({ "status": "partner-hold" }));
    let book = tool.export("day");
    let (woo, tiktok) = ("woo-de-1", "tiktok-sg-1");
    let works_on = "No longer given out; what buyers hold works until Tue 1 Dec 23:59.";
    assert_eq!(told(&book, tiktok, "TAKEN"), ["No longer given out", works_on, "nothing to do", "No longer given out"]);
    let [findings, why, suggested, status] = told(&book, woo, "handed");
    assert_eq!((findings.as_str(), status.as_str()), ("Not approved", "In review"), "{why}");
    assert!(suggested.contains("open page"), "{suggested}");
    let [findings, why, suggested, status] = told(&book, woo, "plugin");
    assert_eq!((findings.as_str(), status.as_str()), ("Status not known", "partner-hold"));
    assert!(why.contains("partner-hold") && why.contains("not known"), "{why}");
    assert!(suggested.contains("open page"), "{suggested}");
    let replies = &book.sheets.iter().find(|(name, _)| name == "Replies").unwrap().1;
    let texts: Vec<String> = replies.rows().flatten().map(ToString::to_string).collect();
    let reply = texts.iter().find(|text| text.contains("TAKEN can no longer be claimed")).unwrap();
    assert!(reply.contains("you can use it until 1 Dec"), "{reply}");
}
