//! The mock platforms, held against their documents by a client that signs by hand.

mod client;
mod faults;
mod lazada;
mod lazada_client;
mod lazada_sign_in;
mod scenario;
mod shopee;
mod shopify;
mod tiktok_shop;
mod woocommerce;
mod woocommerce_sign_in;
