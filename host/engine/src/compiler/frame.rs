//! What host and worker say to each other: one request, one answer, lengths first.

use std::io::{self, Read, Write};

const REQUEST: &[u8; 16] = b"boomerang-job-01";
const ANSWER: &[u8; 16] = b"boomerang-ans-01";
/// Bytes of a sentence from the worker.
const WORDS: u64 = 4 << 10;

/// What the worker is asked, before the bytes of the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) cpu_seconds: u64,
    pub(super) memory: u64,
    /// A setting of the pool that the code depends on.
    pub(super) copy_on_write: bool,
    /// What the host's code has to be compatible with.
    pub(super) fingerprint: [u8; 32],
    /// Bytes of the component.
    pub(super) size: u64,
}

impl Request {
    pub(super) fn write(&self, mut to: impl Write) -> io::Result<()> {
        to.write_all(REQUEST)?;
        to.write_all(&self.cpu_seconds.to_le_bytes())?;
        to.write_all(&self.memory.to_le_bytes())?;
        to.write_all(&[u8::from(self.copy_on_write)])?;
        to.write_all(&self.fingerprint)?;
        to.write_all(&self.size.to_le_bytes())
    }

    pub(super) fn read(mut from: impl Read) -> io::Result<Self> {
        expect(&mut from, REQUEST)?;
        Ok(Self {
            cpu_seconds: number(&mut from)?,
            memory: number(&mut from)?,
            copy_on_write: bytes::<1>(&mut from)? != [0],
            fingerprint: bytes(&mut from)?,
            size: number(&mut from)?,
        })
    }
}

/// What the worker answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Machine code.
    Code(Vec<u8>),
    /// The component cannot be compiled, in words.
    Refused(String),
    /// The worker itself failed, in words.
    Failed(String),
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// More code than the host takes.
    TooLarge,
    /// It ended before it was complete, or is something else.
    Broken,
}

impl Answer {
    pub(super) fn write(&self, mut to: impl Write) -> io::Result<()> {
        let (kind, bytes) = match self {
            Self::Code(code) => (0, code.as_slice()),
            Self::Refused(words) => (1, words.as_bytes()),
            Self::Failed(words) => (2, words.as_bytes()),
        };
        to.write_all(ANSWER)?;
        to.write_all(&[kind])?;
        to.write_all(&(bytes.len() as u64).to_le_bytes())?;
        to.write_all(bytes)?;
        to.flush()
    }

    /// Reads an answer of at most `most` bytes of code.
    pub(super) fn read(mut from: impl Read, most: usize) -> Result<Self, NoAnswer> {
        let broken = |_: io::Error| NoAnswer::Broken;
        expect(&mut from, ANSWER).map_err(broken)?;
        let [kind] = bytes::<1>(&mut from).map_err(broken)?;
        let size = number(&mut from).map_err(broken)?;
        if size > if kind == 0 { most as u64 } else { WORDS } {
            return Err(NoAnswer::TooLarge);
        }
        let mut body = Vec::new();
        from.take(size).read_to_end(&mut body).map_err(broken)?;
        if body.len() as u64 != size {
            return Err(NoAnswer::Broken);
        }
        let words = |body: Vec<u8>| String::from_utf8_lossy(&body).into_owned();
        match kind {
            0 => Ok(Self::Code(body)),
            1 => Ok(Self::Refused(words(body))),
            2 => Ok(Self::Failed(words(body))),
            _ => Err(NoAnswer::Broken),
        }
    }
}

fn expect(from: impl Read, magic: &[u8; 16]) -> io::Result<()> {
    if bytes::<16>(from)? == *magic {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "this does not speak the protocol of the compile worker"))
}

fn number(from: impl Read) -> io::Result<u64> {
    bytes(from).map(u64::from_le_bytes)
}

fn bytes<const N: usize>(mut from: impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(answer: &Answer) -> Vec<u8> {
        let mut bytes = Vec::new();
        answer.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn requests_and_answers_arrive_as_they_were_sent() {
        let request =
            Request { cpu_seconds: 60, memory: 1 << 30, copy_on_write: true, fingerprint: [7; 32], size: 1_000 };
        let mut bytes = Vec::new();
        request.write(&mut bytes).unwrap();
        assert_eq!(Request::read(bytes.as_slice()).unwrap(), request);
        for answer in [Answer::Code(vec![1, 2, 3]), Answer::Refused("no".into()), Answer::Failed("sorry".into())] {
            assert_eq!(Answer::read(written(&answer).as_slice(), 3).unwrap(), answer);
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_is_none() {
        let whole = written(&Answer::Code(vec![1; 100]));
        for end in 0..whole.len() {
            assert!(matches!(Answer::read(&whole[..end], 100), Err(NoAnswer::Broken)), "cut at {end}");
        }
    }

    #[test]
    fn an_answer_that_is_too_large_is_not_read() {
        assert!(matches!(Answer::read(written(&Answer::Code(vec![1; 101])).as_slice(), 100), Err(NoAnswer::TooLarge)));
        let flood = Answer::Refused("x".repeat(WORDS as usize + 1));
        assert!(matches!(Answer::read(written(&flood).as_slice(), 1 << 20), Err(NoAnswer::TooLarge)));
    }
}
