-- The payment of an order. A token stands for the card; no column can hold a card number.
create table payments (
    shop          text not null,
    order_id      text not null,
    token         text not null,
    brand         text not null,
    last4         text not null check (length(last4) <= 4),
    -- What the gateway calls the authorisation.
    authorisation text not null,
    authorised    integer not null,
    captured      integer not null,
    refunded      integer not null,
    -- authorised, captured or voided.
    state         text not null,
    updated_at    integer not null,
    primary key (shop, order_id)
);
create index payments_open on payments (state, updated_at);
