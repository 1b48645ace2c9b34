use dashoptimize::signature;

#[signature]
struct Qa;

fn main() {
    let _ = Qa;
}
