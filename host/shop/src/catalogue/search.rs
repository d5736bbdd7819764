//! Search: the words of a product with their weight, and the words of a question.
//!
//! Every word of a question has to begin some word of the product. Case and accents do not count.

use std::collections::BTreeMap;

use super::ProductInput;

/// The most words of a question; more are ignored.
const MOST_WORDS: usize = 8;
/// The most letters of a word; more are ignored.
const MOST_LETTERS: usize = 32;
/// The most words kept of one product.
const MOST_TERMS: usize = 400;

/// The words that find a product, each with the weight of the best place it stands in.
#[must_use]
pub fn terms(product: &ProductInput) -> BTreeMap<String, u32> {
    let details = &product.details;
    let mut terms = BTreeMap::new();
    let mut add = |text: &str, weight: u32| {
        for word in words(text) {
            if terms.len() < MOST_TERMS || terms.contains_key(&word) {
                let best = terms.entry(word).or_insert(0);
                *best = weight.max(*best);
            }
        }
    };
    add(&details.title, 100);
    add(&details.brand, 40);
    details.tags.iter().for_each(|tag| add(tag, 30));
    details.category.iter().for_each(|category| add(category, 30));
    for variant in &product.variants {
        add(&variant.sku, 60);
        variant.options.iter().for_each(|value| add(value, 20));
    }
    add(&details.description, 5);
    terms
}

/// The words of a question, each once.
#[must_use]
pub fn question(text: &str) -> Vec<String> {
    let mut unique = Vec::new();
    for word in words(text).take(MOST_WORDS) {
        if !unique.contains(&word) {
            unique.push(word);
        }
    }
    unique
}

/// The first text after every text that begins with `prefix`, so that a range of an index finds them.
#[must_use]
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Whether two words differ by at most one letter changed, added, left out or swapped with its neighbour.
#[must_use]
pub fn is_near(left: &str, right: &str) -> bool {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let (short, long) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    let start = short.iter().zip(long.iter()).take_while(|(one, other)| one == other).count();
    let (short, long) = (&short[start..], &long[start..]);
    match long.len() - short.len() {
        0 if short.is_empty() => true,
        0 => {
            let swapped = short.len() >= 2 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..];
            short[1..] == long[1..] || swapped
        }
        1 => short == &long[1..],
        _ => false,
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric() && !is_accent(letter))
        .map(|word| {
            let mut plain = String::new();
            word.chars().take(MOST_LETTERS).flat_map(char::to_lowercase).for_each(|letter| fold(letter, &mut plain));
            plain
        })
        .filter(|word| !word.is_empty())
}

/// A combining accent, which stands on its own after its letter.
fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Adds a letter without its accent, for the alphabets of Latin script that a shop meets most.
fn fold(letter: char, plain: &mut String) {
    plain.push_str(match letter {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ő' | 'ō' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' | 'ū' | 'ų' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ if is_accent(letter) => "",
        _ => return plain.push(letter),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ProductDetails, VariantDetails};

    #[test]
    fn case_and_accents_do_not_count() {
        assert_eq!(question("Größe CAFÉ café"), ["groesse", "cafe"]);
        assert_eq!(question("cafe\u{301}"), ["cafe"]);
        assert_eq!(question("  ,;  "), Vec::<String>::new());
    }

    #[test]
    fn a_word_counts_where_it_weighs_most() {
        let product = ProductInput {
            details: ProductDetails {
                title: "Blue mug".into(),
                description: "A mug for tea".into(),
                ..Default::default()
            },
            variants: vec![VariantDetails { sku: "MUG-1".into(), ..Default::default() }],
        };
        let terms = terms(&product);
        assert_eq!((terms["mug"], terms["blue"], terms["tea"], terms["1"]), (100, 100, 5, 60));
    }

    #[test]
    fn one_slip_of_the_finger_is_near_and_two_are_not() {
        for near in ["lantern", "lanter", "lantren", "lanterns", "lantarn", "xlantern"] {
            assert!(is_near("lantern", near) && is_near(near, "lantern"), "{near}");
        }
        for far in ["lante", "lxntxrn", "nalretn", ""] {
            assert!(!is_near("lantern", far), "{far}");
        }
    }

    #[test]
    fn a_prefix_has_an_end() {
        let end = after_prefix("mug");
        assert!("mug" < end.as_str() && "mugs" < end.as_str() && "mugz\u{10fffe}" < end.as_str());
        assert!("muh" > end.as_str());
    }
}
