use std::process::ExitCode;

fn main() -> ExitCode {
    couponbook::commands::main()
}
