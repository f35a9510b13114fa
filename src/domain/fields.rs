//! What a platform tells of a coupon in its own fields.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Coupon;

/// Fields of a platform's own, sorted by name, each name once. Coupons with the same ones can share them: a store has thousands of
/// coupons, and a few sets of rules. A map would take half a kilobyte for the one or two fields that most have.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fields(Arc<[(String, Value)]>);

impl Fields {
    /// Whether they are not only the same, but shared.
    pub(super) fn are_one_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place_of(name).ok().and_then(|place| self.0.get(place)).map(|(_, value)| value)
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.place_of(name).is_ok()
    }

    /// By name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(name, _)| name)
    }

    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// Who shares them keeps what they were.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.extend([(name.into(), value)]);
    }

    /// See [`Fields::insert`].
    pub fn remove(&mut self, name: &str) {
        if self.contains_key(name) {
            *self = self.iter().filter(|(other, _)| *other != name).map(owned).collect();
        }
    }

    fn place_of(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
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

impl Default for Fields {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(fields: Map<String, Value>) -> Self {
        // A map is sorted.
        Self(fields.into_iter().collect())
    }
}

/// Of two with one name the later.
impl FromIterator<(String, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(fields: T) -> Self {
        fields.into_iter().collect::<Map<_, _>>().into()
    }
}

/// See [`Fields::insert`].
impl Extend<(String, Value)> for Fields {
    fn extend<T: IntoIterator<Item = (String, Value)>>(&mut self, fields: T) {
        *self = self.iter().map(owned).chain(fields).collect();
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}
