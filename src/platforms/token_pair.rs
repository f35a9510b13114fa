//! What a platform gives who signs in.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// What the platform gave last. No `Debug`: it would print the tokens.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct TokenPair {
    pub access_token: String,
    pub access_ends: Timestamp,
    pub refresh_token: String,
    /// A fingerprint of the configured credentials that this pair descends from.
    pub seed: String,
    /// When the refresh token ends if it is not used before, where each use brings a new one with a new end.
    #[serde(default)]
    pub refresh_ends: Option<Timestamp>,
    /// When the seller's authorization ends, where the platform tells.
    #[serde(default)]
    pub authorization_ends: Option<Timestamp>,
    /// What the platform calls the shop or seller, where it told.
    #[serde(default)]
    pub signed_in_as: Option<String>,
}

impl TokenPair {
    /// A token that came without a refresh token and without any end is valid until it is revoked.
    pub fn has_no_end(&self) -> bool {
        self.refresh_token.is_empty() && self.authorization_ends.is_none()
    }
}
