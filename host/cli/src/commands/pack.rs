//! `boomerang pack`: puts a manifest into a component.
//!
//! The SDK's `extension!` macro does this while the component is built; this is for every other language.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use boomerang_engine::Manifest;

/// Where the host reads the manifest from.
const SECTION: &str = "boomerang:manifest";
/// The id of a custom section, at the top level of a component as in a module.
const CUSTOM: u8 = 0;
/// The magic number and version that every component begins with.
const HEADER: usize = 8;

/// What to pack.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The component
    component: PathBuf,
    /// The manifest, as JSON
    #[arg(long, short, default_value = "manifest.json")]
    manifest: PathBuf,
    /// Where to write the result [default: the component itself]
    #[arg(long, short)]
    output: Option<PathBuf>,
}

/// Checks the manifest, writes it into the component, and says where that is.
pub(crate) fn run(options: &Options) -> Result<()> {
    let component = super::read(&options.component)?;
    let manifest = super::read(&options.manifest)?;
    let parsed = Manifest::parse(&manifest).with_context(|| format!("{}", options.manifest.display()))?;
    let packed = pack(&component, &manifest).with_context(|| format!("{}", options.component.display()))?;
    let output = options.output.as_ref().unwrap_or(&options.component);
    fs::write(output, &packed).with_context(|| format!("could not write {}", output.display()))?;
    println!("{} {} is in {}", parsed.id, parsed.version, output.display());
    Ok(())
}

/// The component with this manifest, in the place of one that was packed before.
fn pack(component: &[u8], manifest: &[u8]) -> Result<Vec<u8>> {
    ensure!(
        component.starts_with(b"\0asm\x0d\0\x01\0"),
        "this is not a component: build for wasm32-wasip2, or wrap the core module with `wasm-tools component new`"
    );
    let mut content = leb128(SECTION.len());
    content.extend(SECTION.as_bytes());
    content.extend(manifest);
    // The host takes the first it finds, so this one stands before one that a module inside may hold.
    let mut packed = component[..HEADER].to_vec();
    packed.push(CUSTOM);
    packed.extend(leb128(content.len()));
    packed.extend(content);
    let mut rest = &component[HEADER..];
    while !rest.is_empty() {
        let (section, after) = split_section(rest).context("the component is cut off or damaged: build it again")?;
        if name(section) != Some(SECTION.as_bytes()) {
            packed.extend(section);
        }
        rest = after;
    }
    Ok(packed)
}

/// The first section with its head, and what comes after it.
fn split_section(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, head) = read_leb128(bytes.get(1..)?)?;
    let end = length.checked_add(head)?.checked_add(1)?;
    (end <= bytes.len()).then(|| bytes.split_at(end))
}

/// The name of a custom section; none for another one.
fn name(section: &[u8]) -> Option<&[u8]> {
    let (&CUSTOM, rest) = section.split_first()? else { return None };
    let (_, head) = read_leb128(rest)?;
    let content = &rest[head..];
    let (length, head) = read_leb128(content)?;
    content.get(head..head.checked_add(length)?)
}

/// A number in LEB128, and how many bytes it took.
fn read_leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (index, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

fn leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component, with one custom section of its own.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0\0\x05\x04name";

    #[test]
    fn a_manifest_is_added_once_and_before_all_else() {
        let first = pack(COMPONENT, b"{\"a\":1}").unwrap();
        assert!(first.ends_with(&COMPONENT[HEADER..]), "nothing else changes");
        let second = pack(&first, b"{}").unwrap();
        let section = b"\0\x15\x12boomerang:manifest{}";
        assert_eq!(second, [&COMPONENT[..HEADER], section, &COMPONENT[HEADER..]].concat());
    }

    #[test]
    fn a_long_manifest_keeps_its_length() {
        let manifest = vec![b' '; 100_000];
        let packed = pack(COMPONENT, &manifest).unwrap();
        let (section, rest) = split_section(&packed[HEADER..]).unwrap();
        assert!(section.ends_with(&manifest));
        assert_eq!((name(section), rest), (Some(SECTION.as_bytes()), &COMPONENT[HEADER..]));
    }

    #[test]
    fn a_core_module_is_refused_with_a_way_out() {
        let error = pack(b"\0asm\x01\0\0\0", b"{}").unwrap_err().to_string();
        assert!(error.contains("wasm-tools component new"), "{error}");
    }

    #[test]
    fn a_damaged_component_is_refused() {
        for cut in HEADER + 1..COMPONENT.len() {
            assert!(pack(&COMPONENT[..cut], b"{}").is_err(), "cut at {cut}");
        }
        assert!(pack(b"\0asm\x0d\0\x01\0\0\xff\xff\xff\xff\xff\xff", b"{}").is_err());
    }
}
