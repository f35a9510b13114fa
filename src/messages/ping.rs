//! A dead man's switch: an address elsewhere hears when an export begins and ends, and raises the alarm where it hears nothing. What it
//! answers never stops or delays the work.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::complaint::address_of;
use crate::domain::Message;
use crate::message;

const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);

/// What it is told, as healthchecks.io and those like it spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    Start,
    Success,
    Fail,
}

impl Beat {
    fn ending(self) -> &'static str {
        match self {
            Self::Start => "/start",
            Self::Success => "",
            Self::Fail => "/fail",
        }
    }
}

/// Tells `beat` to `address`, and tries it again a few times.
///
/// # Errors
/// Why nobody was told; the address is not in it.
pub async fn ping(address: &SecretString, beat: Beat) -> Result<(), Message> {
    let mut url = address_of(address.expose_secret())?;
    let path = format!("{}{}", url.path().trim_end_matches('/'), beat.ending());
    url.set_path(&path);
    // Fails only where the process already has a provider, and then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(PATIENCE)
        .user_agent(concat!("couponbook/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| message!("ping-failed", why = error.without_url().to_string()))?;
    let mut why = String::new();
    for attempt in 1..=TRIES {
        match client.get(url.clone()).send().await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => why = format!("HTTP {}", answer.status().as_u16()),
            Err(error) => why = error.without_url().to_string(),
        }
        if attempt < TRIES {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Err(message!("ping-failed", why = why))
}
