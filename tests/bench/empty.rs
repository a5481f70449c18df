//! Does nothing: the least that starting a program costs.

fn main() {}
