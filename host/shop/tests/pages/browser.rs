//! A browser without JavaScript: it keeps cookies, follows redirects, and sends the forms that a page has.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE, USER_AGENT};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// Redirects that are followed before it is a circle.
const MOST_REDIRECTS: usize = 5;

/// A browser.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What it shows.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it ended up.
    pub(crate) path: String,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.follow("GET", path, String::new()).await
    }

    /// Sends fields as they are.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.follow("POST", path, body).await
    }

    /// Fills in the form of a page that is sent to `action`, and presses its button.
    pub(crate) async fn send(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = page.form(action);
        for (name, value) in fields {
            all.retain(|(known, _)| known != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.follow("POST", action, body).await
    }

    async fn follow(&mut self, method: &str, path: &str, body: String) -> Page {
        let mut page = self.request(method, path, body).await;
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = page.headers.get(LOCATION).map(|next| next.to_str().unwrap().to_owned()) else {
                return page;
            };
            page = self.request("GET", &next, String::new()).await;
        }
        panic!("{path} leads in a circle");
    }

    /// One request, without following where it leads.
    pub(crate) async fn request(&mut self, method: &str, path: &str, body: String) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "shop.example")
            .header(USER_AGENT, "Firefox/140.0")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(SET_COOKIE) {
            let (pair, rest) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Page { status: parts.status.as_u16(), path: path.to_owned(), headers: parts.headers, html }
    }
}

impl Page {
    /// The page, which should be there.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}: {}", self.path, self.text());
        self
    }

    /// The words of the page.
    pub(crate) fn text(&self) -> String {
        let main = self.html.find("<main").map_or(self.html.as_str(), |at| &self.html[at..]);
        let mut text = String::new();
        let mut inside = false;
        for letter in main.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        unescape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        let text = self.text();
        assert!(text.contains(words), "{words:?} is not in: {text}");
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, words: &str) {
        let text = self.text();
        assert!(!text.contains(words), "{words:?} is in: {text}");
    }

    /// What the form that is sent to `action` would send as it stands, without its buttons. Inputs that name a form by its
    /// id belong to it, too.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Vec<(String, String)> {
        let start = self.html.find(&format!("action=\"{action}\"")).unwrap_or_else(|| {
            panic!("{} has no form for {action}: {}", self.path, self.text());
        });
        let start = self.html[..start].rfind("<form").unwrap();
        let end = start + self.html[start..].find("</form>").unwrap();
        let id = attribute(&self.html[start..start + self.html[start..].find('>').unwrap()], "id");
        let own = tags(&self.html[start..end], "input").filter(|tag| attribute(tag, "form").is_none());
        let elsewhere =
            tags(&self.html, "input").filter(|tag| id.is_some() && attribute(tag, "form").as_deref() == id.as_deref());
        let mut fields: Vec<(String, String)> = own.chain(elsewhere).filter_map(sent).collect();
        for select in self.html[start..end].split("<select").skip(1) {
            let select = &select[..select.find("</select>").unwrap()];
            let chosen =
                tags(select, "option").find(|tag| tag.ends_with(" selected")).or_else(|| tags(select, "option").next());
            let name = attribute(&select[..select.find('>').unwrap()], "name").unwrap();
            fields.push((name, chosen.and_then(|tag| attribute(tag, "value")).unwrap_or_default()));
        }
        fields
    }

    /// The names of the fields that somebody sees in a form.
    pub(crate) fn visible(&self, action: &str) -> Vec<String> {
        let hidden: Vec<String> = tags(&self.html, "input")
            .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
            .filter_map(|tag| attribute(tag, "name"))
            .collect();
        self.form(action).into_iter().map(|(name, _)| name).filter(|name| !hidden.contains(name)).collect()
    }

    /// The value of an input.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        let found = tags(&self.html, "input").find(|tag| attribute(tag, "name").as_deref() == Some(name));
        let tag = found.unwrap_or_else(|| panic!("{} has no input {name}", self.path));
        attribute(tag, "value").unwrap_or_default()
    }
}

/// The opening tags of a name, without their brackets.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    html.split('<').filter_map(move |tag| {
        let tag = tag.strip_prefix(name)?;
        tag.starts_with(char::is_whitespace).then(|| &tag[..tag.find('>').unwrap_or(tag.len())])
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(unescape(&tag[start..start + tag[start..].find('"')?]))
}

/// What an input sends: nothing without a name, or for a box that is not ticked.
fn sent(tag: &str) -> Option<(String, String)> {
    let name = attribute(tag, "name")?;
    let is_box = matches!(attribute(tag, "type").as_deref(), Some("checkbox" | "radio"));
    let ticked = tag.split_whitespace().any(|word| word == "checked");
    (!is_box || ticked).then(|| (name, attribute(tag, "value").unwrap_or_default()))
}

fn unescape(text: &str) -> String {
    [("&#x2f;", "/"), ("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
