//! While a step is being typed, the others are still checked.

include!("../fixtures/write.rs");

pipeline!(
    fn InnerSteps(questions: Vec<String>, question: String) -> String {
        let query = Predict::<Write> { question };
        let texts = for question in questions {
            let half = query.;
            let other = Predict::<Write> { qestion: query.text };
            other.text
        };
        let branch = match query.kind {
            Kind::Simple => search(query.),
            Kind::Hard => {
                let number = Predict::<Write> { question: 3 };
                let unknown = Predict::<Write> { question: numbr.text };
                number.text
            }
        };
        let safe = Predict::<Write> { question: query.text, more: 1 }.text || query.;
        let mut draft = query.text;
        #[with(at_most = 2)]
        while draft.is_empty() {
            let half = ;
            let next = Predict::<Write> { text: draft };
            draft = next.text;
        }
        if query.text.is_empty() {
            let half = draft.;
            half
        } else {
            let last = Predict::<Write> { question: last_text };
            last.text
        }
    }
);

pipeline!(
    fn Step(question: String) -> String {
        let query = Predict::<Write> { question };
        let half = search(query.);
        let third = Predict::<Write> { qestion: query.text };
        third.text
    }
);

fn main() {
    let (questions, question) = (Vec::new(), String::new());
    let _ = async |lm: Lm| InnerSteps::new(lm).call(InnerStepsInput { questions, question }).await;
    call!(Step(StepInput));
}
