//! Recordings written together: all that wait at a moment are one transaction, and so one wait for the disk.
//!
//! There is one line of them for the whole journal, written from its head: a recording that is on the disk has every earlier one
//! before it. So whoever is about to send waits for that one recording only. The rest of a store's life (answers, what was read
//! back, outcomes) is put in line and not waited for: a kill before it is written leaves what a kill a moment earlier had left.

use std::fmt;
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::JournalError;
use super::errors::Stop;
use crate::domain::StoreId;

/// So long what nobody waits for stays in line, for others to be written with it.
const LINGER: Duration = Duration::from_millis(10);

/// What one recording does. It is done again, alone, where another one undid it.
pub(super) type Work = Box<dyn Fn(&Transaction) -> Result<(), Stop> + Send>;

/// What one claim recorded and does not wait for. After a failure nothing of it is written any more, so that what is on the disk
/// is always a beginning of what happened, as after a kill.
#[derive(Debug)]
pub(super) struct Trail {
    store: StoreId,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Whole,
    Broken(JournalError),
    /// And somebody knows.
    Told,
}

impl Trail {
    pub fn of(store: &StoreId) -> Arc<Self> {
        Arc::new(Self { store: store.clone(), state: Mutex::new(State::Whole) })
    }

    /// The first failure, to whoever asks first.
    fn holds(&self) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        match mem::replace(&mut *state, State::Told) {
            State::Whole => {
                *state = State::Whole;
                Ok(())
            }
            State::Broken(error) => Err(error),
            State::Told => Err(self.not_recorded()),
        }
    }

    fn is_broken(&self) -> bool {
        !matches!(*lock(&self.state), State::Whole)
    }

    fn breaks(&self, error: JournalError) {
        let mut state = lock(&self.state);
        if matches!(*state, State::Whole) {
            *state = State::Broken(error);
        }
    }

    fn not_recorded(&self) -> JournalError {
        JournalError::NotRecorded { store: self.store.clone() }
    }
}

/// One place in the line.
struct Recording {
    of: Arc<Trail>,
    /// None where only the turn is waited for.
    work: Option<Work>,
    /// Who waits hears of its failure; else it breaks the trail.
    answer: Option<oneshot::Sender<Result<(), JournalError>>>,
    is_over: bool,
}

impl Recording {
    fn write(&self, transaction: &Transaction) -> Result<(), Stop> {
        match &self.work {
            Some(work) if !self.of.is_broken() => work(transaction),
            Some(_) | None => Ok(()),
        }
    }

    fn end(&mut self, came: Result<(), JournalError>) {
        self.is_over = true;
        match (self.answer.take(), came) {
            // Nobody may wait any more: whoever did sends nothing then.
            (Some(answer), came) => drop(answer.send(came)),
            (None, Err(error)) => self.of.breaks(error),
            (None, Ok(())) => {}
        }
    }
}

impl Drop for Recording {
    /// One that is lost unwritten is a failure like others.
    fn drop(&mut self) {
        if !self.is_over {
            let lost = self.of.not_recorded();
            self.end(Err(lost));
        }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recording").field(&self.of.store).finish()
    }
}

/// The one connection that writes, and the line before it.
#[derive(Debug)]
pub(super) struct Writer {
    desk: Arc<Desk>,
    /// Begun with the first recording that nobody waits for on the spot; none where the system has no thread to give.
    hand: OnceLock<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Desk {
    path: PathBuf,
    connection: Mutex<Connection>,
    line: Mutex<Line>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    waiting: Vec<Recording>,
    /// Somebody waits for one of them.
    is_waited_for: bool,
    /// Nobody writes it but those who put something in it.
    is_closed: bool,
}

impl Line {
    fn take(&mut self) -> Vec<Recording> {
        self.is_waited_for = false;
        mem::take(&mut self.waiting)
    }
}

impl Writer {
    pub fn new(path: PathBuf, connection: Connection) -> Self {
        let (connection, line) = (Mutex::new(connection), Mutex::default());
        Self { desk: Arc::new(Desk { path, connection, line, bell: Condvar::new() }), hand: OnceLock::new() }
    }

    /// All of `work` or nothing of it, on the disk on return, with everything that was put in line before.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction) -> Result<T, Stop>) -> Result<T, JournalError> {
        let mut connection = self.desk.caught_up();
        transact(&mut connection, work).map_err(|stop| stop.at(&self.desk.path))
    }

    /// Puts `work` in line; its failure is told by the next [`Writer::on_disk`] of the trail.
    pub fn put(&self, of: &Arc<Trail>, work: Work) {
        self.queue(Recording { of: Arc::clone(of), work: Some(work), answer: None, is_over: false });
    }

    /// Waits until `work`, and all that was put in line before it, is on the disk; tells the first failure.
    pub async fn on_disk(&self, of: &Arc<Trail>, work: Option<Work>) -> Result<(), JournalError> {
        let (answer, heard) = oneshot::channel();
        self.queue(Recording { of: Arc::clone(of), work, answer: Some(answer), is_over: false });
        let came = heard.await;
        of.holds()?;
        came.unwrap_or_else(|_| Err(of.not_recorded()))
    }

    fn queue(&self, recording: Recording) {
        self.hand.get_or_init(|| {
            let desk = Arc::clone(&self.desk);
            let begun = thread::Builder::new().name("journal".to_string()).spawn(move || desk.write_on());
            begun.inspect_err(|_| self.desk.close()).ok()
        });
        let mut line = lock(&self.desk.line);
        let is_heard = recording.answer.is_some() || line.waiting.is_empty();
        line.is_waited_for |= recording.answer.is_some();
        line.waiting.push(recording);
        let is_closed = line.is_closed;
        drop(line);
        if is_closed {
            drop(self.desk.caught_up());
        } else if is_heard {
            self.desk.bell.notify_one();
        }
    }
}

impl Drop for Writer {
    /// What is in line is written, and the file closed.
    fn drop(&mut self) {
        self.desk.close();
        if let Some(Some(hand)) = self.hand.take() {
            let _ = hand.join();
        }
    }
}

impl Desk {
    /// The connection, with all written that was in line.
    fn caught_up(&self) -> MutexGuard<'_, Connection> {
        let mut connection = lock(&self.connection);
        let waiting = lock(&self.line).take();
        self.write_together(&mut connection, waiting);
        connection
    }

    fn write_together(&self, connection: &mut Connection, mut waiting: Vec<Recording>) {
        let works = waiting.iter().filter(|recording| recording.work.is_some()).count();
        let mut failed = match works {
            0 => None,
            _ => transact(connection, |transaction| waiting.iter().try_for_each(|it| it.write(transaction))).err(),
        };
        for recording in &mut waiting {
            let came = match (&recording.work, failed.take()) {
                (_, None) => Ok(()),
                (Some(_), Some(stop)) if works == 1 => Err(stop),
                (work, Some(stop)) => {
                    failed = Some(stop);
                    // One that fails undoes no other: each for itself, still in order.
                    work.as_ref().map_or(Ok(()), |_| transact(connection, |transaction| recording.write(transaction)))
                }
            };
            recording.end(came.map_err(|stop| stop.at(&self.path)));
        }
    }

    fn write_on(&self) {
        let _closing = Closing(self);
        while self.is_time() {
            drop(self.caught_up());
        }
    }

    /// Waits until something is to be written; false where nothing more comes.
    fn is_time(&self) -> bool {
        let mut line = lock(&self.line);
        while !line.is_closed && !line.is_waited_for {
            if line.waiting.is_empty() {
                line = self.bell.wait(line).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (woken, timeout) = self.bell.wait_timeout(line, LINGER).unwrap_or_else(PoisonError::into_inner);
            line = woken;
            if timeout.timed_out() {
                break;
            }
        }
        !(line.is_closed && line.waiting.is_empty())
    }

    fn close(&self) {
        lock(&self.line).is_closed = true;
        self.bell.notify_one();
    }
}

/// However the hand that writes goes away, nobody waits for it.
struct Closing<'a>(&'a Desk);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
        let lost = lock(&self.0.line).take();
        drop(lost);
    }
}

fn transact<T>(connection: &mut Connection, work: impl FnOnce(&Transaction) -> Result<T, Stop>) -> Result<T, Stop> {
    // Taking the write lock at once means that what `work` read still holds when it writes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

// A panic elsewhere cannot leave half a transaction: an unfinished one is rolled back when it is dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
