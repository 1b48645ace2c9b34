//! The program of the benchmark, written for the peer.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use dspy_rs::adapter::Adapter;
use dspy_rs::{
    ChatAdapter, DummyLM, Evaluator, Example, LM, Message, MetaSignature, Module, Predict,
    Prediction, Signature, configure,
};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

const REPLY: &str =
    "[[ ## answer ## ]]\nParis\n\n[[ ## confidence ## ]]\n0.9\n\n[[ ## completed ## ]]\n";

#[Signature]
struct Qa {
    /// Answer the question from the context.
    #[input(desc = "what is asked")]
    question: String,
    #[input(desc = "what is known")]
    context: String,
    #[output(desc = "a short answer")]
    answer: String,
    #[output(desc = "how sure, from 0 to 1")]
    confidence: f64,
}

/// `Predict` on the peer's own in-process model. `Predict` itself takes HTTP clients only, so this
/// does what the peer's `ChatAdapter::call` does, step for step, with `DummyLM::call` in the place of
/// `LM::call`. What it leaves out speaks for the peer: the turn into the client's request type.
pub struct Scripted {
    signature: Qa,
    lm: DummyLM,
}

pub fn program(demos: usize) -> Result<Scripted> {
    Ok(Scripted {
        signature: signature(demos)?,
        lm: DummyLM::builder()
            .api_key(String::new())
            .cache(false)
            .build(),
    })
}

impl Scripted {
    pub async fn call(&self, inputs: Example) -> Result<Prediction> {
        let messages = ChatAdapter.format(&self.signature, inputs.clone());
        let reply = self.lm.call(inputs, messages, REPLY.to_owned()).await?;
        let prompt = reply.chat.to_json().to_string();
        std::hint::black_box(prompt);
        Ok(Prediction {
            data: ChatAdapter.parse_response(&self.signature, reply.output),
            lm_usage: reply.usage,
        })
    }
}

impl Scripted {
    /// The peer's one reader.
    pub fn read(&self, reply: &str) -> HashMap<String, Value> {
        ChatAdapter.parse_response(&self.signature, Message::assistant(reply))
    }
}

/// Ten calls, each of which reads the answer of the one before.
pub struct Chain(Vec<Scripted>);

impl Chain {
    pub fn new() -> Result<Self> {
        Ok(Self((0..10).map(|_| program(0)).collect::<Result<_>>()?))
    }
}

impl Module for Chain {
    async fn forward(&self, inputs: Example) -> Result<Prediction> {
        let mut calls = self.0.iter();
        let first = calls.next().expect("ten calls");
        let mut last = first.call(inputs).await?;
        for call in calls {
            last = call.call(of_answers(&last, &last)).await?;
        }
        Ok(last)
    }
}

/// Four layers of eight calls, each of which reads two answers of the layer before. The calls of a
/// layer run at once.
pub struct Layered(Vec<Vec<Scripted>>);

impl Layered {
    pub fn new() -> Result<Self> {
        let layer = || (0..8).map(|_| program(0)).collect();
        Ok(Self((0..4).map(|_| layer()).collect::<Result<_>>()?))
    }
}

impl Module for Layered {
    async fn forward(&self, inputs: Example) -> Result<Prediction> {
        let mut layers = self.0.iter();
        let first = layers.next().expect("four layers");
        let mut last = try_join_all(first.iter().map(|call| call.call(inputs.clone()))).await?;
        for layer in layers {
            let calls = layer.iter().enumerate().map(|(n, call)| {
                let next = &last[(n + 1) % last.len()];
                call.call(of_answers(&last[n], next))
            });
            last = try_join_all(calls).await?;
        }
        let answers: Vec<Value> = last
            .iter()
            .map(|call| call.data["answer"].clone())
            .collect();
        Ok(Prediction {
            data: HashMap::from([("answers".to_owned(), Value::Array(answers))]),
            lm_usage: Default::default(),
        })
    }
}

fn of_answers(one: &Prediction, other: &Prediction) -> Example {
    let (question, context) = (one.data["answer"].clone(), other.data["answer"].clone());
    let data = [("question", question), ("context", context)];
    example_of(data.into_iter(), Vec::new())
}

/// The program with a model that takes its time.
pub struct Sleeper {
    program: Scripted,
    time: Duration,
}

impl Sleeper {
    pub fn new(program: Scripted, time: Duration) -> Self {
        Self { program, time }
    }
}

impl Module for Sleeper {
    async fn forward(&self, inputs: Example) -> Result<Prediction> {
        tokio::time::sleep(self.time).await;
        self.program.call(inputs).await
    }
}

impl Evaluator for Sleeper {
    const MAX_CONCURRENCY: usize = 16;
    const DISPLAY_PROGRESS: bool = false;

    async fn metric(&self, _example: &Example, prediction: &Prediction) -> f32 {
        f32::from(u8::from(prediction.data["answer"] == "Paris"))
    }
}

/// `Predict`, on the peer's OpenAI client.
pub async fn client(address: &str) -> Result<Predict> {
    let lm = LM::builder()
        .base_url(address.to_owned())
        .api_key("none".to_owned())
        .model("fixed".to_owned())
        .build()
        .await?;
    configure(lm, ChatAdapter);
    Ok(Predict::new(signature(0)?))
}

pub fn inputs(count: usize) -> Vec<Example> {
    (0..count).map(input).collect()
}

pub fn input(index: usize) -> Example {
    example(index, [])
}

fn signature(demos: usize) -> Result<Qa> {
    let mut signature = Qa::new();
    let answer = [("answer", json!("Paris")), ("confidence", json!(0.9))];
    let demos = (0..demos).map(|index| example(index, answer.clone()));
    signature.set_demos(demos.collect())?;
    Ok(signature)
}

fn example<const N: usize>(index: usize, outputs: [(&str, Value); N]) -> Example {
    let question = format!("What is the capital of country number {index}?");
    let context = format!("Country number {index} lies in Europe, and its capital is Paris.");
    let inputs = [("question", json!(question)), ("context", json!(context))];
    let output_keys = outputs.iter().map(|(name, _)| (*name).to_owned()).collect();
    example_of(inputs.into_iter().chain(outputs), output_keys)
}

fn example_of<'a>(
    values: impl Iterator<Item = (&'a str, Value)>,
    output_keys: Vec<String>,
) -> Example {
    let data: HashMap<_, _> = values
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let input_keys = vec!["question".to_owned(), "context".to_owned()];
    Example::new(data, input_keys, output_keys)
}
