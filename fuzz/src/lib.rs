//! The reader of workbooks and what lies beneath it, without the rest of the program: polars alone would take half an hour to compile.
//! The files are the program's own. Beside them what the targets share.

#![allow(dead_code, reason = "the rest of the program is not here to use it")]

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/durable/mod.rs"]
pub mod durable;
#[path = "../../src/foreign/mod.rs"]
pub mod foreign;
#[path = "../../src/language/mod.rs"]
pub mod language;
pub mod packed;
#[path = "../../src/workbook/mod.rs"]
pub mod workbook;
