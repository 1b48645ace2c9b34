//! What the editor is asked about.

use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt as _;
use dashoptimize::{module, pipeline, signature};

/// Turn the question into a search query.
#[signature]
pub struct WriteQuery {
    /// what is asked
    #[input]
    pub question: String,
    /// what to search for
    #[output]
    pub text: String,
}

/// Answer the question.
#[signature]
pub struct ShortAnswer {
    /// what is asked
    #[input]
    pub question: String,
    /// what was found
    #[input]
    pub passages: Vec<String>,
    /// one sentence
    #[output]
    pub answer: String,
}

module!(
    /// Thinks of a query.
    #[with(temperature = 0.0)]
    pub type Query = ChainOfThought<WriteQuery>;

    /// Answers in a sentence.
    pub type Respond = Predict<ShortAnswer>;
);

fn search(query: String, top_k: usize) -> Vec<String> {
    (0..top_k).map(|n| format!("{query} {n}")).collect()
}

pipeline!(
    /// One step after the other.
    pub fn Rag(topic: String, top_k: usize) -> String {
        let plan = ChainOfThought::<WriteQuery> { question: topic };
        let found = search(plan.text, top_k);
        let reply = Respond {
            question: plan.text,
            passages: found,
        };
        reply.answer
    }

    /// Two steps at once.
    pub fn Twice(question: String) -> String {
        let first = ChainOfThought::<WriteQuery> { question };
        let second = Query { question };
        let both = Respond {
            question,
            passages: vec![first.text, second.text],
        };
        both.answer
    }

    /// Steps inside of steps.
    pub fn Inside(subjects: Vec<String>, hard: Option<bool>) -> String {
        let texts = for subject in subjects {
            let asked = Query { question: subject };
            let wide = Query { question: asked.text };
            wide.reasoning
        };
        match hard {
            Some(_) => {
                let wanted = Query { question: texts.concat() };
                let deep = Query { question: wanted.text };
                deep.reasoning
            }
            None => texts.concat(),
        }
    }
);

/// Uses of what the macros make.
pub async fn ask(lm: Lm, question: String) -> Option<String> {
    let input = WriteQueryInput {
        question: question.clone(),
    };
    let query = Query::new(&lm).call(input).await.ok()?;
    let passages = vec![query.text.clone()];
    let respond = Respond::new(lm);
    let input = ShortAnswerInput { question, passages };
    let said = respond.call(input).await.ok()?;
    Some(said.answer)
}
