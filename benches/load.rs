//! How fast and in how much memory many stores load: `cargo bench --bench load`, by hand. It prints a table.
//!
//! The mock shops are another process, so that memory and time are the loader's own; each load is a process too, so that its
//! peak of memory is. Every answer takes 50 ms. Names of cases as arguments run only those: `cargo bench --bench load -- app-limit-500`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "run by hand")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use couponbook::domain::{Access, Platform, Store};
use couponbook::export::{Loaded, ToLoad, load};
use couponbook::platforms::{Account, CallLog, Network, PLATFORMS, PaceOverride, RetryPolicy};
use couponbook::sandbox::{Sandbox, Scenario, StoreAccess};
use serde::{Deserialize, Serialize};
use url::Url;

type Failed = Box<dyn Error>;

const LATENCY: Duration = Duration::from_millis(50);
const COUPONS: usize = 40;
const STORES_AT_ONCE: usize = 16;
const DEADLINE: Duration = Duration::from_secs(20 * 60);

/// One line of the table.
#[derive(Debug, Clone, Copy)]
struct Case {
    name: &'static str,
    shopee_stores: usize,
    woocommerce_stores: usize,
    /// Of the app, in the config and, where it is to be proved, in the mock platform.
    app_per_second: u32,
    shop_per_second: Option<u32>,
    limit_is_enforced: bool,
}

const CASES: [Case; 3] = [
    Case {
        name: "usual-pace",
        shopee_stores: 250,
        woocommerce_stores: 250,
        app_per_second: 50,
        shop_per_second: None,
        limit_is_enforced: false,
    },
    Case {
        name: "wide-pace",
        shopee_stores: 250,
        woocommerce_stores: 250,
        app_per_second: 200,
        shop_per_second: Some(100),
        limit_is_enforced: false,
    },
    Case {
        name: "app-limit",
        shopee_stores: 20,
        woocommerce_stores: 20,
        app_per_second: 10,
        shop_per_second: None,
        limit_is_enforced: true,
    },
];

/// The enforced limit over all 500 stores: twenty minutes, so it runs only where it is named.
const LONG: Case = Case { name: "app-limit-500", shopee_stores: 250, woocommerce_stores: 250, ..CASES[2] };

/// 200,000 coupons, for what they take of memory; some ten minutes, where it is named.
const MANY: Case = Case { name: "stores-5000", shopee_stores: 2_500, woocommerce_stores: 2_500, ..CASES[1] };

/// What one load came to.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Measured {
    seconds: f64,
    shopee_calls: u64,
    calls: u64,
    retries: u64,
    coupons: usize,
    failed: usize,
    /// For rate, since the shops opened.
    refused: u64,
    peak_memory_bytes: Option<u64>,
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", folder] => runtime()?.block_on(serve(Path::new(folder))),
        ["load", case, folder, address] => {
            let measured = runtime()?.block_on(load_all(case_called(case)?, Path::new(folder), address))?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        [] => CASES.into_iter().try_for_each(run),
        names => names.iter().try_for_each(|name| run(case_called(name)?)),
    }
}

fn case_called(name: &str) -> Result<Case, Failed> {
    Ok(CASES
        .into_iter()
        .chain([LONG, MANY])
        .find(|case| case.name == name)
        .ok_or_else(|| format!("there is no case {name}"))?)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Both exports of a case, against shops that nobody changes meanwhile.
fn run(case: Case) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    Sandbox::create(folder.path(), &Scenario::parse(&scenario(case), case.name, chrono::Utc::now())?)?;
    let (mut shops, address) = start_shops(folder.path())?;
    let mut before = Measured::default();
    for export in ["first", "second"] {
        let measured = load_apart(case, folder.path(), &address)?;
        tell(case, export, &measured, &before);
        before = measured;
    }
    // Its standard input ends with us as well, should we be ended first.
    shops.kill()?;
    shops.wait()?;
    Ok(())
}

fn tell(case: Case, export: &str, measured: &Measured, before: &Measured) {
    let Measured { seconds, shopee_calls, calls, retries, coupons, failed, refused, peak_memory_bytes } = measured;
    let bound = bound_seconds(case, *shopee_calls);
    let memory = peak_memory_bytes.map_or("?".to_string(), |bytes| format!("{} MB", bytes / 1_000_000));
    println!(
        "{} ({export} export): {coupons} coupons, {failed} stores failed, {calls} calls, {retries} retries",
        case.name
    );
    println!("  {seconds:.1} s; bound by pace and latency {bound:.1} s: {:.3} of it reached", bound / seconds);
    println!("  Shopee {:.2} calls a second of {} allowed", *shopee_calls as f64 / seconds, case.app_per_second);
    if before.shopee_calls > 0 {
        let share = 100.0 * *shopee_calls as f64 / before.shopee_calls as f64;
        println!("  Shopee calls: {share:.1} % of the first export's");
    }
    println!("  refused for rate so far: {refused}; peak memory {memory}\n");
}

/// No load can be faster: the app's calls at its rate, or the stores' calls one after another (as far as each needs the answer
/// before), as many stores at once as may load.
fn bound_seconds(case: Case, shopee_calls: u64) -> f64 {
    let by_pace = shopee_calls as f64 / f64::from(case.app_per_second);
    let per_store = shopee_calls as f64 / case.shopee_stores as f64;
    // The lists (and the sign-in) follow one another; details go out five at a time.
    let in_a_row = per_store.min(4.0) + (per_store - 4.0).max(0.0) / 5.0;
    let rounds = (case.shopee_stores as f64 / STORES_AT_ONCE as f64).ceil();
    by_pace.max(rounds * in_a_row * LATENCY.as_secs_f64())
}

fn scenario(case: Case) -> String {
    let limit = if case.limit_is_enforced {
        format!("shopee_calls_per_second = {}\n", case.app_per_second)
    } else {
        String::new()
    };
    let mut text = format!("[sandbox]\nlatency_milliseconds = {}\n{limit}", LATENCY.as_millis());
    let platforms = [("shopee", case.shopee_stores), ("woocommerce", case.woocommerce_stores)];
    for (platform, count) in platforms {
        for number in 0..count {
            text.push_str(&format!(
                "[[stores]]\nid = \"{platform}-{number:04}\"\nplatform = \"{platform}\"\nname = \"Shop {number}\"\nregion = \"SG\"\n"
            ));
        }
    }
    for (code, repeat, starts, ends) in [("R{nn}", COUPONS * 3 / 4, "-2d", "+9d"), ("E{nn}", COUPONS / 4, "-9d", "-2d")]
    {
        text.push_str(&format!(
            "[[coupons]]\nstores = [\"*\"]\ncode = \"{code}\"\nname = \"Coupon {{nn}} of the season\"\nrepeat = {repeat}\n\
             starts = \"{starts}\"\nends = \"{ends}\"\ntotal = \"200-800\"\nused = \"10%-60%\"\n\
             discount = {{ percent = \"15\", cap = \"20\" }}\nmin_spend = \"50\"\n"
        ));
    }
    text
}

fn start_shops(folder: &Path) -> Result<(Child, String), Failed> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("serve")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = String::new();
    BufReader::new(child.stdout.take().ok_or("the shops say nothing")?).read_line(&mut address)?;
    Ok((child, address.trim().to_string()))
}

async fn serve(folder: &Path) -> Result<(), Failed> {
    let running = Sandbox::open(folder)?.serve("127.0.0.1:0".parse()?, Arc::new(chrono::Utc::now)).await?;
    println!("{}", running.address());
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    running.stop().await;
    Ok(())
}

fn load_apart(case: Case, folder: &Path, address: &str) -> Result<Measured, Failed> {
    let output = Command::new(std::env::current_exe()?)
        .args(["load", case.name])
        .arg(folder)
        .arg(address)
        .stderr(Stdio::inherit())
        .output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn load_all(case: Case, folder: &Path, address: &str) -> Result<Measured, Failed> {
    let state = folder.join("state");
    let network =
        Network::new(Arc::new(chrono::Utc::now), state.join("tokens"), CallLog::none(), RetryPolicy::default())
            .counting_in(state.join("quota"))
            .remembering_in(state.join("remembered"), false);
    let mut stores = Sandbox::open(folder)?.stores()?;
    sign_in_as_configured(&mut stores, &folder.join("refresh_tokens.json"))?;
    let to_load =
        stores.iter().map(|access| to_load(case, access, address, &network)).collect::<Result<Vec<_>, _>>()?;
    let began = Instant::now();
    let loaded = load(to_load, STORES_AT_ONCE, DEADLINE, chrono::Utc::now(), &|_| {}).await;
    let took = began.elapsed();
    Ok(Measured { refused: refused(folder, address).await?, ..measured(&loaded, took) })
}

/// A config names the refresh token that it was given once; the mock shops tell the newest.
fn sign_in_as_configured(stores: &mut [StoreAccess], file: &Path) -> Result<(), Failed> {
    let first: BTreeMap<String, String> =
        std::fs::read(file).map_or(Ok(BTreeMap::new()), |bytes| serde_json::from_slice(&bytes))?;
    let mut configured = BTreeMap::new();
    for store in stores {
        let newest = store.sign_in.text("refresh_token").filter(|_| store.platform.word() == "shopee");
        if let Some(newest) = newest {
            let id = store.id.to_string();
            let given = first.get(&id).cloned().unwrap_or(newest);
            store.sign_in.values.insert("refresh_token".to_string(), given.clone().into());
            configured.insert(id, given);
        }
    }
    Ok(std::fs::write(file, serde_json::to_vec(&configured)?)?)
}

fn measured(loaded: &[Loaded], took: Duration) -> Measured {
    let mut calls: BTreeMap<Platform, u64> = BTreeMap::new();
    for one in loaded {
        *calls.entry(one.store.platform).or_default() += one.calls;
        if let Err(problem) = &one.listing {
            eprintln!("{}: {}", one.store.id, couponbook::language::Language::ENGLISH.render(&problem.sentence));
        }
    }
    Measured {
        seconds: took.as_secs_f64(),
        shopee_calls: calls.get(&Platform::new("shopee")).copied().unwrap_or_default(),
        calls: calls.values().sum(),
        retries: loaded.iter().map(|one| one.retries).sum(),
        coupons: loaded.iter().filter_map(|one| one.listing.as_ref().ok()).map(|listing| listing.coupons.len()).sum(),
        failed: loaded.iter().filter(|one| one.listing.is_err()).count(),
        refused: 0,
        peak_memory_bytes: peak_memory_bytes(),
    }
}

/// Linux tells; other systems are not asked.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

fn to_load(case: Case, access: &StoreAccess, address: &str, network: &Network) -> Result<ToLoad, Failed> {
    let address = address.parse()?;
    let platform = PLATFORMS.find(access.platform).ok_or("the program knows no such platform")?;
    let keys = platform.keys_of(|name| access.key(name, address));
    let place = platform.place(&keys, Some(Url::parse(&access.base_url(address))?));
    let place = place.map_err(|problems| format!("{}: {problems:?}", access.id))?;
    let store = Store {
        id: access.id.clone(),
        platform: access.platform,
        shop: place.shop,
        currency: access.currency,
        zone: access.zone,
        access: Access::ReadOnly,
        owner: None,
    };
    let pace = PaceOverride {
        app_per_second: (access.platform == Platform::new("shopee")).then_some(case.app_per_second),
        per_second: case.shop_per_second,
        ..PaceOverride::default()
    };
    let account = Account {
        store: store.clone(),
        endpoint: place.endpoint,
        keys,
        proxy: None,
        ca_file: None,
        allow_http: false,
        pace,
    };
    let connector = Ok(Arc::from(
        PLATFORMS
            .connect(&account, network)
            .map_err(|error| couponbook::language::Language::ENGLISH.render(&error.0))?,
    ));
    Ok(ToLoad { store, connector, calls_expected: 0 })
}

/// What the shops refused for rate since they opened.
async fn refused(folder: &Path, address: &str) -> Result<u64, Failed> {
    let token = Sandbox::open(folder)?.control_token()?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let counts: serde_json::Value = client
        .get(format!("http://{address}/_sandbox/counts"))
        .header("X-Sandbox-Token", token)
        .send()
        .await?
        .json()
        .await?;
    Ok(counts.get("refused_by_rate_limit").and_then(serde_json::Value::as_u64).ok_or("the shops count nothing")?)
}
