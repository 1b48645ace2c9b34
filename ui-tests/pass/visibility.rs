//! Generated types are as visible as the struct, and documented where it is.

#![deny(missing_docs, unreachable_pub, warnings)]

/// Public; documented by `desc`, or by its name, where the user wrote no documentation.
pub mod open {
    /// Ask.
    #[dashoptimize::signature]
    #[derive(Debug)]
    pub struct Ask {
        /// what is asked
        #[input]
        pub question: String,
        #[output(desc = "in one word")]
        pub(crate) answer: String,
        #[output]
        sure: bool,
    }

    dashoptimize::module!(
        /// Asks.
        #[with(temperature = 0.0, max_tokens = 200, repair = 2)]
        pub type Asker = ChainOfThought<Ask>;

        #[with(adapter = dashoptimize::adapter::ChatAdapter::default())]
        pub(crate) type Inner = Predict<Ask>;
    );
}

mod closed {
    #[dashoptimize::signature]
    pub(super) struct Ask {
        #[input]
        pub(super) question: String,
        #[output]
        pub(super) answer: String,
    }
}

fn main() {
    let given = open::AskInput {
        question: "why?".to_owned(),
    };
    let made = |output: open::AskOutput| output.answer;
    let partly = |partial: closed::AskPartial| partial.answer.is_some();
    let row = |row: open::Ask| row.answer;
    let inner = |lm: &dashoptimize::lm::Lm| (open::Inner::new(lm), open::Asker::new(lm).render(&given.clone()));
    let (question, answer) = (|row: &closed::Ask| row.question.len(), |row: &closed::Ask| row.answer.len());
    let _ = (&given, made, partly, row, inner, question, answer);
}
