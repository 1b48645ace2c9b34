//! Types of other crates as fields, behind the features of their names: dates, times and ids, which are texts
//! in JSON. A text that cannot be read as one is treated as a broken `assert`.

use serde_json::Value;

use super::field_type::FieldType;
use super::ty::Ty;
use super::value_error::ValueError;

macro_rules! as_text {
    ($($Type:ty: $example:literal, $write:expr;)*) => {
        $(
            impl FieldType for $Type {
                const TYPE: Ty = Ty::Str;

                fn into_json(self) -> Value {
                    let write: fn(&Self) -> String = $write;
                    Value::String(write(&self))
                }

                fn from_json(value: Value) -> Result<Self, ValueError> {
                    let text = String::from_json(value)?;
                    text.trim().parse().map_err(|_| {
                        ValueError::new(format!(
                            "must be written as in `{}`, not \"{text}\"",
                            $example,
                        ))
                    })
                }
            }
        )*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn what_is_written_is_read_and_an_error_shows_the_form() {
                $({
                    let value = <$Type>::from_json($example.into()).unwrap();
                    let written = value.to_json();
                    assert_eq!(<$Type>::from_json(written).unwrap(), value);
                    let error = <$Type>::from_json("soon".into()).unwrap_err().to_string();
                    assert!(error.contains($example) && error.contains("soon"), "{error}");
                })*
            }
        }
    };
}

#[cfg(feature = "chrono")]
mod of_chrono {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    use super::*;

    as_text! {
        NaiveDate: "2026-11-30", |date| date.to_string();
        NaiveTime: "09:30:00", |time| time.to_string();
        NaiveDateTime: "2026-11-30T09:30:00", |time| format!("{time:?}");
        DateTime<Utc>: "2026-11-30T09:30:00Z", |time| format!("{time:?}");
        DateTime<FixedOffset>: "2026-11-30T09:30:00+01:00", |time| format!("{time:?}");
    }
}

#[cfg(feature = "jiff")]
mod of_jiff {
    use jiff::Timestamp;
    use jiff::civil::{Date, DateTime, Time};

    use super::*;

    as_text! {
        Date: "2026-11-30", ToString::to_string;
        Time: "09:30:00", ToString::to_string;
        DateTime: "2026-11-30T09:30:00", ToString::to_string;
        Timestamp: "2026-11-30T09:30:00Z", ToString::to_string;
    }
}

#[cfg(feature = "uuid")]
mod of_uuid {
    use uuid::Uuid;

    use super::*;

    as_text! {
        Uuid: "67e55044-10b1-426f-9247-bb680e5fe0c8", ToString::to_string;
    }
}
