//! How many stores are talked to at once. Whoever waits for the journal's disk talks to nobody, and another store takes the seat.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::looks::Looks;
use crate::journal::StoreClaim;

/// So many stores are under way for each that may be talked to: as many as can wait for the disk meanwhile.
pub(super) const UNDER_WAY_A_SEAT: usize = 4;

/// As many as stores may be talked to at once.
pub(super) struct Seats {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    free: usize,
    /// Back from the disk with a step that is begun: nobody goes before them, so that what they saw of their coupon is still fresh.
    returning: VecDeque<oneshot::Sender<Seat>>,
    /// At the beginning of a row.
    beginning: VecDeque<oneshot::Sender<Seat>>,
}

/// Given back when it is dropped.
struct Seat {
    seats: Arc<Seats>,
}

/// One store in a run: the claim on it, and, while it talks to its platform, a seat.
pub(super) struct AtStore {
    pub claim: StoreClaim,
    /// What was seen of its coupons a moment ago.
    pub looks: Looks,
    seats: Arc<Seats>,
    seat: Mutex<Option<Seat>>,
}

impl AtStore {
    pub fn new(claim: StoreClaim, seats: &Arc<Seats>) -> Self {
        Self { claim, looks: Looks::default(), seats: Arc::clone(seats), seat: Mutex::new(None) }
    }

    /// For a row; it goes on once there is a seat. Who has one from the row before keeps it unless somebody with a begun step waits.
    pub async fn sit(&self) {
        if lock(&self.seat).is_some() && lock(&self.seats.state).returning.is_empty() {
            return;
        }
        self.rise();
        let seat = self.seats.take(|state| &mut state.beginning).await;
        *lock(&self.seat) = seat;
    }

    /// The rows are over.
    pub fn rise(&self) {
        // Taken out first: giving it back needs no lock of ours.
        let seat = lock(&self.seat).take();
        drop(seat);
    }

    /// `what` is awaited without a seat.
    pub async fn away<T>(&self, what: impl Future<Output = T>) -> T {
        self.rise();
        let came = what.await;
        let seat = self.seats.take(|state| &mut state.returning).await;
        *lock(&self.seat) = seat;
        came
    }
}

impl Seats {
    pub fn new(count: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { free: count, ..State::default() }) })
    }

    /// None only where all seats are lost with a run that goes down.
    async fn take(
        self: &Arc<Self>,
        line: impl FnOnce(&mut State) -> &mut VecDeque<oneshot::Sender<Seat>>,
    ) -> Option<Seat> {
        let turn = {
            let mut state = lock(&self.state);
            if state.free > 0 {
                state.free -= 1;
                return Some(Seat { seats: Arc::clone(self) });
            }
            let (given, turn) = oneshot::channel();
            line(&mut state).push_back(given);
            turn
        };
        turn.await.ok()
    }

    fn next(&self) -> Option<oneshot::Sender<Seat>> {
        let mut state = lock(&self.state);
        let next = state.returning.pop_front().or_else(|| state.beginning.pop_front());
        if next.is_none() {
            state.free += 1;
        }
        next
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(next) = self.seats.next() {
            // Whoever does not wait any more drops it, and it goes to the one behind.
            drop(next.send(Self { seats: Arc::clone(&self.seats) }));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
