//! Changes that make a coupon which was not there: a follow-on, or a copy.

use serde_json::Value;
use std::collections::BTreeSet;

use super::super::by_hand::Deed;
use super::super::drafts::{self, Copy};
use super::super::words::{discount_within, rules_words, wanted_words};
use super::{Stop, Verdict, View, already, conflict, same_second};
use crate::domain::{
    Ability, Change, Coupon, CouponId, Draft, ExpectedState, FollowUp, Likeness, Operation, Start, Status, Step,
    Timestamp, Verb, Write,
};
use crate::say;

impl View<'_> {
    pub(super) fn follow_on(
        &self,
        live: &Coupon,
        until: Option<Timestamp>,
        taken: &mut BTreeSet<String>,
    ) -> Result<Verdict, Stop> {
        if let Some(heir) = self.heir_of(live)? {
            let is_earlier = until.is_some_and(|until| heir.usable.ends().is_some_and(|ends| ends < until));
            let id = if is_earlier { "results-heir-earlier" } else { "results-heir" };
            let ends = self.ends(heir.usable.ends());
            return Err(already(say!(self.language(), id, label = heir.label(), ends = ends)));
        }
        let earliest = self.scene.now + self.scene.abilities.limits.start_lead;
        let start = match live.usable.ends() {
            Some(ends) if ends > earliest => Start::At(ends),
            _ => Start::Soonest,
        };
        self.create(Operation::FollowOn, Copy { start, ends: until, minimum: None, total: None, wanted: None }, taken)
    }

    pub(super) fn recreate(&self, mut copy: Copy, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        // The planned start may have passed since the export.
        let earliest = self.scene.now + self.scene.abilities.limits.start_lead;
        if matches!(copy.start, Start::At(at) if at <= earliest) {
            copy.start = Start::Soonest;
        }
        let prefix_letters = self.scene.abilities.limits.code_prefix_letters;
        let becomes = match &copy.wanted {
            Some(wanted) if !self.row.coupon.is_called(wanted, prefix_letters) => Operation::Planned,
            _ => Operation::Create,
        };
        self.create(becomes, copy, taken)
    }

    pub(super) fn create(&self, becomes: Operation, copy: Copy, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        let mut model = self.row.coupon.clone();
        let alive = self.live.filter(|live| live.status != Status::Trashed);
        if let Some(live) = alive {
            self.rules_as_expected(live)?;
            // An export need not have asked for all of them; a copy repeats them as they are.
            model.other_rules.clone_from(&live.other_rules);
        }
        if model.other_rules.values().any(Value::is_null) {
            return Err(self.refused("results-rules-not-known", "results-next-reload"));
        }
        let model = &model;
        let standing = alive.unwrap_or(model);
        if let Some(wanted) = &copy.wanted
            && let Some(there) = self.found(wanted)?
        {
            let ends = self.ends(there.usable.ends());
            return Err(already(say!(self.language(), "results-planned-there", label = there.label(), ends = ends)));
        }
        let by_hand = self.copy_by_hand(&copy);
        match self.ability(Verb::Create, standing, &by_hand)? {
            Ability::Yes => {}
            other => return Err(self.cannot(Verb::Create, standing, other, &by_hand)),
        }
        let drafted = drafts::draft(model, copy, self.scene.abilities, (self.scene.now, self.language()), taken);
        let (draft, clipped) = drafted.map_err(|refusal| match self.told_by_hand() {
            true => self.about().verdict(&by_hand, model, &refusal.reason),
            false => Verdict::from(refusal),
        })?;
        // Several coupons of the plan may have one model.
        if becomes != Operation::Planned
            && let Some(twin) = self.twin_of(&draft, model)?
        {
            return Err(already(say!(
                self.language(),
                "results-twin",
                label = twin.label(),
                ends = self.ends(twin.usable.ends())
            )));
        }
        Ok(Verdict::Change { change: Box::new(self.creation(becomes, draft, clipped, standing)), resumes: false })
    }

    fn copy_by_hand(&self, copy: &Copy) -> Deed {
        let model = &self.row.coupon;
        let mut likeness = Likeness {
            discount: model.discount.clone(),
            minimum: copy.minimum.unwrap_or(model.minimum),
            ends: copy.ends,
            total: copy.total,
            known: BTreeSet::new(),
        };
        let listing = self.scene.present.listings.get(&self.scene.store.id);
        let alike = listing.into_iter().flatten().filter(|coupon| likeness.fits(coupon));
        let known = alike.map(|coupon| coupon.id.clone()).chain([model.id.clone()]).collect();
        likeness.known = known;
        Deed::Copy(Box::new(likeness))
    }

    fn creation(&self, becomes: Operation, draft: Draft, clipped: Option<String>, model: &Coupon) -> Change {
        let after = self.creation_words(&draft, clipped);
        let (status, ends) = (self.status(model.status), self.ends(model.usable.ends()));
        let before = say!(self.language(), "results-copy-before", status = status, ends = ends);
        let exposure = draft.discount.exposure(draft.total);
        // Of the model as it is now: if it changes before the copy is sent, the copy is no longer what was decided.
        let mut before_facts = self.live.map_or_else(ExpectedState::default, |live| ExpectedState {
            ends: Some(live.usable.ends()),
            minimum: Some(live.minimum),
            ..ExpectedState::default()
        });
        let mut draft = draft;
        let add_products = self.products_apart(&mut draft);
        if let (Some(step), Some(_)) = (&add_products, self.live) {
            before_facts.rules.clone_from(&step.after.rules);
        }
        let create = Step {
            write: Write::Create { draft: Box::new(draft) },
            before: before_facts,
            after: ExpectedState::default(),
        };
        let steps = [create].into_iter().chain(add_products).collect();
        let mut change = self.changed(becomes, before, after, steps);
        change.exposure = Some(exposure);
        if becomes == Operation::Create && model.status == Status::Active {
            change.by_hand = Some(FollowUp::Advice(self.language().say("results-old-goes-on")));
        }
        change
    }

    /// Takes the products out of the draft, where a new coupon is given them by a step of its own; that step.
    fn products_apart(&self, draft: &mut Draft) -> Option<Step> {
        let rule = self.scene.abilities.limits.products_rule?;
        let named = draft.other_rules.get_mut(rule)?;
        let listed = std::mem::take(named);
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

    fn creation_words(&self, draft: &Draft, clipped: Option<String>) -> String {
        let language = self.language();
        let starts = match draft.start {
            Start::At(at) => say!(language, "results-starts", start = self.instant(at)),
            Start::Soonest => language.say("results-starts-at-once"),
        };
        let (label, ends) = (draft.label(), self.ends(draft.ends));
        let (total, minimum) = (self.total(draft.total), self.minimum(draft.minimum));
        match clipped {
            Some(clipped) => say!(
                language,
                "results-copy-after-clipped",
                label = label,
                starts = starts,
                ends = ends,
                clipped = clipped,
                total = total,
                minimum = minimum
            ),
            None => say!(
                language,
                "results-copy-after",
                label = label,
                starts = starts,
                ends = ends,
                total = total,
                minimum = minimum
            ),
        }
    }

    // The manager decided about the rules that the export shows; a copy of others is not what was asked for.
    fn rules_as_expected(&self, live: &Coupon) -> Result<(), Stop> {
        let exported = &self.row.coupon;
        if live.same_rules(exported) {
            return Ok(());
        }
        let language = self.language();
        let (was, mut is) = (rules_words(language, exported), rules_words(language, live));
        if was == is {
            let (discount, minimum) = (discount_within(language, &live.discount), self.minimum(live.minimum));
            is = say!(language, "results-rules-other", discount = discount, minimum = minimum);
        }
        Err(conflict(was, wanted_words(language, self.intent.word), is))
    }

    // Live facts, and the journal: one that we made counts whenever it starts, and for its own model only.
    fn heir_of(&self, live: &Coupon) -> Result<Option<&Coupon>, Stop> {
        Ok(self.listing()?.iter().find(|coupon| {
            may_take_over(coupon)
                && match self.model_of(coupon) {
                    Some(model) => *model == live.id,
                    None => coupon.takes_over_from(live),
                }
        }))
    }

    // Whoever made it: the plan asks for one of that name.
    fn found(&self, wanted: &str) -> Result<Option<&Coupon>, Stop> {
        let prefix_letters = self.scene.abilities.limits.code_prefix_letters;
        let is_it = |coupon: &&Coupon| may_take_over(coupon) && coupon.is_called(wanted, prefix_letters);
        Ok(self.listing()?.iter().find(is_it))
    }

    // One that we made of this coupon before, with the same rules and the same end: a second is not wanted.
    fn twin_of(&self, draft: &Draft, model: &Coupon) -> Result<Option<&Coupon>, Stop> {
        Ok(self.listing()?.iter().find(|coupon| {
            may_take_over(coupon)
                && self.model_of(coupon) == Some(&model.id)
                && coupon.minimum == draft.minimum
                && same_second(coupon.usable.ends(), draft.ends)
                && coupon.discount == draft.discount
        }))
    }

    fn model_of(&self, coupon: &Coupon) -> Option<&CouponId> {
        self.scene.memory.successors.get(&(self.scene.store.id.clone(), coupon.id.clone()))
    }

    // Without it nobody knows which codes are free and who has taken over already.
    fn listing(&self) -> Result<&[Coupon], Stop> {
        let listing = self.scene.present.listings.get(&self.scene.store.id).map(Vec::as_slice);
        listing.ok_or_else(|| self.refused("results-others-not-loaded", "results-next-plan"))
    }
}

fn may_take_over(coupon: &Coupon) -> bool {
    matches!(coupon.status, Status::Scheduled | Status::Active)
}
