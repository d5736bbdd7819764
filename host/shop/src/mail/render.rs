//! Letters set as text and as HTML. The templates own all HTML: what an extension or a shopper wrote is escaped.

use std::sync::LazyLock;

use minijinja::Environment;
use minijinja::value::Serde;

use super::letter::Letter;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    for (name, source) in
        [("letter.txt", include_str!("templates/letter.txt")), ("letter.html", include_str!("templates/letter.html"))]
    {
        templates.add_template(name, source).expect("a template of the program is well-formed");
    }
    templates
});

/// A letter as plain text.
pub(crate) fn text(letter: &Letter) -> Result<String, minijinja::Error> {
    render("letter.txt", letter)
}

/// A letter as HTML.
pub(crate) fn html(letter: &Letter) -> Result<String, minijinja::Error> {
    render("letter.html", letter)
}

fn render(name: &str, letter: &Letter) -> Result<String, minijinja::Error> {
    let mut set = TEMPLATES.get_template(name)?.render(Serde(letter))?;
    set.truncate(set.trim_end().len());
    set.push('\n');
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::{Button, Row};

    fn letter() -> Letter {
        Letter {
            subject: "<b>Sale</b>".into(),
            paragraphs: vec!["Tom & <script>alert(1)</script>".into()],
            action: Some(Button { label: "Go".into(), url: "https://shop.example/?a=1&b=2".into() }),
            code: Some("123456".into()),
            rows: vec![Row { label: "1 × Mug".into(), value: "9.95 EUR".into() }],
            closing: vec!["Bye.".into()],
            signature: "Shop".into(),
            unsubscribe: Some("https://shop.example/unsubscribe?token=t".into()),
            lang: "en".into(),
        }
    }

    #[test]
    fn what_somebody_wrote_cannot_become_markup() {
        let html = html(&letter()).unwrap();
        assert!(!html.contains("<script>") && !html.contains("<b>Sale"));
        assert!(html.contains("Tom &amp; &lt;script&gt;"));
    }

    #[test]
    fn the_text_says_what_the_html_says_and_escapes_nothing() {
        let text = text(&letter()).unwrap();
        for part in ["Tom & <script>", "    123456", "1 × Mug: 9.95 EUR", "?a=1&b=2", "Bye.", "unsubscribe?token=t"] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }

    #[test]
    fn without_a_way_out_to_name_none_is_named() {
        let letter = Letter { unsubscribe: None, ..letter() };
        assert!(!html(&letter).unwrap().to_lowercase().contains("unsubscribe"));
        assert!(!text(&letter).unwrap().to_lowercase().contains("unsubscribe"));
    }
}
