//! What the platform does with coupons of this kind and this very coupon does not allow: by hand, or refused, before anything is
//! promised.

use super::super::by_hand::ManualStep;
use super::super::context::{RowContext, refused};
use super::super::drafts::Copy;
use super::super::words::alternative;
use super::Verdict;
use crate::domain::{Coupon, Message, Step, Write, has_read_rules};
use crate::message;

impl RowContext<'_> {
    /// `verdict`, where nothing stands against any of its steps. A change that goes on with what was begun is left alone: what came
    /// of it the platform tells.
    pub(super) fn as_far_as_possible(&self, verdict: Verdict) -> Verdict {
        let Verdict::Change { change, resumes: false } = &verdict else { return verdict };
        let coupon = self.alive().unwrap_or(&self.row.coupon);
        let reason = |write: &Write| {
            // What a copy would lack may be what keeps buyers from using the model.
            let is_unread = write.draft().is_some_and(|draft| !has_read_rules(&draft.other_rules));
            let unread = || is_unread.then(|| message!("results-rules-not-read"));
            (self.abilities.impossible)(write, coupon).or_else(unread)
        };
        let against = |step: &Step| Some((reason(&step.write)?, step.write.clone()));
        match change.steps.iter().find_map(against) {
            None => verdict,
            Some((reason, write)) => self.not_on_this_coupon(&write, coupon, reason),
        }
    }

    /// A copy, and a switch of its status, is a person's, who has the back office; a value that the coupon cannot have nobody gives
    /// it, unless the row promised so.
    fn not_on_this_coupon(&self, write: &Write, coupon: &Coupon, reason: Message) -> Verdict {
        let why = message!("results-not-on-this-coupon", platform = self.abilities.name, reason = reason);
        let (step, is_a_persons) = match write {
            Write::Create { draft } => {
                let copy = Copy {
                    start: draft.start,
                    ends: draft.ends,
                    minimum: Some(draft.minimum),
                    total: draft.total.filter(|_| draft.total != self.row.coupon.total),
                    wanted: None,
                };
                (self.copy_by_hand(&copy), true)
            }
            Write::Enable { .. } => (ManualStep::Enable, true),
            Write::Pause { .. } => (ManualStep::Pause, true),
            Write::End { .. } => (ManualStep::End, true),
            Write::Delete { .. } | Write::Trash { .. } => (ManualStep::Delete, true),
            Write::SetEnd { ends, .. } => (ManualStep::MoveEnd(*ends), false),
            Write::SetTotal { total: Some(total), .. } => match total.checked_sub(coupon.total.unwrap_or(0)) {
                Some(add) => (ManualStep::RaiseTotal { add, total: *total }, false),
                None => (ManualStep::LowerTotal { total: *total }, false),
            },
            Write::SetMinimum { minimum, .. } => (ManualStep::SetMinimum(*minimum), false),
            Write::SetTotal { total: None, .. } | Write::AddProducts { .. } => (ManualStep::OpenPage, false),
        };
        match is_a_persons || self.promised_by_hand() {
            true => self.by_hand(&step, coupon, why),
            false => refused(why, alternative(self.intent.word)),
        }
    }
}
