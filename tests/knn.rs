//! Demos by similarity: the choice, the file, the optimizer.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::artifact::{ArtifactError, Diff};
use dashoptimize::engine::Run;
use dashoptimize::evaluate::{Dataset, Decision, Splits};
use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, Message, ModelInfo, Permit, Price, Role,
    Scripted, Usage,
};
use dashoptimize::module::{
    CallError, ChainOfThought, Demo, Embeds, KNN, Module, Nearest, OverSignature, Predict,
    PredictorState, Reasoned, State, StateError, TraceEvent, Traced,
};
use dashoptimize::optimizer::{KNNFewShot, Optimized, Optimizer};
use dashoptimize::retrieve::{EmbedError, Embedder};
use dashoptimize::{pipeline, signature};
use proptest::prelude::*;
use serde_json::{Map, json};

/// Name the kind of thing.
#[signature]
#[derive(Clone, Debug)]
struct Kind {
    #[input]
    thing: String,
    #[output]
    kind: String,
}

fn row(thing: &str, kind: &str) -> Kind {
    Kind {
        thing: thing.to_owned(),
        kind: kind.to_owned(),
    }
}

fn input(thing: &str) -> KindInput {
    KindInput {
        thing: thing.to_owned(),
    }
}

fn silent() -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## kind ## ]]\nx")
}

/// Places a text by how often each of the letters from a to h is in it.
#[derive(Debug)]
struct Letters(&'static str);

impl Embedder for Letters {
    fn id(&self) -> &str {
        self.0
    }

    fn dimension(&self) -> usize {
        8
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts.contains(&"poison") {
            return Err(EmbedError::failed(self.0, "poison was in it"));
        }
        let count = |text: &str, letter: char| text.matches(letter).count() as f32;
        let vector = |text: &&str| ('a'..='h').map(|letter| count(text, letter)).collect();
        Ok(texts.iter().map(vector).collect())
    }
}

const LETTERS: Letters = Letters("letters");

/// The things of the demos in these messages, in order.
fn shown(messages: &[Message]) -> Vec<&str> {
    let users = messages.iter().filter(|message| message.role == Role::User);
    let texts = users.map(|message| message.text.rsplit('\n').next().unwrap_or_default());
    let mut things: Vec<&str> = texts.collect();
    things.pop().expect("the last turn is the query");
    things
}

const POOL: [(&str, &str); 5] = [
    ("red apple", "fruit"),
    ("red car", "vehicle"),
    ("green apple", "fruit"),
    ("fast car", "vehicle"),
    ("blue whale", "animal"),
];

fn pool() -> Vec<Kind> {
    POOL.map(|(thing, kind)| row(thing, kind)).to_vec()
}

fn demo(thing: &str, kind: &str) -> Demo {
    let field = |name: &str, value: &str| Map::from_iter([(name.to_owned(), json!(value))]);
    Demo {
        inputs: field("thing", thing),
        outputs: field("kind", kind),
    }
}

/// The state of a program with one predictor at `path`.
fn state(path: &str, demos: Vec<Demo>, nearest: Option<Nearest>) -> State {
    let predictor = PredictorState {
        demos,
        nearest,
        ..PredictorState::default()
    };
    State {
        predictors: [(path.to_owned(), predictor)].into(),
    }
}

fn pool_state(nearest: Option<Nearest>) -> State {
    let demos = POOL.map(|(thing, kind)| demo(thing, kind)).to_vec();
    state("predict", demos, nearest)
}

fn program() -> Predict<Kind> {
    Predict::new(silent())
}

// The choice.

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
        things(&program.clone().k(9), "fast").len(),
        5,
        "no more than there are"
    );
    assert!(things(&program.clone().k(0), "fast").is_empty());
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
    assert_eq!(messages[1].text, messages[3].text);
    let fixed = program.with_state(&state("predict", vec![demo("blue whale", "animal")], None));
    assert_eq!(messages, fixed.unwrap().render(&input("blue whale")));
}

#[tokio::test]
async fn whoever_watches_is_told_which_demos_are_shown() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        move |traced: &Traced| {
            if let TraceEvent::Step {
                what: "demos",
                name,
                text,
            } = &traced.event
            {
                told.lock().unwrap().push((name.clone(), text.clone()));
            }
        }
    };
    let program = KNN::<Kind>::new(silent()).k(2).demos(pool());
    program
        .call_watched(input("green apple"), listener)
        .await
        .unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [("knn".to_owned(), "[0, 2]".to_owned())]
    );
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
            let mut kinds: Vec<_> = messages.iter().filter(|m| m.role == Role::Assistant).map(|m| &m.text).collect();
            kinds.sort();
            kinds.dedup();
            prop_assert_eq!(kinds.len(), k.min(things.len()), "no demo is shown twice");
            prop_assert_eq!(&messages, &program.render(&input(&query)));
        }
    }
}

// The file.

#[test]
fn a_file_keeps_the_choice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kind.json");
    let tuned = program()
        .embedder(LETTERS)
        .with_state(&pool_state(Some(Nearest::by("letters", 2))));
    let tuned = tuned.unwrap();
    tuned.save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("\"nearest\": {\n        \"by\": \"letters\",\n        \"k\": 2\n      }"),
        "{text}"
    );
    let loaded = program().embedder(LETTERS).load(&path).unwrap();
    assert_eq!(loaded.state(), tuned.state());
    let render = |program: &dashoptimize::module::WithEmbedder<Predict<Kind>>| {
        program
            .clone()
            .into_program()
            .render(&input("a fast apple"))
    };
    assert_eq!(render(&loaded), render(&tuned));
    loaded.save(folder.path().join("again.json")).unwrap();
    assert_eq!(
        std::fs::read_to_string(folder.path().join("again.json")).unwrap(),
        text
    );
}

#[test]
fn a_file_without_a_choice_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kind.json");
    program()
        .with_state(&pool_state(None))
        .unwrap()
        .save(&path)
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("nearest"), "{text}");
    let loaded = program().load(&path).unwrap();
    assert_eq!(
        shown(&loaded.render(&input("x"))).len(),
        5,
        "all demos are shown"
    );
}

#[test]
fn a_program_without_that_embedder_refuses_the_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kind.json");
    let tuned = program()
        .embedder(LETTERS)
        .with_state(&pool_state(Some(Nearest::by("letters", 2))));
    tuned.unwrap().save(&path).unwrap();
    let misfit = |error: ArtifactError| {
        assert!(matches!(error, ArtifactError::Misfit { .. }), "{error}");
        error.to_string()
    };
    let error = misfit(program().load(&path).unwrap_err());
    assert!(
        error.contains("by the embedder `letters`, but the program has none"),
        "{error}"
    );
    let other = program().embedder(Letters("other"));
    let error = misfit(other.load(&path).unwrap_err());
    assert!(
        error.contains("`letters`, but the program has `other`"),
        "{error}"
    );
}

#[test]
fn a_state_that_needs_another_embedder_is_refused() {
    let needs = pool_state(Some(Nearest::by("letters", 2)));
    let error = |found: Option<&str>| StateError::Embedder {
        path: "predict".to_owned(),
        wanted: "letters".to_owned(),
        found: found.map(str::to_owned),
    };
    assert_eq!(program().with_state(&needs).unwrap_err(), error(None));
    let other = program().embedder(Letters("other"));
    assert_eq!(other.own_embedder().id(), "other");
    assert_eq!(other.with_state(&needs).unwrap_err(), error(Some("other")));
    let words = error(Some("other")).to_string();
    assert!(
        words.contains("nearest by the embedder `letters`, but has `other`"),
        "{words}"
    );
}

#[tokio::test]
async fn an_embedder_that_fails_is_a_typed_outcome() {
    let nearest = Some(Nearest::by("letters", 2));
    let poisoned = state("predict", vec![demo("poison", "x")], nearest.clone());
    let error = program()
        .embedder(LETTERS)
        .with_state(&poisoned)
        .unwrap_err();
    assert!(
        matches!(&error, StateError::Embed { problem, .. } if problem.ends_with("poison was in it")),
        "{error}"
    );
    let program = program()
        .embedder(LETTERS)
        .with_state(&pool_state(nearest))
        .unwrap();
    let error = program.call(input("poison")).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Step { step, .. } if step == "predict"),
        "{error}"
    );
    let rendered = program.into_program().render(&input("poison"));
    assert_eq!(rendered.len(), 2, "without demos");
}

#[tokio::test]
async fn demos_in_source_take_the_place_of_a_pool() {
    let tuned = program().embedder(LETTERS);
    let tuned = tuned.with_state(&pool_state(Some(Nearest::by("letters", 2))));
    let tuned = tuned.unwrap().into_program();
    let things = ["bad", "cab", "hag"].map(|thing| row(thing, "x"));
    let messages = tuned.clone().demos(things).render(&input("dab"));
    assert_eq!(
        shown(&messages),
        ["cab", "bad"],
        "compared by the same embedder"
    );
    // The embedder fails where no error can be returned: every call says so.
    let broken = tuned.demos([row("poison", "x")]);
    let error = broken.call(input("dab")).await.unwrap_err();
    assert!(error.to_string().contains("poison was in it"), "{error}");
}

#[test]
fn a_diff_says_how_demos_are_chosen() {
    let program = program();
    let (before, after) = (pool_state(None), pool_state(Some(Nearest::lexical(2))));
    let diff = Diff::between(&program, &before, &after);
    let words = diff.to_string();
    assert!(
        words.contains("demos of a call: all → the 2 nearest (lexical)"),
        "{words}"
    );
    assert!(
        diff.predictors()[0].bytes_added() < 0,
        "demos are no constant prompt any more"
    );
}

// The optimizer.

/// Names of families. The things of a family are of one kind, which only a demo tells.
const FAMILIES: [&str; 10] = [
    "ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine",
];

fn things(from: usize, to: usize) -> Vec<Kind> {
    let row = |i: usize| {
        let family = FAMILIES[i / 2 % FAMILIES.len()];
        row(
            &format!("{family} number {i}"),
            &format!("kind of {family}"),
        )
    };
    (from..to).map(row).collect()
}

fn splits() -> Splits<Kind> {
    let part = |from, to| Dataset::from_vec(things(from, to));
    Splits::new(part(0, 30), part(30, 50), part(50, 90)).unwrap()
}

fn is_right(gold: &Kind, found: &KindOutput) -> bool {
    gold.kind == found.kind
}

/// Knows the kind of a thing if a demo of the same family is shown.
#[derive(Clone, Default)]
struct Copycat {
    calls: Arc<AtomicU64>,
    dies_at: Option<u64>,
}

impl Copycat {
    fn answer(request: &ChatRequest) -> String {
        let messages: Vec<&Message> = request.messages().collect();
        let (query, before) = messages.split_last().expect("there is a query");
        let family = |message: &Message| {
            let thing = message.text.rsplit('\n').next().unwrap_or_default();
            thing.split(' ').next().map(str::to_owned)
        };
        let demos = before[1..].chunks(2);
        let known = demos.rev().find(|demo| family(demo[0]) == family(query));
        known.map_or_else(
            || "[[ ## kind ## ]]\nno idea".to_owned(),
            |demo| demo[1].text.clone(),
        )
    }
}

impl ChatModel for Copycat {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            if self.dies_at.is_some_and(|last| call >= last) {
                std::future::pending::<()>().await;
            }
            for _ in 0..call % 5 {
                tokio::task::yield_now().await;
            }
            Ok(ChatReply::new(Self::answer(request)).with_usage(Usage::new(10, 5)))
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new("copycat").with_price(Price::per_1m(1.0, 2.0))
    }
}

async fn tune<M: Module<Input = KindInput, Output = KindOutput>>(
    optimizer: impl Optimizer<M, Kind>,
    program: M,
    run: Run,
) -> Optimized<M> {
    optimizer
        .optimize(&program, &splits(), &run.seed(1))
        .await
        .unwrap()
}

#[tokio::test]
async fn nearest_demos_are_better_where_they_matter() {
    let tuned = tune(
        KNNFewShot::new(is_right),
        Predict::<Kind>::new(Copycat::default()),
        Run::in_memory(),
    )
    .await;
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
    let predictor = &tuned.tuned.predictors["predict"];
    assert_eq!(predictor.nearest, Some(Nearest::lexical(3)));
    // The rows of the training part and no other.
    let train = things(0, 30);
    let train: Vec<Demo> = train
        .iter()
        .map(|row| demo(&row.thing, &row.kind))
        .collect();
    assert_eq!(predictor.demos, train);
    // Every family is among them, so that all of the hold-out is right.
    for row in things(50, 90) {
        let output = tuned.program.call(input(&row.thing)).await.unwrap();
        assert_eq!(output.kind, row.kind);
    }
}

#[tokio::test]
async fn an_embedder_does_it_as_well() {
    let program = Predict::<Kind>::new(Copycat::default()).embedder(LETTERS);
    let tuned = tune(
        KNNFewShot::new(is_right).k(5).embedded(),
        program,
        Run::in_memory(),
    )
    .await;
    let nearest = &tuned.tuned.predictors["predict"].nearest;
    assert_eq!(*nearest, Some(Nearest::by("letters", 5)));
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
}

#[tokio::test]
async fn each_training_row_is_tried_once_and_pools_of_equal_prompts_cost_nothing() {
    // Both programs on the 20 rows of validation and the 40 of the hold-out, and the 30 rows of
    // training. The runs that pass say what the rows say, so that the second pool is the first one
    // again, and its evaluation is answered by the journal.
    for (rounds, calls) in [(1, 2 * 20 + 30 + 2 * 40), (0, 2 * 20 + 2 * 40)] {
        let model = Copycat::default();
        let program = Predict::<Kind>::new(model.clone());
        let optimizer = KNNFewShot::new(is_right).max_rounds(rounds);
        let tuned = tune(optimizer, program, Run::in_memory()).await;
        assert_eq!(model.calls.load(Ordering::SeqCst), calls, "{rounds} rounds");
        assert_eq!(tuned.report.ledger.total().calls, calls);
    }
}

#[tokio::test]
async fn an_example_never_sees_its_own_answer_while_demos_are_made() {
    let model = Scripted::new(|request: &ChatRequest| {
        let messages: Vec<&Message> = request.messages().collect();
        let (query, before) = messages.split_last().unwrap();
        let seen = before.iter().any(|message| message.text == query.text);
        assert!(!seen, "the answer is shown: {}", query.text);
        "[[ ## kind ## ]]\nx"
    });
    // Two of the rows have equal inputs: neither may be shown to the other.
    let mut train = things(0, 12);
    train.push(row("elm number 3", "another kind"));
    let part = |from, to| Dataset::from_vec(things(from, to));
    let data = Splits::new(Dataset::from_vec(train), part(30, 40), part(50, 60)).unwrap();
    let run = Run::in_memory();
    let program = Predict::<Kind>::new(model);
    KNNFewShot::new(is_right)
        .k(13)
        .optimize(&program, &data, &run)
        .await
        .unwrap();
}

/// Copies from a demo of the same family, but where the number is odd only from one with reasoning.
fn thinker(request: &ChatRequest) -> String {
    let messages: Vec<&Message> = request.messages().collect();
    let (query, before) = messages.split_last().unwrap();
    let thing = query.text.rsplit('\n').next().unwrap();
    let (family, number) = thing.split_once(" number ").unwrap();
    let of_family = before.chunks(2).any(|_| true)
        && before.iter().any(|message| {
            message.role == Role::User && message.text.contains(&format!("{family} number"))
        });
    let thought = before
        .iter()
        .any(|message| message.text.contains(&format!("thought of {family}")));
    let even = number.parse::<u32>().unwrap().is_multiple_of(2);
    let kind = match of_family && (even || thought) {
        true => format!("kind of {family}"),
        false => "no idea".to_owned(),
    };
    format!("[[ ## reasoning ## ]]\nthought of {thing}\n\n[[ ## kind ## ]]\n{kind}")
}

#[tokio::test]
async fn runs_that_pass_take_the_place_of_their_rows() {
    let program = ChainOfThought::<Kind>::new(Scripted::new(thinker));
    let metric = |gold: &Kind, found: &Reasoned<KindOutput>| is_right(gold, found);
    let run = Run::in_memory().seed(1);
    let tuned = KNNFewShot::new(metric)
        .optimize(&program, &splits(), &run)
        .await
        .unwrap();
    let worth: Vec<_> = tuned
        .report
        .tried
        .iter()
        .map(|tried| tried.measured.worth())
        .collect();
    // No demos; labelled rows, where the even numbers are right; runs with their reasoning.
    assert_eq!(worth, [Some(0.0), Some(0.5), Some(1.0)]);
    let demos = &tuned.tuned.predictors["chain_of_thought"].demos;
    assert_eq!(demos.len(), 30, "all rows are there");
    for (number, demo) in demos.iter().enumerate() {
        let thing = demo.inputs["thing"].as_str().unwrap();
        assert!(
            thing.ends_with(&format!(" number {number}")),
            "in the order of the rows"
        );
        let thought = demo.outputs.get("reasoning");
        let passed = number % 2 == 0;
        let expected = passed.then(|| json!(format!("thought of {thing}")));
        assert_eq!(thought, expected.as_ref(), "{thing}");
    }
}

/// Describe the thing.
#[signature]
struct Describe {
    #[input]
    thing: String,
    #[output]
    words: String,
}

pipeline!(
    #[with(rows = Kind)]
    fn TwoSteps(thing: String) -> String {
        let described = Predict::<Describe> { thing }.words;
        Predict::<Kind> { thing: described }.kind
    }
);

#[tokio::test]
async fn every_step_of_a_pipeline_gets_its_pool() {
    // Describing says the same again; then it copies as before.
    let model = Scripted::new(|request: &ChatRequest| {
        let query = &request.turns.last().unwrap().text;
        match request.prefix.messages()[0].text.starts_with("Describe") {
            true => format!("[[ ## words ## ]]\n{}", query.rsplit('\n').next().unwrap()),
            false => Copycat::answer(request),
        }
    });
    let program = TwoSteps::new(model).embedder(LETTERS);
    let metric = |gold: &Kind, kind: &String| gold.kind == *kind;
    let optimizer = KNNFewShot::new(metric).k(4).embedded();
    let run = Run::in_memory().seed(1);
    let tuned = optimizer.optimize(&program, &splits(), &run).await.unwrap();
    let verdict = tuned.verdict.as_ref().unwrap();
    assert_eq!(verdict.decision, Decision::Better, "{verdict}");
    let nearest = |path: &str| tuned.tuned.predictors[path].nearest.clone();
    // No row has `words`, so at first only the second step has demos; both pools do equally well.
    assert_eq!(nearest("described"), None);
    assert_eq!(nearest("output"), Some(Nearest::by("letters", 4)));
    let loaded = TwoSteps::new(silent()).embedder(LETTERS);
    assert_eq!(
        tuned.artifact.install(&loaded).unwrap().state(),
        tuned.tuned
    );
}

#[tokio::test]
async fn i4_concurrency_1_and_64_give_the_same_artifact() {
    let mut artifacts = Vec::new();
    for concurrency in [1, 64] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let run = Run::folder(&path).concurrency(concurrency);
        tune(
            KNNFewShot::new(is_right),
            Predict::<Kind>::new(Copycat::default()),
            run,
        )
        .await;
        artifacts.push(std::fs::read(path.join("artifact.json")).unwrap());
    }
    assert!(artifacts[0] == artifacts[1]);
}

async fn tune_in(path: &Path, model: Copycat) -> Vec<u8> {
    let run = Run::folder(path).concurrency(4);
    tune(KNNFewShot::new(is_right), Predict::<Kind>::new(model), run).await;
    std::fs::read(path.join("artifact.json")).unwrap()
}

fn records(folder: &Path) -> u64 {
    let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    journal.lines().count() as u64
}

#[tokio::test(start_paused = true)]
async fn i5_a_killed_run_goes_on_and_ends_byte_equal() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Copycat::default();
    let expected = tune_in(&folder.path().join("whole"), whole.clone()).await;
    let all = whole.calls.load(Ordering::SeqCst);
    for call in [5, all / 2, all - 5] {
        let path = folder.path().join(format!("killed at {call}"));
        let dying = Copycat {
            dies_at: Some(call),
            ..Copycat::default()
        };
        let killed =
            tokio::time::timeout(std::time::Duration::from_secs(3600), tune_in(&path, dying));
        assert!(killed.await.is_err(), "the run hangs at call {call}");
        let recorded = records(&path);
        let second = Copycat::default();
        assert!(
            tune_in(&path, second.clone()).await == expected,
            "killed at call {call} of {all}"
        );
        let again = second.calls.load(Ordering::SeqCst);
        assert_eq!(again, all - recorded, "no recorded call is paid twice");
    }
}

#[tokio::test]
async fn a_folder_of_another_embedder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let program = |embedder| Predict::<Kind>::new(Copycat::default()).embedder(embedder);
    let run = || Run::folder(folder.path()).seed(1);
    let optimizer = || KNNFewShot::new(is_right).embedded();
    tune(optimizer(), program(LETTERS), run()).await;
    let error = optimizer()
        .optimize(&program(Letters("other")), &splits(), &run())
        .await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("its program differ"), "{error}");
}
