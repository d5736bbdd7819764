//! Cells as text: HTML without its tags, and cells that a spreadsheet would run.

use std::borrow::Cow;

/// What a cell starts with that a spreadsheet would run as a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that a spreadsheet shows as text and never runs: an apostrophe is put before what looks like a formula, and before
/// apostrophes that stand before one, so that it can be taken off again.
#[must_use]
pub(in crate::catalogue) fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// The text of a cell that [`guarded`] wrote, or of any other; none for a cell that is a formula.
#[must_use]
pub(in crate::catalogue) fn unguarded(cell: &str) -> Option<&str> {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(cell) => Some(rest),
        _ => (!cell.starts_with('=')).then_some(cell),
    }
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Elements whose end is the end of a line.
const BLOCKS: [&str; 15] =
    ["p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote"];
/// Elements whose content is no text.
const HIDDEN: [&str; 5] = ["script", "style", "template", "iframe", "noscript"];

/// The text of a piece of HTML. Shops show it with their own templates, so no tag of a file ever reaches a page.
#[must_use]
pub(in crate::catalogue) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        push_text(&mut text, &rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let opens =
            rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?'));
        let Some(end) = rest.find('>').filter(|_| opens) else {
            // A sign, as in "5 < 7".
            push_text(&mut text, "<");
            rest = &rest[1..];
            continue;
        };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let closes = tag.starts_with('/');
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if BLOCKS.contains(&name.as_str()) && !text.ends_with('\n') {
            text.push('\n');
        }
        if HIDDEN.contains(&name.as_str()) && !closes {
            rest = after_element(rest, &name);
        }
    }
    push_text(&mut text, rest);
    tidy(&text)
}

/// What follows the end tag of an element; nothing if it has none.
fn after_element<'a>(rest: &'a str, name: &str) -> &'a str {
    // ASCII letters keep their length in small form, so positions are the same.
    let small = rest.to_ascii_lowercase();
    let end = small.find(&format!("</{name}")).and_then(|start| small[start..].find('>').map(|end| start + end + 1));
    end.map_or("", |end| &rest[end..])
}

fn push_text(text: &mut String, html: &str) {
    let mut rest = html;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let named = rest.find(';').filter(|end| *end <= 10).and_then(|end| Some((entity(&rest[1..end])?, end)));
        match named {
            Some((letter, end)) => {
                text.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|letter| !letter.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "euro" => '€',
        "deg" => '°',
        "times" => '×',
        _ => return None,
    })
}

/// Single spaces, and at most one empty line.
fn tidy(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(words);
        }
    }
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_go_and_the_text_stays() {
        assert_eq!(
            plain("<p>A <b>blue</b>  mug.</p><ul><li>0.3 l</li><li>5 &lt; 7 &amp; so</li></ul>"),
            "A blue mug.\n0.3 l\n5 < 7 & so"
        );
        assert_eq!(plain("one<br>two<br/>three"), "one\ntwo\nthree");
        assert_eq!(plain("5 < 7 and 8>2 &unknown; &#8364;&#x20AC;&#0;"), "5 < 7 and 8>2 &unknown; €€&#0;");
    }

    #[test]
    fn scripts_and_comments_leave_nothing() {
        assert_eq!(plain("a<script>alert('<p>')</SCRIPT >b<!-- <p>hidden --> c<style>p{}"), "ab c");
        assert_eq!(plain("a<scr<script>ipt>b"), "aipt>b");
        assert_eq!(plain("open <b"), "open <b");
    }

    #[test]
    fn a_formula_is_written_as_text_and_read_back() {
        for text in ["=1+1", "+1", "-1", "@SUM", "'=1", "plain", "'tis", "", "''+"] {
            let cell = guarded(text);
            assert!(!cell.starts_with(FORMULA), "{text}");
            assert_eq!(unguarded(&cell), Some(text));
        }
        assert_eq!(unguarded("=HYPERLINK(\"x\")"), None);
        assert_eq!(unguarded("-20 % tee"), Some("-20 % tee"));
    }

    proptest! {
        #[test]
        fn whatever_is_guarded_is_no_formula_and_reads_back(text in "['=+@a\\-]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(FORMULA));
            prop_assert_eq!(unguarded(&cell), Some(text.as_str()));
        }

        #[test]
        fn whatever_the_html_the_text_is_tidy(html in "[<>/a!&;#x \\-é]{0,40}") {
            let text = plain(&html);
            prop_assert_eq!(text.trim(), text.as_str());
            prop_assert!(!text.contains("\n\n\n"));
        }
    }
}
