-- The outbox of mails. No row holds an address: a mail names its contact, and the address is looked up when it is sent.

create table mails (
    shop       text not null,
    id         text not null,
    -- An extension's id, or `shop`.
    sender     text not null,
    -- Unique for its sender: a second mail with the key is not queued.
    key        text not null,
    contact    text not null,
    -- security, service or marketing.
    purpose    text not null,
    -- What it says, as JSON; emptied once it is sent.
    content    text not null,
    stop_when  text not null,
    -- queued, sending, sent, stopped, failed or uncertain.
    state      text not null,
    -- Why it was stopped, failed or is uncertain.
    reason     text not null,
    attempts   integer not null,
    queued_at  integer not null,
    -- When to look at it next.
    due_at     integer not null,
    -- When it was taken to be sent, or was sent.
    sent_at    integer,
    primary key (shop, id)
);
create unique index mails_by_key on mails (shop, sender, key);
create index mails_due on mails (state, due_at);
create index mails_by_contact on mails (shop, contact, state, sent_at);

-- What happened to a contact last that may stop a mail: ordered, refunded, verified or unsubscribed.
create table signals (
    shop    text not null,
    contact text not null,
    signal  text not null,
    at      integer not null,
    primary key (shop, contact, signal)
);

-- Contacts that want no marketing. Kept when a customer is erased, because it names nobody.
create table suppressions (
    shop    text not null,
    contact text not null,
    at      integer not null,
    primary key (shop, contact)
);

-- Where mails go when no SMTP server is set: what the recipient would have received.
create table mailbox (
    shop      text not null,
    id        text not null,
    at        integer not null,
    recipient text not null,
    sender    text not null,
    subject   text not null,
    text_body text not null,
    html_body text not null,
    -- The address that unsubscribes in one click; empty where the mail has none.
    unsubscribe text not null,
    primary key (shop, id)
);
