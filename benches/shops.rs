//! What benches share: mock shops in a process of their own, and connectors to them.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use couponbook::domain::{Access, Store};
use couponbook::language::Language;
use couponbook::platforms::{Account, Connector, Network, PLATFORMS, PaceOverride};
use couponbook::sandbox::{Sandbox, StoreAccess};
use url::Url;

pub type Failed = Box<dyn Error>;

/// The bench itself once more, as `serve FOLDER`; its standard input ends with us as well, should we be ended first.
pub fn start(folder: &Path) -> Result<(Child, String), Failed> {
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

pub async fn serve(folder: &Path) -> Result<(), Failed> {
    let running = Sandbox::open(folder)?.serve("127.0.0.1:0".parse()?, Arc::new(chrono::Utc::now)).await?;
    println!("{}", running.address());
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    running.stop().await;
    Ok(())
}

#[allow(dead_code, reason = "some benches let the program connect")]
pub fn connect(
    access: &StoreAccess,
    address: &str,
    network: &Network,
    pace: PaceOverride,
) -> Result<(Store, Arc<dyn Connector>), Failed> {
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
    let account = Account {
        store: store.clone(),
        endpoint: place.endpoint,
        keys,
        proxy: None,
        ca_file: None,
        allow_http: false,
        pace,
    };
    let connector = PLATFORMS.connect(&account, network).map_err(|error| Language::ENGLISH.render(&error.0))?;
    Ok((store, Arc::from(connector)))
}
