//! The JSON schema of a signature's outputs.

use serde_json::Value;

use crate::signature::json_schema::{described, object, of};
use crate::signature::{Constraint, Field, SignatureSpec, Ty};

/// The outputs of a signature as a JSON schema (draft 2020-12), with their descriptions and bounds.
///
/// It has the form that the strict modes of providers require: every property is required, and an
/// optional one may be `null`.
///
/// ```
/// use dashoptimize::adapter::json_schema;
/// use dashoptimize::signature::make_signature;
///
/// let spec = make_signature("text -> label: Literal[\"spam\", \"ham\"]", "")?;
/// let schema = json_schema(&spec);
/// assert_eq!(schema["properties"]["label"]["enum"][1], "ham");
/// # Ok::<(), dashoptimize::signature::SpecError>(())
/// ```
#[must_use]
pub fn json_schema(spec: &SignatureSpec) -> Value {
    let fields = spec.outputs();
    object(
        fields
            .map(|field| (&*field.name, field_schema(field)))
            .collect(),
    )
}

fn field_schema(field: &Field) -> Value {
    let mut schema = of(&field.ty);
    for check in field.checks.iter() {
        bound(&mut schema, &field.ty, &check.constraint);
    }
    described(schema, &field.desc)
}

/// Adds the bounds of a check to the schema of its field. A custom check cannot be expressed in a
/// schema.
fn bound(schema: &mut Value, ty: &Ty, constraint: &Constraint) {
    match (ty, constraint) {
        (Ty::Optional(inner), _) => bound(&mut schema["anyOf"][0], inner, constraint),
        (_, Constraint::Range { min, max }) => {
            for (key, bound) in [("minimum", *min), ("maximum", *max)] {
                if bound.is_finite() {
                    schema[key] = number(bound);
                }
            }
        }
        (_, Constraint::Length { min, max }) => {
            let (fewest, most) = match ty {
                Ty::List(_) => ("minItems", "maxItems"),
                Ty::Map(_) => ("minProperties", "maxProperties"),
                _ => ("minLength", "maxLength"),
            };
            schema[fewest] = (*min).into();
            if *max < usize::MAX {
                schema[most] = (*max).into();
            }
        }
        (_, Constraint::Custom { .. }) => {}
    }
}

/// The bound, without a fraction if it is whole.
fn number(bound: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if bound.fract() == 0.0 && bound.abs() < EXACT {
        (bound as i64).into()
    } else {
        bound.into()
    }
}
