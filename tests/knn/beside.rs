//! Queries are embedded without blocking the task of the call.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use dashoptimize::module::{ModuleExt, Retrieve, RetrieveInput};
use dashoptimize::retrieve::{EmbedError, Embedder, Index};
use dashoptimize::state::Nearest;

use super::{input, pool_state, program};

/// Embeds the query only when it is told to.
#[derive(Debug)]
struct Waiting(Mutex<Receiver<()>>);

impl Waiting {
    fn new() -> (Sender<()>, Self) {
        let (go, told) = channel();
        (go, Self(Mutex::new(told)))
    }
}

impl Embedder for Waiting {
    fn id(&self) -> &str {
        "waiting"
    }

    fn dimension(&self) -> usize {
        1
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts == ["query"] {
            // The time limit is there so that a test that fails does not hang.
            let told = self.0.lock().unwrap().recv_timeout(Duration::from_secs(20));
            told.map_err(|error| EmbedError::failed("waiting", error))?;
        }
        Ok(vec![vec![1.0]; texts.len()])
    }
}

// The task in which the call waits is the one that tells the embedder to go on, on the only thread of
// the runtime: if the call held it up, neither would go on.

#[tokio::test]
async fn a_call_goes_on_while_its_inputs_are_embedded() {
    let (go, embedder) = Waiting::new();
    let program = program()
        .embedder(embedder)
        .with_state(&pool_state(Some(Nearest::by("waiting", 2))))
        .unwrap();
    let (output, told) = tokio::join!(program.call(input("query")), async { go.send(()) });
    told.unwrap();
    assert_eq!(output.unwrap().kind, "x");
}

#[tokio::test]
async fn a_look_up_goes_on_while_its_query_is_embedded() {
    let (go, embedder) = Waiting::new();
    let library = Retrieve::new(Index::embedded(["a", "b"], embedder).unwrap()).k(1);
    let query = "query".to_owned();
    let (found, told) = tokio::join!(library.call(RetrieveInput { query }), async { go.send(()) });
    told.unwrap();
    assert_eq!(found.unwrap()[0].text, "a");
}
