//! A plan is approved with the one-time code that its approver was sent: typed into the page, or given to the command.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::json_documents::holds;

use super::paper::row;
use super::shops::{Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Lin's own channel: what arrives there, and what it answers.
pub(super) struct Inbox {
    pub(super) letters: Arc<Mutex<Vec<Value>>>,
    answer: Arc<Mutex<StatusCode>>,
    address: String,
    _runtime: Runtime,
}

type Shared = (Arc<Mutex<Vec<Value>>>, Arc<Mutex<StatusCode>>);

impl Inbox {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let (letters, answer) = (Arc::default(), Arc::new(Mutex::new(StatusCode::OK)));
        let take = |State((letters, answer)): State<Shared>, body: Bytes| async move {
            letters.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            *answer.lock().unwrap()
        };
        let shared: Shared = (Arc::clone(&letters), Arc::clone(&answer));
        let app = Router::new().route("/lin", post(take)).with_state(shared);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}/lin", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { letters, answer, address, _runtime: runtime }
    }

    pub(super) fn codes(&self) -> Vec<String> {
        let letters = self.letters.lock().unwrap();
        letters.iter().map(|letter| found(letter, "code").expect("a code")).collect()
    }
}

/// The text under `key`, wherever in the letter.
fn found(letter: &Value, key: &str) -> Option<String> {
    match letter {
        Value::Object(fields) => {
            let here = fields.get(key).and_then(Value::as_str).map(str::to_string);
            here.or_else(|| fields.values().find_map(|value| found(value, key)))
        }
        Value::Array(values) => values.iter().find_map(|value| found(value, key)),
        _ => None,
    }
}

/// Mei decides, Lin approves with codes alone, and Ann may approve in one store only.
pub(super) fn with_lin() -> (Tool, Shops, Inbox) {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(TWO_SHOPS, &tool.path("shops"), &tool.clock);
    let inbox = Inbox::open();
    tool.against(&shops, "");
    let config = tool.read("couponbook.toml");
    let people = "[approval]\nremovals = 0\nhours = 24\n\
         [[message]]\nchannel = \"lin\"\nkind = \"webhook\"\naddress = { env = \"LIN_ADDRESS\" }\nsecret = { env = \"LIN_SECRET\" }\nwhat = [\"failed\"]\n\
         [[person]]\nname = \"Mei\"\nrole = \"approver\"\nlogins = [\"mei\"]\nchannel = \"lin\"\n\
         [[person]]\nname = \"Lin\"\nrole = \"approver\"\nlogins = [\"lin\"]\nchannel = \"lin\"\n\
         [[person]]\nname = \"Ann\"\nrole = \"approver\"\nlogins = [\"ann\"]\nchannel = \"lin\"\nstores = [\"shopee-*\"]\n";
    tool.write("couponbook.toml", &format!("{config}\n{people}"));
    tool.environment.insert("LIN_ADDRESS".to_string(), inbox.address.clone());
    tool.environment.insert("LIN_SECRET".to_string(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_string());
    tool.environment.insert("USER".to_string(), "mei".to_string());
    (tool, shops, inbox)
}

fn planned(tool: &Tool, name: &str) -> PathBuf {
    let back = tool.hand_back(&[row(WOO, "end", "end"), row(SHOPEE, "LUMIEND", "end")]);
    let plan = tool.path(name);
    let ran = tool.run(["plan", text(&back), "--out", text(&plan), "--workbook"]).exits(0);
    assert!(ran.stdout.contains("A code for this plan went to Lin"), "{}", ran.stdout);
    plan
}

/// The page as an office program saves it, with what was typed right of each of these labels.
pub(super) fn typed(page: &Path, cells: &[(&str, &str)]) -> PathBuf {
    let mut book: Xlsx<_> = open_workbook(page).unwrap();
    let mut saved = Workbook::new();
    for name in book.sheet_names() {
        let sheet = saved.add_worksheet();
        sheet.set_name(&name).unwrap();
        let range = book.worksheet_range(&name).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        let mut typed = Vec::new();
        for (place, column, cell) in range.used_cells() {
            let (place, column) = (top + place as u32, (left as usize + column) as u16);
            let Data::String(words) = cell else { continue };
            sheet.write_string(place, column, words).unwrap();
            typed
                .extend(cells.iter().filter(|(label, _)| label == words).map(|(_, value)| (place, column + 1, *value)));
        }
        for (place, column, value) in typed {
            sheet.write_string(place, column, value).unwrap();
        }
    }
    let back = page.with_file_name("page-back.xlsx");
    saved.save(&back).unwrap();
    back
}

#[test]
fn the_code_that_an_approver_was_sent_approves_the_plan_from_its_page_and_the_archive_says_who() {
    let (mut tool, shops, inbox) = with_lin();
    let plan = planned(&tool, "reviewed.json");
    let codes = inbox.codes();
    // Neither the author nor who may not approve all of it is sent one.
    assert_eq!(codes.len(), 1);
    let letter = inbox.letters.lock().unwrap()[0].clone();
    assert_eq!(found(&letter, "person").as_deref(), Some("Lin"), "{letter}");
    tool.apply(&plan, &[]).exits(4).says(&["a second person has to approve"]);
    assert!(shops.writes().is_empty());

    let page = tool.path("reviewed.xlsx");
    tool.run(["approve", text(&page)]).exits(4).says(&["there is no code on the page"]);
    let lower = codes[0].to_lowercase().replace('-', " ");
    let back = typed(&page, &[("Your code", &lower)]);
    let said = tool.run(["approve", text(&back), "--json"]).exits(0).json();
    holds("approve", &said);
    assert_eq!(said["approval"]["person"], "Lin");
    // The same page once more is the same approval.
    tool.run(["approve", text(&back)]).exits(0);

    tool.environment.insert("USER".to_string(), "ann".to_string());
    tool.apply(&plan, &[]).exits(4).says(&["may not change"]);
    tool.environment.insert("USER".to_string(), "mei".to_string());
    tool.apply(&plan, &[]).exits(0);
    let runs = tool.run(["runs", "--json"]).exits(0).json();
    assert_eq!(runs["runs"][0]["approved_by"][0], "Lin", "{runs}");
    let verified = tool.run(["archive", "verify"]).exits(0).stdout;
    assert!(verified.contains("1 approval was given by a one-time code"), "{verified}");
}

#[test]
fn a_code_is_kept_nowhere_before_it_is_given_back() {
    let (tool, _shops, inbox) = with_lin();
    planned(&tool, "reviewed.json");
    let codes = inbox.codes();
    let (code, plain) = (codes[0].as_bytes(), codes[0].replace('-', ""));
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    let mut folders = vec![tool.folder.path().to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&entry).unwrap();
            assert!(!has(&bytes, code) && !has(&bytes, plain.as_bytes()), "{}", entry.display());
        }
    }
    assert!(files > 10);
}

#[test]
fn a_code_that_does_not_count_is_said_with_its_reason_and_nothing_is_sent() {
    let (tool, shops, inbox) = with_lin();
    let first = planned(&tool, "first.json");
    let code = inbox.codes().remove(0);
    let approve = |tool: &Tool, plan: &Path, code: &str| tool.run(["approve", text(plan), "--code", code]);
    // Of another plan, though of the very same rows.
    let second = tool.path("second.json");
    tool.wait_hours(1);
    tool.run(["plan", text(&tool.path("back.xlsx")), "--out", text(&second), "--workbook"]).exits(0);
    approve(&tool, &second, &code).exits(1).says(&["this is not the code that was sent for this plan"]);
    // The page of another plan.
    let back = typed(&tool.path("second.xlsx"), &[("Your code", &code), ("Plan file", "first.json")]);
    tool.run(["approve", text(&back)]).exits(4).says(&["is the page of another plan"]);
    // Too often: the right one does not help any more, until new ones are sent.
    for _ in 0..5 {
        approve(&tool, &first, "AAAA-AAAA-AA").exits(1).says(&["not the code"]);
    }
    approve(&tool, &first, &code).exits(1).says(&["tried too often"]);
    let said = tool.run(["approve", text(&first), "--send-codes", "--json"]).exits(0).json();
    holds("approve", &said);
    assert_eq!(said["sent_to"][0], "Lin");
    approve(&tool, &first, &code).exits(1).says(&["not the code"]);
    let fresh = inbox.codes().pop().unwrap();
    // By somebody who may not any more, and after its time.
    tool.configure("name = \"Lin\"\nrole = \"approver\"", "name = \"Lin\"\nrole = \"editor\"");
    approve(&tool, &first, &fresh).exits(1).says(&["Lin may not approve changes of"]);
    tool.configure("name = \"Lin\"\nrole = \"editor\"", "name = \"Lin\"\nrole = \"approver\"");
    tool.wait_hours(30);
    approve(&tool, &first, &fresh).exits(1).says(&["the code was good until"]);
    assert!(!tool.path("first-approval.json").exists() && shops.writes().is_empty());
    // What somebody wrote themselves is no approval, whatever it says.
    tool.run(["approve", text(&second), "--send-codes"]).exits(0);
    let code = inbox.codes().pop().unwrap();
    approve(&tool, &second, &code).exits(0);
    let approval = tool.read("second-approval.json");
    tool.write("second-approval.json", &approval.replace("\"person\": \"Lin\"", "\"person\": \"Ann\""));
    tool.apply(&second, &[]).exits(4).says(&["no such code was sent to Ann"]);
}

#[test]
fn a_channel_that_takes_no_code_costs_nothing_but_the_code_and_is_said() {
    let (tool, _shops, inbox) = with_lin();
    *inbox.answer.lock().unwrap() = StatusCode::GONE;
    let back = tool.hand_back(&[row(WOO, "end", "end")]);
    let plan = tool.path("reviewed.json");
    let said = tool.run(["plan", text(&back), "--out", text(&plan), "--workbook"]).exits(0);
    assert!(said.stdout.contains("No code reached Lin (channel lin)"), "{}", said.stdout);
    assert!(plan.exists());
    let ran = tool.run(["approve", text(&plan), "--send-codes"]).exits(1);
    ran.says(&["No code reached Lin"]);
    *inbox.answer.lock().unwrap() = StatusCode::OK;
    let ran = tool.run(["approve", text(&plan), "--send-codes"]).exits(0);
    assert!(ran.stdout.contains("A code for this plan went to Lin"), "{}", ran.stdout);
}
