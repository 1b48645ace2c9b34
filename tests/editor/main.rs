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
}

mod completion {
    use super::project;

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
            ("{ question, passages }", "{ question, found: passages }"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_field_is_renamed_from_its_use() {
        let renamed = project().renamed("said.‸answer", "sentence");
        let expected = with(&[
            ("pub answer: String", "pub sentence: String"),
            ("said.answer", "said.sentence"),
        ]);
        assert_eq!(renamed, expected);
    }

    #[test]
    #[ignore = "needs `rust-analyzer`"]
    fn a_module_is_renamed_with_all_its_uses() {
        let renamed = project().renamed("pub type ‸Respond", "Reply");
        let expected = with(&[
            ("pub type Respond", "pub type Reply"),
            ("= Respond::new", "= Reply::new"),
        ]);
        assert_eq!(renamed, expected);
    }
}
