//! Types of fields that are written by hand and refuse some values: a refusal is a broken `assert`.

use dashoptimize::call::CallError;
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;
use dashoptimize::signature::{Ty, ValueError};
use serde_json::Value;

/// Refuses every other number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Even(u32);

impl FieldType for Even {
    const TYPE: Ty = u32::TYPE;

    fn into_json(self) -> Value {
        self.0.into()
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match u32::from_json(value)? {
            number if number.is_multiple_of(2) => Ok(Self(number)),
            _ => Err(ValueError::new("must be even")),
        }
    }
}

/// It holds one.
#[derive(Clone, Debug, PartialEq, FieldType)]
struct Pair {
    first: Even,
    rest: Vec<Even>,
}

/// Pick numbers.
#[signature]
struct Pick {
    #[input]
    text: String,
    #[output]
    alone: Even,
    #[output]
    pair: Pair,
}

fn input() -> PickInput {
    PickInput {
        text: "any".to_owned(),
    }
}

/// Corrects itself when it is told what is wrong.
fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let number = match request.turns.last().unwrap().text() {
            told if told.contains("must be even") => 4,
            _ => 3,
        };
        format!(
            "[[ ## alone ## ]]\n{number}\n\n[[ ## pair ## ]]\n\
             {{\"first\": 2, \"rest\": [{number}]}}\n\n[[ ## completed ## ]]"
        )
    })
    .keeping_requests()
}

#[tokio::test]
async fn a_refused_value_is_handed_back_to_the_model() {
    let lm = model();
    let picked = Predict::<Pick>::new(lm.clone())
        .repair(1)
        .call(input())
        .await;
    let picked = picked.unwrap();
    assert_eq!(picked.alone, Even(4));
    let pair = Pair {
        first: Even(2),
        rest: vec![Even(4)],
    };
    assert_eq!(picked.pair, pair);
    assert_eq!(lm.calls(), 2);
    let requests = lm.requests();
    let told = requests[1].turns.last().unwrap().text();
    assert!(told.contains("`alone` must be even"), "{told}");
    assert!(told.contains("`pair.rest[0]` must be even"), "{told}");
}

#[tokio::test]
async fn the_error_keeps_the_reply() {
    let picked = Predict::<Pick>::new(model()).call(input()).await;
    let CallError::Parse { source, .. } = picked.unwrap_err() else {
        panic!("the reply cannot be read");
    };
    assert!(source.reply.contains("[[ ## pair ## ]]"), "{source}");
    assert!(
        source.to_string().contains("`alone` must be even"),
        "{source}"
    );
}

#[test]
fn only_types_that_may_refuse_are_read_twice() {
    let exact = [Vec::<Option<u8>>::EXACT, f64::EXACT, Value::EXACT];
    assert_eq!(exact, [true; 3]);
    let strict = [Even::EXACT, Pair::EXACT, Option::<Pair>::EXACT];
    assert_eq!(strict, [false; 3]);
}
