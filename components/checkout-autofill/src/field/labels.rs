//! What fields are called, in the words of the country and the language of the shopper.

use super::Part;
use crate::country::{Country, LocalityName, PostalName, RegionName};

/// A word in English, German, French, Spanish and Italian.
type Word = [&'static str; 5];

const EMAIL: Word = ["E-mail", "E-Mail", "E-mail", "Correo electrónico", "E-mail"];

/// What a field is called. `part` is none for the e-mail address. A language that is not known reads English.
pub fn label(part: Option<Part>, country: &Country, locale: &str) -> &'static str {
    word(part, country)[language(locale)]
}

fn language(locale: &str) -> usize {
    let language = locale.split(['-', '_']).next().unwrap_or("");
    ["en", "de", "fr", "es", "it"].iter().position(|known| known.eq_ignore_ascii_case(language)).unwrap_or(0)
}

fn word(part: Option<Part>, country: &Country) -> Word {
    let Some(part) = part else { return EMAIL };
    match part {
        Part::Country => ["Country", "Land", "Pays", "País", "Paese"],
        Part::Name => ["Full name", "Vor- und Nachname", "Prénom et nom", "Nombre y apellidos", "Nome e cognome"],
        Part::Organization => ["Company", "Firma", "Société", "Empresa", "Azienda"],
        Part::Line1 => {
            ["Street and number", "Straße und Hausnummer", "Numéro et rue", "Calle y número", "Via e numero civico"]
        }
        Part::Line2 => [
            "Flat, floor or building",
            "Stiege, Stock oder Tür",
            "Appartement, étage ou bâtiment",
            "Piso, puerta o edificio",
            "Interno, scala o edificio",
        ],
        Part::DependentLocality => ["District", "Stadtteil", "Quartier", "Barrio", "Quartiere"],
        Part::SortingCode => ["CEDEX"; 5],
        Part::Phone => ["Phone", "Telefon", "Téléphone", "Teléfono", "Telefono"],
        Part::Locality => match country.locality_name {
            LocalityName::City => ["City", "Ort", "Ville", "Ciudad", "Città"],
            LocalityName::PostTown => ["Post town", "Postort", "Ville postale", "Ciudad postal", "Città postale"],
            LocalityName::Suburb => ["Suburb", "Vorort", "Quartier", "Barrio", "Sobborgo"],
        },
        Part::PostalCode => match country.postal_name {
            PostalName::Postal => ["Postal code", "Postleitzahl", "Code postal", "Código postal", "CAP"],
            PostalName::Zip => ["ZIP code", "ZIP-Code", "Code ZIP", "Código ZIP", "Codice ZIP"],
            PostalName::Pin => ["PIN code", "PIN-Code", "Code PIN", "Código PIN", "Codice PIN"],
            PostalName::Eircode => ["Eircode"; 5],
        },
        Part::Region => match country.region_name {
            RegionName::Region => ["Region", "Region", "Région", "Región", "Regione"],
            RegionName::State => ["State", "Bundesstaat", "État", "Estado", "Stato"],
            RegionName::Province => ["Province", "Provinz", "Province", "Provincia", "Provincia"],
            RegionName::County => ["County", "Bezirk", "Comté", "Condado", "Contea"],
            RegionName::Prefecture => ["Prefecture", "Präfektur", "Préfecture", "Prefectura", "Prefettura"],
            RegionName::Department => ["Department", "Departamento", "Département", "Departamento", "Dipartimento"],
            RegionName::Emirate => ["Emirate", "Emirat", "Émirat", "Emirato", "Emirato"],
            RegionName::Area => ["Area", "Gebiet", "Zone", "Zona", "Zona"],
        },
    }
}
