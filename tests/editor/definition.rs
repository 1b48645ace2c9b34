//! Go to definition: from a name to the line that makes it, and to no other.

use crate::project;

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

#[test]
#[ignore = "needs `rust-analyzer`"]
fn a_field_used_in_a_pipeline_leads_to_the_field_of_the_signature() {
    let mut project = project();
    for piece in [
        "search(plan.‸text",
        "question: plan.‸text",
        "first.‸text",
        "second.‸text",
    ] {
        assert_eq!(project.definitions(piece), ["pub text: String,"], "{piece}");
    }
    for piece in ["reply.‸answer", "both.‸answer"] {
        assert_eq!(
            project.definitions(piece),
            ["pub answer: String,"],
            "{piece}"
        );
    }
    let input = project.definitions("‸passages: found");
    assert_eq!(input, ["pub passages: Vec<String>,"]);
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn what_stands_in_a_pipeline_leads_to_what_it_names() {
    let plan = "let plan = ChainOfThought::<WriteQuery> { question: topic };";
    let header = "pub fn Rag(topic: String, top_k: usize) -> String {";
    let search = "fn search(query: String, top_k: usize) -> Vec<String> {";
    let mut project = project();
    for (piece, line) in [
        ("search(‸plan.text", plan),
        ("        ‸both.answer", "let both = Respond {"),
        ("question: ‸topic", header),
        ("found = ‸search(", search),
        (
            "second = ‸Query {",
            "pub type Query = ChainOfThought<WriteQuery>;",
        ),
        (
            "plan = ‸ChainOfThought",
            "pub struct ChainOfThought<S = Untyped> {",
        ),
        ("<‸WriteQuery> { question: topic", "pub struct WriteQuery {"),
    ] {
        assert_eq!(project.definitions(piece), [line], "{piece}");
    }
}

#[test]
#[ignore = "needs `rust-analyzer`"]
fn steps_lead_to_their_names_inside_of_a_half_typed_step() {
    let mut project = project();
    for (whole, half, piece, line) in [
        (
            "wide.reasoning",
            "wide.",
            "asked.‸text",
            "pub text: String,",
        ),
        (
            "let asked = Query { question: subject };",
            "let asked = Query { question: subject }; let half = ;",
            "wide.‸reasoning",
            "pub reasoning: String,",
        ),
        (
            "deep.reasoning",
            "deep.",
            "question: ‸wanted.text",
            "let wanted = Query { question: texts.concat() };",
        ),
        (
            "None => texts.concat(),",
            "None => texts.,",
            "‸deep.reasoning",
            "let deep = Query { question: wanted.text };",
        ),
    ] {
        project.replace_text(crate::PROGRAM.to_owned());
        project.type_over(whole, half);
        assert_eq!(project.definitions(piece), [line], "{half}");
    }
}
