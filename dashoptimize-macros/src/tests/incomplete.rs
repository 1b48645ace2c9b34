//! Code that is still being typed: every prefix of a sound call expands to something, with the
//! errors in it, and nothing panics.

use proc_macro2::{TokenStream, TokenTree};

use super::tokens;

const SIGNATURE: &str = "/// Rate.
    pub struct Rate {
        #[input(desc = \"d\", prefix = \"P:\")]
        pub text: String,
        #[output(rename = \"r\", assert(1..=5, len(1..)), check(is_odd, \"must be odd\"))]
        pub stars: u8,
        #[skip]
        line: usize,
    }";

const ENUM: &str = "#[field(rename_all = \"snake_case\")]
    pub enum Intent { Refund, Other(String), Lost { #[field(rename = \"l\")] last: u8 } }";

const MODULES: &str = "/// Thinks.
    #[with(temperature = 0.0, max_tokens = 200)]
    pub type A = ChainOfThought<Triage>;
    type B = Predict<Triage>;
    #[with(n = 3, reward = grade, threshold = 0.5)]
    type C = Refine<A>;
    type D = Parallel<Parallel<Predict<Triage>>>;";

const PIPELINE: &str = "/// Answers.
    #[with(rows = Qa)]
    pub fn Rag(/// what is asked
        question: String, top_k: usize) -> Answer {
        #[with(temperature = 0.0)]
        let query = ChainOfThought::<Write> { question };
        let passages = search(&query.text, top_k)?;
        #[with(concurrency = 4)]
        let notes = for (n, passage) in passages { Predict::<Sum> { passage, n: n + 1 }.text };
        let mut draft = match query.kind {
            Kind::Hard { depth } if depth > 3 => Researcher { notes, depth },
            _ => if let Some(x) = query.x { Short { x } } else { { let y = f(x); Long { y } } },
        };
        #[with(at_most = 3)]
        while draft.score < 0.5 {
            let critique = Critic { text: draft.text };
            draft = Revise { critique };
        }
        let safe = Checked { draft } || Plain { draft } || draft.text.clone();
        Answer { text: safe, notes }
    }";

const TOOL: &str = "/// Searches.
    #[cfg(a)]
    pub async fn search(
        /// what
        query: &str,
        mut top: Option<u8>,
        all: &[Kind],
    ) -> Result<String, Error> { look(query).await }";

/// The tokens cut off at every place, at every depth: groups are closed, as editors close them.
fn prefixes(tokens: TokenStream) -> Vec<TokenStream> {
    let mut prefixes = vec![TokenStream::new()];
    let mut before = TokenStream::new();
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            for inner in self::prefixes(group.stream()) {
                let mut prefix = before.clone();
                let cut = proc_macro2::Group::new(group.delimiter(), inner);
                prefix.extend([TokenTree::Group(cut)]);
                prefixes.push(prefix);
            }
        }
        before.extend([token]);
        prefixes.push(before.clone());
    }
    prefixes
}

#[test]
fn half_a_signature_never_panics() {
    for prefix in prefixes(tokens(SIGNATURE)) {
        crate::signature::expand(TokenStream::new(), &prefix);
    }
}

#[test]
fn half_the_arguments_never_panic() {
    for prefix in prefixes(tokens("instructions = \"i\", crate = ::a::b")) {
        crate::signature::expand(prefix, &tokens(SIGNATURE));
    }
}

#[test]
fn half_a_type_never_panics() {
    for prefix in prefixes(tokens(ENUM)) {
        crate::field_type::expand(prefix);
    }
}

#[test]
fn half_a_module_never_panics() {
    for prefix in prefixes(tokens(MODULES)) {
        crate::module::expand(prefix);
    }
}

#[test]
fn half_a_chain_of_optimizers_never_panics() {
    let chain = "A { a: 1, b } >> c::D::<E<F>> { g: h(1 >> 2), r#type: \"i\" } >> J";
    for prefix in prefixes(tokens(chain)) {
        if crate::optimizers::is_chain(&prefix) {
            crate::optimizers::expand(prefix);
        } else {
            assert!(prefix.is_empty(), "a chain is known by its start: {prefix}");
        }
    }
}

#[test]
fn half_a_prompt_never_panics() {
    for prefix in prefixes(tokens("a::Rag<B, C>, \"docs/qa.json\", more")) {
        crate::prompt::expand(prefix);
    }
}

#[test]
fn the_struct_survives_half_an_option() {
    for prefix in prefixes(tokens(
        "desc = \"d\", check(len(1..=5), is_odd, \"must be odd\")",
    )) {
        let item = quote::quote!(
            struct Qa {
                #[input]
                q: u8,
                #[output(#prefix)]
                a: String,
            }
        );
        let expansion = crate::signature::expand(TokenStream::new(), &item).to_string();
        assert!(expansion.contains("struct Qa {"), "{expansion}");
        assert!(expansion.contains("struct QaOutput {"), "{expansion}");
    }
}

#[test]
fn half_a_pipeline_never_panics() {
    for prefix in prefixes(tokens(PIPELINE)) {
        crate::pipeline::expand(prefix);
    }
}

#[test]
fn the_other_steps_survive_half_a_step() {
    for prefix in prefixes(tokens("search(query.text, top_k)?.iter()")) {
        let item = quote::quote!(
            fn Rag(question: String) -> Answer {
                let query = Predict::<Write> { question };
                let half = #prefix;
                let third = Predict::<Write> { question: query.text };
                third
            }
        );
        let expansion = crate::pipeline::expand(item).to_string();
        for field in ["query : :: dashoptimize", "third : :: dashoptimize"] {
            assert!(expansion.contains(field), "{field} in {expansion}");
        }
    }
}

/// Every place inside of a step where a half-typed step can be, next to a sound one.
const INNER: [&str; 8] = [
    "for n in [1] { let half = HALF; let sound = Sound { question }; sound.text }",
    "match kind { Kind::A { b, .. } if b => HALF, _ => { let sound = Sound { question }; sound } }",
    "match kind { Kind::A => if a { HALF } else { 1 } Kind::B => { 2 } _ => Sound { sound: f::<A, B>(|a, b| 1) } }",
    "if let Kind { a } = kind { HALF } else if b == 2 { Sound { question } } else { 1 }",
    "if a { { let half = HALF; half } } else { Sound { question } }",
    "{ let half = HALF; let sound = Sound { question }; sound }",
    "Sound { question } || HALF || Sound { question }",
    "for n in [1] { for Kind { a } in n { let half = HALF; let sound = Sound { question }; 1 } }",
];

#[test]
fn the_other_inner_steps_survive_half_a_step() {
    for inner in INNER {
        for half in prefixes(tokens("search(question.text, top_k)?.iter()")) {
            let half = format!("{half} ?.");
            let inner = tokens(&inner.replace("HALF", &half));
            let item = quote::quote!(
                fn Rag(question: String) -> Answer {
                    let outer = #inner;
                    let third = Predict::<Write> { question };
                    third
                }
            );
            let expansion = crate::pipeline::expand(item).to_string();
            let errors = expansion.matches("compile_error").count();
            assert_eq!(errors, 1, "{half} in {inner}: {expansion}");
            assert!(
                expansion.contains(": Sound"),
                "{half} in {inner}: {expansion}"
            );
            assert!(expansion.contains("third : :: dashoptimize"), "{expansion}");
        }
    }
}

#[test]
fn half_a_tool_never_panics() {
    for prefix in prefixes(tokens(TOOL)) {
        crate::tool::expand(TokenStream::new(), &prefix);
    }
    for prefix in prefixes(tokens(
        "name = \"n\", description = concat!(\"d\"), crate = ::a::b",
    )) {
        let expansion = crate::tool::expand(prefix, &tokens(TOOL)).to_string();
        assert!(expansion.contains("async fn search ("), "{expansion}");
        assert!(expansion.contains("struct search { }"), "{expansion}");
    }
}

#[test]
fn half_a_list_of_tools_never_panics() {
    for prefix in prefixes(tokens(
        "search, &value, Simple::new(\"a\", |x| async move { x }), a::b",
    )) {
        crate::tool::expand_list(prefix);
    }
}
