//! How fast calls leave, how many a day, which are saved by remembering, and what is said of them beforehand.

mod estimate;
mod gate;
mod program;
mod quota;
mod remembered;
mod shops;
