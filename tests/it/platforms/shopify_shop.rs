//! The Shopify connector against the pretend shop: discounts that apply by themselves, and those that are for some buyers only.

use std::sync::Arc;

use couponbook::domain::{
    ChangeId, Coupon, CouponId, Draft, ExpectedState, Minimum, Period, Start, Status, Timestamp, Write,
};
use couponbook::platforms::{CallLog, Connector, Network, SendError, is_ours};
use couponbook::sandbox::{Running, Sandbox, Scenario};

use super::server::{at, hasty};
use crate::accounts::{account, connect};

const SHOP: &str = r#"
[[stores]]
id = "sg"
platform = "shopify"
name = "Lumi World"
region = "SG"
plus = true

[[stores.coupons]]
code = "ALL"
name = "For everybody"
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { percent = "15" }
min_spend = "50"

[[stores.coupons]]
code = "EU"
name = "For markets"
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { percent = "20" }
raw = { context = { __typename = "DiscountMarkets", markets = [{ id = "gid://shopify/Market/2", name = "EU" }, { id = "gid://shopify/Market/1", name = "UK" }] }, tags = ["spring", "eu"], combinesWith = { productDiscounts = true, orderDiscounts = false, shippingDiscounts = false, productDiscountsWithTagsOnSameCartLine = ["eu"] } }

[[stores.coupons]]
code = "VIP"
name = "For segments"
starts = "-2d"
ends = "+9d"
used = 0
discount = { sum = "20" }
raw = { context = { __typename = "DiscountCustomerSegments", segments = [{ id = "gid://shopify/Segment/7", name = "VIP" }] } }

[[stores.coupons]]
code = "unused-1"
name = "Weekend"
starts = "-2d"
ends = "+9d"
used = 3
discount = { percent = "10" }
min_spend = "40"
raw = { __typename = "DiscountAutomaticBasic" }

[[stores.coupons]]
code = "unused-2"
name = "Free delivery"
starts = "+2d"
ends = "+9d"
used = 0
discount = { sum = "1" }
min_spend = "40"
raw = { __typename = "DiscountAutomaticFreeShipping" }
"#;

fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

struct Shop {
    folder: tempfile::TempDir,
    running: Running,
}

impl Shop {
    async fn of(scenario: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::parse(scenario, "shop.toml", noon()).unwrap();
        let running = Sandbox::create(folder.path(), &scenario)
            .unwrap()
            .serve("127.0.0.1:0".parse().unwrap(), Arc::new(noon))
            .await
            .unwrap();
        Self { folder, running }
    }

    fn connector(&self) -> Box<dyn Connector> {
        let access = &self.running.sandbox().stores().unwrap()[0];
        let network = Network::new(Arc::new(noon), self.folder.path().join("tokens"), CallLog::none(), hasty());
        connect(&account(access, &self.running), &network).unwrap()
    }
}

async fn named(connector: &dyn Connector, name: &str) -> Coupon {
    connector.list().await.unwrap().coupons.into_iter().find(|coupon| coupon.name == name).unwrap()
}

async fn now_of(connector: &dyn Connector, id: &CouponId) -> Coupon {
    connector.get(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn discounts_for_markets_and_automatic_ones_are_listed_counted_and_found() {
    let shop = Shop::of(SHOP).await;
    let connector = shop.connector();
    let listing = connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (5, Some(5)), "{listing:?}");
    assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
    let found = connector.find_code("eu").await.unwrap();
    assert_eq!(found[0].name, "For markets");
    for coupon in &listing.coupons {
        let alone = now_of(&*connector, &coupon.id).await;
        assert!(alone.same_rules(coupon), "{alone:#?} {coupon:#?}");
        let mut others = listing.coupons.iter().filter(|other| other.id != coupon.id);
        assert!(others.all(|other| !other.same_rules(coupon)));
    }
}

#[tokio::test]
async fn a_copy_is_for_the_same_markets_and_segments_with_the_same_tags() {
    let shop = Shop::of(SHOP).await;
    let connector = shop.connector();
    for (name, rules) in [("For markets", 4), ("For segments", 2), ("For everybody", 0)] {
        let model = now_of(&*connector, &named(&*connector, name).await.id).await;
        assert_eq!(model.other_rules.iter().count(), rules, "{:?}", model.other_rules);
        let draft = Draft {
            model: model.id.clone(),
            code: format!("{}-2", model.code.as_deref().unwrap()),
            name: model.name.clone(),
            kind: model.kind.clone(),
            discount: model.discount.clone(),
            minimum: model.minimum,
            start: Start::At(noon()),
            ends: Some(at("2026-12-31T16:00:00Z")),
            total: Some(250),
            per_buyer: model.per_buyer,
            other_rules: model.other_rules.clone(),
            besides: model.besides.clone(),
        };
        let receipt = connector.send(&Write::Create { draft: Box::new(draft.clone()) }, &change()).await.unwrap();
        let made = now_of(&*connector, &receipt.created.unwrap()).await;
        assert!(is_ours(&made, &draft, &change()), "{made:#?}");
        assert_eq!(made.other_rules, model.other_rules);
    }
}

#[tokio::test]
async fn an_automatic_discount_is_changed_as_the_table_says_and_has_no_limit_of_uses() {
    let shop = Shop::of(SHOP).await;
    let connector = shop.connector();
    for (name, kind) in [("Weekend", "Automatic amount off"), ("Free delivery", "Automatic free shipping")] {
        let coupon = named(&*connector, name).await;
        assert_eq!((coupon.kind.as_str(), &coupon.code, coupon.total), (kind, &None, None));
        let id = coupon.id.clone();
        let ends = Some(at("2027-01-05T16:00:00Z"));
        connector.send(&Write::SetEnd { coupon: id.clone(), ends }, &change()).await.unwrap();
        assert_eq!(now_of(&*connector, &id).await.usable.ends(), ends);
        connector.send(&Write::SetMinimum { coupon: id.clone(), minimum: Minimum::None }, &change()).await.unwrap();
        assert_eq!(now_of(&*connector, &id).await.minimum, Minimum::None);
        connector.send(&Write::SetMinimum { coupon: id.clone(), minimum: coupon.minimum }, &change()).await.unwrap();
        connector
            .send(&Write::SetMinimum { coupon: id.clone(), minimum: Minimum::Quantity(2) }, &change())
            .await
            .unwrap();
        assert_eq!(now_of(&*connector, &id).await.minimum, Minimum::Quantity(2));
        let restock = connector.send(&Write::SetTotal { coupon: id.clone(), total: Some(9) }, &change()).await;
        assert!(matches!(restock, Err(SendError::Refused(_))), "{restock:?}");
        connector.send(&Write::End { coupon: id.clone(), at: noon() }, &change()).await.unwrap();
        assert_eq!(now_of(&*connector, &id).await.status, Status::Ended);
        let period = Some(Period::new(coupon.usable.starts(), ends).unwrap());
        connector.send(&Write::Enable { coupon: id.clone(), period }, &change()).await.unwrap();
        let back = now_of(&*connector, &id).await;
        assert_eq!((back.status, back.usable.ends()), (coupon.status, ends));
        connector.send(&Write::Enable { coupon: id.clone(), period: None }, &change()).await.unwrap();
        assert_eq!(now_of(&*connector, &id).await.status, Status::Active);
        connector.send(&Write::Delete { coupon: id.clone() }, &change()).await.unwrap();
        assert!(ExpectedState::exists(false).hold_for(connector.get(&id).await.unwrap().as_ref()));
    }
}

#[tokio::test]
async fn a_twenty_sixth_active_automatic_discount_is_refused_with_the_reason() {
    let more: String = (3..28)
        .map(|number| {
            format!(
                "\n[[stores.coupons]]\ncode = \"unused-{number}\"\nname = \"A{number}\"\nstarts = \"-2d\"\nends = \"+9d\"\nused = 0\n\
                 discount = {{ percent = \"10\" }}\nraw = {{ __typename = \"DiscountAutomaticBasic\" }}\n"
            )
        })
        .collect();
    let shop = Shop::of(&format!(
        "{}{more}",
        SHOP.replace("name = \"Weekend\"\nstarts = \"-2d\"", "name = \"Weekend\"\nstarts = \"+2d\"")
    ))
    .await;
    let connector = shop.connector();
    let coming = named(&*connector, "Weekend").await;
    let answer = connector.send(&Write::Enable { coupon: coming.id, period: None }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert!(crate::english(&error.sentence).contains("25"), "{error:?}");
}
