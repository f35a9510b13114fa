//! Whether buyers can use a coupon at a moment, why not, and what they have to meet. What is not known is said so.

use crate::domain::{
    Abilities, Argument, Coupon, FindingCode, Message, Minimum, Situation, Status, Store, Timestamp, Untold,
    last_moment, local_day,
};
use crate::message;

/// What customer service can tell a buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CanUse {
    /// Whoever meets its terms.
    Yes,
    No,
    /// Whoever has it already; nobody else gets it any more.
    HoldersOnly,
    NotKnown,
}

/// What is so of a coupon for its buyers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usable {
    pub can_use: CanUse,
    /// Why not, the weightiest first; empty where buyers can use it.
    pub reasons: Vec<Message>,
    /// What a buyer has to meet, whether or not it can be used now.
    pub terms: Vec<Message>,
    /// What the buyer says who meets it, with the finding whose reply goes before the situation's; none where nothing can be answered.
    pub answer: Option<(Situation, Option<FindingCode>)>,
}

impl CanUse {
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What is so at `now` of `coupon` of `store`, by its status and by its dates. None stands for one that its store does not have.
pub fn usable(coupon: Option<&Coupon>, store: &Store, abilities: &Abilities, now: Timestamp) -> Usable {
    let Some(coupon) = coupon else {
        let answer = Some((Situation::Expired, Some(FindingCode::Expired)));
        return Usable { can_use: CanUse::No, reasons: vec![message!("find-gone")], terms: Vec::new(), answer };
    };
    let look = Look { coupon, store, platform: abilities.name, now };
    let mut told = look.by_status().into_iter().chain(look.by_claims()).chain(look.by_stock());
    let terms = terms(coupon, abilities);
    match told.next() {
        None => {
            let ends_today = coupon.usable.ends().is_some_and(|ends| look.is_today(ends));
            let answer = match ends_today {
                true => (Situation::Expired, Some(FindingCode::ExpiresToday)),
                false => (Situation::Works, None),
            };
            Usable { can_use: CanUse::Yes, reasons: Vec::new(), terms, answer: Some(answer) }
        }
        Some(first) => {
            let (can_use, answer) = (first.can_use, first.answer);
            let reasons = std::iter::once(first).chain(told).map(|told| told.why).collect();
            Usable { can_use, reasons, terms, answer }
        }
    }
}

/// One reason.
struct Told {
    can_use: CanUse,
    why: Message,
    answer: Option<(Situation, Option<FindingCode>)>,
}

impl Told {
    fn no(why: Message, situation: Situation, code: FindingCode) -> Self {
        Self { can_use: CanUse::No, why, answer: Some((situation, Some(code))) }
    }

    fn holders(why: Message, code: FindingCode) -> Self {
        Self { can_use: CanUse::HoldersOnly, ..Self::no(why, Situation::CannotClaim, code) }
    }

    fn not_known(why: Message) -> Self {
        Self { can_use: CanUse::NotKnown, why, answer: None }
    }
}

struct Look<'a> {
    coupon: &'a Coupon,
    store: &'a Store,
    platform: &'static str,
    now: Timestamp,
}

impl Look<'_> {
    fn end(&self, at: Timestamp) -> Argument {
        Argument::End { at, zone: self.store.zone, near: self.now }
    }

    fn instant(&self, at: Timestamp) -> Argument {
        Argument::Instant { at, zone: self.store.zone, near: self.now }
    }

    fn is_today(&self, ends: Timestamp) -> bool {
        last_moment(ends, self.store.zone).date() == local_day(self.now, self.store.zone)
    }

    fn by_status(&self) -> Option<Told> {
        let raw = self.coupon.raw_status.trim();
        let held = |why| Some(Told::no(why, Situation::NotWorking, FindingCode::Paused));
        let reviewed = |why| Some(Told::no(why, Situation::NotWorking, FindingCode::Rejected));
        let starts = self.coupon.usable.starts();
        match self.coupon.status {
            Status::Trashed => Some(Told::no(message!("find-in-bin"), Situation::Expired, FindingCode::Expired)),
            Status::Ended => Some(self.over()),
            _ if self.coupon.usable.ends().is_some_and(|ends| ends <= self.now) => Some(self.over()),
            Status::Paused if raw.is_empty() => held(message!("find-paused")),
            Status::Paused => held(message!("find-paused-as", raw = Argument::name(raw))),
            Status::InReview => reviewed(message!("find-in-review", platform = self.platform)),
            Status::Rejected => reviewed(message!("find-rejected", platform = self.platform)),
            Status::Unknown => Some(Told::not_known(message!("find-status-unknown", raw = Argument::name(raw)))),
            Status::Active | Status::Scheduled if starts.is_some_and(|starts| starts > self.now) => {
                let at = starts.map_or_else(|| Argument::from(""), |at| self.instant(at));
                Some(not_begun(message!("find-not-begun", at = at)))
            }
            Status::Scheduled => Some(match starts {
                Some(at) => Told::not_known(message!("find-should-have-begun", at = self.instant(at))),
                None => Told::not_known(message!("find-not-begun-undated")),
            }),
            Status::Active if self.coupon.is_untold(Untold::Status) => {
                Some(Told::not_known(message!("find-status-untold")))
            }
            Status::Active => None,
        }
    }

    /// It ended, or nobody gets it any more.
    fn over(&self) -> Told {
        if let Some(until) = self.coupon.works_for_holders_until(self.now) {
            return Told::holders(message!("find-claim-over", end = self.end(until)), FindingCode::ClaimOver);
        }
        // One that somebody stopped early may still show the end that it was to have.
        let why = match self.coupon.usable.ends().filter(|ends| *ends <= self.now) {
            Some(ends) => message!("find-ended", end = self.end(ends)),
            None => message!("find-ended-undated"),
        };
        Told::no(why, Situation::Expired, FindingCode::Expired)
    }

    /// What buyers collect before they use it can be collected at its own times.
    fn by_claims(&self) -> Option<Told> {
        let claimable = self.coupon.claimable.filter(|_| self.coupon.status == Status::Active)?;
        if let Some(at) = claimable.starts().filter(|at| *at > self.now) {
            return Some(not_begun(message!("find-claim-not-begun", at = self.instant(at))));
        }
        let ends = self.coupon.usable.ends()?;
        let is_over = claimable.ends().is_some_and(|over| over <= self.now) && ends > self.now;
        is_over.then(|| Told::holders(message!("find-claim-over", end = self.end(ends)), FindingCode::ClaimOver))
    }

    fn by_stock(&self) -> Option<Told> {
        let is_over = matches!(self.coupon.status, Status::Ended | Status::Trashed);
        let total = self.coupon.total.filter(|_| !is_over && self.coupon.remaining() == Some(0))?;
        if !self.coupon.stock_is_claimed {
            let why = message!("find-used-up", total = total);
            return Some(Told::no(why, Situation::CannotClaim, FindingCode::OutOfStock));
        }
        Some(match self.coupon.used {
            Some(used) if used >= total => {
                let why = message!("find-claimed-and-used", total = total);
                Told::no(why, Situation::CannotClaim, FindingCode::OutOfStock)
            }
            Some(_) | None => Told::holders(message!("find-claimed-out", total = total), FindingCode::OutOfStock),
        })
    }
}

fn not_begun(why: Message) -> Told {
    Told::no(why, Situation::NotWorking, FindingCode::NotStarted)
}

/// What a buyer has to meet, as far as it is told.
fn terms(coupon: &Coupon, abilities: &Abilities) -> Vec<Message> {
    let minimum = match coupon.minimum {
        Minimum::None => None,
        Minimum::Spend(money) if money.is_zero() => None,
        Minimum::Spend(money) => Some(message!("terms-min-spend", amount = money)),
        Minimum::Quantity(items) => Some(message!("terms-min-items", count = items)),
        Minimum::NotKnown => Some(message!("terms-minimum-unknown")),
    };
    let collected = coupon.code.is_none() && (coupon.stock_is_claimed || coupon.claimable.is_some());
    let is_left_untold = coupon.remaining().is_none()
        && (coupon.is_untold(Untold::Total) || (coupon.total.is_some() && coupon.used.is_none()));
    let own = (abilities.terms)(coupon);
    let others = [
        coupon.per_buyer.map(|count| message!("terms-per-buyer", count = count)),
        collected.then(|| message!("terms-collected")),
        is_left_untold.then(|| message!("terms-left-unknown")),
        (!coupon.has_read_rules() && own.is_empty()).then(|| message!("terms-not-read")),
    ];
    minimum.into_iter().chain(own).chain(others.into_iter().flatten()).collect()
}
