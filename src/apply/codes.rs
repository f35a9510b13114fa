//! One-time codes: what an approver without a key gives back. Each is good for one person and one plan, goes to that person's own channel,
//! and is kept nowhere; the journal has only what it is checked by.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use ring::pbkdf2;
use zeroize::Zeroizing;

use super::approval::{Approval, may_not_approve};
use crate::domain::{People, Person, Timestamp};
use crate::journal::{CodeRecord, Journal, JournalError};
use crate::plan::Plan;

/// 32 letters and digits, none of which is taken for another: 50 bits.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 10;
/// So often may somebody type a code for a plan.
const TRIES: u32 = 5;
/// Whoever has the journal's file alone cannot try all codes.
const ROUNDS: u32 = 100_000;
const DIGEST_BYTES: usize = 32;
static ALGORITHM: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA256;

/// A code that has not been sent yet. Shown to nobody but its person.
pub struct OneTimeCode {
    pub person: String,
    /// In groups that can be read out: `7K3M-PX9Q-2D`.
    pub text: Zeroizing<String>,
    /// Exclusive.
    pub until: Timestamp,
}

/// Why a code does not count.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    #[error("no code was sent for this plan, or its codes were tried too often")]
    NoneLeft,
    #[error("this is not the code that was sent for this plan")]
    Wrong,
    #[error("the code was good until {} only", .0.format("%Y-%m-%d %H:%M UTC"))]
    TooLate(Timestamp),
    #[error("{0}")]
    MayNot(String),
    #[error("this system gives no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Who can be sent a code for `plan`.
pub fn code_readers<'p>(plan: &Plan, people: &'p People) -> Vec<&'p Person> {
    let may = |person: &&Person| person.channel.is_some() && may_not_approve(person, plan).is_none();
    people.0.iter().filter(may).collect()
}

/// A new code for `person`, in place of an earlier one.
///
/// # Errors
/// Where there is no randomness, or the journal cannot be written.
pub fn make_code(
    journal: &Journal,
    plan_sha256: &str,
    person: &Person,
    now: Timestamp,
    hours: i64,
) -> Result<OneTimeCode, CodeError> {
    let mut random = Zeroizing::new([0_u8; LENGTH]);
    let mut salt = [0_u8; 16];
    getrandom::fill(random.as_mut_slice()).map_err(CodeError::NoRandomness)?;
    getrandom::fill(&mut salt).map_err(CodeError::NoRandomness)?;
    let letter = |byte: &u8| char::from(LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'0'));
    let code = Zeroizing::new(random.iter().map(letter).collect::<String>());
    let until = now + TimeDelta::try_hours(hours).unwrap_or(TimeDelta::hours(24));
    let mut digest = [0_u8; DIGEST_BYTES];
    pbkdf2::derive(ALGORITHM, rounds(), &salted(&salt, plan_sha256, &person.name), code.as_bytes(), &mut digest);
    let record = CodeRecord {
        plan_sha256: plan_sha256.to_string(),
        person: person.name.clone(),
        salt: data_encoding::BASE64.encode(&salt),
        digest: data_encoding::BASE64.encode(&digest),
        made_at: now,
        until,
        used_at: None,
    };
    journal.keep_code(&record, TRIES)?;
    let groups: Vec<String> =
        code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(OneTimeCode { person: person.name.clone(), text: Zeroizing::new(groups.join("-")), until })
}

/// The approval of whoever was sent `typed`.
///
/// # Errors
/// Where it is not such a code, or its person cannot approve the plan; each try counts.
pub fn redeem_code(
    journal: &Journal,
    (plan, plan_sha256): (&Plan, &str),
    people: &People,
    typed: &str,
    now: Timestamp,
) -> Result<Approval, CodeError> {
    let code = plain(typed);
    let candidates = journal.try_codes(plan_sha256)?;
    if candidates.is_empty() {
        return Err(CodeError::NoneLeft);
    }
    let record = candidates.into_iter().find(|record| is_code(record, &code)).ok_or(CodeError::Wrong)?;
    if now >= record.until {
        return Err(CodeError::TooLate(record.until));
    }
    let person = people.named(&record.person);
    let person = person.ok_or_else(|| CodeError::MayNot(format!("{} is not in the config any more", record.person)))?;
    if let Some(why) = may_not_approve(person, plan) {
        return Err(CodeError::MayNot(why));
    }
    // Typed again, after a kill or by mistake, it is the same approval.
    let at = journal.use_code(&record, now)?;
    Ok(Approval::by_code(&record, &code, at))
}

/// Whether `approval` stands for a code that was given back to this journal.
pub(super) fn is_by_code(journal: &Journal, approval: &Approval) -> Result<bool, JournalError> {
    let Some(code) = approval.code() else { return Ok(false) };
    let record = journal.code_of(&approval.plan_sha256, &approval.person)?;
    Ok(record.is_some_and(|record| {
        (record.used_at, record.until) == (Some(approval.at), approval.until) && is_code(&record, code)
    }))
}

fn is_code(record: &CodeRecord, code: &str) -> bool {
    is_checked((&record.salt, &record.digest), (&record.plan_sha256, &record.person), code)
}

/// Whether the code that an approval stands for is the one that it was checked by.
pub(super) fn fits(approval: &Approval) -> bool {
    let of = (approval.plan_sha256.as_str(), approval.person.as_str());
    approval.code_check().zip(approval.code()).is_some_and(|(check, code)| is_checked(check, of, code))
}

fn is_checked((salt, digest): (&str, &str), (plan_sha256, person): (&str, &str), code: &str) -> bool {
    let bytes = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).ok();
    let Some((salt, digest)) = bytes(salt).zip(bytes(digest)) else { return false };
    pbkdf2::verify(ALGORITHM, rounds(), &salted(&salt, plan_sha256, person), code.as_bytes(), &digest).is_ok()
}

/// Another plan's or person's code has another digest.
fn salted(salt: &[u8], plan_sha256: &str, person: &str) -> Vec<u8> {
    [salt, plan_sha256.as_bytes(), b"\n", person.as_bytes()].concat()
}

fn rounds() -> NonZeroU32 {
    NonZeroU32::new(ROUNDS).unwrap_or(NonZeroU32::MIN)
}

/// As people type it: in any case, with or without groups, O for 0, I and L for 1, full-width letters.
fn plain(typed: &str) -> String {
    let letter = |letter: char| {
        let narrow = match u32::from(letter) {
            wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(letter),
            _ => letter,
        };
        match narrow.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            letter if letter.is_ascii_alphanumeric() => Some(letter),
            _ => None,
        }
    };
    typed.chars().filter_map(letter).collect()
}
