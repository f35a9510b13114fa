//! What customer service answers when a customer meets a coupon that is in trouble.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{Message, RowKey, StoreId};

/// What the customer says, in the order of the Replies sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Situation {
    CannotClaim,
    NotWorking,
    Expired,
    /// Nothing is wrong with it: what the customer has to meet is told. No row of the Replies sheet.
    Works,
}

/// One reply to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub situation: Situation,
    pub row: RowKey,
    pub store: StoreId,
    /// What people call the coupon.
    pub label: String,
    /// The tag of the language that `text` is in: `ms`, `zh-TW`.
    pub language: String,
    /// For the customer: the shop's own language, and no word of the program's.
    pub text: String,
    /// For customer service: what is going on.
    pub why: Message,
}

/// The replies of one workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replies {
    /// By what the customer says, then worst first.
    pub rows: Vec<Reply>,
    /// How many more coupons are in trouble than there are replies.
    pub more: usize,
}
