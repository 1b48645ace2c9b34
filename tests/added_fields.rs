//! Fields that modules add to a signature, which the signature must not have.
//!
//! `module!` and `pipeline!` refuse the same names when the program is built; `added_fields` in the
//! tests of the macros has them once more.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use dashoptimize::lm::Scripted;
use dashoptimize::module::{
    ChainOfThought, KNN, ModuleCore, MultiChainComparison, Predict, ReAct, ValueModule,
};
#[cfg(feature = "interpreter")]
use dashoptimize::module::{CodeAct, ProgramOfThought};
use dashoptimize::signature::make_signature;

fn over<V: ValueModule>(output: &str) -> V {
    let spec = make_signature(&format!("question -> {output}"), "").expect("a good spec");
    V::over(&spec, Scripted::replies(["?"]).into())
}

/// All fields that the predictors of a module have and its signature has not; each of them is refused.
fn refused<V: ValueModule>() -> BTreeSet<String> {
    let module = over::<V>("answer");
    let predictors = module.core().predictors().into_iter();
    let names =
        predictors.flat_map(|predictor| predictor.spec().fields.iter().map(|f| f.name.to_string()));
    let added: BTreeSet<String> = names
        .filter(|name| name != "question" && name != "answer")
        .collect();
    for name in &added {
        let made = catch_unwind(|| over::<V>(name));
        let panic = made.err().unwrap_or_else(|| panic!("`{name}` is taken"));
        let words = panic
            .downcast_ref::<String>()
            .expect("the message is formatted");
        assert!(
            words.contains(&format!("`{name}`, which `question -> {name}` already has")),
            "{words}"
        );
    }
    added
}

fn assert_refused<V: ValueModule>(expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(refused::<V>(), expected);
}

#[test]
fn each_field_that_a_module_adds_is_refused() {
    assert_refused::<Predict>(&[]);
    assert_refused::<KNN>(&[]);
    assert_refused::<ChainOfThought>(&["reasoning"]);
    assert_refused::<MultiChainComparison>(&[
        "rationale",
        "reasoning",
        "reasoning_attempt_1",
        "reasoning_attempt_2",
        "reasoning_attempt_3",
    ]);
    assert_refused::<ReAct>(&[
        "next_thought",
        "next_tool_args",
        "next_tool_name",
        "reasoning",
        "trajectory",
    ]);
}

#[cfg(feature = "interpreter")]
#[test]
fn each_field_that_a_module_with_code_adds_is_refused() {
    assert_refused::<ProgramOfThought>(&[
        "code_output",
        "error",
        "final_generated_code",
        "generated_code",
        "previous_code",
        "reasoning",
    ]);
    assert_refused::<CodeAct>(&["finished", "generated_code", "reasoning", "trajectory"]);
}
