//! A signature as data, and the trait that connects it to Rust types.

use std::borrow::Cow;

use super::field::{Field, Role};
use super::record::{Record, Row};
use super::text::Text;

/// A signature as data. `#[signature]` makes it as a const;
/// [`make_signature`](super::make_signature) makes it at run time from a text, and
/// [`new`](Self::new) from fields. Everything below the typed surface works on this data.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignatureSpec {
    /// The name of the struct, or a name given at run time.
    pub name: Text,
    /// What the step does (the doc comment of the struct). An optimizer may rewrite it.
    pub instructions: Text,
    /// Inputs first, then outputs, each in the order of the source.
    pub fields: Cow<'static, [Field]>,
}

impl SignatureSpec {
    /// A signature of these fields. Inputs are moved before outputs; otherwise the order is kept.
    ///
    /// ```
    /// use dashoptimize::signature::{Field, SignatureSpec, Ty};
    ///
    /// let fields = [Field::input("question", Ty::Str), Field::output("sure", Ty::Bool)];
    /// let spec = SignatureSpec::new("Ask", "Say whether you are sure.", fields);
    /// assert_eq!(spec.to_string(), "question -> sure");
    /// ```
    pub fn new(
        name: impl Into<Text>,
        instructions: impl Into<Text>,
        fields: impl IntoIterator<Item = Field>,
    ) -> Self {
        let mut fields: Vec<Field> = fields.into_iter().collect();
        fields.sort_by_key(|field| field.role == Role::Output);
        Self {
            name: name.into(),
            instructions: instructions.into(),
            fields: Cow::Owned(fields),
        }
    }

    /// A signature as const data. The inputs must come before the outputs.
    #[must_use]
    pub const fn from_static(
        name: &'static str,
        instructions: &'static str,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            instructions: Cow::Borrowed(instructions),
            fields: Cow::Borrowed(fields),
        }
    }

    /// The fields given to the model.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &Field> + Clone {
        self.fields[..self.input_count()].iter()
    }

    /// The fields produced by the model.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &Field> + Clone {
        self.fields[self.input_count()..].iter()
    }

    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn input_count(&self) -> usize {
        self.fields
            .iter()
            .position(|field| field.role == Role::Output)
            .unwrap_or(self.fields.len())
    }
}

/// `question, context -> answer`
impl std::fmt::Display for SignatureSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_names(f, self.inputs())?;
        f.write_str(" -> ")?;
        write_names(f, self.outputs())
    }
}

fn write_names<'a>(
    f: &mut std::fmt::Formatter<'_>,
    fields: impl Iterator<Item = &'a Field>,
) -> std::fmt::Result {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        f.write_str(&field.name)?;
    }
    Ok(())
}

/// A labelled row whose fields are the inputs and outputs of a step. `#[signature]` implements it.
///
/// The input, the output and the row are three different types, so that a labelled output cannot
/// reach a model by mistake.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signature",
    label = "this type has no input and output fields",
    note = "put `#[signature]` on the struct and `#[input]` or `#[output]` on its fields",
    note = "if `{Self}` is a module, use it directly; only `BestOfN`, `Ensemble`, `Majority`, `Parallel` and `Refine` wrap another module"
)]
pub trait Signature: Row + Sized + Send + Sync + 'static {
    /// The values that the model is given.
    type Input: Record + Clone;
    /// The values that the model produces.
    type Output: Record + Clone;
    /// The outputs produced so far while a reply is streamed, each as an `Option`.
    type Partial: Default + Send;

    /// The signature as const data.
    const SPEC: &'static SignatureSpec;
}
