//! The mock platforms' memory: one SQLite file, and the list of accepted writes beside it.
//!
//! Every request is one immediate transaction: read, act, write with the audit row, commit, and only then answer. Nothing is
//! kept in memory, so two processes may open one folder. WAL with `synchronous=NORMAL`: killing the process at any moment loses
//! no commit; a power cut may lose the last ones, which no test of a mock shop needs.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::fields::Fields;
use super::seed::{Settings, Shop};
use crate::domain::{Platform, Timestamp};

pub(super) const DATABASE_NAME: &str = "sandbox.db";
pub(super) const AUDIT_NAME: &str = "sandbox.audit.jsonl";
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE stores (
        id TEXT PRIMARY KEY, position INTEGER NOT NULL, shop TEXT NOT NULL, next_coupon_id INTEGER NOT NULL);
    CREATE TABLE coupons (
        store TEXT NOT NULL, id INTEGER NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (store, id)) WITHOUT ROWID;
    CREATE TABLE tokens (
        token TEXT PRIMARY KEY, store TEXT NOT NULL, kind TEXT NOT NULL, generation INTEGER NOT NULL,
        expires INTEGER NOT NULL, used INTEGER);
    CREATE INDEX tokens_of_a_store ON tokens (store, kind, generation);
    CREATE TABLE nonces (consumer_key TEXT NOT NULL, nonce TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (consumer_key, nonce)) WITHOUT ROWID;
    CREATE INDEX nonces_by_age ON nonces (at);
    CREATE TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
";

/// Why the memory cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("its database answers with an error")]
    Database(#[source] rusqlite::Error),
    #[error("its database holds something that cannot be read")]
    Json(#[from] serde_json::Error),
    #[error("its files cannot be written")]
    File(#[from] io::Error),
    #[error("its database has version {found}, this program reads version {SCHEMA_VERSION}; create it again")]
    Version { found: i64 },
}

impl From<rusqlite::Error> for StateError {
    /// SQLite keeps some answers of a full disk to itself.
    fn from(error: rusqlite::Error) -> Self {
        let is_full = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => true,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                io::Error::last_os_error().kind() == io::ErrorKind::StorageFull
            }
            _ => false,
        };
        if is_full { Self::File(io::Error::new(io::ErrorKind::StorageFull, error)) } else { Self::Database(error) }
    }
}

pub(super) type Stored<T> = Result<T, StateError>;

/// One accepted write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    pub at: Timestamp,
    pub platform: Platform,
    pub store: String,
    /// The logical name of the call, such as `update_voucher`, `create` or `trash`.
    pub call: String,
    pub coupon_id: String,
    /// What was asked for, in the platform's own fields.
    pub fields: Value,
}

#[derive(Debug)]
pub(super) struct State {
    connection: Mutex<Connection>,
    /// `sandbox.audit.jsonl`: one line a row of the audit table, in order.
    audit_path: PathBuf,
    /// Its length in bytes and its lines when we last looked.
    audited: Mutex<(u64, u64)>,
}

impl State {
    /// A new, empty memory in `folder`; an earlier one is removed.
    pub fn create(folder: &Path) -> Stored<Self> {
        std::fs::create_dir_all(folder)?;
        for name in [DATABASE_NAME, "sandbox.db-wal", "sandbox.db-shm", AUDIT_NAME] {
            match std::fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let connection = connect(folder)?;
        connection.execute_batch(SCHEMA)?;
        connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        Ok(Self::over(connection, folder))
    }

    /// The memory that is in `folder`; audit lines that a crash kept from the file are added to it.
    pub fn open(folder: &Path) -> Stored<Self> {
        let connection = connect(folder)?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found != SCHEMA_VERSION {
            return Err(StateError::Version { found });
        }
        let state = Self::over(connection, folder);
        state.catch_up(&mut lock(&state.connection))?;
        Ok(state)
    }

    fn over(connection: Connection, folder: &Path) -> Self {
        Self { connection: Mutex::new(connection), audit_path: folder.join(AUDIT_NAME), audited: Mutex::default() }
    }

    /// Runs `what` in one transaction: all of it is committed, or, on an error, none. Returns when the audit file is complete.
    pub fn act<T>(&self, what: impl FnOnce(&Act) -> Stored<T>) -> Stored<T> {
        self.act_keeping(true, what)
    }

    /// The same; what was done is forgotten unless `is_kept`.
    pub fn act_keeping<T>(&self, is_kept: bool, what: impl FnOnce(&Act) -> Stored<T>) -> Stored<T> {
        let mut connection = lock(&self.connection);
        let (done, has_written) = {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let act = Act { transaction, has_written: Cell::new(false) };
            let done = what(&act)?;
            let has_written = is_kept && act.has_written.get();
            if is_kept {
                act.transaction.commit()?;
            }
            (done, has_written)
        };
        if has_written {
            self.catch_up(&mut connection)?;
        }
        Ok(done)
    }

    /// Adds the committed audit rows that the file does not have; half a line, left by a crash, is cut off. The transaction only
    /// keeps other processes out meanwhile.
    fn catch_up(&self, connection: &mut Connection) -> Stored<()> {
        let turn = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut file = opened(&self.audit_path)?;
        let mut audited = lock(&self.audited);
        if audited.0 != file.metadata()?.len() {
            *audited = whole_lines(&file)?;
            file.set_len(audited.0)?;
        }
        let (length, lines) = *audited;
        let missing = lines_after(&turn, lines)?;
        let text: String = missing.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        file.seek(SeekFrom::Start(length))?;
        file.write_all(text.as_bytes())?;
        *audited = (length + text.len() as u64, lines + missing.len() as u64);
        Ok(())
    }
}

/// One request's view of the memory.
pub(super) struct Act<'c> {
    transaction: Transaction<'c>,
    has_written: Cell<bool>,
}

impl Act<'_> {
    /// Runs a statement; says how many rows it changed.
    pub fn run(&self, sql: &str, values: impl Params) -> Stored<usize> {
        Ok(self.transaction.prepare_cached(sql)?.execute(values)?)
    }

    /// The first row that a query finds.
    pub fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Stored<Option<T>> {
        Ok(self.transaction.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    pub fn fact<T: DeserializeOwned>(&self, name: &str) -> Stored<Option<T>> {
        let text: Option<String> = self.row("SELECT value FROM facts WHERE name = ?1", [name], |row| row.get(0))?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    pub fn set_fact(&self, name: &str, value: &impl Serialize) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)";
        self.run(sql, [name, &serde_json::to_string(value)?]).map(drop)
    }

    /// What the scenario says of the whole sandbox.
    pub fn settings(&self) -> Stored<Settings> {
        Ok(self.fact("settings")?.unwrap_or_default())
    }

    pub fn add_shop(&self, position: usize, shop: &Shop<Value>, first_coupon_id: u64) -> Stored<()> {
        let sql = "INSERT INTO stores (id, position, shop, next_coupon_id) VALUES (?1, ?2, ?3, ?4)";
        let text = serde_json::to_string(shop)?;
        self.run(sql, params![shop.id.as_str(), position as i64, text, first_coupon_id as i64]).map(drop)
    }

    /// In the scenario's order.
    pub fn shops(&self) -> Stored<Vec<Shop<Value>>> {
        let mut statement = self.transaction.prepare_cached("SELECT shop FROM stores ORDER BY position")?;
        let texts = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// A coupon id that the store has never used.
    pub fn new_coupon_id(&self, store: &str) -> Stored<u64> {
        let sql = "UPDATE stores SET next_coupon_id = next_coupon_id + 1 WHERE id = ?1 RETURNING next_coupon_id - 1";
        Ok(self.transaction.prepare_cached(sql)?.query_row([store], |row| row.get::<_, i64>(0))? as u64)
    }

    /// All of a store, by id.
    pub fn coupons(&self, store: &str) -> Stored<Vec<(u64, Fields)>> {
        self.coupons_as(store)
    }

    /// The same, as a platform's own type: at once, since a list of thousands is read for each of its pages.
    pub fn coupons_as<C: DeserializeOwned>(&self, store: &str) -> Stored<Vec<(u64, C)>> {
        let mut statement =
            self.transaction.prepare_cached("SELECT id, fields FROM coupons WHERE store = ?1 ORDER BY id")?;
        let rows = statement.query_map([store], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (id, fields) = row?;
            Ok((id as u64, serde_json::from_str(&fields)?))
        })
        .collect()
    }

    pub fn coupon(&self, store: &str, id: u64) -> Stored<Option<Fields>> {
        let sql = "SELECT fields FROM coupons WHERE store = ?1 AND id = ?2";
        let fields: Option<String> = self.row(sql, params![store, id as i64], |row| row.get(0))?;
        Ok(fields.map(|fields| serde_json::from_str(&fields)).transpose()?)
    }

    pub fn put_coupon(&self, store: &str, id: u64, fields: &Fields) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO coupons (store, id, fields) VALUES (?1, ?2, ?3)";
        self.run(sql, params![store, id as i64, serde_json::to_string(fields)?]).map(drop)
    }

    pub fn remove_coupon(&self, store: &str, id: u64) -> Stored<()> {
        self.run("DELETE FROM coupons WHERE store = ?1 AND id = ?2", params![store, id as i64]).map(drop)
    }

    /// Notes an accepted write, in the same transaction as the write itself.
    pub fn note(&self, line: &AuditLine) -> Stored<()> {
        self.has_written.set(true);
        self.run("INSERT INTO audit (line) VALUES (?1)", [serde_json::to_string(line)?]).map(drop)
    }

    /// Every accepted write, in order.
    pub fn audit(&self) -> Stored<Vec<AuditLine>> {
        lines_after(&self.transaction, 0)?.iter().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

fn connect(folder: &Path) -> Stored<Connection> {
    // Made here for its owner only, as what SQLite puts beside it is then.
    drop(opened(&folder.join(DATABASE_NAME))?);
    let connection = Connection::open(folder.join(DATABASE_NAME))?;
    // First, since a second process may be at work while the others are set.
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// To be read and written; made, for its owner only, where it is missing.
fn opened(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn lines_after(transaction: &Transaction, number: u64) -> Stored<Vec<String>> {
    let mut statement = transaction.prepare_cached("SELECT line FROM audit WHERE number > ?1 ORDER BY number")?;
    let lines = statement.query_map([number as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(lines)
}

/// Also where somebody panicked while holding it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The length up to the end of the last whole line, and the number of whole lines.
fn whole_lines(mut file: &File) -> io::Result<(u64, u64)> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    Ok((length as u64, lines as u64))
}
