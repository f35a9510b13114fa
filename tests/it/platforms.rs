//! The connectors against hand-written servers on loopback, which answer with canned bytes and remember what they were asked.

mod authorize;
mod bounds;
mod contract;
mod copies;
mod lazada;
mod line;
mod mutated;
mod promises;
pub mod server;
mod sheet;
mod shopee;
mod shopify;
mod shopify_shop;
mod signing;
mod tiktok_shop;
mod woocommerce;
