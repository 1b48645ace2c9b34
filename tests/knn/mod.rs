//! Demos by similarity: the choice, the file, the optimizer.

mod beside;
mod choice;
mod file;
mod optimizer;
mod pipeline;

use dashoptimize::lm::{ChatRequest, Message, Role, Scripted};
use dashoptimize::module::Predict;
use dashoptimize::retrieve::{EmbedError, Embedder};
use dashoptimize::signature;
use dashoptimize::state::{Demo, Nearest, PredictorState, State};
use serde_json::{Map, json};

/// Name the kind of thing.
#[signature]
#[derive(Clone, Debug)]
pub(super) struct Kind {
    #[input]
    pub(super) thing: String,
    #[output]
    pub(super) kind: String,
}

pub(super) fn row(thing: &str, kind: &str) -> Kind {
    Kind {
        thing: thing.to_owned(),
        kind: kind.to_owned(),
    }
}

pub(super) fn input(thing: &str) -> KindInput {
    KindInput {
        thing: thing.to_owned(),
    }
}

pub(super) fn silent() -> Scripted {
    Scripted::new(|_: &ChatRequest| "[[ ## kind ## ]]\nx")
}

/// Places a text by how often each of the letters from a to h is in it.
#[derive(Debug)]
pub(super) struct Letters(pub(super) &'static str);

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

pub(super) const LETTERS: Letters = Letters("letters");

/// The things of the demos in these messages, in order.
pub(super) fn shown(messages: &[Message]) -> Vec<&str> {
    let users = messages.iter().filter(|message| message.role == Role::User);
    let texts = users.map(|message| message.text().rsplit('\n').next().unwrap_or_default());
    let mut things: Vec<&str> = texts.collect();
    things.pop().expect("the last turn is the query");
    things
}

pub(super) const POOL: [(&str, &str); 5] = [
    ("red apple", "fruit"),
    ("red car", "vehicle"),
    ("green apple", "fruit"),
    ("fast car", "vehicle"),
    ("blue whale", "animal"),
];

pub(super) fn pool() -> Vec<Kind> {
    POOL.map(|(thing, kind)| row(thing, kind)).to_vec()
}

pub(super) fn demo(thing: &str, kind: &str) -> Demo {
    let field = |name: &str, value: &str| Map::from_iter([(name.to_owned(), json!(value))]);
    Demo::new(field("thing", thing), field("kind", kind))
}

/// The state of a program with one predictor at `path`.
pub(super) fn state(path: &str, demos: Vec<Demo>, nearest: Option<Nearest>) -> State {
    let mut predictor = PredictorState::default().with_demos(demos);
    predictor.nearest = nearest;
    State::from_iter([(path, predictor)])
}

pub(super) fn pool_state(nearest: Option<Nearest>) -> State {
    let demos = POOL.map(|(thing, kind)| demo(thing, kind)).to_vec();
    state("predict", demos, nearest)
}

pub(super) fn program() -> Predict<Kind> {
    Predict::new(silent())
}
