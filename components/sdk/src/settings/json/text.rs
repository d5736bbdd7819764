//! The characters of a JSON text: white space, words, whole numbers and strings.

use alloc::string::String;

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
        loop {
            match self.rest.bytes().next() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip(),
                next => return next,
            }
        }
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

    /// Goes to the next entry of a list or a group: past the opening bracket before the first one, past a comma before
    /// the others. False, past the closing bracket, where there is none.
    pub(super) fn next_entry(&mut self, close: u8, first: bool) -> Result<bool, Error> {
        if first {
            self.skip();
        }
        match self.peek() {
            Some(next) if next == close => {
                self.skip();
                return Ok(false);
            }
            Some(b',') if !first => self.skip(),
            _ if first => {}
            _ => return Err(Error::unexpected()),
        }
        Ok(true)
    }

    /// The name of an entry, and the colon after it.
    pub(super) fn name(&mut self) -> Result<String, Error> {
        if self.peek() != Some(b'"') {
            return Err(Error::unexpected());
        }
        let name = self.string()?;
        if self.peek() != Some(b':') {
            return Err(Error::unexpected());
        }
        self.skip();
        Ok(name)
    }

    /// A whole number.
    pub(super) fn whole(&mut self) -> Result<i64, Error> {
        let (sign, digits) = match self.rest.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.rest),
        };
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        self.rest = digits;
        let (digits, rest) = self.split(length);
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err(Error::unexpected());
        }
        if rest.starts_with(['.', 'e', 'E']) {
            return Err(Error::new("enter a whole number"));
        }
        self.rest = rest;
        // Summed up with its sign, so that the smallest number fits too.
        digits
            .bytes()
            .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(sign * i64::from(digit - b'0')))
            .ok_or_else(|| Error::new("this number is too large"))
    }

    /// What is left, in front of and behind a place that lies between two characters.
    fn split(&self, place: usize) -> (&'de str, &'de str) {
        self.rest.split_at_checked(place).unwrap_or(("", ""))
    }

    /// A string, its opening quote being the next character.
    pub(super) fn string(&mut self) -> Result<String, Error> {
        self.skip();
        let mut whole = String::new();
        loop {
            let length = self.rest.bytes().take_while(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\').count();
            let (plain, rest) = self.split(length);
            self.rest = rest;
            whole.push_str(plain);
            match rest.bytes().next() {
                Some(b'"') => {
                    self.skip();
                    return Ok(whole);
                }
                Some(b'\\') => {
                    self.skip();
                    whole.push(self.escaped()?);
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
