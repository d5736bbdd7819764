//! Who buys in the demo shop. Nobody of them exists, and no mail can reach them: example.com belongs to nobody.

use std::collections::BTreeMap;

use super::random::Random;
use crate::clock::{DAY, Instant};
use crate::ids;
use crate::people::{Address, Birthday, Customer, CustomerState, PaymentToken};
use crate::secrets::Secret;

/// Given name, family name, street and number, postal code, city and country of each customer.
const PEOPLE: [(&str, &str, &str, &str, &str, &str); 16] = [
    ("Ada", "Berger", "Lindengasse 4/12", "1070", "Wien", "AT"),
    ("Noah", "Lindt", "Annenstraße 22", "8020", "Graz", "AT"),
    ("Mila", "Hofer", "Getreidegasse 9", "5020", "Salzburg", "AT"),
    ("Jonas", "Weiss", "Landstraße 31", "4020", "Linz", "AT"),
    ("Emma", "Koller", "Maria-Theresien-Straße 18", "6020", "Innsbruck", "AT"),
    ("Luca", "Moser", "Rathausplatz 2", "9500", "Villach", "AT"),
    ("Hannah", "Vogt", "Kastanienallee 56", "10119", "Berlin", "DE"),
    ("Felix", "Brandt", "Schanzenstraße 7", "20357", "Hamburg", "DE"),
    ("Marie", "Sommer", "Rosenheimer Straße 110", "81669", "München", "DE"),
    ("Elif", "Aydın", "Venloer Straße 241", "50823", "Köln", "DE"),
    ("Chloé", "Martin", "12 rue des Martyrs", "75009", "Paris", "FR"),
    ("Hugo", "Lefèvre", "8 place Bellecour", "69002", "Lyon", "FR"),
    ("Sofia", "Rossi", "Via Savona 33", "20144", "Milano", "IT"),
    ("Daan", "de Vries", "Prinsengracht 411", "1016 HM", "Amsterdam", "NL"),
    ("Freja", "Holm", "Elmegade 15", "2200", "København", "DK"),
    ("Aoife", "Byrne", "27 Capel Street", "D01 X5Y8", "Dublin", "IE"),
];

/// Guests of the demo, by their mailbox.
pub(super) const GUESTS: [&str; 6] = ["kim", "robin", "sascha", "jamie", "toni", "luka"];

/// A customer with what belongs to them.
pub(super) struct Person {
    pub(super) customer: Customer,
    pub(super) address: Address,
    pub(super) token: Option<PaymentToken>,
    /// How often they buy, against the others.
    pub(super) demand: u64,
}

/// The address of somebody's mailbox.
pub(super) fn mailbox(name: &str) -> String {
    format!("{name}@example.com")
}

/// The customers, the first of whom is the one the demo signs in as.
pub(super) fn all(shop: &str, now: Instant, secret: &Secret, random: &mut Random) -> Vec<Person> {
    let people = (0_i64..).zip(PEOPLE);
    people.map(|(number, entry)| person(shop, now, secret, random, number, entry)).collect()
}

fn person(
    shop: &str,
    now: Instant,
    secret: &Secret,
    random: &mut Random,
    number: i64,
    (given, family, line1, postal_code, locality, country): (&str, &str, &str, &str, &str, &str),
) -> Person {
    let email = mailbox(&plain_letters(given));
    // The first customer has been there from the beginning; the others came one after the other.
    let registered_at = now - 110 * DAY + number * 5 * DAY;
    let name = format!("{given} {family}");
    let card_ends = 4_242 - number * 111;
    let token = PaymentToken {
        token: "tok_visa_ok".into(),
        brand: "visa".into(),
        last4: format!("{card_ends:04}"),
        expires_year: 2_031,
        expires_month: u8::try_from(1 + number % 12).unwrap_or(1),
        used_at: registered_at,
    };
    let customer = Customer {
        id: ids::new("cus", registered_at),
        contact: secret.contact(shop, &email),
        email,
        state: CustomerState::Active,
        name: name.clone(),
        phone: String::new(),
        locale: if country == "AT" || country == "DE" { "de-AT" } else { "en" }.into(),
        birthday: (number % 3 == 0)
            .then(|| Birthday { month: small(1 + random.below(12)), day: small(1 + random.below(28)) }),
        blocked: false,
        marketing_since: (number % 2 == 0).then_some(registered_at),
        tags: if number == 0 { vec!["vip".into()] } else { Vec::new() },
        attributes: BTreeMap::new(),
        default_shipping: None,
        default_billing: None,
        registered_at,
        verified_at: Some(registered_at),
        delete_unclaimed_at: None,
    };
    let address = Address {
        name,
        line1: line1.into(),
        locality: locality.into(),
        postal_code: postal_code.into(),
        country: country.into(),
        ..Address::default()
    };
    // A few buy often, most rarely: the first ones hold the larger part.
    let demand = 2 + 40 / (1 + number.unsigned_abs());
    Person { customer, address, token: (number % 4 != 3).then_some(token), demand }
}

fn small(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(1)
}

/// A name as a mailbox has it.
fn plain_letters(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.replace('é', "e").chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Email;

    #[test]
    fn everybody_can_be_written_to_and_nobody_twice() {
        let people = all("demo", 200 * DAY, &Secret::new([1; 32]), &mut Random::new(1));
        let mut contacts: Vec<_> = people.iter().map(|person| person.customer.contact.clone()).collect();
        contacts.sort();
        contacts.dedup();
        assert_eq!(contacts.len(), PEOPLE.len());
        for person in &people {
            Email::parse(&person.customer.email).unwrap();
            assert!(person.customer.registered_at < 200 * DAY);
            assert!(person.token.as_ref().is_none_or(|token| token.last4.len() == 4), "{:?}", person.token);
            assert!(person.customer.birthday.is_none_or(Birthday::exists));
        }
        for guest in GUESTS {
            assert!(people.iter().all(|person| person.customer.email != mailbox(guest)));
        }
    }
}
