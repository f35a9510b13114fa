//! `init --service`: the unit that keeps `watch` running on a machine of each kind, with this machine's own paths in it.

use std::path::{Path, PathBuf};

use strum::VariantArray;

use crate::archive::Location;
use crate::commands::context::Context;
use crate::failure::{Failure, Kind};
use crate::settings::{Needs, Settings};

/// What runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
pub(super) enum ServiceKind {
    Systemd,
    /// The service that a timer starts.
    SystemdOnce,
    SystemdTimer,
    Launchd,
    Windows,
    Container,
}

impl ServiceKind {
    /// Of this machine.
    fn usual() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Launchd
        } else {
            Self::Systemd
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Systemd => include_str!("../../../templates/service/couponbook-watch.service"),
            Self::SystemdOnce => include_str!("../../../templates/service/couponbook-once.service"),
            Self::SystemdTimer => include_str!("../../../templates/service/couponbook-once.timer"),
            Self::Launchd => include_str!("../../../templates/service/org.couponbook.watch.plist"),
            Self::Windows => include_str!("../../../templates/service/couponbook.xml"),
            Self::Container => include_str!("../../../templates/service/Containerfile"),
        }
    }
}

/// The kinds, for the help.
pub(super) fn kinds() -> Vec<&'static str> {
    ServiceKind::VARIANTS.iter().map(Into::into).collect()
}

/// Prints the unit of that kind for the config of `folder`, of this machine's own kind where none is named.
pub(super) fn print(kind: Option<ServiceKind>, folder: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let config = folder.map_or_else(|| context.config(), |folder| folder.join("couponbook.toml"));
    let settings = context.with_config(config.clone()).settings(Needs::NOTHING)?;
    let kind = kind.unwrap_or_else(ServiceKind::usual);
    let text = filled(kind, &config, &settings, context)?;
    let word: &str = kind.into();
    context.print(&serde_json::json!({ "written": [], "service": { "kind": word, "text": text } }), text.trim_end())
}

fn filled(kind: ServiceKind, config: &Path, settings: &Settings, context: &Context) -> Result<String, Failure> {
    let whole = |path: &Path| {
        std::path::absolute(path).map_err(|error| {
            Failure::new(Kind::Failed, format!("the whole path of {} cannot be told: {error}", path.display()))
        })
    };
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(Kind::Failed, format!("nobody knows where this program lies: {error}")))?;
    let config = whole(config)?;
    let folder = config.parent().map(Path::to_path_buf).unwrap_or_default();
    let (state, inbox, reports) = (whole(&settings.state)?, whole(&settings.watch.inbox)?, whole(&settings.reports)?);
    let mut writable = vec![state.clone(), inbox, reports];
    if let Location::Folder(archive) = &settings.archive {
        writable.push(whole(archive)?);
    }
    // What lies in the folder can be written with it; the rest need not be there yet.
    let besides: Vec<PathBuf> = writable.into_iter().filter(|path| !path.starts_with(&folder)).collect();
    let word = |path: &Path| escaped(kind, &path.display().to_string(), true);
    let besides: String = besides.iter().map(|path| format!(" {}", dashed(kind, path))).collect();
    let user = context.world.user().unwrap_or_else(|| "couponbook".to_string());
    let filled = kind.template().replace("{writable}", &format!("{}{besides}", word(&folder)));
    // One path that is the whole of its line takes no quotes.
    let filled = filled.replace("WorkingDirectory={folder}", &format!("WorkingDirectory={}", plain(kind, &folder)));
    let places = [("{program}", &program), ("{config}", &config), ("{folder}", &folder), ("{state}", &state)];
    let filled = places.into_iter().fold(filled, |text, (place, path)| text.replace(place, &word(path)));
    Ok(filled.replace("{user}", &escaped(kind, &user, false)))
}

fn plain(kind: ServiceKind, path: &Path) -> String {
    escaped(kind, &path.display().to_string(), false)
}

/// One that may be missing.
fn dashed(kind: ServiceKind, path: &Path) -> String {
    escaped(kind, &format!("-{}", path.display()), true)
}

/// As it stands in a file of that kind; `is_word`: where spaces part words.
fn escaped(kind: ServiceKind, text: &str, is_word: bool) -> String {
    match kind {
        ServiceKind::Systemd | ServiceKind::SystemdOnce | ServiceKind::SystemdTimer => {
            let text = text.replace('%', "%%");
            match is_word && text.contains([' ', '"', '\'', '\\', '\t']) {
                true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
                false => text,
            }
        }
        ServiceKind::Launchd | ServiceKind::Windows => {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
        }
        ServiceKind::Container => text.to_string(),
    }
}
