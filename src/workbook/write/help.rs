//! One page: three steps, what each action does, what each platform can do, what the marks mean.

use rust_xlsxwriter::{RowNum, Worksheet};

use super::pen::{Pen, Written};
use super::style::{BODY, CELL, Edge, Fill, HEAD, LINK, Look, Looks, SECTION, YOURS_CELL};
use super::{Tab, set_page};
use crate::domain::{Abilities, Ability, ActionWord, Severity, Status, Verb};
use crate::workbook::Book;
use crate::workbook::words::severity_words;

const NAME: &str = "Help";
const STEPS: [&str; 3] = [
    "Look at Summary, then open Coupons. The worst is on top; each row says what is wrong, why, and what to do.",
    "Fill in the blue columns only. accept = do what Suggested says. An empty Action does nothing. Sort, filter, hide, add \
     columns of your own as you like.",
    "Save in any office program and hand the file back. Nothing changes at a platform until someone has seen the plan and \
     said yes.",
];
const ABILITIES_FOOT: &str = "✓ as asked    → another deed of the same effect: the plan says which    by hand: in the \
                              platform's back office    – not possible";
const NO_PLATFORMS: &str = "No store is set up yet.";

/// What to fill in, what it means, and what is good to know.
fn action_words(action: ActionWord) -> [&'static str; 3] {
    match action {
        ActionWord::Accept => ["nothing", "Does what Suggested says.", "The quickest way through the list."],
        ActionWord::Renew => [
            "New end, or empty",
            "Valid until then. A date, a date and time, or 30d.",
            "Empty = the suggested end. Shopee: a follow-on coupon.",
        ],
        ActionWord::Restock => [
            "Add stock, or empty",
            "Raises the total by so many.",
            "Empty = the suggested number. Write what to add, not the new total.",
        ],
        ActionWord::Delete => {
            ["nothing", "Gone from the platform.", "Where a platform cannot, the plan says what happens instead."]
        }
        ActionWord::End => {
            ["nothing", "Not usable from now, kept on the platform.", "Customers who collected it may lose it."]
        }
        ActionWord::Enable => ["nothing", "Switches it on.", ""],
        ActionWord::Pause => ["nothing", "Switches it off for now.", "Where a platform has no pause, use end."],
        ActionWord::Adjust => {
            ["New min spend", "Changes the minimum spend.", "[clear] removes it where the platform allows."]
        }
        ActionWord::Recreate => [
            "one or more of New end, New min spend, Add stock",
            "A new coupon with the same rules.",
            "It gets a new id and a fresh count.",
        ],
        ActionWord::Keep => [
            "Note; New end = until when",
            "Accepts the finding as it is.",
            "Kept in the archive with your note; the finding stays on the list.",
        ],
    }
}

/// What each mark means, shown in its real look.
fn marks() -> [(&'static str, Look, &'static str); 9] {
    let severity = |severity| CELL.severity(Some(severity)).edge(Edge::White);
    [
        (
            severity_words(Some(Severity::Critical)),
            severity(Severity::Critical),
            "Act today: money is being lost, or a running campaign has no working coupon.",
        ),
        (
            severity_words(Some(Severity::Warning)),
            severity(Severity::Warning),
            "Act this week: it becomes critical if left.",
        ),
        (severity_words(Some(Severity::Notice)), severity(Severity::Notice), "Tidy up when you can."),
        (severity_words(None), CELL.muted(), "Nothing found."),
        ("0", CELL.at_fault(Severity::Critical).right(), "Bold on a tint: the very fact that is at fault."),
        ("", YOURS_CELL, "A blue cell: yours to fill in. Edits anywhere else are reported and ignored."),
        (
            "adjust ►",
            CELL.severity(Some(Severity::Warning)).edge(Edge::Field),
            "A value that this action needs is still missing; its cell turns amber too.",
        ),
        (
            "250",
            YOURS_CELL.struck().muted().right(),
            "Struck out: this action does not use the value, or Action is empty.",
        ),
        ("Open page", LINK, "Blue and underlined: opens a page or jumps to a row."),
    ]
}

const LABEL_WIDTH: f64 = 22.0;
const TEXT_WIDTH: f64 = 27.0;
const LAST_COLUMN: u16 = 5;
/// What surely fits one line of such a column.
const ONE_LINE_LETTERS: usize = 30;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, book: &Book) -> Written {
    sheet.set_name(NAME)?.set_portrait();
    set_page(sheet, book, Tab::Read);
    sheet.set_print_fit_to_pages(1, 1);
    sheet.set_column_width(0, LABEL_WIDTH)?;
    for column in 1..=LAST_COLUMN {
        sheet.set_column_width(column, TEXT_WIDTH)?;
    }
    let mut pen = Pen { sheet, looks };
    pen.sheet.set_row_height(0, 30)?;
    pen.text(0, 0, NAME, super::style::TITLE)?;
    let after_steps = steps(&mut pen, 1)?;
    let after_actions = actions(&mut pen, after_steps + 1)?;
    let after_abilities = abilities(&mut pen, after_actions + 1, book.abilities)?;
    explain_marks(&mut pen, after_abilities + 1)
}

fn steps(pen: &mut Pen, first: RowNum) -> Result<RowNum, rust_xlsxwriter::XlsxError> {
    for (index, words) in STEPS.into_iter().enumerate() {
        let row = first + index as RowNum;
        pen.sheet.set_row_height(row, 20)?;
        pen.text(row, 0, &format!("Step {}", index + 1), BODY.bold())?;
        pen.text(row, 1, words, BODY)?;
    }
    Ok(first + STEPS.len() as RowNum)
}

fn section(pen: &mut Pen, row: RowNum, words: &str) -> Written {
    pen.sheet.set_row_height(row, 22)?;
    pen.text(row, 0, words, SECTION)
}

fn actions(pen: &mut Pen, first: RowNum) -> Result<RowNum, rust_xlsxwriter::XlsxError> {
    section(pen, first, "Actions")?;
    heads(pen, first + 1, &["Action", "Fill in", "What it means", "", "Good to know", ""])?;
    let mut row = first + 2;
    for action in ActionWord::ALL {
        let [fill_in, meaning, good_to_know] = action_words(action);
        pen.sheet.set_row_height(row, if fill_in.len() > ONE_LINE_LETTERS { 30 } else { 20 })?;
        pen.text(row, 0, action.word(), YOURS_CELL.bold())?;
        pen.text(row, 1, fill_in, CELL.wrap())?;
        pen.text(row, 2, meaning, CELL)?;
        pen.blank(row, 3, CELL)?;
        pen.text(row, 4, good_to_know, CELL.muted())?;
        pen.blank(row, 5, CELL)?;
        row += 1;
    }
    Ok(row)
}

fn heads(pen: &mut Pen, row: RowNum, words: &[&str]) -> Written {
    pen.sheet.set_row_height(row, 20)?;
    for (column, words) in words.iter().enumerate() {
        pen.text(row, column as u16, words, HEAD)?;
    }
    Ok(())
}

fn abilities(pen: &mut Pen, first: RowNum, platforms: &[&Abilities]) -> Result<RowNum, rust_xlsxwriter::XlsxError> {
    section(pen, first, "What each platform can do")?;
    if platforms.is_empty() {
        pen.note_line(first + 1, 0, NO_PLATFORMS)?;
        return Ok(first + 2);
    }
    let names = platforms.iter().map(|abilities| abilities.platform.name());
    let words: Vec<&str> = std::iter::once("To a running coupon").chain(names).collect();
    heads(pen, first + 1, &words)?;
    let mut row = first + 2;
    for verb in Verb::ALL {
        let told: Vec<(Ability, String)> = platforms.iter().map(|abilities| ability_words(abilities, verb)).collect();
        let longest = told.iter().map(|(_, words)| words.len()).max().unwrap_or_default();
        pen.sheet.set_row_height(row, if longest > ONE_LINE_LETTERS { 30 } else { 20 })?;
        pen.text(row, 0, verb.words(), CELL.bold())?;
        for (index, (ability, words)) in told.iter().enumerate() {
            pen.text(row, index as u16 + 1, words, ability_look(*ability))?;
        }
        row += 1;
    }
    pen.text(row, 0, ABILITIES_FOOT, BODY.muted().points(9))?;
    Ok(row + 1)
}

/// What a running coupon allows, and where coming, paused and ended ones differ: `→ follow-on; coming: yes`.
///
/// Where a running coupon is so already (enable), the first status that is not says it.
fn ability_words(abilities: &Abilities, verb: Verb) -> (Ability, String) {
    let told = [
        (Status::Active, "running"),
        (Status::Paused, "paused"),
        (Status::Scheduled, "coming"),
        (Status::Ended, "ended"),
    ];
    let ability_of = |verb: Verb, status: Status| abilities.rule(verb, status).ability;
    let ability = |status: Status| ability_of(verb, status);
    let lead = told.iter().find(|(status, _)| ability(*status) != Ability::Already);
    let (lead, _) = lead.copied().unwrap_or((Status::Active, ""));
    let main = ability(lead);
    let mut words = match main {
        Ability::Yes => "✓ yes".to_string(),
        Ability::FollowOn => "→ follow-on".to_string(),
        Ability::Instead(nearest) => format!("→ {}", nearest.words()),
        Ability::ByHand => "by hand".to_string(),
        Ability::Already => "– it is so already".to_string(),
        Ability::Never => "– no".to_string(),
    };
    let has_pause = ability_of(Verb::Pause, Status::Active) != Ability::Never;
    for (status, name) in told.into_iter().filter(|(status, _)| has_pause || *status != Status::Paused) {
        let other = ability(status);
        if other != main && other != Ability::Already {
            words.push_str(&format!("; {name}:\u{a0}{}", short_words(other)));
        }
    }
    (main, words)
}

fn short_words(ability: Ability) -> &'static str {
    match ability {
        Ability::Yes => "yes",
        Ability::FollowOn => "follow-on",
        Ability::Instead(nearest) => nearest.words(),
        Ability::ByHand => "by hand",
        Ability::Already => "so already",
        Ability::Never => "no",
    }
}

fn ability_look(ability: Ability) -> Look {
    let look = CELL.wrap();
    match ability {
        Ability::Yes => look,
        Ability::FollowOn | Ability::Instead(_) => look.fill(Fill::Tint(Severity::Notice)),
        Ability::ByHand => look.fill(Fill::Solid(Severity::Notice)),
        Ability::Already | Ability::Never => look.muted(),
    }
}

fn explain_marks(pen: &mut Pen, first: RowNum) -> Written {
    section(pen, first, "What the marks mean")?;
    for (index, (words, look, meaning)) in marks().into_iter().enumerate() {
        let row = first + 1 + index as RowNum;
        pen.sheet.set_row_height(row, 20)?;
        pen.text(row, 0, words, look)?;
        pen.text(row, 1, meaning, BODY.indent(1))?;
    }
    Ok(())
}
