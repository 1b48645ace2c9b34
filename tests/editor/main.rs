//! What an editor can do in and around the macros: `rust-analyzer`, driven over its protocol, on the
//! project of [`PROGRAM`].
//!
//! The cursor is where `‸` stands in a piece of the program. `.ci/run` shows how to install what the
//! tests need, and runs them.

mod client;
mod project;

use std::sync::{LazyLock, Mutex, MutexGuard};

use project::Project;

const PROGRAM: &str = include_str!("program.rs");

/// One server for all tests: a start takes long.
fn project() -> MutexGuard<'static, Project> {
    static PROJECT: LazyLock<Mutex<Project>> = LazyLock::new(|| Mutex::new(Project::open(PROGRAM)));
    // A test that failed leaves a whole project; the text is set anew.
    let mut project = PROJECT.lock().unwrap_or_else(|failed| failed.into_inner());
    project.replace_text(PROGRAM.to_owned());
    project
}

mod definition {
    use super::project;

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_of_an_input_or_output_leads_to_the_field_of_the_signature() {
        let mut project = project();
        let text = project.definitions("query.‸text.clone()");
        assert_eq!(text, ["pub text: String,"]);
        let question = project.definitions("‸question: question.clone(),");
        assert_eq!(question, ["pub question: String,"]);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_generated_type_leads_to_the_signature() {
        let lines = project().definitions("let input = Write‸QueryInput {");
        assert_eq!(lines, ["pub struct WriteQuery {"]);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_module_leads_to_its_name_in_module() {
        let lines = project().definitions("let query = ‸Query::new");
        assert_eq!(lines, ["pub type Query = ChainOfThought<WriteQuery>;"]);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn what_stands_in_module_leads_to_what_it_names() {
        let mut project = project();
        let signature = project.definitions("ChainOfThought<‸WriteQuery>");
        assert_eq!(signature, ["pub struct WriteQuery {"]);
        let kind = project.definitions("type Query = Chain‸OfThought<");
        assert_eq!(kind, ["pub struct ChainOfThought<S = Untyped> {"]);
        let option = project.definitions("#[with(temp‸erature = 0.0)]");
        assert_eq!(
            option,
            ["fn temperature(mut self, temperature: f64) -> Self {"]
        );
    }
}

mod hover {
    use super::project;

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_shows_its_type_and_its_description() {
        let words = project().hover("query.‸text.clone()");
        assert!(words.contains("text: String"), "{words}");
        assert!(words.contains("what to search for"), "{words}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_module_shows_its_docs() {
        let words = project().hover("let query = ‸Query::new");
        assert!(words.contains("struct Query"), "{words}");
        assert!(words.contains("Thinks of a query."), "{words}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn an_option_shows_what_it_sets() {
        let words = project().hover("#[with(temp‸erature = 0.0)]");
        assert!(words.contains("Sets the temperature"), "{words}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_step_shows_what_it_makes() {
        let mut project = project();
        let plan = project.hover("search(‸plan.text");
        assert!(
            plan.contains("let plan: &Reasoned<WriteQueryOutput>"),
            "{plan}"
        );
        let first = project.hover("‸first.text");
        assert!(
            first.contains("let first: Reasoned<WriteQueryOutput>"),
            "{first}"
        );
        let found = project.hover("passages: ‸found");
        assert!(found.contains("let found: &Vec<String"), "{found}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_in_a_pipeline_shows_its_type_and_its_description() {
        let mut project = project();
        let text = project.hover("search(plan.‸text");
        assert!(text.contains("text: String"), "{text}");
        assert!(text.contains("what to search for"), "{text}");
        let passages = project.hover("‸passages: found");
        assert!(passages.contains("passages: Vec<String"), "{passages}");
        assert!(passages.contains("what was found"), "{passages}");
    }
}

mod completion {
    use super::{PROGRAM, project};

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn fields_of_an_output_are_offered() {
        let mut project = project();
        project.type_over("Some(said.answer)", "Some(query.)");
        let names = project.completions("Some(query.‸)");
        assert!(names.contains("text"), "{names:?}");
        assert!(names.contains("reasoning"), "{names:?}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn options_are_offered_beside_a_half_typed_item() {
        let mut project = project();
        project.type_over("#[with(temperature = 0.0)]", "#[with(te = 0.0)]");
        project.type_over(
            "pub type Respond = Predict<ShortAnswer>;",
            "pub type Respond = ",
        );
        let names = project.completions("#[with(te‸ = 0.0)]");
        assert!(names.contains("temperature"), "{names:?}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn signatures_are_offered_beside_a_half_typed_item() {
        let mut project = project();
        project.type_over("ChainOfThought<WriteQuery>", "ChainOfThought<Wr>");
        project.type_over(
            "pub type Respond = Predict<ShortAnswer>;",
            "pub type Respond = ",
        );
        let names = project.completions("ChainOfThought<Wr‸>");
        assert!(names.contains("WriteQuery"), "{names:?}");
    }

    /// What a half-typed step leaves of a pipeline.
    const HALF_TYPED: [(&str, &str); 5] = [
        ("            passages: found,", "            passages: fou"),
        ("        reply.answer\n", "        repl\n"),
        ("let reply = Respond {", "let reply = Resp {"),
        ("let found = ", "let found "),
        ("(topic: String, top_k", "(topic: , top_k"),
    ];

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn fields_of_a_step_are_offered_beside_any_half_typed_step() {
        let mut project = project();
        for (whole, half) in HALF_TYPED {
            project.replace_text(PROGRAM.to_owned());
            project.type_over("search(plan.text, top_k)", "search(plan., top_k)");
            project.type_over(whole, half);
            let names = project.completions("plan.‸,");
            for name in ["text", "reasoning"] {
                assert!(names.contains(name), "{half}: {names:?}");
            }
        }
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn fields_of_a_step_are_offered_where_nothing_else_is_half_typed() {
        let mut project = project();
        for half in ["", "te", "text"] {
            project.replace_text(PROGRAM.to_owned());
            project.type_over("search(plan.text,", &format!("search(plan.{half},"));
            let names = project.completions(&format!("search(plan.{half}‸,"));
            assert!(names.contains("text"), "{half}: {names:?}");
        }
        project.replace_text(PROGRAM.to_owned());
        project.type_over("both.answer", "both.");
        let names = project.completions("both.‸");
        assert!(names.contains("answer"), "{names:?}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn fields_of_a_step_are_offered_where_steps_run_at_once() {
        let mut project = project();
        project.type_over("let second = Query { question };", "let second = Que");
        project.type_over("vec![first.text, second.text]", "first.");
        let names = project.completions("passages: first.‸,");
        assert!(names.contains("text"), "{names:?}");
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn inputs_of_a_module_are_offered() {
        let mut project = project();
        for half in ["{ ques }", "{ ques: topic }"] {
            project.replace_text(PROGRAM.to_owned());
            project.type_over("{ question: topic }", half);
            let names = project.completions(&half.replace("ques", "ques‸"));
            assert!(names.contains("question"), "{half}: {names:?}");
        }
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn steps_inputs_functions_and_signatures_are_offered() {
        let mut project = project();
        for (whole, half, name) in [
            (
                "search(plan.text, top_k)",
                "search(pla‸.text, top_k)",
                "plan",
            ),
            (
                "search(plan.text, top_k)",
                "search(plan.text, to‸)",
                "top_k",
            ),
            (
                "search(plan.text, top_k)",
                "sear‸(plan.text, top_k)",
                "search",
            ),
            (
                "let plan = ChainOfThought::<WriteQuery> { question: topic }",
                "let plan = ChainOfThought::<Wri‸",
                "WriteQuery",
            ),
            ("let both = Respond {", "let both = Resp‸ {", "Respond"),
        ] {
            project.replace_text(PROGRAM.to_owned());
            project.type_over(whole, &half.replace('‸', ""));
            let names = project.completions(half);
            assert!(names.contains(name), "{half}: {names:?}");
        }
    }
}

mod rename {
    use super::{PROGRAM, project};

    fn with(replacements: &[(&str, &str)]) -> String {
        let mut text = PROGRAM.to_owned();
        for (old, new) in replacements {
            assert_eq!(text.matches(old).count(), 1, "{old}");
            text = text.replace(old, new);
        }
        text
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_is_renamed_with_all_its_uses_and_nothing_else() {
        let renamed = project().renamed("pub ‸passages: Vec", "found");
        let expected = with(&[
            ("pub passages: Vec", "pub found: Vec"),
            ("passages: found,", "found: found,"),
            ("passages: vec![first", "found: vec![first"),
            ("{ question, passages }", "{ question, found: passages }"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_is_renamed_from_its_use_in_a_pipeline() {
        let renamed = project().renamed("second.‸text", "words");
        let expected = with(&[
            ("pub text: String", "pub words: String"),
            ("search(plan.text", "search(plan.words"),
            ("question: plan.text", "question: plan.words"),
            (
                "vec![first.text, second.text]",
                "vec![first.words, second.words]",
            ),
            ("query.text.clone()", "query.words.clone()"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_step_is_renamed_with_all_its_uses() {
        let renamed = project().renamed("let ‸plan =", "idea");
        let expected = with(&[
            ("let plan =", "let idea ="),
            ("search(plan.text", "search(idea.text"),
            ("question: plan.text", "question: idea.text"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn an_input_of_a_pipeline_is_renamed_with_all_its_uses() {
        let renamed = project().renamed("Rag(‸topic", "subject");
        let expected = with(&[
            ("Rag(topic", "Rag(subject"),
            ("question: topic", "question: subject"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_module_is_renamed_with_all_its_uses() {
        let renamed = project().renamed("pub type ‸Respond", "Reply");
        let expected = with(&[
            ("pub type Respond", "pub type Reply"),
            ("let reply = Respond {", "let reply = Reply {"),
            ("let both = Respond {", "let both = Reply {"),
            ("= Respond::new", "= Reply::new"),
        ]);
        assert_eq!(renamed, expected);
    }
}
