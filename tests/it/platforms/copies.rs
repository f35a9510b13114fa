//! A copy is whole: model and copy, field by field, as the pretend platform keeps them.

use couponbook::domain::ActionWord;
use serde_json::{Map, Value, json};

use super::promises::{World, kept, verdict};
use crate::plan::{act, in_words};

const SHOPS: &str = r#"
[[stores]]
id = "a"
platform = "shopee"
name = "Lumi Home"
region = "SG"
items = [11, 12, 13]

[[stores.coupons]]
code = "T1"
name = "Two products"
starts = "-2d"
ends = "+9d"
total = 90
used = 40
discount = { percent = "10", cap = "8" }
min_spend = "40"
raw = { voucher_type = 2, usecase = 2, item_id_list = [11, 12] }

[[stores]]
id = "b"
platform = "lazada"
name = "Lumi Beauty"
region = "SG"

[[stores.coupons]]
code = "T1"
name = "Five off"
starts = "-2d"
ends = "+9d"
total = 90
used = 40
discount = { sum = "5" }
min_spend = "40"
raw = { limit = 3 }

[[stores]]
id = "c"
platform = "shopify"
name = "Lumi World"
region = "SG"
plus = true

[[stores.coupons]]
code = "T1"
name = "For markets"
starts = "-2d"
ends = "+9d"
total = 90
used = 40
discount = { sum = "5" }
min_spend = "40"
raw = { appliesOncePerCustomer = true, context = { __typename = "DiscountMarkets", markets = [{ id = "gid://shopify/Market/1" }] }, tags = ["eu", "spring"], combinesWith = { productDiscounts = true, orderDiscounts = false, shippingDiscounts = true, productDiscountsWithTagsOnSameCartLine = ["eu"] } }
"#;

const WOOCOMMERCE: &str = r#"
[[stores]]
id = "d"
platform = "woocommerce"
name = "Lumi Online"
region = "SG"

[[stores.coupons]]
code = "T1"
starts = "-2d"
ends = "+9d"
total = 90
used = 40
discount = { sum = "5" }
min_spend = "40"
"#;

/// What a copy has of its own: its code, its dates, what was used, and what the platform notes.
const ITS_OWN: [&str; 24] = [
    "code",
    "created",
    "modified",
    "expires",
    "usage_count",
    "next_meta_id",
    // Holds our mark; whatever else is in it keeps a coupon from being copied.
    "meta_data",
    "voucher_id",
    "voucher_code",
    "start_time",
    "end_time",
    "current_usage",
    "display_start_time",
    "collect_start",
    "period_start_time",
    "period_end_time",
    "order_used_budget",
    "redeemCodes",
    "startsAt",
    "endsAt",
    "createdAt",
    "updatedAt",
    "asyncUsageCount",
    "listedFrom",
];

/// Nothing and none are one, and so are numbers of whatever spelling.
fn plain(value: Option<&Value>) -> Value {
    match value.unwrap_or(&Value::Null) {
        Value::Number(number) => Value::String(format!("{:?}", number.as_f64())),
        Value::String(text) => match text.parse::<f64>() {
            Ok(number) => Value::String(format!("{:?}", Some(number))),
            Err(_) => Value::String(text.clone()),
        },
        Value::Array(items) => items.iter().map(|item| plain(Some(item))).collect(),
        Value::Object(fields) => {
            let told: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), plain(Some(value))))
                .filter(|(_, it)| !it.is_null())
                .collect();
            Value::Object(told)
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn a_copy_has_every_field_of_its_model_but_its_code_its_dates_and_what_was_used() {
    let world = World::of(SHOPS).await;
    for (connector, store) in world.connectors().iter().zip(["a", "b", "c"]) {
        let listed = connector.list().await.unwrap().coupons;
        let verdict = verdict(&**connector, &listed, &listed[0], act(ActionWord::Recreate).until_day(60)).await;
        let told = in_words(&verdict);
        assert!(told.starts_with("change"), "{store}: {told}");
        kept(&**connector, &listed[0], verdict).await.unwrap();
        let coupons = world.running.sandbox().coupons(store).unwrap();
        let [(_, model), (_, copy)] = coupons.as_slice() else { panic!("{store}: {coupons:?}") };
        for name in model.keys().chain(copy.keys()).filter(|name| !ITS_OWN.contains(&name.as_str())) {
            assert_eq!(plain(copy.get(name)), plain(model.get(name)), "{store}: {name}");
        }
    }
}

/// A WooCommerce shop of one coupon, with every rule that one can be given and these `fields`.
async fn of_woocommerce(fields: Value) -> World {
    let world = World::of(WOOCOMMERCE).await;
    let rules = json!({
        "individual_use": true, "product_ids": [7, 9], "excluded_product_ids": [3], "usage_limit_per_user": 2,
        "limit_usage_to_x_items": 4, "free_shipping": true, "product_categories": [5],
        "excluded_product_categories": [6], "exclude_sale_items": true, "maximum_amount": "900.00",
        "email_restrictions": ["*@example.com", "a@example.org"],
    });
    for fields in [rules, fields] {
        world.running.sandbox().edit("d", "101", fields.as_object()).unwrap();
    }
    world
}

#[tokio::test]
async fn a_copy_on_woocommerce_has_every_field_too_and_what_it_cannot_have_is_said() {
    let meta = |key: &str| json!({ "meta_data": [{ "id": 1, "key": key, "value": "gold" }] });
    for (fields, expected) in [
        (json!({ "description": "One line" }), "change"),
        (json!({ "description": "<p>Two lines &amp; a half</p>\nfor the <b>team</b>" }), "change"),
        (json!({ "description": "" }), "change"),
        (json!({ "description": "under &lt;10&gt;\nand more" }), "of the description the first line only"),
        (json!({ "description": "twice &amp;amp; more" }), "of the description the first line only"),
        (meta("_wp_old_slug"), "change"),
        (meta("_members_only"), "by hand"),
        (meta("_members_only"), "_members_only"),
    ] {
        let world = of_woocommerce(fields.clone()).await;
        let connector = world.connectors().swap_remove(0);
        let listed = connector.list().await.unwrap().coupons;
        let verdict = verdict(&*connector, &listed, &listed[0], act(ActionWord::Recreate).until_day(60)).await;
        let told = in_words(&verdict);
        assert!(told.contains(expected), "{fields}: {told}");
        kept(&*connector, &listed[0], verdict).await.unwrap();
        let coupons = world.running.sandbox().coupons("d").unwrap();
        let (model, copy) = (&coupons[0].1, coupons.get(1).map(|(_, copy)| copy));
        assert_eq!(copy.is_some(), told.starts_with("change"), "{told}");
        for name in copy.into_iter().flat_map(|copy| model.keys().chain(copy.keys())) {
            let is_said = name == "description" && told.contains(name);
            let is_copied = plain(copy.and_then(|copy| copy.get(name))) == plain(model.get(name));
            assert!(is_copied || is_said || ITS_OWN.contains(&name.as_str()), "{fields}: {name}");
        }
    }
}
