//! Tests without real weights.

use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use candle_core::quantized::gguf_file::Value;
use proptest::prelude::*;
use tokio::sync::oneshot;

use super::super::batch::Job;
use super::super::sampling::{ReplyText, Sampler};
use super::super::{LocalError, LocalModel, Weights};
use super::tiny::TinyLlama;
use super::{assert_invariant, chat, content, greedy, request, together};
use crate::lm::{ChatModel, ChatRequest, FailureCost, FinishReason, LmErrorKind, Params, Price};

const KINDS: [&str; 2] = ["llama", "qwen2"];

/// Requests of different lengths, with two prefixes, greedy and random.
fn requests() -> Vec<ChatRequest> {
    let random = |seed| Params {
        temperature: Some(0.8),
        top_p: Some(0.9),
        seed: Some(seed),
        ..greedy(9)
    };
    let prefix = ["the rules", "a question of some length", "its answer"];
    vec![
        request(&prefix, "the first", &greedy(12)),
        request(
            &prefix,
            "then a much longer one, over the border of a block",
            &greedy(5),
        ),
        request(&prefix, "x", &random(1)),
        request(&prefix, "x", &random(2)),
        request(&prefix[..1], "the first", &random(1)),
        request(&[], "the first, with no prefix at all", &greedy(20)),
        // Longer than what one pass reads.
        request(&prefix, &"a long turn, ".repeat(20), &greedy(4)),
    ]
}

#[tokio::test]
async fn replies_do_not_depend_on_the_batch() {
    for kind in KINDS {
        let tiny = TinyLlama::new(kind);
        let open = |threads: usize| {
            let threads = threads.try_into().unwrap();
            tiny.builder().threads(threads).open().unwrap()
        };
        assert_invariant(open, &requests()).await;
    }
}

#[tokio::test]
async fn more_calls_than_fit_in_a_batch_wait() {
    let tiny = TinyLlama::new("llama");
    let one = tiny
        .builder()
        .max_batch(1.try_into().unwrap())
        .open()
        .unwrap();
    let many = tiny.builder().open().unwrap();
    let requests = requests();
    let requests: Vec<_> = requests.iter().collect();
    let contents = async |model| together(model, &requests).await.into_iter().map(content);
    assert!(contents(&one).await.eq(contents(&many).await));
}

#[tokio::test]
async fn a_prefix_is_read_once() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let long = "the constant part ".repeat(8);
    let asked = ["one", "two", "three"].map(|turn| request(&[&long], turn, &greedy(3)));
    let mut usages = Vec::new();
    for request in &asked {
        usages.push(chat(&model, request).await.unwrap().usage.unwrap());
    }
    // After the prefix come the turn and the markers around it, as tokens of one byte each.
    assert_eq!(usages[0].cached, 0);
    let tail = "<turn><|im_end|>\n<|im_start|>assistant\n";
    let marks = tail.len() - "<turn><|im_end|><|im_start|>".len() + 2;
    assert_eq!(
        usages[1].input - usages[1].cached,
        (marks + "two".len()) as u64
    );
    // "two" and "three" start with the same letter; "one" does not.
    assert_eq!(
        usages[2].input - usages[2].cached,
        (marks + "three".len() - 1) as u64
    );
}

#[tokio::test]
async fn concurrent_calls_wait_for_one_to_read_the_prefix() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let long = "the constant part ".repeat(8);
    let asked = ["1", "2", "3", "4"].map(|turn| request(&[&long], turn, &greedy(3)));
    let answers = together(&model, &asked.each_ref()).await;
    let cached: Vec<_> = answers
        .iter()
        .map(|(reply, _)| reply.usage.unwrap().cached)
        .collect();
    assert_eq!(cached[0], 0);
    assert!(cached[1..].iter().all(|&cached| cached > 90), "{cached:?}");
}

#[tokio::test]
async fn nothing_is_kept_where_there_is_no_room() {
    let tiny = TinyLlama::new("qwen2");
    let model = tiny.builder().prefix_bytes(0).open().unwrap();
    let asked = request(&["the rules"], "go", &greedy(3));
    for _ in 0..2 {
        assert_eq!(chat(&model, &asked).await.unwrap().usage.unwrap().cached, 0);
    }
}

#[tokio::test]
async fn a_reply_ends_at_its_limits() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let free = chat(&model, &request(&[], "go", &greedy(8))).await.unwrap();
    assert_eq!(free.usage.unwrap().output, 8);
    assert_eq!(free.finish, FinishReason::Length);

    let none = chat(&model, &request(&[], "go", &greedy(0))).await.unwrap();
    assert_eq!(
        (none.text.as_str(), none.finish),
        ("", FinishReason::Length)
    );
    assert_eq!(none.usage.unwrap().output, 0);

    let text: String = free.text.chars().skip(1).take(2).collect();
    let stop = Params {
        stop: vec![text.clone()],
        ..greedy(8)
    };
    let stopped = chat(&model, &request(&[], "go", &stop)).await.unwrap();
    assert_eq!(stopped.finish, FinishReason::Stop);
    assert!(free.text.starts_with(&stopped.text) && !stopped.text.contains(&text));
}

#[tokio::test]
async fn a_prompt_that_does_not_fit_is_refused() {
    let model = TinyLlama::new("llama")
        .builder()
        .context(64)
        .open()
        .unwrap();
    let error = chat(&model, &request(&[], &"x".repeat(64), &greedy(1)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), LmErrorKind::ContextTooLong);
    assert!(error.message().contains("64"), "{error}");

    // It fits, but leaves too little room for the reply.
    let error = chat(&model, &request(&[], &"x".repeat(20), &greedy(99)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), LmErrorKind::ContextTooLong);
    let FailureCost::Usage(usage) = error.cost() else {
        panic!("{:?}", error.cost());
    };
    assert_eq!(usage.total(), 64);
}

#[tokio::test]
async fn senseless_requests_are_refused() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let hot = Params {
        temperature: Some(-1.0),
        ..Params::default()
    };
    let error = chat(&model, &request(&[], "go", &hot)).await.unwrap_err();
    assert_eq!(error.kind(), LmErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_dropped_call_is_cancelled() {
    let model = TinyLlama::new("llama")
        .builder()
        .max_batch(1.try_into().unwrap())
        .open()
        .unwrap();
    let asked = request(&["a prefix"], "go", &Params::default());
    for _ in 0..40 {
        let mut call = Box::pin(chat(&model, &asked));
        let mut context = Context::from_waker(Waker::noop());
        let _ = call.as_mut().poll(&mut context);
    }
    // The earlier calls took the whole batch and were never awaited; they must not block this one.
    assert!(chat(&model, &request(&[], "go", &greedy(1))).await.is_ok());
}

#[tokio::test]
async fn a_panic_of_the_worker_is_an_error() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let (reply, result) = oneshot::channel();
    let job = Job {
        prompt: vec![u32::MAX],
        prefix: [0; 16],
        max_tokens: 1,
        sampler: Sampler::Greedy,
        text: ReplyText::new(&[]),
        reply,
    };
    assert_eq!(
        model.run(job, result).await.unwrap_err().kind(),
        LmErrorKind::Model
    );
    let error = chat(&model, &request(&[], "go", &greedy(1)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), LmErrorKind::Model);
}

#[test]
fn the_threads_end_with_the_model() {
    let model = TinyLlama::new("llama").builder().open().unwrap();
    let asked = request(&[], "go", &Params::default());
    let mut call = Box::pin(chat(&model, &asked));
    let mut context = Context::from_waker(Waker::noop());
    let _ = call.as_mut().poll(&mut context);
    drop(call);
    // The engine holds the tokenizer, too, in its thread.
    let tokenizer = Arc::downgrade(&model.tokenizer);
    drop(model);
    let end = Instant::now() + Duration::from_secs(60);
    while tokenizer.strong_count() > 0 {
        assert!(Instant::now() < end, "the thread is still there");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_model_is_known_by_its_content() {
    let tiny = TinyLlama::new("llama");
    let info = tiny.builder().max_reply_tokens(77).open().unwrap().info();
    assert!(info.id.starts_with("local/tiny@"), "{}", info.id);
    assert_eq!(info.price, Some(Price::FREE));
    assert_eq!(info.max_output_tokens, Some(77));
    assert_ne!(
        info.id,
        TinyLlama::new("qwen2").builder().open().unwrap().info().id
    );
}

fn refusal(tiny: &TinyLlama) -> LocalError {
    tiny.builder().open().unwrap_err()
}

#[test]
fn a_file_without_a_fact_or_matrix_is_refused() {
    let sound = TinyLlama::new("llama");
    let optional = [
        "token_type",
        "eos_token_id",
        "layer_norm_rms_epsilon",
        "head_count_kv",
        "pre",
    ];
    for key in sound.facts.keys() {
        let mut tiny = TinyLlama::new("llama");
        tiny.facts.remove(key);
        if !optional.iter().any(|optional| key.ends_with(optional)) {
            let error = refusal(&tiny).to_string();
            assert!(
                error.contains(key) && error.contains("tiny.gguf"),
                "{key}: {error}"
            );
        }
    }
    for name in sound.shapes.keys() {
        let mut tiny = TinyLlama::new("llama");
        tiny.shapes.remove(name);
        assert!(refusal(&tiny).to_string().contains(name), "{name}");
    }
}

#[test]
fn sizes_that_contradict_each_other_are_refused() {
    for (key, value) in [
        ("llama.embedding_length", 40),
        ("llama.attention.head_count", 5),
        ("llama.attention.head_count_kv", 4),
        ("llama.attention.head_count_kv", 0),
        ("llama.feed_forward_length", 0),
        ("llama.attention.key_length", 7),
        ("llama.rope.dimension_count", 9),
    ] {
        let mut tiny = TinyLlama::new("llama");
        tiny.fact(key, Value::U32(value));
        assert!(
            matches!(refusal(&tiny), LocalError::Malformed { .. }),
            "{key}"
        );
    }
    let mut tiny = TinyLlama::new("llama");
    tiny.shape("token_embd.weight", &[100, 48]);
    assert!(refusal(&tiny).to_string().contains("embeddings for 100"));
}

/// Sizes that a header states and no matrix has allocate nothing.
#[test]
fn i12_sizes_that_no_memory_holds_are_refused() {
    const HUGE: [u64; 4] = [1 << 33, 1 << 40, 1 << 62, u64::MAX - 1];
    for key in [
        "block_count",
        "embedding_length",
        "attention.head_count",
        "attention.key_length",
        "feed_forward_length",
        "rope.dimension_count",
    ] {
        for size in HUGE {
            let mut tiny = TinyLlama::new("llama");
            tiny.fact(&format!("llama.{key}"), Value::U64(size));
            let error = refusal(&tiny);
            assert!(
                matches!(error, LocalError::Malformed { .. }),
                "{key} {size}: {error}"
            );
        }
    }
    // What is computed with it is as large as a prompt, whatever it is.
    let mut tiny = TinyLlama::new("llama");
    tiny.fact("llama.context_length", Value::U64(u64::MAX));
    assert!(tiny.builder().open().is_ok());
}

#[test]
fn other_kinds_of_models_are_refused() {
    for (key, value) in [
        ("general.architecture", "gemma3"),
        ("tokenizer.ggml.model", "llama"),
        ("tokenizer.ggml.pre", "deepseek-llm"),
        ("tokenizer.chat_template", "{% broken"),
        ("llama.rope.scaling.type", "yarn"),
    ] {
        let mut tiny = TinyLlama::new("llama");
        tiny.fact(key, Value::String(value.into()));
        assert!(
            matches!(refusal(&tiny), LocalError::Unsupported { .. }),
            "{key}"
        );
    }
}

#[test]
fn a_file_that_is_missing_or_cut_is_refused() {
    let missing = LocalModel::open(Weights::path("no/such/file.gguf")).unwrap_err();
    assert!(
        missing.to_string().contains("no/such/file.gguf"),
        "{missing}"
    );

    let path = TinyLlama::new("llama").write();
    assert!(matches!(
        LocalModel::open(Weights::path(&path)),
        Err(LocalError::Io { .. })
    ));

    let tiny = TinyLlama::new("llama");
    let path = tiny.write();
    let whole = fs::read(&path).unwrap();
    for len in [0, 3, 20, 500, 3000, whole.len() / 2, whole.len() - 40] {
        fs::write(&path, &whole[..len]).unwrap();
        let error = LocalModel::open(Weights::path(&path)).unwrap_err();
        assert!(
            matches!(error, LocalError::Malformed { .. }),
            "{len}: {error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A file with wrong bytes may load, because most bytes are weights, but it never panics.
    #[test]
    fn a_corrupt_file_never_panics(changes in prop::collection::vec((0..6000_usize, any::<u8>()), 1..8)) {
        let tiny = TinyLlama::new("llama");
        let path = tiny.write();
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        fs::write(&path, &bytes).unwrap();
        let _ = LocalModel::open(Weights::path(&path));
    }
}
