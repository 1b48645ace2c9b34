//! From a text to a signature.

use std::ops::Range;

use super::cursor::{self, Cursor};
use super::error::SpecError;
use super::{field_name, type_names};
use crate::signature::field::{Field, Role};
use crate::signature::spec::SignatureSpec;
use crate::signature::ty::Ty;

const SHAPE: &str = "write inputs, an arrow and outputs, such as `question -> answer: float`";

/// Makes a signature from a text: the inputs, an arrow, and the outputs, each with an optional type.
///
/// Types are spelled as in DSPy or as in Rust: `str` (the default), `int`, `float`, `bool`,
/// `list[str]`, `dict[str, int]`, `Optional[float]` or `float | None`, `Literal["yes", "no"]`;
/// `String`, `i64`, `f64`, `Vec<String>`, `Option<f64>`, `HashMap<String, i64>`.
/// `Any` is any JSON value.
///
/// Empty instructions become "Given the fields `context`, `question`, produce the fields `answer`."
///
/// Use `#[signature]` if the fields are known when you write the program: the compiler then checks
/// what this function checks at run time.
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
/// If the text is not a signature. The error is about the first mistake, states its position, and says
/// how to correct it.
pub fn make_signature(spec: &str, instructions: &str) -> Result<SignatureSpec, SpecError> {
    let (inputs, outputs) = sides(spec)?;
    let mut fields = Vec::new();
    read_side(spec, inputs, Role::Input, &mut fields)?;
    read_side(spec, outputs, Role::Output, &mut fields)?;
    let mut made = SignatureSpec::new("", "", fields);
    made.name = made.to_string().into();
    made.instructions = match instructions.trim() {
        "" => default_instructions(&made).into(),
        given => given.to_owned().into(),
    };
    Ok(made)
}

/// The bytes of the inputs and of the outputs.
fn sides(spec: &str) -> Result<(Range<usize>, Range<usize>), SpecError> {
    let mut arrows = cursor::arrows(spec);
    let Some(arrow) = arrows.next() else {
        let problem = format!("there is no `->`; {SHAPE}");
        return Err(SpecError::new(spec, spec.len(), problem));
    };
    if let Some(second) = arrows.next() {
        let problem =
            "a second `->`; a signature has one arrow, with inputs before it and outputs after it";
        return Err(SpecError::new(spec, second, problem));
    }
    Ok((0..arrow, arrow + 2..spec.len()))
}

fn read_side(
    spec: &str,
    side: Range<usize>,
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
    field_name::check(name, role, before).map_err(|problem| cursor.error(at, problem))?;
    let ty = if cursor.take(':') {
        type_names::read(cursor)?
    } else {
        Ty::Str
    };
    Ok(Field::new(name.to_owned().into(), role, ty))
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
