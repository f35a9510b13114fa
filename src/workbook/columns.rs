//! One table of columns for the writer, the reader and Help: what a column is called, how wide it is, who may edit it.

use rust_xlsxwriter::ColNum;
use rust_xlsxwriter::utility::column_number_to_name;
use serde::{Deserialize, Serialize};

use crate::domain::{ActionWord, Message};
use crate::language::{Language, Script};

/// The columns of Coupons, left to right; `Result` to `ReadBack` stand only in a results workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    Severity,
    Store,
    RowKey,
    Code,
    Name,
    Findings,
    Why,
    Suggested,
    Action,
    NewEnd,
    AddStock,
    NewMinSpend,
    Note,
    Result,
    Before,
    After,
    Message,
    Next,
    RequestId,
    Time,
    ReadBack,
    Page,
    Rank,
    Since,
    DaysLeft,
    Ends,
    Remaining,
    Used,
    Total,
    Discount,
    MinSpend,
    MoneyAtRisk,
    Status,
    Kind,
    Starts,
    Campaign,
    AllFindings,
    Owner,
    Region,
    Platform,
    CouponId,
    Currency,
    TimeZone,
}

/// What a column is for: its place in the banner, its colours, and what the reader does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Frozen at the left.
    Identity,
    Story,
    /// The blue columns: the only ones that are read as decisions.
    Decision,
    /// What came of it; results workbooks only.
    Result,
    /// As loaded; an edit here is reported and ignored. Outline level 1, but for Page.
    Fact,
    /// Row key, hidden between the columns by which people know a row: whoever cuts, pastes or sorts these takes it along.
    Key,
    /// For the program; outline level 2, collapsed.
    Technical,
}

#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub field: Field,
    pub part: Part,
    /// The English name: in the header row of an English workbook, and wherever we speak English. Other languages say
    /// [`Column::name`].
    pub header: &'static str,
    /// In characters of the default font, as Excel counts them; see [`Column::width_in`].
    width: f64,
    width_chinese: f64,
    pub right: bool,
    pub wrap: bool,
    pub bold: bool,
    /// Small technical text: muted.
    pub muted: bool,
}

const fn column(field: Field, part: Part, header: &'static str, width: f64) -> Column {
    Column { field, part, header, width, width_chinese: width, right: false, wrap: false, bold: false, muted: false }
}

setters! { Column: width_chinese: f64; right, wrap, bold, muted }

impl Column {
    /// Exactly as in the header row, so that reader, filters and pivots see clean names.
    pub fn name(&self, language: Language) -> String {
        self.say(language, "column")
    }

    /// [`Column::name`], for whoever reads.
    pub fn message(&self) -> Message {
        Message::new(self.id("column"), Vec::new())
    }

    /// Its name, and that of earlier versions where it was another.
    pub fn spellings(&self, language: Language) -> Vec<String> {
        language.spellings(&self.id("column"))
    }

    /// What Coupons says of the column: its name is its `column`.
    pub fn say(&self, language: Language, what: &str) -> String {
        language.say(&self.id(what))
    }

    fn id(&self, what: &str) -> String {
        // No message's id holds a `#`.
        let name = self.header.to_lowercase().replace(' ', "-").replace('#', "rank");
        format!("coupons-{what}-{name}")
    }

    /// In characters of the default font. The columns that a decision needs fill a window of 1440 pixels in each language.
    pub fn width_in(&self, language: Language) -> f64 {
        match language.script() {
            Script::Latin => self.width,
            Script::Han => self.width_chinese,
        }
    }
}

impl Field {
    /// Its entry in the table.
    pub fn column(self) -> &'static Column {
        #[expect(clippy::indexing_slicing, reason = "each column stands at the place of its field, see below")]
        &COLUMNS[self as usize]
    }
}

/// Each column stands at the place of its field: a forgotten one does not compile.
#[expect(clippy::indexing_slicing, reason = "below the length")]
const _: () = {
    let mut place = 0;
    while place < COLUMNS.len() {
        assert!(COLUMNS[place].field as usize == place);
        place += 1;
    }
    assert!(Field::TimeZone as usize + 1 == COLUMNS.len());
};

pub const COLUMNS: [Column; 43] = [
    column(Field::Severity, Part::Identity, "Severity", 11.0).width_chinese(9.0),
    column(Field::Store, Part::Identity, "Store", 12.0).wrap().width_chinese(12.5),
    column(Field::RowKey, Part::Key, "Row key", 13.0).muted(),
    column(Field::Code, Part::Identity, "Code", 13.0).wrap().width_chinese(13.5),
    column(Field::Name, Part::Identity, "Name", 20.0).wrap().width_chinese(21.0),
    column(Field::Findings, Part::Story, "Findings", 16.0).wrap().bold().width_chinese(11.5),
    column(Field::Why, Part::Story, "Why", 40.0).wrap().width_chinese(42.0),
    column(Field::Suggested, Part::Story, "Suggested", 18.0).wrap().bold().width_chinese(20.0),
    column(Field::Action, Part::Decision, "Action", 11.0).bold().width_chinese(10.5),
    column(Field::NewEnd, Part::Decision, "New end", 13.0),
    column(Field::AddStock, Part::Decision, "Add stock", 9.0).right().width_chinese(9.5),
    column(Field::NewMinSpend, Part::Decision, "New min spend", 10.0).right().width_chinese(11.0),
    column(Field::Note, Part::Decision, "Note", 15.0).wrap(),
    column(Field::Result, Part::Result, "Result", 16.0).wrap().bold(),
    column(Field::Before, Part::Result, "Before", 24.0).wrap(),
    column(Field::After, Part::Result, "After", 34.0).wrap(),
    column(Field::Message, Part::Result, "Message", 40.0).wrap(),
    column(Field::Next, Part::Result, "What to do", 36.0).wrap(),
    column(Field::RequestId, Part::Result, "Request id", 20.0).muted(),
    column(Field::Time, Part::Result, "Time", 18.0).width_chinese(20.0),
    column(Field::ReadBack, Part::Result, "Read back", 34.0).wrap(),
    column(Field::Page, Part::Fact, "Page", 11.0).width_chinese(9.0),
    column(Field::Rank, Part::Fact, "#", 6.0).right(),
    column(Field::Since, Part::Fact, "Since", 11.0).right(),
    column(Field::DaysLeft, Part::Fact, "Days left", 9.0).right(),
    column(Field::Ends, Part::Fact, "Ends", 18.0).width_chinese(20.0),
    column(Field::Remaining, Part::Fact, "Remaining", 12.0).right(),
    column(Field::Used, Part::Fact, "Used", 9.0).right(),
    column(Field::Total, Part::Fact, "Total", 9.0).right(),
    column(Field::Discount, Part::Fact, "Discount", 24.0).wrap(),
    column(Field::MinSpend, Part::Fact, "Min spend", 15.0).right(),
    column(Field::MoneyAtRisk, Part::Fact, "Money at risk", 16.0).right(),
    column(Field::Status, Part::Fact, "Status", 11.0),
    column(Field::Kind, Part::Fact, "Type", 14.0).wrap(),
    column(Field::Starts, Part::Fact, "Starts", 18.0).width_chinese(20.0),
    column(Field::Campaign, Part::Fact, "Campaign", 14.0).wrap(),
    column(Field::AllFindings, Part::Fact, "All findings", 30.0).wrap().width_chinese(26.0),
    column(Field::Owner, Part::Fact, "Owner", 12.0).wrap(),
    column(Field::Region, Part::Fact, "Region", 10.0).wrap(),
    column(Field::Platform, Part::Fact, "Platform", 14.0).muted(),
    column(Field::CouponId, Part::Fact, "Coupon ID", 22.0).muted(),
    column(Field::Currency, Part::Technical, "Currency", 9.0).muted(),
    column(Field::TimeZone, Part::Technical, "Time zone", 20.0).muted(),
];

/// The five columns to fill in, in the order of `Decision::cells`.
pub const BLUE: [Field; 5] = [Field::Action, Field::NewEnd, Field::AddStock, Field::NewMinSpend, Field::Note];

/// Those of them that hold a value.
pub const VALUES: [Field; 3] = [Field::NewEnd, Field::AddStock, Field::NewMinSpend];

/// By which people know a coupon's row: a decision counts only where these are those of its key. Name counts where there is no code.
pub const IDENTITY: [Field; 3] = [Field::Store, Field::Code, Field::Name];

/// The columns that a decision is read from.
pub const READ: [Field; 6] =
    [Field::Action, Field::NewEnd, Field::AddStock, Field::NewMinSpend, Field::Note, Field::RowKey];

/// The columns that workbooks of version 0.1 lack. A manager who named a column of their own like one of them keeps it: they
/// are ours only where the first of them stands, whose name nobody gives by chance.
pub const ADDED: [Field; 5] = [Field::AllFindings, Field::Rank, Field::Since, Field::Owner, Field::Region];

/// What an action makes of a column to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUse {
    /// Empty means what is suggested.
    Suggested,
    /// How long it holds; empty means from now on.
    Until,
    /// The action cannot do without it.
    Required,
    /// The action needs at least one of the columns that it uses so.
    OneOf,
}

/// The one table of which action uses which columns, those it needs first. A value in another column is reported and not used; a
/// note may stand beside every action.
pub const fn columns_of(action: ActionWord) -> &'static [(Field, ColumnUse)] {
    match action {
        ActionWord::Accept | ActionWord::Delete | ActionWord::End | ActionWord::Enable | ActionWord::Pause => &[],
        ActionWord::Renew => &[(Field::NewEnd, ColumnUse::Suggested)],
        ActionWord::Restock => &[(Field::AddStock, ColumnUse::Suggested)],
        ActionWord::Adjust => &[(Field::NewMinSpend, ColumnUse::Required)],
        ActionWord::Recreate => &[
            (Field::NewEnd, ColumnUse::OneOf),
            (Field::NewMinSpend, ColumnUse::OneOf),
            (Field::AddStock, ColumnUse::OneOf),
        ],
        ActionWord::Keep => &[(Field::Note, ColumnUse::Required), (Field::NewEnd, ColumnUse::Until)],
    }
}

/// See [`columns_of`].
pub fn use_of(action: ActionWord, field: Field) -> Option<ColumnUse> {
    columns_of(action).iter().find(|(column, _)| *column == field).map(|(_, how)| *how)
}

/// The actions that use the column, in the order of the drop-down.
pub fn actions_using(field: Field) -> impl Iterator<Item = (ActionWord, ColumnUse)> {
    ActionWord::ALL.iter().copied().filter_map(move |action| Some((action, use_of(action, field)?)))
}

/// The columns of an export's Coupons sheet, or of a results workbook's.
pub fn columns(with_results: bool) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |column| with_results || column.part != Part::Result)
}

/// `I14`: from a column counted from zero and a row as people count.
pub fn cell_address(column: u32, row: u32) -> String {
    format!("{}{row}", column_letters(column))
}

/// `A` for column zero, `AA` for 26.
pub fn column_letters(column: u32) -> String {
    const LAST_COLUMN: u32 = 16_383;
    column_number_to_name(column.min(LAST_COLUMN) as ColNum)
}

/// The very hidden sheet: what to look the export up by, one label and its value a row. Office programs may show or change it.
pub const HIDDEN_SHEET: &str = "couponbook";
pub const SCHEMA_VERSION: u32 = 1;

/// The labels of the very hidden sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
pub enum HiddenLabel {
    #[strum(serialize = "export id")]
    ExportId,
    #[strum(serialize = "schema version")]
    SchemaVersion,
    #[strum(serialize = "snapshot sha256")]
    SnapshotSha256,
    /// The word that one of several workbooks is known by.
    #[strum(serialize = "part")]
    Part,
}
