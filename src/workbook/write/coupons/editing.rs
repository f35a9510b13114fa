//! What reacts while a manager types: the list of actions, prompts, and the only conditional formats of the workbook.

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    ColNum, ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, Format,
    FormatBorder, RowNum, XlsxError,
};

use super::Grid;
use crate::domain::ActionWord;
use crate::workbook::columns::Field;
use crate::workbook::write::layout::FIRST_ROW;
use crate::workbook::write::pen::{Pen, Written};
use crate::workbook::write::style::{INK, MUTED, Number, WARNING, WARNING_DARK};

const ACTION_ERROR: (&str, &str) =
    ("Not one of the actions", "Choose from the list, or leave the cell empty to do nothing. Help explains each word.");
const NEW_END_PROMPT: (&str, &str) =
    ("New end", "For renew, recreate, keep (until).\nA date, a date and time, or a span: 30d.\nEmpty = as suggested.");
const ADD_STOCK_PROMPT: (&str, &str) =
    ("Add stock", "For restock, recreate.\nHow many to add, not the new total.\nEmpty = as suggested.");
const ADD_STOCK_ERROR: (&str, &str) = ("A whole number", "Write how many coupons to add: a whole number of 1 or more.");
const MIN_SPEND_PROMPT: (&str, &str) = ("New min spend", "For adjust, recreate.\nThe amount in the store's currency.");
const MIN_SPEND_ERROR: (&str, &str) = (
    "An amount",
    "Write a number, like 25 or 25.50, in the store's currency. [clear] removes the minimum where the platform allows it.",
);
const NOTE_PROMPT: (&str, &str) = ("Note", "Needed for keep; free otherwise.\nIt is kept in the archive.");

/// From the first coupon's row to `last`.
pub(super) fn add(pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
    validations(pen, grid, last)?;
    Hints::of(grid).add(pen, grid, last)
}

/// Warnings, not stops: words of other languages, other case and `[clear]` are legal too.
fn validations(pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
    let words: Vec<&str> = ActionWord::ALL.iter().map(|word| word.word()).collect();
    let action = with_error(DataValidation::new().allow_list_strings(&words)?, ACTION_ERROR)?;
    let new_end = with_prompt(DataValidation::new().allow_any_value(), NEW_END_PROMPT)?;
    let whole = DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(1));
    let add_stock = with_error(with_prompt(whole, ADD_STOCK_PROMPT)?, ADD_STOCK_ERROR)?;
    let decimal = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
    let min_spend = with_error(with_prompt(decimal, MIN_SPEND_PROMPT)?, MIN_SPEND_ERROR)?;
    let note = with_prompt(DataValidation::new().allow_any_value(), NOTE_PROMPT)?;
    let rules = [
        (Field::Action, action),
        (Field::NewEnd, new_end),
        (Field::AddStock, add_stock),
        (Field::NewMinSpend, min_spend),
        (Field::Note, note),
    ];
    for (field, rule) in rules {
        let column = grid.at(field);
        pen.sheet.add_data_validation(FIRST_ROW, column, last, column, &rule)?;
    }
    Ok(())
}

fn with_prompt(rule: DataValidation, (title, words): (&str, &str)) -> Result<DataValidation, XlsxError> {
    rule.set_input_title(title)?.set_input_message(words)
}

fn with_error(rule: DataValidation, (title, words): (&str, &str)) -> Result<DataValidation, XlsxError> {
    Ok(rule.set_error_title(title)?.set_error_message(words)?.set_error_style(DataValidationErrorStyle::Warning))
}

/// The cells of the first coupon's row, as the conditions name them: `$H4`.
struct Hints {
    action: String,
    new_end: String,
    add_stock: String,
    min_spend: String,
    note: String,
}

impl Hints {
    fn of(grid: &Grid) -> Self {
        let cell = |field: Field| first_cell(grid.at(field));
        Self {
            action: cell(Field::Action),
            new_end: cell(Field::NewEnd),
            add_stock: cell(Field::AddStock),
            min_spend: cell(Field::NewMinSpend),
            note: cell(Field::Note),
        }
    }

    fn add(&self, pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
        let Self { new_end, add_stock, min_spend, note, .. } = self;
        let adjust_lacks = format!("AND({},LEN({min_spend})=0)", self.is(&["adjust"]));
        let keep_lacks = format!("AND({},LEN(TRIM({note}))=0)", self.is(&["keep"]));
        let recreate_lacks = format!("AND({},LEN({new_end}&{min_spend}&{add_stock})=0)", self.is(&["recreate"]));
        let has_time = format!("AND(ISNUMBER({new_end}),MOD({new_end},1)>0)");
        let unused = |cell: &str, words: &[&str]| format!("AND(LEN({cell})>0,NOT({}))", self.is(words));

        let rules = [
            (Field::Action, format!("OR({adjust_lacks},{keep_lacks},{recreate_lacks})"), incomplete()),
            (Field::NewMinSpend, adjust_lacks, missing()),
            (Field::Note, keep_lacks, missing()),
            (Field::NewEnd, recreate_lacks.clone(), missing()),
            (Field::AddStock, recreate_lacks.clone(), missing()),
            (Field::NewMinSpend, recreate_lacks, missing()),
            (Field::NewEnd, has_time, Format::new().set_num_format(Number::ShortDayTime.code())),
            (Field::NewEnd, unused(new_end, &["renew", "recreate", "keep"]), not_used()),
            (Field::AddStock, unused(add_stock, &["restock", "recreate"]), not_used()),
            (Field::NewMinSpend, unused(min_spend, &["adjust", "recreate"]), not_used()),
        ];
        for (field, condition, format) in rules {
            let column = grid.at(field);
            let rule = ConditionalFormatFormula::new().set_rule(condition.as_str()).set_format(format);
            pen.sheet.add_conditional_format(FIRST_ROW, column, last, column, &rule)?;
        }
        Ok(())
    }

    /// Whether Action is one of these words, whatever its case and the spaces around it.
    fn is(&self, words: &[&str]) -> String {
        let each: Vec<String> = words.iter().map(|word| format!("TRIM({})=\"{word}\"", self.action)).collect();
        format!("OR({})", each.join(","))
    }
}

fn first_cell(column: ColNum) -> String {
    format!("${}{}", column_number_to_name(column), FIRST_ROW + 1)
}

/// The action's needed value is empty: the cell reads `adjust ►`.
fn incomplete() -> Format {
    Format::new().set_num_format("@\" ►\"").set_bold().set_background_color(WARNING)
}

fn missing() -> Format {
    Format::new()
        .set_font_color(INK)
        .set_background_color(WARNING)
        .set_border(FormatBorder::Thin)
        .set_border_color(WARNING_DARK)
}

fn not_used() -> Format {
    Format::new().set_font_strikethrough().set_font_color(MUTED)
}
