//! A model calls tools by their names, so that each is in a list once.

use dashoptimize::{module, signature, tool, tools};

/// Repeats the text.
#[tool]
fn echo(text: String) -> String {
    text
}

/// Answer.
#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

module!(
    #[with(tools = [echo, self::echo, echo])]
    type Agent = ReAct<Ask>;
);

fn main() {
    assert_eq!(tools![echo, echo].len(), 2);
    let _ = |lm: dashoptimize::lm::Lm| Agent::new(lm);
}
