//! Fields that modules add, which a signature must not have.
//!
//! What the compiler says of them is in `ui-tests`, but for the modules behind the feature `interpreter`,
//! which `ui-tests` does not have. `tests/added_fields.rs` compares these names with those of the runtime.

use super::tokens;

/// The names that a module over a signature is checked for, in order.
fn checked(module: &str) -> Vec<String> {
    let item = tokens(&format!("type Named = {module}<Given>;"));
    let expansion = crate::module::try_expand(item).expect("the module is sound");
    let expansion = expansion.to_string();
    let checks = expansion.split("_lacks_field").skip(1);
    checks
        .map(|check| check.split('"').nth(1).unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_signature_is_checked_for_each_of_them() {
    assert_eq!(checked("Predict"), [""; 0]);
    assert_eq!(checked("ChainOfThought"), ["reasoning"]);
    assert_eq!(
        checked("ProgramOfThought"),
        [
            "reasoning",
            "generated_code",
            "previous_code",
            "error",
            "final_generated_code",
            "code_output"
        ]
    );
    assert_eq!(
        checked("CodeAct"),
        ["trajectory", "reasoning", "generated_code", "finished"]
    );
}
