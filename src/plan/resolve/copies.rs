//! Changes that make a coupon which was not there: a follow-on, or a copy.

use serde_json::Value;
use std::collections::BTreeSet;

use super::super::by_hand::ManualStep;
use super::super::context::{RowContext, already, conflict, refused};
use super::super::drafts::{self, Copy};
use super::super::words;
use super::{Resolved, Verdict};
use crate::domain::{
    Ability, Change, Coupon, CouponId, DESCRIPTION, Draft, ExpectedState, FollowUp, Likeness, Message, Minimum,
    Operation, Start, Status, Step, Timestamp, Verb, Write, same_second,
};
use crate::message;

impl RowContext<'_> {
    pub(super) fn follow_on(
        &self,
        live: &Coupon,
        until: Option<Timestamp>,
        minimum: Option<Minimum>,
        taken: &mut BTreeSet<String>,
    ) -> Resolved {
        if let Some(successor) = self.successor_of(live)? {
            let is_earlier = until.is_some_and(|until| successor.usable.ends().is_some_and(|ends| ends < until));
            return Err(self
                .there_already(if is_earlier { "results-successor-earlier" } else { "results-successor" }, successor));
        }
        let earliest = self.input.now + self.abilities.limits.start_lead;
        let start = match live.usable.ends() {
            Some(ends) if ends > earliest => Start::At(ends),
            _ => Start::Soonest,
        };
        self.create(Operation::FollowOn, Copy { start, ends: until, minimum, total: None, wanted: None }, taken)
    }

    pub(super) fn recreate(&self, mut copy: Copy, taken: &mut BTreeSet<String>) -> Resolved {
        // The planned start may have passed since the export.
        let earliest = self.input.now + self.abilities.limits.start_lead;
        if matches!(copy.start, Start::At(at) if at <= earliest) {
            copy.start = Start::Soonest;
        }
        let prefix_letters = self.abilities.limits.code_prefix_letters;
        let becomes = match &copy.wanted {
            Some(wanted) if !self.row.coupon.is_called(wanted, prefix_letters) => Operation::Planned,
            _ => Operation::Create,
        };
        self.create(becomes, copy, taken)
    }

    pub(super) fn create(&self, becomes: Operation, copy: Copy, taken: &mut BTreeSet<String>) -> Resolved {
        let mut model = self.row.coupon.clone();
        let alive = self.alive();
        if let Some(live) = alive {
            self.rules_as_expected(live)?;
            // An export need not have asked for all of them; a copy repeats them as they are.
            model.other_rules.clone_from(&live.other_rules);
            model.besides.clone_from(&live.besides);
        }
        if model.other_rules.values().any(Value::is_null) {
            return Err(refused(message!("results-rules-not-known"), message!("results-next-reload")));
        }
        let model = &model;
        let present = alive.unwrap_or(model);
        if let Some(wanted) = &copy.wanted
            && let Some(there) = self.found(wanted)?
        {
            return Err(self.there_already("results-planned-there", there));
        }
        let by_hand = self.copy_by_hand(&copy);
        match self.ability(Verb::Create, present, &by_hand)? {
            Ability::Yes => {}
            other => return Err(self.cannot(Verb::Create, present, other, &by_hand)),
        }
        let drafted = drafts::draft(model, copy, self.abilities, self.input.now, taken);
        let (draft, clipped) = drafted.map_err(|refusal| match self.promised_by_hand() {
            true => self.by_hand(&by_hand, model, refusal.reason),
            false => refusal.into(),
        })?;
        // Several coupons of the plan may have one model.
        if becomes != Operation::Planned
            && let Some(duplicate) = self.duplicate_of(&draft, model)?
        {
            return Err(self.there_already("results-duplicate", duplicate));
        }
        Ok(self.creation(becomes, draft, clipped, present).into())
    }

    fn there_already(&self, id: &'static str, coupon: &Coupon) -> Verdict {
        already(message!(id, label = coupon.label(), ends = self.ends(coupon.usable.ends())))
    }

    pub(super) fn copy_by_hand(&self, copy: &Copy) -> ManualStep {
        let model = &self.row.coupon;
        let mut likeness = Likeness {
            discount: model.discount.clone(),
            minimum: copy.minimum.unwrap_or(model.minimum),
            ends: copy.ends,
            total: copy.total,
            known: BTreeSet::new(),
        };
        let listing = self.known.present.listings.get(&self.store.id);
        let alike = listing.into_iter().flatten().filter(|coupon| likeness.fits(coupon));
        let known = alike.map(|coupon| coupon.id.clone()).chain([model.id.clone()]).collect();
        likeness.known = known;
        ManualStep::Copy(Box::new(likeness))
    }

    fn creation(&self, becomes: Operation, mut draft: Draft, clipped: Option<Message>, model: &Coupon) -> Change {
        let after = self.creation_words(&draft, clipped);
        let ends = self.ends(model.usable.ends());
        // What the platform does not know any more is in no bin.
        let status = if self.live.is_some() { model.status.message() } else { message!("results-gone") };
        let before = message!("results-copy-before", status = status, ends = ends);
        let exposure = draft.discount.exposure(draft.total);
        // Of the model as it is now: if it changes before the copy is sent, the copy is no longer what was decided.
        let mut unchanged = self.live.map_or_else(ExpectedState::default, |live| ExpectedState {
            minimum: Some(live.minimum),
            ..ExpectedState::ends(live.usable.ends())
        });
        let add_products = self.products_apart(&mut draft);
        if let (Some(step), Some(_)) = (&add_products, self.live) {
            unchanged.rules.clone_from(&step.after.rules);
        }
        let write = Write::Create { draft: Box::new(draft) };
        let create = Step { write, before: unchanged, after: ExpectedState::default() };
        let steps = [create].into_iter().chain(add_products).collect();
        let mut change = self.changed(becomes, before, after, steps);
        change.exposure = Some(exposure);
        if becomes == Operation::Create && model.status == Status::Active {
            change.follow_up = Some(FollowUp::Advice(message!("results-old-goes-on")));
        }
        change
    }

    /// Takes the products out of the draft, where a new coupon is given them by a step of its own; that step.
    fn products_apart(&self, draft: &mut Draft) -> Option<Step> {
        let rule = self.abilities.limits.products_rule?;
        let listed = draft.other_rules.get(rule)?.clone();
        draft.other_rules.insert(rule, Value::Null);
        let products = listed.as_array()?.iter().filter_map(|id| Some(id.as_str()?.to_string())).collect();
        let only = |value: Value| ExpectedState {
            rules: Some([(rule.to_string(), value)].into_iter().collect()),
            ..ExpectedState::default()
        };
        Some(Step {
            write: Write::AddProducts { coupon: None, products },
            before: only(Value::Null),
            after: only(listed),
        })
    }

    fn creation_words(&self, draft: &Draft, clipped: Option<Message>) -> Message {
        let starts = match draft.start {
            Start::At(at) => message!("results-starts", start = self.instant(at)),
            Start::Soonest => message!("results-starts-at-once"),
        };
        let ends = match clipped {
            Some(clipped) => message!("results-ends-clipped", ends = self.ends(draft.ends), clipped = clipped),
            None => self.ends(draft.ends),
        };
        let (total, minimum) = (words::total(draft.total), words::minimum(draft.minimum));
        let after = message!(
            "results-copy-after",
            label = draft.label(),
            starts = starts,
            ends = ends,
            total = total,
            minimum = minimum
        );
        match draft.besides.get(DESCRIPTION) {
            Some(Value::Null) => message!("results-copy-first-line", after = after),
            _ => after,
        }
    }

    // The manager decided about the rules that the export shows; a copy of others is not what was asked for.
    fn rules_as_expected(&self, live: &Coupon) -> Resolved<()> {
        let exported = &self.row.coupon;
        if live.same_rules(exported) {
            return Ok(());
        }
        let was = words::rules(exported);
        let is = match words::rules(live) {
            same if same == was => message!("results-rules-other", rules = same),
            other => other,
        };
        Err(conflict(was, self.intent.word.message(), is))
    }

    // Live facts, and the journal: one that we made counts whenever it starts, and for its own model only.
    fn successor_of(&self, live: &Coupon) -> Resolved<Option<&Coupon>> {
        let takes_over = |coupon: &&Coupon| may_take_over(coupon) && self.input.memory.takes_over(coupon, live);
        Ok(self.listing()?.iter().find(takes_over))
    }

    // Whoever made it: the plan asks for one of that name.
    fn found(&self, wanted: &str) -> Resolved<Option<&Coupon>> {
        let prefix_letters = self.abilities.limits.code_prefix_letters;
        let is_it = |coupon: &&Coupon| may_take_over(coupon) && coupon.is_called(wanted, prefix_letters);
        Ok(self.listing()?.iter().find(is_it))
    }

    // One that we made of this coupon before, with the same rules and the same end: a second is not wanted.
    fn duplicate_of(&self, draft: &Draft, model: &Coupon) -> Resolved<Option<&Coupon>> {
        Ok(self.listing()?.iter().find(|coupon| {
            may_take_over(coupon)
                && self.model_of(coupon) == Some(&model.id)
                && coupon.minimum == draft.minimum
                && same_second(coupon.usable.ends(), draft.ends)
                && coupon.discount == draft.discount
        }))
    }

    fn model_of(&self, coupon: &Coupon) -> Option<&CouponId> {
        self.input.memory.successors.get(&(self.store.id.clone(), coupon.id.clone()))
    }

    // Without it nobody knows which codes are free and who has taken over already.
    fn listing(&self) -> Resolved<&[Coupon]> {
        let listing = self.known.present.listings.get(&self.store.id).map(Vec::as_slice);
        listing.ok_or_else(|| refused(message!("results-others-not-loaded"), message!("results-next-plan")))
    }
}

fn may_take_over(coupon: &Coupon) -> bool {
    matches!(coupon.status, Status::Scheduled | Status::Active)
}
