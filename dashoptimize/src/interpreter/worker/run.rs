//! Runs of code in one session.

use std::sync::mpsc::Receiver;

use monty::{
    MontyRepl, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplProgress, ReplStartError,
};
use monty_types::{
    AssertMessageAnnotations, CompileOptions, ExcType, ExtFunctionResult, MontyException,
    MontyObject, NameLookupResult, PrintWriter, ResourceLimits, ResourceTracker,
};
use serde_json::{Map, Value};

use super::super::protocol::{News, Order};
use super::super::{CodeError, Ending, FunctionCall, Limit, Limits};
use super::channel::{Channel, Printer};
use super::json;
use super::watch::Watch;

/// Ends a run with a value.
const SUBMIT: &str = "SUBMIT";

/// How the interpreter begins the message of a value that it refuses to make.
const TOO_LARGE: &str = "memory limit exceeded";

/// The interpreter and its variables.
pub(super) struct Runner<'a> {
    limits: Limits,
    channel: &'a Channel,
    watch: &'a Watch,
    orders: &'a Receiver<Order>,
    /// `None` only while a run has it.
    repl: Option<MontyRepl>,
}

/// What is known of the run on its way.
struct Run<'a> {
    printer: Printer<'a>,
    functions: Vec<String>,
    /// Calls of host functions that are left.
    calls: usize,
}

/// A step on the way of a run: the next stop, or the ending with the interpreter.
type Progress = Result<ReplProgress, Box<ReplStartError>>;

impl<'a> Runner<'a> {
    pub(super) fn new(
        limits: Limits,
        channel: &'a Channel,
        watch: &'a Watch,
        orders: &'a Receiver<Order>,
    ) -> Self {
        Self {
            limits,
            channel,
            watch,
            orders,
            repl: Some(MontyRepl::new("code", tracker(limits), options())),
        }
    }

    /// Runs code to its end.
    pub(super) fn run(
        &mut self,
        code: &str,
        inputs: Map<String, Value>,
        functions: Vec<String>,
    ) -> Ending {
        let Some(repl) = self.repl.take() else {
            return Ending::Crashed("the interpreter is lost".to_owned());
        };
        self.channel.begin();
        self.watch.begin();
        let mut run = Run {
            printer: Printer::new(self.channel, self.limits.steps),
            functions,
            calls: self.limits.calls,
        };
        let inputs = inputs
            .into_iter()
            .map(|(name, value)| (name, json::to_python(value)))
            .collect();
        let mut progress = repl.feed_start(code, inputs, PrintWriter::Callback(&mut run.printer));
        let ending = loop {
            progress = match self.step(&mut run, progress) {
                Ok(progress) => progress,
                Err(ending) => break ending,
            };
        };
        self.watch.pause();
        ending
    }

    /// Answers what the code waits for, or keeps the interpreter and says how the run ended.
    fn step(&mut self, run: &mut Run<'_>, progress: Progress) -> Result<Progress, Ending> {
        match progress {
            Ok(ReplProgress::FunctionCall(call)) => self.function_call(run, call),
            Ok(ReplProgress::NameLookup(lookup)) => Ok(look_up(run, lookup)),
            Ok(ReplProgress::OsCall(call)) => Ok(refuse(run, call)),
            Ok(ReplProgress::ResolveFutures(futures)) => {
                let error = exception(
                    ExcType::RuntimeError,
                    "nothing is left that could be awaited",
                );
                Ok(futures.abort(error, PrintWriter::Callback(&mut run.printer)))
            }
            Ok(ReplProgress::Complete { repl, value }) => {
                self.repl = Some(repl);
                Err(self.value(&value, Ending::Value))
            }
            Err(failed) => {
                self.repl = Some(failed.repl);
                Err(raised(&failed.error))
            }
        }
    }

    fn function_call(
        &mut self,
        run: &mut Run<'_>,
        call: ReplFunctionCall,
    ) -> Result<Progress, Ending> {
        let asked = match json::call(&call) {
            Ok(asked) => asked,
            Err(too_deep) => return Ok(answer(run, call, value_error(&too_deep))),
        };
        if asked.name == SUBMIT && !run.functions.contains(&asked.name) {
            self.repl = Some(call.into_repl());
            return Err(self.fits(submitted(asked), Ending::Submitted));
        }
        let result = self.ask_host(run, asked);
        Ok(answer(run, call, result))
    }

    /// The result of a host function.
    fn ask_host(&self, run: &mut Run<'_>, asked: FunctionCall) -> ExtFunctionResult {
        let Some(left) = run.calls.checked_sub(1) else {
            let text = format!("more than {} calls of functions", self.limits.calls);
            return exception(ExcType::RuntimeError, &text).into();
        };
        run.calls = left;
        self.watch.pause();
        self.channel.send(&News::Called(asked));
        let order = self.orders.recv();
        self.watch.resume();
        match order {
            Ok(Order::Return(value)) => json::to_python(value).into(),
            Ok(Order::Raise { kind, message }) => {
                let kind = kind.parse().unwrap_or(ExcType::RuntimeError);
                exception(kind, &message).into()
            }
            // The program is gone or out of step.
            _ => std::process::exit(1),
        }
    }

    /// The ending with this value, if it is not too deep or too large.
    fn value(&self, value: &MontyObject, ending: fn(Value) -> Ending) -> Ending {
        match json::to_json(value) {
            Ok(value) => self.fits(value, ending),
            Err(too_deep) => raised(&exception(ExcType::ValueError, &too_deep.to_string())),
        }
    }

    fn fits(&self, value: Value, ending: fn(Value) -> Ending) -> Ending {
        match serde_json::to_vec(&value) {
            Ok(bytes) if bytes.len() <= self.limits.output => ending(value),
            _ => Ending::Limit(Limit::Output),
        }
    }
}

/// The interpreter's own limits. Its clock is not used: it is a wall clock, and does not run within an
/// operation. Its memory limit is asked before a large value is made; what is in use, [`Watch`] measures.
fn tracker(limits: Limits) -> ResourceTracker {
    ResourceTracker::new(
        ResourceLimits::default()
            .max_memory(limits.memory)
            .max_recursion_depth(limits.recursion.min(Limits::DEEPEST)),
    )
}

/// As CPython compiles: a failed `assert` says no more than its own message.
fn options() -> CompileOptions {
    CompileOptions {
        assert_message_annotations: AssertMessageAnnotations::Off,
    }
}

fn answer(run: &mut Run<'_>, call: ReplFunctionCall, result: ExtFunctionResult) -> Progress {
    call.resume(result, PrintWriter::Callback(&mut run.printer))
}

/// A name that the code does not define: a host function, or none.
fn look_up(run: &mut Run<'_>, lookup: ReplNameLookup) -> Progress {
    let known = lookup.name == SUBMIT || run.functions.contains(&lookup.name);
    let found = (known && lookup.object_id().is_none()).then(|| MontyObject::Function {
        name: lookup.name.clone(),
        docstring: None,
    });
    let found = NameLookupResult::from(found);
    lookup.resume(found, PrintWriter::Callback(&mut run.printer))
}

/// Files, environment and clock are not there.
fn refuse(run: &mut Run<'_>, call: ReplOsCall) -> Progress {
    let text = format!("{} is not allowed here", call.function_call.name());
    let error = exception(ExcType::PermissionError, &text);
    call.resume(error, PrintWriter::Callback(&mut run.printer))
}

/// One value as it is; named values as an object; several values as an array.
fn submitted(mut call: FunctionCall) -> Value {
    match (call.args.len(), call.kwargs.is_empty()) {
        (0, false) => Value::Object(call.kwargs),
        (0, true) => Value::Null,
        (1, true) => call.args.remove(0),
        _ => Value::Array(
            call.args
                .into_iter()
                .chain(call.kwargs.into_values())
                .collect(),
        ),
    }
}

fn raised(error: &MontyException) -> Ending {
    let message = error.message().unwrap_or_default();
    if error.exc_type() == ExcType::MemoryError && message.starts_with(TOO_LARGE) {
        return Ending::Limit(Limit::Memory);
    }
    Ending::Raised(CodeError {
        kind: error.exc_type().to_string(),
        message: message.to_owned(),
        line: error.traceback().last().map(|frame| frame.start.line),
    })
}

fn exception(kind: ExcType, message: &str) -> MontyException {
    MontyException::new(kind, Some(message.to_owned()))
}

fn value_error(too_deep: &json::TooDeep) -> ExtFunctionResult {
    exception(ExcType::ValueError, &too_deep.to_string()).into()
}
