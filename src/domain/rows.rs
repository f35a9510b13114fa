//! A coupon's row, and the rows of one export, each found by its key.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{Advice, Coupon, Exposure, Finding, Route, RowKey, Severity, Suggestion};

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
}

impl Row {
    /// What the suggestion would additionally put at risk: the stock it adds, times the worst case of one use. None where it
    /// adds none; a copy of a coupon without a total has no limit.
    pub fn suggested_exposure(&self) -> Option<Exposure> {
        let added = match self.suggestion.advice {
            Advice::Restock { add } => Some(add),
            Advice::Recreate { .. } => self.coupon.total,
            Advice::RecreateAs { total, .. } => total.or(self.coupon.total),
            Advice::Renew { .. } if self.suggestion.way == Route::FollowOn => self.coupon.total,
            Advice::Renew { .. }
            | Advice::Nothing
            | Advice::Delete
            | Advice::End
            | Advice::Enable
            | Advice::Adjust { .. }
            | Advice::Wait
            | Advice::OpenPage
            | Advice::CheckStore
            | Advice::Leave(_) => return None,
        };
        Some(self.coupon.discount.exposure(added))
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
    /// Made when a row is first asked for by its key; forgotten whenever somebody may change the list.
    #[serde(skip)]
    places: OnceLock<HashMap<RowKey, usize>>,
}

impl Rows {
    /// Of several rows with one key the first.
    pub fn by_key(&self, key: &RowKey) -> Option<&Row> {
        let places = self.places.get_or_init(|| {
            let places = self.rows.iter().enumerate().rev();
            places.map(|(place, row)| (row.key.clone(), place)).collect()
        });
        self.rows.get(*places.get(key)?)
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
