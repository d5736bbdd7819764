//! What may hold a mail back, and what becomes of it at a mail server.

mod send;
mod smtp;
