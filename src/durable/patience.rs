//! Trying again where another program holds a file for a moment, as virus scanners, backups and sync clients do on Windows.
//!
//! Elsewhere nobody can hold a file against its owner, so that there the first answer is the answer.

use std::error::Error;
use std::io;
use std::thread;
use std::time::Duration;

/// What is done with a file; what a refusal means depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It is opened to be read, or read.
    Read,
    /// It is made, opened to be written, renamed, replaced or removed.
    Change,
}

const ACCESS_DENIED: i32 = 5;
const SHARING_VIOLATION: i32 = 32;
const LOCK_VIOLATION: i32 = 33;
const DELETE_PENDING: i32 = 303;
const USER_MAPPED_FILE: i32 = 1224;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// About five seconds in all.
const PAUSES: usize = 14;

/// Whether this error code of Windows may pass by itself.
pub fn may_pass(code: i32, access: Access) -> bool {
    match code {
        SHARING_VIOLATION | LOCK_VIOLATION | DELETE_PENDING | USER_MAPPED_FILE => true,
        // What is read may be forbidden for good. Where a name is to be changed, Windows answers so too while somebody has the file
        // open, or one inside the folder.
        ACCESS_DENIED => access == Access::Change,
        _ => false,
    }
}

/// Does `what` until it succeeds or fails for good, or until the `pauses` between the tries are used up.
///
/// # Errors
/// The last one.
pub fn try_again<T, E>(
    pauses: impl IntoIterator<Item = Duration>,
    may_pass: impl Fn(&E) -> bool,
    mut what: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    for pause in pauses {
        match what() {
            Err(error) if may_pass(&error) => thread::sleep(pause),
            answer => return answer,
        }
    }
    what()
}

/// [`try_again`] for some seconds, where the system is one on which files are held.
pub fn patiently<T>(access: Access, what: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let passes = |error: &io::Error| cfg!(windows) && error.raw_os_error().is_some_and(|code| may_pass(code, access));
    try_again(pauses(), passes, what)
}

/// The same for what opens files by itself, and fails with an error that tells of one somewhere within.
pub fn patiently_within<T, E: Error + 'static>(what: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    try_again(pauses(), |error: &E| cfg!(windows) && is_held(error), what)
}

/// Whether the error, or what caused it, is that another program holds the file.
pub fn is_held(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(is_held_itself) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn is_held_itself(error: &io::Error) -> bool {
    let is_code = |code: i32| cfg!(windows) && matches!(code, SHARING_VIOLATION | LOCK_VIOLATION);
    // Of a share, Linux says it so.
    error.kind() == io::ErrorKind::ResourceBusy
        || error.raw_os_error().is_some_and(is_code)
        || error.get_ref().is_some_and(|inner| is_held(inner))
}

fn pauses() -> impl Iterator<Item = Duration> {
    let longer = |pause: &Duration| Some((*pause * 2).min(LONGEST_PAUSE));
    std::iter::successors(Some(FIRST_PAUSE), longer).take(PAUSES)
}
