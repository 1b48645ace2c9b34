//! Inputs and outputs of a signature in the data formats of serde.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::{Map, Value};

use super::row::{Defaults, fill};
use crate::signature::{Field, Record, Role, Ty};

/// Writes a record as a map of its fields, with the names that data and prompt have.
///
/// # Errors
///
/// If the format fails.
pub fn write_record<R: Record + Clone, S: Serializer>(
    record: &R,
    fields: &[Field],
    role: Role,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let values = record.clone().into_values();
    serializer.collect_map(
        of_role(fields, role)
            .zip(&values)
            .map(|(field, value)| (&*field.name, value)),
    )
}

/// Reads a record from a map. As with derived types, an absent `Option` is `None`, and what is not a field
/// is skipped.
///
/// # Errors
///
/// If the format fails, or a field is missing or has another type.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(
    fields: &[Field],
    role: Role,
    defaults: Defaults,
    deserializer: D,
) -> Result<R, D::Error> {
    let mut given = Map::deserialize(deserializer)?;
    fill(&mut given, defaults);
    let values: Result<Vec<Value>, String> = of_role(fields, role)
        .map(|field| match (given.remove(&*field.name), &field.ty) {
            (Some(value), _) => Ok(value),
            (None, Ty::Optional(_)) => Ok(Value::Null),
            (None, _) => Err(format!("missing field `{}`", field.name)),
        })
        .collect();
    R::from_values(values.map_err(D::Error::custom)?).map_err(D::Error::custom)
}

fn of_role(fields: &[Field], role: Role) -> impl Iterator<Item = &Field> {
    fields.iter().filter(move |field| field.role == role)
}
