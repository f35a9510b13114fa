//! What a platform tells of a coupon in its own fields.

use std::collections::HashSet;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Coupon;

/// Fields of a platform's own, sorted by name. Coupons with the same ones can share them: a store has thousands of coupons, and a few
/// sets of rules.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Fields(Arc<Map<String, Value>>);

impl Fields {
    /// Whether they are not only the same, but shared.
    pub(super) fn are_one_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Fields that many coupons have alike, each kept once.
#[derive(Debug, Default)]
pub struct SharedFields(HashSet<Fields>);

impl SharedFields {
    /// Lets `coupon` share what one before it has as well.
    pub fn share(&mut self, coupon: &mut Coupon) {
        for fields in [&mut coupon.other_rules, &mut coupon.besides] {
            match self.0.get(fields) {
                Some(known) => *fields = known.clone(),
                None => drop(self.0.insert(fields.clone())),
            }
        }
    }
}

impl Deref for Fields {
    type Target = Map<String, Value>;
    fn deref(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl DerefMut for Fields {
    /// Who shares them keeps what they were.
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        Arc::make_mut(&mut self.0)
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(fields: Map<String, Value>) -> Self {
        Self(Arc::new(fields))
    }
}

impl FromIterator<(String, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(fields: T) -> Self {
        fields.into_iter().collect::<Map<_, _>>().into()
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}
