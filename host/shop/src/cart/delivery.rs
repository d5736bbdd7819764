//! Delivery: which methods a cart is offered, what they cost, and the dates they promise.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::money::{MAX_AMOUNT, Money};

/// One way to send goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryMethod {
    /// The id, unique in the shop.
    pub id: String,
    /// The name that shoppers read.
    pub name: String,
    /// What it costs.
    pub fee: Money,
    /// It is free for goods worth at least this in the catalogue; none where it never is.
    #[serde(default)]
    pub free_from: Option<Money>,
    /// Countries it reaches, as ISO 3166-1 alpha-2; empty for all.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Working days it takes at least, from the day the goods are sent.
    pub min_days: u8,
    /// Working days it takes at most.
    pub max_days: u8,
    /// Orders until this minute of the day, in the shop's time zone, are sent on the same working day.
    pub cutoff_minute: u16,
}

/// A method as it is offered to one cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryOffer {
    /// The method's id.
    pub id: String,
    /// The method's name.
    pub name: String,
    /// What it costs this cart.
    pub fee: Money,
    /// The dates it promises.
    pub promise: Promise,
}

/// The dates between which goods arrive, as `2026-03-29` in the shop's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promise {
    /// The earliest date.
    pub earliest: String,
    /// The latest date.
    pub latest: String,
}

impl DeliveryMethod {
    /// What a new shop starts with: anywhere, free of charge, in 2 to 4 working days.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            id: "standard".into(),
            name: "Standard delivery".into(),
            fee: 0,
            free_from: None,
            countries: Vec::new(),
            min_days: 2,
            max_days: 4,
            cutoff_minute: 14 * 60,
        }
    }

    /// What is wrong with what the merchant entered.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let money = 0..=MAX_AMOUNT;
        let rules = [
            (!self.id.trim().is_empty() && self.id.len() <= 64, "give every method an id of 1 to 64 characters"),
            (!self.name.trim().is_empty(), "give every method a name"),
            (money.contains(&self.fee), "the fee must be 0 or more"),
            (self.free_from.is_none_or(|from| money.contains(&from)), "the free-from amount must be 0 or more"),
            (self.min_days <= self.max_days && self.max_days <= 90, "use at most 90 days, the fewest first"),
            (self.cutoff_minute <= 24 * 60, "the cut-off is a minute of the day, 0 to 1440"),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, message)| Err(message))
    }

    /// Whether the method reaches a country. An unknown country is not refused yet.
    #[must_use]
    pub fn reaches(&self, country: Option<&str>) -> bool {
        self.countries.is_empty() || country.is_none_or(|code| self.countries.iter().any(|known| known == code))
    }

    /// What the method costs for goods worth `goods` in the catalogue.
    #[must_use]
    pub fn fee_for(&self, goods: Money) -> Money {
        if self.free_from.is_some_and(|from| goods >= from) { 0 } else { self.fee }
    }

    /// The dates promised for an order placed at `now`.
    #[must_use]
    pub fn promise(&self, now: Instant, zone: &TimeZone, holidays: &[String]) -> Promise {
        let local = Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let today = local.date();
        let sent = if is_working_day(today, holidays) && minute < self.cutoff_minute {
            today
        } else {
            after_working_days(today, 1, holidays)
        };
        Promise {
            earliest: after_working_days(sent, self.min_days, holidays).to_string(),
            latest: after_working_days(sent, self.max_days, holidays).to_string(),
        }
    }
}

/// The methods that reach `country`, with fee and dates, in the merchant's order.
#[must_use]
pub fn offers(
    methods: &[DeliveryMethod],
    country: Option<&str>,
    goods: Money,
    now: Instant,
    zone: &TimeZone,
    holidays: &[String],
) -> Vec<DeliveryOffer> {
    methods
        .iter()
        .filter(|method| method.reaches(country))
        .map(|method| DeliveryOffer {
            id: method.id.clone(),
            name: method.name.clone(),
            fee: method.fee_for(goods),
            promise: method.promise(now, zone, holidays),
        })
        .collect()
}

fn is_working_day(date: Date, holidays: &[String]) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(&date.to_string())
}

/// A year of nothing but holidays would never end, so the walk does.
const FARTHEST: u16 = 1_000;

fn after_working_days(from: Date, days: u8, holidays: &[String]) -> Date {
    let mut date = from;
    let mut left = days;
    for _ in 0..FARTHEST {
        if left == 0 {
            break;
        }
        date = date.saturating_add(1.day());
        if is_working_day(date, holidays) {
            left -= 1;
        }
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vienna() -> TimeZone {
        TimeZone::get("Europe/Vienna").unwrap()
    }

    fn at(text: &str) -> Instant {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        local.to_zoned(vienna()).unwrap().timestamp().as_millisecond()
    }

    fn promised(text: &str, holidays: &[String]) -> (String, String) {
        let promise = DeliveryMethod::standard().promise(at(text), &vienna(), holidays);
        (promise.earliest, promise.latest)
    }

    #[test]
    fn an_order_before_the_cut_off_leaves_on_the_same_day() {
        assert_eq!(promised("2026-03-02T13:59", &[]), ("2026-03-04".into(), "2026-03-06".into()));
        assert_eq!(promised("2026-03-02T14:00", &[]), ("2026-03-05".into(), "2026-03-09".into()));
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        assert_eq!(promised("2026-03-07T09:00", &[]), ("2026-03-11".into(), "2026-03-13".into()));
        let holiday = ["2026-03-10".to_owned()];
        assert_eq!(promised("2026-03-09T09:00", &holiday), ("2026-03-12".into(), "2026-03-16".into()));
    }

    #[test]
    fn the_cut_off_is_a_wall_time_on_the_night_the_clocks_change_too() {
        // Clocks go forward on Sunday 29 March 2026; the next working day is Monday.
        assert_eq!(promised("2026-03-29T13:00", &[]), ("2026-04-01".into(), "2026-04-03".into()));
    }

    #[test]
    fn methods_are_offered_by_country_and_become_free() {
        let methods = [
            DeliveryMethod {
                fee: 490,
                free_from: Some(5_000),
                countries: vec!["AT".into()],
                ..DeliveryMethod::standard()
            },
            DeliveryMethod { id: "far".into(), fee: 1_990, ..DeliveryMethod::standard() },
        ];
        let fees = |country, goods| -> Vec<(String, Money)> {
            let offers = offers(&methods, country, goods, at("2026-03-02T09:00"), &vienna(), &[]);
            offers.into_iter().map(|offer| (offer.id, offer.fee)).collect()
        };
        assert_eq!(fees(Some("AT"), 4_999), [("standard".into(), 490), ("far".into(), 1_990)]);
        assert_eq!(fees(Some("AT"), 5_000), [("standard".into(), 0), ("far".into(), 1_990)]);
        assert_eq!(fees(Some("NZ"), 5_000), [("far".into(), 1_990)]);
        assert_eq!(fees(None, 0).len(), 2);
    }
}
