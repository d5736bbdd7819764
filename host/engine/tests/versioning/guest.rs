//! Builds guests against contracts that differ from today's.

use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, SourceMap};

/// A contract: a frozen one, or one that differs from it.
pub(crate) struct Contract {
    files: Vec<(String, String)>,
    version: String,
}

fn frozen_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/frozen")
}

/// The versions below `wit/frozen/`.
pub(crate) fn frozen_versions() -> Vec<String> {
    let entries = fs::read_dir(frozen_folder()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

impl Contract {
    /// A released contract.
    pub(crate) fn frozen(version: &str) -> Self {
        let entries = fs::read_dir(frozen_folder().join(version)).unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let files = entries.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect();
        Self { files, version: version.to_owned() }
    }

    /// The same with one passage of one file replaced.
    pub(crate) fn with(mut self, file: &str, old: &str, new: &str) -> Self {
        let (_, text) = self.files.iter_mut().find(|(name, _)| name == file).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file} should hold {old:?} once");
        *text = text.replace(old, new);
        self
    }

    /// The same with one interface more.
    pub(crate) fn with_interface(mut self, name: &str, body: &str) -> Self {
        let text = format!("package boomerang:shop@{};\ninterface {name} {{ {body} }}\n", self.version);
        self.files.push((format!("{name}.wit"), text));
        self
    }

    /// The same without one interface.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.files.retain(|(file, _)| *file != format!("{name}.wit"));
        for verb in ["import", "export"] {
            let line = format!("    {verb} {name};\n");
            self.files.iter_mut().for_each(|(_, text)| *text = text.replace(&line, ""));
        }
        self
    }

    /// The same under another version.
    pub(crate) fn at(mut self, version: &str) -> Self {
        let (old, new) = (format!("boomerang:shop@{}", self.version), format!("boomerang:shop@{version}"));
        self.files.iter_mut().for_each(|(_, text)| *text = text.replace(&old, &new));
        version.clone_into(&mut self.version);
        self
    }
}

/// A guest that makes delivery one euro cheaper, after it has called a capability.
pub(crate) struct Guest {
    /// The capability's interface and function, its type in WebAssembly, and the arguments to call it with.
    pub(crate) import: Option<Import>,
    /// What the guest exports, as interface and function.
    pub(crate) export: (&'static str, &'static str),
    /// The type of that function in WebAssembly.
    pub(crate) signature: &'static str,
}

/// A function that a guest imports and calls.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    pub(crate) interface: &'static str,
    pub(crate) function: &'static str,
    pub(crate) signature: &'static str,
    /// Instructions that put its arguments on the stack and, after the call, leave nothing there.
    pub(crate) call: &'static str,
}

impl Default for Guest {
    fn default() -> Self {
        Self { import: None, export: ("cart-pricing", "price-cart"), signature: "(param i32) (result i32)" }
    }
}

impl Guest {
    pub(crate) fn importing(import: Import) -> Self {
        Self { import: Some(import), ..Self::default() }
    }

    /// Builds the guest as a component of `contract`.
    pub(crate) fn build(&self, contract: &Contract) -> Vec<u8> {
        let mut sources = SourceMap::new();
        for (name, text) in &contract.files {
            sources.push_str(name, text.as_str());
        }
        sources.push_str("guest.wit", self.world(&contract.version));
        let group = sources.parse().unwrap_or_else(|(sources, error)| panic!("{}", error.render(&sources)));
        let mut resolve = Resolve::default();
        let package = resolve.push_group(group).unwrap();
        let world = resolve.select_world(&[package], Some("guest")).unwrap();

        let mut module = wat::parse_str(self.module(&contract.version)).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut component = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
        add_manifest(&mut component);
        component
    }

    fn world(&self, version: &str) -> String {
        let import = self.import.map(|import| format!("import {};", import.interface)).unwrap_or_default();
        format!("package boomerang:shop@{version};\nworld guest {{ {import} export {}; }}\n", self.export.0)
    }

    /// The core module. Its answer is a constant in memory, laid out by the canonical ABI.
    fn module(&self, version: &str) -> String {
        const ANSWER: i32 = 1024;
        const ADJUSTMENT: i32 = 1040;
        const CHANGE: i32 = 1072;
        const CLASS: (i32, &str) = (1096, "sale");
        const LABEL: (i32, &str) = (1104, "From an old guest");
        let strings = [CLASS.0, CLASS.1.len() as i32, LABEL.0, LABEL.1.len() as i32];
        let changes = [CHANGE, 1];
        let no_claims = [0, 0];
        let adjustment = [&strings[..], &changes, &no_claims].concat();
        let delivery = [2, 0]; // The case `delivery` of `target`, and no payload.
        let amount = [-100, -1]; // An s64 in two halves.
        let no_units = [0, 0];
        let change = [delivery, amount, no_units].concat();
        let ok_with_one = [0, ADJUSTMENT, 1];

        let (import, call) = match self.import {
            None => (String::new(), String::new()),
            Some(Import { interface, function, signature, call }) => (
                format!(
                    r#"(import "boomerang:shop/{interface}@{version}" "{function}" (func $capability {signature}))"#
                ),
                call.to_owned(),
            ),
        };
        let (interface, function) = self.export;
        format!(
            r#"(module
                {import}
                (memory (export "memory") 1)
                (global $free (mut i32) (i32.const 4096))
                (data (i32.const {ANSWER}) "{answer}")
                (data (i32.const {ADJUSTMENT}) "{adjustment}")
                (data (i32.const {CHANGE}) "{change}")
                (data (i32.const {class_at}) "{class}")
                (data (i32.const {label_at}) "{label}")
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 15)) (i32.const -16)))
                    (global.get $free)
                    (global.set $free (i32.add (global.get $free) (local.get 3))))
                (func (export "boomerang:shop/{interface}@{version}#{function}") {signature}
                    {call}
                    (i32.const {ANSWER})))"#,
            signature = self.signature,
            answer = bytes(&ok_with_one),
            adjustment = bytes(&adjustment),
            change = bytes(&change),
            class_at = CLASS.0,
            class = CLASS.1,
            label_at = LABEL.0,
            label = LABEL.1,
        )
    }
}

/// Words of memory as a string of the text format.
fn bytes(words: &[i32]) -> String {
    words.iter().flat_map(|word| word.to_le_bytes()).map(|byte| format!("\\{byte:02x}")).collect()
}

/// Appends the custom section that the host reads the manifest from.
fn add_manifest(component: &mut Vec<u8>) {
    const NAME: &[u8] = b"boomerang:manifest";
    const MANIFEST: &[u8] = br#"{"id":"old-guest","name":"Old guest","version":"1.0.0","summary":"Is old."}"#;
    let length = 1 + NAME.len() + MANIFEST.len();
    assert!(length < 128, "a length of one byte is enough");
    component.extend([0, length as u8, NAME.len() as u8]);
    component.extend(NAME);
    component.extend(MANIFEST);
}
