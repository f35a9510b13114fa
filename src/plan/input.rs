//! What a plan is made from. Values only: nothing here opens a file or a connection.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::intent::{DesiredState, Intent, Refusal, intent_of};
use crate::domain::{
    Abilities, Ability, Action, BackOffice, Change, ChangeId, Coupon, CouponId, Currency, Export, Memory, Message,
    Platform, Row, Store, StoreId, Timestamp, Verb,
};

/// What was decided, and by which rules: known before anybody is asked.
pub struct PlanInput<'a> {
    pub export: &'a Export,
    /// In the order of the workbook's rows.
    pub decisions: Vec<ResolvedDecision<'a>>,
    pub memory: &'a Memory,
    pub abilities: &'a (dyn Fn(Platform) -> &'static Abilities + Sync),
    pub back_office: &'a (dyn Fn(Platform) -> &'static BackOffice + Sync),
    /// Stores whose config asks for deletion without the bin.
    pub delete_permanently: &'a BTreeSet<StoreId>,
    /// Whose the work by hand is in a store that names no owner.
    pub operator: &'a str,
    /// When the campaign of a row begins in its store.
    pub campaign_starts: &'a (dyn Fn(&Store, &Row) -> Option<Timestamp> + Sync),
    pub limits: &'a BrakeLimits,
    /// The share of its worst order, in percent, above which a coupon of this store loses money.
    pub loss_percent: &'a (dyn Fn(&StoreId) -> Decimal + Sync),
    pub allowed: &'a Allowed,
    pub now: Timestamp,
    pub by: String,
    pub workbook_sha256: String,
    pub snapshot_sha256: String,
    pub rules_sha256: String,
}

/// What the journal and the platforms know about the decisions.
#[derive(Debug, Default)]
pub struct Known {
    /// What earlier runs wrote down about the same decisions.
    pub prior_runs: BTreeMap<ChangeId, PriorRun>,
    /// Codes that our journal reserved, by store, and for which decision.
    pub reserved: BTreeMap<StoreId, BTreeMap<String, ChangeId>>,
    pub present: Present,
}

/// What the platforms show now.
#[derive(Debug, Default)]
pub struct Present {
    /// Every touched coupon; none inside means that the platform says there is no such coupon.
    pub coupons: BTreeMap<(StoreId, CouponId), Option<Coupon>>,
    /// All coupons of a store, where a copy is to be made in it.
    pub listings: BTreeMap<StoreId, Vec<Coupon>>,
    /// Stores that could not be asked, and stores in which nothing may be planned, with the reason.
    pub failed: BTreeMap<StoreId, Message>,
}

/// What an earlier run wrote down about the same decision.
#[derive(Debug, Clone)]
pub enum PriorRun {
    /// Begun and not settled: the very change, to be taken up again.
    Begun(Box<Change>),
    /// Done: what came of it, and by whom and when.
    Settled { what: Message, by: Message },
}

/// A decision with the row it is about and what it means, before anything live is looked at.
pub struct ResolvedDecision<'a> {
    /// `Coupons!H14`.
    pub place: String,
    pub action: Action,
    pub row: &'a Row,
    pub store: &'a Store,
    /// Hidden by a filter or by hand: whoever wrote the action may not have seen the row.
    pub hidden: bool,
    /// Either what is wanted, or why the row is refused whatever the platform says.
    pub intent: Result<Intent, Refusal>,
}

impl<'a> ResolvedDecision<'a> {
    /// Makes one decision absolute; none where the export has no such row (or no such store).
    pub fn of(export: &'a Export, place: String, action: &Action, hidden: bool) -> Option<Self> {
        let row = export.row(&action.row)?;
        let store = export.store(&row.coupon.store)?;
        let intent = intent_of(export, row, store, action);
        Some(Self { place, action: action.clone(), row, store, hidden, intent })
    }

    /// The coupon that it is about.
    pub fn coupon(&self) -> (StoreId, CouponId) {
        (self.store.id.clone(), self.row.coupon.id.clone())
    }

    /// Whether the platform has to be asked for the coupon's present state.
    pub fn touches(&self) -> bool {
        self.intent
            .as_ref()
            .is_ok_and(|intent| !matches!(intent.desired, DesiredState::ByHand { .. } | DesiredState::Keep { .. }))
    }

    /// Whether a copy may be made, so that all codes and coupons of the store must be known.
    pub fn may_create(&self, abilities: &Abilities) -> bool {
        self.intent.as_ref().is_ok_and(|intent| intent.desired.may_create(abilities))
    }
}

impl DesiredState {
    fn may_create(&self, abilities: &Abilities) -> bool {
        let follows_on =
            |verb| abilities.rules.iter().any(|rule| rule.verb == verb && rule.ability == Ability::FollowOn);
        match self {
            Self::Several { all } => all.iter().any(|one| one.may_create(abilities)),
            Self::Recreate { .. } => true,
            Self::Renew { .. } => follows_on(Verb::Extend) || follows_on(Verb::Shorten),
            Self::Enable => follows_on(Verb::Extend),
            Self::Restock { .. }
            | Self::Delete
            | Self::End
            | Self::Pause
            | Self::Adjust { .. }
            | Self::Keep { .. }
            | Self::ByHand { .. } => false,
        }
    }
}

impl Present {
    /// Adds all that one store shows now.
    pub fn add_listing(&mut self, store: &StoreId, touched: &[&CouponId], coupons: Vec<Coupon>) {
        for id in touched {
            let found = coupons.iter().find(|coupon| coupon.id == **id).cloned();
            self.coupons.insert((store.clone(), (*id).clone()), found);
        }
        self.listings.insert(store.clone(), coupons);
    }
}

/// Where the brakes bite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrakeLimits {
    /// Both must be passed: more than this share of a store's live coupons, in percent, …
    pub removed_percent: Decimal,
    /// … and more than this many.
    pub removed_count: usize,
    /// The same action on more rows of one store than this.
    pub same_action_rows: usize,
    pub workbook_hours: i64,
    /// What one plan may additionally cost, by currency; a currency without a line has no cap.
    pub exposure: BTreeMap<Currency, Decimal>,
}

impl Default for BrakeLimits {
    fn default() -> Self {
        Self {
            removed_percent: Decimal::from(30),
            removed_count: 10,
            same_action_rows: 100,
            workbook_hours: 72,
            exposure: BTreeMap::new(),
        }
    }
}

/// The brakes that the user released, by flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    pub removals: bool,
    pub empty_store: bool,
    pub exposure: bool,
    pub losing_money: bool,
    pub many: bool,
    pub old_workbook: bool,
    /// Rows that a filter hides.
    #[serde(default)]
    pub hidden: bool,
    /// Rows of other parts, in a workbook that is one of several.
    #[serde(default)]
    pub whole: bool,
}
