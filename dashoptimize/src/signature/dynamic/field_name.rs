//! Which names a field can have.

use crate::signature::field::{Field, Role};

/// The name of the marker that ends a reply; no field can have it.
const RESERVED: &str = "completed";

/// Checks the name of a field against the rules and the fields before it.
pub(super) fn check(name: &str, role: Role, before: &[Field]) -> Result<(), String> {
    if name.is_empty() {
        return Err("a field name is missing here; write one or remove the comma".to_owned());
    }
    if !is_valid(name) {
        return Err(format!(
            "`{name}` is not a field name; use letters, digits and `_`, such as `{}`",
            valid_form(name)
        ));
    }
    if name == RESERVED {
        return Err(format!(
            "`{RESERVED}` is reserved for the end of a reply; use another name"
        ));
    }
    match before.iter().find(|field| field.name == name) {
        Some(field) if field.role == role => Err(format!(
            "the {role} `{name}` appears twice; remove or rename one of them"
        )),
        Some(_) => Err(format!(
            "`{name}` is an input and an output; rename one of them"
        )),
        None => Ok(()),
    }
}

fn is_valid(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_numeric())
}

/// A valid name that is like this text.
fn valid_form(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join("_").to_lowercase();
    if is_valid(&name) {
        name
    } else {
        format!("field_{name}").trim_end_matches('_').to_owned()
    }
}
