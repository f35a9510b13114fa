//! The pretend platforms, held against their documents by a client that signs by hand.

mod client;
mod faults;
mod scenario;
mod shopee;
mod tiktok_shop;
mod woocommerce;
mod woocommerce_sign_in;
