//! The manifest as it goes into a component: without the space between its parts.
//!
//! A manifest is written to be read by people, and every shop that has the extension stores it, so what only makes it
//! readable stays outside. [`extension!`](crate::extension) does that while it compiles.

/// The length of a JSON text without the space between its parts.
pub const fn minified_length(text: &[u8]) -> usize {
    let mut reader = Reader::new();
    let (mut at, mut length) = (0, 0);
    while at < text.len() {
        length += reader.keeps(text[at]) as usize;
        at += 1;
    }
    length
}

/// A JSON text without the space between its parts; `LENGTH` is its [`minified_length`].
pub const fn minified<const LENGTH: usize>(text: &[u8]) -> [u8; LENGTH] {
    let mut reader = Reader::new();
    let mut minified = [0; LENGTH];
    let (mut at, mut next) = (0, 0);
    while at < text.len() {
        if reader.keeps(text[at]) {
            minified[next] = text[at];
            next += 1;
        }
        at += 1;
    }
    minified
}

/// Where in a JSON text somebody is who reads it byte by byte.
struct Reader {
    in_string: bool,
    after_backslash: bool,
}

impl Reader {
    const fn new() -> Self {
        Self { in_string: false, after_backslash: false }
    }

    /// Whether the next byte belongs to the text: everything does but space outside of strings.
    const fn keeps(&mut self, byte: u8) -> bool {
        if !self.in_string {
            self.in_string = byte == b'"';
            return !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        }
        if self.after_backslash {
            self.after_backslash = false;
        } else {
            self.after_backslash = byte == b'\\';
            self.in_string = byte != b'"';
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! minify {
        ($text:expr) => {
            minified::<{ minified_length($text) }>($text)
        };
    }

    #[test]
    fn only_space_outside_of_strings_goes() {
        assert_eq!(minify!(b"{ \"a b\" :\r\n\t[1, 2]}\n").as_slice(), b"{\"a b\":[1,2]}");
        assert_eq!(minify!(br#"["\" , \\", "x"] "#).as_slice(), br#"["\" , \\","x"]"#);
        assert_eq!(minify!(b"").as_slice(), b"");
    }

    #[test]
    fn it_means_the_same() {
        const TEXT: &[u8] = include_bytes!("../tests/manifest.json");
        let value = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&minify!(TEXT)), value(TEXT));
    }
}
