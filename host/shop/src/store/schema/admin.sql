-- Staff of a shop.

create table admins (
    shop          text not null,
    id            text not null,
    -- Trimmed and in lower case: staff sign in with it.
    email         text not null,
    name          text not null,
    -- owner or staff.
    role          text not null,
    -- Argon2id, as a PHC string.
    password_hash text not null,
    created_at    integer not null,
    disabled_at   integer,
    primary key (shop, id)
);
create unique index admins_by_email on admins (shop, email);

create table admin_sessions (
    shop       text not null,
    -- Of the cookie's or the bearer's value.
    hash       text not null,
    id         text not null,
    admin      text not null,
    label      text not null,
    created_at integer not null,
    seen_at    integer not null,
    expires_at integer not null,
    primary key (shop, hash)
);
create index admin_sessions_by_admin on admin_sessions (shop, admin);
