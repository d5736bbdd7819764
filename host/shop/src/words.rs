//! Numbers as people write them.

/// An amount of minor units such as `€ 12.50`, `12,50 €` or `¥1,250`, as the language and the currency have it.
#[must_use]
pub fn money(amount: i64, currency: &str, locale: &str) -> String {
    let digits = minor_digits(currency);
    let style = style(locale);
    let unsigned = amount.unsigned_abs();
    let unit = 10_u64.pow(digits);
    let mut number = grouped(unsigned / unit, style.thousands);
    if digits > 0 {
        number.push(style.decimal);
        number.push_str(&format!("{:0width$}", unsigned % unit, width = digits as usize));
    }
    let sign = if amount < 0 { "−" } else { "" };
    let symbol = symbol(currency);
    if style.symbol_last { format!("{sign}{number}\u{a0}{symbol}") } else { format!("{sign}{symbol}{number}") }
}

/// Basis points as a percentage such as `20 %` or `12.5 %`.
#[must_use]
pub fn percent(basis_points: i64) -> String {
    let (whole, part) = (basis_points / 100, (basis_points % 100).abs());
    let sign = if basis_points < 0 && whole == 0 { "-" } else { "" };
    match part {
        0 => format!("{whole}\u{a0}%"),
        part if part % 10 == 0 => format!("{sign}{whole}.{}\u{a0}%", part / 10),
        part => format!("{sign}{whole}.{part:02}\u{a0}%"),
    }
}

/// How many digits a currency has behind the decimal point (ISO 4217).
#[must_use]
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

struct Style {
    thousands: char,
    decimal: char,
    symbol_last: bool,
}

fn style(locale: &str) -> Style {
    let language = locale.split('-').next().unwrap_or_default();
    match language {
        "de" | "es" | "it" | "nl" | "pt" | "da" | "tr" => Style { thousands: '.', decimal: ',', symbol_last: true },
        "fr" | "pl" | "cs" | "sv" | "fi" | "nb" | "uk" | "ru" => {
            Style { thousands: '\u{a0}', decimal: ',', symbol_last: true }
        }
        _ => Style { thousands: ',', decimal: '.', symbol_last: false },
    }
}

fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        other => other,
    }
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_follows_the_language_and_the_currency() {
        assert_eq!(money(123_450, "EUR", "en"), "€1,234.50");
        assert_eq!(money(123_450, "EUR", "de-AT"), "1.234,50\u{a0}€");
        assert_eq!(money(-5, "USD", "en-US"), "−$0.05");
        assert_eq!(money(1_234_567, "JPY", "ja"), "¥1,234,567");
        assert_eq!(money(1_500, "KWD", "en"), "KWD1.500");
        assert_eq!(money(i64::MIN, "EUR", "en"), "−€92,233,720,368,547,758.08");
    }

    #[test]
    fn percentages_drop_what_is_nought() {
        assert_eq!(percent(2_000), "20\u{a0}%");
        assert_eq!(percent(1_250), "12.5\u{a0}%");
        assert_eq!(percent(1_205), "12.05\u{a0}%");
        assert_eq!(percent(-50), "-0.5\u{a0}%");
    }
}
