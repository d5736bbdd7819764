-- Tables that every concern shares. In every table the shop comes first in the primary key.

create table shops (
    id         text not null primary key,
    name       text not null,
    -- What the storefront's addresses start with, such as https://shop.example; links in mails use it.
    base_url   text not null,
    currency   text not null,
    time_zone  text not null,
    locale     text not null,
    country    text not null,
    created_at integer not null,
    -- Policies as JSON: taxes, refund window, quiet hours and so on.
    policies   text not null default '{}'
);
create index shops_by_address on shops (base_url);

-- A number for each thing that a handler may read; it grows with every change of that thing.
create table versions (
    shop    text not null,
    key     text not null,
    version integer not null,
    primary key (shop, key)
);

create table audit (
    shop    text not null,
    id      text not null,
    at      integer not null,
    -- `admin:<id>`, `customer:<id>`, `extension:<id>` or `system`.
    actor   text not null,
    action  text not null,
    subject text not null,
    -- JSON without personal data.
    details text not null,
    primary key (shop, id)
);

-- What was answered to a write that carried an idempotency key.
create table idempotency (
    shop         text not null,
    -- Whose key it is, so that nobody meets another's.
    principal    text not null,
    key          text not null,
    request_hash text not null,
    -- 0 while the first request is still under way.
    status       integer not null,
    body         text not null,
    created_at   integer not null,
    primary key (shop, principal, key)
);
