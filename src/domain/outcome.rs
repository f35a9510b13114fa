//! What became of a row.

use serde::{Deserialize, Deserializer, Serialize};

use super::{ChangeId, Coupon, CouponId, Message, RunId, Timestamp};

/// One a row: planned = the sum of all of these, on every path.
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    Done,
    /// It was so before we came; nothing was sent.
    #[strum(serialize = "already done")]
    AlreadyDone,
    /// Only a person can do it, in the platform's back office.
    #[strum(serialize = "by hand")]
    ByHand,
    /// The platform said no; nothing changed.
    Failed,
    /// We said no: a brake, or something the platform cannot do.
    Refused,
    /// Somebody changed what the row is about since the export.
    Conflict,
    /// It may or may not have happened; the next apply asks again.
    Unknown,
    /// The platform accepted it, and shows something else however often it is asked: a person has to look, and nothing asks again.
    #[strum(serialize = "not shown")]
    NotShown,
    /// The run ended before it.
    #[strum(serialize = "not reached")]
    NotReached,
}

impl OutcomeKind {
    /// Whether something was tried, or was to be, and did not come to its end.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::Unknown | Self::NotShown | Self::NotReached => true,
            Self::Done | Self::AlreadyDone | Self::ByHand | Self::Refused | Self::Conflict => false,
        }
    }

    /// Whether the Action cell has done its work and is cleared in the results workbook.
    pub fn settles(self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone | Self::ByHand | Self::NotShown => true,
            Self::Failed | Self::Refused | Self::Conflict | Self::Unknown | Self::NotReached => false,
        }
    }
}

/// One row's result, as the results workbook shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub kind: OutcomeKind,
    pub change: Option<ChangeId>,
    #[serde(deserialize_with = "unless_empty")]
    pub before: Option<Message>,
    #[serde(deserialize_with = "unless_empty")]
    pub after: Option<Message>,
    /// What happened; with the platform's own words where it refused.
    pub message: Message,
    /// What to do next; none where there is nothing.
    #[serde(deserialize_with = "unless_empty")]
    pub next: Option<Message>,
    pub request_id: Option<String>,
    pub at: Timestamp,
    /// What was read back after the write.
    #[serde(deserialize_with = "unless_empty")]
    pub read_back: Option<Message>,
    /// The coupon as read back: what the next round starts from.
    pub present: Option<Coupon>,
    /// A coupon that this row made, the first where it made several.
    pub created: Option<CouponId>,
    /// The others that it made, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_created: Vec<CouponId>,
    /// What else was read for this row: its own coupon where `present` is one that it made, and those that took over from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_read: Vec<Coupon>,
    /// The platform says that the row's coupon is not there (any more).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_gone: bool,
    /// Whose the write was, where an earlier run had sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
}

impl Outcome {
    /// The same with the coupons that the row made, in the order in which that was done.
    pub fn having_made(self, made: &[CouponId]) -> Self {
        let (created, also_created) = (made.first().cloned(), made.iter().skip(1).cloned().collect());
        Self { created, also_created, ..self }
    }

    /// Every coupon that this row made, in the order in which that was done.
    pub fn all_created(&self) -> impl Iterator<Item = &CouponId> {
        self.created.iter().chain(&self.also_created)
    }

    /// Every coupon that was read at the platform for this row.
    pub fn read(&self) -> impl Iterator<Item = &Coupon> {
        self.present.iter().chain(&self.also_read)
    }
}

/// Whose a write is: that of the run that sent it, whoever proved it later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    pub run: RunId,
    pub by: String,
    /// When it was sent.
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Account::is_empty")]
    pub account: Account,
}

/// Who sat there, as far as the machine and the workbook tell: kept beside the name that was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The operating system's user, and the machine's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Who saved the workbook last, by its own properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

impl Account {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `mei@desk-3`; none where nothing is known.
    pub fn login(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.user, &self.host].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join("@"))
    }
}

/// Outcomes older than messages hold an empty text where there is nothing to say.
fn unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Message>, D::Error> {
    let message = Option::<Message>::deserialize(deserializer)?;
    Ok(message.filter(|message| *message != Message::as_written("")))
}
