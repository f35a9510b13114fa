//! The campaign plan as managers keep it, and how far the stores cover it.

mod coverage;
mod plan;
