//! What is outside the server and lives on when it is killed: the payment provider and the recipients' mailboxes. Each is
//! a file that is only appended to.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use boomerang_shop::gateway::{Authorisation, Card, CardToken, Gateway, GatewayError, TestGateway};
use boomerang_shop::mail::{Outgoing, SendError, Transport};
use boomerang_shop::money::Money;

use crate::point::pass;

/// A file of lines. One line is one write, so a kill leaves it whole.
struct Journal(File);

impl Journal {
    fn open(path: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path).unwrap())
    }

    fn write(&self, words: &[&str]) {
        (&self.0).write_all(format!("{}\n", words.join("\t")).as_bytes()).unwrap();
    }
}

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The payment provider: the test gateway, which remembers over restarts what it was asked.
pub(crate) struct Bank {
    inner: TestGateway,
    journal: Journal,
}

fn bank_file(folder: &Path) -> PathBuf {
    folder.join("bank")
}

impl Bank {
    pub(crate) async fn open(folder: &Path) -> Self {
        let inner = TestGateway::new();
        for line in lines(&bank_file(folder)) {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            let known = match words[..] {
                ["authorise", key, token, amount, currency] => {
                    let token = CardToken::new(token).unwrap();
                    inner.authorise(key, &token, amount.parse().unwrap(), currency).await.map(drop)
                }
                ["capture", key, id, amount] => inner.capture(key, id, amount.parse().unwrap()).await,
                ["refund", key, id, amount] => inner.refund(key, id, amount.parse().unwrap()).await,
                ["void", key, id] => inner.void(key, id).await,
                _ => panic!("the bank's file holds {words:?}"),
            };
            known.expect("what was done once can be done again");
        }
        Self { inner, journal: Journal::open(&bank_file(folder)) }
    }

    /// What was taken and what was given back for each authorisation, under however many keys.
    pub(crate) fn moved(folder: &Path) -> BTreeMap<String, (Money, Money)> {
        let mut moved: BTreeMap<String, (Money, Money)> = BTreeMap::new();
        let mut known = std::collections::BTreeSet::new();
        for line in lines(&bank_file(folder)) {
            let (kind, key) = (line[0].clone(), line[1].clone());
            // A key that comes again is answered, and moves nothing.
            if !known.insert((kind.clone(), key)) {
                continue;
            }
            match kind.as_str() {
                "capture" => moved.entry(line[2].clone()).or_default().0 += line[3].parse::<Money>().unwrap(),
                "refund" => moved.entry(line[2].clone()).or_default().1 += line[3].parse::<Money>().unwrap(),
                _ => {}
            }
        }
        moved
    }

    async fn done(&self, words: &[&str], result: Result<(), GatewayError>) -> Result<(), GatewayError> {
        if result.is_ok() {
            self.journal.write(words);
        }
        pass("after-bank");
        result
    }
}

#[async_trait]
impl Gateway for Bank {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        self.inner.card(token).await
    }

    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        pass("before-bank");
        let made = self.inner.authorise(key, token, amount, currency).await?;
        self.done(&["authorise", key, token.expose(), &amount.to_string(), currency], Ok(())).await?;
        Ok(made)
    }

    async fn capture(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        pass("before-bank");
        let result = self.inner.capture(key, authorisation, amount).await;
        self.done(&["capture", key, authorisation, &amount.to_string()], result).await
    }

    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        pass("before-bank");
        let result = self.inner.refund(key, authorisation, amount).await;
        self.done(&["refund", key, authorisation, &amount.to_string()], result).await
    }

    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        pass("before-bank");
        let result = self.inner.void(key, authorisation).await;
        self.done(&["void", key, authorisation], result).await
    }
}

/// The post, and the mailboxes of everybody.
pub(crate) struct Post(Journal);

impl Post {
    pub(crate) fn open(folder: &Path) -> Self {
        Self(Journal::open(&folder.join("post")))
    }

    /// How often each mail has arrived.
    pub(crate) fn arrived(folder: &Path) -> BTreeMap<String, u32> {
        let mut arrived = BTreeMap::new();
        for line in lines(&folder.join("post")) {
            *arrived.entry(line[0].clone()).or_default() += 1;
        }
        arrived
    }
}

#[async_trait]
impl Transport for Post {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        pass("before-mail");
        self.0.write(&[&mail.id]);
        pass("after-mail");
        Ok(())
    }
}
