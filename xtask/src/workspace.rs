//! Where things are, and how a command is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The repository, and what cargo says about it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target directory, wherever the developer has put it.
    pub(crate) target: PathBuf,
    packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder that holds its `Cargo.toml`.
    pub(crate) folder: PathBuf,
    /// Whether it builds a dynamic library, as every component does.
    pub(crate) is_cdylib: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One dependency of a crate, of any kind.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Set for a dependency on a folder.
    pub(crate) path: Option<PathBuf>,
}

impl Workspace {
    /// Opens the repository this program was built from.
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no folder above it")?.to_owned();
        let metadata = metadata(&root)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
        Ok(Self { target: target.into(), packages: packages(&metadata)?, root })
    }

    /// The extensions that ship: the crates under `components/` that build a component.
    pub(crate) fn components(&self) -> Vec<Package> {
        let folder = self.root.join("components");
        let is_component = |package: &&Package| package.is_cdylib && package.folder.starts_with(&folder);
        self.packages.iter().filter(is_component).cloned().collect()
    }

    /// The third-party plugins: folders under `examples/plugins/`, each a workspace of its own.
    pub(crate) fn plugins(&self) -> Result<Vec<Package>> {
        let folder = self.root.join("examples/plugins");
        let mut found = Vec::new();
        for manifest in manifests_one_level_below(&folder)? {
            found.extend(packages(&metadata(&manifest)?)?);
        }
        Ok(found)
    }

    /// Where built components are put.
    pub(crate) fn component_folder(&self) -> PathBuf {
        self.target.join("components")
    }

    /// Where the plugins are built: apart from the workspace, as on an outsider's machine, but shared among them.
    pub(crate) fn plugin_target(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// A cargo command at the root of the repository.
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = cargo(&self.root);
        command.args(arguments);
        command
    }
}

/// A cargo command in `folder`: the same cargo that runs this program.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Runs a command in the open, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    eprintln!("▸ {line}");
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed: see its output above ({status})");
    Ok(())
}

/// Runs a command and gives what it printed. Its errors stay visible.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("could not start `{line}`"))?;
    ensure!(output.status.success(), "`{line}` failed: see its output above ({})", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed invalid UTF-8"))
}

/// The command as somebody would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// What cargo says about the workspace or crate in `folder`, without resolving any dependency.
pub(crate) fn metadata(folder: &Path) -> Result<Value> {
    let mut command = cargo(folder);
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    serde_json::from_str(&capture(&mut command)?).context("cargo metadata printed no JSON")
}

/// The crates listed by [`metadata`].
pub(crate) fn packages(metadata: &Value) -> Result<Vec<Package>> {
    let list = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    list.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let (Some(name), Some(manifest)) = (value["name"].as_str(), value["manifest_path"].as_str()) else {
        bail!("cargo metadata lists a package with no name or no manifest: {value}");
    };
    let folder = Path::new(manifest).parent().context("a manifest is in no folder")?;
    let is_cdylib =
        array(&value["targets"]).flat_map(|target| array(&target["crate_types"])).any(|kind| kind == "cdylib");
    let dependencies = array(&value["dependencies"])
        .filter_map(|dependency| {
            Some(Dependency {
                name: dependency["name"].as_str()?.to_owned(),
                path: dependency["path"].as_str().map(PathBuf::from),
            })
        })
        .collect();
    Ok(Package { name: name.to_owned(), folder: folder.to_owned(), is_cdylib, dependencies })
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The folders directly below `folder` that hold a `Cargo.toml`, in order of name; none if there is no `folder`.
pub(crate) fn manifests_one_level_below(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder)
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
        .with_context(|| format!("could not list {}", folder.display()))?;
    let mut found: Vec<_> = entries.iter().map(std::fs::DirEntry::path).collect();
    found.retain(|path| path.join("Cargo.toml").is_file());
    found.sort();
    Ok(found)
}
