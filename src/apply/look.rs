//! What the platform shows of a row after its outcome: the results are the next round, and say nothing of a coupon that nobody saw.

use std::sync::atomic::Ordering;

use super::Run;
use super::reconcile::facts;
use crate::domain::{Coupon, CouponId, Memory, Outcome, OutcomeKind, Status};
use crate::message;
use crate::plan::{PlanRow, Verdict};
use crate::platforms::Connector;

/// The outcome with the row's coupon, those that the row made and those that took over from it, as they are now. What cannot be asked
/// stays as it was known.
pub(super) async fn look(run: &Run<'_>, row: &PlanRow, outcome: Outcome, memory: &Memory) -> Outcome {
    let is_sent = !matches!(&row.verdict, Verdict::Change { change, .. } if change.steps.is_empty());
    if !is_sent || outcome.is_gone || outcome.kind == OutcomeKind::NotReached || run.stop.load(Ordering::SeqCst) {
        return outcome;
    }
    let (Some(coupon), Ok(connector)) = ((run.coupon_of)(&row.action.row), run.connector(&row.store)) else {
        return outcome;
    };
    let mut outcome = outcome;
    if outcome.read().all(|read| read.id != coupon) {
        match connector.get(&coupon).await {
            Ok(Some(own)) if own.status != Status::Trashed => see(run, row, &mut outcome, own),
            Ok(_) => {
                outcome.is_gone = true;
                outcome.read_back = outcome.read_back.or(Some(message!("results-gone")));
            }
            Err(error) => {
                tracing::debug!(store = %row.store, %coupon, "not read after its outcome: {:?}", error.kind);
                return outcome;
            }
        }
    }
    for made in outcome.all_created().cloned().collect::<Vec<_>>() {
        read_besides(connector, &made, &mut outcome).await;
    }
    for successor in successors(memory, &coupon, row) {
        read_besides(connector, successor, &mut outcome).await;
    }
    outcome
}

fn see(run: &Run<'_>, row: &PlanRow, outcome: &mut Outcome, own: Coupon) {
    if outcome.read_back.is_none() {
        outcome.read_back = Some(facts(&own, (run.zone)(&row.store), (run.clock)()));
    }
    if outcome.kind == OutcomeKind::Conflict && is_about_its_values(&row.verdict) {
        outcome.next = Some(message!("results-next-decide-anew"));
    }
    match outcome.present {
        None => outcome.present = Some(own),
        Some(_) => outcome.also_read.push(own),
    }
}

async fn read_besides(connector: &dyn Connector, id: &CouponId, outcome: &mut Outcome) {
    if outcome.read().any(|read| read.id == *id) {
        return;
    }
    if let Ok(Some(successor)) = connector.get(id).await {
        outcome.also_read.push(successor);
    }
}

/// Those that our runs made of it before this one.
fn successors<'a>(memory: &'a Memory, coupon: &CouponId, row: &PlanRow) -> impl Iterator<Item = &'a CouponId> {
    let is_its = move |(new, model): &(&'a (_, CouponId), &CouponId)| new.0 == row.store && *model == coupon;
    memory.successors.iter().filter(is_its).map(|((_, new), _)| new)
}

/// Rather than about another coupon that is in the way.
fn is_about_its_values(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Change { change, .. } => change.steps.iter().all(|step| step.write.draft().is_none()),
        Verdict::Conflict { .. } => true,
        Verdict::AlreadyDone { .. } | Verdict::ByHand { .. } | Verdict::Refused { .. } => false,
    }
}
