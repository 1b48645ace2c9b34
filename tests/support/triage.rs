//! A signature written by hand, as `#[signature]` would write it.

use dashoptimize::signature::{
    EnumTy, Field, Record, Role, Row, RowError, Signature, SignatureSpec, Ty, TyRef, ValueError,
    Variant,
};
use serde_json::{Map, Value, json};

/// Classify a customer message by what the customer wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Triage {
    pub(crate) message: String,
    pub(crate) earlier: Vec<String>,
    pub(crate) intent: Intent,
    pub(crate) confidence: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TriageInput {
    pub(crate) message: String,
    pub(crate) earlier: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TriageOutput {
    pub(crate) intent: Intent,
    pub(crate) confidence: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    Refund,
    CardLost,
    Other,
}

pub(crate) const INTENTS: [&str; 3] = ["Refund", "CardLost", "Other"];

const fn field(name: &'static str, role: Role, ty: Ty, desc: &'static str) -> Field {
    Field::from_static(name, role, ty, desc, name, &[])
}

const VARIANTS: &[Variant] = &[
    Variant::from_static(INTENTS[0], "", None),
    Variant::from_static(INTENTS[1], "", None),
    Variant::from_static(INTENTS[2], "", None),
];

const INTENT: Ty = Ty::Enum(EnumTy::from_static("Intent", VARIANTS));

const FIELDS: &[Field] = &[
    field("message", Role::Input, Ty::Str, "the message as it came"),
    field(
        "earlier",
        Role::Input,
        Ty::List(TyRef::Static(&Ty::Str)),
        "earlier messages",
    ),
    field("intent", Role::Output, INTENT, "what the customer wants"),
    field("confidence", Role::Output, Ty::Float, "from 0 to 1"),
];

pub(crate) const SPEC: SignatureSpec = SignatureSpec::from_static(
    "Triage",
    "Classify a customer message by what the customer wants.",
    FIELDS,
);

impl Signature for Triage {
    type Input = TriageInput;
    type Output = TriageOutput;
    type Partial = ();

    const SPEC: &'static SignatureSpec = &SPEC;
}

impl Row for Triage {
    const FIELDS: &'static [Field] = FIELDS;

    fn from_fields(mut fields: Map<String, Value>) -> Result<Self, RowError> {
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let input = TriageInput::from_values(vec![take("message"), take("earlier")]);
        let output = TriageOutput::from_values(vec![take("intent"), take("confidence")]);
        match (input, output) {
            (Ok(input), Ok(output)) => Ok(Self {
                message: input.message,
                earlier: input.earlier,
                intent: output.intent,
                confidence: output.confidence,
            }),
            (input, output) => Err(RowError::new(
                [input.err(), output.err()].into_iter().flatten().collect(),
            )),
        }
    }

    fn to_fields(&self) -> Map<String, Value> {
        let fields = json!({
            "message": self.message,
            "earlier": self.earlier,
            "intent": self.intent.name(),
            "confidence": self.confidence,
        });
        match fields {
            Value::Object(fields) => fields,
            _ => unreachable!("an object was written above"),
        }
    }
}

impl Record for TriageInput {
    fn into_values(self) -> Vec<Value> {
        vec![self.message.into(), self.earlier.into()]
    }

    fn from_values(values: Vec<Value>) -> Result<Self, ValueError> {
        let [message, earlier] = pair(values)?;
        let earlier = match earlier {
            Value::Array(earlier) => earlier,
            other => return Err(ValueError::mismatch("a list", &other).in_field("earlier")),
        };
        Ok(Self {
            message: text(message, "message")?,
            earlier: earlier
                .into_iter()
                .map(|earlier_message| text(earlier_message, "earlier"))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Record for TriageOutput {
    fn into_values(self) -> Vec<Value> {
        vec![self.intent.name().into(), self.confidence.into()]
    }

    fn from_values(values: Vec<Value>) -> Result<Self, ValueError> {
        let [intent, confidence] = pair(values)?;
        let Some(confidence) = confidence.as_f64() else {
            return Err(ValueError::mismatch("a number", &confidence).in_field("confidence"));
        };
        Ok(Self {
            intent: Intent::read(&text(intent, "intent")?)?,
            confidence,
        })
    }
}

impl Intent {
    pub(crate) fn name(self) -> &'static str {
        INTENTS[self as usize]
    }

    fn read(name: &str) -> Result<Self, ValueError> {
        let all = [Self::Refund, Self::CardLost, Self::Other];
        let found = all.into_iter().find(|intent| intent.name() == name);
        found.ok_or_else(|| ValueError::new("is no variant").in_field("intent"))
    }
}

fn pair(values: Vec<Value>) -> Result<[Value; 2], ValueError> {
    <[Value; 2]>::try_from(values).map_err(|_| ValueError::new("must be two values"))
}

fn text(value: Value, field: &str) -> Result<String, ValueError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(ValueError::mismatch("a text", &other).in_field(field)),
    }
}

/// A reply in the form of the default adapter.
pub(crate) fn reply(intent: &str, confidence: f64) -> String {
    format!(
        "[[ ## intent ## ]]\n{intent}\n\n[[ ## confidence ## ]]\n{confidence}\n\n\
         [[ ## completed ## ]]"
    )
}

pub(crate) fn input(message: &str) -> TriageInput {
    TriageInput {
        message: message.to_owned(),
        earlier: vec!["hello".to_owned()],
    }
}
