-- The outbox: what happened, and to which extensions it still has to be delivered.
create table events (
    shop     text not null,
    id       text not null,
    -- What the events that keep their order have in common: `order/<id>` or `customer/<id>`.
    stream   text not null,
    sequence integer not null,
    -- order or customer.
    kind     text not null,
    topic    text not null,
    at       integer not null,
    -- The event as JSON, as it is handed to extensions.
    payload  text not null,
    primary key (shop, id)
);
create unique index events_by_stream on events (shop, stream, sequence);
create index events_by_time on events (shop, at);

create table deliveries (
    shop       text not null,
    extension  text not null,
    event      text not null,
    stream     text not null,
    sequence   integer not null,
    -- due or dead. A delivery that succeeded is deleted.
    state      text not null,
    attempts   integer not null,
    -- When to try next; while it is being tried, when that attempt counts as lost.
    due_at     integer not null,
    last_error text not null,
    primary key (shop, extension, event)
);
create unique index deliveries_by_stream on deliveries (shop, extension, stream, sequence);
create index deliveries_due on deliveries (state, due_at);
create index deliveries_by_event on deliveries (shop, event);

-- Events and ticks that an extension's effects have been committed for.
create table commits (
    shop      text not null,
    extension text not null,
    event_key text not null,
    at        integer not null,
    primary key (shop, extension, event_key)
);

create table extension_storage (
    shop      text not null,
    extension text not null,
    key       text not null,
    value     blob not null,
    primary key (shop, extension, key)
);

create table coupons (
    shop        text not null,
    -- In upper case, as it is looked up.
    code        text not null,
    extension   text not null,
    key         text not null,
    -- As JSON, as the extension gave it.
    coupon      text not null,
    issued_at   integer not null,
    primary key (shop, code)
);
create unique index coupons_by_key on coupons (shop, extension, key);

create table forwardings (
    shop       text not null,
    id         text not null,
    extension  text not null,
    key        text not null,
    order_id   text not null,
    supplier   text not null,
    -- As JSON, as the extension gave it.
    forwarding text not null,
    queued_at  integer not null,
    sent_at    integer,
    primary key (shop, id)
);
create unique index forwardings_by_key on forwardings (shop, extension, key);
create index forwardings_by_order on forwardings (shop, order_id);
