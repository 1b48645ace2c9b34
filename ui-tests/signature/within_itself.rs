//! A field cannot be of a type that the signature makes of its fields.

use dashoptimize::signature;

#[signature]
struct Plan {
    #[input]
    task: String,
    #[output]
    steps: Vec<PlanOutput>,
}

#[signature]
struct Talk {
    #[input]
    earlier: Option<Box<TalkInput>>,
    #[output]
    turn: String,
}

fn main() {
    let _ = |output: PlanOutput| output.steps.len();
    let _ = |earlier, output: TalkOutput| (TalkInput { earlier }, output.turn.len());
}
