//! Tests with the real weights, which are looked for as in a program.

use super::super::llama::BpeTokenizer;
use super::super::weights::Gguf;
use super::super::{LocalModel, Weights};
use super::{assert_invariant, chat, content, exact, greedy, request};
use crate::lm::{FinishReason, Params};

fn open() -> LocalModel {
    LocalModel::open(Weights::smollm2_135m()).unwrap()
}

fn tokenizer() -> BpeTokenizer {
    let file = Weights::smollm2_135m().locate().unwrap();
    BpeTokenizer::load(&Gguf::open(&file.path).unwrap(), 49_152).unwrap()
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn it_knows_the_capital_of_france() {
    let asked = request(&[], "What is the capital of France?", &greedy(30));
    let reply = chat(&open(), &asked).await.unwrap();
    assert!(reply.text.contains("Paris"), "{}", reply.text);
    assert_eq!(reply.finish, FinishReason::Stop);
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn a_stop_text_is_not_part_of_the_reply() {
    let stop = Params {
        stop: vec!["Paris".into()],
        ..greedy(30)
    };
    let asked = request(&[], "What is the capital of France?", &stop);
    let reply = chat(&open(), &asked).await.unwrap();
    assert_eq!(reply.text, "The capital of France is ");
}

#[test]
#[ignore = "needs the weights of the embedded model"]
fn tokens_lead_back_to_the_text() {
    let tokenizer = tokenizer();
    for text in [
        "Hello world, it's 2024 and 3.5 % of 12345",
        "  two blanks\n\nand\tlines\r\n",
        "Zürich, 東京, Привет, 🏔️👩‍👩‍👧",
        "",
    ] {
        let tokens = tokenizer.encode(text).unwrap();
        let bytes: Vec<u8> = tokens
            .iter()
            .flat_map(|&token| tokenizer.bytes(token))
            .copied()
            .collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
    }
}

#[test]
#[ignore = "needs the weights of the embedded model"]
fn digits_and_special_tokens_stand_alone() {
    let tokenizer = tokenizer();
    assert_eq!(tokenizer.encode("2024").unwrap().len(), 4);
    assert_eq!(tokenizer.encode("<|im_start|><|im_end|>").unwrap(), [1, 2]);
    assert!(tokenizer.is_end(2) && tokenizer.bytes(2).is_empty());
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn seeds_make_the_replies() {
    let model = open();
    let ask = async |seed, sample| {
        let params = Params {
            temperature: Some(1.0),
            seed: Some(seed),
            ..greedy(12)
        };
        let mut asked = request(&[], "Tell me a story.", &params);
        asked.sample = sample;
        chat(&model, &asked).await.unwrap().text
    };
    let first = ask(1, 0).await;
    assert_eq!(ask(1, 0).await, first);
    assert_ne!(ask(2, 0).await, first);
    assert_ne!(ask(1, 1).await, first);
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn replies_do_not_depend_on_the_batch() {
    let prefix = [
        "Answer briefly.",
        "What is 2 + 2?",
        "4",
        "What is the sky?",
        "Blue.",
    ];
    let random = Params {
        temperature: Some(0.7),
        seed: Some(3),
        ..greedy(8)
    };
    let asked = [
        request(&prefix, "What is the capital of France?", &greedy(8)),
        request(
            &prefix,
            "Name three animals that can fly, and one that can not.",
            &greedy(8),
        ),
        request(&prefix, "Why?", &random),
        request(&prefix[..3], "What is grass?", &random),
        request(&[], "What is the capital of Italy?", &greedy(8)),
        request(&["You are a pirate."], "Who are you?", &greedy(5)),
    ];
    let open = |threads: usize| {
        let threads = threads.try_into().unwrap();
        LocalModel::builder(Weights::smollm2_135m())
            .threads(threads)
            .open()
            .unwrap()
    };
    assert_invariant(open, &asked).await;
}

#[tokio::test]
#[ignore = "needs the weights of the embedded model"]
async fn a_kept_prefix_gives_the_same_scores() {
    let model = open();
    let asked = request(
        &["Answer briefly."],
        "What is the capital of France?",
        &greedy(6),
    );
    let cold = exact(&model, &asked).await;
    let warm = exact(&model, &asked).await;
    let (first, second) = (cold.0.usage.unwrap(), warm.0.usage.unwrap());
    assert_eq!((first.cached, second.cached), (0, first.input - 1));
    assert!(content(cold) == content(warm));
}
