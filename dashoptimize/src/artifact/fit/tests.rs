//! The comparison says the same at both times, and of values what [`Ty::check`] says.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::compare::push_misfits;
use super::file::{FileField, FilePredictor, FileValue, ValueCheck};
use super::json::FileJson;
use super::problems::split;
use super::program::{Program, Running};
use super::run_time::problem;
use super::values::{Place, push_problem};
use crate::__private::field;
use crate::module::{Derived, Piece, Shape};
use crate::signature::{
    EnumTy, Field, Property, Role, SignatureSpec, StructTy, Ty, Variant, make_signature, written,
};

const NAMES: [&str; 6] = ["a", "b", "so \"so\"", "z\n\u{1}ü", "back\\slash", ""];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned)
}

fn ty() -> impl Strategy<Value = Ty> {
    let leaf = prop_oneof![
        Just(Ty::Str),
        Just(Ty::Bool),
        Just(Ty::Float),
        Just(Ty::Json),
        Just(Ty::Int { min: 0, max: 255 }),
        Just(Ty::Int {
            min: i128::from(i64::MIN),
            max: i128::from(u64::MAX),
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let variant =
            (name(), prop::option::of(inner.clone())).prop_map(|(name, payload)| Variant {
                name: name.into(),
                doc: Cow::Borrowed(""),
                payload: payload.map(Into::into),
            });
        let property = (name(), inner.clone()).prop_map(|(name, ty)| Property {
            name: name.into(),
            doc: Cow::Borrowed(""),
            ty: ty.into(),
        });
        prop_oneof![
            inner.clone().prop_map(|ty| Ty::Optional(ty.into())),
            inner.clone().prop_map(|ty| Ty::List(ty.into())),
            inner.prop_map(|ty| Ty::Map(ty.into())),
            prop::collection::vec(variant, 1..4).prop_map(|variants| Ty::Enum(EnumTy {
                name: Cow::Borrowed("E"),
                variants: variants.into(),
            })),
            prop::collection::vec(property, 0..4).prop_map(|properties| Ty::Struct(StructTy {
                name: Cow::Borrowed("S"),
                doc: Cow::Borrowed(""),
                properties: properties.into(),
            })),
        ]
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0..300).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        name().prop_map(Value::from),
        "[a-zé\"\\\\]{55,70}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn values_are_checked_as_elsewhere(ty in ty(), value in value()) {
        let elsewhere = ty.check(&value).map_err(|error| error.in_field("field").to_string());
        let json = json_of(&value);
        let words = written(|words| push_problem(words, &ty, json, &Place::field("field")));
        prop_assert_eq!(words, elsewhere.err().unwrap_or_default());
    }
}

/// The value as the macro writes it out, kept for the life of the process as consts are.
fn json_of(value: &Value) -> FileJson<'static> {
    match value {
        Value::Null => FileJson::Null,
        Value::Bool(value) => FileJson::Bool(*value),
        Value::Number(number) => FileJson::Number(leaked(&number.to_string()), number.as_i128()),
        Value::String(text) => FileJson::Text(leaked(text)),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(json_of).collect();
            FileJson::List(items.leak())
        }
        Value::Object(entries) => {
            let entries = entries.iter();
            let entries: Vec<_> = entries
                .map(|(key, value)| (leaked(key), json_of(value)))
                .collect();
            FileJson::Object(entries.leak())
        }
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A predictor in a file whose signature is this one.
struct Stored {
    path: &'static str,
    spec: SignatureSpec,
    types: Vec<String>,
    values: Vec<(usize, Role, &'static str, Value)>,
    prose: Vec<&'static str>,
}

impl Stored {
    fn new(path: &'static str, spec: &str) -> Self {
        let spec = make_signature(spec, "").unwrap();
        let types = spec.fields.iter();
        let types =
            types.map(|field| written(|words| crate::signature::push_type(words, &field.ty)));
        Self {
            path,
            types: types.collect(),
            spec,
            values: Vec::new(),
            prose: Vec::new(),
        }
    }

    fn demo(mut self, values: &[(Role, &'static str, Value)]) -> Self {
        let index = self.values.last().map_or(0, |(demo, ..)| demo + 1);
        let values = values.iter().cloned();
        self.values
            .extend(values.map(|(role, name, value)| (index, role, name, value)));
        self
    }
}

fn list(file: &[Stored], program: Program<'_>) -> Vec<(String, String)> {
    let fields: Vec<Vec<FileField<'_>>> = file
        .iter()
        .map(|stored| {
            let fields = stored.spec.fields.iter().zip(&stored.types);
            let fields = fields.map(|(field, ty)| FileField {
                role: field.role,
                name: &field.name,
                ty,
            });
            fields.collect()
        })
        .collect();
    let checks = file.iter().map(|stored| {
        let values = stored.values.iter();
        let checks = values.map(|(_, role, name, value)| match &program {
            Program::Shape(_) => ValueCheck::ToDo(json_of(value)),
            Program::Running(running) => {
                let of_path = running.iter().find(|running| running.path == stored.path);
                let spec = of_path.map(|running| running.spec);
                ValueCheck::Done(problem(spec, *role, name, value).leak())
            }
        });
        checks.collect()
    });
    let checks: Vec<Vec<ValueCheck<'_>>> = checks.collect();
    let values: Vec<Vec<FileValue<'_>>> = file
        .iter()
        .zip(&checks)
        .map(|(stored, checks)| {
            let values = stored.values.iter().zip(checks);
            let values = values.map(|((demo, role, name, _), check)| FileValue {
                demo: *demo,
                role: *role,
                name,
                check: *check,
            });
            values.collect()
        })
        .collect();
    let file: Vec<FilePredictor<'_>> = file
        .iter()
        .zip(fields.iter().zip(&values))
        .map(|(stored, (fields, values))| FilePredictor {
            path: stored.path,
            fingerprint: stored.spec.fingerprint(),
            fields,
            prose: &stored.prose,
            demos: stored.values.last().map_or(0, |(demo, ..)| demo + 1),
            values,
        })
        .collect();
    let list = written(|words| push_misfits(words, &file, program));
    split(&list)
        .map(|(path, problem)| (path.to_owned(), problem.to_owned()))
        .collect()
}

/// What is found in a file by the shape of a program and by its predictors, which must be the same.
fn misfits(file: &[Stored], shape: &Shape, count: usize) -> Vec<String> {
    let predictors = shape.predictors(count).unwrap();
    let running: Vec<Running<'_>> = predictors
        .iter()
        .map(|(path, spec)| Running { path, spec })
        .collect();
    let at_compile_time = list(file, Program::Shape(shape));
    assert_eq!(at_compile_time, list(file, Program::Running(&running)));
    let lines = at_compile_time.into_iter();
    lines
        .map(|(path, problem)| format!("{path}: {problem}"))
        .collect()
}

/// `question -> answer`, kept for the program's life as types keep it.
fn signature(spec: &str) -> &'static SignatureSpec {
    Box::leak(Box::new(make_signature(spec, "").unwrap()))
}

const DIRECT: &[(&str, Derived)] = &[("predict", &[Piece::Inputs, Piece::Outputs])];

fn shape(spec: &str) -> Shape {
    Shape::Over {
        signature: signature(spec),
        predictors: DIRECT,
    }
}

#[test]
fn a_file_that_fits_is_found_to_fit() {
    let shape = shape("question -> answer: float");
    let file = [Stored::new("predict", "question -> answer: float").demo(&[
        (Role::Input, "question", json!("2 + 2?")),
        (Role::Output, "answer", json!(4)),
    ])];
    assert!(misfits(&file, &shape, 0).is_empty());
}

#[test]
fn every_problem_of_a_file_is_found() {
    let shape = shape("question, context -> answer: float, why");
    let mut stored = Stored::new("predict", "context, query -> answer: int, why: bool, more")
        .demo(&[
            (Role::Input, "query", json!("told of the field")),
            (Role::Output, "answer", json!("four")),
        ])
        .demo(&[(Role::Output, "unheard", json!(1))]);
    stored.prose = vec!["answer", "query"];
    let other = Stored::new("other", "a -> b");
    assert_eq!(
        misfits(&[other, stored], &shape, 0),
        [
            "predict: the input `query` is gone; was it renamed to `question`?",
            "predict: the output `more` is gone",
            "predict: `answer` was whole number, is number",
            "predict: `why` was true or false, is text",
            "predict: prose of a field `query` that question, context -> answer, why lacks",
            "predict: demos[0]: `answer` must be a number, not \"four\"",
            "predict: demos[1]: `unheard` is not an output of question, context -> answer, why",
            "predict: demos[1]: needs at least one input and one output",
            "other: the program has no such predictor; it has `predict`",
        ]
    );
}

#[test]
fn two_fields_of_a_kind_that_are_gone_were_not_renamed_to_one() {
    let shape = shape("question, hint -> answer");
    let file = [Stored::new("predict", "question, a, b -> answer")];
    assert_eq!(
        misfits(&file, &shape, 0),
        [
            "predict: the input `a` is gone",
            "predict: the input `b` is gone",
            "predict: the input `hint` is new",
        ]
    );
}

/// `question, attempt1, attempt2 -> answer`
fn with_attempts() -> Shape {
    const ATTEMPT: &Field = &field("attempt", Role::Input, &Ty::Str, "", "Attempt:", &[], None);
    Shape::Over {
        signature: signature("question -> answer"),
        predictors: &[(
            "compare",
            &[Piece::Outputs, Piece::Inputs, Piece::Numbered(ATTEMPT)],
        )],
    }
}

#[test]
fn of_numbered_fields_the_file_says_how_many() {
    let shape = with_attempts();
    let one = [Stored::new("compare", "question, attempt1 -> answer")];
    assert!(misfits(&one, &shape, 1).is_empty());
    let three = "question, attempt1, attempt2, attempt3 -> answer";
    assert!(misfits(&[Stored::new("compare", three)], &shape, 3).is_empty());
    let none = [Stored::new("compare", "question -> answer")];
    assert_eq!(
        misfits(&none, &shape, 1),
        ["compare: the input `attempt1` is new"]
    );
}

#[test]
fn a_renamed_predictor_is_recognised_by_its_signature() {
    let parts: &[(&str, Shape)] = Box::leak(Box::new([
        ("query", shape("question -> query")),
        ("answer", with_attempts()),
    ]));
    let file = [
        Stored::new("query", "question -> query"),
        Stored::new("respond", "question, attempt1, attempt2 -> answer"),
    ];
    assert_eq!(
        misfits(&file, &Shape::Parts(parts), 2),
        [
            "answer: the file lacks it, but has `respond` of the same signature; was it renamed?",
            "respond: the program has no such predictor; it has `query`, `answer`",
        ]
    );
}
