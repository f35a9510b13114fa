//! Secrets stay where they are kept.

use std::path::{Path, PathBuf};

use crate::trouble::once;
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth};

use super::applying::every_action;
use super::paper::row;
use super::shops::{Shops, TWO_SHOPS};
use super::tool::Tool;

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn secrets(shops: &Shops) -> Vec<String> {
    let mut secrets: Vec<String> = shops.environment().into_values().collect();
    for store in shops.stores() {
        secrets.extend(["access_token", "refresh_token"].into_iter().filter_map(|name| store.sign_in.text(name)));
    }
    secrets
}

fn contents(path: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).unwrap();
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else { return vec![bytes] };
    let parts = (0..zip.len()).map(|index| {
        let mut part = Vec::new();
        std::io::copy(&mut zip.by_index(index).unwrap(), &mut part).unwrap();
        part
    });
    parts.collect()
}

#[test]
fn no_file_but_the_stores_own_tokens_ever_holds_a_secret() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let mut known = secrets(&shops);
    let back = tool.hand_back(&every_action());
    tool.plan(&back, &[]).exits(0);
    for kind in [FaultKind::Html, FaultKind::LoseAnswer, FaultKind::Truncate] {
        for nth in [3, 11, 19] {
            shops.trouble(Fault { nth: Nth::Number(nth), ..once(Matching::default(), kind.clone()) });
        }
    }
    let mut said = vec![tool.run(["-vv", "apply", back.to_str().unwrap(), "--yes"])];
    shops.heal();
    shops.refuse_sign_in("shopee-sg-1");
    tool.configure("consumer_secret = { env = \"WOO_DE_1_CONSUMER_SECRET\" }", "consumer_secret = { env = \"WRONG\" }");
    let wrong = "cs_0123456789012345678901234567890123456789".to_string();
    let mut tool = tool;
    tool.environment.insert("WRONG".to_string(), wrong.clone());
    known.push(wrong);
    said.push(tool.run(["stores", "check"]));
    said.push(tool.run(["-v", "export"]));
    known.extend(secrets(&shops));
    let of_tool = files(tool.folder.path()).into_iter().filter(|path| !path.starts_with(tool.path("shops")));
    let tokens = tool.path("state/tokens");
    for path in of_tool.filter(|path| !path.starts_with(&tokens)) {
        for part in contents(&path) {
            let text = String::from_utf8_lossy(&part);
            for secret in &known {
                assert!(!text.contains(secret.as_str()), "{} holds a secret", path.display());
            }
        }
    }
    for ran in said {
        for secret in &known {
            assert!(!ran.stdout.contains(secret.as_str()) && !ran.stderr.contains(secret.as_str()), "{ran:?}");
        }
    }
}

/// Windows has no modes; the rights of the user's folder hold.
#[cfg(unix)]
#[test]
fn the_token_file_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.export("exported");
    let file = tool.path("state/tokens/shopee-sg-1.json");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_tokens_that_a_shop_rotates_are_kept_so_that_the_next_command_signs_in() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row("shopee-sg-1", "LUMISTOCK", "restock").stock("9")]);
    // The access token has run out, the one that the config names was used up by the export.
    tool.wait_hours(5);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.writes().len(), 1);
}
