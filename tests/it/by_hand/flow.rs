//! The whole program: a voucher that the platform owns, restocked by a person between two exports.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::program::run_words;
use calamine::{Data, Reader, Xlsx, open_workbook};
use couponbook::domain::*;
use couponbook::sandbox::{Sandbox, Scenario};
use couponbook::workbook::{Book, Carried, Decision, write};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const SHOP: &str = r#"
[[stores]]
id = "shopee-sg"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[stores.coupons]]
code = "RUNS"
starts = "-2d"
ends = "day+9 23:59:59"
total = 100
used = 40
discount = { percent = "15", cap = "10" }
min_spend = "50"

[[stores.coupons]]
code = "ADMIN"
starts = "-2d"
ends = "day+9 23:59:59"
total = 100
used = 95
discount = { sum = "10" }
min_spend = "40"
platform_owned = true
"#;

const CONFIG: &str = r#"
team_time_zone = "Asia/Singapore"
operator = "Night shift"

[[store]]
id = "shopee-sg"
platform = "shopee"
endpoint = "sandbox"
currency = "SGD"
time_zone = "Asia/Singapore"
owner = "Shop team"
"#;

struct Tool {
    folder: TempDir,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Tool {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (start, began) = ("2026-11-22T04:00:00Z".parse::<Timestamp>().unwrap(), Instant::now());
        let tool = Self { folder, clock: Arc::new(move || start + began.elapsed()) };
        std::fs::write(tool.path("couponbook.toml"), CONFIG).unwrap();
        let shops = tool.path("state").join("sandbox");
        std::fs::create_dir_all(&shops).unwrap();
        Sandbox::create(&shops, &Scenario::parse(SHOP, "shop", start).unwrap()).unwrap();
        tool
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program; its JSON document.
    #[track_caller]
    fn run(&self, words: &[&str]) -> Value {
        let config = self.path("couponbook.toml").display().to_string();
        let (stdout, stderr) = (Paper::default(), Paper::default());
        let world = crate::program::world(self.clock.clone(), stdout.clone(), stderr.clone());
        let code = run_words([&["couponbook", "--config", config.as_str(), "--json"], words].concat(), &world);
        assert_eq!(code, 0, "{words:?}: {}", stderr.text());
        serde_json::from_str(&stdout.text()).unwrap()
    }

    #[track_caller]
    fn export(&self, name: &str) -> (Value, Sheets) {
        let out = self.path(name);
        let report = self.run(&["export", "--out", out.to_str().unwrap()]);
        (report, Sheets::open(&out))
    }

    /// The exported workbook with `restock +200` on the platform's own voucher.
    fn hand_back(&self, export: &str) -> PathBuf {
        let archive = crate::archive::archive_at(self.path("archive"), "this machine");
        let id = ExportId::new(export);
        let snapshot = archive.load_snapshot(&id).unwrap();
        let row = snapshot.rows.iter().find(|row| row.coupon.owner == Owner::Platform).unwrap();
        let action = Action {
            row: row.key.clone(),
            word: ActionWord::Restock,
            new_end: Edit::Blank,
            add_stock: Edit::Set(200),
            new_min_spend: Edit::Blank,
            note: None,
        };
        let cells = ["restock", "", "200", "", ""].map(str::to_string);
        let decision = Decision { sheet: String::new(), row: 0, hidden: false, action, cells };
        let book = Book {
            language: couponbook::language::Language::ENGLISH,
            export: &snapshot,
            checklist: &[],
            by_hand: &[],
            replies: &Replies::default(),
            abilities: &[],
            allowed_less: &couponbook::domain::CouponsAllowingLess::default(),
            snapshot_sha256: archive.snapshot_sha256(&id).unwrap(),
            first_export: false,
            decisions: &BTreeMap::from([(row.key.clone(), decision)]),
            coverage: &couponbook::workbook::Coverage::default(),
            results: None,
            undo: None,
            part: None,
            carried: Carried::default(),
            overview: &couponbook::workbook::Overview::default(),
            regions: &BTreeMap::new(),
            left_out: &[],
            checks: &couponbook::domain::Checks::default(),
        };
        let path = self.path("back.xlsx");
        write::write_to(&book, std::fs::File::create(&path).unwrap()).unwrap();
        path
    }

    /// What a person does in the back office.
    fn edit(&self, fields: Value) {
        let fields: Map<String, Value> = fields.as_object().unwrap().clone();
        Sandbox::open(&self.path("state").join("sandbox"))
            .unwrap()
            .edit("shopee-sg", "LUMIADMIN", Some(&fields))
            .unwrap();
    }
}

/// What stands on the sheets, in plain words.
struct Sheets {
    by_hand: Vec<Vec<String>>,
    checklist: Vec<Vec<String>>,
}

impl Sheets {
    fn open(path: &std::path::Path) -> Self {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let mut rows = |name: &str| {
            let range = book.worksheet_range(name).unwrap();
            let words = |cell: &Data| cell.to_string().replace('\u{a0}', " ");
            range.rows().skip(4).map(|row| row.iter().map(words).collect()).collect()
        };
        Self { by_hand: rows("By hand"), checklist: rows("Checklist") }
    }

    /// Result and what was found.
    fn checked(&self) -> [&str; 2] {
        let item = self.checklist.iter().find(|row| row[1] == "By-hand work still open").unwrap();
        [&item[5], &item[6]]
    }

    /// State, what to do, and what to type.
    fn task(&self) -> [&str; 3] {
        [&self.by_hand[0][0], &self.by_hand[0][3], &self.by_hand[0][5]]
    }
}

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_no_api_can_do_stays_on_the_sheet_until_a_person_did_it_and_an_export_saw_it() {
    let tool = Tool::new();
    let (first, sheets) = tool.export("first.xlsx");
    assert_eq!(sheets.by_hand[0][0], "✓ Nothing to do by hand.");
    assert_eq!(sheets.checked(), ["✓ Pass", ""]);

    let back = tool.hand_back(first["export"].as_str().unwrap());
    let back = back.to_str().unwrap();
    let plan = tool.run(&["plan", back]);
    let task = &plan["plan"]["rows"][0]["verdict"]["task"];
    let to_do = &task["deed"]["english"];
    assert_eq!([to_do, &task["owner"], &task["due"]], ["Raise total by 200 to 300", "Shop team", "2026-12-01"]);

    // Twice: the second finds the same task.
    for results in ["results.xlsx", "again.xlsx"] {
        let out = tool.path(results);
        let run = tool.run(&["apply", back, "--yes", "--out", out.to_str().unwrap()]);
        assert_eq!(run["totals"]["by_hand"], 1);
        let sheets = Sheets::open(&out);
        assert_eq!(sheets.by_hand.len(), 1);
        assert_eq!(sheets.task(), ["○ Open", "Raise total by 200 to 300", "Usage quantity: 300"]);
        assert_eq!(sheets.checked(), ["○ Attention: 1", "1 change to make by hand"]);
    }
    let (report, sheets) = tool.export("still_open.xlsx");
    assert_eq!([&report["by_hand_open"], &report["by_hand_done"]], [1, 0]);
    assert_eq!(sheets.task()[0], "○ Open");

    // What was asked for in English is read in the language that the team's workbooks have by then.
    std::fs::write(tool.path("couponbook.toml"), format!("language = \"zh-CN\"\n{CONFIG}")).unwrap();
    let chinese = tool.path("chinese.xlsx");
    tool.run(&["export", "--out", chinese.to_str().unwrap()]);
    let mut book: Xlsx<_> = open_workbook(&chinese).unwrap();
    let sheets = book.worksheets();
    let mut cells = sheets.iter().flat_map(|(_, sheet)| sheet.used_cells());
    assert!(cells.any(|(_, _, cell)| cell.to_string().replace('\u{a0}', " ") == "发放总量增加 200，改为 300"));
    std::fs::write(tool.path("couponbook.toml"), CONFIG).unwrap();

    tool.edit(json!({ "usage_quantity": 300 }));
    let (report, sheets) = tool.export("done.xlsx");
    assert_eq!([&report["by_hand_open"], &report["by_hand_done"]], [0, 1]);
    assert_eq!(sheets.task()[0], "✓ Done");
    assert_eq!(sheets.checked(), ["✓ Pass", ""]);
    let (_, sheets) = tool.export("after.xlsx");
    assert_eq!(sheets.by_hand[0][0], "✓ Nothing to do by hand.");
}
