use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::context::Context;
use super::say::as_typed;
use crate::apply::PrivateKey;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::settings::Needs;

/// The people who decide and approve: make a key for one, list them
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  couponbook person add Lin      # makes a key, and prints the lines for the config
  couponbook person              # who may do what")]
pub struct PersonArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key for a person; the private part goes into a file that only you can read
    #[command(after_help = "\
Examples:
  couponbook person add Lin
  couponbook person add Lin --out lin.key   # to be taken to Lin's machine")]
    Add {
        /// As the config is to call them
        name: String,
        /// Where the private key goes [default: keys/NAME.key in the state folder]; never over one that is there
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub fn run(args: &PersonArgs, context: &Context) -> Result<(), Failure> {
    match &args.what {
        None => list(context),
        Some(What::Add { name, out }) => add(name, out.as_deref(), context),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let sitting = settings.people.at(&context.world.account()).map(|person| person.name.clone());
    let mut lines = Vec::new();
    let mut shown = Vec::new();
    for person in &settings.people.0 {
        let role: &str = person.role.into();
        let stores = person.stores.as_ref().map_or("all stores".to_string(), |stores| {
            stores.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        });
        let key = if person.key.is_some() { "with a key" } else { "without a key" };
        let here = if sitting.as_ref() == Some(&person.name) { "; sits here" } else { "" };
        lines.push(format!("{}: {role} of {stores}, {key}{here}", person.name));
        shown.push(serde_json::json!({
            "name": person.name, "role": role, "stores": person.stores, "key": person.key.map(|key| key.to_string()),
            "logins": person.logins, "sits_here": sitting.as_ref() == Some(&person.name),
        }));
    }
    if lines.is_empty() {
        lines.push("The config names nobody: whoever runs the program may do everything.".to_string());
    }
    context.print(&serde_json::json!({ "people": shown }), &lines.join("\n"))
}

fn add(name: &str, out: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::new(Kind::Usage, "a person needs a name of plain letters"));
    }
    let settings = context.settings(Needs::ARCHIVE)?;
    if settings.people.named(name).is_some_and(|person| person.key.is_some()) {
        return Err(Failure::new(Kind::Usage, format!("{name} has a key in the config already"))
            .hint("remove its `key` there first: what was signed with the old one does not count any more"));
    }
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new(Kind::Failed, format!("this system gives no random numbers: {error}")))?;
    let key = PrivateKey::of_seed(seed).map_err(|error| Failure::of(Kind::Failed, &error))?;
    let place = out.map_or_else(|| key_path(&settings.state, name), Path::to_path_buf);
    durable::create_private_new(&place, key.text().as_bytes()).map_err(|error| {
        Failure::new(Kind::Failed, format!("the key cannot be written to {}: {error}", place.display()))
            .hint("name another file with --out; a key is never written over another")
    })?;
    let user = context.world.user().unwrap_or_default();
    let public = key.public();
    let lines = format!(
        "[[person]]\nname = {name:?}\nrole = \"approver\"   # viewer, editor or approver\nkey = \"{public}\"\nlogins = [{user:?}]   # who that is for the operating system"
    );
    let text = format!(
        "The private key is in {}: it is {name}'s alone, and is given to nobody.\nInto the config:\n\n{lines}\n",
        as_typed(&place)
    );
    let document =
        serde_json::json!({ "name": name, "key": public.to_string(), "private_key_file": place.display().to_string() });
    context.print(&document, &text)
}

/// Where the key of `name` lies, unless it was put elsewhere.
pub fn key_path(state: &Path, name: &str) -> PathBuf {
    let plain = |letter: char| if letter.is_alphanumeric() || "-_".contains(letter) { letter } else { '_' };
    state.join("keys").join(format!("{}.key", name.chars().map(plain).collect::<String>()))
}
