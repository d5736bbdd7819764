//! Postal codes: what is one, how it is written, and the pattern that a page checks it with.

use alloc::string::String;

/// A form of postal code: `9` stands for a digit, `A` for a letter, `X` for either; everything else for itself.
pub type Form = &'static str;

/// Writes a postal code the way its country does: in capitals, with the space or the hyphen in the right place. Spaces and
/// hyphens may be missing, or be where they do not belong. None where it is no postal code of these forms.
pub fn normalise(forms: &[Form], entered: &str) -> Option<String> {
    forms.iter().find_map(|form| write(form, entered))
}

/// A regular expression in ECMAScript syntax that accepts whatever [`normalise`] does, as far as a pattern can.
pub fn pattern(forms: &[Form]) -> String {
    let mut pattern = String::new();
    for form in forms {
        if !pattern.is_empty() {
            pattern.push('|');
        }
        for letter in form.chars() {
            match letter {
                '9' => pattern.push_str("[0-9]"),
                'A' => pattern.push_str("[A-Za-z]"),
                'X' => pattern.push_str("[0-9A-Za-z]"),
                ' ' | '-' => pattern.push_str("[ \\-]?"),
                letter => {
                    pattern.push('[');
                    pattern.push(letter);
                    pattern.push(letter.to_ascii_lowercase());
                    pattern.push(']');
                }
            }
        }
    }
    pattern
}

fn write(form: Form, entered: &str) -> Option<String> {
    let mut letters = entered.chars().filter(|&letter| !is_separator(letter));
    let mut written = String::with_capacity(form.len());
    for place in form.chars() {
        if is_separator(place) {
            written.push(place);
            continue;
        }
        let letter = letters.next()?.to_ascii_uppercase();
        let fits = match place {
            '9' => letter.is_ascii_digit(),
            'A' => letter.is_ascii_uppercase(),
            'X' => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
            fixed => letter == fixed,
        };
        if !fits {
            return None;
        }
        written.push(letter);
    }
    letters.next().is_none().then_some(written)
}

/// Spaces, hyphens and the dashes that word processors make of them.
fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}')
}
