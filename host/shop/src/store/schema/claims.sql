-- Counters that adjustments use up, such as the stock of a sale.
create table quotas (
    shop      text not null,
    extension text not null,
    name      text not null,
    -- A customer's or contact's id for a counter kept for each shopper; empty for one kept for everybody together.
    subject   text not null,
    taken     integer not null,
    primary key (shop, extension, name, subject)
);

-- Units that a checkout under way is going to take. They run out by themselves.
create table quota_reservations (
    shop       text not null,
    cart       text not null,
    extension  text not null,
    name       text not null,
    subject    text not null,
    units      integer not null,
    expires_at integer not null,
    primary key (shop, cart, extension, name, subject)
);
create index quota_reservations_by_name on quota_reservations (shop, extension, name, subject);

-- What an order took, so that a cancelled order can give it back, and a guest's orders count for the account they join.
create table order_claims (
    shop        text not null,
    order_id    text not null,
    position    integer not null,
    extension   text not null,
    name        text not null,
    units       integer not null,
    per_shopper integer not null,
    released    integer not null,
    primary key (shop, order_id, position)
);
