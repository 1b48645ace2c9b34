//! States and files that choose demos.

use dashoptimize::artifact::{ArtifactError, Diff, Persist};
use dashoptimize::call::CallError;
use dashoptimize::module::{Embeds, LLMNode, ModuleExt, Predict};
use dashoptimize::signature::make_signature;
use dashoptimize::state::{Nearest, StateError};
use serde::{Deserialize, Serialize};

use super::{Kind, LETTERS, Letters, demo, input, pool_state, program, shown, silent, state};

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
    let error = program().with_state(&needs).unwrap_err();
    assert!(
        matches!(&error, StateError::Embedder { path, wanted, found: None, .. }
            if path == "predict" && wanted == "letters"),
        "{error}"
    );
    let other = program().embedder(Letters("other"));
    assert_eq!(other.own_embedder().id(), "other");
    let words = other.with_state(&needs).unwrap_err().to_string();
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
    let program = program.into_program();
    assert!(
        program.render(&input("poison")).is_empty(),
        "nothing is sent"
    );
    assert!(!program.render(&input("fine")).is_empty());
}

#[test]
fn a_node_says_why_it_shows_no_messages() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Thing {
        thing: String,
        kind: String,
    }
    let thing = |thing: &str| Thing {
        thing: thing.to_owned(),
        kind: String::new(),
    };
    let signature = make_signature("thing -> kind", "Name the kind of thing.").unwrap();
    let node = LLMNode::<Thing>::new(signature, silent(), "predict").embedder(LETTERS);
    let node = node
        .with_state(&pool_state(Some(Nearest::by("letters", 2))))
        .unwrap()
        .into_program();
    assert_eq!(node.render(&thing("fine")).unwrap().len(), 6);
    let error = node.render(&thing("poison")).unwrap_err();
    assert!(
        matches!(&error, CallError::Step { step, .. } if step == "predict"),
        "{error}"
    );
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
