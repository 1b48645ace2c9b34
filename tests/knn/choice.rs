//! Which demos a call is shown.

use std::sync::{Arc, Mutex};

use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::{ChatModel, ChatRequest, Message, Role, Scripted};
use dashoptimize::module::{ChainOfThought, KNN, Module, ModuleExt, OverSignature, Predict, ReAct};
use dashoptimize::retrieve::{EmbedError, Embedder};
use dashoptimize::state::{Demo, Nearest};
use proptest::prelude::*;
use serde_json::json;

use super::{Kind, LETTERS, POOL, demo, input, pool, pool_state, program, shown, silent, state};

#[test]
fn words_choose_the_demos_that_share_the_rarest() {
    let program = KNN::<Kind>::new(silent()).demos(pool());
    let things = |program: &KNN<Kind>, thing: &str| -> Vec<String> {
        let messages = program.render(&input(thing));
        shown(&messages).into_iter().map(str::to_owned).collect()
    };
    // `red` is in two of five texts, `apple` in two: the first one has both, the second and the
    // third one each; of these two the earlier one is nearer. The nearest is the last.
    assert_eq!(
        things(&program, "a red apple"),
        ["green apple", "red car", "red apple"]
    );
    // `whale` alone is shared; the rest is filled up from the start of the pool.
    assert_eq!(
        things(&program, "WHALES!"),
        ["red car", "red apple", "blue whale"]
    );
    assert_eq!(things(&program.clone().k(1), "fast"), ["fast car"]);
    assert_eq!(
        things(&program.k(9), "fast").len(),
        5,
        "no more than there are"
    );
    let empty = KNN::<Kind>::new(silent());
    assert!(things(&empty, "fast").is_empty());
}

#[test]
fn an_embedder_chooses_the_demos_of_the_closest_direction() {
    let program = program().embedder(LETTERS);
    let demos = ["abab", "aab", "hhh", "ab c"]
        .map(|thing| demo(thing, "x"))
        .to_vec();
    let state = state("predict", demos, Some(Nearest::by("letters", 3)));
    let program = program.with_state(&state).unwrap().into_program();
    // Cosines with (2, 1): 3/√10 of `abab`, 1 of `aab`, 0 of `hhh`, 3/√15 of `ab c`.
    let messages = program.render(&input("baa"));
    assert_eq!(shown(&messages), ["ab c", "abab", "aab"]);
}

/// Counts the texts that are embedded.
#[derive(Debug, Default)]
struct Counting(Arc<Mutex<Vec<String>>>);

impl Embedder for Counting {
    fn id(&self) -> &str {
        "counting"
    }

    fn dimension(&self) -> usize {
        LETTERS.dimension()
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut embedded = self.0.lock().unwrap();
        embedded.extend(texts.iter().map(|&text| text.to_owned()));
        LETTERS.embed(texts)
    }
}

#[tokio::test]
async fn demos_are_embedded_once_when_they_are_set_and_a_call_embeds_its_input_alone() {
    let embedder = Counting::default();
    let embedded = Arc::clone(&embedder.0);
    let taken = || std::mem::take(&mut *embedded.lock().unwrap()).len();
    let program = program().embedder(embedder);
    let program = program
        .with_state(&pool_state(Some(Nearest::by("counting", 2))))
        .unwrap();
    assert_eq!(taken(), POOL.len(), "all demos, before the first call");
    for _ in 0..3 {
        program.call(input("red bus")).await.unwrap();
        assert_eq!(taken(), 1, "the input of the call");
    }
}

#[test]
fn demos_that_lack_a_field_come_first_as_everywhere() {
    let program = ChainOfThought::<Kind>::new(silent());
    let mut whole = demo("far away", "x");
    whole.outputs.insert("reasoning".into(), json!("because"));
    let demos = vec![whole, demo("near", "x"), demo("rather near", "x")];
    let state = state("chain_of_thought", demos, Some(Nearest::lexical(3)));
    let messages = program.with_state(&state).unwrap().render(&input("near"));
    assert_eq!(shown(&messages), ["rather near", "near", "far away"]);
}

#[tokio::test]
async fn i7_what_is_rendered_is_what_is_sent() {
    let model = Scripted::new(|_: &ChatRequest| "[[ ## kind ## ]]\nx").keeping_requests();
    let lexical = Predict::<Kind>::new(model.clone())
        .with_state(&pool_state(Some(Nearest::lexical(2))))
        .unwrap();
    let embedded = Predict::<Kind>::new(model.clone())
        .embedder(LETTERS)
        .with_state(&pool_state(Some(Nearest::by("letters", 2))))
        .unwrap()
        .into_program();
    for program in [lexical, embedded] {
        for thing in ["a green car", "whale", ""] {
            program.call(input(thing)).await.unwrap();
            let sent: Vec<Message> = model
                .requests()
                .pop()
                .unwrap()
                .messages()
                .cloned()
                .collect();
            assert_eq!(sent, program.render(&input(thing)));
            assert_eq!(sent.len(), 6, "the system message, two demos, the query");
        }
    }
}

#[test]
fn the_query_has_the_form_of_a_demo() {
    let program = program()
        .with_state(&pool_state(Some(Nearest::lexical(1))))
        .unwrap();
    let messages = program.render(&input("blue whale"));
    assert_eq!(messages[1].text(), messages[3].text());
    let fixed = program.with_state(&state("predict", vec![demo("blue whale", "animal")], None));
    assert_eq!(messages, fixed.unwrap().render(&input("blue whale")));
}

#[tokio::test]
async fn a_listener_hears_which_demos_are_shown() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        move |traced: &Traced| {
            if let TraceEvent::DemosPicked {
                predictor, demos, ..
            } = &traced.event
            {
                let told = &mut *told.lock().unwrap();
                told.push((predictor.clone(), demos.clone()));
            }
        }
    };
    let program = KNN::<Kind>::new(silent()).k(2).demos(pool());
    program
        .call_watched(input("green apple"), listener)
        .await
        .unwrap();
    assert_eq!(*told.lock().unwrap(), [("knn".to_owned(), vec![0, 2])]);
}

#[test]
fn an_agent_chooses_demos_in_both_ways_of_calling_tools() {
    let step = |thing: &str, tool: &str| {
        let mut demo = demo(thing, "x");
        demo.inputs.insert("trajectory".into(), json!(""));
        demo.outputs = serde_json::Map::from_iter([
            ("next_thought".to_owned(), json!("hm")),
            ("next_tool_name".to_owned(), json!(tool)),
            ("next_tool_args".to_owned(), json!({})),
        ]);
        demo
    };
    let demos = vec![step("red apple", "finish"), step("blue whale", "look")];
    for model in [silent(), silent().with_native_tools()] {
        let native = model.info().native_tools;
        let agent = ReAct::<Kind>::new(model);
        let react = |nearest| {
            let agent = agent.with_state(&state("react", demos.clone(), nearest));
            let agent = agent.unwrap();
            agent.predictors()[0].render(&[json!("whale"), json!("")])
        };
        let (all, one) = (react(None), react(Some(Nearest::lexical(1))));
        // The system message, the demos, the query. A call is followed by a result where the
        // provider has its own tools.
        let of_whale = if native { 3 } else { 2 };
        assert_eq!(all.len(), 1 + 2 + of_whale + 1);
        assert_eq!(one.len(), 1 + of_whale + 1);
        assert_eq!(one[0], all[0]);
        assert_eq!(one[1..], all[3..], "the second demo and the query");
    }
}

proptest! {
    #[test]
    fn any_pool_shows_so_many_different_demos(
        things in prop::collection::vec("[a-h ]{0,6}|.{0,12}", 0..9),
        query in "[a-h ]{0,6}|.{0,12}",
        k in 0..12_usize,
    ) {
        let numbered = things.iter().enumerate();
        let demos: Vec<Demo> = numbered.map(|(i, thing)| demo(thing, &format!("kind {i}"))).collect();
        for by in [Nearest::LEXICAL, "letters"] {
            let state = state("predict", demos.clone(), Some(Nearest::by(by, k)));
            let program = program().embedder(LETTERS).with_state(&state).unwrap().into_program();
            let messages = program.render(&input(&query));
            prop_assert_eq!(messages.len(), 2 + 2 * k.min(things.len()));
            let mut kinds: Vec<_> = messages.iter().filter(|m| m.role == Role::Assistant).map(|m| m.text()).collect();
            kinds.sort();
            kinds.dedup();
            prop_assert_eq!(kinds.len(), k.min(things.len()), "no demo is shown twice");
            prop_assert_eq!(&messages, &program.render(&input(&query)));
        }
    }
}
