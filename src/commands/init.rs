use std::path::PathBuf;

use super::context::Context;
use crate::durable;
use crate::failure::{Failure, Kind};

const CONFIG: &str = include_str!("../../templates/couponbook.toml");
const CAMPAIGNS: &str = include_str!("../../templates/campaigns.csv");

/// Write a commented couponbook.toml and a campaign plan to begin with; never over a file that is there
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder to write them to [default: here]
    folder: Option<PathBuf>,
}

pub fn run(args: &InitArgs, context: &Context) -> Result<(), Failure> {
    let folder = args.folder.clone().unwrap_or_default();
    if args.folder.is_some() {
        durable::create_folder(&folder)?;
    }
    let files =
        [("couponbook.toml", CONFIG), ("campaigns.csv", CAMPAIGNS)].map(|(name, text)| (folder.join(name), text));
    // All of them or none: half of a beginning would be taken for a whole one.
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        let line = format!("{} is there already, and was left as it is", path.display());
        return Err(Failure::new(Kind::Usage, line).hint("name another folder: couponbook init FOLDER"));
    }
    let mut written = Vec::new();
    for (path, text) in &files {
        durable::write_new(path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    let text = format!(
        "Wrote {}.\nNext: put your stores into couponbook.toml (it begins with two on the built-in sandbox, so that every \
         command works at once), then run `couponbook stores check` and `couponbook export`.",
        written.join(" and ")
    );
    context.print(&serde_json::json!({ "written": written }), &text)
}
