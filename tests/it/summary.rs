//! Summary, checklist and sign-offs: what a morning shows, what comes back, and what the afternoon knows of it.

mod changed;
mod routine;
mod sheets;
mod signed;
mod trend;
