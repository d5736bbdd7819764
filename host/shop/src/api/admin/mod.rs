//! What staff do.

mod catalogue;
mod clock;
mod customers;
mod deliveries;
mod extensions;
mod insight;
mod installation;
mod operations;
mod orders;
mod returns;
mod reviews;
mod second_factor;
mod settings;
mod staff;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;

/// For everybody, with no token.
pub(crate) fn open_to_all() -> OpenApiRouter<Platform> {
    OpenApiRouter::default().routes(routes!(staff::sign_in))
}

/// For every member of the staff.
pub(crate) fn for_staff() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(staff::whoami, staff::sign_out))
        .routes(routes!(second_factor::read, second_factor::enrol))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::turn_off))
        .routes(routes!(catalogue::list, catalogue::save))
        .routes(routes!(catalogue::export_file))
        .routes(routes!(catalogue::read, catalogue::change))
        .routes(routes!(catalogue::set_price))
        .routes(routes!(catalogue::set_stock))
        .routes(routes!(catalogue::save_category, catalogue::remove_category))
        .routes(routes!(reviews::withdraw))
        .routes(routes!(customers::list))
        .routes(routes!(customers::read, customers::change))
        .routes(routes!(customers::points, customers::adjust_points))
        .routes(routes!(customers::points_history))
        .routes(routes!(customers::books))
        .routes(routes!(orders::list))
        .routes(routes!(orders::read, orders::change))
        .routes(routes!(orders::set_address))
        .routes(routes!(orders::reduce_line))
        .routes(routes!(orders::fulfil))
        .routes(routes!(orders::deliver))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::list_refunds, orders::refund))
        .routes(routes!(returns::list))
        .routes(routes!(returns::answer))
        .routes(routes!(extensions::list))
        .routes(routes!(extensions::shelf))
        .routes(routes!(extensions::install_from_shelf))
        .routes(routes!(extensions::read, extensions::change, extensions::remove))
        .routes(routes!(extensions::save_settings))
        .routes(routes!(extensions::reorder))
        .routes(routes!(extensions::reset_breaker))
        .routes(routes!(insight::preview_price))
        .routes(routes!(insight::report))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::failed_ticks))
        .routes(routes!(deliveries::retry))
        .routes(routes!(deliveries::discard))
        .routes(routes!(settings::read))
        .routes(routes!(clock::read, clock::advance))
        .routes(routes!(operations::list_audit))
        .routes(routes!(operations::list_mails))
        .routes(routes!(operations::retry_mail))
}

/// For every member of the staff, with a body that is a CSV file.
pub(crate) fn with_csv() -> OpenApiRouter<Platform> {
    OpenApiRouter::default().routes(routes!(catalogue::import_file))
}

/// For every member of the staff, with a body that is a component.
pub(crate) fn with_wasm() -> OpenApiRouter<Platform> {
    OpenApiRouter::default().routes(routes!(extensions::upload)).routes(routes!(extensions::inspect))
}

/// For owners of the shop.
pub(crate) fn for_owners() -> OpenApiRouter<Platform> {
    OpenApiRouter::default()
        .routes(routes!(staff::list, staff::add))
        .routes(routes!(staff::change))
        .routes(routes!(second_factor::turn_off_for))
        .routes(routes!(settings::set))
        .routes(routes!(customers::erase))
}
