use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Cli;
use super::context::Context;
use super::say::counted;
use crate::durable;
use crate::failure::{Failure, Kind};

/// Write the manual pages, one a command; pages of an earlier version are replaced
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook man ~/.local/share/man/man1     # then: man couponbook-export
  couponbook man pages                       # then: man -l pages/couponbook.1")]
pub struct ManArgs {
    /// The folder to write them to; it is made where it is missing
    folder: PathBuf,
}

pub fn run(args: &ManArgs, context: &Context) -> Result<(), Failure> {
    let pages = pages().map_err(|error| Failure::of(Kind::Failed, &error))?;
    durable::create_folder(&args.folder)?;
    let mut written = Vec::with_capacity(pages.len());
    for (name, page) in &pages {
        let path = args.folder.join(name);
        durable::replace(&path, page, false)?;
        written.push(path.display().to_string());
    }
    let text = format!("Wrote {} to {}.", counted(written.len(), "page", "pages"), args.folder.display());
    context.print(&serde_json::json!({ "written": written }), &text)
}

/// Each page with the name of its file: `couponbook.1`, `couponbook-archive-verify.1`.
fn pages() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    // Each command's options are those of all commands too, once they are built.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    add(program, &mut pages)?;
    Ok(pages)
}

fn add(command: Command, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()).cloned() {
        add(below, pages)?;
    }
    let man = Man::new(command);
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    Ok(())
}
