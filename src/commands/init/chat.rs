//! The channel that `init` begins with: what each kind asks for, and its `[[message]]`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use strum::VariantArray;

use super::example::{Line, quoted};
use crate::settings::ChannelKind;

/// What it is called in the config.
pub const NAME: &str = "team";

/// A channel of one's own, as it was typed or asked for.
#[derive(Debug, Clone)]
pub struct Chat {
    pub kind: ChannelKind,
    /// By key; what a channel does without may be left out.
    pub typed: BTreeMap<String, String>,
}

/// By the word of the config; Lark is Feishu abroad.
pub fn kind(typed: &str) -> Option<ChannelKind> {
    let word = typed.trim().to_lowercase();
    let word = if word == "lark" { "feishu" } else { word.as_str() };
    ChannelKind::VARIANTS.iter().copied().find(|kind| kind.word() == word)
}

pub fn kinds() -> String {
    ChannelKind::VARIANTS.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")
}

/// What is asked for, in this order.
pub fn lines(kind: ChannelKind) -> Vec<Line> {
    let needed = |key, value| Line { key, value, is_optional: false, whole: "" };
    let optional = |key, value| Line { key, value, is_optional: true, whole: "" };
    let address = needed("address", "{ env = \"TEAM_CHAT_ADDRESS\" }");
    match kind {
        ChannelKind::Feishu | ChannelKind::DingTalk => {
            vec![address, optional("secret", "{ env = \"TEAM_CHAT_SECRET\" }")]
        }
        ChannelKind::WeCom | ChannelKind::Slack | ChannelKind::Teams => vec![address],
        ChannelKind::Telegram => {
            vec![needed("token", "{ env = \"TELEGRAM_TOKEN\" }"), needed("chat", "\"-1001234567890\"")]
        }
        ChannelKind::Email => vec![
            needed("host", "\"smtp.example.com\""),
            needed("from", "\"coupons@example.com\""),
            needed("to", "\"mei@example.com\""),
            optional("encryption", "\"starttls\""),
            optional("login", "\"coupons@example.com\""),
            optional("password", "{ env = \"MAIL_PASSWORD\" }"),
        ],
        ChannelKind::Webhook => vec![address, needed("secret", "{ env = \"TEAM_CHAT_SECRET\" }")],
    }
}

impl Chat {
    /// Its lines in the config.
    pub fn section(&self) -> String {
        let mut section = format!("[[message]]\nchannel = \"{NAME}\"\nkind = \"{}\"\n", self.kind.word());
        for line in lines(self.kind) {
            let Some(typed) = self.typed.get(line.key) else { continue };
            // Several people are written with commas between them.
            let people = || typed.split(',').map(|one| quoted(one.trim())).collect::<Vec<_>>().join(", ");
            let own = if line.key == "to" { Some(format!("to = [{}]", people())) } else { line.with(typed) };
            let _ = writeln!(section, "{}", own.unwrap_or_default());
        }
        section
    }
}
