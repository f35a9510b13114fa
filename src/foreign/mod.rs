//! What others wrote (a platform, a shop, a bucket, a file) before people read it: what would take hold of a terminal is shown as a
//! mark ([`one_line`], [`in_lines`], [`in_json`]), and secrets are masked in whatever spelling they come back ([`Secrets`]).

mod marks;
mod secrets;

pub use marks::{in_json, in_lines, one_line};
pub use secrets::{Secrets, beginning_of};
