//! Takes out of a component what only tools read.
//!
//! The names of a component's parts and the list of tools that made it are a tenth of it, and nothing that runs it looks
//! at them. The manifest is such a section as well, and stays.

use anyhow::{Context, Result, bail, ensure};

/// The custom section that the host reads.
const KEPT: &[u8] = b"boomerang:manifest";

/// A component without its custom sections, in all of its modules, but for the manifest.
pub(crate) fn strip(component: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader(component);
    let header = reader.take(8)?;
    // The last two bytes of the header tell a module from a component, whose parts count differently.
    let is_component = match header[6..] {
        [0, 0] => false,
        [1, 0] => true,
        _ => bail!("neither a WebAssembly module nor a component"),
    };
    let mut stripped = header.to_vec();
    while !reader.0.is_empty() {
        let id = reader.take(1)?[0];
        let length = reader.number()?;
        let section = reader.take(length)?;
        match (id, is_component) {
            (0, _) if Reader(section).name()? != KEPT => {}
            // A module or a component within.
            (1 | 4, true) => append(&mut stripped, id, &strip(section)?),
            _ => append(&mut stripped, id, section),
        }
    }
    Ok(stripped)
}

fn append(binary: &mut Vec<u8>, id: u8, section: &[u8]) {
    binary.push(id);
    let mut length = section.len();
    while length >= 0x80 {
        binary.push(length as u8 | 0x80);
        length >>= 7;
    }
    binary.push(length as u8);
    binary.extend_from_slice(section);
}

/// The part of a binary that has not been read yet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the component breaks off")?;
        self.0 = rest;
        Ok(taken)
    }

    /// An unsigned LEB128 number of 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a length in the component has too many digits")
    }

    fn name(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        ensure!(length <= self.0.len(), "a custom section's name is longer than the section");
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &[u8] = b"\0asm\x01\0\0\0";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn custom(name: &str, content: &[u8]) -> Vec<u8> {
        let mut section = vec![name.len() as u8];
        section.extend_from_slice(name.as_bytes());
        section.extend_from_slice(content);
        let mut whole = Vec::new();
        append(&mut whole, 0, &section);
        whole
    }

    /// A module with a type section of 200 bytes, so that lengths take two bytes, and these sections after it.
    fn module(customs: &[Vec<u8>]) -> Vec<u8> {
        let mut module = MODULE.to_vec();
        append(&mut module, 1, &[7; 200]);
        customs.iter().for_each(|section| module.extend_from_slice(section));
        module
    }

    #[test]
    fn the_manifest_is_all_that_stays_of_the_custom_sections() {
        let manifest = custom("boomerang:manifest", b"{}");
        let component = |of: &[Vec<u8>], inner: &[Vec<u8>]| {
            let mut component = COMPONENT.to_vec();
            append(&mut component, 1, &module(inner));
            of.iter().for_each(|section| component.extend_from_slice(section));
            component
        };
        let others = [custom("component-name", &[1; 300]), manifest.clone(), custom("producers", b"x")];
        let kept = [manifest];
        assert_eq!(strip(&component(&others, &others)).unwrap(), component(&kept, &kept));
        assert_eq!(strip(&component(&kept, &[])).unwrap(), component(&kept, &[]));
    }

    #[test]
    fn what_is_no_component_is_refused() {
        assert!(strip(b"").is_err());
        assert!(strip(b"\0asm\x01\0\x07\0").is_err());
        let mut broken = module(&[]);
        broken.pop();
        assert!(strip(&broken).unwrap_err().to_string().contains("breaks off"));
    }
}
