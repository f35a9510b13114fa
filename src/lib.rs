//! Load, check, plan, apply. The layers, from the ground up; a module uses only layers below its own:
//!   1. `domain`, `durable`, `output`, `language`, `foreign`  what a coupon is; how a file is written safely; how a workbook speaks;
//!      how what others wrote is shown
//!   2. `rules`, `plan`                pure: what is odd, what would change
//!      `replies`                    what customer service answers about coupons in trouble
//!      `platforms`, `workbook`, `journal`, `archive`, `sandbox`    one outside world each
//!      `messages`                   chats, mail and webhooks of the team
//!      `watch`                      what is due when, and which file of the inbox is whole
//!   3. `export`, `apply`, `settings`  the two flows; the user's choices, checked
//!      `news`                       what happened, as letters that go out
//!   4. `failure`                      what went wrong, in the user's words
//!   5. `commands`                     what the user types
//!
//! A coupon goes up once (platforms → rules → workbook), a decision comes down once (workbook → plan → apply → platforms).
//! Start reading at `domain`, then `platforms` (the trait), then `apply`. ARCHITECTURE.md tells the rest.

pub mod apply;
pub mod archive;
pub mod commands;
pub mod domain;
pub mod durable;
pub mod export;
pub mod failure;
pub mod foreign;
pub mod journal;
pub mod language;
pub mod messages;
pub mod news;
pub mod output;
pub mod plan;
pub mod platforms;
pub mod replies;
pub mod rules;
pub mod sandbox;
pub mod settings;
pub mod watch;
pub mod workbook;
