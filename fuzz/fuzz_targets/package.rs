//! Whatever bytes a file has: they are read, or refused in a sentence.

#![no_main]

use couponbook_fuzz::packed::{read, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let sentence = told(read(bytes.to_vec()));
    assert!(!sentence.is_empty());
});
