//! Programs whose predictors are not those of the file.

include!("../fixtures/rag.rs");

/// Write a query.
#[signature]
struct EditedQuery {
    #[input]
    text: String,
    #[output]
    query: String,
}

module!(
    type QueryOfText = Predict<EditedQuery>;
);

program!(EditedInPart = "query": QueryOfText, "answer": Respond);
program!(Renamed = "query": Query, "respond": Respond);
program!(Longer = "rag": Rag, "again": Query);

fn main() {
    let prompt = include_prompt!(Rag, "prompt/query_only.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Renamed, "prompt/rag.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Respond, "prompt/rag.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Longer, "prompt/twice.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(EditedInPart, "prompt/rag.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
