//! Expansions cause no warnings, whatever lints are enabled and however little of them is used.
//! Clippy looks at this file as an example of the package.

#![deny(warnings, clippy::pedantic)]
#![deny(
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
#![deny(
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    trivial_casts
)]
#![deny(unused_lifetimes, let_underscore_drop, variant_size_differences)]
#![deny(clippy::allow_attributes, clippy::use_self)]

/// Everything in it is public, and so it is documented.
pub mod open {
    /// Classify the message.
    #[dashoptimize::signature]
    #[derive(Clone, Debug)]
    pub struct Triage {
        /// the message
        #[input]
        pub message: String,
        /// what is wanted
        #[output]
        pub intent: Intent,
        /// how sure
        #[output(check(0.0..=1.0), assert(is_sure, "must be sure"))]
        pub confidence: f64,
        /// notes, at most three
        #[output(check(len(..=3)))]
        pub notes: Vec<String>,
        /// not part of the signature
        #[skip]
        pub line: usize,
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a test is given a reference"
    )]
    fn is_sure(confidence: &f64) -> bool {
        *confidence > 0.5
    }

    /// What is wanted.
    #[derive(Clone, Debug, PartialEq, dashoptimize::FieldType)]
    #[field(rename_all = "snake_case")]
    pub enum Intent {
        /// money back
        Refund,
        /// something else
        Other(String),
        /// a card
        CardLost {
            /// its last digits
            digits: Option<u32>,
        },
    }

    /// A place.
    #[derive(Clone, Debug, PartialEq, Eq, dashoptimize::FieldType)]
    pub struct Place {
        /// as on the map
        pub city: String,
    }

    dashoptimize::module!(
        /// Thinks.
        #[with(temperature = 0.0, max_tokens = 200)]
        pub type Classify = ChainOfThought<Triage>;

        /// Guesses.
        pub type Guess = Predict<Triage>;

        /// Guesses until the reward reaches the threshold.
        #[with(reward = |_, _| true, threshold = 1.0)]
        pub type Best = Refine<Guess>;

        /// Classifies many.
        pub type All = Parallel<Classify>;
    );

    /// Looks a place up.
    ///
    /// # Errors
    ///
    /// If it is unknown.
    #[dashoptimize::tool]
    pub fn find(
        /** its name */
        city: &str,
        near: Option<Place>,
    ) -> Result<Place, String> {
        near.filter(|place| place.city == city)
            .ok_or_else(|| format!("no {city}"))
    }

    /// Says that it is done.
    #[dashoptimize::tool]
    pub async fn end() {
        std::future::ready(()).await;
    }
}

/// Items that are private to a binary, and used in part.
mod closed {
    #[dashoptimize::signature]
    pub(super) struct Ask {
        #[input]
        pub(super) question: String,
        #[output]
        answer: String,
        #[output]
        sure: Mood,
    }

    #[derive(Clone, Debug, dashoptimize::FieldType)]
    pub(super) enum Mood {
        Good,
        Bad { why: String },
    }

    dashoptimize::module!(
        pub(super) type Asker = Predict<Ask>;
    );

    #[dashoptimize::tool]
    pub(super) fn feel(moods: &[Mood]) -> bool {
        moods.iter().all(|mood| matches!(mood, Mood::Good))
    }
}

#[dashoptimize::signature]
struct Echo {
    #[input]
    text: String,
    #[output]
    again: String,
}

dashoptimize::module!(
    type Echoes = ChainOfThought<Echo>;
);

fn main() {
    #[dashoptimize::signature]
    struct Inside {
        #[input]
        text: String,
        #[output]
        again: String,
    }

    dashoptimize::module!(
        type Insider = Predict<Inside>;

        #[with(n = 2, by = |output| output.again.clone())]
        type Most = Majority<Insider>;
    );

    let input = closed::AskInput {
        question: "why?".to_owned(),
    };
    let modules = |lm: &dashoptimize::lm::Lm| {
        let asker = closed::Asker::new(lm);
        let tools = dashoptimize::tools![open::find, open::end, closed::feel];
        (asker.render(&input), Echoes::new(lm), Most::new(lm), tools)
    };
    assert_eq!(size_of_val(&modules), size_of::<usize>());
}
