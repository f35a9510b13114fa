//! An action in absolute values: what is to be true afterwards, and the writes that make it so.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::coupon::{DESCRIPTION, rules_agree};
use super::time::same_second;
use super::{
    ActionWord, ChangeId, Coupon, CouponId, Discount, Exposure, Fields, FindingCode, FollowUp, Limits, Message,
    Minimum, Period, RowKey, Severity, Status, StoreId, Timestamp,
};

/// What an action turns into on its platform, for this coupon, in this status.
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    ExtendInPlace,
    ShortenInPlace,
    /// A new coupon with the same rules that starts when the old one ends.
    FollowOn,
    RaiseTotal,
    LowerTotal,
    ChangeMinSpend,
    End,
    Pause,
    Enable,
    /// Gone for good.
    Delete,
    /// To the shop's bin, from where it can be taken back.
    Trash,
    Create,
    /// A new coupon that the campaign plan names: it stands on its own and takes over from nobody.
    Planned,
    /// Nothing is sent: the finding is accepted as it is.
    Keep,
}

impl Operation {
    /// `extend in place`: within a sentence.
    pub fn message(self) -> Message {
        Message::new(format!("results-becomes-{}", <&str>::from(self)), Vec::new())
    }

    /// The word that asks for it where it stands for nothing else; none of what a platform does in place of another thing.
    pub fn word(self) -> Option<ActionWord> {
        match self {
            Self::ExtendInPlace | Self::ShortenInPlace | Self::FollowOn => Some(ActionWord::Renew),
            Self::RaiseTotal | Self::LowerTotal => Some(ActionWord::Restock),
            Self::ChangeMinSpend => Some(ActionWord::Adjust),
            Self::Enable => Some(ActionWord::Enable),
            Self::Create | Self::Planned => Some(ActionWord::Recreate),
            Self::Keep => Some(ActionWord::Keep),
            Self::End | Self::Pause | Self::Delete | Self::Trash => None,
        }
    }

    /// Whether buyers lose a coupon by it.
    pub fn removes(self) -> bool {
        matches!(self, Self::End | Self::Delete | Self::Trash | Self::Pause)
    }
}

/// The facts a write is about. Only those given are compared: a buyer using the coupon meanwhile is no conflict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedState {
    /// False: the coupon is not there (any more).
    pub exists: Option<bool>,
    pub status: Option<Status>,
    /// What buyers type, without regard to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Exclusive; the inner none means "no end".
    #[serde(default, skip_serializing_if = "Option::is_none", with = "double_option")]
    pub ends: Option<Option<Timestamp>>,
    /// The inner none means "no limit".
    #[serde(default, skip_serializing_if = "Option::is_none", with = "double_option")]
    pub total: Option<Option<u64>>,
    pub minimum: Option<Minimum>,
    /// These of its other rules; a null is a rule that it does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Map<String, Value>>,
}

impl ExpectedState {
    pub fn exists(exists: bool) -> Self {
        Self { exists: Some(exists), ..Self::default() }
    }

    pub fn status(status: Status) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Exclusive; none is "no end".
    pub fn ends(ends: Option<Timestamp>) -> Self {
        Self { ends: Some(ends), ..Self::default() }
    }

    /// None is "no limit".
    pub fn total(total: Option<u64>) -> Self {
        Self { total: Some(total), ..Self::default() }
    }

    pub fn minimum(minimum: Minimum) -> Self {
        Self { minimum: Some(minimum), ..Self::default() }
    }

    /// Whether `coupon` has the code that is expected, where one is.
    pub fn has_code_of(&self, coupon: &Coupon) -> bool {
        let shown = coupon.code.as_deref().map(str::to_lowercase);
        self.code.as_ref().is_none_or(|code| shown == Some(code.to_lowercase()))
    }

    /// Whether the coupon as it is now (none: not there) agrees with every fact given.
    pub fn hold_for(&self, coupon: Option<&Coupon>) -> bool {
        let gone = coupon.is_none_or(|coupon| coupon.status == Status::Trashed);
        if self.exists == Some(false) {
            return gone;
        }
        let Some(coupon) = coupon else {
            return *self == Self::default();
        };
        self.exists.is_none_or(|wanted| wanted != gone)
            && self.status.is_none_or(|status| status == coupon.status)
            && self.has_code_of(coupon)
            && self.ends.is_none_or(|ends| same_second(ends, coupon.usable.ends()))
            && self.total.is_none_or(|total| total == coupon.total)
            && self.minimum.is_none_or(|minimum| minimum == coupon.minimum)
            && self
                .rules
                .iter()
                .flatten()
                .all(|(name, value)| coupon.other_rules.get(name).unwrap_or(&Value::Null) == value)
    }
}

/// A coupon that does not exist yet. Its code is reserved in the journal before it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The coupon whose rules it repeats.
    pub model: CouponId,
    /// The whole code that a buyer will type, once it is reserved; empty where buyers only collect it.
    pub code: String,
    pub name: String,
    pub kind: String,
    pub discount: Discount,
    pub minimum: Minimum,
    pub start: Start,
    /// Exclusive.
    pub ends: Option<Timestamp>,
    pub total: Option<u64>,
    pub per_buyer: Option<u64>,
    /// A null is a rule that a later step of the same change gives it.
    pub other_rules: Fields,
    /// Of the model, see [`Coupon::besides`]; a null is what the platform keeps of the model and no copy can have.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub besides: Fields,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    At(Timestamp),
    /// As soon as the platform lets it; becomes `At` when it is journaled, before it is sent.
    Soonest,
}

impl Start {
    pub fn or(self, soonest: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Soonest => soonest,
        }
    }
}

impl Draft {
    /// A copy of `model` as it would be sent, to ask whether it can be made at all: the model's code stands for the one to be chosen,
    /// and what a later step of the same change gives it is left out.
    pub fn like(model: &Coupon, limits: &Limits, minimum: Minimum, ends: Option<Timestamp>) -> Self {
        let mut other_rules = model.other_rules.clone();
        if let Some(rule) = limits.products_rule.filter(|rule| other_rules.contains_key(rule)) {
            other_rules.insert(rule, Value::Null);
        }
        Self {
            model: model.id.clone(),
            code: model.code.clone().unwrap_or_default(),
            name: model.name.clone(),
            kind: model.kind.clone(),
            discount: model.discount.clone(),
            minimum,
            start: Start::Soonest,
            ends,
            total: model.total,
            per_buyer: model.per_buyer,
            other_rules,
            besides: model.besides.clone(),
        }
    }

    /// What people will call it: the code where it has one, else the name.
    pub fn label(&self) -> &str {
        if self.code.is_empty() { &self.name } else { &self.code }
    }

    /// Whether `coupon` has its code, or its name where neither has one.
    pub fn is_called_as(&self, coupon: &Coupon) -> bool {
        coupon.label().eq_ignore_ascii_case(self.label())
    }

    /// Whether `model` still has the rules that this draft repeats; the minimum may be meant to differ.
    pub fn repeats(&self, model: &Coupon) -> bool {
        model.discount == self.discount
            && model.per_buyer == self.per_buyer
            && model.kind == self.kind
            && rules_agree(&model.other_rules, &self.other_rules)
            && model.besides.iter().all(|(name, value)| match self.besides.get(name) {
                // A planned copy has a text of its own.
                None => name == DESCRIPTION,
                Some(repeated) => repeated == value,
            })
    }

    /// Whether `coupon` is this draft come true: the code (or that there is none) and every field agree.
    pub fn matches(&self, coupon: &Coupon) -> bool {
        coupon.name == self.name && self.matches_but_for_its_name(coupon)
    }

    /// The same of one that is known to be ours: a shop may spell its texts in its own way (`&amp;`).
    pub fn matches_but_for_its_name(&self, coupon: &Coupon) -> bool {
        let code = coupon.code.as_deref().unwrap_or_default();
        let starts_as_asked = match (self.start, coupon.usable.starts()) {
            (Start::At(asked), Some(starts)) => asked.timestamp() == starts.timestamp(),
            // A platform without starts lets a coupon begin at once.
            (_, None) | (Start::Soonest, _) => true,
        };
        code.eq_ignore_ascii_case(&self.code)
            && coupon.discount == self.discount
            && coupon.minimum == self.minimum
            && coupon.total == self.total
            && coupon.per_buyer == self.per_buyer
            && rules_agree(&coupon.other_rules, &self.other_rules)
            && starts_as_asked
            && same_second(coupon.usable.ends(), self.ends)
    }
}

/// One write at a platform, in absolute values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "write", rename_all = "snake_case")]
pub enum Write {
    SetEnd {
        coupon: CouponId,
        ends: Option<Timestamp>,
    },
    SetTotal {
        coupon: CouponId,
        total: Option<u64>,
    },
    SetMinimum {
        coupon: CouponId,
        minimum: Minimum,
    },
    /// Not usable from `at` on.
    End {
        coupon: CouponId,
        at: Timestamp,
    },
    Pause {
        coupon: CouponId,
    },
    Enable {
        coupon: CouponId,
        /// The dates to put back, where the platform stops a coupon by overwriting them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<Period>,
    },
    Delete {
        coupon: CouponId,
    },
    Trash {
        coupon: CouponId,
    },
    Create {
        draft: Box<Draft>,
    },
    /// Names the products that a coupon for certain products is for.
    AddProducts {
        /// None until the step before it, a creation, has made the coupon.
        coupon: Option<CouponId>,
        /// The platform's ids.
        products: Vec<String>,
    },
}

impl Write {
    /// The coupon it changes; none for one that does not exist yet.
    pub fn coupon(&self) -> Option<&CouponId> {
        match self {
            Self::SetEnd { coupon, .. }
            | Self::SetTotal { coupon, .. }
            | Self::SetMinimum { coupon, .. }
            | Self::End { coupon, .. }
            | Self::Pause { coupon }
            | Self::Enable { coupon, .. }
            | Self::Delete { coupon }
            | Self::Trash { coupon } => Some(coupon),
            Self::AddProducts { coupon, .. } => coupon.as_ref(),
            Self::Create { .. } => None,
        }
    }

    /// The coupon that it makes; none of any other write.
    pub fn draft(&self) -> Option<&Draft> {
        if let Self::Create { draft } = self { Some(draft) } else { None }
    }
}

/// One write and what is true before and after it. Of a creation, `before` is about its model (empty where that is gone), and
/// `after` is empty: the draft says it all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub write: Write,
    pub before: ExpectedState,
    pub after: ExpectedState,
}

impl Step {
    /// The same step about the coupon that an earlier step made, where it waits for one.
    pub fn about(&self, made: Option<&CouponId>) -> Self {
        let mut step = self.clone();
        if let Write::AddProducts { coupon: coupon @ None, .. } = &mut step.write {
            *coupon = made.cloned();
        }
        step
    }
}

/// One row's decision, resolved. Its steps are sent in order, each journaled and read back on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub id: ChangeId,
    pub row: RowKey,
    pub store: StoreId,
    pub coupon: CouponId,
    /// What people call the coupon.
    pub label: String,
    pub action: ActionWord,
    pub becomes: Operation,
    /// What else is set on the same coupon with it, where one `accept` answers several findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Operation>,
    /// As it is before and after: `ends Sun 22 Nov 23:59` and `ends Mon 30 Nov 23:59`.
    #[serde(rename = "before_words")]
    pub before: Message,
    #[serde(rename = "after_words")]
    pub after: Message,
    /// What cannot be undone; none where everything can.
    pub cannot_undo: Option<Message>,
    /// What it leaves to a person.
    #[serde(rename = "by_hand")]
    pub follow_up: Option<FollowUp>,
    /// What it can additionally cost: what buyers can obtain only then (added stock, a new coupon's, all that is left of one that is
    /// usable again) times the worst case of one use.
    pub exposure: Option<Exposure>,
    /// The dates that a pause or an end overwrites, kept so that they can be put back.
    pub replaced_period: Option<Period>,
    /// Of a `keep`: what is accepted as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeping: Option<Box<Keeping>>,
    pub steps: Vec<Step>,
}

impl Change {
    /// All that it is, in the order in which it is told.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        std::iter::once(self.becomes).chain(self.also.iter().copied())
    }

    /// Which of its operations `step` carries out; none of a step that only completes another one.
    pub fn operation_of(&self, step: &Step) -> Option<Operation> {
        self.operations().find(|operation| match step.write {
            Write::SetEnd { .. } => matches!(operation, Operation::ExtendInPlace | Operation::ShortenInPlace),
            Write::SetTotal { .. } => matches!(operation, Operation::RaiseTotal | Operation::LowerTotal),
            Write::SetMinimum { .. } => *operation == Operation::ChangeMinSpend,
            Write::End { .. } => *operation == Operation::End,
            Write::Pause { .. } => *operation == Operation::Pause,
            Write::Enable { .. } => *operation == Operation::Enable,
            Write::Delete { .. } => *operation == Operation::Delete,
            Write::Trash { .. } => *operation == Operation::Trash,
            Write::Create { .. } => {
                matches!(operation, Operation::FollowOn | Operation::Create | Operation::Planned)
            }
            Write::AddProducts { .. } => false,
        })
    }

    /// Which of its steps made `made`, by its code or name: one that was there already was not made. Where nothing is known of it, the
    /// step that stands at its `place` among those that make one.
    pub fn making(&self, place: usize, made: Option<&Coupon>) -> Option<(u32, &Draft)> {
        let making = || (0..).zip(&self.steps).filter_map(|(ordinal, step)| Some((ordinal, step.write.draft()?)));
        let is_it = |(_, draft): &(u32, &Draft)| made.is_some_and(|made| draft.is_called_as(made));
        making().find(is_it).or_else(|| making().nth(place))
    }

    /// `extend in place, raise the total`: within a sentence. What is done several times is told once.
    pub fn operations_message(&self) -> Message {
        let mut told: Vec<Operation> = Vec::new();
        for operation in self.operations() {
            if !told.contains(&operation) {
                told.push(operation);
            }
        }
        Message::together(told.into_iter().map(Operation::message).collect())
    }
}

/// Findings that a manager accepts, with the facts that they were about: another code, severity or fact is another finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keeping {
    pub note: String,
    /// Exclusive; none for as long as nothing changes.
    pub until: Option<Timestamp>,
    pub findings: Vec<(FindingCode, Severity)>,
    /// As the manager saw it.
    pub coupon: Coupon,
}

mod double_option {
    //! JSON has one `null`; "not asked" is an absent field and "none" is a `null`.
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<Option<T>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(deserializer).map(Some)
    }
}
