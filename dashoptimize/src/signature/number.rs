//! Whole numbers and floating-point numbers as fields.

use serde_json::Value;

use super::field_type::FieldType;
use super::ty::Ty;
use super::value_error::ValueError;

// `i128` and `u128` are left out, because JSON readers and models do not keep them exact.
macro_rules! whole_number {
    ($($int:ty)*) => {$(
        impl FieldType for $int {
            const TYPE: Ty = Ty::Int {
                min: <$int>::MIN as i128,
                max: <$int>::MAX as i128,
            };
            const EXACT: bool = true;

            fn into_json(self) -> Value {
                Value::from(self)
            }

            fn to_json(&self) -> Value {
                Value::from(*self)
            }

            fn from_json(value: Value) -> Result<Self, ValueError> {
                let Some(number) = whole(&value) else {
                    return Err(ValueError::mismatch("a whole number", &value));
                };
                Self::try_from(number).map_err(|_| {
                    let wanted = format!("a whole number from {} to {}", Self::MIN, Self::MAX);
                    ValueError::mismatch(&wanted, &value)
                })
            }
        }
    )*};
}

whole_number!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => number.as_i128(),
        _ => None,
    }
}

impl FieldType for f64 {
    const TYPE: Ty = Ty::Float;
    const EXACT: bool = true;

    /// A number that JSON cannot represent (infinite, or not a number) becomes `null`.
    fn into_json(self) -> Value {
        Value::from(self)
    }

    fn to_json(&self) -> Value {
        Value::from(*self)
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        match value.as_f64() {
            Some(number) if number.is_finite() => Ok(number),
            _ => Err(ValueError::mismatch("a number", &value)),
        }
    }
}

impl FieldType for f32 {
    const TYPE: Ty = Ty::Float;

    /// The shortest number that reads back as this one: `0.1`, not `0.10000000149011612`.
    fn into_json(self) -> Value {
        self.to_string()
            .parse::<f64>()
            .map_or(Value::Null, Value::from)
    }

    fn to_json(&self) -> Value {
        self.into_json()
    }

    fn from_json(value: Value) -> Result<Self, ValueError> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an `f32` is less precise by design"
        )]
        let number = f64::from_json(value.clone())? as Self;
        if number.is_finite() {
            Ok(number)
        } else {
            Err(ValueError::mismatch("a smaller number", &value))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bounds_are_kept_at_both_ends() {
        assert_eq!(u64::from_json(json!(u64::MAX)), Ok(u64::MAX));
        assert_eq!(i64::from_json(json!(i64::MIN)), Ok(i64::MIN));
        assert_eq!(
            u64::TYPE,
            Ty::Int {
                min: 0,
                max: i128::from(u64::MAX)
            }
        );
    }

    #[test]
    fn the_error_for_a_number_out_of_range_states_the_range() {
        assert_eq!(
            u8::from_json(json!(300)).unwrap_err().to_string(),
            "the value must be a whole number from 0 to 255, not 300"
        );
        assert_eq!(
            u8::from_json(json!(1.5)).unwrap_err().to_string(),
            "the value must be a whole number, not 1.5"
        );
    }

    #[test]
    fn floats_accept_whole_numbers_and_nothing_infinite() {
        assert_eq!(f64::from_json(json!(3)), Ok(3.0));
        assert!(f64::from_json(json!("3")).is_err());
        assert!(f32::from_json(json!(1e300)).is_err());
        assert_eq!(f64::NAN.to_json(), Value::Null);
    }

    #[test]
    fn a_short_float_stays_short() {
        assert_eq!(0.1_f32.to_json(), json!(0.1));
        assert_eq!(f32::from_json(0.1_f32.to_json()), Ok(0.1));
    }
}
