//! The only room that speaks HTTP to platforms.
//!
//! A folder a platform: `wire` is their JSON and their signing, `mod` turns it into our words, `abilities` says what they can
//! do, and its `ENTRY` is all that the rest of the program asks. Waiting, limiting, proxies, retries of reads and the call log lie
//! in `client`, staying signed in lies in `session`, and both are written once for all of them.
//! To add a platform: a folder here, its line in [`PLATFORMS`], and a room in `sandbox`.

mod account;
pub mod authorize;
mod call_log;
mod connector;
mod entry;
pub mod lazada;
mod lenient;
mod line;
mod network;
pub mod pace;
mod remembered;
mod secrets;
pub mod shopee;
pub mod shopify;
pub mod tiktok_shop;
mod tokens;
pub mod woocommerce;

pub use account::{Account, ConnectError, Credentials, LazadaTokens, PaceOverride, Proxy, ShopifySignIn};
pub use authorize::{Reply, ReplyError};
pub use call_log::{CallLog, CallOutcome, CallRecord};
pub use connector::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, Tally, is_ours};
pub use entry::{Connected, Entry, Platforms};
pub use network::{Clock, Network, Patience};
pub use pace::{AppPace, Pace, QuotaLeft, StorePace};
pub use tokens::{SignInKind, Standing};

/// Every platform, in the order in which they are shown.
pub static PLATFORMS: Platforms = Platforms::new(&ENTRIES);

static ENTRIES: [&Entry; 5] =
    [&shopee::ENTRY, &lazada::ENTRY, &tiktok_shop::ENTRY, &shopify::ENTRY, &woocommerce::ENTRY];
