//! A row of numbers as a line of small bars.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const LETTERS: [char; 8] = ['.', ',', ':', '-', '=', '+', '*', '#'];

/// One letter a value, as high as its share of the highest; zero is the lowest bar, and where nothing is known there is a gap.
pub fn sparks(values: &[Option<f64>], ascii: bool) -> String {
    let letters = if ascii { LETTERS } else { BARS };
    let highest = values.iter().flatten().copied().fold(0.0_f64, f64::max);
    let letter = |value: &Option<f64>| match value {
        None => ' ',
        Some(value) if *value <= 0.0 || highest <= 0.0 => letters[0],
        Some(value) => {
            // Whatever is above zero is above the lowest bar.
            let step = (value / highest * 7.0).round().clamp(1.0, 7.0);
            letters.get(step as usize).copied().unwrap_or(letters[7])
        }
    };
    values.iter().map(letter).collect()
}

/// Whether the terminal's own settings say that it shows letters beyond ASCII; where they say nothing, it does.
pub fn shows_bars(environment: &dyn Fn(&str) -> Option<String>) -> bool {
    let told = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(environment).find(|locale| !locale.is_empty());
    told.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}
