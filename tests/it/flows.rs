//! The whole program, run as its users run it, against pretend shops that can be troubled.
#![allow(dead_code)]

mod applying;
mod books;
mod exporting;
mod paper;
mod shops;
mod tool;
