//! Lists of tools.

use dashoptimize::tool::Toolbox;

use super::{call, names, refused, spawned};

#[tokio::test]
async fn a_repeated_cursor_ends_the_listing() {
    let server = spawned("cursor-repeated").await;
    let names = names(&server);
    assert_eq!(names.len(), 1000);
    assert_eq!((&*names[0], &*names[999]), ("tool_500", "tool_1499"));
}

#[tokio::test]
async fn pages_and_tools_are_counted() {
    let server = spawned("cursor-new").await;
    assert_eq!(names(&server).len(), 100);
    assert_eq!(server.left_out(), ["all tools after page 100"]);
    for behaviour in ["cursor-new-many", "many"] {
        let server = spawned(behaviour).await;
        assert_eq!(names(&server).len(), 1000, "{behaviour}");
        assert!((1..=100).contains(&server.left_out().len()), "{behaviour}");
    }
    assert_eq!(names(&spawned("cursor-large").await), ["tool_0"]);
}

#[tokio::test]
async fn descriptions_schemas_and_names_are_bounded() {
    let server = spawned("long-description").await;
    assert_eq!(names(&server), ["long", "good"]);
    let words = server.tools()[0].spec().in_words();
    assert!(words.len() < 10_200, "{}", words.len());
    assert!(words.contains("\n   … (14990000 more characters)"));
    let server = spawned("long-schema").await;
    assert_eq!(names(&server), ["good"]);
    assert_eq!(
        server.left_out(),
        ["`long`: its schema is larger than 100000 bytes"]
    );
    let server = spawned("long-name").await;
    assert_eq!(names(&server), ["good"]);
    assert!(server.left_out()[0].len() < 200);
    let server = spawned("long-listing").await;
    let all: usize = server
        .tools()
        .iter()
        .map(|tool| tool.spec().in_words().len())
        .sum();
    assert!((3_900_000..4_200_000).contains(&all), "{all}");
}

#[tokio::test]
async fn a_bad_tool_does_not_disable_the_others() {
    let server = spawned("broken").await;
    assert_eq!(names(&server), ["first", "icons", "last"]);
    assert_eq!(server.left_out().len(), 6);
    assert!(
        server
            .left_out()
            .iter()
            .any(|reason| reason.starts_with("`bad-schema`: "))
    );
    assert_eq!(call(&server, "last").await.expect("it works"), "fine");
    let server = spawned("twice").await;
    assert_eq!(names(&server), ["a", "b"]);
    assert_eq!(server.left_out(), ["`a`: it is listed twice"]);
}

#[tokio::test]
async fn names_become_valid_and_distinct() {
    let server = spawned("names").await;
    let long = "x".repeat(64);
    let cut = format!("{}_2", "x".repeat(62));
    let expected = ["a_b", "a_b_2", "a_b_3", "tool", "__", "___2", &long, &cut];
    assert_eq!(names(&server), expected);
    assert!(Toolbox::new(server.tools_with_prefix(&long)).is_ok());
    for name in expected {
        assert_eq!(
            call(&server, name).await.expect("it works"),
            "fine",
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_not_a_listing_is_an_error_with_a_short_text() {
    let error = refused("list-error").await.to_string();
    assert!(error.len() < 10_500, "{}", error.len());
    assert!(error.ends_with("xx\n… (990000 more characters)"), "{error}");
    let error = refused("no-list").await.to_string();
    assert!(
        error.ends_with("its answer to the request for its tools has no list `tools`"),
        "{error}"
    );
}
