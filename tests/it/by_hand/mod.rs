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
        change: ChangeId::of(&ExportId::new("20261122-AM-TEST"), &row, action.word(), &format!("{goal:?}")),
        row,
        store: store.id,
        coupon: CouponId::new(id),
        label: format!("SHOP{id}"),
        action,
        goal,
        deed: "Raise total by 50 to 750".to_string(),
        why: "the API only reads".to_string(),
        steps: vec![
            "Promotions > Promotion Tools.".into(),
            "Edit > Quantity.".into(),
            "Type the value, then Submit.".into(),
        ],
        values: vec!["Quantity: 750".to_string()],
        page: Some("https://seller.example/A".to_string()),
        owner: "the shop's team".to_string(),
        due: local_day(at(24, 0, 0), ZONE),
        told: None,
    }
}

pub fn total_is(total: u64) -> Goal {
    Goal::State(ExpectedState { total: Some(Some(total)), ..ExpectedState::default() })
}

pub fn is_gone() -> Goal {
    Goal::State(ExpectedState { exists: Some(false), ..ExpectedState::default() })
}
