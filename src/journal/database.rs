//! The file itself: how it is opened, what makes it safe, its tables, and how our words lie in its cells.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, Type};
use rusqlite::{Connection, ErrorCode, MAIN_DB, Row, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::JournalError;
use super::errors::{Stop, full, held};
use crate::durable::{self, DurableError};

/// "CPNB": marks the file as ours, in SQLite's own header.
const APPLICATION_ID: i32 = 0x4350_4E42;

/// What brings a file of version n to version n + 1. A line is added here, never changed: old files are in the world.
const MIGRATIONS: [&str; 9] = [
    include_str!("version_1.sql"),
    include_str!("version_2.sql"),
    include_str!("version_3.sql"),
    include_str!("version_4.sql"),
    include_str!("version_5.sql"),
    include_str!("version_6.sql"),
    include_str!("version_7.sql"),
    include_str!("version_8.sql"),
    include_str!("version_9.sql"),
];

/// Between two tries to change the file's mode.
const MODE_PAUSE: Duration = Duration::from_millis(10);

/// So many are kept ready: all that a run records.
const STATEMENTS: usize = 32;

/// The format version that this program writes.
const KNOWN: u32 = MIGRATIONS.len() as u32;

pub(super) fn open(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    if let Some(folder) = path.parent() {
        durable::create_folder(folder)?;
    }
    // SQLite waits for a moment only where another program holds one of its files.
    durable::patiently_within(|| open_once(path, patience))
}

fn open_once(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    let fail = |source| JournalError::of(path, source);
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_os_string();
        name.push(ending);
        durable::refuse_links(name.as_ref()).map_err(|error| DurableError::of(path, error))?;
    }
    if !path.exists() {
        // As private as its folder; what SQLite puts beside it has the same mode. Where it cannot be made SQLite says why.
        let _ = durable::open_private(path);
    }
    let mut connection = Connection::open(path).map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // What is held against writing it opens to be read, and would tell at the first write.
    if connection.is_readonly(MAIN_DB).map_err(fail)?
        && let Some(source) = held(path)
    {
        return Err(JournalError::Held { path: path.to_path_buf(), source });
    }
    connection.busy_timeout(patience).map_err(fail)?;
    let version = version_of(&mut connection, path)?;
    if version == 0 {
        // The change of a new file's mode is one page: no need of a second file, whose removal is what commits it and comes to nothing
        // on Windows while a virus scanner has it open. Where another process was quicker, the mode is left as it is.
        let _ = connection.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()));
    }
    make_durable(&connection, path, patience)?;
    if version < KNOWN {
        migrate(&mut connection).map_err(|stop| stop.at(path))?;
        durable::sync_folder_of(path)?;
    }
    Ok(connection)
}

/// A second connection to the file, for looking only.
pub(super) fn open_to_read(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    let open = || {
        let connection = Connection::open(path)?;
        connection.busy_timeout(patience)?;
        connection.pragma_update(None, "query_only", "ON")?;
        Ok(connection)
    };
    durable::patiently_within(|| open().map_err(|source| JournalError::of(path, source)))
}

/// The file's format version; zero for one that is new. Looks only: a file that is not ours stays as it is.
fn version_of(connection: &mut Connection, path: &Path) -> Result<u32, JournalError> {
    let fail = |source| JournalError::of(path, source);
    // One look at all three: another process may be making the file at this moment.
    let transaction = connection.transaction().map_err(fail)?;
    let look = |query: &str| transaction.query_row(query, [], |row| row.get::<_, i64>(0));
    let application = look("PRAGMA application_id").map_err(fail)?;
    let version = look("PRAGMA user_version").map_err(fail)?;
    let tables = look("SELECT count(*) FROM sqlite_master").map_err(fail)?;
    let is_new = application == 0 && version == 0 && tables == 0;
    if !is_new && application != i64::from(APPLICATION_ID) {
        return Err(JournalError::NotAJournal { path: path.to_path_buf() });
    }
    let found = u32::try_from(version).map_err(|_| JournalError::NotAJournal { path: path.to_path_buf() })?;
    if found > KNOWN {
        return Err(JournalError::Newer { path: path.to_path_buf(), found, known: KNOWN });
    }
    Ok(found)
}

/// Write-ahead log, synced at every commit: what was recorded outlasts a kill and a power cut.
fn make_durable(connection: &Connection, path: &Path, patience: Duration) -> Result<(), JournalError> {
    let fail = |source| JournalError::of(path, source);
    let mode = write_ahead(connection, patience).map_err(fail)?;
    if !mode.eq_ignore_ascii_case("wal") {
        if let Some(source) = full(path) {
            return Err(JournalError::DiskFull { path: path.to_path_buf(), source });
        }
        return Err(JournalError::NotALocalDisk { path: path.to_path_buf(), mode });
    }
    // SQLite's own default in this mode, NORMAL, may lose the last commits in a power cut.
    connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    connection.pragma_update(None, "foreign_keys", "ON").map_err(fail)
}

// Of two processes that change a new file's mode at once, SQLite turns one away without any waiting of its own.
fn write_ahead(connection: &Connection, patience: Duration) -> rusqlite::Result<String> {
    let change = || connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
    let is_busy = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
    connection.busy_timeout(Duration::ZERO)?;
    let mut changed = change();
    for _ in 0..patience.as_millis() / MODE_PAUSE.as_millis() {
        if !changed.as_ref().is_err_and(is_busy) {
            break;
        }
        std::thread::sleep(MODE_PAUSE);
        changed = change();
    }
    connection.busy_timeout(patience)?;
    changed
}

fn migrate(connection: &mut Connection) -> Result<(), Stop> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again under the write lock: another process may have been quicker.
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", KNOWN)?;
    Ok(transaction.commit()?)
}

/// A rich value, as JSON text.
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text =
            serde_json::to_string(&self.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

/// The word in a cell: an id, an instant, a state. An empty cell is an option's none.
pub(super) fn word<T: DeserializeOwned>(row: &Row, column: &str) -> rusqlite::Result<T> {
    serde_json::from_value(row.get::<_, Option<String>>(column)?.into()).map_err(unreadable)
}

/// What lies in a cell as [`Json`]. An empty cell is an option's none.
pub(super) fn json<T: DeserializeOwned>(row: &Row, column: &str) -> rusqlite::Result<T> {
    let cell: Option<String> = row.get(column)?;
    serde_json::from_str(cell.as_deref().unwrap_or("null")).map_err(unreadable)
}

/// An instant, or a word of one of our enums, as a record has it: for the eye of whoever opens the file, and to be looked for
/// by SQLite's own functions.
pub(super) fn word_of(value: &impl Serialize) -> Option<String> {
    Some(serde_json::to_value(value).ok()?.as_str()?.to_string())
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}
