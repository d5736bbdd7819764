-- Products, variants, categories and prices.

create table categories (
    shop     text not null,
    id       text not null,
    title    text not null,
    parent   text,
    position integer not null,
    primary key (shop, id)
);

create table products (
    shop             text not null,
    id               text not null,
    handle           text not null,
    title            text not null,
    description      text not null,
    brand            text not null,
    -- `draft`, `active` or `archived`.
    status           text not null,
    -- The narrowest category.
    category         text,
    -- Lists and objects as JSON.
    tags             text not null,
    options          text not null,
    pictures         text not null,
    attributes       text not null,
    tax_basis_points integer,
    perishable       integer not null,
    offered_since    integer not null,
    -- The lowest price of its variants, so that lists can be sorted by it.
    lowest_price     integer not null,
    updated_at       integer not null,
    primary key (shop, id),
    unique (shop, handle)
);

create index products_by_category on products (shop, category);

create table variants (
    shop           text not null,
    id             text not null,
    product        text not null,
    position       integer not null,
    -- A JSON list of a value for each of the product's options.
    options        text not null,
    sku            text not null,
    barcode        text not null,
    price          integer not null check (price >= 0),
    cost           integer,
    -- Null where stock is not tracked; below zero for what was sold on backorder.
    stock          integer,
    backorder      integer not null,
    weight_grams   integer not null,
    needs_delivery integer not null,
    picture        integer,
    primary key (shop, id),
    foreign key (shop, product) references products (shop, id)
);

create index variants_by_product on variants (shop, product, position);

-- Which words find which product, and how well.
create table search_terms (
    shop    text not null,
    term    text not null,
    product text not null,
    weight  integer not null,
    primary key (shop, term, product)
);

create index search_terms_by_product on search_terms (shop, product);

-- From `at` on the catalogue asks this price; null from when the variant is not on sale. Kept when a variant goes.
create table price_history (
    shop    text not null,
    variant text not null,
    at      integer not null,
    price   integer,
    primary key (shop, variant, at)
);

-- Sale prices that pages showed to somebody unknown.
create table price_observations (
    shop       text not null,
    variant    text not null,
    first_seen integer not null,
    price      integer not null,
    last_seen  integer not null,
    primary key (shop, variant, first_seen, price)
);
