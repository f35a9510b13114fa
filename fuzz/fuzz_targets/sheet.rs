//! Whatever XML a sheet has: it is read, or refused in a sentence; and a sheet that is walked quickly as one that is walked thoroughly.

#![no_main]

use couponbook_fuzz::packed::{package, read, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sheet: &[u8]| {
    // Two bytes a letter are another way to write it.
    if sheet.starts_with(&[0xFE, 0xFF]) || sheet.starts_with(&[0xFF, 0xFE]) || sheet.iter().take(4).any(|byte| *byte == 0) {
        _ = read(package(sheet));
        return;
    }
    let bare = sheet.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(sheet);
    let thorough = [b"<!---->", bare].concat();
    assert_eq!(told(read(package(sheet))), told(read(package(&thorough))));
});
