//! The list of templates. They are part of the program, so that it is one file to ship.

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Every template: its name, and its text.
        pub(super) const ALL: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../templates/", $name)))),*];
    };
}

templates![
    "layout.html",
    "parts/mark.html",
    "parts/icon-search.html",
    "parts/icon-account.html",
    "parts/icon-cart.html",
    "parts/price.html",
    "parts/card.html",
    "parts/line.html",
    "parts/totals.html",
    "parts/field.html",
    "parts/checkout-contact.html",
    "parts/checkout-address.html",
    "parts/checkout-delivery.html",
    "parts/checkout-payment.html",
    "parts/payment-card.html",
    "blocks/slot.html",
    "blocks/countdown.html",
    "blocks/notice.html",
    "blocks/progress.html",
    "blocks/listing.html",
    "blocks/form.html",
    "storefront/home.html",
    "storefront/listing.html",
    "storefront/product.html",
    "storefront/cart.html",
    "storefront/checkout.html",
    "storefront/thank-you.html",
    "storefront/order.html",
    "storefront/message.html",
    "storefront/delivery.html",
    "storefront/privacy.html",
    "storefront/mailbox.html",
    "account/sign-in.html",
    "account/code.html",
    "account/confirm.html",
    "account/ended.html",
    "account/refused.html",
    "account/unsubscribe.html",
    "account/home.html",
    "account/profile.html",
];
