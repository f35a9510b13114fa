//! The only module that speaks Excel: an export becomes a workbook, a handed-back workbook becomes decisions.
//!
//! `columns` is the one table that writer, reader and Help share. `write` has a file a sheet; `read` takes cells as people
//! and office programs leave them; `words` says dates, money and suggestions. The workbook carries decisions only: what a coupon was is in the archive's snapshot.

#![warn(clippy::wildcard_enum_match_arm)]

/// A setter for each property of a table's entry or a style, so that it reads as one sentence: `CELL.bold().wrap()`.
macro_rules! setters {
    ($of:ident: $($name:ident: $kind:ty),*; $($flag:ident),*) => {
        impl $of {
            $(pub const fn $name(mut self, $name: $kind) -> Self {
                self.$name = $name;
                self
            })*
            $(pub const fn $flag(mut self) -> Self {
                self.$flag = true;
                self
            })*
        }
    };
}

pub mod columns;
pub mod read;
pub mod words;
pub mod write;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::domain::{
    Abilities, Action, Changed, Checks, CouponsAllowingLess, Export, ExportId, FirstSeen, Message, Notice, OpenAction,
    Outcome, Platform, Replies, Row, RowKey, Severity, Store, StoreId, TaskRow, Undo, Verb, WeekTrend,
};
use crate::language::Language;

/// Everything a workbook shows. The writer adds nothing of its own but looks.
pub struct Book<'a> {
    pub language: Language,
    pub export: &'a Export,
    pub checklist: &'a [ChecklistItem],
    /// What only people can do, in the order of the sheet.
    pub by_hand: &'a [TaskRow],
    /// What customer service answers about coupons in trouble.
    pub replies: &'a Replies,
    /// Of the platforms that the config has stores on, for Help.
    pub abilities: &'a [&'static Abilities],
    /// Which of the export's coupons allow less than these say, for Help.
    pub allowed_less: &'a CouponsAllowingLess,
    /// SHA-256 of the snapshot, for the very hidden sheet: a hint that is checked.
    pub snapshot_sha256: String,
    /// Whether the archive holds no earlier export to compare with.
    pub first_export: bool,
    /// What stands in the blue cells already: filled in beforehand, or as handed back; kept where no outcome settles the row.
    pub decisions: &'a BTreeMap<RowKey, Decision>,
    /// The export beside those before it.
    pub overview: &'a Overview,
    /// The last `stores check` of the export's stores; without any, the Stores sheet does without its columns.
    pub checks: &'a Checks,
    /// Where the team says that stores belong.
    pub regions: &'a BTreeMap<StoreId, String>,
    /// What of the campaign plan and the reply templates was left out.
    pub left_out: &'a [Notice],
    pub coverage: &'a Coverage,
    /// What a run made of a handed-back workbook; present in a results workbook.
    pub results: Option<&'a BTreeMap<RowKey, Outcome>>,
    /// What it takes back, of a workbook that does.
    pub undo: Option<&'a UndoShown<'a>>,
    /// Of one of several workbooks of its export, each with some of the stores: the word that it is known by.
    pub part: Option<&'a str>,
    /// What else a handed-back workbook held.
    pub carried: Carried<'a>,
}

impl<'a> Book<'a> {
    /// What people call the platform; its id where its abilities are not at hand.
    pub fn platform_name(&self, platform: Platform) -> &'static str {
        let found = self.abilities.iter().find(|abilities| abilities.platform == platform);
        found.map_or(platform.word(), |abilities| abilities.name)
    }

    /// What `store`'s platform does in place of what is suggested; none where it does that very thing.
    pub fn done_instead(&self, row: &Row, store: &Store) -> Option<Verb> {
        let abilities = self.abilities.iter().find(|abilities| abilities.platform == store.platform)?;
        abilities.done_instead(&row.suggestion, row.coupon.status)
    }
}

/// What a run did and how it comes back; in the results, whether it did.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoShown<'a> {
    pub undo: &'a Undo,
    /// By row, what is not as it was before the run: empty where all is. Rows that were not looked at are left out. None before
    /// anything was taken back.
    pub compared: Option<BTreeMap<RowKey, Vec<Message>>>,
}

impl<'a> UndoShown<'a> {
    /// Before anything was taken back.
    pub fn planned(undo: &'a Undo) -> Self {
        Self { undo, compared: None }
    }
}

/// What managers wrote besides decisions, for a workbook that follows theirs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried<'a> {
    /// Notes on rows without an action.
    pub notes: Option<&'a BTreeMap<RowKey, String>>,
    /// Rows with cells to mend: shown as they stood, the bad cells marked.
    pub bad_rows: Option<&'a BTreeMap<RowKey, BadRow>>,
    /// Their own columns, in their order: header, and text by row.
    pub own_columns: &'a [(String, BTreeMap<RowKey, String>)],
}

/// A row of which some cells cannot be read as meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BadRow {
    /// The five blue cells as they stood: Action, New end, Add stock, New min spend, Note.
    pub cells: [Option<Typed>; 5],
    /// Which cells are bad, and what would be right.
    pub faults: Vec<(columns::Field, Message)>,
}

/// What stood in a cell, of the kind that it stood there: a date that was refused in a column of numbers is no number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Typed {
    Text(String),
    Number(f64),
    Moment(NaiveDateTime),
    /// Of a date, where no day lies there.
    Serial(f64),
    /// Days of a length of time.
    Span(f64),
}

impl Typed {
    /// As the cell is read aloud.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) | Self::Serial(number) | Self::Span(number) => number.to_string(),
            Self::Moment(at) if at.time() == NaiveTime::MIN => at.format("%Y-%m-%d").to_string(),
            Self::Moment(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }
}

/// What Summary shows beyond the export itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// None on the first export, and on the results of a run.
    pub changed: Option<Changed>,
    /// The oldest week first.
    pub trend: Vec<WeekTrend>,
    /// What managers handed back and no run has settled.
    pub open_actions: Vec<OpenAction>,
    /// Since when each row's worst finding has been seen, as far as earlier exports tell.
    pub first_seen: BTreeMap<RowKey, FirstSeen>,
    /// Who signed the plan of the run, where somebody had to.
    pub approved_by: Vec<String>,
}

/// One line of the daily inspection, with the program's own result.
#[derive(Debug, Clone, PartialEq)]
pub struct ChecklistItem {
    pub number: u32,
    /// Finds the item again when the workbook comes back.
    pub key: String,
    pub what: Message,
    pub how: Message,
    pub how_often: Message,
    pub whose: Message,
    pub result: ItemResult,
    /// Stores in which more may be wrong that nobody saw.
    pub stores_unseen: usize,
    /// What was found, in a few words; the cell has room for [`ChecklistItem::FOUND_COLUMNS`].
    pub found: Message,
    /// Where the link leads: the first row concerned on Coupons, or another sheet.
    pub target: Target,
    pub signed: Signed,
}

impl ChecklistItem {
    /// One line of its cell, which is all that LibreOffice shows of a link; a Chinese letter takes two columns.
    pub const FOUND_COLUMNS: usize = 42;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemResult {
    Pass,
    /// How many rows or stores need attention, and how bad the worst is.
    Attention(usize, Severity),
    /// Nothing was found in what was seen, and some stores were not: no pass.
    NotKnown,
    /// There is nothing that could be looked at.
    Nothing,
    /// The program looks at nothing here: a person does.
    ByEye,
    /// A weekly item that waits for its day.
    NotDue,
}

/// The blue cells of a checklist's line: as signed earlier on the same day, and whether anybody is to sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    pub am: String,
    pub pm: String,
    pub remark: String,
    pub am_due: bool,
    pub pm_due: bool,
}

/// A line of a checklist that came back with something signed or remarked in it. Empty where a cell or column was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedRow {
    pub key: String,
    pub what: String,
    pub am: String,
    pub pm: String,
    pub remark: String,
}

/// Where the campaigns of the plan have live coupons, and where not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The longest campaign first.
    pub blocks: Vec<CoverageBlock>,
    /// What the plan names and a store does not have, in the order of the stores.
    pub missing: Vec<MissingLine>,
    /// Campaigns that begin too far ahead to be shown.
    pub later_campaigns: usize,
}

/// One campaign: its stores by its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageBlock {
    pub campaign: String,
    /// Both included, over all of its stores.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Whether it runs, or begins so soon that its coupons should be there.
    pub is_due: bool,
    /// A day each, or a week each for a long campaign.
    pub columns: Vec<CoverageColumn>,
    pub by_weeks: bool,
    /// Whether the columns are only a part of the campaign.
    pub is_cut: bool,
    /// Those with a gap first.
    pub stores: Vec<CoverageLine>,
}

/// Days of each store's own calendar, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverageColumn {
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageLine {
    pub store: StoreId,
    pub cover: Cover,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    /// The store did not load whole.
    NotKnown,
    Known {
        /// For each column the live coupons of its worst day; none where the plan asks for nothing there.
        counts: Vec<Option<u32>>,
        /// Runs of days without any, in order.
        gaps: Vec<Gap>,
    },
}

/// Days without a live coupon, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Over before the store's today: nothing can be done about it. A gap that goes on is two, parted at today.
    pub is_past: bool,
}

/// One coupon that the plan names and a store does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingLine {
    pub store: StoreId,
    pub campaign: String,
    pub wanted: String,
    /// The campaign's first day in the store.
    pub needed_from: NaiveDate,
    pub answer: MissingAnswer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingAnswer {
    /// The suggestion of that row makes it.
    Row(RowKey),
    /// That row makes another one first, then this one.
    RowLater(RowKey),
    /// Only a person can: by hand as that row says, or with nothing in the store to copy.
    ByHand(Option<RowKey>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Nowhere,
    Row(RowKey),
    Stores,
    ByHand,
    Coverage,
}

/// A workbook as it came back.
#[derive(Debug)]
pub struct HandedBack {
    pub path: PathBuf,
    /// Of the file's bytes as read.
    pub sha256: String,
    /// From the very hidden sheet: a hint, since office programs may show or change it.
    pub export: Option<ExportId>,
    pub snapshot_sha256: Option<String>,
    /// Who saved the file last, by its own properties: a hint.
    pub last_author: Option<String>,
    /// One for each row with an action.
    pub decisions: Vec<Decision>,
    /// What its headers are written in; words of every language were read.
    pub language: Language,
    /// Of a workbook that is one of several: the word that it is known by. What it stands for only the snapshot says.
    pub part: Option<String>,
    /// Rows without an action whose key was read.
    pub undecided: Vec<RowKey>,
    /// What managers noted on those.
    pub notes: BTreeMap<RowKey, String>,
    /// The rows of `problems` whose key was read.
    pub bad_rows: BTreeMap<RowKey, BadRow>,
    /// Every cell that cannot be read as meant. Rows with a problem are not among the decisions.
    pub problems: CellProblems,
    /// What was read differently from what stands there, or ignored: for the eye, nothing to mend.
    pub remarks: CellProblems,
    /// The managers' own columns.
    pub own_columns: Vec<(String, BTreeMap<RowKey, String>)>,
    /// Rows beyond those whose cells were all kept: edits outside the columns to fill in were not looked for there.
    pub rows_in_part: usize,
    /// What was signed on the checklist.
    pub signed: Vec<SignedRow>,
}

/// A row's action with the place it was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub sheet: String,
    /// As people count: the first row is 1.
    pub row: u32,
    /// Hidden by a filter or by hand.
    pub hidden: bool,
    pub action: Action,
    /// The five blue cells as they stood, for the results workbook: Action, New end, Add stock, New min spend, Note.
    pub cells: [String; 5],
}

/// `Coupons!I14, New end: "next friday"; write a date, a date and time, or a span like 30d`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sheet}!{}, {header}: {found:?}; {}", self.cell(), Language::ENGLISH.render(wanted))]
pub struct CellProblem {
    pub sheet: String,
    /// As people count: the first row is 1.
    pub row: u32,
    /// From zero; none where nobody knows where the sheet has it.
    pub column: Option<u32>,
    pub field: columns::Field,
    /// As it stands in the sheet.
    pub header: String,
    /// Shortened where it is long.
    pub found: String,
    /// What would be right, or how it was read.
    pub wanted: Message,
}

/// What is to be said of cells: of the first ones all, of more the number in each column, so that a file of a million bad rows ends in a
/// page that somebody reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellProblems {
    first: Vec<CellProblem>,
    more: BTreeMap<columns::Field, usize>,
}

impl CellProblems {
    const KEPT_MAX: usize = 1_000;

    pub fn push(&mut self, problem: CellProblem) {
        if self.first.len() < Self::KEPT_MAX {
            self.first.push(problem);
        } else {
            *self.more.entry(problem.field).or_default() += 1;
        }
    }

    /// So many more in a column, of which nothing else is known.
    pub fn count_more(&mut self, field: columns::Field, count: usize) {
        if count > 0 {
            *self.more.entry(field).or_default() += count;
        }
    }

    /// Before all others.
    pub fn push_first(&mut self, problem: CellProblem) {
        self.first.insert(0, problem);
    }

    pub fn extend(&mut self, problems: impl IntoIterator<Item = CellProblem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// All of them, those that are only counted too.
    pub fn count(&self) -> usize {
        self.first.len() + self.more.values().sum::<usize>()
    }

    /// How many there are in each column behind the first `shown`.
    pub fn behind(&self, shown: usize) -> BTreeMap<columns::Field, usize> {
        let mut behind = self.more.clone();
        self.first.iter().skip(shown).for_each(|problem| *behind.entry(problem.field).or_default() += 1);
        behind
    }
}

impl std::ops::Deref for CellProblems {
    type Target = Vec<CellProblem>;
    fn deref(&self) -> &Vec<CellProblem> {
        &self.first
    }
}

impl CellProblem {
    /// `I14`, or `row 14`.
    pub fn cell(&self) -> String {
        self.column.map_or_else(|| format!("row {}", self.row), |column| columns::cell_address(column, self.row))
    }
}
