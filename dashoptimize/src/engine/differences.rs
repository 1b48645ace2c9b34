//! In what two manifests differ, in words.

use serde_json::{Map, Value};

/// What differs, one sentence part each, such as `the seed differs (was 1, now 2)`.
pub(super) fn differences(before: &Value, now: &Value) -> Vec<String> {
    let mut changes = Changes::default();
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => changes.compare(before, now),
        _ => return vec!["the whole manifest differs".to_owned()],
    }
    changes.without_consequences().map(Change::words).collect()
}

/// The entries of two manifests that differ.
#[derive(Default)]
struct Changes {
    path: Vec<String>,
    found: Vec<Change>,
}

/// An entry that differs.
struct Change {
    path: Vec<String>,
    before: Option<Value>,
    now: Option<Value>,
}

impl Changes {
    /// Adds the entries that differ. Entries that both are objects are compared entry by entry.
    fn compare(&mut self, before: &Map<String, Value>, now: &Map<String, Value>) {
        let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            self.path.push(name.clone());
            match (before.get(name), now.get(name)) {
                (before, now) if before == now => {}
                (Some(Value::Object(before)), Some(Value::Object(now))) => {
                    self.compare(before, now);
                }
                (before, now) => self.found.push(Change {
                    path: self.path.clone(),
                    before: before.cloned(),
                    now: now.cloned(),
                }),
            }
            self.path.pop();
        }
    }

    /// A prompt differs whenever anything that is in it does.
    fn without_consequences(&self) -> impl Iterator<Item = &Change> {
        self.found.iter().filter(|change| {
            let Some((PROMPT, predictor)) = change.last() else {
                return true;
            };
            let causes = self
                .found
                .iter()
                .filter(|other| other.path.starts_with(predictor));
            causes.count() == 1
        })
    }
}

/// The entry that holds a hash of the whole prompt of a predictor.
const PROMPT: &str = "prompt";

impl Change {
    fn last(&self) -> Option<(&str, &[String])> {
        let (last, before) = self.path.split_last()?;
        Some((last, before))
    }

    /// Whether the values say nothing to a person.
    fn is_hash(&self) -> bool {
        self.path.last().is_some_and(|name| name == PROMPT)
            || self.path.iter().any(|name| name == "code")
    }

    fn words(&self) -> String {
        let noun = noun(&self.path);
        match (&self.before, &self.now) {
            (None, Some(_)) if !noun.is_plural => format!("{} is new", noun.words),
            (None, Some(_)) => format!("{} are new", noun.words),
            (Some(_), None) if !noun.is_plural => format!("{} is gone", noun.words),
            (Some(_), None) => format!("{} are gone", noun.words),
            (before, now) => {
                let verb = if noun.is_plural { "differ" } else { "differs" };
                let values = match self.is_hash() {
                    true => String::new(),
                    false => values(before.as_ref(), now.as_ref()),
                };
                format!("{} {verb}{values}", noun.words)
            }
        }
    }
}

/// What an entry is called.
struct Noun {
    words: String,
    is_plural: bool,
}

fn one(words: impl Into<String>) -> Noun {
    Noun {
        words: words.into(),
        is_plural: false,
    }
}

fn many(words: impl Into<String>) -> Noun {
    Noun {
        words: words.into(),
        is_plural: true,
    }
}

fn noun(path: &[String]) -> Noun {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["optimizer"] => one("the optimizer"),
        ["settings", setting @ ..] => one(format!(
            "the setting `{}` of the optimizer",
            setting.join(".")
        )),
        ["models"] => many("the models of the optimizer"),
        ["metric", "models"] => many("the models of the metric"),
        ["metric", what] => one(format!("the {what} of the metric")),
        ["seed"] => one("the seed"),
        ["version"] => one("the version of the run"),
        ["data", "train"] => many("the training rows"),
        ["data", "val"] => many("the validation rows"),
        ["data", "holdout"] => many("the hold-out rows"),
        ["data", "rows"] => many("the rows"),
        ["program", "code", name] => one(format!("the code of the steps of `{name}`")),
        ["program", "predictors", predictor] => one(format!("predictor `{predictor}`")),
        ["program", "predictors", predictor, of @ ..] => {
            let Noun { words, is_plural } = of_predictor(of);
            let words = format!("{words} of predictor `{predictor}`");
            Noun { words, is_plural }
        }
        path => one(format!("`{}`", path.join("."))),
    }
}

fn of_predictor(path: &[&str]) -> Noun {
    match path {
        ["instructions"] => many("the instructions"),
        ["demos"] => many("the demos"),
        ["params", name] => one(format!("the parameter `{name}`")),
        ["fields", field] => one(format!("field `{field}`")),
        ["fields", field, "desc"] => one(format!("the description of field `{field}`")),
        ["fields", field, "prefix"] => one(format!("the label of field `{field}`")),
        ["fields", field, what] => one(format!("the {what} of field `{field}`")),
        [PROMPT] => one("the constant prompt"),
        path => one(format!("the {}", path.join("."))),
    }
}

/// Both values, if they can be shown.
fn values(before: Option<&Value>, now: Option<&Value>) -> String {
    match (before, now) {
        (Some(Value::String(before)), Some(Value::String(now))) => {
            let (before, now) = excerpts(before, now);
            format!(" (was \"{before}\", now \"{now}\")")
        }
        (Some(before), Some(now)) => {
            let (before, now) = (before.to_string(), now.to_string());
            match before.len().max(now.len()) <= SHOWN {
                true => format!(" (was {before}, now {now})"),
                false => String::new(),
            }
        }
        _ => String::new(),
    }
}

/// Characters of a value that are shown, and how many of them before the place where two texts differ.
const SHOWN: usize = 60;
const BEFORE: usize = 20;

/// Both texts, or parts of them around the first place where they differ.
fn excerpts(one: &str, other: &str) -> (String, String) {
    let pairs = one.chars().zip(other.chars());
    let same = pairs.take_while(|(one, other)| one == other).count();
    let longest = one.chars().count().max(other.chars().count());
    let start = if longest <= SHOWN {
        0
    } else {
        same.saturating_sub(BEFORE)
    };
    (excerpt(one, start), excerpt(other, start))
}

fn excerpt(text: &str, start: usize) -> String {
    let shown: String = text.chars().skip(start).take(SHOWN).collect();
    let head = if start > 0 { "…" } else { "" };
    let is_cut = text.chars().count() > start + SHOWN;
    format!("{head}{shown}{}", if is_cut { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    fn predictor(entry: &serde_json::Value) -> serde_json::Value {
        json!({ "program": { "predictors": { "reply": entry } } })
    }

    #[test]
    fn what_differs_is_said_in_sentences() {
        let before =
            json!({ "seed": 1, "optimizer": "A", "settings": { "k": 2 }, "models": ["m"] });
        assert!(differences(&before, &before).is_empty());
        let now = json!({ "seed": 2, "optimizer": "A", "settings": { "k": 3 }, "version": "1" });
        assert_eq!(
            differences(&before, &now),
            [
                "the models of the optimizer are gone",
                "the seed differs (was 1, now 2)",
                "the setting `k` of the optimizer differs (was 2, now 3)",
                "the version of the run is new",
            ]
        );
        assert_eq!(
            differences(&json!(1), &json!(2)),
            ["the whole manifest differs"]
        );
    }

    #[test]
    fn a_prompt_is_named_only_if_nothing_in_it_is() {
        let before = predictor(&json!({ "instructions": "one word", "prompt": "0a" }));
        let now = predictor(&json!({ "instructions": "one single word", "prompt": "0b" }));
        assert_eq!(
            differences(&before, &now),
            [
                "the instructions of predictor `reply` differ (was \"one word\", now \"one single word\")"
            ]
        );
        let now = predictor(&json!({ "instructions": "one word", "prompt": "0b" }));
        assert_eq!(
            differences(&before, &now),
            ["the constant prompt of predictor `reply` differs"]
        );
    }

    #[test]
    fn of_long_texts_the_place_is_shown_where_they_differ() {
        let before = format!("{}the old end", "word ".repeat(30));
        let now = format!("{}the new end", "word ".repeat(30));
        let words = differences(
            &predictor(&json!({ "instructions": before })),
            &predictor(&json!({ "instructions": now })),
        );
        assert_eq!(
            words,
            [
                "the instructions of predictor `reply` differ (was \"… word word word the old end\", \
              now \"… word word word the new end\")"
            ]
        );
    }
}
