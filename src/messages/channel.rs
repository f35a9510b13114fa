//! Where a letter goes, and what came of it.

use std::time::Duration;

use secrecy::SecretString;

use crate::domain::Message;

/// How the config calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub String);

/// One place where people read.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: ChannelId,
    pub wire: Wire,
    /// Stands before every title: some bots take only what holds a certain word.
    pub prefix: Option<String>,
    /// Through which proxy.
    pub proxy: Option<String>,
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
