//! The palette, the type scale and the number formats: everything a cell can look like.
//!
//! Red, amber and grey say how bad; blue says "yours to act on". Sheets ask for a [`CellStyle`] in these words and never for a
//! colour of their own. [`CellStyles`] makes each style into Excel's format once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_xlsxwriter::{ColNum, Color, Format, FormatAlign, FormatBorder, FormatUnderline};

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

const WHITE: Color = Color::RGB(0xFFFFFF);
const LINK_BLUE: Color = Color::RGB(0x1A56A0);

/// Header of columns that are only read.
const BAND: Color = Color::RGB(0xE9EDF1);
/// A text that is copied from its cell.
pub const TO_COPY: Color = Color::RGB(0xF5F7F9);
/// Coverage: one live coupon that day, or more.
pub const COVER_ONE: Color = Color::RGB(0xEDF0F3);
pub const COVER_MORE: Color = Color::RGB(0xD3DAE1);
pub const NO_FILL: Color = Color::Default;

/// The filled cell that says how bad it is.
pub const fn solid(severity: Severity) -> Color {
    match severity {
        Severity::Critical => CRITICAL,
        Severity::Warning => WARNING,
        Severity::Notice => Color::RGB(0xDDE2E7),
    }
}

/// Behind the facts at fault.
pub const fn tint(severity: Severity) -> Color {
    Color::RGB(match severity {
        Severity::Critical => 0xFCEBE8,
        Severity::Warning => 0xFFF3D1,
        Severity::Notice => 0xF1F3F5,
    })
}

/// Behind a count.
const fn heat(worst: Severity) -> Color {
    match worst {
        Severity::Critical => Color::RGB(0xF3B9B1),
        Severity::Warning => Color::RGB(0xFBE3A8),
        Severity::Notice => solid(worst),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    General,
    /// Typed text stays text.
    Text,
    /// `1,200`
    Whole,
    /// `-1`
    Plain,
    /// `8.4`
    Tenths,
    /// `new today`, `1 day`, `3 days`; or, where they may be more, `3+ days`.
    Days {
        at_least: bool,
    },
    /// `Mon 30 Nov`
    Day,
    /// `30 Nov 2027`
    DayOfYear,
    /// `Mon 30 Nov 23:59`
    DayTime,
    /// `30 Nov 23:59`
    ShortDayTime,
    /// `36:00`, a length of time.
    Hours,
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
            Self::Days { at_least: false } => language.say("cell-days"),
            Self::Days { at_least: true } => language.say("cell-days-at-least"),
            Self::General => "General".to_string(),
            Self::Hours => "[h]:mm".to_string(),
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

/// Of Arial at 11 points: its widest capital, a digit, and a comma, point, blank or minus.
const LETTER_PIXELS: f64 = 13.9;
const DIGIT_PIXELS: f64 = 8.2;
const SIGN_PIXELS: f64 = 4.9;
const INDENT_PIXELS: f64 = 9.0;
/// As Excel measures columns.
const CHARACTER_PIXELS: f64 = 7.0;

/// What a cell looks like. Text stands in the vertical middle unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellStyle {
    pub ink: Color,
    pub fill: Color,
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
    ink: INK,
    fill: NO_FILL,
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
pub const HEAD: CellStyle = BODY.fill(BAND).edge(Edge::Rule).bold();
/// The header of columns to fill in.
pub const YOURS_HEAD: CellStyle = BODY.fill(YOURS).edge(Edge::FieldHead).ink(WHITE).bold();
/// A cell to fill in.
pub const YOURS_CELL: CellStyle = BODY.fill(Color::RGB(0xEAF2FC)).edge(Edge::Field);
pub const TITLE: CellStyle = BODY.points(18).bold();
pub const SECTION: CellStyle = BODY.points(12).bold();
pub const SUBTITLE: CellStyle = BODY.ink(MUTED);
pub const BANNER: CellStyle = BODY.ink(MUTED).points(9).bold();
pub const YOURS_BANNER: CellStyle = BODY.ink(YOURS).points(9).bold().edge(Edge::Banner);
pub const LINK: CellStyle = CELL.ink(LINK_BLUE);

setters! { CellStyle: ink: Color, fill: Color, edge: Edge, number: Number, points: u8, indent: u8; bold, struck, wrap, right, centre, top }

impl CellStyle {
    pub const fn regular(mut self) -> Self {
        self.bold = false;
        self
    }
    pub const fn muted(self) -> Self {
        self.ink(MUTED)
    }

    /// The coloured cell that says how bad it is: Severity, Result, a tile. None is muted and unfilled.
    pub const fn severity(self, severity: Option<Severity>) -> Self {
        let Some(severity) = severity else { return self.muted() };
        match severity {
            Severity::Critical => self.fill(solid(severity)).ink(WHITE).bold(),
            Severity::Warning => self.fill(solid(severity)).bold(),
            Severity::Notice => self.fill(solid(severity)),
        }
    }

    /// [`CellStyle::severity`] in a table: a white line keeps one filled cell from running into the next.
    pub const fn filled(severity: Severity) -> Self {
        CELL.severity(Some(severity)).edge(Edge::White)
    }

    /// A count in a table of counts.
    pub const fn heat(worst: Severity) -> Self {
        BODY.fill(heat(worst)).edge(Edge::White).bold().centre()
    }

    /// Words after a mark, on white.
    pub const fn words_of(self, severity: Severity) -> Self {
        match severity {
            Severity::Critical => self.ink(CRITICAL).bold(),
            Severity::Warning => self.ink(WARNING_DARK).bold(),
            Severity::Notice => self,
        }
    }

    /// The fact at fault.
    pub const fn at_fault(self, severity: Severity) -> Self {
        self.fill(tint(severity)).bold().ink(INK)
    }

    /// A cell to fill in that cannot be read as it is.
    pub const fn to_mend(self) -> Self {
        self.fill(WARNING).edge(Edge::Field).bold()
    }

    /// How wide a column must be, in characters of the default font, to show `number` whole: reckoned in Arial at 11 points, so
    /// that there is room for programs that draw wider.
    pub fn number_width(self, number: f64, script: Script) -> f64 {
        let by_script = |latin: f64, han: f64| match script {
            Script::Latin => latin,
            Script::Han => han,
        };
        let (letters, decimals) = match self.number {
            Number::Day => return by_script(11.7, 13.7),
            Number::DayOfYear => return by_script(12.2, 15.7),
            Number::DayTime => return by_script(17.6, 19.5),
            Number::ShortDayTime => return by_script(12.8, 14.8),
            Number::Days { .. } => return 11.0,
            Number::General | Number::Text | Number::Hours => return 0.0,
            Number::Money(currency) => (currency.code().len(), currency.decimals()),
            Number::Amount(currency) => (0, currency.decimals()),
            Number::Whole | Number::Plain => (0, 0),
            Number::Tenths => (0, 1),
        };
        let whole_digits = number.abs().max(1.0).log10().floor() + 1.0;
        let others = [letters > 0, decimals > 0, number < 0.0].into_iter().filter(|there| *there).count();
        let signs = ((whole_digits - 1.0) / 3.0).floor() + others as f64;
        let pixels = LETTER_PIXELS * letters as f64
            + DIGIT_PIXELS * (whole_digits + f64::from(decimals))
            + SIGN_PIXELS * signs
            + INDENT_PIXELS;
        pixels / CHARACTER_PIXELS
    }

    pub fn format(self, language: Language) -> Format {
        let points = if self.points == 0 { 10 } else { self.points };
        let mut format = Format::new()
            .set_font_name(font(language))
            .set_font_size(points)
            .set_font_color(self.ink)
            .set_num_format(self.number.code(language))
            .set_align(if self.top { FormatAlign::Top } else { FormatAlign::VerticalCenter });
        type Set = fn(Format) -> Format;
        let flags: [(bool, Set); 3] = [
            (self.bold, Format::set_bold),
            (self.struck, Format::set_font_strikethrough),
            (self.wrap, Format::set_text_wrap),
        ];
        for (_, set) in flags.into_iter().filter(|(is_set, _)| *is_set) {
            format = set(format);
        }
        if self.ink == LINK_BLUE {
            format = format.set_underline(FormatUnderline::Single);
        }
        if self.fill != NO_FILL {
            format = format.set_background_color(self.fill);
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

fn with_edge(format: Format, edge: Edge) -> Format {
    let field = Color::RGB(0xB5CDEB);
    let thin = FormatBorder::Thin;
    let below = |format: Format, color: Color| format.set_border_bottom(thin).set_border_bottom_color(color);
    let above = |format: Format, color: Color| format.set_border_top(thin).set_border_top_color(color);
    let left = |format: Format, color: Color| format.set_border_left(thin).set_border_left_color(color);
    let sides = |format: Format, color: Color| left(format, color).set_border_right(thin).set_border_right_color(color);
    match edge {
        Edge::None => format,
        Edge::Hairline => below(format, HAIRLINE),
        Edge::White => below(format, WHITE),
        Edge::Rule => below(format, RULE),
        Edge::Framed => sides(below(format, WHITE), INK),
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
    made: Made,
    /// What was asked for last in each column: mostly that of the next row too.
    last: BTreeMap<ColNum, (CellStyle, Arc<Format>)>,
}

struct Made {
    language: Language,
    formats: HashMap<CellStyle, Arc<Format>>,
}

impl CellStyles {
    pub fn new(language: Language) -> Self {
        Self { made: Made { language, formats: HashMap::new() }, last: BTreeMap::new() }
    }

    pub fn format(&mut self, style: CellStyle) -> &Format {
        self.made.format(style)
    }

    /// [`CellStyles::format`] of a cell in `column`.
    pub fn format_in(&mut self, column: ColNum, style: CellStyle) -> &Format {
        let made = &mut self.made;
        let (known, format) = self.last.entry(column).or_insert_with(|| (style, Arc::clone(made.format(style))));
        if *known != style {
            (*known, *format) = (style, Arc::clone(made.format(style)));
        }
        format
    }
}

impl Made {
    fn format(&mut self, style: CellStyle) -> &Arc<Format> {
        self.formats.entry(style).or_insert_with(|| Arc::new(style.format(self.language)))
    }
}
