//! Thresholds, severities and switches: for all stores and for some.

use couponbook::domain::{FindingCode, Severity, StoreId};

use super::{Fixture, HEAD, SHOPEE, WOO};

#[test]
fn the_more_special_section_wins_and_of_two_equals_the_later_one() {
    let rules = r#"
[rules]
expiring_days = 4
low_stock_count = 7
severity = { low_stock = "critical", paused = "notice" }
off = ["unplanned", "duplicate"]

[[rules.only]]
store = "shopee-sg-*"
expiring_days = 9

[[rules.only]]
platform = "shopee"
expiring_days = 5
runs_out_days = 3
off = []

[[rules.only]]
platform = "shopee"
runs_out_days = 2
severity = { paused = "critical" }
"#;
    let settings = Fixture::new().read(&format!("{HEAD}{rules}{WOO}{SHOPEE}")).unwrap();
    let of = |store: &str| settings.policies.of(&StoreId::parse(store).unwrap()).clone();
    let (woo, shopee) = (of("woo-de-1"), of("shopee-sg-1"));
    assert_eq!((woo.expiring_days, woo.runs_out_days, woo.low_stock_count), (4, 14, 7));
    assert_eq!((shopee.expiring_days, shopee.runs_out_days, shopee.low_stock_count), (9, 2, 7));
    assert_eq!(woo.off.len(), 2);
    assert!(shopee.off.is_empty(), "a list takes the place of the general one");
    let severity = |code| (woo.severity.get(&code).copied(), shopee.severity.get(&code).copied());
    assert_eq!(severity(FindingCode::LowStock), (Some(Severity::Critical), Some(Severity::Critical)));
    assert_eq!(severity(FindingCode::Paused), (Some(Severity::Notice), Some(Severity::Critical)));
}

#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_line() {
    let table = [
        ("[rules]\nexpiring_days = -1", ":3: expiring_days is -1"),
        (
            "[rules]\nlow_stock_percent = \"few\"",
            ":3: low_stock_percent is \"few\"; write a share from 0 to 100 percent",
        ),
        ("[rules]\nseverity = { low_stock = \"bad\" }", ":3: \"bad\" is not a severity"),
        ("[rules]\nseverity = { stock = \"notice\" }", ":3: \"stock\" is not a finding"),
        ("[rules]\noff = [\"store_not_loaded\"]", ":3: store_not_loaded cannot be switched off"),
        ("[rules]\nplatform = \"shopee\"", ":3: \"shopee\" narrows [rules]"),
        ("[[rules.only]]\nexpiring_days = 1", ":2: a [[rules.only]] says not for which stores"),
        ("[[rules.only]]\nplatform = \"ebay\"", ":3: \"ebay\" is not a platform"),
        ("[[rules.only]]\nregion = \"TH\"", ":2: a [[rules.only]] is for no store here"),
        ("[[rules.only]]\nstore = \"woo-*\"\nexpire_days = 1", "unknown key `expire_days`"),
    ];
    for (rules, wanted) in table {
        let told = Fixture::new().complaint(&format!("{HEAD}{rules}\n{WOO}"));
        assert!(told.contains(wanted), "{rules}: {told}");
    }
}
