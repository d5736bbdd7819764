create table orders (
    shop             text not null,
    id               text not null,
    number           text not null,
    -- One cart makes one order, however often it is sent.
    cart             text not null,
    placed_at        integer not null,
    paid_at          integer,
    fulfilled_at     integer,
    delivered_at     integer,
    cancelled_at     integer,
    currency         text not null,
    locale           text not null,
    -- Set once the order belongs to an account whose e-mail has been proved.
    customer         text,
    contact          text not null,
    contact_domain   text not null,
    country          text,
    -- Postal addresses as JSON; null where there is none, and once they are erased.
    shipping         text,
    billing          text,
    gift             integer not null,
    delivery_method  text not null,
    delivery_name    text not null,
    -- The dates promised, as JSON.
    delivery_promise text,
    -- Before adjustments; after them; what of that was paid with points; what of it is tax.
    delivery_fee     integer not null,
    delivery_total   integer not null,
    delivery_points  integer not null,
    delivery_tax     integer not null,
    -- Tax of the whole order, and what was charged in money.
    tax              integer not null,
    total            integer not null,
    flags            text not null,
    attributes       text not null,
    primary key (shop, id)
);
create unique index orders_by_cart on orders (shop, cart);
create unique index orders_by_number on orders (shop, number);
create index orders_by_contact on orders (shop, contact, placed_at);
create index orders_by_customer on orders (shop, customer, placed_at);
create index orders_by_time on orders (shop, placed_at, id);

-- The lines keep what was charged, whatever the catalogue says later.
create table order_lines (
    shop                 text not null,
    order_id             text not null,
    id                   text not null,
    position             integer not null,
    product              text not null,
    variant              text not null,
    title                text not null,
    quantity             integer not null,
    unit_price           integer not null,
    total                integer not null,
    paid_with_points     integer not null,
    paid_with_gift_cards integer not null,
    tax                  integer not null,
    attributes           text not null,
    primary key (shop, order_id, id)
);
create index order_lines_by_product on order_lines (shop, product);

create table order_adjustments (
    shop      text not null,
    order_id  text not null,
    position  integer not null,
    extension text not null,
    -- A line's id; null for the order or its delivery.
    line      text,
    class     text not null,
    label     text not null,
    amount    integer not null,
    primary key (shop, order_id, position)
);

create table order_numbers (
    shop text not null primary key,
    last integer not null
);

create table refunds (
    shop       text not null,
    id         text not null,
    order_id   text not null,
    -- Unique in the order: a second request with the key is the same refund.
    key        text not null,
    at         integer not null,
    -- pending, done or failed.
    state      text not null,
    -- Value given back for delivery, and for all together; the money part of it.
    delivery   integer not null,
    amount     integer not null,
    money      integer not null,
    -- The returned units go back into stock.
    restock    integer not null,
    reason     text not null,
    actor      text not null,
    primary key (shop, id)
);
create unique index refunds_by_key on refunds (shop, order_id, key);
create index refunds_pending on refunds (state, at) where state = 'pending';

create table refund_lines (
    shop     text not null,
    refund   text not null,
    line     text not null,
    quantity integer not null,
    amount   integer not null,
    -- What was given back for the line in all, this refund included, when it was asked for.
    so_far   integer not null,
    primary key (shop, refund, line)
);
