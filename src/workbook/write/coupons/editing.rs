//! What reacts while a manager types: the list of actions, prompts, and the only conditional formats of the workbook.

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatBorder,
    RowNum,
};

use super::Grid;
use crate::domain::ActionWord;
use crate::language::Language;
use crate::say;
use crate::workbook::columns::{ColumnUse, Field, VALUES, actions_using, columns_of};
use crate::workbook::words::Named;
use crate::workbook::write::Page;
use crate::workbook::write::cell::Written;
use crate::workbook::write::layout::FIRST_ROW;
use crate::workbook::write::style::{INK, MUTED, Number, WARNING, WARNING_DARK};

/// From the first coupon's row to `last`.
pub(super) fn add(page: &mut Page, grid: &Grid, last: RowNum) -> Written {
    validations(page, grid, last)?;
    grid.add_hints(page, last)
}

/// Warnings, not stops: words of other languages, other case and `[clear]` are legal too.
fn validations(page: &mut Page, grid: &Grid, last: RowNum) -> Written {
    let language = grid.language;
    let words: Vec<String> = ActionWord::ALL.iter().map(|action| action.name(language)).collect();
    let any = || DataValidation::new().allow_any_value();
    let whole = DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(1));
    let decimal = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
    // With the names of the messages that prompt, and of those that warn.
    let rules = [
        (Field::Action, DataValidation::new().allow_list_strings(&words)?, None, Some("action")),
        (Field::NewEnd, any(), Some("new-end"), None),
        (Field::AddStock, whole, Some("add-stock"), Some("add-stock")),
        (Field::NewMinSpend, decimal, Some("min-spend"), Some("min-spend")),
        (Field::Note, any(), Some("note"), None),
    ];
    for (field, mut rule, prompt, error) in rules {
        if let Some(name) = prompt {
            let actions = actions_using(field).map(|(action, how)| user_words(language, action, how));
            let actions = actions.collect::<Vec<_>>().join(&language.say("comma"));
            let words = say!(language, &format!("coupons-{name}-prompt"), actions = actions);
            rule = rule.set_input_title(field.column().name(language))?.set_input_message(words)?;
        }
        if let Some(name) = error {
            rule = rule
                .set_error_title(language.say(&format!("coupons-{name}-error-title")))?
                .set_error_message(language.say(&format!("coupons-{name}-error")))?
                .set_error_style(DataValidationErrorStyle::Warning);
        }
        let column = grid.at(field);
        page.sheet.add_data_validation(FIRST_ROW, column, last, column, &rule)?;
    }
    Ok(())
}

/// An action as the prompt of a column that it uses names it.
fn user_words(language: Language, action: ActionWord, how: ColumnUse) -> String {
    let name = action.name(language);
    match how {
        ColumnUse::Suggested | ColumnUse::Required | ColumnUse::OneOf => name,
        ColumnUse::Until => say!(language, "coupons-prompt-until", action = name),
    }
}

impl Grid<'_> {
    /// The conditional formats, in the order in which they win.
    fn add_hints(&self, page: &mut Page, last: RowNum) -> Written {
        let (mut lacking, mut lacks_something) = (Vec::new(), Vec::new());
        for action in ActionWord::ALL.iter().copied() {
            let needed = needed_by(action);
            if needed.is_empty() {
                continue;
            }
            let cells = needed.iter().map(|field| self.cell(*field)).collect::<Vec<_>>().join("&");
            let lacks = format!("AND({},LEN(TRIM({cells}))=0)", self.is_one_of(&[action]));
            lacking.extend(needed.iter().map(|field| (*field, lacks.clone(), missing())));
            lacks_something.push(lacks);
        }
        let mut rules = vec![(Field::Action, format!("OR({})", lacks_something.join(",")), incomplete())];
        rules.extend(lacking);
        let new_end = self.cell(Field::NewEnd);
        let has_time = format!("AND(ISNUMBER({new_end}),MOD({new_end},1)>0)");
        let with_time = Format::new().set_num_format(Number::ShortDayTime.code(self.language));
        rules.push((Field::NewEnd, has_time, with_time));
        for field in VALUES {
            let users: Vec<ActionWord> = actions_using(field).map(|(action, _)| action).collect();
            let unused = format!("AND(LEN({})>0,NOT({}))", self.cell(field), self.is_one_of(&users));
            rules.push((field, unused, not_used()));
        }
        for (field, condition, format) in rules {
            let column = self.at(field);
            let rule = ConditionalFormatFormula::new().set_rule(condition.as_str()).set_format(format);
            page.sheet.add_conditional_format(FIRST_ROW, column, last, column, &rule)?;
        }
        Ok(())
    }

    /// The cell of the first coupon's row, as the conditions name it: `$H4`.
    fn cell(&self, field: Field) -> String {
        format!("${}{}", column_number_to_name(self.at(field)), FIRST_ROW + 1)
    }

    /// Whether Action is one of these words, in the workbook's language or in English, whatever its case and the spaces around
    /// it.
    fn is_one_of(&self, words: &[ActionWord]) -> String {
        let action = self.cell(Field::Action);
        let mut each: Vec<String> = Vec::new();
        for word in words {
            let names = [word.word().to_string(), word.name(self.language)];
            each.extend(names.map(|name| format!("TRIM({action})=\"{name}\"")));
        }
        each.dedup();
        format!("OR({})", each.join(","))
    }
}

/// The columns of which the action needs one.
fn needed_by(action: ActionWord) -> Vec<Field> {
    let is_needed = |how: &ColumnUse| match how {
        ColumnUse::Required | ColumnUse::OneOf => true,
        ColumnUse::Suggested | ColumnUse::Until => false,
    };
    columns_of(action).iter().filter(|(_, how)| is_needed(how)).map(|(field, _)| *field).collect()
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
