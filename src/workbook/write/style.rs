//! The palette, the type scale and the number formats: everything a cell can look like.
//!
//! Red, amber and grey say how bad; blue says "yours to act on". Sheets ask for a [`CellStyle`] in these words and never for a
//! colour of their own. [`CellStyles`] makes each style into Excel's format once.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use crate::domain::{Currency, Severity};
use crate::language::{Language, Script};

/// The face of a language's workbooks: in nearly every office program; LibreOffice and WPS on Linux substitute a face of the
/// same widths.
pub fn font(language: Language) -> &'static str {
    match language.script() {
        Script::Latin => "Arial",
        Script::Han => "Microsoft YaHei",
    }
}

pub const INK: Color = Color::RGB(0x1F2933);
pub const MUTED: Color = Color::RGB(0x56616C);
pub const HAIRLINE: Color = Color::RGB(0xD5DAE0);
pub const RULE: Color = Color::RGB(0x9AA5B1);
pub const CRITICAL: Color = Color::RGB(0xB42318);
pub const WARNING: Color = Color::RGB(0xF2BC46);
/// Amber as text on white, and as the border of a missing value: the fill's own amber is too light for either.
pub const WARNING_DARK: Color = Color::RGB(0x9A6700);
pub const CHART_GREY: Color = Color::RGB(0xA9B4BF);
pub const YOURS: Color = Color::RGB(0x1F5FAF);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    #[default]
    Dark,
    Muted,
    White,
    Critical,
    Warning,
    Yours,
    Link,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Fill {
    #[default]
    None,
    /// Header of columns that are only read.
    Band,
    Solid(Severity),
    Tint(Severity),
    Heat(Severity),
    YoursHead,
    Yours,
    /// A text that is copied from its cell.
    ToCopy,
    /// Coverage: one live coupon that day, or more.
    CoverOne,
    CoverMore,
    /// Today's head in Coverage.
    Today,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Edge {
    #[default]
    None,
    /// Under each row.
    Hairline,
    /// Under a filled cell, so that two of them do not run together.
    White,
    /// Under a header.
    Rule,
    /// The sides of today's column, and its last cell.
    Framed,
    /// Above a total.
    Total,
    /// All around, like a field of a form.
    Field,
    /// Between the headers of editable columns.
    FieldHead,
    /// A thick blue line under the banner.
    Banner,
    /// The upper, or the lower, half of a tile.
    TileTop,
    TileBottom,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Number {
    #[default]
    General,
    /// Typed text stays text.
    Text,
    /// `1,200`
    Whole,
    /// `-1`
    Plain,
    /// `8.4`
    Tenths,
    /// `Mon 30 Nov`
    Day,
    /// `30 Nov 2027`
    DayOfYear,
    /// `Mon 30 Nov 23:59`
    DayTime,
    /// `30 Nov 23:59`
    ShortDayTime,
    /// `SGD 1,200.00`
    Money(Currency),
    /// `1,200.00`, with the currency's decimals: for a column too narrow for the code, where a wider number would show as `###`.
    Amount(Currency),
}

impl Number {
    // The language tag keeps weekdays and months in the workbook's language, whatever the reader's computer speaks.
    pub fn code(self, language: Language) -> String {
        let dated = |id: &str| format!("[$-{}]{}", language.say("language-number"), language.say(id));
        match self {
            Self::Day => dated("cell-day"),
            Self::DayOfYear => dated("cell-day-of-year"),
            Self::DayTime => dated("cell-day-time"),
            Self::ShortDayTime => dated("cell-short-day-time"),
            Self::General => "General".to_string(),
            Self::Text => "@".to_string(),
            Self::Whole => "#,##0".to_string(),
            Self::Plain => "0".to_string(),
            Self::Tenths => "0.0".to_string(),
            Self::Money(currency) => format!("\"{currency}\" {}", amount_code(currency)),
            Self::Amount(currency) => amount_code(currency),
        }
    }
}

// The same number of decimals down a currency.
fn amount_code(currency: Currency) -> String {
    match currency.decimals() {
        0 => "#,##0".to_string(),
        some => format!("#,##0.{}", "0".repeat(some as usize)),
    }
}

/// What a cell looks like. Text stands in the vertical middle unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CellStyle {
    pub ink: Ink,
    pub fill: Fill,
    pub edge: Edge,
    pub number: Number,
    /// In points; 0 is the body's 10.
    pub points: u8,
    pub bold: bool,
    pub struck: bool,
    pub wrap: bool,
    /// With an indent, so that a number never touches the text of the next column.
    pub right: bool,
    pub centre: bool,
    pub top: bool,
    pub indent: u8,
}

/// The body of every sheet: ink on white.
pub const BODY: CellStyle = CellStyle {
    ink: Ink::Dark,
    fill: Fill::None,
    edge: Edge::None,
    number: Number::General,
    points: 0,
    bold: false,
    struck: false,
    wrap: false,
    right: false,
    centre: false,
    top: false,
    indent: 0,
};
/// A row of a table.
pub const CELL: CellStyle = BODY.edge(Edge::Hairline);
/// The header of columns that are only read.
pub const HEAD: CellStyle = BODY.fill(Fill::Band).edge(Edge::Rule).bold();
/// The header of columns to fill in.
pub const YOURS_HEAD: CellStyle = BODY.fill(Fill::YoursHead).edge(Edge::FieldHead).ink(Ink::White).bold();
/// A cell to fill in.
pub const YOURS_CELL: CellStyle = BODY.fill(Fill::Yours).edge(Edge::Field);
pub const TITLE: CellStyle = BODY.points(18).bold();
pub const SECTION: CellStyle = BODY.points(12).bold();
pub const SUBTITLE: CellStyle = BODY.ink(Ink::Muted);
pub const BANNER: CellStyle = BODY.ink(Ink::Muted).points(9).bold();
pub const YOURS_BANNER: CellStyle = BODY.ink(Ink::Yours).points(9).bold().edge(Edge::Banner);
pub const LINK: CellStyle = CELL.ink(Ink::Link);

setters! { CellStyle: ink: Ink, fill: Fill, edge: Edge, number: Number, points: u8, indent: u8; bold, struck, wrap, right, centre, top }

impl CellStyle {
    pub const fn regular(mut self) -> Self {
        self.bold = false;
        self
    }
    pub const fn muted(self) -> Self {
        self.ink(Ink::Muted)
    }

    /// The coloured cell that says how bad it is: Severity, Result, a tile. None is muted and unfilled.
    pub const fn severity(self, severity: Option<Severity>) -> Self {
        match severity {
            Some(Severity::Critical) => self.fill(Fill::Solid(Severity::Critical)).ink(Ink::White).bold(),
            Some(Severity::Warning) => self.fill(Fill::Solid(Severity::Warning)).bold(),
            Some(Severity::Notice) => self.fill(Fill::Solid(Severity::Notice)),
            None => self.ink(Ink::Muted),
        }
    }

    /// [`CellStyle::severity`] in a table: a white line keeps one filled cell from running into the next.
    pub const fn filled(severity: Severity) -> Self {
        CELL.severity(Some(severity)).edge(Edge::White)
    }

    /// A count in a table of counts.
    pub const fn heat(worst: Severity) -> Self {
        BODY.fill(Fill::Heat(worst)).edge(Edge::White).bold().centre()
    }

    /// Words after a mark, on white.
    pub const fn words_of(self, severity: Severity) -> Self {
        match severity {
            Severity::Critical => self.ink(Ink::Critical).bold(),
            Severity::Warning => self.ink(Ink::Warning).bold(),
            Severity::Notice => self,
        }
    }

    /// The fact at fault.
    pub const fn at_fault(self, severity: Severity) -> Self {
        self.fill(Fill::Tint(severity)).bold().ink(Ink::Dark)
    }

    /// A cell to fill in that cannot be read as it is.
    pub const fn to_mend(self) -> Self {
        self.fill(Fill::Solid(Severity::Warning)).edge(Edge::Field).bold()
    }

    pub fn format(self, language: Language) -> Format {
        let points = if self.points == 0 { 10 } else { self.points };
        let mut format = Format::new()
            .set_font_name(font(language))
            .set_font_size(points)
            .set_font_color(ink_color(self.ink))
            .set_num_format(self.number.code(language))
            .set_align(if self.top { FormatAlign::Top } else { FormatAlign::VerticalCenter });
        if self.bold {
            format = format.set_bold();
        }
        if self.struck {
            format = format.set_font_strikethrough();
        }
        if self.wrap {
            format = format.set_text_wrap();
        }
        if self.ink == Ink::Link {
            format = format.set_underline(FormatUnderline::Single);
        }
        if let Some(color) = fill_color(self.fill) {
            format = format.set_background_color(color);
        }
        with_edge(self.aligned(format), self.edge)
    }

    fn aligned(self, format: Format) -> Format {
        if self.right {
            return format.set_align(FormatAlign::Right).set_indent(1);
        }
        if self.centre {
            return format.set_align(FormatAlign::Center);
        }
        let format = format.set_align(FormatAlign::Left);
        if self.indent > 0 { format.set_indent(self.indent) } else { format }
    }
}

fn ink_color(ink: Ink) -> Color {
    match ink {
        Ink::Dark => INK,
        Ink::Muted => MUTED,
        Ink::White => Color::RGB(0xFFFFFF),
        Ink::Critical => CRITICAL,
        Ink::Warning => WARNING_DARK,
        Ink::Yours => YOURS,
        Ink::Link => Color::RGB(0x1A56A0),
    }
}

fn fill_color(fill: Fill) -> Option<Color> {
    let rgb = match fill {
        Fill::None => return None,
        Fill::Band => 0xE9EDF1,
        Fill::Solid(Severity::Critical) => 0xB42318,
        Fill::Solid(Severity::Warning) => 0xF2BC46,
        Fill::Solid(Severity::Notice) | Fill::Heat(Severity::Notice) => 0xDDE2E7,
        Fill::Tint(Severity::Critical) => 0xFCEBE8,
        Fill::Tint(Severity::Warning) => 0xFFF3D1,
        Fill::Tint(Severity::Notice) => 0xF1F3F5,
        Fill::Heat(Severity::Critical) => 0xF3B9B1,
        Fill::Heat(Severity::Warning) => 0xFBE3A8,
        Fill::YoursHead => 0x1F5FAF,
        Fill::Yours => 0xEAF2FC,
        Fill::ToCopy => 0xF5F7F9,
        Fill::CoverOne => 0xEDF0F3,
        Fill::CoverMore => 0xD3DAE1,
        Fill::Today => 0x1F2933,
    };
    Some(Color::RGB(rgb))
}

fn with_edge(format: Format, edge: Edge) -> Format {
    let field = Color::RGB(0xB5CDEB);
    let white = Color::RGB(0xFFFFFF);
    let thin = FormatBorder::Thin;
    let below = |format: Format, color: Color| format.set_border_bottom(thin).set_border_bottom_color(color);
    let above = |format: Format, color: Color| format.set_border_top(thin).set_border_top_color(color);
    let left = |format: Format, color: Color| format.set_border_left(thin).set_border_left_color(color);
    let sides = |format: Format, color: Color| left(format, color).set_border_right(thin).set_border_right_color(color);
    match edge {
        Edge::None => format,
        Edge::Hairline => below(format, HAIRLINE),
        Edge::White => below(format, white),
        Edge::Rule => below(format, RULE),
        Edge::Framed => sides(below(format, white), INK),
        Edge::Total => above(format, RULE),
        Edge::Field => format.set_border(thin).set_border_color(field),
        Edge::FieldHead => below(left(format, field), YOURS),
        Edge::Banner => format.set_border_bottom(FormatBorder::Medium).set_border_bottom_color(YOURS),
        Edge::TileTop => above(sides(format, HAIRLINE), HAIRLINE),
        Edge::TileBottom => below(sides(format, HAIRLINE), HAIRLINE),
    }
}

/// Each style made into a format once: building one for every cell would cost more than writing it.
pub struct CellStyles {
    pub language: Language,
    made: HashMap<CellStyle, Format>,
}

impl CellStyles {
    pub fn new(language: Language) -> Self {
        Self { language, made: HashMap::new() }
    }

    pub fn format(&mut self, style: CellStyle) -> &Format {
        self.made.entry(style).or_insert_with(|| style.format(self.language))
    }
}
