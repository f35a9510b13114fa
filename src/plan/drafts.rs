//! Coupons that do not exist yet: same rules, another code, another time.

use std::collections::BTreeSet;

use super::intent::Refusal;
use crate::domain::{
    Abilities, Coupon, DESCRIPTION, Discount, Draft, KEY_ALPHABET, Message, Minimum, Start, Timestamp,
    next_whole_second,
};
use crate::message;

/// What a copy changes of its model.
pub(super) struct Copy {
    pub start: Start,
    /// Exclusive.
    pub ends: Option<Timestamp>,
    pub minimum: Option<Minimum>,
    pub total: Option<u64>,
    /// What the campaign plan calls it: its code where that can be chosen and is free, and its name.
    pub wanted: Option<String>,
}

/// Writes the draft and takes its code. The second part says how the period was clipped, where it was.
///
/// `taken` holds every code of the store in capitals: those that exist, those that our journal reserved, those of this plan.
pub(super) fn draft(
    model: &Coupon,
    copy: Copy,
    abilities: &Abilities,
    now: Timestamp,
    taken: &mut BTreeSet<String>,
) -> Result<(Draft, Option<Message>), Refusal> {
    if matches!(model.discount, Discount::Other(_) | Discount::BuyXGetY(_)) {
        return Err(by_hand(message!("results-discount-not-written", discount = &model.discount)));
    }
    let starts = match copy.start {
        Start::At(at) => at,
        Start::Soonest => next_whole_second(now + abilities.limits.start_lead),
    };
    let (ends, clipped) = clip(copy.ends, starts, abilities)?;
    let planned = copy.wanted.as_ref().and_then(|wanted| planned_code(wanted, model, abilities, taken));
    let prefix_letters = abilities.limits.code_prefix_letters;
    // Under the code that it had, it keeps its name too.
    let is_itself = planned.is_some() && copy.wanted.as_ref().is_some_and(|it| model.is_called(it, prefix_letters));
    let code = planned.map_or_else(|| free_code(model, abilities, taken), Ok)?;
    if !code.is_empty() {
        taken.insert(code.to_uppercase());
    }
    let wanted = copy.wanted.filter(|_| !is_itself);
    let mut besides = model.besides.clone();
    if wanted.is_some() {
        besides.remove(DESCRIPTION);
    }
    // What is called by its code is called by its own.
    let own_name = if model.code.as_ref() == Some(&model.name) { code.clone() } else { model.name.clone() };
    let draft = Draft {
        model: model.id.clone(),
        code,
        // Found by its name even where the code is another; and a name of the model's campaign would claim it for that one.
        name: wanted.unwrap_or(own_name),
        kind: model.kind.clone(),
        discount: model.discount.clone(),
        minimum: copy.minimum.unwrap_or(model.minimum),
        start: copy.start,
        ends,
        total: copy.total.or(model.total),
        per_buyer: model.per_buyer,
        other_rules: model.other_rules.clone(),
        besides,
    };
    Ok((draft, clipped))
}

fn clip(
    ends: Option<Timestamp>,
    starts: Timestamp,
    abilities: &Abilities,
) -> Result<(Option<Timestamp>, Option<Message>), Refusal> {
    let (longest, shortest) = (abilities.limits.longest_period, abilities.limits.shortest_period.unwrap_or_default());
    let platform = abilities.name;
    let later = |reason: Message| Err(Refusal::new(reason, "results-next-later-end"));
    match ends {
        Some(ends) if ends <= starts => later(message!("results-copy-ends-early")),
        Some(ends) if ends - starts < shortest => {
            let minutes = shortest.num_minutes().to_string();
            later(message!("results-copy-too-short", minutes = minutes, platform = platform))
        }
        ends => match longest {
            Some(longest) if ends.is_none_or(|ends| ends - starts > longest) => {
                let days = longest.num_days().to_string();
                let clipped = message!("results-clipped", days = days, platform = platform);
                Ok((starts.checked_add_signed(longest), Some(clipped)))
            }
            _ => Ok((ends, None)),
        },
    }
}

/// The code that the plan names, where the platform lets a seller choose it and nobody has it. The platform's own letters before
/// it are those of the model, whether the plan writes them or not.
fn planned_code(wanted: &str, model: &Coupon, abilities: &Abilities, taken: &BTreeSet<String>) -> Option<String> {
    let prefix: String = model.code.as_ref()?.chars().take(abilities.limits.code_prefix_letters).collect();
    let wanted = wanted.trim();
    let has_prefix = !prefix.is_empty() && wanted.to_uppercase().starts_with(&prefix.to_uppercase());
    let rest = wanted.get(prefix.len()..).filter(|rest| has_prefix && !rest.is_empty());
    let chosen = rest.unwrap_or(wanted);
    let code = format!("{prefix}{chosen}");
    (abilities.limits.allows_code(chosen) && !taken.contains(&code.to_uppercase())).then_some(code)
}

/// Empty where the platform makes only coupons that buyers collect, and the model is one.
fn free_code(model: &Coupon, abilities: &Abilities, taken: &BTreeSet<String>) -> Result<String, Refusal> {
    let whole = match (model.code.as_deref(), abilities.limits.code_letters_max) {
        (None, 0) => return Ok(String::new()),
        (Some(_), 0) => {
            return Err(by_hand(message!("results-no-code-by-api", platform = abilities.name)));
        }
        (None, _) => return Err(by_hand(message!("results-no-code"))),
        (Some(whole), _) => whole,
    };
    let prefix_letters = abilities.limits.code_prefix_letters;
    let prefix: String = whole.chars().take(prefix_letters).collect();
    let chosen: String = whole.chars().skip(prefix_letters).collect();
    candidates(&chosen, abilities.limits.code_letters_max, abilities.limits.code_hyphen)
        .map(|candidate| format!("{prefix}{candidate}"))
        .find(|code| !taken.contains(&code.to_uppercase()))
        .ok_or_else(|| by_hand(message!("results-no-free-code", code = whole)))
}

fn by_hand(reason: Message) -> Refusal {
    Refusal::new(reason, "results-next-copy-by-hand")
}

/// The codes that may follow `chosen`, nearest first: `BLACK20` → `BLACK20-2`, `BLACK20-3`, …; where five letters are all there
/// is, `BF10` → `BF102`, …, `BF10Z` and `BF15A` → `BF152`, …; letters are given up from the end, one and then two.
///
/// Digits and letters are those of the row keys: none that reads as a number in scientific notation.
pub(super) fn candidates(chosen: &str, letters_max: usize, hyphen: bool) -> Box<dyn Iterator<Item = String>> {
    if hyphen {
        let (stem, from) = numbered(chosen);
        // Room for the hyphen and five digits.
        let stem: String = stem.chars().take(letters_max.saturating_sub(6)).collect();
        return Box::new((from..from + 900).map(move |number| format!("{stem}-{number}")));
    }
    let letters = || KEY_ALPHABET.iter().skip(1).map(|byte| char::from(*byte));
    let one: String = chosen.chars().take(letters_max.saturating_sub(1)).collect();
    let two: String = chosen.chars().take(letters_max.saturating_sub(2)).collect();
    let singles = letters().map(move |letter| format!("{one}{letter}"));
    let pairs = letters().flat_map(move |first| {
        let two = two.clone();
        letters().map(move |second| format!("{two}{first}{second}"))
    });
    let own = chosen.to_uppercase();
    Box::new(singles.chain(pairs).filter(move |code| code.to_uppercase() != own))
}

// `BLACK20-2` goes on with 3, so that a third renewal does not read BLACK20-2-2.
fn numbered(chosen: &str) -> (String, u32) {
    match chosen.rsplit_once('-').map(|(stem, tail)| (stem, tail.parse::<u32>())) {
        Some((stem, Ok(number))) if (2..10_000).contains(&number) && !stem.is_empty() => (stem.to_string(), number + 1),
        _ => (chosen.to_string(), 2),
    }
}
