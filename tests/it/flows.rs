//! The whole program, run as its users run it, against pretend shops that can be troubled.

mod applying;
pub mod archiving;
mod bad_input;
mod books;
mod brakes;
mod campaigns;
mod conflicts;
mod every_call;
mod exporting;
mod faults;
mod filtered;
mod findings;
mod first_steps;
mod kills;
mod lazada;
mod managers;
pub mod paper;
mod recipe;
mod remedies;
mod rounds;
mod secrets;
pub mod shops;
mod signing;
mod sixth;
mod start;
pub mod tool;
mod unresolved;
