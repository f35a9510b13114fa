//! How much an answer may hold: told before anything is built of it, since what is small as text can be large in memory.

use crate::domain::Argument;

/// Values and names of fields in one answer. A page of a hundred coupons has some ten thousand.
pub(super) const VALUES_MAX: u64 = 1_000_000;
/// Objects among them, each of which takes far more room than another value.
pub(super) const OBJECTS_MAX: u64 = 100_000;
/// Lists and objects within each other. What platforms send has less than ten.
pub(super) const DEPTH_MAX: u64 = 64;
/// Of all answers to one store's calls in one command, in bytes.
pub(super) const STORE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// What an answer has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Values,
    Objects,
    Depth,
}

impl Excess {
    /// The id of the sentence about it, and the bound.
    pub fn told(self) -> (&'static str, Argument) {
        let (id, max) = match self {
            Self::Values => ("call-too-many-values", VALUES_MAX),
            Self::Objects => ("call-too-many-objects", OBJECTS_MAX),
            Self::Depth => ("call-too-deep", DEPTH_MAX),
        };
        (id, Argument::Count(max))
    }
}

/// Counts what a JSON document would become, by its signs alone. Of what is no JSON it says something or other, and whoever reads
/// that says so.
pub(super) fn measure(document: &[u8]) -> Result<(), Excess> {
    let (mut values, mut objects, mut depth) = (1_u64, 0_u64, 0_u64);
    let mut bytes = document.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                while let Some(inside) = bytes.next() {
                    match inside {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            b',' | b':' => values += 1,
            b'[' | b'{' => {
                (values, depth) = (values + 1, depth + 1);
                objects += u64::from(*byte == b'{');
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(Excess::Depth);
        }
        if objects > OBJECTS_MAX {
            return Err(Excess::Objects);
        }
        if values > VALUES_MAX {
            return Err(Excess::Values);
        }
    }
    Ok(())
}
