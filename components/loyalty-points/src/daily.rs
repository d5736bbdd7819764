//! The daily round: birthdays, warnings before points expire, and the figures of the reports.
//!
//! The round walks all members, then what expires soon, a page at a time. Each page is a transaction of its own, and the
//! cursor carries what the pages before it counted; the last page keeps the result for the reports.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::customers::Profile;
use boomerang_sdk::joined;
use boomerang_sdk::messages::{Action, Message};
use boomerang_sdk::points::Expiring;
use boomerang_sdk::text::digits;
use boomerang_sdk::types::{Fault, Instant, Tick};

use crate::date::Date;
use crate::desk::{Reads, Writes};
use crate::fields::{Fields, Walk, group, pack, unpack};
use crate::limits::rule;
use crate::member::Member;
use crate::people::{Bonus, give};
use crate::settings::{ExpiryPolicy, Settings};
use crate::words;

/// The tick's name in the manifest.
pub const DAILY: &str = "daily";

/// Where the latest round left its figures.
pub const SUMMARY: &str = "summary";

/// Members on a page; a member takes a few dozen readings where tiers have days of grace.
const MEMBERS: u32 = 20;

/// Warnings on a page.
const WARNINGS: u32 = 50;

/// A birthday is celebrated this many days late at most, for a round that could not be made on the day.
const LATE: i64 = 6;

/// Somebody who moves their birthday gets nothing for the new one before this many days are over.
const DAYS_BETWEEN_BIRTHDAYS: i64 = 300;

/// What a round counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// When the round was made.
    pub at: Instant,
    /// Customers who may take part.
    pub members: i64,
    /// Points that became available, less what was taken back.
    pub issued: i64,
    /// Points that can be spent or are reserved.
    pub outstanding: i64,
    /// Points that are pending or held.
    pub pending: i64,
    /// Members of each tier, by its position; the first is that of those below the lowest.
    pub tiers: Vec<i64>,
}

/// How far a round has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stage {
    /// All members are counted; now comes what expires.
    expiring: bool,
    /// The page to go on with.
    cursor: Option<String>,
    /// What has been counted of members.
    counted: Summary,
    /// Points that expire at the next midnight.
    tonight: i64,
}

impl Walk for Summary {
    fn walk(&mut self, fields: &mut dyn Fields) {
        let Self { at, members, issued, outstanding, pending, .. } = self;
        for number in [at, members, issued, outstanding, pending] {
            fields.number("", number, i64::MIN, i64::MAX);
        }
        let mut tiers = self.tiers.len();
        fields.list("", &mut tiers);
        self.tiers.resize(tiers, 0);
        for members in &mut self.tiers {
            fields.number("", members, 0, i64::MAX);
        }
        fields.leave();
    }
}

impl Walk for Stage {
    fn walk(&mut self, fields: &mut dyn Fields) {
        fields.switch("", &mut self.expiring);
        let mut more = self.cursor.is_some();
        fields.switch("", &mut more);
        if more {
            fields.text("", self.cursor.get_or_insert_default());
        }
        group(fields, "", &mut self.counted);
        fields.number("", &mut self.tonight, 0, i64::MAX);
    }
}

/// Does one page of a tick.
pub fn on_tick(desk: &impl Writes, settings: &Settings, tick: &Tick) -> Result<Option<String>, Fault> {
    if tick.name != DAILY {
        return Ok(None);
    }
    let stage = match &tick.cursor {
        Some(cursor) => read(cursor)?,
        None => Stage { counted: Summary { at: tick.due_at, ..Summary::default() }, ..Stage::default() },
    };
    let next = if stage.expiring {
        expiring(desk, settings, tick.due_at, stage)?
    } else {
        Some(members(desk, settings, tick.due_at, stage)?)
    };
    Ok(next.map(|mut stage| write(&mut stage)))
}

fn members(desk: &impl Writes, settings: &Settings, due_at: Instant, mut stage: Stage) -> Result<Stage, Fault> {
    let today = desk.date(due_at)?;
    let counted = &mut stage.counted;
    counted.tiers.resize(settings.tiers.levels.len() + 1, 0);
    let page = desk.profiles(stage.cursor.as_deref(), MEMBERS)?;
    for profile in page.profiles.into_iter().filter(|profile| !profile.blocked) {
        celebrate(desk, settings, &profile, today, due_at)?;
        count(desk, settings, due_at, profile, counted)?;
    }
    if page.cursor.is_none() {
        desk.remember(SUMMARY, &pack(counted))?;
        stage.expiring = true;
    }
    stage.cursor = page.cursor;
    Ok(stage)
}

fn count(
    desk: &impl Writes,
    settings: &Settings,
    now: Instant,
    profile: Profile,
    counted: &mut Summary,
) -> Result<(), Fault> {
    let holdings = desk.balance(&profile.id)?;
    counted.members += 1;
    counted.issued += desk.earned_between(&profile.id, 0, now, &[])?;
    counted.outstanding += holdings.available + holdings.reserved as i64;
    counted.pending += (holdings.pending + holdings.held) as i64;
    let standing = Member::Customer(profile).standing(desk, settings, None, now)?;
    let position = standing.level.and_then(|level| settings.tiers.levels.iter().position(|other| other.id == level.id));
    counted.tiers[position.map_or(0, |position| position + 1)] += 1;
    Ok(())
}

fn celebrate(
    desk: &impl Writes,
    settings: &Settings,
    profile: &Profile,
    today: Date,
    now: Instant,
) -> Result<(), Fault> {
    let points = settings.bonuses.birthday;
    // Only for a proved address, or accounts could be made by the dozen, each with a birthday today.
    let Some(birthday) = profile.birthday.filter(|_| points > 0 && profile.verified_at.is_some()) else {
        return Ok(());
    };
    let Some(year) = celebrated(birthday.month, birthday.day, today) else { return Ok(()) };
    let since = now - DAYS_BETWEEN_BIRTHDAYS * boomerang_sdk::time::DAY;
    if desk.earned_between(&profile.id, since, now, &[rule::BIRTHDAY.into()])? > 0 {
        return Ok(());
    }
    let bonus = Bonus {
        rule: rule::BIRTHDAY,
        points,
        key: joined!("birthday/", profile.id, "/", year),
        reason: "Happy birthday",
        at: now,
        available_at: now,
    };
    give(desk, settings, &profile.id, bonus)
}

/// The year of the birthday that is celebrated on a day. One on 29 February is on the 28th in other years.
fn celebrated(month: u8, day: u8, today: Date) -> Option<i32> {
    (0..=LATE).map(|late| today.plus_days(-late)).find_map(|date| {
        let moved = month == 2 && day == 29 && !Date::is_leap_year(date.year);
        (date.month == month && date.day == if moved { 28 } else { day }).then_some(date.year)
    })
}

fn expiring(
    desk: &impl Writes,
    settings: &Settings,
    due_at: Instant,
    mut stage: Stage,
) -> Result<Option<Stage>, Fault> {
    let today = desk.date(due_at)?;
    let midnight = desk.midnight(today.plus_days(1))?;
    // What lapses at a midnight belongs to the day before it, so that midnight is part of the span.
    let until = desk.midnight(today.plus_days(i64::from(settings.expiry.warn_days) + 1))? + 1;
    let page = desk.expiring_between(due_at, until, stage.cursor.as_deref(), WARNINGS)?;
    for entry in &page.entries {
        if entry.expires_at <= midnight {
            stage.tonight += entry.points as i64;
        }
        if settings.expiry.warn_days > 0 {
            desk.send(&warning(desk, settings, entry)?)?;
        }
    }
    if page.cursor.is_some() {
        stage.cursor = page.cursor;
        return Ok(Some(stage));
    }
    if stage.tonight > 0 {
        let before = expired_in(desk, today)?;
        desk.remember(&expired_key(today), &(before + stage.tonight).to_le_bytes())?;
    }
    Ok(None)
}

/// How many points expired in the month of a date, as far as the rounds have seen.
pub fn expired_in(desk: &impl Reads, month: Date) -> Result<i64, Fault> {
    let note = desk.recall(&expired_key(month))?;
    Ok(note.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes))
}

/// The note that counts what expired in a month.
pub fn expired_key(date: Date) -> String {
    joined!("expired/", digits(i64::from(date.year), 4), "-", digits(i64::from(date.month), 2))
}

/// One warning for what somebody loses on one day: its key is the same on every day on which the round meets it.
fn warning(desk: &impl Writes, settings: &Settings, entry: &Expiring) -> Result<Message, Fault> {
    let points = settings.name.count(entry.points);
    let last_day = words::last_day(desk, entry.expires_at)?;
    let by_inactivity = settings.expiry.policy == ExpiryPolicy::Inactivity;
    let remedy = if by_inactivity {
        "Your next order keeps all of them.".into()
    } else {
        joined!("Spend your ", settings.name.many, " at checkout before they are gone.")
    };
    Ok(Message {
        to: entry.holder.clone(),
        channel: "email".into(),
        purpose: "service".into(),
        subject: joined!(points, " of yours can be used until ", last_day),
        paragraphs: Vec::from([joined!("You have ", points, " that are valid until ", last_day, "."), remedy]),
        action: Some(Action {
            label: joined!("See your ", settings.name.many),
            page: "account".into(),
            id: String::new(),
        }),
        key: joined!("expiry/", entry.holder, "/", entry.expires_at),
        send_at: None,
        // An order renews the points, so that the warning would be wrong.
        stop_when: if by_inactivity { Vec::from(["ordered".into()]) } else { Vec::new() },
        attributes: Vec::new(),
    })
}

/// A stage as a cursor: its packed bytes in hexadecimal.
fn write(stage: &mut Stage) -> String {
    let digits = pack(stage).into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

fn read(cursor: &str) -> Result<Stage, Fault> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let bytes: Option<Vec<u8>> =
        cursor.as_bytes().chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect();
    bytes.and_then(|bytes| unpack(&bytes).ok()).ok_or_else(|| {
        Fault::new("cursor-invalid", "The daily round was handed a page it did not ask for. It starts anew tomorrow.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l5_a_birthday_is_celebrated_on_the_day_or_a_little_late() {
        let on = |year, month, day| celebrated(6, 15, Date::new(year, month, day));
        assert_eq!(on(2026, 6, 14), None);
        assert_eq!(on(2026, 6, 15), Some(2026));
        assert_eq!(on(2026, 6, 21), Some(2026));
        assert_eq!(on(2026, 6, 22), None);
    }

    #[test]
    fn l5_a_birthday_before_new_year_belongs_to_its_own_year() {
        assert_eq!(celebrated(12, 30, Date::new(2027, 1, 2)), Some(2026));
    }

    #[test]
    fn l5_a_leap_day_birthday_is_on_the_28th_in_other_years() {
        assert_eq!(celebrated(2, 29, Date::new(2027, 2, 28)), Some(2027));
        assert_eq!(celebrated(2, 29, Date::new(2028, 2, 28)), None);
        assert_eq!(celebrated(2, 29, Date::new(2028, 2, 29)), Some(2028));
    }

    #[test]
    fn a_cursor_is_read_back_and_a_broken_one_is_refused() {
        let counted = Summary { members: 7, issued: -3, tiers: Vec::from([1, 6]), ..Summary::default() };
        let mut stage = Stage { expiring: true, cursor: Some("customer-9".into()), counted, tonight: 40 };
        assert_eq!(read(&write(&mut stage)), Ok(stage));
        for broken in ["x", "0", "ff", "00ffffffff"] {
            assert_eq!(read(broken).unwrap_err().code, "cursor-invalid", "{broken}");
        }
    }
}
