-- Components by content. The same bytes are the same row in every shop and every shard, so this table alone has no shop.
create table components (
    digest    text not null primary key,
    wasm      blob not null,
    added_at  integer not null
);

create table installations (
    shop        text not null,
    -- The id in the manifest.
    extension   text not null,
    digest      text not null references components (digest),
    -- Place in the pricing chain, from 0.
    position    integer not null,
    enabled     integer not null,
    -- What the merchant saved, as JSON that satisfies the manifest's schema.
    settings    text not null,
    -- What `configuration.prepare` made of it, and for which component.
    prepared    blob not null,
    -- The capabilities the merchant has consented to, as JSON.
    grants      text not null,
    fail_closed integer not null,
    updated_at  integer not null,
    primary key (shop, extension)
);

-- The next tick of each entry of an installation's schedule.
create table ticks (
    shop      text not null,
    extension text not null,
    name      text not null,
    due_at    integer not null,
    -- Which page of the tick comes next; null for the first.
    cursor    text,
    attempts  integer not null default 0,
    retry_at  integer not null,
    error     text,
    primary key (shop, extension, name)
);
create index ticks_by_retry on ticks (retry_at);
