//! What can never work, told when the settings are read and not with the first message.

use std::net::IpAddr;

use secrecy::ExposeSecret;
use url::{Host, Url};

use super::channel::{Email, Encryption, Wire};
use super::channels::email::mailbox;
use super::sign;
use crate::domain::Message;
use crate::message;

/// Why `wire` can never bring a message, and what to write instead, in one sentence; it names no address and no secret. Nobody is
/// asked: an address that is well made can still be the wrong one.
pub fn complaint(wire: &Wire) -> Option<Message> {
    match wire {
        Wire::Feishu { address, .. } | Wire::DingTalk { address, .. } | Wire::Slack { address } => {
            address_of(address.expose_secret()).err()
        }
        Wire::WeCom { address } => wecom(address.expose_secret()).err(),
        Wire::Teams { address } => teams(address.expose_secret()).err(),
        Wire::Telegram { server, token, chat } => telegram(server, token.expose_secret(), chat).err(),
        Wire::Email(email) => mail(email).err(),
        Wire::Webhook { address, secrets } => {
            let is_wrong = secrets.iter().any(|secret| sign::webhook_key(secret.expose_secret()).is_none());
            let secret = is_wrong.then(|| message!("channel-wrong-webhook-secret"));
            address_of(address.expose_secret()).err().or(secret)
        }
    }
}

/// An address that may be sent to: with TLS, or on this machine.
pub fn address_of(address: &str) -> Result<Url, Message> {
    let url = Url::parse(address.trim()).map_err(|_| message!("channel-wrong-address"))?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_this_machine(url.host()) => Ok(url),
        "http" => Err(message!("channel-plain-http")),
        _ => Err(message!("channel-wrong-address")),
    }
}

fn wecom(address: &str) -> Result<(), Message> {
    let is_key_alone = !address.contains("://") && !address.trim().is_empty();
    let url =
        address_of(address).map_err(|why| if is_key_alone { message!("channel-wecom-key-alone") } else { why })?;
    let key = url.query_pairs().find(|(name, _)| name == "key").map(|(_, key)| key.into_owned());
    match key {
        Some(key) if key.contains("://") => Err(message!("channel-wecom-address-as-key")),
        Some(key) if !key.is_empty() => Ok(()),
        _ => Err(message!("channel-wecom-no-key")),
    }
}

fn teams(address: &str) -> Result<(), Message> {
    let url = address_of(address)?;
    let host = url.host_str().unwrap_or_default();
    let ends = |end: &str| host == end || host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
    if ends("webhook.office.com") || ends("outlook.office.com") {
        return Err(message!("channel-teams-connector"));
    }
    if ends("logic.azure.com") {
        return Err(message!("channel-teams-old-flow"));
    }
    Ok(())
}

fn telegram(server: &str, token: &str, chat: &str) -> Result<(), Message> {
    address_of(server)?;
    let is_token = token.split_once(':').is_some_and(|(bot, key)| {
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !bot.is_empty() && bot.chars().all(|c| c.is_ascii_digit()) && !key.is_empty() && key.chars().all(is_key)
    });
    if !is_token {
        return Err(message!("channel-wrong-telegram-token"));
    }
    let is_number = chat.strip_prefix('-').unwrap_or(chat).chars().all(|c| c.is_ascii_digit());
    let is_chat = chat.len() > 1 && (is_number || chat.starts_with('@'));
    if is_chat { Ok(()) } else { Err(message!("channel-wrong-telegram-chat")) }
}

fn mail(email: &Email) -> Result<(), Message> {
    let host = Host::parse(&email.host).map_err(|_| message!("channel-mail-host"))?;
    if email.to.is_empty() {
        return Err(message!("channel-mail-nobody"));
    }
    if let Some(address) = email.to.iter().chain([&email.from]).find(|address| mailbox(address).is_none()) {
        return Err(message!("channel-mail-address", address = address));
    }
    let is_here = is_this_machine(Some(host));
    if email.encryption == Encryption::None && email.login.is_some() && !is_here {
        return Err(message!("channel-mail-password-in-the-clear"));
    }
    Ok(())
}

fn is_this_machine(host: Option<Host<impl AsRef<str>>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name.as_ref() == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
