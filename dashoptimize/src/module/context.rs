//! What a call runs inside of.

use std::sync::Mutex;

use serde_json::{Map, Value};

use crate::adapter::Receipt;
use crate::lm::{Gateway, Purpose, Tag, Usage};

/// What a program is called inside of: the gateway that its calls pass, who they are for, which
/// sample is drawn, and where the trace goes.
#[derive(Debug)]
pub struct Context<'a> {
    gateway: std::borrow::Cow<'a, Gateway>,
    purpose: Purpose,
    candidate: u32,
    sample: u32,
    temperature: Option<f64>,
    trace: Option<Mutex<Vec<TraceStep>>>,
}

/// One call of a predictor, as a trace keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceStep {
    /// Path of the predictor.
    pub predictor: String,
    /// What it was given.
    pub inputs: Map<String, Value>,
    /// What it produced.
    pub outputs: Map<String, Value>,
    /// What had to be set right to read the reply.
    pub receipt: Receipt,
    /// Tokens, where the provider says.
    pub usage: Option<Usage>,
}
