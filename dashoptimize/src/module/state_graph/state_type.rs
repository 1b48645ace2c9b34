//! What the fields of a state are called and which types they have, as its `Deserialize` asks for them.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::signature::{EnumTy, Ty, Variant};

/// The fields of a state.
#[derive(Clone, Debug)]
pub(super) enum StateType {
    /// A struct with these fields.
    Struct(Vec<StateField>),
    /// Something with names that are known only when it is there, such as a map.
    Open,
}

/// A field of a state.
#[derive(Clone, Debug)]
pub(super) struct StateField {
    pub(super) name: &'static str,
    /// As far as it is known: what is inside an object or a variant is not.
    pub(super) ty: Ty,
    /// What stands for a value that nothing has written: `None` if the field has a default of its own, or none
    /// at all.
    blank: Option<Value>,
}

impl StateType {
    /// The fields of `S`; or, if it is neither a struct nor a map, what it is.
    pub(super) fn of<S: DeserializeOwned>() -> Result<Self, &'static str> {
        let mut found = Found::Nothing;
        let _ = S::deserialize(Whole(&mut found));
        let names = match found {
            Found::Struct(names) => names,
            Found::Open => return Ok(Self::Open),
            Found::Other(what) => return Err(what),
            Found::Nothing => return Err("something that reads no value"),
        };
        let mut fields: Vec<StateField> = names.iter().map(|name| field::<S>(name)).collect();
        keep_needed_blanks::<S>(&mut fields);
        Ok(Self::Struct(fields))
    }

    /// The field of this name, if the names are known and it is one.
    pub(super) fn field(&self, name: &str) -> Option<&StateField> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The fields, as far as they are known.
    pub(super) fn fields(&self) -> &[StateField] {
        match self {
            Self::Struct(fields) => fields,
            Self::Open => &[],
        }
    }

    /// Whether a state can have a field of this name.
    pub(super) fn may_have(&self, name: &str) -> bool {
        matches!(self, Self::Open) || self.field(name).is_some()
    }

    /// The value of a field that nothing has written.
    pub(super) fn blank(&self, name: &str) -> Value {
        let blank = self.field(name).and_then(|field| empty(&field.ty));
        blank.unwrap_or_default()
    }

    /// Gives each field that is missing and cannot be its value.
    pub(super) fn fill(&self, values: &mut Map<String, Value>) {
        for field in self.fields() {
            if let Some(blank) = &field.blank
                && !values.contains_key(field.name)
            {
                values.insert(field.name.to_owned(), blank.clone());
            }
        }
    }
}

/// A field with its type, found out by reading a state that has this field alone.
fn field<S: DeserializeOwned>(name: &'static str) -> StateField {
    let mut ty = None;
    let _ = S::deserialize(OneField { name, ty: &mut ty });
    let ty = ty.unwrap_or(Ty::Json);
    let blank = empty(&ty);
    StateField { name, ty, blank }
}

/// Takes the blanks of those fields that may be missing: they have a default of their own.
fn keep_needed_blanks<S: DeserializeOwned>(fields: &mut [StateField]) {
    let mut given = Map::new();
    let mut needed = Vec::new();
    // Each turn finds the first field that must be there.
    for _ in 0..=fields.len() {
        let Err(error) = serde_json::from_value::<S>(Value::Object(given.clone())) else {
            fields
                .iter_mut()
                .filter(|field| !needed.contains(&field.name))
                .for_each(|field| field.blank = None);
            return;
        };
        let error = error.to_string();
        let missing = |field: &&StateField| error == format!("missing field `{}`", field.name);
        let Some(field) = fields.iter().find(missing) else {
            return;
        };
        let Some(blank) = &field.blank else {
            return;
        };
        given.insert(field.name.to_owned(), blank.clone());
        needed.push(field.name);
    }
}

/// The empty value of a type, if it has one.
fn empty(ty: &Ty) -> Option<Value> {
    match ty {
        Ty::Str => Some("".into()),
        Ty::Int { min, max } => {
            let least = i64::try_from(0.clamp(*min, *max)).ok()?;
            Some(least.into())
        }
        Ty::Float => Some(0.0.into()),
        Ty::Bool => Some(false.into()),
        Ty::Optional(_) => Some(Value::Null),
        Ty::List(_) => Some(Value::Array(Vec::new())),
        Ty::Map(_) => Some(Value::Object(Map::new())),
        Ty::Json | Ty::Enum(_) | Ty::Struct(_) => None,
    }
}

/// What a type reads.
enum Found {
    Nothing,
    Struct(&'static [&'static str]),
    Open,
    Other(&'static str),
}

/// Stops a `Deserialize` that has said what it reads.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

impl de::Error for Stopped {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Finds out what a state is.
struct Whole<'a>(&'a mut Found);

/// A method of `Deserializer` for each name, which finds that a type reads something that is no state.
macro_rules! no_state {
    ($($method:ident: $what:literal,)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stopped> {
            *self.0 = Found::Other($what);
            Err(Stopped)
        })*
    };
}

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Stopped;

    no_state! {
        deserialize_bool: "a `bool`", deserialize_i8: "a number", deserialize_i16: "a number",
        deserialize_i32: "a number", deserialize_i64: "a number", deserialize_u8: "a number",
        deserialize_u16: "a number", deserialize_u32: "a number", deserialize_u64: "a number",
        deserialize_i128: "a number", deserialize_u128: "a number",
        deserialize_f32: "a number", deserialize_f64: "a number", deserialize_char: "a `char`",
        deserialize_str: "a text", deserialize_string: "a text", deserialize_bytes: "bytes",
        deserialize_byte_buf: "bytes", deserialize_option: "an `Option`", deserialize_unit: "`()`",
        deserialize_seq: "a list", deserialize_identifier: "a name", deserialize_ignored_any: "nothing",
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        *self.0 = Found::Struct(fields);
        Err(Stopped)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stopped> {
        *self.0 = Found::Open;
        Err(Stopped)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stopped> {
        *self.0 = Found::Open;
        Err(Stopped)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Stopped> {
        *self.0 = Found::Other("a struct without fields");
        Err(Stopped)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stopped> {
        *self.0 = Found::Other("a tuple");
        Err(Stopped)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Stopped> {
        *self.0 = Found::Other("a tuple");
        Err(Stopped)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        *self.0 = Found::Other("an enum");
        Err(Stopped)
    }
}

/// A state with one field, whose type is to be found out.
struct OneField<'a> {
    name: &'static str,
    ty: &'a mut Option<Ty>,
}

impl<'de> Deserializer<'de> for OneField<'_> {
    type Error = Stopped;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = Stopped;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stopped> {
        seed.deserialize(StrDeserializer::new(self.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stopped> {
        seed.deserialize(OneValue(self.ty))
    }
}

/// A value whose type is to be found out. Reading it always stops.
struct OneValue<'a>(&'a mut Option<Ty>);

impl OneValue<'_> {
    fn is<T>(self, ty: Ty) -> Result<T, Stopped> {
        *self.0 = Some(ty);
        Err(Stopped)
    }
}

/// A method of `Deserializer` for each type without others inside.
macro_rules! plain {
    ($($method:ident: $ty:expr,)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stopped> {
            self.is($ty)
        })*
    };
}

const fn int(min: i128, max: i128) -> Ty {
    Ty::Int { min, max }
}

/// The type of a list or a map: `inside` finds out that of what is in it.
fn of<T>(
    out: &mut Option<Ty>,
    inside: impl FnOnce(&mut Option<Ty>) -> Result<T, Stopped>,
    whole: impl FnOnce(Ty) -> Ty,
) -> Result<T, Stopped> {
    let mut inner = None;
    let stopped = inside(&mut inner);
    *out = Some(whole(inner.unwrap_or(Ty::Json)));
    stopped
}

impl<'de> Deserializer<'de> for OneValue<'_> {
    type Error = Stopped;

    plain! {
        deserialize_any: Ty::Json, deserialize_ignored_any: Ty::Json, deserialize_identifier: Ty::Json,
        deserialize_unit: Ty::Json, deserialize_bytes: Ty::Json, deserialize_byte_buf: Ty::Json,
        deserialize_bool: Ty::Bool, deserialize_char: Ty::Str, deserialize_str: Ty::Str,
        deserialize_string: Ty::Str, deserialize_f32: Ty::Float, deserialize_f64: Ty::Float,
        deserialize_i8: int(i8::MIN.into(), i8::MAX.into()),
        deserialize_i16: int(i16::MIN.into(), i16::MAX.into()),
        deserialize_i32: int(i32::MIN.into(), i32::MAX.into()),
        deserialize_i64: int(i64::MIN.into(), i64::MAX.into()),
        deserialize_i128: int(i128::MIN, i128::MAX),
        deserialize_u8: int(0, u8::MAX.into()), deserialize_u16: int(0, u16::MAX.into()),
        deserialize_u32: int(0, u32::MAX.into()), deserialize_u64: int(0, u64::MAX.into()),
        deserialize_u128: int(0, i128::MAX),
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let inside = |inner: &mut Option<Ty>| visitor.visit_some(OneValue(inner));
        of(self.0, inside, |ty| Ty::Optional(ty.into()))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let inside = |inner: &mut Option<Ty>| visitor.visit_seq(OneValue(inner));
        of(self.0, inside, |ty| Ty::List(ty.into()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let inside = |inner: &mut Option<Ty>| {
            visitor.visit_map(OneField {
                name: "",
                ty: inner,
            })
        };
        of(self.0, inside, |ty| Ty::Map(ty.into()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        let variants: Vec<_> = variants.iter().map(|name| Variant::new(*name)).collect();
        self.is(Ty::Enum(EnumTy::new(name, variants)))
    }

    // What is in an object is not looked at: `Json` stands for it, which has no blank.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        self.is(super::fits::object(name))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stopped> {
        self.is(Ty::Json)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Stopped> {
        self.is(Ty::Json)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Stopped> {
        self.is(Ty::Json)
    }
}

impl<'de> SeqAccess<'de> for OneValue<'_> {
    type Error = Stopped;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stopped> {
        seed.deserialize(OneValue(self.0)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its fields' names and types are looked at")]
    struct Turn {
        question: String,
        #[serde(rename = "how sure")]
        sure: Option<f64>,
        notes: Vec<String>,
        counts: BTreeMap<String, u8>,
        kind: Kind,
        #[serde(default = "ten")]
        left: i32,
        place: Place,
        #[serde(skip)]
        hidden: String,
        boxed: Box<bool>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the names are looked at")]
    enum Kind {
        Simple,
        Hard(u8),
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its name is looked at")]
    struct Place {
        city: String,
    }

    fn ten() -> i32 {
        10
    }

    fn words(ty: &Ty) -> String {
        super::super::fits::in_words(ty)
    }

    #[test]
    fn fields_have_the_names_and_types_that_serde_reads() {
        let turn = StateType::of::<Turn>().unwrap();
        let fields: Vec<_> = turn
            .fields()
            .iter()
            .map(|field| format!("{}: {}", field.name, words(&field.ty)))
            .collect();
        assert_eq!(
            fields,
            [
                "question: text",
                "how sure: optional number",
                "notes: list of text",
                "counts: map of whole number",
                "kind: one of Simple | Hard",
                "left: whole number",
                "place: object",
                "boxed: true or false",
            ]
        );
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Small {
        text: String,
        count: u8,
        sure: Option<bool>,
        list: Vec<u8>,
        #[serde(default = "ten")]
        left: i32,
    }

    #[test]
    fn blanks_stand_for_what_is_missing_and_not_for_defaults() {
        let small = StateType::of::<Small>().unwrap();
        let mut values = Map::new();
        small.fill(&mut values);
        let filled: Small = serde_json::from_value(Value::Object(values)).unwrap();
        let left = 10;
        assert_eq!(
            filled,
            Small {
                left,
                ..Small::default()
            }
        );
    }

    #[test]
    fn what_is_no_struct_is_named() {
        let what = |found: Result<StateType, &'static str>| found.err();
        assert_eq!(what(StateType::of::<String>()), Some("a text"));
        assert_eq!(what(StateType::of::<Vec<u8>>()), Some("a list"));
        assert_eq!(what(StateType::of::<Kind>()), Some("an enum"));
        assert_eq!(what(StateType::of::<(u8, u8)>()), Some("a tuple"));
        assert!(matches!(StateType::of::<Value>(), Ok(StateType::Open)));
        let map = StateType::of::<BTreeMap<String, String>>();
        assert!(matches!(map, Ok(StateType::Open)));
    }
}
