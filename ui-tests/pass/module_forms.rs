//! How a module can be written: paths, visibility, several attributes, in a function, by a macro.

#![deny(warnings)]

use dashoptimize::lm::Lm;
use dashoptimize::module::{ModuleExt, Reasoned};

mod sigs {
    #[dashoptimize::signature]
    pub(crate) struct Triage {
        #[input]
        pub(crate) message: String,
        #[output]
        pub(crate) intent: String,
    }
}

mod nodes {
    dashoptimize::module!(
        /// Thinks first.
        ///
        /// Then answers.
        #[with(temperature = 0.5)]
        #[doc(alias = "classify")]
        #[with(max_tokens = 2 * 100)]
        #[cfg(not(any()))]
        pub(crate) type Classify = dashoptimize::module::ChainOfThought<crate::sigs::Triage>;

        pub(super) type Guess = ::dashoptimize::module::Predict<super::sigs::Triage>;

        #[cfg(any())]
        type Never = ChainOfThought<NoSuchType>;

        /// Deprecated: the compiler warns where it is used, and not here.
        #[deprecated]
        pub(crate) type Old = ChainOfThought<crate::sigs::Triage>;
    );

    pub(crate) fn both(lm: &dashoptimize::lm::Lm) -> (Classify, Guess) {
        (Classify::new(lm), Guess::new(lm))
    }
}

fn library() -> dashoptimize::retrieve::Index {
    dashoptimize::retrieve::Index::bm25(["a text"]).unwrap()
}

dashoptimize::module!(
    /// Shows the nearest demos.
    #[with(k = 5, temperature = 0.0)]
    type Nearest = KNN<sigs::Triage>;

    /// Looks things up.
    #[with(index = library(), k = 5)]
    type Library = Retrieve;

    /// The same, under its full name.
    #[with(index = library())]
    type Shelf = dashoptimize::module::Retrieve;
);

async fn look_up(query: &str) -> Option<usize> {
    use dashoptimize::module::RetrieveInput;

    let input = || RetrieveInput { query: query.to_owned() };
    let found = Library::new().call(input()).await.ok()?;
    let more = Shelf::default().call(input()).await.ok()?;
    Some(found.len() + more.len())
}

macro_rules! module_over {
    ($(#[$meta:meta])* $vis:vis $name:ident = $kind:ident of $signature:path) => {
        dashoptimize::module!($(#[$meta])* $vis type $name = $kind<$signature>;);
    };
    (whole $name:ident = $made_of:ty) => {
        dashoptimize::module!(type $name = $made_of;);
    };
}

module_over!(
    /// Written by a macro.
    #[with(temperature = 0.0)]
    pub(crate) Handed = Predict of sigs::Triage
);
module_over!(whole Whole = ChainOfThought<sigs::Triage>);

/// Searches.
#[dashoptimize::tool]
fn search(query: &str) -> String {
    query.to_owned()
}

dashoptimize::module!(
    #[with(tools = [search, self::search_again()], max_iters = 2 + 2, temperature = 0.0)]
    type Agent = ReAct<sigs::Triage>;

    #[with(tools = dashoptimize::tools![search])]
    type Other = ReAct<sigs::Triage>;
);

fn search_again() -> dashoptimize::tool::SimpleTool {
    dashoptimize::tool::SimpleTool::new("again", "", |text| async move { Ok(text) })
}

async fn ask(lm: &Lm, message: &str) -> Option<String> {
    use sigs::TriageInput;

    dashoptimize::module!(
        type Inside = ChainOfThought<sigs::Triage>;
    );

    let input = || TriageInput { message: message.to_owned() };
    let (classify, guess) = nodes::both(lm);
    assert_eq!(classify.render(&input()).len(), guess.render(&input()).len());
    let Reasoned { reasoning, output, .. } = classify.call(input()).await.ok()?;
    let again = Inside::new(lm).call(input()).await.ok()?;
    let handed = Handed::new(lm).call(input()).await.ok()?;
    let whole = Whole::new(lm).call(input()).await.ok()?;
    let acted = Agent::new(lm).call(input()).await.ok()?;
    let other = Other::new(lm).call(input()).await.ok()?;
    drop([acted.trajectory.clone(), acted.reasoning.clone(), other.output.intent]);
    Some([reasoning, output.intent, again.intent.clone(), handed.intent, whole.reasoning].concat())
}

#[expect(deprecated)]
fn old(lm: &Lm) -> nodes::Old {
    nodes::Old::new(lm)
}

fn main() {
    let _ = (ask, old, look_up, |lm: Lm| Nearest::new(lm));
    let row = |row: &sigs::Triage| (row.message.len(), row.intent.len());
    let _ = row;
}
