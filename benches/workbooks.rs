//! The workbooks that `read` measures, made once under `target/` and kept.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDate, TimeZone, Utc};
use couponbook::domain::{
    Access, Action, ActionWord, Advice, Checks, Coupon, CouponId, CouponsAllowingLess, Currency, Discount, Edit,
    Export, ExportId, Finding, FindingCode, Load, Message, Minimum, Money, Owner, Period, Platform, Replies, Route,
    Row, RowKey, Severity, ShopId, Slot, Status, Store, StoreId, StoreLoad, Suggestion,
};
use couponbook::language::Language;
use couponbook::platforms::PLATFORMS;
use couponbook::workbook::columns::{COLUMNS, Field, cell_address};
use couponbook::workbook::write::write_to;
use couponbook::workbook::{Book, Carried, Coverage, Decision, Overview};
use rust_decimal::Decimal;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub type Failed = Box<dyn Error>;

const STORES: usize = 500;
/// One row in so many has an action.
const DECIDED: usize = 250;
/// Excel's last row.
const LAST_ROW: usize = 1_048_576;

/// A workbook of so many coupons.
pub fn of_rows(rows: usize) -> Result<PathBuf, Failed> {
    kept(&format!("{rows}"), |path| {
        let export = export(rows)?;
        let decided = export.rows.iter().enumerate().filter(|(number, _)| number % DECIDED == 0);
        let decisions: BTreeMap<RowKey, Decision> =
            decided.map(|(number, row)| (row.key.clone(), decision(number, row))).collect();
        let coverage = Coverage { blocks: Vec::new(), missing: Vec::new(), later_campaigns: 0 };
        let replies = Replies { rows: Vec::new(), more: 0 };
        let abilities: Vec<_> = PLATFORMS.entries().map(|entry| entry.abilities).collect();
        let book = Book {
            language: Language::ENGLISH,
            export: &export,
            checklist: &[],
            by_hand: &[],
            replies: &replies,
            abilities: &abilities,
            allowed_less: &CouponsAllowingLess::default(),
            snapshot_sha256: "4f".repeat(32),
            first_export: true,
            decisions: &decisions,
            overview: &Overview::default(),
            checks: &Checks::new(),
            regions: &BTreeMap::new(),
            left_out: &[],
            coverage: &coverage,
            results: None,
            undo: None,
            part: None,
            carried: Carried::default(),
        };
        Ok(write_to(&book, BufWriter::new(File::create(path)?))?)
    })
}

/// Workbooks that hold as much as a sheet can, and what each is.
pub fn full_to_the_brim() -> Result<Vec<(&'static str, PathBuf)>, Failed> {
    let key = |row: usize| RowKey::of(Platform::new("shopee"), &ShopId::new("1"), &CouponId::new(row.to_string()));
    let bad_value = |field: Field, row: usize| match field {
        Field::RowKey => Some(text(key(row).as_str())),
        Field::Action => Some(text("renew")),
        Field::NewEnd => Some(text("31/31/2026")),
        Field::AddStock => Some(text("a few")),
        Field::NewMinSpend => Some(text("1.2.3,4")),
        Field::Note => Some("<c r=\"@\" t=\"e\"><v>#REF!</v></c>".to_string()),
        _ => None,
    };
    let filled = |wanted: Field| {
        move |field: Field, row: usize| match field {
            Field::RowKey if row < 1_000 => Some(text(key(row).as_str())),
            field if field == wanted => Some(text("renew")),
            _ => None,
        }
    };
    let shared = |letters: usize| vec!["x".repeat(letters)];
    let one_string = |field: Field, row: usize| match field {
        Field::RowKey => Some(text(key(row).as_str())),
        Field::Note => Some("<c r=\"@\" t=\"s\"><v>0</v></c>".to_string()),
        _ => None,
    };
    let in_all_cells = |field: Field, row: usize| match field {
        Field::RowKey => Some(text(key(row).as_str())),
        _ => Some("<c r=\"@\" t=\"s\"><v>0</v></c>".to_string()),
    };
    let sheet = |name: &str, rows: usize, texts: &[String], cell: &dyn Fn(Field, usize) -> Option<String>| {
        kept(name, |path| write_sheet(path, rows, texts, cell))
    };
    Ok(vec![
        ("900,000 rows, a bad value in every blue cell", sheet("bad-rows", 900_000, &[], &bad_value)?),
        ("Action filled down to row 1,048,576", sheet("action-to-the-end", LAST_ROW - 3, &[], &filled(Field::Action))?),
        ("Note filled down to row 1,048,576", sheet("note-to-the-end", LAST_ROW - 3, &[], &filled(Field::Note))?),
        ("one text of 20 letters in a million notes", sheet("one-short-text", 1_000_000, &shared(20), &one_string)?),
        (
            "one text of 32,767 letters in a million notes",
            sheet("one-long-text", 1_000_000, &shared(32_767), &one_string)?,
        ),
        (
            "one text of 20 letters in every cell of a million rows",
            sheet("one-text", 1_000_000, &shared(20), &in_all_cells)?,
        ),
    ])
}

fn kept(name: &str, make: impl FnOnce(&Path) -> Result<(), Failed>) -> Result<PathBuf, Failed> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/read");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.xlsx"));
    if !path.exists() {
        let unfinished = folder.join(format!("{name}.part"));
        make(&unfinished)?;
        std::fs::rename(&unfinished, &path)?;
    }
    Ok(path)
}

/// So many coupons of 500 stores.
pub fn export(rows: usize) -> Result<Export, Failed> {
    let currencies = ["SGD", "MYR", "THB", "IDR", "PHP", "VND", "EUR", "USD"];
    let platforms: Vec<Platform> = PLATFORMS.entries().map(|entry| entry.abilities.platform).collect();
    let at = Utc.with_ymd_and_hms(2026, 11, 22, 0, 4, 0).single().ok_or("no such time")?;
    let store = |number: usize| {
        let store = Store {
            id: StoreId::parse(&format!("store-{number}"))?,
            platform: platforms[number % platforms.len()],
            shop: ShopId::new(number.to_string()),
            currency: Currency::parse(currencies[number % currencies.len()])?,
            zone: chrono_tz::Asia::Singapore,
            access: Access::ReadWrite,
            owner: Some("Mei".to_string()),
        };
        let load = Load::Loaded { count: 40, expected: Some(40), unreadable: Vec::new() };
        Ok(StoreLoad {
            store,
            load,
            findings: Vec::new(),
            calls: 2,
            retries: 0,
            seconds: 1.0,
            token_ends: None,
            source: None,
        })
    };
    let stores = (0..STORES).map(store).collect::<Result<Vec<StoreLoad>, Failed>>()?;
    let rows: Vec<Row> =
        (0..rows).map(|number| row(&stores[number % STORES].store, number)).collect::<Result<_, _>>()?;
    Ok(Export {
        id: ExportId::new("20261122-AM-7K3MPX"),
        follows: None,
        at,
        finished: at,
        day: NaiveDate::from_ymd_opt(2026, 11, 22).ok_or("no such day")?,
        slot: Slot::Am,
        zone: chrono_tz::Asia::Singapore,
        stores,
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
    })
}

fn row(store: &Store, number: usize) -> Result<Row, Failed> {
    let money = |amount: usize| Money::new(Decimal::from(amount), store.currency);
    let began = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).single().ok_or("no such time")?;
    let ends = began + Duration::hours(24 * 22 + (number as i64 * 7) % 2_000);
    let coupon = Coupon {
        store: store.id.clone(),
        id: CouponId::new(format!("{}", 7_301_234_567_890_000_000_u64 + number as u64)),
        code: Some(format!("CODE{number}")),
        name: format!("Coupon number {number}"),
        status: Status::Active,
        raw_status: "ongoing".to_string(),
        kind: "shop voucher".to_string(),
        discount: Discount::Sum(money(5 + number % 20)),
        minimum: Minimum::Spend(money(40 + number % 90)),
        usable: Period::new(Some(began), Some(ends))?,
        claimable: None,
        total: Some(800),
        used: Some((number as u64 * 37) % 800),
        claimed: None,
        per_buyer: Some(1),
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        untold: Default::default(),
        page: Some(format!("https://seller.example/{}/coupons/{number}", store.id)),
    };
    // Exceptions first, as the export has them.
    let code = FindingCode::ALL[number % FindingCode::ALL.len()];
    let why = Message::as_written(format!("{} of 800 left (7 %); at this pace gone on Mon 23 Nov.", number % 60));
    let finding = Finding { code, severity: Severity::Warning, why };
    let (findings, advice) = match number % 6 {
        0 => (vec![finding], Advice::Restock { add: 400 }),
        _ => (Vec::new(), Advice::Nothing),
    };
    Ok(Row {
        key: RowKey::of(store.platform, &store.shop, &coupon.id),
        campaign: Some("Black Friday".to_string()),
        money_at_risk: coupon.exposure(store.currency),
        read_at: None,
        findings,
        suggestion: Suggestion { advice, way: Route::Direct, also: Vec::new(), renew_until: None, restock_by: None },
        coupon,
    })
}

fn decision(number: usize, row: &Row) -> Decision {
    Decision {
        sheet: "Coupons".to_string(),
        row: number as u32 + 4,
        hidden: false,
        action: Action {
            row: row.key.clone(),
            word: ActionWord::Restock,
            new_end: Edit::Blank,
            add_stock: Edit::Set(200),
            new_min_spend: Edit::Blank,
            note: Some("for 12.12".to_string()),
        },
        cells: ["restock", "", "200", "", "for 12.12"].map(str::to_string),
    }
}

/// A cell at `@`.
fn text(words: &str) -> String {
    format!("<c r=\"@\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
}

/// A workbook of one sheet with our headers in row 3, and `cell` below.
fn write_sheet(
    path: &Path,
    rows: usize,
    texts: &[String],
    cell: &dyn Fn(Field, usize) -> Option<String>,
) -> Result<(), Failed> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let relation = |id: u32, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |all: String| format!("<Relationships xmlns=\"{PACKAGE}\">{all}</Relationships>");
    let strings: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    for (name, xml) in [
        ("_rels/.rels", relations(relation(1, "officeDocument", "xl/workbook.xml"))),
        (
            "xl/_rels/workbook.xml.rels",
            relations(
                relation(1, "worksheet", "worksheets/sheet1.xml") + &relation(2, "sharedStrings", "sharedStrings.xml"),
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Coupons\" sheetId=\"1\" r:id=\"rId1\"/>\
                 </sheets></workbook>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\">{strings}</sst>")),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(xml.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", options)?;
    write!(zip, "<worksheet xmlns=\"{MAIN}\"><sheetData>")?;
    for row in 0..=rows {
        write!(zip, "<row r=\"{}\">", row + 3)?;
        for (number, column) in COLUMNS.iter().enumerate() {
            let cell = if row == 0 { Some(text(column.header)) } else { cell(column.field, row) };
            if let Some(cell) = cell {
                zip.write_all(cell.replacen('@', &cell_address(number as u32, row as u32 + 3), 1).as_bytes())?;
            }
        }
        zip.write_all(b"</row>")?;
    }
    zip.write_all(b"</sheetData></worksheet>")?;
    zip.finish()?.flush()?;
    Ok(())
}
