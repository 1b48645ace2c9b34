//! Every form of a pipeline, inside a function, with private signatures.

#![deny(warnings)]

use dashoptimize::lm::Lm;
use dashoptimize::call::CallError;
use dashoptimize::module::ModuleExt;
use dashoptimize::{FieldType, module, pipeline, signature};

fn main() {
    /// Say a word.
    #[signature]
    struct Say {
        /// what to say
        #[input]
        word: String,
        /// what was said
        #[output]
        said: String,
        /// how
        #[output]
        how: How,
    }

    /// How something is said.
    #[derive(Clone, Debug, FieldType)]
    enum How {
        Loud,
        Soft { times: u32 },
        Other(String),
    }

    module!(
        type Think = ChainOfThought<Say>;
    );

    fn twice(word: &str) -> String {
        format!("{word} {word}")
    }

    async fn fetch(words: Vec<String>, most: usize) -> Result<Vec<String>, std::io::Error> {
        Ok(words.into_iter().take(most).collect())
    }

    pipeline!(
        /// Uses every form.
        fn All(word: String, most: usize) -> Vec<String> {
            #[with(temperature = 0.2, max_tokens = 50)]
            let first = Think { word };
            let doubled = twice(&first.said);
            let words: Vec<String> = vec![doubled.clone(), first.reasoning.clone()];
            let fetched = fetch(words, most)?;
            #[with(concurrency = 2)]
            let said = for (n, item) in fetched.iter().cloned().enumerate() {
                let spoken = Predict::<Say> {
                    word: format!("{n} {item}"),
                };
                let checked = Think { word: spoken.said };
                checked.output.said
            };
            let route = match first.how {
                How::Loud => Predict::<Say> { word }.said,
                How::Soft { times } if times > 2 => word,
                How::Soft { .. } => "soft".to_owned(),
                How::Other(other) => {
                    let asked = Predict::<Say> { word: other };
                    asked.said
                }
            };
            let branch = if most > 3 {
                route
            } else if let Some(last) = said.last() {
                last.clone()
            } else {
                Think { word }.said
            };
            let mut better = branch;
            #[with(at_most = most as u32)]
            while better.len() < 10 {
                let next = Predict::<Say> { word: better };
                better = next.said;
            }
            let safe = Think { word: better }.said || Predict::<Say> { word }.said || word;
            vec![safe, first.said.clone()]
        }
    );

    let _ = async |lm: Lm| -> Result<Vec<String>, CallError> {
        let program = All::new(lm);
        let _: &Think = &program.first;
        let input = AllInput {
            word: "w".to_owned(),
            most: 3,
        };
        let output: AllOutput = program.clone().call(input).await?;
        assert_eq!(All::GRAPH.name, "All");
        println!("{program:?}");
        Ok(output)
    };
}
