//! Modules that let a model write code.

use std::sync::atomic::{AtomicUsize, Ordering};

use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::{CodeAct, ProgramOfThought};
use dashoptimize::tool::SimpleTool;
use dashoptimize::tools;

use super::*;
use crate::support::python::{interpreter, small};

#[tokio::test]
async fn i16_no_code_of_a_reply_that_is_not_an_answer_is_run() {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    let tool = || {
        SimpleTool::new("look", "Looks.", |_| async {
            CALLED.fetch_add(1, Ordering::SeqCst);
            Ok("42".to_owned())
        })
    };
    let text = "[[ ## reasoning ## ]]\nr\n[[ ## generated_code ## ]]\nlook('x')\nSUBMIT(42)\n\
                [[ ## finished ## ]]\ntrue\n[[ ## answer ## ]]\n42";
    for finish in NOT_AN_ANSWER.into_iter().chain([FinishReason::Stop]) {
        let model = Scripted::new(move |_: &ChatRequest| whole(text).with_finish(finish));
        let act = CodeAct::<Ask>::new(model.clone())
            .tools(tools![tool()])
            .interpreter(interpreter().limits(small()));
        let acted = act.call(question()).await;
        let solve =
            ProgramOfThought::<Ask>::new(model.clone()).interpreter(interpreter().limits(small()));
        let solved = solve.call(question()).await;
        let is_whole = finish == FinishReason::Stop;
        assert_eq!(acted.is_ok(), is_whole, "{finish:?}: {:?}", acted.err());
        assert_eq!(
            CALLED.load(Ordering::SeqCst),
            usize::from(is_whole),
            "{finish:?}"
        );
        assert!(is_whole || solved.is_err(), "{finish:?}");
    }
}
