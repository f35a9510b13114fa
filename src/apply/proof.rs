//! What an approval in the archive proves later on, to somebody who was not there.

use super::approval::Approval;
use super::codes::fits;
use crate::domain::People;

/// What can be said of an approval now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is signed, for this plan, with the key that the config has of its person.
    Signed,
    /// The code that was given back fits what it was checked by then. Only the journal of that machine knows that it was sent.
    CodeFits,
    /// It is not signed with the key that the config has of its person now: that person may have had another one then.
    OtherKey,
    /// The config has nobody of that name (any more), or no key of them.
    NoKey,
    /// It is of another plan than the one beside it, or of a code that does not fit.
    Broken,
}

/// What `approval` proves of the plan whose bytes have this hash, in hexadecimal digits.
pub fn proof(approval: &Approval, plan_sha256: &str, people: &People) -> Proof {
    if approval.plan_sha256 != plan_sha256 {
        return Proof::Broken;
    }
    if approval.code().is_some() {
        return if fits(approval) { Proof::CodeFits } else { Proof::Broken };
    }
    match people.named(&approval.person).and_then(|person| person.key) {
        None => Proof::NoKey,
        Some(key) if approval.is_signed_by(&key) => Proof::Signed,
        Some(_) => Proof::OtherKey,
    }
}
