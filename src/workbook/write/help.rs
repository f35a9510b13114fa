//! One page: three steps, what each action does, what each platform can do, what the marks mean.

use rust_xlsxwriter::RowNum;

use super::style::{BODY, CELL, CellStyle, Edge, Fill, HEAD, LINK, YOURS_CELL};
use super::writer::{CellWriter, NextRow, Written};
use super::{Tab, begin};
use crate::domain::{Abilities, Ability, ActionWord, Severity, Status, Verb};
use crate::language::Language;
use crate::say;
use crate::workbook::Book;
use crate::workbook::columns::{ColumnUse, Field, columns_of};
use crate::workbook::words::{Named, severity_words};
use unicode_width::UnicodeWidthStr;

const STEPS: [&str; 3] = ["help-step-1", "help-step-2", "help-step-3"];

/// What each mark means, shown in its real look.
fn marks(language: Language) -> [(String, CellStyle, &'static str); 9] {
    let severity = |severity| CellStyle::filled(severity);
    let words = |severity| severity_words(language, severity);
    let missing = format!("{} ►", ActionWord::Adjust.name(language));
    [
        (words(Some(Severity::Critical)), severity(Severity::Critical), "help-mark-critical"),
        (words(Some(Severity::Warning)), severity(Severity::Warning), "help-mark-warning"),
        (words(Some(Severity::Notice)), severity(Severity::Notice), "help-mark-notice"),
        (words(None), CELL.muted(), "help-mark-ok"),
        ("0".to_string(), CELL.at_fault(Severity::Critical).right(), "help-mark-fault"),
        (String::new(), YOURS_CELL, "help-mark-yours"),
        (missing, CELL.severity(Some(Severity::Warning)).edge(Edge::Field), "help-mark-missing"),
        ("250".to_string(), YOURS_CELL.struck().muted().right(), "help-mark-struck"),
        (language.say("coupons-open-page"), LINK, "help-mark-link"),
    ]
}

const LABEL_WIDTH: f64 = 22.0;
const TEXT_WIDTH: f64 = 27.0;
const LAST_COLUMN: u16 = 5;
/// What surely fits one line of such a column; a Chinese letter is as wide as two.
const ONE_LINE_LETTERS: usize = 30;

pub(super) fn write(writer: &mut CellWriter, book: &Book) -> Written {
    begin(writer, book, "sheet-help", Tab::Read)?;
    let sheet = writer.sheet.set_portrait().set_print_fit_to_pages(1, 1);
    sheet.set_column_width(0, LABEL_WIDTH)?;
    for column in 1..=LAST_COLUMN {
        sheet.set_column_width(column, TEXT_WIDTH)?;
    }
    writer.height(0, 30)?;
    writer.say(0, 0, "help-title", super::style::TITLE)?;
    let after_steps = steps(writer, 1)?;
    let after_actions = actions(writer, after_steps + 1)?;
    let after_abilities = abilities(writer, after_actions + 1, book.abilities)?;
    explain_marks(writer, after_abilities + 1)
}

fn steps(writer: &mut CellWriter, first: RowNum) -> NextRow {
    for (index, words) in STEPS.into_iter().enumerate() {
        let row = first + index as RowNum;
        writer.height(row, 20)?;
        let step = say!(writer.language(), "help-step", number = index + 1);
        writer.text(row, 0, &step, BODY.bold())?;
        writer.say(row, 1, words, BODY)?;
    }
    Ok(first + STEPS.len() as RowNum)
}

fn actions(writer: &mut CellWriter, first: RowNum) -> NextRow {
    let language = writer.language();
    writer.section(first, 0, "help-actions")?;
    let head = |id: &str| language.say(&format!("help-head-{id}"));
    let blank = String::new;
    heads(
        writer,
        first + 1,
        &[head("action"), head("fill-in"), head("meaning"), blank(), head("good-to-know"), blank()],
    )?;
    let mut row = first + 2;
    for action in ActionWord::ALL.iter().copied() {
        let said = |part: &str| language.say(&format!("help-{}-{part}", action.word()));
        let fill_in = fill_in(language, action);
        writer.height(row, if is_long(&fill_in) { 30 } else { 20 })?;
        writer.text(row, 0, &action.name(language), YOURS_CELL.bold())?;
        writer.text(row, 1, &fill_in, CELL.wrap())?;
        writer.text(row, 2, &said("meaning"), CELL)?;
        writer.blank(row, 3, CELL)?;
        writer.text(row, 4, &said("good-to-know"), CELL.muted())?;
        writer.blank(row, 5, CELL)?;
        row += 1;
    }
    Ok(row)
}

/// What the action wants in the blue columns.
fn fill_in(language: Language, action: ActionWord) -> String {
    let columns = columns_of(action);
    let one_of: Vec<String> = columns
        .iter()
        .filter(|(_, how)| *how == ColumnUse::OneOf)
        .map(|(field, _)| field.column().name(language))
        .collect();
    let part = |(field, how): &(Field, ColumnUse)| {
        let column = field.column().name(language);
        match how {
            ColumnUse::Suggested => Some(say!(language, "help-use-suggested", column = column)),
            ColumnUse::Until => Some(say!(language, "help-use-until", column = column)),
            ColumnUse::Required => Some(column),
            ColumnUse::OneOf => None,
        }
    };
    let mut parts: Vec<String> = columns.iter().filter_map(part).collect();
    if !one_of.is_empty() {
        parts.push(say!(language, "help-use-one-of", columns = one_of.join(&language.say("comma"))));
    }
    match parts.is_empty() {
        true => language.say("help-use-nothing"),
        false => parts.join(&language.say("separator")),
    }
}

/// The table of actions as Help has it, for README.
pub fn actions_markdown() -> String {
    let language = Language::ENGLISH;
    let mut lines = vec!["| in Action | fill in | it means |".to_string(), "|---|---|---|".to_string()];
    for action in ActionWord::ALL.iter().copied() {
        let said = |part: &str| language.say(&format!("help-{action}-{part}"));
        let words = format!("{} {}", said("meaning"), said("good-to-know"));
        lines.push(format!("| `{action}` | {} | {} |", fill_in(language, action), words.trim_end()));
    }
    lines.join("\n")
}

fn is_long(words: &str) -> bool {
    words.width() > ONE_LINE_LETTERS
}

fn heads(writer: &mut CellWriter, row: RowNum, words: &[String]) -> Written {
    writer.height(row, 20)?;
    for (column, words) in words.iter().enumerate() {
        writer.text(row, column as u16, words, HEAD)?;
    }
    Ok(())
}

fn abilities(writer: &mut CellWriter, first: RowNum, platforms: &[&Abilities]) -> NextRow {
    let language = writer.language();
    writer.section(first, 0, "help-abilities")?;
    if platforms.is_empty() {
        writer.say(first + 1, 0, "help-no-platforms", BODY.muted())?;
        return Ok(first + 2);
    }
    let names = platforms.iter().map(|abilities| abilities.name.to_string());
    let words: Vec<String> = std::iter::once(language.say("help-running")).chain(names).collect();
    heads(writer, first + 1, &words)?;
    let mut row = first + 2;
    for &verb in Verb::ALL {
        let cells: Vec<(Ability, String)> =
            platforms.iter().map(|abilities| ability_words(language, abilities, verb)).collect();
        let some_long = cells.iter().any(|(_, words)| is_long(words));
        writer.height(row, if some_long { 30 } else { 20 })?;
        writer.text(row, 0, &verb.name(language), CELL.bold())?;
        for (index, (ability, words)) in cells.iter().enumerate() {
            writer.text(row, index as u16 + 1, words, ability_style(*ability))?;
        }
        row += 1;
    }
    writer.say(row, 0, "help-abilities-foot", BODY.muted().points(9))?;
    Ok(row + 1)
}

/// What a running coupon allows, and where coming, paused and ended ones differ: `→ follow-on; coming: yes`.
///
/// Where a running coupon is so already (enable), the first status that is not says it.
fn ability_words(language: Language, abilities: &Abilities, verb: Verb) -> (Ability, String) {
    let statuses = [
        (Status::Active, "help-status-active"),
        (Status::Paused, "help-status-paused"),
        (Status::Scheduled, "help-status-scheduled"),
        (Status::Ended, "help-status-ended"),
    ];
    let ability_of = |verb: Verb, status: Status| abilities.rule(verb, status).ability;
    let ability = |status: Status| ability_of(verb, status);
    let lead = statuses.iter().find(|(status, _)| ability(*status) != Ability::Already);
    let (lead, _) = lead.copied().unwrap_or((Status::Active, ""));
    let main = ability(lead);
    let mut words = match main {
        Ability::Instead(nearest) => say!(language, "help-ability-instead", verb = nearest.name(language)),
        Ability::Yes | Ability::FollowOn | Ability::ByHand | Ability::Already | Ability::Never => {
            language.say(&format!("help-ability-{}", <&str>::from(main)))
        }
    };
    let has_pause = ability_of(Verb::Pause, Status::Active) != Ability::Never;
    for (status, name) in statuses.into_iter().filter(|(status, _)| has_pause || *status != Status::Paused) {
        let other = ability(status);
        if other != main && other != Ability::Already {
            let (status, other) = (language.say(name), short_words(language, other));
            words = say!(language, "help-ability-and", main = words, status = status, other = other);
        }
    }
    (main, words)
}

/// An ability after a status: in fewer words.
fn short_words(language: Language, ability: Ability) -> String {
    match ability {
        Ability::Instead(nearest) => nearest.name(language),
        Ability::Yes | Ability::FollowOn | Ability::ByHand | Ability::Already | Ability::Never => {
            language.say(&format!("help-short-{}", <&str>::from(ability)))
        }
    }
}

fn ability_style(ability: Ability) -> CellStyle {
    let style = CELL.wrap();
    match ability {
        Ability::Yes => style,
        Ability::FollowOn | Ability::Instead(_) => style.fill(Fill::Tint(Severity::Notice)),
        Ability::ByHand => style.fill(Fill::Solid(Severity::Notice)),
        Ability::Already | Ability::Never => style.muted(),
    }
}

fn explain_marks(writer: &mut CellWriter, first: RowNum) -> Written {
    writer.section(first, 0, "help-marks")?;
    for (index, (words, style, meaning)) in marks(writer.language()).into_iter().enumerate() {
        let row = first + 1 + index as RowNum;
        writer.height(row, 20)?;
        writer.text(row, 0, &words, style)?;
        writer.say(row, 1, meaning, BODY.indent(1))?;
    }
    Ok(())
}
