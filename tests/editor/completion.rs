//! Completion, also beside code that is half-typed.

use crate::{PROGRAM, project};

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
fn options_are_offered_before_their_values() {
    let mut project = project();
    for half in [
        "#[with(‸)]",
        "#[with(te‸)]",
        "#[with(te‸ = )]",
        "#[with(temperature = 0.0, ‸)]",
        "#[with(te‸, max_tokens = 3)]",
    ] {
        project.replace_text(PROGRAM.to_owned());
        project.type_over("#[with(temperature = 0.0)]", &half.replace('‸', ""));
        let names = project.completions(half);
        for name in ["temperature", "demos"] {
            assert!(names.contains(name), "{half}: {names:?}");
        }
    }
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
    for half in ["{ ques‸ }", "{ ques‸: topic }", "> { ‸ }", "> {‸}"] {
        project.replace_text(PROGRAM.to_owned());
        let typed = half.replace('‸', "");
        project.type_over("{ question: topic }", typed.trim_start_matches("> "));
        let names = project.completions(half);
        assert!(names.contains("question"), "{half}: {names:?}");
    }
    project.replace_text(PROGRAM.to_owned());
    project.type_over("            passages: found,\n", "            \n");
    let names = project.completions("question: plan.text,\n            ‸");
    assert!(names.contains("passages"), "{names:?}");
    assert!(!names.contains("question"), "it is given: {names:?}");
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

/// Steps inside of a `for` and of an arm: half a step, and its cursor.
const INSIDE: [(&str, &str); 5] = [
    ("wide.reasoning", "wide.‸"),
    ("{ question: asked.text }", "{ question: asked.‸ }"),
    ("{ question: asked.text }", "{ question: f(asked.‸, 2) }"),
    ("deep.reasoning", "deep.‸"),
    ("{ question: wanted.text }", "{ question: wanted.‸ }"),
];

#[test]
#[ignore = "needs `rust-analyzer`"]
fn fields_of_a_step_are_offered_inside_of_a_step() {
    let mut project = project();
    for (whole, half) in INSIDE {
        project.replace_text(PROGRAM.to_owned());
        project.type_over(whole, &half.replace('‸', ""));
        let names = project.completions(half);
        assert!(names.contains("text"), "{half}: {names:?}");
        assert!(names.contains("reasoning"), "{half}: {names:?}");
    }
}
