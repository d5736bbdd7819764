-- Carts and their lines.

create table carts (
    shop            text not null,
    id              text not null,
    -- Grows with every change, so that what was priced is what is placed.
    version         integer not null,
    -- Only a customer who has proved who they are.
    customer        text,
    country         text,
    checkout_since  integer,
    -- Codes, attributes and the checkout form as JSON.
    codes           text not null,
    attributes      text not null,
    delivery_method text,
    form            text not null,
    -- The total that a page last showed, and the version of the cart it was for.
    shown_total     integer,
    shown_version   integer,
    created_at      integer not null,
    updated_at      integer not null,
    -- When somebody was told that the cart is waiting.
    abandoned_at    integer,
    -- The order that the cart became.
    placed_order    text,
    primary key (shop, id)
);

create index carts_by_customer on carts (shop, customer);
create index carts_by_update on carts (shop, updated_at);

create table cart_lines (
    shop       text not null,
    cart       text not null,
    id         text not null,
    product    text not null,
    variant    text not null,
    quantity   integer not null check (quantity > 0),
    added_at   integer not null,
    attributes text not null,
    primary key (shop, cart, id),
    foreign key (shop, cart) references carts (shop, id)
);
