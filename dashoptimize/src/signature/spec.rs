//! A whole signature: its data, and the trait that ties it to Rust types.

use std::borrow::Cow;

use super::field::{Field, Role};
use super::fingerprint::Fingerprint;
use super::record::{Record, Row};
use super::ty::Text;

/// A signature as data. `#[signature]` makes it a const; [`make_signature`](super::make_signature)
/// makes it at run time. Everything below the typed surface works on this.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureSpec {
    /// Name of the struct, or a name given at run time.
    pub name: Text,
    /// What the step does (the struct's doc comment). An optimizer may rewrite it.
    pub instructions: Text,
    /// Inputs first, then outputs, each in the order of the source.
    pub fields: Cow<'static, [Field]>,
}

impl SignatureSpec {
    /// The fields given to the model.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &Field> + Clone {
        self.fields[..self.input_count()].iter()
    }

    /// The fields produced by the model.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &Field> + Clone {
        self.fields[self.input_count()..].iter()
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Identity of the schema: names, roles and types. Prose and checks are not part of it.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
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
/// `Input`, `Output` and the row itself are three different types, so that a gold value cannot
/// reach a model by mistake.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signature",
    label = "this type has no input and output fields",
    note = "put `#[signature]` on the struct and `#[input]` or `#[output]` on its fields",
    note = "if `{Self}` is a module, call it by that name; only `BestOfN`, `Ensemble`, `Majority`, `Parallel` and `Refine` are over a module"
)]
pub trait Signature: Row + Sized + Send + Sync + 'static {
    /// What the model is given.
    type Input: Record + Clone;
    /// What the model produces.
    type Output: Record + Clone;
    /// What has been produced so far, while a reply streams in: each output as an `Option`.
    type Partial: Default + Send;

    /// The signature as const data.
    const SPEC: &'static SignatureSpec;

    /// Takes the row apart. Skipped fields are dropped.
    fn split(self) -> (Self::Input, Self::Output);

    /// Puts a row together. Skipped fields take their default.
    fn join(input: Self::Input, output: Self::Output) -> Self;
}
