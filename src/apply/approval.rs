//! The approval of a plan, in a file beside it: one person's signature over the plan's hash, which is checked by the key that the config
//! has of that person, by anybody and at any time; or the one-time code that they were sent, which the journal checks.

use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, TimeDelta};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::ApplyError;
use super::results::beside;
use crate::domain::{Message, People, Person, PublicKey, StoreId, Timestamp};
use crate::durable;
use crate::foreign::one_line;
use crate::journal::CodeRecord;
use crate::language::Language;
use crate::plan::Plan;

/// Of the form of what is signed.
const VERSION: u32 = 1;
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// So many files beside a plan are looked at.
const FILES_MAX: usize = 32;
const KEY_PREFIX: &str = "couponbook-ed25519-private-key:";

/// What one person said of one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    pub version: u32,
    pub plan_sha256: String,
    pub person: String,
    pub at: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// Base64, over [`Approval::statement`]; none where a code stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<CodeGiven>,
}

/// The one-time code that was given back, and what the journal checked it by. It opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeGiven {
    code: String,
    salt: String,
    digest: String,
    sent_at: Timestamp,
}

/// The private half of a person's key. Shown nowhere.
pub struct PrivateKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

/// Why a text is no private key.
#[derive(Debug, thiserror::Error)]
#[error("it is no private key of this program: make one with `couponbook person add NAME`")]
pub struct NoPrivateKey;

impl PrivateKey {
    /// Of 32 random bytes.
    ///
    /// # Errors
    /// Where they cannot be a key.
    pub fn of_seed(seed: [u8; 32]) -> Result<Self, NoPrivateKey> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| NoPrivateKey)?;
        Ok(Self { seed: Zeroizing::new(seed), pair })
    }

    /// # Errors
    /// Where `text` is not what [`PrivateKey::text`] wrote.
    pub fn parse(text: &str) -> Result<Self, NoPrivateKey> {
        let letters = text.trim().strip_prefix(KEY_PREFIX).ok_or(NoPrivateKey)?;
        let bytes = Zeroizing::new(data_encoding::BASE64.decode(letters.as_bytes()).map_err(|_| NoPrivateKey)?);
        Self::of_seed(bytes.as_slice().try_into().map_err(|_| NoPrivateKey)?)
    }

    /// For the file of its owner, and for nothing else.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{KEY_PREFIX}{}\n", data_encoding::BASE64.encode(self.seed.as_slice())))
    }

    pub fn public(&self) -> PublicKey {
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(bytes)
    }
}

impl Approval {
    /// Signs that `person` approves the plan with that hash.
    pub fn sign(key: &PrivateKey, person: &str, plan_sha256: &str, at: Timestamp, hours: i64) -> Self {
        let hours = TimeDelta::try_hours(hours).unwrap_or(TimeDelta::hours(24));
        let mut approval = Self {
            version: VERSION,
            plan_sha256: plan_sha256.to_string(),
            person: person.to_string(),
            at,
            until: at + hours,
            signature: None,
            code: None,
        };
        let signature = key.pair.sign(approval.statement().as_bytes());
        approval.signature = Some(data_encoding::BASE64.encode(signature.as_ref()));
        approval
    }

    /// That the code of `record` was given back at `at`.
    pub(super) fn by_code(record: &CodeRecord, code: &str, at: Timestamp) -> Self {
        Self {
            version: VERSION,
            plan_sha256: record.plan_sha256.clone(),
            person: record.person.clone(),
            at,
            until: record.until,
            signature: None,
            code: Some(CodeGiven {
                code: code.to_string(),
                salt: record.salt.clone(),
                digest: record.digest.clone(),
                sent_at: record.made_at,
            }),
        }
    }

    /// What is signed, word for word.
    fn statement(&self) -> String {
        let [at, until] = [self.at, self.until].map(|at| at.to_rfc3339_opts(SecondsFormat::Nanos, true));
        let Self { version, plan_sha256, person, .. } = self;
        format!("couponbook approval {version}\nplan {plan_sha256}\nperson {person:?}\nat {at}\nuntil {until}\n")
    }

    /// Whether it is `person`'s own word.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = self.signature.as_ref().and_then(|it| data_encoding::BASE64.decode(it.as_bytes()).ok());
        let Some(signature) = signature else { return false };
        UnparsedPublicKey::new(&ED25519, key.0).verify(self.statement().as_bytes(), &signature).is_ok()
    }

    /// The one-time code that it stands for.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|given| given.code.as_str())
    }

    /// The salt and the digest that the code was checked by.
    pub(super) fn code_check(&self) -> Option<(&str, &str)> {
        self.code.as_ref().map(|given| (given.salt.as_str(), given.digest.as_str()))
    }

    /// Why it does not count; none where it does.
    fn against(&self, judged: &Judged) -> Option<String> {
        let Judged { plan, plan_sha256, people, now, .. } = *judged;
        let name = one_line(&self.person);
        if self.version != VERSION {
            return Some(format!("its form {} is not one that this program knows", self.version));
        }
        if self.plan_sha256 != plan_sha256 {
            return Some("it is of another plan, or the plan was changed since".to_string());
        }
        let Some(person) = people.named(&self.person) else {
            return Some(format!("{name} is not in the config (any more)"));
        };
        match self.code {
            Some(_) if !(judged.is_by_code)(self) => {
                return Some(format!("no such code was sent to {name} from here and given back"));
            }
            Some(_) => {}
            None if !person.key.is_some_and(|key| self.is_signed_by(&key)) => {
                return Some(format!("it is not signed with the key that the config has of {name}"));
            }
            None => {}
        }
        if let Some(why) = may_not_approve(person, plan) {
            return Some(why);
        }
        if now >= self.until {
            return Some(format!("it was good until {} only", self.until.format("%Y-%m-%d %H:%M UTC")));
        }
        // A little ahead is a clock's, not a trick.
        (self.at > now + TimeDelta::minutes(10))
            .then(|| "it was signed after now: one of the clocks is wrong".to_string())
    }
}

/// What approvals are held against.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub plan: &'a Plan,
    pub plan_sha256: &'a str,
    pub people: &'a People,
    pub now: Timestamp,
    /// Whether a code of this journal stands for it.
    pub is_by_code: &'a dyn Fn(&Approval) -> bool,
}

/// Why `person` cannot approve `plan`, whatever they sign.
pub fn may_not_approve(person: &Person, plan: &Plan) -> Option<String> {
    let name = one_line(&person.name);
    if person.name == plan.by {
        return Some(format!("{name} made the plan: another person has to approve it"));
    }
    let stores = plan.stores();
    let other: Option<&StoreId> = stores.iter().find(|store| !person.may_approve(store));
    other.map(|store| format!("{name} may not approve changes of {store}"))
}

/// The approvals that count for the plan at `path`.
///
/// # Errors
/// Where there is none, with what is wrong with each that lies there.
pub(super) fn approvals(path: &Path, judged: &Judged, why: &[Message]) -> Result<Vec<Approval>, ApplyError> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for file in files_beside(path) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = durable::read_small(&file, FILE_BYTES_MAX).map_err(|error| error.to_string());
        let parsed = read.and_then(|bytes| {
            serde_json::from_slice::<Approval>(&bytes).map_err(|_| "it is no approval of this program".to_string())
        });
        match parsed.and_then(|approval| match approval.against(judged) {
            None => Ok(approval),
            Some(why) => Err(why),
        }) {
            // Given twice, it is one person's word all the same.
            Ok(approval) if good.iter().any(|other: &Approval| other.person == approval.person) => {}
            Ok(approval) => good.push(approval),
            Err(why) => bad.push(format!("{name}: {why}")),
        }
    }
    if good.is_empty() {
        return Err(ApplyError::NeedsApproval { why: reasons(why), not_counted: bad });
    }
    Ok(good)
}

pub(super) fn reasons(why: &[Message]) -> Vec<String> {
    why.iter().map(|why| Language::ENGLISH.render(why)).collect()
}

/// Where the approval of the plan at `path` is written.
pub fn approval_path(path: &Path) -> PathBuf {
    beside(path, "-approval.json")
}

fn files_beside(path: &Path) -> Vec<PathBuf> {
    let usual = approval_path(path);
    let stem = usual.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let is_one = |name: &str| name.strip_prefix(stem.as_str()).is_some_and(|rest| rest.ends_with(".json"));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| is_one(&name.to_string_lossy())))
        .collect();
    files.sort();
    files.truncate(FILES_MAX);
    files
}
