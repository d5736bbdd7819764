//! The book of points, without its database: what a holding is worth at an instant, and which postings an entry makes.
//!
//! Points are a liability, so the book is kept as accountants do. An *entry* is one thing that happened; its *postings*
//! move points between *books* and sum to zero; nothing is ever changed, only added. Granted points form a *lot*, and
//! what is left of a lot is the sum of its postings.
//!
//! Time moves no row. Whether a lot is pending, available or expired is read off its two instants, and a deficit that
//! meanwhile became covered by a lot falling due is worked out by [`Holding::settle`]: readers do that in memory, and the
//! next write posts it.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`holding`] | lots and deficit of one holder, folded at an instant |
//! | [`spend`] | which lots points are taken from |
//! | [`reverse`] | taking back what an order earned, and who stands in for a lot that is spent |
//! | [`restore`] | giving back what an order was paid with |
//! | [`report`] | trial balance, liability by month of expiry, breakage |

pub mod holding;
pub mod report;
pub mod restore;
pub mod reverse;
pub mod spend;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use holding::{Holding, Lot};
pub use report::{Books, MonthOfExpiry};

use crate::clock::Instant;
use crate::store::StoreError;

/// The most points that one entry may move. Sums of millions of entries stay far from overflowing.
pub const MOST_POINTS: i64 = 1_000_000_000_000;

/// The writer of entries that no extension asked for.
pub const HOST: &str = "host:shop";

/// Where points can be. A balance above zero is points that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Book {
    /// Where granted points come from; always below zero.
    Issued,
    /// What is left of a lot.
    Lot,
    /// What a holder owes; below zero while something is owed.
    Deficit,
    /// What orders were paid with.
    Spent,
    /// What was taken back.
    Reversed,
    /// What should have been taken back and was let go; below zero.
    Forgiven,
}

impl Book {
    /// The name in the store.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Lot => "lot",
            Self::Deficit => "deficit",
            Self::Spent => "spent",
            Self::Reversed => "reversed",
            Self::Forgiven => "forgiven",
        }
    }
}

/// Why an entry was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Points were granted.
    Earn,
    /// An order was paid with points.
    Spend,
    /// Points that an order earned were taken back.
    Reverse,
    /// Points that an order was paid with were given back.
    Restore,
    /// Lots expire at another time.
    Extend,
    /// Staff corrected the balance.
    Adjust,
    /// Points that became available made good what was owed.
    Absorb,
}

impl EntryKind {
    const ALL: [Self; 7] =
        [Self::Earn, Self::Spend, Self::Reverse, Self::Restore, Self::Extend, Self::Adjust, Self::Absorb];

    /// The name in the store.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Earn => "earn",
            Self::Spend => "spend",
            Self::Reverse => "reverse",
            Self::Restore => "restore",
            Self::Extend => "extend",
            Self::Adjust => "adjust",
            Self::Absorb => "absorb",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One movement of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Where the points go to, or come from if there are fewer than none.
    pub book: Book,
    /// Whose lots and deficit are concerned.
    pub account: String,
    /// The lot concerned.
    pub lot: Option<String>,
    /// The order's line concerned.
    pub line: Option<String>,
    /// The lot that this posting stands in for.
    pub cause: Option<String>,
    /// How many.
    pub points: i64,
}

impl Posting {
    /// A movement in a book that concerns no lot.
    #[must_use]
    pub fn new(book: Book, account: &str, points: i64) -> Self {
        Self { book, account: account.to_owned(), lot: None, line: None, cause: None, points }
    }

    /// Names the lot concerned.
    #[must_use]
    pub fn of_lot(self, lot: &str) -> Self {
        Self { lot: Some(lot.to_owned()), ..self }
    }

    /// Names the order's line concerned; an empty name is none.
    #[must_use]
    pub fn of_line(self, line: &str) -> Self {
        Self { line: (!line.is_empty()).then(|| line.to_owned()), ..self }
    }

    /// Names the lot that is stood in for.
    #[must_use]
    pub fn because_of(self, lot: &str) -> Self {
        Self { cause: Some(lot.to_owned()), ..self }
    }
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It stands in the book now, under this id.
    New(String),
    /// An entry with its key stood there already, and nothing was changed.
    Known,
}

/// An entry as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistoryEntry {
    /// The entry's id; ids sort by time.
    pub id: String,
    /// When it was written.
    pub at: Instant,
    /// What happened.
    pub kind: EntryKind,
    /// What it changed the holder's points by.
    pub points: i64,
    /// The order concerned.
    pub order: Option<String>,
    /// The rule that gave or took the points.
    pub rule: String,
    /// Why, in plain words.
    pub reason: String,
    /// When the points can be spent, for granted ones.
    pub available_at: Option<Instant>,
    /// When what is left of them expires, for granted ones that do.
    pub expires_at: Option<Instant>,
}

/// Why the book refused an entry. Nothing was written.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More points were to be spent than are available.
    #[error("{asked} points were to be spent and {available} are available; ask for fewer")]
    NotEnough {
        /// Points asked for.
        asked: i64,
        /// Points that can be spent.
        available: i64,
    },
    /// The points are kept for an address that nobody has proved.
    #[error("these points are held until their holder has proved the e-mail address; sign in first")]
    Held,
    /// More was to be taken back than the order has earned on that line and kept.
    #[error(
        "{asked} points were to be taken back from line {line:?} and {left} are left of what it earned; ask points.of-order first"
    )]
    NothingToReverse {
        /// The order's line; empty for points of no line.
        line: String,
        /// Points asked for.
        asked: i64,
        /// Points that can be taken back.
        left: i64,
    },
    /// More was to be given back than the order was paid with.
    #[error(
        "{asked} points were to be given back and {left} are left of what the order was paid with; ask points.of-order first"
    )]
    NothingToRestore {
        /// Points asked for.
        asked: i64,
        /// Points that can be given back.
        left: i64,
    },
    /// The shares of the lines do not make up the grant.
    #[error(
        "the shares of the lines sum to {shares} and the grant is of {points} points; make them equal or give no shares"
    )]
    SharesDoNotSum {
        /// What the shares sum to.
        shares: i64,
        /// The points granted.
        points: i64,
    },
    /// More points than an entry may move.
    #[error("an entry moves at most {MOST_POINTS} points; split it or correct it")]
    TooMany,
    /// A correction by staff without a reason or without its author.
    #[error("a correction needs a reason and somebody who answers for it; give both")]
    Unexplained,
    /// A bug: the postings of an entry do not sum to zero.
    #[error("the postings of an entry do not sum to zero; nothing was written; report this")]
    Unbalanced,
}

/// A number of points from outside, within what the book takes.
pub(crate) fn checked(points: u64) -> Result<i64, LedgerError> {
    i64::try_from(points).ok().filter(|points| *points <= MOST_POINTS).ok_or(LedgerError::TooMany)
}
