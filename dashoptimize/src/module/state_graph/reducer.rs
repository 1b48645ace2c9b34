//! How what several nodes write to one field becomes one value.

use std::fmt;
use std::sync::Arc;

use serde_json::{Number, Value};

use super::fits::in_words;
use crate::signature::Ty;

/// How what is written to a field is put together with what the field holds. Without a reducer, a field holds
/// what was written last, and nodes that run at the same time cannot both write it.
///
/// A node writes what is to be put in: to a list that [`append`](Self::append) extends, it writes the new items.
/// What nodes wrote at the same time is put in by the names of the nodes, in alphabetical order.
#[derive(Clone)]
pub struct Reducer {
    kind: Kind,
    name: String,
}

#[derive(Clone)]
enum Kind {
    Append,
    Add,
    Merge,
    Own(Arc<OwnReducer>),
}

/// What the field holds and what is written make what the field holds next, or a problem.
type OwnReducer = dyn Fn(Value, Value) -> Result<Value, String> + Send + Sync;

impl Reducer {
    /// Extends a list with a list of new items. It starts empty.
    #[must_use]
    pub fn append() -> Self {
        Self::of(Kind::Append, "append")
    }

    /// Adds numbers. It starts at 0.
    #[must_use]
    pub fn add() -> Self {
        Self::of(Kind::Add, "add")
    }

    /// Puts the entries of an object into another one; of equal keys, the later one counts. It starts empty.
    #[must_use]
    pub fn merge() -> Self {
        Self::of(Kind::Merge, "merge")
    }

    /// A function of what the field holds and what is written. It is not called for the first value. The name
    /// tells it apart from others: a run that is resumed must have the same.
    ///
    /// ```
    /// use dashoptimize::module::Reducer;
    /// use serde_json::Value;
    ///
    /// let longest = Reducer::new("longest", |held: Value, written: Value| {
    ///     let length = |text: &Value| text.as_str().map_or(0, str::len);
    ///     if length(&written) > length(&held) { written } else { held }
    /// });
    /// ```
    pub fn new(
        name: impl Into<String>,
        function: impl Fn(Value, Value) -> Value + Send + Sync + 'static,
    ) -> Self {
        let function = move |held, written| Ok(function(held, written));
        Self::of(Kind::Own(Arc::new(function)), name)
    }

    fn of(kind: Kind, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { kind, name }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Why a field of this type cannot have the reducer, if it cannot.
    pub(super) fn problem(&self, ty: &Ty) -> Option<String> {
        let inner = match ty {
            Ty::Optional(inner) => inner,
            ty => ty,
        };
        let wants = match (&self.kind, inner) {
            (Kind::Own(_), _)
            | (_, Ty::Json)
            | (Kind::Append, Ty::List(_))
            | (Kind::Add, Ty::Int { .. } | Ty::Float)
            | (Kind::Merge, Ty::Map(_) | Ty::Struct(_)) => return None,
            (Kind::Append, _) => "a list",
            (Kind::Add, _) => "a number",
            (Kind::Merge, _) => "an object",
        };
        Some(format!(
            "`{}` wants {wants}, and the field is {}",
            self.name,
            in_words(ty)
        ))
    }

    /// What the field holds next. `None` is a field that nothing was written to.
    pub(super) fn reduce(&self, held: Option<Value>, written: Value) -> Result<Value, String> {
        match (&self.kind, held.filter(|held| !held.is_null()), written) {
            (Kind::Own(function), Some(held), written) => function(held, written),
            (_, None, written) => Ok(written),
            (Kind::Append, Some(Value::Array(mut held)), Value::Array(new)) => {
                held.extend(new);
                Ok(Value::Array(held))
            }
            (Kind::Merge, Some(Value::Object(mut held)), Value::Object(new)) => {
                held.extend(new);
                Ok(Value::Object(held))
            }
            (Kind::Add, Some(Value::Number(held)), Value::Number(new)) => sum(&held, &new),
            (_, Some(held), written) => {
                let of = [&held, &written].map(kind_of);
                Err(format!(
                    "`{}` cannot put {} into {}",
                    self.name, of[1], of[0]
                ))
            }
        }
    }
}

fn sum(held: &Number, new: &Number) -> Result<Value, String> {
    if let (Some(held), Some(new)) = (held.as_i64(), new.as_i64()) {
        let sum = held.checked_add(new).map(Value::from);
        return sum.ok_or_else(|| format!("{held} + {new} is too large for a whole number"));
    }
    let sum = held
        .as_f64()
        .zip(new.as_f64())
        .map(|(held, new)| held + new);
    let sum = sum.and_then(Number::from_f64).map(Value::Number);
    sum.ok_or_else(|| format!("{held} + {new} is not a finite number"))
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl fmt::Debug for Reducer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reducer").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a field holds after these were written to it.
    fn reduced(reducer: &Reducer, written: &[Value]) -> Result<Value, String> {
        let reduce = |held: Value, value: &Value| reducer.reduce(Some(held), value.clone());
        written.iter().try_fold(Value::Null, reduce)
    }

    #[test]
    fn what_is_written_is_put_together() {
        let append = reduced(&Reducer::append(), &[json!([1]), json!([2, 3])]);
        assert_eq!(append, Ok(json!([1, 2, 3])));
        let add = |values: &[Value]| reduced(&Reducer::add(), values);
        assert_eq!(add(&[json!(1), json!(2)]), Ok(json!(3)));
        assert_eq!(add(&[json!(1), json!(0.5)]), Ok(json!(1.5)));
        let merge = reduced(
            &Reducer::merge(),
            &[json!({"a": 1, "b": 1}), json!({"b": 2})],
        );
        assert_eq!(merge, Ok(json!({"a": 1, "b": 2})));
        assert_eq!(
            reduced(&Reducer::append(), &[Value::Null, json!([2])]),
            Ok(json!([2]))
        );
    }

    #[test]
    fn what_cannot_be_put_together_is_a_problem() {
        let problem = reduced(&Reducer::append(), &[json!([1]), json!("two")]);
        assert_eq!(
            problem,
            Err("`append` cannot put a text into a list".to_owned())
        );
        let large = reduced(&Reducer::add(), &[json!(i64::MAX), json!(1)]);
        assert!(large.is_err_and(|problem| problem.ends_with("is too large for a whole number")));
        let large = reduced(&Reducer::add(), &[json!(f64::MAX), json!(f64::MAX)]);
        assert!(large.is_err_and(|problem| problem.ends_with("is not a finite number")));
    }
}
