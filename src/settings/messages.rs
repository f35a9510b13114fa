//! `[[message]]`: the channels that people read, what each hears of, and where its secrets lie.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use secrecy::SecretString;
use strum::VariantArray;
use toml::Spanned;

use super::StoreSettings;
use super::asked::Form;
use super::bounds;
use super::complaints::{Complaints, Problem};
use super::secret::{Hiding, NOT_LOOKED_UP, NoSecret};
use super::section::Section;
use crate::domain::{Listener, QuietHours, StoreId, Topic};
use crate::language::Language;
use crate::messages::{Channel, ChannelId, Email, Encryption, Wire};
use crate::rules::Pattern;

/// A channel of the config.
#[derive(Debug, Clone)]
pub struct MessageSettings {
    pub id: ChannelId,
    pub kind: ChannelKind,
    /// Or why nothing can be sent there: its secrets are not where the config says, or were not looked up.
    pub channel: Result<Channel, String>,
    pub listener: Listener,
    pub language: Language,
    /// Whether the workbook goes along.
    pub attach: bool,
    /// The team's own templates.
    pub templates: Option<PathBuf>,
}

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum ChannelKind {
    Feishu,
    DingTalk,
    WeCom,
    Slack,
    Teams,
    Telegram,
    Email,
    Webhook,
}

impl ChannelKind {
    /// As in the config.
    pub fn word(self) -> &'static str {
        self.into()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Feishu => "Feishu",
            Self::DingTalk => "DingTalk",
            Self::WeCom => "WeCom",
            Self::Slack => "Slack",
            Self::Teams => "Microsoft Teams",
            Self::Telegram => "Telegram",
            Self::Email => "e-mail",
            Self::Webhook => "webhook",
        }
    }
}

const CHANNEL: Form = Form::Like("at most 40 of a-z, 0-9, `-` and `_`", "^[a-z0-9][a-z0-9_-]{0,39}$");
const SPAN: Form = Form::Like("hours or days, from 1h to 90d", "^\\s*[0-9]+\\s*[hHdD]\\s*$");
const HOURS: Form =
    Form::Like("from when until when", "^\\s*[0-2]?[0-9]:[0-5][0-9]\\s*[-–]\\s*[0-2]?[0-9]:[0-5][0-9]\\s*$");

const TELEGRAM: &str = "https://api.telegram.org";
const USUAL_REPEAT: &str = "24h";
const REPEAT_WANTED: &str = "write hours or days from 1h to 90d, such as \"24h\"";
const ENCRYPTION: [(&str, Encryption); 3] =
    [("tls", Encryption::Tls), ("starttls", Encryption::Starttls), ("none", Encryption::None)];

/// What a `[[message]]` leaves to the rest of the config.
pub(super) struct Around<'a> {
    pub stores: &'a [StoreSettings],
    pub zone: Tz,
    pub language: Language,
    pub home: &'a Path,
    pub hiding: Hiding<'a>,
}

/// The channels, in the config's order and never two of one name.
pub(super) fn messages(sections: Vec<Section>, around: &Around) -> Vec<MessageSettings> {
    let mut channels: Vec<MessageSettings> = Vec::new();
    for section in sections {
        let (at, complaints) = (section.at, section.complaints);
        let Some(channel) = message(section, around) else { continue };
        if channels.iter().any(|other| other.id == channel.id) {
            let what = format!("two channels are called {}", channel.id.0);
            complaints.near(at, what, "give each a name of its own");
        }
        channels.push(channel);
    }
    channels
}

fn message(mut section: Section, around: &Around) -> Option<MessageSettings> {
    let it = &mut section;
    let id = it.needed_as("channel", CHANNEL).and_then(|typed| channel_id(&typed, it.complaints));
    let lark = [("lark", ChannelKind::Feishu)];
    let kinds = ChannelKind::VARIANTS.iter().map(|kind| (kind.word(), *kind)).chain(lark);
    it.must_have("kind");
    let kind = it.choice("kind", "a kind of channel", kinds);
    let wire = kind.and_then(|kind| wire(it, kind, around));
    let listener = listener(it, around);
    let languages = Language::all().map(|language| (language.tag(), language));
    let language = it.choice("language", "a language that messages can be written in", languages);
    let prefix = it.word("prefix").filter(|prefix| !prefix.trim().is_empty());
    let attach = it.flag("attach").unwrap_or(false);
    let templates = it.path("templates").map(|folder| around.home.join(folder));
    if kind.is_some() {
        section.end();
    }
    let (id, (wire, proxy)) = (id?, wire?);
    let channel = wire.map(|wire| Channel { id: id.clone(), wire, prefix, proxy });
    let language = language.unwrap_or(around.language);
    Some(MessageSettings { id, kind: kind?, channel, listener, language, attach, templates })
}

/// It names a file too.
fn channel_id(typed: &Spanned<String>, complaints: &Complaints) -> Option<ChannelId> {
    let text = typed.get_ref().as_str();
    let id = StoreId::parse(text).ok().filter(|_| !text.contains('.')).map(|id| ChannelId(id.to_string()));
    let wanted = "write at most 40 of a-z, 0-9, `-` and `_`, beginning with a letter or digit; Windows' names of devices do not count";
    complaints.read(id, typed.span().start, format!("{text:?} is not a name for a channel"), wanted)
}

/// What it needs to be sent to, or why that is not there.
type Found<T> = Result<T, String>;

/// The channel's own keys; none where they are wrong, which was complained about.
fn wire(section: &mut Section, kind: ChannelKind, around: &Around) -> Option<(Found<Wire>, Option<String>)> {
    let before = section.complaints.count();
    let lacking = RefCell::default();
    let secrets = Secrets { around, lacking: &lacking };
    let wire = wire_of(section, kind, &secrets);
    let proxy = secrets.maybe_open(section, "proxy");
    let lacking: Vec<Problem> = lacking.take();
    if section.complaints.count() > before {
        return None;
    }
    let found = match (wire, lacking.is_empty(), around.hiding.needs.message_secrets) {
        (_, _, false) => Err(NOT_LOOKED_UP.to_string()),
        (Some(wire), true, true) => Ok(wire),
        (_, _, true) => Err(lacking.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ")),
    };
    Some((found, proxy))
}

fn wire_of(section: &mut Section, kind: ChannelKind, secrets: &Secrets) -> Option<Wire> {
    Some(match kind {
        ChannelKind::Feishu => {
            let (address, secret) = (secrets.needed(section, "address"), secrets.maybe(section, "secret"));
            Wire::Feishu { address: address?, secret }
        }
        ChannelKind::DingTalk => {
            let (address, secret) = (secrets.needed(section, "address"), secrets.maybe(section, "secret"));
            Wire::DingTalk { address: address?, secret }
        }
        ChannelKind::WeCom => Wire::WeCom { address: secrets.needed(section, "address")? },
        ChannelKind::Slack => Wire::Slack { address: secrets.needed(section, "address")? },
        ChannelKind::Teams => Wire::Teams { address: secrets.needed(section, "address")? },
        ChannelKind::Telegram => {
            let token = secrets.needed(section, "token");
            let chat = needed(section, "chat", |section| section.digits("chat").map(Spanned::into_inner));
            let server = section.word("server").unwrap_or_else(|| TELEGRAM.to_string());
            Wire::Telegram { server, token: token?, chat: chat? }
        }
        ChannelKind::Email => Wire::Email(email(section, secrets)?),
        ChannelKind::Webhook => {
            let (address, secret) = (secrets.needed(section, "address"), secrets.needed(section, "secret"));
            let old = secrets.maybe(section, "old_secret");
            Wire::Webhook { address: address?, secrets: secret.into_iter().chain(old).collect() }
        }
    })
}

fn email(section: &mut Section, secrets: &Secrets) -> Option<Email> {
    let (at, complaints) = (section.at, section.complaints);
    let host = section.needed("host").map(Spanned::into_inner);
    let encryption = section.choice("encryption", "a way to encrypt mail", ENCRYPTION).unwrap_or(Encryption::Starttls);
    let usual_port = match encryption {
        Encryption::Tls => 465,
        Encryption::Starttls => 587,
        Encryption::None => 25,
    };
    let port = section.number(&bounds::MAIL_PORT).unwrap_or(usual_port);
    let (login, password) = (section.word("login"), secrets.maybe(section, "password"));
    let has_password = section.is_given("password");
    if login.is_some() != has_password {
        complaints.near(at, "login and password go together", "write both, or neither where the server asks for none");
    }
    let from = section.needed("from").map(Spanned::into_inner);
    let to = needed(section, "to", |section| section.texts("to"));
    let ca_file = section.path("ca_file").map(|path| secrets.around.home.join(path));
    let to: Vec<String> = to?.into_iter().map(Spanned::into_inner).collect();
    if to.is_empty() {
        complaints.near(at, "to is empty", "write to = [\"mei@example.com\"]");
    }
    Some(Email { host: host?, port, encryption, login: login.zip(password), from: from?, to, ca_file })
}

/// A value that must be there, read as `read` does.
fn needed<T>(section: &mut Section, key: &'static str, read: impl FnOnce(&mut Section) -> Option<T>) -> Option<T> {
    section.must_have(key);
    read(section)
}

/// The secrets of one channel: one that is not where the config says costs this channel, and nothing else.
struct Secrets<'a> {
    around: &'a Around<'a>,
    lacking: &'a RefCell<Vec<Problem>>,
}

impl Secrets<'_> {
    fn needed(&self, section: &mut Section, key: &'static str) -> Option<SecretString> {
        needed(section, key, |section| self.maybe(section, key))
    }

    fn maybe(&self, section: &mut Section, key: &'static str) -> Option<SecretString> {
        let complaints = section.complaints;
        let typed = section.secret(key)?;
        let (at, place) = (typed.span().start, typed.into_inner());
        if place.is_named() && !self.around.hiding.needs.message_secrets {
            return None;
        }
        match place.secret(key, complaints.secret_example(key), self.around.home, self.around.hiding) {
            Ok(secret) => Some(secret),
            Err(NoSecret::Unnamed((what, wanted))) => {
                complaints.at(at, what, wanted);
                None
            }
            Err(NoSecret::Missing((what, wanted))) => {
                self.lacking.borrow_mut().push(complaints.problem(at, what, wanted));
                None
            }
        }
    }

    /// A proxy: with a password in it a secret, and else none.
    fn maybe_open(&self, section: &mut Section, key: &'static str) -> Option<String> {
        use secrecy::ExposeSecret;
        let is_open = section.proxy(key)?.get_ref().open_text().filter(|text| !text.contains('@')).map(str::to_string);
        is_open.or_else(|| self.maybe(section, key).map(|secret| secret.expose_secret().to_string()))
    }
}

fn listener(section: &mut Section, around: &Around) -> Listener {
    let complaints = section.complaints;
    let each = Form::Word(Topic::VARIANTS.iter().map(|topic| topic.into()).collect());
    let topics =
        section.texts_as("what", each).map(|words| words.iter().filter_map(|word| topic(word, complaints)).collect());
    Listener {
        topics: topics.unwrap_or_else(|| Topic::USUAL.into()),
        stores: scope(section, around.stores),
        repeat_after: section
            .text_as("repeat_after", SPAN)
            .and_then(|typed| span(&typed, complaints))
            .unwrap_or_else(usual_repeat),
        quiet: section.text_as("quiet", HOURS).and_then(|typed| quiet(&typed, around.zone, complaints)),
    }
}

fn topic(typed: &Spanned<String>, complaints: &Complaints) -> Option<Topic> {
    let words = Topic::VARIANTS.iter().map(|topic| (topic.into(), *topic));
    super::words::choice(typed, "anything that a channel can hear of", words, complaints)
}

fn usual_repeat() -> TimeDelta {
    read_span(USUAL_REPEAT).unwrap_or(TimeDelta::days(1))
}

fn span(typed: &Spanned<String>, complaints: &Complaints) -> Option<TimeDelta> {
    let what = format!("repeat_after: {:?} is no span", typed.get_ref());
    complaints.read(read_span(typed.get_ref()), typed.span().start, what, REPEAT_WANTED)
}

fn read_span(text: &str) -> Option<TimeDelta> {
    let text = text.trim().to_lowercase();
    let hours = match (text.strip_suffix('h'), text.strip_suffix('d')) {
        (Some(hours), _) => hours.trim().parse::<i64>().ok()?,
        (_, Some(days)) => days.trim().parse::<i64>().ok()?.checked_mul(24)?,
        (None, None) => return None,
    };
    (1..=90 * 24).contains(&hours).then(|| TimeDelta::hours(hours))
}

fn quiet(typed: &Spanned<String>, zone: Tz, complaints: &Complaints) -> Option<QuietHours> {
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let hours = typed.get_ref().split_once(['-', '–']).and_then(|(from, until)| Some((time(from)?, time(until)?)));
    let hours = hours.filter(|(from, until)| from != until);
    let what = format!("quiet: {:?} are no hours", typed.get_ref());
    let wanted = "write from when until when, in the team's time zone, such as \"22:00-08:00\"";
    let (from, until) = complaints.read(hours, typed.span().start, what, wanted)?;
    Some(QuietHours { from, until, zone })
}

/// How a key of the scope is called of one store, and what a store has there.
type Named = (&'static str, &'static str, fn(&StoreSettings) -> Option<&str>);

const SCOPE: [Named; 5] = [
    ("stores", "no store is called", |it| Some(it.store.id.as_str())),
    ("groups", "no store has the group", |it| it.group.as_deref()),
    ("owners", "no store has the owner", |it| it.store.owner.as_deref()),
    ("regions", "no store has the region", |it| it.region.as_deref()),
    ("platforms", "no store is on", |it| Some(it.store.platform.word())),
];

/// The stores that answer to every key that is given; none where none is.
fn scope(section: &mut Section, stores: &[StoreSettings]) -> Option<BTreeSet<StoreId>> {
    let (at, complaints) = (section.at, section.complaints);
    let mut matching: Option<BTreeSet<StoreId>> = None;
    for (key, none, of) in SCOPE {
        let Some(words) = section.texts(key) else { continue };
        let found: BTreeSet<StoreId> =
            words.iter().flat_map(|typed| answering(typed, (none, of), stores, complaints)).collect();
        matching = Some(match matching {
            Some(before) => before.intersection(&found).cloned().collect(),
            None => found,
        });
    }
    if matching.as_ref().is_some_and(BTreeSet::is_empty) && complaints.count() == 0 {
        complaints.near(
            at,
            "this channel hears of no store",
            "let its stores, groups, owners, regions and platforms meet in one",
        );
    }
    matching
}

fn answering(
    typed: &Spanned<String>,
    (none, of): (&str, fn(&StoreSettings) -> Option<&str>),
    stores: &[StoreSettings],
    complaints: &Complaints,
) -> Vec<StoreId> {
    let pattern = Pattern::parse(&typed.get_ref().to_lowercase());
    let answers = |it: &&StoreSettings| {
        of(it).zip(pattern.as_ref()).is_some_and(|(name, pattern)| pattern.matches(&name.to_lowercase()))
    };
    let found: Vec<StoreId> = stores.iter().filter(answers).map(|it| it.store.id.clone()).collect();
    if found.is_empty() {
        let wanted = "write what the stores of the config have there; * stands for any letters";
        complaints.at(typed.span().start, format!("{none} {}", typed.get_ref()), wanted);
    }
    found
}
