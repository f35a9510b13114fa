//! A coupon as the shop keeps it, and as it shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::dates;
use super::shop::Shop;
use super::text::amount;
use crate::sandbox::fields::{Fields, object};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Coupon {
    pub code: String,
    /// Two decimals, as all amounts.
    pub amount: String,
    pub status: String,
    /// Unix seconds, as all times.
    pub created: i64,
    pub modified: i64,
    pub discount_type: String,
    pub description: String,
    pub expires: Option<i64>,
    pub usage_count: u64,
    pub individual_use: bool,
    pub product_ids: Vec<u64>,
    pub excluded_product_ids: Vec<u64>,
    pub usage_limit: Option<u64>,
    pub usage_limit_per_user: Option<u64>,
    pub limit_usage_to_x_items: Option<u64>,
    pub free_shipping: bool,
    pub product_categories: Vec<u64>,
    pub excluded_product_categories: Vec<u64>,
    pub exclude_sale_items: bool,
    pub minimum_amount: String,
    pub maximum_amount: String,
    pub email_restrictions: Vec<String>,
    pub used_by: Vec<String>,
    pub meta_data: Vec<Meta>,
    pub next_meta_id: u64,
    /// Laid over what is shown: for wire forms that no write makes.
    pub raw: Fields,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Meta {
    pub id: u64,
    pub key: String,
    pub value: Value,
}

impl Coupon {
    /// A coupon without any rule, as a creation begins.
    pub fn blank(now: i64) -> Self {
        Self {
            amount: "0.00".to_string(),
            status: "publish".to_string(),
            created: now,
            modified: now,
            discount_type: "fixed_cart".to_string(),
            minimum_amount: "0.00".to_string(),
            maximum_amount: "0.00".to_string(),
            next_meta_id: 1,
            ..Self::default()
        }
    }

    pub fn from_fields(fields: Fields) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(fields))
    }

    pub fn to_fields(&self) -> Result<Fields, serde_json::Error> {
        serde_json::to_value(self).map(object)
    }

    pub fn is_published(&self) -> bool {
        self.status == "publish"
    }

    /// As the shop answers. `home` is the shop's own address.
    pub fn shown(&self, id: u64, shop: &Shop, home: &str) -> Fields {
        let is_modern = shop.own.is_modern();
        // A modern shop hides a maximum below the minimum, and shows it again once the minimum is lowered.
        let hides_maximum = is_modern && amount(&self.minimum_amount) > amount(&self.maximum_amount);
        let coupons = format!("{home}/wp-json/wc/v3/coupons");
        let mut link = json!({ "href": format!("{coupons}/{id}") });
        if is_modern {
            link["targetHints"] = json!({ "allow": ["GET", "POST", "PUT", "PATCH", "DELETE"] });
        }
        // Kept in its own words, but for the times and what only the shop knows.
        let mut shown = self.to_fields().unwrap_or_default();
        shown.retain(|name, _| !["created", "modified", "expires", "next_meta_id", "raw"].contains(&name.as_str()));
        let times = [("created", Some(self.created)), ("modified", Some(self.modified)), ("expires", self.expires)];
        for (name, seconds) in times {
            let local = seconds.map(|seconds| dates::shown_local(seconds, shop.zone));
            shown.insert(format!("date_{name}"), json!(local));
            shown.insert(format!("date_{name}_gmt"), json!(seconds.map(dates::shown_gmt)));
        }
        if hides_maximum {
            shown.insert("maximum_amount".to_string(), json!("0.00"));
        }
        shown.extend(object(json!({
            "id": id, "_links": { "self": [link], "collection": [{ "href": coupons }] },
        })));
        shown.extend(self.raw.clone());
        shown
    }
}
