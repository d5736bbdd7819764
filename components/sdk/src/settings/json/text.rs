//! The characters of a JSON text: white space, words, whole numbers and strings.

use alloc::borrow::Cow;

use super::Error;

/// What is left of the text.
pub(super) struct Text<'de> {
    rest: &'de str,
}

impl<'de> Text<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { rest: text }
    }

    /// The next character that is not white space; none at the end.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    /// Goes past a character of one byte that [`peek`](Self::peek) has found.
    pub(super) fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or("");
    }

    /// Goes past a word.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Error> {
        self.rest = self.rest.strip_prefix(word).ok_or_else(Error::unexpected)?;
        Ok(())
    }

    /// A whole number from 0 up.
    pub(super) fn natural(&mut self) -> Result<u64, Error> {
        let digits = self.digits()?;
        digits.parse().map_err(|_| Error::new("this number is too large"))
    }

    /// A whole number with a minus sign.
    pub(super) fn negative(&mut self) -> Result<i64, Error> {
        self.skip();
        0_i64.checked_sub_unsigned(self.natural()?).ok_or_else(|| Error::new("this number is too small"))
    }

    /// What is left, in front of and behind a place that lies between two characters.
    fn split(&self, place: usize) -> (&'de str, &'de str) {
        self.rest.split_at_checked(place).unwrap_or(("", ""))
    }

    fn digits(&mut self) -> Result<&'de str, Error> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.split(length);
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err(Error::unexpected());
        }
        if rest.starts_with(['.', 'e', 'E']) {
            return Err(Error::new("enter a whole number"));
        }
        self.rest = rest;
        Ok(digits)
    }

    /// A string, its opening quote being the next character.
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        self.skip();
        let mut whole = Cow::Borrowed("");
        loop {
            let length = self.rest.bytes().take_while(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\').count();
            let (plain, rest) = self.split(length);
            self.rest = rest;
            whole += plain;
            match rest.bytes().next() {
                Some(b'"') => {
                    self.skip();
                    return Ok(whole);
                }
                Some(b'\\') => {
                    self.skip();
                    whole.to_mut().push(self.escaped()?);
                }
                _ => return Err(Error::unexpected()),
            }
        }
    }

    /// The character that an escape stands for, past the backslash.
    fn escaped(&mut self) -> Result<char, Error> {
        let kind = self.rest.bytes().next().ok_or_else(Error::unexpected)?;
        if !kind.is_ascii() {
            return Err(Error::unexpected());
        }
        self.skip();
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.hexadecimal()?;
                // A character outside the basic plane is written as two halves.
                if (0xd800..0xdc00).contains(&code) {
                    self.word("\\u")?;
                    let low = self.hexadecimal()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(Error::unexpected());
                    }
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                }
                char::from_u32(code).ok_or_else(Error::unexpected)?
            }
            _ => return Err(Error::unexpected()),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.rest.chars().next().and_then(|digit| digit.to_digit(16));
            code = code * 16 + digit.ok_or_else(Error::unexpected)?;
            self.skip();
        }
        Ok(code)
    }
}
