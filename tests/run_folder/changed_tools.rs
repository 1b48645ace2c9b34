//! Tools are part of the prompt of an agent.

use dashoptimize::engine::Run;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;
use tempfile::tempdir;

/// Answer the question.
#[signature]
#[derive(Clone)]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

mod before {
    use dashoptimize::prelude::*;

    /// Looks an animal up.
    #[tool]
    pub(super) fn look_up(animal: String) -> String {
        animal
    }

    module!(
        #[with(tools = [look_up])]
        pub(super) type Agent = ReAct<super::Ask>;
    );
}

mod after {
    use dashoptimize::prelude::*;

    /// Looks an animal up in a book.
    #[tool]
    pub(super) fn look_up(animal: String) -> String {
        animal
    }

    module!(
        #[with(tools = [look_up])]
        pub(super) type Agent = ReAct<super::Ask>;
    );
}

#[tokio::test]
async fn i5_a_changed_description_of_a_tool_is_another_run() {
    let folder = tempdir().unwrap();
    let run = Run::folder(folder.path()).budget(Budget::calls(100));
    let finish = r#"[[ ## next_thought ## ]]
x
[[ ## next_tool_name ## ]]
finish
[[ ## next_tool_args ## ]]
{}
[[ ## reasoning ## ]]
x
[[ ## answer ## ]]
x"#;
    let lm = Scripted::new(move |_: &ChatRequest| finish);
    let rows = [Ask {
        question: "who?".to_owned(),
        answer: "x".to_owned(),
    }];
    let is_right = |gold: &Ask, found: &Acted<AskOutput>| gold.answer == found.answer;
    run.evaluate(&before::Agent::new(lm.clone()), &rows, &is_right)
        .await
        .unwrap();
    let calls = lm.calls();
    run.evaluate(&before::Agent::new(lm.clone()), &rows, &is_right)
        .await
        .unwrap();
    let other = after::Agent::new(lm.clone());
    let stop = run.evaluate(&other, &rows, &is_right).await.unwrap_err();
    assert!(
        stop.to_string().contains("of predictor `react` differ"),
        "{stop}"
    );
    assert_eq!(lm.calls(), calls);
}
