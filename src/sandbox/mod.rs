//! Mock platforms on loopback, each written from its documents and never sharing code with `platforms`.
//!
//! A [`Scenario`] says what the shops start with; a [`Sandbox`] is a folder that remembers what became of them; [`Running`] is
//! that folder served over HTTP. Shopee and TikTok Shop answer at the root, Lazada under `/rest`, each shop of Shopify and
//! WooCommerce under its store's id. `/_sandbox/` is for the one who tests: faults, counts, edits behind the client's back.
//!
//! What is here: `scenario` (the file), `state` (the memory), `server` (HTTP, faults), and a folder a platform, which exports one
//! `ENTRY` (`entry` says what that holds, `entries` lists them). A further platform is a folder, and a line in `entries`.

#![allow(
    clippy::indexing_slicing,
    reason = "serde_json answers null for what is not there; what a test sends is its own"
)]

mod access;
mod entries;
mod entry;
mod exchange;
mod faults;
mod fields;
mod folder;
mod lazada;
mod scenario;
mod seed;
mod server;
mod shopee;
mod shopify;
mod state;
mod tiktok_shop;
mod tokens;
mod woocommerce;

pub use access::{SignIn, StoreAccess};
pub use entry::Clock;
pub use faults::{Fault, FaultKind, Faults, Matching, Nth, When};
pub use folder::{Sandbox, SandboxError};
pub use scenario::{Scenario, ScenarioError};
pub use server::{CallCount, Counts, Running};
pub use state::{AuditLine, StateError};
