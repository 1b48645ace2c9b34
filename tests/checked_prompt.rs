//! `include_prompt!` when the program runs. What it says when it is compiled is in `ui-tests/prompt`.

use dashoptimize::adapter::JsonAdapter;
use dashoptimize::artifact::{Artifact, Prompt};
use dashoptimize::lm::{ChatRequest, Lm, Scripted};
use dashoptimize::module::ModuleExt;
use dashoptimize::{include_prompt, module, signature};

/// Say whether the customer is angry.
#[signature]
struct Mood {
    /// the message as the customer wrote it
    #[input]
    message: String,
    /// whether the customer is angry
    #[output]
    is_angry: bool,
}

module!(
    type MoodOf = Predict<Mood>;
);

static PROMPT: Prompt<MoodOf> = include_prompt!(MoodOf, "prompts/mood.json");

#[tokio::test]
async fn a_checked_prompt_is_what_the_model_is_sent() {
    let lm = Scripted::new(|request: &ChatRequest| {
        let system = request.prefix.messages()[0].text();
        assert!(system.contains("Tell anger from haste."), "{system}");
        "[[ ## is_angry ## ]]\ntrue"
    });
    let program = PROMPT.program(lm).unwrap();
    let message = "I have been waiting for three weeks!".to_owned();
    let mood = program.call(MoodInput { message }).await.unwrap();
    assert!(mood.is_angry);
    let state = &program.state().predictors["predict"];
    assert_eq!(
        (state.demos.len(), state.params.temperature),
        (1, Some(0.0))
    );
}

#[test]
fn it_is_the_file_as_it_was_saved() {
    let file = Artifact::open("prompts/mood.json").unwrap();
    assert_eq!(PROMPT.artifact().unwrap(), file);
    assert_eq!(PROMPT.text(), file.to_text());
    assert_eq!(PROMPT.origin(), "prompts/mood.json");
    assert_eq!(file.provenance().unwrap().optimizer, "RandomSearch");
}

#[test]
fn another_adapter_is_found_when_the_program_runs() {
    let given = MoodOf::new(Lm::new(Scripted::replies(["x"]))).adapter(JsonAdapter);
    let error = PROMPT.install(&given).unwrap_err().to_string();
    assert_eq!(
        error,
        "`prompts/mood.json` does not fit this program, so nothing of it is loaded; predictor \
         `predict`: tuned with the adapter `chat`, but the program uses `json`; set it before loading"
    );
}
