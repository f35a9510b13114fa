use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Answers are millions of small texts: figures in docs/performance.md, "Exporting".
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    couponbook::commands::main()
}
