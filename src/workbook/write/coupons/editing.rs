//! What reacts while a manager types: the list of actions, prompts, and the only conditional formats of the workbook.

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    ColNum, ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, Format,
    FormatBorder, RowNum, XlsxError,
};

use super::Grid;
use crate::domain::ActionWord;
use crate::language::Language;
use crate::workbook::columns::Field;
use crate::workbook::words::action_name;
use crate::workbook::write::layout::FIRST_ROW;
use crate::workbook::write::pen::{Pen, Written};
use crate::workbook::write::style::{INK, MUTED, Number, WARNING, WARNING_DARK};

/// From the first coupon's row to `last`.
pub(super) fn add(pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
    validations(pen, grid, last)?;
    Hints::of(grid).add(pen, grid, last)
}

/// Warnings, not stops: words of other languages, other case and `[clear]` are legal too.
fn validations(pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
    let language = grid.language;
    let said = |id: &str| language.say(&format!("coupons-{id}"));
    let header = |field: Field| grid.header(field);
    let words = ActionWord::ALL.map(|word| action_name(language, word));
    let list = DataValidation::new().allow_list_strings(&words)?;
    let action = with_error(list, said("action-error-title"), said("action-error"))?;
    let any = || DataValidation::new().allow_any_value();
    let new_end = with_prompt(any(), header(Field::NewEnd), said("new-end-prompt"))?;
    let whole = DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(1));
    let whole = with_prompt(whole, header(Field::AddStock), said("add-stock-prompt"))?;
    let add_stock = with_error(whole, said("add-stock-error-title"), said("add-stock-error"))?;
    let decimal = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
    let decimal = with_prompt(decimal, header(Field::NewMinSpend), said("min-spend-prompt"))?;
    let min_spend = with_error(decimal, said("min-spend-error-title"), said("min-spend-error"))?;
    let note = with_prompt(any(), header(Field::Note), said("note-prompt"))?;
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

fn with_prompt(rule: DataValidation, title: String, words: String) -> Result<DataValidation, XlsxError> {
    rule.set_input_title(title)?.set_input_message(words)
}

fn with_error(rule: DataValidation, title: String, words: String) -> Result<DataValidation, XlsxError> {
    Ok(rule.set_error_title(title)?.set_error_message(words)?.set_error_style(DataValidationErrorStyle::Warning))
}

/// The cells of the first coupon's row, as the conditions name them: `$H4`.
struct Hints {
    language: Language,
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
            language: grid.language,
            action: cell(Field::Action),
            new_end: cell(Field::NewEnd),
            add_stock: cell(Field::AddStock),
            min_spend: cell(Field::NewMinSpend),
            note: cell(Field::Note),
        }
    }

    fn add(&self, pen: &mut Pen, grid: &Grid, last: RowNum) -> Written {
        use ActionWord::{Adjust, Keep, Recreate, Renew, Restock};
        let Self { new_end, add_stock, min_spend, note, .. } = self;
        let adjust_lacks = format!("AND({},LEN({min_spend})=0)", self.is(&[Adjust]));
        let keep_lacks = format!("AND({},LEN(TRIM({note}))=0)", self.is(&[Keep]));
        let recreate_lacks = format!("AND({},LEN({new_end}&{min_spend}&{add_stock})=0)", self.is(&[Recreate]));
        let has_time = format!("AND(ISNUMBER({new_end}),MOD({new_end},1)>0)");
        let unused = |cell: &str, words: &[ActionWord]| format!("AND(LEN({cell})>0,NOT({}))", self.is(words));

        let rules = [
            (Field::Action, format!("OR({adjust_lacks},{keep_lacks},{recreate_lacks})"), incomplete()),
            (Field::NewMinSpend, adjust_lacks, missing()),
            (Field::Note, keep_lacks, missing()),
            (Field::NewEnd, recreate_lacks.clone(), missing()),
            (Field::AddStock, recreate_lacks.clone(), missing()),
            (Field::NewMinSpend, recreate_lacks, missing()),
            (Field::NewEnd, has_time, Format::new().set_num_format(Number::ShortDayTime.code(self.language))),
            (Field::NewEnd, unused(new_end, &[Renew, Recreate, Keep]), not_used()),
            (Field::AddStock, unused(add_stock, &[Restock, Recreate]), not_used()),
            (Field::NewMinSpend, unused(min_spend, &[Adjust, Recreate]), not_used()),
        ];
        for (field, condition, format) in rules {
            let column = grid.at(field);
            let rule = ConditionalFormatFormula::new().set_rule(condition.as_str()).set_format(format);
            pen.sheet.add_conditional_format(FIRST_ROW, column, last, column, &rule)?;
        }
        Ok(())
    }

    /// Whether Action is one of these words, in the workbook's language or in English, whatever its case and the spaces around
    /// it.
    fn is(&self, words: &[ActionWord]) -> String {
        let mut each: Vec<String> = Vec::new();
        for word in words {
            let said = [word.word().to_string(), action_name(self.language, *word)];
            each.extend(said.map(|word| format!("TRIM({})=\"{word}\"", self.action)));
        }
        each.dedup();
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
