//! What the approvals in the archive prove, in words.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::say::counted;
use crate::apply::{APPROVALS_FILE, Approval, Proof, proof};
use crate::archive::{Archive, Flaw, FlawKind, Link, Verified};
use crate::domain::People;
use crate::failure::Failure;
use crate::foreign::one_line;

/// Who approved the plan of a run, and what that proves.
pub struct Proved {
    pub person: String,
    pub proof: Proof,
}

impl Proved {
    /// The person, and what is known of their approval in brackets.
    pub fn words(&self) -> String {
        let name = one_line(&self.person);
        match self.proof {
            Proof::Signed => format!("{name} (the signature holds by the key in the config)"),
            Proof::CodeFits => {
                format!("{name} (by a one-time code; that it was sent only that machine's journal knows)")
            }
            Proof::OtherKey => {
                format!(
                    "{name} (not known: not signed with the key that the config has of {name} now; check with the key of then)"
                )
            }
            Proof::NoKey => format!("{name} (not known: the config has no key of {name})"),
            Proof::Broken => format!("{name} (DOES NOT HOLD: of another plan, or a code that does not fit)"),
        }
    }
}

/// The approvals of a run's bundle; empty where nobody had to approve, or where its files are not what was sealed.
pub fn proved(archive: &Archive, link: &Link, people: &People) -> Result<Vec<Proved>, Failure> {
    if !link.has(APPROVALS_FILE) {
        return Ok(Vec::new());
    }
    let (Ok(Some(approvals)), Ok(Some(plan))) =
        (archive.read_sealed(link, APPROVALS_FILE), archive.read_sealed(link, "plan.json"))
    else {
        return Ok(Vec::new());
    };
    let plan_sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&plan));
    let approvals: Vec<Approval> = serde_json::from_slice(&approvals).unwrap_or_default();
    let of = |approval: Approval| Proved { proof: proof(&approval, &plan_sha256, people), person: approval.person };
    Ok(approvals.into_iter().map(of).collect())
}

/// Adds to what was verified what the approvals of those days prove; both ends inclusive.
pub fn add_approvals(
    archive: &Archive,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    people: &People,
    verified: &mut Verified,
) -> Result<(), Failure> {
    let is_asked = |day: NaiveDate| from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to);
    let (mut signed, mut by_code) = (0, 0);
    let runs = match archive.sealed_runs() {
        Ok(runs) => runs,
        // What is wrong with the archive is told as its flaws.
        Err(error) => {
            verified.notes.push(format!("the approvals were not checked: {error}"));
            return Ok(());
        }
    };
    for link in runs.values().filter(|link| is_asked(link.day)) {
        for one in proved(archive, link, people)? {
            match one.proof {
                Proof::Signed => signed += 1,
                Proof::CodeFits => by_code += 1,
                Proof::OtherKey | Proof::NoKey => {
                    verified.notes.push(format!("{}: approved by {}", link.id(), one.words()));
                }
                Proof::Broken => verified.flaws.push(Flaw {
                    kind: FlawKind::Changed,
                    path: format!("{}/{APPROVALS_FILE}", link.bundle),
                    what: format!("the approval of {}", one.words()),
                }),
            }
        }
    }
    if signed > 0 {
        verified
            .notes
            .push(format!("{} by the keys in the config.", counted(signed, "approval holds", "approvals hold")));
    }
    if by_code > 0 {
        let which = counted(by_code, "approval was given", "approvals were given");
        verified
            .notes
            .push(format!("{which} by a one-time code; that it was sent, the journal of that machine knows."));
    }
    Ok(())
}
