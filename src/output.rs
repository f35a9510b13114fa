//! What libraries write in thousands of small pieces, gathered into few; and whether a disk is full, whatever they made of its answer.

use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

/// So much is gathered before it is handed on.
const PIECE_BYTES: usize = 256 * 1024;
/// What a disk that takes this is not called full for.
const ROOM_BYTES: usize = 128 * 1024;

/// A writer that gathers, and keeps the first refusal of the one behind it.
pub struct Output<W: Write> {
    gathered: BufWriter<W>,
    refused: Option<io::Error>,
}

/// Writes to `to` through `fill`. Where `to` refused anything, that is the error, through `of`: libraries do not always hand it on.
///
/// # Errors
/// What `fill` gives, or what `to` said.
pub fn gathered<W: Write, T, E>(
    to: W,
    fill: impl FnOnce(&mut Output<W>) -> Result<T, E>,
    of: impl FnOnce(io::Error) -> E,
) -> Result<T, E> {
    let mut output = Output { gathered: BufWriter::with_capacity(PIECE_BYTES, to), refused: None };
    let filled = fill(&mut output);
    let flushed = output.flush();
    match output.refused.or(flushed.err()) {
        Some(refused) => Err(of(refused)),
        None => filled,
    }
}

/// Whether the error comes of a disk that is full, or of a quota that is used up: somewhere among its causes.
pub fn is_full(error: &(dyn Error + 'static)) -> bool {
    let is_so = |error: &io::Error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(is_so))
}

/// What the disk of `folder` says where it takes no more: tried with a file that goes away again. For errors that do not tell.
pub fn refusal_of_more(folder: &Path) -> Option<io::Error> {
    let tried = tempfile::tempfile_in(folder).and_then(|mut file| {
        file.write_all(&vec![0; ROOM_BYTES])?;
        file.sync_all()
    });
    tried.err().filter(|error| is_full(error))
}

impl<W: Write> Output<W> {
    fn kept<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &written
            && self.refused.is_none()
            && error.kind() != ErrorKind::Interrupted
        {
            self.refused = Some(match error.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(error.kind(), error.to_string()),
            });
        }
        written
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.gathered.write(bytes);
        self.kept(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.gathered.flush();
        self.kept(flushed)
    }
}

impl<W: Write + Seek> Seek for Output<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let sought = self.gathered.seek(to);
        self.kept(sought)
    }
}
