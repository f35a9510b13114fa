//! What a watcher decides: which export is due when, which file is whole, what was dealt with.

mod files;
mod times;
