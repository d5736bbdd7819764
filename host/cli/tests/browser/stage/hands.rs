//! What people do on a page: they find things by what they are called, press them, and type.
//!
//! Things are found in the browser's accessibility tree, by role and name. So what a test presses is what a screen reader
//! reads out, and something without a name, or hidden, cannot be found.

use serde_json::{Value, json};

use super::poll;
use super::tab::{Tab, plain};

/// What can be pressed.
const PRESSED: &[&str] = &["button", "link", "switch", "radio", "checkbox", "DisclosureTriangle"];
/// What can be typed into.
const TYPED: &[&str] = &["textbox", "searchbox", "spinbutton"];
/// What can be chosen from.
const CHOSEN: &[&str] = &["combobox"];
/// What keeps a value.
const KEPT: &[&str] = &["textbox", "searchbox", "spinbutton", "combobox", "slider", "radio", "checkbox"];

/// The middle of an element, in view; and what lies above it, if something else would be pressed.
const MIDDLE: &str = "function () {
    this.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    const box = this.getClientRects()[0];
    if (!box) return null;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    const label = hit?.closest('label');
    const own = hit && (this.contains(hit) || label?.contains(this) || label?.control === this);
    return { x, y, over: own ? null : hit?.outerHTML.slice(0, 120) ?? 'nothing' };
}";

const CHOOSE: &str = "function (label) {
    const option = [...this.options].find((option) => option.text.trim() === label);
    if (!option) return false;
    this.value = option.value;
    for (const kind of ['input', 'change']) this.dispatchEvent(new Event(kind, { bubbles: true }));
    return true;
}";

/// Something on the page that has a role.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) role: String,
    pub(crate) name: String,
    /// What tells it from everything else in the tab.
    node: Value,
    focused: bool,
}

impl Tab {
    /// Everything that a screen reader comes across, in no particular order.
    pub(crate) fn things(&self) -> Vec<Thing> {
        let tree = self.try_call("Accessibility.getFullAXTree", json!({})).unwrap_or_default();
        let nodes = tree["nodes"].as_array().into_iter().flatten();
        nodes.filter(|node| node["ignored"] == false).map(thing).collect()
    }

    /// Presses the button, link, choice or switch of this name. A name that ends in `…` may go on.
    #[track_caller]
    pub(crate) fn press(&self, name: &str) -> &Self {
        let (x, y) = self.middle(PRESSED, name);
        self.click(x, y);
        self
    }

    /// Presses what leads to another page, and waits for that page.
    #[track_caller]
    pub(crate) fn follow(&self, name: &str) -> &Self {
        let (x, y) = self.middle(PRESSED, name);
        self.leave(|| self.click(x, y))
    }

    /// Presses twice, as fast as a hand that is used to double clicks.
    #[track_caller]
    pub(crate) fn press_twice(&self, name: &str) {
        let (x, y) = self.middle(PRESSED, name);
        self.click(x, y);
        self.click(x, y);
    }

    /// Types into the field of this name, in place of what was there.
    #[track_caller]
    pub(crate) fn fill(&self, name: &str, text: &str) -> &Self {
        let done = poll(|| {
            let node = self.find(TYPED, name)?;
            self.try_call("DOM.focus", json!({ "backendNodeId": node })).ok()?;
            self.on(&node, "function () { this.select(); return true; }", json!([])).ok()?;
            self.try_call("Input.insertText", json!({ "text": text })).ok()
        });
        self.was_there(done, TYPED, name);
        self
    }

    /// Sets a field that browsers let nobody simply type into, such as a day and time.
    #[track_caller]
    pub(crate) fn set(&self, name: &str, value: &str) -> &Self {
        let script = "function (value) { this.value = value; return this.value === value; }";
        let done = poll(|| {
            let node = self.find(&["Date", "DateTime", "InputTime"], name)?;
            self.on(&node, script, json!([{ "value": value }])).ok().filter(|done| *done == Value::Bool(true))
        });
        self.was_there(done, &["Date", "DateTime"], name);
        self
    }

    /// Chooses from the list of this name.
    #[track_caller]
    pub(crate) fn choose(&self, name: &str, option: &str) -> &Self {
        let done = poll(|| {
            let node = self.find(CHOSEN, name)?;
            self.on(&node, CHOOSE, json!([{ "value": option }])).ok().filter(|done| *done == Value::Bool(true))
        });
        self.was_there(done, CHOSEN, &format!("{name} with {option}"));
        self
    }

    /// Puts a file into the field of this name.
    #[track_caller]
    pub(crate) fn attach(&self, name: &str, file: &std::path::Path) -> &Self {
        let ask = |node| json!({ "backendNodeId": node, "files": [file] });
        let done = poll(|| self.try_call("DOM.setFileInputFiles", ask(self.find(&["button"], name)?)).ok());
        self.was_there(done, &["button"], name);
        self
    }

    /// What the field of this name holds.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        let script =
            "function () { return this.matches('[type=radio], [type=checkbox]') ? String(this.checked) : this.value; }";
        let found = poll(|| self.on(&self.find(KEPT, name)?, script, json!([])).ok());
        let value = self.was_there(found, KEPT, name);
        value.as_str().unwrap_or_else(|| panic!("{name} holds {value}")).to_owned()
    }

    /// Presses a key: `Tab`, `Enter`, `Space`, `End`, `ArrowRight`.
    pub(crate) fn key(&self, key: &str) -> &Self {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Space" => (32, " "),
            "End" => (35, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            _ => panic!("no such key here: {key}"),
        };
        let name = if key == "Space" { " " } else { key };
        let press = json!({ "type": "keyDown", "key": name, "code": key, "windowsVirtualKeyCode": code, "text": text });
        self.call("Input.dispatchKeyEvent", press);
        let up = json!({ "type": "keyUp", "key": name, "code": key, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", up);
        self
    }

    /// Goes on with the keyboard alone until something of this name has the focus.
    #[track_caller]
    pub(crate) fn tab_to(&self, name: &str) -> &Self {
        let mut passed = Vec::new();
        for _ in 0..250 {
            self.key("Tab");
            match self.focused() {
                Some(thing) if is_called(&thing.name, name) => return self,
                thing => passed.push(thing.map(|thing| thing.name).unwrap_or_default()),
            }
        }
        panic!("the keyboard does not get to {name:?} on {}, only to {passed:?}", self.path())
    }

    /// What has the focus.
    pub(crate) fn focused(&self) -> Option<Thing> {
        self.things().into_iter().find(|thing| thing.focused && thing.role != "RootWebArea")
    }

    /// The browser's own number of the field of this name.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> Value {
        let found = poll(|| self.find(KEPT, name));
        self.was_there(found, KEPT, name)
    }

    /// Takes hold of what a selector finds, and lets it go over what another one finds, near its upper edge.
    #[track_caller]
    pub(crate) fn drag(&self, from: &str, to: &str) {
        let place = |selector: &str, share: f64| {
            let bounds = format!("document.querySelector({selector:?}).getBoundingClientRect()");
            let middle = self.number(&format!("{bounds}.left + {bounds}.width / 2"));
            (middle, self.number(&format!("{bounds}.top + {bounds}.height * {share}")))
        };
        self.eval(&format!(
            "document.querySelector({to:?}).scrollIntoView({{ block: 'center', behavior: 'instant' }})"
        ));
        let ((x, y), (over_x, over_y)) = (place(from, 0.5), place(to, 0.2));
        self.call("Input.setInterceptDrags", json!({ "enabled": true }));
        self.mouse("mousePressed", 1, (x, y));
        self.mouse("mouseMoved", 1, (x + 3.0, y - 3.0));
        self.mouse("mouseMoved", 1, (over_x, over_y));
        let begun = poll(|| self.happened("Input.dragIntercepted").pop()).expect("it can be dragged");
        // A browser tells again and again what is dragged over: also what has made room for it.
        for kind in ["dragEnter", "dragOver", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": over_x, "y": over_y, "data": begun.params["data"] });
            self.call("Input.dispatchDragEvent", event);
        }
        self.mouse("mouseReleased", 0, (over_x, over_y));
    }

    fn click(&self, x: f64, y: f64) {
        self.mouse("mouseMoved", 0, (x, y));
        self.mouse("mousePressed", 1, (x, y));
        self.mouse("mouseReleased", 0, (x, y));
    }

    fn mouse(&self, kind: &str, pressed: u8, (x, y): (f64, f64)) {
        let button = if kind == "mouseMoved" && pressed == 0 { "none" } else { "left" };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": pressed, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Where the middle of the one thing of this name is, once nothing lies above it.
    #[track_caller]
    fn middle(&self, roles: &[&str], name: &str) -> (f64, f64) {
        let mut over = String::new();
        let found = poll(|| {
            let middle = self.on(&self.find(roles, name)?, MIDDLE, json!([])).ok()?;
            if let Some(other) = middle["over"].as_str() {
                other.clone_into(&mut over);
                return None;
            }
            middle["x"].as_f64().zip(middle["y"].as_f64())
        });
        assert!(
            over.is_empty() || found.is_some(),
            "{name:?} cannot be pressed on {}: above it is {over}",
            self.path()
        );
        self.was_there(found, roles, name)
    }

    /// The one thing of this name.
    #[track_caller]
    fn find(&self, roles: &[&str], name: &str) -> Option<Value> {
        let mut found = self.things();
        found.retain(|thing| roles.contains(&thing.role.as_str()) && is_called(&thing.name, name));
        assert!(found.len() < 2, "more than one thing is called {name:?} on {}: {found:#?}", self.path());
        found.pop().map(|thing| thing.node)
    }

    #[track_caller]
    fn was_there<T>(&self, found: Option<T>, roles: &[&str], name: &str) -> T {
        found.unwrap_or_else(|| {
            let names: Vec<_> =
                self.things().into_iter().filter(|thing| roles.contains(&thing.role.as_str())).collect();
            panic!("nothing is called {name:?} on {}, of {roles:?} only {names:#?}\n{}", self.path(), self.text())
        })
    }

    /// The answer of a function that is called on an element.
    fn on(&self, node: &Value, function: &str, arguments: Value) -> Result<Value, String> {
        let object = self.try_call("DOM.resolveNode", json!({ "backendNodeId": node }))?;
        let ask = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": function,
            "arguments": arguments,
            "returnByValue": true,
        });
        let mut answer = self.try_call("Runtime.callFunctionOn", ask)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(details.to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }
}

fn thing(node: &Value) -> Thing {
    let text = |value: &Value| plain(value["value"].as_str().unwrap_or_default());
    let properties = node["properties"].as_array().into_iter().flatten();
    let mut focus = properties.filter(|property| property["name"] == "focused");
    Thing {
        role: text(&node["role"]),
        name: text(&node["name"]).split_whitespace().collect::<Vec<_>>().join(" "),
        node: node["backendDOMNodeId"].clone(),
        focused: focus.any(|property| property["value"]["value"] == true),
    }
}

fn is_called(name: &str, asked: &str) -> bool {
    match asked.strip_suffix('…') {
        Some(start) => name.starts_with(start),
        None => name == asked,
    }
}
