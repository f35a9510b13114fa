//! What each write is in the voucher API.

use serde_json::{Value, json};

use super::voucher::{self, wire_end};
use crate::domain::{Timestamp, Write};

/// The operation and the body of a write, or why Shopee cannot do it: the id of a message.
pub(super) fn spelled(write: &Write, now: Timestamp) -> Result<(&'static str, Value), &'static str> {
    let id = match write.coupon() {
        Some(coupon) => coupon.as_str().parse::<u64>().map_err(|_| "impossible-shopee-id")?,
        None => 0,
    };
    let update = |field: &str, value: Value| Ok(("update_voucher", json!({ "voucher_id": id, field: value })));
    match write {
        Write::SetEnd { ends: Some(ends), .. } => update("end_time", json!(wire_end(*ends))),
        Write::SetEnd { ends: None, .. } => Err("impossible-shopee-no-end"),
        Write::SetTotal { total: Some(total), .. } => update("usage_quantity", json!(total)),
        Write::SetTotal { total: None, .. } => Err("impossible-shopee-no-total"),
        Write::SetMinimum { minimum, .. } => update("min_basket_price", voucher::minimum_price(minimum)?),
        Write::End { .. } => Ok(("end_voucher", json!({ "voucher_id": id }))),
        Write::Delete { .. } => Ok(("delete_voucher", json!({ "voucher_id": id }))),
        Write::Create { draft } => {
            let soonest = now + voucher::START_LEAD;
            Ok(("add_voucher", voucher::add_body(draft, soonest)?))
        }
        Write::Pause { .. } => Err("impossible-shopee-pause"),
        Write::Enable { .. } => Err("impossible-shopee-enable"),
        Write::Trash { .. } => Err("impossible-shopee-bin"),
        Write::AddProducts { .. } => Err("impossible-shopee-products"),
    }
}
