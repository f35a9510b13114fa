//! One page: three steps, what each action does, what each platform can do, what the marks mean.

use rust_xlsxwriter::RowNum;

use super::Page;
use super::cell::{NextRow, Written};
use super::style::{BODY, CELL, CellStyle, Edge, HEAD, LINK, RULE, YOURS_CELL, solid, tint};
use super::table::Columns;
use crate::domain::{Abilities, Ability, ActionWord, AllowedLess, CouponsAllowingLess, Severity, Status, Verb};
use crate::language::Language;
use crate::say;
use crate::workbook::columns::{ColumnUse, Field, columns_of};
use crate::workbook::words::{Named, severity_words};
use unicode_width::UnicodeWidthStr;

const STEPS: [&str; 3] = ["help-step-1", "help-step-2", "help-step-3"];

/// What each mark means, shown in its real look.
fn marks(language: Language) -> [(String, CellStyle, &'static str); 10] {
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
        (Field::MoneyAtRisk.column().name(language), CELL.bold(), "help-mark-money"),
        (language.say("coupons-open-page"), LINK, "help-mark-link"),
    ]
}

/// Reasons that stand in Help; one page has room for no more.
const KINDS_SHOWN: usize = 8;
const LABEL_WIDTH: f64 = 22.0;
const TEXT_WIDTH: f64 = 27.0;
const LAST_COLUMN: u16 = 5;
/// What surely fits one line of such a column; a Chinese letter is as wide as two.
const ONE_LINE_LETTERS: usize = 30;

pub(super) fn write(page: &mut Page) -> Written {
    page.begin("sheet-help", &page.language.say("help-title"), "", RULE)?;
    page.sheet.set_portrait().set_print_fit_to_pages(1, 1);
    page.width(0, LABEL_WIDTH)?;
    (1..=LAST_COLUMN).try_for_each(|column| page.width(column, TEXT_WIDTH))?;
    let after_steps = steps(page, 1)?;
    let after_actions = actions(page, after_steps + 1)?;
    let after_abilities = abilities(page, after_actions + 1)?;
    explain_marks(page, after_abilities + 1)
}

fn steps(page: &mut Page, first: RowNum) -> NextRow {
    let mut row = first;
    for (number, words) in (1_usize..).zip(STEPS) {
        page.height(row, 20)?;
        let step = say!(page.language, "help-step", number = number);
        page.text(row, 0, &step, BODY.bold())?;
        page.say(row, 1, words, BODY)?;
        row += 1;
    }
    Ok(row)
}

fn actions(page: &mut Page, first: RowNum) -> NextRow {
    let language = page.language;
    let head = page.section(first, 0, "help-actions")?;
    let said = |action: &ActionWord, part: &str| language.say(&format!("help-{}-{part}", action.word()));
    let fill_in = |action: &ActionWord| fill_in(language, *action);
    // Two sentences run on over the column beside them.
    let columns = Columns::<ActionWord>::new(language)
        .left("help-head-action", 0.0, |it| YOURS_CELL.bold().with(it.name(language)))
        .left("help-head-fill-in", 0.0, |it| CELL.wrap().with(fill_in(it)))
        .left("help-head-meaning", 0.0, |it| CELL.with(said(it, "meaning")))
        .titled(HEAD, String::new(), (0.0, 1), |_| CELL.empty())
        .left("help-head-good-to-know", 0.0, |it| CELL.muted().with(said(it, "good-to-know")))
        .titled(HEAD, String::new(), (0.0, 1), |_| CELL.empty());
    let height = |action: &ActionWord| if is_long(&fill_in(action)) { 30.0 } else { 20.0 };
    page.table(head, 0, &columns, ActionWord::ALL.iter().copied(), height)
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

fn abilities(page: &mut Page, first: RowNum) -> NextRow {
    let (language, platforms) = (page.language, page.book.abilities);
    let head = page.section(first, 0, "help-abilities")?;
    if platforms.is_empty() {
        page.say(head, 0, "help-no-platforms", BODY.muted())?;
        return Ok(head + 1);
    }
    let words = |abilities: &Abilities, verb: &Verb| ability_words(language, abilities, *verb);
    let verbs = Columns::<Verb>::new(language).left("help-running", 0.0, |verb| CELL.bold().with(verb.name(language)));
    let columns = platforms.iter().fold(verbs, |columns, abilities| {
        columns.titled(HEAD, abilities.name.to_string(), (0.0, 1), move |verb| {
            let (ability, words) = words(abilities, verb);
            ability_style(ability).with(words)
        })
    });
    let some_long = |verb: &Verb| platforms.iter().any(|abilities| is_long(&words(abilities, verb).1));
    let height = |verb: &Verb| if some_long(verb) { 30.0 } else { 20.0 };
    let row = page.table(head, 0, &columns, Verb::ALL.iter().copied(), height)?;
    page.say(row, 0, "help-abilities-foot", BODY.muted().points(9))?;
    allowed_less(page, row + 1)
}

/// Which coupons of this workbook allow less than the table says of their like.
fn allowed_less(page: &mut Page, first: RowNum) -> NextRow {
    let (language, book) = (page.language, page.book);
    let CouponsAllowingLess { asked, all, kinds } = book.allowed_less;
    let small = BODY.muted().points(9);
    let mut row = first;
    if !kinds.is_empty() {
        let head = page.section(row + 1, 0, "help-less")?;
        let verbs = |kind: &AllowedLess| {
            let verbs: Vec<String> = kind.verbs.iter().map(|verb| verb.name(language)).collect();
            verbs.join(&language.say("comma"))
        };
        let columns = Columns::<&AllowedLess>::new(language)
            .left("help-head-platform", 0.0, |kind| CELL.bold().with(book.platform_name(kind.platform)))
            .left("help-head-less", 0.0, move |kind| CELL.wrap().with(verbs(kind)))
            .right("help-head-coupons", 0.0, |kind| CELL.right().with(kind.coupons))
            .over(3, HEAD, "help-head-why", move |kind| CELL.wrap().with(language.render(&kind.reason)));
        row = page.table(head, 0, &columns, kinds.iter().take(KINDS_SHOWN), |_| 20.0)?;
        let further = kinds.len().saturating_sub(KINDS_SHOWN);
        if further > 0 {
            page.text(row, 0, &say!(language, "help-less-further", further = further), small)?;
            row += 1;
        }
    }
    let said = match asked < all {
        true => say!(language, "help-less-asked-some", asked = *asked, all = *all),
        false => say!(language, "help-less-asked", none = kinds.is_empty().to_string()),
    };
    page.text(row, 0, &said, small)?;
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
        Ability::FollowOn | Ability::Instead(_) => style.fill(tint(Severity::Notice)),
        Ability::ByHand => style.fill(solid(Severity::Notice)),
        Ability::Already | Ability::Never => style.muted(),
    }
}

fn explain_marks(page: &mut Page, first: RowNum) -> Written {
    let first = page.section(first, 0, "help-marks")?;
    for (row, (words, style, meaning)) in (first..).zip(marks(page.language)) {
        page.height(row, 20)?;
        page.text(row, 0, &words, style)?;
        page.say(row, 1, meaning, BODY.indent(1))?;
    }
    Ok(())
}
