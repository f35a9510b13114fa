//! Keeps secrets out of everything that people read, also where a platform repeats them in its answer.

use data_encoding::BASE64;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::{Mutex, PoisonError};

const MASK: &str = "••••";
/// Shorter texts would mask ordinary words.
const LETTERS_MIN: usize = 6;
/// What a person reads of a platform's message.
const MESSAGE_LETTERS_MAX: usize = 200;

/// The secrets of one store, as they may stand in a text.
#[derive(Default)]
pub(super) struct Secrets(Mutex<Vec<String>>);

impl Secrets {
    /// From now on masked: as it is, percent-encoded, and in base64.
    pub fn add(&self, secret: &str) {
        if secret.len() < LETTERS_MIN {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        for spelling in [secret.to_string(), encoded, BASE64.encode(secret.as_bytes())] {
            if !known.contains(&spelling) {
                known.push(spelling);
            }
        }
        // The longest first: a secret that is a part of another must not leave the rest of it standing.
        known.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    }

    /// `text` on one line, without control characters and secrets, and shortened.
    pub fn tidy(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let masked = known.iter().fold(text.to_string(), |text, secret| text.replace(secret.as_str(), MASK));
        let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain: String = line.chars().filter(|c| !c.is_control()).collect();
        match plain.char_indices().nth(MESSAGE_LETTERS_MAX) {
            Some((cut, _)) => format!("{}…", &plain[..cut]),
            None => plain,
        }
    }
}
