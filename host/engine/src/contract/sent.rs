//! Carts and pages in the form of the contract, in which they cross into a guest.
//!
//! What crossing costs is texts, about a tenth of a microsecond for each however short, because the guest allocates room for
//! every one. So the ids of all lines are one text, and of the attributes an extension is sent only those that it may see.
//! The form borrows from the platform's cart, is made once, and is shared by the whole chain but for the attributes.

use wasmtime::component::{ComponentType, Lower};

use super::{Attribute, Instant, Money, ShownProduct};
use crate::manifest::Manifest;

/// Between the ids of two lines.
const BREAK: char = '\n';

/// The contract's `cart-line`.
#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(crate) struct Line {
    quantity: u32,
    #[component(name = "unit-price")]
    unit_price: Money,
    #[component(name = "added-at")]
    added_at: Instant,
}

/// The contract's `line-attribute`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct LineAttribute<'a> {
    line: u32,
    key: &'a str,
    value: &'a str,
}

/// The contract's `cart`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Sent<'a> {
    currency: &'a str,
    lines: Vec<Line>,
    products: String,
    variants: String,
    #[component(name = "delivery-fee")]
    delivery_fee: Money,
    customer: Option<&'a str>,
    country: Option<&'a str>,
    #[component(name = "checkout-since")]
    checkout_since: Option<Instant>,
    codes: &'a [String],
    attributes: Vec<&'a Attribute>,
    #[component(name = "line-attributes")]
    line_attributes: Vec<LineAttribute<'a>>,
}

/// A cart that can be sent.
pub(crate) struct Cart<'a> {
    cart: &'a super::Cart,
    pub(crate) sent: Sent<'a>,
    /// Some id has a line break.
    is_broken: bool,
}

impl<'a> Cart<'a> {
    pub(crate) fn new(cart: &'a super::Cart) -> Self {
        let lines = cart.lines.iter();
        let numbers = |line: &super::CartLine| Line {
            quantity: line.quantity,
            unit_price: line.unit_price,
            added_at: line.added_at,
        };
        let (products, broken_product) = column(lines.clone().map(|line| &*line.product));
        let (variants, broken_variant) = column(lines.clone().map(|line| &*line.variant));
        let sent = Sent {
            currency: &cart.currency,
            lines: lines.map(numbers).collect(),
            products,
            variants,
            delivery_fee: cart.delivery_fee,
            customer: cart.customer.as_deref(),
            country: cart.country.as_deref(),
            checkout_since: cart.checkout_since,
            codes: &cart.codes,
            attributes: Vec::new(),
            line_attributes: Vec::new(),
        };
        Self { cart, sent, is_broken: broken_product || broken_variant }
    }

    /// The first line with an id that has a line break.
    pub(crate) fn broken_line(&self) -> Option<usize> {
        let is_broken = |line: &super::CartLine| line.product.contains(BREAK) || line.variant.contains(BREAK);
        self.is_broken.then(|| self.cart.lines.iter().position(is_broken)).flatten()
    }

    /// The cart as this extension may see it.
    pub(crate) fn to(&mut self, extension: &Manifest) -> &Sent<'a> {
        let (cart, sent) = (self.cart, &mut self.sent);
        sent.attributes.clear();
        sent.attributes.extend(cart.attributes.iter().filter(|attribute| extension.may_see(&attribute.key)));
        sent.line_attributes.clear();
        for (line, of) in (0..).zip(&cart.lines) {
            let seen = of.attributes.iter().filter(|attribute| extension.may_see(&attribute.key));
            let sent_of =
                |attribute: &'a Attribute| LineAttribute { line, key: &attribute.key, value: &attribute.value };
            sent.line_attributes.extend(seen.map(sent_of));
        }
        sent
    }
}

impl Sent<'_> {
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }
}

/// The contract's `page`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Page<'a> {
    kind: &'a str,
    slots: &'a [String],
    currency: &'a str,
    customer: Option<&'a str>,
    products: &'a [ShownProduct],
    cart: Option<&'a Sent<'a>>,
    #[component(name = "cart-total")]
    cart_total: Money,
    order: Option<&'a str>,
    attributes: &'a [Attribute],
}

impl<'a> Page<'a> {
    pub(crate) fn new(page: &'a super::Page, cart: Option<&'a Sent<'a>>) -> Self {
        Self {
            kind: &page.kind,
            slots: &page.slots,
            currency: &page.currency,
            customer: page.customer.as_deref(),
            products: &page.products,
            cart,
            cart_total: page.cart_total,
            order: page.order.as_deref(),
            attributes: &page.attributes,
        }
    }
}

/// The ids of all lines, one beneath the other. A line break within an id, which no platform should have, becomes the
/// replacement character, so that the ids after it still stand beside their own lines; then the second value is true.
fn column<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> (String, bool) {
    let mut text = String::with_capacity(ids.clone().map(|id| id.len() + 1).sum());
    let mut lines = 0;
    for id in ids.clone() {
        if lines > 0 {
            text.push(BREAK);
        }
        text.push_str(id);
        lines += 1;
    }
    if breaks(&text) >= lines.max(1) {
        let whole: Vec<_> = ids.map(|id| id.replace(BREAK, "\u{fffd}")).collect();
        return (whole.join("\n"), true);
    }
    (text, false)
}

fn breaks(text: &str) -> usize {
    memchr::memchr_iter(BREAK as u8, text.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_extension_is_sent_the_attributes_that_it_may_see() {
        let manifest = |id: &str, attributes: &str| {
            let json = format!(r#"{{"id":"{id}","name":"N","version":"1","summary":"S","attributes":{attributes}}}"#);
            Manifest::parse(json.as_bytes()).unwrap()
        };
        let attribute = |key: &str| Attribute { key: key.into(), value: "v".into() };
        let line = |attributes| super::super::CartLine {
            product: "p".into(),
            variant: "v".into(),
            quantity: 1,
            unit_price: 1,
            added_at: 0,
            attributes,
        };
        let cart = super::super::Cart {
            currency: "EUR".into(),
            lines: vec![line(vec![attribute("a.x")]), line(vec![attribute("gift"), attribute("b.y")])],
            delivery_fee: 0,
            customer: None,
            country: None,
            checkout_since: None,
            codes: vec![],
            attributes: vec![attribute("a.z"), attribute("b.z")],
        };
        let mut sent = Cart::new(&cart);
        let mut seen = |manifest: &Manifest| {
            let sent = sent.to(manifest);
            let lines = sent.line_attributes.iter().map(|one| format!("{} {}", one.line, one.key));
            sent.attributes.iter().map(|one| one.key.clone()).chain(lines).collect::<Vec<_>>()
        };
        assert_eq!(seen(&manifest("a", r#"["gift"]"#)), ["a.z", "0 a.x", "1 gift"]);
        assert_eq!(seen(&manifest("b", "[]")), ["b.z", "1 b.y"]);
        assert_eq!(seen(&manifest("c", "[]")), [""; 0]);
    }

    #[test]
    fn ids_stand_one_beneath_the_other() {
        assert_eq!(column(["a", "", "b"].into_iter()), ("a\n\nb".into(), false));
        assert_eq!(column([].into_iter()), (String::new(), false));
    }

    #[test]
    fn a_line_break_in_an_id_moves_no_other_id() {
        let (text, is_broken) = column(["a\nb", "c"].into_iter());
        assert!(is_broken);
        assert_eq!(text.split('\n').collect::<Vec<_>>(), ["a\u{fffd}b", "c"]);
    }
}
