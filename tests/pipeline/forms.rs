//! What each form evaluates to.

use dashoptimize::call::{Context, TraceEvent, Traced};
use dashoptimize::lm::{Budget, ChatRequest, Gateway, Lm, LmError, LmErrorKind, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::signature::{Ty, ValueError};
use serde_json::Value;

use crate::support::pipelines::{
    Answer, Careful, CarefulInput, Outer, OuterInput, Polish, PolishInput, Rag, RagInput, VALUES,
    answering, form,
};

fn input(top_k: usize) -> RagInput {
    RagInput {
        question: "why is the sky blue?".to_owned(),
        top_k,
    }
}

#[tokio::test]
async fn a_chain_with_code_a_map_and_a_route() {
    let lm = answering(VALUES).keeping_requests();
    let rag = Rag::new(lm.clone());
    let answer = rag.call(input(2)).await.expect("every reply fits");
    let expected = Answer {
        text: "an answer".to_owned(),
        sources: 2,
    };
    assert_eq!(answer, expected);
    let queries: Vec<String> = lm
        .requests()
        .iter()
        .map(|request| request.turns[0].text().to_owned())
        .collect();
    // The query, a note for each of two passages, the hard branch.
    assert_eq!(queries.len(), 4);
    assert!(queries[1].contains("sky 0") && queries[2].contains("sky 1"));
    assert!(
        queries[3].contains("[1] «a note»\n[2] «a note»"),
        "{}",
        queries[3]
    );
}

#[tokio::test]
async fn a_route_takes_one_branch_only() {
    let simple: &'static [(&str, &str)] = &[
        ("reasoning", "because"),
        ("text", "sky"),
        ("kind", "Simple"),
        ("summary", "a note"),
        ("answer", "short"),
    ];
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_trace();
    let rag = Rag::new(answering(simple));
    rag.forward(&context, input(1)).await.expect("it answers");
    let paths: Vec<String> = context
        .take_trace()
        .into_iter()
        .map(|step| step.predictor)
        .collect();
    assert_eq!(paths, ["query", "notes", "answer.simple"]);
}

#[test]
fn nodes_are_typed_fields_under_stable_paths() {
    let rag = Rag::new(answering(VALUES));
    let paths: Vec<&str> = rag.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(paths, ["query", "notes", "answer.simple", "answer.hard"]);
    let messages = rag
        .query
        .render(&crate::support::pipelines::WriteQueryInput {
            question: "why?".to_owned(),
        });
    assert!(messages[1].text().contains("why?"));
    // The options of `module!` hold for its nodes, too.
    assert_eq!(
        rag.answer_hard.predictors()[0].state().params.temperature,
        Some(0.5)
    );
}

#[test]
fn nested_pipelines_have_nested_paths() {
    let outer = Outer::new(answering(VALUES));
    let paths: Vec<&str> = outer.predictors().iter().map(|p| p.path()).collect();
    assert_eq!(
        paths,
        [
            "inner.query",
            "inner.notes",
            "inner.answer.simple",
            "inner.answer.hard",
            "checked.then"
        ]
    );
}

#[tokio::test]
async fn a_nested_pipeline_is_a_node_like_any_other() {
    let outer = Outer::new(answering(VALUES));
    let question = "why?".to_owned();
    let answer = outer.call(OuterInput { question }).await;
    assert_eq!(answer.expect("every reply fits"), "an answer");
}

#[tokio::test]
async fn a_loop_stops_at_its_condition_and_at_its_bound() {
    // One `+` more than the query has, which is that of the question and those of the text so far.
    let lengthening = |request: &ChatRequest| {
        let shown = request.turns[0].text().matches('+').count();
        format!("[[ ## answer ## ]]\n{}", "+".repeat(shown + 1))
    };
    // Long enough as it is; after one round; after two; and three at most, though 9 was wanted.
    for (enough, text, rounds) in [
        (2, "q+", 0),
        (3, "+++", 1),
        (5, "+++++", 2),
        (9, "+++++++", 3),
    ] {
        let question = "q+".to_owned();
        let lm = Scripted::new(lengthening).keeping_requests();
        let polish = Polish::new(lm.clone());
        let polished = polish.call(PolishInput { question, enough }).await;
        let polished = polished.expect("every reply fits");
        assert_eq!(
            (polished.as_str(), lm.requests().len()),
            (text, rounds),
            "enough: {enough}"
        );
    }
}

#[tokio::test]
async fn a_fallback_takes_the_first_that_succeeds() {
    let careful = |replies: fn(&ChatRequest) -> Result<String, LmError>| async move {
        let careful = Careful::new(Scripted::new(replies));
        let question = "q".to_owned();
        careful.call(CarefulInput { question }).await
    };
    let both = careful(|request| Ok(form(request, VALUES))).await;
    assert_eq!(both.expect("the first succeeds"), "an answer");
    // Without its reasoning the first cannot be read.
    let second = careful(|_| Ok("[[ ## answer ## ]]\nquick".to_owned())).await;
    assert_eq!(second.expect("the second succeeds"), "quick");
    let none = careful(|_| Ok(String::new())).await;
    assert_eq!(none.expect("the last is code"), "I do not know");
    let fatal = careful(|_| Err(LmError::new(LmErrorKind::Auth, "the key is wrong"))).await;
    let error = fatal.expect_err("no alternative could succeed");
    assert!(error.to_string().contains("the key is wrong"), "{error}");
}

#[tokio::test]
async fn a_fallback_tells_what_failed() {
    let told = std::sync::Mutex::new(Vec::new());
    let careful = Careful::new(Scripted::new(|_: &ChatRequest| String::new()));
    let question = "q".to_owned();
    careful
        .call_watched(CarefulInput { question }, |traced: &Traced| {
            if let TraceEvent::FellBack { step, error, .. } = &traced.event {
                let mut told = told.lock().expect("nobody panicked");
                told.push((step.clone(), error.contains("predictor `answer.")));
            }
        })
        .await
        .expect("the last alternative is code");
    let expected = ("answer".to_owned(), true);
    assert_eq!(
        told.into_inner().expect("nobody panicked"),
        [expected.clone(), expected]
    );
}

#[tokio::test]
async fn an_error_of_code_names_its_step_and_keeps_its_source() {
    let rag = Rag::new(answering(VALUES));
    let error = rag.call(input(0)).await.expect_err("nothing is looked for");
    assert_eq!(error.to_string(), "step `passages`: nothing to look for");
    assert!(matches!(error, CallError::Step { .. }));
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_names_its_node() {
    let reply = "[[ ## reasoning ## ]]\nx\n[[ ## text ## ]]\ny\n[[ ## kind ## ]]\npurple";
    let rag = Rag::new(Scripted::new(move |_: &ChatRequest| reply.to_owned()));
    let error = rag.call(input(2)).await.expect_err("no kind is purple");
    let CallError::Parse {
        predictor, source, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(predictor, "query");
    assert_eq!(source.reply, reply, "nothing that was paid for is lost");
}

/// A whole number that is even, which its type does not say.
#[derive(Clone, Debug)]
struct Even(i64);

impl dashoptimize::signature::FieldType for Even {
    const TYPE: Ty = <i64 as dashoptimize::signature::FieldType>::TYPE;

    fn into_json(self) -> Value {
        self.0.into()
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match value.as_i64() {
            Some(number) if number % 2 == 0 => Ok(Self(number)),
            _ => Err(ValueError::new("must be even")),
        }
    }
}

#[signature]
struct Pick {
    #[input]
    word: String,
    #[output]
    number: Even,
}

pipeline!(
    fn Picks(word: String) -> String {
        let first = Predict::<Pick> { word };
        let second = Predict::<Pick> {
            word: format!("after {:?}", first.number),
        };
        format!("{:?}", second.number)
    }
);

/// The reader knows whole numbers only; the type itself refuses the second one.
#[tokio::test]
async fn a_value_that_its_type_refuses_names_its_node() {
    let replies = ["[[ ## number ## ]]\n4", "[[ ## number ## ]]\n3"];
    let picks = Picks::new(Scripted::replies(replies));
    let word = "a".to_owned();
    let error = picks.call(PicksInput { word }).await;
    let Err(CallError::Parse {
        predictor, source, ..
    }) = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(predictor, "second");
    let [problem] = &source.problems[..] else {
        panic!("one field is refused: {source}");
    };
    let told = (&*problem.field, &*problem.problem);
    assert_eq!(told, ("number", "must be even"));
}

#[tokio::test]
async fn a_budget_that_ends_in_the_middle_ends_the_call() {
    use crate::support::pipelines::Qa;
    use dashoptimize::engine::Run;
    use dashoptimize::evaluate::Outcome;

    let rows = [Qa {
        question: "q".to_owned(),
        answer: "an answer".to_owned(),
    }];
    let outer = Outer::new(Lm::new(answering(VALUES)));
    let metric = |gold: &Qa, said: &String| gold.answer == *said;
    // The query, two notes and the answer are four calls.
    for (calls, refused) in [(4, false), (3, true), (1, true), (0, true)] {
        let run = Run::in_memory().budget(Budget::calls(calls));
        let (evaluation, evaluated) = run
            .evaluate(&outer, &rows, &metric)
            .await
            .expect("a normal end");
        assert_eq!(
            matches!(evaluated[0].outcome(), Outcome::Refused { .. }),
            refused,
            "{calls} calls"
        );
        assert_eq!(evaluation.spend.calls, calls.min(4));
    }
}
