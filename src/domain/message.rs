//! A sentence that nobody has read yet. It travels as a value (through plans, journals and archives too) and becomes words
//! once, in `language`, when somebody reads it.

use std::borrow::Cow;
use std::path::PathBuf;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Discount, Money, Percent, StoreId, Timestamp};

type Name = Cow<'static, str>;

/// Which sentence of the message files, and what it is told: see [`crate::message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// As in the message files, `rules-starts-late`.
    id: Name,
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    arguments: Arguments,
    /// What is said in its place where there is not room enough; the last of a row of these is said whatever the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    shorter: Option<Box<Message>>,
}

/// What one argument of a message is. Money, shares and instants become words in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Argument {
    /// As it stands: a code, an id, a platform's own words.
    Text(Name),
    /// What people called something: as it stands, but shortened where a cell has too little room.
    Name(String),
    /// Chooses the plural; written with separators.
    Count(u64),
    /// Written as digits alone, the way a platform's field wants them.
    Digits(u64),
    Money(Money),
    Percent(Percent),
    /// What a coupon gives, within a sentence.
    Discount(Box<Discount>),
    /// A calendar day; the year is written where it is not that of `near`.
    Day {
        day: NaiveDate,
        near: NaiveDate,
    },
    /// A moment on a clock in `zone`; the year is written where it is not that of `near`.
    Instant {
        at: Timestamp,
        zone: Tz,
        near: Timestamp,
    },
    /// The last minute before `at`, which is exclusive: midnight is, for people, 23:59 of the day before.
    End {
        at: Timestamp,
        zone: Tz,
        near: Timestamp,
    },
    Message(Box<Message>),
    /// One after the other, as the language separates a list.
    List(Vec<Argument>),
}

/// Sorted by name, so that what was written and read back is equal. A message has few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Arguments(Vec<(Name, Argument)>);

/// `message!("message-id", name = value, …)`: a sentence as a value.
#[macro_export]
macro_rules! message {
    ($id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::domain::Message::new($id, vec![$((
            ::std::borrow::Cow::Borrowed(stringify!($name)),
            $crate::domain::Argument::from($value),
        )),*])
    };
}

impl Message {
    /// The id of words that stand as they were written: a platform's own, or those of a record older than messages.
    pub const AS_WRITTEN: &'static str = "as-written";

    pub fn new(id: impl Into<Name>, mut arguments: Vec<(Name, Argument)>) -> Self {
        arguments.sort_by(|one, other| one.0.cmp(&other.0));
        Self { id: id.into(), arguments: Arguments(arguments), shorter: None }
    }

    /// Words that no message file has: the same in every language.
    pub fn as_written(words: impl Into<String>) -> Self {
        crate::message!(Self::AS_WRITTEN, words = words.into())
    }

    /// The id of a part that stands alone: it begins with a capital and ends with a stop.
    pub const SENTENCE: &'static str = "sentence";

    pub fn sentence(part: Message) -> Self {
        crate::message!(Self::SENTENCE, part = part)
    }

    /// Several parts, as the language separates a list; of one, that part itself.
    pub fn together(parts: Vec<Message>) -> Self {
        match parts.as_slice() {
            [part] => part.clone(),
            _ => crate::message!("together", parts = parts),
        }
    }

    /// What is said in its place where it does not fit; a message that has a shorter one already keeps it before this.
    pub fn or_shorter(mut self, shorter: Message) -> Self {
        self.shorter = Some(Box::new(match self.shorter.take() {
            Some(before) => before.or_shorter(shorter),
            None => shorter,
        }));
        self
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sorted by name.
    pub fn arguments(&self) -> impl Iterator<Item = (&str, &Argument)> {
        self.arguments.0.iter().map(|(name, argument)| (name.as_ref(), argument))
    }

    /// The same with other messages in the place of those among its parts, and of itself, that `instead` answers.
    pub fn with_parts(&self, instead: &mut dyn FnMut(&Message) -> Option<Message>) -> Self {
        if let Some(other) = instead(self) {
            return other;
        }
        let arguments = self.arguments.0.iter().map(|(name, argument)| (name.clone(), argument.with_parts(instead)));
        Self { id: self.id.clone(), arguments: Arguments(arguments.collect()), shorter: self.shorter.clone() }
    }

    pub fn shorter(&self) -> Option<&Message> {
        self.shorter.as_deref()
    }
}

impl Argument {
    fn with_parts(&self, instead: &mut dyn FnMut(&Message) -> Option<Message>) -> Self {
        if let Self::Message(part) = self {
            Self::Message(Box::new(part.with_parts(instead)))
        } else if let Self::List(parts) = self {
            Self::List(parts.iter().map(|part| part.with_parts(instead)).collect())
        } else {
            self.clone()
        }
    }

    /// The words of one that stands as it is.
    pub fn name_or_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_string()),
            Self::Name(name) => Some(name.clone()),
            Self::Count(_)
            | Self::Digits(_)
            | Self::Money(_)
            | Self::Percent(_)
            | Self::Discount(_)
            | Self::Day { .. }
            | Self::Instant { .. }
            | Self::End { .. }
            | Self::Message(_)
            | Self::List(_) => None,
        }
    }
}

impl Arguments {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One JSON object, by name.
impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, argument) in &self.0 {
            map.serialize_entry(name, argument)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_name = std::collections::BTreeMap::<String, Argument>::deserialize(deserializer)?;
        Ok(Self(by_name.into_iter().map(|(name, argument)| (Cow::Owned(name), argument)).collect()))
    }
}

/// Records older than messages hold words in their place.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kept {
            Words(String),
            Message {
                id: String,
                #[serde(default)]
                arguments: Arguments,
                #[serde(default)]
                shorter: Option<Box<Message>>,
            },
        }
        Ok(match Kept::deserialize(deserializer)? {
            Kept::Words(words) => Self::as_written(words),
            Kept::Message { id, arguments, shorter } => Self { id: id.into(), arguments, shorter },
        })
    }
}

macro_rules! from {
    ($($kind:ty => |$value:ident| $argument:expr;)*) => {
        $(impl From<$kind> for Argument {
            fn from($value: $kind) -> Self {
                $argument
            }
        })*
    };
}

from! {
    &str => |text| Self::Text(Cow::Owned(text.to_string()));
    &String => |text| Self::Text(Cow::Owned(text.clone()));
    String => |text| Self::Text(Cow::Owned(text));
    u64 => |count| Self::Count(count);
    u32 => |count| Self::Count(count.into());
    usize => |count| Self::Count(count as u64);
    Money => |money| Self::Money(money);
    Percent => |percent| Self::Percent(percent);
    &Discount => |discount| Self::Discount(Box::new(discount.clone()));
    Message => |message| Self::Message(Box::new(message));
    &Message => |message| Self::Message(Box::new(message.clone()));
    Vec<Argument> => |list| Self::List(list);
    Vec<Message> => |list| Self::List(list.into_iter().map(Self::from).collect());
}

impl Argument {
    /// See [`Argument::Name`].
    pub fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A row or cell of the campaign plan that was left out.
    CampaignPlan,
    /// A reply template that another one stands in for.
    ReplyTemplate,
    /// The export itself.
    Export,
}

/// Something that an export does without, or did in one way of several: told on the terminal and, where it is about what a workbook does without, in its Summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub subject: Subject,
    /// Where it is about one store: no other store's workbook tells it.
    pub store: Option<StoreId>,
    /// Where the mistake stands, as the user named the file.
    pub file: Option<PathBuf>,
    /// As people count.
    pub line: Option<usize>,
    pub message: Message,
}

impl Notice {
    /// About no file.
    pub fn of_export(message: Message) -> Self {
        Self { subject: Subject::Export, store: None, file: None, line: None, message }
    }

    /// `campaigns.csv:7`, the file as it was named.
    pub fn place(&self) -> Option<String> {
        self.file.as_ref().map(|file| self.with_line(file.display().to_string()))
    }

    /// [`Notice::place`] without the file's folder.
    pub fn short_place(&self) -> Option<String> {
        let name = self.file.as_ref()?.file_name()?;
        Some(self.with_line(name.to_string_lossy().into_owned()))
    }

    fn with_line(&self, file: String) -> String {
        self.line.map_or(file.clone(), |line| format!("{file}:{line}"))
    }
}
