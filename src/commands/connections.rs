//! The stores of the config, connected. Stores with `endpoint = "sandbox"` get the built-in mock platforms, in this process.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

use super::context::Context;
use crate::apply::{Connectors, Settle};
use crate::domain::{Message, StoreId};
use crate::durable::{self, DurableError};
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::message;
use crate::platforms::{Account, CallLog, ConnectError, Connector, KeyProblem, Network, PaceOverride, Platforms};
use crate::sandbox::{Running, Sandbox, Scenario, StoreAccess};
use crate::settings::{Reach, Settings, StoreSettings};

/// How long a change whose sender died may still be under way over the internet.
const SETTLE_AFAR: Duration = Duration::from_secs(30);

/// How long the calls of a run that ended early are kept, and how large a log grows before a new one is begun.
const CALLS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
const CALLS_BYTES_MAX: u64 = 8 * 1024 * 1024;

pub struct Connections {
    /// Of each store, or why there is none.
    pub connectors: Connectors,
    /// Stores on this machine.
    near: BTreeSet<StoreId>,
    /// Stores of this very process.
    inside: BTreeSet<StoreId>,
    settle_here: Duration,
    settle_creation: Duration,
    sandbox: Option<Running>,
}

impl Connections {
    /// Connects every store; one that cannot be connected has its reason. Nothing is sent to any platform yet.
    pub async fn open(context: &Context<'_>, settings: &Settings, log: CallLog) -> Result<Self, Failure> {
        Self::through(network(context, settings, log), context, settings, false).await
    }

    /// The same for an export, which does not ask again for what no platform lets anyone change; `forget` lets go of what earlier
    /// ones remembered.
    pub async fn open_to_load(
        context: &Context<'_>,
        settings: &Settings,
        log: CallLog,
        forget: bool,
    ) -> Result<Self, Failure> {
        let network = network(context, settings, log).remembering_in(settings.state.join("remembered"), forget);
        Self::through(network, context, settings, false).await
    }

    /// The same to tell how many calls an export would send: stores whose secrets are missing too. Nothing must be sent.
    pub async fn open_to_count(context: &Context<'_>, settings: &Settings, forget: bool) -> Result<Self, Failure> {
        let network = network(context, settings, CallLog::none());
        let network = network.remembering_in(settings.state.join("remembered"), forget);
        Self::through(network, context, settings, true).await
    }

    async fn through(
        network: Network,
        context: &Context<'_>,
        settings: &Settings,
        counts_only: bool,
    ) -> Result<Self, Failure> {
        let sandbox = if settings.stores.iter().any(|store| matches!(store.reach, Reach::Sandbox)) {
            let (folder, anywhere) = (settings.state.join("sandbox"), SocketAddr::from(([127, 0, 0, 1], 0)));
            Some(serve_sandbox(context, (&folder, false), settings.sandbox_scenario.as_deref(), anywhere).await?)
        } else {
            None
        };
        let accesses = match &sandbox {
            Some(running) => running.sandbox().stores()?,
            None => Vec::new(),
        };
        let mut connectors = Connectors::new();
        let (mut near, mut inside) = (BTreeSet::new(), BTreeSet::new());
        for store in &settings.stores {
            let id = store.store.id.clone();
            let account = match &store.reach {
                Reach::Platform(account) => Ok((**account).clone()),
                Reach::Locked { account, .. } if counts_only => Ok((**account).clone().only_to_count()),
                Reach::Locked { why, .. } => Err(Message::as_written(why.clone())),
                Reach::Sandbox => {
                    in_sandbox(settings.platforms, store, &accesses, sandbox.as_ref()).map_err(Message::as_written)
                }
            };
            if account.as_ref().is_ok_and(|account| account.is_here()) {
                near.insert(id.clone());
            }
            if matches!(store.reach, Reach::Sandbox) {
                inside.insert(id.clone());
            }
            let connected = account
                .and_then(|account| settings.platforms.connect(&account, &network).map_err(|ConnectError(why)| why));
            connectors.insert(id, connected.map(Arc::from));
        }
        let (settle_here, settle_creation) = (context.world.settle_here, settings.settle_creation);
        Ok(Self { connectors, near, inside, settle_here, settle_creation, sandbox })
    }

    /// The store's connector, or in a sentence why there is none.
    pub fn connector(&self, store: &StoreId) -> Result<Arc<dyn Connector>, Message> {
        self.connectors.get(store).cloned().unwrap_or_else(|| Err(message!("call-not-connected")))
    }

    /// How long to wait before asking what became of a write whose answer was lost. The built-in mock platforms end with the
    /// process that sends.
    pub fn settle(&self, store: &StoreId) -> Settle {
        let change = if self.near.contains(store) { self.settle_here } else { SETTLE_AFAR };
        let creation = if self.inside.contains(store) { change } else { self.settle_creation.max(change) };
        Settle { creation, change }
    }

    /// Ends the mock platforms, where there are any.
    pub async fn close(self) {
        if let Some(running) = self.sandbox {
            running.stop().await;
        }
    }
}

/// What processes that were killed left half written goes first: there may be tokens in it.
fn network(context: &Context<'_>, settings: &Settings, log: CallLog) -> Network {
    ["", "tokens", "remembered", "quota"]
        .map(|folder| settings.state.join(folder))
        .iter()
        .for_each(|it| durable::sweep(it));
    let clock = Arc::clone(&context.world.clock);
    Network::new(clock, settings.state.join("tokens"), log, context.world.retry_policy)
        .counting_in(settings.state.join("quota"))
        .masking(&context.world.secrets)
}

/// Where the calls of one export or run are written while it goes on; kept in the archive afterwards.
pub fn call_log(
    context: &Context<'_>,
    settings: &Settings,
    name: &str,
) -> Result<(CallLog, std::path::PathBuf), Failure> {
    let folder = settings.state.join("calls");
    durable::create_folder(&folder)?;
    forget_old_calls(&folder, context.now().into());
    let path = folder.join(format!("{name}.jsonl"));
    let log = CallLog::to_file(&path, |message| Language::ENGLISH.render(message))
        .map_err(|error| DurableError::of(&path, error))?;
    Ok((log, path))
}

/// Runs that ended early leave their calls here, and checks and plans add to theirs: what nobody asked about for a month is
/// let go, and a file that has grown large makes room for a new one. A file that cannot be removed does no harm.
fn forget_old_calls(folder: &Path, now: SystemTime) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, Ok(about)) = (entry.path(), entry.metadata()) else { continue };
        let age = about.modified().ok().and_then(|changed| now.duration_since(changed).ok());
        if !about.is_file() {
            continue;
        }
        if age.is_some_and(|age| age > CALLS_KEPT) {
            let _ = durable::remove(&path);
        } else if about.len() > CALLS_BYTES_MAX && path.extension().is_some_and(|ending| ending == "jsonl") {
            let _ = durable::rename(&path, &path.with_extension("jsonl.earlier"));
        }
    }
}

/// The scenario of the config, else the one of the demo.
pub fn scenario(file: Option<&Path>, now: crate::domain::Timestamp) -> Result<Scenario, Failure> {
    let scenario = match file {
        Some(file) => Scenario::read(file, now),
        None => Scenario::demo(now),
    };
    scenario.map_err(|error| Failure::of(Kind::Usage, &error))
}

/// Serves the mock platforms of `folder`, made from the scenario where there are none yet or they are to be `fresh`.
pub async fn serve_sandbox(
    context: &Context<'_>,
    (folder, fresh): (&Path, bool),
    scenario_file: Option<&Path>,
    address: SocketAddr,
) -> Result<Running, Failure> {
    let sandbox = if Sandbox::exists(folder) && !fresh {
        Sandbox::open(folder)?
    } else {
        let scenario = scenario(scenario_file, context.now())?;
        durable::create_folder(folder)?;
        Sandbox::create(folder, &scenario)?
    };
    Ok(sandbox.serve(address, context.world.clock.clone()).await?)
}

fn in_sandbox(
    platforms: Platforms,
    store: &StoreSettings,
    accesses: &[StoreAccess],
    sandbox: Option<&Running>,
) -> Result<Account, String> {
    let mut store = store.store.clone();
    let access = accesses.iter().find(|access| access.id == store.id).ok_or_else(|| {
        let known: Vec<_> = accesses.iter().map(|access| access.id.as_str()).collect();
        format!("the sandbox has no store {}; its stores are {}", store.id, known.join(", "))
    })?;
    let (there, here) = (platforms.name(access.platform), platforms.name(store.platform));
    if access.platform != store.platform {
        return Err(format!("{} is on {there} in the sandbox, and on {here} in the config", store.id));
    }
    let address = sandbox.ok_or("the sandbox is not running")?.address();
    let endpoint = Url::parse(&access.base_url(address)).map_err(|error| error.to_string())?;
    let entry = platforms.find(store.platform).ok_or_else(|| format!("the program knows no platform {here}"))?;
    let keys = entry.keys_of(|name| access.key(name, address));
    let told =
        |problems: Vec<KeyProblem>| problems.iter().map(|problem| problem.what.as_str()).collect::<Vec<_>>().join("; ");
    let place = entry.place(&keys, Some(endpoint)).map_err(|problems| format!("{}: {}", store.id, told(problems)))?;
    store.shop = place.shop;
    let pace = PaceOverride {
        app_per_second: Some(10_000),
        per_second: Some(1000),
        in_flight: Some(16),
        ..PaceOverride::default()
    };
    Ok(Account { store, endpoint: place.endpoint, keys, proxy: None, ca_file: None, allow_http: false, pace })
}
