//! What shoppers do.

mod account;
mod book;
mod carts;
mod catalogue;
mod checkout;
mod orders;
mod points;
mod returns;
mod reviews;
mod sessions;
mod sign_in;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;

/// For everybody, with no token.
pub(crate) fn open_to_all() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(catalogue::shop))
        .routes(routes!(catalogue::categories))
        .routes(routes!(catalogue::products))
        .routes(routes!(catalogue::product))
        .routes(routes!(reviews::list))
        .routes(routes!(checkout::fields))
        .routes(routes!(sessions::open))
}

/// For a session, signed in or not.
pub(crate) fn in_session() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(sessions::read, sessions::end))
        .routes(routes!(carts::open))
        .routes(routes!(carts::read, carts::change))
        .routes(routes!(carts::add_line))
        .routes(routes!(carts::set_quantity, carts::remove_line))
        .routes(routes!(carts::add_code))
        .routes(routes!(carts::remove_code))
        .routes(routes!(checkout::open, checkout::change))
        .routes(routes!(checkout::place, orders::of_a_cart))
        .routes(routes!(orders::refuse_account))
        .routes(routes!(returns::list_of_a_cart, returns::ask_of_a_cart))
        .routes(routes!(sign_in::request))
        .routes(routes!(sign_in::link))
        .routes(routes!(sign_in::code))
}

/// For a session that is signed in.
pub(crate) fn signed_in() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(account::read, account::change, account::erase))
        .routes(routes!(account::export))
        .routes(routes!(account::list_sessions, account::end_other_sessions))
        .routes(routes!(account::end_session))
        .routes(routes!(account::list_devices))
        .routes(routes!(account::forget_device))
        .routes(routes!(account::list_payment_tokens))
        .routes(routes!(account::forget_payment_token))
        .routes(routes!(book::list_addresses, book::add_address))
        .routes(routes!(book::change_address, book::remove_address))
        .routes(routes!(book::set_defaults))
        .routes(routes!(book::list_favourites))
        .routes(routes!(book::add_favourite, book::remove_favourite))
        .routes(routes!(carts::claim))
        .routes(routes!(orders::list))
        .routes(routes!(orders::read))
        .routes(routes!(reviews::write))
        .routes(routes!(reviews::referral))
        .routes(routes!(returns::list, returns::ask))
        .routes(routes!(points::read))
        .routes(routes!(points::history))
}
