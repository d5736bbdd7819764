//! `boomerang new`: starts a plugin that builds, passes its tests and loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// The files of a new plugin. Cargo would take a `Cargo.toml` in this repository for a crate, hence the other name.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../template/cargo/manifest.toml")),
    (".cargo/config.toml", include_str!("../../template/cargo/config.toml")),
    (".gitignore", "/target\n"),
    ("README.md", include_str!("../../template/README.md")),
    ("manifest.json", include_str!("../../template/manifest.json")),
    ("cart.json", include_str!("../../template/cart.json")),
    ("src/lib.rs", include_str!("../../template/src/lib.rs")),
];

/// What to start.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The plugin's id, in kebab-case: also the name of its folder
    id: String,
    /// The folder to make it in
    #[arg(long, default_value = ".")]
    parent: PathBuf,
    /// The folder of the SDK (`components/sdk` of the Boomerang repository) [default: where this program was built]
    #[arg(long)]
    sdk: Option<PathBuf>,
}

/// Writes the folder, and says what to do in it.
pub(crate) fn run(options: &Options) -> Result<()> {
    check_id(&options.id)?;
    let sdk = sdk(options.sdk.as_deref())?;
    let folder = options.parent.join(&options.id);
    ensure!(!folder.exists(), "{} is there already: choose another id, or remove it", folder.display());
    for (path, text) in FILES {
        let path = folder.join(path);
        let parent = path.parent().context("a file of the template is in no folder")?;
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, fill(text, &options.id, &sdk)))
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    println!("{} is ready:\n", folder.display());
    println!("  cd {}", folder.display());
    println!("  cargo test");
    println!("  cargo build --release --target wasm32-wasip2");
    let component = format!("target/wasm32-wasip2/release/{}.wasm", options.id.replace('-', "_"));
    println!("  boomerang run {component} --point cart-pricing --input cart.json");
    Ok(())
}

/// An id that is also the name of a crate.
fn check_id(id: &str) -> Result<()> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let starts_with_letter = id.starts_with(|c: char| c.is_ascii_lowercase());
    ensure!(
        id.len() <= 64 && starts_with_letter && id.split('-').all(is_word),
        "`{id}` is no id: use lower-case words with hyphens between them, such as `free-delivery`"
    );
    Ok(())
}

/// The absolute path of the SDK, which the plugin's `Cargo.toml` names.
fn sdk(chosen: Option<&Path>) -> Result<PathBuf> {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../components/sdk");
    let folder = chosen.unwrap_or(&built_in);
    match folder.canonicalize() {
        Ok(folder) if folder.join("Cargo.toml").is_file() => Ok(folder),
        _ => bail!(
            "the SDK is not in {}: name its folder with --sdk, `components/sdk` in the Boomerang repository",
            folder.display()
        ),
    }
}

/// A text of the template, with this plugin's words.
fn fill(text: &str, id: &str, sdk: &Path) -> String {
    let words: Vec<_> = id.split('-').collect();
    let mut name = words.join(" ");
    name[..1].make_ascii_uppercase();
    let capitalised = |word: &&str| word[..1].to_ascii_uppercase() + &word[1..];
    let ty: String = words.iter().map(capitalised).collect();
    text.replace("my-plugin", id)
        .replace("my_plugin", &id.replace('-', "_"))
        .replace("MyPlugin", &ty)
        .replace("My plugin", &name)
        .replace("path/to/sdk", &sdk.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_kebab_case() {
        for id in ["a", "free-delivery", "buy-2-get-1"] {
            assert!(check_id(id).is_ok(), "{id}");
        }
        for id in ["", "-", "a-", "2-for-1", "A", "a_b", "a b", "../a", &"a".repeat(65)] {
            assert!(check_id(id).is_err(), "{id}");
        }
    }

    #[test]
    fn the_words_of_the_template_become_those_of_the_plugin() {
        let text = fill("my-plugin my_plugin MyPlugin My plugin path/to/sdk", "free-delivery", Path::new("/sdk"));
        assert_eq!(text, "free-delivery free_delivery FreeDelivery Free delivery /sdk");
    }

    #[test]
    fn an_existing_folder_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("mine")).unwrap();
        let options = Options { id: "mine".into(), parent: parent.path().into(), sdk: None };
        assert!(run(&options).unwrap_err().to_string().contains("there already"));
    }
}
