//! Expansions as text, places of errors, and code that is still being typed.
//!
//! `BLESS=1 cargo test -p dashoptimize-macros` writes the snapshots anew; review them as code.

mod added_fields;
mod incomplete;
mod picture;
mod places;
mod prompt;

use std::path::Path;

use proc_macro2::TokenStream;

/// Line (from 1), column (from 0) and text of all errors, in their order.
fn errors<T>(result: syn::Result<T>) -> Vec<(usize, usize, String)> {
    let Err(errors) = result else {
        return Vec::new();
    };
    let place = |error: syn::Error| {
        let start = error.span().start();
        (start.line, start.column, error.to_string())
    };
    errors.into_iter().map(place).collect()
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the test's source is made of tokens")
}

fn assert_expansion(name: &str, expansion: TokenStream) {
    let file = syn_file(expansion);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tests/snapshots/{name}.rs"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &file).expect("the snapshot can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the snapshot is there");
    assert_eq!(
        file, kept,
        "the expansion changed; look at it, then run with BLESS=1"
    );
}

fn syn_file(expansion: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is made of items"))
}

#[test]
fn a_signature() {
    let item = tokens(
        "/// Rate the text.
        #[derive(Debug)]
        pub struct Rate {
            /// what to rate
            #[input]
            pub text: String,
            #[output(assert(1..=5), check(is_odd, \"must be odd\"))]
            pub stars: u8,
            #[skip]
            line: usize,
        }",
    );
    let expansion = crate::signature::try_expand(TokenStream::new(), item);
    assert_expansion("signature", expansion.expect("the signature is sound"));
}

#[test]
fn a_signature_with_a_mistake() {
    let item = tokens("struct Rate { #[inptu] text: String, #[output] stars: u8 }");
    assert_expansion(
        "signature_fallback",
        crate::signature::expand(TokenStream::new(), &item),
    );
}

#[test]
fn an_enum() {
    let item = tokens(
        "/// What is wanted.
        #[field(rename_all = \"snake_case\")]
        enum Intent {
            /// money back
            Refund,
            Other(String),
            CardLost { #[field(rename = \"last4\")] digits: Option<u32> },
        }",
    );
    let expansion = crate::field_type::try_expand(item);
    assert_expansion("enum", expansion.expect("the enum is sound"));
}

#[test]
fn a_struct() {
    let expansion = crate::field_type::try_expand(tokens("struct Place { city: String }"));
    assert_expansion("struct", expansion.expect("the struct is sound"));
}

#[test]
fn a_chain_of_optimizers() {
    let chain =
        tokens("LabeledFewShot { max_demos: 2 } >> a::Search::<_, B> { seeds: -3..3, quiet } >> C");
    let expansion = crate::optimizers::try_expand(chain).expect("the chain is sound");
    assert_expansion("optimizers", quote::quote!(fn tune() { #expansion }));
}

#[test]
fn a_module() {
    let items = tokens(
        "/// Thinks.
        #[with(temperature = 0.0)]
        pub type Classify = ChainOfThought<Triage>;",
    );
    let expansion = crate::module::try_expand(items);
    assert_expansion("module", expansion.expect("the module is sound"));
}

#[test]
fn a_pipeline_whose_steps_wait_for_each_other() {
    let item = tokens(
        "/// Answers a question.
        pub fn Rag(question: String, top_k: usize) -> String {
            let query = ChainOfThought::<WriteQuery> { question };
            let passages = search(query.text, top_k)?;
            let answer = match query.kind {
                Kind::Simple => Predict::<ShortAnswer> { passages, question }.answer,
                Kind::Hard => Researcher { passages, question }.answer,
            };
            answer
        }",
    );
    let expansion = crate::pipeline::try_expand(item);
    assert_expansion("pipeline", expansion.expect("the pipeline is sound"));
}

#[test]
fn a_pipeline_whose_steps_run_at_once() {
    let item = tokens(
        "fn Both(question: String) -> String {
            let one = First { question };
            let other = Second { question };
            join(one.text, other.text)
        }",
    );
    let expansion = crate::pipeline::try_expand(item);
    assert_expansion(
        "pipeline_at_once",
        expansion.expect("the pipeline is sound"),
    );
}

#[test]
fn a_module_over_a_module() {
    let items = tokens(
        "/// The best of three.
        #[with(n = 3, reward = grade)]
        pub type Best = BestOfN<Classify>;",
    );
    let expansion = crate::module::try_expand(items);
    assert_expansion(
        "module_over_module",
        expansion.expect("the module is sound"),
    );
}

#[test]
fn a_tool() {
    let item = tokens(
        "/// Searches.
        #[deprecated]
        pub async fn search(
            /// what to look for
            query: &str,
            mut top_k: Option<u8>,
        ) -> Result<String, Error> {
            look(query, top_k).await
        }",
    );
    let expansion = crate::tool::try_expand(TokenStream::new(), item);
    assert_expansion("tool", expansion.expect("the tool is sound"));
}

#[test]
fn a_tool_with_a_mistake() {
    let item = tokens("fn search(/// what\n (a, b): (u8, u8)) {}");
    assert_expansion(
        "tool_fallback",
        crate::tool::expand(TokenStream::new(), &item),
    );
}
