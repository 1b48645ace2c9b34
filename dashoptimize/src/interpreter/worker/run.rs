//! The runs of code in one session.

use std::sync::mpsc::Receiver;

use monty::{
    MontyRepl, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplProgress, ReplStartError,
};
use monty_types::{
    AssertMessageAnnotations, CompileOptions, ExcType, ExtFunctionResult, MontyException,
    MontyObject, NameLookupResult, PrintWriter, ResourceLimits, ResourceTracker,
};
use serde_json::{Map, Value};

use super::channel::{Channel, Printer};
use super::json;
use super::watch::Watch;
use crate::interpreter::host::FunctionCall;
use crate::interpreter::limits::{Limit, Limits};
use crate::interpreter::measure::{self, Unfit};
use crate::interpreter::outcome::{Ending, PythonError};
use crate::interpreter::protocol::{FromWorker, ToWorker};

/// The function that ends a run with a value.
const SUBMIT: &str = "SUBMIT";

/// The start of the interpreter's message when it refuses to create a value.
const TOO_LARGE: &str = "memory limit exceeded";

/// The interpreter and its variables.
pub(super) struct Runner<'a> {
    limits: Limits,
    channel: &'a Channel,
    watch: &'a Watch,
    messages: &'a Receiver<ToWorker>,
    /// `None` only while a run uses it.
    repl: Option<MontyRepl>,
}

/// The run that is in progress.
struct ActiveRun<'a> {
    printer: Printer<'a>,
    functions: Vec<String>,
    /// The number of calls of host functions that are left.
    calls: usize,
}

/// The point at which the interpreter stopped, or an exception.
type Paused = Result<ReplProgress, Box<ReplStartError>>;

impl<'a> Runner<'a> {
    pub(super) fn new(
        limits: Limits,
        channel: &'a Channel,
        watch: &'a Watch,
        messages: &'a Receiver<ToWorker>,
    ) -> Self {
        Self {
            limits,
            channel,
            watch,
            messages,
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
        self.channel.start_run();
        self.watch.start_run();
        let mut run = ActiveRun {
            printer: Printer::new(self.channel, self.limits.steps),
            functions,
            calls: self.limits.calls,
        };
        let inputs = inputs
            .into_iter()
            .map(|(name, value)| (name, json::to_python(value)))
            .collect();
        let mut paused = repl.feed_start(code, inputs, PrintWriter::Callback(&mut run.printer));
        let ending = loop {
            paused = match self.step(&mut run, paused) {
                Ok(paused) => paused,
                Err(ending) => break ending,
            };
        };
        self.watch.pause();
        ending
    }

    /// Provides what the code waits for and continues, or keeps the interpreter and returns how the run
    /// ended.
    fn step(&mut self, run: &mut ActiveRun<'_>, paused: Paused) -> Result<Paused, Ending> {
        match paused {
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
                Err(self.raised(&failed.error))
            }
        }
    }

    fn function_call(
        &mut self,
        run: &mut ActiveRun<'_>,
        call: ReplFunctionCall,
    ) -> Result<Paused, Ending> {
        let submits = call.function_name == SUBMIT && !run.functions.contains(&call.function_name);
        let asked = match json::call(&call, self.limits.output) {
            Ok(asked) => asked,
            Err(Unfit::TooLarge(_)) if submits => return Err(Ending::Limit(Limit::Output)),
            Err(unfit) => {
                let error = unfit_arguments(&call.function_name, unfit);
                return Ok(answer(run, call, error));
            }
        };
        if submits {
            self.repl = Some(call.into_repl());
            return Err(self.fits(submitted(asked), Ending::Submitted));
        }
        let result = self.ask_host(run, asked);
        Ok(answer(run, call, result))
    }

    /// Calls a host function.
    fn ask_host(&self, run: &mut ActiveRun<'_>, asked: FunctionCall) -> ExtFunctionResult {
        let Some(left) = run.calls.checked_sub(1) else {
            let text = format!("more than {} calls of functions", self.limits.calls);
            return exception(ExcType::RuntimeError, &text).into();
        };
        run.calls = left;
        let most = self.limits.output;
        if measure::is_longer(&asked, most) {
            return unfit_arguments(&asked.name, Unfit::TooLarge(most));
        }
        self.channel.send(&FromWorker::Called(asked));
        self.watch.pause();
        let message = self.messages.recv();
        self.watch.resume();
        match message {
            Ok(ToWorker::Return(value)) => json::to_python(value).into(),
            Ok(ToWorker::Raise { kind, message }) => {
                let kind = kind.parse().unwrap_or(ExcType::RuntimeError);
                exception(kind, &message).into()
            }
            // The program is gone, or sent an unexpected message.
            _ => std::process::exit(1),
        }
    }

    /// The ending with this value, unless it is nested too deeply or too large.
    fn value(&self, value: &MontyObject, ending: fn(Value) -> Ending) -> Ending {
        match json::to_json(value, self.limits.output) {
            Ok(value) => self.fits(value, ending),
            Err(Unfit::TooLarge(_)) => Ending::Limit(Limit::Output),
            Err(unfit) => {
                let text = format!("the value is {unfit}");
                self.raised(&exception(ExcType::ValueError, &text))
            }
        }
    }

    fn fits(&self, value: Value, ending: fn(Value) -> Ending) -> Ending {
        match measure::is_longer(&value, self.limits.output) {
            false => ending(value),
            true => Ending::Limit(Limit::Output),
        }
    }

    fn raised(&self, error: &MontyException) -> Ending {
        let message = error.message().unwrap_or_default();
        if error.exc_type() == ExcType::MemoryError && message.starts_with(TOO_LARGE) {
            return Ending::Limit(Limit::Memory);
        }
        Ending::Raised(PythonError {
            kind: error.exc_type().to_string(),
            message: measure::cut(message, self.limits.output),
            line: error.traceback().last().map(|frame| frame.start.line),
        })
    }
}

/// The interpreter's own limits. Its time limit is not used, because it counts elapsed time and is not
/// checked within an operation. Its memory limit is checked before a large value is created; the memory in
/// use is measured by [`Watch`].
fn tracker(limits: Limits) -> ResourceTracker {
    ResourceTracker::new(
        ResourceLimits::default()
            .max_memory(limits.memory)
            .max_recursion_depth(limits.recursion.min(Limits::DEEPEST)),
    )
}

/// As in CPython, a failed `assert` shows only its own message.
fn options() -> CompileOptions {
    CompileOptions {
        assert_message_annotations: AssertMessageAnnotations::Off,
    }
}

fn answer(run: &mut ActiveRun<'_>, call: ReplFunctionCall, result: ExtFunctionResult) -> Paused {
    call.resume(result, PrintWriter::Callback(&mut run.printer))
}

/// Resolves a name that the code does not define. It is a host function or unknown.
fn look_up(run: &mut ActiveRun<'_>, lookup: ReplNameLookup) -> Paused {
    let known = lookup.name == SUBMIT || run.functions.contains(&lookup.name);
    let found = (known && lookup.object_id().is_none()).then(|| MontyObject::Function {
        name: lookup.name.clone(),
        docstring: None,
    });
    let found = NameLookupResult::from(found);
    lookup.resume(found, PrintWriter::Callback(&mut run.printer))
}

/// Refuses access to files, the environment and the clock.
fn refuse(run: &mut ActiveRun<'_>, call: ReplOsCall) -> Paused {
    let text = format!("{} is not allowed here", call.function_call.name());
    let error = exception(ExcType::PermissionError, &text);
    call.resume(error, PrintWriter::Callback(&mut run.printer))
}

/// The submitted value: a single argument as it is, keyword arguments as an object, several arguments as an
/// array.
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

fn exception(kind: ExcType, message: &str) -> MontyException {
    MontyException::new(kind, Some(message.to_owned()))
}

fn unfit_arguments(function: &str, unfit: Unfit) -> ExtFunctionResult {
    let text = format!("the arguments of {function}() are {unfit}");
    exception(ExcType::ValueError, &text).into()
}
