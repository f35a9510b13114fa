//! The way back of a run: an export of the stores that it touched, with what brings each coupon back filled in. It is looked at, planned
//! and applied like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::Connectors;
use super::error::ApplyError;
use super::plan_file::PlanFile;
use super::rebuild::bundle_of;
use super::reconcile::connector_of;
use crate::archive::{Archive, ArchiveError};
use crate::domain::{
    Action, ActionWord, Change, Coupon, CouponId, Edit, EndEdit, Export, Exposure, Message, Money, Operation, Outcome,
    OutcomeKind, Row, RowKey, RunId, Status, Step, Store, StoreId, Suggestion, Timestamp, Undo, UndoLine, UndoWay,
    Write,
};
use crate::export::{Undoing, accepted};
use crate::journal::RunRecord;
use crate::message;
use crate::plan::{Done, Reverse, reverse, reverse_making};
use crate::platforms::Platforms;
use crate::workbook::Decision;

/// What one run did.
pub struct PastChanges {
    pub record: RunRecord,
    /// As the run's workbook was made.
    export: Export,
    changes: Vec<(Change, Outcome)>,
    /// What the run deleted, as the platform has it now: in its bin, or not at all. Left out where nobody could be asked.
    deleted: BTreeMap<(StoreId, CouponId), Option<Coupon>>,
}

/// What the run did, from the archive.
///
/// # Errors
/// Where the archive cannot be read, does not know the run or not what came of it, or the run changed nothing.
pub fn changes_of(archive: &Archive, run: &RunId) -> Result<PastChanges, ApplyError> {
    let sealed = archive.sealed_runs()?;
    let link = sealed.get(&bundle_of(run)).ok_or_else(|| ApplyError::NoSuchRun(run.to_string()))?;
    let missing = |name: &str| ArchiveError::Missing { path: format!("{}/{name}", link.bundle).into() };
    let plan = archive.read_sealed(link, "plan.json")?.ok_or_else(|| missing("plan.json"))?;
    let file = PlanFile::read(format!("{}/plan.json", link.bundle).as_ref(), &plan)?;
    let record = archive.read_sealed(link, "run.json")?.ok_or_else(|| missing("run.json"))?;
    let results = archive.read_sealed(link, "results.json")?.ok_or_else(|| ApplyError::RunGoesOn(run.clone()))?;
    let outcomes: BTreeMap<RowKey, Outcome> = serde_json::from_slice(&results)?;
    let export = archive.load_snapshot(&file.plan.export)?;
    let own = |outcome: &&Outcome| outcome.credit.is_none() && is_told(outcome.kind);
    let changes: Vec<(Change, Outcome)> = file
        .plan
        .changes()
        .filter_map(|change| Some((change.clone(), outcomes.get(&change.row).filter(own)?.clone())))
        .collect();
    if changes.is_empty() {
        return Err(ApplyError::NothingToUndo(run.clone()));
    }
    Ok(PastChanges { record: serde_json::from_slice(&record)?, export, changes, deleted: BTreeMap::new() })
}

/// Whether the run did something there, or may have.
fn is_told(kind: OutcomeKind) -> bool {
    matches!(kind, OutcomeKind::Done | OutcomeKind::Unknown | OutcomeKind::NotShown)
}

/// Whether it deleted the coupon, to a bin or for good.
fn removes(change: &Change) -> bool {
    change.steps.iter().any(|step: &Step| matches!(step.write, Write::Delete { .. } | Write::Trash { .. }))
}

impl PastChanges {
    /// The stores that it touched.
    pub fn stores(&self) -> BTreeSet<StoreId> {
        self.changes.iter().map(|(change, _)| change.store.clone()).collect()
    }

    /// Asks the platforms for what the run deleted: no list shows it.
    pub async fn look_for_deleted(&mut self, connectors: &Connectors) {
        for (change, _) in &self.changes {
            let Ok(connector) = connector_of(connectors, &change.store) else { continue };
            if removes(change)
                && let Ok(found) = connector.get(&change.coupon).await
            {
                self.deleted.insert((change.store.clone(), change.coupon.clone()), found);
            }
        }
    }

    /// Fills in what brings each coupon of `export`, an export of the run's stores as they are now, back; rows of what is gone are
    /// added.
    pub fn undo(&self, export: &mut Export, platforms: Platforms) -> Undoing {
        let mut undoing = Undoing {
            undo: Undo {
                run: self.record.id.clone(),
                by: self.record.by.clone(),
                at: self.record.started,
                lines: Vec::new(),
            },
            decisions: BTreeMap::new(),
        };
        // The last change first: of several on one coupon the later ones are taken back before the earlier ones.
        for (change, outcome) in self.changes.iter().rev() {
            for line in self.lines(change, outcome, export, platforms, &mut undoing.decisions) {
                undoing.undo.lines.push(line);
            }
        }
        undoing
            .undo
            .lines
            .sort_by(|one, other| (one.way, &one.store, &one.label).cmp(&(other.way, &other.store, &other.label)));
        undoing
    }

    fn lines(
        &self,
        change: &Change,
        outcome: &Outcome,
        export: &mut Export,
        platforms: Platforms,
        decisions: &mut BTreeMap<RowKey, Decision>,
    ) -> Vec<UndoLine> {
        let (Some(load), Some(before)) = (
            export.stores.iter().find(|load| load.store.id == change.store).cloned(),
            self.export.row(&change.row).map(|row| row.coupon.clone()),
        ) else {
            return vec![self.line(
                change,
                None,
                (UndoWay::NotKnown, vec![message!("undo-no-store")]),
                change.row.clone(),
            )];
        };
        let store = &load.store;
        let key_of = |coupon: &CouponId| RowKey::of(store.platform, &store.shop, coupon);
        // Of a list that is not whole, what is missing may only not have come.
        let is_unseen = |coupon: &CouponId| !load.load.is_whole() && export.row(&key_of(coupon)).is_none();
        let asked = (change.store.clone(), change.coupon.clone());
        let not_known = if matches!(outcome.kind, OutcomeKind::Unknown | OutcomeKind::NotShown) {
            Some(message!("undo-unknown"))
        } else if removes(change) && export.row(&key_of(&change.coupon)).is_none() && !self.deleted.contains_key(&asked)
        {
            // Made anew while the old one lies in the shop's bin, it would be there twice.
            Some(message!("undo-not-asked"))
        } else if !removes(change) && is_unseen(&change.coupon) || outcome.all_created().any(is_unseen) {
            Some(message!("undo-not-loaded"))
        } else {
            None
        };
        if let Some(why) = not_known {
            return vec![self.line(change, Some(before), (UndoWay::NotKnown, vec![why]), change.row.clone())];
        }
        if change.becomes == Operation::Keep {
            let line = self.line(change, Some(before), (UndoWay::Back, Vec::new()), change.row.clone());
            return match export.row(&change.row) {
                Some(row) => {
                    decisions.insert(
                        change.row.clone(),
                        kept_no_longer(row, self.record.id.as_str(), export.finished, store),
                    );
                    vec![line]
                }
                // With the coupon its finding went.
                None => vec![UndoLine { way: UndoWay::Already, ..line }],
            };
        }
        let key = key_of(&change.coupon);
        let present = match self.deleted.get(&asked) {
            Some(found) if export.row(&key).is_none() => found.clone(),
            _ => export.row(&key).map(|row| row.coupon.clone()),
        };
        let done = Done {
            change,
            store,
            abilities: platforms.abilities(store.platform),
            before: &before,
            present: present.as_ref(),
            now: export.finished,
        };
        let mut lines = Vec::new();
        if let Some(back) = reverse(&done) {
            if export.row(&key).is_none() {
                let gone = present.clone().unwrap_or_else(|| before.clone());
                export.rows.push(gone_row(key.clone(), gone, store));
            }
            lines.push(self.line(change, Some(before.clone()), (back.way, back.why.clone()), key.clone()));
            fill_in(export, decisions, &key, back);
        }
        for (place, created) in outcome.all_created().enumerate() {
            let key = key_of(created);
            let made = export.row(&key).map(|row| row.coupon.clone());
            let Some((_, draft)) = change.making(place, made.as_ref()) else { continue };
            let back = reverse_making(&done, draft, made.as_ref());
            let line = self.line(change, None, (back.way, back.why.clone()), key.clone());
            lines.push(UndoLine { label: draft.label().to_string(), ..line });
            fill_in(export, decisions, &key, back);
        }
        lines
    }

    fn line(
        &self,
        change: &Change,
        before: Option<Coupon>,
        (way, why): (UndoWay, Vec<Message>),
        row: RowKey,
    ) -> UndoLine {
        let (was, is) = (change.before.clone(), change.after.clone());
        UndoLine {
            row,
            store: change.store.clone(),
            label: change.label.clone(),
            did: message!("undo-did", operations = change.operations_message(), before = was, after = is),
            way,
            why,
            before,
        }
    }
}

/// What is there to be done stands as the row's suggestion, and `accept` in its Action.
fn fill_in(export: &mut Export, decisions: &mut BTreeMap<RowKey, Decision>, key: &RowKey, back: Reverse) {
    let Some(row) = export.rows.iter_mut().find(|row| row.key == *key) else { return };
    if !back.way.is_planned() {
        return;
    }
    let restored = row.suggestion.renew_until;
    row.suggestion = Suggestion { renew_until: back.suggestion.renew_until.or(restored), ..back.suggestion };
    decisions.insert(key.clone(), accepted(row));
}

/// A coupon that is gone has its row all the same: what it was is what brings it back.
fn gone_row(key: RowKey, mut coupon: Coupon, store: &Store) -> Row {
    coupon.status = Status::Trashed;
    let money_at_risk = Exposure::Known(Money::zero(store.currency));
    let (findings, suggestion) = (Vec::new(), Suggestion::nothing());
    Row { key, coupon, campaign: None, findings, suggestion, money_at_risk, read_at: None }
}

/// `keep` until now: from then on the findings count again.
fn kept_no_longer(row: &Row, run: &str, now: Timestamp, store: &Store) -> Decision {
    let at = now.with_timezone(&store.zone).naive_local();
    let note = format!("undo {run}");
    let decision = accepted(row);
    let cells = [
        ActionWord::Keep.word().to_string(),
        at.format("%Y-%m-%d %H:%M").to_string(),
        String::new(),
        String::new(),
        note.clone(),
    ];
    let action =
        Action { word: ActionWord::Keep, new_end: Edit::Set(EndEdit::At(at)), note: Some(note), ..decision.action };
    Decision { action, cells, ..decision }
}
