use std::path::PathBuf;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::context::Context;
use super::person::key_path;
use super::say::{self, counted};
use crate::apply::{Approval, PlanFile, PrivateKey, approval_path, may_not_approve};
use crate::domain::Person;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::plan::{ApprovalLimits, Plan};
use crate::settings::{Needs, Settings};

/// Approve a plan that somebody else made: your signature goes into a file beside it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook approve reviewed.json                # shows the plan, then asks
  couponbook approve reviewed.json --key lin.key")]
pub struct ApproveArgs {
    /// The plan, as `couponbook plan` saved it
    plan: PathBuf,
    /// Your private key [default: keys/NAME.key in the state folder, of whoever sits here]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// A key is a line.
const KEY_BYTES_MAX: u64 = 4 * 1024;

pub fn run(args: &ApproveArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    if !settings.people.is_any() {
        return Err(Failure::new(Kind::Usage, "the config names nobody who could approve")
            .hint("`couponbook person add NAME` prints the lines for the config"));
    }
    let unreadable =
        |error: std::io::Error| Failure::new(Kind::Failed, format!("{} cannot be read: {error}", args.plan.display()));
    let bytes = durable::read(&args.plan).map_err(unreadable)?;
    let file = PlanFile::read(&args.plan, &bytes)?;
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    let journal = context.journal(&settings)?;
    if let Some(used) = journal.plan_use(&sha256)?.filter(|used| used.finished.is_some()) {
        let line = format!("this plan was applied already, by {} (run {})", used.by, used.run);
        return Err(Failure::new(Kind::Failed, line).hint("there is nothing to approve any more"));
    }
    let (key, place) = private_key(args, context, &settings)?;
    let person = owner(&settings, &key, &place)?;
    if let Some(why) = may_not_approve(person, &file.plan) {
        return Err(Failure::new(Kind::Usage, why).hint("nothing was signed"));
    }
    let archive = context.archive(&settings);
    archive.must_hold()?;
    if archive.snapshot_sha256(&file.plan.export)? != file.plan.snapshot_sha256 {
        let line = format!("the archive holds another snapshot of export {}", file.plan.export);
        return Err(Failure::new(Kind::Failed, line).hint("nothing was signed; have the plan made again"));
    }
    let export = archive.load_snapshot(&file.plan.export)?;
    context.note(&say::plan(&file.plan, &export, settings.platforms));
    if !args.yes && !agreed(context, &file.plan)? {
        return Err(Failure::new(Kind::Failed, "not approved: you did not type the words; nothing was signed"));
    }
    let hours = settings.approval.as_ref().map_or(ApprovalLimits::USUAL_HOURS, |limits| limits.hours);
    let approval = Approval::sign(&key, &person.name, &sha256, context.now(), hours);
    let json = serde_json::to_vec_pretty(&approval).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let saved =
        durable::write_free(&approval_path(&args.plan), &json).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let text = format!(
        "Approved by {} until {}: {}. Nothing was sent. Next: couponbook apply {}",
        person.name,
        approval.until.format("%Y-%m-%d %H:%M UTC"),
        saved.display(),
        say::as_typed(&args.plan)
    );
    context.print(&serde_json::json!({ "approval": approval, "file": saved.display().to_string() }), &text)
}

/// Typed word for word, so that nobody agrees by a reflex.
fn agreed(context: &Context, plan: &Plan) -> Result<bool, Failure> {
    let (changes, stores) = (plan.changes().count(), plan.stores().len());
    let words = format!("APPROVE {} IN {}", counted(changes, "CHANGE", "CHANGES"), counted(stores, "STORE", "STORES"));
    let nobody = || {
        Failure::new(Kind::Usage, "there is nobody to ask")
            .hint("add --yes to sign without a question; nothing was signed")
    };
    let typed = context.world.ask(&format!("Type {words} to sign it:")).ok_or_else(nobody)?;
    Ok(typed.trim().eq_ignore_ascii_case(&words))
}

fn private_key(args: &ApproveArgs, context: &Context, settings: &Settings) -> Result<(PrivateKey, PathBuf), Failure> {
    let place = match (&args.key, settings.people.at(&context.world.account())) {
        (Some(place), _) => place.clone(),
        (None, Some(person)) => key_path(&settings.state, &person.name),
        (None, None) => {
            let login = context.world.account().login().unwrap_or_else(|| "whoever sits here".to_string());
            return Err(Failure::new(Kind::Usage, format!("no [[person]] of the config has the login {login}"))
                .hint("name your key with --key FILE"));
        }
    };
    let shown = place.display();
    if durable::is_open_to_others(&place) {
        return Err(Failure::new(
            Kind::Failed,
            format!("others of this machine can read the key {shown}: it proves nothing"),
        )
        .hint("make a new one with `couponbook person add NAME`, and put its public part into the config"));
    }
    let bytes = durable::read_small(&place, KEY_BYTES_MAX).map(Zeroizing::new).map_err(|error| {
        Failure::new(Kind::Failed, format!("the key {shown} cannot be read: {error}"))
            .hint("`couponbook person add NAME` makes one; --key FILE names another")
    })?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let key = PrivateKey::parse(text).map_err(|error| Failure::new(Kind::Failed, format!("{shown}: {error}")))?;
    Ok((key, place))
}

/// Whose the key is, by the config.
fn owner<'s>(settings: &'s Settings, key: &PrivateKey, place: &std::path::Path) -> Result<&'s Person, Failure> {
    let public = key.public();
    settings.people.0.iter().find(|person| person.key == Some(public)).ok_or_else(|| {
        let line = format!("the config knows nobody with the key {}", place.display());
        Failure::new(Kind::Usage, line)
            .hint(format!("its public part is {public}: it belongs into that person's [[person]]"))
    })
}
