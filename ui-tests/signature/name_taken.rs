//! The types that a signature makes have names; what has one of them is reported as rustc reports it for a derive.

use dashoptimize::signature;

struct AskOutput;

#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn main() {
    let _ = AskOutput;
}
