//! Results of calls.

use super::{call, spawned};

#[tokio::test]
async fn results_and_errors_are_cut() {
    let server = spawned("results").await;
    let long = call(&server, "long").await.expect("a result");
    assert_eq!(
        long,
        format!("{}\n… (7400000 more characters)", "é".repeat(100_000))
    );
    let short = call(&server.clone().result_limit(3), "long").await;
    assert_eq!(short.expect("a result"), "ééé\n… (7499997 more characters)");
    let error = call(&server, "long-error").await.expect_err("an error");
    let expected = format!(
        "`long-error` failed: {}\n… (7490000 more characters)",
        "é".repeat(10_000)
    );
    assert_eq!(error.to_string(), expected);
    let error = call(&server, "long-refusal").await.expect_err("an error");
    assert!(error.to_string().chars().count() < 10_200);
}

/// The server can be used afterwards.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_error_of_its_call() {
    let server = spawned("results").await;
    for (tool, why) in [
        ("too-long", "larger than 16777216 bytes"),
        ("values", "more than 1000000 values"),
        ("deep", "recursion limit exceeded"),
        ("nonsense", "cannot be read"),
    ] {
        let error = call(&server, tool).await.expect_err(tool).to_string();
        assert!(
            error.contains("the answer of the server cannot be read"),
            "{error}"
        );
        assert!(error.contains(why), "{error}");
        assert_eq!(call(&server, "good").await.expect("it works"), "fine");
    }
}
