//! Options of a step, of a `for`, and of code.

include!("../fixtures/write.rs");

pipeline!(
    fn ConcurrencyWithoutFor(question: String) -> String {
        #[with(concurrency = 3)]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn UnknownOfFor(question: String) -> Vec<String> {
        #[with(parallel = 3)]
        let texts = for word in vec![question] {
            Predict::<Write> { question: word }.text
        };
        texts
    }
);

pipeline!(
    fn OnCode(question: String) -> String {
        #[with(temperature = 0.0)]
        let text = question.trim().to_owned();
        let query = Predict::<Write> { question: text };
        query.text
    }
);

pipeline!(
    fn OtherType(question: String) -> String {
        #[with(max_tokens = "many")]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn Unknown(question: String) -> String {
        #[with(temperture = 0.0)]
        let query = Predict::<Write> { question };
        query.text
    }
);

#[signature]
struct Other {
    #[input]
    question: String,
    #[output]
    text: String,
}

fn rows() -> Vec<Other> {
    Vec::new()
}

pipeline!(
    fn OtherDemos(question: String) -> String {
        #[with(temperature = 0.0, demos = rows())]
        let query = Predict::<Write> { question };
        query.text
    }
);

/// Looks things up.
#[tool]
fn look_up(#[state] library: &str, topic: &str) -> String {
    format!("{library} {topic}")
}

module!(
    type Agent = ReAct<Other>;
);

pipeline!(
    fn OfAnInput(question: String, heat: f64) -> String {
        #[with(temperature = heat)]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn ToolsOfAnInput(question: String, library: String) -> String {
        #[with(tools = [look_up::with(library)])]
        let acted = Agent { question };
        acted.text
    }
);

pipeline!(
    fn OfAStep(question: String) -> String {
        let query = Predict::<Write> { question };
        let longest = query.text.len() as u32;
        #[with(max_tokens = longest)]
        let again = Predict::<Write> { question: query.text };
        again.text
    }
);

fn main() {
    call!(ConcurrencyWithoutFor(ConcurrencyWithoutForInput), UnknownOfFor(UnknownOfForInput));
    call!(OnCode(OnCodeInput), OtherType(OtherTypeInput), Unknown(UnknownInput));
    call!(OtherDemos(OtherDemosInput), OfAStep(OfAStepInput));
    let _ = async |lm: Lm, question: String, heat: f64| OfAnInput::new(lm).call(OfAnInputInput { question, heat }).await;
    let _ = async |lm: Lm, question: String, library: String| {
        ToolsOfAnInput::new(lm).call(ToolsOfAnInputInput { question, library }).await
    };
}
