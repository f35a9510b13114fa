//! What the columns of a plan are called, and by what other words people call them.

use crate::settings::table::Shape;

const COLUMNS: [&str; 12] = [
    "campaign",
    "starts",
    "ends",
    "coupons",
    "stores",
    "currency",
    "min_spend_from",
    "min_spend_to",
    "stock",
    "wanted",
    "model",
    "note",
];
const NEEDED: [&str; 3] = ["campaign", "starts", "ends"];

/// Without regard to case, spaces, hyphens and brackets.
const ALSO: [(&str, &str); 44] = [
    ("start", "starts"),
    ("start date", "starts"),
    ("from", "starts"),
    ("end", "ends"),
    ("end date", "ends"),
    ("to", "ends"),
    ("coupon", "coupons"),
    ("store", "stores"),
    ("shops", "stores"),
    ("min spend from", "min_spend_from"),
    ("min spend to", "min_spend_to"),
    ("wanted coupons", "wanted"),
    ("model coupon", "model"),
    ("notes", "note"),
    ("remarks", "note"),
    ("活动", "campaign"),
    ("活动名称", "campaign"),
    ("开始", "starts"),
    ("开始日期", "starts"),
    ("开始时间", "starts"),
    ("结束", "ends"),
    ("结束日期", "ends"),
    ("结束时间", "ends"),
    ("券", "coupons"),
    ("优惠券", "coupons"),
    ("适用券", "coupons"),
    ("店铺", "stores"),
    ("适用店铺", "stores"),
    ("币种", "currency"),
    ("货币", "currency"),
    ("最低门槛", "min_spend_from"),
    ("门槛下限", "min_spend_from"),
    ("最高门槛", "min_spend_to"),
    ("门槛上限", "min_spend_to"),
    ("库存", "stock"),
    ("应有库存", "stock"),
    ("应有券", "wanted"),
    ("必备券", "wanted"),
    ("需要的券", "wanted"),
    ("模板券", "model"),
    ("参考券", "model"),
    ("样板券", "model"),
    ("备注", "note"),
    ("说明", "note"),
];

pub(super) const SHAPE: Shape = Shape {
    name: "the campaign plan",
    key: "campaigns",
    columns: &COLUMNS,
    needed: &NEEDED,
    also: &ALSO,
    // Managers keep budgets and owners beside the plan.
    has_own_columns: true,
};
