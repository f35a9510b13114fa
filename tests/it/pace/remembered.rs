//! What an export remembers of Shopee's vouchers: enough to save most calls, never enough to miss a change.

use std::collections::BTreeMap;

use crate::trouble::once;
use couponbook::domain::{Coupon, Minimum};
use couponbook::platforms::DetailCache;
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth};
use serde_json::{Value, json};

use super::shops::{Shops, coded, id, listed, noon};

/// Thirty vouchers that run, ten that have ended, one that is to come.
pub const SHOP: &str = r#"
[[stores]]
id = "shop"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[stores.coupons]]
code = "R{n}"
repeat = 30
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { percent = "15", cap = "20" }
min_spend = "50"

[[stores.coupons]]
code = "E{n}"
repeat = 10
starts = "-9d"
ends = "-2d"
total = 100
used = 40
discount = { sum = "5" }
min_spend = "40"

[[stores.coupons]]
code = "C1"
starts = "+2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"
"#;

/// All that an export shows of a coupon; what it left open is open.
fn shown(coupon: &Coupon) -> Coupon {
    let mut coupon = coupon.clone();
    coupon.other_rules = Default::default();
    coupon
}

fn by_id(coupons: Vec<Coupon>) -> Vec<Coupon> {
    let mut coupons: Vec<Coupon> = coupons.iter().map(shown).collect();
    coupons.sort_by(|one, other| one.id.cmp(&other.id));
    coupons
}

#[tokio::test]
async fn the_second_export_of_an_unchanged_shop_sends_less_than_a_fifth_of_the_calls_and_shows_the_same() {
    let shops = Shops::of(SHOP).await;
    let (first, second) = (shops.exporting("shop"), shops.exporting("shop"));
    let before = listed(&*first).await;
    let after = listed(&*second).await;
    assert_eq!(by_id(before), by_id(after.clone()));
    let (before, after_calls) = (first.tally().calls, second.tally().calls);
    assert_eq!(before, 1 + 1 + 41);
    assert_eq!(after_calls, 1 + 1, "the list, and the voucher that is still to come");
    assert_eq!(by_id(after), by_id(listed(&*shops.planning("shop")).await), "and so it is in truth");
}

#[tokio::test]
async fn a_small_shop_saves_its_four_fifths_too() {
    let shop = SHOP.split("[[stores.coupons]]").next().unwrap();
    let runs = SHOP.split("[[stores.coupons]]").nth(1).unwrap();
    for vouchers in [4_u64, 11] {
        let runs = runs.replace("repeat = 30", &format!("repeat = {vouchers}"));
        let shops = Shops::of(&format!("{shop}[[stores.coupons]]{runs}")).await;
        let (first, second) = (shops.exporting("shop"), shops.exporting("shop"));
        for connector in [&first, &second] {
            listed(&**connector).await;
        }
        assert_eq!((first.tally().calls, second.tally().calls), (2 + vouchers, 1));
    }
}

#[tokio::test]
async fn every_field_that_can_change_is_seen_in_the_next_export() {
    let later = (noon() + chrono::Duration::days(1)).timestamp();
    // Of a voucher that is still to come, everything can.
    let edits = [
        ("LUMIC1", "voucher_name", json!("New name")),
        ("LUMIC1", "usage_quantity", json!(777)),
        ("LUMIC1", "start_time", json!(later)),
        ("LUMIC1", "end_time", json!(later + 86_400)),
        ("LUMIC1", "min_basket_price", json!(61.5)),
        ("LUMIC1", "discount_amount", json!(7.5)),
        ("LUMIC1", "display_channel_list", json!([3])),
        ("LUMIC1", "item_id_list", json!([11])),
        ("LUMIR1", "voucher_name", json!("New name")),
        ("LUMIR2", "usage_quantity", json!(777)),
        ("LUMIR3", "end_time", json!(later)),
        ("LUMIR4", "current_usage", json!(41)),
        ("LUMIR5", "current_usage", json!(100)),
        ("LUMIE1", "current_usage", json!(41)),
    ];
    let shops = Shops::of(SHOP).await;
    let before = listed(&*shops.exporting("shop")).await;
    for (code, field, value) in &edits {
        shops.edit("shop", code, field, value.clone());
    }
    let exported = listed(&*shops.exporting("shop")).await;
    let truth = listed(&*shops.planning("shop")).await;
    assert_eq!(by_id(exported.clone()), by_id(truth.clone()));
    assert_eq!(coded(&exported, "LUMIC1"), coded(&truth, "LUMIC1"), "nothing of a coming voucher is left open");
    for (code, field, _) in &edits {
        assert_ne!(shown(coded(&exported, code)), shown(coded(&before, code)), "{code} {field}");
    }
}

#[tokio::test]
async fn channels_and_items_of_a_running_voucher_are_left_open_and_a_plan_asks_for_them() {
    let shops = Shops::of(SHOP).await;
    let first = listed(&*shops.exporting("shop")).await;
    shops.edit("shop", "LUMIR3", "display_channel_list", json!([4]));
    let exported = listed(&*shops.exporting("shop")).await;
    assert_eq!(coded(&exported, "LUMIR3").other_rules.get("display_channel_list"), Some(&Value::Null));
    let present = shops.exporting("shop").get(&id(&first, "LUMIR3")).await.unwrap().unwrap();
    assert_eq!(
        present.other_rules.get("display_channel_list"),
        Some(&json!([4])),
        "asked for one, it is never remembered"
    );
    let ended = coded(&exported, "LUMIE1");
    assert_eq!(ended, coded(&first, "LUMIE1"), "an ended voucher is remembered whole");
    let file = std::fs::read_to_string(shops.state("remembered").join("shop.json")).unwrap();
    for never in ["current_usage", "usage_quantity", "voucher_name", &id(&first, "LUMIC1").to_string()] {
        assert!(!file.contains(never), "{never} is in {file}");
    }
}

#[tokio::test]
async fn a_voucher_that_somebody_changed_in_the_list_is_asked_for_anew() {
    let shops = Shops::of(SHOP).await;
    listed(&*shops.exporting("shop")).await;
    shops.edit("shop", "LUMIR3", "usage_quantity", json!(200));
    // What Shopee forbids: but where the list shows a change, nothing that is remembered is trusted.
    shops.edit("shop", "LUMIR3", "min_basket_price", json!(99));
    let before = shops.details("shop");
    let exported = listed(&*shops.exporting("shop")).await;
    let Minimum::Spend(least) = coded(&exported, "LUMIR3").minimum else { panic!("no minimum") };
    assert_eq!(least.amount.to_string(), "99");
    assert_eq!(shops.details("shop") - before, 2, "it, and the one that is to come");
}

#[tokio::test]
async fn a_voucher_is_asked_for_once_more_when_it_has_started_and_when_it_has_ended() {
    let shops = Shops::of(SHOP).await;
    listed(&*shops.exporting("shop")).await;
    let hours_ago = |hours| json!((noon() - chrono::Duration::hours(hours)).timestamp());
    for (field, passed) in [("start_time", hours_ago(2)), ("end_time", hours_ago(1))] {
        shops.edit("shop", "LUMIC1", field, passed);
        for asked in [1, 0] {
            let before = shops.details("shop");
            listed(&*shops.exporting("shop")).await;
            assert_eq!(shops.details("shop") - before, asked, "{field} has passed");
        }
    }
}

#[tokio::test]
async fn product_vouchers_alike_in_all_else_are_told_apart_by_their_present_items() {
    let product = |code: &str, items: &str, discount: &str| {
        format!(
            "[[stores.coupons]]\ncode = \"{code}\"\nstarts = \"-2d\"\nends = \"+9d\"\ntotal = 100\nused = 0\n\
             discount = {{ sum = \"{discount}\" }}\nmin_spend = \"60\"\nraw = {{ voucher_type = 2, item_id_list = [{items}] }}\n"
        )
    };
    let duplicates = [product("P1", "11", "5"), product("P2", "12", "5"), product("P3", "13", "9")].concat();
    let shop = SHOP.split("[[stores.coupons]]").next().unwrap();
    let shops = Shops::of(&format!("{shop}{duplicates}")).await;
    listed(&*shops.exporting("shop")).await;
    shops.edit("shop", "LUMIP2", "item_id_list", json!([11]));
    let before = shops.details("shop");
    let exported = listed(&*shops.exporting("shop")).await;
    assert!(coded(&exported, "LUMIP1").same_rules(coded(&exported, "LUMIP2")), "they are duplicates now");
    assert_eq!(shops.details("shop") - before, 2, "the third has no duplicate, so its items decide nothing");
}

#[tokio::test]
async fn shop_vouchers_that_differ_in_their_channels_stay_apart() {
    let shops = Shops::of(SHOP).await;
    shops.edit("shop", "LUMIE1", "end_time", json!((noon() + chrono::Duration::days(3)).timestamp()));
    shops.edit("shop", "LUMIE2", "end_time", json!((noon() + chrono::Duration::days(3)).timestamp()));
    shops.edit("shop", "LUMIE2", "display_channel_list", json!([4]));
    for _ in 0..3 {
        let exported = listed(&*shops.exporting("shop")).await;
        assert!(!coded(&exported, "LUMIE1").same_rules(coded(&exported, "LUMIE2")));
    }
}

#[tokio::test]
async fn a_reload_asks_for_everything_and_a_plan_never_uses_what_is_remembered() {
    let shops = Shops::of(SHOP).await;
    listed(&*shops.exporting("shop")).await;
    for connector in [shops.reloading("shop"), shops.planning("shop")] {
        let before = shops.details("shop");
        listed(&*connector).await;
        assert_eq!(shops.details("shop") - before, 41);
    }
    let before = shops.details("shop");
    listed(&*shops.exporting("shop")).await;
    assert_eq!(shops.details("shop") - before, 1, "a reload remembers anew");
}

#[tokio::test]
async fn a_load_that_was_given_up_halfway_is_not_begun_anew() {
    let shops = Shops::of(&SHOP.replace("repeat = 30", "repeat = 520")).await;
    let details = Matching { call: Some("get_voucher".to_string()), ..Matching::default() };
    let refused = FaultKind::Status { code: 400, retry_after_seconds: None, carried_out: false };
    // The list's six pages match too.
    shops.running.faults().add(Fault { nth: Nth::Number(6 + 510), times: Some(u64::MAX), ..once(details, refused) });
    shops.exporting("shop").list().await.unwrap_err();
    shops.running.faults().clear();
    let before = shops.details("shop");
    assert_eq!(listed(&*shops.exporting("shop")).await.len(), 531);
    assert!(shops.details("shop") - before < 50, "{} details", shops.details("shop") - before);
}

#[tokio::test]
async fn a_file_that_is_broken_or_another_shops_is_as_good_as_none() {
    let shops = Shops::of(SHOP).await;
    listed(&*shops.exporting("shop")).await;
    let path = shops.state("remembered").join("shop.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    let shop_id = shops.account("shop", Default::default()).store.shop.to_string();
    for spoiled in [
        whole[..whole.len() / 2].to_string(),
        whole.replace(&shop_id, "7"),
        whole.replace("\"version\":1", "\"version\":9"),
    ] {
        std::fs::write(&path, spoiled).unwrap();
        let before = shops.details("shop");
        listed(&*shops.exporting("shop")).await;
        assert_eq!(shops.details("shop") - before, 41);
    }
}

#[test]
fn two_runs_side_by_side_lose_nothing_that_either_has_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let keys = [("partner_id", "1"), ("partner_key", "k"), ("shop_id", "2"), ("refresh_token", "t")];
    let account = crate::accounts::account_of(&couponbook::platforms::shopee::ENTRY, "http://127.0.0.1:1", &keys);
    let cache = || DetailCache::new(folder.path(), &account, false);
    let some = |ids: &[&str]| ids.iter().map(|id| (id.to_string(), 1_u32)).collect::<BTreeMap<_, _>>();
    cache().keep(some(&["old", "ended"]));

    let (one, other) = (cache(), cache());
    assert_eq!((one.load::<u32>().len(), other.load::<u32>().len()), (2, 2));
    one.keep(some(&["old", "ended", "of one"]));
    other.keep(some(&["old", "of other", "changed since"]));
    other.keep(some(&["old", "of other"]));

    assert_eq!(cache().load::<u32>(), some(&["old", "of one", "of other"]), "and what is no longer so goes");
}
