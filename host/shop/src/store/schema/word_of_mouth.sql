-- What customers say of products, one review of a product each.
create table reviews (
    shop         text not null,
    id           text not null,
    product      text not null,
    customer     text not null,
    -- 1 to 5.
    rating       integer not null check (rating between 1 and 5),
    text         text not null,
    published_at integer not null,
    -- When staff took it off the page. The row stays, so that it is not written a second time.
    withdrawn_at integer,
    primary key (shop, id)
);
create unique index reviews_by_product on reviews (shop, product, customer);
create index reviews_by_customer on reviews (shop, customer);

-- The codes with which customers recommend the shop.
create table referral_codes (
    shop     text not null,
    code     text not null,
    customer text not null,
    primary key (shop, code)
);
create unique index referral_codes_by_customer on referral_codes (shop, customer);

-- Who was brought by whom, once each.
create table referrals (
    shop        text not null,
    -- The new customer.
    customer    text not null,
    referred_by text not null,
    at          integer not null,
    primary key (shop, customer)
);
create index referrals_by_referrer on referrals (shop, referred_by);
