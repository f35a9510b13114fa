//! The test suite: offline, on loopback only, in any order. A test's name is the sentence it proves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    reason = "a failed test"
)]

mod accounts;
mod archive;
mod at_once;
mod auth_flow;
mod by_hand;
mod campaigns;
mod channels;
mod documents;
mod durable;
mod flows;
mod foreign;
mod history;
mod journal;
mod json_documents;
mod language;
mod layers;
mod messages;
mod money;
mod news;
mod output;
mod pace;
mod plan;
mod platform;
mod platforms;
mod program;
mod replies;
mod rules;
mod samples;
mod sandbox;
mod settings;
mod stores_file;
mod summary;
mod trouble;
mod watch;
mod workbook_read;
mod workbook_write;

/// What a message says on the terminal, with plain spaces.
pub fn english(message: &couponbook::domain::Message) -> String {
    couponbook::language::Language::ENGLISH.render(message).replace('\u{a0}', " ")
}

/// The other language of the workbooks, in tests of what is said.
pub fn chinese() -> couponbook::language::Language {
    couponbook::language::Language::parse("zh-CN").unwrap()
}
