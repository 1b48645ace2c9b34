//! A graph is optimized, saved, loaded and resumed like every program.
