//! What touches too much is refused until somebody says the word for it.

use super::paper::{Line, row};
use super::shops::Shops;
use super::start::side_by_side;
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

/// Twenty live coupons in one shop, two in the other.
const SHOPS: &str = r#"
[[stores]]
id = "woo-de-1"
platform = "woocommerce"
name = "Nordlicht Papier"
region = "DE"

[[stores]]
id = "woo-us-1"
platform = "woocommerce"
name = "Prairie Candle"
region = "US"

[[coupons]]
stores = ["woo-de-1"]
code = "{each}"
each = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"]
discount = { sum = "5" }
min_spend = "40"
total = 500

[[coupons]]
stores = ["woo-us-1"]
code = "{each}"
each = ["last", "but-one"]
discount = { sum = "5" }
min_spend = "40"
total = 500
"#;

const CODES: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];

struct Brake {
    /// What stands in the config.
    config: &'static str,
    lines: Vec<Line>,
    says: &'static str,
    flag: &'static str,
}

fn all(action: &str) -> Vec<Line> {
    CODES.iter().map(|code| row(WOO, code, action)).collect()
}

fn brakes() -> Vec<Brake> {
    vec![
        Brake {
            config: "",
            lines: all("delete"),
            says: "11 of 20 live coupons of woo-de-1 would be deleted or ended (55\u{a0}%); the brake is at 30\u{a0}% and 10",
            flag: "--allow-removals",
        },
        Brake {
            config: "",
            lines: vec![row("woo-us-1", "last", "end"), row("woo-us-1", "but-one", "pause")],
            says: "no live coupon",
            flag: "--allow-empty-store",
        },
        Brake {
            config: "[brakes.exposure]\nEUR = 900\n",
            lines: vec![row(WOO, "a", "restock").stock("200")],
            says: "the plan can cost up to EUR 1,000.00 more; the cap is EUR 900.00",
            flag: "--allow-exposure",
        },
        Brake {
            config: "",
            lines: vec![row(WOO, "a", "adjust").spend("0")],
            says: "the result would have no min spend, or lose money on an order that its rules allow",
            flag: "--allow-losing-money",
        },
        Brake {
            config: "[brakes]\nsame_action_rows = 10\n",
            lines: all("restock").into_iter().map(|line| line.stock("1")).collect(),
            says: "`restock` on 11 rows of woo-de-1; more than 10 looks filled down",
            flag: "--allow-many",
        },
        Brake {
            config: "",
            lines: vec![row(WOO, "a", "restock").stock("1").hidden()],
            says: "the row was hidden when the workbook was handed back",
            flag: "--include-hidden",
        },
    ]
}

fn tool_with(config: &str) -> (Tool, Shops) {
    let (mut tool, shops) = Tool::with_shops(SHOPS);
    tool.against(&shops, config);
    (tool, shops)
}

#[test]
fn each_brake_refuses_its_rows_says_why_and_is_released_by_the_flag_that_it_names() {
    side_by_side(&brakes(), |Brake { config, lines, says, flag }| {
        let (tool, shops) = tool_with(config);
        let back = tool.hand_back(lines);
        let words = tool.run(["plan", text(&back)]).exits(4).stdout;
        assert!(words.contains(says) && words.contains(flag), "{says:?} and {flag} are not in\n{words}");
        let refused = tool.apply(&back, &[]).exits(4);
        assert_eq!(refused.totals(), format!("refused: {}", lines.len()), "{flag}");
        assert_eq!(shops.writes(), Vec::<String>::new(), "{flag}");
        assert_eq!(tool.apply(&back, &[flag]).exits(0).totals(), format!("done: {}", lines.len()), "{flag}");
        assert_eq!(shops.writes().len(), lines.len());
    });
}

#[test]
fn ten_removals_and_thirty_percent_pass_without_a_word() {
    let (tool, shops) = tool_with("");
    let back = tool.hand_back(&all("delete")[..10]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 10");
    assert_eq!(shops.writes().len(), 10);
}

#[test]
fn a_read_only_store_is_never_written_to_whatever_is_typed() {
    let (tool, shops) = tool_with("");
    let back = tool.hand_back(&[row(WOO, "a", "restock").stock("1"), row("woo-us-1", "last", "restock").stock("1")]);
    tool.configure("id = \"woo-de-1\"\n", "id = \"woo-de-1\"\naccess = \"read-only\"\n");
    let everything =
        ["--allow-removals", "--allow-empty-store", "--allow-exposure", "--allow-losing-money", "--allow-many"];
    let ran = tool.apply(&back, &everything).exits(4);
    assert_eq!(ran.totals(), "done: 1, refused: 1");
    assert!(ran.stdout.contains("set access = \\\"read-write\\\" for the store"), "{}", ran.stdout);
    assert_eq!(shops.writes(), ["woo-us-1 update"]);
}

#[test]
fn a_workbook_older_than_three_days_is_refused_until_it_is_allowed() {
    let (tool, shops) = tool_with("");
    let back = tool.hand_back(&[row(WOO, "a", "restock").stock("1")]);
    tool.wait_hours(73);
    let ran = tool.apply(&back, &[]).exits(4);
    assert!(
        ran.stdout.contains("the workbook is 73 hours old") && ran.stdout.contains("--allow-old"),
        "{}",
        ran.stdout
    );
    assert_eq!(shops.writes(), Vec::<String>::new());
    assert_eq!(tool.apply(&back, &["--allow-old"]).exits(0).totals(), "done: 1");
}

#[test]
fn at_a_terminal_a_brake_is_released_by_typing_what_will_happen() {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "");
    let mut lines = all("delete");
    lines.push(row("woo-us-1", "last", "restock").stock("5"));
    let back = tool.hand_back(&lines);
    // Asked for last what stands first. Other words leave the rows out, and the rest is sent.
    *tool.typed.lock().unwrap() = vec!["yes", "DELETE 10 IN 1 STORE"];
    let ran = tool.run(["apply", text(&back)]).exits(4);
    assert!(ran.stderr.contains("Type DELETE 11 IN 1 STORE to release"), "{}", ran.stderr);
    assert_eq!(shops.writes(), ["woo-us-1 update"]);
    *tool.typed.lock().unwrap() = vec!["yes", "delete 11 in 1 store"];
    tool.run(["apply", text(&back)]).exits(0);
    assert_eq!(shops.writes().len(), 12);
}
