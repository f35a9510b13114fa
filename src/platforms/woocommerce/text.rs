//! WordPress stores texts as HTML. A buyer types characters, so entities are turned back into them.

/// `a&amp;b` is `a&b`. Decoded once: what was escaped twice stays escaped once, as the shop shows it. Unknown entities stay.
pub fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, from_ampersand) = rest.split_at(start);
        decoded.push_str(before);
        let entity = from_ampersand.split_once(';').map(|(name, after)| (name.trim_start_matches('&'), after));
        match entity.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) => {
                decoded.push(character);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = from_ampersand.strip_prefix('&').unwrap_or_default();
            }
        }
    }
    decoded + rest
}

/// The first line of an HTML text, without its tags, entities decoded.
pub fn first_line(html: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for letter in html.trim().chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            letter if !in_tag => plain.push(letter),
            _ => {}
        }
    }
    decode_entities(plain.trim().lines().next().unwrap_or_default()).trim().to_string()
}

/// The whole of an HTML text as it is to be written so that it reads back the same; none where no writing does: a shop encodes anew
/// what it is given.
pub fn rewritable(html: &str) -> Option<String> {
    let decoded = decode_entities(html);
    let brackets = |text: &str| text.chars().filter(|letter| matches!(letter, '<' | '>')).count();
    let is_same = brackets(&decoded) == brackets(html) && decode_entities(&decoded) == decoded;
    is_same.then_some(decoded)
}

/// The longest part of `text` that is stored as it is typed: what a search can find, since `a&b` is stored as `a&amp;b`.
pub fn longest_plain_part(text: &str) -> &str {
    let parts = text.split(['&', '<', '>', '"', '\'']).map(str::trim);
    parts.max_by_key(|part| part.len()).filter(|part| !part.is_empty()).unwrap_or(text)
}

fn character(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| !character.is_control());
    }
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "euro" => Some('€'),
        "pound" => Some('£'),
        "yen" => Some('¥'),
        "copy" => Some('©'),
        _ => None,
    }
}
