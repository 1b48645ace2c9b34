//! Pipelines of any visibility over signatures of any visibility, nested across modules.

#![deny(warnings)]

mod parts {
    use dashoptimize::{pipeline, signature};

    #[signature]
    struct Private {
        #[input]
        question: String,
        #[output]
        answer: String,
    }

    #[signature]
    pub struct Public {
        #[input]
        pub question: String,
        #[output]
        pub answer: String,
    }

    pipeline!(
        pub fn Open(question: String) -> String {
            let hidden = Predict::<Private> { question };
            let shown = ChainOfThought::<Public> {
                question: hidden.answer,
            };
            shown.answer.clone()
        }

        pub(super) fn Half(question: String) -> PublicOutput {
            let answer = Predict::<Public> { question };
            answer
        }
    );
}

mod whole {
    use dashoptimize::pipeline;

    pipeline!(
        pub(crate) fn Whole(question: String) -> (String, String) {
            let open = super::parts::Open { question };
            let half = crate::parts::Half { question };
            (open, half.answer)
        }
    );
}

fn main() {
    use dashoptimize::lm::Lm;
    use dashoptimize::module::ModuleExt;

    let _ = async |lm: Lm| {
        let whole = whole::Whole::new(&lm);
        let question = "q".to_owned();
        let input = parts::PublicInput {
            question: question.clone(),
        };
        let _ = whole.open.shown.render(&input);
        let _ = whole.half.answer.render(&input);
        whole.call(whole::WholeInput { question }).await
    };
}
