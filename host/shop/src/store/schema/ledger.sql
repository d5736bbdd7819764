-- The book of points. Entries and postings are only ever added. The book knows accounts, never people: who holds an account
-- stands in `points_holders` alone, so forgetting a person deletes rows there and changes nothing in the book.

-- Who holds which accounts. After a guest's address is proved, the customer holds the guest's account too.
create table points_holders (
    shop    text not null,
    -- A customer's id or a contact's id.
    holder  text not null,
    account text not null,
    -- customer or contact.
    role    text not null,
    -- 0 for a contact whose address is not proved: the points are held.
    proved  integer not null,
    primary key (shop, holder, account)
);
create index points_holders_by_account on points_holders (shop, account);

-- One thing that happened.
create table points_entries (
    shop      text not null,
    id        text not null,
    at        integer not null,
    -- Who wrote it: an extension's id, or `host:shop`.
    extension text not null,
    -- Unique for its writer: a second entry with the key changes nothing.
    key       text not null,
    -- earn, spend, reverse, restore, extend, adjust or absorb.
    kind      text not null,
    order_id  text,
    -- Which rule gave or took the points, and why, in words for the customer.
    rule      text not null,
    reason    text not null,
    -- `extension:<id>`, `admin:<id>` or `system`.
    actor     text not null,
    primary key (shop, id)
);
create unique index points_entries_by_key on points_entries (shop, extension, key);
create index points_entries_by_order on points_entries (shop, order_id) where order_id is not null;

-- Where the points of an entry go to (above zero) and come from (below zero). The postings of an entry sum to zero.
create table points_postings (
    shop     text not null,
    entry    text not null,
    position integer not null,
    -- issued, lot, deficit, spent, reversed or forgiven.
    book     text not null,
    account  text not null,
    -- The lot concerned; null only for a deficit and for what no lot gave.
    lot      text,
    -- The order's line concerned.
    line     text,
    -- The lot that this posting stands in for, because that lot had too little left.
    cause    text,
    points   integer not null,
    primary key (shop, entry, position)
);
create index points_postings_by_lot on points_postings (shop, lot, book, points);
create index points_postings_by_account on points_postings (shop, account, book, entry, points);
create index points_postings_by_cause on points_postings (shop, account, cause) where cause is not null;

-- Points that were granted together. What is left of a lot is the sum of its postings.
create table points_lots (
    shop         text not null,
    id           text not null,
    account      text not null,
    -- The order in which the account got its lots, for lots with the same instants.
    sequence     integer not null,
    entry        text not null,
    rule         text not null,
    available_at integer not null,
    -- The expiry in force; null for never. Each change of it is in points_extensions.
    expires_at   integer,
    primary key (shop, id)
);
create unique index points_lots_by_account on points_lots (shop, account, sequence);
create index points_lots_by_expiry on points_lots (shop, expires_at) where expires_at is not null;

create table points_extensions (
    shop    text not null,
    entry   text not null,
    lot     text not null,
    was     integer,
    becomes integer not null,
    primary key (shop, entry, lot)
);

-- Points that a checkout under way is going to spend. They run out by themselves.
create table points_reservations (
    shop       text not null,
    cart       text not null,
    holder     text not null,
    points     integer not null,
    expires_at integer not null,
    primary key (shop, cart)
);
create index points_reservations_by_holder on points_reservations (shop, holder);
