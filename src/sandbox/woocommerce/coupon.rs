//! A coupon as the shop keeps it, and as it shows it.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::dates;
use super::text::amount;
use crate::sandbox::scenario::WooShop;

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
    pub raw: Map<String, Value>,
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

    pub fn from_fields(fields: Map<String, Value>) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(fields))
    }

    pub fn to_fields(&self) -> Result<Map<String, Value>, serde_json::Error> {
        serde_json::to_value(self).map(|value| match value {
            Value::Object(fields) => fields,
            _ => Map::new(),
        })
    }

    pub fn is_published(&self) -> bool {
        self.status == "publish"
    }

    /// As the shop answers. `home` is the shop's own address.
    pub fn shown(&self, id: u64, zone: Tz, own: &WooShop, home: &str) -> Map<String, Value> {
        let is_modern = own.version.is_modern();
        // A modern shop hides a maximum below the minimum, and shows it again once the minimum is lowered.
        let hides_maximum = is_modern && amount(&self.minimum_amount) > amount(&self.maximum_amount);
        let maximum = if hides_maximum { "0.00" } else { &self.maximum_amount };
        let coupons = format!("{home}/wp-json/wc/v3/coupons");
        let mut link = json!({ "href": format!("{coupons}/{id}") });
        if is_modern {
            link["targetHints"] = json!({ "allow": ["GET", "POST", "PUT", "PATCH", "DELETE"] });
        }
        let shown = json!({
            "id": id, "code": self.code, "amount": self.amount, "status": self.status,
            "date_created": dates::shown_local(self.created, zone), "date_created_gmt": dates::shown_gmt(self.created),
            "date_modified": dates::shown_local(self.modified, zone), "date_modified_gmt": dates::shown_gmt(self.modified),
            "discount_type": self.discount_type, "description": self.description,
            "date_expires": self.expires.map(|seconds| dates::shown_local(seconds, zone)),
            "date_expires_gmt": self.expires.map(dates::shown_gmt),
            "usage_count": self.usage_count, "individual_use": self.individual_use,
            "product_ids": self.product_ids, "excluded_product_ids": self.excluded_product_ids,
            "usage_limit": self.usage_limit, "usage_limit_per_user": self.usage_limit_per_user,
            "limit_usage_to_x_items": self.limit_usage_to_x_items, "free_shipping": self.free_shipping,
            "product_categories": self.product_categories,
            "excluded_product_categories": self.excluded_product_categories,
            "exclude_sale_items": self.exclude_sale_items, "minimum_amount": self.minimum_amount,
            "maximum_amount": maximum, "email_restrictions": self.email_restrictions, "used_by": self.used_by,
            "meta_data": self.meta_data,
            "_links": { "self": [link], "collection": [{ "href": coupons }] },
        });
        let mut shown = match shown {
            Value::Object(shown) => shown,
            _ => Map::new(),
        };
        shown.extend(self.raw.clone());
        shown
    }
}
