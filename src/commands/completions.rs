use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, context::Context};
use crate::failure::Failure;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook completions bash > ~/.local/share/bash-completion/completions/couponbook
  couponbook completions zsh > ~/.zfunc/_couponbook")]
pub struct CompletionsArgs {
    shell: Shell,
}

pub fn run(args: &CompletionsArgs, context: &Context) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "couponbook", &mut script);
    let script = String::from_utf8_lossy(&script);
    if context.is_json() {
        return context.print(&serde_json::json!({ "shell": args.shell.to_string(), "script": script }), "");
    }
    // Asked for, so that `--quiet` does not hide it.
    context.print_own(script.trim_end())
}
