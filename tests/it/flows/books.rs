//! What the journal says beside what the shops say.

use couponbook::domain::{Platform, Write};
use couponbook::journal::Journal;

use super::shops::Shops;
use super::tool::Tool;
use crate::platform;

/// `shopee-sg-1 395… update_voucher`, one for each write that the journal says happened, sorted.
fn journaled(tool: &Tool, shops: &Shops) -> Vec<String> {
    let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
    let connection = rusqlite::Connection::open(journal.path()).unwrap();
    let mut changes = connection.prepare("SELECT DISTINCT change FROM steps").unwrap();
    let ids: Vec<String> = changes.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let steps = ids.into_iter().flat_map(|id| journal.steps(&serde_json::from_value(id.into()).unwrap()).unwrap());
    let happened = steps.filter(|step| {
        assert!(!step.state.is_in_doubt(), "left in doubt: {step:?}");
        step.state.happened()
    });
    let mut writes: Vec<String> = happened
        .map(|step| {
            let platform = shops.stores().into_iter().find(|store| store.id == step.store).unwrap().platform;
            let coupon = step.write.coupon().or(step.created.as_ref()).unwrap();
            format!("{} {coupon} {}", step.store, call(platform, &step.write))
        })
        .collect();
    writes.sort();
    writes
}

/// What a platform calls a write of ours.
fn call(platform: Platform, write: &Write) -> &'static str {
    match (platform, write) {
        (platform::SHOPEE, Write::Create { .. }) => "add_voucher",
        (platform::SHOPEE, Write::End { .. }) => "end_voucher",
        (platform::SHOPEE, Write::Delete { .. }) => "delete_voucher",
        (platform::SHOPEE, _) => "update_voucher",
        (platform::LAZADA, Write::Create { .. }) => "voucher_create",
        (platform::LAZADA, Write::AddProducts { .. }) => "voucher_sku_add",
        (platform::LAZADA, Write::SetEnd { .. } | Write::SetTotal { .. } | Write::SetMinimum { .. }) => {
            "voucher_update"
        }
        (platform::LAZADA, Write::Enable { .. }) => "voucher_activate",
        (_, Write::Create { .. }) => "create",
        (_, Write::Trash { .. }) => "trash",
        (_, Write::Delete { .. }) => "delete",
        (_, _) => "update",
    }
}

/// Every write that the journal holds was accepted by its shop once, and no shop accepted another.
#[track_caller]
pub fn journal_and_shops_agree(tool: &Tool, shops: &Shops) {
    let mut accepted: Vec<String> =
        shops.audit().into_iter().map(|line| format!("{} {} {}", line.store, line.coupon_id, line.call)).collect();
    accepted.sort();
    assert_eq!(accepted, journaled(tool, shops), "left: the shops' list; right: the journal");
}
