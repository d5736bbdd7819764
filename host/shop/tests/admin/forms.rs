//! The forms of a page, as a browser without scripts reads them.

/// A form of a page.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: String,
    /// What it holds, in its order, without its buttons.
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// Enters a value in place of what stands in a field.
    #[track_caller]
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        let Some(field) = field else { panic!("the form {} has no field {name}", self.action) };
        value.clone_into(&mut field.1);
        self
    }

    /// Presses a button with a value, or adds anything else.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// What stands in a field.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A tag: its name, its attributes, and where it ends.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(String, String)>,
    end: usize,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The forms of a page. Buttons are left out: they count only when they are pressed.
pub(crate) fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let (mut open, mut select): (bool, Option<String>) = (false, None);
    for tag in tags(page) {
        let fields = forms.last_mut().filter(|_| open).map(|form| &mut form.fields);
        match (tag.name, fields) {
            ("form", _) => {
                forms.push(Form { action: tag.attribute("action").unwrap_or_default().into(), fields: Vec::new() });
                open = true;
            }
            ("/form", _) => open = false,
            ("input", Some(fields)) => {
                let kind = tag.attribute("type").unwrap_or("text");
                let is_off = matches!(kind, "checkbox" | "radio") && tag.attribute("checked").is_none();
                if let (false, Some(name)) = (is_off || kind == "file", tag.attribute("name")) {
                    fields.push((name.into(), tag.attribute("value").unwrap_or_default().into()));
                }
            }
            ("textarea", Some(fields)) => {
                let text = page[tag.end..].split("</textarea>").next().unwrap_or_default();
                fields.push((tag.attribute("name").unwrap_or_default().into(), unescape(text)));
            }
            ("select", Some(_)) => select = tag.attribute("name").map(str::to_owned),
            ("/select", _) => select = None,
            ("option", Some(fields)) => {
                if let (Some(name), Some(_)) = (&select, tag.attribute("selected")) {
                    fields.push((name.clone(), tag.attribute("value").unwrap_or_default().into()));
                }
            }
            _ => {}
        }
    }
    forms
}

fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = page[at..].find('<').map(|found| at + found + 1) {
        let length = page[start..].find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(0);
        let name = &page[start..start + length];
        let (attributes, end) = attributes(page, start + length);
        tags.push(Tag { name, attributes, end });
        at = end.max(start);
    }
    tags
}

/// The attributes from a place on, and the place behind the end of their tag.
fn attributes(page: &str, mut at: usize) -> (Vec<(String, String)>, usize) {
    let mut found = Vec::new();
    loop {
        at += page[at..].len() - page[at..].trim_start().len();
        let rest = &page[at..];
        if rest.is_empty() || rest.starts_with('>') {
            return (found, (at + 1).min(page.len()));
        }
        let length =
            rest.find(|letter: char| letter.is_whitespace() || letter == '=' || letter == '>').unwrap_or(rest.len());
        let name = rest[..length.max(1)].to_owned();
        at += length.max(1);
        match page[at..].strip_prefix("=\"") {
            Some(value) => {
                let end = value.find('"').unwrap_or(value.len());
                found.push((name, unescape(&value[..end])));
                at += 2 + end + 1;
            }
            None => found.push((name, String::new())),
        }
    }
}

fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (escaped, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escaped, letter);
    }
    text
}

#[test]
fn forms_are_read_as_browsers_read_them() {
    let page = "<form method=\"post\" action=\"/a\"><input name=\"x\" value=\"1 &amp; 2\"><input type=\"checkbox\" name=\"off\">\
        <input type=\"checkbox\" name=\"on\" value=\"yes\" checked><select name=\"s\"><option value=\"a\">A</option>\
        <option value=\"b\" selected>B</option></select><textarea name=\"t\" rows=\"3\">one\ntwo</textarea>\
        <button name=\"b\" value=\"1\">Go</button></form><p><input name=\"elsewhere\"></p>";
    let forms = forms(page);
    let pairs: Vec<_> = forms[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(forms.len(), 1);
    assert_eq!(pairs, [("x", "1 & 2"), ("on", "yes"), ("s", "b"), ("t", "one\ntwo")]);
}
