//! Signatures made at run time, from a text such as `question -> answer: float`.

mod cursor;
mod label;
mod type_names;

use std::borrow::Cow;

use super::field::{Field, Role};
use super::spec::SignatureSpec;
use super::ty::Ty;
use cursor::Cursor;

/// The name of the marker that ends a reply; no field can have it.
const RESERVED: &str = "completed";

const SHAPE: &str = "write inputs, an arrow and outputs, such as `question -> answer: float`";

/// A signature out of a text: the inputs, an arrow, the outputs, each with an optional type.
///
/// Types are spelled as DSPy or as Rust spells them: `str` (the default), `int`, `float`, `bool`,
/// `list[str]`, `dict[str, int]`, `Optional[float]` or `float | None`, `Literal["yes", "no"]`;
/// `String`, `i64`, `f64`, `Vec<String>`, `Option<f64>`, `HashMap<String, i64>`.
/// `Any` is any JSON value.
///
/// Empty instructions become "Given the fields `context`, `question`, produce the fields `answer`."
///
/// Use `#[signature]` where the fields are known when you write the program: then the compiler
/// checks what this function checks at run time.
///
/// ```
/// use dashoptimize::signature::{Ty, make_signature};
///
/// let spec = make_signature("context, question -> answer, confidence: float", "")?;
/// assert_eq!(spec.to_string(), "context, question -> answer, confidence");
/// assert_eq!(spec.fields[3].ty, Ty::Float);
///
/// let error = make_signature("question -> answer: flaot", "").unwrap_err();
/// assert_eq!(error.problem, "unknown type `flaot`; did you mean `float`?");
/// # Ok::<(), dashoptimize::signature::SpecError>(())
/// ```
///
/// # Errors
///
/// The first thing that is wrong with the text, where it is, and what to do.
pub fn make_signature(spec: &str, instructions: &str) -> Result<SignatureSpec, SpecError> {
    let (inputs, outputs) = sides(spec)?;
    let mut fields = Vec::new();
    read_side(spec, inputs, Role::Input, &mut fields)?;
    read_side(spec, outputs, Role::Output, &mut fields)?;
    let mut made = SignatureSpec {
        name: Cow::Borrowed("Signature"),
        instructions: Cow::Borrowed(""),
        fields: Cow::Owned(fields),
    };
    made.name = made.to_string().into();
    made.instructions = match instructions.trim() {
        "" => default_instructions(&made).into(),
        given => given.to_owned().into(),
    };
    Ok(made)
}

/// A text that is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature `{spec}`, character {}: {problem}", .at + 1)]
pub struct SpecError {
    /// The text.
    pub spec: String,
    /// Where in the text, in characters from 0.
    pub at: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

impl SpecError {
    fn new(spec: &str, at: usize, problem: impl Into<String>) -> Self {
        let before = spec.char_indices().take_while(|(byte, _)| *byte < at);
        Self {
            spec: spec.to_owned(),
            at: before.count(),
            problem: problem.into(),
        }
    }
}

/// The bytes of the inputs and of the outputs.
fn sides(spec: &str) -> Result<(std::ops::Range<usize>, std::ops::Range<usize>), SpecError> {
    let mut arrows = cursor::arrows(spec);
    let Some(arrow) = arrows.next() else {
        let problem = format!("there is no `->`; {SHAPE}");
        return Err(SpecError::new(spec, spec.len(), problem));
    };
    if let Some(second) = arrows.next() {
        let problem = "a second `->`; a signature has one arrow, inputs before and outputs after";
        return Err(SpecError::new(spec, second, problem));
    }
    Ok((0..arrow, arrow + 2..spec.len()))
}

fn read_side(
    spec: &str,
    side: std::ops::Range<usize>,
    role: Role,
    fields: &mut Vec<Field>,
) -> Result<(), SpecError> {
    if spec[side.clone()].trim().is_empty() {
        let problem = format!("there are no {role}s; {SHAPE}");
        return Err(SpecError::new(spec, side.start, problem));
    }
    let mut cursor = Cursor::new(spec, side);
    loop {
        let field = read_field(&mut cursor, role, fields)?;
        fields.push(field);
        if cursor.at_end() {
            return Ok(());
        }
        cursor.expect(',', "between fields")?;
    }
}

fn read_field(cursor: &mut Cursor<'_>, role: Role, before: &[Field]) -> Result<Field, SpecError> {
    let (at, name) = cursor.until(&[',', ':']);
    check_name(name, role, before).map_err(|problem| cursor.error(at, problem))?;
    let ty = if cursor.take(':') {
        type_names::read(cursor)?
    } else {
        Ty::Str
    };
    Ok(Field {
        name: name.to_owned().into(),
        role,
        ty,
        desc: Cow::Borrowed(""),
        prefix: label::infer(name).into(),
        checks: Cow::Borrowed(&[]),
    })
}

fn check_name(name: &str, role: Role, before: &[Field]) -> Result<(), String> {
    if name.is_empty() {
        return Err("a field name is missing here; write one or drop the comma".to_owned());
    }
    if !is_name(name) {
        return Err(format!(
            "`{name}` is no field name; use letters, digits and `_`, such as `{}`",
            suggestion(name)
        ));
    }
    if name == RESERVED {
        return Err(format!(
            "`{RESERVED}` is reserved for the end of a reply; take another name"
        ));
    }
    match before.iter().find(|field| field.name == name) {
        Some(field) if field.role == role => Err(format!(
            "the {role} `{name}` is there twice; drop or rename one"
        )),
        Some(_) => Err(format!(
            "`{name}` is an input and an output; rename one of them"
        )),
        None => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_numeric())
}

/// The name that the text was perhaps meant to be.
fn suggestion(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join("_").to_lowercase();
    if is_name(&name) {
        name
    } else {
        format!("field_{name}").trim_end_matches('_').to_owned()
    }
}

fn default_instructions(spec: &SignatureSpec) -> String {
    let names = |fields: &mut dyn Iterator<Item = &Field>| {
        let names: Vec<String> = fields.map(|field| format!("`{}`", field.name)).collect();
        names.join(", ")
    };
    format!(
        "Given the fields {}, produce the fields {}.",
        names(&mut spec.inputs()),
        names(&mut spec.outputs())
    )
}
