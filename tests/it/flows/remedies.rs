//! Every suggestion on every platform: accepted, carried out by the program or by a person, and its finding gone. Three exports
//! later nothing is suggested any more that would go round in a circle.

use std::collections::BTreeMap;

use couponbook::domain::{
    Discount, ExpectedState, Export, ExportId, Finding, FindingCode, Goal, Likeness, Minimum, Route, Row, Severity,
    StoreLoad, Task,
};
use couponbook::journal::Journal;
use serde_json::{Value, json};

use super::paper::{Exported, Line, row};
use super::shops::Shops;
use super::tool::Tool;

const FIVE_SHOPS: &str = include_str!("../data/flows/five_shops.toml");
const TIKTOK: &str = "tiktok-sg-1";
const RULES: &str = "[[rules.usual_spend]]\ncurrency = \"SGD\"\nleast = 20\nmost = 150\n";
const PLAN: &str =
    "campaign,starts,ends,coupons\nBlack Friday,2026-11-20,2026-11-30,*BF*\nXmas,2026-11-20,2026-12-24,*XPAST*\n";
const ROUNDS_MAX: usize = 4;

fn snapshot(tool: &Tool, workbook: &Exported) -> Export {
    crate::archive::archive_at(tool.path("archive"), "this machine")
        .load_snapshot(&ExportId::new(workbook.id()))
        .unwrap()
}

fn is_acceptable(row: &&Row) -> bool {
    !row.findings.is_empty() && row.suggestion.advice.action().is_some()
}

fn accept(row_of: &Row) -> Line {
    row("", "", "accept").key(row_of.key.as_str())
}

/// `SOLD: out_of_stock → restock`; codes without the shop's letters.
fn told(row: &Row) -> String {
    let codes: Vec<_> = row.findings.iter().map(|finding| finding.code.code()).collect();
    let way = match row.suggestion.way {
        Route::Direct => "",
        Route::FollowOn => " (follow-on)",
        Route::Instead => " (another action)",
        Route::ByHand => " (by hand)",
    };
    let action = row.suggestion.advice.action().map_or("-".to_string(), |action| action.to_string());
    format!("{} {}: {} → {action}{way}", row.coupon.store, row.coupon.label(), codes.join(", "))
}

/// What a person does in TikTok Shop's back office.
fn do_by_hand(shops: &Shops, task: &Task, spares: &mut Vec<&'static str>) {
    assert_eq!(task.store.as_str(), TIKTOK, "{task:?}");
    let edit = |code: &str, fields: Value| shops.edit(TIKTOK, code, fields);
    match &task.goal {
        Goal::State(ExpectedState { ends: Some(Some(ends)), .. }) => edit(&task.label, until(ends.timestamp() - 1)),
        Goal::State(ExpectedState { total: Some(Some(total)), .. }) => {
            edit(&task.label, json!({ "usage_limits": { "total_claim_limit": total, "redemption_limit": total } }));
        }
        Goal::State(ExpectedState { minimum: Some(minimum), .. }) => {
            edit(&task.label, json!({ "threshold": asked(*minimum) }))
        }
        Goal::Stopped => edit(&task.label, json!({ "status": "DEACTIVATED" })),
        Goal::Copied(likeness) => copy(shops, spares.pop().unwrap(), &task.label, likeness),
        other => panic!("{}: {other:?}", task.label),
    }
}

fn until(last_second: i64) -> Value {
    json!({ "claim_duration": { "end_time": last_second }, "redemption_duration": { "end_time": last_second } })
}

fn asked(minimum: Minimum) -> Value {
    match minimum {
        Minimum::Spend(money) => {
            let money = json!({ "amount": money.amount.normalize().to_string(), "currency": money.currency.code() });
            json!({ "type": "MIN_SPEND", "min_spend": money })
        }
        _ => json!({ "type": "NONE" }),
    }
}

/// Codes are the person's choice.
fn copy(shops: &Shops, spare: &str, model: &str, likeness: &Likeness) {
    let discount = match &likeness.discount {
        Discount::Sum(money) => json!({ "type": "AMOUNT_OFF", "reduction_amount":
            { "amount": money.amount.normalize().to_string(), "currency": money.currency.code() } }),
        Discount::Share { percent, .. } => {
            json!({ "type": "PERCENT_OFF", "percentage": percent.0.normalize().to_string(), "reduction_amount": null })
        }
        other => panic!("{other:?}"),
    };
    let mut fields = until(likeness.ends.unwrap().timestamp() - 1);
    fields["promo_code"] = json!(format!("{model}2"));
    fields["discount"] = discount;
    fields["threshold"] = asked(likeness.minimum);
    shops.edit(TIKTOK, spare, fields);
}

#[test]
fn each_suggestion_of_each_platform_is_carried_out_resolves_its_finding_and_leads_to_no_circle() {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(FIVE_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, RULES);
    tool.write("campaigns.csv", PLAN);
    let mut spares = vec!["SPAREH", "SPAREG", "SPAREF", "SPAREE", "SPARED", "SPAREC", "SPAREB", "SPAREA"];
    let mut story = String::new();
    let mut first: BTreeMap<_, (String, Vec<FindingCode>)> = BTreeMap::new();
    for round in 1..=ROUNDS_MAX {
        let exported = tool.export(&format!("round-{round}"));
        let export = snapshot(&tool, &exported);
        let open: Vec<&Row> = export.rows.iter().filter(is_acceptable).collect();
        let mut lines: Vec<String> =
            export.rows.iter().filter(|row| round == 1 || is_acceptable(row)).map(told).collect();
        lines.sort();
        story.push_str(&format!("Round {round}\n  {}\n", lines.join("\n  ")));
        let accepted: Vec<Line> = open.iter().map(|row| accept(row)).collect();
        if accepted.is_empty() {
            break;
        }
        assert!(round < ROUNDS_MAX, "still something to accept:\n{story}");
        if round == 1 {
            first = open
                .iter()
                .map(|row| (row.key.clone(), (told(row), row.findings.iter().map(|finding| finding.code).collect())))
                .collect();
        }
        let back = exported.hand_back(&tool.path(&format!("back-{round}.xlsx")), &accepted);
        let ran = tool.apply(&back, &[]);
        story.push_str(&format!("  = {}\n", ran.totals()));
        assert_eq!(ran.code, 0, "{}\n{story}", ran.stdout);
        let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
        for task in journal.open_tasks().unwrap() {
            do_by_hand(&shops, &task, &mut spares);
        }
        tool.wait_hours(1);
    }
    let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
    assert_eq!(journal.open_tasks().unwrap(), [], "the next export ticks what a person did");
    insta::assert_snapshot!(story);
    let last = snapshot(&tool, &tool.export("last"));
    // A notice that nobody has to act on may stay: unplanned, or stopped on purpose.
    let is_left = |finding: &&Finding| finding.severity > Severity::Notice;
    let left: Vec<String> = first
        .iter()
        .filter_map(|(key, (told, codes))| {
            let codes_now = last.row(key)?.findings.iter().filter(is_left).map(|finding| finding.code);
            let still: Vec<_> = codes_now.filter(|code| codes.contains(code)).collect();
            (!still.is_empty()).then(|| format!("{told}: still {still:?}"))
        })
        .collect();
    assert_eq!(left, Vec::<String>::new(), "{story}");
}

#[test]
fn what_only_some_platforms_have_is_found_too_a_coupon_that_is_held_back_and_a_sign_in_that_ends() {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(FIVE_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "[rules]\nsign_in_days = 3000\n");
    shops.edit(TIKTOK, "TWIN1", json!({ "status": "NOT_EFFECTIVE" }));
    let exported = tool.export("before");
    let before = snapshot(&tool, &exported);
    let on_stores = |export: &Export| {
        let ending = |load: &&StoreLoad| load.findings.iter().any(|it| it.code == FindingCode::TokenExpiring);
        export.stores.iter().filter(ending).map(|load| load.store.id.to_string()).collect::<Vec<_>>()
    };
    assert!(on_stores(&before).contains(&TIKTOK.to_string()), "{:?}", on_stores(&before));
    let held = |export: &Export| {
        let row = export.rows.iter().find(|row| row.coupon.label() == "TWIN1" && row.coupon.store.as_str() == TIKTOK);
        row.unwrap().clone()
    };
    assert_eq!(held(&before).findings[0].code, FindingCode::Rejected);

    // Only the page says why; a person looks there, and the platform lets the coupon go.
    let back = exported.hand_back(&tool.path("back.xlsx"), &[accept(&held(&before))]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "by_hand: 1");
    shops.edit(TIKTOK, "TWIN1", json!({ "status": "ONGOING" }));
    tool.configure("sign_in_days = 3000", "sign_in_days = 1");
    let after = snapshot(&tool, &tool.export("after"));
    assert!(held(&after).findings.iter().all(|finding| finding.code != FindingCode::Rejected));
    assert_eq!(on_stores(&after), Vec::<String>::new());
    assert_eq!(Journal::open(&tool.path("state/journal.db")).unwrap().open_tasks().unwrap(), []);
}
