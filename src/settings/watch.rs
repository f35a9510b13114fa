//! `[watch]`: when exports are made by themselves, where workbooks are handed in, and what of them may be carried out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use secrecy::SecretString;

use super::asked::Form;
use super::bounds;
use super::secret::{Hiding, NOT_LOOKED_UP, NoSecret};
use super::section::Section;
use crate::domain::People;
use crate::plan::AutomaticLimits;
use crate::watch::Times;

const CRON: Form = Form::Like("cron lines", "^\\s*(@[a-zA-Z]+|\\S+(\\s+\\S+){4})\\s*$");
const USUAL_TIMES: [&str; 2] = ["0 9 * * *", "0 15 * * *"];
/// Longer than a sync client takes between two writes of one file, and than a share hides that one grows.
const USUAL_SETTLE_SECONDS: u64 = 30;
const USUAL_CATCH_UP_HOURS: i64 = 12;

/// What a watcher goes by.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    pub times: Times,
    /// The folder that workbooks are saved into.
    pub inbox: PathBuf,
    /// How long a file has to lie unchanged.
    pub settle: Duration,
    /// A due export that is later than this is not made any more.
    pub catch_up: TimeDelta,
    /// In whose name workbooks of the inbox are planned; none means whoever runs the program.
    pub by: Option<String>,
    /// Up to where a plan is applied without anybody's word; none means never.
    pub apply: Option<AutomaticLimits>,
    /// Where it is told that exports begin and end; or why that cannot be told.
    pub ping: Option<Result<SecretString, String>>,
}

/// `ours` are the folders that the program writes into.
pub(super) fn watch(
    mut section: Section,
    (zone, home): (Tz, &Path),
    ours: &[(&'static str, &Path)],
    people: &People,
    hiding: Hiding,
) -> Option<WatchSettings> {
    let it = &mut section;
    let times = times(it, zone);
    let inbox = home.join(it.path("inbox").unwrap_or_else(|| PathBuf::from("inbox")));
    for (what, folder) in ours {
        // What the program itself writes there would be taken for handed in.
        if inbox.starts_with(folder) {
            let what = format!("inbox: {} is in the folder of the {what}", inbox.display());
            it.complaints.near(it.at, what, "name a folder of its own");
        }
    }
    let settle = it.number(&bounds::SETTLE_SECONDS).unwrap_or(USUAL_SETTLE_SECONDS);
    let catch_up = it.number(&bounds::CATCH_UP_HOURS).unwrap_or(USUAL_CATCH_UP_HOURS);
    let by = by(it, people);
    let is_apply_given = it.is_given("apply");
    let apply = apply(it.section("apply"));
    let ping = ping(it, home, hiding);
    section.end();
    Some(WatchSettings {
        times: times?,
        inbox,
        settle: Duration::from_secs(settle),
        catch_up: TimeDelta::try_hours(catch_up).unwrap_or_default(),
        by,
        apply: is_apply_given.then_some(apply),
        ping,
    })
}

fn times(section: &mut Section, zone: Tz) -> Option<Times> {
    let (at, complaints) = (section.at, section.complaints);
    let is_given = section.is_given("times");
    let typed = match (section.texts_as("times", CRON), is_given) {
        (Some(typed), _) => typed,
        (None, true) => return None,
        (None, false) => return Times::parse(&USUAL_TIMES, zone).ok(),
    };
    if typed.is_empty() {
        complaints.near(at, "times is empty", "write times = [\"0 9 * * *\", \"0 15 * * *\"], or leave it out");
    }
    let lines: Vec<&str> = typed.iter().map(|line| line.get_ref().as_str()).collect();
    let wrong = match Times::parse(&lines, zone) {
        Ok(times) => return Some(times),
        Err(wrong) => wrong,
    };
    for (place, why) in wrong {
        let Some(line) = typed.get(place) else { continue };
        let what = format!("times: {:?}: {why}", line.get_ref());
        let wanted =
            "write minute, hour, day of month, month and day of week: \"30 8 * * mon-fri\" is 08:30 on workdays";
        complaints.at(line.span().start, what, wanted);
    }
    None
}

/// Where the config names people, one of them.
fn by(section: &mut Section, people: &People) -> Option<String> {
    let complaints = section.complaints;
    let typed = section.text("by")?;
    let name = typed.get_ref().trim().to_string();
    if people.is_any() && people.named(&name).is_none() {
        let known: Vec<&str> = people.0.iter().map(|person| person.name.as_str()).collect();
        let wanted = format!("write one of {}", known.join(", "));
        complaints.at(typed.span().start, format!("by: no [[person]] is called {name:?}"), wanted);
    }
    Some(name).filter(|name| !name.is_empty())
}

/// `[watch.apply]`.
fn apply(mut section: Section) -> AutomaticLimits {
    let exposure = section.amounts("exposure", &bounds::EXPOSURE);
    let limits = AutomaticLimits {
        changes: section.number(&bounds::AUTOMATIC_CHANGES).unwrap_or(AutomaticLimits::USUAL_CHANGES),
        removals: section.number(&bounds::AUTOMATIC_REMOVALS).unwrap_or(AutomaticLimits::USUAL_REMOVALS),
        stores: section.number(&bounds::AUTOMATIC_STORES),
        exposure,
    };
    section.end();
    limits
}

/// Whoever knows the address can say that all is well: it is a secret. One that is missing costs the ping only.
fn ping(section: &mut Section, home: &Path, hiding: Hiding) -> Option<Result<SecretString, String>> {
    let complaints = section.complaints;
    let typed = section.secret("ping")?;
    let (at, place) = (typed.span().start, typed.into_inner());
    if place.is_named() && !hiding.needs.message_secrets {
        return Some(Err(NOT_LOOKED_UP.to_string()));
    }
    match place.secret("ping", complaints.secret_example("ping"), home, hiding) {
        Ok(secret) => Some(Ok(secret)),
        Err(NoSecret::Unnamed((what, wanted))) => {
            complaints.at(at, what, wanted);
            None
        }
        Err(NoSecret::Missing((what, wanted))) => Some(Err(complaints.problem(at, what, wanted).to_string())),
    }
}
