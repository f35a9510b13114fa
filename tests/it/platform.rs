//! The platforms by name, for tests about one of them.

use couponbook::domain::Platform;

pub const SHOPEE: Platform = Platform::new("shopee");
pub const LAZADA: Platform = Platform::new("lazada");
pub const TIKTOK_SHOP: Platform = Platform::new("tiktok_shop");
pub const SHOPIFY: Platform = Platform::new("shopify");
pub const SHEET: Platform = Platform::new("sheet");
pub const WOOCOMMERCE: Platform = Platform::new("woocommerce");
pub const ALL: [Platform; 5] = [SHOPEE, LAZADA, TIKTOK_SHOP, SHOPIFY, WOOCOMMERCE];
