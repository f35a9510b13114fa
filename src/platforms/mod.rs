//! The only module that speaks HTTP to platforms.
//!
//! A folder a platform: `wire` is their JSON and their signing, `mod` turns it into our words, `abilities` says what they can
//! do, and its `ENTRY` is all that the rest of the program asks. Waiting, limiting, proxies, retries of reads and the call log lie
//! in `client`, staying signed in lies in `session`, and both are written once for all of them.
//! `sheet` calls nobody: its stores have a file in place of an API, which the reader of workbooks reads.
//! To add a platform: a folder here, its line in [`PLATFORMS`], and a module in `sandbox`.

mod ability_rules;
mod account;
mod call_log;
mod client;
mod connector;
mod entry;
mod errors;
mod hashes;
mod keys;
pub mod lazada;
mod lenient;
mod listed;
mod network;
pub mod pace;
mod paging;
mod remembered;
mod renewal;
mod session;
pub mod sheet;
pub mod shopee;
pub mod shopify;
mod sign_in;
pub mod tiktok_shop;
mod token_pair;
mod tokens;
pub mod woocommerce;
mod wrong_shop;

pub use account::{Account, ConnectError, PaceOverride, Proxy};
pub use call_log::{CallLog, CallOutcome, CallRecord};
pub use client::Tally;
pub use connector::{Connector, Health, KnownCoupons, Listing, Receipt, is_ours};
pub use entry::{Connected, Entry, Platforms};
pub use errors::{CallError, CallErrorKind, SendError, without_known_pages};
pub use keys::{Key, KeyCheck, KeyKind, KeyProblem, Keys, Place};
pub use network::{Clock, Network, RetryPolicy};
pub use pace::{AppPace, Pace, QuotaLeft, StorePace};
pub use remembered::DetailCache;
pub use sign_in::{Consent, KeysOfConfig, Redirect, Reply, ReplyError, SignIn, SignInError};
pub use tokens::{SignInKind, SignInStatus};
pub use wrong_shop::{clock_message, differences, wrong_clock, wrong_shop};

/// Every platform, in the order in which they are shown.
pub static PLATFORMS: Platforms = Platforms::new(&ENTRIES);

static ENTRIES: [&Entry; 6] =
    [&shopee::ENTRY, &lazada::ENTRY, &tiktok_shop::ENTRY, &shopify::ENTRY, &woocommerce::ENTRY, &sheet::ENTRY];
