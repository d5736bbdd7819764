-- What buyers want to send back. How far one has come is read off its instants and its refund.
create table returns (
    shop        text not null,
    id          text not null,
    order_id    text not null,
    asked_at    integer not null,
    reason      text not null,
    accepted_at integer,
    declined_at integer,
    answer      text not null,
    -- The refund that settles it, unless that fails.
    refund      text,
    primary key (shop, id)
);
create index returns_by_order on returns (shop, order_id);
create index returns_waiting on returns (shop, asked_at)
    where accepted_at is null and declined_at is null and refund is null;

create table return_lines (
    shop      text not null,
    return_id text not null,
    line      text not null,
    quantity  integer not null check (quantity > 0),
    primary key (shop, return_id, line)
);
