//! The whole program, run as its users run it, against mock shops that can be troubled.

mod accept;
mod altered;
pub mod applying;
mod approval;
pub mod archiving;
mod bad_input;
mod books;
mod brakes;
mod campaigns;
mod codes;
mod command_line;
mod conflicts;
mod echoes;
mod every_call;
mod every_operation;
// What stands before the disk is loaded as only Linux does.
#[cfg(target_os = "linux")]
mod every_write;
mod exporting;
mod faults;
mod filtered;
mod find;
pub mod findings;
mod first_steps;
mod flawed;
mod forged;
// Disks are filled by mounting small ones, which only Linux lets a user do.
#[cfg(target_os = "linux")]
mod full;
mod hostile;
mod interrupted;
mod kills;
mod lazada;
mod managers;
pub mod paper;
mod parts;
mod rebuilt;
mod recipe;
mod remedies;
mod rounds;
// Elsewhere nobody can hold a file against its owner.
#[cfg(windows)]
mod scanner;
mod secrets;
mod several;
mod sheets;
pub mod shops;
mod signing;
mod sixth;
pub mod start;
mod statuses;
mod told;
pub mod tool;
mod undo;
mod unresolved;
mod watching;
mod watching_alive;
mod watching_weeks;
mod without_api;
mod woo;
mod wrong_shop;
