//! Where a letter goes, and what came of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::Message;
use crate::foreign::Secrets;

/// How the config calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub String);

/// One place where people read.
#[derive(Clone)]
pub struct Channel {
    pub id: ChannelId,
    pub wire: Wire,
    /// Stands before every title: some bots take only what holds a certain word.
    pub prefix: Option<String>,
    /// Through which proxy.
    pub proxy: Option<String>,
}

/// A proxy's address can hold a password.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, wire, prefix, proxy } = self;
        let proxy = proxy.as_ref().map(|_| "…");
        f.debug_struct("Channel")
            .field("id", id)
            .field("wire", wire)
            .field("prefix", prefix)
            .field("proxy", &proxy)
            .finish()
    }
}

impl Channel {
    /// All that must never be shown, whoever repeats it: addresses whole and in the parts that tell, keys and passwords.
    pub fn secrets(&self) -> Secrets {
        let secrets = Secrets::default();
        if let Wire::Feishu { address, .. }
        | Wire::DingTalk { address, .. }
        | Wire::WeCom { address }
        | Wire::Slack { address }
        | Wire::Teams { address }
        | Wire::Webhook { address, .. } = &self.wire
        {
            secrets.add(address.expose_secret());
        }
        self.proxy.iter().for_each(|proxy| secrets.add(proxy));
        self.hide(&secrets);
        secrets
    }

    /// Adds the parts that tell, but no address whole: the name of a service is no secret where other things are said.
    pub fn hide(&self, secrets: &Secrets) {
        if let Some(proxy) = &self.proxy {
            add_address(secrets, proxy);
        }
        match &self.wire {
            Wire::Feishu { address, secret } | Wire::DingTalk { address, secret } => {
                add_address(secrets, address.expose_secret());
                secret.iter().for_each(|secret| secrets.add(secret.expose_secret()));
            }
            Wire::WeCom { address } | Wire::Slack { address } | Wire::Teams { address } => {
                add_address(secrets, address.expose_secret());
            }
            Wire::Telegram { token, .. } => secrets.add(token.expose_secret()),
            Wire::Email(email) => {
                email.login.iter().for_each(|(_, password)| secrets.add_password(password.expose_secret()));
            }
            Wire::Webhook { address, secrets: keys } => {
                add_address(secrets, address.expose_secret());
                keys.iter().for_each(|key| secrets.add(key.expose_secret()));
            }
        }
    }
}

/// Shorter parts of an address are words.
const PART_LETTERS_MIN: usize = 8;
/// So many small letters are no word any more.
const WORD_LETTERS_MAX: usize = 16;

fn add_address(secrets: &Secrets, address: &str) {
    let Ok(url) = Url::parse(address) else { return };
    let values: Vec<String> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
    let path: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    // `services` and `workflows` stand in every address of their service, and in what others write: who hides them hides nothing.
    let is_word = |part: &str| {
        part.len() < WORD_LETTERS_MAX && part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
    };
    let telling: Vec<&str> =
        path.iter().copied().filter(|part| part.len() >= PART_LETTERS_MIN && !is_word(part)).collect();
    let long_values = values.iter().map(String::as_str).filter(|value| value.len() >= PART_LETTERS_MIN);
    let parts: Vec<&str> = telling.into_iter().chain(long_values).chain(url.password()).collect();
    // Of an address of words alone the last one is all that tells it from others.
    let last = path.last().copied().filter(|last| parts.is_empty() && last.len() >= PART_LETTERS_MIN);
    parts.into_iter().chain(last).for_each(|part| secrets.add(part));
}

/// What each kind of channel needs. An address is a secret too: who knows it can write there.
#[derive(Debug, Clone)]
pub enum Wire {
    /// Feishu and Lark: a custom bot's address, and its signing secret where it has one.
    Feishu {
        address: SecretString,
        secret: Option<SecretString>,
    },
    DingTalk {
        address: SecretString,
        secret: Option<SecretString>,
    },
    WeCom {
        address: SecretString,
    },
    Slack {
        address: SecretString,
    },
    /// A workflow's address.
    Teams {
        address: SecretString,
    },
    /// `server` is `https://api.telegram.org`, or the team's own.
    Telegram {
        server: String,
        token: SecretString,
        chat: String,
    },
    Email(Email),
    /// Signed as Standard Webhooks does; two secrets while one takes the other's place.
    Webhook {
        address: SecretString,
        secrets: Vec<SecretString>,
    },
}

/// A server that takes mail.
#[derive(Debug, Clone)]
pub struct Email {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Login and password.
    pub login: Option<(String, SecretString)>,
    pub from: String,
    pub to: Vec<String>,
    /// The certificates of the server's own authority, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// How a mail server is talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte, mostly on port 465.
    Tls,
    /// Asked for and insisted on, mostly on port 587.
    Starttls,
    /// In the clear: never with a password, but to this machine itself.
    None,
}

/// What became of a letter. Its words are for people, and hold no address and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The channel has it.
    Delivered,
    /// The channel has it, but not the file that was to go along: why. To send it once more would tell everything twice.
    DeliveredWithoutFile { why: Message },
    /// It said no for a reason that lasts: what it said, and what to do.
    Refused { why: Message, repair: Message },
    /// It does not have it, and may take it later: after that time where it named one.
    NotSent { why: Message, after: Option<Duration> },
    /// It may have it or not.
    Unknown { why: Message },
}
