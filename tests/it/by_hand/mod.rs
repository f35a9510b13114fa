//! Work by hand: how an export sees that it was done, how it is kept, shown, and carried through the whole program.

mod flow;
mod kept;
mod matching;
mod sheet;

use couponbook::domain::*;

use crate::platform;
use crate::rules::shop::*;

/// A task on coupon `id` of the small world's shop, due on the 24th.
pub fn task(id: &str, action: ActionWord, goal: Goal) -> Task {
    let store = store(platform::TIKTOK_SHOP);
    let row = RowKey::of(store.platform, &store.shop, &CouponId::new(id));
    Task {
        change: ChangeId::of(
            &ExportId::new("20261122-AM-TEST"),
            &row,
            action.word(),
            &serde_json::to_string(&goal).unwrap(),
        ),
        row,
        store: store.id,
        coupon: CouponId::new(id),
        label: format!("SHOP{id}"),
        action,
        goal,
        to_do: Message::as_written("Raise total by 50 to 750"),
        why: Message::as_written("the API only reads"),
        steps: ["Promotions > Promotion Tools.", "Edit > Quantity.", "Type the value, then Submit."]
            .map(Message::as_written)
            .into(),
        values: vec![Message::as_written("Quantity: 750")],
        page: Some("https://seller.example/A".to_string()),
        owner: "the shop's team".to_string(),
        due: local_day(at(24, 0, 0), ZONE),
    }
}

pub fn total_is(total: u64) -> Goal {
    Goal::State(ExpectedState { total: Some(Some(total)), ..ExpectedState::default() })
}

pub fn is_gone() -> Goal {
    Goal::State(ExpectedState { exists: Some(false), ..ExpectedState::default() })
}
