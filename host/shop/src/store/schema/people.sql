-- People: addresses of mail, customers and what they keep, proofs of who somebody is.

-- The one place that holds an e-mail address. Everything else names it by its contact id, a keyed hash of it.
create table contacts (
    shop       text not null,
    id         text not null,
    -- As it was typed; mail goes there.
    email      text not null,
    -- When somebody proved that they read the mail sent there. The spelling is not changed after that.
    proved_at  integer,
    -- An address that was only typed is forgotten then; null for one that an order or a customer has.
    kept_until integer,
    primary key (shop, id)
);

create table customers (
    shop                 text not null,
    id                   text not null,
    -- A contact's id; of an erased customer, the customer's own id.
    contact              text not null,
    -- shell, invited, verified, active or erased.
    state                text not null,
    name                 text not null,
    phone                text not null,
    locale               text not null,
    birthday_month       integer,
    birthday_day         integer,
    -- Shut out of rewards by the merchant.
    blocked              integer not null,
    -- When marketing messages were consented to; null without consent.
    marketing_since      integer,
    tags                 text not null,
    attributes           text not null,
    default_shipping     text,
    default_billing      text,
    registered_at        integer not null,
    verified_at          integer,
    -- An account that nobody has claimed is deleted then.
    delete_unclaimed_at  integer,
    primary key (shop, id)
);
create unique index customers_by_contact on customers (shop, contact);
create index customers_unclaimed on customers (delete_unclaimed_at) where delete_unclaimed_at is not null;

create table addresses (
    shop     text not null,
    customer text not null,
    id       text not null,
    -- The fields, as JSON.
    address  text not null,
    saved_at integer not null,
    -- When an order last went there or was billed there.
    used_at  integer,
    primary key (shop, customer, id)
);

create table favourites (
    shop     text not null,
    customer text not null,
    product  text not null,
    added_at integer not null,
    primary key (shop, customer, product)
);

-- Tokens of the payment gateway that customers keep. No column can hold a card number.
create table payment_tokens (
    shop          text not null,
    customer      text not null,
    token         text not null,
    brand         text not null,
    last4         text not null check (length(last4) = 4),
    expires_year  integer not null,
    expires_month integer not null,
    used_at       integer not null,
    primary key (shop, customer, token)
);

-- One row for each order that an account was offered for, so that there is one offer an order.
create table account_offers (
    shop       text not null,
    order_id   text not null,
    extension  text not null,
    contact    text not null,
    -- An empty account was made at once.
    automatic  integer not null,
    -- The empty account made for it, where one was made.
    customer   text,
    -- offered, accepted, refused or lapsed.
    state      text not null,
    offered_at integer not null,
    lapses_at  integer not null,
    primary key (shop, order_id)
);
create index account_offers_by_contact on account_offers (shop, contact);

-- Devices that a customer asked to be remembered on.
create table devices (
    shop       text not null,
    id         text not null,
    customer   text not null,
    label      text not null,
    hash       text not null,
    -- The token given out next, until it is first shown.
    next_hash  text,
    -- The token before: shown again, it has been stolen.
    spent_hash text,
    created_at integer not null,
    seen_at    integer not null,
    rotated_at integer not null,
    expires_at integer not null,
    primary key (shop, id)
);
create index devices_by_customer on devices (shop, customer);
create unique index devices_by_hash on devices (shop, hash);
create unique index devices_by_next_hash on devices (shop, next_hash);
create unique index devices_by_spent_hash on devices (shop, spent_hash);

-- Browsers' sessions. A shopper who has proved nothing may have one.
create table sessions (
    shop       text not null,
    -- Of the cookie's value.
    hash       text not null,
    id         text not null,
    customer   text,
    label      text not null,
    created_at integer not null,
    seen_at    integer not null,
    expires_at integer not null,
    primary key (shop, hash)
);
create unique index sessions_by_id on sessions (shop, id);
create index sessions_by_customer on sessions (shop, customer);

-- Single-use proofs that were mailed. Used up by deleting the row.
create table tokens (
    shop       text not null,
    hash       text not null,
    -- What it proves: sign-in or invitation.
    purpose    text not null,
    contact    text not null,
    -- A hash of what the browser that asked for a code holds; null where no code was asked for.
    handle     text,
    -- A keyed hash of the short code; null once it was guessed wrong too often.
    code       text,
    tries      integer not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (shop, hash)
);
create unique index tokens_by_contact on tokens (shop, contact, purpose);
create unique index tokens_by_handle on tokens (shop, handle);

-- How much of a limit is used up. Keys hold no personal data.
create table limits (
    shop    text not null,
    key     text not null,
    -- When the limit will be unused again.
    used_until integer not null,
    primary key (shop, key)
);
