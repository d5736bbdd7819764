//! Makes text that a guest wrote fit to be shown to a person who trusts the page it is on.

/// Cuts `text` to about `most` bytes and escapes control characters, so that it can neither fill a log nor steer a
/// terminal nor forge a second line.
pub(crate) fn escape(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most));
    for character in text.chars() {
        if out.len() + character.len_utf8() > most {
            out.push('…');
            break;
        }
        if is_unsafe(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

/// Control characters, and those that turn the direction of the text around them.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Plain text of one line: at most `most` characters, none of them a control character.
pub(crate) fn is_line(text: &str, most: usize) -> bool {
    // The byte length bounds the count of characters, so a short text needs no counting.
    (text.len() <= most || text.chars().count() <= most) && !text.chars().any(is_unsafe)
}

/// Plain text that may have line breaks.
pub(crate) fn is_text(text: &str, most: usize) -> bool {
    (text.len() <= most || text.chars().count() <= most)
        && !text.chars().any(|character| character != '\n' && is_unsafe(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(escape("a\r\nb\u{1b}[31m", 100), "a\\r\\nb\\u{1b}[31m");
        assert_eq!(escape("\u{202e}txt", 100), "\\u{202e}txt");
        assert_eq!(escape("Grüße", 100), "Grüße");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(escape("äää", 4), "ää…");
        assert!(escape(&"\u{1b}".repeat(1_000), 50).len() < 70);
    }

    #[test]
    fn a_line_has_no_line_break_and_a_text_may() {
        assert!(is_line("Summer sale −20 %", 20));
        assert!(!is_line("a\nb", 20));
        assert!(is_text("a\nb", 20));
        assert!(!is_text("a\u{0}b", 20));
        assert!(!is_line(&"ä".repeat(21), 20));
        assert!(is_line(&"ä".repeat(20), 20));
    }
}
