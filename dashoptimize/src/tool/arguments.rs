//! Reading and checking the arguments of a call.

use serde_json::{Map, Value};

use super::argument::Argument;
use super::spec::ToolSpec;
use crate::adapter::{Effort, Entries, WrittenJson, keys_of, object_in, read_value};
use crate::error_text::debug_is_message;
use crate::signature::suggestion::{closest, quoted_list};
use crate::signature::{Ty, ValueError};

/// Arguments with which a tool cannot be called.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("the arguments of `{tool}` cannot be used: {}{}", .problems.join("; "), takes(.tool, .known))]
pub struct ArgumentError {
    /// The name of the tool.
    pub tool: String,
    /// The problems, at most one for each argument.
    pub problems: Vec<String>,
    /// The names of the arguments that the tool takes.
    pub known: Vec<String>,
}

debug_is_message!(ArgumentError);

fn takes(tool: &str, known: &[String]) -> String {
    match known {
        [] => format!("; `{tool}` takes no arguments"),
        known => format!(
            "; `{tool}` takes {}",
            quoted_list(known.iter().map(String::as_str))
        ),
    }
}

impl ToolSpec {
    /// Reads the arguments that a model wrote into the form that a call of the tool takes.
    ///
    /// Deviations whose meaning is beyond doubt are corrected: numbers and booleans written as texts,
    /// names of enum variants in another case, JSON inside a text, and the value of the only argument
    /// without its name.
    ///
    /// ```
    /// use dashoptimize::tool::{SimpleTool, Tool};
    /// use serde_json::json;
    ///
    /// let echo = SimpleTool::new("echo", "Says it again.", |text| async move { Ok(text) });
    /// let read = echo.spec().read_arguments(json!(r#"{"Input": "hello"}"#))?;
    /// assert_eq!(read["input"], "hello");
    ///
    /// let error = echo.spec().read_arguments(json!({"inptu": "hello"})).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the arguments of `echo` cannot be used: `input` is missing; `inptu` is not an \
    ///      argument, did you mean `input`?; `echo` takes `input`"
    /// );
    /// # Ok::<(), dashoptimize::tool::ArgumentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns all problems at once: arguments that are missing, unknown or of the wrong type.
    pub fn read_arguments(&self, written: Value) -> Result<Map<String, Value>, ArgumentError> {
        let arguments = self.arguments();
        let effort = Effort::for_length(text_length(&written));
        let mut reader = ArgumentReader {
            effort: &effort,
            read: Map::new(),
            problems: Vec::new(),
        };
        match named(&arguments, written, &effort) {
            Ok(written) => reader.read_all(&arguments, &written, self.accepts_others()),
            Err(problem) => reader.problems.push(problem),
        }
        if reader.problems.is_empty() {
            return Ok(reader.read);
        }
        let known = arguments.iter().map(|a| a.property.name.to_string());
        Err(ArgumentError {
            tool: self.name.to_string(),
            problems: reader.problems,
            known: known.collect(),
        })
    }
}

/// The bytes of all texts in a value, and some for each of its parts.
fn text_length(value: &Value) -> usize {
    const PART: usize = 8;
    let mut length = 0;
    let mut parts = vec![value];
    while let Some(part) = parts.pop() {
        length += PART;
        match part {
            Value::String(text) => length += text.len(),
            Value::Array(items) => parts.extend(items),
            Value::Object(entries) => {
                for (key, value) in entries {
                    length += key.len();
                    parts.push(value);
                }
            }
            _ => {}
        }
    }
    length
}

/// The arguments by name.
fn named(
    arguments: &[Argument],
    written: Value,
    effort: &Effort,
) -> Result<Entries<'static>, String> {
    match written {
        Value::Null => Ok(Entries::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Entries::new()),
        Value::String(text) if looks_like_object(&text) => {
            object_in(&text, effort).ok_or_else(|| match effort.problem() {
                Some(problem) => format!("the JSON {problem}"),
                None => ValueError::mismatch("a JSON object", &text.into()).to_string(),
            })
        }
        written => match (WrittenJson::from(written).into_object(), arguments) {
            (Ok(named), _) => Ok(named),
            (Err(written), [only]) => {
                let name = only.property.name.to_string();
                Ok(Entries::from_iter([(name.into(), written)]))
            }
            (Err(_), _) => Err("they must be a JSON object".to_owned()),
        },
    }
}

fn looks_like_object(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') || text.starts_with("```")
}

struct ArgumentReader<'e> {
    effort: &'e Effort,
    read: Map<String, Value>,
    problems: Vec<String>,
}

impl ArgumentReader<'_> {
    fn read_all(&mut self, arguments: &[Argument], written: &Entries<'_>, accepts_others: bool) {
        let names: Vec<&str> = arguments.iter().map(|a| &*a.property.name).collect();
        let keys: Vec<&str> = written.keys().map(|key| &**key).collect();
        let found = keys_of(&names, &keys);
        let mut others = vec![true; keys.len()];
        for (argument, key) in arguments.iter().zip(found) {
            let value = key.index().map(|index| {
                let index = index?;
                others[index] = false;
                written.get_index(index).map(|(_, value)| value)
            });
            let read = value.and_then(|value| self.read(argument, value));
            if let Err(error) = read {
                let error = error.in_field(&*argument.property.name);
                self.problems.push(error.to_string());
            }
        }
        let others = written.iter().zip(others).filter(|(_, other)| *other);
        for ((name, value), _) in others {
            self.read_other(&names, name, value, accepts_others);
        }
    }

    fn read(
        &mut self,
        argument: &Argument,
        value: Option<&WrittenJson<'_>>,
    ) -> Result<(), ValueError> {
        let Argument { property, required } = argument;
        let value = match value {
            Some(value) => read_value(&property.ty, value, self.effort)?,
            None if !required || matches!(*property.ty, Ty::Optional(_)) => Value::Null,
            None => return Err(ValueError::new("is missing")),
        };
        // An optional argument without a value is left out rather than `null`, which few schemas allow.
        if *required || !value.is_null() {
            self.read.insert(property.name.to_string(), value);
        }
        Ok(())
    }

    /// Accepts an argument without a type, or reports it as unknown.
    fn read_other(&mut self, known: &[&str], name: &str, value: &WrittenJson<'_>, accepts: bool) {
        if accepts {
            self.read.insert(name.to_owned(), value.to_value());
            return;
        }
        self.problems
            .push(match closest(name, known.iter().copied()) {
                Some(known) => format!("`{name}` is not an argument, did you mean `{known}`?"),
                None => format!("`{name}` is not an argument"),
            });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::signature::{FieldType, Property};

    fn argument(name: &'static str, ty: Ty) -> Property {
        Property {
            name: name.into(),
            doc: "".into(),
            ty: ty.into(),
        }
    }

    fn search() -> ToolSpec {
        let arguments = vec![
            argument("query", String::TYPE),
            argument("top_k", Option::<u8>::TYPE),
            argument("exact", bool::TYPE),
        ];
        ToolSpec::typed("search", "", arguments)
    }

    fn foreign() -> ToolSpec {
        let schema = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string"},
                "limit": {"type": "integer"},
                "mode": {"enum": ["fast", "deep"]},
                "after": {"type": ["string", "null"]},
                "filter": {"type": "object"},
            },
            "required": ["query", "after"],
        });
        ToolSpec::with_schema("find", "", schema)
    }

    fn problems(spec: &ToolSpec, written: Value) -> Vec<String> {
        spec.read_arguments(written)
            .expect_err("bad arguments")
            .problems
    }

    #[test]
    fn loosely_written_arguments_are_read() {
        let wanted = json!({"query": "a", "top_k": 3, "exact": true});
        for written in [
            json!({"query": "a", "top_k": 3, "exact": true}),
            json!({"Query": "a", "top-k": "3", "EXACT": "yes"}),
            json!({"exact": true, "top_k": 3.0, "query": "a"}),
            json!("{\"query\": \"a\", \"top_k\": 3, \"exact\": true}"),
            json!("```json\n{'query': 'a', 'top_k': 3, 'exact': True,}\n```"),
        ] {
            let read = search().read_arguments(written.clone());
            assert_eq!(read.map(Value::Object), Ok(wanted.clone()), "{written}");
        }
    }

    #[test]
    fn an_optional_argument_without_a_value_is_left_out() {
        for written in [
            json!({"query": "a", "exact": false}),
            json!({"query": "a", "exact": false, "top_k": null}),
            json!({"query": "a", "exact": false, "top_k": "none"}),
        ] {
            let read = search().read_arguments(written).map(Value::Object);
            assert_eq!(read, Ok(json!({"query": "a", "exact": false})));
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        assert_eq!(
            problems(
                &search(),
                json!({"qurey": "a", "top_k": 300, "exact": 5, "page": 1})
            ),
            [
                "`query` is missing",
                "`top_k` must be a whole number from 0 to 255, not 300",
                "`exact` must be true or false, not 5",
                "`qurey` is not an argument, did you mean `query`?",
                "`page` is not an argument",
            ]
        );
        assert_eq!(
            problems(&search(), json!([1])),
            ["they must be a JSON object"]
        );
        assert_eq!(
            problems(&search(), json!("soon")),
            ["they must be a JSON object"]
        );
    }

    #[test]
    fn a_foreign_schema_is_checked_at_its_top_level() {
        let read = foreign().read_arguments(json!({
            "query": "a", "limit": "7", "mode": "Deep", "filter": {"any": [1, {}]}
        }));
        assert_eq!(
            read.map(Value::Object),
            Ok(json!({
                "query": "a", "limit": 7, "mode": "deep", "after": null, "filter": {"any": [1, {}]}
            }))
        );
        assert_eq!(
            problems(
                &foreign(),
                json!({"limit": "many", "mode": "slow", "filtre": {}})
            ),
            [
                "`query` is missing",
                "`limit` must be a whole number, not \"many\"",
                "`mode` must be one of `fast`, `deep`, not \"slow\"",
                "`filtre` is not an argument, did you mean `filter`?",
            ]
        );
    }

    #[test]
    fn an_open_schema_accepts_what_it_does_not_name() {
        let open = ToolSpec::with_schema("log", "", json!({"type": "object"}));
        let read = open
            .read_arguments(json!({"any": [null]}))
            .map(Value::Object);
        assert_eq!(read, Ok(json!({"any": [null]})));
    }

    #[test]
    fn the_only_argument_needs_no_name() {
        let echo = ToolSpec::typed("echo", "", vec![argument("text", String::TYPE)]);
        for (written, text) in [
            (json!("hello"), "hello"),
            (json!(5), "5"),
            (json!({"text": "{"}), "{"),
        ] {
            assert_eq!(
                echo.read_arguments(written)
                    .map(|read| read["text"].clone()),
                Ok(text.into())
            );
        }
        assert_eq!(problems(&echo, json!("")), ["`text` is missing"]);
    }

    #[test]
    fn a_similar_name_does_not_take_the_value_of_another() {
        let pair = ToolSpec::typed(
            "pair",
            "",
            vec![argument("top_k", u8::TYPE), argument("topk", u8::TYPE)],
        );
        let read = pair
            .read_arguments(json!({"topk": 1, "top_k": 2}))
            .map(Value::Object);
        assert_eq!(read, Ok(json!({"top_k": 2, "topk": 1})));
        assert_eq!(problems(&pair, json!({"topk": 1})), ["`top_k` is missing"]);
    }

    proptest! {
        #[test]
        fn no_arguments_panic(text in "\\PC{0,60}", json in r#"(\{|\}|"|:|,|\[|query|top_k|exact|1|null| ){0,30}"#) {
            for spec in [search(), foreign()] {
                let _ = spec.read_arguments(Value::String(text.clone()));
                let _ = spec.read_arguments(Value::String(json.clone()));
                let _ = spec.read_arguments(json!({ text.clone(): json.clone(), "query": text.clone() }));
            }
        }
    }
}
