-- What checkouts took that became orders: counted fields and time, nothing that anybody entered.
create table checkout_efforts (
    shop       text not null,
    order_id   text not null,
    at         integer not null,
    -- The shopper had signed in, or came on a device that was known.
    recognised integer not null,
    shown      integer not null,
    typed      integer not null,
    kept       integer not null,
    changed    integer not null,
    -- From opening the checkout to the order, in milliseconds.
    took       integer not null,
    primary key (shop, order_id)
);
create index checkout_efforts_by_time on checkout_efforts (shop, at);
