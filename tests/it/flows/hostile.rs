//! Names that would take hold of a terminal are told, and do nothing.

use super::paper::row;
use super::tool::{Tool, text};

const SHOP: &str = r#"
[sandbox]
seed = "hostile"

[[stores]]
id = "shopee-sg-1"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[coupons]]
stores = ["*"]
code = "EVIL"
name = "\u001B]0;pwned\u0007\u001B[2Jx\u202Egnp.exe\n● 0 critical"
discount = { sum = "5" }
min_spend = "40"
total = 500
used = 100
starts = "day-10 00:00"
ends = "day+1 23:59:59"
"#;

#[test]
fn what_a_platform_calls_a_coupon_moves_no_cursor_and_forges_no_line() {
    let (tool, _shops) = Tool::with_shops(SHOP);
    let exported = tool.export("export");
    let key = exported.key("shopee-sg-1", "LUMIEVIL").to_string();
    let back = tool.hand_back(&[row("shopee-sg-1", "LUMIEVIL", "restock").stock("5").key(&key)]);
    let again = tool.path("again.xlsx");
    let commands: [&[&str]; 7] = [
        &["-vv", "export", "--out", text(&again)],
        &["-v", "plan", text(&back)],
        &["-v", "apply", text(&back), "--yes"],
        &["history", "coupon", "shopee-sg-1", "LUMIEVIL"],
        &["history", "calls"],
        &["archive", "week", "2026-W47"],
        &["history"],
    ];
    let mut told = String::new();
    for words in commands {
        let ran = tool.run(words);
        for written in [ran.stdout.as_str(), ran.stderr.as_str()] {
            assert!(!written.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{words:?}: {written:?}");
            assert!(!written.lines().any(|line| line == "● 0 critical"), "{words:?}: {written}");
        }
        told += &ran.stdout;
    }
    assert!(told.contains("␛]0;pwned␇") && told.contains("⟨202E⟩"), "{told}");
}
