//! A letter goes to a channel.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::channel::{Answer, Channel, Wire};
use super::channels::{dingtalk, email, feishu, slack, teams, telegram, webhook, wecom};
use super::complaint::{address_of, complaint};
use super::letter::Letter;
use super::post::{Patience, Post};
use crate::domain::{Message, Timestamp};
use crate::message;

/// Sends `letter` once, and says what became of it. Nothing is tried again, but a text whose marks Telegram could not read.
/// `now` is what signatures and mails are dated with.
pub async fn send(channel: &Channel, letter: &Letter, now: Timestamp) -> Answer {
    send_within(channel, letter, now, Patience::default()).await
}

/// The same with a patience of one's own.
pub async fn send_within(channel: &Channel, letter: &Letter, now: Timestamp, patience: Patience) -> Answer {
    if let Some(why) = complaint(&channel.wire) {
        return Answer::Refused { why, repair: message!("channel-repair-settings") };
    }
    match brought(channel, letter, now, patience).await {
        Ok(()) => Answer::Delivered,
        Err(answer) => answer,
    }
}

/// How long to wait between two messages to a channel, so that its service goes on taking them.
pub fn pace(wire: &Wire) -> Duration {
    Duration::from_secs(match wire {
        Wire::Feishu { .. } | Wire::Slack { .. } | Wire::Teams { .. } | Wire::Email(_) | Wire::Webhook { .. } => 1,
        Wire::Telegram { .. } => 3,
        Wire::DingTalk { .. } | Wire::WeCom { .. } => 4,
    })
}

async fn brought(channel: &Channel, letter: &Letter, now: Timestamp, patience: Patience) -> Result<(), Answer> {
    let prefix = channel.prefix.as_deref();
    let post = |service| Post::new(channel, service, patience, now);
    match &channel.wire {
        Wire::Feishu { address, secret } => {
            feishu::deliver(&post(feishu::SERVICE)?, &url(address)?, exposed(secret), letter, prefix).await
        }
        Wire::DingTalk { address, secret } => {
            dingtalk::deliver(&post(dingtalk::SERVICE)?, &url(address)?, exposed(secret), letter, prefix).await
        }
        Wire::WeCom { address } => wecom::deliver(&post(wecom::SERVICE)?, &url(address)?, letter, prefix).await,
        Wire::Slack { address } => slack::deliver(&post(slack::SERVICE)?, &url(address)?, letter, prefix).await,
        Wire::Teams { address } => teams::deliver(&post(teams::SERVICE)?, &url(address)?, letter, prefix).await,
        Wire::Telegram { server, token, chat } => {
            let server = address_of(server).map_err(settings)?;
            let bot = telegram::Bot { server, token: token.expose_secret(), chat };
            telegram::deliver(&post(telegram::SERVICE)?, &bot, letter, prefix).await
        }
        Wire::Email(email) => email::deliver(channel, email, letter, now, patience).await,
        Wire::Webhook { address, secrets } => {
            let secrets: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
            webhook::deliver(&post(webhook::SERVICE)?, &url(address)?, &secrets, letter).await
        }
    }
}

fn url(address: &SecretString) -> Result<Url, Answer> {
    address_of(address.expose_secret()).map_err(settings)
}

fn settings(why: Message) -> Answer {
    Answer::Refused { why, repair: message!("channel-repair-settings") }
}

fn exposed(secret: &Option<SecretString>) -> Option<&str> {
    secret.as_ref().map(ExposeSecret::expose_secret)
}
