use chrono::{Duration, NaiveDate};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::context::Context;
use crate::domain::local_day;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::replies::{FOLDER_README, built_in};

const CONFIG: &str = include_str!("../../templates/couponbook.toml");
const CAMPAIGNS: &str = include_str!("../../templates/campaigns.csv");
const COUPONS: &str = include_str!("../../templates/coupons.csv");

/// Write a couponbook.toml that explains itself, a campaign plan to begin with and the form for stores without an API; never over a file that is there
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook init                # here
  couponbook init shops          # in a folder of its own
  couponbook init --replies      # the texts for customer service, to make them your own")]
pub struct InitArgs {
    /// The folder to write them to [default: here]
    folder: Option<PathBuf>,
    /// Write the templates of the quick replies into FOLDER/replies instead, to make them your own
    #[arg(long)]
    replies: bool,
}

pub fn run(args: &InitArgs, context: &Context) -> Result<(), Failure> {
    let folder = args.folder.clone().unwrap_or_default();
    if args.replies {
        return replies(&folder.join("replies"), context);
    }
    if args.folder.is_some() {
        durable::create_folder(&folder)?;
    }
    let campaigns = dated(CAMPAIGNS, local_day(context.now(), chrono_tz::Asia::Singapore));
    let written =
        write_all(&folder, &[("couponbook.toml", CONFIG), ("campaigns.csv", &campaigns), ("coupons.csv", COUPONS)])?;
    let text = format!(
        "Wrote {}.\nNext: put your stores into couponbook.toml (it begins with two on the built-in sandbox, so that every \
         command works at once), then run `couponbook stores check` and `couponbook export`.",
        written.join(", ")
    );
    context.print(&serde_json::json!({ "written": written }), &text)
}

fn replies(folder: &Path, context: &Context) -> Result<(), Failure> {
    durable::create_folder(folder)?;
    let files: Vec<(&str, &str)> = built_in().chain([("README.md", FOLDER_README)]).collect();
    let written = write_all(folder, &files)?;
    // The config's paths start from its own folder.
    let home = context.config().parent().map(Path::to_path_buf).unwrap_or_default();
    let place = match folder.strip_prefix(&home) {
        Ok(inside) => inside.to_path_buf(),
        Err(_) => std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()),
    };
    let text = format!(
        "Wrote {} files to {}.\nNext: write `replies = '{}'` into {}, then edit the texts; README.md there says how. Files that you do \
         not change can be deleted: the built-in text stands in for them.",
        written.len(),
        folder.display(),
        place.display(),
        context.config().display()
    );
    context.print(&serde_json::json!({ "written": written }), &text)
}

/// A campaign plan whose dates are written as days from today, `{+8}`, so that its campaigns are of these days on every day.
pub(super) fn dated(plan: &str, today: NaiveDate) -> String {
    let mut text = String::with_capacity(plan.len());
    let mut rest = plan;
    while let Some((before, after)) = rest.split_once('{') {
        let (days, after) = after.split_once('}').unwrap_or((after, ""));
        let day = today + Duration::days(days.parse::<i64>().unwrap_or(0));
        let _ = write!(text, "{before}{day}");
        rest = after;
    }
    text + rest
}

/// All of them or none: half of a beginning would be taken for a whole one.
fn write_all(folder: &Path, files: &[(&str, &str)]) -> Result<Vec<String>, Failure> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        let line = format!("{} is there already, and was left as it is", path.display());
        return Err(Failure::new(Kind::Usage, line).hint("name another folder: couponbook init FOLDER"));
    }
    let mut written = Vec::with_capacity(files.len());
    for (path, (_, text)) in paths.iter().zip(files) {
        durable::write_new(path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    Ok(written)
}
