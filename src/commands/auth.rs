use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

use super::connections::{self, Connections};
use super::context::{Context, random_letters};
use super::filter::{Filter, is_known, is_named};
use super::redirect::{Listener, PATIENCE};
use super::say::{counted, english};
use super::store_check::remembered;
use crate::domain::{Load, Message, Store, StoreId, Timestamp};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::platforms::{Connector, Consent, Platforms, Redirect, Reply, SignInError, SignInKind, SignInStatus};
use crate::settings::{Needs, Settings};

/// Sign stores in by their sellers' consent, and show until when each is signed in
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook auth login shopee-sg-1
  couponbook auth status")]
pub struct AuthArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Login(LoginArgs),
    /// Show how each store is signed in and until when, and whether it got in last; nothing is sent
    ///
    /// ✓ the last export, `stores check` or `auth login` got in; ? none did yet, something else stood in the way, or new tokens were asked for and never came to the disk; ● it needs to be signed in.
    /// Ends with 1 where a store does.
    #[command(after_help = "\
Examples:
  couponbook auth status
  couponbook auth status --platform shopee --json")]
    Status {
        #[command(flatten)]
        filter: Filter,
    },
}

/// Sign stores in: open the printed link as the seller, agree, and bring the code back; of several one after the other
///
/// The program waits on this machine for the browser to come back with the code, where the platform sends it there: Shopee to any
/// port; Lazada and Shopify to the address of this machine that it says, once that is registered for the app. Elsewhere the address is pasted.
///
/// The tokens are kept in the state folder, readable to you alone, and are used before the refresh_token of the config,
/// which a store that signs in this way does not need.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook auth login shopee-sg-1
  couponbook auth login 'shopee-*'         # all of them, one link after the other
  couponbook auth login lazada-sg-1        # says which address of this machine is to be registered
  couponbook auth login lazada-sg-1 --redirect https://tool.example.com/back")]
struct LoginArgs {
    /// The store's id in the config, or several; `*` stands for any letters: shopee-*
    #[arg(value_name = "STORE", required = true)]
    stores: Vec<String>,
    /// Wait at this port of this machine for the browser, ten minutes at most; 0 takes a free one
    #[arg(long, value_name = "PORT", conflicts_with = "code")]
    listen: Option<u16>,
    /// The code, or the whole address that the browser was sent to; no link is printed then
    #[arg(long, value_name = "CODE_OR_ADDRESS")]
    code: Option<String>,
    /// Where the platform sends the browser: an address that is registered for the app; what it shows then is pasted
    #[arg(long, value_name = "URL")]
    redirect: Option<Url>,
}

pub async fn run(args: &AuthArgs, context: &Context<'_>) -> Result<(), Failure> {
    match &args.what {
        What::Login(args) => login(args, context).await,
        What::Status { filter } => status(filter, context).await,
    }
}

async fn login(args: &LoginArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = only(context.settings(Needs::STORES)?, &args.stores)?;
    let is_one = matches!(args.stores.as_slice(), [one] if !one.contains('*'));
    if args.code.is_some() && !is_one {
        return Err(Failure::new(Kind::Usage, "--code is the code of one store")
            .hint("name that store: couponbook auth login STORE --code …"));
    }
    let (log, _) = connections::call_log(context, &settings, "auth")?;
    let connections = Connections::open(context, &settings, log).await?;
    let result = match settings.stores.first() {
        Some(only) if is_one => {
            login_one(args, context, (&settings, &only.store), &connections).await.and_then(|signed| {
                let words = signed_words(&only.store, &signed);
                context.print(&signed, &words)
            })
        }
        _ => login_several(args, context, &settings, &connections).await,
    };
    connections.close().await;
    result
}

async fn login_one(
    args: &LoginArgs,
    context: &Context<'_>,
    (settings, store): (&Settings, &Store),
    connections: &Connections,
) -> Result<StoreSignIn, Failure> {
    let status = sign_in(args, context, (&settings.state, store), connections).await?;
    remember(context, settings, &store.id);
    Ok(store_sign_in(store, Ok(status), context.now()))
}

fn signed_words(store: &Store, signed: &StoreSignIn) -> String {
    let name = signed.status.signed_in_as.as_deref().map_or(String::new(), |name| format!(" as {name}"));
    let again = signed.sign_in_again_by.map_or(String::new(), |by| format!(" Sign in again by {}.", local(store, by)));
    format!("✓ {} is signed in{name}.{again}", store.id)
}

/// One after the other, since one person agrees to each; one that fails stops none. Stores that need nobody's consent are passed over.
async fn login_several(
    args: &LoginArgs,
    context: &Context<'_>,
    settings: &Settings,
    connections: &Connections,
) -> Result<(), Failure> {
    let takes_consent = |store: &&Store| {
        let connector = connections.connector(&store.id);
        let refusal = connector.and_then(|it| it.sign_in().takes_consent().map_err(|SignInError(why)| why)).err();
        refusal.inspect(|why| context.note(&format!("– {} is passed over: {}", store.id, english(why)))).is_none()
    };
    let stores: Vec<&Store> = settings.stores.iter().map(|store| &store.store).filter(takes_consent).collect();
    let (mut signed, mut failed) = (Vec::new(), Vec::new());
    for (number, store) in (1..).zip(&stores) {
        context.note(&format!("{number} of {}: {}", stores.len(), store.id));
        match login_one(args, context, (settings, store), connections).await {
            Ok(one) => {
                context.note(&signed_words(store, &one));
                signed.push(one);
            }
            Err(failure) => {
                context.world.note(&failure.to_string());
                failed.push(store.id.to_string());
            }
        }
    }
    context.print(&signed, &format!("{} of {} stores are signed in.", signed.len(), stores.len()))?;
    if failed.is_empty() {
        return Ok(());
    }
    let line = format!(
        "{}: {}",
        counted(failed.len(), "store was not signed in", "stores were not signed in"),
        failed.join(", ")
    );
    Err(Failure::new(Kind::Failed, line).hint(format!("couponbook auth login {}", failed.join(" "))))
}

async fn sign_in(
    args: &LoginArgs,
    context: &Context<'_>,
    (state_folder, store): (&Path, &Store),
    connections: &Connections,
) -> Result<SignInStatus, Failure> {
    let usage = |what: String| Failure::new(Kind::Usage, what);
    let connector = connections.connector(&store.id).map_err(|reason| usage(english(&reason)))?;
    let sign_in = connector.sign_in();
    sign_in.takes_consent().map_err(|SignInError(why)| usage(english(&why)))?;
    let reply = match &args.code {
        Some(text) => Reply::parse(text).map_err(|error| usage(format!("--code: {error}")))?,
        None => reply(args, context, (state_folder, store), &*connector).await?,
    };
    sign_in.sign_in(&reply).await.map_err(|error| {
        let mut failure = Failure::new(Kind::Failed, english(&error.sentence));
        failure.causes.extend(error.platform_words);
        failure
    })
}

/// Shows the link and waits for what comes back: on the loopback port, or from who sits at the terminal.
async fn reply(
    args: &LoginArgs,
    context: &Context<'_>,
    (state_folder, store): (&Path, &Store),
    connector: &dyn Connector,
) -> Result<Reply, Failure> {
    let (sign_in, platform) = (connector.sign_in(), connector.abilities().name);
    let state = random_letters(24)?;
    let port = args.listen.or_else(|| match (&args.redirect, sign_in.redirect()) {
        (Some(_), _) | (None, Redirect::OfTheApp) => None,
        (None, Redirect::AsLinked) => Some(0),
        (None, Redirect::Registered) => Some(context.world.sign_in_port),
    });
    let listener = match port {
        Some(port) => Some(Listener::bind(port).await.map_err(|error| {
            Failure::new(Kind::Failed, format!("port {port} of this machine cannot be listened on: {error}"))
                .hint("choose another with --listen, or name with --redirect where the platform shall send the browser")
        })?),
        None => None,
    };
    let echoes = sign_in.echoes_state();
    // Without a state that comes back, the address is what nobody can guess: our own by its path, the user's by what it is asked.
    let path = match (echoes, sign_in.redirect()) {
        (false, _) => state.clone(),
        (true, Redirect::Registered) => registered_path(state_folder)?,
        (true, Redirect::AsLinked | Redirect::OfTheApp) => String::new(),
    };
    let own = listener.as_ref().map(|listener| listener.address(&path));
    let named = args.redirect.clone().map(|mut named| {
        if !echoes {
            named.query_pairs_mut().append_pair("state", &state);
        }
        named
    });
    let redirect = named.as_ref().or(own.as_ref());
    let mut consent =
        sign_in.consent(redirect, &state).map_err(|SignInError(why)| Failure::new(Kind::Usage, english(&why)))?;
    if named.is_some() {
        consent.state.get_or_insert(state);
    }
    show(context, store, platform, &consent);
    let Some(listener) = listener else { return ask(context, &consent) };
    if let Some(own) = own.as_ref().filter(|_| args.redirect.is_none()) {
        context.world.note(&comes_back(sign_in.redirect(), platform, own));
    }
    let path = own.filter(|_| args.redirect.is_none() && sign_in.redirect() != Redirect::OfTheApp);
    let pasted = context.world.ask_meanwhile(PASTE);
    tokio::select! {
        reply = listener.wait(&consent, path.as_ref().map(Url::path), PATIENCE) => {
            reply.map_err(|error| Failure::new(Kind::Failed, error))
        }
        Ok(pasted) = pasted => read(&pasted, &consent),
    }
}

/// The path of this machine's address for platforms that send the browser to an address only that is registered for the app: made once,
/// so that it can be, and nobody can guess it.
fn registered_path(state_folder: &Path) -> Result<String, Failure> {
    let file = state_folder.join("sign_in_path");
    let known = durable::read_small(&file, 64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let known = known.map(|path| path.trim().to_string());
    if let Some(known) = known.filter(|path| path.len() == PATH_LETTERS && path.chars().all(char::is_alphanumeric)) {
        return Ok(known);
    }
    let path = random_letters(PATH_LETTERS)?;
    durable::create_folder(state_folder)?;
    durable::replace(&file, path.as_bytes(), true)?;
    Ok(path)
}

/// What is waited for, and what to do where the platform does not send the browser there.
fn comes_back(redirect: Redirect, platform: &str, own: &Url) -> String {
    let waiting = format!("Waiting up to ten minutes for the browser to come back to {own}");
    let other = "--redirect ADDRESS, with one that is registered for the app, and paste what the browser then shows";
    match redirect {
        Redirect::AsLinked => {
            format!("{waiting}\nWhere {platform} does not take that address, run this again with {other}.")
        }
        Redirect::Registered => format!(
            "{waiting}\n{platform} sends it there only if that address is registered for the app, letter for letter. Register it, or \
             run this again with {other}."
        ),
        Redirect::OfTheApp => format!("{waiting}: {platform} sends it to the address that is registered for the app."),
    }
}

fn show(context: &Context<'_>, store: &Store, platform: &str, consent: &Consent) {
    let id = &store.id;
    // Asked for, so that `--quiet` does not hide it; on stderr, where it is in no JSON document's way.
    context.world.note(&format!(
        "Open this link in a browser, sign in to {platform} as the seller of {id}, and agree:\n\n  {}\n\n{}",
        consent.link, consent.valid
    ));
}

const PATH_LETTERS: usize = 24;
const PASTE: &str = "Paste the code, or the whole address that the browser was sent to:";

fn ask(context: &Context<'_>, consent: &Consent) -> Result<Reply, Failure> {
    let nobody = || {
        Failure::new(Kind::Usage, "nobody can be asked here for the code that the browser comes back with").hint(
            "run this again with --code and the address that the browser was sent to; or with --listen PORT, where that address is \
             a port of this machine",
        )
    };
    read(&context.world.ask(PASTE).ok_or_else(nobody)?, consent)
}

fn read(pasted: &str, consent: &Consent) -> Result<Reply, Failure> {
    let read = Reply::parse(pasted).and_then(|reply| reply.must_answer(consent).map(|()| reply));
    read.map_err(|error| Failure::new(Kind::Failed, error.to_string()))
}

/// The settings with only the stores that were named, in the config's order.
///
/// # Errors
/// Where a name is that of no store: a mistyped one must not look like a store that is signed in.
fn only(mut settings: Settings, names: &[String]) -> Result<Settings, Failure> {
    names.iter().try_for_each(|name| is_known(name, &settings))?;
    settings.stores.retain(|store| names.iter().any(|name| is_named(name, store)));
    Ok(settings)
}

/// One store's sign-in, as `--json` prints it.
#[derive(Debug, Serialize)]
struct StoreSignIn {
    store: String,
    platform: &'static str,
    #[serde(flatten)]
    status: SignInStatus,
    sign_in_again_by: Option<Timestamp>,
    needs_sign_in: bool,
    /// A secret is missing, or what is kept of the sign-in cannot be read: `problem` says so.
    #[serde(skip)]
    cannot_be_used: bool,
    /// Whether the last export or `stores check` that asked the store got in; null where none did ask.
    got_in: Option<bool>,
    /// When that was.
    tried: Option<Timestamp>,
    /// What is wrong and what to do.
    problem: Option<String>,
}

/// In the state folder.
const LOGINS: &str = "sign_ins.json";

/// How the store answered last, and when; the last of exports, checks and sign-ins by hand.
struct Tried {
    at: Timestamp,
    got_in: bool,
    /// What stood in the way, and whether that was the sign-in.
    problem: Option<(String, bool)>,
}

async fn status(filter: &Filter, context: &Context<'_>) -> Result<(), Failure> {
    let settings = filter.narrow(context.settings(Needs::STORES_AND_ARCHIVE)?)?;
    let connections = Connections::open(context, &settings, crate::platforms::CallLog::none()).await?;
    let now = context.now();
    let tried = last_tried(context, &settings);
    let stores: Vec<StoreSignIn> = settings
        .stores
        .iter()
        .map(|store| {
            let connector = connections.connector(&store.store.id);
            let sign_in = connector.and_then(|connector| connector.sign_in().status().map_err(|SignInError(why)| why));
            store_sign_in(&store.store, sign_in, now).with_last_try(tried.get(&store.store.id), &store.store)
        })
        .collect();
    connections.close().await;
    let lines: Vec<String> = settings
        .stores
        .iter()
        .zip(&stores)
        .map(|(store, sign_in)| line(settings.platforms, &store.store, sign_in))
        .collect();
    let heading = format!(
        "  {:<18} {:<12} {:<26} {:<17} {:<17} LAST TRIED",
        "STORE", "PLATFORM", "SIGNED IN AS", "ACCESS ENDS", "SIGN IN AGAIN BY"
    );
    context.print(&stores, &format!("{heading}\n{}", lines.join("\n")))?;
    let waiting = stores.iter().filter(|store| store.needs_sign_in).count();
    let unusable = stores.iter().filter(|store| store.cannot_be_used).count();
    let told = [
        (waiting, counted(waiting, "store needs to be signed in", "stores need to be signed in")),
        (unusable, counted(unusable, "store cannot be connected", "stores cannot be connected")),
    ];
    let told: Vec<String> = told.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    if told.is_empty() { Ok(()) } else { Err(Failure::new(Kind::Failed, told.join("; "))) }
}

/// Keeps that the store got in just now, which no earlier refusal speaks against. Only a memory: without it the next export tells.
fn remember(context: &Context<'_>, settings: &Settings, store: &StoreId) {
    let mut logins = logins(settings);
    logins.insert(store.clone(), context.now());
    let path = settings.state.join(LOGINS);
    let kept = serde_json::to_vec_pretty(&logins).ok().map(|bytes| durable::replace(&path, &bytes, false));
    if let Some(Err(error)) = kept {
        context.note(&format!("note: `auth status` will not know of this sign-in until the next export: {error}"));
    }
}

/// When each store was last signed in by hand.
fn logins(settings: &Settings) -> BTreeMap<StoreId, Timestamp> {
    let bytes = durable::read(&settings.state.join(LOGINS)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// What exports and checks remember of each store. An archive that cannot be read is a matter of its own: then nothing is known.
fn last_tried(context: &Context<'_>, settings: &Settings) -> BTreeMap<StoreId, Tried> {
    let stores = settings.stores.iter().map(|store| store.store.id.clone()).collect();
    let loads = context.archive(settings).last_loads(&stores).unwrap_or_else(|error| {
        context.note(&format!("note: what earlier exports saw is not known: {error}"));
        BTreeMap::new()
    });
    let of_load = |(id, (at, load)): (StoreId, (Timestamp, Load))| {
        let problem = load.problem().map(|problem| (english(&problem.sentence), problem.is_sign_in));
        (id, Tried { at, got_in: problem.is_none(), problem })
    };
    let mut tried: BTreeMap<StoreId, Tried> = loads.into_iter().map(of_load).collect();
    for (id, check) in remembered(settings) {
        if tried.get(&id).is_none_or(|tried| tried.at < check.at) {
            let problem = check.problems.first().filter(|_| !check.reached).map(|why| (english(why), false));
            tried.insert(id, Tried { at: check.at, got_in: check.reached, problem });
        }
    }
    for (id, at) in logins(settings) {
        if tried.get(&id).is_none_or(|tried| tried.at <= at) {
            tried.insert(id, Tried { at, got_in: true, problem: None });
        }
    }
    tried
}

impl StoreSignIn {
    /// What is kept on this machine is no proof: a sign-in that was taken back looks like one that works.
    fn with_last_try(self, tried: Option<&Tried>, store: &Store) -> Self {
        let Some(tried) = tried else { return self };
        let (again, got_in) = (format!("run `couponbook auth login {}`", store.id), tried.got_in);
        let is_refused = tried.problem.as_ref().is_some_and(|(_, is_sign_in)| *is_sign_in);
        let told = tried.problem.as_ref().map(|(why, is_sign_in)| {
            let what = if *is_sign_in { format!("refused, {again}") } else { "not reached".to_string() };
            format!("{what}; {} it said: {why}", local(store, tried.at))
        });
        Self {
            got_in: Some(got_in),
            tried: Some(tried.at),
            needs_sign_in: self.needs_sign_in || is_refused,
            problem: self.problem.or(told),
            ..self
        }
    }
}

fn store_sign_in(store: &Store, sign_in: Result<SignInStatus, Message>, now: Timestamp) -> StoreSignIn {
    let (status, unusable) = match sign_in {
        Ok(status) => (status, None),
        Err(reason) => (SignInStatus::default(), Some(english(&reason))),
    };
    let cannot_be_used = unusable.is_some();
    let needs_sign_in = !cannot_be_used && status.needs_sign_in(now);
    let what = if status.sign_in == SignInKind::None { "not signed in" } else { "the sign-in has expired" };
    let advice = || format!("{what}: run `couponbook auth login {}`", store.id);
    let interrupted = status.renewal_interrupted.map(|at| {
        format!(
            "a renewal at {} was interrupted: the next export tells whether the store still gets in; where it does not, run `couponbook auth login {}`",
            local(store, at),
            store.id
        )
    });
    StoreSignIn {
        store: store.id.to_string(),
        platform: store.platform.word(),
        sign_in_again_by: status.sign_in_again_by(),
        status,
        needs_sign_in,
        cannot_be_used,
        got_in: None,
        tried: None,
        problem: unusable.or_else(|| needs_sign_in.then(advice)).or(interrupted),
    }
}

fn line(platforms: Platforms, store: &Store, sign_in: &StoreSignIn) -> String {
    let mark = match (sign_in.needs_sign_in || sign_in.cannot_be_used, sign_in.got_in) {
        (true, _) => "●",
        (false, Some(true)) if sign_in.status.renewal_interrupted.is_none() => "✓",
        (false, _) => "?",
    };
    let status = &sign_in.status;
    let who = status.signed_in_as.as_deref().unwrap_or(match status.sign_in {
        SignInKind::Stored => "signed in",
        SignInKind::Configured => "token of the config, unused",
        SignInKind::Keys => "keys of the config",
        SignInKind::None => "-",
    });
    let instant = |at: Option<Timestamp>| at.map_or("-".to_string(), |at| local(store, at));
    let (access, again) = (instant(status.access_ends), instant(sign_in.sign_in_again_by));
    let name = platforms.name(store.platform);
    let tried = sign_in.tried.map_or("not yet".to_string(), |at| local(store, at));
    let mut line = format!("{mark} {:<18} {name:<12} {who:<26} {access:<17} {again:<17} {tried}", sign_in.store);
    if let Some(problem) = &sign_in.problem {
        line.push_str(&format!("\n    {problem}"));
    }
    line
}

/// In the store's own time zone.
fn local(store: &Store, at: Timestamp) -> String {
    at.with_timezone(&store.zone).format("%Y-%m-%d %H:%M").to_string()
}
