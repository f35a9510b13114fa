use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::codes::{Waiting, send_codes};
use super::context::Context;
use super::person::key_path;
use super::say::{self, counted};
use crate::apply::{Approval, PlanFile, PrivateKey, approval_path, may_not_approve, redeem_code};
use crate::domain::Person;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::journal::Journal;
use crate::plan::{ApprovalLimits, Plan};
use crate::settings::{Needs, Settings};
use crate::watch;
use crate::workbook::read::read_answer;

/// Approve a plan that somebody else made: your signature, or the code that you were sent, goes into a file beside it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook approve reviewed.json                # shows the plan, then asks
  couponbook approve reviewed.json --key lin.key
  couponbook approve reviewed.json --code         # asks for the code that you were sent
  couponbook approve reviewed.xlsx                # the page of the plan, with the code typed into it
  couponbook approve reviewed.json --send-codes   # new codes for all who can approve it")]
pub struct ApproveArgs {
    /// The plan, as `couponbook plan` saved it, or its page with a code in it
    plan: PathBuf,
    /// Your private key [default: keys/NAME.key in the state folder, of whoever sits here]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["code", "send_codes"])]
    key: Option<PathBuf>,
    /// The one-time code that you were sent, in place of a key [default: asks for it]
    #[arg(long, value_name = "CODE", num_args = 0..=1, conflicts_with = "send_codes")]
    #[expect(clippy::option_option, reason = "given without a value it asks")]
    code: Option<Option<String>>,
    /// Approve nothing; send a new code to everybody who can approve the plan and has a channel of their own
    #[arg(long)]
    send_codes: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// A key is a line.
const KEY_BYTES_MAX: u64 = 4 * 1024;

/// The plan that is looked at, as far as it does not matter who approves it.
struct Read {
    path: PathBuf,
    file: PlanFile,
    sha256: String,
    /// As typed on its page.
    code: Option<String>,
}

pub async fn run(args: &ApproveArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = context.settings(Needs { message_secrets: args.send_codes, ..Needs::ARCHIVE })?;
    if !settings.people.is_any() {
        return Err(Failure::new(Kind::Usage, "the config names nobody who could approve")
            .hint("`couponbook person add NAME` prints the lines for the config"));
    }
    let read = read(&args.plan, &settings.state)?;
    let journal = context.journal(&settings)?;
    if let Some(used) = journal.plan_use(&read.sha256)?.filter(|used| used.finished.is_some()) {
        let line = format!("this plan was applied already, by {} (run {})", used.by, used.run);
        return Err(Failure::new(Kind::Failed, line).hint("there is nothing to approve any more"));
    }
    if args.send_codes {
        return send(&read, &settings, &journal, context).await;
    }
    let approval = match code(args, &read, context)? {
        Some(code) => redeem_code(&journal, (&read.file.plan, &read.sha256), &settings.people, &code, context.now())
            .map_err(|error| {
                Failure::of(Kind::Failed, &error)
                    .hint("nothing was approved or sent; `couponbook approve PLAN --send-codes` sends new codes")
            })?,
        None => signed(args, &read, &settings, context)?,
    };
    let json = serde_json::to_vec_pretty(&approval).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let saved =
        durable::write_free(&approval_path(&read.path), &json).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let text = format!(
        "Approved by {} until {}: {}. Nothing was sent. Next: couponbook apply {}",
        approval.person,
        approval.until.format("%Y-%m-%d %H:%M UTC"),
        saved.display(),
        say::as_typed(&read.path)
    );
    let document = serde_json::json!({
        "approval": approval, "file": saved.display().to_string(), "sent_to": [], "told": [],
    });
    context.print(&document, &text)
}

/// Of the plan itself or of its page, beside which the plan lies; of a page in the inbox of `watch` the plan lies in the state folder.
fn read(given: &Path, state: &Path) -> Result<Read, Failure> {
    let is_page = !given.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let answer = is_page.then(|| read_answer(given)).transpose().map_err(|error| {
        Failure::new(Kind::Workbook, format!("{}: {error}", given.display())).hint("nothing was approved or sent")
    })?;
    let path = match &answer {
        None => given.to_path_buf(),
        // A page names a file beside itself, whatever was typed into it.
        Some(answer) => {
            let name = Path::new(&answer.plan).file_name().unwrap_or_default();
            Some(given.with_file_name(name))
                .filter(|beside| beside.exists())
                .or_else(|| watched_plan(state, name, &answer.plan_sha256))
                .unwrap_or_else(|| given.with_file_name(name))
        }
    };
    let unreadable =
        |error: std::io::Error| Failure::new(Kind::Failed, format!("{} cannot be read: {error}", path.display()));
    let bytes = durable::read(&path).map_err(unreadable)?;
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    if answer.as_ref().is_some_and(|answer| answer.plan_sha256 != sha256) {
        let line = format!("{} is the page of another plan than {}", given.display(), path.display());
        return Err(Failure::new(Kind::Workbook, line).hint("nothing was approved; put the page beside its own plan"));
    }
    let file = PlanFile::read(&path, &bytes)?;
    let code = match answer {
        None => None,
        Some(answer) => Some(answer.code.ok_or_else(|| {
            Failure::new(
                Kind::Workbook,
                format!("there is no code on the page {}: it approves nothing", given.display()),
            )
        })?),
    };
    Ok(Read { path, file, sha256, code })
}

/// The plan with that name and hash that a watcher made.
fn watched_plan(state: &Path, name: &OsStr, sha256: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir(state.join(watch::FOLDER).join(watch::WORK)).ok()?;
    let plans = folders.flatten().map(|folder| folder.path().join(name));
    let is_it = |plan: &PathBuf| durable::read(plan).is_ok_and(|bytes| watch::sha256(&bytes) == sha256);
    plans.filter(|plan| plan.exists()).find(is_it)
}

/// The code that was given, wherever; none where a key is to sign.
fn code(args: &ApproveArgs, read: &Read, context: &Context) -> Result<Option<String>, Failure> {
    match (&read.code, &args.code) {
        (Some(code), _) => Ok(Some(code.clone())),
        (None, None) => Ok(None),
        (None, Some(Some(code))) => Ok(Some(code.clone())),
        (None, Some(None)) => {
            let nobody =
                || Failure::new(Kind::Usage, "there is nobody to ask for the code").hint("write it behind --code");
            context.world.ask("The code that you were sent:").map(Some).ok_or_else(nobody)
        }
    }
}

async fn send(read: &Read, settings: &Settings, journal: &Journal, context: &Context<'_>) -> Result<(), Failure> {
    let waiting = Waiting { path: &read.path, file: &read.file, sha256: &read.sha256 };
    let sent = send_codes(&waiting, settings, journal, context).await?;
    if sent.people.is_empty() {
        let why = if sent.lines.is_empty() {
            "nobody can be sent a code for this plan".to_string()
        } else {
            sent.lines.join("\n")
        };
        return Err(Failure::new(Kind::Failed, why).hint(
            "an approver of all its stores, who did not make it, needs `channel` in their [[person]]: a [[message]] that only they read",
        ));
    }
    let document = serde_json::json!({ "approval": null, "file": null, "sent_to": sent.people, "told": sent.lines });
    context.print(&document, &sent.lines.join("\n"))
}

fn signed(args: &ApproveArgs, read: &Read, settings: &Settings, context: &Context) -> Result<Approval, Failure> {
    let (key, place) = private_key(args, context, settings)?;
    let person = owner(settings, &key, &place)?;
    let plan = &read.file.plan;
    if let Some(why) = may_not_approve(person, plan) {
        return Err(Failure::new(Kind::Usage, why).hint("nothing was signed"));
    }
    let archive = context.archive(settings);
    archive.must_hold()?;
    if archive.snapshot_sha256(&plan.export)? != read.file.plan.snapshot_sha256 {
        let line = format!("the archive holds another snapshot of export {}", plan.export);
        return Err(Failure::new(Kind::Failed, line).hint("nothing was signed; have the plan made again"));
    }
    let export = archive.load_snapshot(&plan.export)?;
    context.note(&say::plan(plan, &export, settings.platforms));
    if !args.yes && !agreed(context, plan)? {
        return Err(Failure::new(Kind::Failed, "not approved: you did not type the words; nothing was signed"));
    }
    let hours = settings.approval.as_ref().map_or(ApprovalLimits::USUAL_HOURS, |limits| limits.hours);
    Ok(Approval::sign(&key, &person.name, &read.sha256, context.now(), hours))
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
fn owner<'s>(settings: &'s Settings, key: &PrivateKey, place: &Path) -> Result<&'s Person, Failure> {
    let public = key.public();
    settings.people.0.iter().find(|person| person.key == Some(public)).ok_or_else(|| {
        let line = format!("the config knows nobody with the key {}", place.display());
        Failure::new(Kind::Usage, line)
            .hint(format!("its public part is {public}: it belongs into that person's [[person]]"))
    })
}
