dashoptimize::pipeline!();

fn main() {}
