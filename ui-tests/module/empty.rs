dashoptimize::module!();

fn main() {}
