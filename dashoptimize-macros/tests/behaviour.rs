#![allow(missing_docs)]
use dashoptimize::module::Module as _;
use dashoptimize::signature::{Record, Row, Signature};
use dashoptimize::{FieldType, module, signature};

/// Classify a customer message by what the customer wants.
#[signature]
#[derive(Debug, Clone, PartialEq)]
pub struct Triage {
    /// the message as the customer wrote it
    #[input]
    pub message: String,
    /// what the customer wants
    #[output]
    pub intent: Intent,
    /// how sure, from 0 to 1
    #[output(check(0.0..=1.0), assert(is_sure, "must be sure"))]
    pub confidence: f64,
    #[output(check(len(1..=20), short, "must be short"), rename = "why_so", prefix = "Because:", desc = "reason")]
    pub why: Option<String>,
    #[skip]
    pub note: u8,
}

fn is_sure(value: &f64) -> bool {
    *value > 0.2
}
fn short(value: &Option<String>) -> bool {
    value.as_deref().is_none_or(|v| v.len() < 9)
}

/// Any enum.
#[derive(Clone, Debug, PartialEq, FieldType)]
#[field(rename_all = "snake_case")]
pub enum Intent {
    /// money back
    Refund,
    CardLost {
        last4: String,
        at: Option<u32>,
    },
    #[field(rename = "else")]
    Other(Vec<Note>),
}

#[derive(Clone, Debug, PartialEq, FieldType)]
pub struct Note {
    a: f32,
    b: Isbn,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
pub struct Isbn(String);

module!(
    /// Thinks.
    #[with(temperature = 0.0, max_tokens = 200, repair = 2)]
    pub type Classify = ChainOfThought<Triage>;
    /// Not.
    type Plain = Predict<Triage>;
);

#[test]
fn it_works() {
    println!("{:#?}", Triage::SPEC);
    let row = serde_json::json!({"message": "hi", "intent": {"card_lost": {"last4": "1"}}, "confidence": 1});
    let row = Triage::from_fields(row.as_object().unwrap().clone()).unwrap();
    println!("{:?} {:?}", row, row.to_fields());
    let (i, o) = row.split();
    println!(
        "{i:?} {o:?} {:?} {}",
        TriagePartial::default(),
        o == o.clone()
    );
    let bad = serde_json::json!({"message": 1, "intent": {"else": [{"a": 1, "b": "x", "c": 2}]}, "confidence": "x", "z": 1});
    println!(
        "{}",
        Triage::from_fields(bad.as_object().unwrap().clone()).unwrap_err()
    );
    println!("{:?}", i.into_values());
    fn _f(lm: dashoptimize::lm::Lm) {
        let _ = Classify::new(lm.clone()).temperature(1.0);
        let _ = Plain::new(lm);
    }
}
