use std::net::SocketAddr;
use std::path::PathBuf;

use super::connections::serve_sandbox;
use super::context::Context;
use super::signals;
use crate::failure::Failure;
use crate::sandbox::SignIn;

/// Serve the mock platforms on this machine until Ctrl-C
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook sandbox
  couponbook sandbox --dir shops --address 127.0.0.1:0 --show-keys")]
pub struct SandboxArgs {
    /// What the shops start with; the demo's shops where left out
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Where their state is kept; goes on from there where there is one already
    #[arg(long, value_name = "FOLDER", default_value = "couponbook-sandbox")]
    dir: PathBuf,
    /// On this machine only; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8765")]
    address: SocketAddr,
    /// Begin anew, whatever the folder holds
    #[arg(long)]
    fresh: bool,
    /// Print the mock keys and tokens too
    #[arg(long)]
    show_keys: bool,
}

pub async fn run(args: &SandboxArgs, context: &Context<'_>) -> Result<(), Failure> {
    let place = (args.dir.as_path(), args.fresh);
    let running = serve_sandbox(context, place, args.scenario.as_deref(), args.address).await?;
    let mut lines = vec![format!("The sandbox answers at http://{} (Ctrl-C ends it).", running.address())];
    let mut stores = Vec::new();
    for store in running.sandbox().stores()? {
        let url = store.base_url(running.address());
        lines.push(format!(
            "  {:<16} {:<12} {url}  {} {}",
            store.id,
            context.world.platforms.name(store.platform),
            store.currency,
            store.zone
        ));
        let mut document = serde_json::json!({
            "id": store.id, "platform": store.platform, "url": url, "currency": store.currency, "time_zone": store.zone.name(),
        });
        if args.show_keys {
            let keys = keys(&store.sign_in);
            lines.push(format!("    {keys}"));
            document.as_object_mut().into_iter().for_each(|fields| {
                fields.insert("sign_in".to_string(), keys.clone());
            });
        }
        stores.push(document);
    }
    lines.push(format!("At /_sandbox/ testers send the header X-Sandbox-Token: {}", running.control_token()));
    lines.push(format!("Accepted writes are listed in {}.", running.sandbox().audit_path().display()));
    let document = serde_json::json!({
        "address": running.address().to_string(),
        "audit": running.sandbox().audit_path(),
        "control_token": running.control_token(),
        "stores": stores,
    });
    context.print(&document, &lines.join("\n"))?;
    signals::asked_to_stop().await;
    running.stop().await;
    Ok(())
}

/// Mock keys of mock shops: what an independent client is tried with. When a token ends is of no use to it.
fn keys(sign_in: &SignIn) -> serde_json::Value {
    let mut values = sign_in.values.clone();
    values.retain(|name, _| !name.ends_with("_ends"));
    values.into()
}
