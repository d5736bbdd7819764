-- A second factor for signing in as staff (RFC 6238), and the codes for when it is lost.

create table admin_factors (
    shop         text not null,
    admin        text not null,
    -- The shared secret is derived from this and the platform's secret, so that a copy of the database does not hold it.
    seed         text not null,
    -- When a first right code showed that it works; null until then, and it is not asked for until then.
    confirmed_at integer,
    -- The step of the last code that was taken: no code is taken twice.
    last_step    integer not null,
    primary key (shop, admin)
);

create table admin_recovery_codes (
    shop  text not null,
    admin text not null,
    -- A keyed hash. A code that was used is deleted.
    hash  text not null,
    primary key (shop, admin, hash)
);
