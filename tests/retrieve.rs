//! Search in texts by words and by meaning.

use std::collections::BTreeMap;
use std::sync::Mutex;

use dashoptimize::call::{Context, TraceEvent, Traced};
use dashoptimize::lm::{ChatRequest, Gateway, Scripted};
use dashoptimize::module::{FromLm, RetrieveError};
use dashoptimize::prelude::*;
use dashoptimize::retrieve::{Document, EmbedError, Embedder, Index, IndexError};
use dashoptimize::state::State;
use proptest::prelude::*;

/// Embeds a text as the numbers of its letters from a to h.
#[derive(Debug)]
struct Letters;

impl Embedder for Letters {
    fn id(&self) -> &str {
        "letters"
    }

    fn dimension(&self) -> usize {
        8
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let count = |text: &str, letter: char| text.matches(letter).count() as f32;
        let vector = |text: &&str| ('a'..='h').map(|letter| count(text, letter)).collect();
        Ok(texts.iter().map(vector).collect())
    }
}

fn ids(found: &[Passage]) -> Vec<&str> {
    found.iter().map(|passage| &*passage.id).collect()
}

fn both(texts: &[&str]) -> [Index; 2] {
    let texts = || texts.iter().copied();
    let embedded = Index::embedded(texts(), Letters).unwrap();
    [Index::bm25(texts()).unwrap(), embedded]
}

#[test]
fn words_find_what_shares_the_rarest_of_them() {
    let index = Index::bm25([
        "The bank of the river is steep.",
        "The bank lends money.",
        "Rivers carry water.",
        "Nothing of the kind.",
    ])
    .unwrap();
    let found = index.search("Which RIVER carries the water?", 10).unwrap();
    // All rare words; `river`; `the` alone, in texts of equal length.
    assert_eq!(ids(&found), ["2", "0", "1", "3"]);
    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
    assert_eq!(index.search("steep", 10).unwrap().len(), 1);
    assert!(index.search("volcano", 10).unwrap().is_empty());
}

#[test]
fn meaning_is_the_cosine_of_the_vectors() {
    let index = Index::embedded(["aab", "ab", "bb"], Letters).unwrap();
    let found = index.search("aaaa", 3).unwrap();
    assert_eq!(ids(&found), ["0", "1", "2"]);
    let expected = [2.0 / 5.0_f64.sqrt(), 0.5_f64.sqrt(), 0.0];
    for (passage, expected) in found.iter().zip(expected) {
        assert!((passage.score - expected).abs() < 1e-6, "{}", passage.score);
    }
}

#[test]
fn documents_keep_their_id_and_source() {
    let documents = [
        Document::new("first text")
            .with_id("a")
            .with_source("book, p. 3"),
        Document::new("second"),
    ];
    let found = Index::bm25(documents).unwrap().search("text second", 2);
    let found = found.unwrap();
    assert_eq!(ids(&found), ["1", "a"], "the shorter one comes first");
    assert_eq!(found[1].source.as_deref(), Some("book, p. 3"));
    assert_eq!(found[0].source, None);
}

#[test]
fn of_equal_texts_the_earlier_one_comes_first() {
    for index in both(&["ab", "cd", "ab", "ab"]) {
        assert_eq!(ids(&index.search("ab", 3).unwrap()), ["0", "2", "3"]);
    }
}

#[test]
fn the_edges_of_a_search() {
    for index in both(&["a b c", "b c d"]) {
        assert!(
            index.search("b", 0).unwrap().is_empty(),
            "none is asked for"
        );
        assert_eq!(
            index.search("b", 5).unwrap().len(),
            2,
            "no more than there are"
        );
        assert_eq!(index.search("b", usize::MAX).unwrap().len(), 2);
        assert!(index.search(" \n", 5).unwrap().is_empty(), "a blank query");
        assert_eq!(ids(&index.clone().search("d", 1).unwrap()), ["1"]);
    }
}

#[test]
fn an_index_of_nothing_is_an_error() {
    let empty: [&str; 0] = [];
    assert!(matches!(Index::bm25(empty), Err(IndexError::Empty)));
    assert!(matches!(
        Index::embedded(empty, Letters),
        Err(IndexError::Empty)
    ));
}

#[test]
fn an_id_that_stands_twice_is_an_error() {
    let documents = [Document::new("a").with_id("1"), Document::new("b")];
    let error = Index::bm25(documents).unwrap_err();
    assert!(
        matches!(&error, IndexError::SameId { id } if id == "1"),
        "{error}"
    );
}

/// The result of an embedder for this number of texts.
type Gives = fn(usize) -> Result<Vec<Vec<f32>>, EmbedError>;

/// Returns whatever it is told to.
#[derive(Debug)]
struct Faulty(Gives);

impl Embedder for Faulty {
    fn id(&self) -> &str {
        "faulty"
    }

    fn dimension(&self) -> usize {
        2
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        (self.0)(texts.len())
    }
}

#[test]
fn what_an_embedder_gives_is_checked() {
    let cases: [(Gives, &str); 4] = [
        (|_| Ok(vec![]), "returned 0 vectors for 2 texts"),
        (
            |n| Ok(vec![vec![1.0]; n]),
            "a vector of 1 values instead of 2",
        ),
        (|n| Ok(vec![vec![1.0, f32::NAN]; n]), "not finite"),
        (
            |_| Err(EmbedError::failed("faulty", "no memory")),
            "`faulty` failed",
        ),
    ];
    for (gives, problem) in cases {
        let IndexError::Embed(error) = Index::embedded(["a", "b"], Faulty(gives)).unwrap_err()
        else {
            panic!("{problem}: another error");
        };
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn vectors_of_any_length_have_a_direction() {
    let index = Index::embedded(
        ["a", "b"],
        Faulty(|n| Ok(vec![vec![f32::MAX, f32::MAX]; n])),
    );
    let found = index.unwrap().search("c", 2).unwrap();
    assert!(
        found
            .iter()
            .all(|passage| (passage.score - 1.0).abs() < 1e-6)
    );
    let index = Index::embedded(["a", "b"], Faulty(|n| Ok(vec![vec![0.0, 0.0]; n])));
    let found = index.unwrap().search("c", 2).unwrap();
    assert!(found.iter().all(|passage| passage.score == 0.0));
}

/// Answer from the passages.
#[signature]
struct Grounded {
    /// what was found
    #[input]
    passages: Vec<Passage>,
    #[output]
    answer: String,
}

#[test]
fn a_passage_can_stand_in_a_signature() {
    let passages = Index::bm25(["Paris is in France."])
        .unwrap()
        .search("France", 1);
    let program = Predict::<Grounded>::new(Scripted::new(|_: &ChatRequest| ""));
    let messages = program.render(&GroundedInput {
        passages: passages.unwrap(),
    });
    let query = messages.last().unwrap().text();
    // ln(1 + 0.5 / 1.5), written with six digits.
    let seen = r#"[{"id":"0","text":"Paris is in France.","source":null,"score":0.287682}]"#;
    assert!(query.ends_with(seen), "{query}");
}

fn library() -> Index {
    Index::bm25(["red car", "red apple", "blue car", "green tree"]).unwrap()
}

module!(
    /// Looks things up.
    #[with(index = library(), k = 2)]
    type Library = Retrieve;
);

fn query(query: &str) -> RetrieveInput {
    RetrieveInput {
        query: query.to_owned(),
    }
}

#[tokio::test]
async fn a_module_looks_passages_up() {
    let found = Library::new().call(query("a red car")).await.unwrap();
    assert_eq!(ids(&found), ["0", "1"], "two of three that share a word");
    let found = Retrieve::new(library())
        .call(query("red car"))
        .await
        .unwrap();
    assert_eq!(found.len(), 3, "by default 3");
    let found = Retrieve::new(library())
        .k(1)
        .call(query("red"))
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(Library::new().predictors().is_empty());
    assert_eq!(
        Library::new().state(),
        State::default(),
        "nothing can be tuned"
    );
}

#[tokio::test]
async fn a_module_without_an_index_fails_with_its_path() {
    let mut module = Retrieve::from_lm(Scripted::new(|_: &ChatRequest| "").into());
    module = module.under("answer.facts");
    let error = module.call(query("red")).await.unwrap_err();
    let CallError::Step { step, source, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(step, "answer.facts");
    assert!(
        matches!(source.downcast_ref(), Some(RetrieveError::NoIndex)),
        "{source}"
    );
    assert!(!error.ends_the_run());
}

#[tokio::test]
async fn an_embedder_that_fails_is_a_typed_outcome() {
    let fails = |n| match n {
        2 => Ok(vec![vec![1.0, 0.0]; 2]),
        _ => Err(EmbedError::failed("faulty", "no memory")),
    };
    let index = Index::embedded(["a", "b"], Faulty(fails)).unwrap();
    let error = Retrieve::new(index).call(query("c")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `retrieve`: the embedder `faulty` failed: no memory"
    );
}

#[tokio::test]
async fn whoever_watches_sees_query_and_passages() {
    let told = Mutex::new(Vec::new());
    let gateway = Gateway::direct();
    let listener = |traced: &Traced| {
        assert_eq!(traced.position, [3]);
        told.lock().unwrap().push(traced.event.clone());
    };
    let context = Context::new(&gateway).with_listener(&listener);
    let module = Library::new().under("facts");
    let found = module
        .forward(&context.child(3), query("tree"))
        .await
        .unwrap();
    let told = told.into_inner().unwrap();
    let [
        TraceEvent::RetrievalStarted { module, query, .. },
        TraceEvent::RetrievalEnded { passages, .. },
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!((&**module, &**query), ("facts", "tree"));
    assert_eq!(passages.as_ref(), Ok(&found));
}

/// Answer from the texts.
#[signature]
struct Respond {
    #[input]
    texts: Vec<String>,
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn texts_of(passages: &[Passage]) -> Vec<String> {
    passages
        .iter()
        .map(|passage| passage.text.clone())
        .collect()
}

pipeline!(
    /// Answers from two searches at once.
    fn Rag(question: String) -> String {
        #[with(index = library(), k = 1)]
        let closest = Retrieve { query: question };
        let more = Library { query: question };
        let texts = [texts_of(&closest), texts_of(&more)].concat();
        Predict::<Respond> { texts, question }.answer
    }
);

#[tokio::test]
async fn a_pipeline_has_it_as_a_step() {
    let model = Scripted::new(|_: &ChatRequest| "[[ ## answer ## ]]\nred").keeping_requests();
    let told = Mutex::new(Vec::new());
    let listener = |traced: &Traced| {
        if let TraceEvent::RetrievalStarted { module, .. } = &traced.event {
            told.lock().unwrap().push(module.clone());
        }
    };
    let gateway = Gateway::direct();
    let context = Context::new(&gateway).with_listener(&listener);
    let question = "the red apple".to_owned();
    let rag = Rag::new(model.clone());
    let answer = rag.forward(&context, RagInput { question }).await.unwrap();
    assert_eq!(answer, "red");
    let request = model.requests().pop().unwrap();
    let query = request.turns[0].text();
    assert!(
        query.contains("[1] «red apple»\n[2] «red apple»\n[3] «red car»"),
        "{query}"
    );
    let mut told = told.into_inner().unwrap();
    told.sort();
    assert_eq!(told, ["closest", "more"], "under the names of the steps");
    let predictors = rag.predictors();
    assert_eq!(predictors.len(), 1, "only the answer can be tuned");
    assert!(Rag::GRAPH.nodes.iter().any(|node| node.path == "closest"));
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("([a-h]{1,3}[ ,]){0,8}|.{0,20}", 1..12)
}

proptest! {
    #[test]
    fn any_search_gives_a_sorted_list(texts in texts(), query in ".{0,20}|[a-h ]{0,9}", k in 0..15_usize) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for index in both(&texts) {
            let found = index.search(&query, k).unwrap();
            prop_assert!(found.len() <= k.min(texts.len()));
            let key = |passage: &Passage| (-passage.score, passage.id.parse::<usize>().unwrap());
            prop_assert!(found.is_sorted_by(|a, b| key(a) < key(b)), "{found:?}");
        }
    }

    #[test]
    fn the_order_of_the_texts_changes_no_score(texts in texts(), query in "[a-h ]{0,9}") {
        let documents: Vec<_> = (0..).zip(&texts).map(|(id, text): (u32, _)| Document::new(text).with_id(id.to_string())).collect();
        let scores = |index: Index| -> BTreeMap<String, u64> {
            let found = index.search(&query, texts.len()).unwrap();
            found.into_iter().map(|passage| (passage.id, passage.score.to_bits())).collect()
        };
        let reversed = || documents.iter().rev().cloned();
        prop_assert_eq!(
            scores(Index::bm25(documents.clone()).unwrap()),
            scores(Index::bm25(reversed()).unwrap())
        );
        prop_assert_eq!(
            scores(Index::embedded(documents.clone(), Letters).unwrap()),
            scores(Index::embedded(reversed(), Letters).unwrap())
        );
    }

    /// Texts with equal numbers of distinct words. The words of another text never score as high.
    #[test]
    fn a_text_finds_itself_first(texts in prop::collection::btree_set(prop::sample::subsequence(
        vec!["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"], 4), 1..9))
    {
        let texts: Vec<String> = texts.into_iter().map(|words| words.join(" ")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for index in both(&texts) {
            for text in &texts {
                let found = index.search(text, 1).unwrap();
                prop_assert_eq!(&found[0].text, text);
            }
        }
    }
}
