use std::process::ExitCode;

use mimalloc::MiMalloc;

/// An answer of a platform is millions of small texts, and the system's allocator took a sixth of an export.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    couponbook::commands::main()
}
