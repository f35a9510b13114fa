//! Tokens and authorization codes, as every mock platform keeps them: by holder and kind, counted in generations.

use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Row, params};
use sha2::Sha256;
use strum::{EnumString, IntoStaticStr};

use super::state::{Act, Stored};
use crate::domain::Timestamp;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum TokenKind {
    Access,
    /// An access token without an end.
    Endless,
    Refresh,
    /// What the consent page gives, to be traded in once.
    Code,
}

impl TokenKind {
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A token as it is kept, ended or not.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub text: String,
    pub kind: TokenKind,
    /// The store, or the seller, that it speaks for.
    pub holder: String,
    pub generation: i64,
    /// Whole seconds; it is no longer good at this instant.
    pub ends: Timestamp,
    /// When it was first used, or traded in.
    pub used: Option<Timestamp>,
}

const COLUMNS: &str = "token, kind, store, generation, expires, used";

impl Token {
    fn of_row(row: &Row) -> rusqlite::Result<Self> {
        let instant = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        Ok(Self {
            text: row.get(0)?,
            kind: row.get::<_, String>(1)?.parse().unwrap_or(TokenKind::Code),
            holder: row.get(2)?,
            generation: row.get(3)?,
            ends: instant(row.get(4)?),
            used: row.get::<_, Option<i64>>(5)?.map(instant),
        })
    }

    pub fn is_good(&self, kind: TokenKind, now: Timestamp) -> bool {
        self.kind == kind && now < self.ends
    }
}

impl Act<'_> {
    /// The token with this text, whosever and whether good or not.
    pub fn token(&self, text: &str) -> Stored<Option<Token>> {
        self.row(&format!("SELECT {COLUMNS} FROM tokens WHERE token = ?1"), [text], Token::of_row)
    }

    /// The last one of a kind that `holder` got.
    pub fn latest_token(&self, holder: &str, kind: TokenKind) -> Stored<Option<Token>> {
        let which = "WHERE store = ?1 AND kind = ?2 ORDER BY generation DESC LIMIT 1";
        self.row(&format!("SELECT {COLUMNS} FROM tokens {which}"), [holder, kind.word()], Token::of_row)
    }

    /// The generation of the last one of a kind; 0 before the first.
    pub fn token_generation(&self, holder: &str, kind: TokenKind) -> Stored<i64> {
        Ok(self.latest_token(holder, kind)?.map_or(0, |token| token.generation))
    }

    pub fn add_token(&self, holder: &str, kind: TokenKind, generation: i64, text: &str, ends: Timestamp) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO tokens (token, store, kind, generation, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run(sql, params![text, holder, kind.word(), generation, ends.timestamp()]).map(drop)
    }

    /// Notes that a token was used, or traded in, at `now`.
    pub fn use_token(&self, text: &str, now: Timestamp) -> Stored<()> {
        self.run("UPDATE tokens SET used = ?2 WHERE token = ?1", params![text, now.timestamp()]).map(drop)
    }

    /// Trades a good code in, once. None where it is not one, not any more, or not of a holder that `is_holder`.
    pub fn trade_code(
        &self,
        text: &str,
        now: Timestamp,
        is_holder: impl FnOnce(&str) -> bool,
    ) -> Stored<Option<Token>> {
        let found = self.token(text)?;
        let good = found.filter(|code| code.is_good(TokenKind::Code, now) && code.used.is_none());
        let Some(code) = good.filter(|code| is_holder(&code.holder)) else { return Ok(None) };
        self.use_token(text, now)?;
        Ok(Some(code))
    }

    /// Ends the tokens of a kind, of one holder or of all, at `at` where they would live longer.
    pub fn end_tokens(&self, holder: Option<&str>, kind: TokenKind, at: Timestamp) -> Stored<()> {
        let sql = "UPDATE tokens SET expires = min(expires, ?1) WHERE (?2 IS NULL OR store = ?2) AND kind = ?3";
        self.run(sql, params![at.timestamp(), holder, kind.word()]).map(drop)
    }

    /// Ends one token at `at`.
    pub fn end_token(&self, text: &str, at: Timestamp) -> Stored<()> {
        self.run("UPDATE tokens SET expires = ?2 WHERE token = ?1", params![text, at.timestamp()]).map(drop)
    }

    /// Whether a nonce is new to its key; those that were signed before `forgotten` are let go.
    pub fn take_nonce(&self, key: &str, nonce: &str, at: Timestamp, forgotten: Timestamp) -> Stored<bool> {
        self.run("DELETE FROM nonces WHERE at < ?1", [forgotten.timestamp()])?;
        let sql = "INSERT OR IGNORE INTO nonces (consumer_key, nonce, at) VALUES (?1, ?2, ?3)";
        Ok(self.run(sql, params![key, nonce, at.timestamp()])? == 1)
    }

    /// Forgets every token of `holder` but the codes.
    pub fn forget_tokens(&self, holder: &str) -> Stored<()> {
        self.run("DELETE FROM tokens WHERE store = ?1 AND kind <> 'code'", [holder]).map(drop)
    }

    /// Forgets the refresh tokens of `holder` that came before a generation.
    pub fn forget_refresh_tokens_before(&self, holder: &str, generation: i64) -> Stored<()> {
        let sql = "DELETE FROM tokens WHERE store = ?1 AND kind = 'refresh' AND generation < ?2";
        self.run(sql, params![holder, generation]).map(drop)
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub(super) fn hmac_sha256(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    hmac::<Hmac<Sha256>>(key, parts)
}

pub(super) fn hmac<M: Mac + KeyInit>(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes a key of any length, so there is no error to answer with.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key.as_bytes()) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
