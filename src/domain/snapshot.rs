//! One export: every store as it loaded, every coupon with its findings and its frozen suggestion.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{
    Advice, Coupon, ExportId, Exposure, Finding, FindingKey, Look, Message, Route, RowKey, Seen, Severity, Sight,
    Status, Store, StoreId, Suggestion, Timestamp, about,
};

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, VariantArray, IntoStaticStr, EnumString,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Slot {
    Am,
    Pm,
}

/// The snapshot that a workbook is made from and that decisions are resolved against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    pub id: ExportId,
    /// Where this is the results of a run: the export that the run's workbook came from.
    pub follows: Option<ExportId>,
    /// When loading began, and when it ended.
    pub at: Timestamp,
    pub finished: Timestamp,
    /// Date and slot in the team's own zone.
    pub day: NaiveDate,
    pub slot: Slot,
    pub zone: Tz,
    /// In the config's order.
    pub stores: Vec<StoreLoad>,
    /// On the campaign plan itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Where it was written into several workbooks: which stores each has. Empty where one has them all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// In display order: the most urgent first.
    pub rows: Rows,
}

/// One of several workbooks of an export. It is known by a word that its own very hidden sheet alone has, so that no other workbook
/// can be made to pass for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Of the group: an owner, a region, a platform, a store.
    pub name: String,
    pub stores: BTreeSet<StoreId>,
    /// In hexadecimal digits; see [`Part::sha256_of`].
    pub word_sha256: String,
}

impl Part {
    pub fn sha256_of(word: &str) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(word))
    }
}

/// How one store's load went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreLoad {
    pub store: Store,
    pub load: Load,
    /// On the store itself, worst first.
    pub findings: Vec<Finding>,
    pub calls: u64,
    pub retries: u64,
    pub seconds: f64,
    /// When the present sign-in ends, where the platform tells.
    pub token_ends: Option<Timestamp>,
    /// The file that it was read from, where its store has no API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A file that a store's coupons were read from: all that is told of them is as old as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, without its folder.
    pub file: String,
    /// When it was written.
    pub as_of: Timestamp,
    /// Whether such a file holds every coupon of the store, as the config says: one that is missing is gone. Of any other file nothing
    /// follows from what is missing.
    pub has_everything: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    Loaded {
        count: u64,
        /// How many the platform says there are, where it says.
        expected: Option<u64>,
        /// Coupons we could not read, each with its id and the reason.
        unreadable: Vec<Message>,
    },
    Failed(LoadProblem),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadProblem {
    /// What happened, where, and what to do: for people.
    pub sentence: Message,
    /// The platform's own words.
    pub platform_words: Option<String>,
    pub request_id: Option<String>,
    /// The sign-in was refused: somebody has to sign the store in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_sign_in: bool,
}

impl StoreLoad {
    /// Whether a coupon that did not come is not there: every one came, and what they came from holds them all.
    pub fn has_everything(&self) -> bool {
        self.load.is_whole() && self.source.as_ref().is_none_or(|source| source.has_everything)
    }

    /// How bad it is with the store itself; a list that did not come whole is never less than critical.
    pub fn severity(&self) -> Option<Severity> {
        let own = self.findings.iter().map(|finding| finding.severity).max();
        own.max((!self.load.is_whole()).then_some(Severity::Critical))
    }
}

impl Load {
    /// Whether every coupon came that the platform says there is: what is missing in a list that did not come whole may be there
    /// all the same.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Failed(_) => false,
            Self::Loaded { count, expected, unreadable } => {
                unreadable.is_empty() && expected.is_none_or(|expected| *count >= expected)
            }
        }
    }

    pub fn is_loaded(&self) -> bool {
        self.problem().is_none()
    }

    /// Why nothing came; none where it loaded.
    pub fn problem(&self) -> Option<&LoadProblem> {
        match self {
            Self::Failed(problem) => Some(problem),
            Self::Loaded { .. } => None,
        }
    }
}

impl Export {
    pub fn row(&self, key: &RowKey) -> Option<&Row> {
        self.rows.by_key(key)
    }

    /// The part whose workbook says `word`.
    pub fn part(&self, word: &str) -> Option<&Part> {
        let sha256 = Part::sha256_of(word);
        self.parts.iter().find(|part| part.word_sha256 == sha256)
    }

    /// The store that a row belongs to; every row's store is among the stores.
    pub fn store(&self, id: &StoreId) -> Option<&Store> {
        self.stores.iter().map(|load| &load.store).find(|store| store.id == *id)
    }

    /// Every finding with the store and the coupon that it is on; those on a store itself first.
    pub fn findings(&self) -> impl Iterator<Item = (&StoreId, Option<&Row>, &Finding)> {
        let of_stores = self.stores.iter().map(|load| (&load.store.id, None, &load.findings));
        let of_rows = self.rows.iter().map(|row| (&row.coupon.store, Some(row), &row.findings));
        of_stores.chain(of_rows).flat_map(|(store, row, findings)| findings.iter().map(move |it| (store, row, it)))
    }

    /// What it saw, store by store. It tells of all of the campaign plan where it loaded all of its stores, and these are at least
    /// as many as are known, `stores_known`. `label` says what a coupon is called.
    pub fn look(&self, stores_known: usize, label: impl Fn(&Coupon) -> String) -> Look {
        let seen = |load: &StoreLoad| match &load.load {
            Load::Failed(_) => Seen::Nothing,
            Load::Loaded { .. } if load.has_everything() => Seen::Whole,
            Load::Loaded { .. } => {
                let of_store = self.rows.iter().filter(|row| row.coupon.store == load.store.id);
                Seen::Part(of_store.map(|row| row.key.clone()).collect())
            }
        };
        let mut stores: BTreeMap<Option<StoreId>, Seen> =
            self.stores.iter().map(|load| (Some(load.store.id.clone()), seen(load))).collect();
        let all = self.stores_loaded() == self.stores.len() && self.stores.len() >= stores_known;
        stores.insert(None, if all { Seen::Whole } else { Seen::Nothing });
        let of_plan = self.findings.iter().map(|finding| (None, None, finding));
        let of_stores = self.findings().map(|(store, row, finding)| (Some(store), row, finding));
        let sight = |(store, row, finding): (Option<&StoreId>, Option<&Row>, &Finding)| {
            let row_key = row.map(|row| row.key.clone());
            let about = about(row_key.as_ref(), &finding.why);
            Sight {
                key: FindingKey { store: store.cloned(), row: row_key, code: finding.code, about },
                label: row.map_or(String::new(), |row| label(&row.coupon)),
                severity: finding.severity,
                why: finding.why.clone(),
            }
        };
        Look { at: self.at, is_sample: false, stores, sights: of_plan.chain(of_stores).map(sight).collect() }
    }

    /// How many coupons, stores and lines of the campaign plan have this as their worst finding; with none, how many coupons have no
    /// finding. Of what was seen: see [`Export::stores_unseen`]. What the archive counts over many exports is the same.
    pub fn count(&self, severity: Option<Severity>) -> usize {
        match severity {
            None => self.rows.iter().filter(|row| row.severity().is_none()).count(),
            Some(severity) => self.by_worst().filter(|(_, worst)| *worst == severity).count(),
        }
    }

    /// What there is to look at: each coupon and each store with its worst finding, and each line of the campaign plan, which is of
    /// no store.
    pub fn by_worst(&self) -> impl Iterator<Item = (Option<&StoreId>, Severity)> {
        let stores = self.stores.iter().filter_map(|load| Some((Some(&load.store.id), load.severity()?)));
        let rows = self.rows.iter().filter_map(|row| Some((Some(&row.coupon.store), row.severity()?)));
        stores.chain(rows).chain(self.findings.iter().map(|finding| (None, finding.severity)))
    }

    /// How many coupons buyers could get and use.
    pub fn coupons_live(&self) -> usize {
        self.rows.iter().filter(|row| row.coupon.is_live()).count()
    }

    /// How many stores did not come whole: their coupons, or some of them, are in no figure.
    pub fn stores_unseen(&self) -> usize {
        self.stores.iter().filter(|load| !load.load.is_whole()).count()
    }

    pub fn stores_loaded(&self) -> usize {
        self.stores.iter().filter(|load| load.load.is_loaded()).count()
    }
}

/// One coupon with what we think of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub key: RowKey,
    pub coupon: Coupon,
    /// The campaign it belongs to.
    pub campaign: Option<String>,
    /// Worst first; empty means OK.
    pub findings: Vec<Finding>,
    pub suggestion: Suggestion,
    /// Remaining times the worst case of one use.
    pub money_at_risk: Exposure,
    /// When its values were read, where that was not for this snapshot: the results of a run show the rows that it did not look at
    /// as they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
}

impl Row {
    /// What the suggestion would additionally put at risk, as [`Change::exposure`](super::Change::exposure) will. None where it adds
    /// nothing; a copy of a coupon without a total has no limit.
    pub fn suggested_exposure(&self) -> Option<Exposure> {
        let (coupon, suggestion) = (&self.coupon, &self.suggestion);
        let is_ended = coupon.status == Status::Ended;
        let is_in_place = suggestion.way == Route::Direct;
        let restocked = suggestion.advices().find_map(Advice::restocks);
        let usable_again = |advice: &Advice| {
            *advice == Advice::Enable || is_ended && is_in_place && matches!(advice, Advice::Renew { .. })
        };
        let makes = |advice: &Advice| match advice {
            Advice::Recreate { .. } => Some(coupon.total),
            Advice::RecreateAs { total, .. } => Some(total.or(coupon.total)),
            Advice::Renew { .. } if suggestion.way == Route::FollowOn => Some(coupon.total),
            Advice::Renew { .. }
            | Advice::RemoveEnd
            | Advice::Reduce { .. }
            | Advice::Pause
            | Advice::Restock { .. }
            | Advice::Enable
            | Advice::Nothing
            | Advice::Delete
            | Advice::End
            | Advice::Adjust { .. }
            | Advice::Wait
            | Advice::OpenPage
            | Advice::CheckStore
            | Advice::Leave(_) => None,
        };
        coupon.exposure_of(suggestion.advices().any(usable_again), restocked, suggestion.advices().filter_map(makes))
    }

    /// Whether buyers can use it and no campaign of the plan is about it.
    pub fn is_unplanned(&self) -> bool {
        self.coupon.status == Status::Active && self.campaign.is_none()
    }

    pub fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// A list of rows that also finds one by its key, at a cost that does not grow with the list. Written and compared as the plain
/// list that it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rows {
    rows: Vec<Row>,
    /// The rows by their keys. Made when a row is first asked for by its key; forgotten whenever somebody may change the list.
    #[serde(skip)]
    places: OnceLock<Vec<u32>>,
}

impl Rows {
    /// Of several rows with one key the first.
    pub fn by_key(&self, key: &RowKey) -> Option<&Row> {
        let at = |place: &u32| self.rows.get(*place as usize);
        let places = self.places.get_or_init(|| {
            let mut places: Vec<u32> = (0..).take(self.rows.len()).collect();
            places.sort_by(|one, other| at(one).map(|row| &row.key).cmp(&at(other).map(|row| &row.key)));
            places
        });
        let first = places.partition_point(|place| at(place).is_some_and(|row| row.key < *key));
        places.get(first).and_then(at).filter(|row| row.key == *key)
    }
}

impl Deref for Rows {
    type Target = Vec<Row>;
    fn deref(&self) -> &Vec<Row> {
        &self.rows
    }
}

impl DerefMut for Rows {
    fn deref_mut(&mut self) -> &mut Vec<Row> {
        self.places.take();
        &mut self.rows
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl From<Vec<Row>> for Rows {
    fn from(rows: Vec<Row>) -> Self {
        Self { rows, places: OnceLock::new() }
    }
}
