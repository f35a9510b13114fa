//! Bytes counted as they are inflated. No claim of the zip about its own sizes is asked.

use std::io::{BufRead, BufReader, Read};

const FILE_BYTES: u64 = 1024 * 1024 * 1024;
/// Honest sheets shrink to a tenth or a thirtieth. Below the floor a part may shrink as it likes.
const MOST_TIMES_PACKED: u64 = 200;
const RATIO_FLOOR_BYTES: u64 = 4 * 1024 * 1024;
/// One tag, one run of text. Excel allows 32,767 letters in a cell.
const EVENT_BYTES: u64 = 1024 * 1024;

/// What all parts of one file may inflate to together.
#[derive(Debug)]
pub(super) struct Allowance {
    bytes: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { bytes: FILE_BYTES }
    }
}

impl Allowance {
    pub fn take(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// Counts what is really read, and ends in an error where it is too much for one event or for the whole part.
pub(super) struct Metered<R> {
    inner: BufReader<R>,
    event: u64,
    part: u64,
}

impl<R: Read> Metered<R> {
    /// `packed_bytes` is what the part takes up in the zip.
    pub fn new(inner: R, packed_bytes: u64, allowance: &Allowance) -> Self {
        let by_ratio = packed_bytes.saturating_mul(MOST_TIMES_PACKED).max(RATIO_FLOOR_BYTES);
        Self { inner: BufReader::new(inner), event: EVENT_BYTES, part: by_ratio.min(allowance.bytes) }
    }

    /// The next bytes belong to a new tag or a new run of text.
    pub fn begin_event(&mut self) {
        self.event = EVENT_BYTES;
    }

    pub fn event_is_used_up(&self) -> bool {
        self.event == 0
    }

    pub fn part_is_used_up(&self) -> bool {
        self.part == 0
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        for (to, from) in into.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let left = self.event.min(self.part);
        let ready = self.inner.fill_buf()?;
        if left == 0 && !ready.is_empty() {
            return Err(std::io::Error::other("too long"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(ready.len());
        Ok(ready.get(..most).unwrap_or(ready))
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.event = self.event.saturating_sub(count as u64);
        self.part = self.part.saturating_sub(count as u64);
    }
}
